//! Parallels and contraparallels: two points as far from the equator, on one side of it or on either.

use super::Movement;
use crate::vector::Varying;

/// The orb by default, degrees, as most who use them have it.
pub const ORB_DEG: f64 = 1.0;

/// A point by its declination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Declined {
    /// Declination, degrees, north positive, with its change a day.
    pub declination: Varying,
    /// Two points of one group make no parallels ([`super::Point::group`]).
    pub group: Option<u8>,
}

/// Two points that are as far from the equator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parallel {
    /// The one, by its place among the points.
    pub a: usize,
    /// The other, which comes later.
    pub b: usize,
    /// Whether on either side of the equator.
    pub contra: bool,
    /// How much farther from it the one is than the other, degrees.
    pub orb_deg: f64,
    /// Which way it goes, by the motion of both at the instant.
    pub movement: Movement,
}

/// Those that points make, by an orb in degrees, in the order of the first points, then of the second.
#[must_use]
pub fn within(points: &[Declined], orb_deg: f64) -> Vec<Parallel> {
    let mut found = Vec::new();
    for (a, first) in points.iter().enumerate() {
        for (b, second) in points.iter().enumerate().skip(a + 1) {
            if first.group.is_none() || first.group != second.group {
                found.extend(parallel((a, first), (b, second), orb_deg));
            }
        }
    }
    found
}

/// Which side of the equator a point is on says whether it is a parallel or its contrary. Of the two that is the nearer to exact.
fn parallel(
    (a, first): (usize, &Declined),
    (b, second): (usize, &Declined),
    orb_deg: f64,
) -> Option<Parallel> {
    let (one, other) = (first.declination, second.declination);
    let contra = (one.value < 0.0) != (other.value < 0.0);
    let deviation = if contra { one + other } else { one - other };
    let is_near = deviation.value.abs() <= orb_deg;
    is_near.then(|| Parallel {
        a,
        b,
        contra,
        orb_deg: deviation.value.abs(),
        movement: Movement::of(deviation),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(value: f64, rate: f64) -> Declined {
        Declined { declination: Varying::new(value, rate), group: None }
    }

    #[test]
    fn sides_of_the_equator_make_the_kind() {
        let points =
            [point(20.0, 0.1), point(20.5, 0.0), point(-20.75, 0.0), point(0.2, 0.3), point(-0.3, 0.0)];
        let found = within(&points, ORB_DEG);
        let pairs: Vec<_> = found.iter().map(|it| (it.a, it.b, it.contra, it.movement)).collect();
        assert_eq!(
            pairs,
            [
                (0, 1, false, Movement::Applying),
                (0, 2, true, Movement::Applying),
                (1, 2, true, Movement::Static),
                (3, 4, true, Movement::Applying),
            ]
        );
        assert_eq!(found[1].orb_deg, 0.75);
    }

    #[test]
    fn groups_and_what_is_no_number_make_none() {
        let node = |value| Declined { group: Some(4), ..point(value, 0.1) };
        assert!(within(&[node(10.0), node(-10.0)], ORB_DEG).is_empty());
        assert!(within(&[point(f64::NAN, 0.0), point(f64::NAN, 0.0)], ORB_DEG).is_empty());
        assert!(within(&[point(1.0, 0.0), point(1.0, 0.0)], f64::NAN).is_empty());
    }
}
