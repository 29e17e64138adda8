//! Solar eclipses from the Besselian elements that NASA published.

#[path = "solar_eclipse/canon.rs"]
mod canon;
#[path = "solar_eclipse/consistency.rs"]
mod consistency;
#[path = "solar_eclipse/local.rs"]
mod local;
#[path = "solar_eclipse/path.rs"]
mod path;
