//! Progressions beside the sky that they are of, and beside published houses.

use std::fs;

use orrery_almanac::aspect::PTOLEMAIC;
use orrery_almanac::ayanamsa::Ayanamsa;
use orrery_almanac::curve::{Curve, Quantity};
use orrery_almanac::events::Finder;
use orrery_almanac::houses::mc_deg;
use orrery_almanac::motion::{Paced, Tables};
use orrery_almanac::progressions::{AngleMethod, ArcKey, Kind, Meridian, Progression, Year, directions};
use orrery_almanac::transits::{Contact, transits};
use orrery_almanac::{WireBody, frames};
use orrery_format::{Body, Center, Dataset, TtDay, UtDay};
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};
use serde_json::Value;

use crate::{POINTS_DEG, SECOND, all, apart_deg, finder, of, targets, tt};

const BIRTH: TtDay = TtDay(2_451_545.250_739);

fn progressed<'t>(tables: &'t Tables<'_>, progression: &Progression) -> (Paced<'t, Tables<'t>>, (f64, f64)) {
    let span = tables::span_tt();
    progression.sky(tables, (span.start, span.end)).unwrap()
}

fn every() -> impl Iterator<Item = Progression> {
    Kind::ALL.into_iter().flat_map(|kind| {
        [false, true].map(|converse| Progression::new(BIRTH, kind, Year::Tropical, converse))
    })
}

#[test]
fn a_progressed_sky_is_the_sky_of_the_progressed_instant() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let frame: Ayanamsa = "j2000".parse().unwrap();
    let lahiri: Ayanamsa = "lahiri".parse().unwrap();
    let mut random = Random(3);
    for progression in every() {
        let (sky, _) = progressed(&tables, &progression);
        for quantity in [
            Quantity::Longitude(WireBody::MOON),
            Quantity::Longitude(of(Body::Mercury)),
            Quantity::Sidereal(WireBody::MOON, lahiri),
            Quantity::Sidereal(WireBody::MOON, frame),
            Quantity::Ahead(WireBody::MOON, WireBody::SUN),
            Quantity::Latitude(WireBody::MOON),
            Quantity::MoonDistance,
            Quantity::SineOfDeclination(of(Body::Venus)),
        ] {
            for _ in 0..200 {
                let life = TtDay(BIRTH.jd() + random.between(-30_000.0, 30_000.0));
                let there = progression.progressed(life);
                let [ours, theirs] = [
                    Curve::of(quantity).value(&sky, life.jd()).unwrap(),
                    Curve::of(quantity).value(&tables, there.jd()).unwrap(),
                ];
                // A double of a Julian day is worth 40 µs, of the Moon 2e-8°.
                let off = if Curve::of(quantity).period().is_some() {
                    apart_deg(ours, theirs)
                } else {
                    ours - theirs
                };
                assert!(off.abs() < 1e-8, "{quantity:?} at {life:?}: {off}");
                let rate = Curve::rate(quantity).value(&sky, life.jd()).unwrap();
                let there_rate = Curve::rate(quantity).value(&tables, there.jd()).unwrap();
                let days = progression.progressed_days(TtDay(BIRTH.jd() + 1.0));
                assert!((rate - there_rate * days).abs() < 1e-7, "{quantity:?} at {life:?}");
            }
        }
    }
}

#[test]
fn what_happens_in_a_progressed_sky_happens_in_the_sky() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let targets = targets(Some(1.0));
    let bodies = [Body::Sun, Body::Moon, Body::Mercury, Body::Mars].map(of);
    for progression in every() {
        let (sky, known) = progressed(&tables, &progression);
        let (birth, death) = (BIRTH.jd(), BIRTH.jd() + 36_525.0);
        let life = Finder::new(&sky, known, (birth, death), None);
        let ends = [birth, death].map(|jd| progression.progressed(TtDay(jd)).jd());
        let is_converse = ends[1] < ends[0];
        let real = finder(&tables, None).between(ends[0].min(ends[1]), ends[0].max(ends[1]));
        // A double of the progressed Julian day is so much of life.
        let within = 2e-9 / (ends[1] - ends[0]).abs() * 36_525.0 + 1e-8;
        let in_order = |mut times: Vec<f64>| {
            if is_converse {
                times.reverse();
            }
            times
        };
        let mut count = 0;
        for body in bodies {
            let ours: Vec<f64> = all(life.ingresses(body)).iter().map(|event| event.jd_tt).collect();
            let theirs = all(real.ingresses(body))
                .iter()
                .map(|event| progression.life(TtDay(event.jd_tt)).jd())
                .collect();
            let theirs = in_order(theirs);
            assert_eq!(ours.len(), theirs.len(), "{body}");
            assert!(
                ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < within),
                "{body} {ours:?} {theirs:?}"
            );
            let ours: Vec<f64> = all(life.stations(body)).iter().map(|event| event.jd_tt).collect();
            let theirs = all(real.stations(body))
                .iter()
                .map(|event| progression.life(TtDay(event.jd_tt)).jd())
                .collect();
            let theirs = in_order(theirs);
            assert_eq!(ours.len(), theirs.len(), "stations of {body}");
            assert!(
                ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 100.0 * within.max(1e-4)),
                "{body}"
            );
            let ours = all(transits(&life, &[body], &targets));
            let mut theirs = all(transits(&real, &[body], &targets));
            if is_converse {
                // What is met at one instant, such as two targets where it turns, stays in its order.
                theirs.sort_by(|a, b| b.jd_tt.total_cmp(&a.jd_tt));
            }
            assert_eq!(ours.len(), theirs.len(), "{body}");
            for (a, b) in ours.iter().zip(&theirs) {
                assert_eq!(a.target, b.target, "{a:?} {b:?}");
                let there = progression.life(TtDay(b.jd_tt)).jd();
                let is_station = !matches!(a.contact, Contact::Exact { .. });
                assert!(is_station || (a.jd_tt - there).abs() < within, "{a:?} {b:?}");
                let (Some([since, until]), Some(mut edges)) = (a.within, b.within) else { panic!("{a:?}") };
                if is_converse {
                    edges.reverse();
                }
                for (ours, theirs) in [since, until].into_iter().zip(edges) {
                    let theirs = theirs.map(|jd| progression.life(TtDay(jd)).jd());
                    assert_eq!(ours.is_some(), theirs.is_some());
                    assert!(ours.zip(theirs).is_none_or(|(a, b)| (a - b).abs() < within), "{a:?} {b:?}");
                }
                if let (
                    Contact::Exact { pass: ours, passes: all_ours, .. },
                    Contact::Exact { pass, passes, .. },
                ) = (a.contact, b.contact)
                {
                    let wanted = if is_converse { passes + 1 - pass } else { pass };
                    assert_eq!((ours, all_ours), (wanted, passes), "{a:?} {b:?}");
                }
                count += 1;
            }
        }
        println!("{progression:?}: {count} transits");
        assert!(count > 20);
    }
}

#[test]
fn directed_points_are_there_when_the_progressed_sun_has_gone_so_far() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let progression = Progression::new(BIRTH, Kind::Secondary, Year::Tropical, false);
    let (sky, known) = progressed(&tables, &progression);
    let sun = Curve::of(Quantity::Longitude(WireBody::SUN));
    let natal_sun_deg = sun.value(&tables, BIRTH.jd()).unwrap();
    let directions = directions(&POINTS_DEG, natal_sun_deg, &PTOLEMAIC, |a, b| a == b, |_, _, _| Some(1.0));
    let targets: Vec<_> = directions.iter().map(|direction| direction.target).collect();
    let life = Finder::new(&sky, known, (BIRTH.jd() + 1.0, BIRTH.jd() + 36_525.0), None);
    let found = all(transits(&life, &[WireBody::SUN], &targets));
    // 800 and more pairs, of which an arc of a hundred degrees meets a quarter and more.
    assert!(found.len() > 150, "{}", found.len());
    for transit in found {
        let direction = directions[transit.target];
        let sun_deg = sun.value(&tables, progression.progressed(TtDay(transit.jd_tt)).jd()).unwrap();
        let years = progression.years(TtDay(transit.jd_tt));
        let arc_deg = ArcKey::SolarArc.arc_deg(natal_sun_deg, sun_deg, years);
        assert!((0.0..103.0).contains(&arc_deg) && (arc_deg - years).abs() < 3.0, "{arc_deg} in {years}");
        let directed = POINTS_DEG[direction.directed] + arc_deg;
        let angle = apart_deg(directed, POINTS_DEG[direction.target.point]).abs();
        assert!((angle - direction.target.aspect.angle_deg()).abs() < 1e-7, "{direction:?}: {angle}");
        // A degree is a year, nearly.
        let Some([Some(since), Some(until)]) = transit.within else { continue };
        assert!((1.9..2.1).contains(&((until - since) / 365.25)), "{transit:?}");
    }
}

/// What rises, degrees (Meeus, Astronomical Algorithms, 14; the formula of every text on houses).
fn ascendant_deg(armc_deg: f64, obliquity_deg: f64, lat_deg: f64) -> f64 {
    let [armc, tilt, lat] = [armc_deg, obliquity_deg, lat_deg].map(f64::to_radians);
    let rises = armc.cos().atan2(-(armc.sin() * tilt.cos() + lat.tan() * tilt.sin()));
    frames::wrap_deg(rises.to_degrees())
}

fn meridian(dataset: &Dataset, sidereal_deg: f64, tt: TtDay, lon_deg: f64) -> Meridian {
    let nutation = dataset.nutation(tt).unwrap().value;
    Meridian {
        armc_deg: frames::wrap_deg(sidereal_deg + lon_deg),
        obliquity_deg: nutation.true_obliquity_deg(),
        sun_deg: dataset.true_state(Body::Sun, Center::Geo, tt).unwrap().value.longitude_deg,
    }
}

/// Degrees of a longitude written as `Virgo 27 46 45`.
fn written_deg(text: &str) -> f64 {
    const SIGNS: [&str; 12] = [
        "Aries",
        "Taurus",
        "Gemini",
        "Cancer",
        "Leo",
        "Virgo",
        "Libra",
        "Scorpio",
        "Sagittarius",
        "Capricorn",
        "Aquarius",
        "Pisces",
    ];
    let mut words = text.split(' ');
    let sign = words.next().and_then(|name| SIGNS.iter().position(|sign| *sign == name)).unwrap();
    let parts = words.map(|word| word.parse::<f64>().unwrap());
    parts.zip([1.0, 60.0, 3_600.0]).fold(sign as f64 * 30.0, |sum, (part, unit)| sum + part / unit)
}

#[test]
fn astro_coms_progressed_houses() {
    let folder = std::env::var_os("ORRERY_GROUND_TRUTH")
        .map_or_else(|| workspace::root().join("../shared/ground-truth"), std::path::PathBuf::from);
    let path = folder.join("immanuel_astrocom_2000.json");
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no published values at {}", path.display());
        return;
    };
    let published: Value = serde_json::from_str(&text).unwrap();
    let (lat_deg, lon_deg) = (32.0 + 43.0 / 60.0, -(117.0 + 9.0 / 60.0));
    let dataset = tables::shared();
    let mut session = workspace::session();
    // 2000-01-01 18:00 UTC, progressed to the beginning of 2025-06-21.
    let (birth_ut, life_ut) = (2_451_545.25, 2_460_847.5);
    let birth = tt(&dataset, birth_ut);
    let progression = Progression::new(birth, Kind::Secondary, Year::Tropical, false);
    let life = tt(&dataset, life_ut);
    let there = progression.progressed(life);
    let there_ut = there.jd() - dataset.delta_t_s(UtDay(there.jd())).unwrap() * SECOND;
    let mut at = |ut, tt| {
        let sidereal_deg = session.apparent_sidereal_time_deg(ut).unwrap();
        meridian(&dataset, sidereal_deg, tt, lon_deg)
    };
    let (natal, progressed) = (at(birth_ut, birth), at(there_ut, there));
    for (method, name) in [
        (AngleMethod::TrueQuotidian, "daily_houses"),
        (AngleMethod::Naibod, "naibod"),
        (AngleMethod::SolarArc, "solar_arc"),
    ] {
        let cusps = &published["progressed_to_2025-06-21_utc_house_cusps"][name];
        let cusp = |nth: usize| written_deg(cusps[nth].as_str().unwrap());
        let armc_deg = method.armc_deg(&natal, &progressed, progression.progressed_days(life));
        let ascendant = ascendant_deg(armc_deg, progressed.obliquity_deg, lat_deg);
        let mc = mc_deg(armc_deg, progressed.obliquity_deg);
        let off = [(ascendant, cusp(0)), (mc, cusp(3) + 180.0)].map(|(a, b)| apart_deg(a, b) * 3_600.0);
        println!("{method}: ascendant {:.2}″, midheaven {:.2}″", off[0], off[1]);
        assert!(off.iter().all(|off| off.abs() < 1.0), "{method}: {off:?}");
    }
    // The others are no further from their kin than the Sun's arc differs in longitude and right ascension, and than nutation
    // and the Earth's own course make of it.
    let days = progression.progressed_days(life);
    let armc = |method: AngleMethod| method.armc_deg(&natal, &progressed, days);
    let right_ascension = apart_deg(armc(AngleMethod::SolarArcRightAscension), armc(AngleMethod::Naibod));
    assert!((1.0..5.0).contains(&right_ascension.abs()), "{right_ascension}");
    let mean = apart_deg(armc(AngleMethod::MeanQuotidian), armc(AngleMethod::TrueQuotidian));
    assert!(mean.abs() * 3_600.0 < 2.0, "{mean}");
}
