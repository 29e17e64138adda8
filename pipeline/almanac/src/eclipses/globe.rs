//! What an eclipse of the Sun is for the Earth as a whole: contacts, kind, and the place where it is greatest.

use orrery_format::eclipse::{Elements, SolarKind};

use super::ellipsoid::{Aspect, EARTH_RADIUS_KM, Place};
use super::polynomial;
use super::roots;
use super::shadow::{Cone, Shadow};

/// Hours before and after the greatest eclipse within which a shadow that only grazes the ellipsoid is deepest in it. Its
/// flattening moves that by 0.01 h.
const ASIDE_H: f64 = 0.25;

/// No umbra stays as long over a place, hours: twelve and a half minutes is the most.
const LONGEST_STAY_H: f64 = 0.4;

/// Steps by which the end of a stay is looked for, hours.
const STAY_STEP_H: f64 = 1.0 / 60.0;

/// Seconds of an hour.
const HOUR_S: f64 = 3600.0;

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
        let passage = |f: fn(&Shadow) -> f64| {
            roots::passage(|hours| f(&Shadow::at(elements, hours)), reach, greatest_h, ASIDE_H)
        };
        let penumbra_h = passage(|shadow| shadow.outside(Cone::Penumbra))?;
        let umbra_h = passage(|shadow| shadow.outside(Cone::Umbra));
        Some(Globe {
            penumbra_h,
            penumbra_within_h: passage(|shadow| shadow.beyond(Cone::Penumbra)),
            umbra_h,
            umbra_within_h: umbra_h.and_then(|_| passage(|shadow| shadow.beyond(Cone::Umbra))),
            axis_h: umbra_h.and_then(|_| passage(Shadow::axis_clearance)),
        })
    }

    /// What the eclipse is. Along the central line, its ends on the ellipsoid included, the Moon covers the Sun where the
    /// umbra's radius is negative.
    pub(crate) fn kind(&self, elements: &Elements, greatest_h: f64) -> SolarKind {
        if self.umbra_h.is_none() {
            return SolarKind::Partial;
        }
        let [least, most] = self.umbra_along_axis(elements, greatest_h);
        if least >= 0.0 {
            SolarKind::Annular
        } else if most < 0.0 {
            SolarKind::Total
        } else {
            SolarKind::Hybrid
        }
    }

    /// The least and the greatest radius of the umbra on the central line, negative where it is total. Where the axis misses
    /// the Earth, twice that at the place of greatest eclipse.
    fn umbra_along_axis(&self, elements: &Elements, greatest_h: f64) -> [f64; 2] {
        let radius = |hours: f64| {
            let shadow = Shadow::at(elements, hours);
            let [_, _, zeta] = on_earth(&shadow);
            shadow.umbra(zeta)
        };
        let Some([start, end]) = self.axis_h else { return [radius(greatest_h); 2] };
        // The ground rises towards the Moon and falls again, so that the radius is least in between and greatest at an end.
        let middle = radius(roots::least(radius, start, end));
        let ends = [radius(start), radius(end)];
        [middle.min(ends[0]).min(ends[1]), ends[0].max(ends[1])]
    }
}

/// The point of the Earth that the axis meets, or else the nearest to it.
fn on_earth(shadow: &Shadow) -> [f64; 3] {
    shadow.pierced().unwrap_or_else(|| shadow.aspect.nearest(shadow.x, shadow.y))
}

/// What is seen where an eclipse is greatest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Greatest {
    /// Where.
    pub(crate) place: Place,
    /// See [`orrery_format::eclipse::SolarEclipse::magnitude`].
    pub(crate) magnitude: f64,
    /// The part of the Sun's disc that is covered.
    pub(crate) obscuration: f64,
    /// From north through east, degrees.
    pub(crate) sun_azimuth_deg: f64,
    /// Degrees.
    pub(crate) sun_altitude_deg: f64,
    /// How long the umbra stays, seconds.
    pub(crate) duration_s: Option<f64>,
    /// Width of the umbra's path, km.
    pub(crate) width_km: Option<f64>,
}

impl Greatest {
    /// At an hour.
    pub(crate) fn new(elements: &Elements, hours: f64, globe: &Globe) -> Greatest {
        let shadow = Shadow::at(elements, hours);
        let place = Place::at(&shadow.aspect, shadow.mu_deg, on_earth(&shadow));
        let (apart, penumbra, umbra) = shadow.over(&place);
        let is_within = apart < umbra.abs();
        let has_two_limits = globe.umbra_within_h.is_some();
        // As the canon does it: on the axis, the ratio of the discs; beside it, also within the umbra, how far the Moon's limb
        // reaches into the Sun's disc (Explanatory Supplement, 11.3.3.1).
        let covered = if shadow.pierced().is_some() { penumbra - umbra } else { penumbra - apart };
        let (sun_azimuth_deg, sun_altitude_deg) = place.horizontal_deg(&shadow.aspect, shadow.mu_deg);
        Greatest {
            place,
            magnitude: covered / (penumbra + umbra),
            obscuration: obscuration(penumbra, umbra, apart),
            sun_azimuth_deg,
            sun_altitude_deg,
            duration_s: is_within.then(|| stay_s(elements, &place, hours)).flatten(),
            width_km: (shadow.pierced().is_some() && has_two_limits)
                .then(|| width_km(elements, hours, &place)),
        }
    }
}

/// The part of the Sun's disc that is covered where the shadow's cones have such radii and the axis is so far. In their
/// measure the Sun's radius is half the sum and the Moon's half the difference of both.
fn obscuration(penumbra: f64, umbra: f64, apart: f64) -> f64 {
    let (sun, moon) = (0.5 * (penumbra + umbra), 0.5 * (penumbra - umbra));
    if apart >= sun + moon {
        return 0.0;
    }
    if apart <= (sun - moon).abs() {
        return (moon / sun).powi(2).min(1.0);
    }
    // Two sectors less the kite between the centres and the horns.
    let cosine = |near: f64, far: f64| {
        ((apart * apart + near * near - far * far) / (2.0 * apart * near)).clamp(-1.0, 1.0)
    };
    let (in_sun, in_moon) = (cosine(sun, moon).acos(), cosine(moon, sun).acos());
    let segment = |angle: f64, radius: f64| radius * radius * (angle - angle.sin() * angle.cos());
    (segment(in_sun, sun) + segment(in_moon, moon)) / (std::f64::consts::PI * sun * sun)
}

/// How long the umbra stays over a place that it covers at an hour, seconds.
fn stay_s(elements: &Elements, place: &Place, hours: f64) -> Option<f64> {
    let outside = |at: f64| {
        let (apart, _, umbra) = Shadow::at(elements, at).over(place);
        apart - umbra.abs()
    };
    let end = |direction: f64| {
        let mut from = hours;
        while (from - hours).abs() < LONGEST_STAY_H {
            let to = from + direction * STAY_STEP_H;
            if outside(to) >= 0.0 {
                return roots::root(outside, from, to);
            }
            from = to;
        }
        None
    };
    Some((end(1.0)? - end(-1.0)?) * HOUR_S)
}

/// How wide the umbra's path is about a place on its central line, km: across the way of the shadow over the ground, which
/// stretches it where the Sun is low (Meeus, *Elements of Solar Eclipses*).
///
/// It is the width of the published canons, which takes the ground as even across the path and square to the radius. Where
/// the Sun stands less than some fifteen degrees high, limits on the ground are otherwise apart than that.
fn width_km(elements: &Elements, hours: f64, place: &Place) -> f64 {
    let shadow = Shadow::at(elements, hours);
    let Aspect { sin_d, cos_d } = shadow.aspect;
    let [xi, eta, zeta] = place.fundamental(&shadow.aspect, shadow.mu_deg);
    let turn = polynomial::rate(&elements.mu_deg, hours).to_radians();
    let tilt = polynomial::rate(&elements.d_deg, hours).to_radians();
    let east = polynomial::rate(&elements.x, hours) - turn * (zeta * cos_d - eta * sin_d);
    let north = polynomial::rate(&elements.y, hours) - (turn * xi * sin_d - tilt * zeta);
    let along = (xi * east + eta * north) / east.hypot(north);
    2.0 * shadow.umbra(zeta).abs() * EARTH_RADIUS_KM / zeta.hypot(along)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discs_cover_each_other_as_circles_do() {
        // Radii of 1 and 1: a lens of 2π/3 − √3/2 at a distance of one radius.
        let lens = (2.0 * std::f64::consts::FRAC_PI_3 - 0.75_f64.sqrt()) / std::f64::consts::PI;
        assert!((obscuration(2.0, 0.0, 1.0) - lens).abs() < 1e-12);
        assert_eq!(obscuration(2.0, 0.0, 2.0), 0.0);
        assert_eq!(obscuration(2.0, 0.2, 0.1), (0.9_f64 / 1.1).powi(2));
        assert_eq!(obscuration(2.0, -0.2, 0.1), 1.0);
        // What is covered grows evenly as one disc moves over the other.
        let mut before = 0.0;
        for step in (0..200).rev() {
            let now = obscuration(2.0, 0.1, f64::from(step) / 100.0);
            assert!(now >= before && now - before < 0.02, "{step}: {before} {now}");
            before = now;
        }
    }
}
