//! Places from a site and places with less of light than the apparent: against plain calls of C, and whatever was asked
//! before.

mod support;

use libswisseph_sys as sys;
use orrery_swisseph::{
    EphemerisModel, LiveBody, LiveCenter, LiveError, LivePlace, LiveSite, LiveView, Session, SourceBody,
};
use support::{Random, bits, ephemeris, ephemeris_path, fresh_answer, on_new_thread};

const J2000: f64 = 2_451_545.0;
const PLACES: [LivePlace; 3] = [LivePlace::Apparent, LivePlace::Astrometric, LivePlace::True];

fn site(latitude_deg: f64, longitude_deg: f64, altitude_m: f64) -> LiveSite {
    LiveSite { latitude_deg, longitude_deg, altitude_m }
}

fn some_site(random: &mut Random) -> LiveSite {
    site(random.between(-90.0, 90.0), random.between(-180.0, 180.0), random.between(-400.0, 8_000.0))
}

/// Every body from every centre from which it has a place, the site among them, in every kind of place.
fn all_views(site: LiveSite) -> Vec<(LiveBody, LiveView)> {
    let centers = [LiveCenter::Geo, LiveCenter::Helio, LiveCenter::Bary, LiveCenter::Topo(site)];
    let mut views = Vec::new();
    for body in LiveBody::NAMED {
        for center in centers.into_iter().filter(|center| body.has_place_from(*center)) {
            views.extend(PLACES.map(|place| (body, LiveView { center, place })));
        }
    }
    views
}

fn is_lunar_point(body: LiveBody) -> bool {
    !body.has_place_from(LiveCenter::Bary)
}

/// Arcseconds between two longitudes, the short way.
fn apart(to_deg: f64, from_deg: f64) -> f64 {
    ((to_deg - from_deg + 540.0).rem_euclid(360.0) - 180.0) * 3600.0
}

/// What plain calls of the wrapper crate answer, on a thread of their own.
fn plain_places(queries: &[(LiveBody, LiveView, f64)]) -> Vec<[f64; 3]> {
    on_new_thread(|| {
        swisseph::swe::set_ephe_path(ephemeris_path().to_str().unwrap());
        let places = queries.iter().map(|(body, view, jd)| {
            let center = match view.center {
                LiveCenter::Geo => 0,
                LiveCenter::Helio => sys::SEFLG_HELCTR,
                LiveCenter::Bary => sys::SEFLG_BARYCTR,
                LiveCenter::Topo(_) => panic!("the wrapper crate sets no site"),
            };
            let place = match view.place {
                LivePlace::Apparent => 0,
                LivePlace::Astrometric => sys::SEFLG_NOABERR | sys::SEFLG_NOGDEFL,
                LivePlace::True => sys::SEFLG_TRUEPOS,
            };
            let flags = sys::SEFLG_SWIEPH | sys::SEFLG_NONUT | center | place;
            let [longitude, latitude, distance, ..] =
                swisseph::swe::calc(*jd, body.number(), flags as i32).unwrap().out;
            [longitude, latitude, distance]
        });
        let places = places.collect();
        swisseph::swe::close();
        places
    })
}

#[test]
fn places_of_every_kind_are_those_of_a_plain_call() {
    let mut random = Random(31);
    let queries: Vec<_> = all_views(site(0.0, 0.0, 0.0))
        .into_iter()
        .filter(|(_, view)| !matches!(view.center, LiveCenter::Topo(_)))
        .map(|(body, view)| (body, view, random.between(2_400_000.0, 2_500_000.0)))
        .collect();
    let plain = plain_places(&queries);
    let mut session = Session::open(&ephemeris()).unwrap();
    for ((body, view, jd), plain) in queries.into_iter().zip(plain) {
        let found = session.position(body, view, jd).unwrap();
        let gap = [apart(found[0], plain[0]), (found[1] - plain[1]) * 3600.0, (found[2] - plain[2]) * 1e3];
        assert!(gap.iter().all(|gap| gap.abs() < 1e-7), "{body:?} {view:?} {jd}: {gap:?}");
    }
}

const ZURICH: LiveSite = LiveSite { latitude_deg: 47.37, longitude_deg: 8.55, altitude_m: 408.0 };
const QUITO: LiveSite = LiveSite { latitude_deg: -0.22, longitude_deg: -78.52, altitude_m: 2850.0 };

/// Printed by pyswisseph 2.10.03 from the same files: `swe.set_topo(longitude, latitude, altitude)` and
/// `swe.calc(jd, body, FLG_SWIEPH | FLG_NONUT | FLG_TOPOCTR | place)`, where the place is 0, `FLG_NOABERR | FLG_NOGDEFL`,
/// or `FLG_TRUEPOS`.
#[rustfmt::skip]
#[allow(clippy::unreadable_literal, clippy::excessive_precision, reason = "as they were printed")]
const FROM_SITES: [(LiveBody, LiveSite, LivePlace, f64, [f64; 3]); 30] = [
    (LiveBody::Moon, ZURICH, LivePlace::Apparent, 2460310.6875, [158.25783558674883, 2.8728784197803927, 0.002672041953646943]),
    (LiveBody::Moon, ZURICH, LivePlace::Astrometric, 2390000.28125, [354.0548822259698, -3.433169160137144, 0.0025800243169690736]),
    (LiveBody::Moon, ZURICH, LivePlace::True, 2451545.0, [222.98443821448294, 4.334245654190145, 0.002685017915424394]),
    (LiveBody::Sun, ZURICH, LivePlace::Apparent, 2451545.0, [280.371695507749, -0.00208411437955462, 0.9833134478585234]),
    (LiveBody::Sun, ZURICH, LivePlace::Astrometric, 2460310.6875, [280.23802191586367, -0.0014663033311894235, 0.9833353944785127]),
    (LiveBody::Sun, ZURICH, LivePlace::True, 2390000.28125, [99.10749550048214, -0.001913648486329622, 1.0167564293976532]),
    (LiveBody::Pluto, ZURICH, LivePlace::Apparent, 2451545.0, [251.45864633090687, 10.855163227521622, 31.064352090535866]),
    (LiveBody::Pluto, ZURICH, LivePlace::Astrometric, 2460310.6875, [299.37043763814745, -2.7674787958386564, 35.849281728786416]),
    (LiveBody::Pluto, ZURICH, LivePlace::True, 2390000.28125, [10.669454523022727, -16.958584093853055, 46.955497273518105]),
    (LiveBody::Ceres, ZURICH, LivePlace::Apparent, 2390000.28125, [317.88341243402175, -10.528462803985217, 2.113730121101727]),
    (LiveBody::Ceres, ZURICH, LivePlace::Astrometric, 2451545.0, [184.45577037273196, 11.83769953657645, 2.256826979813737]),
    (LiveBody::Ceres, ZURICH, LivePlace::True, 2460310.6875, [255.52959171458053, 1.9192061104869846, 3.622267884858879]),
    (LiveBody::Cupido, ZURICH, LivePlace::Apparent, 2460310.6875, [276.633842854727, 0.59146358633079, 41.81064094064222]),
    (LiveBody::Cupido, ZURICH, LivePlace::Astrometric, 2390000.28125, [12.025457014771082, -0.9559128929606047, 40.97318154389565]),
    (LiveBody::Cupido, ZURICH, LivePlace::True, 2451545.0, [243.9058411054815, 0.9745390701441424, 41.688672362921395]),
    (LiveBody::Moon, QUITO, LivePlace::Apparent, 2460310.6875, [158.9834626170693, 3.808626992907541, 0.0026931221181435835]),
    (LiveBody::Moon, QUITO, LivePlace::Astrometric, 2390000.28125, [353.3055545050998, -2.3500203871418632, 0.0025783841901122497]),
    (LiveBody::Moon, QUITO, LivePlace::True, 2451545.0, [223.6798180359744, 5.114676986491448, 0.0026510641552960883]),
    (LiveBody::Sun, QUITO, LivePlace::Apparent, 2451545.0, [280.37447833274064, -9.613136086689618e-05, 0.983320491711664]),
    (LiveBody::Sun, QUITO, LivePlace::Astrometric, 2460310.6875, [280.236068271449, 0.0011539587517540092, 0.9833545839245365]),
    (LiveBody::Sun, QUITO, LivePlace::True, 2390000.28125, [99.10795586650254, 0.0008351229992846747, 1.016723737415065]),
    (LiveBody::Pluto, QUITO, LivePlace::Apparent, 2451545.0, [251.4587392547112, 10.855251450485026, 31.064341430114553]),
    (LiveBody::Pluto, QUITO, LivePlace::Astrometric, 2460310.6875, [299.3703768865655, -2.7674064550453346, 35.84928668872758]),
    (LiveBody::Pluto, QUITO, LivePlace::True, 2390000.28125, [10.669413118394521, -16.958530385367013, 46.955474382316105]),
    (LiveBody::Ceres, QUITO, LivePlace::Apparent, 2390000.28125, [317.8826051763662, -10.527079269949795, 2.1137412373825737]),
    (LiveBody::Ceres, QUITO, LivePlace::Astrometric, 2451545.0, [184.45582248025218, 11.838784813319464, 2.25678595132804]),
    (LiveBody::Ceres, QUITO, LivePlace::True, 2460310.6875, [255.52923658350346, 1.9199003735615705, 3.6223008213533845]),
    (LiveBody::Cupido, QUITO, LivePlace::Apparent, 2460310.6875, [276.63372091341256, 0.5915010402926673, 41.810662659319455]),
    (LiveBody::Cupido, QUITO, LivePlace::Astrometric, 2390000.28125, [12.025411934543133, -0.955844921035888, 40.97317090864599]),
    (LiveBody::Cupido, QUITO, LivePlace::True, 2451545.0, [243.90590042469628, 0.9745855379056442, 41.68864979375216]),
];

#[test]
fn places_from_a_site_are_those_of_a_plain_call() {
    let mut session = Session::open(&ephemeris()).unwrap();
    for (body, site, place, jd, plain) in FROM_SITES {
        let view = LiveView { center: LiveCenter::Topo(site), place };
        let found = session.position(body, view, jd).unwrap();
        // The Moon's astrometric and apparent places are noisy by the rounding of the date less light time.
        let limit_arcsec = if body == LiveBody::Moon && place != LivePlace::True { 1e-3 } else { 1e-5 };
        let gap = apart(found[0], plain[0]).abs().max((found[1] - plain[1]).abs() * 3600.0);
        assert!(gap < limit_arcsec, "{body:?} {view:?} {jd}: {gap}\"");
        assert!((found[2] / plain[2] - 1.0).abs() < 1e-11, "{body:?} {view:?} {jd}: {found:?}");
    }
}

#[test]
fn nodes_and_apsides_are_the_same_from_a_site() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let mut random = Random(5);
    for body in LiveBody::NAMED.into_iter().filter(|body| is_lunar_point(*body)) {
        for place in PLACES {
            let jd = random.between(2_400_000.0, 2_500_000.0);
            let from = LiveCenter::Topo(some_site(&mut random));
            let seen = session.state(body, LiveView { center: from, place }, jd, false).unwrap();
            let wanted = session.state(body, LiveView { center: LiveCenter::Geo, place }, jd, false).unwrap();
            assert_eq!(seen, wanted, "{body:?} {place:?}");
        }
    }
}

#[test]
fn kinds_of_place_differ_by_what_light_does() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let mut longitude = |body, view| session.position(body, view, J2000).unwrap()[0];
    for center in [LiveCenter::Geo, LiveCenter::Topo(ZURICH)] {
        let apparent = longitude(LiveBody::Jupiter, LiveView::apparent(center));
        let astrometric = longitude(LiveBody::Jupiter, LiveView::astrometric(center));
        let geometric = longitude(LiveBody::Jupiter, LiveView::geometric(center));
        // Aberration reaches 20.5″; Jupiter moves some 4″ to 12″ while its light is on the way.
        let aberration = apart(apparent, astrometric).abs();
        let light_time = apart(astrometric, geometric).abs();
        assert!((1.0..20.6).contains(&aberration), "{aberration}");
        assert!((3.0..15.0).contains(&light_time), "{light_time}");
    }
    // From the Sun there is no aberration in the library.
    let helio = LiveCenter::Helio;
    let apparent = longitude(LiveBody::Jupiter, LiveView::apparent(helio));
    assert_eq!(apparent.to_bits(), longitude(LiveBody::Jupiter, LiveView::astrometric(helio)).to_bits());
}

#[test]
fn sites_that_are_none_are_refused() {
    let mut session = Session::open(&ephemeris()).unwrap();
    for wrong in [
        site(90.1, 0.0, 0.0),
        site(-91.0, 0.0, 0.0),
        site(f64::NAN, 0.0, 0.0),
        site(0.0, 361.0, 0.0),
        site(0.0, f64::INFINITY, 0.0),
        site(0.0, 0.0, 1e7),
        site(0.0, 0.0, f64::NAN),
    ] {
        for body in [LiveBody::Moon, LiveBody::MeanNode] {
            let error = session.state(body, LiveCenter::Topo(wrong), J2000, true).unwrap_err();
            assert!(matches!(error, LiveError::BadSite { .. }), "{error}");
        }
    }
    let error = session.position(LiveBody::Moon, LiveCenter::Topo(site(90.1, 0.0, 0.0)), J2000).unwrap_err();
    assert!(error.to_string().contains("latitude 90.1"), "{error}");
    let earth = session.position(LiveBody::Earth, LiveCenter::Topo(ZURICH), J2000).unwrap_err();
    assert_eq!(earth.to_string(), "earth has no topocentric place; ask for another centre");
}

#[test]
fn any_order_of_sites_and_places_answers_as_a_fresh_session_does() {
    let files = ephemeris();
    let mut random = Random(1801);
    let sites: Vec<_> = (0..4).map(|_| some_site(&mut random)).collect();
    // Few dates, so that most queries meet what others saved for the same instant; two beside changes of files.
    let dates = [2_451_545.0, 2_451_545.25, 2_378_496.5, 2_378_497.0, 2_597_641.25, 2_433_282.5];
    let mut queries = Vec::new();
    for site in &sites {
        for (body, view) in all_views(*site) {
            let jd = dates[random.below(dates.len())];
            queries.push((body, view, jd));
        }
    }
    random.shuffle(&mut queries);
    let fresh: Vec<_> =
        queries.iter().map(|(body, view, jd)| fresh_answer(&files, *body, *view, *jd)).collect();
    assert!(fresh.iter().all(Result::is_ok), "{:?}", fresh.iter().find(|answer| answer.is_err()));
    let mut session = Session::open(&files).unwrap();
    for ((body, view, jd), fresh) in queries.iter().zip(&fresh) {
        let found = session.position(*body, *view, *jd);
        assert_eq!(bits(&found), bits(fresh), "{} {view:?} at {jd}", body.name());
    }
}

#[test]
fn a_site_is_known_after_the_library_was_closed_and_after_moshier() {
    let files = ephemeris();
    let here = LiveCenter::Topo(ZURICH);
    let wanted = bits(&fresh_answer(&files, LiveBody::Moon, here, J2000));
    let seam = files.seams(SourceBody::Moon, J2000, J2000 + 60.0).next().unwrap();
    let mut session = Session::open(&files).unwrap();
    for _ in 0..2 {
        assert_eq!(bits(&session.position(LiveBody::Moon, here, J2000)), wanted);
        // On a seam, in another block, and for Moshier the library is closed, which makes it forget the site.
        session.position(LiveBody::Moon, LiveCenter::Geo, seam).unwrap();
        assert_eq!(bits(&session.position(LiveBody::Moon, here, J2000)), wanted);
        session.position(LiveBody::Moon, LiveCenter::Topo(QUITO), 2_300_000.5).unwrap();
        assert_eq!(bits(&session.position(LiveBody::Moon, here, J2000)), wanted);
        let (_, model) = session.state(LiveBody::Moon, here, 1_000_000.5, true).unwrap();
        assert_eq!(model, EphemerisModel::Moshier);
        assert_eq!(bits(&session.position(LiveBody::Moon, here, J2000)), wanted);
    }
    drop(session);
    let mut session = Session::open(&files).unwrap();
    assert_eq!(bits(&session.position(LiveBody::Moon, here, J2000)), wanted);
}

#[test]
fn a_place_on_a_seam_answers_the_same_from_either_side() {
    let files = ephemeris();
    let mut session = Session::open(&files).unwrap();
    for place in PLACES {
        let view = LiveView { center: LiveCenter::Topo(QUITO), place };
        for (source, body) in [(SourceBody::Moon, LiveBody::Moon), (SourceBody::Jupiter, LiveBody::Jupiter)] {
            for seam in files.seams(source, 2_451_545.0, 2_461_545.0).take(10) {
                let distance = session.position(body, view, seam).unwrap()[2];
                let seen = seam + distance * 0.005_775_518_331_4;
                for jd in [seam, seam.next_down(), seam.next_up(), seen, seen.next_down(), seen.next_up()] {
                    let fresh = bits(&fresh_beside(&mut session, body, view, jd, 200_000.5));
                    for before in [-0.1, 0.1] {
                        let found = bits(&fresh_beside(&mut session, body, view, jd, before));
                        assert_eq!(found, fresh, "{} {view:?} at {jd} after {before}", body.name());
                    }
                }
            }
        }
    }
}

/// A place asked right after the same `before` days off.
fn fresh_beside(
    session: &mut Session,
    body: LiveBody,
    view: LiveView,
    jd: f64,
    before: f64,
) -> Result<[f64; 3], LiveError> {
    session.position(body, view, jd - before)?;
    session.position(body, view, jd)
}

#[test]
fn moshier_turns_the_earth_as_the_session_s_delta_t_does() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // A date beyond the files, where ΔT with the tidal acceleration of DE404 differs by minutes.
    let jd_tt = 1_000_000.5;
    let jd_ut = jd_tt - session.delta_t_s(jd_tt).unwrap() / 86_400.0;
    let sidereal = session.mean_sidereal_time_deg(jd_ut).unwrap();
    let obliquity = session.nutation(jd_tt).unwrap()[2].to_radians();
    let mut moon = |center| {
        let (state, model) = session.state(LiveBody::Moon, center, jd_tt, true).unwrap();
        assert_eq!(model, EphemerisModel::Moshier);
        state
    };
    let geo = moon(LiveCenter::Geo);
    let [longitude, latitude] = [geo.longitude_deg, geo.latitude_deg].map(f64::to_radians);
    let sine = latitude.sin() * obliquity.cos() + latitude.cos() * obliquity.sin() * longitude.sin();
    let east = latitude.cos() * longitude.sin() * obliquity.cos() - latitude.sin() * obliquity.sin();
    let ascension = east.atan2(latitude.cos() * longitude.cos()).to_degrees();
    let declination = sine.asin().to_degrees();
    // The Moon is in the zenith of this site: it stands nearly where the Earth's centre sees it, one radius nearer.
    let zenith = site(declination, (ascension - sidereal + 540.0).rem_euclid(360.0) - 180.0, 0.0);
    let seen = moon(LiveCenter::Topo(zenith));
    let gap = apart(seen.longitude_deg, geo.longitude_deg).abs();
    // With the other ΔT, which is 309 s less, the Earth would be turned by 77′ and the parallax would be 77″.
    assert!(gap < 20.0, "{gap}\"");
    assert!(((geo.distance_au - seen.distance_au) * 149_597_870.7 - 6_370.0).abs() < 30.0);
}

#[test]
fn speeds_from_a_site_follow_the_earth_s_rotation() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let mut random = Random(11);
    for body in [LiveBody::Moon, LiveBody::Sun, LiveBody::Venus, LiveBody::Mars, LiveBody::Vesta] {
        for place in PLACES {
            for _ in 0..10 {
                let view = LiveView { center: LiveCenter::Topo(some_site(&mut random)), place };
                let jd = random.between(2_415_020.0, 2_488_070.0);
                let (state, _) = session.state(body, view, jd, false).unwrap();
                // Two quotients, extrapolated to none: their noise is that of the Moon's light time over 22 minutes.
                let mut quotient = |half: f64| {
                    let before = session.position(body, view, jd - half).unwrap();
                    let after = session.position(body, view, jd + half).unwrap();
                    let moved = |index: usize| (after[index] - before[index]) / (2.0 * half);
                    [apart(after[0], before[0]) / (2.0 * half), moved(1) * 3600.0, moved(2)]
                };
                let (near, far) = (quotient(1.0 / 128.0), quotient(1.0 / 64.0));
                let slope = |index: usize| near[index] + (near[index] - far[index]) / 3.0;
                // The quotients' own curvature leaves 0.02″ a day for the Moon, where the rotation moves it by 6°.
                let limit = if body == LiveBody::Moon { 0.2 } else { 0.005 };
                assert!((state.longitude_speed * 3600.0 - slope(0)).abs() < limit, "{body:?} {view:?} {jd}");
                assert!((state.latitude_speed * 3600.0 - slope(1)).abs() < limit, "{body:?} {view:?} {jd}");
                assert!((state.distance_speed - slope(2)).abs() < 1e-8, "{body:?} {view:?} {jd}");
            }
        }
    }
}
