//! From a request to its resource: one filter that takes all of it, and one router.

use std::any::Any;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Method, Response};
use hyper::body::Body;
use matchit::Router;
use tracing::{debug, error, warn};
use warp::Filter;

use crate::answer::render::Mix;
use crate::app::App;
use crate::process::counters::Reply;
use crate::routes::{self, ROUTES, Resource, Route};
use crate::wire::host;
use crate::wire::problem::{Cause, Code, Problem, nearest, shown};
use crate::wire::request::{Request, X_REQUEST_ID};

/// Longest body of a request.
const BODY_BYTES: u64 = 32 * 1024 * 1024;

/// The one filter: every request, and never a rejection.
pub(crate) fn filter(
    app: &Arc<App>,
) -> impl Filter<Extract = (Response<Bytes>,), Error = Infallible> + Clone + Send + Sync + 'static + use<> {
    let app = Arc::clone(app);
    let router = Arc::new(router());
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method().and(warp::path::full()).and(query).and(warp::header::headers_cloned()).then(
        move |method: Method, path: warp::path::FullPath, query: String, headers: HeaderMap| {
            let (app, router) = (Arc::clone(&app), Arc::clone(&router));
            async move {
                let request = Request::new(method, path.as_str().to_owned(), query, headers);
                answer(&app, &router, &request).await
            }
        },
    )
}

fn router() -> Router<&'static Route> {
    let mut router = Router::new();
    for route in ROUTES {
        // Two routes that contradict each other fail every test; nothing that a client sends comes here.
        if let Err(conflict) = router.insert(route.path, route) {
            error!(route.path, %conflict, "the route was left out");
        }
    }
    router
}

/// Refuses what no route can be asked about: a target that is no path, and a body where none is taken.
pub(crate) fn refusal<B: Body>(app: &App, request: &http::Request<B>) -> Option<Response<Bytes>> {
    let (method, uri) = (request.method(), request.uri());
    let problem = if uri.path_and_query().is_none() {
        Problem::new(Code::MalformedRequest, "the request target is no path")
            .hint("send a target that begins with a slash, such as /v1/positions; this server is no proxy")
    } else if let Some(problem) = host::problem(request.version(), request.headers()) {
        problem
    } else if (method == Method::GET || method == Method::HEAD) && !request.body().is_end_stream() {
        if request.body().size_hint().lower() > BODY_BYTES {
            Problem::new(Code::BodyTooLarge, format!("the body is longer than {BODY_BYTES} bytes"))
                .hint(format!("{method} takes no body: put parameters into the query string"))
        } else {
            Problem::new(Code::UnexpectedBody, format!("{method} takes no body"))
                .hint("put parameters into the query string, and leave the body out")
        }
    } else {
        return None;
    };
    let query = uri.query().unwrap_or_default().to_owned();
    let request = Request::new(method.clone(), uri.path().to_owned(), query, request.headers().clone());
    Some(finish(app, &request, None, Ok(Err(problem)), Instant::now()))
}

/// The reply where something failed on the way to a handler.
pub(crate) fn failed(app: &App, method: Method, uri: &http::Uri, panic: String) -> Response<Bytes> {
    let query = uri.query().unwrap_or_default().to_owned();
    let request = Request::new(method, uri.path().to_owned(), query, HeaderMap::new());
    finish(app, &request, None, Err(panic), Instant::now())
}

/// The reply to a request, whatever happens on the way.
async fn answer(app: &App, router: &Router<&'static Route>, request: &Request) -> Response<Bytes> {
    let started = Instant::now();
    let resource = router.at(&request.path).ok().map(|found| found.value.resource);
    let outcome = unpanicked(dispatch(app, router, request)).await;
    finish(app, request, resource, outcome, started)
}

/// What is sent for an outcome (a response, a problem, or the message of a panic), and what is logged of it.
fn finish(
    app: &App,
    request: &Request,
    resource: Option<Resource>,
    outcome: Result<Result<Response<Bytes>, Problem>, String>,
    started: Instant,
) -> Response<Bytes> {
    let outcome = outcome.unwrap_or_else(|panic| {
        // A panic's message may hold anything.
        let cause = Cause::Query(format!("a handler panicked: {panic}"));
        Err(Problem::new(
            Code::Internal,
            "a handler failed; the failure has been logged under the id of this request",
        )
        .hint("report it with the X-Request-Id of this reply")
        .cause(cause))
    });
    let mut response = outcome.unwrap_or_else(|problem| {
        log_failure(app, request, &problem);
        problem.response()
    });
    if request.method == Method::HEAD {
        let length = response.body().len();
        // A 304 has no content of its own whose length could be told.
        if response.status() != http::StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        *response.body_mut() = Bytes::new();
    }
    response.headers_mut().insert(X_REQUEST_ID, request.id.clone());
    let micros = started.elapsed().as_micros() as u64;
    let source = response.extensions().get::<Mix>().copied();
    app.counters().replied(Reply { resource, status: response.status().as_u16(), source, micros });
    debug!(
        id = ?request.id,
        method = %request.method,
        path = request.path,
        query = app.logs_queries().then_some(request.query.as_str()),
        status = response.status().as_u16(),
        micros,
    );
    response
}

/// Tells the log what a client is not told, under the id that it is told.
fn log_failure(app: &App, request: &Request, problem: &Problem) {
    let cause = match &problem.cause {
        None if problem.code != Code::Internal => return,
        None => problem.detail.as_ref(),
        Some(Cause::Query(_)) if !app.logs_queries() => {
            "withheld, as it may repeat the query; log_queries shows it"
        }
        Some(Cause::Server(cause) | Cause::Query(cause)) => cause,
    };
    warn!(id = ?request.id, path = request.path, code = problem.code.name(), cause, "refused");
}

async fn dispatch(
    app: &App,
    router: &Router<&'static Route>,
    request: &Request,
) -> Result<Response<Bytes>, Problem> {
    let most = app.limits().target_bytes;
    if request.target_bytes() > most {
        return Err(Problem::new(
            Code::TargetTooLong,
            format!("the request target is longer than {most} bytes"),
        )
        .hint("split the query into several requests"));
    }
    let Ok(found) = router.at(&request.path) else { return Err(not_found(&request.path)) };
    let Route { resource, methods, .. } = **found.value;
    if !methods.split(", ").any(|method| method == request.method.as_str()) {
        let mut problem = Problem::new(
            Code::MethodNotAllowed,
            format!("{} does not take {}", request.path, shown(request.method.as_str())),
        )
        .hint(format!("send one of {methods}"));
        problem.allow = Some(methods);
        return Err(problem);
    }
    routes::ask(resource, app, request).await
}

/// 404, with the route that was probably meant.
fn not_found(path: &str) -> Problem {
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
    let documented = ROUTES.iter().filter(|route| route.spec.is_some());
    let paths: Vec<_> = documented.map(|route| route.path).collect();
    problem.hint(format!("there are {}", paths.join(", ")))
}

/// Runs a handler to its end, or to its panic's message.
pub(crate) async fn unpanicked<T>(handler: impl Future<Output = T>) -> Result<T, String> {
    let mut handler = pin!(handler);
    poll_fn(|cx| {
        // A handler that panicked is not polled again, and what it shares with others (tables, the live pool) holds no
        // state that a panic could leave half changed.
        match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => Poll::Ready(Err(message(panic.as_ref()))),
        }
    })
    .await
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_routed() {
        let router = router();
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
        let caught = unpanicked(async { panic!("row {}", 7) }).await;
        assert_eq!(caught, Err::<(), _>("row 7".to_owned()));
        assert_eq!(unpanicked(async { 1 }).await, Ok(1));
    }
}
