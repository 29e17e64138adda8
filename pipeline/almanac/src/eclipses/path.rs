//! Where on the Earth an eclipse is seen: the curves of its map (Explanatory Supplement to the Astronomical Almanac, 11.3.7;
//! Meeus, *Elements of Solar Eclipses*).
//!
//! All curves lie on the ellipsoid at sea level. Instants are of TT and longitudes are ephemeris ones, so that curves do not
//! depend on ΔT; [`Point::longitude_deg`] turns them to where they are.
//!
//! # What the curves are
//! * The **central line** is where the axis of the shadow meets the ground.
//! * **Limits** of a cone divide places that it reaches from places that it passes by: at a place on a limit it only touches,
//!   while the Sun is up. They are envelopes of the cone's outlines, so a place a metre beyond sees another kind of eclipse.
//!   Limits begin and end where the Sun's centre is on the horizon at that moment.
//! * **Lobes** hold the places where the Sun's centre is on the horizon while the eclipse lasts. Their borders are where it
//!   begins or ends at sunrise or sunset. There are two, in the west and in the east, where both limits of the penumbra meet the
//!   Earth, and a single one, which crosses itself like an eight, where only one does.
//! * The **maximum on the horizon** runs through the lobes from limit to limit.
//! * The **outline** of a cone is its border on the day side at an instant, closed along the terminator where the cone
//!   reaches beyond the Earth's limb.
//!
//! * The **width** of the path at a point of the central line is the distance between the limits of the umbra, along the ground and
//!   square to the line.
//!
//! The horizon here is the geometric one, altitude 0 without refraction, as on other maps of eclipses.

mod central;
mod density;
mod follow;
mod horizon;
mod limb;
mod limits;
mod outline;
mod width;

use orrery_format::TtDay;
use orrery_format::eclipse::{Elements, ROTATION_DEG_PER_S};

pub(super) use self::central::umbra_radii;
pub use self::central::{CentralPoint, central_line, central_point, greatest_duration};
pub use self::density::Density;
pub use self::horizon::{Lobe, lobes, maximum_on_horizon};
pub use self::limits::{penumbral_limits, umbral_limits};
pub use self::outline::outline;
pub(super) use self::width::width_km;

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When the curve is there: the instant at which what it is named for happens at this place.
    pub tt: TtDay,
    /// Geographic latitude, degrees, north positive.
    pub latitude_deg: f64,
    /// Ephemeris longitude, degrees, east positive. Along a curve it goes on without jumps, beyond ±180 if need be; beside a
    /// pole it turns by as much as the curve does there.
    pub ephemeris_longitude_deg: f64,
}

impl Point {
    /// Geographic longitude with ΔT in seconds, degrees, east positive; like the ephemeris longitude it is not brought to a
    /// turn, so that curves stay whole.
    #[must_use]
    pub fn longitude_deg(&self, delta_t_s: f64) -> f64 {
        self.ephemeris_longitude_deg + ROTATION_DEG_PER_S * delta_t_s
    }
}

/// What a curve is. North and south are the sides of the axis as it moves in the fundamental plane, as usual on maps: on a path
/// over a pole the northern limit may lie south of the southern one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CurveName {
    /// Beyond it no place sees a total or annular eclipse.
    NorthernUmbralLimit,
    /// The same in the south.
    SouthernUmbralLimit,
    /// Beyond it no place sees anything of the eclipse.
    NorthernPenumbralLimit,
    /// The same in the south.
    SouthernPenumbralLimit,
    /// The eclipse begins while the Sun rises.
    BeginsAtSunrise,
    /// The eclipse ends while the Sun rises.
    EndsAtSunrise,
    /// The eclipse begins while the Sun sets.
    BeginsAtSunset,
    /// The eclipse ends while the Sun sets.
    EndsAtSunset,
    /// The magnitude is greatest while the Sun rises.
    MaximumAtSunrise,
    /// The magnitude is greatest while the Sun sets.
    MaximumAtSunset,
    /// The border of the penumbra at an instant.
    PenumbralOutline,
    /// The border of the umbra or the antumbra at an instant.
    UmbralOutline,
}

impl CurveName {
    /// Every name.
    pub const ALL: [CurveName; 12] = [
        CurveName::NorthernUmbralLimit,
        CurveName::SouthernUmbralLimit,
        CurveName::NorthernPenumbralLimit,
        CurveName::SouthernPenumbralLimit,
        CurveName::BeginsAtSunrise,
        CurveName::EndsAtSunrise,
        CurveName::BeginsAtSunset,
        CurveName::EndsAtSunset,
        CurveName::MaximumAtSunrise,
        CurveName::MaximumAtSunset,
        CurveName::PenumbralOutline,
        CurveName::UmbralOutline,
    ];

    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CurveName::NorthernUmbralLimit => "northern_umbral_limit",
            CurveName::SouthernUmbralLimit => "southern_umbral_limit",
            CurveName::NorthernPenumbralLimit => "northern_penumbral_limit",
            CurveName::SouthernPenumbralLimit => "southern_penumbral_limit",
            CurveName::BeginsAtSunrise => "begins_at_sunrise",
            CurveName::EndsAtSunrise => "ends_at_sunrise",
            CurveName::BeginsAtSunset => "begins_at_sunset",
            CurveName::EndsAtSunset => "ends_at_sunset",
            CurveName::MaximumAtSunrise => "maximum_at_sunrise",
            CurveName::MaximumAtSunset => "maximum_at_sunset",
            CurveName::PenumbralOutline => "penumbral_outline",
            CurveName::UmbralOutline => "umbral_outline",
        }
    }
}

/// A curve on the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is.
    pub name: CurveName,
    /// Its points, one after the other: at least two.
    pub points: Vec<Point>,
}

/// The curves of an eclipse, each of which there is a function for, too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// The central line, in the order of time. Empty where the axis misses the Earth.
    pub central: Vec<CentralPoint>,
    /// The limits of the umbra: two, or one or none where the cone hangs over the Earth's limb. Through a hybrid eclipse they
    /// meet where the umbra's tip is on the ground.
    pub umbral_limits: Vec<Curve>,
    /// The limits of the penumbra: two, or one where it hangs over the Earth's limb.
    pub penumbral_limits: Vec<Curve>,
    /// Where the eclipse begins or ends at sunrise or sunset.
    pub lobes: Vec<Lobe>,
    /// Where it is greatest at sunrise or sunset.
    pub maximum_on_horizon: Vec<Curve>,
}

impl Path {
    /// The path of the eclipse that elements tell of, its curves as dense as asked for.
    #[must_use]
    pub fn of(elements: &Elements, density: &Density) -> Path {
        Path {
            central: central_line(elements, density),
            umbral_limits: umbral_limits(elements, density),
            penumbral_limits: penumbral_limits(elements, density),
            lobes: lobes(elements, density),
            maximum_on_horizon: maximum_on_horizon(elements, density),
        }
    }
}
