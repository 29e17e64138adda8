//! `/v1/jobs…`: requests that are answered later. Any worker tells of any job, since all of it lies in its folder.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderValue, Response, StatusCode};

use crate::app::App;
use crate::jobs::{Archive, Job, JobId, Posted, Refused, State, now_us};
use crate::query::Params;
use crate::routes::Asked;
use crate::routes::document::of_this_moment;
use crate::wire::aside;
use crate::wire::problem::{Cause, Code, Problem, shown};
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::route::{Site, not_found};

mod events;
mod result;
mod spec;

pub(crate) use events::get as events;
pub(crate) use result::get as result;
use spec::PARAMETERS;
pub(crate) use spec::{ENDED, EVENTS, ONE, POSTED, RESULT};

/// After how many seconds there may be room for another job.
const RETRY_S: u32 = 60;

/// Takes a job.
pub(crate) fn post(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        Params::parse(request.query(), &[])?;
        let archive = archive(&app)?;
        app.check_stream()?;
        let body = request.body(&app).await?;
        let posted = aside::read(body.len(), move || Posted::read(&body)).await?;
        let expected_rows = tried(&app, &posted).await.map_err(|problem| posted.told_of(problem))?;
        let keeper = Arc::clone(&archive);
        let job =
            aside::done(move || keeper.post(&posted, expected_rows).map_err(|refused| untaken(&refused)));
        let job = job.await?;
        archive.announce();
        let mut response = told(&job);
        *response.status_mut() = StatusCode::ACCEPTED;
        // Letters, digits and slashes make a header value.
        if let Ok(place) = HeaderValue::try_from(format!("/v1/jobs/{}", job.id)) {
            response.headers_mut().insert(LOCATION, place);
        }
        Ok(Reply::from(response))
    }))
}

/// Finds out whether what a job is to ask can be understood, and how many rows it will be answered with, if that is known.
async fn tried(app: &Arc<App>, posted: &Posted) -> Result<Option<u64>, Problem> {
    let unreadable = || {
        Problem::new(Code::InvalidValue, "the job is no request").hint("send path as a request line has it")
    };
    let request = Arc::new(posted.wanted.request(posted.body.clone()).ok_or_else(unreadable)?.into_trial());
    let site = Site::new(app);
    let path = request.path();
    let Some(route) = site.route(path) else {
        // That there is no such job is another matter.
        let unknown = not_found(path);
        let problem = Problem::new(Code::UnknownValue, unknown.detail.clone());
        return Err(problem.hint(unknown.hint.clone().unwrap_or_default()));
    };
    if !route.resource.may_be_job() {
        return Err(Problem::new(
            Code::Meaningless,
            format!("{} is nothing that a job can ask for", shown(path)),
        )
        .hint(
            "ask it yourself; a job asks for what is computed and comes to an end, such as /v1/ephemeris",
        ));
    }
    if !route.methods.split(", ").any(|known| known == request.method().as_str()) {
        let detail = format!("{} does not take {}", route.path, request.method());
        return Err(Problem::new(Code::Contradiction, detail)
            .hint("leave method and body out, and put parameters into the path's query"));
    }
    Ok(site.outcome(&request).await?.expected_rows())
}

/// Tells how a job stands.
pub(crate) fn one(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let (archive, id) = named(&app, &request)?;
        Ok(Reply::from(told(&found(&archive, id).await?)))
    }))
}

/// Ends a job, or removes what has come of it.
pub(crate) fn end(app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let (app, request) = (Arc::clone(app), Arc::clone(request));
    Asked::Later(Box::pin(async move {
        let (archive, id) = named(&app, &request)?;
        let keeper = Arc::clone(&archive);
        let job = aside::done(move || keeper.end(id).map_err(|error| unread(&keeper, &error))).await?;
        archive.announce();
        Ok(Reply::from(told(&job.ok_or_else(unknown)?)))
    }))
}

/// The jobs, where any are taken.
fn archive(app: &App) -> Result<Arc<Archive>, Problem> {
    app.jobs().map(Arc::clone).ok_or_else(|| {
        Problem::new(Code::JobsDisabled, "this server takes no jobs")
            .hint("ask directly, with format=ndjson, csv or arrow for what is long; the operator can set jobs.enabled")
    })
}

/// The jobs, and the id that the path names.
fn named(app: &App, request: &Request) -> Result<(Arc<Archive>, JobId), Problem> {
    // `/v1/jobs/{id}`, and perhaps more.
    let id = request.path().split('/').nth(3).unwrap_or_default();
    let params = Params::parse_in(request.query(), ("id", id), PARAMETERS)?;
    let id = params.get("id").and_then(JobId::parse).ok_or_else(unknown);
    Ok((archive(app)?, id?))
}

/// A job, which there must be.
async fn found(archive: &Arc<Archive>, id: JobId) -> Result<Job, Problem> {
    let keeper = Arc::clone(archive);
    let found = aside::done(move || keeper.find(id).map_err(|error| unread(&keeper, &error)));
    found.await?.ok_or_else(unknown)
}

fn told(job: &Job) -> Response<Bytes> {
    of_this_moment(&job.document(now_us()))
}

fn unknown() -> Problem {
    Problem::new(Code::UnknownJob, "there is no such job, or it is kept no longer")
        .parameter("id")
        .hint("give the id that the reply to POST /v1/jobs told; what has ended is kept for a set time")
}

fn unread(archive: &Archive, error: &io::Error) -> Problem {
    Problem::new(Code::Internal, "the job cannot be read; the failure has been logged")
        .hint("ask again in a moment, and tell the operator")
        .cause(Cause::Server(format!("{}: {error}", archive.dir().display())))
}

fn untaken(refused: &Refused) -> Problem {
    let later = |code, hint| Problem::new(code, refused.to_string()).hint(hint).retry_after(RETRY_S);
    match refused {
        Refused::TooMany { .. } => later(
            Code::TooManyJobs,
            "remove jobs whose results you have read with DELETE, or post it again later",
        ),
        Refused::DiskFull { .. } => later(
            Code::JobsDiskFull,
            "remove jobs whose results you have read with DELETE, or post it again later",
        ),
        Refused::Disk { .. } if refused.is_full() => {
            Problem::new(Code::JobsDiskFull, "the disk of the jobs is full")
                .hint("post it again later")
                .retry_after(RETRY_S)
                .cause(Cause::Server(refused.to_string()))
        }
        Refused::Disk { .. } => {
            Problem::new(Code::Internal, "the job cannot be written down; the failure has been logged")
                .hint("post it again in a moment, and tell the operator")
                .cause(Cause::Server(format!("{refused}; make the directory of jobs (jobs.dir) writable")))
        }
    }
}

/// Why a job that has ended, or has not begun, has no result.
fn without_result(job: &Job) -> Problem {
    match job.state(now_us()) {
        State::Expired => Problem::new(Code::JobExpired, "the result was kept for its time, and is gone")
            .parameter("id")
            .hint("post the job again"),
        State::Cancelled => Problem::new(Code::JobCancelled, "the job was cancelled, and has no result")
            .parameter("id")
            .hint("post it again"),
        _ => Problem::new(Code::JobUnfinished, "nothing of the result is there yet")
            .parameter("id")
            .hint("ask again when the job is running or done: /v1/jobs/{id} says so, and /v1/jobs/{id}/events as it happens"),
    }
}
