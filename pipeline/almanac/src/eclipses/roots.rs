//! Where a function of time or of an angle is zero or least, between places of which it is known on which side of zero it is.
//!
//! All that is asked about here is cheap, a few polynomials, and known in shape: one zero, or one lowest place. Where each look
//! is an ephemeris and the shape is not known, `rise_set::crossings` searches by bounds; all zeros of one power series are
//! [`crate::power_series`]'s.

/// More steps than any search takes that ends by itself.
const MOST_STEPS: usize = 200;

/// A stretch too short to be halved any more: 4 ns in hours, a hundredth of a millimetre on the Earth in radians.
const CERTAIN: f64 = 1e-12;

/// A step of Newton's after which what is left is no more than that, as slopes are good to a hundredth.
const LAST_STEP: f64 = 1e-10;

/// Where a function turns, its own precision finds the place to no better than the root of that.
const CERTAIN_TURN: f64 = 1e-8;

/// The zero of a function between `low`, where it is below zero, and `high`, where it is not; either may be the greater. `f`
/// gives the value and the slope. Newton's steps, which start at `start`, are taken as long as they stay between what is known
/// to be below and above; others halve that stretch. So a slope need not be exact, and a zero is never lost.
pub(super) fn zero(low: f64, high: f64, start: f64, mut f: impl FnMut(f64) -> (f64, f64)) -> f64 {
    let (mut below, mut above) = (low, high);
    let mut at = start.max(low.min(high)).min(low.max(high));
    let mut last_step = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let (value, slope) = f(at);
        if value < 0.0 {
            below = at;
        } else {
            above = at;
        }
        let (from, to) = (below.min(above), below.max(above));
        let newton = at - value / slope;
        // Newton's step has to stay inside and to be shorter than half the last, or else the middle is better.
        let is_better = from <= newton && newton <= to && (newton - at).abs() <= 0.5 * last_step;
        let next = if is_better { newton } else { f64::midpoint(from, to) };
        let step = (next - at).abs();
        at = next;
        if step <= if is_better { LAST_STEP } else { CERTAIN } {
            break;
        }
        last_step = if is_better { step } else { f64::INFINITY };
    }
    at
}

/// The same of a function without a slope: parabolas through three looks where they are to be trusted, halving elsewhere
/// (Chandrupatla, *Advances in Engineering Software* 28, 1997, 145).
pub(super) fn crossing(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let mut look = |at: f64| (at, f(at));
    // The zero is between the last look and `other`; `before` was on the side of one of them.
    let (mut other, mut last) = (look(low), look(high));
    let mut before;
    let mut share = 0.5;
    for _ in 0..MOST_STEPS {
        let here = look(last.0 + share * (other.0 - last.0));
        if (here.1 < 0.0) == (last.1 < 0.0) {
            before = last;
        } else {
            (before, other) = (other, last);
        }
        last = here;
        let span = other.0 - last.0;
        let least_share = 0.5 * CERTAIN / span.abs();
        if least_share > 0.5 || last.1 == 0.0 {
            break;
        }
        let place = (last.0 - other.0) / (before.0 - other.0);
        let level = (last.1 - other.1) / (before.1 - other.1);
        // The parabola of places over values then stays between the ends.
        let is_trusted = level * level < place && (1.0 - level) * (1.0 - level) < 1.0 - place;
        share = if is_trusted {
            let by_chord = last.1 / (other.1 - last.1) * before.1 / (other.1 - before.1);
            let bend = last.1 / (before.1 - last.1) * other.1 / (before.1 - other.1);
            by_chord + (before.0 - last.0) / span * bend
        } else {
            0.5
        };
        share = share.max(least_share).min(1.0 - least_share);
    }
    if last.1.abs() <= other.1.abs() { last.0 } else { other.0 }
}

/// The zero of a function that climbs all the way, searched from a guess without limits.
pub(super) fn climb(start: f64, mut f: impl FnMut(f64) -> (f64, f64)) -> f64 {
    let mut at = start;
    for _ in 0..MOST_STEPS {
        let (value, slope) = f(at);
        let step = value / slope;
        at -= step;
        // A step that is no number ends it too.
        let is_long = step.abs() > LAST_STEP;
        if !is_long {
            break;
        }
    }
    at
}

/// Where between `a` and `b` a function with a single lowest place has it, by golden section.
pub(super) fn least(a: f64, b: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut from, mut to) = (a, b);
    let (mut left, mut right) = (to - GOLDEN * (to - from), from + GOLDEN * (to - from));
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..MOST_STEPS {
        if (to - from).abs() <= CERTAIN_TURN {
            break;
        }
        if at_left < at_right {
            (to, right, at_right) = (right, left, at_left);
            left = to - GOLDEN * (to - from);
            at_left = f(left);
        } else {
            (from, left, at_left) = (left, right, at_right);
            right = from + GOLDEN * (to - from);
            at_right = f(right);
        }
    }
    f64::midpoint(from, to)
}

/// Both zeros of a function that is below zero between them: it is least near `middle`, and above zero at the ends of the
/// stretch. `None` where it stays above, and where an end is below.
///
/// It is enough that the function is below zero at `middle` or at its least value within `aside` of it.
pub(super) fn passage(
    mut f: impl FnMut(f64) -> f64,
    [start, end]: [f64; 2],
    middle: f64,
    aside: f64,
) -> Option<[f64; 2]> {
    let is_below = |value: f64| value < 0.0;
    let mut low = middle;
    if !is_below(f(low)) {
        low = least(middle - aside, middle + aside, &mut f);
        if !is_below(f(low)) {
            return None;
        }
    }
    if !(f(start) >= 0.0 && f(end) >= 0.0) {
        return None;
    }
    Some([start, end].map(|outside| crossing(low, outside, &mut f)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn zeros_are_found_with_good_slopes_and_with_bad_ones() {
        let cube = |t: f64| t * t * t - 2.0;
        let root = 2_f64.cbrt();
        for (low, high, start) in [(0.0, 5.0, 4.0), (-1.0, 2.0, 0.0), (0.0, 1e6, 1.0)] {
            let exact = zero(low, high, start, |t| (cube(t), 3.0 * t * t));
            assert!((exact - root).abs() < 1e-11, "{exact}");
            let wrong = zero(low, high, start, |t| (cube(t), -1e-3));
            assert!((wrong - root).abs() < 1e-11, "{wrong}");
            let none = crossing(low, high, cube);
            assert!((none - root).abs() < 1e-11, "{none}");
        }
        // Falling: what is below lies to the right.
        for falls in [zero(5.0, 0.0, 3.0, |t| (-cube(t), -3.0 * t * t)), crossing(5.0, 0.0, |t| -cube(t))] {
            assert!((falls - root).abs() < 1e-11, "{falls}");
        }
    }

    #[test]
    fn a_zero_that_only_touches_is_found() {
        let f = |t: f64| -(t - 0.75) * (t - 0.75);
        let by_slope = zero(0.0, 0.75, 0.1, |t| (f(t), -2.0 * (t - 0.75)));
        for root in [by_slope, crossing(0.0, 0.75, f)] {
            assert!((root - 0.75).abs() < 1e-6, "{root}");
        }
    }

    #[test]
    fn flat_and_steep_functions_are_crossed_in_few_looks() {
        for power in [1, 3, 9, 15] {
            let mut looks = 0;
            let root = crossing(-1.0, 3.0, |t| {
                looks += 1;
                t.powi(power) - 0.1_f64.powi(power)
            });
            assert!((root - 0.1).abs() < 1e-11 && looks < 90, "{power}: {root} in {looks}");
        }
        let mut looks = 0;
        let root = crossing(0.0, 3.0, |t| {
            looks += 1;
            t.sin() - 0.5
        });
        assert!((root.sin() - 0.5).abs() < 1e-11 && looks < 16, "{looks}");
    }

    #[test]
    fn the_lowest_place_is_found() {
        let at = least(-1.0, 4.0, |t| (t - 1.25) * (t - 1.25));
        assert!((at - 1.25).abs() < 1e-7, "{at}");
        assert!(least(0.0, 1.0, |t| t) < 1e-7);
    }

    proptest! {
        #[test]
        fn both_ends_of_a_passage_are_found(gap in 1e-6..2.0_f64, centre in -0.5..0.5_f64, off in -0.2..0.2_f64) {
            // A hyperbola, as distances pass.
            let f = |t: f64| (1.0 + (t - centre).powi(2)).sqrt() - (1.0 + gap * gap).sqrt();
            let [first, last] = passage(f, [-4.0, 4.0], centre + off * gap.min(1.0), 0.3).unwrap();
            prop_assert!((first - centre + gap).abs() < 1e-7 && (last - centre - gap).abs() < 1e-7, "{first} {last}");
        }

        #[test]
        fn what_stays_above_has_no_passage(above in 1e-12..1.0_f64, centre in -0.2..0.2_f64) {
            prop_assert_eq!(passage(|t| (t - centre).powi(2) + above, [-4.0, 4.0], 0.0, 0.3), None);
        }
    }

    #[test]
    fn searches_end_wherever_they_are() {
        for (start, end) in
            [(1e10, 1e10 + 0.5), (-1e300, 1e300), (f64::NAN, 1.0), (f64::NEG_INFINITY, f64::INFINITY)]
        {
            let _ = least(start, end, |t| t * t);
            let _ = crossing(start, end, |t| t);
            let _ = zero(start, end, 0.0, |t| (t, 1.0));
            let _ = passage(|t| t.abs() - 1.0, [start, end], 0.0, 0.1);
        }
        let _ = climb(f64::NAN, |t| (t, 1.0));
    }

    #[test]
    fn what_is_below_at_an_end_or_no_number_has_no_passage() {
        assert_eq!(passage(|t| t - 1.0, [-1.0, 3.0], 0.0, 0.1), None);
        assert_eq!(passage(|_| f64::NAN, [-1.0, 1.0], 0.0, 0.1), None);
        assert_eq!(passage(|t| t.abs() - 0.5, [f64::NAN, 1.0], 0.0, 0.1), None);
    }
}
