//! The library's eclipses and occultations: against what is published, against printed values of the same version, and
//! against its own places.

mod support;

use std::collections::BTreeMap;

use orrery_swisseph::{
    LiveBody, LiveCenter, LiveContact, LiveCovering, LiveFrame, LiveLunarKind, LiveOccultationKind,
    LivePhase, LiveSaros, LiveSearch, LiveSite, LiveSolarKind, Session,
};
use support::ephemeris;

use LiveSearch::{Backward, Forward};

/// 2024-01-01 04:30.
const JD: f64 = 2_460_310.687_5;
const ZURICH: LiveSite = LiveSite { latitude_deg: 47.37, longitude_deg: 8.55, altitude_m: 408.0 };
const SOLAR: &[LiveSolarKind] = &LiveSolarKind::ALL;
const LUNAR: &[LiveLunarKind] = &LiveLunarKind::ALL;
const OCCULTATIONS: &[LiveOccultationKind] = &LiveOccultationKind::ALL;

/// What is published of a solar eclipse: a date before, its kind, the greatest eclipse as a Julian day TT, magnitude,
/// latitude, longitude, Saros series and member.
type Published = (f64, LiveSolarKind, f64, f64, f64, f64, u32, u32);

/// NASA's Five Millennium Canon (Espenak and Meeus): 2017 August 21, 2022 October 25, 2023 April 20 and 2024 April 8.
const CANON: [Published; 4] = [
    (2_457_966.5, LiveSolarKind::Total, tt(2_457_986.5, 18, 26, 40), 1.0306, 37.0, -87.7, 145, 22),
    (2_459_853.5, LiveSolarKind::Partial, tt(2_459_877.5, 11, 1, 20), 0.8619, 61.6, 77.4, 124, 55),
    (2_460_035.5, LiveSolarKind::Hybrid, tt(2_460_054.5, 4, 17, 56), 1.0132, -9.6, 125.8, 129, 52),
    (2_460_401.5, LiveSolarKind::Total, tt(2_460_408.5, 18, 18, 29), 1.0566, 25.3, -104.1, 139, 30),
];

const fn tt(midnight: f64, hours: u32, minutes: u32, seconds: u32) -> f64 {
    midnight + (hours * 3600 + minutes * 60 + seconds) as f64 / 86_400.0
}

/// Whether two dates are the same to a number of seconds.
fn within(found: f64, expected: f64, seconds: f64) -> bool {
    (found - expected).abs() * 86_400.0 < seconds
}

/// Whether a date is the one that was printed: to the last digits, which depend on what the library had open.
fn same(found: f64, printed: f64) -> bool {
    within(found, printed, 1e-3)
}

fn same_phase(found: Option<LivePhase>, printed: [f64; 2]) -> bool {
    found.is_some_and(|phase| same(phase.begin_jd_ut, printed[0]) && same(phase.end_jd_ut, printed[1]))
}

fn same_contact(found: Option<LiveContact>, printed: f64, is_visible: bool) -> bool {
    found.is_some_and(|contact| same(contact.jd_ut, printed) && contact.is_visible == is_visible)
}

fn close(found: f64, printed: f64) -> bool {
    (found - printed).abs() < 1e-7 * printed.abs().max(1.0)
}

fn terrestrial(session: &mut Session, jd_ut: f64) -> f64 {
    jd_ut + session.delta_t_s(jd_ut).unwrap() / 86_400.0
}

/// Where a body is, on the axes of the true ecliptic of date, astronomical units.
fn vector_au(session: &mut Session, body: LiveBody, center: LiveCenter, jd_tt: f64) -> [f64; 3] {
    let frame = LiveFrame { rectangular: true, ..LiveFrame::default() };
    let [x, y, z, ..] = session.framed(body, center, frame, jd_tt).unwrap();
    [x, y, z]
}

fn length(vector: [f64; 3]) -> f64 {
    vector.iter().map(|part| part * part).sum::<f64>().sqrt()
}

fn angle_deg(a: [f64; 3], b: [f64; 3]) -> f64 {
    let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let dot: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    length(cross).atan2(dot).to_degrees()
}

/// Holds what the library says of a covered disc, seen from a site, against its own places of the Moon and a body of a
/// radius in kilometres.
fn check_covering(
    session: &mut Session,
    covering: &LiveCovering,
    (body, radius_km): (LiveBody, f64),
    site: LiveSite,
    jd_ut: f64,
) {
    const KM_PER_AU: f64 = 149_597_870.7;
    let jd_tt = terrestrial(session, jd_ut);
    let center = LiveCenter::Topo(site);
    let (disc, moon) =
        (vector_au(session, body, center, jd_tt), vector_au(session, LiveBody::Moon, center, jd_tt));
    let apart = angle_deg(disc, moon);
    assert!((apart - covering.separation_deg).abs() < 1e-7, "{body:?} {apart} {covering:?}");
    let radius = (radius_km / KM_PER_AU / length(disc)).asin().to_degrees();
    let moons = (1738.15 / KM_PER_AU / length(moon)).asin().to_degrees();
    assert!(close(covering.diameter_ratio, moons / radius), "{covering:?}");
    let covered = (radius + moons - apart) / (2.0 * radius);
    assert!((covering.covered_diameter - covered).abs() < 1e-6 * covered.max(1.0), "{covered} {covering:?}");
    let horizontal = covering.horizontal;
    assert!((0.0..360.0).contains(&horizontal.azimuth_deg));
    assert!((-90.0..=90.0).contains(&horizontal.true_altitude_deg));
}

#[test]
fn solar_eclipses_are_those_of_the_canon() {
    let mut session = Session::open(&ephemeris()).unwrap();
    for (before, kind, greatest_jd_tt, magnitude, latitude_deg, longitude_deg, series, member) in CANON {
        let found = session.solar_eclipse(SOLAR, Forward, before).unwrap();
        assert_eq!(found.kind, kind, "{before}");
        assert_eq!(found.shadow.is_central, kind != LiveSolarKind::Partial);
        let maximum = found.shadow.maximum_jd_ut;
        let jd_tt = terrestrial(&mut session, maximum);
        assert!(within(jd_tt, greatest_jd_tt, 12.0), "{kind:?} {jd_tt} {greatest_jd_tt}");
        let place = session.solar_eclipse_place(maximum).unwrap().unwrap();
        let LiveSite { latitude_deg: latitude, longitude_deg: longitude, altitude_m } = place.site;
        // Where the axis passes the Earth by, the nearest place is at its edge, and a little is a long way there.
        let most = if place.is_central { 0.1 } else { 0.2 };
        assert!(
            (latitude - latitude_deg).abs() < most && (longitude - longitude_deg).abs() < most,
            "{place:?}"
        );
        assert_eq!(altitude_m, 0.0);
        // The library's Moon is 0.09 % larger than the canon's.
        assert!((place.circumstances.magnitude - magnitude).abs() < 0.0012, "{place:?}");
        assert_eq!(place.circumstances.saros, Some(LiveSaros { series, member }));
        assert_eq!(place.circumstances.covering.core_shadow_km < 0.0, kind != LiveSolarKind::Partial);
        let covering = place.circumstances.covering;
        check_covering(&mut session, &covering, (LiveBody::Sun, 696_000.0), place.site, maximum);
        // From the place itself it looks no other, but that the kind is of the site.
        let there = session.solar_eclipse_at(place.site, maximum).unwrap().unwrap();
        assert!(close(there.covering.obscuration, covering.obscuration), "{there:?}");
        assert_eq!(there.saros, place.circumstances.saros);
        assert_eq!(there.kind == LiveSolarKind::Total, kind != LiveSolarKind::Partial);
        // Searched for by its kind, and from the other side, it is the same.
        let next = session.solar_eclipse(&[kind], Forward, before).unwrap();
        let last = session.solar_eclipse(&[kind], Backward, maximum + 1.0).unwrap();
        let plain = session.plain_solar_eclipse(&[kind], Forward, before).unwrap();
        for again in [next, last, plain] {
            assert_eq!(again.kind, kind);
            assert!(same(again.shadow.maximum_jd_ut, maximum), "{again:?}");
        }
        // Half a day off there is none.
        assert_eq!(session.solar_eclipse_place(maximum + 0.5).unwrap(), None);
        assert_eq!(session.solar_eclipse_at(place.site, maximum + 0.5).unwrap(), None);
    }
}

#[test]
#[allow(clippy::unreadable_literal, reason = "as they were printed")]
fn the_times_of_solar_eclipses_are_those_of_a_plain_call() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // `sol_eclipse_when_glob` of pyswisseph 2.10.03, from the same files: 2024 April 8 and 2022 October 25.
    let shadow = session.solar_eclipse(SOLAR, Forward, 2_460_401.5).unwrap().shadow;
    assert!(same(shadow.maximum_jd_ut, 2460409.2620414216), "{shadow:?}");
    assert!(same(shadow.noon_jd_ut.unwrap(), 2460409.275113475), "{shadow:?}");
    assert!(same_phase(shadow.penumbral, [2460409.1543619735, 2460409.3695437848]), "{shadow:?}");
    assert!(same_phase(shadow.umbral, [2460409.193639975, 2460409.330235887]), "{shadow:?}");
    assert!(same_phase(shadow.central, [2460409.194451835, 2460409.3294392754]), "{shadow:?}");
    let shadow = session.solar_eclipse(SOLAR, Forward, 2_459_853.5).unwrap().shadow;
    assert!(same(shadow.noon_jd_ut.unwrap(), 2459877.9192897636), "{shadow:?}");
    assert!(same_phase(shadow.penumbral, [2459877.8740967317, 2459878.043196049]), "{shadow:?}");
    assert_eq!((shadow.umbral, shadow.central), (None, None));
    // The smallest of the canon from 1800 to 2400, 1935 January 5, of magnitude 0.0013, is there and has no times; what
    // could be taken for its totality is not told.
    let least = session.solar_eclipse(SOLAR, Forward, 2_427_800.5).unwrap();
    assert_eq!((least.kind, least.shadow.is_central), (LiveSolarKind::Partial, false));
    assert!(same(least.shadow.maximum_jd_ut, 2427807.7328253197), "{least:?}");
    assert_eq!((least.shadow.penumbral, least.shadow.umbral, least.shadow.central), (None, None, None));
    assert_eq!(session.solar_eclipse_place(least.shadow.maximum_jd_ut).unwrap(), None);
}

#[test]
#[allow(clippy::unreadable_literal, reason = "as they were printed")]
fn solar_eclipses_at_a_site_are_those_that_were_published_and_printed() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // Local circumstances of eclipsewise.com (Espenak) for an earlier ΔT: Ohio, 2024 April 8; Patagonia, 2024 October 2.
    let sites = [
        (
            LiveSite { latitude_deg: 41.0341, longitude_deg: -83.6523, altitude_m: 0.0 },
            (LiveSolarKind::Total, 2_460_400.5),
            [(17, 55, 52), (19, 10, 42), (19, 12, 34), (19, 14, 27), (20, 26, 37)],
            (2_460_408.5, 50.3),
        ),
        (
            LiveSite { latitude_deg: -48.2051, longitude_deg: -70.6549, altitude_m: 0.0 },
            (LiveSolarKind::Annular, 2_460_550.5),
            [(19, 0, 27), (20, 22, 16), (20, 25, 26), (20, 28, 35), (21, 42, 37)],
            (2_460_585.5, 23.6),
        ),
    ];
    for (site, (kind, before), published, (midnight, altitude_deg)) in sites {
        let found = session.local_solar_eclipse(site, Forward, before).unwrap();
        assert_eq!(found.circumstances.kind, kind);
        let contacts =
            [found.first, found.second.unwrap(), found.maximum, found.third.unwrap(), found.fourth];
        for (contact, (hours, minutes, seconds)) in contacts.into_iter().zip(published) {
            assert!(within(contact.jd_ut, tt(midnight, hours, minutes, seconds), 5.0), "{contact:?}");
            assert!(contact.is_visible);
        }
        let covering = found.circumstances.covering;
        assert!((covering.horizontal.true_altitude_deg - altitude_deg).abs() < 0.06, "{covering:?}");
        check_covering(&mut session, &covering, (LiveBody::Sun, 696_000.0), site, found.maximum.jd_ut);
        assert_eq!((found.sunrise_jd_ut, found.sunset_jd_ut), (None, None));
        let plain = session.plain_local_solar_eclipse(site, Forward, before).unwrap();
        assert!(same(plain.maximum.jd_ut, found.maximum.jd_ut) && same(plain.first.jd_ut, found.first.jd_ut));
        let last = session.local_solar_eclipse(site, Backward, found.fourth.jd_ut).unwrap();
        assert!(same(last.maximum.jd_ut, found.maximum.jd_ut));
    }
    // `sol_eclipse_when_loc` of pyswisseph: over the Marshall Islands the Sun of 2023 April 20 sets before the fourth
    // contact.
    let site = LiveSite { latitude_deg: 4.6622, longitude_deg: 170.8101, altitude_m: 0.0 };
    let found = session.local_solar_eclipse(site, Forward, 2_460_050.5).unwrap();
    assert_eq!((found.circumstances.kind, found.second, found.third), (LiveSolarKind::Partial, None, None));
    assert!(same_contact(Some(found.maximum), 2460054.7461692044, true), "{found:?}");
    assert!(same_contact(Some(found.first), 2460054.69610502, true), "{found:?}");
    assert!(same_contact(Some(found.fourth), 2460054.789972971, false), "{found:?}");
    assert!(same(found.sunset_jd_ut.unwrap(), 2460054.7784473817) && found.sunrise_jd_ut.is_none());
    assert!(close(found.circumstances.covering.obscuration, 0.9990639395356011), "{found:?}");
    assert!(close(found.circumstances.covering.horizontal.azimuth_deg, 280.76770680843623), "{found:?}");
    // At the two ends of the central line of 2024 October 2 the Sun sets after the third contact, and rises after the
    // first.
    let east = LiveSite { latitude_deg: -49.82, longitude_deg: -52.28, altitude_m: 0.0 };
    let found = session.local_solar_eclipse(east, Forward, 2_460_550.5).unwrap();
    assert!(same_contact(Some(found.first), 2460586.3042157963, true), "{found:?}");
    assert!(same_contact(found.second, 2460586.3550755773, true), "{found:?}");
    assert!(same_contact(found.third, 2460586.3591916994, true), "{found:?}");
    assert!(same_contact(Some(found.fourth), 2460586.4053738792, false), "{found:?}");
    assert!(same(found.sunset_jd_ut.unwrap(), 2460586.402399435) && found.sunrise_jd_ut.is_none());
    let west = LiveSite { latitude_deg: 7.2, longitude_deg: -155.85, altitude_m: 0.0 };
    let found = session.local_solar_eclipse(west, Forward, 2_460_550.5).unwrap();
    assert!(same_contact(Some(found.first), 2460586.15814671, false), "{found:?}");
    assert!(same_contact(Some(found.maximum), 2460586.205321557, true), "{found:?}");
    assert!(same_contact(Some(found.fourth), 2460586.259490689, true), "{found:?}");
    assert!(same(found.sunrise_jd_ut.unwrap(), 2460586.1757790125) && found.sunset_jd_ut.is_none());
    // `sol_eclipse_how`, 2022 October 25, 10:00 in Zurich.
    let now = session.solar_eclipse_at(ZURICH, 2459877.9166666665).unwrap().unwrap();
    assert_eq!((now.kind, now.saros), (LiveSolarKind::Partial, Some(LiveSaros { series: 124, member: 55 })));
    assert!(close(now.magnitude, 0.2842331310391007) && close(now.covering.obscuration, 0.1737048799122272));
    assert!(close(now.covering.core_shadow_km, 45.712336909705044), "{now:?}");
    check_covering(&mut session, &now.covering, (LiveBody::Sun, 696_000.0), ZURICH, 2459877.9166666665);
}

#[test]
fn lunar_eclipses_are_those_of_the_canon() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // 2018 July 27, 2023 October 28 and 2024 March 25: penumbral and umbral magnitude, and minutes of the three phases.
    let published = [
        (
            (2_458_300.5, LiveLunarKind::Total, tt(2_458_326.5, 20, 22, 54)),
            (2.6792, 1.6087, 129, 38),
            [373.8, 234.5, 103.0],
        ),
        (
            (2_460_240.5, LiveLunarKind::Partial, tt(2_460_245.5, 20, 15, 18)),
            (1.1181, 0.1220, 146, 11),
            [264.6, 77.4, 0.0],
        ),
        (
            (2_460_390.5, LiveLunarKind::Penumbral, tt(2_460_394.5, 7, 13, 59)),
            (0.9557, 0.0, 113, 64),
            [279.1, 0.0, 0.0],
        ),
    ];
    for ((before, kind, greatest_jd_tt), (penumbral, umbral, series, member), minutes) in published {
        let found = session.lunar_eclipse(LUNAR, Forward, before).unwrap();
        assert_eq!(found.kind, kind);
        let jd_tt = terrestrial(&mut session, found.maximum_jd_ut);
        assert!(within(jd_tt, greatest_jd_tt, 12.0), "{kind:?} {jd_tt} {greatest_jd_tt}");
        let now = session.lunar_eclipse_at(None, found.maximum_jd_ut).unwrap();
        assert_eq!((now.kind, now.horizontal), (Some(kind), None));
        assert!((now.penumbral_magnitude - penumbral).abs() < 0.002, "{now:?}");
        assert!((now.umbral_magnitude - umbral).abs() < 0.002, "{now:?}");
        assert_eq!(now.saros, Some(LiveSaros { series, member }));
        for (phase, minutes) in [Some(found.penumbral), found.partial, found.total].into_iter().zip(minutes) {
            let lasts = phase.map_or(0.0, |phase| (phase.end_jd_ut - phase.begin_jd_ut) * 1440.0);
            assert!((lasts - minutes).abs() < 0.5, "{kind:?} {lasts} {minutes}");
        }
        // The angle to the point opposite to the Sun is that of the places.
        let places =
            [LiveBody::Sun, LiveBody::Moon].map(|body| vector_au(&mut session, body, LiveCenter::Geo, jd_tt));
        let angle = 180.0 - angle_deg(places[0], places[1]);
        assert!((now.from_opposition_deg.unwrap() - angle).abs() < 1e-6, "{now:?} {angle}");
        let next = session.lunar_eclipse(&[kind], Forward, before).unwrap();
        let last = session.lunar_eclipse(&[kind], Backward, found.maximum_jd_ut + 1.0).unwrap();
        let plain = session.plain_lunar_eclipse(&[kind], Forward, before).unwrap();
        for again in [next, last, plain] {
            assert_eq!(again.kind, kind);
            assert!(same(again.maximum_jd_ut, found.maximum_jd_ut), "{again:?}");
        }
        let none = session.lunar_eclipse_at(None, found.maximum_jd_ut + 0.5).unwrap();
        assert_eq!((none.kind, none.from_opposition_deg), (None, None));
    }
}

#[test]
#[allow(clippy::unreadable_literal, reason = "as they were printed")]
fn lunar_eclipses_at_a_site_are_those_of_a_plain_call() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // `lun_eclipse_when_loc` of pyswisseph: in Zurich, on 2018 July 27, the Moon rises in the partial phase.
    let found = session.local_lunar_eclipse(ZURICH, Forward, 2_458_300.5).unwrap();
    assert_eq!(found.kind, LiveLunarKind::Total);
    assert_eq!((found.penumbral_begin, found.partial_begin, found.moonset_jd_ut), (None, None, None));
    assert!(same(found.moonrise_jd_ut.unwrap(), 2458327.2928771414), "{found:?}");
    assert!(same_contact(found.total_begin, 2458327.31270531, true), "{found:?}");
    assert!(same_contact(Some(found.maximum), 2458327.3484403486, true), "{found:?}");
    assert!(same_contact(found.total_end, 2458327.384175271, true), "{found:?}");
    assert!(same_contact(found.partial_end, 2458327.4298834796, true), "{found:?}");
    assert!(same_contact(found.penumbral_end, 2458327.47827741, true), "{found:?}");
    let horizontal = found.circumstances.horizontal.unwrap();
    assert!(close(horizontal.azimuth_deg, 134.6033612130872), "{horizontal:?}");
    assert!(close(horizontal.apparent_altitude_deg, 10.29676091128489), "{horizontal:?}");
    let now = session.lunar_eclipse_at(Some(ZURICH), found.maximum.jd_ut).unwrap();
    assert_eq!(now, found.circumstances);
    // Backward from August 2022, the Moon sets in totality, before the maximum, for which moonset stands.
    let found = session.local_lunar_eclipse(ZURICH, Backward, 2_459_800.5).unwrap();
    assert_eq!((found.kind, found.total_end, found.partial_end), (LiveLunarKind::Total, None, None));
    assert!(same_contact(found.penumbral_begin, 2459715.5639848313, true), "{found:?}");
    assert!(same_contact(found.partial_begin, 2459715.602697278, true), "{found:?}");
    assert!(same_contact(found.total_begin, 2459715.645191614, true), "{found:?}");
    assert!(same_contact(Some(found.maximum), 2459715.657611092, false), "{found:?}");
    assert_eq!(found.moonset_jd_ut, Some(found.maximum.jd_ut));
    // Where the Moon is below the horizon, nothing is to be seen of what goes on.
    let pacific = LiveSite { latitude_deg: 0.0, longitude_deg: -160.0, altitude_m: 0.0 };
    let now = session.lunar_eclipse_at(Some(pacific), 2458327.3484403486).unwrap();
    assert_eq!(now.kind, None);
    assert!(now.umbral_magnitude > 1.6 && now.horizontal.unwrap().apparent_altitude_deg < 0.0);
}

#[test]
fn a_century_has_as_many_eclipses_as_the_canon_counts() {
    let mut session = Session::open(&ephemeris()).unwrap();
    let (start, end) = (2_451_910.5, 2_488_434.5);
    let mut solar = vec![];
    let mut jd = start;
    loop {
        let found = session.solar_eclipse(SOLAR, Forward, jd).unwrap();
        jd = found.shadow.maximum_jd_ut;
        if jd >= end {
            break;
        }
        solar.push((found.kind, jd));
    }
    let mut lunar = BTreeMap::new();
    jd = start;
    loop {
        let found = session.lunar_eclipse(LUNAR, Forward, jd).unwrap();
        jd = found.maximum_jd_ut;
        if jd >= end {
            break;
        }
        *lunar.entry(found.kind).or_insert(0) += 1;
    }
    let mut kinds = BTreeMap::new();
    for (kind, _) in &solar {
        *kinds.entry(*kind).or_insert(0) += 1;
    }
    assert_eq!(kinds.into_values().collect::<Vec<_>>(), [77, 72, 68, 7]);
    assert_eq!(lunar.into_values().collect::<Vec<_>>(), [86, 57, 85]);
    // Backward, and by some kinds alone, it is the same eclipses.
    jd = end;
    for (kind, maximum) in solar.iter().rev().take(40) {
        let found = session.solar_eclipse(SOLAR, Backward, jd).unwrap();
        jd = found.shadow.maximum_jd_ut;
        assert!(found.kind == *kind && same(jd, *maximum), "{found:?} {maximum}");
    }
    let umbral = [LiveSolarKind::Hybrid, LiveSolarKind::Total];
    jd = start;
    for (kind, maximum) in solar.iter().filter(|(kind, _)| umbral.contains(kind)).take(20) {
        let found = session.solar_eclipse(&umbral, Forward, jd).unwrap();
        jd = found.shadow.maximum_jd_ut;
        assert!(found.kind == *kind && same(jd, *maximum), "{found:?} {maximum}");
    }
}

#[test]
#[allow(clippy::unreadable_literal, reason = "as they were printed")]
fn occultations_are_those_of_a_plain_call_and_of_the_places() {
    let mut session = Session::open(&ephemeris()).unwrap();
    // `lun_occult_when_glob` and `lun_occult_where` of pyswisseph: Venus, 2024 April 7, and Saturn, 2024 April 6.
    let venus = session.occultation(LiveBody::Venus, OCCULTATIONS, Forward, JD).unwrap();
    assert!(venus.kind == LiveOccultationKind::Total && venus.shadow.is_central);
    assert!(same(venus.shadow.maximum_jd_ut, 2460408.1792892623), "{venus:?}");
    assert!(same(venus.shadow.noon_jd_ut.unwrap(), 2460408.1930284286), "{venus:?}");
    assert!(same_phase(venus.shadow.penumbral, [2460408.089441901, 2460408.2689226377]), "{venus:?}");
    assert!(same_phase(venus.shadow.umbral, [2460408.0896521863, 2460408.268712518]), "{venus:?}");
    assert!(same_phase(venus.shadow.central, [2460408.1104602716, 2460408.2479142104]), "{venus:?}");
    let place = session.occultation_place(LiveBody::Venus, venus.shadow.maximum_jd_ut).unwrap().unwrap();
    assert!(place.kind == LiveOccultationKind::Total && place.is_central);
    assert!((place.site.longitude_deg + 87.42753861803999).abs() < 1e-5, "{place:?}");
    assert!((place.site.latitude_deg - 17.18693735235492).abs() < 1e-5, "{place:?}");
    let saturn = session.occultation(LiveBody::Saturn, OCCULTATIONS, Forward, JD).unwrap();
    assert!(same(saturn.shadow.maximum_jd_ut, 2460406.9295925614) && !saturn.shadow.is_central);
    assert!(saturn.shadow.umbral.is_some() && saturn.shadow.central.is_none());
    let back = session.occultation(LiveBody::Saturn, OCCULTATIONS, Backward, JD).unwrap();
    assert!(same(back.shadow.maximum_jd_ut, 2458817.3800109937), "{back:?}");
    // Radii of IAU's working group, in kilometres.
    let radii = [
        (LiveBody::Mercury, 2439.4),
        (LiveBody::Venus, 6051.8),
        (LiveBody::Mars, 3389.5),
        (LiveBody::Jupiter, 69_911.0),
        (LiveBody::Saturn, 58_232.0),
        (LiveBody::Uranus, 25_362.0),
        (LiveBody::Neptune, 24_622.0),
        (LiveBody::Pluto, 1188.3),
    ];
    for (body, radius_km) in radii {
        let found = session.occultation(body, OCCULTATIONS, Forward, JD).unwrap();
        let jd_ut = found.shadow.maximum_jd_ut;
        let place = session.occultation_place(body, jd_ut).unwrap().unwrap();
        assert_eq!((place.kind, place.is_central), (found.kind, found.shadow.is_central));
        check_covering(&mut session, &place.covering, (body, radius_km), place.site, jd_ut);
        // Where the axis meets the Earth, one stands behind the other, but for some kilometres.
        assert!(!place.is_central || place.covering.separation_deg < 0.002, "{body:?} {place:?}");
        let back = session.occultation(body, &[found.kind], Backward, jd_ut + 1.0).unwrap();
        assert!(same(back.shadow.maximum_jd_ut, jd_ut), "{back:?}");
        assert_eq!(session.occultation_place(body, jd_ut + 1.0).unwrap(), None);
    }
}
