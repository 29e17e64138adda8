//! Hazard: a phase or a magnitude that is right for most bodies at most times. What the almanac makes of table states is
//! compared with `swe_pheno` at random instants, where the Sun, the Earth and the body are nearly in line, and from a
//! site; and with values of JPL Horizons and NASA that neither had a part in.

use std::collections::BTreeMap;
use std::ops::Range;

use orrery_almanac::phenomena::{Phase, Sight, horizontal_parallax_deg};
use orrery_almanac::vector::Varying;
use orrery_almanac::{Earth, Error, Instant, LeapSeconds, Site, Topocentre, Uranian, WireBody, iso, zone};
use orrery_format::{Body, Center, Dataset, Product, State, TtDay, UtDay};
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveCenter, LivePhenomena, LiveSite, LiveView};
use orrery_tests::hostile;
use orrery_tests::measure::angle_between;
use orrery_tests::published::{number, rows};
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};

/// Within this many degrees of the Sun a planet stands behind or before its disc. Deflection is then not that of a point.
const DISC_DEG: f64 = 0.272;

/// Bodies that are there.
fn solid() -> impl Iterator<Item = Body> {
    Body::ALL.into_iter().filter(|body| {
        let sight = Sight::new(WireBody::Tabulated(*body), &State { distance_au: 1.0, ..State::default() });
        *body != Body::Earth && sight.apparent_diameter_deg().is_some()
    })
}

fn state(dataset: &Dataset, body: Body, center: Center, jd: f64) -> Option<State> {
    dataset.state(body, center, TtDay(jd)).ok().map(|answer| answer.value)
}

/// What the tables give of an instant for every body.
struct Scene {
    sun: State,
    earth: Earth,
}

impl Scene {
    fn at(dataset: &Dataset, jd: f64) -> Scene {
        let sun = state(dataset, Body::Sun, Center::Geo, jd).unwrap();
        Scene { sun, earth: Earth::new(&state(dataset, Body::Earth, Center::Bary, jd).unwrap(), &sun) }
    }
}

/// What the almanac makes of a body.
#[derive(Debug)]
struct Look {
    elongation_deg: f64,
    phase: Option<Phase>,
    diameter_deg: Option<f64>,
    magnitude: Option<f64>,
}

impl Look {
    fn of(body: Body, seen: &State, sun: &State, geocentric: &State, earth: &Earth, jd: f64) -> Look {
        let sight = Sight::new(WireBody::Tabulated(body), seen);
        let sunlit = sight.sunlit(geocentric, earth);
        Look {
            elongation_deg: sight.elongation_deg(&Sight::new(WireBody::SUN, sun)),
            phase: sunlit.map(|sunlit| sunlit.phase),
            diameter_deg: sight.apparent_diameter_deg(),
            magnitude: sight.magnitude(sunlit.as_ref(), TtDay(jd)),
        }
    }

    fn geocentric(dataset: &Dataset, body: Body, jd: f64) -> Option<Look> {
        let (seen, scene) = (state(dataset, body, Center::Geo, jd)?, Scene::at(dataset, jd));
        Some(Look::of(body, &seen, &scene.sun, &seen, &scene.earth, jd))
    }
}

/// The largest differences from the live source that were met, and how often it was asked.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    compared: usize,
    elongation_deg: f64,
    phase_deg: f64,
    fraction: f64,
    /// Relative.
    diameter: f64,
    magnitude: f64,
}

impl Worst {
    fn add(&mut self, what: &str, look: &Look, live: &LivePhenomena) {
        let gap = |ours: Option<f64>, theirs: Option<f64>| match (ours, theirs) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs(),
            (None, None) => 0.0,
            other => panic!("{what}: only one answers, {other:?}"),
        };
        let worst = [
            (&mut self.phase_deg, gap(look.phase.map(|phase| phase.angle_deg), live.phase_angle_deg)),
            (
                &mut self.fraction,
                gap(look.phase.map(|phase| phase.illuminated_fraction), live.illuminated_fraction),
            ),
            // The Sun is no angle away from itself.
            (&mut self.elongation_deg, (look.elongation_deg - live.elongation_deg.unwrap_or(0.0)).abs()),
            (
                &mut self.diameter,
                gap(look.diameter_deg, live.apparent_diameter_deg) / look.diameter_deg.unwrap_or(1.0),
            ),
            (&mut self.magnitude, gap(look.magnitude, live.magnitude)),
        ];
        for (worst, gap) in worst {
            assert!(gap.is_finite(), "{what}: {look:?}, {live:?}");
            *worst = worst.max(gap);
        }
        self.compared += 1;
    }

    /// What the documentation of `phenomena` says.
    fn check(&self, what: &str, body: Body) {
        println!(
            "{what} {:8} {:5} compared: elongation {:.1e}° phase {:.1e}° fraction {:.1e} diameter {:.1e} magnitude {:.1e}",
            body.name(),
            self.compared,
            self.elongation_deg,
            self.phase_deg,
            self.fraction,
            self.diameter,
            self.magnitude
        );
        // Near the new Moon the formula is steep.
        let magnitude = if matches!(body, Body::Saturn | Body::Moon) { 1e-4 } else { 2e-5 };
        assert!(self.elongation_deg < 2e-6, "{body}: {self:?}");
        assert!(self.phase_deg < 3e-5 && self.fraction < 2e-7, "{body}: {self:?}");
        // What tables promise of distances.
        assert!(self.diameter < 1e-8, "{body}: {self:?}");
        assert!(self.magnitude < magnitude, "{body}: {self:?}");
    }
}

/// Whether nearly all draws were compared: what is skipped at the Sun is little.
fn is_most(compared: usize, draws: usize) -> bool {
    compared * 10 >= draws * 9
}

/// Compares every body at instants of its own. At the Sun's disc it is not, which where bodies are in line may be often.
fn compare(what: &str, in_line: bool, instants: impl Fn(&Dataset, Body) -> Vec<f64>) {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    for body in solid() {
        let (instants, mut at_disc, mut worst) = (instants(&dataset, body), 0, Worst::default());
        for &jd in &instants {
            let Some(look) = Look::geocentric(&dataset, body, jd) else { continue };
            if look.elongation_deg < DISC_DEG && !matches!(body, Body::Sun | Body::Moon) {
                at_disc += usize::from(in_line);
                continue;
            }
            let live = session.phenomena(live_body(body), LiveCenter::Geo, jd).unwrap();
            worst.add(&format!("{body} at {jd:?}"), &look, &live);
        }
        worst.check(what, body);
        assert!(worst.compared > 0 && is_most(worst.compared, instants.len() - at_disc), "{body}: {worst:?}");
    }
}

#[test]
fn quantities_equal_live_at_random_instants() {
    compare("at random", false, |_, body| {
        let mut random = Random::of(&format!("phenomena of {body}"));
        let Range { start, end } = tables::span_tt();
        (0..1_000).map(|_| random.between(start, end)).collect()
    });
}

#[test]
fn quantities_equal_live_at_the_ends_of_the_tables() {
    compare("at the ends", false, |_, body| {
        let mut random = Random::of(&format!("phenomena of {body} at the ends"));
        let span = tables::span_tt();
        let near = tables::ends_tt().into_iter().filter(|jd| span.contains(jd));
        let days = (0..40).flat_map(|_| {
            [random.between(span.start, span.start + 1.0), random.between(span.end - 1.0, span.end)]
        });
        near.chain(days).collect()
    });
}

/// When a body and the Sun are in line with the Earth: in conjunction (0) or opposition (180).
fn in_line(dataset: &Dataset, body: Body, apart_deg: f64) -> Vec<f64> {
    let longitude = |body, jd| state(dataset, body, Center::Geo, jd).map(|state| state.longitude_deg);
    let step_days = if body == Body::Moon { 1.0 } else { 4.0 };
    // A tenth of the span holds hundreds of each for the Moon, and one at least for all.
    let whole = tables::span_tt();
    let span = (2_451_545.0, 2_451_545.0 + (whole.end - whole.start) / 10.0);
    hostile::roots(span, step_days, |jd| {
        Some(angle_between(longitude(body, jd)?, longitude(Body::Sun, jd)? + apart_deg))
    })
}

#[test]
fn quantities_equal_live_at_conjunctions_and_oppositions() {
    for (what, apart_deg) in [("in conjunction", 0.0), ("in opposition", 180.0)] {
        compare(what, true, |dataset, body| {
            if body == Body::Sun || apart_deg > 0.0 && matches!(body, Body::Mercury | Body::Venus) {
                return vec![2_451_545.0];
            }
            let mut instants = in_line(dataset, body, apart_deg);
            instants.truncate(60);
            let beside = [-1.0, -0.2, -0.01, 0.0, 0.003, 0.05, 0.4, 3.0];
            instants.iter().flat_map(|jd| beside.map(|days| jd + days)).collect()
        });
    }
}

/// There the place is not straightened, and the speed that it is moved back by has all the deflection's changes in it.
#[test]
fn phases_equal_live_behind_the_suns_disc() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let (mut compared, mut worst) = (0, 0.0_f64);
    for body in [Body::Mercury, Body::Venus, Body::Mars, Body::Jupiter, Body::Saturn, Body::Uranus] {
        for (jd, _) in hostile::conjunctions(&dataset, body).into_iter().filter(|(_, apart)| *apart < 0.26) {
            for jd in [jd - 0.1, jd - 0.02, jd, jd + 0.05] {
                let Some(look) = Look::geocentric(&dataset, body, jd) else { continue };
                if look.elongation_deg > DISC_DEG {
                    continue;
                }
                let live = session.phenomena(live_body(body), LiveCenter::Geo, jd).unwrap();
                worst = worst.max((look.phase.unwrap().angle_deg - live.phase_angle_deg.unwrap()).abs());
                compared += 1;
            }
        }
    }
    println!("{compared} behind or before the disc, worst phase angle {worst:.1e}°");
    assert!(compared > 100 && worst < 1e-2, "{compared} {worst}");
}

#[test]
fn the_place_from_the_sun_is_the_live_heliocentric_one() {
    const DRAWS: usize = 500;
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let span = tables::span_tt();
    for body in solid().filter(|body| *body != Body::Sun) {
        let mut random = Random::of(&format!("from the Sun to {body}"));
        let (mut compared, mut worst) = (0, 0.0_f64);
        for _ in 0..DRAWS {
            let jd = random.between(span.start, span.end);
            let Some(seen) = state(&dataset, body, Center::Geo, jd) else { continue };
            let (sight, scene) = (Sight::new(WireBody::Tabulated(body), &seen), Scene::at(&dataset, jd));
            if sight.elongation_deg(&Sight::new(WireBody::SUN, &scene.sun)) < DISC_DEG && body != Body::Moon {
                continue;
            }
            let late = sight.light_time_s().unwrap() / 86_400.0;
            let [longitude, latitude, distance] =
                session.position(live_body(body), LiveCenter::Helio, jd - late).unwrap();
            let ((sin_l, cos_l), (sin_b, cos_b)) =
                (longitude.to_radians().sin_cos(), latitude.to_radians().sin_cos());
            let live = [cos_b * cos_l, cos_b * sin_l, sin_b].map(|component| component * distance);
            let ours = sight.sunlit(&seen, &scene.earth).unwrap().from_sun();
            let gap: f64 = ours.iter().zip(live).map(|(ours, live)| (ours - live).powi(2)).sum();
            worst = worst.max(gap.sqrt() / distance);
            compared += 1;
        }
        println!("{body}: {compared} compared, {worst:.1e} of the distance");
        assert!(worst < 3e-7, "{body}: {worst}");
        assert!(is_most(compared, DRAWS), "{body}: only {compared}");
    }
}

#[test]
fn quantities_equal_live_from_a_site() {
    const DRAWS: usize = 200;
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let span = tables::span_ut();
    let mut random = Random::of("phenomena from a site");
    for body in solid() {
        let mut worst = Worst::default();
        for _ in 0..DRAWS {
            let ut = random.between(span.start, span.end);
            let site = Site {
                latitude_deg: random.between(-90.0, 90.0),
                longitude_deg: random.between(-180.0, 180.0),
                altitude_m: random.between(0.0, 5_000.0),
            };
            let jd = ut + dataset.delta_t_s(UtDay(ut)).unwrap() / 86_400.0;
            let scene = Scene::at(&dataset, jd);
            let Some(geocentric) = state(&dataset, body, Center::Geo, jd) else { continue };
            let nutation = dataset.nutation(TtDay(jd)).unwrap().value;
            // Degrees that the Earth turns in a day.
            let sidereal = Varying::new(dataset.mean_sidereal_time_deg(UtDay(ut)).unwrap(), 360.985_647_4);
            let topocentre = Topocentre::new(&site, sidereal, &nutation, scene.earth);
            let (Some(seen), Some(sun)) =
                (topocentre.place(body, &geocentric), topocentre.place(Body::Sun, &scene.sun))
            else {
                continue;
            };
            let look = Look::of(body, &seen, &sun, &geocentric, &scene.earth, jd);
            let live_site = LiveSite {
                latitude_deg: site.latitude_deg,
                longitude_deg: site.longitude_deg,
                altitude_m: site.altitude_m,
            };
            let live = session.phenomena(live_body(body), LiveCenter::Topo(live_site), jd).unwrap();
            worst.add(&format!("{body} at {jd:?} from {site:?}"), &look, &live);
        }
        worst.check("from a site", body);
        assert!(is_most(worst.compared, DRAWS), "{body}: {worst:?}");
    }
}

#[test]
fn the_moons_parallax_is_that_of_its_true_distance() {
    let (dataset, mut session) = (tables::shared(), workspace::session());
    let mut random = Random::of("parallax of the Moon");
    let span = tables::span_tt();
    let mut worst = 0.0_f64;
    for _ in 0..500 {
        let jd = random.between(span.start, span.end);
        let seen = state(&dataset, Body::Moon, Center::Geo, jd).unwrap();
        let parallax = horizontal_parallax_deg(&seen, &Scene::at(&dataset, jd).earth).unwrap();
        let view = LiveView::geometric(LiveCenter::Geo);
        let [_, _, distance] = session.position(live_body(Body::Moon), view, jd).unwrap();
        let live = (6_378_136.6 / 149_597_870_700.0 / distance).asin().to_degrees();
        worst = worst.max((parallax - live).abs());
    }
    println!("parallax of the Moon: {worst:.1e}°");
    assert!(worst < 3e-8, "{worst}");
}

#[test]
fn what_is_not_there_has_no_looks() {
    let dataset = tables::shared();
    let jd = 2_460_000.5;
    let scene = Scene::at(&dataset, jd);
    let points = Body::ALL.into_iter().filter(|body| {
        !Product::Place(Center::Helio, *body).exists() && Product::Place(Center::Geo, *body).exists()
    });
    let mut nothing = vec![WireBody::MeanSouthNode, WireBody::TrueSouthNode];
    nothing.extend(points.filter(|body| *body != Body::Sun).map(WireBody::Tabulated));
    assert_eq!(nothing.len(), 8);
    for body in nothing {
        let place = state(&dataset, body.tabulated().unwrap().0, Center::Geo, jd).unwrap();
        let sight = Sight::new(body, &place);
        assert_eq!(sight.sunlit(&place, &scene.earth), None);
        assert_eq!(sight.light_time_s(), None);
        assert_eq!(sight.apparent_diameter_deg(), None);
        assert_eq!(sight.magnitude(None, TtDay(jd)), None);
        assert!(sight.elongation_deg(&Sight::new(WireBody::SUN, &scene.sun)) > 0.0);
    }
    // A body without a known disc has a phase all the same.
    let place = state(&dataset, Body::Neptune, Center::Geo, jd).unwrap();
    for body in [WireBody::Uranian(Uranian::Hades), WireBody::Asteroid(433)] {
        let sight = Sight::new(body, &place);
        let sunlit = sight.sunlit(&place, &scene.earth);
        assert!(sunlit.unwrap().phase.angle_deg < 2.0);
        assert_eq!(
            (sight.apparent_diameter_deg(), sight.magnitude(sunlit.as_ref(), TtDay(jd))),
            (None, None)
        );
    }
}

/// An instant of a file, in TT.
fn tt(dataset: &Dataset, text: &str) -> f64 {
    let utc = zone::resolve(&iso::parse(text).unwrap(), None, None).unwrap().utc;
    let delta_t = |ut| Ok::<_, Error>(dataset.delta_t_s(ut).unwrap());
    Instant::from_utc(utc, &LeapSeconds::built_in(), delta_t).unwrap().tt.jd()
}

#[test]
fn horizons_magnitudes_and_phase_angles() {
    let Some(rows) = rows("horizons_magnitude.csv") else { return };
    let dataset = tables::shared();
    let mut worst: BTreeMap<&str, (usize, [f64; 2])> = BTreeMap::new();
    for row in &rows {
        let body = Body::from_name(&row[0].to_ascii_lowercase()).unwrap();
        let jd = tt(&dataset, &format!("{}Z", row[1]));
        let look = Look::geocentric(&dataset, body, jd).unwrap();
        let entry = worst.entry(body.name()).or_default();
        entry.0 += 1;
        let phase = (look.phase.unwrap().angle_deg - number(row, 5)).abs();
        // JPL has newer planets by now; Uranus has moved the most.
        assert!(phase < 7e-4, "{row:?}: {look:?}");
        entry.1[0] = entry.1[0].max(phase);
        if row[2] == "n.a." {
            continue;
        }
        let magnitude = (look.magnitude.unwrap() - number(row, 2)).abs();
        // Horizons has another formula for the Moon, which is nearly dark beyond 150°.
        let allowed = match body {
            Body::Moon if number(row, 5) > 150.0 => 3.7,
            Body::Moon => 0.5,
            _ => 0.2,
        };
        assert!(magnitude < allowed, "{row:?}: {look:?}");
        entry.1[1] = entry.1[1].max(magnitude);
    }
    for (body, (compared, [phase, magnitude])) in worst {
        println!("{body}: {compared} compared, phase angle {phase:.1e}°, magnitude {magnitude:.2}");
    }
}

#[test]
fn horizons_illumination_of_the_moon() {
    let Some(rows) = rows("horizons_moon_illumination_tt.csv") else { return };
    let dataset = tables::shared();
    let (mut compared, mut worst) = (0, 0.0_f64);
    for row in rows.iter().filter(|row| tables::span_tt().contains(&number(row, 0))) {
        let look = Look::geocentric(&dataset, Body::Moon, number(row, 0)).unwrap();
        worst = worst.max((look.phase.unwrap().illuminated_fraction - number(row, 1)).abs());
        compared += 1;
    }
    println!("{compared} Moons, worst {worst:.1e}");
    assert!(compared > 50 && worst < 3e-5, "{compared} {worst}");
}

#[test]
fn nasa_illumination_and_size_of_the_moon() {
    let Some(rows) = rows("nasa_svs_mooninfo_daily_2020_2022.csv") else { return };
    let dataset = tables::shared();
    let mut worst = [0.0_f64; 2];
    for row in &rows {
        let look = Look::geocentric(&dataset, Body::Moon, tt(&dataset, &row[0])).unwrap();
        let lit = look.phase.unwrap().illuminated_fraction * 100.0 - number(row, 1);
        let arcsec = look.diameter_deg.unwrap() * 3600.0 - number(row, 3);
        // Rounded to a hundredth of a percent and a tenth of an arcsecond.
        worst = [worst[0].max(lit.abs()), worst[1].max(arcsec.abs())];
    }
    println!("{} Moons, worst {:.4} % and {:.3}″", rows.len(), worst[0], worst[1]);
    assert!(worst[0] < 0.011 && worst[1] < 0.3, "{worst:?}");
}

#[test]
fn horizons_brightest_venus() {
    let Some(rows) = rows("ae_venus_max_magnitude.csv") else { return };
    let dataset = tables::shared();
    let mut worst = [0.0_f64; 2];
    for row in &rows {
        let (from, to) = (tt(&dataset, &row[0]), tt(&dataset, &row[1]));
        let magnitude = |jd| Look::geocentric(&dataset, Body::Venus, jd).unwrap().magnitude.unwrap();
        let middle = f64::midpoint(from, to);
        let (brightest, peak) = (-400..=400)
            .map(|step| middle + 0.05 * f64::from(step))
            .map(|jd| (jd, magnitude(jd)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap();
        let outside = (from - brightest).max(brightest - to).max(0.0);
        worst = [worst[0].max(outside), worst[1].max((peak - number(row, 4)).abs())];
    }
    println!("{} times, worst {:.1} days outside, {:.3} in magnitude", rows.len(), worst[0], worst[1]);
    assert!(worst[0] < 2.0 && worst[1] < 0.05, "{worst:?}");
}
