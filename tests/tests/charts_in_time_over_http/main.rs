//! Hazard: transits, returns and progressions that lack something, or are of another chart. The real program is asked, and what it
//! says is held to what it says elsewhere: of events, of positions, of houses; and to returns that others have published.

use std::sync::Arc;

use orrery_tests::http::{Client, Reply};
use orrery_tests::interface::Interface;
use orrery_tests::programs::Server;
use orrery_tests::{posted, tables, workspace};
use serde_json::{Value, json};

mod progressions;
mod refused;
mod returns;
mod transits;

/// A second in days.
const SECOND: f64 = 1.0 / 86_400.0;

/// A birth whose time and place are known.
fn birth() -> Value {
    json!({"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98, "precision": "full"})
}

struct Sky {
    client: Client,
    _server: Arc<Server>,
}

impl Sky {
    fn open() -> Sky {
        let server = Server::shared();
        Sky { client: server.client(), _server: server }
    }

    fn send(&self, path: &str, body: &str) -> Reply {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n"
        );
        self.client.raw(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes())
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let reply = self.send(path, &body.to_string());
        assert_eq!(reply.status, 200, "{body}: {reply:?}");
        reply.json()
    }

    fn get(&self, target: &str) -> Value {
        let reply = self.client.get(target);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        reply.json()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

fn jd_tt(item: &Value) -> f64 {
    number(&item["at"]["jd_tt"])
}

/// The longitude of a body or an angle of a chart.
fn longitude(chart: &Value, name: &str) -> f64 {
    let body = list(&chart["positions"]).iter().find(|position| position["body"] == name);
    number(body.map_or(&chart["houses"][name], |body| &body["longitude"]))
}

/// The most decimals that a number has in a document.
fn most_decimals(value: &Value) -> usize {
    match value {
        Value::Number(number) => number.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len()),
        Value::Array(list) => list.iter().map(most_decimals).max().unwrap_or_default(),
        Value::Object(members) => members.values().map(most_decimals).max().unwrap_or_default(),
        _ => 0,
    }
}

#[test]
fn what_is_made_of_a_chart_is_rounded_as_the_reply_is() {
    let sky = Sky::open();
    let natal =
        json!({"date": "1940-10-09T18:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98, "precision": 4});
    let second =
        json!({"date": "1942-06-18T15:30", "tz": "Europe/London", "lat": 53.4, "lon": -2.98, "precision": 6});
    let told = |path: &str, extra: &Value, pointer: &str| {
        let mut body = json!({"natal": natal, "precision": 2});
        if path == "/v1/composite" {
            body = json!({"first": natal, "second": second, "precision": 2});
        }
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let reply = sky.post(path, &body);
        let own = if path == "/v1/composite" { "first" } else { "natal" };
        assert_eq!(most_decimals(&reply[own]["positions"]), 4, "{reply}");
        let made = reply.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {reply}"));
        ["positions", "houses", "aspects"].map(|part| most_decimals(&made[part]))
    };
    for (path, extra, pointer) in [
        ("/v1/progressions", json!({"date": "2026-01-01"}), "/progressed"),
        ("/v1/returns", json!({"after": "2026-01-01"}), "/returns/0/chart"),
        ("/v1/composite", json!({}), ""),
        ("/v1/composite", json!({"method": "davison"}), ""),
    ] {
        assert_eq!(told(path, &extra, pointer), [2; 3], "{path} {extra}");
    }
}

#[test]
fn what_is_documented_is_answered_as_documented() {
    let mut interface = Interface::fetch();
    for path in ["/v1/transits", "/v1/returns", "/v1/progressions"] {
        let examples = interface.posts(path);
        assert!(examples.len() >= 2, "{path}: {examples:?}");
        for body in examples {
            assert_eq!(interface.post(path, &body).status, 200, "{path}: {body}");
        }
    }
    for (path, body) in posted::charts_in_time() {
        assert_eq!(interface.post(path, &body.to_string()).status, 200, "{body}");
    }
}

/// A year of a birth, with more said of it.
fn year(extra: &Value) -> Value {
    let mut body = json!({"natal": birth(), "start": "2026-01-01", "stop": "2027-01-01"});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}

#[test]
fn without_files_it_is_told_how_far_the_tables_go() {
    let nowhere = workspace::scratch();
    let server = Server::start(tables::shared_dir(), &nowhere.path().join("nowhere"));
    let alone = Sky { client: server.client(), _server: Arc::new(server) };
    let mut body = json!({"natal": birth(), "body": "saturn", "after": "2395-01-01", "charts": false});
    // The tables end before it comes back, and sooner than files would be searched.
    let told = alone.post("/v1/returns", &body);
    assert!(list(&told["returns"]).is_empty() && told["next_start"].is_string(), "{told}");
    body["natal"]["source"] = "table".into();
    let by_tables = alone.post("/v1/returns", &body);
    assert_eq!(
        (&told["next_start"], &told["provenance"]),
        (&by_tables["next_start"], &by_tables["provenance"])
    );
    // What the tables have nothing of is refused as ever.
    let refused = json!({"natal": birth(), "body": "cupido", "after": "2026-01-01"});
    alone.send("/v1/returns", &refused.to_string()).problem(409, "live_unavailable");
}

#[test]
fn live_is_what_tables_say() {
    let sky = Sky::open();
    let asked = |source: &str, body: &str| {
        let mut natal = birth();
        natal["source"] = source.into();
        let transits = sky.post(
            "/v1/transits",
            &json!({"natal": natal, "start": "2026-01-01", "stop": "2026-02-01", "bodies": body, "orb": 1, "include_houses": true}),
        );
        let returns = sky
            .post("/v1/returns", &json!({"natal": natal, "body": body, "after": "2026-01-01", "count": 2}));
        let source = if source == "auto" { "table" } else { source };
        assert_eq!(
            (&transits["provenance"]["source"], &returns["provenance"]["source"]),
            (&json!(source), &json!(source))
        );
        [transits["transits"].clone(), transits["house_ingresses"].clone(), returns["returns"].clone()]
    };
    let [tables, live] = ["auto", "live"].map(|source| asked(source, "moon"));
    for (tables, live) in tables.iter().zip(&live) {
        assert!(list(tables).len() >= 2 && list(tables).len() == list(live).len());
        for (table, live) in list(tables).iter().zip(list(live)) {
            assert!((jd_tt(table) - jd_tt(live)).abs() < 0.1 * SECOND, "{table} is not {live}");
            assert_eq!((&table["point"], &table["house"]), (&live["point"], &live["house"]));
        }
    }
    // No table has it: it is answered all the same, for as long as that does not take long.
    let told = sky.post(
        "/v1/transits",
        &json!({"natal": {"date": "1940-10-09T12:00Z", "bodies": "sun"}, "start": "2026-01-01", "stop": "2027-01-01", "bodies": "cupido",
            "aspects": "all"}),
    );
    assert_eq!(told["provenance"]["source"], "mixed");
}
