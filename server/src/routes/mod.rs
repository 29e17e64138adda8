//! The resources, a module each, and the one table of their paths.

pub(crate) mod dataset;
pub(crate) mod health;
pub(crate) mod positions;

use bytes::Bytes;
use http::Response;

use crate::app::App;
use crate::wire::problem::Problem;
use crate::wire::request::Request;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Positions,
    Dataset,
    HealthLive,
    HealthReady,
}

/// A path with its resource and the methods that it takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) resource: Resource,
    /// As `Allow` lists them.
    pub(crate) methods: &'static str,
}

/// Every route.
pub(crate) const ROUTES: &[Route] = &[
    Route { path: "/v1/positions", resource: Resource::Positions, methods: "GET, HEAD" },
    Route { path: "/v1/dataset", resource: Resource::Dataset, methods: "GET, HEAD" },
    Route { path: "/health/live", resource: Resource::HealthLive, methods: "GET, HEAD" },
    Route { path: "/health/ready", resource: Resource::HealthReady, methods: "GET, HEAD" },
];

/// Asks a resource.
pub(crate) async fn ask(
    resource: Resource,
    app: &App,
    request: &Request,
) -> Result<Response<Bytes>, Problem> {
    match resource {
        Resource::Positions => positions::get(app, request).await,
        Resource::Dataset => dataset::get(app, request),
        Resource::HealthLive => health::live(request),
        Resource::HealthReady => health::ready(app, request),
    }
}
