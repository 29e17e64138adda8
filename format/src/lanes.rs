//! Four doubles at a time, plainly or in an AVX register: the same operations with the same bits.
//!
//! The compiler makes vectors of loops over arrays when it sees fit; for the one evaluation that every query waits for
//! that is not good enough, so it is written with the instructions that pulp lends where the processor has them.

use crate::layout::GROUP;

/// What the evaluation of one instant does with four doubles.
pub(crate) trait Quad: Copy {
    /// Four doubles.
    type Four: Copy;

    /// The same double four times.
    fn splat(self, value: f64) -> Self::Four;
    /// Four doubles from memory.
    fn load(self, values: &[f64; GROUP]) -> Self::Four;
    /// Four integers as doubles, which is exact.
    fn of_integers(self, values: &[i32; GROUP]) -> Self::Four;
    /// Products.
    fn mul(self, a: Self::Four, b: Self::Four) -> Self::Four;
    /// Sums.
    fn add(self, a: Self::Four, b: Self::Four) -> Self::Four;
    /// `(l₀ + l₁·x) + (l₂ + l₃·x)·x²` of either.
    fn join(self, a: Self::Four, b: Self::Four, x: f64, x2: f64) -> (f64, f64);
}

/// Arrays, for every processor.
#[derive(Clone, Copy)]
pub(crate) struct Plain;

impl Quad for Plain {
    type Four = [f64; GROUP];

    #[inline(always)]
    fn splat(self, value: f64) -> [f64; GROUP] {
        [value; GROUP]
    }

    #[inline(always)]
    fn load(self, values: &[f64; GROUP]) -> [f64; GROUP] {
        *values
    }

    #[inline(always)]
    fn of_integers(self, values: &[i32; GROUP]) -> [f64; GROUP] {
        values.map(f64::from)
    }

    #[inline(always)]
    fn mul(self, a: [f64; GROUP], b: [f64; GROUP]) -> [f64; GROUP] {
        [a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3]]
    }

    #[inline(always)]
    fn add(self, a: [f64; GROUP], b: [f64; GROUP]) -> [f64; GROUP] {
        [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
    }

    #[inline(always)]
    fn join(self, a: [f64; GROUP], b: [f64; GROUP], x: f64, x2: f64) -> (f64, f64) {
        let sum = |l: [f64; GROUP]| (l[0] + l[1] * x) + (l[2] + l[3] * x) * x2;
        (sum(a), sum(b))
    }
}

#[cfg(target_arch = "x86_64")]
mod avx {
    use std::arch::x86_64::{__m128d, __m128i, __m256d};

    use pulp::cast;
    use pulp::x86::V3;

    use super::{GROUP, Quad};

    impl Quad for V3 {
        type Four = __m256d;

        #[inline(always)]
        fn splat(self, value: f64) -> __m256d {
            self.avx._mm256_set1_pd(value)
        }

        #[inline(always)]
        fn load(self, values: &[f64; GROUP]) -> __m256d {
            cast(*values)
        }

        #[inline(always)]
        fn of_integers(self, values: &[i32; GROUP]) -> __m256d {
            let integers: __m128i = cast(*values);
            self.avx._mm256_cvtepi32_pd(integers)
        }

        #[inline(always)]
        fn mul(self, a: __m256d, b: __m256d) -> __m256d {
            self.avx._mm256_mul_pd(a, b)
        }

        #[inline(always)]
        fn add(self, a: __m256d, b: __m256d) -> __m256d {
            self.avx._mm256_add_pd(a, b)
        }

        #[inline(always)]
        fn join(self, a: __m256d, b: __m256d, x: f64, x2: f64) -> (f64, f64) {
            let ones_and_x = self.avx._mm256_setr_pd(1.0, x, 1.0, x);
            // a₀ + a₁x, b₀ + b₁x, a₂ + a₃x, b₂ + b₃x
            let pairs = self.avx._mm256_hadd_pd(self.mul(a, ones_and_x), self.mul(b, ones_and_x));
            let low: __m128d = self.avx._mm256_castpd256_pd128(pairs);
            let high: __m128d = self.avx._mm256_extractf128_pd::<1>(pairs);
            let scaled = self.sse2._mm_mul_pd(high, self.sse2._mm_set1_pd(x2));
            let sums: [f64; 2] = cast(self.sse2._mm_add_pd(low, scaled));
            (sums[0], sums[1])
        }
    }
}
