//! Curves with no more points than a drawing shows (Douglas and Peucker, *Cartographica* 10, 1973, 112).

/// How far a curve may be from where it was, units: a fortieth of a degree.
const OFF: f64 = 0.05;

/// The curve without the points that it can do without. Both ends stay.
pub(super) fn thinned(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let mut is_kept = vec![false; points.len()];
    for end in [0, last] {
        if let Some(kept) = is_kept.get_mut(end) {
            *kept = true;
        }
    }
    let mut stretches = vec![(0, last)];
    while let Some((from, to)) = stretches.pop() {
        let [Some(&a), Some(&b)] = [points.get(from), points.get(to)] else { continue };
        let between = points.iter().enumerate().take(to).skip(from + 1);
        let furthest = between
            .map(|(nth, point)| (nth, off(*point, a, b)))
            .max_by(|left, right| left.1.total_cmp(&right.1));
        let Some((nth, far)) = furthest else { continue };
        if far > OFF {
            if let Some(kept) = is_kept.get_mut(nth) {
                *kept = true;
            }
            stretches.extend([(from, nth), (nth, to)]);
        }
    }
    points.iter().zip(is_kept).filter_map(|(point, kept)| kept.then_some(*point)).collect()
}

/// How far a point is from the straight line between two others.
fn off([x, y]: [f64; 2], [from_x, from_y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> f64 {
    let (wide, high) = (to_x - from_x, to_y - from_y);
    let square = wide * wide + high * high;
    let share = if square > 0.0 { ((x - from_x) * wide + (y - from_y) * high) / square } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    (x - from_x - share * wide).hypot(y - from_y - share * high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_further_from_the_curve_than_allowed(points in prop::collection::vec((0.0..2.0_f64, 0.0..2.0_f64), 0..60)) {
            let points: Vec<[f64; 2]> = points.into_iter().map(|(x, y)| [x, y]).collect();
            let kept = thinned(&points);
            prop_assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
            for point in &points {
                let nearest = kept.windows(2).map(|pair| off(*point, pair[0], pair[1])).fold(f64::INFINITY, f64::min);
                prop_assert!(nearest <= OFF || points.len() < 2);
            }
        }
    }

    #[test]
    fn a_straight_line_needs_its_ends_alone() {
        let points: Vec<[f64; 2]> = (0..50).map(|nth| [f64::from(nth), 0.5 * f64::from(nth)]).collect();
        assert_eq!(thinned(&points), [[0.0, 0.0], [49.0, 24.5]]);
    }
}
