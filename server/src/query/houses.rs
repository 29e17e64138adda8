//! What `/v1/houses` is asked: how the sky over a place is divided, and where in it bodies are.

use std::time::SystemTime;

use super::cast::{CastQuery, Placed};
use super::params::Params;
use crate::wire::problem::Problem;

/// Everything that `/v1/houses` was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HousesQuery {
    pub(crate) cast: CastQuery,
}

impl HousesQuery {
    /// Reads the parameters; `now` is what they mean without a date.
    pub(crate) fn new(params: &Params<'_>, now: impl FnOnce() -> SystemTime) -> Result<HousesQuery, Problem> {
        let mut cast = CastQuery::new(params, Placed::Needed, now)?;
        // Houses are of nobody, unless somebody is named.
        if params.get("bodies").is_none() {
            cast.without_bodies();
        }
        Ok(HousesQuery { cast })
    }
}
