//! What the rows of a table hold: known before any is computed, and the same for all of them.

use orrery_almanac::Calendar;

/// The columns of a table: its time, its body, and what was asked for of each body.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) time: TimeColumns,
    /// Canonical names, each once, in the order of the rows of an instant.
    pub(crate) bodies: Vec<String>,
    pub(crate) columns: Vec<Column>,
}

/// How instants are told. Each has its Julian day of TT.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TimeColumns {
    /// As a clock in Greenwich shows it.
    pub(crate) utc: bool,
    /// As a Julian day of UT1.
    pub(crate) jd_ut: bool,
    /// The calendar that texts are dated in; `None` for the historical rule.
    pub(crate) calendar: Option<Calendar>,
}

/// One quantity of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// As `fields=` has it.
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    /// Whether there may be rows that have nothing here.
    pub(crate) optional: bool,
    /// What it is, in a sentence for readers of a schema.
    pub(crate) about: &'static str,
}

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    Number {
        /// `deg`, `au`, `deg/d`, `au/d`, `mag`, `s`, or `1` for a plain number. Days are of TT.
        unit: &'static str,
        /// Decimals in text, at most 15; `None` for as many as read back as the same double.
        decimals: Option<u8>,
        /// Whether it is an angle of 0 to 360 degrees: what is rounded to a whole turn is 0.
        wraps: bool,
    },
    /// One of these words, at most 128: as many as a key of one byte tells apart in Arrow.
    Word(&'static [&'static str]),
    Truth,
    /// A number of 0 to 254.
    Count,
}

/// The cell of a word, truth or count that has nothing.
pub(crate) const NOTHING: u8 = u8::MAX;
