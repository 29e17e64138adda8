//! Hazard: a chart whose parts are each right, and do not belong together; or one that differs from what astrologers' software has always
//! drawn. The real program is asked for published charts, which nobody here computed, and for what it makes of two.

mod lots;
mod natal;
mod pairs;
mod places;
mod refused;

use std::cell::RefCell;
use std::sync::Arc;

use orrery_tests::interface::Interface;
use orrery_tests::measure::angle_between;
use orrery_tests::programs::Server;
use orrery_tests::published;
use orrery_tests::workspace;
use serde_json::{Value, json};

/// Charts that are asked for over HTTP, each reply held to what the server says of itself.
struct Charts {
    interface: RefCell<Interface>,
    _server: Arc<Server>,
}

impl Charts {
    fn open() -> Charts {
        workspace::require_narrow_files();
        let server = Server::shared();
        Charts { interface: RefCell::new(Interface::fetch()), _server: server }
    }

    fn ask(&self, target: &str) -> Value {
        let reply = self.interface.borrow_mut().ask(target, &[]);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        reply.json()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let reply = self.interface.borrow_mut().post(path, &body.to_string());
        assert_eq!(reply.status, 200, "{path} {body}: {reply:?}");
        reply.json()
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// How far two longitudes are apart, degrees.
fn apart(a: &Value, b: f64) -> f64 {
    angle_between(number(a), b).abs()
}

/// The member of a list that has a value under a name.
fn with<'a>(list: &'a Value, name: &str, value: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|member| member[name] == value);
    found.unwrap_or_else(|| panic!("no {name} {value} in {list}"))
}

/// Degrees, minutes and seconds within a sign.
fn in_sign(dms: &Value) -> f64 {
    let parts = dms.as_str().unwrap().split(' ').map(|part| part.parse::<f64>().unwrap());
    parts.zip([1.0, 60.0, 3600.0]).map(|(part, of)| part / of).sum()
}

/// Where and when a published chart is, as a request has it.
fn cast_of(chart: &Value) -> Value {
    json!({"jd": chart["jd_ut"], "lat": chart["input"]["lat"], "lon": chart["input"]["lng"]})
}

/// What positions of files may differ from the model's that kerykeion has, degrees: the model is fitted to the centuries that can be
/// observed, and drifts before them.
fn moshier_deg(body: &str, jd: f64) -> f64 {
    let is_old = jd < 2_305_447.5;
    let arcseconds = match body {
        "pluto" => 9.5,
        "neptune" => 4.5,
        "true_node" => 30.0,
        "moon" if is_old => 36.0,
        _ => 2.0,
    };
    // From 1600 on they are as the ground truth's README has them.
    let times = if is_old && body != "moon" { 3.0 } else { 1.0 };
    arcseconds * times / 3600.0
}

/// The published charts of kerykeion.
fn kerykeion() -> Option<Vec<Value>> {
    let Value::Array(charts) = published::json("kerykeion_natal.json")? else { panic!("no list of charts") };
    Some(charts)
}
