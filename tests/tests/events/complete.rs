//! Completeness: what is found is what a scan at every minute meets, no more and no less.
//!
//! The scan evaluates the tables as a client would and looks for changes of sign. It cannot see a curve that touches a value
//! between two minutes and turns back, nor tell two passages within a minute from none: of these the search must have an
//! even number.

use std::collections::HashMap;

use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::crossings::{Crossings, Levels, Way};
use orrery_almanac::curve::{Curve, Quantity};
use orrery_almanac::motion::Tables;
use orrery_almanac::{Equator, Equatorial, WireBody, frames};
use orrery_format::{Body, Center, Dataset, State, TtDay};
use orrery_tests::tables::{self, TEN_BODIES};

const MINUTE: f64 = 1.0 / 1_440.0;

/// Years that are scanned, by the Julian day that they begin with: beside a seam between centuries, today, and at the
/// very end of the tables.
const YEARS: [f64; 3] = [2_415_020.0 - 180.0, 2_461_042.0, 2_597_645.0 - 366.0];

fn true_state(dataset: &Dataset, body: Body, jd_tt: f64) -> State {
    dataset.true_state(body, Center::Geo, TtDay(jd_tt)).unwrap().value
}

/// Minutes of a scanned year.
const MINUTES: usize = 365 * 1_440;

/// What there is at each minute of a year.
fn scan<S>(start: f64, at: impl Fn(f64) -> S) -> Vec<S> {
    (0..=MINUTES).map(|nth| at(start + nth as f64 * MINUTE)).collect()
}

/// Levels to pass: parts of a circle, or values.
struct Wanted<'a> {
    levels: &'a [f64],
    is_circle: bool,
}

impl Wanted<'_> {
    /// Between which levels a value is.
    fn cell(&self, value: f64) -> i64 {
        if self.is_circle {
            (value * self.levels.len() as f64 / 360.0).floor() as i64
        } else {
            self.levels.iter().filter(|level| value >= **level).count() as i64
        }
    }

    /// How far a value is from a level.
    fn off(&self, value: f64, level: f64) -> f64 {
        let off = value - level;
        if self.is_circle { off - 360.0 * (off / 360.0).round() } else { off }
    }

    /// Which levels are passed in which minutes, according to a scan.
    fn passed(&self, scanned: &[f64]) -> HashMap<(usize, usize), usize> {
        let mut passed = HashMap::new();
        for (minute, pair) in scanned.windows(2).enumerate() {
            if self.cell(pair[0]) == self.cell(pair[1]) {
                continue;
            }
            for (nth, level) in self.levels.iter().enumerate() {
                let [before, after] = [pair[0], pair[1]].map(|value| self.off(value, *level));
                if (before >= 0.0) != (after >= 0.0) && (after - before).abs() < 90.0 {
                    *passed.entry((nth, minute)).or_default() += 1;
                }
            }
        }
        passed
    }
}

/// Compares a scan with a search. Hands back how much there is.
fn assert_complete(dataset: &Dataset, curve: Curve, wanted: &Wanted, start: f64, scanned: &[f64]) -> usize {
    let passed = wanted.passed(scanned);
    let tables = Tables::new(dataset);
    let levels = Levels::of(&curve, wanted.levels.to_vec());
    let end = start + MINUTES as f64 * MINUTE;
    let mut found: HashMap<(usize, usize), usize> = HashMap::new();
    let mut times = Vec::new();
    for crossing in Crossings::new(&tables, curve, levels, (start, end)) {
        let crossing = crossing.unwrap();
        times.push(crossing.jd_tt);
        if crossing.way != Way::Touch {
            *found.entry((crossing.level, ((crossing.jd_tt - start) / MINUTE) as usize)).or_default() += 1;
        }
    }
    assert!(times.is_sorted(), "{curve:?}: out of order");
    for key @ (level, minute) in passed.keys().chain(found.keys()) {
        let [scanned, found] = [&passed, &found].map(|counts| counts.get(key).copied().unwrap_or_default());
        if scanned % 2 != found % 2 {
            // At the minute itself, rounding decides on which side of it an event is.
            let ends = [*minute, minute + 1].map(|minute| start + minute as f64 * MINUTE);
            let is_at_end = times.iter().any(|jd| ends.iter().any(|end| (jd - end).abs() < 1e-3 / 86_400.0));
            assert!(is_at_end, "{curve:?} at level {level}, {}: {scanned} scanned, {found} found", ends[0]);
        }
    }
    passed.values().sum()
}

/// A curve to search, for which levels, and what of a scan it should be.
struct Compared<'a, S> {
    curve: Curve,
    wanted: Wanted<'a>,
    value: fn(&S) -> f64,
}

impl<'a, S> Compared<'a, S> {
    fn angle(curve: Curve, levels: &'a [f64], value: fn(&S) -> f64) -> Compared<'a, S> {
        Compared { curve, wanted: Wanted { levels, is_circle: true }, value }
    }

    fn value(curve: Curve, levels: &'a [f64], value: fn(&S) -> f64) -> Compared<'a, S> {
        Compared { curve, wanted: Wanted { levels, is_circle: false }, value }
    }
}

/// Scans each of the years once, and searches all curves there.
fn compare<S>(curves: &[Compared<'_, S>], at: impl Fn(&Dataset, f64) -> S) {
    let dataset = tables::shared();
    let mut passed = vec![0; curves.len()];
    for start in YEARS {
        let scanned = scan(start, |jd| at(&dataset, jd));
        for (passed, Compared { curve, wanted, value }) in passed.iter_mut().zip(curves) {
            let values: Vec<f64> = scanned.iter().map(value).collect();
            *passed += assert_complete(&dataset, *curve, wanted, start, &values);
        }
    }
    for (passed, Compared { curve, .. }) in passed.iter().zip(curves) {
        println!("{curve:?}: {passed} passages, none missed and none too many");
    }
}

/// A place on the ecliptic and on the equator of date, and how the two lie.
struct Place {
    state: State,
    equatorial: Equatorial,
    obliquity_deg: f64,
}

fn place(dataset: &Dataset, body: Body, jd_tt: f64) -> Place {
    let nutation = dataset.nutation(TtDay(jd_tt)).unwrap().value;
    let state = true_state(dataset, body, jd_tt);
    let equatorial = Equator::true_of_date(&nutation).equatorial(&state);
    Place { state, equatorial, obliquity_deg: nutation.true_obliquity_deg() }
}

#[test]
fn ingresses_and_stations_of_every_body() {
    let signs: Vec<f64> = (0..12).map(|sign| f64::from(sign) * 30.0).collect();
    for body in TEN_BODIES.into_iter().chain([
        Body::TrueNode,
        Body::OsculatingApogee,
        Body::InterpolatedPerigee,
        Body::Chiron,
    ]) {
        let quantity = Quantity::Longitude(WireBody::Tabulated(body));
        let curves = [
            Compared::angle(Curve::of(quantity), &signs, |state: &State| state.longitude_deg),
            Compared::value(Curve::rate(quantity), &[0.0], |state| state.longitude_speed),
        ];
        compare(&curves, |dataset, jd| true_state(dataset, body, jd));
    }
}

#[test]
fn aspects_of_every_pair() {
    let dataset = tables::shared();
    let angles: Vec<f64> = (0..24).map(|nth| f64::from(nth) * 15.0).collect();
    let wanted = Wanted { levels: &angles, is_circle: true };
    let mut passed = 0;
    for start in YEARS {
        let longitudes =
            TEN_BODIES.map(|body| scan(start, |jd| true_state(&dataset, body, jd).longitude_deg));
        for (nth, a) in TEN_BODIES.into_iter().enumerate() {
            for (other, b) in TEN_BODIES.into_iter().enumerate().skip(nth + 1) {
                let curve = Curve::of(Quantity::Ahead(WireBody::Tabulated(a), WireBody::Tabulated(b)));
                let pairs = longitudes[nth].iter().zip(&longitudes[other]);
                let ahead: Vec<f64> = pairs.map(|(a, b)| (a - b).rem_euclid(360.0)).collect();
                passed += assert_complete(&dataset, curve, &wanted, start, &ahead);
            }
        }
    }
    println!("{passed} aspects, none missed and none too many");
}

#[test]
fn latitudes_distances_and_declinations() {
    let sine = 10.0_f64.to_radians().sin();
    let sines = [sine, -sine];
    for body in [Body::Moon, Body::Mercury, Body::Mars, Body::Pluto] {
        let wire = WireBody::Tabulated(body);
        let (latitude, declination) = (Quantity::Latitude(wire), Quantity::SineOfDeclination(wire));
        let distance = Quantity::Distance(Center::Geo, wire);
        let curves = [
            Compared::value(Curve::of(latitude), &[0.0, 1.0, -0.5], |place: &Place| place.state.latitude_deg),
            Compared::value(Curve::rate(latitude), &[0.0], |place| place.state.latitude_speed),
            Compared::value(Curve::rate(distance), &[0.0], |place| place.state.distance_speed),
            Compared::value(Curve::rate(declination), &[0.0], |place| place.equatorial.declination_speed),
            Compared::value(Curve::of(declination), &sines, |place| {
                place.equatorial.declination_deg.to_radians().sin()
            }),
            Compared::value(Curve::of(Quantity::BeyondNorth(wire)), &[0.0], |place| {
                place.equatorial.declination_deg - place.obliquity_deg
            }),
            Compared::value(Curve::of(Quantity::BeyondSouth(wire)), &[0.0], |place| {
                -place.equatorial.declination_deg - place.obliquity_deg
            }),
        ];
        compare(&curves, |dataset, jd| place(dataset, body, jd));
    }
}

#[test]
fn parallels_and_separations() {
    let cosine = [30.0_f64.to_radians().cos()];
    for body in [Body::Moon, Body::Venus] {
        let (wire, sun) = (WireBody::Tabulated(body), WireBody::SUN);
        let curves = [
            Compared::value(Curve::of(Quantity::Parallel(wire, sun)), &[0.0], |[a, b]: &[Place; 2]| {
                a.equatorial.declination_deg - b.equatorial.declination_deg
            }),
            Compared::value(Curve::of(Quantity::Contraparallel(wire, sun)), &[0.0], |[a, b]| {
                a.equatorial.declination_deg + b.equatorial.declination_deg
            }),
            Compared::value(Curve::of(Quantity::CosineOfSeparation(wire, sun)), &cosine, |places| {
                let [a, b] = places.each_ref().map(|place| orrery_almanac::Vector::from(&place.state));
                a.dot(&b).value / a.length().value / b.length().value
            }),
        ];
        compare(&curves, |dataset, jd| [body, Body::Sun].map(|body| place(dataset, body, jd)));
    }
}

#[test]
fn sidereal_longitudes() {
    let nakshatras: Vec<f64> = (0..27).map(|nth| 360.0 * f64::from(nth) / 27.0).collect();
    // One that a star holds fast, and a frame.
    for name in ["true_citra", "j2000"] {
        let ayanamsa: Ayanamsa = name.parse().unwrap();
        let curve = Curve::of(Quantity::Sidereal(WireBody::MOON, ayanamsa));
        let zodiac = ayanamsa.zodiac();
        compare(&[Compared::angle(curve, &nakshatras, |degrees| *degrees)], |dataset, jd| {
            let tt = TtDay(jd);
            let nutation = dataset.nutation(tt).unwrap().value;
            let state = |center, body| dataset.state(body, center, tt).unwrap().value;
            let moon = state(Center::Geo, Body::Moon);
            let precession = orrery_almanac::Precession::to(tt);
            let obliquity =
                orrery_almanac::Varying::new(nutation.mean_obliquity_deg, nutation.mean_obliquity_speed);
            let observer = || {
                let earth = orrery_almanac::Earth::new(
                    &state(Center::Bary, Body::Earth),
                    &state(Center::Geo, Body::Sun),
                );
                Ok::<_, ()>(orrery_almanac::stars::Observer::new(tt, &precession, obliquity, &earth, &moon))
            };
            let sight = orrery_almanac::stars::Sight::Apparent;
            let date = zodiac.at(&precession, obliquity, sight, observer).unwrap().unwrap();
            frames::wrap_deg(date.refer(&moon).longitude_deg)
        });
    }
}
