//! From hyper's request to its reply: through warp, by a filter that takes any request.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::Request as HttpRequest;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use tower_service::Service as _;
use warp::Filter as _;
use warp::reply::Response;

use crate::app::App;
use crate::wire::request::Request;
use crate::wire::route::Site;

/// Answers every request, whatever happens on the way.
pub(crate) fn service(
    app: &Arc<App>,
) -> impl Service<HttpRequest<Incoming>, Response = Response, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    service_of(Site::new(app))
}

/// The same of any site.
pub(crate) fn service_of(
    site: Site,
) -> impl Service<HttpRequest<Incoming>, Response = Response, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    let site = Arc::new(site);
    service_fn(move |request: HttpRequest<Incoming>| {
        let (head, body) = request.into_parts();
        let (site, request) = (Arc::clone(&site), Arc::new(Request::new(head, body)));
        // A filter made for this request, since it holds its head: to have warp hand out parts of it would mean to copy
        // each, headers and all, where most need none of them.
        let filter = warp::any().then(move || site.answer(&request));
        warp::service(filter).call(HttpRequest::new(Empty::<Bytes>::new()))
    })
}
