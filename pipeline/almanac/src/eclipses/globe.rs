//! What an eclipse of the Sun is for the Earth as a whole: contacts, kind, and the place where it is greatest.

use orrery_format::eclipse::{Elements, SolarKind};

use super::contour;
use super::course::Course;
use super::elements::{Cone, FundamentalPlane};
use super::ellipsoid::{Ground, SurfacePoint};
use super::path;
use super::roots;

/// Hours before and after the greatest eclipse within which a shadow that only grazes the ellipsoid is deepest in it. Its
/// flattening moves that by 0.01 h.
const ASIDE_H: f64 = 0.25;

/// The global circumstances of an eclipse, instants in hours from the elements' origin.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_field_names, reason = "the ending is the unit")]
pub(crate) struct Globe {
    /// First and last touch of the penumbra.
    pub(crate) penumbra_h: [f64; 2],
    /// First and last instant at which all of the penumbra falls on the Earth.
    pub(crate) penumbra_within_h: Option<[f64; 2]>,
    /// First and last touch of the umbra.
    pub(crate) umbra_h: Option<[f64; 2]>,
    /// First and last instant at which all of the umbra falls on the Earth.
    pub(crate) umbra_within_h: Option<[f64; 2]>,
    /// When the axis enters and leaves.
    pub(crate) axis_h: Option<[f64; 2]>,
}

impl Globe {
    /// Of elements whose greatest eclipse is at an hour; `None` where the penumbra misses the Earth.
    pub(crate) fn new(elements: &Elements, greatest_h: f64) -> Option<Globe> {
        let reach = [-elements.reach_h, elements.reach_h];
        let passage = |distance: fn(&FundamentalPlane, Cone) -> f64, cone: Cone| {
            let at = |hours: f64| distance(&FundamentalPlane::at(elements, hours), cone);
            roots::passage(at, reach, greatest_h, ASIDE_H)
        };
        let penumbra_h = passage(contour::outside, Cone::Penumbra)?;
        let umbra_h = passage(contour::outside, Cone::Umbra);
        Some(Globe {
            penumbra_h,
            penumbra_within_h: passage(contour::beyond, Cone::Penumbra),
            umbra_h,
            umbra_within_h: umbra_h.and_then(|_| passage(contour::beyond, Cone::Umbra)),
            axis_h: umbra_h.and_then(|_| contour::axis_passage(elements)),
        })
    }

    /// What the eclipse is. Along the central line, its ends on the ellipsoid included, the Moon covers the Sun where the
    /// umbra's radius is negative; where the axis misses the Earth, the place of greatest eclipse decides.
    pub(crate) fn kind(&self, elements: &Elements, greatest: &Greatest) -> SolarKind {
        if self.umbra_h.is_none() {
            return SolarKind::Partial;
        }
        let [least, most] = path::umbra_radii(elements).unwrap_or([greatest.umbra_radius; 2]);
        if least >= 0.0 {
            SolarKind::Annular
        } else if most < 0.0 {
            SolarKind::Total
        } else {
            SolarKind::Hybrid
        }
    }
}

/// What is seen where an eclipse is greatest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Greatest {
    /// Geographic, degrees.
    pub(crate) latitude_deg: f64,
    /// Degrees, −180 to 180, east positive.
    pub(crate) ephemeris_longitude_deg: f64,
    /// See [`orrery_format::eclipse::SolarEclipse::magnitude`].
    pub(crate) magnitude: f64,
    /// The part of the Sun's disc that is covered.
    pub(crate) obscuration: f64,
    /// Degrees.
    pub(crate) sun_altitude_deg: f64,
    /// From north through east, degrees.
    pub(crate) sun_azimuth_deg: f64,
    /// How long the umbra stays, seconds; 0 where it does not come.
    pub(crate) duration_s: f64,
    /// Width of the umbra's path, km.
    pub(crate) width_km: Option<f64>,
    /// The radius of the umbra there, negative where it is one proper.
    umbra_radius: f64,
}

impl Greatest {
    /// At an hour.
    pub(crate) fn new(elements: &Elements, hours: f64) -> Greatest {
        let plane = FundamentalPlane::at(elements, hours);
        let is_central = plane.axis_outside().0 < 0.0;
        let surface: SurfacePoint = contour::nearest_to_axis(&plane);
        let here = plane.standpoint(&surface.place());
        let [latitude_deg, ephemeris_longitude_deg] = surface.geographic_deg();
        let [sun_altitude_deg, sun_azimuth_deg] = Ground::under(&surface).horizontal_deg(plane.sunward());
        Greatest {
            latitude_deg,
            ephemeris_longitude_deg,
            // As the canon does it: on the axis, the ratio of the discs; beside it, also within the umbra, how far the Moon's
            // limb reaches into the Sun's disc (Explanatory Supplement, 11.3.3.1).
            magnitude: if is_central { here.diameter_ratio() } else { here.partial_magnitude() },
            obscuration: here.obscuration(),
            sun_altitude_deg,
            sun_azimuth_deg,
            duration_s: Course { elements, place: surface.place() }.stay_s(hours),
            width_km: if is_central { path::width_km(elements, hours) } else { None },
            umbra_radius: here.radius(Cone::Umbra),
        }
    }
}
