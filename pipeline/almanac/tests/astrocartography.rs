//! Hazard: a line that is beside where its body is on the angle, that jumps at the antimeridian or at a pole, or that ends
//! where it should not. Places of lines are held to hour angles and altitudes, which know nothing of lines.

use orrery_almanac::astrocartography::{
    Crossing, EARTH_RADIUS_KM, Line, Place, Projection, by_distance, crossings, lines,
};
use orrery_almanac::frames::{Equator, Equatorial};
use orrery_almanac::{Angle, Angularity, Horizon, Varying};
use orrery_format::State;
use proptest::prelude::*;

const TOLERANCE_DEG: f64 = 0.05;

fn body(right_ascension_deg: f64, declination_deg: f64) -> Equatorial {
    Equatorial { right_ascension_deg, declination_deg, ..Equatorial::default() }
}

/// The components of the direction to a body northward, eastward and upward, at a place.
fn seen(body: &Equatorial, sidereal_deg: f64, place: Place) -> [f64; 3] {
    Horizon::new(place.latitude_deg, place.longitude_deg, Varying::constant(sidereal_deg))
        .direction(body)
        .at()
}

/// How far a body is from an angle at a place, degrees, and whether it is on the side of the sky that belongs to the angle.
fn off(angularity: Angularity, body: &Equatorial, sidereal_deg: f64, place: Place) -> (f64, bool) {
    let [north, east, up] = seen(body, sidereal_deg, place);
    let (sin, cos) = place.latitude_deg.to_radians().sin_cos();
    let from_pole = up * cos - north * sin;
    let (beside, side) = match angularity {
        Angularity::Rising => (up, east),
        Angularity::Setting => (up, -east),
        Angularity::Culminating => (east, from_pole),
        Angularity::Anticulminating => (east, -from_pole),
    };
    // At a pole all meridians meet, and no side is east.
    let is_pole = place.latitude_deg.abs() == 90.0;
    let beside = if is_pole && angularity.is_on_meridian() { 0.0 } else { beside };
    (beside.asin().to_degrees().abs(), side > -1e-9 || is_pole)
}

fn on_the_way(from: Place, to: Place, share: f64) -> Place {
    let between = |a: f64, b: f64| a + share * (b - a);
    Place {
        longitude_deg: between(from.longitude_deg, to.longitude_deg),
        latitude_deg: between(from.latitude_deg, to.latitude_deg),
    }
}

/// All that must hold of a line.
fn check(line: &Line, body: &Equatorial, sidereal_deg: f64) {
    let places = line.places(TOLERANCE_DEG);
    let angularity = line.angularity();
    for place in &places {
        let (beside, is_side) = off(angularity, body, sidereal_deg, *place);
        assert!(beside < 1e-9 && is_side, "{angularity} {body:?} {place:?}: {beside}");
        assert!(place.longitude_deg.abs() <= 360.0 && place.latitude_deg.abs() <= 90.0, "{place:?}");
    }
    for pair in places.windows(2) {
        let wide = pair[1].longitude_deg - pair[0].longitude_deg;
        assert!(wide.abs() < 180.0 && pair[1].latitude_deg <= pair[0].latitude_deg, "{pair:?}");
        for share in [0.1, 0.3, 0.5, 0.7, 0.9] {
            let (beside, _) = off(angularity, body, sidereal_deg, on_the_way(pair[0], pair[1], share));
            assert!(beside < TOLERANCE_DEG, "{angularity} {body:?} {pair:?}: {beside}");
        }
    }
    let (first, last) = (places[0], places[places.len() - 1]);
    let reach = if angularity.is_on_meridian() { 90.0 } else { 90.0 - body.declination_deg.abs() };
    assert!(
        (first.latitude_deg - reach).abs() < 1e-6 && (last.latitude_deg + reach).abs() < 1e-6,
        "{places:?}"
    );
    assert!(places.len() < 400, "{}", places.len());
    if angularity.is_on_meridian() {
        assert_eq!(places.len(), 2);
    } else if body.declination_deg != 0.0 {
        // It ends on the body's meridians: there the body is due north or south.
        for end in [first, last] {
            let [_, east, _] = seen(body, sidereal_deg, end);
            assert!(east.abs() < 1e-9, "{end:?} {east}");
        }
    }
}

fn declinations() -> impl Strategy<Value = f64> {
    let small = (-12..-1_i32, any::<bool>())
        .prop_map(|(power, is_south)| if is_south { -1.0 } else { 1.0 } * 10_f64.powi(power));
    prop_oneof![
        6 => -30.0..30.0_f64,
        2 => -90.0..90.0_f64,
        2 => small,
        1 => Just(0.0),
        1 => Just(90.0),
        1 => Just(-90.0),
    ]
}

fn bodies() -> impl Strategy<Value = Equatorial> {
    (0.0..360.0_f64, declinations()).prop_map(|(along, across)| body(along, across))
}

fn places() -> impl Strategy<Value = Place> {
    (-180.0..180.0_f64, prop_oneof![4 => -90.0..90.0_f64, 1 => Just(90.0), 1 => Just(-90.0)])
        .prop_map(|(longitude_deg, latitude_deg)| Place { longitude_deg, latitude_deg })
}

fn distance_km(a: Place, b: Place) -> f64 {
    let half = |angle: f64| (0.5 * angle.to_radians()).sin().powi(2);
    let beside = a.latitude_deg.to_radians().cos() * b.latitude_deg.to_radians().cos();
    let chord = half(a.latitude_deg - b.latitude_deg) + beside * half(a.longitude_deg - b.longitude_deg);
    2.0 * EARTH_RADIUS_KM * chord.sqrt().min(1.0).asin()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn on_a_line_the_body_is_on_the_angle(body in bodies(), sidereal_deg in -10.0..370.0_f64) {
        let lines = lines(&[body], sidereal_deg);
        prop_assert_eq!(lines.iter().map(Line::angularity).collect::<Vec<_>>(), Angularity::ALL);
        for line in &lines {
            check(line, &body, sidereal_deg);
        }
    }

    #[test]
    fn both_bodies_are_on_angles_where_lines_cross(one in bodies(), other in bodies(), sidereal_deg in 0.0..360.0_f64) {
        let of = [one, other];
        let lines = lines(&of, sidereal_deg);
        let found = crossings(&lines);
        for Crossing { lines: crossing, place } in &found {
            let [first, second] = crossing.map(|nth| lines[nth]);
            prop_assert_eq!([first.body(), second.body()], [0, 1]);
            prop_assert!(!first.angularity().is_on_meridian() || !second.angularity().is_on_meridian());
            for line in [first, second] {
                let (beside, is_side) = off(line.angularity(), &of[line.body()], sidereal_deg, *place);
                prop_assert!(beside < 1e-5 && is_side, "{} {:?} {}", line.angularity(), place, beside);
            }
            // What is at a place is the other way round at its antipode.
            let opposite = Place { longitude_deg: place.longitude_deg + 180.0, latitude_deg: -place.latitude_deg };
            let is_there = found.iter().any(|other| distance_km(other.place, opposite) < 1e-3);
            prop_assert!(is_there, "{:?} {:?}", place, found);
        }
        let apart = (one.right_ascension_deg - other.right_ascension_deg).to_radians().sin().abs();
        let ordinary = [one, other].iter().all(|body| body.declination_deg.abs() > 1e-3 && body.declination_deg.abs() < 89.9);
        if ordinary && apart > 1e-3 {
            prop_assert_eq!(found.len(), 6, "{:?}", found);
        }
    }

    #[test]
    fn no_place_of_a_line_is_nearer_than_the_nearest(body in bodies(), sidereal_deg in 0.0..360.0_f64, place in places()) {
        let lines = lines(&[body], sidereal_deg);
        let ranked = by_distance(&lines, place);
        prop_assert_eq!(ranked.len(), 4);
        prop_assert!(ranked.is_sorted_by(|a, b| a.distance_km <= b.distance_km));
        for nearest in ranked {
            let line = &lines[nearest.line];
            let (beside, is_side) = off(line.angularity(), &body, sidereal_deg, nearest.place);
            prop_assert!(beside < 1e-6 && is_side, "{:?} {}", nearest, beside);
            prop_assert!((distance_km(place, nearest.place) - nearest.distance_km).abs() < 1e-2, "{:?}", nearest);
            // Along the line, finely.
            let along = line.places(0.01);
            let least = along
                .windows(2)
                .flat_map(|pair| {
                    let wide = (pair[1].longitude_deg - pair[0].longitude_deg).abs();
                    let steps = (wide.max(pair[0].latitude_deg - pair[1].latitude_deg) / 0.1).ceil();
                    (0..=steps as u32).map(move |nth| on_the_way(pair[0], pair[1], f64::from(nth) / steps))
                })
                .map(|there| distance_km(place, there))
                .fold(f64::INFINITY, f64::min);
            // A line between its places is up to 0.01° beside them, and 0.1° are 11 km.
            let more = least - nearest.distance_km;
            prop_assert!((-1.2..12.0).contains(&more), "{} {:?}", least, nearest);
        }
    }
}

/// By hand: a body over 30° north at the meridian of Greenwich.
#[test]
fn a_line_is_where_spherical_trigonometry_has_it() {
    let of = lines(&[body(75.0, 30.0)], 75.0);
    let [asc, mc, dsc, ic] = [0, 1, 2, 3].map(|nth: usize| of[nth].places(TOLERANCE_DEG));
    let place = |longitude_deg, latitude_deg| Place { longitude_deg, latitude_deg };
    assert_eq!(of[0].zenith(), place(0.0, 30.0));
    assert_eq!(mc, [place(0.0, 90.0), place(0.0, -90.0)]);
    assert_eq!(ic, [place(180.0, 90.0), place(180.0, -90.0)]);
    for (line, side) in [(&asc, -1.0), (&dsc, 1.0)] {
        // In the far north it stands on the horizon at its lower culmination, in the far south at its upper one.
        assert_eq!(line[0].longitude_deg, side * 180.0);
        assert_eq!(line[line.len() - 1].longitude_deg.abs(), 0.0);
        assert!((line[0].latitude_deg - 60.0).abs() < 1e-12);
        // At the equator it rises six hours before it culminates, wherever it is.
        assert!(
            line.iter()
                .any(|at| at.latitude_deg.abs() < 1e-12 && (at.longitude_deg - side * 90.0).abs() < 1e-12)
        );
    }
    // cos H = −tan 45° tan 30°.
    let ranked = by_distance(&of, place(-125.264_389_682_754_65, 45.0));
    assert!(ranked[0].line == 0 && ranked[0].distance_km < 1e-6, "{ranked:?}");
    // Zürich to Greenwich's meridian: sin d = cos φ sin λ.
    let zurich = place(8.55, 47.37);
    let to_mc = by_distance(&of, zurich).into_iter().find(|nearest| nearest.line == 1);
    let expected = (47.37_f64.to_radians().cos() * 8.55_f64.to_radians().sin()).asin() * EARTH_RADIUS_KM;
    assert!(to_mc.is_some_and(|mc| (mc.distance_km - expected).abs() < 1e-9), "{to_mc:?}");
}

#[test]
fn names_are_those_of_the_angles() {
    assert_eq!(
        Angularity::ALL.map(Angularity::name),
        ["rising", "culminating", "setting", "anticulminating"]
    );
    assert_eq!(Angularity::ALL.map(Angularity::abbreviation), ["ASC", "MC", "DSC", "IC"]);
    assert_eq!(Angularity::ALL.map(Angularity::angle), Angle::CARDINAL);
    assert_eq!(Projection::ALL.map(Projection::name), ["in_mundo", "in_zodiaco"]);
}

/// The Moon at its greatest latitude is up to 5° beside its degree.
#[test]
fn in_the_zodiac_bodies_have_no_latitude() {
    let equator = Equator::new(23.44, 0.0);
    let state = State { longitude_deg: 80.0, latitude_deg: 5.0, distance_au: 0.0026, ..State::default() };
    let mundo = Projection::InMundo.place(&state, &equator);
    let zodiaco = Projection::InZodiaco.place(&state, &equator);
    assert_eq!(mundo, equator.equatorial(&state));
    let expected = (23.44_f64.to_radians().cos() * 80_f64.to_radians().tan()).atan().to_degrees();
    assert!((zodiaco.right_ascension_deg - expected).abs() < 1e-9, "{zodiaco:?}");
    assert!(mundo.declination_deg - zodiaco.declination_deg > 4.9);
}

#[test]
fn what_is_no_number_draws_nothing_that_hangs() {
    let odd = [body(f64::NAN, 0.0), body(10.0, f64::INFINITY), body(1e300, 20.0), body(10.0, 20.0)];
    let of = lines(&odd, f64::NAN);
    for line in &of {
        assert!(line.places(f64::NAN).len() < 20_000_000);
    }
    let of = lines(&odd, 100.0);
    assert!(crossings(&of).iter().all(|crossing| crossing.place.latitude_deg.abs() <= 90.0));
    assert_eq!(by_distance(&of, Place { longitude_deg: f64::NAN, latitude_deg: 0.0 }).len(), of.len());
}
