//! Isotonic regression: the sequence that never decreases and is nearest to another.

/// The sequence that never decreases and is nearest to one, by the sum of squares, by pooling adjacent violators (M. Ayer et al.,
/// *Annals of Mathematical Statistics* 26, 1955, 641; Barlow, Bartholomew, Bremner and Brunk, *Statistical Inference under Order
/// Restrictions*, 1972, 13).
pub(crate) fn isotonic(values: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    // Sums and counts of what has one value.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    let mean = |(sum, count): (f64, usize)| sum / count as f64;
    for value in values {
        let mut pool = (value, 1);
        while let Some(last) = pools.pop_if(|last| mean(*last) > mean(pool)) {
            pool = (last.0 + pool.0, last.1 + pool.1);
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(move |pool| std::iter::repeat_n(mean(pool), pool.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decreases_is_at_its_mean() {
        let of = |values: &[f64]| isotonic(values.iter().copied()).collect::<Vec<_>>();
        assert_eq!(of(&[1.0, 2.0, 2.0, 5.0]), [1.0, 2.0, 2.0, 5.0]);
        assert_eq!(of(&[1.0, 4.0, 2.0, 9.0]), [1.0, 3.0, 3.0, 9.0]);
        assert_eq!(of(&[6.0, 3.0, 0.0]), [3.0; 3]);
        assert!(of(&[]).is_empty());
    }
}
