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
    /// Value and rate of a component, from its two chains: with `q` and `r` for `(l₀ + l₁·x) + (l₂ + l₃·x)·x²` of
    /// either, `a₀ + (a₁·x + (q·u)·x²)` and `(a₁ + (r·u)·x) / half`.
    fn finish(self, chains: (Self::Four, Self::Four), component: Component, at: At) -> [f64; 2];
}

/// What a component's chains are finished with: a₀, a₁ and u.
#[derive(Clone, Copy)]
pub(crate) struct Component {
    pub(crate) terms: [f64; 2],
    pub(crate) quantum: f64,
}

/// The place in a segment: x, x² and one over half its length.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pub(crate) x: f64,
    pub(crate) x2: f64,
    pub(crate) per_half: f64,
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
    fn finish(self, (a, b): ([f64; GROUP], [f64; GROUP]), component: Component, at: At) -> [f64; 2] {
        let At { x, x2, per_half } = at;
        let Component { terms: [a0, a1], quantum } = component;
        let sum = |l: [f64; GROUP]| (l[0] + l[1] * x) + (l[2] + l[3] * x) * x2;
        [a0 + (a1 * x + (sum(a) * quantum) * x2), (a1 + (sum(b) * quantum) * x) * per_half]
    }
}

#[cfg(target_arch = "x86_64")]
mod avx {
    use std::arch::x86_64::{__m128d, __m128i, __m256d};

    use pulp::cast;
    use pulp::x86::V3;

    use super::{At, Component, GROUP, Quad};

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
        fn finish(self, (a, b): (__m256d, __m256d), component: Component, at: At) -> [f64; 2] {
            let (avx, sse2) = (self.avx, self.sse2);
            let At { x, x2, per_half } = at;
            let Component { terms: [a0, a1], quantum } = component;
            let ones_and_x = avx._mm256_setr_pd(1.0, x, 1.0, x);
            // a₀ + a₁x, b₀ + b₁x, a₂ + a₃x, b₂ + b₃x
            let pairs = avx._mm256_hadd_pd(self.mul(a, ones_and_x), self.mul(b, ones_and_x));
            let low: __m128d = avx._mm256_castpd256_pd128(pairs);
            let high: __m128d = avx._mm256_extractf128_pd::<1>(pairs);
            // q and r, then (q·u)·x² and (r·u)·x
            let sums = sse2._mm_add_pd(low, sse2._mm_mul_pd(high, sse2._mm_set1_pd(x2)));
            let scaled = sse2._mm_mul_pd(sums, sse2._mm_set1_pd(quantum));
            let tail = sse2._mm_mul_pd(scaled, sse2._mm_setr_pd(x2, x));
            // a₁·x + …, a₁ + …: one times a₁ is a₁ to the last bit, and −0 plus a number is that number.
            let linear = sse2._mm_mul_pd(sse2._mm_set1_pd(a1), sse2._mm_setr_pd(x, 1.0));
            let value = sse2._mm_add_pd(sse2._mm_setr_pd(a0, -0.0), sse2._mm_add_pd(linear, tail));
            cast(sse2._mm_mul_pd(value, sse2._mm_setr_pd(1.0, per_half)))
        }
    }
}
