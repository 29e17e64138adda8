//! A polynomial through samples at Chebyshev nodes.
//!
//! The nodes of `T_N` make the Chebyshev polynomials orthogonal over themselves, so that cutting the interpolating
//! series after n < N terms is the least-squares fit of n terms (Press et al., *Numerical Recipes*, 5.8): the nodes
//! that are more than terms take out part of the source's rounding noise. The file holds powers of x, which cost half
//! the operations; on [−1, 1] and for series that fall off as these do, nothing is lost by the change of basis.

use orrery_format::write::Polynomial;

use crate::sample::{Sample, signed_degrees};

/// Nodes and terms of a fit, with the tables that they need.
#[derive(Debug)]
pub struct Fitter {
    /// cos(π (i + ½) / N), ascending.
    nodes: Vec<f64>,
    /// cos(π i / N), ascending: the extrema of `T_N`, between the nodes, the ends included.
    between: Vec<f64>,
    /// cos(π (i + ½) / 2N), ascending: between each node and each extremum.
    closer: Vec<f64>,
    /// Terms by component.
    terms: [usize; 3],
    /// `chebyshev[k][i]`: `T_k` at node i.
    chebyshev: Vec<Vec<f64>>,
    /// `powers[k][j]`: coefficient of xʲ in `T_k`.
    powers: Vec<Vec<f64>>,
}

impl Fitter {
    /// A fitter of so many terms by component through so many nodes.
    #[must_use]
    pub fn new(nodes: usize, terms: [usize; 3]) -> Fitter {
        let count = nodes.max(1);
        let angle = |i: f64| -(std::f64::consts::PI * i / count as f64).cos();
        let most = terms.into_iter().max().unwrap_or(1).min(count);
        let nodes: Vec<f64> = (0..count).map(|i| angle(i as f64 + 0.5)).collect();
        let chebyshev = recurrence(most, vec![1.0; count], nodes.clone(), |last, before| {
            (0..count).map(|i| 2.0 * nodes[i] * last[i] - before[i]).collect()
        });
        let powers = recurrence(most, vec![1.0], vec![0.0, 1.0], |last, before| {
            let mut next = vec![0.0; last.len() + 1];
            for (j, value) in last.iter().enumerate() {
                next[j + 1] += 2.0 * value;
            }
            for (j, value) in before.iter().enumerate() {
                next[j] -= value;
            }
            next
        });
        let between = (0..=count).map(|i| angle(i as f64)).collect();
        let closer = (0..2 * count).map(|i| angle(0.5 * (i as f64 + 0.5))).collect();
        Fitter { nodes, between, closer, terms: terms.map(|terms| terms.min(count)), chebyshev, powers }
    }

    /// Instants of the nodes in a segment, ascending, as doubles.
    pub fn node_jds(&self, start_jd: f64, end_jd: f64) -> impl Iterator<Item = f64> + '_ {
        instants(&self.nodes, start_jd, end_jd)
    }

    /// Instants for the audit, ascending: between the nodes, the first instant of the segment and its last.
    pub fn audit_jds(&self, start_jd: f64, end_jd: f64) -> impl Iterator<Item = f64> + '_ {
        instants(&self.between, start_jd, end_jd).map(move |jd| jd.max(start_jd).min(end_jd.next_down()))
    }

    /// Further instants for the audit, ascending: between those of [`Fitter::node_jds`] and [`Fitter::audit_jds`].
    pub fn closer_jds(&self, start_jd: f64, end_jd: f64) -> impl Iterator<Item = f64> + '_ {
        instants(&self.closer, start_jd, end_jd)
    }

    /// Most terms that a component can have.
    #[must_use]
    pub fn most_terms(&self) -> usize {
        self.terms.into_iter().max().unwrap_or(0)
    }

    /// Fits samples taken at [`Fitter::node_jds`] with `most` terms a component at most; `wraps` tells that the first
    /// component is an angle that wraps.
    ///
    /// The source was asked at instants rounded to doubles; what it moved between there and the true nodes (up to
    /// 1e-5″ for the Moon) is taken out with the derivative of a first fit.
    #[must_use]
    pub fn fit(
        &self,
        start_jd: f64,
        end_jd: f64,
        samples: &[Sample],
        wraps: bool,
        most: usize,
    ) -> Polynomial {
        let reached: Vec<f64> =
            samples.iter().map(|sample| Polynomial::place(start_jd, end_jd, sample.jd)).collect();
        let coefficients = std::array::from_fn(|c| {
            let mut values = component(samples, c, wraps);
            let terms = self.terms[c].min(most);
            let first = self.powers_of(&self.series(&values, terms));
            for ((value, x), node) in values.iter_mut().zip(&reached).zip(&self.nodes) {
                *value += derivative(&first, *x) * (node - x);
            }
            let mut result = self.powers_of(&self.series(&values, terms));
            if wraps && c == 0 {
                result[0] = result[0].rem_euclid(360.0);
            }
            result
        });
        Polynomial { start_jd, end_jd, coefficients }
    }

    /// A line through samples taken at [`Fitter::node_jds`], of a slope per day that is known from elsewhere.
    #[must_use]
    pub fn line(start_jd: f64, end_jd: f64, samples: &[Sample], wraps: bool, rates: [f64; 3]) -> Polynomial {
        let half = (end_jd - start_jd) / 2.0;
        let coefficients = std::array::from_fn(|c| {
            let values = component(samples, c, wraps);
            let at_middle = values.iter().zip(samples).map(|(value, sample)| {
                value - rates[c] * half * Polynomial::place(start_jd, end_jd, sample.jd)
            });
            let mean = at_middle.sum::<f64>() / samples.len() as f64;
            vec![if wraps && c == 0 { mean.rem_euclid(360.0) } else { mean }, rates[c] * half]
        });
        Polynomial { start_jd, end_jd, coefficients }
    }

    /// Chebyshev coefficients of values at the nodes.
    fn series(&self, values: &[f64], terms: usize) -> Vec<f64> {
        let scale = 2.0 / values.len() as f64;
        (0..terms)
            .map(|k| {
                let sum: f64 = values.iter().zip(&self.chebyshev[k]).map(|(value, t)| value * t).sum();
                if k == 0 { sum * scale / 2.0 } else { sum * scale }
            })
            .collect()
    }

    /// The same series in powers of x.
    fn powers_of(&self, series: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; series.len()];
        // Small high orders first, so that they are not lost beside large low ones.
        for (coefficient, powers) in series.iter().zip(&self.powers).rev() {
            for (result, power) in result.iter_mut().zip(powers) {
                *result += coefficient * power;
            }
        }
        result
    }
}

/// One component of samples that ascend in time; an angle that wraps without its jumps of a turn.
fn component(samples: &[Sample], c: usize, wraps: bool) -> Vec<f64> {
    let mut values: Vec<f64> = samples.iter().map(|sample| sample.components[c]).collect();
    if wraps && c == 0 {
        for i in 1..values.len() {
            values[i] = values[i - 1] + signed_degrees(values[i] - values[i - 1]);
        }
    }
    values
}

fn recurrence(
    count: usize,
    zeroth: Vec<f64>,
    first: Vec<f64>,
    next: impl Fn(&[f64], &[f64]) -> Vec<f64>,
) -> Vec<Vec<f64>> {
    let mut all = vec![zeroth, first];
    while all.len() < count {
        let following = next(&all[all.len() - 1], &all[all.len() - 2]);
        all.push(following);
    }
    all.truncate(count.max(1));
    all
}

fn instants(nodes: &[f64], start_jd: f64, end_jd: f64) -> impl Iterator<Item = f64> + '_ {
    let half = (end_jd - start_jd) / 2.0;
    nodes.iter().map(move |x| start_jd + (x + 1.0) * half)
}

/// Derivative by x of a polynomial in powers of x.
fn derivative(coefficients: &[f64], x: f64) -> f64 {
    coefficients
        .iter()
        .enumerate()
        .skip(1)
        .rev()
        .fold(0.0, |sum, (k, coefficient)| sum * x + k as f64 * coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that is a polynomial of degree 5 in the first component, a constant and a line in the others.
    fn source(jd: f64) -> [f64; 3] {
        let t = (jd - 2_451_545.0) / 10.0;
        let first = 359.9 + t * (13.0 + t * (0.5 + t * (-0.1 + t * (0.01 + t * 0.002))));
        [first.rem_euclid(360.0), -1.25, 1.0 + 1e-3 * t]
    }

    fn fitted(start_jd: f64, end_jd: f64) -> (Fitter, Polynomial) {
        let fitter = Fitter::new(13, [10, 6, 2]);
        let samples: Vec<Sample> =
            fitter.node_jds(start_jd, end_jd).map(|jd| Sample { jd, components: source(jd) }).collect();
        let polynomial = fitter.fit(start_jd, end_jd, &samples, true, fitter.most_terms());
        (fitter, polynomial)
    }

    #[test]
    fn a_polynomial_is_found_again_across_the_wrap_of_its_angle() {
        let (start, end) = (2_451_540.0, 2_451_560.0);
        let (fitter, polynomial) = fitted(start, end);
        for jd in fitter.audit_jds(start, end) {
            let (found, expected) = (polynomial.value(jd), source(jd));
            assert!(signed_degrees(found[0] - expected[0]).abs() < 1e-9, "{jd}: {found:?} {expected:?}");
            assert!((found[1] - expected[1]).abs() < 1e-14);
            assert!((found[2] - expected[2]).abs() < 1e-14);
        }
        assert!((0.0..360.0).contains(&polynomial.coefficients[0][0]));
    }

    #[test]
    fn the_audit_stands_between_the_nodes_and_on_both_ends() {
        let (start, end) = (2_451_545.0, 2_451_545.0 + 27.3);
        let fitter = Fitter::new(13, [10, 6, 2]);
        let audit: Vec<f64> = fitter.audit_jds(start, end).collect();
        let nodes: Vec<f64> = fitter.node_jds(start, end).collect();
        assert_eq!((audit[0], audit[audit.len() - 1]), (start, end.next_down()));
        assert_eq!(audit.len(), nodes.len() + 1);
        assert!(audit.iter().zip(&nodes).all(|(before, node)| before < node));
        assert!(nodes.iter().zip(&audit[1..]).all(|(node, after)| node < after));
    }

    #[test]
    fn instants_that_were_rounded_do_not_spoil_a_fast_angle() {
        // 47,000″ a day over a short segment: 40 µs of rounding would leave 1e-5″.
        let (start, end) = (2_451_545.1, 2_451_545.103);
        let (fitter, polynomial) = fitted(start, end);
        let worst = fitter
            .audit_jds(start, end)
            .map(|jd| signed_degrees(polynomial.value(jd)[0] - source(jd)[0]).abs() * 3600.0)
            .fold(0.0, f64::max);
        assert!(worst < 1e-8, "{worst}″");
    }
}
