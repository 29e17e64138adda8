//! Hazard: eclipses that are missing, or none, or other than they are. Those of six centuries from the live source are held
//! to NASA's Five Millennium Canons, series of fifteen centuries to NASA's catalogues of the saros, those of tables to
//! those of the live source, and what an eclipse stores to the sky and to geometry by other means. What places see of them is held
//! to the C library's searches, to published contacts, and to looks at every moment; paths to what places on them see.

mod canon;
#[path = "../../almanac/tests/solar_eclipse/consistency.rs"]
mod consistency;
mod elements;
mod live;
mod moonlight;
mod paths;
mod places;
mod published;
mod saros;
mod shadow;
mod tables;
