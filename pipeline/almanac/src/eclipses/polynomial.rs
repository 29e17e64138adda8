//! Functions of time as polynomials: fitted over a stretch of hours, and evaluated.

use std::f64::consts::PI;

/// How many instants a fit looks at: twice the coefficients of the longest polynomial and more, so that what a source's
/// rounding adds is averaged out.
pub(crate) const NODES: usize = 14;

/// The instants that a fit looks at: hours from its origin, within `reach_h` of it.
pub(crate) fn nodes_h(reach_h: f64) -> [f64; NODES] {
    std::array::from_fn(|nth| reach_h * node(nth))
}

/// A Chebyshev node, −1 to 1.
fn node(nth: usize) -> f64 {
    -(PI * (nth as f64 + 0.5) / NODES as f64).cos()
}

/// The polynomial of N coefficients, from the constant upward, of the least squares through values at [`nodes_h`]: the
/// Chebyshev series of the function, cut off. Its greatest error is little above the least that such a polynomial can have.
pub(crate) fn fit<const N: usize>(values: &[f64; NODES], reach_h: f64) -> [f64; N] {
    // Chebyshev polynomials are orthogonal over their nodes, so each of the sums stands for itself.
    let mut power = [0.0; N];
    let (mut before, mut chebyshev) = ([0.0; N], [0.0; N]);
    if let Some(constant) = chebyshev.first_mut() {
        *constant = 1.0;
    }
    for degree in 0..N {
        let share = if degree == 0 { 1.0 } else { 2.0 } / NODES as f64;
        let weight = |nth: usize| (PI * degree as f64 * (1.0 - (nth as f64 + 0.5) / NODES as f64)).cos();
        let along = values.iter().enumerate().map(|(nth, value)| value * weight(nth)).sum::<f64>() * share;
        for (sum, part) in power.iter_mut().zip(chebyshev) {
            *sum += along * part;
        }
        // T₍ₙ₊₁₎ = 2 x Tₙ − T₍ₙ₋₁₎, and T₁ = x.
        let factor = if degree == 0 { 1.0 } else { 2.0 };
        let mut next = before.map(|part| -part);
        for (sum, part) in next.iter_mut().skip(1).zip(chebyshev) {
            *sum += factor * part;
        }
        (before, chebyshev) = (chebyshev, next);
    }
    let mut unit = 1.0;
    power.map(|part| {
        let coefficient = part / unit;
        unit *= reach_h;
        coefficient
    })
}

/// The value of a polynomial.
#[inline]
pub(crate) fn value<const N: usize>(coefficients: &[f64; N], hours: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, part| sum * hours + part)
}

/// Its value and its change an hour.
#[inline]
pub(crate) fn value_and_rate<const N: usize>(coefficients: &[f64; N], hours: f64) -> (f64, f64) {
    coefficients
        .iter()
        .rev()
        .fold((0.0, 0.0), |(value, rate), part| (value * hours + part, rate * hours + value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fit_is_as_near_as_its_degree_allows() {
        let reach_h = 4.0;
        let values = nodes_h(reach_h).map(|hours| (0.3 * hours).sin());
        let series = fit::<6>(&values, reach_h);
        for nth in -40..=40 {
            let hours = f64::from(nth) / 10.0;
            // The next Chebyshev term of sin 1.2 x is 2 J₇(1.2) = 1.1e-5, and its steepest slope 7² of that a reach.
            let (found, rate) = value_and_rate(&series, hours);
            assert!((found - (0.3 * hours).sin()).abs() < 1.2e-5, "{hours}");
            assert!((rate - 0.3 * (0.3 * hours).cos()).abs() < 1.4e-4, "{hours}");
            assert_eq!(found, value(&series, hours));
        }
    }

    proptest! {
        #[test]
        fn polynomials_come_back(parts in proptest::array::uniform6(-1.0..1.0_f64), reach_h in 0.5..5.0_f64) {
            let found: [f64; 6] = fit(&nodes_h(reach_h).map(|hours| value(&parts, hours)), reach_h);
            for hours in nodes_h(reach_h) {
                prop_assert!((value(&found, hours) - value(&parts, hours)).abs() < 1e-11 * (1.0 + reach_h.powi(5)));
            }
        }
    }
}
