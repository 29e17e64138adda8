//! Where longitudes are on a wheel: the signs follow each other counter-clockwise, one longitude is on the left.

use orrery_almanac::frames::wrap_deg;

/// A wheel's middle and turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dial {
    /// The middle, in units from the left and from the top.
    pub(super) middle: [f64; 2],
    /// The longitude on the left, degrees.
    pub(super) left_deg: f64,
}

impl Dial {
    /// Where a longitude is, so many units from the middle.
    pub(super) fn at(&self, longitude_deg: f64, radius: f64) -> [f64; 2] {
        let (sin, cos) = (180.0 + wrap_deg(longitude_deg - self.left_deg)).to_radians().sin_cos();
        [self.middle[0] + radius * cos, self.middle[1] - radius * sin]
    }

    /// A line toward the middle.
    pub(super) fn spoke(&self, longitude_deg: f64, [from, to]: [f64; 2]) -> Vec<[f64; 2]> {
        vec![self.at(longitude_deg, from), self.at(longitude_deg, to)]
    }

    /// A line that winds from one longitude and radius to another, degrees and units. It crosses none that winds beside it.
    pub(super) fn winding(&self, from: (f64, f64), to: (f64, f64)) -> Vec<[f64; 2]> {
        /// What a chord may span, degrees.
        const CHORD_DEG: f64 = 4.0;
        let parts = ((to.0 - from.0).abs() / CHORD_DEG).ceil().clamp(1.0, 90.0) as u32;
        let part = |nth: u32| {
            let share = f64::from(nth) / f64::from(parts);
            self.at(from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1))
        };
        (0..=parts).map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_run_counter_clockwise_from_the_left() {
        let dial = Dial { middle: [100.0, 200.0], left_deg: 15.0 };
        for (longitude_deg, [x, y]) in
            [(15.0, [50.0, 200.0]), (105.0, [100.0, 250.0]), (195.0, [150.0, 200.0]), (285.0, [100.0, 150.0])]
        {
            let at = dial.at(longitude_deg, 50.0);
            assert!((at[0] - x).abs() < 1e-9 && (at[1] - y).abs() < 1e-9, "{longitude_deg} {at:?}");
        }
    }
}
