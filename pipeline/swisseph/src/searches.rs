//! Searches through time: which way they go, and whether the files cover all that they looked at.

use crate::body::LiveBody;
use crate::era::Era;
use crate::error::LiveError;
use crate::session::Session;

/// Which way a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum LiveSearch {
    /// To the next after an instant.
    #[default]
    Forward,
    /// To the last before an instant.
    Backward,
}

impl LiveSearch {
    pub(crate) fn is_backward(self) -> bool {
        self == LiveSearch::Backward
    }

    /// Days towards where a search goes.
    pub(crate) fn ahead(self, days: f64) -> f64 {
        match self {
            LiveSearch::Forward => days,
            LiveSearch::Backward => -days,
        }
    }
}

impl Session {
    /// Julian day TT of a UT1 date that the caller has bounded.
    pub(crate) fn jd_tt_of(&mut self, jd_ut: f64) -> Result<f64, LiveError> {
        Ok(jd_ut + self.delta_t_s(jd_ut)? / 86_400.0)
    }

    /// Whether the files have a body at every date between two, whichever is first, Julian days TT: a search falls back to
    /// the Moshier model where one is missing, and goes on in the next.
    pub(crate) fn check_stretch(&mut self, body: LiveBody, from: f64, to: f64) -> Result<(), LiveError> {
        let (low, high) = (from.min(to), from.max(to));
        self.check_reach(body, low)?;
        let mut era = Era::containing(low);
        while let Some(now) = era.filter(|era| era.end_jd() <= high) {
            self.check_reach(body, now.end_jd().next_down())?;
            self.check_reach(body, now.end_jd())?;
            era = Some(now.next());
        }
        self.check_reach(body, high)
    }
}
