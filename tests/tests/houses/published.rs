//! What others have published.

use std::collections::BTreeMap;

use orrery_almanac::frames::wrap_deg;
use orrery_almanac::horizon::SIDEREAL_DEG_PER_DAY;
use orrery_almanac::{Equator, HouseSystem, LocalSky, Varying, frames};
use orrery_format::{Body, Center, TtDay, UtDay};
use orrery_tests::measure::angle_between;
use orrery_tests::published::{number, rows};
use orrery_tests::tables;

/// Kerykeion 5: 22 systems over 31 places, by the Swiss Ephemeris with the Sun of the Moshier model.
#[test]
fn houses_of_kerykeion() {
    let Some(rows) = rows("kerykeion_houses.csv") else { return };
    let dataset = tables::shared();
    let mut worst: BTreeMap<&str, f64> = BTreeMap::new();
    let mut compared = 0;
    for row in &rows {
        let (jd_ut, latitude_deg, longitude_deg) = (number(row, 2), number(row, 3), number(row, 4));
        if !tables::span_ut().contains(&jd_ut) {
            continue;
        }
        let ut = UtDay(jd_ut);
        let tt = TtDay(jd_ut + dataset.delta_t_s(ut).unwrap() / 86_400.0);
        let nutation = dataset.nutation(tt).unwrap().value;
        let equation = nutation.dpsi_deg * nutation.true_obliquity_deg().to_radians().cos();
        let armc = dataset.mean_sidereal_time_deg(ut).unwrap() + equation + longitude_deg;
        let sun = dataset.state(Body::Sun, Center::Geo, tt).unwrap().value;
        let sun = Equator::true_of_date(&nutation).equatorial(&frames::true_equinox(&sun, &nutation));
        let sky = LocalSky {
            armc: Varying::new(wrap_deg(armc), SIDEREAL_DEG_PER_DAY),
            latitude_deg,
            obliquity: Varying::new(nutation.true_obliquity_deg(), nutation.true_obliquity_speed()),
            sun_declination: Some(Varying::new(sun.declination_deg, sun.declination_speed)),
        };
        let system: HouseSystem = row[0].parse().unwrap();
        // Where a system fails, Kerykeion has what the library answers instead.
        let houses = sky.houses(system).or_else(|_| sky.houses(HouseSystem::Porphyry)).unwrap();
        for (nth, cusp) in houses.cusps().iter().enumerate().take(12) {
            let apart = angle_between(cusp.value, number(row, 5 + nth)).abs();
            let worst = worst.entry(&row[0]).or_default();
            *worst = worst.max(apart);
            // Kerykeion's Sun is that of the Moshier model, and its last digit the sixth. Beside a polar circle APC houses
            // feel what the tables lack of nutation.
            let promise = match system {
                HouseSystem::Sunshine => 2e-5,
                HouseSystem::Apc => 3e-6,
                _ => 1e-6,
            };
            assert!(apart < promise, "{row:?}: house {}, {} is {apart}° away", nth + 1, cusp.value);
            compared += 1;
        }
    }
    println!("{compared} cusps: {worst:?}");
    assert!(compared > 5000, "{compared}");
}
