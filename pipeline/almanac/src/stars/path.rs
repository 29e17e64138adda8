//! A star's path through space, and where it is seen.

use orrery_format::time::J2000_JD;
use orrery_format::{State, TtDay};

use super::catalogue::{Entry, Equinox};
use super::observer::Observer;
use crate::light::{aberrated, deflected};
use crate::precession::{self, Precession};
use crate::vector::{Varying, Vector};

/// The epoch of catalogues on the equinox of B1950, Julian day (`B1950` of the Swiss Ephemeris).
const B1950_JD: f64 = 2_433_282.423_459_05;
const JULIAN_YEAR_DAYS: f64 = 365.25;
const MAS_PER_DEGREE: f64 = 3_600_000.0;
/// Astronomical units of a parsec (IAU 2015 B2; `PARSEC_TO_AUNIT`).
const PARSEC_AU: f64 = 206_264.806_247_1;
/// Astronomical units a Julian year of a kilometre a second (a hundredth of `KM_S_TO_AU_CTY`).
const KM_S_IN_AU_YEAR: f64 = 0.210_95;
/// How far what has no parallax is taken to be, au, as the Swiss Ephemeris does.
const NO_PARALLAX_AU: f64 = 1e9;

/// From the axes of the FK5 to those of the ICRS (`swi_icrs2fk5`).
const FK5_TO_ICRS: [[f64; 3]; 3] = [
    [0.999_999_999_999_992_8, 0.000_000_111_022_328_7, 0.000_000_044_118_055_7],
    [-0.000_000_111_022_333_0, 0.999_999_999_999_989_1, 0.000_000_096_477_917_6],
    [-0.000_000_044_118_045_0, -0.000_000_096_477_922_5, 0.999_999_999_999_994_3],
];
/// What the equinox of the FK4 is corrected by at B1950.0, degrees, and its change a day (Explanatory Supplement,
/// page 167; `swi_FK4_FK5`).
const FK4_EQUINOX_DEG: f64 = 0.035 / 240.0;
const FK4_EQUINOX_SPEED: f64 = 0.085 / 36_524.219_878_2 / 240.0;

/// How a star is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Deflected by the Sun and aberrated: where it appears.
    Apparent,
    /// Neither: the astrometric place, which is the true place too, for a star's light time is in the catalogue.
    Geometric,
}

/// A straight path through space: from the barycentre of the solar system, au, on the mean equator and equinox of
/// J2000.0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    epoch_jd: f64,
    at_epoch: [f64; 3],
    /// Au a day.
    motion: [f64; 3],
}

impl Path {
    /// The path of a catalogue's entry, as `fixstar_calc_from_struct` of the Swiss Ephemeris begins it. Entries
    /// that are not on the ICRS are brought there, and then by the frame bias to J2000.0 twice, as there.
    #[must_use]
    pub fn of(entry: &Entry) -> Path {
        let distance = if entry.parallax_mas > 0.0 {
            PARSEC_AU / (entry.parallax_mas / 1_000.0)
        } else {
            NO_PARALLAX_AU
        };
        let a_day = |mas_a_year: f64| mas_a_year / MAS_PER_DEGREE / JULIAN_YEAR_DAYS;
        let along = a_day(entry.proper_motion_ra_mas_yr) / entry.declination_deg.to_radians().cos();
        let across = a_day(entry.proper_motion_dec_mas_yr);
        let away = entry.radial_velocity_km_s * KM_S_IN_AU_YEAR / JULIAN_YEAR_DAYS;
        let moving = |turned_deg: f64, turning: f64| {
            Vector::spherical(
                Varying::new(entry.right_ascension_deg + turned_deg, along + turning),
                Varying::new(entry.declination_deg, across),
                Varying::new(distance, away),
            )
        };
        let of_j2000 = match entry.equinox {
            Equinox::Icrs => precession::from_icrs(&moving(0.0, 0.0)),
            Equinox::J2000 => from_fk5(&moving(0.0, 0.0)),
            Equinox::B1950 => {
                // What does not move is not made to by the correction.
                let resting = moving(0.0, 0.0).0[0].rate == 0.0;
                let turning = if resting { 0.0 } else { FK4_EQUINOX_SPEED };
                let of_b1950 = moving(FK4_EQUINOX_DEG, turning);
                let precession = Precession::to(TtDay(B1950_JD));
                // A rotation of place and motion alike, not a change of date.
                let [at, rate] = [of_b1950.at(), of_b1950.rate()]
                    .map(|components| precession.to_j2000(&Vector::new(components, [0.0; 3])).at());
                from_fk5(&Vector::new(at, rate))
            }
        };
        let epoch_jd = if entry.equinox == Equinox::B1950 { B1950_JD } else { J2000_JD };
        Path { epoch_jd, at_epoch: of_j2000.at(), motion: of_j2000.rate() }
    }

    /// From the observer to where it is seen, au, on the mean equator and equinox of J2000.0. `None` for an
    /// apparent place behind the Sun's disc.
    fn from(&self, observer: &Observer, sight: Sight) -> Option<Vector> {
        let days = observer.date.jd() - self.epoch_jd;
        let there = std::array::from_fn(|c| self.at_epoch[c] + self.motion[c] * days);
        let mut from_here = Vector::new(there, self.motion) - observer.position;
        if sight == Sight::Apparent {
            from_here = deflected(&from_here, &observer.from_sun)?;
            from_here = aberrated(&from_here, &observer.velocity);
        }
        Some(from_here)
    }

    /// As [`Path::place`], in rectangular coordinates.
    pub(crate) fn seen(&self, observer: &Observer, sight: Sight) -> Option<Vector> {
        self.from(observer, sight).map(|from_here| observer.on_date(&from_here))
    }

    /// The place on the mean ecliptic and equinox of date, with exact derivatives for speeds. `None` for an
    /// apparent place behind the Sun's disc, where the light is bent in a way that only the live source knows.
    #[must_use]
    pub fn place(&self, observer: &Observer, sight: Sight) -> Option<State> {
        let from_here = self.from(observer, sight)?;
        // Distances are such that the turn of the axes would be felt in how they change.
        let distance = from_here.length();
        Some(State {
            distance_au: distance.value,
            distance_speed: distance.rate,
            ..State::from(&observer.on_date(&from_here))
        })
    }
}

fn from_fk5(of_fk5: &Vector) -> Vector {
    let of_icrs = Vector(FK5_TO_ICRS.map(|row| Vector::new(row, [0.0; 3]).dot(of_fk5)));
    precession::from_icrs(&precession::from_icrs(&of_icrs))
}
