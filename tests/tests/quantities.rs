//! Hazard: a quantity that looks right. Phases, magnitudes, azimuths and the rest of what a position tells beside its
//! coordinates are asked of the real program at random instants from random sites, and compared with what `swe_pheno`,
//! `swe_azalt` and `swe_refrac_extended` of the C library make of the same; and what has no meaning must be null.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use orrery_swisseph::{
    LiveAltitudes, LiveAtmosphere, LiveBody, LiveCenter, LiveDirection, LiveFrame, LiveObserver,
    LivePhenomena, LivePlace, LivePlane, LiveSite, LiveView, Session,
};
use orrery_tests::interface::SIGNS;
use orrery_tests::programs::Server;
use orrery_tests::views::{ALL, Apart, Asker, STEEP_ARCSEC, is_steep, vector};
use orrery_tests::{tables, workspace};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

/// Seconds that light needs for an astronomical unit.
const LIGHT_S_PER_AU: f64 = 149_597_870_700.0 / 299_792_458.0;

/// What an elongation may be off, degrees: `swe_pheno` takes the cosine, which is flat at 0 and 180.
const ELONGATION_DEG: f64 = 2e-6;

/// The same of a phase angle: `swe_pheno` has the body from the Sun on the ecliptic of an earlier day.
const PHASE_DEG: f64 = 2.5e-5;

/// The same of a planet before or behind the Sun's disc, so many degrees from its centre, where deflection is not undone.
const DISC_DEG: f64 = 0.3;
const DISC_PHASE_DEG: f64 = 7e-3;

/// What a magnitude may be off beside what the phase angle makes of it; Saturn's rings are counted from another equinox.
const MAGNITUDE: f64 = 1e-6;
const SATURN_MAGNITUDE: f64 = 1.2e-4;

/// Two promises of 0.001″ and nutation, and the sidereal time of a Julian day that is rounded to 40 µs, arcseconds.
const DIRECTION_ARCSEC: f64 = 0.0024;

/// Pressures below which nothing is refracted, hPa.
const LEAST_HPA: f64 = 80.0;

/// Refraction changes by a fifteenth of the altitude's change at the horizon, degrees; C iterates to 1e-6 of it.
const APPARENT_DEG: f64 = 2e-6;

/// The server and the library, and the worst of each quantity.
struct Both {
    asker: RefCell<Asker>,
    session: RefCell<Session>,
    worst: RefCell<BTreeMap<&'static str, (f64, usize, String)>>,
    _server: Arc<Server>,
}

impl Both {
    fn open() -> Both {
        let server = Server::shared();
        Both {
            asker: RefCell::new(Asker::new(server.client())),
            session: RefCell::new(workspace::session()),
            worst: RefCell::default(),
            _server: server,
        }
    }

    /// The positions of a query and the instant, Julian day UT1.
    fn ask(&self, query: &str) -> Result<(Vec<Value>, f64), String> {
        let reply = self.asker.borrow_mut().positions(query)?;
        let jd_ut = reply["time"]["jd_ut"].as_f64().ok_or_else(|| format!("{query}: no UT: {reply}"))?;
        Ok((reply["positions"].as_array().cloned().unwrap_or_default(), jd_ut))
    }

    /// Compares a number with the library's, where one of the two may be none and then both must.
    fn compare(
        &self,
        name: &'static str,
        found: &Value,
        expected: Option<f64>,
        allowed: f64,
        told: &dyn Fn() -> String,
    ) -> Result<(), String> {
        let gap = match (found.as_f64(), expected) {
            (Some(found), Some(expected)) => (found - expected).abs(),
            (None, None) if found.is_null() => return Ok(()),
            _ => return Err(format!("{name} of {}: {found} against {expected:?}", told())),
        };
        self.note(name, gap, told);
        if gap <= allowed {
            Ok(())
        } else {
            Err(format!("{name} of {}: {found} against {expected:?}, {gap:e} off", told()))
        }
    }

    fn note(&self, name: &'static str, gap: f64, told: &dyn Fn() -> String) {
        let mut all = self.worst.borrow_mut();
        let (worst, count, query) = all.entry(name).or_insert((-1.0, 0, String::new()));
        *count += 1;
        if gap > *worst {
            (*worst, *query) = (gap, told());
        }
    }

    /// Runs a property over so many cases, and prints the worst.
    fn hold<S: Strategy>(&self, cases: u32, strategy: &S, property: impl Fn(S::Value) -> Result<(), String>) {
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
        let outcome =
            TestRunner::new(config).run(strategy, |case| property(case).map_err(TestCaseError::fail));
        for (name, (worst, count, query)) in &*self.worst.borrow() {
            println!("{name:<24} {count:>7} compared, {worst:.1e} at most: {query}");
        }
        if let Err(fault) = outcome {
            panic!("{fault}");
        }
    }
}

/// Instants within the tables, and some of their first and last days and on both sides of their ends.
fn jd() -> impl Strategy<Value = f64> {
    let Range { start, end } = tables::span_tt();
    let at_ends = prop_oneof![2 => select(tables::ends_tt()), 1 => start..start + 1.0, 1 => end - 1.0..end];
    prop_oneof![8 => start..end, 1 => at_ends]
}

fn site() -> impl Strategy<Value = LiveSite> {
    (-90.0..=90.0, -180.0..=180.0, prop_oneof![0.0..9_000.0, Just(0.0), -500.0..25_000.0]).prop_map(
        |(latitude_deg, longitude_deg, altitude_m)| LiveSite { latitude_deg, longitude_deg, altitude_m },
    )
}

fn place() -> impl Strategy<Value = LivePlace> {
    prop_oneof![3 => Just(LivePlace::Apparent), 1 => Just(LivePlace::Astrometric), 1 => Just(LivePlace::True)]
}

fn word(place: LivePlace) -> &'static str {
    match place {
        LivePlace::Apparent => "apparent",
        LivePlace::Astrometric => "astrometric",
        LivePlace::True => "true",
    }
}

fn at_site(site: LiveSite) -> String {
    let LiveSite { latitude_deg, longitude_deg, altitude_m } = site;
    format!("&center=topo&lat={latitude_deg:?}&lon={longitude_deg:?}&alt={altitude_m:?}")
}

/// The library's body, none for the points opposite to the nodes; and whether it is a point of the Moon's orbit.
fn live(name: &str) -> (Option<LiveBody>, bool) {
    let is_point = name.contains("node") || name.contains("apogee") || name.contains("perigee");
    (LiveBody::from_name(name), is_point)
}

const PHENOMENA: &str =
    "distance,elongation,phase_angle,illuminated_fraction,apparent_diameter,magnitude,light_time,source";

#[test]
fn phases_and_brightness_are_the_librarys() {
    let both = Both::open();
    let center = prop_oneof![Just(None), site().prop_map(Some)];
    both.hold(1_500, &(center, place(), jd(), any::<bool>()), |(site, place, jd, all_live)| {
        let bodies = ALL.join(",");
        let source = if all_live { "&source=live" } else { "" };
        let query = format!(
            "jd_tt={jd:?}&precision=full&bodies={bodies}&place={}&fields={PHENOMENA}{source}{}",
            word(place),
            site.map(at_site).unwrap_or_default()
        );
        let (positions, _) = both.ask(&query)?;
        for (position, name) in positions.iter().zip(ALL) {
            let told = || format!("{name} of {query}");
            let compare = |member: &'static str, expected: Option<f64>, allowed: f64| {
                both.compare(member, &position[member], expected, allowed, &told)
            };
            let (body, is_point) = live(name);
            let center = site.map_or(LiveCenter::Geo, LiveCenter::Topo);
            let view = LiveView { center, place };
            if is_point {
                for member in
                    ["phase_angle", "illuminated_fraction", "apparent_diameter", "magnitude", "light_time"]
                {
                    compare(member, None, 0.0)?;
                }
                continue;
            }
            let Some(body) = body else { return Err(format!("{name} is nobody")) };
            let session = &mut both.session.borrow_mut();
            let expected =
                session.phenomena(body, view, jd).map_err(|error| format!("{}: {error}", told()))?;
            let [.., distance, _, _, _] = session
                .framed(body, view, LiveFrame::default(), jd)
                .map_err(|error| format!("{}: {error}", told()))?;
            compare_phenomena(&compare, name, &expected, distance)?;
        }
        Ok(())
    });
}

/// Compares what `swe_pheno` gives; `distance_au` is the library's.
fn compare_phenomena(
    compare: &dyn Fn(&'static str, Option<f64>, f64) -> Result<(), String>,
    name: &str,
    expected: &LivePhenomena,
    distance_au: f64,
) -> Result<(), String> {
    // Of the Sun it is none in the library; from itself it is nothing.
    let elongation = if name == "sun" { Some(0.0) } else { expected.elongation_deg };
    compare("elongation", elongation, ELONGATION_DEG)?;
    let is_at_disc = name != "moon" && elongation.is_some_and(|degrees| degrees < DISC_DEG);
    let phase_off = if is_at_disc { DISC_PHASE_DEG } else { PHASE_DEG };
    compare("phase_angle", expected.phase_angle_deg, phase_off)?;
    // Half the cosine of the phase angle.
    compare("illuminated_fraction", expected.illuminated_fraction, phase_off.to_radians())?;
    let diameter = expected.apparent_diameter_deg;
    compare("apparent_diameter", diameter, diameter.unwrap_or(0.0) * 2e-8)?;
    // A degree of phase is up to 0.15 magnitudes; the thinner the Moon, the more: 7.5 for each power of ten.
    let thin_deg = (180.0 - expected.phase_angle_deg.unwrap_or(0.0)).max(1e-6);
    let slope = if name == "moon" { 0.15 + 3.3 / thin_deg } else { 0.15 };
    let rings = if name == "saturn" { SATURN_MAGNITUDE } else { 0.0 };
    compare("magnitude", expected.magnitude, MAGNITUDE + rings + phase_off * slope)?;
    let light_s = distance_au * LIGHT_S_PER_AU;
    compare("light_time", Some(light_s), light_s * 2e-8)
}

#[test]
fn azimuths_and_altitudes_are_the_librarys() {
    let both = Both::open();
    let air = (
        prop_oneof![Just(None), (1.0..1_200.0).prop_map(Some)],
        prop_oneof![Just(None), (-90.0..60.0).prop_map(Some)],
    );
    let frame =
        select(&["", "&frame=equatorial&equinox=j2000", "&coordinates=rectangular", "&equinox=icrs"][..]);
    both.hold(1_500, &(site(), air, jd(), frame), |(site, (pressure, temperature), jd, frame)| {
        let given = |name: &str, value: Option<f64>| value.map(|value: f64| format!("&{name}={value:?}"));
        let query = format!(
            "jd_tt={jd:?}&precision=full&bodies={}&fields=azimuth,altitude,apparent_altitude,out_of_bounds{}{}{}{frame}",
            ALL.join(","),
            given("pressure", pressure).unwrap_or_default(),
            given("temperature", temperature).unwrap_or_default(),
            at_site(site)
        );
        let (positions, jd_ut) = both.ask(&query)?;
        let atmosphere = LiveAtmosphere { pressure_hpa: pressure, temperature_c: temperature.unwrap_or(10.0) };
        let observer = LiveObserver { site, atmosphere };
        let atmosphere_hpa =
            pressure.unwrap_or_else(|| 1013.25 * (1.0 - 0.0065 * site.altitude_m / 288.0).powf(5.255));
        let session = &mut both.session.borrow_mut();
        let [_, deps_deg, mean_obliquity_deg] = session.nutation(jd).map_err(|error| error.to_string())?;
        for (position, name) in positions.iter().zip(ALL) {
            let told = || format!("{name} of {query}");
            let failed = |error: orrery_swisseph::LiveError| format!("{}: {error}", told());
            let (Some(body), _) = live(name) else { continue };
            let equator = LiveFrame { plane: LivePlane::Equator, ..LiveFrame::default() };
            let [right_ascension_deg, declination_deg, ..] =
                session.framed(body, LiveCenter::Topo(site), equator, jd).map_err(failed)?;
            let direction = LiveDirection::Equator { right_ascension_deg, declination_deg };
            let expected = session.horizontal(observer, direction, jd_ut).map_err(failed)?;
            let number = |member: &str| {
                position[member].as_f64().ok_or_else(|| format!("no {member} of {}: {position}", told()))
            };
            let (azimuth, altitude) = (number("azimuth")?, number("altitude")?);
            if !(0.0..360.0).contains(&azimuth) {
                return Err(format!("azimuth of {}: {azimuth}", told()));
            }
            let apart = Apart::of(
                vector([azimuth, altitude, 1.0]),
                vector([expected.azimuth_deg, expected.true_altitude_deg, 1.0]),
            );
            both.note("direction, arcsec", apart.arcsec, &told);
            let noisy = if name == "interpolated_perigee" { 0.006 } else { 0.0 };
            let is_off = apart.arcsec > DIRECTION_ARCSEC + noisy;
            if is_off && is_steep(session, name, jd).map_err(failed)? && apart.arcsec < STEEP_ARCSEC {
                continue;
            }
            if is_off {
                return Err(format!("{}: {apart:?}, {position} against {expected:?}", told()));
            }
            // Where the horizon of the sea is crossed, refraction sets in with a step.
            let mut refracted = |by: f64| {
                let true_deg = (altitude + by).clamp(-90.0, 90.0);
                session.refraction(observer, LiveAltitudes::True(true_deg)).map(|seen| seen.refraction_deg)
            };
            let is_stepping = match (refracted(-1e-5), refracted(1e-5)) {
                (Ok(below), Ok(above)) => (below - above).abs() > 1e-4,
                // Below the sea the library has no such horizon, and lifts what is under the earth.
                _ => altitude < 1.0,
            };
            if !is_stepping {
                let apparent = number("apparent_altitude")?;
                let lifted = apparent - altitude;
                // The library's correction for thin air turns negative, and so does where its steps can end with a horizon
                // far down; here air does not press anything down.
                let is_thin = atmosphere_hpa < LEAST_HPA;
                let lifted_deg = expected.apparent_altitude_deg - expected.true_altitude_deg;
                let expected_deg = if is_thin { 0.0 } else { lifted_deg.max(0.0) };
                both.compare("refraction", &lifted.into(), Some(expected_deg), APPARENT_DEG, &told)?;
            }
            let beyond_deg = declination_deg.abs() - (mean_obliquity_deg + deps_deg);
            if beyond_deg.abs() > 1e-6 && position["out_of_bounds"] != (beyond_deg > 0.0) {
                return Err(format!("out_of_bounds of {}: {position}, by {beyond_deg}°", told()));
            }
        }
        Ok(())
    });
}

#[test]
fn parts_of_the_zodiac_follow_from_the_longitude() {
    let both = Both::open();
    both.hold(300, &(0_u8..47, jd(), any::<bool>()), |(ayanamsa, jd, is_sidereal)| {
        let zodiac =
            if is_sidereal { format!("&zodiac=sidereal&ayanamsa={ayanamsa}") } else { String::new() };
        let query = format!("jd_tt={jd:?}&precision=full&bodies=all&fields=all{zodiac}");
        let (positions, _) = both.ask(&query)?;
        for position in &positions {
            let number =
                |name: &str| position[name].as_f64().ok_or_else(|| format!("{query}: no {name}: {position}"));
            let longitude = number("longitude")?;
            let within = number("sign_longitude")?;
            let sign = SIGNS[(longitude / 30.0) as usize];
            let is_told = position["sign"] == sign
                && (longitude.rem_euclid(30.0) - within).abs() < 1e-9
                && position["decan"] == (within / 10.0) as u64 + 1
                && position["retrograde"] == (number("longitude_speed")? < 0.0);
            if !is_told {
                return Err(format!("{query}: {position}"));
            }
            if is_sidereal {
                let padas = longitude * 0.3;
                // On the edge of two the last bit decides.
                if (padas - padas.round()).abs() > 1e-9 && position["pada"] != (padas as u64) % 4 + 1 {
                    return Err(format!("{query}: {position}"));
                }
            } else if position.get("nakshatra").is_some() || position.get("pada").is_some() {
                return Err(format!("{query}: a nakshatra of the tropical zodiac: {position}"));
            }
        }
        Ok(())
    });
}

#[test]
fn what_has_no_meaning_is_null_and_what_was_not_asked_is_not_there() {
    let both = Both::open();
    let (positions, _) = both
        .ask("jd=2460000.5&bodies=sun,moon,mean_node,cupido&fields=all&center=topo&lat=50&lon=10")
        .unwrap();
    let nulls = |nth: usize| {
        let members = positions[nth].as_object().unwrap();
        members.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(nulls(0), ["illuminated_fraction", "phase_angle"]);
    assert!(nulls(1).is_empty(), "{:?}", nulls(1));
    assert_eq!(
        nulls(2),
        ["apparent_diameter", "illuminated_fraction", "light_time", "magnitude", "phase_angle"]
    );
    assert_eq!(nulls(3), ["apparent_diameter", "magnitude"]);
    let (positions, _) = both.ask("jd=2460000.5&bodies=mars&fields=magnitude").unwrap();
    let members: Vec<_> = positions[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["body", "magnitude"]);
    // From the Sun light needs time, and nothing is lit from behind.
    let (positions, _) = both.ask("jd=2460000.5&bodies=earth&center=helio&fields=all").unwrap();
    let light_s = positions[0]["light_time"].as_f64().unwrap();
    assert!((480.0..520.0).contains(&light_s), "{positions:?}");
    assert!(positions[0].get("phase_angle").is_none());
}
