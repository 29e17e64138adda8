//! What the C library reads once a thread and has no way to forget: a later session must not mean anything else by it.

use std::cell::RefCell;
use std::path::PathBuf;

use crate::directory::{EphemerisDir, TimeTable};
use crate::error::LiveError;

thread_local! {
    /// The time tables that C has read, or will read, on this thread.
    static TIME_TABLES: RefCell<Option<(PathBuf, Vec<TimeTable>)>> = const { RefCell::new(None) };
    /// The directory whose star catalogue C has read on this thread: it keeps the last star for ever.
    static STARS: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// The C library reads its tables of ΔT and leap seconds once a thread.
pub(crate) fn keep_to_one_set_of_time_tables(files: &EphemerisDir) -> Result<(), LiveError> {
    TIME_TABLES.with_borrow_mut(|known| match known {
        Some((first, tables)) if tables.as_slice() != files.time_tables() => {
            Err(LiveError::OtherTimeTables { first: first.clone(), second: files.path().to_owned() })
        }
        Some(_) => Ok(()),
        None => {
            *known = Some((files.path().to_owned(), files.time_tables().to_vec()));
            Ok(())
        }
    })
}

/// C keeps the last star that it has looked up, by its name, whatever directory is set later.
pub(crate) fn keep_to_one_star_catalogue(files: &EphemerisDir) -> Result<(), LiveError> {
    STARS.with_borrow_mut(|known| match known {
        Some(first) if first != files.path() => {
            Err(LiveError::OtherStars { first: first.clone(), second: files.path().to_owned() })
        }
        Some(_) => Ok(()),
        None => {
            *known = Some(files.path().to_owned());
            Ok(())
        }
    })
}
