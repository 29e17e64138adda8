//! Speeds as derivatives of sampled positions, on one side of every seam.

use crate::body::LiveBody;
use crate::view::{LiveCenter, LivePlace, LiveView};

/// Most points that a stencil has.
pub(crate) const MAX_POINTS: usize = 7;

/// A derivative rule: how many equidistant points, and how far apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stencil {
    /// Five or seven.
    pub(crate) points: usize,
    /// Days between them: a small multiple of a power of two, so that adding it to a date rounds nothing.
    pub(crate) step_days: f64,
}

/// Offsets from the date, in days, with the weight that each sample has in the derivative, per day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Nodes {
    offsets_and_weights: [(f64, f64); MAX_POINTS],
    count: usize,
}

impl Nodes {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, f64)> + use<> {
        self.offsets_and_weights.into_iter().take(self.count)
    }
}

/// How often a step may be halved to find room between two seams.
const MAX_HALVINGS: i32 = 12;

impl Stencil {
    /// The rule for a body's speed in a view: the step balances the noise of the positions against the curvature of the
    /// path.
    ///
    /// From a site, the Earth's rotation bends the path within hours: the Moon's parallax of 57′, 6.3 radians a day. Measured
    /// against a fit over 600 positions, random dates of 1900 to 2100 and latitudes to 60°, in arcseconds a day (rms, most;
    /// then as one-sided quotient):
    ///
    /// | body | rule | rms | most | beside a seam, most |
    /// | --- | --- | --- | --- | --- |
    /// | Moon | 7 × 1/64 d | 6.0e-3 | 2.3e-2 | 0.26 |
    /// | Moon | 7 × 3/128 d | 4.4e-3 | 1.6e-2 | 0.14 |
    /// | Moon | 7 × 1/32 d | 5.5e-3 | 2.5e-2 | 0.23 |
    /// | Moon | 9 × 3/64 d | 3.4e-3 | 9.5e-3 | 0.60 |
    /// | Moon, true | 7 × 1/64 d | 1.1e-4 | 5.1e-4 | 4e-3 |
    /// | Sun to Jupiter | 5 × 1/64 d | 1.3e-4 | 4.1e-4 | 2.6e-3 |
    /// | Sun to Jupiter | 7 × 1/64 d | 2.9e-5 | 1.2e-4 | 1.9e-3 |
    pub(crate) fn of(body: LiveBody, view: LiveView) -> Stencil {
        let (points, step_days) = match (body, view.center) {
            // Positions are noisy to 1.2e-4″ (rms), for a double resolves 40 µs of a date.
            (LiveBody::Moon, LiveCenter::Geo) => (7, 0.25),
            (LiveBody::InterpolatedPerigee | LiveBody::InterpolatedApogee, _) => (7, 0.5),
            (LiveBody::OsculatingApogee | LiveBody::TrueNode, _) => (5, 1.0 / 32.0),
            // The noise is that of the date less light time; true places have none of it.
            (LiveBody::Moon, LiveCenter::Topo(_)) if view.place != LivePlace::True => (7, 3.0 / 128.0),
            (_, LiveCenter::Topo(_)) => (7, 1.0 / 64.0),
            // Short, for light deflection beside the Sun bends within hours; positions are noisy to 4e-6″ and less.
            _ => (5, 1.0 / 64.0),
        };
        Stencil { points, step_days }
    }

    /// Places the stencil around `jd` strictly within `(low, high)`: in the middle where there is room, else shifted to one
    /// side, else with a smaller step.
    pub(crate) fn place(self, jd: f64, low: f64, high: f64) -> Nodes {
        let middle = (self.points / 2) as i32;
        let last = self.points as i32 - 1;
        let fits = |first: i32, step: f64| {
            let leftmost = jd + f64::from(first) * step;
            let rightmost = jd + f64::from(first + last) * step;
            (first == 0 || leftmost > low) && (first == -last || rightmost < high)
        };
        for halving in 0..=MAX_HALVINGS {
            let step = self.step_days * 0.5_f64.powi(halving);
            for shift in 0..=middle {
                for first in [-middle - shift, -middle + shift] {
                    if fits(first, step) {
                        return self.nodes(first, step);
                    }
                }
            }
        }
        // Two seams within a minute: no side of either is long enough to tell a speed, and the jumps count.
        self.nodes(-middle, self.step_days)
    }

    fn nodes(self, first: i32, step: f64) -> Nodes {
        let mut nodes =
            Nodes { offsets_and_weights: [(0.0, 0.0); MAX_POINTS], count: self.points.min(MAX_POINTS) };
        let at = |index: usize| f64::from(first + index as i32);
        for index in 0..nodes.count {
            nodes.offsets_and_weights[index] =
                (at(index) * step, lagrange_slope(index, nodes.count, at) / step);
        }
        nodes
    }
}

/// Slope at zero of the polynomial that is one at node `index` and zero at the others.
fn lagrange_slope(index: usize, count: usize, at: impl Fn(usize) -> f64) -> f64 {
    let others = |skip: usize| (0..count).filter(move |other| *other != index && *other != skip);
    (0..count)
        .filter(|left_out| *left_out != index)
        .map(|left_out| {
            let product: f64 = others(left_out).map(|other| -at(other) / (at(index) - at(other))).product();
            product / (at(index) - at(left_out))
        })
        .sum()
}

/// Smallest signed difference of two longitudes, degrees in [-180, 180).
pub(crate) fn longitude_difference_deg(to_deg: f64, from_deg: f64) -> f64 {
    let difference = to_deg - from_deg;
    if difference >= 180.0 {
        difference - 360.0
    } else if difference < -180.0 {
        difference + 360.0
    } else {
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Stencil = Stencil { points: 5, step_days: 0.125 };

    fn slope(nodes: Nodes, f: impl Fn(f64) -> f64) -> f64 {
        nodes.iter().map(|(offset, weight)| weight * f(offset)).sum()
    }

    #[test]
    fn the_middle_rule_is_the_textbook_one() {
        let nodes: Vec<_> = FIVE.place(100.0, 0.0, 200.0).iter().collect();
        let weights: Vec<_> = nodes.iter().map(|(_, weight)| weight * 0.125 * 12.0).collect();
        for (found, wanted) in weights.iter().zip([1.0, -8.0, 0.0, 8.0, -1.0]) {
            assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        }
    }

    #[test]
    fn every_placement_is_exact_for_polynomials_and_stays_on_its_side() {
        for points in [5, 7] {
            let stencil = Stencil { points, step_days: 0.25 };
            for (low, high) in
                [(90.0, 110.0), (100.0, 110.0), (99.9, 110.0), (90.0, 100.0), (90.0, 100.3), (99.95, 100.05)]
            {
                let nodes = stencil.place(100.0, low, high);
                for (offset, _) in nodes.iter().filter(|(offset, _)| *offset != 0.0) {
                    assert!(low < 100.0 + offset && 100.0 + offset < high, "{low} {high} {offset}");
                }
                let found = slope(nodes, |t| 3.0 + 2.0 * t - t.powi(2) + 0.5 * t.powi(4));
                assert!((found - 2.0).abs() < 1e-9, "{found}");
            }
        }
    }

    #[test]
    fn differences_take_the_short_way() {
        assert!((longitude_difference_deg(0.5, 359.5) - 1.0).abs() < 1e-12);
        assert!((longitude_difference_deg(359.5, 0.5) + 1.0).abs() < 1e-12);
    }
}
