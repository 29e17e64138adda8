//! A histogram of times: how long replies take, in few numbers that can be added up.

/// Buckets: four to each doubling, the last of them open, which begins at half a minute.
pub(super) const BUCKETS: usize = 96;

/// Counts by bucket.
pub(crate) type Latency = [u64; BUCKETS];

/// Where nothing was counted.
pub(crate) const NO_LATENCY: Latency = [0; BUCKETS];

/// Bounds of the buckets that a histogram is kept in elsewhere, microseconds: each where one of these begins, so that merging
/// loses nothing. They lie around what is promised (30, 120 and 200 ms) and warned of (1.5 and 2.5 s).
const BOUNDS_MICROS: [u64; 16] = [
    16, 32, 64, 128, 256, 512, 1024, 4096, 16_384, 28_672, 114_688, 196_608, 524_288, 1_572_864, 2_621_440,
    8_388_608,
];

/// How many these are, with the last, which has no bound.
pub(super) const BOUNDS: usize = BOUNDS_MICROS.len() + 1;

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

/// The counts in fewer buckets: seconds below which, and how many there are since the bound before.
pub(super) fn merged(counts: &Latency) -> [(f64, u64); BOUNDS] {
    let mut merged = [(f64::INFINITY, 0); BOUNDS];
    for (told, bound) in merged.iter_mut().zip(BOUNDS_MICROS) {
        told.0 = bound as f64 / 1e6;
    }
    for (nth, count) in counts.iter().enumerate() {
        let floor = floor_micros(nth);
        merged[BOUNDS_MICROS.partition_point(|bound| *bound <= floor)].1 += count;
    }
    merged
}

/// The time within which this share of what was counted lies, microseconds: right to an eighth. `None` where nothing was
/// counted.
pub(crate) fn quantile_micros(counts: &Latency, share: f64) -> Option<f64> {
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
    fn merged_buckets_hold_what_is_below_their_bounds() {
        for bound in BOUNDS_MICROS {
            assert_eq!(floor_micros(bucket(bound)), bound, "{bound} is within a bucket");
        }
        let mut counts = [0; BUCKETS];
        for micros in [0, 15, 16, 1023, 1024, 8_388_607, 8_388_608, u64::MAX] {
            counts[bucket(micros)] += 1;
        }
        let told = merged(&counts);
        assert_eq!(told.iter().map(|(_, count)| count).sum::<u64>(), 8);
        let at = |bound: f64| told.iter().find(|(told, _)| *told == bound).unwrap().1;
        let of = [at(16e-6), at(32e-6), at(1024e-6), at(4096e-6), at(8.388_608), at(f64::INFINITY)];
        assert_eq!(of, [2, 1, 1, 1, 1, 2]);
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
