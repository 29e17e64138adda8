//! Where the eclipse begins, ends and is greatest while the Sun's centre is on the horizon.

use std::f64::consts::{PI, TAU};

use orrery_format::eclipse::Elements;

use super::density::{Density, Spot, points, trace};
use super::limb::{Arc, Limb, Side, zeros_around};
use super::{Curve, CurveName, Point};
use crate::eclipses::elements::Cone;

/// Stretches that a curve is parted into before it is known how it bends.
const PARTS: u32 = 4;
/// Parts of a curve shorter than this are nothing but rounding, radians of its parameter.
const NOTHING: f64 = 1e-9;

/// The border of the places where the Sun's centre is on the horizon while the eclipse lasts.
#[derive(Clone, Debug, PartialEq)]
pub struct Lobe {
    /// Its parts, each of which begins where the one before ends; the first begins where the last ends. Longitudes go on from
    /// each to the next. Where the lobe holds a pole, the last ends a turn from where the first begins.
    pub curves: Vec<Curve>,
}

impl Lobe {
    /// The closed border: the last point is the first again.
    #[must_use]
    pub fn outline(&self) -> Vec<Point> {
        let mut outline: Vec<Point> = Vec::new();
        for curve in &self.curves {
            outline.extend(curve.points.iter().skip(usize::from(!outline.is_empty())));
        }
        outline
    }
}

/// Where the eclipse begins or ends at sunrise or sunset: one lobe or two.
#[must_use]
pub fn lobes(elements: &Elements, density: &Density) -> Vec<Lobe> {
    let limb = Limb { elements };
    limb.arcs().into_iter().map(|arc| lobe(&Border { limb: &limb, arc }, density)).collect()
}

/// The border of the moments and angles at which the penumbra is over the limb.
///
/// It goes forth along the arc when the penumbra comes and back when it leaves. The parameter runs from 0 to 2π; it slows
/// down at the ends of the arc, where the penumbra only touches, so that the border is round there.
struct Border<'a> {
    limb: &'a Limb<'a>,
    arc: Arc,
}

impl Border<'_> {
    /// The angle and the hours.
    fn at(&self, along: f64) -> (f64, f64) {
        let along = along.rem_euclid(TAU);
        let [from, to] = self.arc;
        let angle = f64::midpoint(from, to) - 0.5 * (to - from) * along.cos();
        let [comes, leaves] = self.limb.passage(angle);
        (angle, if along < PI { comes } else { leaves })
    }

    fn spot(&self, along: f64) -> Spot {
        let (angle, hours) = self.at(along);
        self.limb.spot(angle, hours)
    }

    /// Below zero where the eclipse begins for the place, above where it ends.
    fn ending(&self, along: f64) -> f64 {
        let (angle, hours) = self.at(along);
        self.limb.at(angle, hours).outside_rate(Cone::Penumbra)
    }

    /// Above zero where the Sun rises.
    fn rising(&self, along: f64) -> f64 {
        let (angle, hours) = self.at(along);
        self.limb.rising(angle, hours)
    }

    fn name(&self, along: f64) -> CurveName {
        match (self.ending(along) < 0.0, self.rising(along) > 0.0) {
            (true, true) => CurveName::BeginsAtSunrise,
            (false, true) => CurveName::EndsAtSunrise,
            (true, false) => CurveName::BeginsAtSunset,
            (false, false) => CurveName::EndsAtSunset,
        }
    }
}

fn lobe(border: &Border, density: &Density) -> Lobe {
    let mut changes = zeros_around(|along| border.ending(along));
    changes.extend(zeros_around(|along| border.rising(along)));
    changes.sort_by(f64::total_cmp);
    changes.dedup_by(|later, earlier| *later - *earlier < NOTHING);
    let first = changes.first().copied().unwrap_or(0.0);
    let ends = changes.iter().copied().skip(1).chain([first + TAU]);
    let starts = if changes.is_empty() { vec![first] } else { changes.clone() };
    let start = border.spot(first);
    let mut all = vec![start];
    let mut lengths = Vec::new();
    for (from, to) in starts.into_iter().zip(ends) {
        let mut part = trace(density, from, to, PARTS, &mut |along| border.spot(along));
        if to >= first + TAU
            && let Some(last) = part.last_mut()
        {
            *last = start;
        }
        lengths.push((border.name(f64::midpoint(from, to)), part.len()));
        all.extend(part.into_iter().skip(1));
    }
    let all = points(border.limb.elements, &all);
    let mut from = 0;
    let curves = lengths.into_iter().filter_map(|(name, length)| {
        let points = all.get(from..from + length)?.to_vec();
        from += length - 1;
        Some(Curve { name, points })
    });
    Lobe { curves: curves.collect() }
}

/// Where the magnitude is greatest on the horizon: from limit to limit of the penumbra, divided where sunrise becomes sunset.
#[must_use]
pub fn maximum_on_horizon(elements: &Elements, density: &Density) -> Vec<Curve> {
    let limb = Limb { elements };
    let mut ends: Vec<f64> =
        Side::BOTH.iter().flat_map(|&side| limb.limit_ends(Cone::Penumbra, side)).collect();
    ends.sort_by(f64::total_cmp);
    let rising = |angle: f64| limb.rising(angle, limb.greatest(angle));
    let turns = zeros_around(rising);
    let nexts = ends.iter().copied().skip(1).chain(ends.first().map(|first| first + TAU));
    let mut curves = Vec::new();
    for (from, to) in ends.iter().copied().zip(nexts) {
        let middle = f64::midpoint(from, to);
        let is_inside = limb.at(middle, limb.deepest(middle, Cone::Penumbra)).outside(Cone::Penumbra) < 0.0;
        if !is_inside || to - from < NOTHING {
            continue;
        }
        let between = |turn: f64| [turn, turn + TAU].into_iter().find(|&at| from < at && at < to);
        let mut stops: Vec<f64> = turns.iter().filter_map(|&turn| between(turn)).collect();
        stops.sort_by(f64::total_cmp);
        let mut start = from;
        for end in stops.into_iter().chain([to]) {
            let spots =
                trace(density, start, end, PARTS, &mut |angle| limb.spot(angle, limb.greatest(angle)));
            let is_rising = rising(f64::midpoint(start, end)) > 0.0;
            let name = if is_rising { CurveName::MaximumAtSunrise } else { CurveName::MaximumAtSunset };
            curves.push(Curve { name, points: points(elements, &spots) });
            start = end;
        }
    }
    curves
}
