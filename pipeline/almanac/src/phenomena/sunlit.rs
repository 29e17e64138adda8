//! Where a body stands from the Sun, when it was lit, and which part of its disc was.
//!
//! `swe_pheno` looks up the heliocentric place at the instant at which the light left the body, as it is seen from the Sun,
//! that is by light that had left the body earlier still. Here that place is had from the geocentric one without another
//! look-up: aberration and deflection are undone, the Earth's place from the Sun is added, and the body is moved back along
//! its orbit. Measured against the live heliocentric place, this is right within 3e-7 of the distance, but for bodies behind
//! the Sun's disc, whose deflection is not undone: 1e-4.

use orrery_format::State;

use crate::bodies::WireBody;
use crate::earth::Earth;
use crate::light::{SPEED_OF_LIGHT, deflected, unaberrated};
use crate::space::{length, separation_deg};
use crate::vector::Vector;

/// Which part of a body's disc the Sun lights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// The angle at the body between the Sun and the observer, degrees: 0 full, 180 new.
    pub angle_deg: f64,
    /// The lit part of the disc, 0 to 1 (Meeus, *Astronomical Algorithms*, 41.1).
    pub illuminated_fraction: f64,
}

/// A body in the light of the Sun, as an observer sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sunlit {
    /// From the Sun, au, on the mean ecliptic and equinox of date.
    pub(super) from_sun: [f64; 3],
    /// Its length.
    pub(super) distance_au: f64,
    /// Which part of the disc is lit.
    pub phase: Phase,
}

impl Sunlit {
    /// A body that is seen at one place from the observer and stands at another from the Sun.
    pub(super) fn new(seen: [f64; 3], from_sun: [f64; 3]) -> Sunlit {
        let angle_deg = separation_deg(&seen, &from_sun);
        let illuminated_fraction = f64::midpoint(1.0, angle_deg.to_radians().cos());
        Sunlit { from_sun, distance_au: length(&from_sun), phase: Phase { angle_deg, illuminated_fraction } }
    }

    /// Where the body stands from the Sun, au: rectangular, on the mean ecliptic and equinox of date, by the light that
    /// the Sun would see when the observer's left the body.
    #[must_use]
    pub fn from_sun(&self) -> [f64; 3] {
        self.from_sun
    }
}

/// Where a body stood from the Sun, au, by the light that reached the Sun when what the Earth sees left the body.
pub(super) fn from_sun(body: WireBody, geocentric: &State, earth: &Earth) -> [f64; 3] {
    let seen = unaberrated(&Vector::from(geocentric), &earth.velocity);
    // The Moon's light comes from too near to pass the Sun. For all others the Swiss Ephemeris has light on its way
    // for as long as from the barycentre, which for Mercury is 3 % more or less than from the Sun.
    let (from_earth, centre) = match body {
        WireBody::MOON => (seen, earth.from_sun.at()),
        _ => (straightened(&seen, &earth.from_sun), earth.position.at()),
    };
    let late = length(&sum(from_earth.at(), centre)) / SPEED_OF_LIGHT;
    let (from_sun, motion) =
        (sum(from_earth.at(), earth.from_sun.at()), barycentric_motion(&from_earth, earth));
    std::array::from_fn(|c| from_sun[c] - motion[c] * late)
}

/// Where a body really is from the Earth's centre at the instant, given where it is seen.
pub(super) fn true_place(geocentric: &State, earth: &Earth) -> [f64; 3] {
    let seen = unaberrated(&Vector::from(geocentric), &earth.velocity);
    let (place, motion) = (seen.at(), barycentric_motion(&seen, earth));
    let late = length(&place) / SPEED_OF_LIGHT;
    std::array::from_fn(|c| place[c] + motion[c] * late)
}

/// The motion of a body among the stars, au a day, given where it was from the Earth before aberration.
fn barycentric_motion(from_earth: &Vector, earth: &Earth) -> [f64; 3] {
    sum(from_earth.rate(), earth.velocity.at())
}

fn sum(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|c| a[c] + b[c])
}

/// Undoes the Sun's deflection, once: what is left is a thousandth of the 1.75″ at the Sun's limb. `seen` leads from the Earth
/// to the body, `observer` from the Sun to the Earth, au. Before and behind the disc the place stays as it is seen.
fn straightened(seen: &Vector, observer: &Vector) -> Vector {
    deflected(seen, observer).map_or(*seen, |bent| *seen + (*seen - bent))
}
