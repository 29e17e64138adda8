//! A body's way through a day.

use crate::angularity::Direction;
use crate::frames::Equatorial;
use crate::vector::{Varying, Vector};

/// Where a body is at any moment of a day, among the stars.
///
/// Between two places that are known with their speeds it is followed by the cubic through both, of its direction in space: it is off
/// by h⁴/384 of the fourth derivative at most, which for the Moon in a day are 2″, or a tenth of a second of time, and
/// for all others less than 0.1″.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// The coefficients of the three components, by powers of the day.
    powers: [[f64; 4]; 3],
}

impl Course {
    /// Of what stays where it is for a day, such as a fixed star, on the true equator of date.
    #[must_use]
    pub fn fixed(place: &Equatorial) -> Course {
        Course { powers: direction(place).at().map(|component| [component, 0.0, 0.0, 0.0]) }
    }

    /// Of what is at one place when the day begins and at another so many days later, both apparent and on the true equator of
    /// date.
    #[must_use]
    pub fn between(start: &Equatorial, end: &Equatorial, days: f64) -> Course {
        let (Vector(from), Vector(to)) = (direction(start), direction(end));
        let powers = std::array::from_fn(|c| {
            let (from, to) = (from[c], to[c]);
            let mean = (to.value - from.value) / days;
            let second = (3.0 * mean - 2.0 * from.rate - to.rate) / days;
            let third = (from.rate + to.rate - 2.0 * mean) / (days * days);
            [from.value, from.rate, second, third]
        });
        Course { powers }
    }

    /// Where it is so many days after the day begins.
    pub(super) fn at(&self, days: f64) -> Moment {
        Moment(Vector(self.powers.map(|[constant, first, second, third]| {
            Varying::new(
                constant + days * (first + days * (second + days * third)),
                first + days * (2.0 * second + days * 3.0 * third),
            )
        })))
    }
}

/// A body at a moment of its course.
pub(super) struct Moment(Vector);

impl Moment {
    /// Its place on the equator.
    pub(super) fn place(&self) -> Equatorial {
        let [right_ascension, declination, distance] = self.0.to_spherical();
        Equatorial {
            right_ascension_deg: right_ascension.value,
            declination_deg: declination.value,
            distance_au: distance.value,
            right_ascension_speed: right_ascension.rate,
            declination_speed: declination.rate,
            distance_speed: distance.rate,
        }
    }

    /// Its direction; of length 1 but for what the cubic is off by.
    pub(super) fn direction(&self) -> Direction {
        self.0.at()
    }
}

/// The direction of a place, of length 1, and how it changes.
fn direction(place: &Equatorial) -> Vector {
    Vector::spherical(
        Varying::new(place.right_ascension_deg, place.right_ascension_speed),
        Varying::new(place.declination_deg, place.declination_speed),
        Varying::constant(1.0),
    )
}
