//! The live source: safe, thread-affine sessions over the Swiss Ephemeris.
//!
//! A [`Session`] answers apparent places on the mean ecliptic and equinox of date, which is what Orrery's tables hold, and
//! never lets one of the C library's habits pass for an answer:
//!
//! - **State is per thread.** A session is neither `Send` nor `Sync`, and a thread has at most one. Servers use a
//!   [`LivePool`]: dedicated threads behind a bounded queue.
//! - **Every answer is a function of its query.** Left alone, the library keeps the ephemeris file and the polynomial
//!   segment it has open for as long as they cover a date, so near the change from one file to the next an answer
//!   depends on what was asked before. A session starts the library afresh wherever that could matter
//!   (see [`session`]).
//! - **The ephemeris that answered is checked** on every call: a silent fall to the Moshier model is an error unless it
//!   was allowed, and then it is named.
//! - **Zeros that are no answer are refused**: the heliocentric Sun, the geocentric Earth, nodes and apsides seen from
//!   anywhere but the Earth.
//! - **Wild input never reaches C**: dates are bounded to what the files (or the theory) cover, ephemeris files are
//!   checked down to the structure the C reader relies on.
//!
//! # Oracles
//! What Orrery computes by itself from such places (frames, sidereal places, phenomena, horizons, stars), the library computes
//! too. [`Session`] lets it, for tests and benchmarks to compare with, and for the server where the Sun hides what tables
//! would have to see: [`Session::framed`], [`Session::ayanamsa_deg`],
//! [`Session::sidereal_position`], [`Session::phenomena`], [`Session::horizontal`], [`Session::refraction`],
//! [`Session::rise_transit`], [`Session::houses`], [`Session::gauquelin_sector`], [`Session::fixed_stars`],
//! [`Session::apparent_sidereal_time_deg`]; and its searches for eclipses
//! ([`Session::solar_eclipse`], [`Session::lunar_eclipse`], [`Session::occultation`] and what stands beside them) and for
//! crossings ([`Session::sun_crossing_tt`], [`Session::moon_crossing_tt`], [`Session::moon_node_crossing_tt`]). Each of these calls finds a library in which nothing is open or
//! set, and leaves one: they are functions of their queries too, and slower for it. Those named `plain_…` do without, and
//! are for benchmarks. House functions that depend on their arguments alone need no session: [`LiveSky`].
//!
//! ```no_run
//! use orrery_swisseph::{EphemerisDir, LiveBody, LiveCenter, Session};
//!
//! let files = EphemerisDir::open("data/ephe".as_ref())?;
//! let mut session = Session::open(&files)?;
//! let [longitude_deg, _latitude_deg, distance_au] =
//!     session.position(LiveBody::Mars, LiveCenter::Geo, 2_461_120.106)?;
//! println!("{longitude_deg:.6}° {distance_au:.6} au");
//! # Ok::<(), orrery_swisseph::LiveError>(())
//! ```

mod body;
mod civil;
mod cover;
mod crossings;
mod derivative;
mod directory;
mod eclipses;
mod era;
mod error;
mod header;
mod horizon;
mod houses;
mod keepsakes;
mod library;
mod oracle;
mod phenomena;
mod pool;
pub mod seams;
mod searches;
pub mod session;
mod stars;
mod text;
mod view;

pub use body::LiveBody;
pub use civil::{CivilTime, LiveCalendar};
pub use crossings::{LiveEcliptic, LiveNodeCrossing};
pub use directory::{EphemerisDir, ListedFile};
pub use eclipses::{
    LiveContact, LiveCovering, LiveLocalLunarEclipse, LiveLocalSolarEclipse, LiveLunarCircumstances,
    LiveLunarEclipse, LiveLunarKind, LiveOccultation, LiveOccultationKind, LiveOccultationPlace, LivePhase,
    LiveSaros, LiveShadow, LiveSolarCircumstances, LiveSolarEclipse, LiveSolarKind, LiveSolarPlace,
};
pub use era::Era;
pub use error::LiveError;
pub use horizon::{
    LiveAltitudes, LiveAtmosphere, LiveCrossing, LiveDirection, LiveEvent, LiveHorizontal, LiveLimb,
    LiveObserver, LiveRefraction,
};
pub use houses::{LiveHouses, LiveSectorMethod, LiveSky};
pub use library::{give_back_memory, version};
pub use oracle::{LiveAyanamsa, LiveFrame, LivePlane, LiveReference};
pub use phenomena::LivePhenomena;
pub use pool::LivePool;
pub use seams::{BodySegments, EphemerisFile, FileKind, HeaderFault, SourceBody};
pub use searches::LiveSearch;
pub use session::{EphemerisModel, LiveState, Session};
pub use stars::LiveStar;
pub use view::{LiveCenter, LivePlace, LiveSite, LiveView};
