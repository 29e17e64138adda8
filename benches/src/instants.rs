//! Instants to measure at: the same in every run.

/// A stream of numbers 0 ≤ x < 1 that depends on its name alone.
fn stream(name: &str) -> impl Iterator<Item = f64> {
    let mut reader = blake3::Hasher::new().update(name.as_bytes()).finalize_xof();
    std::iter::repeat_with(move || {
        let mut bytes = [0; 8];
        reader.fill(&mut bytes);
        (u64::from_le_bytes(bytes) >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// Random instants, start ≤ jd < end.
pub(crate) fn random(name: &str, count: usize, start: f64, end: f64) -> Vec<f64> {
    stream(name).take(count).map(|x| (start + (end - start) * x).min(end.next_down())).collect()
}

/// Instants in order, evenly spread.
pub(crate) fn ordered(count: usize, start: f64, end: f64) -> Vec<f64> {
    (0..count).map(|i| start + (end - start) * i as f64 / count as f64).collect()
}

/// Random indices.
pub(crate) fn shuffled(name: &str, count: usize) -> Vec<usize> {
    stream(name).take(count).map(|x| (x * 1e9) as usize).collect()
}
