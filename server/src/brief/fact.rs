//! What a brief may tell: each a value of its own, of which text is only a rendering.

use orrery_almanac::dignities::{Dignity, Rulers};
use orrery_almanac::events::Phase;
use orrery_almanac::zodiac::Sign;
use orrery_almanac::{Aspect, DayNumber, Instant, TimeOfDay, WireBody};
use orrery_format::Body;

use crate::query::{EclipseId, Eclipsed};

/// An instant with what the caller's clock shows then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dated {
    pub(crate) instant: Instant,
    pub(crate) day: DayNumber,
    pub(crate) time: TimeOfDay,
}

/// A fact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    pub(crate) matter: Matter,
    /// When it is, or begins; `None` of what is so from the first moment on.
    pub(crate) at: Option<Dated>,
    /// How much it matters, from 0 to 100.
    pub(crate) importance: u8,
}

/// What is the case, or happens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Matter {
    /// Bodies are in the sign that was asked for, from beginning to end.
    Visitors { bodies: Vec<WireBody> },
    /// How the ruler of that sign is.
    Ruler(Ruler),
    /// Where the Moon is, and from when on in the next sign.
    Moon { sign: Sign, next: Option<(Sign, Dated)> },
    /// From where to where the Moon goes.
    MoonTravels { from: Sign, to: Sign },
    /// The Moon is void of course.
    Void { end: Dated, sign: Sign },
    /// An eclipse is greatest, of a kind that is a number.
    Eclipse { id: EclipseId, kind: u8, sign: Sign },
    /// A phase of the Moon.
    Lunation { phase: Phase, sign: Sign },
    /// An equinox or a solstice; the sign is that which the Sun enters with it.
    Season { nth: usize, sign: Option<Sign> },
    /// A body enters a sign.
    Ingress { body: WireBody, sign: Sign, from: Sign, is_retrograde: bool },
    /// A body turns.
    Station { body: WireBody, sign: Sign, is_retrograde: bool },
    /// Two bodies make an aspect, the quicker one named first.
    Aspect { bodies: [WireBody; 2], signs: [Sign; 2], aspect: Aspect },
    /// Bodies are retrograde from beginning to end.
    Retrograde { bodies: Vec<WireBody> },
    /// No planet does anything of note.
    Quiet,
}

/// How a planet is that rules a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ruler {
    pub(crate) body: WireBody,
    /// Where it is: at first, where it goes on to another sign.
    pub(crate) sign: Sign,
    pub(crate) is_leaving: bool,
    /// Whether it goes backwards from beginning to end.
    pub(crate) is_retrograde: bool,
    pub(crate) dignity: Option<Dignity>,
}

/// Where a fact stands among others; those of a part that are dated by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Visitors,
    Ruler,
    Moon,
    Dated,
    Retrograde,
    Quiet,
}

/// The house of a sign, 1 to 12, where the houses are the signs from another on.
pub(crate) const fn house(own: Sign, sign: Sign) -> u8 {
    (sign as u8 + 12 - own as u8) % 12 + 1
}

/// The planet that rules a sign.
pub(crate) const fn ruler(sign: Sign) -> WireBody {
    WireBody::Tabulated(Rulers::Traditional.ruler(sign))
}

/// Points of an opposition, a conjunction and others.
const fn weight_of_aspect(aspect: Aspect) -> u8 {
    match aspect {
        Aspect::Conjunction => 10,
        Aspect::Opposition => 8,
        Aspect::Square => 7,
        Aspect::Trine => 6,
        _ => 3,
    }
}

/// How much a body weighs: the slower it is, the rarer is what it does.
const fn weight_of_body(body: WireBody) -> u8 {
    match body {
        WireBody::Tabulated(Body::Moon) => 0,
        WireBody::Tabulated(Body::Mercury) => 7,
        WireBody::Tabulated(Body::Venus) => 8,
        WireBody::Tabulated(Body::Sun) => 10,
        WireBody::Tabulated(Body::Mars) => 9,
        WireBody::Tabulated(Body::Jupiter) => 13,
        WireBody::Tabulated(Body::Saturn) => 14,
        _ => 12,
    }
}

macro_rules! names {
    ($($matter:pat => $name:literal,)*) => {
        impl Matter {
            /// What it is called in replies.
            pub(crate) const fn name(&self) -> &'static str {
                match self { $($matter => $name,)* }
            }

            /// Every one of these names.
            pub(crate) const NAMES: [&str; [$($name,)*].len()] = [$($name,)*];
        }
    };
}

names! {
    Matter::Visitors { .. } => "visitors",
    Matter::Ruler(_) => "ruler",
    Matter::Moon { .. } => "moon",
    Matter::MoonTravels { .. } => "moon_travels",
    Matter::Void { .. } => "void_of_course",
    Matter::Eclipse { .. } => "eclipse",
    Matter::Lunation { .. } => "lunation",
    Matter::Season { .. } => "season",
    Matter::Ingress { .. } => "ingress",
    Matter::Station { .. } => "station",
    Matter::Aspect { .. } => "aspect",
    Matter::Retrograde { .. } => "retrograde",
    Matter::Quiet => "quiet",
}

impl Matter {
    pub(crate) const fn part(&self) -> Part {
        match self {
            Matter::Visitors { .. } => Part::Visitors,
            Matter::Ruler(_) => Part::Ruler,
            Matter::Moon { .. } | Matter::MoonTravels { .. } => Part::Moon,
            Matter::Retrograde { .. } => Part::Retrograde,
            Matter::Quiet => Part::Quiet,
            _ => Part::Dated,
        }
    }

    /// Whether it is the Moon's being void of course.
    pub(crate) const fn is_void(&self) -> bool {
        matches!(self, Matter::Void { .. })
    }

    /// Whether it is one of what makes days worth telling of: not the Moon's daily round.
    pub(crate) fn is_of_note(&self) -> bool {
        match self {
            Matter::Aspect { bodies, .. } => !bodies.contains(&WireBody::MOON),
            Matter::Ingress { body, .. } => *body != WireBody::MOON,
            matter => matter.part() == Part::Dated && !matter.is_void(),
        }
    }

    /// How much it matters to all, from 0 to 100.
    fn weight(&self) -> u8 {
        match self {
            Matter::Eclipse { id, kind, .. } => match (id.eclipsed, kind) {
                (Eclipsed::Solar, 0) => 96,
                (Eclipsed::Solar, _) => 100,
                (Eclipsed::Lunar, kind) => 90 + 4 * (*kind).min(2),
            },
            Matter::Season { .. } => 88,
            Matter::Lunation { phase: Phase::NewMoon | Phase::FullMoon, .. } => 84,
            Matter::Visitors { .. } | Matter::Ruler(_) => 80,
            Matter::Station { body, .. } => match body {
                WireBody::Tabulated(Body::Mercury | Body::Venus | Body::Mars) => 78,
                _ => 68,
            },
            Matter::Ingress { body, .. } => match body {
                WireBody::Tabulated(Body::Sun) => 74,
                body => 48 + 2 * weight_of_body(*body),
            },
            Matter::Retrograde { .. } => 56,
            Matter::Lunation { .. } => 54,
            Matter::Moon { .. } => 52,
            Matter::Quiet => 50,
            Matter::Void { .. } => 36,
            Matter::MoonTravels { .. } => 30,
            Matter::Aspect { bodies: [a, b], aspect, .. } => {
                let alone = if *a == WireBody::MOON { 8 } else { 30 };
                alone + weight_of_body(*a) + weight_of_body(*b) + weight_of_aspect(*aspect)
            }
        }
    }

    /// Whether it touches a sign: happens there, or to its ruler. Of the Moon's phases also those on the other side of the zodiac.
    fn touches(&self, own: Sign) -> bool {
        match self {
            Matter::Eclipse { sign, .. } | Matter::Lunation { sign, .. } => {
                *sign == own || *sign == own.opposite()
            }
            Matter::Season { sign, .. } => *sign == Some(own),
            Matter::Ingress { body, sign, from, .. } => [*sign, *from].contains(&own) || *body == ruler(own),
            Matter::Station { body, sign, .. } => *sign == own || *body == ruler(own),
            Matter::Aspect { bodies, signs, .. } => bodies.contains(&ruler(own)) || signs.contains(&own),
            Matter::Moon { sign, next } => *sign == own || next.is_some_and(|(sign, _)| sign == own),
            _ => false,
        }
    }

    /// How much it matters, from 0 to 100: to all, or to those of a sign.
    pub(crate) fn importance(&self, own: Option<Sign>) -> u8 {
        let weight = self.weight();
        match own {
            Some(own) if self.touches(own) => (weight + 16).min(100),
            // What is between others matters less.
            Some(_) if matches!(self, Matter::Aspect { .. }) => weight.saturating_sub(8),
            _ => weight,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn houses_are_counted_from_the_sign() {
        assert_eq!(house(Sign::Aquarius, Sign::Aquarius), 1);
        assert_eq!(house(Sign::Aquarius, Sign::Leo), 7);
        assert_eq!(house(Sign::Aries, Sign::Pisces), 12);
        assert_eq!(house(Sign::Pisces, Sign::Aries), 2);
    }

    #[test]
    fn what_is_rare_matters_more() {
        let aspect = |a, b, aspect| {
            let bodies = [a, b].map(WireBody::Tabulated);
            Matter::Aspect { bodies, signs: [Sign::Aries, Sign::Cancer], aspect }
        };
        let ordered = [
            Matter::Lunation { phase: Phase::NewMoon, sign: Sign::Leo },
            Matter::Station {
                body: WireBody::Tabulated(Body::Mercury),
                sign: Sign::Leo,
                is_retrograde: true,
            },
            aspect(Body::Jupiter, Body::Saturn, Aspect::Conjunction),
            aspect(Body::Venus, Body::Mars, Aspect::Square),
            aspect(Body::Moon, Body::Saturn, Aspect::Opposition),
            aspect(Body::Moon, Body::Venus, Aspect::Sextile),
        ];
        let weights = ordered.each_ref().map(|matter| matter.importance(None));
        assert!(weights.is_sorted_by(|a, b| a > b), "{weights:?}");
        // A square from Aries to Cancer matters to those who are of Cancer, and to those whom Mars rules.
        let square = &ordered[3];
        for own in [Sign::Aries, Sign::Cancer, Sign::Scorpio, Sign::Libra] {
            assert!(square.importance(Some(own)) > square.importance(None), "{own:?}");
        }
        assert!(square.importance(Some(Sign::Leo)) < square.importance(None));
    }
}
