//! Eclipses as files hold them: plain numbers, sorted by time, of which nothing depends on ΔT.
//!
//! Instants are Julian days of TT. What the turning Earth puts under the shadow is told by *ephemeris* longitudes: those that
//! places would have if UT1 were TT. An eclipse as it is stored stays true whatever becomes of ΔT; who asks adds
//! 1.002738 × ΔT of rotation, 15.041″ east for each second of it.

use rkyv::{Archive, Deserialize, Serialize};

/// Degrees that the Earth turns in a second of time: what a second of ΔT adds to an ephemeris longitude.
pub const ROTATION_DEG_PER_S: f64 = 360.985_647_366_29 / 86_400.0;

/// Besselian elements of a solar eclipse (Explanatory Supplement to the Astronomical Almanac, 11.3; Meeus, *Elements of Solar
/// Eclipses*): how the Moon's shadow moves past the Earth, in the fundamental plane.
///
/// Each is a polynomial in hours of TT since [`Elements::t0_jd_tt`], constant term first, good within
/// [`Elements::reach_h`] hours of it. Lengths are in equatorial radii of the Earth.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[rkyv(derive(Debug))]
pub struct Elements {
    /// The origin of time, a Julian day of TT: the full hour nearest to the greatest eclipse.
    pub t0_jd_tt: f64,
    /// Hours before and after the origin for which the elements hold.
    pub reach_h: f64,
    /// Where the axis of the shadow meets the fundamental plane, to the east.
    pub x: [f64; 6],
    /// The same, to the north.
    pub y: [f64; 6],
    /// Declination of the axis, degrees.
    pub d_deg: [f64; 4],
    /// Ephemeris hour angle of the axis at Greenwich, degrees: what it would be if UT1 were TT. It grows without wrapping.
    pub mu_deg: [f64; 4],
    /// Radius of the penumbra in the fundamental plane.
    pub l1: [f64; 5],
    /// Radius of the umbra there; negative where it is an umbra proper, that is, where the Moon covers the Sun.
    pub l2: [f64; 5],
    /// Tangent of the half angle of the penumbra's cone.
    pub tan_f1: [f64; 2],
    /// Tangent of the half angle of the umbra's cone.
    pub tan_f2: [f64; 2],
}

/// A solar eclipse. Contacts that there are not are NaN.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[rkyv(derive(Debug))]
pub struct SolarEclipse {
    /// When the axis of the shadow passes nearest to the centre of the Earth, a Julian day of TT.
    pub greatest_jd_tt: f64,
    /// How near, in equatorial radii of the Earth; positive where it passes north of it.
    pub gamma: f64,
    /// At the place of greatest eclipse, as NASA's canon has it: where the axis meets the Earth, the ratio of the Moon's
    /// diameter to the Sun's; elsewhere, how far the Moon's limb reaches into the Sun's disc, in diameters of it. (Where the
    /// axis misses the Earth and the umbra does not, the latter is not that ratio.)
    pub magnitude: f64,
    /// The part of the Sun's disc that is covered there, 0 to 1.
    pub obscuration: f64,
    /// Geographic latitude of the place of greatest eclipse, degrees.
    pub latitude_deg: f64,
    /// Its ephemeris longitude, degrees, −180 to 180, east positive.
    pub ephemeris_longitude_deg: f64,
    /// Altitude of the Sun there, degrees.
    pub sun_altitude_deg: f64,
    /// Azimuth of the Sun there, degrees from north over east.
    pub sun_azimuth_deg: f64,
    /// How long it is total or annular there, seconds; NaN where it is not.
    pub central_duration_s: f64,
    /// Width of the path of the umbra there, km: from its northern limit to its southern over the ellipsoid, square to the
    /// central line; NaN where the axis misses the Earth, and where the path has only one limit.
    ///
    /// NASA's canon tells what a shadow of this radius would cover on even ground square to the Earth's radius (Meeus, *Elements
    /// of Solar Eclipses*). That differs by 0.1 % where the Sun stands higher than 60°, by 0.7 % from 30°, by 4 % from 15° and by
    /// 12 % below, where the shadow reaches so far that the ground bends away under it.
    pub path_width_km: f64,
    /// P1, P2, P3, P4: when the penumbra first touches the Earth from outside and from inside, and last from inside and from
    /// outside.
    pub penumbra_jd_tt: [f64; 4],
    /// U1, U2, U3, U4: the same of the umbra.
    pub umbra_jd_tt: [f64; 4],
    /// C1 and C2: when the axis enters and leaves the Earth.
    pub axis_jd_tt: [f64; 2],
    /// The elements, from which what is seen anywhere follows.
    pub elements: Elements,
    /// Saros series; 0 and less for those that began before −2900.
    pub saros: i16,
    /// Place in the series, which begins with 1; 0 where it is unknown, since the series began before any source reaches.
    pub saros_member: u16,
    /// [`SolarKind`] as a number.
    pub kind: u8,
}

/// A lunar eclipse. Contacts that there are not are NaN.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq)]
#[rkyv(derive(Debug))]
pub struct LunarEclipse {
    /// When the Moon's centre passes nearest to the axis of the Earth's shadow as seen from the Earth's centre, a Julian day of
    /// TT.
    pub greatest_jd_tt: f64,
    /// How far from it, in equatorial radii of the Earth; positive where it passes north of it.
    pub gamma: f64,
    /// The part of the Moon's diameter within the umbra; negative where it stays outside.
    pub umbral_magnitude: f64,
    /// The part of the Moon's diameter within the penumbra.
    pub penumbral_magnitude: f64,
    /// Geographic latitude of where the Moon is in the zenith then, degrees.
    pub latitude_deg: f64,
    /// Its ephemeris longitude, degrees, −180 to 180, east positive.
    pub ephemeris_longitude_deg: f64,
    /// P1 and P4: when the Moon enters and leaves the penumbra.
    pub penumbra_jd_tt: [f64; 2],
    /// U1, U2, U3, U4: when the Moon begins to enter the umbra and is all within it, begins to leave it and is all outside.
    pub umbra_jd_tt: [f64; 4],
    /// Saros series; 0 and less for those that began before −2900.
    pub saros: i16,
    /// Place in the series, which begins with 1; 0 where it is unknown, since the series began before any source reaches.
    pub saros_member: u16,
    /// [`LunarKind`] as a number.
    pub kind: u8,
}

/// What a solar eclipse is where it is greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SolarKind {
    /// The umbra misses the Earth.
    Partial,
    /// The Moon stands within the Sun's disc.
    Annular,
    /// The Moon covers the Sun.
    Total,
    /// Annular at some places and total at others.
    Hybrid,
}

/// How deep into the Earth's shadow the Moon comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LunarKind {
    /// Not into the umbra.
    Penumbral,
    /// Not all of it into the umbra.
    Partial,
    /// All of it into the umbra.
    Total,
}

impl SolarKind {
    /// Every kind, by its number.
    pub const ALL: [SolarKind; 4] =
        [SolarKind::Partial, SolarKind::Annular, SolarKind::Total, SolarKind::Hybrid];

    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SolarKind::Partial => "partial",
            SolarKind::Annular => "annular",
            SolarKind::Total => "total",
            SolarKind::Hybrid => "hybrid",
        }
    }
}

impl LunarKind {
    /// Every kind, by its number.
    pub const ALL: [LunarKind; 3] = [LunarKind::Penumbral, LunarKind::Partial, LunarKind::Total];

    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LunarKind::Penumbral => "penumbral",
            LunarKind::Partial => "partial",
            LunarKind::Total => "total",
        }
    }
}
