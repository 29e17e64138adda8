//! The land, as a path of a drawing: Natural Earth's, at 1:110 million (`data/coastline`).

use std::fmt::Write;
use std::sync::LazyLock;

/// Rings in tenths of a degree: the first point, then steps. Longitudes go on without jumps.
const LAND: &str = include_str!("../../../../data/coastline/land-110m.txt");

/// Units of the path in a degree.
pub(super) const UNITS_A_DEGREE: f64 = 10.0;

/// The land as the data of a path, in tenths of a degree, east to the right and south downward. It reaches over ±180° of longitude,
/// by less than a turn; holes are those of the even-odd rule.
pub(super) static PATH: LazyLock<String> = LazyLock::new(|| {
    let mut path = String::with_capacity(LAND.len());
    for ring in LAND.lines() {
        for (nth, (x, y)) in ring.split(' ').filter_map(point).enumerate() {
            let sign = if nth == 0 { "M" } else { "l" };
            // A `String` takes whatever is written to it.
            let _ = if y <= 0 { write!(path, "{sign}{x} {}", -y) } else { write!(path, "{sign}{x}-{y}") };
        }
        path.push('z');
    }
    path
});

/// A point or a step, eastward and northward.
fn point(text: &str) -> Option<(i32, i32)> {
    let (x, y) = text.split_once(',')?;
    Some((x.parse().ok()?, y.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rings, in degrees.
    fn rings() -> Vec<Vec<(f64, f64)>> {
        let ring = |line: &str| {
            let mut at = (0, 0);
            let go = |text| {
                let (x, y) = point(text).expect("a point");
                at = (at.0 + x, at.1 + y);
                (0.1 * f64::from(at.0), 0.1 * f64::from(at.1))
            };
            line.split(' ').map(go).collect()
        };
        LAND.lines().map(ring).collect()
    }

    fn is_land(longitude: f64, latitude: f64) -> bool {
        let is_right = |&((ax, ay), (bx, by)): &((f64, f64), (f64, f64)), x: f64| {
            (ay > latitude) != (by > latitude) && x < ax + (bx - ax) * (latitude - ay) / (by - ay)
        };
        let crossings = |ring: &Vec<(f64, f64)>, x: f64| {
            let nexts = ring.iter().cycle().skip(1);
            ring.iter().copied().zip(nexts.copied()).filter(|side| is_right(side, x)).count()
        };
        let rings = rings();
        [-360.0, 0.0, 360.0]
            .iter()
            .any(|turn| rings.iter().map(|ring| crossings(ring, longitude + turn)).sum::<usize>() % 2 == 1)
    }

    #[test]
    fn cities_are_on_land_and_islands_far_away_in_the_sea() {
        for (longitude, latitude) in [
            (8.5, 47.4),
            (-100.0, 40.0),
            (177.0, 67.0),
            (-173.0, 66.0),
            (0.0, -89.0),
            (179.9, -86.0),
            (134.0, -25.0),
            (-60.0, -15.0),
        ] {
            assert!(is_land(longitude, latitude), "{longitude} {latitude}");
        }
        // The Caspian Sea among them.
        for (longitude, latitude) in
            [(-30.0, 0.0), (-150.0, 30.0), (51.0, 41.0), (80.0, -40.0), (0.0, 85.0), (179.9, -50.0)]
        {
            assert!(!is_land(longitude, latitude), "{longitude} {latitude}");
        }
    }

    #[test]
    fn the_path_has_every_point() {
        let points: usize = rings().iter().map(Vec::len).sum();
        assert_eq!(PATH.matches(['M', 'l']).count(), points);
        assert_eq!(PATH.matches('z').count(), rings().len());
        assert!(PATH.len() < 40_000);
    }
}
