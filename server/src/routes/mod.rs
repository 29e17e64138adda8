//! The resources, a module each, and the one table of their paths.

pub(crate) mod asset;
pub(crate) mod ayanamsas;
pub(crate) mod brief;
pub(crate) mod charts;
pub(crate) mod dataset;
pub(crate) mod docs;
pub(crate) mod document;
pub(crate) mod eclipses;
pub(crate) mod ephemeris;
pub(crate) mod events;
mod head;
pub(crate) mod health;
mod inquiry;
pub(crate) mod jobs;
pub(crate) mod listing;
pub(crate) mod metrics;
pub(crate) mod moon;
pub(crate) mod openapi;
pub(crate) mod page;
pub(crate) mod parameters;
pub(crate) mod positions;
pub(crate) mod rise_set;
pub(crate) mod stars;
pub(crate) mod status;
pub(crate) mod stream;
pub(crate) mod table;
pub(crate) mod telling;
mod told;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::routes::openapi::spec::Spec;
use crate::wire::problem::Problem;
use crate::wire::reply::Reply;
use crate::wire::request::Request;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Positions,
    Ephemeris,
    Events,
    Eclipses,
    Eclipse,
    LocalEclipse,
    EclipsePath,
    MoonPhases,
    MoonVoidOfCourse,
    MoonCalendar,
    Stars,
    RiseSet,
    Ayanamsas,
    Aspects,
    Chart,
    Houses,
    Lots,
    Synastry,
    Charts,
    Composite,
    Compatibility,
    Astrocartography,
    Parans,
    Brief,
    Transits,
    Returns,
    Progressions,
    SkyStream,
    Jobs,
    Job,
    JobEvents,
    JobResult,
    Dataset,
    HealthLive,
    HealthReady,
    Status,
    Metrics,
    OpenApi,
    Docs,
    Page,
}

impl Resource {
    /// Whether a job may ask for it: what is computed, and comes to an end.
    pub(crate) const fn may_be_job(self) -> bool {
        use Resource::{
            Aspects, Astrocartography, Ayanamsas, Brief, Chart, Charts, Compatibility, Composite, Eclipse,
            EclipsePath, Eclipses, Ephemeris, Events, Houses, LocalEclipse, Lots, MoonCalendar, MoonPhases,
            MoonVoidOfCourse, Parans, Positions, Progressions, Returns, RiseSet, Stars, Synastry, Transits,
        };
        matches!(
            self,
            Positions
                | Ephemeris
                | Events
                | Eclipses
                | Eclipse
                | LocalEclipse
                | EclipsePath
                | MoonPhases
                | MoonVoidOfCourse
                | MoonCalendar
                | Stars
                | RiseSet
                | Ayanamsas
                | Aspects
                | Chart
                | Houses
                | Charts
                | Lots
                | Synastry
                | Composite
                | Compatibility
                | Astrocartography
                | Parans
                | Brief
                | Transits
                | Returns
                | Progressions
        )
    }
}

/// A path with its resource and the methods that it takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) resource: Resource,
    /// As `Allow` lists them.
    pub(crate) methods: &'static str,
    /// What `/openapi.json` says of it; `None` for what is made for browsers.
    pub(crate) spec: Option<&'static Spec>,
    /// What it says of what is posted there, where something can be.
    pub(crate) posted: Option<&'static Spec>,
    /// What it says of how something is removed there, where something can be.
    pub(crate) deleted: Option<&'static Spec>,
}

/// How `Allow` lists the methods of what can only be read.
const READING: &str = "GET, HEAD, OPTIONS";

/// How `Allow` lists the methods of what can be asked in a body as well.
const POSTING: &str = "GET, HEAD, POST, OPTIONS";

/// How `Allow` lists the methods of what can only be posted.
const POSTING_ALONE: &str = "POST, OPTIONS";

/// How `Allow` lists the methods of what can be read and removed.
const REMOVING: &str = "GET, HEAD, DELETE, OPTIONS";

impl Route {
    /// A route that programs ask.
    const fn documented(path: &'static str, resource: Resource, spec: &'static Spec) -> Route {
        Route { path, resource, methods: READING, spec: Some(spec), posted: None, deleted: None }
    }

    /// The same where something can be posted.
    const fn or_posted(mut self, spec: &'static Spec) -> Route {
        (self.methods, self.posted) = (POSTING, Some(spec));
        self
    }

    /// A route where something is posted, and nothing read.
    const fn posted(path: &'static str, resource: Resource, spec: &'static Spec) -> Route {
        Route { path, resource, methods: POSTING_ALONE, spec: None, posted: Some(spec), deleted: None }
    }

    /// The same where what is there can be removed.
    const fn or_deleted(mut self, spec: &'static Spec) -> Route {
        (self.methods, self.deleted) = (REMOVING, Some(spec));
        self
    }

    /// A file for browsers.
    const fn file(path: &'static str, resource: Resource) -> Route {
        Route { path, resource, methods: READING, spec: None, posted: None, deleted: None }
    }
}

/// What the paths of routes begin with that are asked of the sky, rather than of the server: what watches the service does not
/// count as its use.
pub(crate) const ROUTES_OF_THE_SKY: &str = "/v1/";

/// Every route.
pub(crate) const ROUTES: &[Route] = &[
    Route::documented("/v1/positions", Resource::Positions, &positions::SPEC)
        .or_posted(&positions::POSTED_SPEC),
    Route::documented("/v1/ephemeris", Resource::Ephemeris, &ephemeris::SPEC),
    Route::documented("/v1/events", Resource::Events, &events::SPEC),
    Route::documented("/v1/eclipses", Resource::Eclipses, &eclipses::LIST),
    Route::documented("/v1/eclipses/{id}", Resource::Eclipse, &eclipses::ONE),
    Route::documented("/v1/eclipses/{id}/local", Resource::LocalEclipse, &eclipses::LOCAL),
    Route::documented("/v1/eclipses/{id}/path", Resource::EclipsePath, &eclipses::PATH),
    Route::documented("/v1/moon/phases", Resource::MoonPhases, &moon::PHASES),
    Route::documented("/v1/moon/void-of-course", Resource::MoonVoidOfCourse, &moon::VOID),
    Route::documented("/v1/moon/calendar", Resource::MoonCalendar, &moon::CALENDAR),
    Route::documented("/v1/stars", Resource::Stars, &stars::SPEC),
    Route::documented("/v1/rise-set", Resource::RiseSet, &rise_set::SPEC),
    Route::documented("/v1/ayanamsas", Resource::Ayanamsas, &ayanamsas::SPEC),
    Route::documented("/v1/chart", Resource::Chart, &charts::chart::SPEC)
        .or_posted(&charts::chart::POSTED_SPEC),
    Route::documented("/v1/houses", Resource::Houses, &charts::houses::SPEC),
    Route::posted("/v1/charts", Resource::Charts, &charts::bulk::POSTED_SPEC),
    Route::documented("/v1/lots", Resource::Lots, &charts::lots::SPEC),
    Route::documented("/v1/aspects", Resource::Aspects, &charts::aspects::SPEC),
    Route::posted("/v1/synastry", Resource::Synastry, &charts::synastry::POSTED_SPEC),
    Route::posted("/v1/composite", Resource::Composite, &charts::composite::POSTED_SPEC),
    Route::documented("/v1/compatibility", Resource::Compatibility, &charts::compatibility::SPEC)
        .or_posted(&charts::compatibility::POSTED_SPEC),
    Route::documented("/v1/astrocartography", Resource::Astrocartography, &charts::astrocartography::SPEC),
    Route::documented("/v1/parans", Resource::Parans, &charts::parans::SPEC),
    Route::documented("/v1/brief", Resource::Brief, &brief::SPEC),
    Route::posted("/v1/transits", Resource::Transits, &charts::transits::POSTED_SPEC),
    Route::posted("/v1/returns", Resource::Returns, &charts::returns::POSTED_SPEC),
    Route::posted("/v1/progressions", Resource::Progressions, &charts::progressions::POSTED_SPEC),
    Route::documented("/v1/stream/sky", Resource::SkyStream, &stream::SPEC),
    Route::posted("/v1/jobs", Resource::Jobs, &jobs::POSTED),
    Route::documented("/v1/jobs/{id}", Resource::Job, &jobs::ONE).or_deleted(&jobs::ENDED),
    Route::documented("/v1/jobs/{id}/events", Resource::JobEvents, &jobs::EVENTS),
    Route::documented("/v1/jobs/{id}/result", Resource::JobResult, &jobs::RESULT),
    Route::documented("/v1/dataset", Resource::Dataset, &dataset::SPEC),
    Route::documented("/health/live", Resource::HealthLive, &health::LIVE),
    Route::documented("/health/ready", Resource::HealthReady, &health::READY),
    Route::documented("/status", Resource::Status, &status::SPEC),
    Route::documented("/metrics", Resource::Metrics, &metrics::SPEC),
    Route::documented("/openapi.json", Resource::OpenApi, &openapi::SPEC),
    Route::file("/docs", Resource::Docs),
    Route::file("/docs/docs.css", Resource::Docs),
    Route::file("/docs/docs.js", Resource::Docs),
    Route::file("/docs/swagger-ui.css", Resource::Docs),
    Route::file("/docs/swagger-ui-bundle.js", Resource::Docs),
    Route::file("/", Resource::Page),
    Route::file("/favicon.svg", Resource::Page),
    Route::file("/favicon.ico", Resource::Page),
    Route::file("/page/style.css", Resource::Page),
    Route::file("/page/almanac.js", Resource::Page),
    Route::file("/page/api.js", Resource::Page),
    Route::file("/page/calendar.js", Resource::Page),
    Route::file("/page/chart.js", Resource::Page),
    Route::file("/page/dom.js", Resource::Page),
    Route::file("/page/eclipses.js", Resource::Page),
    Route::file("/page/examples.js", Resource::Page),
    Route::file("/page/format.js", Resource::Page),
    Route::file("/page/glyphs.js", Resource::Page),
    Route::file("/page/light.js", Resource::Page),
    Route::file("/page/main.js", Resource::Page),
    Route::file("/page/phase.js", Resource::Page),
    Route::file("/page/place.js", Resource::Page),
    Route::file("/page/proof.js", Resource::Page),
    Route::file("/page/sky.js", Resource::Page),
    Route::file("/page/table.js", Resource::Page),
    Route::file("/page/theme.js", Resource::Page),
    Route::file("/page/time.js", Resource::Page),
    Route::file("/page/wheel.js", Resource::Page),
];

/// What asking a resource comes to.
pub(crate) enum Asked {
    Now(Result<Reply, Problem>),
    /// What takes time is boxed: replies that take none do not carry its room about with them.
    Later(Pin<Box<dyn Future<Output = Result<Reply, Problem>> + Send>>),
}

/// Asks a resource.
pub(crate) fn ask(resource: Resource, app: &Arc<App>, request: &Arc<Request>) -> Asked {
    let response = match resource {
        Resource::Positions if *request.method() == Method::POST => return positions::post(app, request),
        Resource::Positions => return positions::get(app, request),
        Resource::Ephemeris => return ephemeris::get(app, request),
        Resource::Events => return events::get(app, request),
        Resource::Eclipses => return eclipses::list(app, request),
        Resource::Eclipse => return eclipses::one(app, request),
        Resource::LocalEclipse => return eclipses::local(app, request),
        Resource::EclipsePath => return eclipses::path(app, request),
        Resource::MoonPhases => return moon::phases(app, request),
        Resource::MoonVoidOfCourse => return moon::void(app, request),
        Resource::MoonCalendar => return moon::calendar(app, request),
        Resource::Stars => return stars::get(app, request),
        Resource::RiseSet => return rise_set::get(app, request),
        Resource::Ayanamsas => return ayanamsas::get(app, request),
        Resource::Chart if *request.method() == Method::POST => return charts::chart::post(app, request),
        Resource::Chart => return charts::chart::get(app, request),
        Resource::Charts => return charts::bulk::post(app, request),
        Resource::Aspects => return charts::aspects::get(app, request),
        Resource::Houses => return charts::houses::get(app, request),
        Resource::Lots => return charts::lots::get(app, request),
        Resource::Synastry => return charts::synastry::post(app, request),
        Resource::Composite => return charts::composite::post(app, request),
        Resource::Compatibility if *request.method() == Method::POST => {
            return charts::compatibility::post(app, request);
        }
        Resource::Compatibility => charts::compatibility::get(request),
        Resource::Astrocartography => return charts::astrocartography::get(app, request),
        Resource::Parans => return charts::parans::get(app, request),
        Resource::Brief => return brief::get(app, request),
        Resource::Transits => return charts::transits::post(app, request),
        Resource::Returns => return charts::returns::post(app, request),
        Resource::Progressions => return charts::progressions::post(app, request),
        Resource::SkyStream => return stream::get(app, request),
        Resource::Jobs => return jobs::post(app, request),
        Resource::Job if *request.method() == Method::DELETE => return jobs::end(app, request),
        Resource::Job => return jobs::one(app, request),
        Resource::JobEvents => return jobs::events(app, request),
        Resource::JobResult => return jobs::result(app, request),
        Resource::Dataset => dataset::get(app, request),
        Resource::HealthLive => health::live(request),
        Resource::HealthReady => health::ready(app, request),
        Resource::Status => status::get(app, request),
        Resource::Metrics => return metrics::get(app, request),
        Resource::OpenApi => openapi::get(request),
        Resource::Docs => docs::get(request),
        Resource::Page => page::get(request),
    };
    Asked::Now(response.map(Reply::from))
}
