//! Where a curve crosses zero, all of it and nothing else, given values, rates, and a bound for its fourth derivative.
//!
//! Between two points with their rates the cubic of Hermite differs from a curve by u²(1 − u)² M h⁴ / 24 at most, where u runs
//! from 0 to 1 over h days and M bounds the fourth derivative: by E = M h⁴ / 384, and its slope by 3.08 E a stretch. Where a
//! cubic is steep at each of its zeros and further than E from zero at each of its turns, the curve has the cubic's zeros
//! and no others.

/// A curve at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// Days.
    pub(super) at: f64,
    /// The value.
    pub(super) value: f64,
    /// Its change a day.
    pub(super) rate: f64,
}

impl Point {
    /// On which side of zero the curve is; at zero itself, on which it comes from. So a zero at the border of two stretches
    /// is one of the later stretch.
    pub(super) fn is_above(&self) -> bool {
        self.value > 0.0 || (self.value == 0.0 && self.rate < 0.0)
    }
}

/// A zero of the curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossing<T> {
    /// When, days.
    pub(super) at: f64,
    /// Whether the curve comes from below.
    pub(super) is_rising: bool,
    /// What was learnt beside the curve's value at a time nearby: within [`NEAR_DAYS`].
    pub(super) near: T,
    /// When that was.
    pub(super) near_at: f64,
}

/// How certain a crossing's time shall be, days: a millisecond.
const CERTAIN_DAYS: f64 = 1e-8;
/// How near to a crossing the curve shall have been looked at, days: two seconds, within which lines are as
/// good as curves to 5e-7 degrees.
const NEAR_DAYS: f64 = 2e-5;
/// Errors of a cubic that are no longer worth a look: 0.2 milliarcseconds, where tables end.
const TRUSTED: f64 = 1e-9;
/// The largest error of the slope of a cubic, in largest errors of the cubic: 384 √3 / 216.
const SLOPE_ERROR: f64 = 3.08;
/// More than the polishing of one crossing can take.
const MOST_STEPS: usize = 40;

/// Finds all crossings between two points, in the order of time, from `left` up to but without `right`. `bend` bounds the
/// fourth derivative per day⁴; `look` says what the curve is at a time.
pub(super) fn find<T, E>(
    [left, right]: [Point; 2],
    bend: f64,
    look: &mut impl FnMut(f64) -> Result<(Point, T), E>,
    found: &mut Vec<Crossing<T>>,
) -> Result<(), E> {
    let cubic = Cubic::between(&left, &right);
    let error = bend * (right.at - left.at).powi(4) / 384.0;
    if error > TRUSTED && !cubic.is_telling(error) {
        let (middle, _) = look(f64::midpoint(left.at, right.at))?;
        find([left, middle], bend, look, found)?;
        return find([middle, right], bend, look, found);
    }
    let mut is_above = left.is_above();
    for (from, to) in cubic.pieces() {
        let ends_above = if to < 1.0 { cubic.value(to) > 0.0 } else { right.is_above() };
        if is_above != ends_above {
            let polish = Polish { is_rising: ends_above, bend, known: [left, right] };
            let [from_at, to_at] = [from, to].map(|u| cubic.time(u));
            found.push(polish.finish(from_at, to_at, look)?);
        }
        is_above = ends_above;
    }
    Ok(())
}

/// A crossing of which it is known that it is there and the only one.
struct Polish {
    is_rising: bool,
    bend: f64,
    /// The nearest points to either side that the curve is known at.
    known: [Point; 2],
}

impl Polish {
    /// Follows the cubics between ever nearer points, within a bracket that always holds the crossing.
    fn finish<T, E>(
        mut self,
        mut from: f64,
        mut to: f64,
        look: &mut impl FnMut(f64) -> Result<(Point, T), E>,
    ) -> Result<Crossing<T>, E> {
        let (mut at, _) = self.guess(from, to);
        let mut steps = 0;
        loop {
            let (point, near) = look(at)?;
            let was_passed = (point.value >= 0.0) == self.is_rising;
            if was_passed {
                to = at;
            } else {
                from = at;
            }
            self.known[usize::from(was_passed)] = point;
            let (next, uncertain) = self.guess(from, to);
            let step = (next - at).abs();
            steps += 1;
            let is_done = step < NEAR_DAYS && (uncertain < CERTAIN_DAYS || step < CERTAIN_DAYS);
            if is_done || steps == MOST_STEPS {
                return Ok(Crossing { at: next, is_rising: self.is_rising, near, near_at: at });
            }
            at = next;
        }
    }

    /// Where the cubic between the known points crosses zero within the bracket, and how far the curve's crossing may be
    /// from there; the middle of the bracket, where the cubic does not cross in it.
    fn guess(&self, from: f64, to: f64) -> (f64, f64) {
        let [left, right] = &self.known;
        let cubic = Cubic::between(left, right);
        let [a, b] = [from, to].map(|at| cubic.place(at));
        let (low, high) = if self.is_rising { (a, b) } else { (b, a) };
        if !(cubic.value(low) <= 0.0 && cubic.value(high) >= 0.0) {
            return (f64::midpoint(from, to), f64::INFINITY);
        }
        let u = cubic.zero(a, b, self.is_rising);
        let at = cubic.time(u).clamp(from, to);
        let error = self.bend / 24.0 * ((at - left.at) * (right.at - at)).powi(2);
        (at, error * cubic.days / cubic.slope(u).abs())
    }
}

/// A cubic over a stretch of time, which u runs through from 0 to 1.
struct Cubic {
    start: f64,
    days: f64,
    /// From the constant upward.
    coefficients: [f64; 4],
}

impl Cubic {
    /// Hermite's: with the values and the rates at both ends.
    fn between(left: &Point, right: &Point) -> Cubic {
        let days = right.at - left.at;
        let (rise, from, to) = (right.value - left.value, left.rate * days, right.rate * days);
        Cubic {
            start: left.at,
            days,
            coefficients: [left.value, from, 3.0 * rise - 2.0 * from - to, from + to - 2.0 * rise],
        }
    }

    fn time(&self, u: f64) -> f64 {
        self.start + self.days * u
    }

    fn place(&self, at: f64) -> f64 {
        if self.days > 0.0 { ((at - self.start) / self.days).clamp(0.0, 1.0) } else { 0.0 }
    }

    fn value(&self, u: f64) -> f64 {
        let [a, b, c, d] = self.coefficients;
        a + u * (b + u * (c + u * d))
    }

    /// The change a stretch.
    fn slope(&self, u: f64) -> f64 {
        let [_, b, c, d] = self.coefficients;
        b + u * (2.0 * c + u * 3.0 * d)
    }

    /// Where it turns inside the stretch.
    fn turns(&self) -> impl Iterator<Item = f64> + use<> {
        let [_, b, c, d] = self.coefficients;
        // Zeros of b + 2 c u + 3 d u², by the formula that loses no digits.
        let root = (c * c - 3.0 * b * d).sqrt();
        let sum = -(c + root.copysign(c));
        let (one, other) = (sum / (3.0 * d), b / sum);
        let inside = move |u: f64| (0.0 < u && u < 1.0).then_some(u);
        // Where there are none, both are NaN and inside nothing.
        inside(one.min(other)).into_iter().chain(inside(one.max(other)))
    }

    /// The parts in which it only climbs or only falls.
    fn pieces(&self) -> impl Iterator<Item = (f64, f64)> + use<> {
        let ends = self.turns().chain([1.0]);
        ends.scan(0.0, |from, to| Some((std::mem::replace(from, to), to)))
    }

    /// The zero between two places with none but this between them, towards which the cubic climbs or falls.
    fn zero(&self, mut from: f64, mut to: f64, is_rising: bool) -> f64 {
        let mut u = f64::midpoint(from, to);
        for _ in 0..64 {
            let value = self.value(u);
            if (value >= 0.0) == is_rising {
                to = u;
            } else {
                from = u;
            }
            let newton = u - value / self.slope(u);
            let next = if from <= newton && newton <= to { newton } else { f64::midpoint(from, to) };
            if (next - u).abs() < 1e-14 {
                return next;
            }
            u = next;
        }
        u
    }

    /// Whether any curve that stays within `error` has just this cubic's crossings.
    ///
    /// It has where every turn is out of reach of zero, and where near each zero the slope stays beyond its own error until
    /// the cubic has gone further from zero than `error`: g² > (3.08 E)² + 2 K E, with K the most that the slope bends. The
    /// same is asked of an end within `error` of zero, behind which a zero may lie.
    fn is_telling(&self, error: f64) -> bool {
        let [_, _, c, d] = self.coefficients;
        let curvature = (2.0 * c).abs().max((2.0 * c + 6.0 * d).abs());
        let least = (SLOPE_ERROR * error).powi(2) + 2.0 * curvature * error;
        let is_steep = |u: f64| self.slope(u) * self.slope(u) > least;
        let is_clear = |u: f64| self.value(u).abs() > error;
        let is_plain = |(from, to): (f64, f64)| {
            let is_rising = self.value(to) > self.value(from);
            let crosses = (self.value(from) > 0.0) != (self.value(to) > 0.0);
            !crosses || is_steep(self.zero(from, to, is_rising))
        };
        [0.0, 1.0].into_iter().all(|end| is_clear(end) || is_steep(end))
            && self.turns().all(is_clear)
            && self.pieces().all(is_plain)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    /// A curve of the fourth degree by its zeros, whose fourth derivative is `scale` · 24 everywhere.
    fn curve(zeros: [f64; 4], scale: f64, at: f64) -> Point {
        let factors = zeros.map(|zero| at - zero);
        let without = |left_out: usize| -> f64 {
            (0..4).filter(|&nth| nth != left_out).map(|nth| factors[nth]).product()
        };
        let value = scale * factors.iter().product::<f64>();
        Point { at, value, rate: scale * (0..4).map(without).sum::<f64>() }
    }

    fn assert_found(mut zeros: [f64; 4], scale: f64) {
        zeros.sort_by(f64::total_cmp);
        let mut found = Vec::new();
        let ends = [0.0, 1.0].map(|at| curve(zeros, scale, at));
        let mut look = |at| Ok::<_, Infallible>((curve(zeros, scale, at), at));
        let Ok(()) = find(ends, scale.abs() * 24.0, &mut look, &mut found);
        let inside: Vec<usize> = (0..4).filter(|&nth| (0.0..1.0).contains(&zeros[nth])).collect();
        assert_eq!(found.len(), inside.len(), "{found:?} of {zeros:?}");
        for (crossing, nth) in found.iter().zip(inside) {
            assert!((crossing.at - zeros[nth]).abs() < 1e-7, "{found:?} of {zeros:?}");
            assert_eq!(crossing.is_rising, (nth % 2 == 1) == (scale > 0.0), "{found:?} of {zeros:?}");
            assert!((crossing.near_at - crossing.at).abs() < NEAR_DAYS && crossing.near == crossing.near_at);
        }
    }

    #[test]
    fn a_zero_at_a_border_is_the_later_stretchs() {
        for scale in [1e3, -1e3] {
            assert_found([0.0, 0.3, 0.5, 1.0], scale);
            assert_found([-0.4, 0.0, 1.0, 1.2], scale);
            assert_found([-3.0, -2.0, 0.0, 2.0], scale);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn every_zero_is_found(
            first in -0.3..1.1_f64,
            gaps in [-3.0..0.0_f64, -3.0..0.0, -3.0..0.0],
            is_steep in proptest::bool::ANY,
        ) {
            // Zeros down to a thousandth apart, wherever they fall, those near the ends among them.
            let [a, b, c] = gaps.map(|power| 10_f64.powf(power));
            let zeros = [first, first + a, first + a + b, first + a + b + c];
            assert_found(zeros, if is_steep { 1e9 } else { -1e9 });
        }

        #[test]
        fn zeros_beside_the_ends_are_told_apart(
            offsets in [-4.0..-1.0_f64, -4.0..-1.0, -4.0..-1.0, -4.0..-1.0],
            signs in [proptest::bool::ANY, proptest::bool::ANY, proptest::bool::ANY, proptest::bool::ANY],
        ) {
            let ends = [0.0, 0.0, 1.0, 1.0];
            let zeros: [f64; 4] = std::array::from_fn(|nth| {
                let offset = 10_f64.powf(offsets[nth]);
                ends[nth] + if signs[nth] { offset } else { -offset }
            });
            prop_assume!((zeros[0] - zeros[1]).abs() > 1e-4 && (zeros[2] - zeros[3]).abs() > 1e-4);
            assert_found(zeros, 1e9);
        }
    }
}
