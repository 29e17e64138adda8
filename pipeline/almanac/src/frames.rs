//! From the mean ecliptic of date, which tables hold, to the true equinox and to the equator.
//!
//! Nutation turns the frame about the pole of the ecliptic, which moves longitudes by Δψ and nothing else, and tilts the
//! equator by Δε, which only the equatorial frame sees. Speeds are the exact derivatives of the coordinates given,
//! the change of nutation and of the obliquity included.

use orrery_format::{Nutation, State};

use crate::vector::Varying;

/// A position on the equator with its speeds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Equatorial {
    /// Right ascension in degrees, 0 ≤ α < 360.
    pub right_ascension_deg: f64,
    /// Declination in degrees, −90 to 90.
    pub declination_deg: f64,
    /// Distance in astronomical units.
    pub distance_au: f64,
    /// Change of right ascension in degrees a day.
    pub right_ascension_speed: f64,
    /// Change of declination in degrees a day.
    pub declination_speed: f64,
    /// Change of distance in au a day.
    pub distance_speed: f64,
}

/// An angle in degrees brought to 0 ≤ x < 360.
#[inline]
#[must_use]
pub fn wrap_deg(angle_deg: f64) -> f64 {
    if (0.0..360.0).contains(&angle_deg) {
        return angle_deg;
    }
    let wrapped = angle_deg.rem_euclid(360.0);
    // The remainder of a tiny negative angle rounds to 360.
    if wrapped < 360.0 { wrapped } else { 0.0 }
}

/// An angle in degrees brought to −180 ≤ x < 180: by how much one is ahead of another, of their difference.
#[inline]
#[must_use]
pub fn turn_deg(angle_deg: f64) -> f64 {
    wrap_deg(angle_deg + 180.0) - 180.0
}

/// A state on the mean ecliptic and equinox of date, referred to the true equinox of date.
#[inline]
#[must_use]
pub fn true_equinox(mean: &State, nutation: &Nutation) -> State {
    State {
        longitude_deg: wrap_deg(mean.longitude_deg + nutation.dpsi_deg),
        longitude_speed: mean.longitude_speed + nutation.dpsi_speed,
        ..*mean
    }
}

/// The equator of a date, against its ecliptic: the obliquity and its change, with sine and cosine at hand for many bodies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equator {
    sin: f64,
    cos: f64,
    /// Change of the obliquity, radians a day.
    rate: f64,
}

impl Equator {
    /// The equator at an obliquity (degrees) that changes by so many degrees a day.
    #[must_use]
    pub fn new(obliquity_deg: f64, obliquity_speed: f64) -> Equator {
        let (sin, cos) = obliquity_deg.to_radians().sin_cos();
        Equator { sin, cos, rate: obliquity_speed.to_radians() }
    }

    /// The mean equator of date; for states on the mean equinox.
    #[must_use]
    pub fn mean(nutation: &Nutation) -> Equator {
        Equator::new(nutation.mean_obliquity_deg, nutation.mean_obliquity_speed)
    }

    /// The true equator of date; for states on the [`true_equinox`].
    #[must_use]
    pub fn true_of_date(nutation: &Nutation) -> Equator {
        Equator::new(nutation.true_obliquity_deg(), nutation.true_obliquity_speed())
    }

    /// A state on the ecliptic, referred to this equator. The equinox stays the same: give a state on the equinox that
    /// belongs to the equator.
    #[must_use]
    pub fn equatorial(&self, ecliptic: &State) -> Equatorial {
        let direction = Direction::of(
            ecliptic.longitude_deg,
            ecliptic.latitude_deg,
            ecliptic.longitude_speed,
            ecliptic.latitude_speed,
        );
        let turned = direction.about_equinox(self.sin, self.cos, self.rate);
        let angles = turned.angles();
        Equatorial {
            right_ascension_deg: angles.along_deg,
            declination_deg: angles.across_deg,
            distance_au: ecliptic.distance_au,
            right_ascension_speed: angles.along_speed,
            declination_speed: angles.across_speed,
            distance_speed: ecliptic.distance_speed,
        }
    }

    /// The right ascension of a point of the ecliptic, degrees, 0 to 360, with its change a day.
    #[must_use]
    pub fn right_ascension(&self, longitude: Varying) -> Varying {
        right_ascension(longitude, Varying::new(self.cos, -self.sin * self.rate))
    }

    /// The inverse of [`Equator::equatorial`].
    #[must_use]
    pub fn ecliptic(&self, equatorial: &Equatorial) -> State {
        let direction = Direction::of(
            equatorial.right_ascension_deg,
            equatorial.declination_deg,
            equatorial.right_ascension_speed,
            equatorial.declination_speed,
        );
        let turned = direction.about_equinox(-self.sin, self.cos, -self.rate);
        let angles = turned.angles();
        State {
            longitude_deg: angles.along_deg,
            latitude_deg: angles.across_deg,
            distance_au: equatorial.distance_au,
            longitude_speed: angles.along_speed,
            latitude_speed: angles.across_speed,
            distance_speed: equatorial.distance_speed,
        }
    }
}

/// The right ascension of a point of the ecliptic, degrees, 0 to 360, by the cosine of the obliquity.
pub(crate) fn right_ascension(longitude: Varying, cos_obliquity: Varying) -> Varying {
    let (sin, cos) = longitude.sin_cos_deg();
    (sin * cos_obliquity).atan2_deg(cos).wrapped_deg()
}

/// A unit vector and its change a day.
struct Direction {
    at: [f64; 3],
    rate: [f64; 3],
}

/// Spherical coordinates and their change a day, degrees.
struct Angles {
    along_deg: f64,
    across_deg: f64,
    along_speed: f64,
    across_speed: f64,
}

impl Direction {
    fn of(along_deg: f64, across_deg: f64, along_speed: f64, across_speed: f64) -> Direction {
        let (sin_l, cos_l) = along_deg.to_radians().sin_cos();
        let (sin_b, cos_b) = across_deg.to_radians().sin_cos();
        let (dl, db) = (along_speed.to_radians(), across_speed.to_radians());
        Direction {
            at: [cos_b * cos_l, cos_b * sin_l, sin_b],
            rate: [
                -sin_b * db * cos_l - cos_b * sin_l * dl,
                -sin_b * db * sin_l + cos_b * cos_l * dl,
                cos_b * db,
            ],
        }
    }

    /// Turned about the first axis, the line to the equinox, by an angle that itself changes by `rate` a day.
    fn about_equinox(&self, sin: f64, cos: f64, rate: f64) -> Direction {
        let [x, y, z] = self.at;
        let [dx, dy, dz] = self.rate;
        let (turned_y, turned_z) = (y * cos - z * sin, y * sin + z * cos);
        Direction {
            at: [x, turned_y, turned_z],
            rate: [dx, dy * cos - dz * sin - rate * turned_z, dy * sin + dz * cos + rate * turned_y],
        }
    }

    /// At the pole itself no meridian is singled out: the angle along is 0 there and both speeds are 0.
    fn angles(&self) -> Angles {
        let [x, y, z] = self.at;
        let [dx, dy, dz] = self.rate;
        let from_axis = x.hypot(y);
        let (along_speed, across_speed) = if from_axis > 0.0 {
            let outward = (x * dx + y * dy) / from_axis;
            // Two divisions, since the square of a tiny distance from the axis would lose its digits.
            ((x / from_axis * dy - y / from_axis * dx) / from_axis, dz * from_axis - z * outward)
        } else {
            (0.0, 0.0)
        };
        Angles {
            along_deg: wrap_deg(y.atan2(x).to_degrees()),
            across_deg: z.atan2(from_axis).to_degrees(),
            along_speed: along_speed.to_degrees(),
            across_speed: across_speed.to_degrees(),
        }
    }
}
