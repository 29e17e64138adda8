//! What can go wrong with a live query, and what to do about it.

use std::path::PathBuf;
use std::time::Duration;

use crate::body::LiveBody;
use crate::seams::HeaderFault;
use crate::view::{LiveCenter, LiveSite};

/// Why a live query has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The ephemeris directory, or a file in it, cannot be read.
    #[error("cannot read {}: {reason}; run scripts/fetch-data, or name the directory of the ephemeris files", path.display())]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Files are missing from the ephemeris directory.
    #[error("ephemeris files missing in {}: {}; run scripts/fetch-data", directory.display(), missing.join(", "))]
    MissingFiles {
        /// Where they were looked for.
        directory: PathBuf,
        /// Their names.
        missing: Vec<String>,
    },
    /// A file is damaged, cut short, or not an ephemeris file.
    #[error("ephemeris file {} is not usable: {fault}; remove it and run scripts/fetch-data", path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: HeaderFault,
    },
    /// The directory mixes files made from different JPL ephemerides.
    #[error("ephemeris files in {} come from JPL DE{first} and DE{second}; keep one set and run scripts/fetch-data", directory.display())]
    MixedSources {
        /// The directory.
        directory: PathBuf,
        /// Number of one JPL ephemeris.
        first: i32,
        /// Number of the other.
        second: i32,
    },
    /// The directory's path cannot be handed to the C library.
    #[error("the path {} {fault}; move or link the ephemeris files to a path that does not", path.display())]
    UnusablePath {
        /// The path, made absolute.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The environment would make the C library read files from elsewhere.
    #[error("SE_EPHE_PATH is set to {value:?} and would override the ephemeris directory; unset it")]
    EnvironmentOverride {
        /// Its value.
        value: String,
    },
    /// This thread (elsewhere than on Linux: this process) has a session already.
    #[error("this thread has a live session already; drop it first, or open this one on another thread")]
    SecondSession,
    /// An earlier session on this thread used other ΔT or leap-second tables, which the C library never reads again.
    #[error(
        "the C library has read the time tables beside {} on this thread and keeps them, and those beside {} differ; \
         open this session on a new thread",
        first.display(),
        second.display()
    )]
    OtherTimeTables {
        /// Directory of the first session.
        first: PathBuf,
        /// Directory asked for now.
        second: PathBuf,
    },
    /// An earlier session on this thread looked stars up in another directory, of which the C library keeps the last.
    #[error(
        "the C library has looked up stars in {} on this thread and keeps the last; ask for those in {} on a new thread",
        first.display(),
        second.display()
    )]
    OtherStars {
        /// Directory of the first session.
        first: PathBuf,
        /// Directory asked for now.
        second: PathBuf,
    },
    /// A number is outside the range that it can have.
    #[error("{what} is {value}, which is not within {low} to {high}; give a number within")]
    OutOfRange {
        /// What was asked for, with its unit.
        what: &'static str,
        /// What was given.
        value: f64,
        /// The smallest number.
        low: f64,
        /// The largest number.
        high: f64,
    },
    /// What was asked has no meaning for the body.
    #[error("{} has no {what}; ask for another body", body.name())]
    NotForBody {
        /// The body.
        body: LiveBody,
        /// What it does not have.
        what: &'static str,
    },
    /// A search was asked for no kind of event.
    #[error("no kind of event is searched for; name at least one")]
    NoKind,
    /// The library has no house system of that letter.
    #[error("no house system has the letter {letter:?}; give one of A to Y, or i")]
    NoHouseSystem {
        /// What was given.
        letter: char,
    },
    /// A house system fails at a latitude, where the library answers another's houses instead.
    #[error(
        "the house system {letter} has no answer at latitude {latitude_deg}: {reason}; ask for another, such as O"
    )]
    NoHouses {
        /// The system's letter.
        letter: char,
        /// The latitude, degrees.
        latitude_deg: f64,
        /// What the library said.
        reason: String,
    },
    /// A star is not in the catalogue, or its name is not one that can be looked up.
    #[error(
        "no star is named {name:?}: {reason}; give a name or, after a comma, a designation of sefstars.txt"
    )]
    NoStar {
        /// The name that was given.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A date is not a finite number.
    #[error("the date {value} is not a finite Julian day")]
    NotFinite {
        /// What was given.
        value: f64,
    },
    /// A site's numbers are outside what a place on the Earth can have.
    #[error(
        "the site at latitude {}, longitude {}, altitude {} m cannot be used: {fault}; give a site within these limits",
        site.latitude_deg,
        site.longitude_deg,
        site.altitude_m
    )]
    BadSite {
        /// The site.
        site: LiveSite,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// What was asked has no meaning, although the C library answers zeros with success.
    #[error("{} has no {} place; ask for another centre", body.name(), center.adjective())]
    NoMeaning {
        /// The body.
        body: LiveBody,
        /// The centre.
        center: LiveCenter,
    },
    /// No ephemeris file covers the date.
    #[error(
        "{} at JD {jd_tt} (TT) lies outside the ephemeris files, which reach from JD {start_jd} to {end_jd}; \
         run scripts/fetch-data --wide for more, or allow the Moshier model",
        body.name()
    )]
    OutsideFiles {
        /// The body.
        body: LiveBody,
        /// The date, Julian day TT.
        jd_tt: f64,
        /// First date that the files present can answer, Julian day TT.
        start_jd: f64,
        /// Last such date, Julian day TT.
        end_jd: f64,
    },
    /// The analytical theory does not reach the date.
    #[error("{what} at JD {jd} lies outside its theory, which reaches from JD {start_jd} to {end_jd}")]
    OutsideTheory {
        /// What was asked for.
        what: String,
        /// The date, Julian day in the scale of the query.
        jd: f64,
        /// First date.
        start_jd: f64,
        /// Last date.
        end_jd: f64,
    },
    /// A numbered asteroid has no file in the directory.
    #[error("asteroid {number} has no file; put {expected} into {}", directory.display())]
    NoAsteroidFile {
        /// Its number in the Minor Planet Center's catalogue.
        number: u32,
        /// The file that was looked for first.
        expected: String,
        /// The ephemeris directory.
        directory: PathBuf,
    },
    /// The C library answered from the Moshier model although it was asked for the Swiss Ephemeris.
    #[error("{} at JD {jd_tt} (TT) was answered by the Moshier model; run scripts/fetch-data, or allow that model", body.name())]
    FellToMoshier {
        /// The body.
        body: LiveBody,
        /// The date, Julian day TT.
        jd_tt: f64,
    },
    /// A civil date or time of day does not exist.
    #[error("{reason}; give a date and time that exist")]
    InvalidTime {
        /// What the C library, or the range check before it, said.
        reason: String,
    },
    /// The C library refused for a reason of its own.
    #[error("the Swiss Ephemeris refused {call}: {reason}")]
    Refused {
        /// What was called for.
        call: String,
        /// Its text, trimmed.
        reason: String,
    },
    /// All live threads are at work, and the queue is full or too long for the job to begin in time.
    #[error("all live threads are busy, and a new job would wait for {} s; try again then", wait.as_secs_f64())]
    Busy {
        /// For how long, as far as can be foreseen.
        wait: Duration,
    },
    /// The job's time was over before a thread was free for it.
    #[error("no live thread was free in time; try again shortly")]
    Lapsed,
    /// A job panicked. Its thread goes on.
    #[error("a live job failed: {message}; this is a fault in the program, please report it")]
    JobPanicked {
        /// What the panic said.
        message: String,
    },
    /// The pool is being shut down.
    #[error("the live threads are shutting down; send the request to another worker")]
    Closed,
    /// A pool without threads cannot answer.
    #[error("a live pool needs at least one thread")]
    NoThreads,
    /// The system refused a thread.
    #[error("cannot start a live thread: {reason}; lower the number of threads")]
    Thread {
        /// What the system said.
        reason: String,
    },
}
