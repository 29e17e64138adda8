//! Hazard: houses that are another system's, or stand elsewhere than those of the Swiss Ephemeris: at some latitude, at some
//! sidereal time, in some zodiac. All systems are compared with the library, over skies at random and where it hurts, from a
//! sidereal time and from an instant; and with what others have published.

mod agreement;
mod live;
mod published;

use orrery_almanac::{Angle, HouseSystem, Houses};
use orrery_swisseph::LiveHouses;
use orrery_tests::measure::angle_between;

/// The angles in the order in which the library answers them, but for the sidereal time, its third.
const ANGLES: [(usize, Angle); 7] = [
    (0, Angle::Ascendant),
    (1, Angle::Mc),
    (3, Angle::Vertex),
    (4, Angle::EquatorialAscendant),
    (5, Angle::CoAscendantKoch),
    (6, Angle::CoAscendantMunkasey),
    (7, Angle::PolarAscendant),
];

/// The longitudes of houses beside the library's, with our speed and its speed: cusps first.
fn beside(houses: &Houses, live: &LiveHouses) -> Vec<Pair> {
    let cusps = houses.cusps().iter().enumerate();
    let cusps = cusps.map(|(nth, cusp)| (*cusp, live.cusps_deg[nth], live.cusp_speeds[nth]));
    let angles = ANGLES.iter();
    let angles =
        angles.map(|(nth, angle)| (houses.angle(*angle), live.angles_deg[*nth], live.angle_speeds[*nth]));
    cusps
        .chain(angles)
        .map(|(ours, its, its_speed)| Pair {
            apart_deg: angle_between(ours.value, its).abs(),
            speed: ours.rate,
            its_speed,
        })
        .collect()
}

/// One longitude and the library's.
struct Pair {
    apart_deg: f64,
    speed: f64,
    its_speed: f64,
}

impl Pair {
    /// What both may be apart, degrees: the promise of the system, and what rounding the sidereal time comes to, which is much
    /// where the ecliptic all but lies in the circle that cuts it.
    fn allowed_deg(&self, system: HouseSystem, latitude_deg: f64) -> f64 {
        const ROUNDING_DAYS: f64 = 1e-14;
        promise_deg(system, latitude_deg) + self.speed.abs() * ROUNDING_DAYS
    }
}

/// Degrees by which both may be off: where the library finds cusps by steps, of which the last may be a hundredth of an
/// arcsecond; and where an angle is made of numbers that are next to nothing, beside the polar circles and the poles.
fn promise_deg(system: HouseSystem, latitude_deg: f64) -> f64 {
    let is_beside = (65.0..68.0).contains(&latitude_deg.abs());
    match system {
        HouseSystem::Placidus | HouseSystem::Gauquelin if is_beside => 1e-4,
        HouseSystem::Placidus | HouseSystem::Gauquelin => 1e-5,
        HouseSystem::Apc if is_beside => 1e-5,
        HouseSystem::Alcabitius if latitude_deg.abs() > 88.0 => 1e-5,
        _ => 1e-9,
    }
}
