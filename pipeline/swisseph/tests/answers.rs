//! What a session answers, and what it refuses.

mod support;

use std::path::Path;

use orrery_swisseph::{
    CivilTime, EphemerisDir, EphemerisModel, LiveBody, LiveCalendar, LiveCenter, LiveError, Session,
    SourceBody,
};
use support::{Random, all_pairs, directory_of, ephemeris, ephemeris_path, on_new_thread};

const J2000: f64 = 2_451_545.0;

#[test]
fn every_body_answers_from_every_centre_it_has_a_place_from() {
    let mut session = Session::open(&ephemeris()).unwrap();
    for (body, center) in all_pairs() {
        let place = session.position(body, center, J2000 + 0.3).unwrap();
        assert!(
            (0.0..360.0).contains(&place[0]) && place[1].abs() < 60.0 && place[2] > 0.001,
            "{body:?} {place:?}"
        );
        let (state, model) = session.state(body, center, J2000 + 0.3, false).unwrap();
        assert_eq!(model, EphemerisModel::Swiss);
        assert_eq!([state.longitude_deg, state.latitude_deg, state.distance_au], place);
        assert!(state.longitude_speed.is_finite() && state.latitude_speed.is_finite());
    }
}

#[test]
fn what_has_no_meaning_is_refused_and_not_answered_with_zeros() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let mut refused = 0;
    for body in LiveBody::NAMED {
        for center in support::CENTERS.into_iter().filter(|center| !body.has_place_from(*center)) {
            let error = session.position(body, center, J2000).unwrap_err();
            assert_eq!(error, LiveError::NoMeaning { body, center });
            refused += 1;
        }
    }
    // Six lunar points from two centres, the Sun from itself, the Earth from itself.
    assert_eq!(refused, 14);
    let error = session.position(LiveBody::Sun, LiveCenter::Helio, J2000).unwrap_err();
    assert_eq!(error.to_string(), "sun has no heliocentric place; ask for another centre");
}

#[test]
fn wild_dates_are_refused() {
    let mut session = Session::open(&ephemeris()).unwrap();
    for body in [LiveBody::Mars, LiveBody::MeanNode, LiveBody::InterpolatedPerigee, LiveBody::TrueNode] {
        for jd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = session.state(body, LiveCenter::Geo, jd, true).unwrap_err();
            assert!(matches!(error, LiveError::NotFinite { .. }), "{error}");
        }
        for jd in [1e300, -1e300, 1e9, -1e7, f64::MAX] {
            let error = session.state(body, LiveCenter::Geo, jd, true).unwrap_err();
            assert!(
                matches!(error, LiveError::OutsideFiles { .. } | LiveError::OutsideTheory { .. }),
                "{error}"
            );
        }
    }
    for jd in [f64::NAN, 1e300, -1e300] {
        assert!(session.nutation(jd).is_err());
        assert!(session.delta_t_s(jd).is_err());
        assert!(session.mean_sidereal_time_deg(jd).is_err());
        assert!(session.jd_tt_to_utc(jd, LiveCalendar::Gregorian).is_err());
        assert!(session.jd_ut1_to_utc(jd, LiveCalendar::Julian).is_err());
    }
}

#[test]
fn theories_answer_up_to_both_ends() {
    let mut session = Session::open(&ephemeris()).unwrap();
    for jd in [-3_100_015.0, 8_000_016.0] {
        session.nutation(jd).unwrap();
        assert!(session.delta_t_s(jd).unwrap().is_finite());
        session.mean_sidereal_time_deg(jd).unwrap();
        session.jd_tt_to_utc(jd, LiveCalendar::Gregorian).unwrap();
        session.state(LiveBody::MeanNode, LiveCenter::Geo, jd, false).unwrap();
        session.state(LiveBody::MeanApogee, LiveCenter::Geo, jd, false).unwrap();
    }
    for jd in [625_000.5, 2_818_000.5] {
        session.state(LiveBody::InterpolatedApogee, LiveCenter::Geo, jd, false).unwrap();
        session.state(LiveBody::InterpolatedPerigee, LiveCenter::Geo, jd, false).unwrap();
    }
}

#[test]
fn outside_the_files_the_error_says_where_they_end_and_moshier_answers_only_on_request() {
    let directory = directory_of(&support::NINE_FILES);
    on_new_thread(|| {
        let files = EphemerisDir::open(directory.path()).unwrap();
        let mut session = Session::open(&files).unwrap();
        let (start, end) = files.span();
        for jd in [start - 1.0, end + 1.0, 1_000_000.5] {
            let error = session.position(LiveBody::Mars, LiveCenter::Geo, jd).unwrap_err();
            let LiveError::OutsideFiles { start_jd, end_jd, .. } = error else { panic!("{error}") };
            assert!((start_jd, end_jd) == (start, end), "{start_jd} {end_jd}");
            assert!(error.to_string().contains("--wide"), "{error}");

            let (state, model) = session.state(LiveBody::Mars, LiveCenter::Geo, jd, true).unwrap();
            assert_eq!(model, EphemerisModel::Moshier);
            assert!(state.longitude_speed.abs() < 1.0);
            for (body, center) in [(LiveBody::Ceres, LiveCenter::Geo), (LiveBody::Mars, LiveCenter::Bary)] {
                let error = session.state(body, center, jd, true).unwrap_err();
                assert!(matches!(error, LiveError::OutsideFiles { .. }), "{error}");
            }
        }
        // Where the files reach, permission changes nothing.
        let strict = session.state(LiveBody::Mars, LiveCenter::Geo, J2000, false).unwrap();
        assert_eq!(session.state(LiveBody::Mars, LiveCenter::Geo, J2000, true).unwrap(), strict);
    });
}

#[test]
fn at_both_ends_of_the_files_states_are_whole_or_refused() {
    let directory = directory_of(&support::NINE_FILES);
    on_new_thread(|| {
        let files = EphemerisDir::open(directory.path()).unwrap();
        let mut session = Session::open(&files).unwrap();
        let (start, end) = files.span();
        for (body, center) in all_pairs() {
            let (state, _) = session.state(body, center, end, false).unwrap();
            assert!(state.longitude_speed.is_finite(), "{body:?}");
            let mut answered = 0;
            // Light from Pluto and the Uranians takes half a day.
            for step in 0..48 {
                match session.state(body, center, start + f64::from(step) / 32.0, false) {
                    Ok((state, EphemerisModel::Swiss)) => {
                        let later = session.state(body, center, start + 2.0, false).unwrap().0;
                        assert!(
                            (state.longitude_speed - later.longitude_speed).abs() < 2.0,
                            "{body:?} {state:?}"
                        );
                        answered += 1;
                    }
                    Ok(other) => panic!("{body:?} {other:?}"),
                    Err(LiveError::OutsideFiles { .. }) => {
                        assert_eq!(answered, 0, "{body:?} answers and refuses in turn");
                    }
                    Err(error) => panic!("{body:?} {error}"),
                }
            }
            assert!(answered >= 24, "{body:?} {answered}");
        }
    });
}

#[test]
fn with_the_files_of_1800_alone_the_first_hours_are_refused_and_the_missing_files_named() {
    let directory = directory_of(&["sepl_18.se1", "semo_18.se1", "seas_18.se1"]);
    on_new_thread(|| {
        let files = EphemerisDir::open(directory.path()).unwrap();
        let mut session = Session::open(&files).unwrap();
        let error = session.position(LiveBody::Pluto, LiveCenter::Geo, 2_378_496.55).unwrap_err();
        assert!(matches!(error, LiveError::OutsideFiles { .. }), "{error}");
        assert!(session.position(LiveBody::Pluto, LiveCenter::Geo, 2_378_497.5).is_ok());
        let error = files.require_span(2_378_496.5, 2_500_000.5).unwrap_err();
        let LiveError::MissingFiles { missing, .. } = error else { panic!("{error}") };
        assert_eq!(missing, ["sepl_12.se1", "semo_12.se1", "seas_12.se1"]);
        assert!(files.require_span(2_378_500.5, 2_500_000.5).is_ok());
    });
}

#[test]
fn a_silent_fall_to_the_moshier_model_is_an_error() {
    let directory = directory_of(&["sepl_18.se1", "semo_18.se1", "seas_18.se1"]);
    on_new_thread(|| {
        let mut session = Session::open(&EphemerisDir::open(directory.path()).unwrap()).unwrap();
        // Behind the session's back: the library then answers from its built-in model, with success.
        std::fs::remove_file(directory.path().join("sepl_18.se1")).unwrap();
        let error = session.position(LiveBody::Mars, LiveCenter::Geo, J2000).unwrap_err();
        assert_eq!(error, LiveError::FellToMoshier { body: LiveBody::Mars, jd_tt: J2000 });
    });
}

#[test]
fn an_asteroid_without_a_file_is_a_clear_error() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let error = session.position(LiveBody::Asteroid(433), LiveCenter::Geo, J2000).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("asteroid 433 has no file; put ast0/se00433s.se1 into "), "{text}");
    for number in [0, 99_999, 100_000, u32::MAX] {
        let error = session.position(LiveBody::Asteroid(number), LiveCenter::Geo, J2000).unwrap_err();
        assert!(matches!(error, LiveError::NoAsteroidFile { .. }), "{error}");
    }
    // Those of the catalogue need none.
    let ceres = session.position(LiveBody::Ceres, LiveCenter::Geo, J2000).unwrap();
    assert_eq!(session.position(LiveBody::Asteroid(1), LiveCenter::Geo, J2000).unwrap(), ceres);
}

#[test]
fn the_library_agrees_with_a_plain_call() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // swetest -b1.1.2000 -ut... of version 2.10.03: Mars at J2000 (TT), mean equinox: 327.967 degrees.
    let place = session.position(LiveBody::Mars, LiveCenter::Geo, J2000).unwrap();
    assert!((place[0] - 327.967).abs() < 0.001 && (place[2] - 1.8497).abs() < 0.001, "{place:?}");
    assert_eq!(orrery_swisseph::version(), "2.10.03");
    for body in [LiveBody::MeanNode, LiveBody::InterpolatedApogee] {
        assert!(session.plain_call(body, J2000).is_ok());
        for jd_tt in [1e7, -1e300] {
            let error = session.plain_call(body, jd_tt).unwrap_err();
            assert!(matches!(error, LiveError::OutsideTheory { .. }), "{error}");
        }
    }
}

#[test]
fn speeds_are_derivatives_of_the_answered_place() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let mut random = Random(3);
    for (body, center) in all_pairs() {
        for _ in 0..10 {
            let jd = random.between(2_379_000.0, 2_597_000.0);
            let (state, _) = session.state(body, center, jd, false).unwrap();
            let half = 1.0 / 64.0;
            let before = session.position(body, center, jd - half).unwrap();
            let after = session.position(body, center, jd + half).unwrap();
            let slope = (after[0] - before[0] + 540.0).rem_euclid(360.0) - 180.0;
            let gap = (slope / (2.0 * half) - state.longitude_speed).abs() * 3600.0;
            // The plain quotient itself is good to this much only; a seam or the noise of the perigee may lie within.
            let limit = match body {
                LiveBody::OsculatingApogee => 200.0,
                LiveBody::TrueNode | LiveBody::InterpolatedPerigee => 15.0,
                LiveBody::Moon | LiveBody::InterpolatedApogee => 0.5,
                _ => 0.3,
            };
            assert!(gap < limit, "{body:?} {center:?} {jd}: {gap}\"/day");
        }
    }
}

#[test]
fn a_seam_does_not_enter_a_speed() {
    let files = ephemeris();
    let mut session = Session::open(&files).unwrap();
    let minute = 1.0 / 1440.0;
    // Least of the largest jumps that the source is known to have, and what a plain quotient over four minutes is good
    // to: the Moon's position alone is noisy to 4.7e-4 arcseconds.
    let bodies = [
        (LiveBody::TrueNode, 0.05, 0.1),
        (LiveBody::OsculatingApogee, 0.5, 0.5),
        (LiveBody::Moon, 0.0002, 0.4),
    ];
    for (body, least_jump_arcsec, limit_per_day) in bodies {
        let mut largest_jump: f64 = 0.0;
        for seam in files.seams(SourceBody::Moon, 2_440_000.5, 2_460_000.5).take(200) {
            let mut longitude = |jd: f64| session.position(body, LiveCenter::Geo, jd).unwrap()[0];
            // The Moon's light takes 1.3 s, so that a minute from the seam all is settled.
            let moved = |to: f64, from: f64| ((to - from + 540.0).rem_euclid(360.0) - 180.0) * 3600.0;
            let before = moved(longitude(seam - minute), longitude(seam - 5.0 * minute)) / (4.0 * minute);
            let after = moved(longitude(seam + 5.0 * minute), longitude(seam + minute)) / (4.0 * minute);
            let across = moved(longitude(seam + minute), longitude(seam - minute));
            largest_jump = largest_jump.max((across - f64::midpoint(before, after) * 2.0 * minute).abs());
            for (quotient, side) in [(before, -1.0), (after, 1.0)] {
                let (state, _) =
                    session.state(body, LiveCenter::Geo, seam + side * 3.0 * minute, false).unwrap();
                let gap = (state.longitude_speed * 3600.0 - quotient).abs();
                assert!(gap < limit_per_day, "{body:?} beside {seam}: {gap}\"/day");
            }
        }
        assert!(largest_jump > least_jump_arcsec, "{body:?} {largest_jump}\"");
    }
}

#[test]
fn time_agrees_with_the_library_and_with_known_values() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // Negative from 1871 to 1902; the wrapper crate takes such values for errors.
    let delta_t = session.delta_t_s(2_410_000.5).unwrap();
    assert!(delta_t < 0.0 && delta_t > -10.0, "{delta_t}");
    assert!((session.delta_t_s(J2000).unwrap() - 63.83).abs() < 0.05);
    // 18.697374558 h at J2000 (UT1).
    let sidereal = session.mean_sidereal_time_deg(J2000).unwrap();
    assert!((sidereal - 280.460_618).abs() < 1e-4, "{sidereal}");
    let [dpsi, deps, obliquity] = session.nutation(J2000).unwrap();
    assert!((obliquity - 23.439_279).abs() < 1e-5 && dpsi.abs() < 0.006 && deps.abs() < 0.003);
    assert!((dpsi * 3600.0 + 13.93).abs() < 0.05, "{dpsi}");
}

#[test]
fn delta_t_is_the_same_whatever_files_are_open() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let first = session.delta_t_s(2_300_000.5).unwrap();
    for jd in [2_300_000.5, J2000, 2_700_000.5] {
        session.position(LiveBody::Moon, LiveCenter::Geo, jd).unwrap();
        assert_eq!(session.delta_t_s(2_300_000.5).unwrap(), first);
    }
    session.state(LiveBody::Moon, LiveCenter::Geo, 1_000_000.5, true).unwrap();
    assert_eq!(session.delta_t_s(2_300_000.5).unwrap(), first);
}

#[test]
fn without_nutation_sidereal_time_does_not_depend_on_the_obliquity() {
    // Within and outside 1850 to 2050 the library uses different methods.
    for jd in [1_000_000.5, 2_390_000.5, J2000, 2_600_000.5] {
        let values =
            [20.0, 23.4, 26.0].map(|obliquity| swisseph::swe::sidtime0(jd, obliquity, 0.0).to_bits());
        assert!(values[0] == values[1] && values[1] == values[2], "{jd}");
    }
}

#[test]
fn civil_time_goes_there_and_back_and_refuses_what_does_not_exist() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let time = |year, month, day, hour, minute, second| CivilTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        calendar: LiveCalendar::Gregorian,
    };
    let (jd_tt, jd_ut) = session.utc_to_jd(time(2017, 1, 1, 0, 0, 0.0)).unwrap();
    assert!(((jd_tt - 2_457_754.5) * 86_400.0 - 69.184).abs() < 1e-4);
    assert!((jd_ut - 2_457_754.5).abs() * 86_400.0 < 0.9);
    let back = session.jd_tt_to_utc(jd_tt + 0.25, LiveCalendar::Gregorian).unwrap();
    assert_eq!((back.year, back.month, back.day), (2017, 1, 1));
    assert!(
        (f64::from(back.hour) * 3600.0 + f64::from(back.minute) * 60.0 + back.second - 21_600.0).abs() < 1e-3
    );
    let back = session.jd_ut1_to_utc(jd_ut + 0.25, LiveCalendar::Gregorian).unwrap();
    assert_eq!((back.year, back.month, back.day), (2017, 1, 1));
    assert!(session.utc_to_jd(time(2016, 12, 31, 23, 59, 60.5)).is_ok());
    for wrong in [
        time(2023, 2, 30, 0, 0, 0.0),
        time(2015, 12, 31, 23, 59, 60.5),
        time(i32::MAX, 1, 1, 0, 0, 0.0),
        time(2000, i32::MIN, 1, 0, 0, 0.0),
        time(2000, 1, 1, 24, 0, 0.0),
        time(2000, 1, 1, 0, 0, f64::NAN),
    ] {
        let error = session.utc_to_jd(wrong).unwrap_err();
        assert!(matches!(error, LiveError::InvalidTime { .. }), "{error}");
        assert!(!error.to_string().contains('\0'));
    }
}

#[test]
fn a_thread_has_one_session() {
    let files = ephemeris();
    let first = Session::open(&files).unwrap();
    assert_eq!(Session::open(&files).unwrap_err(), LiveError::SecondSession);
    on_new_thread(|| drop(Session::open(&files).unwrap()));
    drop(first);
    drop(Session::open(&files).unwrap());
}

#[test]
fn a_thread_keeps_its_time_tables() {
    let directory = directory_of(&["sepl_18.se1", "semo_18.se1", "seas_18.se1"]);
    std::fs::write(directory.path().join("swe_deltat.txt"), "2000 99.0\n").unwrap();
    on_new_thread(|| {
        drop(Session::open(&ephemeris()).unwrap());
        let other = EphemerisDir::open(directory.path()).unwrap();
        let error = Session::open(&other).unwrap_err();
        assert!(matches!(error, LiveError::OtherTimeTables { .. }), "{error}");
    });
    let other = EphemerisDir::open(directory.path()).unwrap();
    assert!(on_new_thread(|| Session::open(&other).unwrap().delta_t_s(J2000).unwrap()) > 90.0);
}

#[test]
fn a_directory_without_files_names_them_and_the_remedy() {
    let error = EphemerisDir::open(Path::new("no/such/directory")).unwrap_err();
    assert!(error.to_string().contains("scripts/fetch-data"), "{error}");
    let directory = tempfile::tempdir().unwrap();
    let error = EphemerisDir::open(directory.path()).unwrap_err().to_string();
    for needed in ["sepl_18.se1", "semo_18.se1", "seas_18.se1", "scripts/fetch-data"] {
        assert!(error.contains(needed), "{error}");
    }
    let directory = directory_of(&["sepl_18.se1", "seas_18.se1"]);
    let error = EphemerisDir::open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("missing") && error.contains(": semo_18.se1;"), "{error}");
}

#[test]
fn a_cut_or_foreign_file_is_named() {
    let names = ["sepl_18.se1", "semo_18.se1", "seas_18.se1"];
    let directory = directory_of(&names);
    let path = directory.path().join("semo_18.se1");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let error = EphemerisDir::open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("semo_18.se1") && error.contains("1304770 bytes"), "{error}");
    std::fs::write(&path, std::fs::read(ephemeris_path().join("semo_24.se1")).unwrap()).unwrap();
    let error = EphemerisDir::open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("its header says it is \"semo_24.se1\""), "{error}");
}

#[test]
fn a_path_that_c_would_misread_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["a:b", "a;b", &"x".repeat(250)] {
        let path = directory.path().join(name);
        std::fs::create_dir(&path).unwrap();
        let error = EphemerisDir::open(&path).unwrap_err();
        assert!(matches!(error, LiveError::UnusablePath { .. }), "{error}");
    }
}

#[test]
fn the_listing_holds_what_the_library_may_read() {
    let files = ephemeris();
    let names: Vec<_> = files.files().iter().map(|file| file.name.as_str()).collect();
    for name in ["sepl_18.se1", "semo_18.se1", "seas_18.se1", "seorbel.txt", "sefstars.txt", "seleapsec.txt"]
    {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(files.files().iter().all(|file| file.size_bytes > 0));
}
