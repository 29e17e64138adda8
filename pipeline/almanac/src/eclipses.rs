//! Eclipses of the Sun: what is seen of one at a place, and where on the Earth it is seen.
//!
//! All of it follows from the Besselian elements of the eclipse ([`orrery_format::eclipse::Elements`]), without an ephemeris:
//! [`elements`] evaluates them, [`local`] tells what a place sees and when, and [`path`] draws what belongs on a map.

pub mod elements;
mod ground;
pub mod local;
pub mod path;
mod roots;
