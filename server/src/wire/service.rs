//! From hyper's request to its reply: what no route can be asked about is refused ahead of warp, which takes the rest.

use std::convert::Infallible;
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::service::TowerToHyperService;
use warp::Reply as _;
use warp::reply::Response;

use crate::app::App;
use crate::wire::route;

/// Answers every request, whatever happens on the way.
pub(crate) fn service(
    app: &Arc<App>,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static
{
    let app = Arc::clone(app);
    let routes = TowerToHyperService::new(warp::service(route::filter(&app)));
    service_fn(move |request: Request<Incoming>| {
        let (app, routes) = (Arc::clone(&app), routes.clone());
        async move {
            if let Some(refusal) = route::refusal(&app, &request) {
                return Ok(refusal.into_response());
            }
            let (method, uri) = (request.method().clone(), request.uri().clone());
            // The call too, for filters run in it and not in its future alone.
            Ok(match route::unpanicked(async move { routes.call(request).await }).await {
                Ok(Ok(reply)) => reply,
                Err(message) => route::failed(&app, method, &uri, message).into_response(),
            })
        }
    })
}
