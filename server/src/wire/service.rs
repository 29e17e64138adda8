//! From hyper's request to its reply: what no route can be asked about is refused ahead of warp, which takes the rest.

use std::convert::Infallible;
use std::sync::Arc;

use http::header::CONNECTION;
use http::{HeaderValue, Request, Version};
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
            let version = request.version();
            let mut reply = if let Some(refusal) = route::refusal(&app, &request) {
                refusal.into_response()
            } else {
                let (method, uri) = (request.method().clone(), request.uri().clone());
                // The call too, for filters run in it and not in its future alone.
                match route::unpanicked(async move { routes.call(request).await }).await {
                    Ok(Ok(reply)) => reply,
                    Err(message) => route::failed(&app, method, &uri, message).into_response(),
                }
            };
            // Whoever asks on a connection that is about to close is to open another, which another worker accepts.
            if app.is_draining() && version < Version::HTTP_2 {
                reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(reply)
        }
    })
}
