//! The grid of cells: from an instant to the record that answers it, in a few operations.

/// The grid of cells that a block's span is cut by. Cells' bounds may differ a little from the grid, so that they can
/// follow seams that drift against it: an instant lies in the cell that the grid names or in one beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Where the first cell of the grid starts; instants before it belong to the first cell too.
    pub origin_jd: f64,
    /// Cells in a day.
    pub cells_per_day: f64,
}

impl Grid {
    /// Number of the cell that the grid names for an instant, or now and then, at an edge, its neighbour's; 0 before the
    /// first.
    #[inline(always)]
    #[must_use]
    pub fn cell(&self, jd: f64) -> usize {
        nearest_whole((jd - self.origin_jd) * self.cells_per_day - 0.5).max(0) as usize
    }
}

/// The whole number nearest to a number of fewer than 31 bits.
///
/// Adding 1½ · 2⁵² leaves the whole number in the low bits of the sum. A conversion, with its checks for what does not
/// fit, would take twice the time, on the way that every look-up waits for.
#[inline(always)]
pub(crate) fn nearest_whole(value: f64) -> i32 {
    (value + 6_755_399_441_055_744.0).to_bits() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_in_the_cell_that_the_grid_names_or_beside_it() {
        let grid = Grid { origin_jd: 2_415_020.0, cells_per_day: 1.0 / 27.3 };
        for cell in 0..1_338_u32 {
            let middle = grid.origin_jd + (f64::from(cell) + 0.5) * 27.3;
            assert_eq!(grid.cell(middle), cell as usize);
            let edge = grid.origin_jd + f64::from(cell) * 27.3;
            for jd in [edge.next_down(), edge, edge.next_up()] {
                assert!(grid.cell(jd).abs_diff(cell as usize) <= 1, "{jd}");
            }
        }
        assert_eq!(grid.cell(grid.origin_jd - 0.02), 0);
        assert_eq!(grid.cell(grid.origin_jd - 1e6), 0);
    }

    #[test]
    fn whole_numbers_are_found_on_both_sides_of_zero() {
        for (value, whole) in
            [(0.49, 0), (0.51, 1), (-0.51, -1), (2_000_000_000.4, 2_000_000_000), (-7.0, -7)]
        {
            assert_eq!(nearest_whole(value), whole, "{value}");
        }
    }
}
