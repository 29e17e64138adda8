//! What may happen to a body in a day: what `events=` names.

use orrery_almanac::WireBody;
use orrery_almanac::rise_set::{Kind, Threshold};

use crate::wire::problem::{Code, Problem, nearest, shown};

/// A level that a body crosses on its way up and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// What counts as the horizon.
    Horizon,
    /// The Sun 6° below it.
    Civil,
    /// The Sun 12° below it.
    Nautical,
    /// The Sun 18° below it.
    Astronomical,
}

impl Level {
    pub(crate) const ALL: [Level; 4] = [Level::Horizon, Level::Civil, Level::Nautical, Level::Astronomical];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Level::Horizon => "horizon",
            Level::Civil => "civil",
            Level::Nautical => "nautical",
            Level::Astronomical => "astronomical",
        }
    }

    /// What crossing it upward and downward is called.
    const fn events(self) -> (&'static str, &'static str) {
        match self {
            Level::Horizon => ("rise", "set"),
            Level::Civil => ("civil_dawn", "civil_dusk"),
            Level::Nautical => ("nautical_dawn", "nautical_dusk"),
            Level::Astronomical => ("astronomical_dawn", "astronomical_dusk"),
        }
    }

    /// Where it is; `horizon` is where the horizon is.
    const fn threshold(self, horizon: Threshold) -> Threshold {
        match self {
            Level::Horizon => horizon,
            Level::Civil => Threshold::CIVIL,
            Level::Nautical => Threshold::NAUTICAL,
            Level::Astronomical => Threshold::ASTRONOMICAL,
        }
    }
}

/// Every event, in the order in which they are told of.
pub(crate) const EVENTS: [&str; 10] = [
    "rise",
    "set",
    "upper_transit",
    "lower_transit",
    "civil_dawn",
    "civil_dusk",
    "nautical_dawn",
    "nautical_dusk",
    "astronomical_dawn",
    "astronomical_dusk",
];

/// Names that stand for several of them: which, by their places.
pub(crate) const SETS: [(&str, u16); 3] = [("transits", 0b1100), ("twilights", TWILIGHTS), ("all", ALL)];

const ALL: u16 = 0b11_1111_1111;
const TWILIGHTS: u16 = 0b11_1111_0000;

/// The events that a query chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rising(u16);

impl Rising {
    /// Reads a list of names separated by commas; all of them where there is none.
    pub(crate) fn parse(list: Option<&str>, bodies: &[WireBody]) -> Result<Rising, Problem> {
        let has_sun = bodies.iter().any(|body| is_sun(*body));
        // What stands for all stands for all that there is.
        let there_is = if has_sun { ALL } else { ALL & !TWILIGHTS };
        let Some(list) = list else { return Ok(Rising(there_is)) };
        let (mut chosen, mut twilight) = (0, None);
        let mut named: Vec<&str> = Vec::new();
        for name in list.split(',').map(str::trim) {
            let bits = bits(name)?;
            if named.contains(&name) {
                return Err(Problem::new(Code::RepeatedEvent, format!("{name} is named twice"))
                    .parameter("events")
                    .hint("name each event once"));
            }
            named.push(name);
            chosen |= bits;
            if bits & !TWILIGHTS == 0 {
                twilight = Some(name);
            }
        }
        if let Some(name) = twilight
            && !has_sun
        {
            return Err(Problem::new(Code::Contradiction, format!("{name} is of the Sun alone"))
                .parameter("events")
                .hint("add sun to bodies, or leave it out of events"));
        }
        Ok(Rising(chosen & there_is))
    }

    /// The names of what was chosen.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        EVENTS.into_iter().filter(move |name| self.has(name))
    }

    fn has(self, name: &str) -> bool {
        EVENTS.iter().position(|known| *known == name).is_some_and(|at| self.0 & 1 << at != 0)
    }

    /// Whether rising or setting is among them.
    pub(crate) fn has_horizon(self) -> bool {
        self.has("rise") || self.has("set")
    }

    /// Whether transits are among them.
    pub(crate) fn has_transits(self) -> bool {
        self.has("upper_transit") || self.has("lower_transit")
    }

    /// The levels whose crossings are looked for: twilight is of the Sun alone. Where each is, if `horizon` is the horizon.
    pub(crate) fn levels(self, body: WireBody, horizon: Threshold) -> (Vec<Level>, Vec<Threshold>) {
        let chosen = Level::ALL.into_iter().filter(|level| {
            let (rising, setting) = level.events();
            (*level == Level::Horizon || is_sun(body)) && (self.has(rising) || self.has(setting))
        });
        chosen.map(|level| (level, level.threshold(horizon))).unzip()
    }

    /// What an event of a search over some levels is called; `None` where it was not chosen.
    pub(crate) fn name(self, kind: Kind, levels: &[Level]) -> Option<&'static str> {
        let name = match kind {
            Kind::Rise(nth) => levels.get(nth)?.events().0,
            Kind::Set(nth) => levels.get(nth)?.events().1,
            Kind::UpperTransit => "upper_transit",
            Kind::LowerTransit => "lower_transit",
        };
        self.has(name).then_some(name)
    }
}

fn is_sun(body: WireBody) -> bool {
    body == WireBody::SUN
}

/// The events that a name stands for.
fn bits(name: &str) -> Result<u16, Problem> {
    if let Some(at) = EVENTS.iter().position(|known| *known == name) {
        return Ok(1 << at);
    }
    if let Some((_, bits)) = SETS.iter().find(|(known, _)| *known == name) {
        return Ok(*bits);
    }
    if name.is_empty() {
        return Err(Problem::new(Code::EmptyParameter, "the list of events has an empty entry")
            .parameter("events")
            .hint("separate names by single commas, or leave events out for all"));
    }
    let names = || EVENTS.into_iter().chain(SETS.map(|(name, _)| name));
    let problem =
        Problem::new(Code::UnknownValue, format!("{} is no event", shown(name))).parameter("events");
    Err(match nearest(name, names()) {
        Some(meant) => problem.hint(format!("did you mean {meant}?")),
        None => problem.hint(format!("known are {}", names().collect::<Vec<_>>().join(", "))),
    })
}
