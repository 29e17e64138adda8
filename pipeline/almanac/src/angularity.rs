//! Bodies on the angles of places: where on the Earth a body rises, culminates, sets or anticulminates at a moment.
//!
//! Every place has its zenith among the stars: at the declination of its geographic latitude and at the right ascension of its
//! local sidereal time. A body is on the horizon of all places whose zenith is 90° from it, and on the meridian of all whose zenith
//! has its right ascension, or the opposite one. Both are great circles of zeniths, each of which the body's other circle parts
//! in two: on one half of the horizon's it rises, on the other it sets. So each of the four is half of a great circle
//! (`HalfCircle`), and what lies on two of them is found without a search. Counted from the meridian of Greenwich
//! instead of the equinox, zeniths are places on a globe.
//!
//! The horizon is that of the body's centre, without air and without parallax, as seen from the Earth's centre.

use std::fmt;

use crate::houses::Angle;
use crate::space::{cross, dot, length, scaled, separation_deg};

/// On which of the four angles a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Angularity {
    /// On the eastern horizon.
    Rising,
    /// On the upper meridian: on that side of the celestial pole on which its daily course is highest.
    Culminating,
    /// On the western horizon.
    Setting,
    /// On the lower meridian.
    Anticulminating,
}

impl Angularity {
    /// All four, in the order in which a day brings them.
    pub const ALL: [Angularity; 4] =
        [Angularity::Rising, Angularity::Culminating, Angularity::Setting, Angularity::Anticulminating];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Angularity::Rising => "rising",
            Angularity::Culminating => "culminating",
            Angularity::Setting => "setting",
            Angularity::Anticulminating => "anticulminating",
        }
    }

    /// The angle of a chart that the body is on.
    #[must_use]
    pub const fn angle(self) -> Angle {
        match self {
            Angularity::Rising => Angle::Ascendant,
            Angularity::Culminating => Angle::Mc,
            Angularity::Setting => Angle::Descendant,
            Angularity::Anticulminating => Angle::Ic,
        }
    }

    /// The angle as maps abbreviate it.
    #[must_use]
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Angularity::Rising => "ASC",
            Angularity::Culminating => "MC",
            Angularity::Setting => "DSC",
            Angularity::Anticulminating => "IC",
        }
    }

    /// Whether it is on the meridian, and not on the horizon.
    #[must_use]
    pub const fn is_on_meridian(self) -> bool {
        matches!(self, Angularity::Culminating | Angularity::Anticulminating)
    }
}

impl fmt::Display for Angularity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A direction, by rectangular components of which the third is toward the celestial north pole.
pub(crate) type Direction = [f64; 3];

/// Sines of angles below this are rounding: circles so close lie on each other.
const SAME: f64 = 1e-9;

/// The direction of an angle along the equator and one across it, degrees.
pub(crate) fn direction(along_deg: f64, across_deg: f64) -> Direction {
    let ((sin_l, cos_l), (sin_b, cos_b)) =
        (along_deg.to_radians().sin_cos(), across_deg.to_radians().sin_cos());
    [cos_b * cos_l, cos_b * sin_l, sin_b]
}

/// The angles along the equator, −180 to 180, and across it, degrees, of a direction of any length.
pub(crate) fn angles_deg([x, y, z]: Direction) -> (f64, f64) {
    (y.atan2(x).to_degrees(), z.atan2(x.hypot(y)).to_degrees())
}

/// The direction to the east from where a body is in the zenith, and to the equator below it. Of the celestial pole, which has
/// no such directions, those at right ascension 0.
fn eastward_and_below([x, y, _]: Direction) -> [Direction; 2] {
    let from_axis = x.hypot(y);
    let (sin, cos) = if from_axis == 0.0 { (0.0, 1.0) } else { (y / from_axis, x / from_axis) };
    [[-sin, cos, 0.0], [cos, sin, 0.0]]
}

/// The circle of zeniths on which a body of a direction is on the meridian or on the horizon, by the direction square to it.
pub(crate) fn circle(body: Direction, is_meridian: bool) -> Direction {
    if is_meridian { eastward_and_below(body)[0] } else { body }
}

/// On which half of such a circle a zenith on it is.
pub(crate) fn on_circle(body: Direction, is_meridian: bool, zenith: Direction) -> Angularity {
    let [east, below] = eastward_and_below(body);
    match is_meridian {
        true if dot(&zenith, &below) > 0.0 => Angularity::Culminating,
        true => Angularity::Anticulminating,
        // Whoever is west of where a body is in the zenith sees it in the east.
        false if dot(&zenith, &east) < 0.0 => Angularity::Rising,
        false => Angularity::Setting,
    }
}

/// Half a great circle: the places that have a body on an angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HalfCircle {
    /// Square to its plane.
    pole: Direction,
    /// Its northern end; the other one is opposite.
    end: Direction,
    /// Halfway between them.
    middle: Direction,
}

impl HalfCircle {
    /// The zeniths of those that have a body, given by its direction of length 1, on an angle.
    pub(crate) fn of(body: Direction, angularity: Angularity) -> HalfCircle {
        let [east, below] = eastward_and_below(body);
        let [x, y, z] = body;
        let on_meridian = HalfCircle { pole: east, end: [0.0, 0.0, 1.0], middle: below };
        let on_horizon =
            HalfCircle { pole: body, end: [-z * below[0], -z * below[1], x.hypot(y)], middle: east };
        match angularity {
            Angularity::Culminating => on_meridian,
            Angularity::Anticulminating => HalfCircle { middle: scaled(&below, -1.0), ..on_meridian },
            Angularity::Setting => on_horizon,
            Angularity::Rising => HalfCircle { middle: scaled(&east, -1.0), ..on_horizon },
        }
    }

    /// What lies on both, if anything but their ends does.
    pub(crate) fn crossing(&self, other: &HalfCircle) -> Option<Direction> {
        let along = cross(&self.pole, &other.pole);
        let sine = length(&along);
        let side = dot(&along, &self.middle).signum();
        let found = scaled(&along, side / sine);
        let is_on_both = [self, other].iter().all(|half| dot(&found, &half.middle) > SAME);
        (sine > SAME && is_on_both).then_some(found)
    }

    /// Its direction nearest to another one, and the angle between the two, degrees.
    pub(crate) fn nearest(&self, to: Direction) -> (Direction, f64) {
        let height = dot(&to, &self.pole);
        let foot: Direction = std::array::from_fn(|c| to[c] - height * self.pole[c]);
        let from_pole = length(&foot);
        if dot(&foot, &self.middle) > 0.0 {
            return (scaled(&foot, 1.0 / from_pole), height.abs().atan2(from_pole).to_degrees());
        }
        let end = scaled(&self.end, if dot(&to, &self.end) < 0.0 { -1.0 } else { 1.0 });
        (end, separation_deg(&to, &end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_on_the_angles_that_its_hour_angle_says() {
        // The Earth's equator, and a body at right ascension 100°: six hours before its culmination it rises.
        let body = direction(100.0, 0.0);
        for (angularity, sidereal_deg) in Angularity::ALL.into_iter().zip([10.0, 100.0, 190.0, 280.0]) {
            let zenith = direction(sidereal_deg, 0.0);
            let (_, away) = HalfCircle::of(body, angularity).nearest(zenith);
            assert!(away < 1e-12, "{angularity} {away}");
            assert_eq!(on_circle(body, angularity.is_on_meridian(), zenith), angularity);
        }
    }

    #[test]
    fn halves_of_one_meridian_do_not_cross() {
        let [body, other] = [direction(40.0, 20.0), direction(41.0, -12.0)];
        let of = |body, angularity| HalfCircle::of(body, angularity);
        let (mc, ic) = (Angularity::Culminating, Angularity::Anticulminating);
        for (one, another) in [(body, body), (body, other), (body, direction(220.0, 3.0))] {
            assert_eq!(of(one, mc).crossing(&of(another, mc)), None);
            assert_eq!(of(one, mc).crossing(&of(another, ic)), None);
        }
        // The celestial pole is on the horizon of the equator.
        let polar = HalfCircle::of([0.0, 0.0, 1.0], Angularity::Setting);
        let (place, away) = polar.nearest(direction(90.0, 30.0));
        assert!(away - 30.0 < 1e-12 && length(&place) - 1.0 < 1e-12, "{place:?} {away}");
    }
}
