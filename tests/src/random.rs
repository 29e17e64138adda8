//! Numbers that look random and are the same on every machine (Splitmix64).

/// A sequence.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// A sequence for a name, so that products differ in theirs.
    #[must_use]
    pub fn of(name: &str) -> Random {
        let mut seed = [0; 8];
        seed.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..8]);
        Random(u64::from_le_bytes(seed))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }

    /// A number from `low` to below `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let fraction = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        (low + (high - low) * fraction).min(high.next_down())
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
