//! Parans: bodies that are on the angles at once. One rises while another culminates, sets, rises or anticulminates; which do so
//! depends on the latitude, and not on where in the zodiac the bodies are (B. Brady, *Brady's Book of Fixed Stars*, 1998, after the
//! *paranatellonta* of the Greeks).
//!
//! # At a latitude
//! [`passages`] finds when each body is on each angle within a day, and [`within`] which two of them lie within an orb of each
//! other. A paran is of the day that the first of its two passages is in: that of a body before midnight and another one after it belongs
//! to the day that ends there, and to no other. A body that neither rises nor sets there passes the meridian alone. Moments are found by
//! the search for rise and set ([`crate::rise_set`]), so that a day on which a body just grazes the horizon is decided as there.
//!
//! # At all latitudes
//! [`exact`] finds the latitudes at which two bodies are on two angles at the same moment of the day. It needs no steps through
//! latitudes: a moment has one zenith that is on the circles of both ([`crate::angularity`]), and what is searched is when that
//! zenith comes over the meridian of the place.
//!
//! # What counts
//! The centre of a body on the geometric horizon, as seen from the Earth's centre, and where it is at that moment
//! and not at the beginning of the day ([`Course`]).

mod course;
mod latitudes;

use orrery_format::UtDay;

pub use course::Course;
pub use latitudes::{Exact, exact};

use crate::angularity::Angularity;
use crate::horizon::{Horizon, SIDEREAL_DEG_PER_DAY};
use crate::rise_set::{Event, Kind, Sight, Sky, Span, Threshold, Wanted, search};
use crate::vector::Varying;

/// The orb that is taken where none is asked for, degrees that the sky turns by: four minutes of time.
pub const ORB_DEG: f64 = 1.0;

/// A day at a meridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day {
    /// From its beginning to just before its end: a day, more or less.
    pub span: Span,
    /// Geographic longitude of the meridian, degrees, east positive.
    pub longitude_deg: f64,
    /// Apparent sidereal time at Greenwich when it begins, degrees, and its change a day of UT1
    /// ([`crate::horizon::apparent_sidereal_time`]).
    pub greenwich_sidereal_deg: Varying,
}

impl Day {
    /// Its length, days.
    fn length(&self) -> f64 {
        self.span.end.jd() - self.span.start.jd()
    }

    /// Apparent sidereal time at Greenwich so many days after it begins.
    fn sidereal_deg(&self, days: f64) -> Varying {
        self.greenwich_sidereal_deg + self.greenwich_sidereal_deg.rate * days
    }
}

/// A body on an angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passage {
    /// Which body, by its place among those given.
    pub body: usize,
    /// Which angle.
    pub angularity: Angularity,
    /// When.
    pub ut: UtDay,
}

/// Two bodies on angles at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paran {
    /// The earlier.
    pub first: Passage,
    /// The later.
    pub second: Passage,
    /// How much the sky turns from the one to the other, degrees.
    pub orb_deg: f64,
}

/// When bodies are on the angles at a latitude (degrees, north positive) within a day, in the order of time.
#[must_use]
pub fn passages(courses: &[Course], day: &Day, latitude_deg: f64) -> Vec<Passage> {
    passages_in(courses, day, latitude_deg, day.span)
}

/// The same within a span in the day or right behind it.
fn passages_in(courses: &[Course], day: &Day, latitude_deg: f64, span: Span) -> Vec<Passage> {
    let wanted = Wanted { thresholds: &[Threshold::airless_centre(0.0)], transits: true };
    let of_body = |(body, course): (usize, &Course)| {
        let Ok(findings) = search(&mut Over { course, day, latitude_deg }, latitude_deg, span, &wanted);
        findings.events.into_iter().map(move |Event { ut, kind, azimuth_deg, .. }| {
            let angularity = match kind {
                // In the east or in the west: by its own motion a body that grazes the horizon may come up beyond the meridian.
                Kind::Rise(_) | Kind::Set(_) if azimuth_deg < 180.0 => Angularity::Rising,
                Kind::Rise(_) | Kind::Set(_) => Angularity::Setting,
                Kind::UpperTransit => Angularity::Culminating,
                Kind::LowerTransit => Angularity::Anticulminating,
            };
            Passage { body, angularity, ut }
        })
    };
    let mut passages: Vec<Passage> = courses.iter().enumerate().flat_map(of_body).collect();
    passages.sort_by(|a, b| a.ut.jd().total_cmp(&b.ut.jd()));
    passages
}

/// The parans of a day at a latitude (degrees, north positive), in the order of time: all pairs of passages that are no further apart
/// than an orb, degrees that the sky turns by, of which the first is in the day. The second may be behind it, up to where courses are
/// followed without harm: some hours. Bodies from the number `moving` on are not paired with each other: of fixed stars the same ones
/// meet every day for lifetimes.
#[must_use]
pub fn within(courses: &[Course], day: &Day, latitude_deg: f64, orb_deg: f64, moving: usize) -> Vec<Paran> {
    let mut passages = passages(courses, day, latitude_deg);
    let of_day = passages.len();
    // Searched as the next day is, which begins there, so that nothing on the border is of both days or of neither.
    let end = UtDay(day.span.end.jd() + orb_deg / SIDEREAL_DEG_PER_DAY);
    passages.extend(passages_in(courses, day, latitude_deg, Span { start: day.span.end, end }));
    let mut parans = Vec::new();
    for (nth, first) in passages.iter().enumerate().take(of_day) {
        let later = passages.iter().skip(nth + 1).map(|second| {
            let apart_deg = (second.ut.jd() - first.ut.jd()) * SIDEREAL_DEG_PER_DAY;
            Paran { first: *first, second: *second, orb_deg: apart_deg }
        });
        let near = later.take_while(|paran| paran.orb_deg <= orb_deg);
        parans.extend(near.filter(|Paran { first, second, .. }| {
            first.body != second.body && first.body.min(second.body) < moving
        }));
    }
    parans
}

/// A body over the place where a day's meridian has a latitude.
struct Over<'a> {
    course: &'a Course,
    day: &'a Day,
    latitude_deg: f64,
}

impl Sky for Over<'_> {
    type Error = std::convert::Infallible;

    fn sight(&mut self, ut: UtDay) -> Result<Sight, Self::Error> {
        let days = ut.jd() - self.day.span.start.jd();
        let horizon = Horizon::new(self.latitude_deg, self.day.longitude_deg, self.day.sidereal_deg(days));
        Ok(Sight::new(&horizon, &self.course.at(days).place(), 0.0))
    }
}
