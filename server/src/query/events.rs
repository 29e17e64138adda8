//! What `/v1/events` is asked: which kinds of events, of which bodies, over which time.

use std::time::SystemTime;

use orrery_almanac::aspect::{self, Aspect, PTOLEMAIC};
use orrery_almanac::events::{EventType, Measured, listed};
use orrery_almanac::{Ayanamsa, WireBody, bodies};
use orrery_format::Body;

use super::span::Span;
use super::{Air, Fields, Params, SkyQuery, View};
use crate::wire::problem::{Code, Problem, nearest, shown};

/// What is told of where no types are named: what almanacs print.
pub(crate) const USUAL_TYPES: [EventType; 6] = [
    EventType::Ingress,
    EventType::Station,
    EventType::Aspect,
    EventType::Lunation,
    EventType::Season,
    EventType::Eclipse,
];

/// Orbs that aspects may have, degrees.
pub(crate) const ORBS_DEG: (f64, f64) = (0.0, 15.0);

/// Orbs that the Sun's heart and its fire may have, degrees.
pub(crate) const SUN_ORBS_DEG: (f64, f64) = (0.01, 30.0);

/// The tradition's: 17′ and 8° 30′.
const CAZIMI_DEG: f64 = 17.0 / 60.0;
const COMBUSTION_DEG: f64 = 8.5;

/// Most points that aspects are looked for to: each of them costs as much as a body.
pub(crate) const MOST_POINTS: usize = 100;

/// What is eclipsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eclipsed {
    Solar,
    Lunar,
}

impl Eclipsed {
    pub(crate) const WORDS: &'static [(&'static str, Eclipsed)] =
        &[("solar", Eclipsed::Solar), ("lunar", Eclipsed::Lunar)];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Eclipsed::Solar => "solar",
            Eclipsed::Lunar => "lunar",
        }
    }
}

/// In which words events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Events of many types.
    Events,
    /// Phases of the Moon.
    Phases,
    /// Periods in which the Moon is void of course.
    Periods,
    /// Eclipses, with all that there is to say of them without a place.
    Eclipses,
}

impl Shape {
    /// The member of a document that the list is.
    pub(crate) const fn list(self) -> &'static str {
        match self {
            Shape::Events => "events",
            Shape::Phases => "phases",
            Shape::Periods => "periods",
            Shape::Eclipses => "eclipses",
        }
    }

    /// What the instant of an event is called.
    pub(crate) const fn at(self) -> &'static str {
        match self {
            Shape::Events | Shape::Phases => "at",
            Shape::Periods => "begin",
            Shape::Eclipses => "maximum",
        }
    }
}

/// Everything that `/v1/events` was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EventsQuery {
    pub(crate) span: Span,
    /// In the words of which resource it is told.
    pub(crate) shape: Shape,
    /// Which eclipses are meant: of one body, or of both.
    pub(crate) eclipsed: Option<Eclipsed>,
    /// In the order of their list.
    pub(crate) types: Vec<EventType>,
    /// The bodies, the zodiac and who may answer.
    pub(crate) sky: SkyQuery,
    /// With whom the Moon's aspects count for its being void of course; the bodies themselves where none are named.
    pub(crate) partners: Option<&'static [WireBody]>,
    /// The partners of aspects; those of the bodies themselves where none are named.
    pub(crate) with: Option<Vec<WireBody>>,
    /// Longitudes that aspects are made to, degrees.
    pub(crate) points: Vec<f64>,
    pub(crate) aspects: Vec<Aspect>,
    pub(crate) orb_deg: Option<f64>,
    pub(crate) cazimi_deg: f64,
    pub(crate) combustion_deg: f64,
    /// What is to take which value.
    pub(crate) measured: Option<(Measured, f64, Option<WireBody>)>,
    pub(crate) nakshatras_in: Ayanamsa,
}

impl EventsQuery {
    /// Reads the parameters; `now` is what they mean without an instant.
    pub(crate) fn new(params: &Params<'_>, now: impl Fn() -> SystemTime) -> Result<EventsQuery, Problem> {
        let types = types(params.get("types"))?;
        let view = View::parse(params)?;
        let nakshatras_in = nakshatras_in(params, &view)?;
        let sky = SkyQuery::with(params, view, Fields::NONE, Air::default())?;
        let query = EventsQuery {
            span: Span::parse(params, now)?,
            shape: Shape::Events,
            eclipsed: None,
            partners: None,
            with: params.get("with").map(with).transpose()?,
            points: points(params.get("points"))?,
            aspects: params.get("aspects").map_or_else(|| Ok(PTOLEMAIC.to_vec()), aspect::parse_list)?,
            orb_deg: degrees(params, "orb", ORBS_DEG)?,
            cazimi_deg: degrees(params, "cazimi_orb", SUN_ORBS_DEG)?.unwrap_or(CAZIMI_DEG),
            combustion_deg: degrees(params, "combustion_orb", SUN_ORBS_DEG)?.unwrap_or(COMBUSTION_DEG),
            measured: measured(params, &types)?,
            types,
            sky,
            nakshatras_in,
        };
        query.check(params)?;
        Ok(query)
    }

    /// What the Moon's own resources are asked: events of one kind.
    pub(crate) fn of_moon(
        params: &Params<'_>,
        kind: EventType,
        shape: Shape,
        now: impl Fn() -> SystemTime,
    ) -> Result<EventsQuery, Problem> {
        let view = View::parse(params)?;
        let sky = SkyQuery::with(params, view, Fields::NONE, Air::default())?;
        let aspects = params.get("aspects").map_or_else(|| Ok(PTOLEMAIC.to_vec()), aspect::parse_list)?;
        Ok(EventsQuery {
            types: vec![kind],
            shape,
            ..EventsQuery::plain(Span::parse(params, now)?, sky, &aspects)
        })
    }

    /// What `/v1/eclipses` is asked.
    pub(crate) fn of_eclipses(
        params: &Params<'_>,
        now: impl Fn() -> SystemTime,
    ) -> Result<EventsQuery, Problem> {
        let eclipsed = params.choice("kind", Eclipsed::WORDS)?;
        let sky = SkyQuery::with(params, View::default(), Fields::NONE, Air::default())?;
        let plain = EventsQuery::plain(Span::parse(params, now)?, sky, &PTOLEMAIC);
        Ok(EventsQuery { types: vec![EventType::Eclipse], shape: Shape::Eclipses, eclipsed, ..plain })
    }

    /// Of no kind so far, with nothing chosen but these.
    pub(super) fn plain(span: Span, sky: SkyQuery, aspects: &[Aspect]) -> EventsQuery {
        EventsQuery {
            span,
            shape: Shape::Events,
            eclipsed: None,
            types: Vec::new(),
            partners: None,
            with: None,
            points: Vec::new(),
            aspects: aspects.to_vec(),
            orb_deg: None,
            cazimi_deg: CAZIMI_DEG,
            combustion_deg: COMBUSTION_DEG,
            measured: None,
            nakshatras_in: usual_nakshatras_in(&sky.view),
            sky,
        }
    }

    /// The bodies that events of a kind can happen to.
    pub(crate) fn bodies_of(&self, kind: EventType) -> impl Iterator<Item = WireBody> + '_ {
        let minus = self.measured.and_then(|(.., minus)| minus).filter(|_| kind == EventType::Crossing);
        let differs = move |body: WireBody| minus.is_none_or(|minus| are_apart(body, minus));
        self.sky.bodies.iter().copied().filter(move |body| kind.happens_to(*body) && differs(*body))
    }

    /// With whom the Moon's aspects count for its being void of course.
    pub(crate) fn void_partners(&self) -> &[WireBody] {
        self.partners.unwrap_or(&self.sky.bodies)
    }

    /// Pairs of bodies that move apart, each once.
    pub(crate) fn pairs(&self) -> Vec<(WireBody, WireBody)> {
        let bodies = &self.sky.bodies;
        match &self.with {
            Some(partners) => {
                let mut pairs: Vec<(WireBody, WireBody)> = Vec::new();
                for &a in bodies.iter() {
                    for &b in partners {
                        if are_apart(a, b) && !pairs.contains(&(a, b)) && !pairs.contains(&(b, a)) {
                            pairs.push((a, b));
                        }
                    }
                }
                pairs
            }
            None if self.points.is_empty() => {
                let of = |nth: usize| bodies.iter().skip(nth + 1).map(move |b| (bodies[nth], *b));
                (0..bodies.len()).flat_map(of).filter(|(a, b)| are_apart(*a, *b)).collect()
            }
            None => Vec::new(),
        }
    }

    /// Refuses what no event can come of, and what concerns none that is asked for.
    fn check(&self, params: &Params<'_>) -> Result<(), Problem> {
        use EventType::{Aspect, Cazimi, Combustion, Crossing, NakshatraIngress, Parallel, VoidOfCourse};
        let has = |kinds: &[EventType]| self.types.iter().any(|kind| kinds.contains(kind));
        if has(&[Parallel]) && self.with.is_none() && !self.points.is_empty() {
            return Err(Problem::new(
                Code::Contradiction,
                "points stand in the place of pairs of bodies, and parallels are of pairs",
            )
            .parameter("points")
            .hint("add with for the partners of parallels, or leave parallel out of types, or points out"));
        }
        for &kind in &self.types {
            let is_of_none = kind.has_bodies() && self.bodies_of(kind).next().is_none();
            let lacks_partner = match kind {
                Aspect => self.pairs().is_empty() && self.points.is_empty(),
                Parallel => self.pairs().is_empty(),
                _ => false,
            };
            if is_of_none || lacks_partner {
                let detail = format!("{} cannot happen to the bodies that were asked for", kind.name());
                return Err(Problem::new(Code::Meaningless, detail)
                    .parameter("bodies")
                    .hint(format!("name other bodies, or leave {} out of types", kind.name())));
            }
        }
        // The partners of the Moon's void of course are bodies too.
        let is_bodily = |kind: &EventType| kind.has_bodies() || *kind == VoidOfCourse;
        let bodily: Vec<_> = EventType::ALL.into_iter().filter(is_bodily).collect();
        let concerns: [(&'static str, &[EventType]); 11] = [
            ("aspects", &[Aspect, VoidOfCourse]),
            ("with", &[Aspect, Parallel]),
            ("points", &[Aspect]),
            ("orb", &[Aspect]),
            ("cazimi_orb", &[Cazimi]),
            ("combustion_orb", &[Combustion]),
            ("quantity", &[Crossing]),
            ("value", &[Crossing]),
            ("minus", &[Crossing]),
            ("nakshatra_ayanamsa", &[NakshatraIngress]),
            ("bodies", &bodily),
        ];
        for (name, kinds) in concerns {
            if params.get(name).is_some() && !has(kinds) {
                let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
                return Err(Problem::new(
                    Code::Contradiction,
                    format!("{name} concerns no type that is asked for"),
                )
                .parameter(name)
                .hint(format!("leave it out, or add to types one of {}", names.join(", "))));
            }
        }
        Ok(())
    }
}

/// Whether two bodies are anything but one point and itself, or its opposite: between these the angle is always the same,
/// and what is found of it is the noise of rounding.
fn are_apart(a: WireBody, b: WireBody) -> bool {
    a.base().0 != b.base().0
}

/// The zodiac that nakshatras are counted in.
pub(super) fn nakshatras_in(params: &Params<'_>, view: &View) -> Result<Ayanamsa, Problem> {
    const NAME: &str = "nakshatra_ayanamsa";
    match params.get(NAME) {
        Some(name) => {
            name.parse().map_err(|error: orrery_almanac::Error| Problem::from(error).parameter(NAME))
        }
        None => Ok(usual_nakshatras_in(view)),
    }
}

/// The same where none is named: that of the query if it is a sidereal one, or else the almanac's.
fn usual_nakshatras_in(view: &View) -> Ayanamsa {
    view.ayanamsa().unwrap_or(listed::AYANAMSA)
}

/// The kinds of a list of names separated by commas.
fn types(list: Option<&str>) -> Result<Vec<EventType>, Problem> {
    let Some(list) = list else { return Ok(USUAL_TYPES.to_vec()) };
    let mut types = Vec::new();
    for name in list.split(',').map(str::trim) {
        let Some(kind) = EventType::ALL.into_iter().find(|kind| kind.name() == name) else {
            let names = || EventType::ALL.into_iter().map(EventType::name);
            if name.is_empty() {
                return Err(Problem::new(Code::EmptyParameter, "the list of types has an empty entry")
                    .parameter("types")
                    .hint("separate names by single commas"));
            }
            let problem = Problem::new(Code::UnknownValue, format!("{} is no type of event", shown(name)))
                .parameter("types");
            return Err(match nearest(name, names()) {
                Some(meant) => problem.hint(format!("did you mean {meant}?")),
                None => problem.hint(format!("known are {}", names().collect::<Vec<_>>().join(", "))),
            });
        };
        if types.contains(&kind) {
            return Err(Problem::new(Code::RepeatedEvent, format!("{name} is named twice"))
                .parameter("types")
                .hint("name each type once"));
        }
        types.push(kind);
    }
    types.sort_unstable();
    Ok(types)
}

/// The partners of aspects.
fn with(list: &str) -> Result<Vec<WireBody>, Problem> {
    let bodies = bodies::parse_list(list).map_err(|error| Problem::from(error).parameter("with"))?;
    match bodies.iter().find(|body| **body == WireBody::Tabulated(Body::Earth)) {
        None => Ok(bodies),
        Some(_) => Err(Problem::new(Code::Meaningless, "earth has no place from the Earth")
            .parameter("with")
            .hint("leave it out of with")),
    }
}

/// Longitudes separated by commas.
fn points(list: Option<&str>) -> Result<Vec<f64>, Problem> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let read = |text: &str| match text.trim().parse::<f64>() {
        Ok(point) if (0.0..360.0).contains(&point) => Ok(point),
        Ok(point) if point.is_finite() => {
            Err(Problem::new(Code::OutOfRange, format!("{point} is no longitude of a point"))
                .parameter("points")
                .hint("give degrees from 0 to below 360"))
        }
        _ => Err(Problem::new(Code::InvalidValue, format!("{} is no longitude", shown(text)))
            .parameter("points")
            .hint("give degrees separated by commas, such as points=15.5,210")),
    };
    let mut points: Vec<f64> = Vec::new();
    for text in list.split(',') {
        let point = read(text)?;
        if points.contains(&point) {
            return Err(Problem::new(Code::RepeatedEvent, format!("the point {point} is named twice"))
                .parameter("points")
                .hint("name each point once"));
        }
        if points.len() == MOST_POINTS {
            return Err(Problem::new(Code::OutOfRange, format!("there are more than {MOST_POINTS} points"))
                .parameter("points")
                .hint(format!("give {MOST_POINTS} points at most")));
        }
        points.push(point);
    }
    Ok(points)
}

/// An angle within its bounds.
pub(super) fn degrees(
    params: &Params<'_>,
    name: &'static str,
    (least, most): (f64, f64),
) -> Result<Option<f64>, Problem> {
    match params.number(name)? {
        Some(angle) if !(least..=most).contains(&angle) => {
            Err(Problem::new(Code::OutOfRange, format!("{name} is {angle}"))
                .parameter(name)
                .hint(format!("give {name} from {least} to {most} degrees")))
        }
        angle => Ok(angle),
    }
}

/// What is to take which value, for crossings.
fn measured(
    params: &Params<'_>,
    types: &[EventType],
) -> Result<Option<(Measured, f64, Option<WireBody>)>, Problem> {
    if !types.contains(&EventType::Crossing) {
        return Ok(None);
    }
    let words = Measured::ALL.map(|measured| (measured.name(), measured));
    let quantity = params.choice("quantity", &words)?;
    let value = params.number("value")?;
    let (Some(quantity), Some(value)) = (quantity, value) else {
        let name = if quantity.is_none() { "quantity" } else { "value" };
        return Err(Problem::new(Code::MissingParameter, format!("{name} is missing"))
            .parameter(name)
            .hint("types=crossing takes quantity and value, such as quantity=declination&value=20"));
    };
    let minus = params.get("minus").map(str::parse).transpose();
    let minus = minus.map_err(|error: orrery_almanac::Error| Problem::from(error).parameter("minus"))?;
    let may_differ = matches!(quantity, Measured::Longitude | Measured::LongitudeSpeed);
    if minus.is_some() && !may_differ {
        return Err(Problem::new(
            Code::Meaningless,
            format!("there is no difference of {}", quantity.name()),
        )
        .parameter("minus")
        .hint("leave it out, or give quantity=longitude or longitude_speed"));
    }
    if minus == Some(WireBody::Tabulated(Body::Earth)) {
        return Err(Problem::new(Code::Meaningless, "earth has no place from the Earth")
            .parameter("minus")
            .hint("name another body"));
    }
    let bound = match quantity {
        Measured::Latitude | Measured::Declination => Some((-90.0, 90.0)),
        Measured::Longitude => Some((0.0, 360.0)),
        _ => None,
    };
    match bound {
        Some((least, most)) if !(least..=most).contains(&value) => {
            Err(Problem::new(Code::OutOfRange, format!("value is {value}"))
                .parameter("value")
                .hint(format!("give value from {least} to {most} degrees")))
        }
        _ => Ok(Some((quantity, value, minus))),
    }
}

#[cfg(test)]
mod tests;
