//! What a place sees of a solar eclipse, and when: its local circumstances (Explanatory Supplement to the Astronomical Almanac,
//! 11.3.6; Meeus, *Elements of Solar Eclipses*).
//!
//! Contacts are those of the elements to the 40 µs that a Julian day in one double tells: each is searched between instants
//! before and after it, so that none is lost and none found twice, at the very limits of the shadow too. As NASA does, this takes
//! the Moon for a smooth disc, slightly smaller for the umbra than for the penumbra.
//!
//! # The horizon
//! The geometry of the shadow does not know whether the Earth is in the way: contacts are told as they would be if it were not,
//! each with the Sun's altitude. [`Local::visible`] is what remains of them. The Sun is taken to be up while its centre is
//! less than 50′ below the horizon ([`HORIZON_DEG`]): its upper limb then shows, lifted by 34′ of refraction.
//! The horizon is level: from a height, it is not put lower.
//!
//! Altitude and azimuth are those of the axis of the shadow, at most 5″ from the Sun's centre as the place sees it, without
//! refraction.

mod horizon;
mod observer;

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use self::observer::{Moment, Observer};
use super::elements::{Cone, HOUR_S, instant};
use super::up::{MOST_CROSSINGS, Up, overlap};
use crate::topocentric::Site;

/// The altitude of the Sun's centre, without refraction, at which it rises and sets, degrees: 34′ of refraction and 16′ for the
/// semidiameter (Explanatory Supplement, 12.1).
pub const HORIZON_DEG: f64 = -50.0 / 60.0;

/// What an eclipse is at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The Moon covers a part of the Sun.
    Partial,
    /// The Moon stands within the Sun's disc.
    Annular,
    /// The Moon covers the Sun.
    Total,
}

impl Kind {
    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Partial => "partial",
            Kind::Annular => "annular",
            Kind::Total => "total",
        }
    }
}

/// The eclipse at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// When.
    pub tt: TtDay,
    /// The part of the Sun's diameter that is covered; where one disc lies within the other, the ratio of the Moon's diameter to
    /// the Sun's.
    pub magnitude: f64,
    /// The part of the Sun's disc that is covered, 0 to 1.
    pub obscuration: f64,
    /// The Moon's diameter in diameters of the Sun.
    pub diameter_ratio: f64,
    /// Altitude of the Sun, degrees, without refraction.
    pub altitude_deg: f64,
    /// Azimuth of the Sun, degrees from north over east, 0 to 360.
    pub azimuth_deg: f64,
    /// Whether the Sun is up: higher than [`HORIZON_DEG`].
    pub is_up: bool,
    /// Where on the Sun's limb the limbs touch, or for the maximum and for risings and settings, in which direction the Moon's
    /// centre stands from the Sun's: degrees from celestial north through east, 0 to 360.
    pub position_angle_deg: f64,
    /// The same from the direction to the zenith, through the left as one faces the Sun.
    pub zenith_angle_deg: f64,
}

/// The Sun rises or sets while the eclipse lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// Whether it rises.
    pub is_rising: bool,
    /// The eclipse then.
    pub phase: Phase,
}

/// What of an eclipse is seen: what happens while the Sun is up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visible {
    /// The most that is seen. Annular and total where that is seen at all, if only for a part of its duration.
    pub kind: Kind,
    /// When something of it is first seen: the first contact or a rising.
    pub begins: TtDay,
    /// When something of it is last seen: the last contact or a setting.
    pub ends: TtDay,
    /// The eclipse when the most is seen: its maximum, or a rising or a setting.
    pub greatest: Phase,
    /// Seconds of totality or annularity that are seen; 0 where there are none.
    pub central_duration_s: f64,
}

/// The local circumstances of an eclipse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Local {
    /// What the eclipse is here, whether or not the Sun is up.
    pub kind: Kind,
    /// C1: the limbs first touch, from outside.
    pub first: Phase,
    /// C2: they touch from inside; totality or annularity begins. There is none in a partial eclipse.
    pub second: Option<Phase>,
    /// When the magnitude is greatest.
    pub maximum: Phase,
    /// C3: they touch from inside for the last time.
    pub third: Option<Phase>,
    /// C4: they touch for the last time.
    pub fourth: Phase,
    /// How long totality or annularity lasts, seconds: from C2 to C3. 0 in a partial eclipse.
    pub central_duration_s: f64,
    /// Risings and settings from C1 to C4, in the order of time.
    pub crossings: [Option<Crossing>; MOST_CROSSINGS],
    /// What is seen. `None` where the Sun is down all the time.
    pub visible: Option<Visible>,
}

impl Local {
    /// Risings and settings from C1 to C4, in the order of time.
    pub fn crossings(&self) -> impl Iterator<Item = &Crossing> {
        self.crossings.iter().flatten()
    }
}

/// The local circumstances of the eclipse that elements tell of, at a site, with ΔT in seconds then. `None` where the penumbra
/// does not reach the site.
///
/// The elements should hold from a while before the penumbra first touches the Earth until a while after it leaves; what
/// happens beyond [`Elements::reach_h`] is found with the polynomials as they are, which is good for minutes.
#[must_use]
pub fn local(elements: &Elements, site: &Site, delta_t_s: f64) -> Option<Local> {
    let observer = Observer::new(elements, site, delta_t_s);
    let contacts = observer.contacts()?;
    let up = observer.crossings(contacts.first, contacts.fourth);
    let phase = |hours: f64, moment: Moment| observer.phase(hours, moment);
    let inner = |hours: f64| phase(hours, Moment::Contact(Cone::Umbra));
    let outer = |hours: f64| phase(hours, Moment::Contact(Cone::Penumbra));
    let kind = match contacts.inner {
        None => Kind::Partial,
        Some(_) if observer.course.at(contacts.maximum).is_annular() => Kind::Annular,
        Some(_) => Kind::Total,
    };
    let mut crossings = [None; MOST_CROSSINGS];
    for (slot, &(hours, is_rising)) in crossings.iter_mut().zip(up.changes()) {
        *slot = Some(Crossing { is_rising, phase: phase(hours, Moment::Horizon) });
    }
    Some(Local {
        kind,
        first: outer(contacts.first),
        second: contacts.inner.map(|[second, _]| inner(second)),
        maximum: phase(contacts.maximum, Moment::Between),
        third: contacts.inner.map(|[_, third]| inner(third)),
        fourth: outer(contacts.fourth),
        central_duration_s: contacts.inner.map_or(0.0, |[second, third]| HOUR_S * (third - second)),
        crossings,
        visible: visible(elements, kind, &contacts, &up, phase),
    })
}

/// What is seen while the Sun is up.
fn visible(
    elements: &Elements,
    kind: Kind,
    contacts: &observer::Contacts,
    up: &Up,
    phase: impl Fn(f64, Moment) -> Phase,
) -> Option<Visible> {
    let mut seen: Option<Visible> = None;
    let mut central_hours = 0.0_f64;
    let mut is_central = false;
    for [from, to] in up.stretches(contacts.first, contacts.fourth) {
        if let Some([second, third]) = contacts.inner
            && second.max(from) <= third.min(to)
        {
            is_central = true;
            central_hours += overlap([from, to], [second, third]);
        }
        // More and more is covered until the maximum, and less and less from then on: the nearest to it is the most.
        let at = contacts.maximum.max(from).min(to);
        let greatest = phase(at, if at == contacts.maximum { Moment::Between } else { Moment::Horizon });
        let [begins, ends] = [from, to].map(|hours| instant(elements, hours));
        seen = Some(match seen {
            None => Visible { kind: Kind::Partial, begins, ends, greatest, central_duration_s: 0.0 },
            Some(before) => {
                let is_more = greatest.magnitude > before.greatest.magnitude;
                Visible { ends, greatest: if is_more { greatest } else { before.greatest }, ..before }
            }
        });
    }
    seen.map(|seen| Visible {
        kind: if is_central { kind } else { Kind::Partial },
        central_duration_s: HOUR_S * central_hours,
        ..seen
    })
}
