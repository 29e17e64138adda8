//! Stretches of a function that can only be asked for its values: halved until a series says all of them.

use super::Stretch;
use crate::power_series::{PowerSeries, Through, nodes};

/// How a function is laid out in stretches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Days of a cell, on a grid from Julian day 0: none is longer.
    pub(super) cell_days: f64,
    /// Days that a stretch is not halved below: the function jumps there.
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
            match self.through(start, end, wraps, &mut values) {
                Err(error) if is_least => return Err(error),
                Ok(found) if is_least || self.suffice(&found) => {
                    let of = |through: Through| Stretch {
                        start_jd_tt: start,
                        end_jd_tt: end,
                        series: through.series,
                    };
                    return Ok(found.map(of));
                }
                _ => {}
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

    fn through<const N: usize, E>(
        &self,
        start: f64,
        end: f64,
        wraps: bool,
        values: &mut impl FnMut(f64) -> Result<[f64; N], E>,
    ) -> Result<[Through; N], E> {
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
        Ok(columns.map(|column| PowerSeries::through(&column)))
    }
}

/// An angle, degrees, by whole turns as near to another as it can be.
fn unwrapped(angle_deg: f64, near_deg: f64) -> f64 {
    angle_deg - 360.0 * ((angle_deg - near_deg) / 360.0).round()
}
