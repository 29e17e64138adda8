//! The 47 ayanamsas of the Swiss Ephemeris, in the order of its numbers.
//!
//! Epochs and degrees are those of `ayanamsa[]` in `sweph.h` of 2.10.03. Epochs that stand there in UT are in TT
//! here. An ayanamsa that was defined with a model of precession of its own has a constant more: what that model
//! makes of the epoch's equinox against today's (`get_aya_correction` in `sweph.c`), measured once.

use super::anchor::{Anchor, Point, Reading};

/// An ayanamsa of the list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    /// The canonical name.
    pub(super) id: &'static str,
    /// The Swiss Ephemeris' own name for people (`swe_get_ayanamsa_name`).
    pub(super) title: &'static str,
    /// Other names that are understood.
    pub(super) aliases: &'static [&'static str],
    /// What it is.
    pub(super) definition: Definition,
}

/// How an ayanamsa is defined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Definition {
    /// Degrees at an epoch, and precession since.
    Epoch(Epoch),
    /// Places are referred to the mean ecliptic and equinox of an epoch, and the degrees subtracted.
    Frame(Epoch),
    /// Something in the sky has a longitude for good.
    Anchor(Anchor),
}

/// An epoch and the ayanamsa at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Epoch {
    /// Julian day TT.
    pub(super) jd_tt: f64,
    /// Degrees.
    pub(super) at_epoch_deg: f64,
}

/// From an epoch on, with today's precession.
const fn since(jd_tt: f64, at_epoch_deg: f64) -> Definition {
    Definition::Epoch(Epoch { jd_tt, at_epoch_deg })
}

/// From an epoch on, with a constant for the model of precession that it was defined with.
const fn since_by(jd_tt: f64, at_epoch_deg: f64, model_deg: f64) -> Definition {
    Definition::Epoch(Epoch { jd_tt, at_epoch_deg: at_epoch_deg + model_deg })
}

/// On the ecliptic of an epoch.
const fn of(jd_tt: f64, at_epoch_deg: f64) -> Definition {
    Definition::Frame(Epoch { jd_tt, at_epoch_deg })
}

/// Held fast at a longitude, degrees.
const fn held(point: Point, reading: Reading, longitude_deg: f64) -> Definition {
    Definition::Anchor(Anchor { point, reading, longitude_deg })
}

const fn listed(
    id: &'static str,
    title: &'static str,
    aliases: &'static [&'static str],
    definition: Definition,
) -> Listed {
    Listed { id, title, aliases, definition }
}

const J2000: f64 = 2_451_545.0;
const B1950: f64 = 2_433_282.423_459_05;
const J1900: f64 = 2_415_020.0;
/// Noon of 21 March 499 at Ujjain, by the Suryasiddhanta and by Aryabhata.
const SURYASIDDHANTA: f64 = 1_903_396.877_656_210_4;
const ARYABHATA: f64 = 1_903_396.854_322_918;
/// The beginning of 100 BC.
const BABYLON: f64 = 1_684_532.634_524_82;
/// What Newcomb's precession makes of the equinox of 1900.
const NEWCOMB_1900: f64 = -0.000_229_987_482;

pub(super) const LISTED: [Listed; 47] = [
    listed(
        "fagan_bradley",
        "Fagan/Bradley",
        &["fagan"],
        since_by(2_433_282.423_46, 24.042_044_444, -0.000_114_606_924),
    ),
    listed("lahiri", "Lahiri", &["chitra_paksha"], since_by(2_435_553.5, 23.245_524_743, 0.000_036_211_595)),
    listed("de_luce", "De Luce", &["robert_de_luce"], since(1_721_057.622_187_124, 0.0)),
    listed("raman", "Raman", &["bv_raman"], since_by(J1900, 21.014_44, NEWCOMB_1900)),
    listed("ushashashi", "Usha/Shashi", &[], since(J1900, 18.660_96)),
    listed("krishnamurti", "Krishnamurti", &["kp"], since_by(J1900, 22.363_889, NEWCOMB_1900)),
    listed("djwhal_khul", "Djwhal Khul", &["djwhal_khool"], since(J1900, 26.963_097_6)),
    listed("yukteshwar", "Yukteshwar", &["sri_yukteshwar", "yukteswar"], since(J1900, 21.082_222)),
    listed("jn_bhasin", "J.N. Bhasin", &["bhasin"], since(J1900, 21.365_556)),
    listed(
        "babylonian_kugler_1",
        "Babylonian/Kugler 1",
        &["babyl_kugler1", "kugler_1"],
        since(BABYLON, -5.666_67),
    ),
    listed(
        "babylonian_kugler_2",
        "Babylonian/Kugler 2",
        &["babyl_kugler2", "kugler_2"],
        since(BABYLON, -4.266_67),
    ),
    listed(
        "babylonian_kugler_3",
        "Babylonian/Kugler 3",
        &["babyl_kugler3", "kugler_3"],
        since(BABYLON, -3.416_67),
    ),
    listed("babylonian_huber", "Babylonian/Huber", &["babyl_huber", "huber"], since(BABYLON, -4.466_67)),
    listed(
        "babylonian_eta_piscium",
        "Babylonian/Eta Piscium",
        &["babyl_etpsc", "eta_piscium", "babylonian_mercier", "mercier"],
        since(1_673_941.138_241_542_3, -5.079_167),
    ),
    listed(
        "babylonian_aldebaran",
        "Babylonian/Aldebaran = 15 Tau",
        &["aldebaran_15tau", "aldebaran"],
        since(BABYLON, -4.441_385_98),
    ),
    listed("hipparchos", "Hipparchos", &["hipparchus"], since(1_674_484.138_049_279_8, -9.333_33)),
    listed("sassanian", "Sassanian", &["sasanian"], since(1_927_135.932_052_317_3, 0.0)),
    listed(
        "galactic_center_0_sag",
        "Galact. Center = 0 Sag",
        &["galcent_0sag", "galactic_centre_0_sag"],
        held(Point::GalacticCentre, Reading::Apparent, 240.0),
    ),
    listed("j2000", "J2000", &[], of(J2000, 0.0)),
    listed("j1900", "J1900", &[], of(J1900, 0.0)),
    listed("b1950", "B1950", &[], of(B1950, 0.0)),
    listed("suryasiddhanta", "Suryasiddhanta", &["surya_siddhanta"], since(SURYASIDDHANTA, 0.0)),
    listed(
        "suryasiddhanta_mean_sun",
        "Suryasiddhanta, mean Sun",
        &["suryasiddhanta_msun"],
        since(SURYASIDDHANTA, -0.214_633_95),
    ),
    listed("aryabhata", "Aryabhata", &[], since(ARYABHATA, 0.0)),
    listed("aryabhata_mean_sun", "Aryabhata, mean Sun", &["aryabhata_msun"], since(ARYABHATA, -0.237_632_38)),
    listed("ss_revati", "SS Revati", &[], since(SURYASIDDHANTA, -0.791_670_46)),
    listed("ss_citra", "SS Citra", &["ss_chitra"], since(SURYASIDDHANTA, 2.110_704_44)),
    listed(
        "true_citra",
        "True Citra",
        &["true_chitra", "true_chitra_paksha"],
        held(Point::Spica, Reading::Apparent, 180.0),
    ),
    listed("true_revati", "True Revati", &[], held(Point::ZetaPiscium, Reading::Apparent, 359.833_333_333_3)),
    listed(
        "true_pushya",
        "True Pushya (PVRN Rao)",
        &["pushya_paksha"],
        held(Point::DeltaCancri, Reading::Apparent, 106.0),
    ),
    listed(
        "galactic_center_gil_brand",
        "Galactic Center (Gil Brand)",
        &["galcent_rgilbrand", "gil_brand", "galactic_centre_gil_brand"],
        held(Point::GalacticCentre, Reading::Apparent, 210.0 + 90.0 * 0.381_966_011_3),
    ),
    listed(
        "galactic_equator_iau1958",
        "Galactic Equator (IAU1958)",
        &["galequ_iau1958"],
        held(Point::GalacticPole1958, Reading::Geometric, 150.0),
    ),
    listed(
        "galactic_equator",
        "Galactic Equator",
        &["galequ_true", "galactic_equator_true"],
        held(Point::GalacticPole, Reading::Geometric, 150.0),
    ),
    listed(
        "galactic_equator_mid_mula",
        "Galactic Equator mid-Mula",
        &["galequ_mula", "galactic_equator_mula"],
        held(Point::GalacticPole, Reading::Geometric, 156.666_666_666_7),
    ),
    listed(
        "skydram_mardyks",
        "Skydram (Mardyks)",
        &["galalign_mardyks", "skydram", "mardyks"],
        of(2_451_079.734_892, 30.0),
    ),
    listed(
        "true_mula",
        "True Mula (Chandra Hari)",
        &["chandra_hari"],
        held(Point::LambdaScorpii, Reading::Apparent, 240.0),
    ),
    listed(
        "galactic_center_mula_wilhelm",
        "Dhruva/Gal.Center/Mula (Wilhelm)",
        &["galcent_mula_wilhelm", "galactic_centre_mula_wilhelm", "wilhelm", "dhruva"],
        held(Point::GalacticCentre, Reading::Culminating, 246.666_666_666_7),
    ),
    listed("aryabhata_522", "Aryabhata 522", &[], since(1_911_797.802_901_229, 0.0)),
    listed(
        "babylonian_britton",
        "Babylonian/Britton",
        &["babyl_britton", "britton"],
        since(1_721_057.622_187_124, -3.2),
    ),
    listed(
        "true_sheoran",
        "\"Vedic\"/Sheoran",
        &["sheoran", "sunil_sheoran"],
        held(Point::DeltaCancri, Reading::Apparent, 103.492_642_216_25),
    ),
    listed(
        "galactic_center_cochrane",
        "Cochrane (Gal.Center = 0 Cap)",
        &["galcent_cochrane", "galactic_centre_cochrane", "cochrane", "galactic_center_0_cap"],
        held(Point::GalacticCentre, Reading::Apparent, 270.0),
    ),
    listed(
        "galactic_equator_fiorenza",
        "Galactic Equator (Fiorenza)",
        &["galequ_fiorenza", "fiorenza"],
        since(2_451_544.500_738_756, 25.0),
    ),
    listed("valens_moon", "Vettius Valens", &["valens"], since(1_775_845.604_682_897_7, -2.942_2)),
    listed("lahiri_1940", "Lahiri 1940", &[], since_by(J1900, 22.445_972_22, NEWCOMB_1900)),
    listed("lahiri_vp285", "Lahiri VP285", &[], since(1_825_235.245_851_302_8, 0.0)),
    listed(
        "krishnamurti_vp291",
        "Krishnamurti-Senthilathiban",
        &["senthilathiban"],
        since(1_827_424.752_255_678, 0.0),
    ),
    listed("lahiri_icrc", "Lahiri ICRC", &[], since_by(2_435_553.5, 23.245_357_93, -0.000_100_312_828)),
];
