//! Antiscia: mirror images of points in the axis of the solstices, and contra-antiscia in that of the equinoxes.
//!
//! Two points that are mirror images have days of one length, or nights as long as the other's days (Firmicus Maternus, Mathesis
//! 2, 29; Lilly, Christian Astrology, page 90). The axes are those of the zodiac that longitudes are counted in: only in the
//! tropical one do they have to do with days.

use super::Movement;
use crate::frames::{turn_deg, wrap_deg};
use crate::vector::Varying;

/// How far from a mirror image a point may be and still stand on it, degrees, as most who use them have it.
pub const ORB_DEG: f64 = 1.0;

/// Where a point's mirror image in the axis from 90° to 270° is, with its change a day.
#[must_use]
pub fn antiscion(longitude: Varying) -> Varying {
    Varying::new(wrap_deg(180.0 - longitude.value), -longitude.rate)
}

/// Where a point's mirror image in the axis from 0° to 180° is, with its change a day: opposite to the antiscion.
#[must_use]
pub fn contra_antiscion(longitude: Varying) -> Varying {
    Varying::new(wrap_deg(-longitude.value), -longitude.rate)
}

/// A point in another one's mirror image, and so the other one in its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contact {
    /// The one, by its place among the points.
    pub a: usize,
    /// The other, which comes later.
    pub b: usize,
    /// Whether in the contra-antiscion.
    pub contra: bool,
    /// How far from it, degrees.
    pub orb_deg: f64,
    /// Which way it goes, by the motion of both at the instant.
    pub movement: Movement,
}

/// Those of points at longitudes in degrees with their changes a day, by an orb in degrees, in the order of the first points, then
/// of the second. An image of two points that are opposite to each other by their definition is told: they do not always make
/// one.
#[must_use]
pub fn within(longitudes: &[Varying], orb_deg: f64) -> Vec<Contact> {
    let mut found = Vec::new();
    for (a, first) in longitudes.iter().enumerate() {
        for (b, second) in longitudes.iter().enumerate().skip(a + 1) {
            // Of two mirror images the sum is always the same: 180° or nothing.
            let sum = *first + *second;
            let (from_none, from_half) = (turn_deg(sum.value), turn_deg(sum.value - 180.0));
            let contra = from_none.abs() < from_half.abs();
            let deviation = Varying { value: if contra { from_none } else { from_half }, ..sum };
            if deviation.value.abs() <= orb_deg {
                let (orb_deg, movement) = (deviation.value.abs(), Movement::of(deviation));
                found.push(Contact { a, b, contra, orb_deg, movement });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_have_the_images_of_the_tradition() {
        // Gemini and Cancer, Taurus and Leo, Aries and Virgo see each other; 10° of one and 20° of the other.
        for (at, image) in
            [(70.0, 110.0), (40.0, 140.0), (10.0, 170.0), (340.0, 200.0), (280.0, 260.0), (0.0, 180.0)]
        {
            assert_eq!(antiscion(Varying::constant(at)).value, image);
            assert_eq!(antiscion(Varying::constant(image)).value, at);
            assert_eq!(contra_antiscion(Varying::constant(at)).value, wrap_deg(image + 180.0));
        }
        assert_eq!(contra_antiscion(Varying::new(0.0, 1.0)), Varying::new(0.0, -1.0));
    }

    #[test]
    fn contacts_move_by_both() {
        let points = [Varying::new(70.0, 1.0), Varying::new(109.5, 0.5), Varying::new(290.25, -0.1)];
        let found = within(&points, ORB_DEG);
        let told: Vec<_> = found.iter().map(|it| (it.a, it.b, it.contra, it.orb_deg, it.movement)).collect();
        assert_eq!(told, [(0, 1, false, 0.5, Movement::Applying), (0, 2, true, 0.25, Movement::Separating)]);
        assert_eq!(within(&points, 0.25).len(), 1);
        assert!(within(&[Varying::new(f64::NAN, 1.0), Varying::new(1.0, 1.0)], ORB_DEG).is_empty());
    }
}
