//! A line: its course over the globe, and how near it comes to a place.

use super::{EARTH_RADIUS_KM, Place};
use crate::angularity::{self, Angularity, HalfCircle};
use crate::frames::{Equatorial, turn_deg};

/// Parts that a curve is divided into whatever it is like, so that no bend between the points that are looked at is overlooked.
const PARTS: u32 = 8;
/// How often a part is halved at most: what is left then is 10⁻¹⁵ of the curve.
const HALVINGS: u32 = 48;
/// No curve is followed more closely, degrees: a tenth of a metre.
const FINEST_DEG: f64 = 1e-6;

/// The places that have a body on an angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    body: usize,
    angularity: Angularity,
    /// Where the body is in the zenith; its longitude is one of −180 to 180.
    below: Place,
}

/// How near a line comes to a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// The line, by its place among those given.
    pub line: usize,
    /// Along the great circle, on a sphere of [`EARTH_RADIUS_KM`].
    pub distance_km: f64,
    /// Its nearest place. The longitude is one of −180 to 180.
    pub place: Place,
}

impl Line {
    /// Of a body, by its place among those of a chart.
    pub(super) fn new(
        body: usize,
        angularity: Angularity,
        place: &Equatorial,
        greenwich_sidereal_deg: f64,
    ) -> Line {
        let longitude_deg = turn_deg(place.right_ascension_deg - greenwich_sidereal_deg);
        Line { body, angularity, below: Place { longitude_deg, latitude_deg: place.declination_deg } }
    }

    /// Which body it is of, by its place among those given.
    #[must_use]
    pub const fn body(&self) -> usize {
        self.body
    }

    /// On which angle the body is.
    #[must_use]
    pub const fn angularity(&self) -> Angularity {
        self.angularity
    }

    /// Where its body is in the zenith, which is on its line of the midheaven. The longitude is one of −180 to 180.
    #[must_use]
    pub const fn zenith(&self) -> Place {
        self.below
    }

    /// Its places, from north to south: the ends are exact, and straight lines between its longitudes and latitudes are no further
    /// from the line than so many degrees of these.
    ///
    /// A meridian has two places. The nearer a body is to the equator, the nearer its other lines come to the poles, and the sharper they
    /// turn there toward the body's meridian, which they end on.
    #[must_use]
    pub fn places(&self, tolerance_deg: f64) -> Vec<Place> {
        let Place { longitude_deg, .. } = self.below;
        let meridian = |longitude_deg: f64| {
            [90.0, -90.0].map(|latitude_deg| Place { longitude_deg, latitude_deg }).to_vec()
        };
        match self.angularity {
            Angularity::Culminating => meridian(longitude_deg),
            Angularity::Anticulminating => {
                meridian(if longitude_deg > 0.0 { longitude_deg - 180.0 } else { longitude_deg + 180.0 })
            }
            Angularity::Rising => self.horizon(-1.0, tolerance_deg),
            Angularity::Setting => self.horizon(1.0, tolerance_deg),
        }
    }

    /// Where the body is on the horizon, so far as it is on one side of its meridian: 1 for east of it, −1 for west.
    fn horizon(&self, side: f64, tolerance_deg: f64) -> Vec<Place> {
        let (sin_d, cos_d) = self.below.latitude_deg.to_radians().sin_cos();
        let tolerance_deg = tolerance_deg.max(FINEST_DEG);
        // The angle from the northern end, in half turns.
        let at = |share: f64| {
            let (sin, cos) = (std::f64::consts::PI * share).sin_cos();
            // At the far end the sine is not quite nothing, but a longitude there is.
            let sin = if share < 1.0 { sin } else { 0.0 };
            let (hour_deg, latitude_deg) = angularity::angles_deg([-sin_d * cos, side * sin, cos_d * cos]);
            Place { longitude_deg: self.below.longitude_deg + hour_deg, latitude_deg }
        };
        let mut places = vec![at(0.0)];
        for part in 0..PARTS {
            let [from, to] = [part, part + 1].map(|part| f64::from(part) / f64::from(PARTS));
            follow(&at, (from, at(from)), (to, at(to)), tolerance_deg, HALVINGS, &mut places);
        }
        places
    }

    /// How near it comes to a place; `nth` is the line's own number.
    pub(super) fn nearest(&self, nth: usize, place: Place) -> Nearest {
        let (direction, away_deg) = self.half().nearest(place.direction());
        Nearest { line: nth, distance_km: away_deg.to_radians() * EARTH_RADIUS_KM, place: direction.into() }
    }

    pub(super) fn half(&self) -> HalfCircle {
        HalfCircle::of(
            angularity::direction(self.below.longitude_deg, self.below.latitude_deg),
            self.angularity,
        )
    }
}

/// Appends the places after the first of two that a curve needs between them, and the second.
fn follow(
    curve: &impl Fn(f64) -> Place,
    (from, first): (f64, Place),
    (to, last): (f64, Place),
    tolerance_deg: f64,
    halvings: u32,
    places: &mut Vec<Place>,
) {
    let middle = f64::midpoint(from, to);
    let between = curve(middle);
    // A curve that crosses the straight line in its middle is beside it at the quarters.
    let quarters = [curve(f64::midpoint(from, middle)), between, curve(f64::midpoint(middle, to))];
    let is_bent = quarters.into_iter().any(|place| off_deg(place, first, last) > tolerance_deg);
    if is_bent && halvings > 0 {
        follow(curve, (from, first), (middle, between), tolerance_deg, halvings - 1, places);
        follow(curve, (middle, between), (to, last), tolerance_deg, halvings - 1, places);
    } else {
        places.push(last);
    }
}

/// How far a place is from the straight line between two others, on a chart of degrees.
fn off_deg(place: Place, from: Place, to: Place) -> f64 {
    let step = |of: Place| (of.longitude_deg - from.longitude_deg, of.latitude_deg - from.latitude_deg);
    let ((x, y), (wide, high)) = (step(place), step(to));
    let square = wide * wide + high * high;
    let share = if square > 0.0 { ((x * wide + y * high) / square).clamp(0.0, 1.0) } else { 0.0 };
    (x - share * wide).hypot(y - share * high)
}
