//! What holds an ayanamsa fast: a star, the centre of the galaxy, or its pole.
//!
//! The data are those that the Swiss Ephemeris has built in for this purpose (`get_builtin_star` in `sweph.c` of
//! 2.10.03), so that an ayanamsa needs no catalogue and no catalogue changes it. The centre of the galaxy stands
//! there on the equinox of J2000, in `sefstars.txt` on the ICRS: 0.02″ apart.

use std::sync::LazyLock;

use crate::stars::{Entry, Equinox, Observer, Path, Sight};
use crate::vector::Varying;

/// What is held fast, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Anchor {
    pub(super) point: Point,
    pub(super) reading: Reading,
    /// The sidereal longitude that it has, degrees.
    pub(super) longitude_deg: f64,
}

/// How the longitude of an anchor is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The ecliptic longitude, aberrated and deflected where the places are.
    Apparent,
    /// The ecliptic longitude without aberration and deflection: for poles, which send no light.
    Geometric,
    /// The point of the ecliptic that culminates together with the anchor: that of its right ascension.
    Culminating,
}

/// What can be held fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    /// Spica, α Virginis.
    Spica,
    /// Revati, ζ Piscium.
    ZetaPiscium,
    /// Pushya, δ Cancri.
    DeltaCancri,
    /// Mula, λ Scorpii.
    LambdaScorpii,
    /// The centre of the galaxy, Sagittarius A*.
    GalacticCentre,
    /// The pole of the galaxy by the IAU's definition of 1958.
    GalacticPole1958,
    /// The pole of the galaxy by Liu, Zhu and Zhang (*Astronomy & Astrophysics* 526, A16, 2011).
    GalacticPole,
}

const fn hours(h: f64, m: f64, s: f64) -> f64 {
    (s / 3600.0 + m / 60.0 + h) * 15.0
}

const fn degrees(d: f64, m: f64, s: f64) -> f64 {
    s / 3600.0 + m / 60.0 + d
}

/// Every point's data, in the order of [`Point`].
const DATA: [Entry; 7] = [
    Entry {
        equinox: Equinox::Icrs,
        right_ascension_deg: hours(13.0, 25.0, 11.579_37),
        declination_deg: -degrees(11.0, 9.0, 40.750_1),
        proper_motion_ra_mas_yr: -42.35,
        proper_motion_dec_mas_yr: -30.67,
        radial_velocity_km_s: 1.0,
        parallax_mas: 13.06,
    },
    Entry {
        equinox: Equinox::Icrs,
        right_ascension_deg: hours(1.0, 13.0, 43.887_35),
        declination_deg: degrees(7.0, 34.0, 31.274_5),
        proper_motion_ra_mas_yr: 145.0,
        proper_motion_dec_mas_yr: -55.69,
        radial_velocity_km_s: 15.0,
        parallax_mas: 18.76,
    },
    Entry {
        equinox: Equinox::Icrs,
        right_ascension_deg: hours(8.0, 44.0, 41.099_21),
        declination_deg: degrees(18.0, 9.0, 15.503_4),
        proper_motion_ra_mas_yr: -17.67,
        proper_motion_dec_mas_yr: -229.26,
        radial_velocity_km_s: 17.14,
        parallax_mas: 24.98,
    },
    Entry {
        equinox: Equinox::Icrs,
        right_ascension_deg: hours(17.0, 33.0, 36.520_12),
        declination_deg: -degrees(37.0, 6.0, 13.764_8),
        proper_motion_ra_mas_yr: -8.53,
        proper_motion_dec_mas_yr: -30.8,
        radial_velocity_km_s: -3.0,
        parallax_mas: 5.71,
    },
    Entry {
        equinox: Equinox::J2000,
        right_ascension_deg: hours(17.0, 45.0, 40.035_99),
        declination_deg: -degrees(29.0, 0.0, 28.169_9),
        proper_motion_ra_mas_yr: -2.755_718_425,
        proper_motion_dec_mas_yr: -5.547,
        radial_velocity_km_s: 0.0,
        parallax_mas: 0.125,
    },
    Entry {
        equinox: Equinox::B1950,
        right_ascension_deg: hours(12.0, 49.0, 0.0),
        declination_deg: degrees(27.0, 24.0, 0.0),
        proper_motion_ra_mas_yr: 0.0,
        proper_motion_dec_mas_yr: 0.0,
        radial_velocity_km_s: 0.0,
        parallax_mas: 0.0,
    },
    Entry {
        equinox: Equinox::Icrs,
        right_ascension_deg: hours(12.0, 51.0, 36.715_198_1),
        declination_deg: degrees(27.0, 6.0, 11.193_172),
        proper_motion_ra_mas_yr: 0.0,
        proper_motion_dec_mas_yr: 0.0,
        radial_velocity_km_s: 0.0,
        parallax_mas: 0.0,
    },
];

static PATHS: LazyLock<[Path; 7]> = LazyLock::new(|| DATA.map(|entry| Path::of(&entry)));

impl Anchor {
    /// The tropical longitude, degrees, of where the zodiac that the anchor holds begins. `None` while the anchor
    /// stands behind the Sun's disc.
    pub(super) fn ayanamsa_deg(
        &self,
        observer: &Observer,
        obliquity: Varying,
        sight: Sight,
    ) -> Option<Varying> {
        let path = &PATHS[self.point as usize];
        let sight = if self.reading == Reading::Geometric { Sight::Geometric } else { sight };
        let place = path.seen(observer, sight)?;
        let [x, y, _] = place.0;
        let longitude = if self.reading == Reading::Culminating {
            // tan λ = tan α / cos ε.
            let (sin, cos) = obliquity.sin_cos_deg();
            let [x, y, _] = place.about_first(sin, cos).0;
            y.atan2_deg(x * cos)
        } else {
            y.atan2_deg(x)
        };
        Some(longitude + -self.longitude_deg)
    }
}
