//! Events of an almanac as files hold them: plain numbers, 32 bytes each, sorted by time.
//!
//! What the numbers stand for is said in `SPEC.md`, section 16, and in `orrery-almanac`, which turns events into records and
//! records into events.

use rkyv::{Archive, Deserialize, Serialize};

/// Something that happens. Instants are Julian days of TT.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[rkyv(derive(Debug))]
pub struct EventRecord {
    /// When; what lasts happens when it begins.
    pub jd_tt: f64,
    /// When it is over; NaN where it does not last, or where it is not known.
    pub end_jd_tt: f64,
    /// The number that goes with it, such as the longitude of a station; NaN where there is none.
    pub value: f64,
    /// What kind of event it is.
    pub kind: u16,
    /// The body that it happens to.
    pub body: u16,
    /// The other body; [`NO_BODY`] where there is none.
    pub partner: u16,
    /// What else there is to say, by the kind: a sign, a direction, a phase.
    pub detail: u16,
}

/// Stands for no body.
pub const NO_BODY: u16 = u16::MAX;
