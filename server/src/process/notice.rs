//! What the supervisor knows and its workers do not, for them to tell of.

use serde::{Deserialize, Serialize};

use super::monitor::state::Watch;
use super::schedule::state::ScheduleState;
use crate::jobs::Survey;

/// What every worker is told at its start, and again when it has changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// What is done about the dataset.
    pub(crate) schedule: ScheduleState,
    /// What the recent past was like, and what is out of order.
    pub(crate) watch: Watch,
    /// The jobs that there are; `None` where none are taken.
    pub(crate) jobs: Option<Survey>,
}
