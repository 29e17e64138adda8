//! Eclipses of the Sun and of the Moon: every one of a span, and what [`orrery_format::eclipse`] holds of each.
//!
//! # How they are found
//! By going through the lunations: there can be an eclipse of the Sun at each new moon and one of the Moon at each full moon,
//! and at no other time. At each, the nearest approach of Moon and axis is computed from the places themselves, and whether a
//! cone touches a disc there is decided by what touching means. So there is no criterion that could be wrong at its edge, and
//! lunations may be searched in any order, on any number of threads ([`solar_eclipse_of`], [`lunar_eclipse_of`]).
//!
//! # What depends on what
//! Places come from [`Luminaries`]; all instants are TT, and longitudes are ephemeris longitudes, so that nothing depends on
//! ΔT. Of a solar eclipse fourteen looks at the sky make the Besselian elements, from which everything else follows:
//! instants, contacts and the place of greatest eclipse are those of the elements, to the last digit.
//!
//! # Whose definitions
//! Those of Espenak and Meeus, *Five Millennium Canon of Solar Eclipses* (NASA/TP-2006-214141) and *of Lunar Eclipses*
//! (NASA/TP-2009-214172), as their numbers show them:
//!
//! - The Earth is an ellipsoid of 6378.137 km and 1/298.257, the Sun's radius 959.63″ at 1 au.
//! - The Moon's radius is 0.272488 of the Earth's for the penumbra and for eclipses of the Moon, 0.272281 for the umbra.
//! - An eclipse of the Sun is greatest when the axis of the shadow is nearest to the Earth's centre, one of the Moon when the
//!   Moon's centre is nearest to the axis of the Earth's shadow *as an angle*, seen from the Earth's centre. (The least
//!   distance in kilometres is up to 16 s away from that.)
//! - The Earth's shadow is Danjon's: the Moon's parallax is taken 1.01 times as large, for the penumbra too.
//! - The width of a path is that of a shadow on even ground.
//!
//! One thing is ours: where the axis misses the Earth, the place of greatest eclipse is the point of the ellipsoid nearest to
//! it, in geographic latitude. The canon takes a sphere there, whose point is up to 0.17° away.
//!
//! # How near to the canons
//! From 1800 to 2399, over 1425 and 1446 eclipses, none missing and none besides: every kind and every saros the same, hybrid
//! ones included; instants of greatest eclipse within 1.5 s (Sun) and 4 s (Moon), gamma within 0.0002, magnitudes of the Sun
//! within 0.00013 and of the Moon within 0.0005; durations of the Sun's within 0.3 s of what rounding leaves. The canons rest
//! on other ephemerides (VSOP87 and ELP2000-82).
//!
//! Elements are within 5e-8 of the Earth's radius of the places they are made from in 99 of 100 eclipses; where a source is
//! torn within an eclipse, as the Swiss Ephemeris is at one instant each year, they pass evenly through the tear.

mod approach;
mod axis;
mod contour;
mod course;
pub mod elements;
mod ellipsoid;
mod globe;
pub mod local;
mod lunar;
pub mod lunar_local;
mod lunation;
pub mod path;
mod polynomial;
mod roots;
pub mod saros;
mod sky;
mod solar;
mod up;

pub use lunar::{lunar_eclipse_of, lunar_eclipses};
pub use lunation::{Lunation, Phase};
pub use sky::{Luminaries, SunAndMoon, TabulatedLuminaries, ephemeris_sidereal_time_deg};
pub use solar::{solar_eclipse_of, solar_eclipses};
