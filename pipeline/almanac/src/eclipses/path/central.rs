//! The central line: where the axis of the shadow meets the ground.

use std::f64::consts::PI;

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::Point;
use super::density::{Density, Spot, points, trace};
use crate::eclipses::elements::{Cone, FundamentalPlane, Standpoint, hours};
use crate::eclipses::ground::{EARTH_RADIUS_KM, Ground, dot};
use crate::eclipses::local::Kind;
use crate::eclipses::roots::{climb, lowest, zero};

/// Longer than the axis takes to pass from the middle of the Earth's disc to its limb, hours.
const HALF_PASSAGE_H: f64 = 4.0;
/// Longer than half of the longest total or annular eclipse, hours.
const HALF_CENTRAL_H: f64 = 0.3;
/// Stretches that it is parted into before it is known how it bends.
const PARTS: u32 = 4;
/// How many places the line is looked at in search of what is special on it.
const LOOKS: u32 = 48;

/// A point of the central line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CentralPoint {
    /// Where and when.
    pub point: Point,
    /// Total or annular. Of the point of a hybrid eclipse where the one becomes the other, it is annular, for no time.
    pub kind: Kind,
    /// How long it is total or annular there, seconds, between the contacts.
    pub duration_s: f64,
    /// The width of the path there, square to it on level ground, km. Tables of NASA's (Meeus, *Elements of Solar Eclipses*)
    /// take the ground for square to the Earth's radius, which makes up to a hundredth of a difference.
    pub width_km: f64,
    /// Altitude of the Sun then, degrees, without refraction.
    pub sun_altitude_deg: f64,
    /// Azimuth of the Sun then, degrees from north over east, 0 to 360.
    pub sun_azimuth_deg: f64,
    /// The Moon's diameter in diameters of the Sun, which is the magnitude there.
    pub diameter_ratio: f64,
}

/// The central line, by a parameter that runs evenly from limb to limb as seen from the Sun: from 0 to π. At the limb the axis
/// sweeps over the ground without bound, which this evens out.
struct Line<'a> {
    elements: &'a Elements,
    middle: f64,
    half: f64,
}

impl<'a> Line<'a> {
    /// `None` where the axis misses the Earth.
    fn of(elements: &'a Elements) -> Option<Line<'a>> {
        let outside = |hours: f64| FundamentalPlane::at(elements, hours).axis_outside();
        let nearest = climb(0.0, |hours| {
            let plane = FundamentalPlane::at(elements, hours);
            let [x_rate, y_rate] = plane.axis_rate;
            (plane.axis_outside().1, x_rate * x_rate + y_rate * y_rate)
        });
        let is_met = outside(nearest).0 < 0.0;
        if !is_met {
            return None;
        }
        let [enters, leaves] = [-HALF_PASSAGE_H, HALF_PASSAGE_H].map(|way| {
            zero(nearest, nearest + way, nearest + 0.5 * way, |hours| {
                let (value, rate) = outside(hours);
                (value, 2.0 * rate)
            })
        });
        Some(Line { elements, middle: f64::midpoint(enters, leaves), half: 0.5 * (leaves - enters) })
    }

    fn spot(&self, along: f64) -> Spot {
        let hours = self.middle - self.half * along.cos();
        let plane = FundamentalPlane::at(self.elements, hours);
        Spot { hours, surface: plane.ray(plane.axis, [0.0; 2]).end(true) }
    }

    /// The radius of the umbra on the ground, negative where the eclipse is total.
    fn radius(&self, along: f64) -> f64 {
        let spot = self.spot(along);
        standpoint(self.elements, &spot, spot.hours).radius(Cone::Umbra)
    }

    /// Where the eclipse becomes total or annular.
    fn changes(&self) -> Vec<f64> {
        let at = |nth: u32| PI * f64::from(nth) / f64::from(LOOKS);
        let between = |nth: u32| {
            let (left, right) = (at(nth), at(nth + 1));
            let is_below = |along| self.radius(along) < 0.0;
            if is_below(left) == is_below(right) {
                return None;
            }
            let (low, high) = if is_below(left) { (left, right) } else { (right, left) };
            Some(zero(low, high, f64::midpoint(left, right), |along| (self.radius(along), 0.0)))
        };
        (0..LOOKS).filter_map(between).collect()
    }
}

fn standpoint(elements: &Elements, spot: &Spot, hours: f64) -> Standpoint {
    FundamentalPlane::at(elements, hours).standpoint(&spot.surface.place())
}

/// How long it is total or annular at a point of the line, seconds.
fn duration_s(elements: &Elements, spot: &Spot) -> f64 {
    let here = standpoint(elements, spot, spot.hours);
    if here.outside(Cone::Umbra) >= 0.0 {
        return 0.0;
    }
    let half = here.radius(Cone::Umbra).abs() / here.speed();
    let [begins, ends] = [-1.0, 1.0].map(|way| {
        zero(spot.hours, spot.hours + way * HALF_CENTRAL_H, spot.hours + way * half, |hours| {
            let here = standpoint(elements, spot, hours);
            (here.outside(Cone::Umbra), 2.0 * here.outside_rate(Cone::Umbra))
        })
    });
    (ends - begins) * 3600.0
}

/// What is told of a point of the line.
fn central(elements: &Elements, spot: &Spot, point: Point) -> CentralPoint {
    let plane = FundamentalPlane::at(elements, spot.hours);
    let here = plane.standpoint(&spot.surface.place());
    let ground = Ground::at(point.latitude_deg, point.ephemeris_longitude_deg, 0.0);
    let [sun_altitude_deg, sun_azimuth_deg] = ground.horizontal_deg(plane.sunward());
    // Across the motion the shadow is as wide on the ground as in the plane where the ground is level in that direction.
    let [east, north] = [plane.east(), plane.north()].map(|way| dot(&ground.zenith, way));
    let ([u_rate, v_rate], speed) = (here.motion, here.speed());
    let leaning = (east * v_rate - north * u_rate) / speed;
    CentralPoint {
        point,
        kind: if here.is_annular() { Kind::Annular } else { Kind::Total },
        duration_s: duration_s(elements, spot),
        width_km: 2.0 * EARTH_RADIUS_KM * here.radius(Cone::Umbra).abs()
            / (1.0 - leaning * leaning).max(f64::MIN_POSITIVE).sqrt(),
        sun_altitude_deg,
        sun_azimuth_deg,
        diameter_ratio: here.diameter_ratio(),
    }
}

/// The central line, in the order of time. Where an annular eclipse becomes total or the reverse, it has a point. Empty where the
/// axis misses the Earth.
#[must_use]
pub fn central_line(elements: &Elements, density: &Density) -> Vec<CentralPoint> {
    let Some(line) = Line::of(elements) else { return Vec::new() };
    let mut spots: Vec<Spot> = Vec::new();
    let mut from = 0.0;
    for to in line.changes().into_iter().chain([PI]) {
        let part = trace(density, from, to, PARTS, &mut |along| line.spot(along));
        // The first point of a part is the last of the part before.
        spots.extend(part.into_iter().skip(usize::from(!spots.is_empty())));
        from = to;
    }
    let points = points(elements, &spots);
    spots.iter().zip(points).map(|(spot, point)| central(elements, spot, point)).collect()
}

/// Where the axis meets the ground at an instant. `None` while it misses the Earth.
#[must_use]
pub fn central_point(elements: &Elements, tt: TtDay) -> Option<CentralPoint> {
    let hours = hours(elements, tt);
    let plane = FundamentalPlane::at(elements, hours);
    if plane.axis_outside().0 < 0.0 {
        let spot = Spot { hours, surface: plane.ray(plane.axis, [0.0; 2]).end(true) };
        let point = *points(elements, &[spot]).first()?;
        return Some(central(elements, &spot, point));
    }
    None
}

/// Where the eclipse is total or annular for longest. `None` where the axis misses the Earth.
#[must_use]
pub fn greatest_duration(elements: &Elements) -> Option<CentralPoint> {
    let line = Line::of(elements)?;
    let short = |along: f64| -duration_s(elements, &line.spot(along));
    let step = PI / f64::from(LOOKS);
    let best = (0..=LOOKS).map(|nth| step * f64::from(nth)).min_by(|a, b| short(*a).total_cmp(&short(*b)))?;
    let along = lowest((best - step).max(0.0), (best + step).min(PI), short);
    let spot = line.spot(along);
    let point = *points(elements, &[spot]).first()?;
    Some(central(elements, &spot, point))
}
