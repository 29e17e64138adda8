//! Contacts and maximum at a site.

use orrery_format::eclipse::Elements;

use super::{HORIZON_DEG, Phase};
use crate::eclipses::course::Course;
use crate::eclipses::elements::{Cone, FundamentalPlane, instant};
use crate::eclipses::ellipsoid::Ground;
use crate::eclipses::roots::zero;
use crate::frames::wrap_deg;
use crate::space::dot;
use crate::topocentric::Site;

/// How far apart the elements are looked at until it is known where to search, hours. In so short a time no place that is in
/// the penumbra gets as far from the axis as where the distance could have turned again.
const STEP_H: f64 = 1.0;
/// Faster than the axis moves past any place, Earth radii an hour.
const FASTEST: f64 = 1.0;
/// How far beyond the reach of elements contacts are searched, hours.
const BEYOND_H: f64 = 3.0;

/// What an instant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The limbs touch: the place is on the surface of this cone.
    Contact(Cone),
    /// The Sun rises or sets.
    Horizon,
    /// Any other.
    Between,
}

/// A site under the shadow.
pub(super) struct Observer<'a> {
    pub(super) course: Course<'a>,
    pub(super) ground: Ground,
}

/// Hours since the origin of the elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contacts {
    pub(super) first: f64,
    /// Second and third, where the umbra reaches the place.
    pub(super) inner: Option<[f64; 2]>,
    pub(super) maximum: f64,
    pub(super) fourth: f64,
}

impl<'a> Observer<'a> {
    pub(super) fn new(elements: &'a Elements, site: &Site, delta_t_s: f64) -> Observer<'a> {
        let ground = Ground::of(site, delta_t_s);
        Observer { course: Course { elements, place: ground.place }, ground }
    }

    pub(super) fn plane(&self, hours: f64) -> FundamentalPlane {
        FundamentalPlane::at(self.course.elements, hours)
    }

    /// All contacts. `None` where the penumbra does not come.
    pub(super) fn contacts(&self) -> Option<Contacts> {
        let reach = self.course.elements.reach_h;
        // Counted in whole steps, so that a reach that is no number ends the search at once.
        let steps = (2.0 * reach / STEP_H).ceil().clamp(0.0, 96.0) as u32;
        let step = 2.0 * reach / f64::from(steps.max(1));
        let mut before = self.course.at(-reach);
        for nth in 1..=steps {
            let to = -reach + step * f64::from(nth);
            let here = self.course.at(to);
            let [coming, going] = [&before, &here].map(|at| at.outside_rate(Cone::Penumbra));
            let [near, nearer] = [&before, &here].map(|at| at.distance() - at.radius(Cone::Penumbra));
            if coming < 0.0 && going >= 0.0 && near + nearer <= FASTEST * step {
                let guess = to - step * going / (going - coming);
                let deepest = self.course.deepest(Cone::Penumbra, to - step, guess, to);
                if self.course.at(deepest).outside(Cone::Penumbra) <= 0.0 {
                    return self.contacts_around(deepest);
                }
            }
            before = here;
        }
        None
    }

    /// Contacts of the passage through the penumbra of which the deepest moment is given.
    fn contacts_around(&self, deepest: f64) -> Option<Contacts> {
        let first = self.course.crossing(Cone::Penumbra, deepest, self.beyond(deepest, -STEP_H)?);
        let fourth = self.course.crossing(Cone::Penumbra, deepest, self.beyond(deepest, STEP_H)?);
        let greatest = zero(first, fourth, deepest, |hours| {
            let here = self.course.at(hours);
            (here.past_greatest(), here.outside_bend())
        });
        let deepest = self.course.deepest(Cone::Umbra, first, greatest, fourth);
        let inner = (self.course.at(deepest).outside(Cone::Umbra) < 0.0)
            .then(|| [first, fourth].map(|outside| self.course.crossing(Cone::Umbra, deepest, outside)));
        // In an annular eclipse the magnitude of a partial one is greatest within metres of where the inner contacts are: at
        // the very limit it may be greatest a moment before or after them.
        let maximum = inner.map_or(greatest, |[second, third]| greatest.max(second).min(third));
        Some(Contacts { first, inner, maximum, fourth })
    }

    /// An instant before or after which the place is outside the penumbra.
    fn beyond(&self, deepest: f64, step: f64) -> Option<f64> {
        let mut hours = deepest + step;
        while self.course.at(hours).outside(Cone::Penumbra) < 0.0 {
            hours += step;
            if hours.abs() > self.course.elements.reach_h + BEYOND_H {
                return None;
            }
        }
        Some(hours)
    }

    /// The eclipse at an instant.
    pub(super) fn phase(&self, hours: f64, moment: Moment) -> Phase {
        let plane = self.plane(hours);
        let here = plane.standpoint(&self.ground.place);
        // What is so by definition is not left to rounding.
        let (magnitude, obscuration) = match moment {
            Moment::Contact(Cone::Penumbra) => (0.0, 0.0),
            Moment::Contact(Cone::Umbra) => (here.diameter_ratio(), here.diameter_ratio().powi(2).min(1.0)),
            Moment::Between | Moment::Horizon => (here.magnitude(), here.obscuration()),
        };
        // At the contacts of totality the limbs touch on the far side of where the Moon's centre is.
        let is_far = moment == Moment::Contact(Cone::Umbra) && !here.is_annular();
        let position_angle_deg = wrap_deg(here.position_angle_deg() + if is_far { 180.0 } else { 0.0 });
        let [east, north] = [plane.east(), plane.north()].map(|axis| dot(&self.ground.zenith, axis));
        let [altitude_deg, azimuth_deg] = self.ground.horizontal_deg(plane.sunward());
        Phase {
            tt: instant(self.course.elements, hours),
            magnitude,
            obscuration,
            diameter_ratio: here.diameter_ratio(),
            altitude_deg,
            azimuth_deg,
            is_up: altitude_deg > HORIZON_DEG || moment == Moment::Horizon,
            position_angle_deg,
            zenith_angle_deg: wrap_deg(position_angle_deg - east.atan2(north).to_degrees()),
        }
    }
}
