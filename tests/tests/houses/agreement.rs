//! Skies by their numbers.

use std::collections::BTreeMap;

use orrery_almanac::horizon::SIDEREAL_DEG_PER_DAY;
use orrery_almanac::{Error, HouseSystem, LocalSky, Varying};
use orrery_swisseph::{LiveError, LiveSky};
use orrery_tests::random::Random;

use super::beside;

/// Latitudes that hurt, for an obliquity of 23.44°.
const LATITUDES_DEG: [f64; 19] = [
    0.0, 1e-9, 0.001, 23.439_999, 23.440_001, 45.0, 60.0, 66.0, 66.5, 66.559, 66.559_999, 66.560_001, 66.561,
    67.0, 70.0, 80.0, 89.0, 89.999, 90.0,
];

/// Sidereal times that hurt.
const ARMC_DEG: [f64; 14] = [
    0.0,
    1e-6,
    45.0,
    89.999,
    90.0,
    90.001,
    135.0,
    180.0,
    200.0,
    269.999,
    270.0,
    270.000_001,
    300.0,
    359.999_999,
];

/// A sky, ours and the library's.
fn skies([armc, latitude_deg, obliquity, declination]: [f64; 4]) -> (LocalSky, LiveSky) {
    let ours = LocalSky {
        armc: Varying::new(armc, SIDEREAL_DEG_PER_DAY),
        latitude_deg,
        obliquity: Varying::constant(obliquity),
        sun_declination: Some(Varying::constant(declination)),
    };
    let its = LiveSky {
        armc_deg: armc,
        latitude_deg,
        obliquity_deg: obliquity,
        sun_declination_deg: Some(declination),
    };
    (ours, its)
}

/// Where the library answers something else than its own rules, and is not followed.
fn is_odd(system: HouseSystem, place: [f64; 4], nth: usize, apart_deg: f64) -> bool {
    /// Where the vertex stands after twelve cusps, the ascendant and the midheaven.
    const VERTEX: usize = 12 + 2;
    let [_, latitude_deg, ..] = place;
    match system {
        // It leaves the place a trifle south of the equator, where these are opposite.
        HouseSystem::Horizontal => latitude_deg == 0.0 && nth >= VERTEX,
        // A point at 180° it takes for one at 0°, which a comparison lacks the equal sign for.
        HouseSystem::SunshineMakransky if latitude_deg == 0.0 => apart_deg > 179.0,
        // At a pole the ecliptic rises nowhere, and what is too small to count decides.
        HouseSystem::Alcabitius | HouseSystem::Krusinski | HouseSystem::SunshineMakransky => {
            latitude_deg.abs() == 90.0
        }
        _ => false,
    }
}

/// The worst of each system, and where.
#[derive(Default)]
struct Worst(BTreeMap<HouseSystem, (f64, [f64; 4])>);

impl Worst {
    /// Compares all systems over a sky; counts the longitudes that were.
    fn compare(&mut self, place: [f64; 4]) -> usize {
        let (ours, its) = skies(place);
        let mut compared = 0;
        for system in HouseSystem::ALL {
            let (houses, live) = match (ours.houses(system), its.houses(system.letter())) {
                (Ok(houses), Ok(live)) => (houses, live),
                (Err(Error::NoHouses { .. }), Err(LiveError::NoHouses { .. })) => continue,
                // Beside a polar circle the library gives up.
                (Ok(_), Err(LiveError::NoHouses { reason, .. }))
                    if reason.starts_with("very close") || reason == "it answered no numbers" =>
                {
                    continue;
                }
                (ours, its) => panic!("{system} at {place:?}: {ours:?} {its:?}"),
            };
            for (nth, pair) in beside(&houses, &live).into_iter().enumerate() {
                if is_odd(system, place, nth, pair.apart_deg) {
                    continue;
                }
                let over = pair.apart_deg / pair.allowed_deg(system, place[1]);
                let worst = self.0.entry(system).or_default();
                if over.is_nan() || over > worst.0 {
                    *worst = (over, place);
                }
                compared += 1;
            }
        }
        compared
    }

    fn hold(&self) {
        for (system, (over, place)) in &self.0 {
            println!("{:<20} {over:.1e} at {place:?}", system.name());
        }
        let broken: Vec<_> = self.0.iter().filter(|(_, (over, _))| over.is_nan() || *over > 1.0).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }
}

#[test]
fn houses_are_the_librarys_over_skies_at_random() {
    let mut random = Random::of("houses");
    let mut worst = Worst::default();
    let mut compared = 0;
    for _ in 0..3000 {
        compared += worst.compare([
            random.between(0.0, 360.0),
            random.between(-90.0, 90.0),
            random.between(22.0, 25.0),
            random.between(-23.9, 23.9),
        ]);
    }
    worst.hold();
    assert!(compared > 1_000_000, "{compared}");
}

#[test]
fn houses_are_the_librarys_where_it_hurts() {
    let mut worst = Worst::default();
    for latitude_deg in LATITUDES_DEG.into_iter().flat_map(|latitude_deg| [latitude_deg, -latitude_deg]) {
        for armc_deg in ARMC_DEG {
            for declination_deg in [-23.4, 0.01, 11.0, 23.4] {
                worst.compare([armc_deg, latitude_deg, 23.44, declination_deg]);
            }
        }
    }
    worst.hold();
}

/// The library's speeds are no derivatives; what is told of them in `orrery_almanac::houses` is measured here.
#[test]
fn where_the_librarys_speeds_are_derivatives_they_are_ours() {
    let mut random = Random::of("speeds of houses");
    let mut worst: BTreeMap<HouseSystem, (f64, f64)> = BTreeMap::new();
    for _ in 0..1000 {
        let place =
            [random.between(0.0, 360.0), random.between(-60.0, 60.0), 23.44, random.between(-23.0, 23.0)];
        let (ours, its) = skies(place);
        for system in HouseSystem::ALL {
            let (houses, live) = (ours.houses(system).unwrap(), its.houses(system.letter()).unwrap());
            let count = houses.cusps().len();
            for (nth, pair) in beside(&houses, &live).into_iter().enumerate() {
                let relative = (pair.speed - pair.its_speed).abs() / SIDEREAL_DEG_PER_DAY;
                let worst = worst.entry(system).or_default();
                let part = if nth < count { &mut worst.0 } else { &mut worst.1 };
                *part = part.max(relative);
            }
        }
    }
    for (system, (cusps, angles)) in &worst {
        println!("{:<20} cusps {cusps:.1e}, angles {angles:.1e} of the Earth's rotation", system.name());
    }
    // Angles are, everywhere; and so are cusps of circles with pole heights that stay.
    assert!(worst.values().all(|(_, angles)| *angles < 1e-6), "{worst:?}");
    for system in
        [HouseSystem::Equal, HouseSystem::Campanus, HouseSystem::Regiomontanus, HouseSystem::Morinus]
    {
        assert!(worst[&system].0 < 1e-6, "{system}: {:?}", worst[&system]);
    }
    for system in [HouseSystem::Placidus, HouseSystem::Koch, HouseSystem::Krusinski, HouseSystem::WholeSign] {
        assert!(worst[&system].0 > 0.01, "{system}: {:?}", worst[&system]);
    }
}
