//! Houses: the systems by letter and name, how they divide a sky, and in which house a longitude is.
//!
//! Cusps and angles depend on the sidereal time, the latitude and the obliquity alone, those of Sunshine houses on the Sun's
//! declination too. They are what the house functions of the Swiss Ephemeris 2.10.03 answer, down to which of two points is
//! taken where the ecliptic lies strangely. Speeds are not: the library's are those of circles that stand still under the poles
//! for Placidus, Koch and Gauquelin, are zero or another cusp's for Krusinski, whole signs and some of Porphyry's, and
//! differences for others. Here each is the derivative of the longitude beside it, by the rules of differentiation. And Placidus'
//! and Gauquelin's cusps are solved to the last digits, where the library stops at a hundredth of an arcsecond, or gives up.

use crate::frames::{turn_deg, wrap_deg};
use crate::vector::Varying;

mod angle;
mod division;
mod sky;
mod sphere;
mod system;

pub use angle::Angle;
pub use sky::LocalSky;
pub use system::HouseSystem;

use sphere::Sphere;

/// Most cusps that a system has.
pub const MOST_CUSPS: usize = 36;

/// A sky divided into houses. Longitudes are in the zodiac that it was asked for in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Houses {
    /// The system that divided it, which may be another than was asked for where that one fails.
    pub system: HouseSystem,
    /// Ecliptic longitudes of the cusps, degrees, with their changes a day; [`HouseSystem::count`] of them count.
    cusps: [Varying; MOST_CUSPS],
    /// The angles, by [`Angle`].
    angles: [Varying; Angle::COUNT],
    /// Right ascension of the midheaven: the local sidereal time, degrees, with its change a day.
    pub armc: Varying,
}

impl Houses {
    /// Of cusps and angles; what is left of the cusps does not count.
    #[must_use]
    pub fn new(
        system: HouseSystem,
        cusps: impl IntoIterator<Item = Varying>,
        angles: [Varying; Angle::COUNT],
        armc: Varying,
    ) -> Houses {
        let mut all = [Varying::default(); MOST_CUSPS];
        for (place, cusp) in all.iter_mut().zip(cusps) {
            *place = cusp;
        }
        Houses { system, cusps: all, angles, armc }
    }

    /// The cusps, of the first house first.
    #[must_use]
    pub fn cusps(&self) -> &[Varying] {
        &self.cusps[..self.system.count()]
    }

    /// An angle's longitude, degrees, with its change a day.
    #[must_use]
    pub const fn angle(&self, angle: Angle) -> Varying {
        self.angles[angle as usize]
    }

    /// Whether the houses follow each other with the signs. Gauquelin's sectors never do, and within a polar circle the houses of
    /// some systems do not either.
    #[must_use]
    pub fn runs_forward(&self) -> bool {
        let cusps = self.cusps();
        let steps = cusps.iter().zip(cusps.iter().cycle().skip(1));
        // Once about, one way or the other. Where neither is so, cusps lie in no order, and the system's own way stands.
        let way: f64 = steps.map(|(cusp, next)| turn_deg(next.value - cusp.value)).sum();
        if way.abs() > 180.0 { way > 0.0 } else { self.system.runs_forward() }
    }

    /// The house, or the sector, from 1 on, that a longitude is in: that whose cusp is the last behind it, the way the houses
    /// follow each other. A house begins with its cusp; of houses without width it is the one that follows them.
    #[must_use]
    pub fn house_of(&self, longitude_deg: f64) -> u8 {
        let (cusps, longitude_deg) = (self.cusps(), wrap_deg(longitude_deg));
        let forward = self.runs_forward();
        let behind = |cusp: &Varying| way_deg(cusp.value, longitude_deg, forward);
        let (mut nth, mut least) = (0, f64::INFINITY);
        for (at, cusp) in cusps.iter().enumerate() {
            let way = behind(cusp);
            if way < least {
                (nth, least) = (at, way);
            }
        }
        for _ in 1..cusps.len() {
            let next = (nth + 1) % cusps.len();
            if behind(&cusps[next]) > least {
                break;
            }
            nth = next;
        }
        nth as u8 + 1
    }
    /// The house that a longitude is in and how much of it lies behind: 4.5 in the middle of the fourth. From 1 on, below 13, or 37
    /// among sectors. That is the place among the houses of a point of the ecliptic; of a body with latitude those systems tell
    /// another that do not divide the ecliptic itself ([`HouseSystem::divides_ecliptic`]).
    #[must_use]
    pub fn position_of(&self, longitude_deg: f64) -> f64 {
        let (cusps, house) = (self.cusps(), self.house_of(longitude_deg));
        let forward = self.runs_forward();
        let (nth, whole) = (usize::from(house) - 1, f64::from(house));
        let begin = cusps[nth].value;
        let width = way_deg(begin, cusps[(nth + 1) % cusps.len()].value, forward);
        let behind = way_deg(begin, wrap_deg(longitude_deg), forward);
        let part = if width > 0.0 { behind / width } else { 0.0 };
        // What rounding, or cusps in no order, would put into the next house.
        (whole + part).min((whole + 1.0).next_down())
    }
}

/// The point of the ecliptic that culminates, degrees, 0 to 360, at a right ascension of the meridian and an obliquity, degrees.
#[must_use]
pub fn mc_deg(armc_deg: f64, obliquity_deg: f64) -> f64 {
    Sphere::new(Varying::constant(armc_deg), 0.0, Varying::constant(obliquity_deg)).mc.value
}

/// Degrees from one longitude to another, 0 to 360, with the signs or against them. One that lies less than rounding can tell before
/// the first is a whole turn from it, not on it.
fn way_deg(from_deg: f64, to_deg: f64, forward: bool) -> f64 {
    let way = if forward { to_deg - from_deg } else { from_deg - to_deg };
    if way < 0.0 { way + 360.0 } else { way }
}
