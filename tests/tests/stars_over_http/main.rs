//! Hazard: stars and ayanamsas that are told as plausibly as they are wrong. The real program is asked, and held to the C
//! library's own answers (`swe_fixstar2`, `swe_get_ayanamsa_ex`) in every view, at random instants and beside the Sun.

mod ayanamsas;
mod resources;
mod stars;

use std::cell::RefCell;
use std::sync::Arc;

use orrery_swisseph::Session;
use orrery_tests::http::Client;
use orrery_tests::measure::angle_between;
use orrery_tests::programs::Server;
use orrery_tests::workspace;
use serde_json::Value;

/// Julian days TT that the files answer.
const FILES_JD: (f64, f64) = (2_159_800.0, 2_816_300.0);

/// What nutation from tables may be off, arcseconds.
const NUTATION_ARCSEC: f64 = 0.0002;

struct Sky {
    client: Client,
    session: RefCell<Session>,
    _server: Arc<Server>,
}

impl Sky {
    fn open() -> Sky {
        let server = Server::shared();
        Sky { client: server.client(), session: RefCell::new(workspace::session()), _server: server }
    }

    fn ask(&self, target: &str) -> Value {
        let reply = self.client.get(target);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        reply.json()
    }
}

/// When the Sun passes a star in 2026.
fn conjunction(sky: &Sky, star: &str) -> f64 {
    let mut jd = 2_461_042.0;
    for _ in 0..8 {
        let of_star = sky.ask(&format!("/v1/stars?stars={star}&jd_tt={jd:?}"))["stars"][0]["longitude"]
            .as_f64()
            .unwrap();
        let of_sun = sky.client.positions(&format!("bodies=sun&jd_tt={jd:?}"))["positions"][0]["longitude"]
            .as_f64()
            .unwrap();
        jd += angle_between(of_star, of_sun) / 0.985_647;
    }
    jd
}
