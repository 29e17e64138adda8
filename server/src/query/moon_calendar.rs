//! What `/v1/moon/calendar` is asked: which days of whose clock, and where, if rise and set are wanted.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::bodies;
use orrery_almanac::events::EventType;
use orrery_almanac::{CivilDate, DayNumber, Moment, Utc, WireBody, iso};

use super::days::{self, Day};
use super::events::nakshatras_in;
use super::rising::Rising;
use super::span::{Reach, Span, year_and_month};
use super::time::Clock;
use super::view::{Zodiac, site};
use super::{
    Air, Disc, EventsQuery, Fields, Given, Local, Observer, Params, Refraction, RiseSetQuery, SkyQuery,
    Skyline, TimeQuery, View, When,
};
use crate::wire::problem::{Code, Problem};

const MOON: &[WireBody] = &[WireBody::MOON];

/// What a calendar of the Moon notes.
const NOTED: [EventType; 9] = [
    EventType::Ingress,
    EventType::NakshatraIngress,
    EventType::Lunation,
    EventType::VoidOfCourse,
    EventType::Apsis,
    EventType::NodeCrossing,
    EventType::GreatestDeclination,
    EventType::OutOfBounds,
    EventType::Eclipse,
];

/// Everything that `/v1/moon/calendar` was asked.
#[derive(Clone, Debug)]
pub(crate) struct MoonCalendarQuery {
    pub(crate) days: Vec<Day>,
    /// The first day, and the one after the last.
    pub(crate) ends: [DayNumber; 2],
    /// Whether the days follow from when it is asked.
    pub(crate) is_now: bool,
    /// What happens in these days.
    pub(crate) events: Arc<EventsQuery>,
    /// When the Moon rises and sets, where a place was given.
    pub(crate) rising: Option<Arc<RiseSetQuery>>,
}

impl MoonCalendarQuery {
    /// Reads the parameters; `now` is what they mean without a month.
    pub(crate) fn new(
        params: &Params<'_>,
        now: impl Fn() -> SystemTime,
    ) -> Result<MoonCalendarQuery, Problem> {
        let has_place = ["lat", "alt"].into_iter().any(|name| params.get(name).is_some());
        let site = if has_place { Some(site(params)?) } else { None };
        let clock = Clock::parse(params, site)?;
        let is_now = ["year", "month", "start", "stop"].into_iter().all(|name| params.get(name).is_none());
        let ends = ends(params, &clock, now)?;
        let days = days::between(ends, clock.zone)?;
        let reach = Reach::over(&days, &clock)?;
        let view = View { zodiac: Zodiac::parse(params)?, ..View::default() };
        let sky = SkyQuery::with(params, view, Fields::NONE, Air::default())?;
        let events = EventsQuery {
            types: NOTED.to_vec(),
            partners: Some(&bodies::DEFAULT),
            sky: SkyQuery { bodies: Cow::Borrowed(MOON), ..sky.clone() },
            nakshatras_in: nakshatras_in(params, &sky.view)?,
            ..EventsQuery::plain(Span { reach, limit: None, cursor: None, clock }, sky.clone(), &PTOLEMAIC)
        };
        let rising = site.zip(days.first()).map(|(site, &Day { start, .. })| {
            let view = View { observer: Observer::Topo(site), ..View::default() };
            let local = match (clock.zone, start) {
                (Some(zone), When::Utc(utc)) => Some(Local { zone, offset: zone.offset_at(utc) }),
                _ => None,
            };
            let time = TimeQuery {
                when: start,
                given: Given::Date(Moment::Day(ends[0].civil(clock.calendar))),
                calendar: clock.calendar,
                local,
                lon_deg: None,
            };
            Ok::<_, Problem>(Arc::new(RiseSetQuery {
                time,
                length: days.len() as u16,
                days: days.clone(),
                sky: Arc::new(SkyQuery { bodies: Cow::Borrowed(MOON), view, ..sky.clone() }),
                site,
                wanted: Rising::parse(Some("rise,set"), MOON)?,
                limb: Disc::default(),
                refraction: Refraction::default(),
                skyline: Skyline::At(0.0),
            }))
        });
        Ok(MoonCalendarQuery { ends, is_now, events: Arc::new(events), rising: rising.transpose()?, days })
    }
}

/// The first day that is asked for, and the one after the last: of a year or a month, between two dates, or of the month
/// that it is.
fn ends(params: &Params<'_>, clock: &Clock, now: impl Fn() -> SystemTime) -> Result<[DayNumber; 2], Problem> {
    let number = |date: CivilDate| date.day_number(clock.calendar).map_err(Problem::from);
    let given = ["start", "stop"].map(|name| params.get(name));
    match (year_and_month(params)?, given) {
        (Some((year, month)), [None, None]) => days::of_month(year, month, clock.calendar),
        (Some(_), _) => Err(Problem::new(Code::Contradiction, "year and start or stop both say when")
            .parameter("year")
            .hint("give year, with month or without, or start and stop")),
        (None, [Some(start), Some(stop)]) => {
            let date = |name: &'static str, text: &str| match iso::parse(text) {
                Ok(Moment::Day(date)) => number(date).map_err(|problem| problem.parameter(name)),
                Ok(_) => Err(Problem::new(Code::InvalidValue, format!("{name} has a time of day"))
                    .parameter(name)
                    .hint(format!("give the date alone, such as {name}=2026-03-01"))),
                Err(error) => Err(Problem::from(error).parameter(name)),
            };
            Ok([date("start", start)?, date("stop", stop)?])
        }
        (None, [None, None]) => {
            let utc = Utc::of_system_clock(now());
            let today = match clock.zone {
                Some(zone) => utc.to_local(zone.offset_at(utc)).0,
                None => utc.day(),
            };
            let CivilDate { year, month, .. } = today.civil(clock.calendar);
            days::of_month(year, Some(month), clock.calendar)
        }
        (None, [start, _]) => {
            let name = if start.is_some() { "stop" } else { "start" };
            Err(Problem::new(Code::MissingParameter, format!("{name} is missing"))
                .parameter(name)
                .hint("give start and stop, or year and month"))
        }
    }
}
