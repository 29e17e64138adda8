//! Where a function of time is zero or least, between known instants.

/// Hours to which an instant is found: 0.04 ms, what a Julian day can tell apart.
const PRECISION_H: f64 = 1e-8;

/// Steps after which a search gives its best: halving alone needs 30 for a stretch of ten hours, and every third step halves;
/// golden section needs 34.
const MOST_STEPS: usize = 100;

/// Where a continuous function changes its sign, of which one end is below zero and the other is not; `None` where the ends
/// are not so, a NaN among them.
pub(crate) fn root(mut f: impl FnMut(f64) -> f64, a: f64, b: f64) -> Option<f64> {
    let (mut a, mut b) = (a, b);
    let (mut at_a, mut at_b) = (f(a), f(b));
    if at_a.is_nan() || at_b.is_nan() || (at_a < 0.0) == (at_b < 0.0) {
        return None;
    }
    for step in 0..MOST_STEPS {
        let span = b - a;
        if span.abs() < PRECISION_H {
            break;
        }
        // The chord's zero, a little to the side of the end that has stood longest; each third step halves, so that no shape
        // of the function makes it slow.
        let chord = a - at_a * span / (at_b - at_a);
        let middle = f64::midpoint(a, b);
        let guess = if step % 3 == 2 || !chord.is_finite() {
            middle
        } else {
            let aside = (0.4 * PRECISION_H).copysign(middle - chord);
            chord + aside
        };
        let at_guess = f(guess);
        if (at_guess < 0.0) == (at_a < 0.0) {
            (a, at_a) = (guess, at_guess);
        } else {
            (b, at_b) = (guess, at_guess);
        }
    }
    Some(f64::midpoint(a, b))
}

/// About where a function that falls and then rises is least between two instants, by golden section.
pub(crate) fn least(mut f: impl FnMut(f64) -> f64, a: f64, b: f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (a, b);
    let (mut left, mut right) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..MOST_STEPS {
        // Where a function turns, its own precision finds the place to no better than the root of that.
        if b - a < 1e-6 {
            break;
        }
        if at_left < at_right {
            (b, right, at_right) = (right, left, at_left);
            left = b - GOLDEN * (b - a);
            at_left = f(left);
        } else {
            (a, left, at_left) = (left, right, at_right);
            right = a + GOLDEN * (b - a);
            at_right = f(right);
        }
    }
    f64::midpoint(a, b)
}

/// Both instants at which a function passes through zero that is below it in between: it is least near `middle`, and above
/// zero at the ends of the stretch. `None` where it stays above.
///
/// It is enough that the function is below zero at `middle` or at its least value within `aside` of it.
pub(crate) fn passage(
    mut f: impl FnMut(f64) -> f64,
    [start, end]: [f64; 2],
    middle: f64,
    aside: f64,
) -> Option<[f64; 2]> {
    let mut low = middle;
    if f(low) >= 0.0 {
        low = least(&mut f, middle - aside, middle + aside);
        if f(low) >= 0.0 {
            return None;
        }
    }
    Some([root(&mut f, start, low)?, root(&mut f, low, end)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            let _ = least(|t| t * t, start, end);
            let _ = root(|t| t, start, end);
            let _ = passage(|t| t.abs() - 1.0, [start, end], 0.0, 0.1);
        }
    }

    #[test]
    fn ends_of_one_sign_or_no_number_have_no_root() {
        assert_eq!(root(|t| t * t + 1.0, -1.0, 1.0), None);
        assert_eq!(root(|_| f64::NAN, -1.0, 1.0), None);
        assert!((root(|t| t.powi(9) - 1e-9, -1.0, 3.0).unwrap() - 0.1).abs() < 1e-7);
    }
}
