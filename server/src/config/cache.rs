//! What is kept of the answers that tables do not hold.

use std::time::Duration;

use super::keys::settings;

settings! {
    /// What each worker keeps of the answers that took live computing, whole or in part. What is kept is never wrong: an
    /// answer is found again by everything that it depends on, the tables and files among it. So how long it is kept is a
    /// matter of room, and of how soon the same is asked again.
    pub struct Cache in "cache" {
        /// Bytes that each worker keeps at most, what each answer takes beside its content included; 0 to keep none. A chart
        /// takes some 4 KiB.
        bytes: u64 = 32 * 1024 * 1024, from 0 to 1_099_511_627_776_u64 of "bytes";
        /// How long positions are kept; 0 to keep none. Charts are asked for again while somebody looks at them.
        positions_s: u64 = 3600, from 0 to 31_536_000 of "seconds";
        /// How long places of stars are kept; 0 to keep none.
        stars_s: u64 = 3600, from 0 to 31_536_000 of "seconds";
        /// How long ayanamsas are kept; 0 to keep none.
        ayanamsas_s: u64 = 3600, from 0 to 31_536_000 of "seconds";
        /// How long risings and settings are kept; 0 to keep none. A place asks for the same days all day long.
        rise_set_s: u64 = 21_600, from 0 to 31_536_000 of "seconds";
        /// How long lists of events, phases of the Moon and its calendar are kept; 0 to keep none. They take the longest to
        /// find, and pages of them are asked for one after the other.
        events_s: u64 = 86_400, from 0 to 31_536_000 of "seconds";
        /// How long eclipses, what places see of them, and their maps are kept; 0 to keep none. Few are asked for, and those by
        /// many.
        eclipses_s: u64 = 86_400, from 0 to 31_536_000 of "seconds";
        /// How many answers, the most asked for first, are computed anew where another generation of tables makes the kept ones
        /// useless.
        recomputed: usize = 256, from 0 to 1_000_000 of "answers";
    }
}

impl Cache {
    pub(crate) fn positions(&self) -> Duration {
        Duration::from_secs(self.positions_s)
    }

    pub(crate) fn stars(&self) -> Duration {
        Duration::from_secs(self.stars_s)
    }

    pub(crate) fn ayanamsas(&self) -> Duration {
        Duration::from_secs(self.ayanamsas_s)
    }

    pub(crate) fn rise_set(&self) -> Duration {
        Duration::from_secs(self.rise_set_s)
    }

    pub(crate) fn events(&self) -> Duration {
        Duration::from_secs(self.events_s)
    }

    pub(crate) fn eclipses(&self) -> Duration {
        Duration::from_secs(self.eclipses_s)
    }
}
