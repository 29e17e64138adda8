//! Zeros of functions that are known to have one in a stretch.

/// More steps than a bisection of any stretch of hours or angles takes.
const MOST_STEPS: usize = 100;
/// A stretch too short to be halved any more: 4 ns in hours, a hundredth of a millimetre on the Earth in radians.
const CERTAIN: f64 = 1e-12;
/// A step of Newton's after which what is left is no more than that, as slopes are good to a hundredth.
const LAST_STEP: f64 = 1e-10;

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

/// The zero of a function that climbs all the way, searched from a guess without limits.
pub(super) fn climb(start: f64, mut f: impl FnMut(f64) -> (f64, f64)) -> f64 {
    let mut at = start;
    for _ in 0..MOST_STEPS {
        let (value, slope) = f(at);
        let step = value / slope;
        at -= step;
        if step.abs() <= LAST_STEP {
            break;
        }
    }
    at
}

/// Where between `a` and `b` a function with a single lowest place there has it: the golden section, to a part in 1e8 of the
/// stretch, beyond which values no longer tell.
pub(super) fn lowest(a: f64, b: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut from, mut to) = (a, b);
    let mut left = to - GOLDEN * (to - from);
    let mut right = from + GOLDEN * (to - from);
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..39 {
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

#[cfg(test)]
mod tests {
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
            let none = zero(low, high, start, |t| (cube(t), 0.0));
            assert!((none - root).abs() < 1e-11, "{none}");
        }
        // Falling: what is below lies to the right.
        let falls = zero(5.0, 0.0, 3.0, |t| (-cube(t), -3.0 * t * t));
        assert!((falls - root).abs() < 1e-11, "{falls}");
    }

    #[test]
    fn a_zero_that_only_touches_is_found() {
        let root = zero(0.0, 0.75, 0.1, |t: f64| (-(t - 0.75) * (t - 0.75), -2.0 * (t - 0.75)));
        assert!((root - 0.75).abs() < 1e-6, "{root}");
    }

    #[test]
    fn the_lowest_place_is_found() {
        let at = lowest(-1.0, 4.0, |t| (t - 1.25) * (t - 1.25));
        assert!((at - 1.25).abs() < 1e-7, "{at}");
        assert!(lowest(0.0, 1.0, |t| t) < 1e-7);
    }
}
