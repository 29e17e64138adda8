//! Isotonic regression: the sequence that never decreases and is nearest to another; and what has a width in a row, by it.

/// Where the middles are of what takes a width each, wanted at places that increase, between two ends: as near to these as can be by
/// the sum of squares, none over another. Where there is not room enough, each takes less.
pub(crate) fn side_by_side(places: &[f64], width: f64, [begin, end]: [f64; 2]) -> Vec<f64> {
    let count = places.len() as f64;
    let width = width.min((end - begin) / count.max(1.0));
    // Without their widths, they may be at one place but not behind each other.
    let lefts = isotonic(places.iter().enumerate().map(|(nth, place)| place - width * (nth as f64 + 0.5)));
    let at =
        |(nth, left): (usize, f64)| left.min(end - width * count).max(begin) + width * (nth as f64 + 0.5);
    lefts.enumerate().map(at).collect()
}

/// The sequence that never decreases and is nearest to one, by the sum of squares, by pooling adjacent violators (M. Ayer et al.,
/// *Annals of Mathematical Statistics* 26, 1955, 641; Barlow, Bartholomew, Bremner and Brunk, *Statistical Inference under Order
/// Restrictions*, 1972, 13).
fn isotonic(values: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn none_is_over_another_or_outside(mut wanted in prop::collection::vec(0.0..720.0_f64, 0..30), wide in 5.0..40.0_f64) {
            wanted.sort_by(f64::total_cmp);
            let placed = side_by_side(&wanted, wide, [0.0, 720.0]);
            prop_assert_eq!(placed.len(), wanted.len());
            let wide = wide.min(720.0 / wanted.len() as f64);
            prop_assert!(placed.windows(2).all(|pair| pair[1] - pair[0] > wide - 1e-9));
            prop_assert!(placed.iter().all(|at| *at > 0.5 * wide - 1e-9 && *at < 720.0 - 0.5 * wide + 1e-9));
            // What has room enough stays.
            let is_alone = |nth: usize| {
                let gap = |other: Option<&f64>| other.map_or(f64::INFINITY, |other| (other - wanted[nth]).abs());
                nth.checked_sub(1).map_or(f64::INFINITY, |before| gap(wanted.get(before))) > 31.0 * wide
                    && gap(wanted.get(nth + 1)) > 31.0 * wide
            };
            for (nth, at) in placed.iter().enumerate() {
                let is_inside = wanted[nth] > 31.0 * wide && wanted[nth] < 720.0 - 31.0 * wide;
                prop_assert!(!is_inside || !is_alone(nth) || (at - wanted[nth]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_decreases_is_at_its_mean() {
        let of = |values: &[f64]| isotonic(values.iter().copied()).collect::<Vec<_>>();
        assert_eq!(of(&[1.0, 2.0, 2.0, 5.0]), [1.0, 2.0, 2.0, 5.0]);
        assert_eq!(of(&[1.0, 4.0, 2.0, 9.0]), [1.0, 3.0, 3.0, 9.0]);
        assert_eq!(of(&[6.0, 3.0, 0.0]), [3.0; 3]);
        assert!(of(&[]).is_empty());
    }
}
