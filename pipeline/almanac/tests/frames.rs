//! The turn to the true equinox and to the equator, and its speeds.

use orrery_almanac::frames::{Equator, Equatorial, true_equinox, wrap_deg};
use orrery_format::{Nutation, State};
use proptest::prelude::*;

const NUTATION: Nutation = Nutation {
    dpsi_deg: -0.003_868,
    deps_deg: -0.001_603,
    mean_obliquity_deg: 23.439_279_4,
    dpsi_speed: 1.7e-5,
    deps_speed: -2.9e-6,
    mean_obliquity_speed: -3.56e-7,
};

fn state(longitude_deg: f64, latitude_deg: f64) -> State {
    State {
        longitude_deg,
        latitude_deg,
        distance_au: 0.002_57,
        longitude_speed: 13.2,
        latitude_speed: -1.1,
        distance_speed: 1e-5,
    }
}

/// Where a state's coordinates are after `days`, moving on evenly.
fn moved(state: &State, days: f64) -> State {
    State {
        longitude_deg: state.longitude_deg + state.longitude_speed * days,
        latitude_deg: state.latitude_deg + state.latitude_speed * days,
        ..*state
    }
}

fn later(nutation: &Nutation, days: f64) -> Nutation {
    Nutation {
        dpsi_deg: nutation.dpsi_deg + nutation.dpsi_speed * days,
        deps_deg: nutation.deps_deg + nutation.deps_speed * days,
        mean_obliquity_deg: nutation.mean_obliquity_deg + nutation.mean_obliquity_speed * days,
        ..*nutation
    }
}

fn apart(a_deg: f64, b_deg: f64) -> f64 {
    let difference = wrap_deg(a_deg - b_deg);
    difference.min(360.0 - difference)
}

#[test]
fn pollux_as_meeus_has_it() {
    // Astronomical Algorithms, example 13.a.
    let ecliptic = State { longitude_deg: 113.215_630, latitude_deg: 6.684_170, ..State::default() };
    let equatorial = Equator::new(23.439_291_1, 0.0).equatorial(&ecliptic);
    assert!((equatorial.right_ascension_deg - 116.328_942).abs() < 1e-6);
    assert!((equatorial.declination_deg - 28.026_183).abs() < 1e-6);
}

#[test]
fn nutation_moves_longitude_only_and_wraps() {
    let mean = state(0.001, 5.0);
    let true_of_date = true_equinox(&mean, &NUTATION);
    assert!((true_of_date.longitude_deg - (360.0 + 0.001 - 0.003_868)).abs() < 1e-12);
    assert_eq!(true_of_date.longitude_speed, 13.2 + 1.7e-5);
    assert_eq!(State { longitude_deg: 0.001, longitude_speed: 13.2, ..true_of_date }, mean);
    let over = true_equinox(&state(359.9999, 0.0), &Nutation { dpsi_deg: 0.004, ..NUTATION });
    assert!((over.longitude_deg - 0.0039).abs() < 1e-12);
}

#[test]
fn angles_wrap_to_below_360() {
    for (angle, wrapped) in
        [(0.0, 0.0), (360.0, 0.0), (-1e-20, 0.0), (-90.0, 270.0), (725.0, 5.0), (359.5, 359.5)]
    {
        assert_eq!(wrap_deg(angle), wrapped, "{angle}");
    }
}

#[test]
fn the_change_of_the_obliquity_counts() {
    let still = State { longitude_deg: 90.0, ..State::default() };
    let equatorial = Equator::new(23.4, 1e-3).equatorial(&still);
    assert!((equatorial.declination_speed - 1e-3).abs() < 1e-15);
    assert!(equatorial.right_ascension_speed.abs() < 1e-15);
}

#[test]
fn poles_give_numbers() {
    for (longitude_deg, latitude_deg) in
        [(90.0, 66.560_720_6), (270.0, -66.560_720_6), (0.0, 90.0), (123.0, -90.0)]
    {
        let equator = Equator::mean(&NUTATION);
        let at = equator.equatorial(&state(longitude_deg, latitude_deg));
        let back = equator.ecliptic(&at);
        for value in [
            at.right_ascension_deg,
            at.declination_deg,
            at.right_ascension_speed,
            at.declination_speed,
            back.longitude_deg,
            back.latitude_deg,
            back.longitude_speed,
            back.latitude_speed,
        ] {
            assert!(value.is_finite());
        }
        assert!(at.declination_deg.abs() <= 90.0 && (0.0..360.0).contains(&at.right_ascension_deg));
    }
    let pole = Equator::new(0.0, 0.0).equatorial(&State { latitude_deg: 90.0, ..State::default() });
    assert_eq!(pole.declination_deg, 90.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn speeds_are_the_derivatives_of_the_coordinates(
        longitude in 0.0..360.0_f64,
        latitude in -60.0..60.0_f64,
        dlon in -15.0..15.0_f64,
        dlat in -5.0..5.0_f64,
        is_true in proptest::bool::ANY,
    ) {
        let mean = State { longitude_speed: dlon, latitude_speed: dlat, ..state(longitude, latitude) };
        let at = |days: f64| {
            let nutation = later(&NUTATION, days);
            let mean = moved(&mean, days);
            if is_true {
                Equator::true_of_date(&nutation).equatorial(&true_equinox(&mean, &nutation))
            } else {
                Equator::mean(&nutation).equatorial(&mean)
            }
        };
        let (before, now, after) = (at(-1e-4), at(0.0), at(1e-4));
        let mut dra = wrap_deg(after.right_ascension_deg - before.right_ascension_deg);
        if dra > 180.0 {
            dra -= 360.0;
        }
        // A difference over 2e-4 days of angles that are good to 1e-13 degrees, of curves that bend.
        let scale = 1.0 / now.declination_deg.to_radians().cos().powi(3);
        prop_assert!((dra / 2e-4 - now.right_ascension_speed).abs() < 3e-7 * scale);
        let ddec = (after.declination_deg - before.declination_deg) / 2e-4;
        prop_assert!((ddec - now.declination_speed).abs() < 3e-7 * scale);
        prop_assert_eq!(now.distance_speed, mean.distance_speed);
    }

    #[test]
    fn the_way_back_leads_back(longitude in 0.0..360.0_f64, latitude in -89.0..89.0_f64) {
        let equator = Equator::true_of_date(&NUTATION);
        let there = state(longitude, latitude);
        let back = equator.ecliptic(&equator.equatorial(&there));
        let near_pole = 1.0 / latitude.to_radians().cos();
        prop_assert!(apart(back.longitude_deg, longitude) < 1e-12 * near_pole);
        prop_assert!((back.latitude_deg - latitude).abs() < 1e-11);
        prop_assert!((back.longitude_speed - there.longitude_speed).abs() < 1e-10 * near_pole * near_pole);
        prop_assert!((back.latitude_speed - there.latitude_speed).abs() < 1e-9 * near_pole);
        prop_assert!(back.distance_au == there.distance_au && back.distance_speed == there.distance_speed);
    }

    #[test]
    fn coordinates_stay_in_their_ranges(longitude in -720.0..720.0_f64, latitude in -90.0..=90.0_f64) {
        let Equatorial { right_ascension_deg, declination_deg, .. } =
            Equator::mean(&NUTATION).equatorial(&state(longitude, latitude));
        prop_assert!((0.0..360.0).contains(&right_ascension_deg));
        prop_assert!((-90.0..=90.0).contains(&declination_deg));
        prop_assert!((0.0..360.0).contains(&wrap_deg(longitude)));
    }
}
