//! Power series on a stretch of time: what a table holds of a body, and all that follows from it.
//!
//! A [`PowerSeries`] is a polynomial in x, which runs from −1 to 1 over the stretch. Tables are made of such polynomials, sums and
//! differences of bodies are such polynomials again, and so are, to the last bit, sines and products of them: their
//! coefficients fall off faster than any power. So whatever is looked for, it is looked for in one kind of function, whose
//! coefficients say how far it can go: where no root can be is known and not sampled.

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

mod through;

pub use through::{Through, nodes};

/// Most terms that a series keeps.
pub const TERMS: usize = 40;

/// A polynomial in x, −1 ≤ x ≤ 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerSeries {
    /// Coefficients, constant term first; zero from `len` on.
    terms: [f64; TERMS],
    /// How many count, at least one.
    len: usize,
    /// How large the numbers were that it was made of: what is left of a difference of large ones is as rounded as they were.
    scale: f64,
}

/// What coefficients are so small against the whole that they change no bit of it.
const NOTHING: f64 = 1e-19;

/// How a rounded sum of terms differs from the true one, against the sum of their magnitudes.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

impl PowerSeries {
    /// A number that stays.
    #[must_use]
    pub const fn constant(value: f64) -> PowerSeries {
        let mut terms = [0.0; TERMS];
        terms[0] = value;
        PowerSeries { terms, len: 1, scale: value.abs() }
    }

    /// The polynomial of these coefficients, constant term first; those beyond [`TERMS`] are left out.
    #[must_use]
    pub fn new(coefficients: &[f64]) -> PowerSeries {
        let mut series = PowerSeries::constant(0.0);
        for (term, &coefficient) in series.terms.iter_mut().zip(coefficients) {
            *term = coefficient;
        }
        series.len = coefficients.len().clamp(1, TERMS);
        series.scale = series.magnitude();
        series
    }

    /// The coefficients, constant term first.
    #[must_use]
    pub fn terms(&self) -> &[f64] {
        &self.terms[..self.len]
    }

    /// The value at x.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        value_at(self.terms(), x)
    }

    /// The value at x and its change by x.
    #[must_use]
    pub fn value_and_slope(&self, x: f64) -> (f64, f64) {
        let squared = x * x;
        let (pairs, mut even) = pairs(self.terms());
        let mut odd = 0.0;
        // Their changes by x².
        let (mut even_slope, mut odd_slope) = (0.0, 0.0);
        for pair in pairs.rev() {
            even_slope = even_slope * squared + even;
            odd_slope = odd_slope * squared + odd;
            even = even * squared + pair[0];
            odd = odd * squared + pair[1];
        }
        (even + odd * x, odd + 2.0 * x * (even_slope + odd_slope * x))
    }

    /// The derivative by x.
    #[must_use]
    pub fn derivative(&self) -> PowerSeries {
        let mut terms = [0.0; TERMS];
        for (k, term) in self.terms().iter().enumerate().skip(1) {
            terms[k - 1] = term * k as f64;
        }
        PowerSeries { terms, len: (self.len - 1).max(1), scale: self.scale * self.len as f64 }
    }

    /// The same function over a part of the stretch, from `low` to `high`, as a series of its own.
    #[must_use]
    pub fn over(&self, low: f64, high: f64) -> PowerSeries {
        let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
        // Horner's rule with x + middle for x: each round multiplies what there is so far by it and adds a term. No
        // coefficient of a round waits for another.
        let (mut first, mut second) = ([0.0; TERMS], [0.0; TERMS]);
        let (mut old, mut new) = (&mut first, &mut second);
        for (count, term) in self.terms().iter().rev().enumerate() {
            new[0] = old[0] * middle + term;
            for ((sum, same), before) in new[1..=count].iter_mut().zip(&old[1..=count]).zip(&old[..count]) {
                *sum = same * middle + before;
            }
            std::mem::swap(&mut old, &mut new);
        }
        let mut part = PowerSeries { terms: *old, ..*self };
        let mut scale = 1.0;
        for term in &mut part.terms[..self.len] {
            *term *= scale;
            scale *= half;
        }
        part.trimmed()
    }

    /// Without last terms that change no bit.
    fn trimmed(mut self) -> PowerSeries {
        let least = NOTHING * self.magnitude();
        while self.len > 1 && self.terms[self.len - 1].abs() <= least {
            self.terms[self.len - 1] = 0.0;
            self.len -= 1;
        }
        self
    }

    /// The sum of the coefficients' magnitudes: no value is greater.
    #[must_use]
    pub fn magnitude(&self) -> f64 {
        self.terms().iter().map(|term| term.abs()).sum()
    }

    /// The constant term: the value in the middle.
    #[must_use]
    pub fn constant_term(&self) -> f64 {
        self.terms[0]
    }

    /// How far values may be from the constant term.
    #[must_use]
    pub fn reach(&self) -> f64 {
        self.terms()[1..].iter().map(|term| term.abs()).sum()
    }

    /// How far two values may differ by rounding alone.
    #[must_use]
    pub fn noise(&self) -> f64 {
        ROUNDING * self.scale
    }

    /// Whether it says all that it should: the last terms that there is room for are nothing. A sine of something that turns
    /// too far does not.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let beyond: f64 = self.terms[TERMS - 4..].iter().map(|term| term.abs()).sum();
        beyond <= f64::EPSILON * self.magnitude()
    }

    /// Sine and cosine, of an angle in radians.
    #[must_use]
    pub fn sin_cos(&self) -> (PowerSeries, PowerSeries) {
        let (sin, cos) = self.terms[0].sin_cos();
        let (mut sines, mut cosines) = (PowerSeries::constant(sin), PowerSeries::constant(cos));
        // sin′ = u′ cos and cos′ = −u′ sin, coefficient by coefficient (Knuth, The Art of Computer Programming 2, 4.7).
        for k in 1..TERMS {
            let (mut sine, mut cosine) = (0.0, 0.0);
            for j in 1..self.len.min(k + 1) {
                let change = self.terms[j] * j as f64;
                sine += change * cosines.terms[k - j];
                cosine -= change * sines.terms[k - j];
            }
            sines.terms[k] = sine / k as f64;
            cosines.terms[k] = cosine / k as f64;
            let settled = |terms: &[f64]| terms.iter().all(|term| term.abs() < NOTHING);
            if k > self.len + 3 && settled(&sines.terms[k - 3..=k]) && settled(&cosines.terms[k - 3..=k]) {
                break;
            }
        }
        (sines.of_angle(self.scale).trimmed(), cosines.of_angle(self.scale).trimmed())
    }

    /// With all that there is room for counted, as a sine or cosine of an angle so rounded.
    fn of_angle(mut self, angle: f64) -> PowerSeries {
        self.len = TERMS;
        self.scale = angle.max(1.0);
        self
    }

    /// Where the function turns round, in order: where its slope changes its sign. What varies by less than rounding does
    /// not turn.
    #[must_use]
    pub fn turns(&self) -> Turns {
        let mut turns = Turns(Vec::new());
        // Whoever goes one way throughout says so at once.
        let bend: f64 = self.terms().iter().enumerate().skip(2).map(|(k, term)| k as f64 * term.abs()).sum();
        if self.terms[1].abs() <= bend {
            let slope = self.derivative();
            self.collect_turns(&slope, &slope, [-1.0, 1.0], &mut turns);
        }
        turns
    }

    /// Turns between two places, over which the slope is `local` as a function of its own x.
    fn collect_turns(
        &self,
        slope: &PowerSeries,
        local: &PowerSeries,
        [low, high]: [f64; 2],
        turns: &mut Turns,
    ) {
        if local.terms[0].abs() > local.reach() {
            return;
        }
        // All that the value can change by in here: the slope by the whole series' x, over half the length.
        if local.magnitude() * (high - low) / 2.0 <= self.noise() {
            return;
        }
        let bend = local.derivative();
        if bend.terms[0].abs() > bend.reach() {
            // One function says of both sides of a place which sign it has there, so that no root is lost between them.
            if (slope.value(low) >= 0.0) != (slope.value(high) >= 0.0) {
                turns.0.push(f64::midpoint(low, high) + (high - low) / 2.0 * local.solve(0.0, -1.0, 1.0));
            }
            return;
        }
        let middle = f64::midpoint(low, high);
        self.collect_turns(slope, &local.over(-1.0, 0.0), [low, middle], turns);
        self.collect_turns(slope, &local.over(0.0, 1.0), [middle, high], turns);
    }

    /// Where a function takes a value between two places, between which it goes one way and passes the value.
    #[must_use]
    pub fn solve(&self, value: f64, low: f64, high: f64) -> f64 {
        self.solve_between(value, (low, self.value(low)), (high, self.value(high)))
    }

    /// The same where the values at the two places are known: Newton's rule from where a straight line would take the value,
    /// and halving where that would leave what is left.
    pub(crate) fn solve_between(
        &self,
        value: f64,
        (low, at_low): (f64, f64),
        (high, at_high): (f64, f64),
    ) -> f64 {
        let (mut low, mut high) = (low, high);
        if value == at_low || value == at_high {
            return if value == at_low { low } else { high };
        }
        let rises = at_high >= at_low;
        let mut x = low + (value - at_low) / (at_high - at_low) * (high - low);
        if !(x > low && x < high) {
            x = f64::midpoint(low, high);
        }
        // How far the last step went, if it was one of Newton's.
        let mut last = 0.0;
        for _ in 0..100 {
            let (at, slope) = self.value_and_slope(x);
            let off = at - value;
            if (off >= 0.0) == rises {
                high = x;
            } else {
                low = x;
            }
            let next = x - off / slope;
            // The error after a step of Newton's goes with the square of the error before it: what is left after this step
            // follows from how much shorter it was than the last.
            let is_within = low <= next && next <= high;
            let next = if is_within { next } else { f64::midpoint(low, high) };
            let step = (next - x).abs();
            let left = if is_within { step * (step / last).powi(2) } else { step };
            if step.min(left).min(high - low) <= f64::EPSILON {
                return next;
            }
            last = if is_within { step } else { 0.0 };
            x = next;
        }
        x
    }
}

/// The value at x of a polynomial with these coefficients, constant term first.
#[must_use]
pub(crate) fn value_at(terms: &[f64], x: f64) -> f64 {
    let squared = x * x;
    // Even and odd powers apart, so that neither sum waits for the other.
    let (pairs, mut even) = pairs(terms);
    let mut odd = 0.0;
    for pair in pairs.rev() {
        even = even * squared + pair[0];
        odd = odd * squared + pair[1];
    }
    even + odd * x
}

/// Coefficients two by two, of an even and an odd power, and the last one if its power is even.
fn pairs(terms: &[f64]) -> (std::slice::ChunksExact<'_, f64>, f64) {
    let pairs = terms.chunks_exact(2);
    let last = pairs.remainder().first().copied().unwrap_or_default();
    (pairs, last)
}

/// Places at which a function turns round, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Turns(Vec<f64>);

impl std::ops::Deref for Turns {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.0
    }
}

impl Neg for PowerSeries {
    type Output = PowerSeries;

    fn neg(self) -> PowerSeries {
        self * -1.0
    }
}

impl AddAssign<&PowerSeries> for PowerSeries {
    fn add_assign(&mut self, other: &PowerSeries) {
        for (term, more) in self.terms.iter_mut().zip(other.terms()) {
            *term += more;
        }
        self.len = self.len.max(other.len);
        self.scale = self.scale.max(other.scale);
    }
}

impl SubAssign<&PowerSeries> for PowerSeries {
    fn sub_assign(&mut self, other: &PowerSeries) {
        for (term, less) in self.terms.iter_mut().zip(other.terms()) {
            *term -= less;
        }
        self.len = self.len.max(other.len);
        self.scale = self.scale.max(other.scale);
    }
}

impl Add for PowerSeries {
    type Output = PowerSeries;

    fn add(mut self, other: PowerSeries) -> PowerSeries {
        self += &other;
        self
    }
}

impl Sub for PowerSeries {
    type Output = PowerSeries;

    fn sub(mut self, other: PowerSeries) -> PowerSeries {
        self -= &other;
        self
    }
}

impl Mul<f64> for PowerSeries {
    type Output = PowerSeries;

    fn mul(mut self, by: f64) -> PowerSeries {
        for term in &mut self.terms[..self.len] {
            *term *= by;
        }
        self.scale *= by.abs();
        self
    }
}

impl Mul for PowerSeries {
    type Output = PowerSeries;

    fn mul(self, other: PowerSeries) -> PowerSeries {
        let mut product = PowerSeries::constant(0.0);
        for (j, a) in self.terms().iter().enumerate() {
            for (term, b) in product.terms[j..].iter_mut().zip(other.terms()) {
                *term += a * b;
            }
        }
        product.len = (self.len + other.len - 1).min(TERMS);
        product.scale = self.scale * other.scale;
        product.trimmed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(series: &PowerSeries, function: impl Fn(f64) -> f64, within: f64) {
        for step in -50..=50 {
            let x = f64::from(step) / 50.0;
            let (found, wanted) = (series.value(x), function(x));
            assert!((found - wanted).abs() <= within, "at {x}: {found}, not {wanted}");
        }
    }

    const WAVY: [f64; 7] = [0.3, -1.2, 0.7, 2.0, -0.4, -1.1, 0.25];

    #[test]
    fn a_part_is_the_same_function() {
        let series = PowerSeries::new(&WAVY);
        let part = series.over(-0.3, 0.8);
        assert_near(&part, |x| series.value(0.25 + 0.55 * x), 1e-15);
        let (value, slope) = series.value_and_slope(0.4);
        assert_eq!(value, series.value(0.4));
        assert!((slope - series.derivative().value(0.4)).abs() < 1e-15);
    }

    #[test]
    fn sums_products_and_sines_are_series() {
        let (a, b) = (PowerSeries::new(&WAVY), PowerSeries::new(&[1.0, 0.5, -0.25]));
        assert_near(&(a + b), |x| a.value(x) + b.value(x), 1e-15);
        assert_near(&(a - b), |x| a.value(x) - b.value(x), 1e-15);
        assert_near(&(a * b), |x| a.value(x) * b.value(x), 2e-15);
        assert_near(&-a, |x| -a.value(x), 0.0);
        // A quarter of the circle on either side of the middle, as the Moon goes in a week.
        let angle = PowerSeries::new(&[4.0, 1.6, 0.05, -0.002]);
        let (sin, cos) = angle.sin_cos();
        assert!(sin.is_whole() && cos.is_whole());
        assert_near(&sin, |x| angle.value(x).sin(), 1e-15);
        assert_near(&cos, |x| angle.value(x).cos(), 1e-15);
        assert_near(&(sin * sin + cos * cos), |_| 1.0, 2e-15);
        assert!(!PowerSeries::new(&[0.0, 30.0]).sin_cos().0.is_whole(), "five turns are too many");
    }

    #[test]
    fn every_turn_is_found_and_no_other() {
        // Chebyshev's polynomial of degree 9 turns at cos(k π / 9).
        let chebyshev = PowerSeries::new(&[0.0, 9.0, 0.0, -120.0, 0.0, 432.0, 0.0, -576.0, 0.0, 256.0]);
        let turns = chebyshev.turns();
        assert_eq!(turns.len(), 8);
        for (k, turn) in turns.iter().rev().enumerate() {
            let wanted = ((k + 1) as f64 * std::f64::consts::PI / 9.0).cos();
            assert!((turn - wanted).abs() < 1e-14, "{turn} {wanted}");
        }
        // Two turns 1e-4 apart; two so near that the values between do not differ; two that meet; a step on the way up; nothing.
        let pair = |gap: f64| PowerSeries::new(&[0.0, 0.01 - gap * gap, -0.1, 1.0 / 3.0]);
        assert_eq!(pair(5e-5).turns().len(), 2);
        assert_eq!(pair(5e-7).turns().len(), 0);
        assert_eq!(pair(0.0).turns().len(), 0);
        assert_eq!(PowerSeries::new(&[1.0, 0.0, 0.0, 1.0]).turns().len(), 0);
        assert_eq!(PowerSeries::constant(5.0).turns().len(), 0);
        assert_eq!(PowerSeries::constant(0.0).turns().len(), 0);
        let bowl = PowerSeries::new(&[1.0, 0.0, 1.0]).turns();
        assert!(bowl.len() == 1 && bowl[0].abs() < 1e-15, "{bowl:?}");
    }

    #[test]
    fn values_are_solved_for() {
        let series = PowerSeries::new(&[10.0, 3.0, -0.5, 0.2, 0.01]);
        for value in [series.value(-1.0), 8.0, 10.0, 12.0, series.value(1.0)] {
            let x = series.solve(value, -1.0, 1.0);
            assert!((series.value(x) - value).abs() < 4e-15, "{value}");
        }
        let falling = -series;
        let x = falling.solve(-10.0, -1.0, 1.0);
        assert!(x.abs() < 1e-15, "{x}");
        // A cube is flat where it is nothing.
        let cube = PowerSeries::new(&[0.0, 0.0, 0.0, 1.0]);
        assert!(cube.solve(0.0, -1.0, 0.75).abs() < 1e-5);
    }
}
