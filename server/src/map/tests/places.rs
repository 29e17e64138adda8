//! What areas say of places, against what the places see.

use orrery_almanac::eclipses::local::{Local, local};
use orrery_almanac::eclipses::path::CurveName;
use orrery_almanac::topocentric::Site;
use orrery_format::TtDay;
use orrery_format::eclipse::{Elements, ROTATION_DEG_PER_S, SolarEclipse, SolarKind};

use super::super::{Map, Shape, Subject, What, When, cut};
use super::{all, is_inside, pieces, sky};
use crate::map::place::Place;

/// How near to a border no place is asked, degrees.
const ASIDE_DEG: f64 = 0.1;
/// How much of the Sun's diameter is seen to be covered at least.
const LEAST_MAGNITUDE: f64 = 0.005;
/// How near to a contact no place is asked, days.
const ASIDE_DAYS: f64 = 120.0 / 86_400.0;

/// Places all over the Earth, more of them near the poles than elsewhere.
fn places() -> impl Iterator<Item = (f64, f64)> {
    (0..36).flat_map(|row| {
        let latitude = -89.7 + 5.125 * f64::from(row);
        (0..45).map(move |column| (-179.3 + 8.0 * f64::from(column), latitude))
    })
}

fn at(eclipse: &SolarEclipse, (longitude_deg, latitude_deg): (f64, f64)) -> Option<Local> {
    let site = Site { latitude_deg, longitude_deg, altitude_m: 0.0 };
    local(&eclipse.elements, &site, sky::DELTA_T_S)
}

/// The Sun's altitude, without parallax, degrees.
fn altitude_deg(elements: &Elements, (longitude_deg, latitude_deg): (f64, f64), tt: TtDay) -> f64 {
    let hours = 24.0 * (tt.jd() - elements.t0_jd_tt);
    let value = |of: &[f64; 4]| of.iter().rev().fold(0.0, |sum, coefficient| sum * hours + coefficient);
    let ephemeris_longitude_deg = longitude_deg - ROTATION_DEG_PER_S * sky::DELTA_T_S;
    let hour_angle = (value(&elements.mu_deg) + ephemeris_longitude_deg).to_radians();
    let (sin_d, cos_d) = value(&elements.d_deg).to_radians().sin_cos();
    let (sin, cos) = latitude_deg.to_radians().sin_cos();
    (sin * sin_d + cos * cos_d * hour_angle.cos()).asin().to_degrees()
}

/// A place and its neighbours.
fn around((longitude, latitude): (f64, f64)) -> [(f64, f64); 5] {
    let east = ASIDE_DEG / latitude.to_radians().cos();
    [
        (longitude, latitude),
        (longitude - east, latitude),
        (longitude + east, latitude),
        (longitude, latitude - ASIDE_DEG),
        (longitude, latitude + ASIDE_DEG),
    ]
}

/// Whether something is clearly seen at a place, or clearly nothing.
fn is_seen(eclipse: &SolarEclipse, place: (f64, f64)) -> Option<bool> {
    if around(place).iter().all(|near| at(eclipse, *near).is_none_or(|local| local.visible.is_none())) {
        return Some(false);
    }
    let local = at(eclipse, place)?;
    let is_up = |tt: TtDay| altitude_deg(&eclipse.elements, place, tt) > ASIDE_DEG;
    let [first, last] = [local.first.tt.jd() + ASIDE_DAYS, local.fourth.tt.jd() - ASIDE_DAYS];
    let sometime = (0..=8).any(|part| is_up(TtDay(first + (last - first) * f64::from(part) / 8.0)));
    (local.maximum.magnitude > LEAST_MAGNITUDE && first < last && sometime).then_some(true)
}

#[test]
fn what_is_seen_is_where_it_is_drawn() {
    let (mut inside, mut outside) = (0, 0);
    for eclipse in sky::solar() {
        let map = Map::of_solar(eclipse, sky::DELTA_T_S, sky::beat(1800));
        let Subject::Solar { seen, .. } = &map.subject else { panic!("an eclipse of the Sun") };
        let rings: Vec<_> = seen.iter().map(|ring| cut::area(ring)).collect();
        for place in places() {
            let is_drawn = rings.iter().any(|ring| is_inside(ring, place.0, place.1));
            if let Some(is_seen) = is_seen(eclipse, place) {
                assert_eq!(is_drawn, is_seen, "{} {place:?}", eclipse.greatest_jd_tt);
                *(if is_seen { &mut inside } else { &mut outside }) += 1;
            }
        }
    }
    assert!(inside > 10_000 && outside > 40_000, "{inside} {outside}");
}

#[test]
fn outlines_hold_the_places_that_see_an_eclipse_then() {
    let (mut inside, mut outside) = (0, 0);
    for eclipse in sky::odd().step_by(2) {
        let map = Map::of_solar(eclipse, sky::DELTA_T_S, sky::beat(1800));
        let seen: Vec<_> = places().filter_map(|place| Some((place, at(eclipse, place)?))).collect();
        for outline in all(&map, |what| what == What::Curve(CurveName::PenumbralOutline)) {
            let When::At(tt) = outline.when else { panic!("{outline:?}") };
            let pieces = pieces(&outline.shape);
            for (place, local) in &seen {
                let altitude = altitude_deg(&eclipse.elements, *place, tt);
                let into = (tt.jd() - local.first.tt.jd()).min(local.fourth.tt.jd() - tt.jd());
                if altitude.abs() < 2.0 * ASIDE_DEG || into.abs() < ASIDE_DAYS {
                    continue;
                }
                let is_expected = altitude > 0.0 && into > 0.0;
                let is_drawn = is_inside(&pieces, place.0, place.1);
                assert_eq!(is_drawn, is_expected, "{} {tt:?} {place:?}", eclipse.greatest_jd_tt);
                *(if is_drawn { &mut inside } else { &mut outside }) += 1;
            }
        }
    }
    assert!(inside > 4_000 && outside > 15_000, "{inside} {outside}");
}

/// At the instants of both, the axis is within the umbra's outline; and the path holds the whole line, but where it is too narrow.
#[test]
fn the_umbra_is_about_its_axis() {
    let (mut within_outlines, mut within_paths) = (0, 0);
    for eclipse in sky::odd() {
        let map = Map::of_solar(eclipse, sky::DELTA_T_S, sky::beat(600));
        let paths: Vec<_> =
            all(&map, |what| what == What::UmbralPath).map(|part| pieces(&part.shape)).collect();
        for central in all(&map, |what| what == What::CentralPoint) {
            let Shape::Point(axis) = &central.shape else { panic!("{central:?}") };
            let axis = axis.eastward(-360.0 * Place::turn_of(axis.longitude_deg));
            let holds = |pieces: &Vec<_>| is_inside(pieces, axis.longitude_deg, axis.latitude_deg);
            for outline in all(&map, |what| what == What::Curve(CurveName::UmbralOutline)) {
                if outline.when == central.when {
                    assert!(holds(&pieces(&outline.shape)), "{} {outline:?}", eclipse.greatest_jd_tt);
                    within_outlines += 1;
                }
            }
            if central.sight.is_some_and(|sight| sight.width_km.is_some_and(|km| km > 5.0))
                && !paths.is_empty()
            {
                assert!(paths.iter().any(holds), "{} {central:?}", eclipse.greatest_jd_tt);
                within_paths += 1;
            }
        }
        // A hybrid eclipse is annular, total and annular again, or has two parts.
        let parts = if eclipse.kind == SolarKind::Hybrid as u8 { 2..=3 } else { 0..=1 };
        assert!(parts.contains(&paths.len()), "{} {}", eclipse.greatest_jd_tt, paths.len());
    }
    assert!(within_outlines > 200 && within_paths > 200, "{within_outlines} {within_paths}");
}

/// Of places all over the Earth, those nearer to the sublunar point than the circle's radius.
#[test]
fn the_moon_is_up_where_it_is_drawn_so() {
    let (mut inside, mut outside) = (0, 0);
    for (eclipse, seen) in sky::lunar().iter().step_by(7) {
        let map = Map::of_lunar(eclipse, sky::DELTA_T_S, seen);
        for seen in seen {
            let area = all(&map, |what| what == What::MoonUp(seen.contact)).next().expect("an area");
            let pieces = pieces(&area.shape);
            let middle = seen.ephemeris_longitude_deg + ROTATION_DEG_PER_S * sky::DELTA_T_S;
            let (sin_middle, cos_middle) = seen.latitude_deg.to_radians().sin_cos();
            for (longitude, latitude) in places() {
                let (sin, cos) = latitude.to_radians().sin_cos();
                let level = sin * sin_middle + cos * cos_middle * (longitude - middle).to_radians().cos();
                let nearer = seen.radius_deg() - level.acos().to_degrees();
                if nearer.abs() < ASIDE_DEG {
                    continue;
                }
                let is_drawn = is_inside(&pieces, longitude, latitude);
                assert_eq!(is_drawn, nearer > 0.0, "{seen:?} {longitude} {latitude}");
                *(if is_drawn { &mut inside } else { &mut outside }) += 1;
            }
        }
    }
    assert!(inside > 50_000 && outside > 50_000, "{inside} {outside}");
}
