//! `GET /v1/moon/calendar`: the Moon day by day.

use std::sync::Arc;
use std::time::{Instant as Clock, SystemTime};

use orrery_almanac::Instant;
use orrery_almanac::events::{EventType, MoonAt};
use orrery_almanac::zodiac::{InNakshatra, InSign};

use super::spec::CALENDAR_PARAMETERS;
use crate::answer::events::{Field, Pen, Teller, Told, Value, instant, lists, moon_at, products};
use crate::answer::plan::range_tag;
use crate::answer::render::{along, decimals, number};
use crate::answer::rise_set::Searcher;
use crate::answer::tables::{Answered, Extent, Provenance};
use crate::app::{App, Generation};
use crate::query::{MoonCalendarQuery, Params, Shape, SourceChoice, Unit};
use crate::remainder::{Answer, Question};
use crate::routes::head::ReplyHead;
use crate::routes::{Asked, Resource, rise_set};
use crate::text::json::Json;
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::reply::{Reply, Shares};
use crate::wire::request::Request;

/// Events that are told at a time.
const BATCH: usize = 1_024;

pub(crate) fn get(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), CALENDAR_PARAMETERS)?;
        request.format(params.get("format"), &[Format::Json])?;
        let query = MoonCalendarQuery::new(&params, SystemTime::now)?;
        reply(&app, &request, query).await
    }))
}

/// A day, as it is told.
struct Row {
    date: String,
    start: Instant,
    end: Instant,
    moon: MoonAt,
    is_live: bool,
    events: Vec<Told>,
    /// Rises and sets, each with its name.
    crossings: Option<Vec<(&'static str, Instant)>>,
}

async fn reply(app: &Arc<App>, request: &Request, query: MoonCalendarQuery) -> Result<Reply, Problem> {
    if request.is_trial() {
        return Ok(Reply::understood(None));
    }
    let generation = app.generation();
    let coding = request.coding()?;
    let is_personal = query.rising.is_some() || query.events.span.clock.zone.is_some();
    let head = ReplyHead::new(&generation, kept(query.is_now, is_personal));
    let events = &query.events;
    let live = app.live().filter(|_| events.sky.source != SourceChoice::Table);
    let extent = Extent::of_search(
        &products(events).unwrap_or_default(),
        &lists(events),
        events.sky.source,
        &generation,
    );
    let whens = query.days.iter().flat_map(|day| [day.start, day.end]);
    let identity = live.map(|live| &live.identity);
    let written = query.written();
    let tag = range_tag(&generation, &written, whens, &extent, Format::Json, identity).text();
    let head = head.tagged(&tag);
    // What month it is may have changed, whatever the client has.
    if let Some(known) = head.known(request).filter(|_| !query.is_now) {
        return Ok(known);
    }
    let question =
        (!query.is_now).then(|| Question::new(Resource::MoonCalendar, request, Format::Json, tag, written));
    let computing = computed(Arc::clone(app), generation, query, extent);
    let told = app.remainder().told(question, computing).await?;
    if let Some(known) = head.known_as_any(request, coding) {
        return Ok(known);
    }
    head.whole(Format::Json, coding, true, &told)
}

async fn computed(
    app: Arc<App>,
    generation: Arc<Generation>,
    query: MoonCalendarQuery,
    extent: Extent,
) -> Result<Answer, Problem> {
    let events = &query.events;
    let mut answered = Answered::default();
    let rows = rows(&app, &generation, &query, &mut answered).await?;
    let mut json = Json::new();
    json.verbatim(b"{\"query\":").verbatim(query.written().as_bytes());
    json.key("days").open(b'[');
    for row in &rows {
        write(&mut json, &query, &generation, row);
    }
    json.close(b']');
    let range = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => first.start.tt.jd()..last.end.tt.jd(),
        _ => 0.0..0.0,
    };
    let extent = extent.within(&range, &generation);
    let provenance = Provenance::of(&events.sky, &extent, &generation, app.live(), answered);
    let mix = provenance.mix();
    json.key("provenance").verbatim(provenance.written(true).as_bytes());
    json.close(b'}');
    Ok(Answer { content: json.into_bytes(), mix, shares: Shares::default() })
}

/// Everything that is told of the days.
async fn rows(
    app: &Arc<App>,
    generation: &Arc<Generation>,
    query: &MoonCalendarQuery,
    answered: &mut Answered,
) -> Result<Vec<Row>, Problem> {
    let deadline = Clock::now() + app.limits().compute();
    let mut instants = Vec::with_capacity(query.days.len() + 1);
    let last = query.days.last().map(|day| day.end);
    for when in query.days.iter().map(|day| day.start).chain(last) {
        instants.push(instant(app, &query.events, generation, "start", when).await?);
    }
    let starts = instants[..query.days.len()].to_vec();
    let moons = moon_at(app, generation, &query.events, starts, answered, deadline).await?;
    let mut teller = Teller::new(app, &query.events, generation, 0, Some(deadline)).await?;
    let mut events = Vec::new();
    while let Some(mut more) = teller.next(app, BATCH).await? {
        events.append(&mut more);
        tokio::task::yield_now().await;
    }
    answered.table += teller.answered().table;
    answered.live += teller.answered().live;
    let searcher = query
        .rising
        .as_ref()
        .map(|rising| Searcher { query: Arc::clone(rising), generation: Arc::clone(generation) });
    let calendar = query.events.span.clock.calendar;
    let mut rows = Vec::with_capacity(query.days.len());
    let mut events = events.into_iter().peekable();
    for (nth, (day, (moon, is_live))) in query.days.iter().zip(moons).enumerate() {
        let (start, end) = (instants[nth], instants[nth + 1]);
        let crossings = match &searcher {
            Some(searcher) => {
                let told = rise_set::told(app, searcher, day).await?;
                told.count(answered);
                Some(told.first_body().collect())
            }
            None => None,
        };
        let mut own = Vec::new();
        while let Some(event) = events.next_if(|event| event.at.tt < end.tt) {
            own.push(event);
        }
        let date = day.number.map(|number| number.civil(calendar).to_string()).unwrap_or_default();
        rows.push(Row { date, start, end, moon, is_live, events: own, crossings });
        if Clock::now() > deadline {
            return Err(too_long(app));
        }
    }
    Ok(rows)
}

fn too_long(app: &App) -> Problem {
    let seconds = app.limits().compute().as_secs();
    Problem::new(Code::TimeLimit, format!("the calendar took more than {seconds} s to compute"))
        .hint("ask for fewer days")
        .retry_after(1)
}

/// Writes a day.
fn write(json: &mut Json, query: &MoonCalendarQuery, generation: &Generation, row: &Row) {
    let events = &query.events;
    let pen = Pen {
        shape: Shape::Events,
        precision: events.sky.precision,
        calendar: events.span.clock.calendar,
        zone: events.span.clock.zone,
        leaps: &generation.leaps,
    };
    let degrees = decimals(events.sky.precision, Unit::Degrees);
    let MoonAt {
        longitude_deg,
        sidereal_deg,
        latitude_deg,
        distance_au,
        ahead_deg,
        illuminated_fraction,
        age_days,
    } = row.moon;
    let (longitude_deg, shown_deg) = along(longitude_deg, degrees);
    json.open(b'{');
    json.key("date").string(&row.date);
    pen.instant(json.key("start"), &row.start);
    json.key("phase").string(phase(row));
    number(json.key("illuminated_fraction"), illuminated_fraction, degrees);
    match age_days {
        Some(days) => number(json.key("age"), days, degrees),
        None => json.key("age").null(),
    }
    number(json.key("elongation"), along(ahead_deg, degrees).0, degrees);
    json.key("tithi").integer(row.moon.tithi().into());
    number(json.key("longitude"), longitude_deg, degrees);
    number(json.key("latitude"), latitude_deg, degrees);
    number(json.key("distance"), distance_au, decimals(events.sky.precision, Unit::Au));
    let InSign { sign, degrees: within, .. } = InSign::of(shown_deg);
    json.key("sign").string(sign.name());
    number(json.key("sign_longitude"), within, degrees);
    json.key("nakshatra").string(InNakshatra::of(sidereal_deg).nakshatra.name());
    if let Some(crossings) = &row.crossings {
        for name in ["rise", "set"] {
            json.key(name).open(b'[');
            let own = crossings.iter().filter(|(known, _)| *known == name);
            own.for_each(|(_, at)| pen.instant(json, at));
            json.close(b']');
        }
    }
    json.key("events").open(b'[');
    row.events.iter().for_each(|event| pen.json(json, event));
    json.close(b']');
    json.key("source").string(if row.is_live { "live" } else { "table" });
    json.close(b'}');
}

/// What the Moon is called on a day: by the phase that falls into it, or by those on either side.
fn phase(row: &Row) -> &'static str {
    let lunation = row.events.iter().find(|event| event.kind == EventType::Lunation);
    let phase = lunation.and_then(|event| event.fields.iter().find(|field| field.name == "phase"));
    match phase {
        Some(Field { value: Value::Word(name), .. }) => name,
        _ => row.moon.phase_name(),
    }
}
