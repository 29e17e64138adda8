//! Hazard: eclipses that are missing, or none, or other than they are. Those of six centuries from the live source are held
//! to NASA's Five Millennium Canons, series of fifteen centuries to NASA's catalogues of the saros, those of tables to
//! those of the live source, and what an eclipse stores to the sky and to geometry by other means.

mod canon;
mod elements;
mod live;
mod saros;
mod shadow;
mod tables;
