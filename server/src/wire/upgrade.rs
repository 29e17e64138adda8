//! A connection on its way from HTTP to another protocol, in which it still takes its place and is still guarded.

use std::sync::Arc;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::sync::OwnedSemaphorePermit;

use crate::process::counters::Connected;
use crate::wire::guard::{InService, Watch};

/// What a connection takes as long as it is open: it is counted, and one less can be accepted.
#[derive(Debug)]
pub(crate) struct Place {
    _connected: Connected,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    pub(crate) fn new(connected: Connected, permit: Option<OwnedSemaphorePermit>) -> Place {
        Place { _connected: connected, _permit: permit }
    }
}

/// A request for another protocol, which may be granted.
#[derive(Clone, Debug)]
pub(crate) struct Upgrade {
    switched: OnUpgrade,
    watch: Arc<Watch>,
    place: Arc<Place>,
}

impl Upgrade {
    pub(crate) fn new(switched: OnUpgrade, watch: &Arc<Watch>, place: &Arc<Place>) -> Upgrade {
        Upgrade { switched, watch: Arc::clone(watch), place: Arc::clone(place) }
    }

    /// Grants it: the connection, once the reply that says so is on its way, and what is to be kept as long as anybody speaks
    /// on it.
    pub(crate) fn granted(self) -> (impl Future<Output = hyper::Result<TokioIo<Upgraded>>> + Send, Tenure) {
        let Upgrade { switched, watch, place } = self;
        // From now on: once the reply is out there must be no moment at which nothing seems to be under way.
        let tenure = Tenure { _serving: watch.enter(), _place: place };
        (async move { switched.await.map(TokioIo::new) }, tenure)
    }
}

/// What a connection in another protocol keeps. As long as it does, no clock of HTTP runs on it but that of a client that takes
/// nothing.
#[derive(Debug)]
pub(crate) struct Tenure {
    _serving: InService,
    _place: Arc<Place>,
}
