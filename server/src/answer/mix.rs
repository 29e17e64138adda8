//! Where the positions of a reply come from, in one word.

/// Tables, live computing, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    Table,
    Live,
    Mixed,
}

impl Mix {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Mix::Table => "table",
            Mix::Live => "live",
            Mix::Mixed => "mixed",
        }
    }

    /// `X-Cache-Status`: tables are the cache.
    pub(crate) const fn cache_status(self) -> &'static str {
        match self {
            Mix::Table => "HIT",
            Mix::Live => "MISS",
            Mix::Mixed => "PARTIAL",
        }
    }
}
