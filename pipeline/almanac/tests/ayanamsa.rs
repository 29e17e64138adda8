//! Hazard: an ayanamsa that is another's, or off by seconds. Values were printed by the Swiss Ephemeris 2.10.03
//! (`swe_get_ayanamsa_ex` with `SEFLG_SWIEPH | SEFLG_NONUT`).

mod sky;

use orrery_almanac::ayanamsa::{LAST, SiderealDate};
use orrery_almanac::stars::{Observer, Sight};
use orrery_almanac::{Ayanamsa, Error, Precession, Varying};
use orrery_format::{State, TtDay};

/// Degrees: 1e-5″, less than which no difference is seen in these.
const TOLERANCE_DEG: f64 = 3e-9;

/// All 47 at [`sky::DATE`].
const AT_DATE: [f64; 47] = [
    25.063_694_550_906_632,
    24.180_486_907_047_055,
    28.139_145_065_160_22,
    22.734_185_619_675_43,
    20.380_935_607_157_085,
    24.083_634_619_675_422,
    28.683_073_207_157_122,
    22.802_197_607_157_098,
    23.085_531_607_157_122,
    23.857_031_856_292_224,
    25.257_031_856_292_258,
    26.107_031_856_292_224,
    25.057_031_856_292_213,
    24.845_919_837_824_68,
    25.082_315_876_292_228,
    20.571_180_001_486_14,
    20.316_353_023_997_35,
    27.172_950_728_288_13,
    0.323_394_557_726_032_87,
    1.719_975_607_157_096,
    1.021_764_713_867_469_3,
    21.218_452_350_146_038,
    21.003_818_400_146_03,
    21.218_453_236_702_658,
    20.980_820_856_702_678,
    20.426_781_890_146_06,
    23.329_156_790_146_044,
    24.168_276_941_795_483,
    20.364_264_344_643_743,
    23.050_820_140_912_293,
    22.796_009_711_288_13,
    30.348_291_217_439_71,
    30.401_210_420_368_812,
    23.734_543_753_668_813,
    30.341_188_435_202_866,
    24.907_078_425_993_29,
    20.380_606_074_036_166,
    20.899_240_526_822_27,
    24.939_145_065_160_233,
    25.558_177_924_662_29,
    357.172_950_728_288_13,
    25.323_413_651_825_547,
    23.119_002_004_257_027,
    24.165_717_839_675_438,
    24.186_874_246_741_752,
    24.103_758_015_288_008,
    24.180_183_569_624_035,
];

fn at_date(ayanamsa: Ayanamsa) -> SiderealDate {
    let precession = Precession::to(sky::DATE);
    let observer = || Ok::<_, Error>(sky::observer());
    ayanamsa.zodiac().at(&precession, sky::OBLIQUITY, Sight::Apparent, observer).unwrap().unwrap()
}

/// Of one that nothing in the sky holds.
fn formula_deg(ayanamsa: Ayanamsa, date: TtDay) -> Varying {
    let nobody = || -> Result<Observer, String> { Err(format!("{ayanamsa} asks where the Earth is")) };
    let zodiac = ayanamsa.zodiac();
    let at = zodiac.at(&Precession::to(date), Varying::default(), Sight::Apparent, nobody);
    at.unwrap().unwrap().ayanamsa_deg()
}

fn named(text: &str) -> Ayanamsa {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_one_is_that_of_the_swiss_ephemeris() {
    for (ayanamsa, expected) in Ayanamsa::ALL.into_iter().zip(AT_DATE) {
        let found = at_date(ayanamsa).ayanamsa_deg().value;
        assert!((found - expected).abs() < TOLERANCE_DEG, "{ayanamsa}: {found}");
    }
}

#[test]
fn far_dates_are_those_of_the_swiss_ephemeris() {
    for (jd, expected) in [
        (
            990_557.5,
            [
                329.339_347_066_605_97,
                328.456_142_308_344_45,
                332.414_025_133_108_34,
                304.599_070_309_083_5,
                334.616_863_593_734_54,
                328.455_604_962_208_67,
            ],
        ),
        (
            2_597_000.5,
            [
                30.308_072_039_659_237,
                29.424_864_400_691_206,
                33.383_467_933_871_54,
                5.567_772_056_084_152,
                35.585_565_934_158_35,
                29.424_353_018_326_883,
            ],
        ),
    ] {
        let names = ["0", "lahiri", "de_luce", "j2000", "34", "user:2415020,22.46"];
        for (name, expected) in names.into_iter().zip(expected) {
            let found = formula_deg(named(name), TtDay(jd)).value;
            assert!((found - expected).abs() < TOLERANCE_DEG, "{name} at {jd}: {found}");
        }
    }
}

#[test]
fn one_of_a_users_own_has_its_value_at_its_epoch() {
    for jd in [-3_000_000.5, 1_721_057.5, 2_451_545.0, 8_000_000.0] {
        let found = formula_deg(Ayanamsa::user(TtDay(jd), -12.5).unwrap(), TtDay(jd)).value;
        assert!((found - 347.5).abs() < 1e-9, "{jd}: {found}");
    }
}

#[test]
fn the_change_is_the_derivative() {
    let step = 40.0;
    for ayanamsa in Ayanamsa::ALL.into_iter().filter(|ayanamsa| !ayanamsa.is_anchored()) {
        let at = |days: f64| formula_deg(ayanamsa, TtDay(sky::DATE.jd() + days));
        let quotient = (at(step).value - at(-step).value) / (2.0 * step);
        assert!((at(0.0).rate - quotient).abs() < 1e-10, "{ayanamsa}: {} {quotient}", at(0.0).rate);
    }
}

#[test]
fn a_place_is_shifted_by_most_and_turned_by_frames() {
    let place = State {
        longitude_deg: 10.0,
        latitude_deg: 4.0,
        distance_au: 2.0,
        longitude_speed: 1.0,
        latitude_speed: 0.2,
        distance_speed: 0.01,
    };
    for ayanamsa in Ayanamsa::ALL {
        let zodiac = at_date(ayanamsa);
        let (found, shift) = (zodiac.refer(&place), zodiac.ayanamsa_deg());
        let shifted = (place.longitude_deg - shift.value).rem_euclid(360.0);
        if ayanamsa.is_frame() {
            // From 2023 the ecliptic has turned by 11″ since 2000, and by 58″ since 1900.
            let off = (found.latitude_deg - 4.0).hypot(found.longitude_deg - shifted) * 3600.0;
            assert!((0.1..60.0).contains(&off), "{ayanamsa}: {off}");
            assert!((found.distance_au - 2.0).abs() < 1e-14, "{ayanamsa}");
        } else {
            let expected = State { longitude_deg: shifted, longitude_speed: 1.0 - shift.rate, ..place };
            assert!((found.longitude_deg - expected.longitude_deg).abs() < 1e-12, "{ayanamsa}");
            assert_eq!(State { longitude_deg: expected.longitude_deg, ..found }, expected, "{ayanamsa}");
        }
    }
    let frames: Vec<_> = Ayanamsa::ALL.into_iter().filter(|it| it.is_frame()).map(Ayanamsa::number).collect();
    assert_eq!(frames, [18, 19, 20, 34].map(Some));
    let anchored = Ayanamsa::ALL.into_iter().filter(|ayanamsa| ayanamsa.is_anchored());
    let anchored: Vec<_> = anchored.map(|ayanamsa| ayanamsa.number().unwrap()).collect();
    assert_eq!(anchored, [17, 27, 28, 29, 30, 31, 32, 33, 35, 36, 39, 40]);
}

#[test]
fn each_has_a_number_and_names() {
    for (number, ayanamsa) in (0..=LAST).zip(Ayanamsa::ALL) {
        assert_eq!(ayanamsa.number(), Some(number));
        assert_eq!(Ayanamsa::numbered(number), Some(ayanamsa));
        for text in [number.to_string(), ayanamsa.id().into_owned(), ayanamsa.title().to_owned()] {
            assert_eq!(named(&text), ayanamsa, "{text}");
        }
        assert_eq!(ayanamsa.to_string(), ayanamsa.id());
    }
    assert_eq!(Ayanamsa::numbered(LAST + 1), None);
}

#[test]
fn constants_of_the_library_and_other_names_are_understood() {
    let constants = "FAGAN_BRADLEY LAHIRI DELUCE RAMAN USHASHASHI KRISHNAMURTI DJWHAL_KHUL YUKTESHWAR JN_BHASIN \
         BABYL_KUGLER1 BABYL_KUGLER2 BABYL_KUGLER3 BABYL_HUBER BABYL_ETPSC ALDEBARAN_15TAU HIPPARCHOS SASSANIAN \
         GALCENT_0SAG J2000 J1900 B1950 SURYASIDDHANTA SURYASIDDHANTA_MSUN ARYABHATA ARYABHATA_MSUN SS_REVATI SS_CITRA \
         TRUE_CITRA TRUE_REVATI TRUE_PUSHYA GALCENT_RGILBRAND GALEQU_IAU1958 GALEQU_TRUE GALEQU_MULA GALALIGN_MARDYKS \
         TRUE_MULA GALCENT_MULA_WILHELM ARYABHATA_522 BABYL_BRITTON TRUE_SHEORAN GALCENT_COCHRANE GALEQU_FIORENZA \
         VALENS_MOON LAHIRI_1940 LAHIRI_VP285 KRISHNAMURTI_VP291 LAHIRI_ICRC";
    for (constant, ayanamsa) in constants.split_whitespace().zip(Ayanamsa::ALL) {
        for text in [constant.to_owned(), format!("SE_SIDM_{constant}"), format!("SIDM_{constant}")] {
            assert_eq!(named(&text), ayanamsa, "{text}");
        }
    }
    for (text, number) in [
        ("Fagan-Bradley", 0),
        (" LAHIRI ", 1),
        ("chitrapaksha", 1),
        ("deluce", 2),
        ("De Luce", 2),
        ("kp", 5),
        ("hipparchus", 15),
        ("true chitra", 27),
        ("\"Vedic\"/Sheoran", 39),
        ("07", 7),
    ] {
        assert_eq!(named(text).number(), Some(number), "{text}");
    }
}

#[test]
fn what_is_no_ayanamsa_is_refused_with_the_remedy() {
    let refusal = |text: &str| text.parse::<Ayanamsa>().unwrap_err();
    let unknown = refusal("lahri");
    assert_eq!(unknown.suggestion(), Some("lahiri"));
    assert_eq!(unknown.to_string(), "unknown ayanamsa `lahri`: did you mean `lahiri`?");
    assert_eq!(refusal("western zodiac").suggestion(), None);
    assert_eq!(refusal("").suggestion(), None);
    for text in ["47", "255", "-1", "99999999999999999999"] {
        let error = refusal(text);
        assert_eq!(error, Error::AyanamsaNumber { text: text.to_owned(), max: 46 });
        assert!(error.to_string().contains("0 to 46"), "{error}");
    }
    for text in [
        "user:",
        "user:2415020",
        "user:2415020,",
        "user:x,22",
        "user:NaN,2",
        "user:1e9,2",
        "user:2415020,361",
    ] {
        assert_eq!(refusal(text), Error::UserAyanamsa { text: text.to_owned() });
    }
    for text in ["lahri", "47", "user:"] {
        assert_eq!(refusal(text).parameter(), Some("ayanamsa"));
    }
}

#[test]
fn one_of_a_users_own_is_written_as_it_is_read() {
    let own = named(" USER: 2415020.5 , -22.46");
    assert_eq!(own.to_string(), "user:2415020.5,-22.46");
    assert_eq!(named(&own.to_string()), own);
    assert_eq!(own.number(), None);
    assert!(!own.is_frame() && !own.is_anchored());
}
