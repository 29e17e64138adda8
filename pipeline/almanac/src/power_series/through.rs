//! The series through values of a function: for what no table has as a polynomial.

use std::sync::OnceLock;

use super::{PowerSeries, TERMS};

/// Most values that a series is laid through. With more, the change to powers of x would lose digits.
const MOST: usize = 24;

/// Where a function is to be known for a series through so many of its values: the zeros of Chebyshev's polynomial of that
/// degree, ascending.
pub fn nodes(count: usize) -> impl Iterator<Item = f64> {
    let count = count.clamp(1, MOST);
    (0..count).map(move |i| node(i, count))
}

fn node(i: usize, count: usize) -> f64 {
    -(std::f64::consts::PI * (i as f64 + 0.5) / count as f64).cos()
}

/// A function as it was found from its values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Through {
    /// Its series.
    pub series: PowerSeries,
    /// How large its last coefficients are as a sum of Chebyshev polynomials: what the series may leave out is no larger,
    /// where the function is smooth.
    pub left_out: f64,
}

impl PowerSeries {
    /// The series through values at the [`nodes`] of their number, of which there are 3 to 24 (Press et al., *Numerical
    /// Recipes*, 5.8).
    #[must_use]
    pub fn through(values: &[f64]) -> Through {
        let count = values.len().clamp(1, MOST);
        let mut chebyshev = [0.0; MOST];
        let degrees = at_nodes(count).chunks_exact(count);
        for (k, (coefficient, of_degree)) in chebyshev.iter_mut().zip(degrees).enumerate() {
            let sum: f64 = values.iter().zip(of_degree).map(|(v, t)| v * t).sum();
            *coefficient = sum * if k == 0 { 1.0 } else { 2.0 } / count as f64;
        }
        let last = &chebyshev[count.saturating_sub(3)..count];
        let left_out = last.iter().map(|c| c.abs()).fold(0.0, f64::max);
        // Clenshaw's recurrence with polynomials for numbers; small high orders come first and are not lost.
        let (mut b1, mut b2) = ([0.0; MOST + 1], [0.0; MOST + 1]);
        for &coefficient in chebyshev[1..count].iter().rev() {
            let mut b0 = [0.0; MOST + 1];
            for j in 0..MOST {
                b0[j + 1] = 2.0 * b1[j];
            }
            for (new, old) in b0.iter_mut().zip(&b2) {
                *new -= old;
            }
            b0[0] += coefficient;
            (b2, b1) = (b1, b0);
        }
        let mut terms = [0.0; TERMS];
        terms[1..=MOST].copy_from_slice(&b1[..MOST]);
        for (term, old) in terms.iter_mut().zip(&b2) {
            *term -= old;
        }
        terms[0] += chebyshev[0];
        Through { series: PowerSeries::new(&terms[..count]).trimmed(), left_out }
    }
}

/// Chebyshev's polynomials of all degrees below a count at all of its nodes, one degree after the other.
fn at_nodes(count: usize) -> &'static [f64] {
    static KNOWN: [OnceLock<Vec<f64>>; MOST + 1] = [const { OnceLock::new() }; MOST + 1];
    let compute = || (0..count * count).map(|nth| of_degree(nth / count, nth % count, count)).collect();
    KNOWN[count].get_or_init(compute)
}

/// Chebyshev's polynomial of a degree at a node.
fn of_degree(k: usize, i: usize, count: usize) -> f64 {
    let angle = std::f64::consts::PI * (k * (2 * (count - 1 - i) + 1)) as f64 / (2 * count) as f64;
    angle.cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_smooth_is_found() {
        let function = |x: f64| (1.4 * x + 0.3).sin() + 0.2 * x;
        let values: Vec<f64> = nodes(20).map(function).collect();
        let Through { series, left_out } = PowerSeries::through(&values);
        assert!(left_out < 1e-13, "{left_out}");
        for step in -20..=20 {
            let x = f64::from(step) / 20.0;
            assert!((series.value(x) - function(x)).abs() < 1e-13, "{x}");
        }
        let exact: Vec<f64> = nodes(3).map(|x| 2.0 - x + 0.5 * x * x).collect();
        let found = PowerSeries::through(&exact).series;
        for (term, wanted) in found.terms().iter().zip([2.0, -1.0, 0.5]) {
            assert!((term - wanted).abs() < 1e-15);
        }
    }

    #[test]
    fn what_jumps_is_not_taken_for_smooth() {
        let values: Vec<f64> = nodes(20).map(|x| if x < 0.1 { 0.0 } else { 1e-3 }).collect();
        assert!(PowerSeries::through(&values).left_out > 1e-5);
    }
}
