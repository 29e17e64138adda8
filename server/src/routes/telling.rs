//! How what is told of charts is replied to: from tables on the spot, or beside the thread that serves where it takes long, and
//! as a whole on a live thread where tables do not know all of it.

use std::sync::Arc;
use std::time::Instant as Clock;

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use orrery_almanac::LeapSeconds;
use orrery_swisseph::Session;

use crate::answer::candidates;
use crate::answer::evaluate;
use crate::answer::events::searchable;
use crate::answer::ground::{Beyond, Ground, Names, Used};
use crate::answer::mix::Mix;
use crate::answer::plan::{live_unavailable, only_live, range_tag};
use crate::answer::tables::Extent;
use crate::app::{App, Generation};
use crate::query::{Parameter, Params, SourceChoice, When};
use crate::remainder::{Answer, Question, Told};
use crate::routes::head::ReplyHead;
use crate::routes::{Asked, Resource};
use crate::wire::aside;
use crate::wire::coding::{Coding, LEAST_BYTES};
use crate::wire::header::kept;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};
use crate::wire::reply::{Reply, Share, Shares};
use crate::wire::request::Request;

/// Something that is told of charts.
pub(crate) trait Telling: Send + Sync + 'static {
    /// The remedy where live computing takes too long.
    const LESS: &'static str;

    /// Who may answer.
    fn source(&self) -> SourceChoice;

    /// Whether the reply is true of the moment of asking alone.
    fn is_now(&self) -> bool;

    /// Whether it tells where somebody was, or of what somebody is; then nobody else keeps it.
    fn is_personal(&self) -> bool {
        true
    }

    /// Whether it takes so long that others should not wait for it.
    fn is_long(&self) -> bool {
        false
    }

    /// The language that it is told in, where it has one.
    fn language(&self) -> Option<&str> {
        None
    }

    /// Refuses an instant that is none, by the name that it has in the request: see [`When::check`].
    fn check(&self, leaps: &LeapSeconds) -> Result<(), Problem>;

    /// How many bodies are computed, for the counters.
    fn bodies(&self) -> usize;

    /// Tells it, as a document of a format. `names` says who answered.
    fn tell(&self, ground: &mut Ground<'_>, format: Format, names: &Names) -> Result<Bytes, Beyond>;
}

/// Something that a query string says all of: replies have tags, by which clients know them again, and others may keep them.
pub(crate) trait Kept: Telling {
    /// All that was asked, as it was understood: the `query` of the reply.
    fn written(&self, format: Format) -> String;

    /// The instants that were asked for.
    fn whens(&self) -> Vec<When>;

    /// The blocks that the reply may be from.
    fn extent(&self, generation: &Generation) -> Extent;

    /// What the reply depends on that neither tables nor the live source hold.
    fn beside(&self) -> Vec<u8> {
        Vec::new()
    }
}

/// What a reply is known again by.
struct Identity {
    tag: Vec<u8>,
    /// The query, as it was understood.
    written: String,
}

impl Identity {
    fn of<T: Kept>(telling: &T, app: &App, generation: &Generation, format: Format) -> Identity {
        let written = telling.written(format);
        let live = app.live().filter(|_| telling.source() != SourceChoice::Table);
        let identity = live.map(|live| &live.identity);
        let extent = telling.extent(generation);
        let mut depends = written.clone().into_bytes();
        depends.extend(telling.beside());
        let tag = range_tag(generation, &depends, telling.whens(), &extent, format, identity).text();
        Identity { tag: tag.to_vec(), written }
    }
}

/// How a reply's identity is found; what is posted has none.
type Identify<T> = fn(&T, &App, &Generation, Format) -> Option<Identity>;

/// What those are called who answer live.
pub(super) fn names_of(app: &App) -> Names {
    app.live().map_or_else(Names::default, |live| Names {
        files: (*live.ephemeris).into(),
        moshier: (*live.moshier).into(),
    })
}

/// What may be refused of what is posted, but for what every request may meet.
pub(crate) const POSTED_REFUSALS: &[StatusCode] = &[
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::CONFLICT,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// The body of a request, which is a document of JSON.
pub(super) async fn body(app: &App, request: &Request) -> Result<Bytes, Problem> {
    // One that does not say how long it is may be of any length.
    let is_told = request.headers().contains_key(CONTENT_LENGTH);
    app.check_body(request.body_bytes().filter(|_| is_told))?;
    request.body(app).await
}

/// Replies to a query string of a resource, which offers these formats.
pub(super) fn get<T: Kept>(
    app: &Arc<App>,
    request: &Arc<Request>,
    resource: Resource,
    parameters: &'static [Parameter],
    formats: &'static [Format],
    read: fn(&App, &Params<'_>, Format) -> Result<T, Problem>,
) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let params = Params::parse(request.query(), parameters)?;
        let format = request.format(params.get("format"), formats)?;
        let identify: Identify<T> =
            |telling, app, generation, format| Some(Identity::of(telling, app, generation, format));
        reply(&app, &request, resource, format, identify, read(&app, &params, format)).await
    }))
}

/// What a client wants of a resource that offers these formats.
pub(super) struct Wanted<'r> {
    request: &'r Request,
    formats: &'static [Format],
}

impl Wanted<'_> {
    /// The format of the reply, which a body may name too.
    pub(super) fn format(&self, params: &Params<'_>) -> Result<Format, Problem> {
        self.request.format(params.get("format"), self.formats)
    }
}

/// The same of what is posted, of which some may stand in the query string.
pub(super) fn post<T: Telling>(
    app: &Arc<App>,
    request: &Arc<Request>,
    resource: Resource,
    parameters: &'static [Parameter],
    formats: &'static [Format],
    read: fn(&App, &[u8], &mut Params<'_>, &Wanted<'_>) -> Result<T, Problem>,
) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let mut params = Params::parse(request.query(), parameters)?.into_owned();
        let body = body(&app, &request).await?;
        let (length, asked) = (body.len(), (Arc::clone(&app), Arc::clone(&request)));
        let reading = move || {
            let (app, request) = asked;
            let wanted = Wanted { request: &request, formats };
            let read = read(&app, &body, &mut params, &wanted);
            Ok((read, wanted.format(&params)?))
        };
        let (read, format) = aside::read(length, reading).await?;
        reply(&app, &request, resource, format, |_, _, _, _| None, read).await
    }))
}

/// Replies to what was read out of a request, or to what was wrong with it.
async fn reply<T: Telling>(
    app: &Arc<App>,
    request: &Request,
    resource: Resource,
    format: Format,
    identify: Identify<T>,
    read: Result<T, Problem>,
) -> Result<Reply, Problem> {
    let telling = match read {
        Ok(telling) => Arc::new(telling),
        // What the client is told of its readings may take live computing.
        Err(problem) => return Err(candidates::complete(app, problem).await),
    };
    let generation = app.generation();
    telling.check(&generation.leaps)?;
    if request.is_trial() {
        return Ok(Reply::understood(None));
    }
    let coding = request.coding()?;
    let mut head = ReplyHead::new(&generation, kept(telling.is_now(), telling.is_personal()));
    if let Some(tag) = telling.language() {
        head = head.in_language(tag);
    }
    let mut question = None;
    if let Some(Identity { tag, written }) = identify(&telling, app, &generation, format) {
        head = head.tagged(&tag);
        if let Some(known) = head.known(request) {
            return Ok(known);
        }
        question = (!telling.is_now()).then(|| Question::new(resource, request, format, tag, written));
    }
    let until = Clock::now() + app.limits().compute();
    let told = match by_tables(app, &generation, &telling, format, until).await? {
        Some(answer) => Told { answer: Arc::new(answer), is_kept: false },
        None if telling.source() == SourceChoice::Table => {
            return Err(only_live("tables do not know all that is asked for"));
        }
        None if app.live().is_none() => return Err(live_unavailable()),
        None => {
            let computing = live(Arc::clone(app), generation, telling, format, until);
            app.remainder().told(question, computing).await?
        }
    };
    let coding = if told.answer.content.len() < LEAST_BYTES { Coding::Identity } else { coding };
    if let Some(known) = head.known_as_any(request, coding) {
        return Ok(known);
    }
    head.whole(format, coding, true, &told)
}

/// What tables tell until then, if they know all of it.
async fn by_tables<T: Telling>(
    app: &App,
    generation: &Arc<Generation>,
    telling: &Arc<T>,
    format: Format,
    until: Clock,
) -> Result<Option<Answer>, Problem> {
    if telling.source() == SourceChoice::Live {
        return Ok(None);
    }
    let names = names_of(app);
    let is_alone = app.live().is_none();
    let work = {
        let (generation, telling) = (Arc::clone(generation), Arc::clone(telling));
        move || {
            let began = Clock::now();
            let mut ground = Ground::of_tables(&generation, is_alone).until(until);
            match telling.tell(&mut ground, format, &names) {
                Ok(content) => Ok(Some(answer(&*telling, ground.used(), content, began))),
                Err(Beyond::Tables) => Ok(None),
                Err(Beyond::Refused(problem)) => Err(problem),
            }
        }
    };
    if !telling.is_long() {
        return work();
    }
    let refused = || {
        let limit_s = app.limits().compute_s;
        Problem::new(Code::TimeLimit, format!("it took more than {limit_s} s to compute"))
            .hint(T::LESS)
            .retry_after(1)
    };
    tokio::time::timeout_at(until.into(), aside::done(work)).await.unwrap_or_else(|_| Err(refused()))
}

/// The same with the live source, on one of its threads, within what tables have left of its time.
async fn live<T: Telling>(
    app: Arc<App>,
    generation: Arc<Generation>,
    telling: Arc<T>,
    format: Format,
    until: Clock,
) -> Result<Answer, Problem> {
    let names = names_of(&app);
    let began = Clock::now();
    let known = app.live().map_or(0.0..0.0, searchable);
    let job = move |session: &mut Session| {
        let mut ground = Ground::with_session(&generation, session, known, until);
        match telling.tell(&mut ground, format, &names) {
            Ok(content) => Ok(answer(&*telling, ground.used(), content, began)),
            Err(Beyond::Refused(problem)) => Err(problem),
            // Who has a session is not told that.
            Err(Beyond::Tables) => Err(left_to_tables()),
        }
    };
    evaluate::on_live_thread(&app, until, job, T::LESS).await
}

/// The refusal of what was left to tables by who has a session.
pub(super) fn left_to_tables() -> Problem {
    Problem::new(
        Code::Internal,
        "what was to be computed live was left to the tables; the failure has been logged",
    )
}

fn answer<T: Telling>(telling: &T, used: &Used, content: Bytes, began: Clock) -> Answer {
    let (mix, bodies) = (used.mix(), telling.bodies());
    let share = Some(Share { bodies, time: began.elapsed() });
    let shares = match mix {
        Mix::Table => Shares { bodies, table: share, live: None },
        _ => Shares { bodies, table: None, live: share },
    };
    Answer { content, mix, shares }
}
