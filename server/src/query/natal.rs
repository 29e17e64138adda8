//! What is asked of a chart in time: when the sky comes over its points, when it comes back, and how far it has moved on.

use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::progressions::{AngleMethod, ArcKey, Kind, Year};
use orrery_almanac::{LeapSeconds, Site, WireBody};
use orrery_format::Body;

use super::body::Posted;
use super::cast::{CastQuery, DIVIDING, Division, MOST_CHART_BODIES, Placed};
use super::chart::{AspectRules, RULES};
use super::events::{ORBS_DEG, degrees};
use super::instants::End;
use super::params::Params;
use super::span::{Reach, Span};
use super::time::Clock;
use super::view::{Light, View, site};
use super::{Charted, Observer, Precision, TimeQuery, body_list, precision};
use crate::wire::problem::{Code, Problem};

/// What the member of a body is called that is the chart.
pub(crate) const NATAL: &str = "natal";

/// What to send where a body is none.
const EXAMPLE: &str = r#"send an object such as {"natal": {"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98}, …}"#;

/// Most years that transits are looked for in.
pub(crate) const MOST_YEARS: u16 = 200;

/// How many transits a reply has: at most, and where nothing is said.
pub(crate) const LIMITS: (u16, u16) = (10_000, 1_000);

/// How many returns a reply has at most, each with its chart.
pub(crate) const MOST_RETURNS: u16 = 1_000;

/// How many returns are told after or before an instant unless a number is given: the next, or the last.
const USUAL_RETURNS: u32 = 1;

/// Most parts of a circle that returns are told of.
pub(crate) const MOST_PARTS: u16 = 12;

/// The orb of transits, and of what is progressed, where none is given: of a progressed Sun it is about a year.
pub(crate) const USUAL_ORB_DEG: f64 = 1.0;

/// When bodies make aspects to the points of a chart.
#[derive(Clone, Debug)]
pub(crate) struct TransitsQuery {
    pub(crate) natal: CastQuery,
    pub(crate) start: End,
    pub(crate) stop: End,
    pub(crate) clock: Clock,
    /// The bodies that go over the chart.
    pub(crate) bodies: Vec<WireBody>,
    /// Which aspects with which orbs, and which angles of the chart have part in them beside its bodies.
    pub(crate) rules: AspectRules,
    /// The orb of aspects that none was given for; of nothing, none is told.
    pub(crate) orb_deg: f64,
    /// Whether it is told when bodies enter houses of the chart.
    pub(crate) has_houses: bool,
    /// How many may be told.
    pub(crate) limit: usize,
    pub(crate) precision: Precision,
}

/// When something comes back to where it was in a chart.
#[derive(Clone, Debug)]
pub(crate) struct ReturnsQuery {
    pub(crate) natal: CastQuery,
    pub(crate) span: Span,
    pub(crate) body: WireBody,
    /// The body that it is ahead of, where that is what comes back.
    pub(crate) minus: Option<WireBody>,
    /// Whether it comes back among the stars, rather than in the zodiac.
    pub(crate) is_corrected: bool,
    pub(crate) parts: u16,
    /// The place of returns, where one was given.
    pub(crate) site: Option<Site>,
    /// What each return's chart is cast of but for its instant; `None` where there are to be none.
    pub(crate) cast: Option<CastQuery>,
    pub(crate) rules: AspectRules,
    pub(crate) precision: Precision,
}

/// A chart that is moved on by a symbolic time.
#[derive(Clone, Debug)]
pub(crate) struct ProgressionsQuery {
    pub(crate) natal: CastQuery,
    /// The instant of life.
    pub(crate) life: TimeQuery,
    pub(crate) kind: Kind,
    pub(crate) is_converse: bool,
    pub(crate) year: Year,
    /// How the angles move on.
    pub(crate) angle_method: AngleMethod,
    /// By which arc all points are directed.
    pub(crate) arc: ArcKey,
    pub(crate) rules: AspectRules,
    pub(crate) orb_deg: f64,
    /// Between when and when it is looked for aspects, where that is asked for.
    pub(crate) in_time: Option<InTime>,
    pub(crate) precision: Precision,
}

/// Between when and when something is looked for.
#[derive(Clone, Debug)]
pub(crate) struct InTime {
    pub(crate) start: End,
    pub(crate) stop: End,
    pub(crate) clock: Clock,
    /// How many may be told.
    pub(crate) limit: usize,
}

impl TransitsQuery {
    /// Reads a body: the chart, and what is asked of it.
    pub(crate) fn read(mut posted: Posted<'_, '_>) -> Result<TransitsQuery, Problem> {
        let natal = natal(&mut posted)?;
        check_seen(&natal)?;
        let Posted { params, now, .. } = posted;
        let params = &*params;
        let InTime { start, stop, clock, limit } = InTime::parse(params, now)?;
        let bodies = body_list(params, Observer::Geo)?.into_owned();
        if bodies.len() > MOST_CHART_BODIES {
            return Err(too_many("bodies", "bodies", bodies.len()));
        }
        let orb_deg = orb(params)?;
        let rules = rules(params, &natal, orb_deg)?;
        let has_houses = params.truth("include_houses")?.unwrap_or_default();
        if has_houses && natal.division.is_none() {
            let detail = "include_houses is of the chart's houses, and it has none";
            return Err(Problem::new(Code::Contradiction, detail)
                .parameter("include_houses")
                .hint("give natal.lat and natal.lon, and the time of day; or leave it out"));
        }
        Ok(TransitsQuery {
            natal,
            start,
            stop,
            clock,
            bodies,
            rules,
            orb_deg,
            has_houses,
            limit,
            precision: precision(params.get("precision"))?,
        })
    }
}

impl ReturnsQuery {
    /// Reads a body, as [`TransitsQuery::read`] does.
    pub(crate) fn read(mut posted: Posted<'_, '_>) -> Result<ReturnsQuery, Problem> {
        let natal = natal(&mut posted)?;
        check_seen(&natal)?;
        let Posted { params, now, .. } = posted;
        let params = &*params;
        params.count("count", 1, MOST_RETURNS.into())?;
        let is_placed = ["lat", "alt"].into_iter().any(|name| params.get(name).is_some());
        let site = if is_placed { Some(site(params)?) } else { None };
        let mut span = Span::parse_over(params, site, || now)?;
        if let (Reach::After(_, count) | Reach::Before(_, count), None) =
            (&mut span.reach, params.get("count"))
        {
            *count = USUAL_RETURNS;
        }
        let body = one_body(params, "body")?.unwrap_or(WireBody::SUN);
        let minus = one_body(params, "minus")?;
        let is_corrected = params.truth("precession_corrected")?.unwrap_or_default();
        if minus.is_some_and(|minus| minus.base().0 == body.base().0) {
            return Err(Problem::new(Code::Meaningless, "nothing is ahead of itself, or of its opposite")
                .parameter("minus")
                .hint("name another body than body does, or leave it out"));
        }
        if minus.is_some() && is_corrected {
            let detail = "precession does not change how far one body is ahead of another";
            return Err(Problem::new(Code::Contradiction, detail)
                .parameter("precession_corrected")
                .hint("leave it out, or minus"));
        }
        if is_corrected && natal.sky.view.ayanamsa().is_some() {
            let detail =
                "precession does not move a sidereal zodiac on: its returns are among the stars already";
            return Err(Problem::new(Code::Contradiction, detail)
                .parameter("precession_corrected")
                .hint("leave it out, or natal.zodiac"));
        }
        let parts = params.count("parts", 1, MOST_PARTS.into())?.unwrap_or(1) as u16;
        let has_charts = params.truth("charts")?.unwrap_or(true);
        let cast = if has_charts { Some(returned(&natal, site, params)?) } else { None };
        let given = |names: &[&'static str]| names.iter().copied().find(|name| params.get(name).is_some());
        let idle = |name: &'static str, why: &str, remedy: String| {
            let detail = format!("{name} is of the returns' charts, and {why}");
            Err(Problem::new(Code::Contradiction, detail).parameter(name).hint(remedy))
        };
        match &cast {
            None => {
                let of_charts = given(&["lat", "alt"]).or_else(|| given(&DIVIDING)).or_else(|| given(&RULES));
                if let Some(name) = of_charts {
                    return idle(name, "there are none", format!("leave {name} out, or charts"));
                }
            }
            Some(CastQuery { division: None, .. }) => {
                if let Some(name) = given(&DIVIDING) {
                    return idle(
                        name,
                        "they have no place",
                        format!("give lat and lon, or leave {name} out"),
                    );
                }
            }
            Some(_) => {}
        }
        let has_angles = cast.as_ref().is_some_and(|cast| cast.division.is_some());
        Ok(ReturnsQuery {
            rules: AspectRules::new(params, has_angles)?,
            precision: precision(params.get("precision"))?,
            natal,
            span,
            body,
            minus,
            is_corrected,
            parts,
            site,
            cast,
        })
    }
}

impl ProgressionsQuery {
    /// Reads a body, as [`TransitsQuery::read`] does.
    pub(crate) fn read(mut posted: Posted<'_, '_>) -> Result<ProgressionsQuery, Problem> {
        let mut natal = natal(&mut posted)?;
        let Posted { params, now, .. } = posted;
        let params = &*params;
        // Whose arc it is.
        natal.also(&[WireBody::SUN]);
        let in_time = if ["start", "stop"].into_iter().any(|name| params.get(name).is_some()) {
            check_seen(&natal)?;
            Some(InTime::parse(params, now)?)
        } else if params.get("limit").is_some() {
            let detail = "limit is of what is told between start and stop, and they are not given";
            return Err(Problem::new(Code::Contradiction, detail)
                .parameter("limit")
                .hint("add start and stop, or leave it out"));
        } else {
            None
        };
        let life = match &in_time {
            Some(InTime { clock, .. }) => TimeQuery::among_others(params, *clock, || now)?,
            None => TimeQuery::parse(params, None, || now)?,
        };
        let kind = params.choice("method", &Kind::ALL.map(|it| (it.name(), it)))?;
        let year = params.choice("year", &Year::ALL.map(|it| (it.name(), it)))?;
        let angle_method = params.choice("angle_method", &AngleMethod::ALL.map(|it| (it.name(), it)))?;
        let arc = params.choice("arc", &ArcKey::ALL.map(|it| (it.name(), it)))?;
        let orb_deg = orb(params)?;
        let rules = rules(params, &natal, orb_deg)?;
        let points = natal.bodies().len() + rules.angles.len();
        // Each is directed to each.
        if in_time.is_some() && points > MOST_CHART_BODIES {
            return Err(too_many("natal.bodies", "points of the chart", points));
        }
        Ok(ProgressionsQuery {
            rules,
            in_time,
            natal,
            life,
            kind: kind.unwrap_or_default(),
            is_converse: params.truth("converse")?.unwrap_or_default(),
            year: year.unwrap_or_default(),
            angle_method: angle_method.unwrap_or_default(),
            arc: arc.unwrap_or_default(),
            orb_deg,
            precision: precision(params.get("precision"))?,
        })
    }
}

impl InTime {
    /// Reads `start`, `stop` and `limit`.
    fn parse(params: &Params<'_>, now: SystemTime) -> Result<InTime, Problem> {
        let clock = Clock::parse(params, None)?;
        let end = |name: &'static str| {
            let text = params.get(name).ok_or_else(|| no_end(name))?;
            End::parse(name, text, &clock, || now)
        };
        Ok(InTime { start: end("start")?, stop: end("stop")?, clock, limit: limit(params)? })
    }
}

/// Reads a body's chart; what is asked of it goes to its parameters.
fn natal(posted: &mut Posted<'_, '_>) -> Result<CastQuery, Problem> {
    let [natal] = posted.charts([NATAL], EXAMPLE)?;
    let Some(params) = natal else {
        return Err(Problem::new(Code::MissingParameter, "natal is missing: the chart that it is of")
            .parameter(NATAL)
            .hint(EXAMPLE));
    };
    CastQuery::new(&params, Placed::IfGiven, || posted.now).map_err(|problem| problem.within(NATAL))
}

/// Refuses a chart that is not seen as what is looked for in time is: what returns would not be where it was.
fn check_seen(natal: &CastQuery) -> Result<(), Problem> {
    let refused = |name: &'static str, detail: &'static str, usual: &str| {
        Err(Problem::new(Code::Contradiction, detail)
            .parameter(name)
            .within(NATAL)
            .hint(format!("leave natal.{name} out, or give {usual}")))
    };
    let View { observer, light, .. } = &natal.sky.view;
    if *observer != Observer::Geo {
        return refused("center", "what is looked for in time is seen from the Earth's centre", "geo");
    }
    if *light != Light::Apparent {
        return refused("place", "what is looked for in time is where it is seen", "apparent");
    }
    Ok(())
}

/// What the chart of a return is cast of but for its instant: over `site`, or where the natal chart is, and divided as that is
/// unless `params` say otherwise.
fn returned(natal: &CastQuery, site: Option<Site>, params: &Params<'_>) -> Result<CastQuery, Problem> {
    let mut cast = CastQuery { day: None, site: site.or(natal.site), ..natal.clone() };
    if cast.site.is_none() {
        return Ok(cast);
    }
    // A return has a time of day, whether or not the birth has one that is known.
    let division = Division::parse_over(params, natal.division.unwrap_or_default())?;
    cast.division = Some(division);
    let sky = Arc::make_mut(&mut cast.sky);
    sky.charted = Charted::Place;
    if division.needs_sun() {
        cast.also(&[WireBody::SUN]);
    }
    Ok(cast)
}

/// Reads `orb`. What is below nothing by its sign alone is nothing.
fn orb(params: &Params<'_>) -> Result<f64, Problem> {
    Ok(degrees(params, "orb", ORBS_DEG)?.unwrap_or(USUAL_ORB_DEG).abs())
}

/// Reads which aspects are looked for in time, with one orb for all but for those that have their own.
fn rules(params: &Params<'_>, natal: &CastQuery, orb_deg: f64) -> Result<AspectRules, Problem> {
    let rules = AspectRules::with_orb(params, natal.division.is_some(), orb_deg)?;
    if rules.orbs.has_points() {
        return Err(Problem::new(Code::Meaningless, "orbs of what moves over a chart are those of aspects")
            .parameter("orbs")
            .hint("name aspects alone, such as conjunction:2,trine:1"));
    }
    Ok(rules)
}

/// How many may be told.
fn limit(params: &Params<'_>) -> Result<usize, Problem> {
    let (most, usual) = LIMITS;
    let given = params.count("limit", 1, most.into())?;
    Ok(given.unwrap_or(usual.into()) as usize)
}

/// A body that something is asked of.
fn one_body(params: &Params<'_>, name: &'static str) -> Result<Option<WireBody>, Problem> {
    let Some(text) = params.get(name) else { return Ok(None) };
    match text.parse::<WireBody>() {
        Ok(WireBody::Tabulated(Body::Earth)) => {
            Err(Problem::new(Code::Meaningless, "earth has no place from the Earth")
                .parameter(name)
                .hint("name another body"))
        }
        Ok(body) => Ok(Some(body)),
        Err(error) => Err(Problem::from(error).parameter(name)),
    }
}

fn no_end(name: &'static str) -> Problem {
    Problem::new(Code::MissingParameter, format!("{name} is missing: it is looked for from start to stop"))
        .parameter(name)
        .hint(format!(r#"add {name}, such as "start": "2026-01-01", "stop": "2027-01-01""#))
}

fn too_many(parameter: &'static str, what: &str, count: usize) -> Problem {
    Problem::new(Code::OutOfRange, format!("there are {count} {what}"))
        .parameter(parameter)
        .hint(format!("name {MOST_CHART_BODIES} at most, and the others in another request"))
}

impl TransitsQuery {
    /// Refuses an instant that is none, by the name that it has in the body.
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        check_natal(&self.natal, leaps)?;
        check_ends(&self.start, &self.stop, leaps)
    }

    /// Whether the reply is true of the moment of asking alone.
    pub(crate) fn is_now(&self) -> bool {
        self.natal.time.is_now()
            || [&self.start, &self.stop].into_iter().any(|end| matches!(end, End::Now(_)))
    }
}

impl ReturnsQuery {
    /// Refuses an instant that is none, by the name that it has in the body.
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        check_natal(&self.natal, leaps)?;
        self.span.check(leaps)
    }

    /// Whether the reply is true of the moment of asking alone.
    pub(crate) fn is_now(&self) -> bool {
        self.natal.time.is_now() || self.span.is_now()
    }
}

impl ProgressionsQuery {
    /// Refuses an instant that is none, by the name that it has in the body.
    pub(crate) fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem> {
        check_natal(&self.natal, leaps)?;
        if let Some(InTime { start, stop, .. }) = &self.in_time {
            check_ends(start, stop, leaps)?;
        }
        Ok(self.life.when.check(leaps)?)
    }

    /// Whether the reply is true of the moment of asking alone.
    pub(crate) fn is_now(&self) -> bool {
        let is_now = |end: &End| matches!(end, End::Now(_));
        self.natal.time.is_now()
            || self.life.is_now()
            || self.in_time.as_ref().is_some_and(|within| is_now(&within.start) || is_now(&within.stop))
    }
}

fn check_natal(natal: &CastQuery, leaps: &LeapSeconds) -> Result<(), Problem> {
    natal.check(leaps).map_err(|problem| problem.within(NATAL))
}

fn check_ends(start: &End, stop: &End, leaps: &LeapSeconds) -> Result<(), Problem> {
    for (name, end) in [("start", start), ("stop", stop)] {
        end.when().check(leaps).map_err(|error| Problem::from(error).parameter(name))?;
    }
    Ok(())
}
