//! When a body rises, sets, and stands on the meridian, and when twilight begins and ends: all of it within a span of time.
//!
//! # What is found
//! Everything, in the order of time: none, one or several of each. A Moon that rises shortly before one midnight may not
//! rise on the next day; in high latitudes one body may rise twice on a day, or turn back just above the horizon. Where a
//! level is not crossed, [`Course`] says on which side the body stays.
//!
//! # How
//! The sky is asked every four hours. Of the body's direction against the horizon two components matter, the upward one
//! for the levels and the westward one for the meridian. Both are smooth everywhere: at the poles, in the zenith, and on the
//! meridian, where angles are not. Their values and rates determine cubics between the moments asked about, and how much
//! a cubic can err is known from how fast the Earth turns and the body moves. Where a cubic's crossings are then certain,
//! each is polished; where they are not, as on a day on which the body just grazes the level, the stretch is halved,
//! until grazing is decided to 0.2 milliarcseconds (`crossings.rs`). So neither transits nor extremes need to be known
//! before, and nothing depends on there being any. Fourteen askings find a rise, a set and two transits to a millisecond.
//!
//! The Swiss Ephemeris (`swe_rise_trans`) searches one event after a moment, by two steps of Newton's method up to
//! latitude 60° (65° for the Sun), and by two-hourly samples and their parabolas beyond.
//!
//! # Which day
//! A span is half open. An event at the moment that parts two spans belongs to one of them and not to both, also where
//! rounding moves it by a microsecond: what counts is on which side of the level the body is at that moment.

mod crossings;
mod tabulated;
mod threshold;

use orrery_format::UtDay;

pub use tabulated::{TabulatedSky, Unseen};
pub(crate) use threshold::STANDARD_REFRACTION_DEG;
pub use threshold::{Limb, Refraction, Threshold};

use crate::frames::Equatorial;
use crate::horizon::{Horizon, Horizontal, SIDEREAL_DEG_PER_DAY};
use crate::vector::{Varying, Vector};
use crossings::{Crossing, Point};

/// Most days between two moments at which the sky is asked anyway: a day of 25 hours has six such stretches.
const STEP_DAYS: f64 = 0.175;

/// Where a body stands over a place, and how large it looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// The unit vector to it, northward, eastward and upward, without air ([`Horizon::direction`]); changes a day of UT1.
    pub direction: Vector,
    /// Half its apparent diameter, degrees; 0 for a point.
    pub semidiameter_deg: Varying,
}

impl Sight {
    /// Of a topocentric place on the true equator of date and the body's radius, au; 0 for a point.
    #[must_use]
    pub fn new(horizon: &Horizon, place: &Equatorial, radius_au: f64) -> Sight {
        let semidiameter_deg = if radius_au > 0.0 {
            let sine = Varying::constant(radius_au) / Varying::new(place.distance_au, place.distance_speed);
            let cosine = (1.0 - sine.value * sine.value).max(f64::MIN_POSITIVE).sqrt();
            Varying::new(sine.value.min(1.0).asin(), sine.rate / cosine) * 1_f64.to_degrees()
        } else {
            Varying::default()
        };
        Sight { direction: horizon.direction(place), semidiameter_deg }
    }
}

/// Whatever can say where a body stands: tables, the live source, a star.
pub trait Sky {
    /// Why it may not.
    type Error;

    /// The body at a moment. Within a span the answers must fit each other: one body, one source, from one place.
    ///
    /// # Errors
    /// What the source says; the search ends with it.
    fn sight(&mut self, ut: UtDay) -> Result<Sight, Self::Error>;
}

/// A stretch of time, such as a caller's local day: from its start to just before its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// When it begins.
    pub start: UtDay,
    /// The first moment that no longer belongs to it. A span that ends before it begins is empty.
    pub end: UtDay,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The body comes up through a level: the index of the threshold among those asked for.
    Rise(usize),
    /// It goes down through it.
    Set(usize),
    /// It stands on the meridian, on the side of the celestial pole that it culminates on.
    UpperTransit,
    /// It stands on the meridian, on the other side of the celestial pole.
    LowerTransit,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub ut: UtDay,
    /// What.
    pub kind: Kind,
    /// The azimuth of the body's centre, from north through east, degrees.
    pub azimuth_deg: f64,
    /// The altitude of its centre without air, degrees.
    pub altitude_deg: f64,
}

/// Where a body stays in respect of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It crosses it: there is a rise or a set in the span.
    Crosses,
    /// It is above it all the while.
    AlwaysUp,
    /// It is below it all the while.
    AlwaysDown,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// The events in the order of time.
    pub events: Vec<Event>,
    /// For each threshold, in their order, where the body stays.
    pub courses: Vec<Course>,
    /// How many times the sky was asked.
    pub askings: u32,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted<'a> {
    /// Levels whose crossings are looked for. One search for several costs less than several.
    pub thresholds: &'a [Threshold],
    /// Whether transits are looked for.
    pub transits: bool,
}

/// Finds all that is wanted of a body within a span, for a place at a geographic latitude (degrees).
///
/// Times are good to a millisecond of UT1, as far as the sky is. The span may have any length; the cost grows with it.
///
/// # Errors
/// What the sky says.
pub fn search<S: Sky>(
    sky: &mut S,
    latitude_deg: f64,
    span: Span,
    wanted: &Wanted<'_>,
) -> Result<Findings, S::Error> {
    let mut search =
        Search { sky, start_jd: span.start.jd(), pole: latitude_deg.to_radians().sin_cos(), askings: 0 };
    let curves: Vec<Curve> = wanted
        .thresholds
        .iter()
        .map(|&threshold| Curve::Level(threshold))
        .chain(wanted.transits.then_some(Curve::Meridian))
        .collect();
    let length = (span.end.jd() - span.start.jd()).max(0.0);
    let stretches = (length / STEP_DAYS).ceil();

    let mut events: Vec<(f64, Event)> = Vec::new();
    let mut last = search.ask(0.0)?;
    let above: Vec<bool> =
        wanted.thresholds.iter().map(|&of| Curve::Level(of).point(0.0, &last).is_above()).collect();
    let mut crossed = vec![false; above.len()];
    let (mut last_at, mut stretch) = (0.0, 0.0);
    while stretch < stretches {
        stretch += 1.0;
        let at = length * (stretch / stretches);
        let sight = search.ask(at)?;
        for (index, curve) in curves.iter().enumerate() {
            for crossing in search.crossings(*curve, (last_at, &last), (at, &sight))? {
                let kind = match curve {
                    Curve::Meridian => search.transit(&crossing.near),
                    Curve::Level(_) if crossing.is_rising => Kind::Rise(index),
                    Curve::Level(_) => Kind::Set(index),
                };
                if let Some(crossed) = crossed.get_mut(index) {
                    *crossed = true;
                }
                events.push((crossing.at, event(&crossing, kind, span)));
            }
        }
        (last_at, last) = (at, sight);
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let courses = crossed.iter().zip(&above).map(|(&crossed, &above)| match (crossed, above) {
        (true, _) => Course::Crosses,
        (false, true) => Course::AlwaysUp,
        (false, false) => Course::AlwaysDown,
    });
    Ok(Findings {
        courses: courses.collect(),
        events: events.into_iter().map(|(_, event)| event).collect(),
        askings: search.askings,
    })
}

/// The event of a crossing.
fn event(crossing: &Crossing<Sight>, kind: Kind, span: Span) -> Event {
    let later = crossing.at - crossing.near_at;
    let Vector(near) = crossing.near.direction;
    let there = near.map(|component| Varying::constant(component.value + component.rate * later));
    let Horizontal { azimuth_deg, altitude_deg } = Horizontal::from(&Vector(there));
    // A crossing found in this span may be rounded to the first moment of the next.
    let ut = UtDay((span.start.jd() + crossing.at).min(span.end.jd().next_down()));
    Event { ut, kind, azimuth_deg: azimuth_deg.value, altitude_deg: altitude_deg.value }
}

/// What changes its sign when something happens.
#[derive(Clone, Copy, Debug)]
enum Curve {
    /// The upward component of the direction, less that at the threshold.
    Level(Threshold),
    /// The westward component.
    Meridian,
}

impl Curve {
    fn point(self, at: f64, sight: &Sight) -> Point {
        let Vector([_, east, up]) = sight.direction;
        let Varying { value, rate } = match self {
            Curve::Level(threshold) => {
                up - threshold.centre_airless_deg(sight.semidiameter_deg).sin_cos_deg().0
            }
            Curve::Meridian => -east,
        };
        Point { at, value, rate }
    }
}

/// A search under way. Times are days since the start of the span, which keep more digits than Julian days.
struct Search<'a, S> {
    sky: &'a mut S,
    start_jd: f64,
    /// Upward and northward component of the direction to the celestial north pole.
    pole: (f64, f64),
    askings: u32,
}

impl<S: Sky> Search<'_, S> {
    fn ask(&mut self, at: f64) -> Result<Sight, S::Error> {
        self.askings += 1;
        self.sky.sight(UtDay(self.start_jd + at))
    }

    fn crossings(
        &mut self,
        curve: Curve,
        (left_at, left): (f64, &Sight),
        (right_at, right): (f64, &Sight),
    ) -> Result<Vec<Crossing<Sight>>, S::Error> {
        let bend = self.bend(curve, self.own_motion(left).max(self.own_motion(right)));
        let mut found = Vec::new();
        let mut ask = |at| {
            let sight = self.ask(at)?;
            Ok((curve.point(at, &sight), sight))
        };
        let ends = [curve.point(left_at, left), curve.point(right_at, right)];
        crossings::find(ends, bend, &mut ask, &mut found)?;
        Ok(found)
    }

    /// How fast a body moves other than by the turning of the Earth, radians a day.
    fn own_motion(&self, sight: &Sight) -> f64 {
        let (sin, cos) = self.pole;
        let turn = SIDEREAL_DEG_PER_DAY.to_radians();
        let [north, east, up] = sight.direction.at();
        let carried = [-sin * east, sin * north - cos * up, cos * east].map(|component| component * turn);
        let squares =
            sight.direction.rate().into_iter().zip(carried).map(|(is, was)| (is - was) * (is - was));
        squares.sum::<f64>().sqrt()
    }

    /// A bound for the fourth derivative of a curve, per day⁴, for a body of a motion of its own.
    ///
    /// A star goes round with the cosine of its hour angle: the amplitude is at most the cosine of the latitude upward, and
    /// 1 westward. A body of its own motion goes round so much faster at worst. A fifth is added for the parallax of the
    /// Moon, which puts a second harmonic of p/2 ≈ 1/120 beside the first. What is left over at the pole is the body's
    /// motion in declination, whose fourth derivative for a Moon is 0.002.
    fn bend(&self, curve: Curve, own_motion: f64) -> f64 {
        let amplitude = match curve {
            Curve::Level(_) => self.pole.1.abs(),
            Curve::Meridian => 1.0,
        };
        let turn = SIDEREAL_DEG_PER_DAY.to_radians() + own_motion;
        1.2 * amplitude * turn.powi(4) + 10.0 * own_motion.powi(4) + 0.1
    }

    /// Which transit a body on the meridian is in.
    fn transit(&self, sight: &Sight) -> Kind {
        let (sin, cos) = self.pole;
        let [north, _, up] = sight.direction.at();
        if up * cos - north * sin > 0.0 { Kind::UpperTransit } else { Kind::LowerTransit }
    }
}
