//! Stretches of a function that can only be asked for its values: halved until a series says all of them.

use super::Stretch;
use crate::power_series::{PowerSeries, Through, nodes};

/// How a function is laid out in stretches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Days of a cell, on a grid from Julian day 0: none is longer.
    pub(super) cell_days: f64,
    /// Days that a stretch is not halved below: the function jumps there, and a straight line leads from one side to the other.
    pub(super) least_days: f64,
    /// Values that a series is laid through.
    pub(super) values: usize,
    /// What a series may leave out of the first two components, which are angles: degrees.
    pub(super) tolerance_deg: f64,
    /// What it may leave out of the third, against the whole of it.
    pub(super) tolerance: f64,
}

impl Layout {
    /// The stretch on which an instant lies, of a function of so many components that is known within `known`, an angle that
    /// wraps at 360° the first of them where `wraps` says so. Which stretches there are does not depend on the instant.
    ///
    /// # Errors
    /// What the function refuses on a stretch that is not halved any more.
    pub(super) fn stretches<const N: usize, E>(
        &self,
        jd_tt: f64,
        known: (f64, f64),
        wraps: bool,
        mut values: impl FnMut(f64) -> Result<[f64; N], E>,
    ) -> Result<[Stretch; N], E> {
        let cell = (jd_tt / self.cell_days).floor() * self.cell_days;
        let (mut start, mut end) = (cell.max(known.0), (cell + self.cell_days).min(known.1));
        loop {
            let is_least = end - start <= self.least_days;
            let stretch = |series| Stretch { start_jd_tt: start, end_jd_tt: end, series };
            match self.columns(start, end, wraps, &mut values) {
                Err(error) if is_least => return Err(error),
                Err(_) => {}
                Ok(columns) => {
                    let found = columns.each_ref().map(|column| PowerSeries::through(column));
                    if self.suffice(&found) {
                        return Ok(found.map(|through| stretch(through.series)));
                    }
                    if is_least {
                        return Ok(columns.map(|column| stretch(step(&column))));
                    }
                }
            }
            let middle = f64::midpoint(start, end);
            if jd_tt < middle {
                end = middle;
            } else {
                start = middle;
            }
        }
    }

    fn suffice(&self, found: &[Through]) -> bool {
        found.iter().enumerate().all(|(component, Through { series, left_out })| {
            let most = if component < 2 { self.tolerance_deg } else { self.tolerance * series.magnitude() };
            *left_out <= most
        })
    }

    /// The values of each component at the nodes.
    fn columns<const N: usize, E>(
        &self,
        start: f64,
        end: f64,
        wraps: bool,
        values: &mut impl FnMut(f64) -> Result<[f64; N], E>,
    ) -> Result<[Vec<f64>; N], E> {
        let mut columns = [const { Vec::new() }; N];
        for x in nodes(self.values) {
            let found = values(start + f64::midpoint(x, 1.0) * (end - start))?;
            for (nth, (column, value)) in columns.iter_mut().zip(found).enumerate() {
                let value = match column.last() {
                    Some(before) if nth == 0 && wraps => unwrapped(value, *before),
                    _ => value,
                };
                column.push(value);
            }
        }
        Ok(columns)
    }
}

/// The straight line from the first of values at nodes to the last: of a function that jumps between them this much is sure.
/// A series with more terms would ring there, and pass values that the function never has.
fn step(values: &[f64]) -> PowerSeries {
    let [first, last] = [values.first(), values.last()].map(|value| value.copied().unwrap_or(f64::NAN));
    PowerSeries::new(&[f64::midpoint(first, last), (last - first) / 2.0])
}

/// An angle, degrees, by whole turns as near to another as it can be.
fn unwrapped(angle_deg: f64, near_deg: f64) -> f64 {
    angle_deg - 360.0 * ((angle_deg - near_deg) / 360.0).round()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_a_straight_line() {
        let layout =
            Layout { cell_days: 16.0, least_days: 1e-5, values: 20, tolerance_deg: 1e-6, tolerance: 1e-8 };
        let function = |jd: f64| 0.1 * jd + if jd < 5.3 { 0.0 } else { 0.01 };
        let (mut jd_tt, mut slopes) = (0.0, Vec::new());
        while jd_tt < 16.0 {
            let Ok([stretch]) = layout.stretches(jd_tt, (0.0, 100.0), false, |jd| {
                Ok::<_, std::convert::Infallible>([function(jd)])
            });
            let (end_jd_tt, half_days) = (stretch.end_jd_tt, stretch.half_days());
            for x in [-1.0, -0.5, 0.0, 0.5, 1.0] {
                let (value, slope) = stretch.series.value_and_slope(x);
                let least = function(stretch.start_jd_tt) - 1e-9;
                assert!((least..=function(end_jd_tt) + 1e-9).contains(&value), "{stretch:?}");
                assert!(slope / half_days > 0.09, "{stretch:?}: {}", slope / half_days);
            }
            slopes.push(stretch.series.derivative().constant_term() / half_days);
            jd_tt = end_jd_tt;
        }
        assert_eq!(slopes.iter().filter(|slope| **slope > 1.0).count(), 1, "{slopes:?}");
    }
}
