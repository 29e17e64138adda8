//! Hazard: a speed that is not the change of the longitude beside it, and a longitude that is in no house or in two, where
//! houses are strange: at the poles, at the polar circles, where the ecliptic lies in the horizon.

use orrery_almanac::horizon::SIDEREAL_DEG_PER_DAY;
use orrery_almanac::{Angle, Error, HouseSystem, Houses, LocalSky, Varying};
use proptest::prelude::*;

/// A sky at a time, all of which changes, the obliquity and the Sun faster than they do, so that it shows.
fn sky_at([armc, latitude_deg, obliquity, declination]: [f64; 4], days: f64) -> LocalSky {
    let varying = |value: f64, rate: f64| Varying::new(value + rate * days, rate);
    LocalSky {
        armc: varying(armc, SIDEREAL_DEG_PER_DAY),
        latitude_deg,
        obliquity: varying(obliquity, 5.0),
        sun_declination: Some(varying(declination, -1.0)),
    }
}

fn longitudes(houses: &Houses) -> impl Iterator<Item = Varying> {
    houses.cusps().iter().copied().chain(Angle::ALL.map(|angle| houses.angle(angle)))
}

/// The difference of two angles, −180 ≤ δ < 180.
fn between(a: f64, b: f64) -> f64 {
    (a - b + 540.0).rem_euclid(360.0) - 180.0
}

/// Latitudes that hurt, some of them at an obliquity of 23.44°.
const LATITUDES_DEG: [f64; 22] = [
    0.0,
    1e-12,
    0.001,
    23.439_999,
    23.44,
    23.440_001,
    45.0,
    60.0,
    66.0,
    66.5,
    66.559,
    66.559_999_9,
    66.56,
    66.560_000_1,
    66.561,
    67.0,
    70.0,
    80.0,
    89.0,
    89.999,
    89.999_999_9,
    90.0,
];

/// Sidereal times that hurt.
const ARMC_DEG: [f64; 12] =
    [0.0, 1e-9, 45.0, 89.999, 90.0, 90.001, 180.0, 200.0, 269.999, 270.0, 270.000_001, 359.999_999];

fn hostile() -> impl Iterator<Item = [f64; 4]> {
    let latitudes = LATITUDES_DEG.into_iter().flat_map(|latitude| [latitude, -latitude]);
    latitudes.flat_map(|latitude| ARMC_DEG.map(|armc| [armc, latitude, 23.44, 21.0]))
}

/// Whether every speed is what some difference quotient comes to; the step suits where the houses bend.
fn assert_speeds(system: HouseSystem, place: [f64; 4]) -> Result<(), TestCaseError> {
    let Ok(houses) = sky_at(place, 0.0).houses(system) else { return Ok(()) };
    let fastest = longitudes(&houses).fold(0.0_f64, |most, longitude| most.max(longitude.rate.abs()));
    let mut left: Vec<(usize, Varying)> = longitudes(&houses).enumerate().collect();
    for exponent in 3..12 {
        let step = 0.1_f64.powi(exponent);
        let (Ok(before), Ok(after)) =
            (sky_at(place, -step).houses(system), sky_at(place, step).houses(system))
        else {
            continue;
        };
        let pairs: Vec<_> = longitudes(&before).zip(longitudes(&after)).collect();
        left.retain(|(nth, longitude)| {
            let (before, after) = pairs[*nth];
            // Within a polar circle a point and the opposite one change over.
            let way = (between(after.value, before.value) + 90.0).rem_euclid(180.0) - 90.0;
            let quotient = way / (2.0 * step);
            (quotient - longitude.rate).abs() > 1e-4 * (1.0 + fastest)
        });
    }
    prop_assert!(left.is_empty(), "{system} at {place:?}: {left:?}");
    Ok(())
}

/// Whether a longitude is in that house alone whose cusp is the last behind it.
fn assert_one_house(houses: &Houses, longitude_deg: f64) -> Result<(), TestCaseError> {
    let (cusps, forward) = (houses.cusps(), houses.runs_forward());
    let longitude_deg = orrery_almanac::frames::wrap_deg(longitude_deg);
    let wrap = |angle: f64| {
        let angle = if forward { angle } else { -angle };
        if angle < 0.0 { angle + 360.0 } else { angle }
    };
    let width = |nth: usize| wrap(cusps[(nth + 1) % cusps.len()].value - cusps[nth].value);
    let behind = |nth: usize| wrap(longitude_deg - cusps[nth].value);
    let house = usize::from(houses.house_of(longitude_deg));
    prop_assert!((1..=cusps.len()).contains(&house), "{house}");
    prop_assert_eq!(houses.position_of(longitude_deg) as usize, house);
    prop_assert!(
        (0..cusps.len()).all(|nth| behind(nth) >= behind(house - 1)),
        "{longitude_deg:?} in {house} of {houses:?}"
    );
    // Where the cusps stand in order there is one house around it, by comparisons that round nothing, and that is it.
    let round: f64 = (0..cusps.len()).map(width).sum();
    if (round - 360.0).abs() < 1e-6 {
        let is_around = |nth: usize| {
            let (begin, end) = (cusps[nth].value, cusps[(nth + 1) % cusps.len()].value);
            let (since, until) = if forward {
                (begin <= longitude_deg, longitude_deg < end)
            } else {
                (begin >= longitude_deg, longitude_deg > end)
            };
            let is_over_aries = if forward { begin > end } else { begin < end };
            if is_over_aries { since || until } else { since && until }
        };
        let around: Vec<usize> = (0..cusps.len()).filter(|nth| is_around(*nth)).collect();
        prop_assert_eq!(around, vec![house - 1], "{:?} of {:?}", longitude_deg, houses);
    }
    Ok(())
}

/// A longitude beside each cusp, on both sides and on it.
fn assert_houses_around_cusps(houses: &Houses) -> Result<(), TestCaseError> {
    for cusp in houses.cusps() {
        for longitude_deg in [cusp.value, cusp.value.next_up(), cusp.value.next_down(), cusp.value + 5.0] {
            assert_one_house(houses, longitude_deg)?;
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn speeds_are_derivatives(
        armc in 0.0..360.0,
        latitude in -89.0..89.0,
        obliquity in 22.0..25.0,
        declination in -23.0..23.0,
    ) {
        for system in HouseSystem::ALL {
            assert_speeds(system, [armc, latitude, obliquity, declination])?;
        }
    }

    #[test]
    fn every_longitude_is_in_one_house(
        armc in 0.0..360.0,
        latitude in -90.0..90.0,
        declination in -23.0..23.0,
        longitude in 0.0..360.0,
    ) {
        for system in HouseSystem::ALL {
            if let Ok(houses) = sky_at([armc, latitude, 23.44, declination], 0.0).houses(system) {
                assert_one_house(&houses, longitude)?;
                assert_houses_around_cusps(&houses)?;
            }
        }
    }
}

#[test]
fn hostile_skies_are_divided_too() {
    for place in hostile() {
        for system in HouseSystem::ALL {
            let sky = sky_at(place, 0.0);
            let houses = match sky.houses(system) {
                Ok(houses) => houses,
                Err(Error::NoHouses { limit_deg, .. }) => {
                    let is_beyond = limit_deg.is_some_and(|limit| place[1].abs() >= limit);
                    assert!(is_beyond || system.needs_sun(), "{system} at {place:?}");
                    continue;
                }
                Err(other) => panic!("{system} at {place:?}: {other}"),
            };
            assert!(
                sky.limit_deg(system).is_none_or(|limit| place[1].abs() < limit),
                "{system} at {place:?}"
            );
            for longitude in longitudes(&houses) {
                assert!(
                    (0.0..360.0).contains(&longitude.value) && longitude.rate.is_finite(),
                    "{system} at {place:?}: {longitude:?}"
                );
            }
            assert_houses_around_cusps(&houses).unwrap();
        }
    }
}

#[test]
fn speeds_are_derivatives_beside_the_polar_circles_too() {
    for latitude in [66.0, 66.55, 66.559, 66.561, 66.57, 67.0, -66.559, -66.561] {
        for armc in [0.3, 89.9, 90.2, 179.0, 262.0, 269.95, 270.03, 274.0] {
            for system in HouseSystem::ALL {
                assert_speeds(system, [armc, latitude, 23.44, 21.0]).unwrap();
            }
        }
    }
}

#[test]
fn angles_are_where_they_belong() {
    for place in hostile() {
        let houses = sky_at(place, 0.0).houses(HouseSystem::Porphyry).unwrap();
        for (angle, other) in [
            (Angle::Ascendant, Angle::Descendant),
            (Angle::Mc, Angle::Ic),
            (Angle::Vertex, Angle::AntiVertex),
            (Angle::CoAscendantKoch, Angle::PolarAscendant),
        ] {
            let (angle, other) = (houses.angle(angle), houses.angle(other));
            assert!(between(angle.value, other.value + 180.0).abs() < 1e-12);
            assert_eq!(angle.rate, other.rate);
        }
        let quadrant = between(houses.angle(Angle::Ascendant).value, houses.angle(Angle::Mc).value);
        assert!((0.0..180.0).contains(&quadrant), "{place:?}: {quadrant}");
    }
}

#[test]
fn numbers_that_no_sky_has_are_refused() {
    let sky = sky_at([10.0, 50.0, 23.44, 20.0], 0.0);
    for (wrong, what) in [
        (LocalSky { latitude_deg: 90.000_001, ..sky }, "latitude"),
        (LocalSky { latitude_deg: f64::NAN, ..sky }, "latitude"),
        (LocalSky { armc: Varying::constant(f64::INFINITY), ..sky }, "sidereal time"),
        (LocalSky { obliquity: Varying::constant(-0.1), ..sky }, "obliquity"),
        (LocalSky { sun_declination: Some(Varying::constant(f64::NAN)), ..sky }, "declination"),
    ] {
        let error = wrong.houses(HouseSystem::Equal).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
    let without = LocalSky { sun_declination: None, ..sky };
    for system in [HouseSystem::Sunshine, HouseSystem::SunshineMakransky] {
        assert_eq!(without.houses(system), Err(Error::NoSunDeclination { system }));
    }
    assert!(without.houses(HouseSystem::Placidus).is_ok());
}

#[test]
fn what_fails_beyond_a_polar_circle_says_so() {
    let sky = sky_at([10.0, -69.0, 23.44, 20.0], 0.0);
    for system in [HouseSystem::Placidus, HouseSystem::Koch, HouseSystem::Gauquelin] {
        let error = sky.houses(system).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(system.name()) && text.contains("-69") && text.contains("66.56"), "{text}");
        assert_eq!(error.parameter(), Some("house_system"));
    }
    // The Sun rises at 20° of declination up to 70°.
    assert!(sky.houses(HouseSystem::SunshineMakransky).is_ok());
    let north = LocalSky { latitude_deg: 70.5, ..sky };
    let error = north.houses(HouseSystem::SunshineMakransky).unwrap_err();
    assert!(matches!(error, Error::NoHouses { limit_deg: Some(70.0), .. }), "{error:?}");
    // Treindl's fail where the Sun touches the horizon at midnight, or at noon, and on neither side of that.
    for declination in [20.0, -20.0] {
        let sky = sky_at([10.0, 70.0, 23.44, declination], 0.0);
        let error = sky.houses(HouseSystem::Sunshine).unwrap_err();
        assert!(matches!(error, Error::NoHouses { limit_deg: None, .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("the Sun touches the horizon") && text.contains("porphyry"), "{text}");
        for beside in [-0.01, 0.01] {
            let beside = LocalSky { latitude_deg: 70.0 + beside, ..sky };
            assert!(beside.houses(HouseSystem::Sunshine).is_ok());
        }
    }
}

#[test]
fn signs_are_houses_that_stand() {
    let houses = sky_at([200.0, 48.0, 23.44, 20.0], 0.0).houses(HouseSystem::WholeSign).unwrap();
    let ascendant = houses.angle(Angle::Ascendant);
    for (nth, cusp) in houses.cusps().iter().enumerate() {
        let sign = ((ascendant.value / 30.0) as usize + nth) % 12;
        assert_eq!(*cusp, Varying::constant(30.0 * sign as f64));
    }
    assert_eq!(houses.house_of(ascendant.value), 1);
    assert!((houses.position_of(ascendant.value) - 1.0 - ascendant.value % 30.0 / 30.0).abs() < 1e-12);
}
