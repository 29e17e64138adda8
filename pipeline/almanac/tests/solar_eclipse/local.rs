//! Local circumstances of eclipses, from elements that NASA published.

use orrery_almanac::Site;
use orrery_almanac::eclipses::elements::{Cone, FundamentalPlane, Standpoint, hours};
use orrery_almanac::eclipses::local::{HORIZON_DEG, Kind, Local, Phase, local};
use orrery_format::TtDay;
use orrery_format::eclipse::{Elements, ROTATION_DEG_PER_S};
use proptest::prelude::*;

use crate::canon::{self, Eclipse};

const EARTH_M: f64 = 6_378_137.0;
const POLAR: f64 = 1.0 - 1.0 / 298.257;
/// TT less UTC since 2017, seconds.
const TT_UTC_S: f64 = 69.184;

fn site(latitude_deg: f64, longitude_deg: f64) -> Site {
    Site { latitude_deg, longitude_deg, altitude_m: 0.0 }
}

/// How a site stands in the shadow, by the textbook's formulas for ρ sin φ′ and ρ cos φ′.
fn standpoint(elements: &Elements, site: &Site, delta_t_s: f64, hours: f64) -> Standpoint {
    let (sin, cos) = site.latitude_deg.to_radians().sin_cos();
    let longitude = (site.longitude_deg - ROTATION_DEG_PER_S * delta_t_s).to_radians();
    let u = (POLAR * site.latitude_deg.to_radians().tan()).atan();
    let rho_sin = POLAR * u.sin() + site.altitude_m / EARTH_M * sin;
    let rho_cos = u.cos() + site.altitude_m / EARTH_M * cos;
    let place = [rho_cos * longitude.cos(), rho_cos * longitude.sin(), rho_sin];
    FundamentalPlane::at(elements, hours).standpoint(&place)
}

/// Altitude of the Sun, degrees, by spherical trigonometry.
fn altitude_deg(elements: &Elements, site: &Site, delta_t_s: f64, hours: f64) -> f64 {
    let plane = FundamentalPlane::at(elements, hours);
    let ([d, _], [mu, _]) = (plane.declination, plane.hour_angle);
    let hour_angle = mu + (site.longitude_deg - ROTATION_DEG_PER_S * delta_t_s).to_radians();
    let latitude = site.latitude_deg.to_radians();
    (latitude.sin() * d.sin() + latitude.cos() * d.cos() * hour_angle.cos()).asin().to_degrees()
}

/// Contacts, maximum, in the order of time.
fn phases(found: &Local) -> Vec<Phase> {
    [Some(found.first), found.second, Some(found.maximum), found.third, Some(found.fourth)]
        .into_iter()
        .flatten()
        .collect()
}

/// Instants, in hours, at which a function of them changes its sign, by steps of a second.
fn changes(elements: &Elements, f: impl Fn(f64) -> f64) -> Vec<f64> {
    let seconds = (elements.reach_h * 3600.0) as i32;
    let mut last = f64::NAN;
    let mut changes = Vec::new();
    for second in -seconds..=seconds {
        let at = f64::from(second) / 3600.0;
        let value = f(at);
        if (value < 0.0 && last >= 0.0) || (value >= 0.0 && last < 0.0) {
            changes.push(at);
        }
        last = value;
    }
    changes
}

fn assert_near(instants: &[TtDay], steps: &[f64], elements: &Elements, what: &str) {
    assert_eq!(instants.len(), steps.len(), "{what}: {instants:?} {steps:?}");
    for (instant, step) in instants.iter().zip(steps) {
        // The change was seen at the end of the step that it happened in.
        let late_s = (step - hours(elements, *instant)) * 3600.0;
        assert!((-0.001..=1.001).contains(&late_s), "{what} is {late_s} s off");
    }
}

/// Everything that can be told of a site, against a look at every second.
fn assert_as_seen_by_the_second(eclipse: &Eclipse, site: &Site) {
    let (elements, delta_t_s) = (&eclipse.elements, eclipse.delta_t_s);
    let outside = |cone| move |at: f64| standpoint(elements, site, delta_t_s, at).outside(cone);
    let outer = changes(elements, outside(Cone::Penumbra));
    let Some(found) = local(elements, site, delta_t_s) else {
        assert!(outer.is_empty(), "{} {site:?}: nothing, but {outer:?}", eclipse.name);
        return;
    };
    assert_near(&[found.first.tt, found.fourth.tt], &outer, elements, "outer contact");
    let inner: Vec<TtDay> = found.second.iter().chain(&found.third).map(|phase| phase.tt).collect();
    assert_near(&inner, &changes(elements, outside(Cone::Umbra)), elements, "inner contact");

    for (contact, cone) in [
        (Some(found.first), Cone::Penumbra),
        (found.second, Cone::Umbra),
        (found.third, Cone::Umbra),
        (Some(found.fourth), Cone::Penumbra),
    ] {
        let Some(contact) = contact else { continue };
        let here = standpoint(elements, site, delta_t_s, hours(elements, contact.tt));
        // A millisecond, and what rounding leaves where the cone is only touched.
        let most = 2.0 * here.outside_rate(cone).abs() * 0.001 / 3600.0 + 1e-13;
        assert!(here.outside(cone).abs() < most, "{contact:?} {}", here.outside(cone));
    }
    let phases = phases(&found);
    assert!(phases.is_sorted_by(|a, b| a.tt.jd() <= b.tt.jd()), "{phases:?}");
    let greatest = |at: f64| standpoint(elements, site, delta_t_s, at).partial_magnitude();
    let [first, maximum, fourth] =
        [found.first, found.maximum, found.fourth].map(|phase| hours(elements, phase.tt));
    for part in 0..=200 {
        let at = first + (fourth - first) * f64::from(part) / 200.0;
        assert!(greatest(at) <= greatest(maximum) + 1e-9, "more at {at} than at the maximum {maximum}");
    }
    match found.kind {
        Kind::Partial => assert!(found.maximum.magnitude < 1.0 && found.central_duration_s == 0.0),
        Kind::Annular => assert!(found.maximum.diameter_ratio < 1.0 && found.central_duration_s > 0.0),
        Kind::Total => assert!(found.maximum.magnitude >= 1.0 && found.maximum.obscuration == 1.0),
    }
    assert_sun_as_seen(elements, site, delta_t_s, &found);
}

/// Risings and settings, and what is visible, against a look at every second.
fn assert_sun_as_seen(elements: &Elements, site: &Site, delta_t_s: f64, found: &Local) {
    let over = |at: f64| altitude_deg(elements, site, delta_t_s, at) - HORIZON_DEG;
    let [first, fourth] = [found.first.tt, found.fourth.tt].map(|tt| hours(elements, tt));
    // What happens within a second of a contact may be seen on either side of it.
    let is_sure = |at: &f64| (at - first).abs() > 3e-4 && (at - fourth).abs() > 3e-4;
    let seen: Vec<f64> = changes(elements, over)
        .into_iter()
        .filter(|at| first < *at && *at < fourth)
        .filter(is_sure)
        .collect();
    let told: Vec<TtDay> = found
        .crossings()
        .map(|crossing| crossing.phase.tt)
        .filter(|tt| is_sure(&hours(elements, *tt)))
        .collect();
    assert_near(&told, &seen, elements, "rising or setting");
    for crossing in found.crossings() {
        assert!((crossing.phase.altitude_deg - HORIZON_DEG).abs() < 1e-8, "{crossing:?}");
        let at = hours(elements, crossing.phase.tt);
        assert_eq!(over(at + 1e-5) > over(at - 1e-5), crossing.is_rising, "{crossing:?}");
    }
    let mut most = 0.0_f64;
    let mut is_ever_up = false;
    for part in 0..=2000 {
        let at = first + (fourth - first) * f64::from(part) / 2000.0;
        if over(at) > 0.0 {
            is_ever_up = true;
            most = most.max(standpoint(elements, site, delta_t_s, at).magnitude());
        }
    }
    match found.visible {
        None => assert!(!is_ever_up, "{site:?} is said to see nothing: {found:?}"),
        Some(visible) => {
            assert!(
                visible.begins.jd() <= visible.greatest.tt.jd()
                    && visible.greatest.tt.jd() <= visible.ends.jd()
            );
            // The jump of the magnitude at the border of totality is between two looks.
            let is_central = found.kind != Kind::Partial;
            assert!(most <= visible.greatest.magnitude + 1e-9 || is_central, "{most} {visible:?}");
            assert!(visible.greatest.is_up && visible.kind <= found.kind);
        }
    }
}

#[test]
fn published_contacts_are_met() {
    // Fred Espenak, eclipsewise.com, from the ephemerides of JPL; the canon's are VSOP87 and ELP2000-82.
    let Some(rows) = canon::rows("ae_local_solar_eclipse.csv") else { return };
    let mut worst_s = 0.0_f64;
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        let [latitude, longitude] = [cells[0], cells[1]].map(|cell| cell.parse::<f64>().unwrap());
        let eclipse = canon::eclipse(&cells[3][..10]);
        let found = local(&eclipse.elements, &site(latitude, longitude), TT_UTC_S).unwrap();
        let kind = match cells[2] {
            "T" => Kind::Total,
            "A" => Kind::Annular,
            _ => Kind::Partial,
        };
        assert_eq!(found.kind, kind, "{row:?}");
        let told = [Some(found.first), found.second, Some(found.maximum), found.third, Some(found.fourth)];
        for (told, published) in told.iter().zip(cells[3..].chunks(2)) {
            let Some(told) = told else {
                assert_eq!(published[0], "-", "{row:?}");
                continue;
            };
            let clock: Vec<f64> =
                published[0][11..19].split(':').map(|number| number.parse().unwrap()).collect();
            let published_s = clock[0] * 3600.0 + clock[1] * 60.0 + clock[2];
            let told_s = (told.tt.jd() - 0.5).rem_euclid(1.0) * 86_400.0 - TT_UTC_S;
            worst_s = worst_s.max((told_s - published_s).abs());
            let altitude: f64 = published[1].parse().unwrap();
            assert!((told.altitude_deg - altitude).abs() < 0.6, "{row:?}: {}", told.altitude_deg);
        }
    }
    println!("contacts within {worst_s:.1} s of the published ones");
    assert!(worst_s < 5.0, "{worst_s}");
}

#[test]
fn places_at_and_around_the_poles_are_as_seen() {
    // Near the equinox the Sun stays at the horizon of a pole for days.
    for name in ["2015-03-20", "1950-03-18", "2021-06-10", "2003-11-23", "2023-10-14"] {
        let eclipse = canon::eclipse(name);
        for latitude in [-90.0, -89.9999, -89.5, -88.0, -80.0, -66.5, 66.5, 80.0, 88.0, 89.5, 89.9999, 90.0] {
            for longitude in [-170.0, -60.0, 0.0, 45.0, 120.0] {
                assert_as_seen_by_the_second(&eclipse, &site(latitude, longitude));
            }
        }
    }
}

#[test]
fn a_short_night_and_a_short_day_fit_into_an_eclipse() {
    // Where the Sun sets and rises again, or rises and sets again, between the first and the last contact.
    let mut nights = 0;
    let mut days = 0;
    for eclipse in canon::eclipses() {
        for latitude in (-89..=89).filter(|latitude: &i32| latitude.abs() >= 50).map(f64::from) {
            for longitude in (-180..180).step_by(2).map(f64::from) {
                let Some(found) = local(&eclipse.elements, &site(latitude, longitude), 0.0) else { continue };
                let is_rising: Vec<bool> = found.crossings().map(|crossing| crossing.is_rising).collect();
                let visible = found.visible.map(|visible| (visible.begins, visible.ends));
                match is_rising[..] {
                    [false, true] => {
                        nights += 1;
                        assert_eq!(visible, Some((found.first.tt, found.fourth.tt)));
                    }
                    [true, false] => {
                        days += 1;
                        let told: Vec<TtDay> = found.crossings().map(|crossing| crossing.phase.tt).collect();
                        assert_eq!(visible, Some((told[0], told[1])));
                    }
                    _ => {}
                }
            }
        }
    }
    println!("{nights} nights and {days} days");
    assert!(nights > 10 && days > 2, "{nights} {days}");
}

#[test]
fn the_most_is_seen_at_sunrise_where_the_maximum_is_before_it() {
    // In Halifax, 2021-06-10, the Sun rose after the maximum.
    let eclipse = canon::eclipse("2021-06-10");
    let mut seen = 0;
    for longitude in (-110..-60).map(f64::from) {
        let Some(found) = local(&eclipse.elements, &site(44.6, longitude), eclipse.delta_t_s) else {
            continue;
        };
        let (Some(visible), Some(rising)) = (found.visible, found.crossings().next()) else { continue };
        assert!(rising.is_rising);
        assert_eq!(visible.begins, rising.phase.tt);
        assert_eq!(visible.ends, found.fourth.tt);
        assert!(!found.first.is_up && found.fourth.is_up);
        if rising.phase.tt.jd() > found.maximum.tt.jd() {
            seen += 1;
            assert_eq!(visible.greatest.tt, rising.phase.tt);
            assert!(visible.greatest.magnitude < found.maximum.magnitude);
            assert!(!found.maximum.is_up);
        } else {
            assert_eq!(visible.greatest, found.maximum);
        }
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn delta_t_turns_the_earth() {
    let eclipse = canon::eclipse("2017-08-21");
    let here = local(&eclipse.elements, &site(40.0, -100.0), 70.0).unwrap();
    let turned = local(&eclipse.elements, &site(40.0, -100.0 + 30.0 * ROTATION_DEG_PER_S), 100.0).unwrap();
    for (a, b) in phases(&here).into_iter().zip(phases(&turned)) {
        assert!((a.tt.jd() - b.tt.jd()).abs() < 1e-9 && (a.altitude_deg - b.altitude_deg).abs() < 1e-9);
    }
    let late = local(&eclipse.elements, &site(40.0, -100.0), 100.0).unwrap();
    assert!((late.maximum.tt.jd() - here.maximum.tt.jd()).abs() > 1e-5);
}

#[test]
fn height_above_the_sea_counts() {
    // Towards the Sun the shadow comes at the same moment but is smaller by tan f of the height: at 8 km, 37 metres.
    let eclipse = canon::eclipse("2024-10-02");
    let at = |altitude_m| {
        let site = Site { latitude_deg: -22.0, longitude_deg: -114.5, altitude_m };
        local(&eclipse.elements, &site, eclipse.delta_t_s).unwrap().maximum.diameter_ratio
    };
    // The Moon at 373 000 km, seen from 8 km nearer under a Sun 69° high.
    let larger = at(8000.0) / at(0.0) - 1.0;
    assert!((larger - 2.0e-5).abs() < 0.3e-5, "{larger}");
}

#[test]
fn angles_are_those_of_the_textbook() {
    for eclipse in canon::eclipses() {
        for (latitude, longitude) in
            [(40.0, -100.0), (-35.0, 20.0), (60.0, 10.0), (10.0, 100.0), (0.0, -30.0)]
        {
            let site = site(latitude, longitude);
            let Some(found) = local(&eclipse.elements, &site, eclipse.delta_t_s) else { continue };
            // The Moon goes from the west to the east.
            let eastward = |phase: &Phase| phase.position_angle_deg.to_radians().sin();
            assert!(eastward(&found.first) < eastward(&found.fourth));
            for phase in phases(&found) {
                let at = hours(&eclipse.elements, phase.tt);
                let plane = FundamentalPlane::at(&eclipse.elements, at);
                let (d, mu) = (plane.declination[0], plane.hour_angle[0]);
                let hour_angle = mu + (longitude - ROTATION_DEG_PER_S * eclipse.delta_t_s).to_radians();
                let (sin_b, cos_b) = latitude.to_radians().sin_cos();
                // Meeus, Astronomical Algorithms, 14.1, 13.5 and 13.6.
                let parallactic = f64::atan2(
                    hour_angle.sin() * cos_b,
                    sin_b * d.cos() - d.sin() * hour_angle.cos() * cos_b,
                );
                let off = phase.position_angle_deg - phase.zenith_angle_deg - parallactic.to_degrees();
                assert!((off - 360.0 * (off / 360.0).round()).abs() < 1e-4, "{off} {phase:?}");
                let altitude = altitude_deg(&eclipse.elements, &site, eclipse.delta_t_s, at);
                assert!((altitude - phase.altitude_deg).abs() < 1e-5);
                let azimuth = f64::atan2(hour_angle.sin(), hour_angle.cos() * sin_b - d.tan() * cos_b);
                let off = phase.azimuth_deg - azimuth.to_degrees() - 180.0;
                assert!((off - 360.0 * (off / 360.0).round()).abs() < 1e-4, "{off} {phase:?}");
            }
        }
    }
}

/// At the inner contacts of totality the last and first light is on the limb away from the Moon's centre; of annularity, on
/// its side.
#[test]
fn inner_contacts_are_on_the_right_limb() {
    let opposite = |a: f64, b: f64| (a - b + 180.0).rem_euclid(360.0) - 180.0;
    for (name, is_total) in
        [("2017-08-21", true), ("2024-04-08", true), ("2023-10-14", false), ("2019-12-26", false)]
    {
        let eclipse = canon::eclipse(name);
        let line = orrery_almanac::eclipses::path::greatest_duration(&eclipse.elements).unwrap();
        let site = site(line.point.latitude_deg, line.point.ephemeris_longitude_deg);
        let found = local(&eclipse.elements, &site, 0.0).unwrap();
        let (second, third) = (found.second.unwrap(), found.third.unwrap());
        for (inner, outer) in [(second, found.first), (third, found.fourth)] {
            let apart = opposite(inner.position_angle_deg, outer.position_angle_deg).abs();
            assert!(if is_total { apart > 150.0 } else { apart < 30.0 }, "{name} {apart}");
        }
        assert!((found.central_duration_s - line.duration_s).abs() < 1e-3);
    }
}

/// The covered part of the disc, by counting its points on a grid.
#[test]
fn obscuration_is_the_covered_area() {
    let eclipse = canon::eclipse("2017-08-21");
    for latitude in [10.0, 25.0, 30.0, 33.0, 35.0, 36.5, 45.0, 60.0] {
        let site = site(latitude, -90.0);
        let found = local(&eclipse.elements, &site, eclipse.delta_t_s).unwrap();
        let at = hours(&eclipse.elements, found.maximum.tt);
        let here = standpoint(&eclipse.elements, &site, eclipse.delta_t_s, at);
        let unit = 0.5 * (here.radius(Cone::Penumbra) + here.radius(Cone::Umbra));
        let (apart, moon) = (here.distance() / unit, here.diameter_ratio());
        let (mut covered, mut all) = (0_u32, 0_u32);
        for row in -700..700 {
            for column in -700..700 {
                let (x, y) = ((f64::from(row) + 0.5) / 700.0, (f64::from(column) + 0.5) / 700.0);
                if x * x + y * y < 1.0 {
                    all += 1;
                    covered += u32::from((x - apart).powi(2) + y * y < moon * moon);
                }
            }
        }
        let counted = f64::from(covered) / f64::from(all);
        assert!((counted - found.maximum.obscuration).abs() < 5e-5, "{counted} {:?}", found.maximum);
    }
}

#[test]
fn what_is_no_number_is_no_eclipse() {
    let eclipse = canon::eclipse("2017-08-21");
    for site in [site(f64::NAN, 0.0), site(0.0, f64::NAN), site(0.0, f64::INFINITY)] {
        assert_eq!(local(&eclipse.elements, &site, 70.0), None);
    }
    assert_eq!(local(&eclipse.elements, &site(40.0, -100.0), f64::NAN), None);
    for reach_h in [f64::NAN, 0.0, -1.0] {
        let elements = Elements { reach_h, ..eclipse.elements };
        assert_eq!(local(&elements, &site(40.0, -100.0), 70.0), None);
    }
    let elements = Elements { x: [f64::NAN; 6], ..eclipse.elements };
    assert_eq!(local(&elements, &site(40.0, -100.0), 70.0), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anywhere_it_is_as_seen_by_the_second(
        nth in 0_usize..19, z in -1.0..1.0_f64, longitude in -180.0..180.0, altitude_m in 0.0..5000.0,
    ) {
        let eclipse = &canon::eclipses()[nth];
        let site = Site { latitude_deg: z.asin().to_degrees(), longitude_deg: longitude, altitude_m };
        assert_as_seen_by_the_second(eclipse, &site);
    }
}
