//! From a request to its resource and back: one router, one reply whatever happens.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CONNECTION, CONTENT_LENGTH,
};
use http::{HeaderValue, Method, Response, StatusCode, Version};
use matchit::Router;
use tracing::{debug, error, warn};
use warp::Reply as _;

use crate::app::App;
use crate::process::counters;
use crate::routes::{self, Asked, ROUTES, Resource, Route};
use crate::wire::content::Content;
use crate::wire::host;
use crate::wire::problem::{Cause, Code, Problem, nearest, shown};
use crate::wire::reply::Reply;
use crate::wire::request::Request;
use crate::wire::running::Running;

/// The header fields that programs in browsers may send.
const ALLOWED_FIELDS: &str = "accept, content-encoding, content-type, if-none-match, x-request-id";

/// How long a browser may remember what it may send, seconds: as long as any does.
const MAX_AGE_S: &str = "86400";

/// A reply, or the work that is left to be done for it.
enum Answered<Work> {
    Now(warp::reply::Response),
    Later(Work),
}

/// Asks a resource.
pub(crate) type Ask = fn(Resource, &Arc<App>, &Arc<Request>) -> Asked;

/// What answers requests: the shared state, the router to what it is asked for, and who is asked.
#[derive(Debug)]
pub(crate) struct Site {
    app: Arc<App>,
    routes: &'static [Route],
    router: Router<&'static Route>,
    ask: Ask,
}

impl Site {
    pub(crate) fn new(app: &Arc<App>) -> Site {
        Site::of(app, ROUTES, routes::ask)
    }

    /// A site of these routes.
    pub(crate) fn of(app: &Arc<App>, routes: &'static [Route], ask: Ask) -> Site {
        Site { app: Arc::clone(app), routes, router: router(routes), ask }
    }

    /// The reply to a request, whatever happens on the way.
    pub(crate) fn answer(
        self: &Arc<Site>,
        request: &Arc<Request>,
    ) -> impl Future<Output = warp::reply::Response> + Send + use<> {
        let route = self.route(request.path());
        let answered = match unpanicked(|| self.ask(request, route)) {
            Ok(Asked::Now(outcome)) => Answered::Now(self.finish(request, route, Ok(outcome))),
            Err(panic) => Answered::Now(self.finish(request, route, Err(panic))),
            Ok(Asked::Later(reply)) => {
                let (site, request) = (Arc::clone(self), Arc::clone(request));
                Answered::Later(Box::pin(async move {
                    let outcome = unpanicked_future(reply).await;
                    site.finish(&request, route, outcome)
                }))
            }
        };
        async move {
            match answered {
                Answered::Now(response) => response,
                Answered::Later(work) => work.await,
            }
        }
    }

    /// What comes of a request that no connection brings; nothing of it is counted.
    pub(crate) async fn outcome(&self, request: &Arc<Request>) -> Result<Reply, Problem> {
        let route = self.route(request.path());
        let outcome = match unpanicked(|| self.ask(request, route)) {
            Ok(Asked::Now(outcome)) => Ok(outcome),
            Ok(Asked::Later(reply)) => unpanicked_future(reply).await,
            Err(panic) => Err(panic),
        };
        outcome.unwrap_or_else(|panic| Err(panicked(&panic)))
    }

    /// What is at a path.
    pub(crate) fn route(&self, path: &str) -> Option<&'static Route> {
        // What is asked most stands first.
        match self.routes.first() {
            Some(first) if first.path == path => Some(first),
            _ => self.router.at(path).ok().map(|found| *found.value),
        }
    }

    fn ask(&self, request: &Arc<Request>, route: Option<&Route>) -> Asked {
        if let Err(problem) = check(&self.app, request) {
            return Asked::Now(Err(problem));
        }
        let Some(Route { resource, methods, .. }) = route else {
            return Asked::Now(Err(not_found(request.path())));
        };
        let method = request.method();
        if *method == Method::OPTIONS {
            return Asked::Now(Ok(options(request, methods).into()));
        }
        let is_read = *method == Method::GET && methods.starts_with("GET");
        if !is_read && !methods.split(", ").any(|known| known == method.as_str()) {
            return Asked::Now(Err(not_allowed(request, methods)));
        }
        if let Err(problem) = check_body(&self.app, request) {
            return Asked::Now(Err(problem));
        }
        (self.ask)(*resource, &self.app, request)
    }

    /// What is sent for an outcome (a reply, a problem, or the message of a panic), what is counted and logged of it.
    fn finish(
        &self,
        request: &Request,
        route: Option<&'static Route>,
        outcome: Result<Result<Reply, Problem>, String>,
    ) -> warp::reply::Response {
        let app = &self.app;
        let outcome = outcome.unwrap_or_else(|panic| Err(panicked(&panic)));
        let mut reply = outcome.unwrap_or_else(|problem| {
            log_failure(app, request, &problem);
            Reply::refused(&problem)
        });
        let total = request.started().elapsed();
        reply.stamp(request.id(), total);
        let Reply { mut response, source, .. } = reply;
        if *request.method() == Method::HEAD {
            // A 304 has no content of its own whose length could be told.
            if response.status() != StatusCode::NOT_MODIFIED
                && let Some(length) = response.body().length()
            {
                response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
            }
            *response.body_mut() = Content::default();
        }
        // Whoever asks on a connection that is about to close is to open another, which another worker accepts.
        if app.is_draining()
            && request.version() < Version::HTTP_2
            && response.status() != StatusCode::SWITCHING_PROTOCOLS
        {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let (status, micros) = (response.status().as_u16(), total.as_micros() as u64);
        let resource = route.map(|route| route.resource);
        app.counters().replied(counters::Reply { resource, status, source, micros });
        debug!(
            id = request.id().to_str().unwrap_or_default(),
            method = %request.method(),
            path = logged_path(app, request),
            query = app.logs_queries().then_some(request.query()),
            status,
            micros,
        );
        let (head, content) = response.into_parts();
        match content {
            Content::Whole(bytes) => Response::from_parts(head, bytes).into_response(),
            Content::Stream(chunks) => {
                let path = route.map_or("", |route| route.path);
                let running = Running::new(chunks, app, request.id(), path);
                let mut response = warp::reply::stream(running).into_response();
                (*response.status_mut(), *response.headers_mut()) = (head.status, head.headers);
                response
            }
        }
    }
}

fn router(routes: &'static [Route]) -> Router<&'static Route> {
    let mut router = Router::new();
    for route in routes {
        // Two routes that contradict each other fail every test; nothing that a client sends comes here.
        if let Err(conflict) = router.insert(route.path, route) {
            error!(route.path, %conflict, "the route was left out");
        }
    }
    router
}

/// Refuses what no route can be asked about: a target that is no path or too long, and too many header fields.
fn check(app: &App, request: &Request) -> Result<(), Problem> {
    if !request.has_path() {
        return Err(Problem::new(Code::MalformedRequest, "the request target is no path")
            .hint("send a target that begins with a slash, such as /v1/positions; this server is no proxy"));
    }
    if let Some(problem) = host::problem(request.version(), request.headers()) {
        return Err(problem);
    }
    // On HTTP/1 that many do not come so far.
    let most = app.limits().headers;
    if request.headers().len() > most {
        let detail = format!("the request has more than {most} header fields");
        return Err(Problem::new(Code::HeadersTooLarge, detail).hint("send fewer header fields"));
    }
    let most = app.limits().target_bytes;
    if request.target_bytes() > most {
        return Err(Problem::new(
            Code::TargetTooLong,
            format!("the request target is longer than {most} bytes"),
        )
        .hint("split the query into several requests"));
    }
    Ok(())
}

/// Refuses a body of who only reads.
fn check_body(app: &App, request: &Request) -> Result<(), Problem> {
    let method = request.method();
    let Some(length) = request.body_bytes().filter(|_| *method == Method::GET || *method == Method::HEAD)
    else {
        return Ok(());
    };
    let most = app.limits().body_bytes;
    Err(if length > most as u64 {
        Problem::new(Code::BodyTooLarge, format!("the body is longer than {most} bytes"))
            .hint(format!("{method} takes no body: put parameters into the query string"))
    } else {
        Problem::new(Code::UnexpectedBody, format!("{method} takes no body"))
            .hint("put parameters into the query string, and leave the body out")
    })
}

/// 405, with the methods that the resource takes.
fn not_allowed(request: &Request, methods: &'static str) -> Problem {
    let (path, method) = (request.path(), shown(request.method().as_str()));
    let mut problem = Problem::new(Code::MethodNotAllowed, format!("{path} does not take {method}"))
        .hint(format!("send one of {methods}"));
    problem.allow = Some(methods);
    problem
}

/// What may be asked of a resource, and of a program in a browser that asks whether it may: everything.
fn options(request: &Request, methods: &'static str) -> Response<Content> {
    let mut response = Response::new(Content::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let header = response.headers_mut();
    header.insert(ALLOW, HeaderValue::from_static(methods));
    if request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        header.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        header.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_FIELDS));
        header.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_S));
    }
    response
}

/// What a client is told where a handler panicked.
pub(crate) fn panicked(message: &str) -> Problem {
    Problem::new(Code::Internal, "a handler failed; the failure has been logged under the id of this request")
        .hint("report it with the X-Request-Id of this reply")
        // A panic's message may hold anything.
        .cause(Cause::Query(format!("a handler panicked: {message}")))
}

/// What the log is told of a failure and a client is not, if anything.
pub(crate) fn cause<'a>(app: &App, problem: &'a Problem) -> Option<&'a str> {
    match &problem.cause {
        None if problem.code != Code::Internal => None,
        None => Some(problem.detail.as_ref()),
        Some(Cause::Query(_)) if !app.logs_queries() => {
            Some("withheld, as it may repeat the query; log_queries shows it")
        }
        Some(Cause::Server(cause) | Cause::Query(cause)) => Some(cause),
    }
}

/// What is below here is keys: who knows such a path may read what it leads to.
const KEYS: &str = "/v1/jobs/";

/// A path as the log may have it.
fn logged_path<'r>(app: &App, request: &'r Request) -> &'r str {
    match request.path() {
        path if path.starts_with(KEYS) && !app.logs_queries() => "/v1/jobs/…",
        path => path,
    }
}

/// Tells the log what a client is not told, under the id that it is told.
fn log_failure(app: &App, request: &Request, problem: &Problem) {
    if let Some(cause) = cause(app, problem) {
        let id = request.id();
        let id = id.to_str().unwrap_or_default();
        warn!(id, path = logged_path(app, request), code = problem.code.name(), cause, "refused");
    }
}

/// 404, with the route that was probably meant.
pub(crate) fn not_found(path: &str) -> Problem {
    let paths = || ROUTES.iter().map(|route| route.path);
    let meant = path.trim_end_matches('/');
    let suggestion = paths()
        .find(|known| meant.eq_ignore_ascii_case(known))
        .or_else(|| nearest(meant, paths()))
        .or_else(|| paths().find(|known| known.rsplit('/').next() == meant.rsplit('/').next()));
    let problem = Problem::new(Code::NotFound, format!("nothing is at {}", shown(path)));
    if let Some(known) = suggestion {
        return problem.hint(format!("did you mean {known}?"));
    }
    // The files that the pages are made of are nobody's destination.
    let documented = ROUTES.iter().filter(|route| route.spec.or(route.posted).is_some());
    let paths: Vec<_> = documented.map(|route| route.path).collect();
    problem.hint(format!("there are {}", paths.join(", ")))
}

/// Runs a handler to its end, or to its panic's message.
///
/// A handler that panicked is not asked again, and what it shares with others (tables, the live pool) holds no state that
/// a panic could leave half changed.
pub(crate) fn unpanicked<T>(handler: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(handler)).map_err(|panic| message(panic.as_ref()))
}

/// As [`unpanicked`], for what takes time.
async fn unpanicked_future<T>(mut handler: Pin<Box<dyn Future<Output = T> + Send>>) -> Result<T, String> {
    poll_fn(|cx| match unpanicked(|| handler.as_mut().poll(cx)) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// What a panic says.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_routed() {
        let router = router(ROUTES);
        for route in ROUTES {
            assert_eq!(router.at(route.path).unwrap().value.resource, route.resource);
        }
    }

    #[test]
    fn a_missed_path_names_the_near_route() {
        let hint = |path| not_found(path).hint.clone().unwrap();
        assert_eq!(hint("/v1/position"), "did you mean /v1/positions?");
        assert_eq!(hint("/v1/positions/"), "did you mean /v1/positions?");
        assert_eq!(hint("/positions"), "did you mean /v1/positions?");
        assert_eq!(hint("/ready"), "did you mean /health/ready?");
        assert!(hint("/quite/another/thing").starts_with("there are /v1/positions, "));
        assert_eq!(hint("//"), "did you mean /?");
    }

    #[tokio::test]
    async fn a_panic_is_caught_with_its_message() {
        assert_eq!(unpanicked(|| panic!("row {}", 7)), Err::<(), _>("row 7".to_owned()));
        assert_eq!(unpanicked(|| 1), Ok(1));
        let caught = unpanicked_future(Box::pin(async { panic!("row {}", 7) })).await;
        assert_eq!(caught, Err::<(), _>("row 7".to_owned()));
        assert_eq!(unpanicked_future(Box::pin(async { 1 })).await, Ok(1));
    }
}
