//! What all requests of a process share: the tables, the live source, the limits.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant as Clock;

use arc_swap::ArcSwap;
use orrery_almanac::LeapSeconds;
use orrery_almanac::lots::Book;
use orrery_format::{Dataset, FormatError};
use orrery_swisseph::{EphemerisDir, LiveError, LivePool, Session, give_back_memory};
use tokio::sync::Notify;
use tracing::{info, warn};

use crate::answer::live;
use crate::answer::prepared::Prepared;
use crate::brief::words::{Languages, WordsError};
use crate::broadcast::Broadcasts;
use crate::config::{ConfigError, Limits, LiveSource, Settings};
use crate::jobs::Archive;
use crate::memory::{self, Level, Memory};
use crate::process::counters::Counters;
use crate::process::notice::Notice;
use crate::remainder::Remainder;
use crate::routes::document::Kept;
use crate::stars::{Fault, Stars};
use crate::wire::problem::Problem;
use crate::wire::room::Room;

/// Leap seconds that Swiss Ephemeris adds to its built-in ones, in the directory of its files.
const LEAP_SECOND_FILE: &str = "seleapsec.txt";

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no usable dataset.
    #[error(transparent)]
    Dataset(#[from] FormatError),
    /// The ephemeris files are there and not usable.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The leap-second file beside the ephemeris files is not usable.
    #[error("{path}: {source}; run scripts/fetch-data to put the file back")]
    LeapSeconds {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<orrery_almanac::Error>,
    },
    /// The star catalogue beside the ephemeris files is not usable.
    #[error(
        "{path}: {source}; run scripts/fetch-data to put the file back, or take it away to do without stars"
    )]
    Stars {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<orrery_almanac::Error>,
    },
    /// The file of lots that the settings name is not usable.
    #[error(transparent)]
    Lots(#[from] ConfigError),
    /// A words file is of no use.
    #[error("{0}")]
    Words(#[from] Box<WordsError>),
    /// A file beside the ephemeris files cannot be read.
    #[error("{path}: cannot be read: {source}; make it readable, or name another directory with --ephe")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no memory for the counters.
    #[error("no memory for the counters: {source}; give the process more memory")]
    Counters {
        /// What the system said.
        source: io::Error,
    },
}

/// The shared state of a server.
#[derive(Debug)]
pub struct App {
    generation: ArcSwap<Generation>,
    live: Option<Live>,
    /// The fixed stars, where their catalogue lies beside the ephemeris files.
    stars: Option<Arc<Stars>>,
    /// The lots that charts may be asked for.
    lots: Arc<Book>,
    /// What briefs are written in.
    languages: Languages,
    limits: Limits,
    /// What tables do not answer.
    remainder: Remainder,
    /// What clients follow.
    broadcasts: Broadcasts,
    memory: Memory,
    /// The jobs, where any are taken.
    jobs: Option<Arc<Archive>>,
    /// Room for the bodies of requests.
    bodies: Arc<Room>,
    log_queries: bool,
    draining: AtomicBool,
    /// Word to those who wait for that.
    drains: Notify,
    counters: Arc<Counters>,
    notice: ArcSwap<Notice>,
}

/// One generation of tables with what is derived from it once.
#[derive(Debug)]
pub struct Generation {
    pub(crate) dataset: Dataset,
    pub(crate) leaps: LeapSeconds,
    pub(crate) prepared: Prepared,
    /// The reply of `/v1/dataset`, written when it is first asked for.
    pub(crate) description: OnceLock<Kept>,
}

/// The live source.
#[derive(Debug)]
pub(crate) struct Live {
    pool: LivePool,
    counters: Arc<Counters>,
    /// Threads of the pool.
    pub(crate) threads: usize,
    pub(crate) files: EphemerisDir,
    /// What answers, as replies name it: `Swiss Ephemeris 2.10.03, DE431`.
    pub(crate) ephemeris: String,
    /// What answers where no file reaches and that was allowed.
    pub(crate) moshier: String,
    /// Hash of the files and the library's version, which enters entity tags.
    pub(crate) identity: [u8; 32],
}

impl App {
    /// Opens the dataset and the live source.
    ///
    /// A directory of ephemeris files that does not exist is not an error: the server warns, answers from its tables,
    /// and refuses what only live computing can answer with 409 `live_unavailable`. One that exists must be sound.
    ///
    /// # Errors
    /// No dataset, a damaged one, or ephemeris files that are incomplete or damaged; each message names the remedy.
    pub fn open(settings: &Settings) -> Result<Arc<App>, StartError> {
        let dataset = Dataset::open(&settings.datasets)?;
        let ephemeris = if settings.ephe.is_dir() {
            let files = EphemerisDir::open(&settings.ephe)?;
            let identity = live_identity(&files)?;
            Some((files, identity))
        } else {
            warn_of_no_ephemeris(&settings.ephe);
            None
        };
        let counters = Counters::private().map_err(|source| StartError::Counters { source })?;
        App::assemble(settings, dataset, ephemeris, counters)
    }

    /// Puts together what was opened, and starts the live source.
    ///
    /// # Errors
    /// The leap-second file beside the ephemeris files is not usable, or live threads cannot be started.
    pub(crate) fn assemble(
        settings: &Settings,
        dataset: Dataset,
        ephemeris: Option<(EphemerisDir, [u8; 32])>,
        counters: Counters,
    ) -> Result<Arc<App>, StartError> {
        let leaps = match ephemeris {
            Some(_) => leap_seconds(&settings.ephe)?,
            None => LeapSeconds::built_in(),
        };
        let stars = fixed_stars(&settings.ephe)?;
        let languages = settings.brief.languages().map_err(Box::new)?;
        let counters = Arc::new(counters);
        let live = ephemeris
            .map(|(files, identity)| Live::start(files, identity, &settings.live, &counters))
            .transpose()?;
        Ok(Arc::new(App {
            generation: ArcSwap::from_pointee(Generation::new(dataset, leaps)),
            live,
            stars,
            lots: settings.charts.book()?,
            languages,
            limits: settings.limits.clone(),
            remainder: Remainder::new(&settings.cache, &counters),
            broadcasts: Broadcasts::default(),
            memory: Memory::new(settings.memory.clone()),
            jobs: Archive::of(settings).map(Arc::new),
            bodies: Room::new(settings.limits.bodies_bytes),
            log_queries: settings.log_queries,
            draining: AtomicBool::new(false),
            drains: Notify::new(),
            counters,
            notice: ArcSwap::default(),
        }))
    }

    /// The tables to answer from. A request takes them once, so that all of its reply is from one generation.
    #[must_use]
    pub fn generation(&self) -> Arc<Generation> {
        self.generation.load_full()
    }

    /// Answers from these tables from now on, and gives back those it has answered from. Requests that have begun keep
    /// the old ones until they are done: its mappings go with the last reference to it.
    pub fn take_up(&self, dataset: Dataset) -> Arc<Generation> {
        let leaps = self.generation.load().leaps.clone();
        self.counters.serves(dataset.generation());
        let old = self.generation.swap(Arc::new(Generation::new(dataset, leaps)));
        self.remainder.begin_era();
        old
    }

    pub(crate) fn live(&self) -> Option<&Live> {
        self.live.as_ref()
    }

    /// The fixed stars, if there is a catalogue of them.
    pub(crate) fn stars(&self) -> Option<&Arc<Stars>> {
        self.stars.as_ref()
    }

    /// The lots that charts may be asked for.
    pub(crate) fn lots(&self) -> &Arc<Book> {
        &self.lots
    }

    /// What briefs are written in.
    pub(crate) fn languages(&self) -> &Languages {
        &self.languages
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What tables do not answer: kept, and computed once for all who ask at a time.
    pub(crate) fn remainder(&self) -> &Remainder {
        &self.remainder
    }

    /// What clients follow: computed once for all who follow the same.
    pub(crate) fn broadcasts(&self) -> &Broadcasts {
        &self.broadcasts
    }

    /// How short memory is.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Looks at how much memory this process has to itself, and does without what it can where that is too much.
    pub(crate) fn look_at_memory(&self) {
        if let Some(bytes) = memory::private_bytes() {
            self.has_memory(bytes);
        }
    }

    /// The same of so many bytes.
    pub(crate) fn has_memory(&self, private_bytes: u64) {
        let (before, now) = self.memory.note(private_bytes);
        self.counters.memory_is(private_bytes, now.limits().into());
        if before == now {
            if self.memory.is_to_be_given_back() {
                give_back_memory();
            }
            return;
        }
        self.remainder.keeps(now == Level::Well);
        let mib = private_bytes >> 20;
        match (before, now) {
            (_, Level::Scarce) => warn!(
                mib,
                "memory is above memory.hard_bytes: long replies and bodies are refused until it is an eighth below"
            ),
            (Level::Well, Level::Short) => {
                warn!(
                    mib,
                    "memory is above memory.soft_bytes: no answers are kept until it is an eighth below"
                );
            }
            _ => info!(mib, "memory is below a limit again"),
        }
        if before == Level::Well {
            self.remainder.clear();
        }
    }

    /// Refuses a reply that is made while it is sent, where memory is scarce.
    ///
    /// # Errors
    /// 503 where it is.
    pub(crate) fn check_stream(&self) -> Result<(), Problem> {
        self.memory.check_stream().inspect_err(|_| self.counters.memory_refused())
    }

    /// The same of a request's body of so many bytes, as far as that is known, unless it is small.
    ///
    /// # Errors
    /// 503 where memory is scarce.
    pub(crate) fn check_body(&self, bytes: Option<u64>) -> Result<(), Problem> {
        self.memory.check_body(bytes).inspect_err(|_| self.counters.memory_refused())
    }

    /// The jobs, where any are taken.
    pub(crate) fn jobs(&self) -> Option<&Arc<Archive>> {
        self.jobs.as_ref()
    }

    pub(crate) fn bodies(&self) -> &Arc<Room> {
        &self.bodies
    }

    /// Where replies and connections are counted.
    pub(crate) fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// What the supervisor has told of last.
    pub(crate) fn notice(&self) -> Arc<Notice> {
        self.notice.load_full()
    }

    pub(crate) fn take_notice(&self, notice: Notice) {
        self.notice.store(Arc::new(notice));
    }

    pub(crate) fn logs_queries(&self) -> bool {
        self.log_queries
    }

    /// From here on the server is not ready for new requests.
    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.drains.notify_waiters();
    }

    /// Waits until the server is not ready for new requests any more.
    pub(crate) async fn until_draining(&self) {
        // Whoever is told of from here on is heard, though nobody waits yet.
        let drains = self.drains.notified();
        if !self.is_draining() {
            drains.await;
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

impl Generation {
    fn new(dataset: Dataset, leaps: LeapSeconds) -> Generation {
        let prepared = Prepared::new(&dataset, &leaps);
        Generation { dataset, leaps, prepared, description: OnceLock::new() }
    }

    /// The generation's name: 16 hexadecimal digits.
    #[must_use]
    pub fn name(&self) -> &str {
        self.dataset.generation()
    }
}

impl Live {
    fn start(
        files: EphemerisDir,
        identity: [u8; 32],
        settings: &LiveSource,
        counters: &Arc<Counters>,
    ) -> Result<Live, StartError> {
        let LiveSource { threads, queue } = *settings;
        let version = orrery_swisseph::version();
        // All main files are made from one JPL ephemeris, or the directory would not have opened.
        let source = files.ephemeris_files().next().map_or(0, |file| file.de_number);
        let pool = LivePool::start(files.clone(), threads, queue)?;
        Ok(Live {
            pool,
            counters: Arc::clone(counters),
            threads,
            files,
            ephemeris: format!("Swiss Ephemeris {version}, DE{source}"),
            moshier: format!("Swiss Ephemeris {version}, Moshier"),
            identity,
        })
    }

    /// Does a job on a live thread, for a caller who waits until a moment for it to begin.
    ///
    /// # Errors
    /// As [`LivePool::run_until`].
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        until: Clock,
        job: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, LiveError> {
        let (mut counted, wait) = self.counters.live_job();
        let ran = self.pool.run_until(until, move |session| {
            counted.begins();
            let done = job(session);
            drop(counted);
            done
        });
        let ran = ran.await;
        if matches!(ran, Err(LiveError::Busy { .. })) {
            wait.was_in_vain();
        }
        ran
    }

    /// What a client is told where its job was not done.
    pub(crate) fn refusal(&self, error: LiveError) -> Problem {
        if matches!(error, LiveError::Busy { .. }) {
            self.counters.live_refused();
        }
        live::pool_failed(error)
    }

    /// Whether a thread is free, and nobody waits for one.
    pub(crate) fn is_idle(&self) -> bool {
        self.pool.is_idle()
    }

    /// After how many seconds whoever is not answered now may ask again.
    pub(crate) fn retry_after_s(&self) -> u32 {
        live::retry_after_s(self.pool.expected_wait())
    }
}

/// Tells the log that there is nothing to compute live with.
pub(crate) fn warn_of_no_ephemeris(directory: &Path) {
    warn!(
        "{}: no such directory of ephemeris files; serving tables alone, and refusing what only live computing can \
         answer; run scripts/fetch-data, or name the directory with --ephe",
        directory.display()
    );
}

/// What the live source is, for entity tags: hash of the library's version and the files. Of these the content counts, but
/// for those of single asteroids, which may be many thousands; of these name and length.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn live_identity(files: &EphemerisDir) -> Result<[u8; 32], StartError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(orrery_swisseph::version().as_bytes());
    for file in files.files() {
        hasher.update(file.name.as_bytes()).update(&file.size_bytes.to_le_bytes());
        if !file.name.contains('/') {
            let path = files.path().join(&file.name);
            let read = std::fs::File::open(&path).and_then(|opened| hasher.update_reader(opened).map(|_| ()));
            read.map_err(|source| StartError::Unreadable { path, source })?;
        }
    }
    Ok(hasher.finalize().into())
}

/// The fixed stars, if their catalogue is there.
fn fixed_stars(ephe: &Path) -> Result<Option<Arc<Stars>>, StartError> {
    let path = Stars::path(ephe);
    match Stars::read(&path) {
        Ok(stars) => Ok(stars.map(Arc::new)),
        Err(Fault::Broken(source)) => Err(StartError::Stars { path, source: Box::new(source) }),
        Err(Fault::Unreadable(source)) => Err(StartError::Unreadable { path, source }),
    }
}

/// The leap seconds, with those of the file beside the ephemeris if it is there.
fn leap_seconds(ephe: &Path) -> Result<LeapSeconds, StartError> {
    let path = ephe.join(LEAP_SECOND_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => LeapSeconds::with_file(&text)
            .map_err(|source| StartError::LeapSeconds { path, source: Box::new(source) }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(LeapSeconds::built_in()),
        Err(source) => Err(StartError::Unreadable { path, source }),
    }
}
