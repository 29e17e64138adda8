use orrery_format::{Body, Center};

use super::*;
use crate::bodies::WireBody;
use crate::curve::Quantity;
use crate::motion::{Function, Stretch};
use crate::power_series::{PowerSeries, nodes};

/// A latitude that is a function of time up to what each stretch is off, in stretches that end at given instants.
struct Pieces {
    joints: Vec<f64>,
    off: Vec<f64>,
    function: fn(f64) -> f64,
    of: Function,
}

const BODY: WireBody = WireBody::Tabulated(Body::Mars);

impl Ephemeris for Pieces {
    type Error = std::convert::Infallible;

    fn stretch(&self, function: Function, jd_tt: f64) -> Result<Option<Stretch>, Self::Error> {
        if function == Function::NutationInLongitude {
            let (start_jd_tt, end_jd_tt) = (-1e6, 1e6);
            return Ok(Some(Stretch { start_jd_tt, end_jd_tt, series: PowerSeries::constant(0.0) }));
        }
        assert_eq!(function, self.of);
        let after = self.joints.partition_point(|joint| *joint <= jd_tt);
        if after == 0 || after == self.joints.len() {
            return Ok(None);
        }
        let (start_jd_tt, end_jd_tt) = (self.joints[after - 1], self.joints[after]);
        let at = |x: f64| start_jd_tt + f64::midpoint(x, 1.0) * (end_jd_tt - start_jd_tt);
        // No function here is more than a square.
        let values: Vec<f64> = nodes(3).map(|x| (self.function)(at(x)) + self.off[after - 1]).collect();
        Ok(Some(Stretch { start_jd_tt, end_jd_tt, series: PowerSeries::through(&values).series }))
    }
}

fn latitude(joints: &[f64], off: &[f64], function: fn(f64) -> f64) -> Pieces {
    let of = Function::Latitude(Center::Geo, BODY);
    Pieces { joints: joints.to_vec(), off: off.to_vec(), function, of }
}

fn all(pieces: &Pieces, quantity: Quantity, values: &[f64], range: (f64, f64)) -> Vec<Crossing> {
    let curve = Curve::of(quantity);
    let levels = Levels::of(&curve, values.to_vec());
    Crossings::new(pieces, curve, levels, range).map(Result::unwrap).collect()
}

/// Crossings of latitudes. Searches of parts must find the same.
fn latitudes(pieces: &Pieces, values: &[f64]) -> Vec<(f64, usize, Way)> {
    let quantity = Quantity::Latitude(BODY);
    let whole = all(pieces, quantity, values, (-4.0, 4.0));
    for cut in [-0.02, -1e-3, 0.0, 1e-4, 0.005, 0.01, 0.011, 0.3] {
        let parts = [(-4.0, cut), (cut, 4.0)].map(|range| all(pieces, quantity, values, range));
        assert_eq!(parts.concat(), whole, "cut at {cut}");
    }
    whole.iter().map(|crossing| (crossing.jd_tt, crossing.level, crossing.way)).collect()
}

#[test]
fn a_value_in_the_gap_is_passed_once() {
    let rising = |t: f64| 2.0 * t;
    // Exact, upwards by a gap, downwards by a gap; the value before, in and after the gap, and on either of its edges.
    for gap in [0.0, 1e-3, -1e-3] {
        for value in [0.0, 1e-3, -1e-3, 0.5e-3, -0.5e-3, 0.3e-3, -0.7e-3, 2e-3, -2e-3] {
            let pieces = latitude(&[-4.0, 0.0, 4.0], &[0.0, gap], rising);
            let found = latitudes(&pieces, &[value]);
            assert_eq!(found.len(), 1, "gap {gap}, value {value}: {found:?}");
            assert!(
                found[0].0.abs() <= 1.6e-3 && found[0].2 == Way::Up,
                "gap {gap}, value {value}: {found:?}"
            );
            let pieces = latitude(&[-4.0, 0.0, 4.0], &[0.0, gap], |t| -2.0 * t);
            let found = latitudes(&pieces, &[value]);
            assert_eq!(found.len(), 1, "falling, gap {gap}, value {value}: {found:?}");
            assert_eq!(found[0].2, Way::Down);
        }
    }
}

#[test]
fn a_glitch_shorter_than_its_height_passes_nothing_twice() {
    // For a hundredth of a day everything is 0.05 elsewhere, which the curve takes 0.025 days for.
    for glitch in [0.05, -0.05] {
        for nth in -40..=40 {
            let value = f64::from(nth) * 0.002;
            let pieces = latitude(&[-4.0, 0.0, 0.01, 4.0], &[0.0, glitch, 0.0], |t| 2.0 * t);
            let found = latitudes(&pieces, &[value]);
            assert_eq!(found.len(), 1, "glitch {glitch}, value {value}: {found:?}");
        }
    }
}

#[test]
fn what_touches_a_value_is_one_event() {
    let bowl = |t: f64| 3.0 - (t - 0.3) * (t - 0.3);
    let joints = [-4.0, 0.0, 4.0];
    let pieces = latitude(&joints, &[0.0, 0.0], bowl);
    for (value, ways) in [
        (3.0, vec![Way::Touch]),
        (3.0 + 9e-10, vec![Way::Touch]),
        (3.0 - 9e-10, vec![Way::Touch]),
        (3.0 + 2e-9, vec![]),
        (3.0 - 2e-9, vec![Way::Up, Way::Down]),
        (2.0, vec![Way::Up, Way::Down]),
    ] {
        let found = latitudes(&pieces, &[value]);
        assert_eq!(found.iter().map(|it| it.2).collect::<Vec<_>>(), ways, "{value}: {found:?}");
    }
    // The same where it turns on a joint, exactly or with a gap that rounding leaves.
    for off in [0.0, 1e-12, -1e-12, 5e-10, -5e-10] {
        let pieces = latitude(&joints, &[0.0, off], |t| 3.0 - t * t);
        let found = latitudes(&pieces, &[3.0]);
        assert_eq!(found, [(0.0, 0, Way::Touch)], "{off}");
    }
}

/// As of a chart of which two points make the same aspect, by whatever way, at a place where a body stands.
#[test]
fn values_that_are_one_are_each_touched_and_each_passed() {
    use Way::{Down, Touch, Up};
    let joints = [-4.0, 0.0, 4.0];
    for (turn, off) in [(0.3, 0.0), (0.0, 0.0), (0.0, 1e-12), (0.0, -5e-10)] {
        let bowl: fn(f64) -> f64 = if turn > 0.0 { |t| 3.0 - (t - 0.3) * (t - 0.3) } else { |t| 3.0 - t * t };
        let pieces = latitude(&joints, &[0.0, off], bowl);
        for other in [3.0, 3.0 - 1e-13, 3.0 + 1e-13] {
            let found = latitudes(&pieces, &[3.0, 2.0, other, 2.0]);
            let mut told: Vec<_> = found.iter().map(|it| (it.1, it.2)).collect();
            told.sort_by_key(|it| it.0);
            let passed = |level| [(level, Up), (level, Down)];
            let expected = [[(0, Touch)].as_slice(), &passed(1), &[(2, Touch)], &passed(3)].concat();
            assert_eq!(told, expected, "{turn} {off} {other}: {found:?}");
        }
    }
}

#[test]
fn what_stays_at_a_value_does_not_pass_it() {
    // Opposite to itself, but for what rounding leaves on each stretch.
    let joints = [-4.0, -2.0, 0.0, 2.0, 4.0];
    for off in [[0.0; 4], [3e-14, -3e-14, 0.0, 6e-14], [-3e-14, 3e-14, 3e-14, -3e-14]] {
        let pieces = latitude(&joints, &off, |_| 180.0);
        assert_eq!(latitudes(&pieces, &[180.0]), [], "{off:?}");
    }
    // What moves is another matter, be it slow.
    let pieces = latitude(&joints, &[0.0; 4], |t| 180.0 + 1e-8 * (t - 0.3));
    assert_eq!(latitudes(&pieces, &[180.0]).len(), 1);
}

#[test]
fn whole_turns_do_not_count() {
    // Fifteen degrees a day, wrapped anew on each stretch.
    let pieces = Pieces {
        of: Function::Longitude(Center::Geo, BODY),
        ..latitude(&[0.0, 10.0, 25.0, 47.0, 60.0], &[0.0, -360.0, 360.0, -1080.0], |t| 15.0 * t + 1.0)
    };
    let found = all(&pieces, Quantity::Longitude(BODY), &[0.0, 151.0], (0.0, 60.0));
    // A value on a joint, another in each turn.
    let zeros = found.iter().filter(|it| it.level == 0).map(|it| it.jd_tt);
    let wanted = [359.0, 719.0].map(|deg| deg / 15.0);
    assert!(zeros.clone().count() == 2 && zeros.zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    let others: Vec<f64> = found.iter().filter(|it| it.level == 1).map(|it| it.jd_tt).collect();
    assert_eq!(others.len(), 3, "{others:?}");
    assert!((others[0] - 10.0).abs() < 1e-12);
}

#[test]
fn a_range_holds_its_start_and_not_its_end() {
    let pieces = latitude(&[-4.0, 0.0, 4.0], &[0.0, 0.0], |t| t);
    for (range, count) in [
        ((-1.0, 1.0), 3),
        ((0.0, 1.0), 2),
        ((-1.0, 0.0), 1),
        ((0.5, 0.5), 0),
        ((1.0, 0.0), 0),
        ((-2.0, 9.0), 3),
    ] {
        let found = all(&pieces, Quantity::Latitude(BODY), &[-0.5, 0.0, 0.5], range);
        assert_eq!(found.len(), count, "{range:?} {found:?}");
    }
}
