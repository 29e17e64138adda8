//! Systems that divide the ecliptic itself: equal parts, signs, and parts of its quadrants.

use super::Division;
use crate::vector::Varying;

/// Twelve equal parts, of which the first begins at a longitude.
pub(super) fn equal(first: Varying, ascendant: Varying, mc: Varying) -> Division {
    Division::of_all(std::array::from_fn(|nth| first + 30.0 * nth as f64), ascendant, mc)
}

/// Where the sign begins that a longitude is in, of the zodiac that begins at `begin`. It moves with the zodiac alone.
pub(super) fn sign_of(longitude: Varying, begin: Varying) -> Varying {
    let within = (longitude - begin).wrapped_deg().value;
    begin + 30.0 * (within / 30.0).floor()
}

/// Each quadrant in three equal parts.
pub(super) fn porphyry(ascendant: Varying, quadrant: Varying, mc: Varying) -> Division {
    let next = -quadrant + 180.0;
    let third = |of: Varying| of * (1.0 / 3.0);
    let upper = [
        mc,
        mc + third(quadrant),
        mc + third(quadrant) * 2.0,
        ascendant,
        ascendant + third(next),
        ascendant + third(next) * 2.0,
    ];
    Division::of_half(upper, ascendant, mc)
}

/// Porphyry's cusps in the middle of the houses.
pub(super) fn sripati(ascendant: Varying, quadrant: Varying, mc: Varying) -> Division {
    let next = -quadrant + 180.0;
    let upper = [
        mc - next * (1.0 / 6.0),
        mc + quadrant * (1.0 / 6.0),
        mc + quadrant * 0.5,
        ascendant - quadrant * (1.0 / 6.0),
        ascendant + next * (1.0 / 6.0),
        ascendant + next * 0.5,
    ];
    Division::of_half(upper, ascendant, mc)
}

/// The houses of a quadrant differ from 30° by the same, its middle one twice; below 30° that has no width.
pub(super) fn pullen_delta(ascendant: Varying, quadrant: Varying, mc: Varying) -> Division {
    let between = |begin: Varying, quadrant: Varying| {
        if quadrant.value <= 30.0 {
            let middle = begin + quadrant * 0.5;
            return [middle, middle];
        }
        let quarter = (quadrant + -90.0) * 0.25;
        [begin + quarter + 30.0, begin + quarter * 3.0 + 60.0]
    };
    let [eleventh, twelfth] = between(mc, quadrant);
    let [second, third] = between(ascendant, -quadrant + 180.0);
    Division::of_half([mc, eleventh, twelfth, ascendant, second, third], ascendant, mc)
}

/// From house to house by one ratio: x and rx in the narrower quadrant, r³x and r⁴x in the other.
pub(super) fn pullen_ratio(ascendant: Varying, quadrant: Varying, mc: Varying) -> Division {
    let is_wide = quadrant.value > 90.0;
    let narrow = if is_wide { -quadrant + 180.0 } else { quadrant };
    let (inner, outer) = by_ratio(narrow);
    let of = |widths: [Varying; 2], begin: Varying| {
        let first = begin + widths[0];
        [first, first + widths[1]]
    };
    let (upper, lower) = if is_wide { (outer, inner) } else { (inner, outer) };
    let ([eleventh, twelfth], [second, third]) = (of(upper, mc), of(lower, ascendant));
    Division::of_half([mc, eleventh, twelfth, ascendant, second, third], ascendant, mc)
}

/// The widths of the first and second house of the narrower quadrant, and of the other.
fn by_ratio(narrow: Varying) -> ([Varying; 2], [Varying; 2]) {
    const NO_QUADRANT_DEG: f64 = 1e-30;
    if narrow.value < NO_QUADRANT_DEG {
        let none = Varying::default();
        return ([none, none], [none, Varying::constant(180.0)]);
    }
    let others = (-narrow + 180.0) / narrow;
    // Both quadrants together are 180°: c (1 + 2 r) = r³ (2 + r). The equation's root, and then a step of Newton's, since
    // near r = 1 the root loses half its digits.
    let c = others.value;
    let two_thirds = 4.0_f64.cbrt();
    let cube = (c * c - c).max(0.0).cbrt();
    let root = (two_thirds * cube + 1.0).sqrt();
    let rest = (2.0 * (2.0 * c - 1.0) / root - two_thirds * cube + 2.0).max(0.0).sqrt();
    let ratio = 0.5 * root + 0.5 * rest - 0.5;
    let excess = |r: f64| r * r * r * (2.0 + r) - c * (1.0 + 2.0 * r);
    let slope = |r: f64| r * r * (6.0 + 4.0 * r) - 2.0 * c;
    let ratio = ratio - excess(ratio) / slope(ratio);
    let r = Varying::new(ratio, others.rate * (1.0 + 2.0 * ratio) / slope(ratio));
    let x = narrow / (r * 2.0 + 1.0);
    let third = r * r * r * x;
    ([r * x, x], [third, third * r])
}
