//! How far a table is from its source.

use orrery_format::Product;

use crate::recipe::Cut;
use crate::sample::signed_degrees;

/// A deviation, or the largest of several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deviation {
    /// The larger of the first two components' deviations in arcseconds.
    pub arcsec: f64,
    /// Relative deviation of the third component: distance, or mean obliquity.
    pub distance: f64,
}

/// Arcseconds in a degree.
const ARCSEC_PER_DEG: f64 = 3600.0;

/// Arcseconds that the Earth turns in a second: what a second of ΔT counts for.
const ARCSEC_PER_S: f64 = 15.0;

impl Deviation {
    /// Between a table's components and its source's.
    #[must_use]
    pub fn between(product: Product, table: [f64; 3], source: [f64; 3]) -> Deviation {
        let difference = table[0] - source[0];
        let first = match product {
            Product::Place(..) => signed_degrees(difference) * ARCSEC_PER_DEG,
            Product::Nutation => difference * ARCSEC_PER_DEG,
            Product::EarthRotation => difference * ARCSEC_PER_S,
        };
        let second = (table[1] - source[1]) * ARCSEC_PER_DEG;
        let third = table[2] - source[2];
        Deviation {
            arcsec: larger(first.abs(), second.abs()),
            distance: if third == 0.0 { 0.0 } else { (third / source[2]).abs() },
        }
    }

    /// What no polynomial comes near: for a segment that cannot be written.
    #[must_use]
    pub fn unbounded() -> Deviation {
        Deviation { arcsec: f64::INFINITY, distance: f64::INFINITY }
    }

    /// The larger of both, by part.
    #[must_use]
    pub fn max(self, other: Deviation) -> Deviation {
        Deviation {
            arcsec: larger(self.arcsec, other.arcsec),
            distance: larger(self.distance, other.distance),
        }
    }

    /// Whether it is within both. NaN is not.
    #[must_use]
    pub fn meets(self, arcsec: f64, distance: f64) -> bool {
        self.arcsec <= arcsec && self.distance <= distance
    }

    /// Whether the fit is good enough to stop splitting. NaN is not.
    #[must_use]
    pub fn meets_target(self, cut: &Cut) -> bool {
        self.meets(cut.target_arcsec, cut.target_distance)
    }

    /// Whether it is within a share of the target. NaN is not.
    #[must_use]
    pub fn meets_share_of_target(self, share: f64, cut: &Cut) -> bool {
        self.meets(share * cut.target_arcsec, share * cut.target_distance)
    }

    /// Whether a table may answer with it. NaN may not.
    #[must_use]
    pub fn meets_promise(self, cut: &Cut) -> bool {
        self.meets(cut.promise_arcsec, cut.promise_distance)
    }
}

/// The larger of two, and NaN if one is: `f64::max` would drop it, and with it a fault.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

#[cfg(test)]
mod tests {
    use orrery_format::{Body, Center};

    use super::*;

    const MOON: Product = Product::Place(Center::Geo, Body::Moon);

    #[test]
    fn longitudes_either_side_of_zero_are_near_each_other() {
        let deviation = Deviation::between(MOON, [359.999_999, 5.0, 0.0025], [0.000_001, 5.0, 0.0025]);
        assert!((deviation.arcsec - 0.0072).abs() < 1e-6, "{deviation:?}");
        assert_eq!(deviation.distance, 0.0);
    }

    #[test]
    fn what_is_no_number_is_never_good_enough() {
        let cut = Cut::of(MOON);
        let wild = Deviation::between(MOON, [f64::NAN, 5.0, 0.0025], [1.0, 5.0, 0.0025]);
        let fine = Deviation::between(MOON, [1.0, 5.0, 0.0025], [1.0, 5.0, 0.0025]);
        for both in [fine.max(wild), wild.max(fine), wild] {
            assert!(!both.meets_promise(&cut) && !both.meets_target(&cut), "{both:?}");
        }
        assert!(fine.meets_promise(&cut) && !Deviation::unbounded().meets_promise(&cut));
    }
}
