//! What places see of eclipses of the Moon, from tables: against the C library's own search, and against looks at every half
//! minute.

use orrery_almanac::eclipses::lunar_local::{LunarLocal, LunarObserver, LunarPhase};
use orrery_almanac::eclipses::{Luminaries, TabulatedLuminaries};
use orrery_almanac::horizon::{Atmosphere, Horizontal};
use orrery_almanac::rise_set::{Limb, Refraction, Sky, TabulatedSky, Threshold};
use orrery_almanac::{Site, WireBody};
use orrery_format::UtDay;
use orrery_format::eclipse::{LunarEclipse, LunarKind};
use orrery_swisseph::{LiveError, LiveSearch, LiveSite};

use super::{live, tables};

const SECOND: f64 = 1.0 / 86_400.0;

fn delta_t_s(jd_tt: f64) -> f64 {
    let about = |delta_t_s: f64| tables::tables().delta_t_s(UtDay(jd_tt - delta_t_s * SECOND)).unwrap();
    about(about(0.0))
}

fn sky(site: Site) -> TabulatedSky<'static> {
    TabulatedSky { dataset: tables::tables(), body: WireBody::MOON, site }
}

fn seen(eclipse: &LunarEclipse, site: Site, threshold: Threshold, delta_t_s: f64) -> LunarLocal {
    let mut luminaries = TabulatedLuminaries(tables::tables());
    let mut observer = LunarObserver {
        luminaries: &mut luminaries,
        sky: &mut sky(site),
        latitude_deg: site.latitude_deg,
        threshold,
    };
    observer.see(eclipse, delta_t_s).unwrap()
}

/// A site by the fractional parts of multiples of irrational numbers, which fill the Earth evenly.
fn site(nth: usize) -> Site {
    let [a, b] = [0.754_877_666, 0.569_840_291].map(|step: f64| (0.5 + step * nth as f64).fract());
    Site {
        latitude_deg: (2.0 * a - 1.0).asin().to_degrees(),
        longitude_deg: 360.0 * b - 180.0,
        altitude_m: 0.0,
    }
}

#[test]
fn places_see_what_the_library_finds() {
    let mut session = live::session();
    // As the library has risings during an eclipse: of the lower limb, at 0 °C.
    let air = Atmosphere::new(1013.25, 0.0).unwrap();
    let lower = Threshold { limb: Limb::Lower, refraction: Refraction::Air(air), horizon_deg: 0.0 };
    let (mut compared, mut unseen, mut crossed) = (0, 0, 0);
    let (mut contact_s, mut rise_s, mut altitude_deg, mut azimuth_deg) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for (nth, eclipse) in tables::lunar().iter().enumerate().step_by(3) {
        let (site, delta_t_s) = (site(nth), delta_t_s(eclipse.greatest_jd_tt));
        let found = seen(eclipse, site, lower, delta_t_s);
        let live_site =
            LiveSite { latitude_deg: site.latitude_deg, longitude_deg: site.longitude_deg, altitude_m: 0.0 };
        let start = eclipse.greatest_jd_tt - delta_t_s * SECOND - 1.0;
        let theirs = match session.local_lunar_eclipse(live_site, LiveSearch::Forward, start) {
            Err(LiveError::OutsideFiles { .. }) => continue,
            answer => answer.unwrap(),
        };
        let is_same = (theirs.maximum.jd_ut - start - 1.0).abs() < 0.3;
        let contacts = [
            (Some(found.penumbra_begins), theirs.penumbral_begin),
            (found.partial_begins, theirs.partial_begin),
            (found.total_begins, theirs.total_begin),
            (found.total_ends, theirs.total_end),
            (found.partial_ends, theirs.partial_end),
            (Some(found.penumbra_ends), theirs.penumbral_end),
        ];
        let Some(visible) = found.visible.filter(|_| is_same) else {
            // What the library has not, or takes for seen, is up for no more than minutes.
            let mut altitudes = contacts.iter().filter_map(|(ours, _)| ours.map(|ours| ours.altitude_deg));
            let is_seen = found.visible.is_some() || is_same;
            assert!(!is_seen || altitudes.all(|deg| deg < 1.5), "{site:?} {found:?} {theirs:?}");
            unseen += 1;
            continue;
        };
        compared += 1;
        let (mut is_graze, place) = (false, || format!("{} at {site:?}", eclipse.greatest_jd_tt));
        for depth in [eclipse.penumbral_magnitude, eclipse.umbral_magnitude, eclipse.umbral_magnitude - 1.0] {
            is_graze |= (-0.01..0.05).contains(&depth);
        }
        for (ours, theirs) in contacts {
            match (ours, theirs) {
                (Some(ours), Some(theirs)) if !is_graze => {
                    let late_s = (ours.tt.jd() - delta_t_s * SECOND - theirs.jd_ut) / SECOND;
                    contact_s = contact_s.max(late_s.abs());
                    if ours.altitude_deg.abs() > 1.0 {
                        assert_eq!(ours.is_up, theirs.is_visible, "{}: {ours:?}", place());
                    }
                }
                // It tells no contacts of the time when the Moon is down.
                (Some(ours), None) if !is_graze => {
                    let is_beside = found
                        .crossings()
                        .any(|crossing| (crossing.phase.tt.jd() - ours.tt.jd()).abs() < 60.0 * SECOND);
                    assert!(!ours.is_up || is_beside, "{}: {ours:?}", place());
                }
                (None, Some(theirs)) => assert!(is_graze, "{}: {theirs:?}", place()),
                _ => {}
            }
        }
        for (theirs, is_rising) in [(theirs.moonrise_jd_ut, true), (theirs.moonset_jd_ut, false)] {
            let ours = found.crossings().find(|crossing| crossing.is_rising == is_rising);
            match (ours, theirs) {
                (Some(ours), Some(theirs)) => {
                    let late_s = (ours.phase.tt.jd() - delta_t_s * SECOND - theirs) / SECOND;
                    rise_s = rise_s.max(late_s.abs());
                    crossed += 1;
                }
                (None, None) => {}
                (ours, theirs) => {
                    let jd_ut = theirs.or(ours.map(|ours| ours.phase.tt.jd() - delta_t_s * SECOND)).unwrap();
                    let ends = eclipse.penumbra_jd_tt.map(|jd_tt| jd_tt - delta_t_s * SECOND - jd_ut);
                    // Beside the first or the last contact, which are theirs.
                    let is_beside = ends.iter().any(|apart| apart.abs() < 120.0 * SECOND);
                    assert!(is_beside || is_graze, "{}: {ours:?} {theirs:?}", place());
                }
            }
        }
        // Where the Moon stands, at the same instant.
        let at = theirs.circumstances.horizontal.unwrap();
        let sight = sky(site).sight(UtDay(theirs.maximum.jd_ut)).unwrap();
        let ours = Horizontal::from(&sight.direction);
        altitude_deg = altitude_deg.max((ours.altitude_deg.value - at.true_altitude_deg).abs());
        let turned = ours.azimuth_deg.value - at.azimuth_deg;
        let on_sky = ours.altitude_deg.value.to_radians().cos();
        azimuth_deg = azimuth_deg.max(((turned - 360.0 * (turned / 360.0).round()) * on_sky).abs());
        let late_s = (visible.greatest.tt.jd() - delta_t_s * SECOND - theirs.maximum.jd_ut) / SECOND;
        assert!(late_s.abs() < 60.0 || is_graze, "{}: most is seen {late_s} s later", place());
        let magnitude = theirs.circumstances.penumbral_magnitude;
        assert!((visible.greatest.penumbral_magnitude - magnitude).abs() < 0.02, "{}: {magnitude}", place());
    }
    eprintln!(
        "{compared} eclipses, {crossed} risings and settings, {unseen} unseen: contacts within {contact_s:.1} s, \
         risings {rise_s:.2} s, altitude {altitude_deg:.1e}°, azimuth {azimuth_deg:.1e}°"
    );
    assert!(compared > 200 && crossed > 50 && unseen > 50, "{compared} {crossed} {unseen}");
    assert!(contact_s < 20.0 && rise_s < 0.1 && altitude_deg < 1e-6 && azimuth_deg < 1e-6);
}

/// Everything that is told of a place, by looking at the Moon every half minute.
#[test]
fn places_see_what_is_up_while_it_happens() {
    const STEP_S: f64 = 30.0;
    let mut counts = [0_usize; 5];
    for (nth, eclipse) in tables::lunar().iter().enumerate() {
        let delta_t_s = delta_t_s(eclipse.greatest_jd_tt);
        // Every other place is near a pole, where a Moon may rise and set, or set and rise, within an hour.
        let mut place = site(nth);
        if nth % 10 < 5 {
            place.latitude_deg = place.latitude_deg.signum() * (58.0 + place.latitude_deg.abs() / 6.0);
        }
        let threshold = Threshold::default();
        let found = seen(eclipse, place, threshold, delta_t_s);
        let mut sky = sky(place);
        let mut is_up = |jd_tt: f64| {
            let sight = sky.sight(UtDay(jd_tt - delta_t_s * SECOND)).unwrap();
            let level = threshold.centre_airless_deg(sight.semidiameter_deg).value;
            Horizontal::from(&sight.direction).altitude_deg.value > level
        };
        let [first, last] = eclipse.penumbra_jd_tt;
        let [u1, u2, u3, u4] = eclipse.umbra_jd_tt;
        let steps = ((last - first) / (STEP_S * SECOND)).ceil();
        let step = (last - first) / steps;
        let looks: Vec<(f64, bool)> =
            (0..=steps as u32).map(|nth| first + step * f64::from(nth)).map(|at| (at, is_up(at))).collect();
        let up: Vec<f64> = looks.iter().filter(|look| look.1).map(|look| look.0).collect();
        let changes: Vec<(f64, bool)> = looks
            .windows(2)
            .filter(|pair| pair[0].1 != pair[1].1)
            .map(|pair| (pair[1].0, pair[1].1))
            .collect();
        let told: Vec<(f64, bool)> =
            found.crossings().map(|crossing| (crossing.phase.tt.jd(), crossing.is_rising)).collect();
        let is_brief = told.windows(2).any(|pair| pair[1].0 - pair[0].0 < 2.0 * step);
        assert!(changes.len() == told.len() || is_brief, "{place:?} {told:?} {changes:?}");
        for ((at, is_rising), (seen, seen_rising)) in told.iter().zip(&changes) {
            assert!((seen - at) > -1e-8 && (seen - at) < step + 1e-8 && is_rising == seen_rising);
        }
        counts[told.len().min(2)] += 1;
        let Some(visible) = found.visible else {
            assert!(up.is_empty(), "{place:?} {found:?}");
            counts[3] += 1;
            continue;
        };
        if up.is_empty() {
            assert!(is_brief || visible.ends.jd() - visible.begins.jd() < 2.0 * step);
            continue;
        }
        assert!((visible.begins.jd() - up[0]).abs() < 1.01 * step, "{place:?}");
        assert!((visible.ends.jd() - up[up.len() - 1]).abs() < 1.01 * step, "{place:?}");
        let seconds = |from: f64, to: f64| {
            up.iter().filter(|at| (from..to).contains(at)).count() as f64 * step / SECOND
        };
        for (told, seen) in [(visible.umbral_s, seconds(u1, u4)), (visible.total_s, seconds(u2, u3))] {
            assert!((told - seen).abs() < 4.0 * STEP_S, "{place:?}: {told} s, but {seen} s");
        }
        // The nearest to the greatest is what is deepest.
        let nearest = up.iter().map(|at| (at - eclipse.greatest_jd_tt).abs()).fold(f64::MAX, f64::min);
        let told = (visible.greatest.tt.jd() - eclipse.greatest_jd_tt).abs();
        assert!(
            (told - nearest).abs() < 1.01 * step && visible.greatest.is_up,
            "{place:?}: {told} {nearest}"
        );
        let is_total = visible.total_s > 0.0;
        assert_eq!(visible.kind == LunarKind::Total, is_total, "{place:?} {visible:?}");
        assert_eq!(visible.kind == LunarKind::Penumbral, visible.umbral_s == 0.0, "{place:?} {visible:?}");
        counts[4] += 1;
    }
    eprintln!("none, one and two crossings; never up, seen: {counts:?}");
    assert!(counts[0] > 50 && counts[1] > 50 && counts[2] > 2 && counts[3] > 20, "{counts:?}");
}

/// Magnitudes at contacts and in between, and where on the limb the shadow touches, by the places of Sun and Moon.
#[test]
fn the_shadow_touches_the_limb_where_it_is_told() {
    let mut luminaries = TabulatedLuminaries(tables::tables());
    for (nth, eclipse) in tables::lunar().iter().enumerate().step_by(5) {
        let found = seen(eclipse, site(nth), Threshold::default(), delta_t_s(eclipse.greatest_jd_tt));
        let greatest = &found.greatest;
        assert_eq!(greatest.umbral_magnitude, eclipse.umbral_magnitude);
        assert_eq!(greatest.kind as u8, eclipse.kind);
        for (phase, is_far) in [
            (Some(found.penumbra_begins), false),
            (found.partial_begins, false),
            (found.total_begins, true),
            (found.total_ends, true),
            (found.partial_ends, false),
            (Some(found.penumbra_ends), false),
            (Some(found.greatest), false),
        ] {
            let Some(phase) = phase else { continue };
            assert!(phase.penumbral_magnitude <= greatest.penumbral_magnitude);
            assert!(phase.umbral_magnitude <= greatest.umbral_magnitude);
            // The bearing from the Moon to the point opposite to the Sun (Meeus, Astronomical Algorithms, chapter 17).
            let sky = luminaries.at(phase.tt).unwrap();
            let angles = |[x, y, z]: [f64; 3]| (y.atan2(x), z.atan2(x.hypot(y)));
            let ((moon, moon_d), (shadow, shadow_d)) =
                (angles(sky.moon_au), angles(sky.sun_au.map(|part| -part)));
            let apart = shadow - moon;
            let bearing = (apart.sin() * shadow_d.cos())
                .atan2(shadow_d.sin() * moon_d.cos() - shadow_d.cos() * moon_d.sin() * apart.cos());
            let expected = bearing.to_degrees() + if is_far { 180.0 } else { 0.0 };
            let off = phase.position_angle_deg - expected;
            assert!((off - 360.0 * (off / 360.0).round()).abs() < 1e-6, "{off} {phase:?}");
        }
        // The Moon goes into the shadow with its eastern limb first, and comes out with its western limb last.
        let eastward = |phase: &LunarPhase| phase.position_angle_deg.to_radians().sin();
        assert!(eastward(&found.penumbra_begins) > eastward(&found.penumbra_ends));
        if let (Some(u2), Some(u3)) = (found.total_begins, found.total_ends) {
            assert!(eastward(&u2) < eastward(&u3));
            assert_eq!((u2.umbral_magnitude, u3.umbral_magnitude), (1.0, 1.0));
        }
        // At risings and settings: angles as Danjon's shadow has them.
        for crossing in found.crossings() {
            let sky = luminaries.at(crossing.phase.tt).unwrap();
            let length = |[x, y, z]: [f64; 3]| x.hypot(y).hypot(z);
            let (sun, moon) = (length(sky.sun_au), length(sky.moon_au));
            let earth_au = 6_378.137 / 149_597_870.7;
            let inner = (0..3).map(|c| -sky.sun_au[c] * sky.moon_au[c]).sum::<f64>() / (sun * moon);
            let parallax = 1.01 * (earth_au / moon).asin() + (earth_au / sun).asin();
            let (of_sun, of_moon) =
                (((959.63_f64 / 3600.0).to_radians() / sun).asin(), (0.272_488 * earth_au / moon).asin());
            let magnitude = |radius: f64| (radius + of_moon - inner.acos()) / (2.0 * of_moon);
            let phase = &crossing.phase;
            assert!((phase.umbral_magnitude - magnitude(parallax - of_sun)).abs() < 1e-6, "{phase:?}");
            assert!((phase.penumbral_magnitude - magnitude(parallax + of_sun)).abs() < 1e-6, "{phase:?}");
        }
    }
}
