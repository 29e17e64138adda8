//! Hazard: a search that hangs on its source: that loses a refusal, goes wild over what is no number, or has north, east or the
//! Earth's rotation the wrong way round. The sky here is rough (Astronomical Almanac, low-precision formulae of Sun and Moon),
//! needs no files, and is mirrored, turned and broken at will.

use std::convert::Infallible;

use orrery_almanac::eclipses::saros::member;
use orrery_almanac::eclipses::{
    Luminaries, Lunation, Phase, SunAndMoon, ephemeris_sidereal_time_deg, lunar_eclipses, solar_eclipse_of,
    solar_eclipses,
};
use orrery_format::eclipse::{LunarEclipse, LunarKind, SolarEclipse, SolarKind};
use orrery_format::{Nutation, State, TtDay};

/// Sun and Moon to 0.01° and 0.3°.
fn rough(tt: TtDay) -> SunAndMoon {
    let t = (tt.jd() - 2_451_545.0) / 36_525.0;
    let sin = |at: f64, rate: f64| (at + rate * t).to_radians().sin();
    let cos = |at: f64, rate: f64| (at + rate * t).to_radians().cos();
    let sun = State {
        longitude_deg: 280.460
            + 36_000.770 * t
            + 1.915 * sin(357.528, 35_999.05)
            + 0.020 * sin(715.056, 71_998.1),
        distance_au: 1.000_14 - 0.016_71 * cos(357.528, 35_999.05) - 0.000_14 * cos(715.056, 71_998.1),
        ..State::default()
    };
    let parallax_deg = 0.9508
        + 0.0518 * cos(135.0, 477_198.87)
        + 0.0095 * cos(259.3, -413_335.36)
        + 0.0078 * cos(235.7, 890_534.22)
        + 0.0028 * cos(269.9, 954_397.74);
    let moon = State {
        longitude_deg: 218.32 + 481_267.881 * t + 6.29 * sin(135.0, 477_198.87)
            - 1.27 * sin(259.3, -413_335.36)
            + 0.66 * sin(235.7, 890_534.22)
            + 0.21 * sin(269.9, 954_397.74)
            - 0.19 * sin(357.5, 35_999.05)
            - 0.11 * sin(186.5, 966_404.03),
        latitude_deg: 5.13 * sin(93.3, 483_202.02) + 0.28 * sin(228.2, 960_400.89)
            - 0.28 * sin(318.3, 6_003.15)
            - 0.17 * sin(217.6, -407_332.21),
        distance_au: 6_378.137 / 149_597_870.7 / parallax_deg.to_radians().sin(),
        ..State::default()
    };
    let nutation = Nutation { mean_obliquity_deg: 23.439, ..Nutation::default() };
    SunAndMoon::new(tt, &sun, &moon, &nutation)
}

/// A sky made from the rough one.
struct Changed<F>(F);

impl<E, F: FnMut(TtDay) -> Result<SunAndMoon, E>> Luminaries for Changed<F> {
    type Error = E;

    fn at(&mut self, tt: TtDay) -> Result<SunAndMoon, E> {
        (self.0)(tt)
    }
}

fn century() -> std::ops::Range<TtDay> {
    TtDay(2_433_282.5)..TtDay(2_469_807.5)
}

fn solar(change: impl Fn(SunAndMoon) -> SunAndMoon) -> Vec<SolarEclipse> {
    let Ok(found) = solar_eclipses(&mut Changed(|tt| Ok::<_, Infallible>(change(rough(tt)))), century());
    found
}

fn lunar(change: impl Fn(SunAndMoon) -> SunAndMoon) -> Vec<LunarEclipse> {
    let Ok(found) = lunar_eclipses(&mut Changed(|tt| Ok::<_, Infallible>(change(rough(tt)))), century());
    found
}

/// Julian days TT of greatest eclipses that many have seen, with gamma and kind (NASA's canons).
#[test]
fn even_a_rough_sky_has_the_great_eclipses() {
    let all = solar(|sky| sky);
    for (jd_tt, gamma, kind) in [
        (2_451_401.961, 0.506, SolarKind::Total),
        (2_457_987.268, 0.437, SolarKind::Total),
        (2_458_843.722, 0.414, SolarKind::Annular),
        (2_459_877.959, 1.070, SolarKind::Partial),
        (2_460_409.263, 0.343, SolarKind::Total),
    ] {
        let near = all.iter().find(|eclipse| (eclipse.greatest_jd_tt - jd_tt).abs() < 0.05);
        let eclipse = near.unwrap_or_else(|| panic!("none at {jd_tt}"));
        assert!((eclipse.gamma - gamma).abs() < 0.15 && eclipse.kind == kind as u8, "{eclipse:?}");
    }
    let all = lunar(|sky| sky);
    for (jd_tt, gamma, kind) in [
        (2_458_327.349, 0.117, LunarKind::Total),
        (2_458_681.398, -0.643, LunarKind::Partial),
        (2_459_891.958, 0.257, LunarKind::Total),
        (2_460_394.801, 1.061, LunarKind::Penumbral),
    ] {
        let near = all.iter().find(|eclipse| (eclipse.greatest_jd_tt - jd_tt).abs() < 0.05);
        let eclipse = near.unwrap_or_else(|| panic!("none at {jd_tt}"));
        assert!(
            (eclipse.gamma.abs() - f64::abs(gamma)).abs() < 0.15 && eclipse.kind == kind as u8,
            "{eclipse:?}"
        );
    }
}

#[test]
fn contacts_follow_each_other() {
    let ascends = |instants: &[f64]| instants.iter().filter(|jd| !jd.is_nan()).is_sorted();
    let eclipses = solar(|sky| sky);
    assert!((200..260).contains(&eclipses.len()), "{}", eclipses.len());
    assert!(eclipses.is_sorted_by(|a, b| a.greatest_jd_tt < b.greatest_jd_tt));
    for eclipse in &eclipses {
        let ([p1, p2, p3, p4], [u1, u2, u3, u4], [c1, c2]) =
            (eclipse.penumbra_jd_tt, eclipse.umbra_jd_tt, eclipse.axis_jd_tt);
        let greatest = eclipse.greatest_jd_tt;
        assert!(ascends(&[p1, u1, c1, u2, greatest, u3, c2, u4, p4]), "{eclipse:?}");
        assert!(ascends(&[p1, p2, greatest, p3, p4]) && !p1.is_nan() && !p4.is_nan(), "{eclipse:?}");
        for [first, last] in [[p2, p3], [u1, u4], [u2, u3], [c1, c2]] {
            assert_eq!(first.is_nan(), last.is_nan(), "{eclipse:?}");
        }
        let is_partial = eclipse.kind == SolarKind::Partial as u8;
        assert_eq!(is_partial, u1.is_nan(), "{eclipse:?}");
        assert!(!is_partial || (c1.is_nan() && eclipse.magnitude < 1.0), "{eclipse:?}");
        assert!(
            eclipse.obscuration > 0.0 && eclipse.obscuration <= 1.0 && eclipse.magnitude > 0.0,
            "{eclipse:?}"
        );
        // Total where it is greatest means all of it, and annular as much as the discs are apart in size.
        if !c1.is_nan() {
            let expected = eclipse.magnitude.min(1.0).powi(2);
            assert!((eclipse.obscuration - expected).abs() < 1e-9, "{eclipse:?}");
        }
    }
    let eclipses = lunar(|sky| sky);
    assert!((200..270).contains(&eclipses.len()), "{}", eclipses.len());
    for eclipse in &eclipses {
        let ([p1, p4], [u1, u2, u3, u4]) = (eclipse.penumbra_jd_tt, eclipse.umbra_jd_tt);
        assert!(ascends(&[p1, u1, u2, eclipse.greatest_jd_tt, u3, u4, p4]) && !p1.is_nan() && !p4.is_nan());
        assert_eq!(eclipse.kind == LunarKind::Penumbral as u8, u1.is_nan(), "{eclipse:?}");
        assert_eq!(eclipse.kind == LunarKind::Total as u8, !u2.is_nan(), "{eclipse:?}");
        assert_eq!(eclipse.umbral_magnitude > 0.0, !u1.is_nan(), "{eclipse:?}");
        assert_eq!(eclipse.umbral_magnitude >= 1.0, !u2.is_nan(), "{eclipse:?}");
        // Both shadows are the Sun's diameter apart, which is the Moon's but for an eighth.
        let apart = eclipse.penumbral_magnitude - eclipse.umbral_magnitude;
        assert!((0.9..1.13).contains(&apart) && eclipse.penumbral_magnitude > 0.0, "{eclipse:?}");
    }
}

/// A sky with north and south exchanged has the same eclipses, with north and south exchanged.
#[test]
fn a_mirrored_sky_has_mirrored_eclipses() {
    let mirrored = |sky: SunAndMoon| SunAndMoon {
        sun_au: [sky.sun_au[0], sky.sun_au[1], -sky.sun_au[2]],
        moon_au: [sky.moon_au[0], sky.moon_au[1], -sky.moon_au[2]],
        ..sky
    };
    let (plain, other) = (solar(|sky| sky), solar(mirrored));
    assert_eq!(plain.len(), other.len());
    for (a, b) in plain.iter().zip(&other) {
        assert!((a.greatest_jd_tt - b.greatest_jd_tt).abs() < 1e-9 && (a.gamma + b.gamma).abs() < 1e-9);
        assert!((a.latitude_deg + b.latitude_deg).abs() < 1e-6, "{a:?} {b:?}");
        let turned = (a.ephemeris_longitude_deg - b.ephemeris_longitude_deg).rem_euclid(360.0);
        assert!(!(1e-5..=360.0 - 1e-5).contains(&turned) || a.latitude_deg.abs() > 89.0, "{a:?} {b:?}");
        let azimuths = (a.sun_azimuth_deg + b.sun_azimuth_deg - 180.0).rem_euclid(360.0);
        assert!(
            !(1e-4..=360.0 - 1e-4).contains(&azimuths)
                || a.sun_altitude_deg > 89.9
                || a.latitude_deg.abs() > 89.0,
            "{a:?} {b:?}"
        );
        assert_eq!((a.kind, a.saros), (b.kind, b.saros));
        assert!((a.magnitude - b.magnitude).abs() < 1e-9);
        assert!((a.penumbra_jd_tt[0] - b.penumbra_jd_tt[0]).abs() < 1e-8);
    }
    let (plain, other) = (lunar(|sky| sky), lunar(mirrored));
    assert_eq!(plain.len(), other.len());
    for (a, b) in plain.iter().zip(&other) {
        assert!((a.gamma + b.gamma).abs() < 1e-9 && (a.latitude_deg + b.latitude_deg).abs() < 1e-9);
        assert!((a.umbral_magnitude - b.umbral_magnitude).abs() < 1e-9 && a.kind == b.kind);
    }
}

/// An Earth that is turned further east by an hour has the places an hour further west, and all else as it was.
#[test]
fn only_longitudes_depend_on_how_the_earth_is_turned() {
    let turned = |sky: SunAndMoon| SunAndMoon {
        sidereal_time_deg: (sky.sidereal_time_deg + 15.0).rem_euclid(360.0),
        ..sky
    };
    for (a, b) in solar(|sky| sky).iter().zip(&solar(turned)) {
        let west = (a.ephemeris_longitude_deg - b.ephemeris_longitude_deg).rem_euclid(360.0);
        assert!((west - 15.0).abs() < 1e-9 && (-180.0..=180.0).contains(&b.ephemeris_longitude_deg));
        let later = (b.elements.mu_deg[0] - a.elements.mu_deg[0]).rem_euclid(360.0);
        assert!((later - 15.0).abs() < 1e-9 && (0.0..360.0).contains(&b.elements.mu_deg[0]));
        assert!((a.latitude_deg - b.latitude_deg).abs() < 1e-9 && a.greatest_jd_tt == b.greatest_jd_tt);
        assert!((a.sun_altitude_deg - b.sun_altitude_deg).abs() < 1e-9 && a.elements.x == b.elements.x);
    }
    for (a, b) in lunar(|sky| sky).iter().zip(&lunar(turned)) {
        let west = (a.ephemeris_longitude_deg - b.ephemeris_longitude_deg).rem_euclid(360.0);
        assert!((west - 15.0).abs() < 1e-9 && a.latitude_deg == b.latitude_deg);
    }
}

/// What the source refuses ends the search with its refusal, wherever in an eclipse it does.
#[test]
fn refusals_come_through() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Refused(u32);
    let lunation = Lunation(300);
    let mut asked = 0;
    let mut count = Changed(|tt| {
        asked += 1;
        Ok::<_, Infallible>(rough(tt))
    });
    assert!(matches!(solar_eclipse_of(&mut count, lunation), Ok(Some(_))));
    let all = asked;
    assert!((15..40).contains(&all), "{all}");
    for nth in 0..all {
        let mut left = nth;
        let mut refusing = Changed(|tt| {
            let answer = if left == 0 { Err(Refused(nth)) } else { Ok(rough(tt)) };
            left = left.saturating_sub(1);
            answer
        });
        assert_eq!(solar_eclipse_of(&mut refusing, lunation).err(), Some(Refused(nth)));
    }
    let mut refusing = Changed(|_| Err(Refused(7)));
    assert_eq!(solar_eclipses(&mut refusing, century()).err(), Some(Refused(7)));
    assert_eq!(lunar_eclipses(&mut refusing, century()).err(), Some(Refused(7)));
    assert_eq!(member::<SolarEclipse, _>(&mut refusing, lunation), Err(Refused(7)));
    assert_eq!(member::<LunarEclipse, _>(&mut refusing, lunation), Err(Refused(7)));
}

#[test]
fn what_is_no_number_has_no_eclipse() {
    let numbers = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, 1e300, -1e300, 5e-324];
    for wild in numbers {
        for place in 0..7 {
            let broken = |mut sky: SunAndMoon| {
                match place {
                    0..3 => sky.sun_au[place] = wild,
                    3..6 => sky.moon_au[place - 3] = wild,
                    _ => sky.sidereal_time_deg = wild,
                }
                sky
            };
            let years = TtDay(2_460_000.5)..TtDay(2_460_800.5);
            let mut sky = Changed(|tt| Ok::<_, Infallible>(broken(rough(tt))));
            let Ok(solar) = solar_eclipses(&mut sky, years.clone());
            let Ok(lunar) = lunar_eclipses(&mut sky, years);
            // A sidereal time that is none spoils longitudes; a place that is none leaves nothing. Finite ones may do as they like.
            if !wild.is_finite() && place < 6 {
                assert!(solar.is_empty() && lunar.is_empty(), "{wild} {place}");
            }
        }
        // Numbers of lunations and spans that nobody means.
        let mut sky = Changed(|tt| Ok::<_, Infallible>(rough(tt)));
        let span = TtDay(wild)..TtDay(wild);
        assert!(solar_eclipses(&mut sky, span.clone()).is_ok_and(|found| found.is_empty()));
        assert!(lunar_eclipses(&mut sky, span).is_ok_and(|found| found.is_empty()));
    }
    for number in [i32::MIN, i32::MIN + 1, i32::MAX] {
        let mut sky = Changed(|tt| Ok::<_, Infallible>(rough(tt)));
        assert!(solar_eclipse_of(&mut sky, Lunation(number)).is_ok());
        assert!(Lunation(number).phase(Phase::New).jd().is_finite());
    }
}

/// Greenwich sidereal time of 10 April 1987, 0h and 19:21 UT (Meeus, examples 12.a and 12.b), were UT1 TT.
#[test]
fn ephemeris_sidereal_time_is_that_of_an_earth_without_delta_t() {
    let still = Nutation { mean_obliquity_deg: 23.44, ..Nutation::default() };
    let hours = |h: f64, m: f64, s: f64| 15.0 * (h + m / 60.0 + s / 3600.0);
    for (jd, expected_deg) in
        [(2_446_895.5, hours(13.0, 10.0, 46.3668)), (2_446_896.306_25, hours(8.0, 34.0, 57.0896))]
    {
        let found = ephemeris_sidereal_time_deg(TtDay(jd), &still);
        // IAU 1982 there, IAU 2006 here: some hundredths of an arcsecond.
        assert!((found - expected_deg).abs() * 3600.0 < 0.1, "{}", (found - expected_deg) * 3600.0);
    }
    let dpsi = Nutation {
        dpsi_deg: -3.788 / 3600.0,
        mean_obliquity_deg: 23.440_946,
        deps_deg: 9.443 / 3600.0,
        ..still
    };
    let apparent = ephemeris_sidereal_time_deg(TtDay(2_446_895.5), &dpsi);
    assert!((apparent - hours(13.0, 10.0, 46.1351)).abs() * 3600.0 < 0.1);
}
