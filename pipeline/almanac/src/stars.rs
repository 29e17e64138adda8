//! Fixed stars: the catalogue, its names, and where its stars are seen.
//!
//! The catalogue is the Swiss Ephemeris' `sefstars.txt`, handed in as text. Places are those of `swe_fixstar2`: a
//! star moves straight ahead in space, so that its proper motion, its radial velocity and its parallax act
//! together; it is seen from where the observer is, past the Sun and by light that is aberrated. Its light time
//! is in the catalogue already.
//!
//! Two things are otherwise than there. A star with a negative parallax (two in the catalogue: its distance is
//! beyond measuring) has none here; the library puts it on the opposite side of the sky. And speeds are
//! derivatives of the places.

mod catalogue;
mod constellations;
mod observer;
mod path;
mod search;

pub use catalogue::{Catalogue, Entry, Equinox, Star};
pub use observer::Observer;
pub use path::{Path, Sight};
