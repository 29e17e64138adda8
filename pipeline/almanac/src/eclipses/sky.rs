//! Where Sun and Moon stand, as eclipses need it: seen from the Earth's centre, on the true equator of date.

use orrery_format::{Body, Center, Dataset, Miss, Nutation, State, TtDay};

use crate::frames::wrap_deg;
use crate::horizon::apparent_sidereal_time;

/// Whatever can say where Sun and Moon stand: tables, the live source.
pub trait Luminaries {
    /// Why it may not.
    type Error;

    /// Sun and Moon at an instant.
    ///
    /// # Errors
    /// What the source says; a search ends with it.
    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, Self::Error>;
}

/// Sun and Moon at an instant: their apparent places, with light time and aberration, from the Earth's centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SunAndMoon {
    /// To the Sun, au: towards the true equinox of date, 90° east of it on the true equator, and north.
    pub sun_au: [f64; 3],
    /// To the Moon, likewise.
    pub moon_au: [f64; 3],
    /// Ephemeris sidereal time ([`ephemeris_sidereal_time_deg`]), degrees, 0 ≤ θ < 360.
    pub sidereal_time_deg: f64,
}

impl SunAndMoon {
    /// From apparent places on the mean ecliptic and equinox of date, which tables and the live source hold. Their speeds do
    /// not matter.
    #[must_use]
    pub fn new(tt: TtDay, sun: &State, moon: &State, nutation: &Nutation) -> SunAndMoon {
        let (sin, cos) = nutation.true_obliquity_deg().to_radians().sin_cos();
        let equatorial = |mean: &State| {
            let (sin_l, cos_l) = (mean.longitude_deg + nutation.dpsi_deg).to_radians().sin_cos();
            let (sin_b, cos_b) = mean.latitude_deg.to_radians().sin_cos();
            let [x, y, z] = [cos_b * cos_l, cos_b * sin_l, sin_b].map(|part| part * mean.distance_au);
            [x, y * cos - z * sin, y * sin + z * cos]
        };
        SunAndMoon {
            sun_au: equatorial(sun),
            moon_au: equatorial(moon),
            sidereal_time_deg: ephemeris_sidereal_time_deg(tt, nutation),
        }
    }
}

/// The apparent sidereal time that Greenwich would have if UT1 were TT, degrees, 0 ≤ θ < 360.
///
/// It is the sidereal time of IAU 2006 (Capitaine, Wallace and Chapront, *Astronomy & Astrophysics* 432, 2005, 42): the
/// Earth's rotation angle, which is linear in UT1, taken at TT, and the precession since J2000.0 at TT; to which the equation
/// of the equinoxes is added. Nothing in it depends on ΔT. What the table of the Earth's rotation answers for the same
/// number of days is this to 0.003″ from 1850 to 2050. Beyond, the Swiss Ephemeris counts sidereal time from the Sun's mean
/// longitude at TT, in which its ΔT of that date is hidden: up to 9″ by 2400, half a second of time.
///
/// The sidereal time of an instant is this one less [`orrery_format::eclipse::ROTATION_DEG_PER_S`] × ΔT, whatever ΔT is.
#[must_use]
pub fn ephemeris_sidereal_time_deg(tt: TtDay, nutation: &Nutation) -> f64 {
    // Whole days apart, so that the angle of rotation loses no digits.
    let days = tt.jd().floor();
    let of_day = tt.jd() - days;
    let mean_deg = sofars::erst::gmst06(days, of_day, days, of_day).to_degrees();
    wrap_deg(apparent_sidereal_time(mean_deg, nutation).value)
}

/// Sun and Moon from tables: those of both from the Earth, and that of nutation.
#[derive(Clone, Copy, Debug)]
pub struct TabulatedLuminaries<'d>(pub &'d Dataset);

impl Luminaries for TabulatedLuminaries<'_> {
    type Error = Miss;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, Miss> {
        let sun = self.0.state(Body::Sun, Center::Geo, tt)?.value;
        let moon = self.0.state(Body::Moon, Center::Geo, tt)?.value;
        let nutation = self.0.nutation(tt)?.value;
        Ok(SunAndMoon::new(tt, &sun, &moon, &nutation))
    }
}
