//! Turning one set of axes into another that itself may turn.

use crate::vector::{Varying, Vector};

/// A rotation: nine numbers with their change a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation([[Varying; 3]; 3]);

impl Rotation {
    /// From the rows of a matrix and of its change a day.
    #[must_use]
    pub fn new(rows: [[f64; 3]; 3], rates: [[f64; 3]; 3]) -> Rotation {
        let row = |r: usize| std::array::from_fn(|c| Varying::new(rows[r][c], rates[r][c]));
        Rotation([row(0), row(1), row(2)])
    }

    /// Vectors about the first axis, against the clock as seen from its end, by an angle in degrees.
    #[must_use]
    pub fn about_first(angle_deg: Varying) -> Rotation {
        let (sin, cos) = angle_deg.sin_cos_deg();
        let (none, one) = (Varying::default(), Varying::constant(1.0));
        Rotation([[one, none, none], [none, cos, -sin], [none, sin, cos]])
    }

    /// As [`Rotation::about_first`], about the third.
    #[must_use]
    pub fn about_third(angle_deg: Varying) -> Rotation {
        let (sin, cos) = angle_deg.sin_cos_deg();
        let (none, one) = (Varying::default(), Varying::constant(1.0));
        Rotation([[cos, -sin, none], [sin, cos, none], [none, none, one]])
    }

    /// Its three axes, as they lie among those that it is from.
    #[inline]
    pub(crate) fn axes(&self) -> [Vector; 3] {
        self.0.map(Vector)
    }

    /// The rotation as it is at this moment, for good.
    pub(crate) fn held(&self) -> Rotation {
        Rotation(self.0.map(|row| row.map(|number| Varying::constant(number.value))))
    }

    /// The rotation that undoes this one.
    #[must_use]
    pub fn inverse(&self) -> Rotation {
        Rotation(std::array::from_fn(|r| std::array::from_fn(|c| self.0[c][r])))
    }

    /// This rotation, and another after it.
    #[must_use]
    pub fn then(&self, next: &Rotation) -> Rotation {
        Rotation(next.0.map(|row| {
            std::array::from_fn(|c| {
                (0..3).map(|k| row[k] * self.0[k][c]).fold(Varying::default(), |sum, term| sum + term)
            })
        }))
    }

    /// A vector, turned.
    #[inline]
    #[must_use]
    pub fn turn(&self, vector: &Vector) -> Vector {
        Vector(self.0.map(|row| Vector(row).dot(vector)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_same(a: &Vector, b: &Vector) {
        for (a, b) in a.0.iter().zip(&b.0) {
            assert!((a.value - b.value).abs() < 1e-15 && (a.rate - b.rate).abs() < 1e-15, "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_rotation_turns_as_its_angle_says_and_back() {
        let vector = Vector::new([0.3, -0.5, 0.8], [0.01, 0.02, -0.03]);
        let angle = Varying::new(23.4, 0.7);
        let (sin, cos) = angle.sin_cos_deg();
        let rotation = Rotation::about_first(angle);
        assert_same(&rotation.turn(&vector), &vector.about_first(sin, cos));
        assert_same(&rotation.inverse().turn(&rotation.turn(&vector)), &vector);
        let [along, across, _] = vector.to_spherical();
        let [turned_along, turned_across, _] = Rotation::about_third(angle).turn(&vector).to_spherical();
        assert!((turned_along - along - angle).wrapped_deg().value.min(1.0) < 1e-13);
        assert!((turned_along - along - angle).rate.abs() < 1e-13);
        assert!((turned_across.value - across.value).abs() < 1e-13);
        let twice = Rotation::about_first(angle * 2.0);
        assert_same(&rotation.then(&rotation).turn(&vector), &twice.turn(&vector));
    }

    #[test]
    fn one_rotation_after_another_is_one() {
        let other = Rotation::new([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [[0.0; 3]; 3]);
        let first = Rotation::about_first(Varying::new(40.0, 1.0));
        let vector = Vector::new([0.3, -0.5, 0.8], [0.01, 0.02, -0.03]);
        assert_same(&first.then(&other).turn(&vector), &other.turn(&first.turn(&vector)));
    }
}
