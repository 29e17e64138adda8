//! The central line: where the axis of the shadow meets the ground.

use std::f64::consts::PI;

use orrery_format::TtDay;
use orrery_format::eclipse::Elements;

use super::Point;
use super::density::{Density, Spot, points, trace};
use super::width::width_km;
use crate::eclipses::contour::axis_passage;
use crate::eclipses::course::Course;
use crate::eclipses::elements::{Cone, FundamentalPlane, hours};
use crate::eclipses::ellipsoid::Ground;
use crate::eclipses::local::Kind;
use crate::eclipses::roots::{crossing, least};

/// Stretches that it is parted into before it is known how it bends.
const PARTS: u32 = 4;
/// How many places the line is looked at in search of where it is total or annular for longest.
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
    /// The width of the path there, km: from limit to limit over the ground, square to the line. `None` where only one limit is
    /// met by day, as at sunrise and sunset. See [`orrery_format::eclipse::SolarEclipse::path_width_km`] for how others count.
    pub width_km: Option<f64>,
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
        let [enters, leaves] = axis_passage(elements)?;
        Some(Line { elements, middle: f64::midpoint(enters, leaves), half: 0.5 * (leaves - enters) })
    }

    fn spot(&self, along: f64) -> Spot {
        let hours = self.middle - self.half * along.cos();
        Spot { hours, surface: FundamentalPlane::at(self.elements, hours).under_axis() }
    }

    /// The radius of the umbra on the ground, negative where the eclipse is total.
    fn radius(&self, along: f64) -> f64 {
        let spot = self.spot(along);
        course(self.elements, &spot).at(spot.hours).radius(Cone::Umbra)
    }

    /// Where the radius is least: the ground rises towards the Moon and falls again, so that it falls and rises again.
    fn most_total(&self) -> f64 {
        least(0.0, PI, |along| self.radius(along))
    }

    /// Where the eclipse becomes total or annular.
    fn changes(&self) -> impl Iterator<Item = f64> {
        let middle = self.most_total();
        let is_total = self.radius(middle) < 0.0;
        let ends = if is_total { &[0.0, PI][..] } else { &[] };
        let ends = ends.iter().filter(|end| self.radius(**end) >= 0.0);
        ends.map(move |end| crossing(middle, *end, |along| self.radius(along)))
    }
}

/// The least and the greatest radius of the umbra on the central line, negative where the eclipse is total. `None` where the
/// axis misses the Earth.
pub(in crate::eclipses) fn umbra_radii(elements: &Elements) -> Option<[f64; 2]> {
    let line = Line::of(elements)?;
    let [start, middle, end] = [0.0, line.most_total(), PI].map(|along| line.radius(along));
    Some([start.min(middle).min(end), start.max(end)])
}

/// The course of a point of the line through the shadow.
fn course<'a>(elements: &'a Elements, spot: &Spot) -> Course<'a> {
    Course { elements, place: spot.surface.place() }
}

/// What is told of a point of the line.
fn central(elements: &Elements, spot: &Spot, point: Point) -> CentralPoint {
    let course = course(elements, spot);
    let here = course.at(spot.hours);
    let plane = FundamentalPlane::at(elements, spot.hours);
    let [sun_altitude_deg, sun_azimuth_deg] = Ground::under(&spot.surface).horizontal_deg(plane.sunward());
    CentralPoint {
        point,
        kind: if here.is_annular() { Kind::Annular } else { Kind::Total },
        duration_s: course.stay_s(spot.hours),
        width_km: width_km(elements, spot.hours),
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
    for to in line.changes().chain([PI]) {
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
        let spot = Spot { hours, surface: plane.under_axis() };
        let point = *points(elements, &[spot]).first()?;
        return Some(central(elements, &spot, point));
    }
    None
}

/// Where the eclipse is total or annular for longest. `None` where the axis misses the Earth.
#[must_use]
pub fn greatest_duration(elements: &Elements) -> Option<CentralPoint> {
    let line = Line::of(elements)?;
    let short = |along: f64| {
        let spot = line.spot(along);
        -course(elements, &spot).stay_s(spot.hours)
    };
    let step = PI / f64::from(LOOKS);
    let best = (0..=LOOKS).map(|nth| step * f64::from(nth)).min_by(|a, b| short(*a).total_cmp(&short(*b)))?;
    let along = least((best - step).max(0.0), (best + step).min(PI), short);
    let spot = line.spot(along);
    let point = *points(elements, &[spot]).first()?;
    Some(central(elements, &spot, point))
}
