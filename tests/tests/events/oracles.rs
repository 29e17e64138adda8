//! The library's own searches, which step from place to place, asked for the same as ours.

use orrery_almanac::WireBody;
use orrery_almanac::events::What;
use orrery_almanac::motion::Tables;
use orrery_swisseph::{LiveEcliptic, Session};
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};

use crate::{SECOND, finder};

/// Days in which each of them enters a sign.
const MONTH: f64 = 32.0;

#[test]
fn sun_and_moon_come_to_signs_and_nodes_when_the_library_says() {
    let dataset = tables::shared();
    let tables = Tables::new(&dataset);
    let mut session = Session::open(&workspace::ephemeris()).unwrap();
    let span = tables::span_tt();
    let mut random = Random(55);
    let mut worst = [0.0_f64; 3];
    for _ in 0..300 {
        let jd_tt = random.between(span.start + MONTH, span.end - 2.0 * MONTH);
        let found = finder(&tables).between(jd_tt, jd_tt + MONTH);
        let of_date = LiveEcliptic::default();
        let mut apart = Vec::new();
        for body in [WireBody::SUN, WireBody::MOON] {
            let event = found.ingresses(body).next().unwrap().unwrap();
            let What::Ingress { sign, .. } = event.what else { panic!("{event:?}") };
            let border_deg = f64::from(sign as u8) * 30.0;
            let theirs = if body == WireBody::SUN {
                session.sun_crossing_tt(border_deg, of_date, jd_tt)
            } else {
                session.moon_crossing_tt(border_deg, of_date, jd_tt)
            };
            apart.push(event.jd_tt - theirs.unwrap());
        }
        let node = found.node_crossings(WireBody::MOON).next().unwrap().unwrap();
        apart.push(node.jd_tt - session.moon_node_crossing_tt(of_date, jd_tt).unwrap().jd_tt);
        for (worst, apart) in worst.iter_mut().zip(&apart) {
            *worst = worst.max(apart.abs() / SECOND);
        }
    }
    println!(
        "worst differences from the library's searches: Sun {:.4} s, Moon {:.4} s, node {:.4} s",
        worst[0], worst[1], worst[2]
    );
    // What a thousandth of an arcsecond takes each of them, and more than the library's own last step leaves.
    assert!(worst[0] < 0.06 && worst[1] < 0.01 && worst[2] < 0.1, "{worst:?}");
}
