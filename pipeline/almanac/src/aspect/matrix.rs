//! The table of aspects: each point beside each.

use super::{Aspect, Found};

/// Aspects of one chart by their two points.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    points: usize,
    /// Row by row.
    cells: Vec<Option<Aspect>>,
}

impl Matrix {
    /// Of so many points, from their aspects: the cell of two points is that of the same two the other way round, and that of a
    /// point with itself is empty. What is of no such point is left out.
    #[must_use]
    pub fn of(points: usize, found: &[Found]) -> Matrix {
        let mut cells = vec![None; points * points];
        for found in found.iter().filter(|found| found.a < points && found.b < points) {
            cells[found.a * points + found.b] = Some(found.aspect);
            cells[found.b * points + found.a] = Some(found.aspect);
        }
        Matrix { points, cells }
    }

    /// Each point's aspects with each point, in the order of the points.
    pub fn rows(&self) -> impl Iterator<Item = &[Option<Aspect>]> {
        // Of no points there are no rows.
        self.cells.chunks(self.points.max(1))
    }

    /// The aspect of two points, if they make one.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> Option<Aspect> {
        if row < self.points && column < self.points { self.cells[row * self.points + column] } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aspect::{Aspects, Orbs, PTOLEMAIC, Placed};

    #[test]
    fn it_is_the_same_both_ways() {
        let orbs = Orbs::default();
        let points = [0.0, 92.0, 181.0, 47.0].map(Placed::nameless);
        let found = Aspects::new(&PTOLEMAIC, &orbs).within(&points);
        let matrix = Matrix::of(points.len(), &found);
        for (a, b, aspect) in [(0, 1, Aspect::Square), (0, 2, Aspect::Opposition), (1, 2, Aspect::Square)] {
            assert_eq!(matrix.get(a, b), Some(aspect));
            assert_eq!(matrix.get(a, b), matrix.get(b, a));
        }
        assert!((0..4).all(|point| matrix.get(point, point).is_none()));
        let rows: Vec<_> = matrix.rows().collect();
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[3], [None; 4]);
        assert_eq!((matrix.get(4, 0), matrix.get(0, 4)), (None, None));
        assert_eq!(Matrix::of(2, &found).get(0, 1), Some(Aspect::Square));
        assert_eq!(Matrix::of(0, &found).rows().count(), 0);
    }
}
