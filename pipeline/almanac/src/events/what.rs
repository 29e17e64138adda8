//! What an event is.

use super::names::{Apsis, ConjunctionKind, Measured, Phase, SolarTerm};
use super::{EventType, Happening};
use crate::aspect::Aspect;
use crate::bodies::WireBody;
use crate::crossings::Way;
use crate::zodiac::{Nakshatra, Sign};

/// Something that happens. What takes its time happens when it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When, a Julian day of TT.
    pub jd_tt: f64,
    /// What.
    pub what: What,
}

impl Happening for Event {
    fn jd_tt(&self) -> f64 {
        self.jd_tt
    }
}

/// What happens. Longitudes are in the zodiac that was asked for, degrees, 0 to 360; instants are Julian days of TT.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// A body enters a sign.
    Ingress {
        /// The body.
        body: WireBody,
        /// The sign that it enters.
        sign: Sign,
        /// The sign that it leaves.
        from: Sign,
        /// Whether it goes backwards.
        retrograde: bool,
    },
    /// A body enters a nakshatra.
    NakshatraIngress {
        /// The body.
        body: WireBody,
        /// The nakshatra that it enters.
        nakshatra: Nakshatra,
        /// The nakshatra that it leaves.
        from: Nakshatra,
        /// Whether it goes backwards.
        retrograde: bool,
    },
    /// A body stands still in longitude.
    Station {
        /// The body.
        body: WireBody,
        /// Whether it turns back; it turns forward otherwise.
        retrograde: bool,
        /// Where.
        longitude_deg: f64,
    },
    /// Two bodies are at an angle.
    Aspect {
        /// The body whose longitude the angle is counted from.
        a: WireBody,
        /// The other.
        b: Partner,
        /// The angle.
        aspect: Aspect,
        /// Where the first is.
        longitude_deg: f64,
        /// Where the other is.
        partner_longitude_deg: f64,
        /// Since when and until when the angle is within the orb, if one was given; `None` beyond what is known.
        within: Option<[Option<f64>; 2]>,
    },
    /// A phase of the Moon.
    Lunation {
        /// The phase.
        phase: Phase,
        /// Where the Moon is.
        longitude_deg: f64,
    },
    /// The Moon makes no aspect until it leaves the sign.
    VoidOfCourse {
        /// When it enters the next sign.
        end_jd_tt: f64,
        /// The last aspect that it made in the sign, if it made any.
        last: Option<(WireBody, Aspect)>,
        /// The sign that it is in.
        sign: Sign,
        /// The sign that it enters.
        next: Sign,
    },
    /// Nearest or farthest.
    Apsis {
        /// The body.
        body: WireBody,
        /// Which.
        apsis: Apsis,
        /// How far, au: the distance as it is, not as light shows it.
        distance_au: f64,
    },
    /// A body crosses the ecliptic.
    NodeCrossing {
        /// The body.
        body: WireBody,
        /// Whether to the north.
        ascending: bool,
        /// Where.
        longitude_deg: f64,
    },
    /// A body's latitude turns.
    GreatestLatitude {
        /// The body.
        body: WireBody,
        /// Whether it is a maximum, to the north.
        maximum: bool,
        /// How far north.
        latitude_deg: f64,
    },
    /// A body's declination turns.
    GreatestDeclination {
        /// The body.
        body: WireBody,
        /// Whether it is a maximum, to the north.
        maximum: bool,
        /// How far north.
        declination_deg: f64,
    },
    /// A body is farther from the equator than the Sun comes.
    OutOfBounds {
        /// The body.
        body: WireBody,
        /// Whether in the north.
        north: bool,
        /// Until when; `None` beyond what is known.
        end_jd_tt: Option<f64>,
    },
    /// The Sun is at a multiple of 90°.
    Season {
        /// Its longitude.
        longitude_deg: u16,
    },
    /// The Sun is at a multiple of 15°.
    SolarTerm {
        /// Which.
        term: SolarTerm,
        /// Its longitude.
        longitude_deg: u16,
    },
    /// A planet passes the Sun.
    Conjunction {
        /// The planet.
        body: WireBody,
        /// Before the Sun or behind it, for what may be both.
        kind: Option<ConjunctionKind>,
        /// Where.
        longitude_deg: f64,
    },
    /// A planet is opposite to the Sun.
    Opposition {
        /// The planet.
        body: WireBody,
        /// Where it is.
        longitude_deg: f64,
    },
    /// Mercury or Venus is farthest from the Sun.
    GreatestElongation {
        /// The planet.
        body: WireBody,
        /// Whether in the east of the Sun, in the evening.
        east: bool,
        /// How far, degrees.
        elongation_deg: f64,
    },
    /// A body is in the heart of the Sun.
    Cazimi {
        /// The body.
        body: WireBody,
        /// Until when; `None` beyond what is known.
        end_jd_tt: Option<f64>,
    },
    /// A body is burnt by the Sun.
    Combustion {
        /// The body.
        body: WireBody,
        /// Until when; `None` beyond what is known.
        end_jd_tt: Option<f64>,
    },
    /// A planet passes before the Sun, as seen from the Earth's centre.
    Transit {
        /// The planet.
        body: WireBody,
        /// Contacts: outer and inner at the ingress, inner and outer at the egress. Where only the edge is touched, there
        /// are no inner ones.
        contacts: [Option<f64>; 4],
        /// When it is nearest to the centre of the Sun.
        greatest_jd_tt: f64,
        /// How near, degrees.
        separation_deg: f64,
    },
    /// The Moon hides a planet from somewhere.
    Occultation {
        /// The planet.
        body: WireBody,
        /// When the axis from the planet through the Moon is nearest to the centre of the Earth.
        greatest_jd_tt: f64,
        /// How near, in equatorial radii of the Earth; positive where it passes north of it.
        gamma: f64,
        /// When it ends for the last place.
        end_jd_tt: f64,
    },
    /// Two bodies are as far from the equator.
    Parallel {
        /// The one.
        a: WireBody,
        /// The other.
        b: WireBody,
        /// Whether on either side of it.
        contra: bool,
        /// How far north the first is.
        declination_deg: f64,
    },
    /// A quantity takes a value.
    Crossing {
        /// The body.
        body: WireBody,
        /// The other body, where the quantity is a difference.
        minus: Option<WireBody>,
        /// The quantity.
        quantity: Measured,
        /// The value.
        value: f64,
        /// Which way it goes.
        way: Way,
    },
}

/// The other end of an aspect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Partner {
    /// A body.
    Body(WireBody),
    /// A longitude that was given, degrees.
    Point(f64),
}

impl What {
    /// Its kind.
    #[must_use]
    pub const fn of(&self) -> EventType {
        match self {
            What::Ingress { .. } => EventType::Ingress,
            What::NakshatraIngress { .. } => EventType::NakshatraIngress,
            What::Station { .. } => EventType::Station,
            What::Aspect { .. } => EventType::Aspect,
            What::Lunation { .. } => EventType::Lunation,
            What::VoidOfCourse { .. } => EventType::VoidOfCourse,
            What::Apsis { .. } => EventType::Apsis,
            What::NodeCrossing { .. } => EventType::NodeCrossing,
            What::GreatestLatitude { .. } => EventType::GreatestLatitude,
            What::GreatestDeclination { .. } => EventType::GreatestDeclination,
            What::OutOfBounds { .. } => EventType::OutOfBounds,
            What::Season { .. } => EventType::Season,
            What::SolarTerm { .. } => EventType::SolarTerm,
            What::Conjunction { .. } => EventType::Conjunction,
            What::Opposition { .. } => EventType::Opposition,
            What::GreatestElongation { .. } => EventType::GreatestElongation,
            What::Cazimi { .. } => EventType::Cazimi,
            What::Combustion { .. } => EventType::Combustion,
            What::Transit { .. } => EventType::Transit,
            What::Occultation { .. } => EventType::Occultation,
            What::Parallel { .. } => EventType::Parallel,
            What::Crossing { .. } => EventType::Crossing,
        }
    }
}
