//! A server's state over tables made by hand, without a live source.

use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use orrery_almanac::LeapSeconds;
use orrery_format::Dataset;

use crate::answer::prepared::Prepared;
use crate::app::{App, Generation};
use crate::config::Settings;
use crate::query::PositionsQuery;
use crate::tables::{EPHEMERIS, LINES, Line, publish};

/// A generation of these tables. Its files are gone already, and stay mapped.
pub(crate) fn generation(lines: &[Line], ephemeris: &str) -> Generation {
    let dir = tempfile::tempdir().unwrap();
    publish(dir.path(), lines, ephemeris);
    let (dataset, leaps) = (Dataset::open(dir.path()).unwrap(), LeapSeconds::built_in());
    let prepared = Prepared::new(&dataset, &leaps);
    Generation { dataset, leaps, prepared, description: OnceLock::new() }
}

/// A server that answers from [`LINES`].
pub(crate) fn app() -> Arc<App> {
    let dir = tempfile::tempdir().unwrap();
    publish(dir.path(), &LINES, EPHEMERIS);
    let settings = Settings {
        datasets: dir.path().to_owned(),
        ephe: dir.path().join("no-such-directory"),
        ..Settings::default()
    };
    App::open(&settings).unwrap()
}

/// A query string, read at the beginning of 1970.
pub(crate) fn query(text: &str) -> PositionsQuery {
    PositionsQuery::parse(text, SystemTime::UNIX_EPOCH).unwrap()
}
