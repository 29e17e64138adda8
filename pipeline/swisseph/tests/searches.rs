//! The library's searches: crossings against its own places, what is refused, and that nothing is left behind.

mod support;

use orrery_swisseph::{
    EphemerisDir, LiveBody, LiveCenter, LiveEcliptic, LiveError, LiveFrame, LiveLunarKind,
    LiveOccultationKind, LivePlace, LiveReference, LiveSearch, LiveSite, LiveSolarKind, LiveView, Session,
};
use support::{NINE_FILES, Random, directory_of, ephemeris, on_new_thread};

use LiveSearch::{Backward, Forward};

/// 2024-01-01 04:30.
const JD: f64 = 2_460_310.687_5;
/// The change of files, 1800-01-01.
const CHANGE: f64 = 2_378_496.5;
const ZURICH: LiveSite = LiveSite { latitude_deg: 47.37, longitude_deg: 8.55, altitude_m: 408.0 };
const SOLAR: &[LiveSolarKind] = &LiveSolarKind::ALL;
const LUNAR: &[LiveLunarKind] = &LiveLunarKind::ALL;
const OCCULTATIONS: &[LiveOccultationKind] = &LiveOccultationKind::ALL;
const OF_DATE: LiveEcliptic =
    LiveEcliptic { reference: LiveReference::TrueOfDate, place: LivePlace::Apparent };
/// Degrees by which a crossing may miss its longitude: of the library's 0.001″ its last step leaves nearly nothing.
const CROSSED_DEG: f64 = 1e-8;
/// Longitude and latitude, degrees, and their speeds a day, where a crossing takes them.
fn place(
    session: &mut Session,
    body: LiveBody,
    center: LiveCenter,
    ecliptic: LiveEcliptic,
    jd_tt: f64,
) -> [f64; 4] {
    let frame = LiveFrame { reference: ecliptic.reference, speeds: true, ..LiveFrame::default() };
    let view = LiveView { center, place: ecliptic.place };
    let [longitude, latitude, _, along, across, _] = session.framed(body, view, frame, jd_tt).unwrap();
    [longitude, latitude, along, across]
}

/// What is left of one angle to another, degrees in [−180, 180).
fn left_deg(from: f64, to: f64) -> f64 {
    (to - from + 180.0).rem_euclid(360.0) - 180.0
}

fn some_ecliptic(random: &mut Random) -> LiveEcliptic {
    let references =
        [LiveReference::TrueOfDate, LiveReference::MeanOfDate, LiveReference::J2000, LiveReference::Icrs];
    let places = [LivePlace::Apparent, LivePlace::Astrometric, LivePlace::True];
    LiveEcliptic { reference: references[random.below(4)], place: places[random.below(3)] }
}

#[test]
fn sun_and_moon_are_where_they_were_to_cross_and_were_not_there_before() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let mut random = Random(21);
    for _ in 0..150 {
        let jd = random.between(2_378_000.5, 2_597_000.5);
        let ecliptic = some_ecliptic(&mut random);
        let longitude = random.between(0.0, 360.0);
        let sun = session.sun_crossing_tt(longitude, ecliptic, jd).unwrap();
        let moon = session.moon_crossing_tt(longitude, ecliptic, jd).unwrap();
        for (body, found, turn) in [(LiveBody::Sun, sun, 366.0), (LiveBody::Moon, moon, 28.5)] {
            assert!((jd..jd + turn).contains(&found), "{body:?} {jd} {found}");
            let there = place(&mut session, body, LiveCenter::Geo, ecliptic, found);
            let missed = left_deg(there[0], longitude).abs();
            assert!(missed < CROSSED_DEG, "{body:?} {ecliptic:?} {jd}: {missed}");
            // What is left at the start, the speeds being what they are, is less than a turn.
            let start = place(&mut session, body, LiveCenter::Geo, ecliptic, jd);
            let way = (longitude - start[0]).rem_euclid(360.0);
            let mean = if body == LiveBody::Sun { 0.985_6 } else { 13.176 };
            assert!((way - mean * (found - jd)).abs() < 15.0, "{body:?} {way} {found}");
        }
        let plain = session.plain_sun_crossing_tt(longitude, ecliptic, jd).unwrap();
        assert!((plain - sun).abs() < 1e-6, "{plain} {sun}");
        let plain = session.plain_moon_crossing_tt(longitude, ecliptic, jd).unwrap();
        assert!((plain - moon).abs() < 1e-7, "{plain} {moon}");
    }
}

#[test]
fn the_sun_crosses_when_it_was_published_to() {
    // JPL Horizons, quantity 31 on its ecliptic of date, which lies 0.24″ beside the library's: 6 s of the Sun.
    let mut session = Session::open(&ephemeris()).unwrap();
    for (longitude, published_jd_tt) in [
        (285.0, 2_461_045.850_228_372),
        (315.0, 2_461_075.335_627_717),
        (0.0, 2_461_120.116_062_02),
        (60.0, 2_461_181.526_327_162),
    ] {
        let found = session.sun_crossing_tt(longitude, OF_DATE, published_jd_tt - 20.0).unwrap();
        assert!((found - published_jd_tt).abs() * 86_400.0 < 8.0, "{longitude} {found}");
    }
    // `mooncross` of pyswisseph 2.10.03, from the same files.
    assert!((session.moon_crossing_tt(123.0, OF_DATE, JD).unwrap() - 2_460_335.062_812_53).abs() < 1e-7);
}

#[test]
fn the_moon_has_no_latitude_at_its_node_and_keeps_its_side_before() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let mut random = Random(22);
    for _ in 0..150 {
        let jd = random.between(2_378_000.5, 2_597_000.5);
        let ecliptic = some_ecliptic(&mut random);
        let found = session.moon_node_crossing_tt(ecliptic, jd).unwrap();
        assert!((jd..jd + 15.0).contains(&found.jd_tt), "{jd} {found:?}");
        let there = place(&mut session, LiveBody::Moon, LiveCenter::Geo, ecliptic, found.jd_tt);
        assert!(there[1].abs() < 3e-7 && (there[1] - found.latitude_deg).abs() < 1e-9, "{there:?} {found:?}");
        assert!(left_deg(there[0], found.longitude_deg).abs() < 1e-9, "{there:?} {found:?}");
        let mut at = jd;
        while at < found.jd_tt - 0.01 {
            let before = place(&mut session, LiveBody::Moon, LiveCenter::Geo, ecliptic, at);
            assert!(before[1] * there[3] < 0.0, "{at} {before:?}");
            at += 0.9;
        }
    }
}

#[test]
fn dates_that_no_file_has_are_refused() {
    let nine = directory_of(&NINE_FILES);
    on_new_thread(|| {
        let mut session = Session::open(&EphemerisDir::open(nine.path()).unwrap()).unwrap();
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 1_000_000.5, 5_000_000.5] {
            assert!(session.solar_eclipse(SOLAR, Forward, wrong).is_err());
            assert!(session.plain_solar_eclipse(SOLAR, Backward, wrong).is_err());
            assert!(session.solar_eclipse_place(wrong).is_err());
            assert!(session.solar_eclipse_at(ZURICH, wrong).is_err());
            assert!(session.local_solar_eclipse(ZURICH, Backward, wrong).is_err());
            assert!(session.plain_local_solar_eclipse(ZURICH, Forward, wrong).is_err());
            assert!(session.lunar_eclipse(LUNAR, Forward, wrong).is_err());
            assert!(session.plain_lunar_eclipse(LUNAR, Forward, wrong).is_err());
            assert!(session.lunar_eclipse_at(None, wrong).is_err());
            assert!(session.local_lunar_eclipse(ZURICH, Forward, wrong).is_err());
            assert!(session.occultation(LiveBody::Venus, OCCULTATIONS, Forward, wrong).is_err());
            assert!(session.occultation_place(LiveBody::Venus, wrong).is_err());
            assert!(session.sun_crossing_tt(0.0, OF_DATE, wrong).is_err());
            assert!(session.plain_sun_crossing_tt(0.0, OF_DATE, wrong).is_err());
            assert!(session.moon_crossing_tt(0.0, OF_DATE, wrong).is_err());
            assert!(session.plain_moon_crossing_tt(0.0, OF_DATE, wrong).is_err());
            assert!(session.moon_node_crossing_tt(OF_DATE, wrong).is_err());
        }
    });
}

#[test]
fn longitudes_sites_kinds_and_bodies_that_make_no_sense_are_refused() {
    let mut session = Session::open(&ephemeris()).unwrap();
    for wrong in [f64::NAN, f64::INFINITY, -1e-9, 360.000_001, 1e300] {
        for error in [
            session.sun_crossing_tt(wrong, OF_DATE, JD).unwrap_err(),
            session.moon_crossing_tt(wrong, OF_DATE, JD).unwrap_err(),
        ] {
            assert!(matches!(error, LiveError::OutOfRange { .. }), "{error}");
        }
    }
    for wrong in [f64::NAN, f64::INFINITY, -1e300, 90_000.0] {
        for site in [LiveSite { latitude_deg: wrong, ..ZURICH }, LiveSite { altitude_m: wrong, ..ZURICH }] {
            for error in [
                session.solar_eclipse_at(site, JD).unwrap_err(),
                session.local_solar_eclipse(site, Forward, JD).unwrap_err(),
                session.plain_local_solar_eclipse(site, Forward, JD).unwrap_err(),
                session.lunar_eclipse_at(Some(site), JD).unwrap_err(),
                session.local_lunar_eclipse(site, Forward, JD).unwrap_err(),
            ] {
                assert!(matches!(error, LiveError::BadSite { .. }), "{error}");
            }
        }
    }
    for error in [
        session.solar_eclipse(&[], Forward, JD).unwrap_err(),
        session.lunar_eclipse(&[], Forward, JD).unwrap_err(),
        session.occultation(LiveBody::Mars, &[], Forward, JD).unwrap_err(),
    ] {
        assert_eq!(error, LiveError::NoKind);
    }
    for body in [
        LiveBody::Sun,
        LiveBody::Moon,
        LiveBody::Earth,
        LiveBody::MeanNode,
        LiveBody::Ceres,
        LiveBody::Cupido,
        LiveBody::Asteroid(433),
    ] {
        for error in [
            session.occultation(body, OCCULTATIONS, Forward, JD).unwrap_err(),
            session.occultation_place(body, JD).unwrap_err(),
        ] {
            assert!(matches!(error, LiveError::NotForBody { .. }), "{error}");
        }
    }
    assert!(session.occultation(LiveBody::Asteroid(134_340), OCCULTATIONS, Forward, JD).is_ok());
}

#[test]
fn searches_do_not_leave_the_files() {
    let outside = |error: LiveError| assert!(matches!(error, LiveError::OutsideFiles { .. }), "{error}");
    // Where the files end the library goes on in the Moshier model, for some years more.
    let nine = directory_of(&NINE_FILES);
    on_new_thread(|| {
        let mut session = Session::open(&EphemerisDir::open(nine.path()).unwrap()).unwrap();
        let last = 2_816_787.5;
        let hybrid = [LiveSolarKind::Hybrid];
        assert!(session.solar_eclipse(SOLAR, Backward, last - 400.0).is_ok());
        assert!(session.solar_eclipse(SOLAR, Backward, last - 100.0).is_err());
        outside(session.lunar_eclipse(LUNAR, Forward, last - 20.0).unwrap_err());
        outside(session.plain_lunar_eclipse(LUNAR, Forward, last - 20.0).unwrap_err());
        outside(session.local_solar_eclipse(ZURICH, Forward, last - 20.0).unwrap_err());
        outside(session.sun_crossing_tt(0.0, OF_DATE, last - 1.0).unwrap_err());
        outside(session.plain_sun_crossing_tt(0.0, OF_DATE, last - 1.0).unwrap_err());
        outside(session.moon_node_crossing_tt(OF_DATE, last - 1.0).unwrap_err());
        assert!(session.solar_eclipse(&hybrid, Forward, last - 20.0).is_err());
        assert!(session.occultation(LiveBody::Pluto, OCCULTATIONS, Forward, last - 20.0).is_err());
    });
    // Where a file is missing between others, it does so too, and comes back.
    let gap: Vec<_> = NINE_FILES.into_iter().filter(|name| !name.contains("_18")).collect();
    let gap = directory_of(&gap);
    on_new_thread(|| {
        let mut session = Session::open(&EphemerisDir::open(gap.path()).unwrap()).unwrap();
        outside(session.solar_eclipse(SOLAR, Forward, CHANGE - 20.0).unwrap_err());
        outside(session.lunar_eclipse(LUNAR, Forward, CHANGE - 20.0).unwrap_err());
        let found = session.lunar_eclipse(LUNAR, Backward, CHANGE - 400.0).unwrap();
        assert!(found.maximum_jd_ut < CHANGE - 400.0);
    });
}

/// One of many questions, each of which leaves something in the library; the answer's bits.
fn ask(session: &mut Session, question: u64, jd: f64) -> Vec<u64> {
    let south = LiveSite { latitude_deg: -33.9, longitude_deg: 18.4, altitude_m: 10.0 };
    let geo = LiveCenter::Geo;
    let mean = LiveEcliptic { reference: LiveReference::MeanOfDate, place: LivePlace::True };
    let answer: Vec<f64> = match question {
        0 => session.position(LiveBody::Moon, geo, jd).unwrap().to_vec(),
        1 => session.position(LiveBody::Mars, LiveCenter::Topo(south), jd).unwrap().to_vec(),
        2 => {
            let shadow = session.solar_eclipse(SOLAR, Forward, jd).unwrap().shadow;
            vec![shadow.maximum_jd_ut, shadow.penumbral.unwrap().begin_jd_ut]
        }
        3 => vec![session.solar_eclipse(&[LiveSolarKind::Total], Backward, jd).unwrap().shadow.maximum_jd_ut],
        4 => {
            let found = session.local_solar_eclipse(ZURICH, Forward, jd).unwrap();
            vec![found.first.jd_ut, found.fourth.jd_ut, found.circumstances.covering.obscuration]
        }
        5 => {
            let found = session.local_lunar_eclipse(south, Backward, jd).unwrap();
            vec![found.maximum.jd_ut, found.circumstances.penumbral_magnitude]
        }
        6 => {
            let found = session.lunar_eclipse(LUNAR, Backward, jd).unwrap();
            let now = session.lunar_eclipse_at(Some(ZURICH), found.maximum_jd_ut).unwrap();
            vec![found.maximum_jd_ut, found.penumbral.end_jd_ut, now.penumbral_magnitude]
        }
        7 => {
            let found = session.occultation(LiveBody::Venus, OCCULTATIONS, Forward, jd).unwrap();
            let place = session.occultation_place(LiveBody::Venus, found.shadow.maximum_jd_ut).unwrap();
            vec![found.shadow.maximum_jd_ut, place.unwrap().covering.separation_deg]
        }
        8 => vec![session.sun_crossing_tt(100.0, OF_DATE, jd).unwrap()],
        9 => vec![session.moon_crossing_tt(200.0, mean, jd).unwrap()],
        10 => vec![session.moon_node_crossing_tt(OF_DATE, jd).unwrap().jd_tt],
        11 => {
            let found = session.solar_eclipse(SOLAR, Backward, jd).unwrap().shadow.maximum_jd_ut;
            let place = session.solar_eclipse_place(found).unwrap().unwrap();
            vec![found, place.site.latitude_deg, place.circumstances.magnitude]
        }
        12 => {
            // There is no eclipse, but the shadow is where it is.
            let now = session.lunar_eclipse_at(Some(south), jd).unwrap();
            vec![now.penumbral_magnitude, now.horizontal.unwrap().true_altitude_deg]
        }
        // Plain calls, whose last digits may depend on what others left, leave something themselves.
        13 => {
            session.plain_solar_eclipse(SOLAR, Backward, jd).unwrap();
            session.plain_moon_crossing_tt(17.0, mean, jd).unwrap();
            vec![]
        }
        14 => {
            session.plain_local_solar_eclipse(south, Forward, jd).unwrap();
            vec![]
        }
        _ => {
            session.plain_lunar_eclipse(LUNAR, Forward, jd).unwrap();
            session.plain_sun_crossing_tt(17.0, OF_DATE, jd).unwrap();
            vec![]
        }
    };
    answer.into_iter().map(f64::to_bits).collect()
}

#[test]
fn answers_do_not_depend_on_what_was_asked_before() {
    const QUESTIONS: usize = 16;
    let files = ephemeris();
    let mut random = Random(98);
    // Few dates, and some on both sides of a change of files, of which the older reach beyond it.
    let dates = [JD, JD + 0.5, CHANGE - 6.0, CHANGE + 0.5, CHANGE + 12.0, 2_433_282.5];
    let fresh: Vec<Vec<_>> = dates
        .iter()
        .map(|jd| {
            (0..QUESTIONS)
                .map(|question| ask(&mut Session::open(&files).unwrap(), question as u64, *jd))
                .collect()
        })
        .collect();
    let mut session = Session::open(&files).unwrap();
    for _ in 0..600 {
        let (date, question) = (random.below(dates.len()), random.below(QUESTIONS));
        let found = ask(&mut session, question as u64, dates[date]);
        assert_eq!(found, fresh[date][question], "question {question} at {}", dates[date]);
    }
}
