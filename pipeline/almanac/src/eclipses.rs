//! Eclipses of the Sun and of the Moon: every one of a span, what [`orrery_format::eclipse`] holds of each, and what is seen of it
//! where.
//!
//! # From the sky to a place
//!
//! ```text
//! Luminaries ─▶ lunation ─▶ approach ─▶ axis ─▶ Elements ─┬─▶ contour, globe ─▶ SolarEclipse      what it is for the Earth
//!                 │                                       ├─▶ local                               what a place sees of it
//!                 │                                       └─▶ path                                where on the Earth it is seen
//!                 └──────────▶ lunar ─▶ LunarEclipse ────┬─▶ lunar_local (with a Sky)              what a place sees of it
//!                                                        └─▶ visibility                            where on the Earth it is seen
//! ```
//!
//! 1. **Found** by going through the lunations ([`Lunation`]): there can be an eclipse of the Sun at each new moon and one of the
//!    Moon at each full moon, and at no other time. At each, the nearest approach of Moon and axis is computed from the places
//!    themselves ([`Luminaries`]), and whether a cone touches a disc there is decided by what touching means. So there is no
//!    criterion that could be wrong at its edge, and lunations may be searched in any order, on any number of threads
//!    ([`solar_eclipse_of`], [`lunar_eclipse_of`]), or in a row ([`eclipses_within`]). [`saros`] counts them into series.
//! 2. **Elements**: of a solar eclipse fourteen looks at the sky make the Besselian elements, from which everything else follows
//!    without an ephemeris. They are evaluated in one place ([`elements`]): where the shadow is, with its rates, and how a place
//!    stands in it, which is where magnitude, obscuration and the ratio of the discs are told. Instants, contacts and the place
//!    of greatest eclipse are those of the elements, to the last digit.
//! 3. **For the Earth**: contacts with the ellipsoid, the kind, and what is seen where the eclipse is greatest, which is what files
//!    hold.
//! 4. **For a place**: [`local`] for the Sun, [`lunar_local`] for the Moon.
//! 5. **On a map**: [`path`] for the Sun, [`visibility`] for the Moon.
//!
//! # What depends on what
//! All instants are TT, and longitudes are ephemeris longitudes, so that nothing that is found depends on ΔT. It comes in where a
//! place is asked about, and turns the Earth under the shadow.
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
//!
//! Two things are ours. Where the axis misses the Earth, the place of greatest eclipse is the point of the ellipsoid nearest to
//! it, in geographic latitude; the canon takes a sphere there, whose point is up to 0.17° away. And a path is as wide as its limits
//! are apart on the ellipsoid ([`SolarEclipse::path_width_km`](orrery_format::eclipse::SolarEclipse::path_width_km)); the canon
//! takes even ground, which under a low Sun makes up to a ninth of a difference.
//!
//! # How near to others
//! To the canons, from 1800 to 2399, over 1425 and 1446 eclipses, none missing and none besides: every kind and every saros the
//! same, hybrid ones included; instants of greatest eclipse within 1.5 s (Sun) and 4 s (Moon), gamma within 0.0002, magnitudes of
//! the Sun within 0.00013 and of the Moon within 0.0005; durations of the Sun's within 0.3 s of what rounding leaves. The canons
//! rest on other ephemerides (VSOP87 and ELP2000-82).
//!
//! To the Swiss Ephemeris' searches for a place, with its radii of Sun and Moon: contacts of the Sun's within the time that the
//! shadow's border needs for 0.12 km, a fifth of a second, from 1850 to 2050 (0.25 km in the other centuries, for which its
//! sidereal time is another), once its observer is put where it has him: it turns the Earth about the mean pole, which is up to
//! 0.3 km aside. Those of the Moon's within 12 s, for it takes another shadow; the Moon's risings within 0.02 s.
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
mod kind;
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
pub mod visibility;

pub use kind::{Eclipse, eclipses_within};
pub use lunar::{lunar_eclipse_of, lunar_eclipses};
pub use lunation::{Lunation, Phase};
pub use sky::{Luminaries, SunAndMoon, TabulatedLuminaries, ephemeris_sidereal_time_deg};
pub use solar::{solar_eclipse_of, solar_eclipses};
