//! What every process of the service needs of the system, and does not get.

use std::io;

/// The system refuses what is needed.
#[derive(Debug, thiserror::Error)]
#[error(
    "the system refuses {what}: {source}; look at the limits that it sets (ulimit -a) and at the memory that is left"
)]
pub struct Refused {
    what: &'static str,
    source: io::Error,
}

impl Refused {
    /// Makes an error of what the system said, for use with `map_err`.
    pub(crate) fn asked_for(what: &'static str) -> impl FnOnce(io::Error) -> Refused {
        move |source| Refused { what, source }
    }
}
