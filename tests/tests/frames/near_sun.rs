//! Planets before, behind and beside the Sun, where their light is bent and a step aside changes how much.

use orrery_format::Body;
use orrery_swisseph::{LiveCenter, LivePlane, LiveReference, LiveSite};
use orrery_tests::hostile::conjunctions;
use orrery_tests::random::Random;
use orrery_tests::tables;
use orrery_tests::views::View;

use crate::sky::Sky;

const BODIES: [Body; 8] = [
    Body::Mercury,
    Body::Venus,
    Body::Mars,
    Body::Jupiter,
    Body::Saturn,
    Body::Uranus,
    Body::Neptune,
    Body::Vesta,
];

/// Degrees of latitude from the Sun's centre at a conjunction that make it a passage across the disc.
const ACROSS_DEG: f64 = 0.25;

/// The least distance in latitude, degrees, of a passage that misses the disc and is still near it.
const BESIDE_DEG: f64 = 0.3;

/// Conjunctions of a body, so many that cross the disc and so many that pass beside it.
fn some_conjunctions(body: Body, of_each: usize) -> Vec<f64> {
    let dataset = tables::shared();
    let all = conjunctions(&dataset, body);
    let mut random = Random::of(&format!("conjunctions of {body}"));
    let mut chosen = Vec::new();
    for (low, high) in [(0.0, ACROSS_DEG), (BESIDE_DEG, 1.0)] {
        let near: Vec<f64> =
            all.iter().filter(|(_, apart)| (low..high).contains(apart)).map(|(jd, _)| *jd).collect();
        if !near.is_empty() {
            chosen.extend((0..of_each).map(|_| *random.pick(&near)));
        }
    }
    chosen
}

fn site(random: &mut Random) -> LiveSite {
    LiveSite {
        latitude_deg: random.between(-90.0, 90.0),
        longitude_deg: random.between(-180.0, 180.0),
        altitude_m: random.between(-500.0, 9_000.0),
    }
}

#[test]
fn a_planet_at_the_sun_is_the_librarys_from_any_site() {
    let sky = Sky::open();
    let mut random = Random::of("planets at the Sun");
    let (mut live, mut tables) = (0, 0);
    for body in BODIES {
        for conjunction in some_conjunctions(body, 12) {
            for _ in 0..6 {
                let days = 10.0_f64.powf(random.between(-3.0, 0.3)) * *random.pick(&[-1.0, 1.0]);
                let equinox = *random.pick(&[
                    LiveReference::TrueOfDate,
                    LiveReference::MeanOfDate,
                    LiveReference::J2000,
                    LiveReference::Icrs,
                ]);
                let plane = *random.pick(&[LivePlane::Ecliptic, LivePlane::Equator]);
                let center = LiveCenter::Topo(site(&mut random));
                let view = View { equinox, plane, ..View::from(center) };
                let jd = conjunction + days;
                let reply = sky.compare_bodies(&view, &[body.name(), "sun", "moon"], "auto", jd).unwrap();
                let source = |nth: usize| reply["positions"][nth]["source"].as_str().unwrap();
                assert_eq!((source(1), source(2)), ("table", "table"), "{reply}");
                if source(0) == "live" {
                    live += 1;
                    assert_eq!(reply["provenance"]["source"], "mixed", "{reply}");
                } else {
                    tables += 1;
                    assert_eq!(reply["provenance"]["source"], "table", "{reply}");
                }
            }
        }
    }
    println!("{live} live, {tables} from tables");
    sky.report("at the Sun, from a site");
    assert!(live > 50 && tables > 50, "{live} live, {tables} from tables");
}

#[test]
fn who_wants_tables_is_told_that_the_sun_is_in_the_way() {
    let sky = Sky::open();
    let server = orrery_tests::programs::Server::shared();
    let mut refused = 0;
    for body in [Body::Mercury, Body::Venus, Body::Jupiter] {
        let dataset = tables::shared();
        let deep = conjunctions(&dataset, body).into_iter().filter(|(_, apart)| *apart < 0.1);
        for (jd, _) in deep.take(3) {
            let name = body.name();
            let query = format!("jd_tt={jd:?}&bodies=sun,{name}&center=topo&lat=51.5&lon=-0.1&alt=11");
            let auto = sky.ask(&query).unwrap();
            let sources: Vec<_> =
                auto["positions"].as_array().unwrap().iter().map(|p| &p["source"]).collect();
            assert_eq!(sources, ["table", "live"], "{query}");
            assert_eq!(auto["provenance"]["source"], "mixed", "{query}");
            let reply = server.client().get(&format!("/v1/positions?{query}&source=table"));
            let problem = reply.problem(409, "table_only");
            assert_eq!(problem["parameter"], "source", "{query}");
            assert_eq!(problem["detail"], format!("{name}: it stands before or behind the Sun's disc"));
            assert_eq!(problem["hint"], "source=auto answers it live, and says so");
            // From the Earth's centre it is in the tables.
            let geocentric = sky.ask(&format!("jd_tt={jd:?}&bodies=sun,{name}&source=table")).unwrap();
            assert_eq!(geocentric["provenance"]["source"], "table");
            refused += 1;
        }
    }
    assert_eq!(refused, 9);
}
