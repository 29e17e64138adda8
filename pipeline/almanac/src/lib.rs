//! What follows from positions: civil time, frames, light, sites on the Earth, sidereal zodiacs, fixed stars, how bodies look
//! and when they rise and set.
//!
//! The crate has no clock, no files and no ephemeris. It turns what people write into what tables and the live source
//! are asked for, and their answers into the frame that was wanted:
//!
//! ```text
//! text ──iso──▶ Moment ──zone──▶ Utc ──instant──▶ Instant {ut, tt, ΔT}       bodies: names ▶ what answers them
//!                                  ◀── Instant::utc ──                        frames: mean ecliptic ▶ true, equatorial
//! ```
//!
//! A name read to an instant, with ΔT held at 63.8 s for the example; a server hands in its table's:
//!
//! ```
//! use orrery_almanac::{Error, Instant, LeapSeconds, Zone, iso, zone};
//!
//! let moment = iso::parse("2000-01-01T13:00:00")?;
//! let berlin = Zone::parse("Europe/Berlin", None)?;
//! let resolved = zone::resolve(&moment, Some(&berlin), None)?;
//! assert_eq!(resolved.utc.to_string(), "2000-01-01T12:00:00Z");
//!
//! let leaps = LeapSeconds::built_in();
//! let instant = Instant::from_utc(resolved.utc, &leaps, |_| Ok::<_, Error>(63.8))?;
//! assert!((instant.tt.jd() - 2_451_545.000_742_87).abs() < 1e-9);
//! # Ok::<(), Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod angularity;
pub mod aspect;
pub mod astrocartography;
pub mod ayanamsa;
pub mod balance;
pub mod bodies;
pub mod calendar;
pub mod compatibility;
pub mod composite;
pub mod crossings;
pub mod curve;
pub mod davison;
pub mod dignities;
pub mod earth;
pub mod eclipses;
mod error;
pub mod events;
pub mod frames;
pub mod horizon;
pub mod houses;
pub mod instant;
pub mod iso;
pub mod light;
pub mod lots;
pub mod lunar_phase;
pub mod motion;
mod named;
pub mod parans;
pub mod phenomena;
pub mod power_series;
pub mod precession;
pub mod progressions;
pub mod returns;
pub mod rise_set;
pub mod rotation;
pub mod sect;
mod space;
pub mod speeds;
pub mod stars;
pub mod steps;
pub mod suggest;
pub mod topocentric;
pub mod transits;
pub mod utc;
pub mod vector;
pub mod zodiac;
pub mod zone;

pub use angularity::Angularity;
pub use aspect::Aspect;
pub use ayanamsa::Ayanamsa;
pub use bodies::{Derivation, Uranian, WireBody};
pub use calendar::{Calendar, CivilDate, DayNumber, TimeOfDay};
pub use earth::Earth;
pub use error::Error;
pub use frames::{Equator, Equatorial};
pub use horizon::{Atmosphere, Horizon, Horizontal};
pub use houses::{Angle, HouseSystem, Houses, LocalSky};
pub use instant::Instant;
pub use iso::Moment;
pub use precession::Precession;
pub use rotation::Rotation;
pub use sect::Sect;
pub use steps::{Series, Step};
pub use topocentric::{Site, Topocentre};
pub use utc::{LeapSeconds, Subsecond, Utc, UtcOffset};
pub use vector::{Varying, Vector};
pub use zone::{Candidate, Resolved, Zone};
