//! A histogram of times: how long replies take, in few numbers that can be added up.

/// Buckets: four to each doubling, the last of them open, which begins at half a minute.
pub(super) const BUCKETS: usize = 96;

/// The bucket of a time: exact below 4 µs, then by the two bits behind the leading one.
#[inline]
pub(super) fn bucket(micros: u64) -> usize {
    if micros < 4 {
        return micros as usize;
    }
    let exponent = micros.ilog2() as usize;
    let quarter = (micros >> (exponent - 2)) as usize & 3;
    (4 * (exponent - 1) + quarter).min(BUCKETS - 1)
}

/// The least time of a bucket.
fn floor_micros(bucket: usize) -> u64 {
    if bucket < 4 {
        return bucket as u64;
    }
    let (exponent, quarter) = (bucket / 4 + 1, bucket % 4);
    (4 + quarter as u64) << (exponent - 2)
}

/// The time within which this share of what was counted lies, microseconds: right to an eighth. `None` where nothing was
/// counted.
pub(super) fn quantile_micros(counts: &[u64; BUCKETS], share: f64) -> Option<f64> {
    let all: u64 = counts.iter().sum();
    let wanted = share * all as f64;
    let mut below = 0;
    for (nth, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        if (below + count) as f64 >= wanted {
            let (from, to) = (floor_micros(nth) as f64, floor_micros(nth + 1) as f64);
            return Some(from + (to - from) * ((wanted - below as f64) / count as f64).clamp(0.0, 1.0));
        }
        below += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_and_hold_what_they_say() {
        for nth in 0..BUCKETS - 1 {
            let (floor, next) = (floor_micros(nth), floor_micros(nth + 1));
            assert_eq!((bucket(floor), bucket(next - 1), bucket(next)), (nth, nth, nth + 1));
            assert!(nth < 4 || (next - floor) * 4 <= floor, "{nth}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_right_to_an_eighth() {
        let mut counts = [0; BUCKETS];
        assert_eq!(quantile_micros(&counts, 0.5), None);
        for micros in 1..=10_000 {
            counts[bucket(micros)] += 1;
        }
        for share in [0.5, 0.9, 0.99, 0.999] {
            let quantile = quantile_micros(&counts, share).unwrap();
            assert!((quantile / (share * 10_000.0) - 1.0).abs() < 0.125, "{share}: {quantile}");
        }
    }
}
