//! What is wrong with what is asked, by its name.

use serde_json::{Value, json};

use crate::{Sky, birth, number, year};

/// What is refused: a body, with status, code and parameter.
type Refusal = (Value, u16, &'static str, &'static str);

impl Sky {
    fn assert_refused(&self, path: &str, refusals: &[Refusal]) {
        for (body, status, code, parameter) in refusals {
            let problem = self.send(path, &body.to_string()).problem(*status, code);
            assert_eq!(problem["parameter"], *parameter, "{body}: {problem}");
            assert!(problem["hint"].as_str().is_some_and(|hint| hint.len() > 10), "{body}: {problem}");
        }
        assert_eq!(self.client.get(path).status, 405);
        for hostile in [
            "",
            "[]",
            "{",
            r#"{"natal": {"natal": {}}}"#,
            r#"{"natal": {}, "natal": {}}"#,
            r#"{"natal": null}"#,
        ] {
            let reply = self.send(path, hostile);
            assert!([400, 422].contains(&reply.status), "{hostile}: {reply:?}");
        }
    }
}

/// A chart that is to be answered live alone.
fn live() -> Value {
    json!({"date": "1940-10-09T12:00Z", "source": "live"})
}

/// A birth that is seen otherwise than what is looked for in time.
fn seen(name: &str, how: &str) -> Value {
    let mut natal = birth();
    natal[name] = how.into();
    natal
}

#[test]
fn what_is_wrong_with_transits_is_named() {
    let sky = Sky::open();
    let many: Vec<_> = (1..=60).map(|number| format!("asteroid:{number}")).collect();
    let untimed = json!({"date": "1940-10-09", "time_known": false});
    let refusals = [
        (json!({"start": "2026-01-01", "stop": "2027-01-01"}), 422, "missing_parameter", "natal"),
        (json!({"natal": birth(), "stop": "2027-01-01"}), 422, "missing_parameter", "start"),
        (json!({"natal": birth(), "start": "2027-01-01"}), 422, "missing_parameter", "stop"),
        (year(&json!({"natal": {"date": "1940-13-09"}})), 422, "no_such_date", "natal.date"),
        (year(&json!({"natal": {"bodis": "sun"}})), 400, "unknown_parameter", "natal.bodis"),
        (
            year(&json!({"natal": {"jd": 2_451_545, "jd_ut": 2_451_546}})),
            400,
            "repeated_parameter",
            "natal.jd",
        ),
        (year(&json!({"natal": {"jd": 2_451_545, "bodies": many}})), 422, "out_of_range", "natal.bodies"),
        (year(&json!({"natal": []})), 400, "invalid_value", "natal"),
        (
            year(&json!({"natal": {"date": "5000-01-01", "source": "table"}})),
            409,
            "table_only",
            "natal.source",
        ),
        (year(&json!({"start": "2028-01-01"})), 422, "contradiction", "stop"),
        (year(&json!({"start": "1700-01-01"})), 422, "out_of_range", "stop"),
        (year(&json!({"natal": live(), "start": "2010-01-01"})), 422, "out_of_range", "stop"),
        (year(&json!({"stop": "2026-13-01"})), 422, "no_such_date", "stop"),
        (year(&json!({"bodies": "plutto"})), 422, "unknown_body", "bodies"),
        (year(&json!({"bodies": "earth"})), 422, "meaningless", "bodies"),
        (year(&json!({"bodies": many})), 422, "out_of_range", "bodies"),
        (year(&json!({"orb": 16})), 422, "out_of_range", "orb"),
        (year(&json!({"limit": 0})), 422, "out_of_range", "limit"),
        (year(&json!({"aspects": "septil"})), 422, "unknown_value", "aspects"),
        (year(&json!({"natal": untimed, "include_houses": true})), 422, "contradiction", "include_houses"),
        (year(&json!({"natal": untimed, "angles": "mc"})), 422, "contradiction", "angles"),
        (year(&json!({"natal": seen("center", "topo")})), 422, "contradiction", "natal.center"),
        (year(&json!({"natal": seen("place", "true")})), 422, "contradiction", "natal.place"),
        (year(&json!({"orbs": {"sun": 2}})), 422, "meaningless", "orbs"),
        (year(&json!({"orbs": {"trine": 31}})), 400, "invalid_value", "orbs"),
    ];
    sky.assert_refused("/v1/transits", &refusals);
}

#[test]
fn what_is_wrong_with_returns_is_named() {
    let many: Vec<_> = (1..=51).map(|number| format!("asteroid:{number}")).collect();
    let mut sidereal = seen("zodiac", "sidereal");
    sidereal["ayanamsa"] = "lahiri".into();
    let refusals = [
        (json!({"body": "sun"}), 422, "missing_parameter", "natal"),
        (json!({"natal": birth(), "body": "plutto"}), 422, "unknown_body", "body"),
        (json!({"natal": {"jd": 2_451_545, "bodies": many}}), 422, "out_of_range", "natal.bodies"),
        (json!({"natal": birth(), "body": "earth"}), 422, "meaningless", "body"),
        (json!({"natal": birth(), "minus": "sun"}), 422, "meaningless", "minus"),
        (
            json!({"natal": birth(), "minus": "moon", "precession_corrected": true}),
            422,
            "contradiction",
            "precession_corrected",
        ),
        (
            json!({"natal": sidereal, "precession_corrected": true}),
            422,
            "contradiction",
            "precession_corrected",
        ),
        (json!({"natal": seen("center", "topo"), "body": "moon"}), 422, "contradiction", "natal.center"),
        (json!({"natal": seen("place", "astrometric")}), 422, "contradiction", "natal.place"),
        (json!({"natal": birth(), "count": 1_001}), 422, "out_of_range", "count"),
        (json!({"natal": birth(), "parts": 13}), 422, "out_of_range", "parts"),
        (json!({"natal": birth(), "lat": 5}), 422, "contradiction", "lon"),
        (json!({"natal": birth(), "lat": 5, "lon": 5, "charts": false}), 422, "contradiction", "lat"),
        (year(&json!({"start": "2028-01-01"})), 422, "contradiction", "stop"),
        (year(&json!({"after": "2028-01-01"})), 422, "contradiction", "after"),
        (year(&json!({"natal": live(), "start": "2010-01-01"})), 422, "out_of_range", "stop"),
        (json!({"natal": birth(), "after": "9000-01-01", "count": 1}), 422, "outside_ephemeris", "after"),
    ];
    Sky::open().assert_refused("/v1/returns", &refusals);
}

#[test]
fn what_is_wrong_with_progressions_is_named() {
    let refusals = [
        (json!({"date": "2026-01-01"}), 422, "missing_parameter", "natal"),
        (json!({"natal": birth(), "date": "2026-02-30"}), 422, "no_such_date", "date"),
        (json!({"natal": birth(), "method": "primary"}), 422, "unknown_value", "method"),
        (json!({"natal": birth(), "angle_method": "naibot"}), 422, "unknown_value", "angle_method"),
        (json!({"natal": birth(), "orb": -1}), 422, "out_of_range", "orb"),
        // Nothing else is read by that clock.
        (json!({"natal": birth(), "jd": 2_461_000.5, "tz": "Europe/London"}), 422, "contradiction", "tz"),
        (
            json!({"natal": birth(), "date": "2026-01-01T09:00Z", "tz": "Europe/London"}),
            422,
            "contradiction",
            "tz",
        ),
        (json!({"natal": birth(), "orbs": {"sun": 3}}), 422, "meaningless", "orbs"),
        (json!({"natal": birth(), "start": "2026-01-01"}), 422, "missing_parameter", "stop"),
        (json!({"natal": birth(), "limit": 5}), 422, "contradiction", "limit"),
        (year(&json!({"start": "2028-01-01"})), 422, "contradiction", "stop"),
        (year(&json!({"start": "1700-01-01"})), 422, "out_of_range", "stop"),
        (year(&json!({"natal": seen("center", "topo")})), 422, "contradiction", "natal.center"),
        (
            json!({"natal": birth(), "jd": 2_461_041, "method": "minor", "year": "lunar"}),
            422,
            "unknown_value",
            "year",
        ),
    ];
    Sky::open().assert_refused("/v1/progressions", &refusals);
}

#[test]
fn an_instant_that_is_none_is_refused_by_its_own_name() {
    let sky = Sky::open();
    let (none, natal) = ("2016-12-30T23:59:60Z", birth());
    let unborn = json!({"date": none});
    for (path, body, parameter) in [
        ("/v1/progressions", json!({"natal": unborn, "date": "2026-01-01"}), "natal.date"),
        ("/v1/progressions", json!({"natal": natal, "date": none}), "date"),
        ("/v1/returns", json!({"natal": unborn, "after": "2026-01-01"}), "natal.date"),
        ("/v1/returns", json!({"natal": natal, "after": none}), "after"),
        ("/v1/transits", json!({"natal": unborn, "start": "2026-01-01", "stop": "2026-02-01"}), "natal.date"),
        ("/v1/transits", json!({"natal": natal, "start": none, "stop": "2026-02-01"}), "start"),
        ("/v1/transits", json!({"natal": natal, "start": "2016-01-01", "stop": none}), "stop"),
    ] {
        let problem = sky.send(path, &body.to_string()).problem(422, "no_such_date");
        assert_eq!(problem["parameter"], parameter, "{path} {body}: {problem}");
    }
}

#[test]
fn an_orb_of_nothing_is_nothing_by_either_sign() {
    let sky = Sky::open();
    for orb in ["0", "-0.0"] {
        for (path, when) in [
            ("/v1/transits", r#""start": "2026-01-01", "stop": "2026-02-01""#),
            ("/v1/progressions", r#""date": "2026-01-01""#),
        ] {
            let reply = sky.send(path, &format!(r#"{{"natal": {}, {when}, "orb": {orb}}}"#, birth()));
            assert_eq!(reply.status, 200, "{reply:?}");
            let orb = number(&reply.json()["query"]["orb"]);
            assert!(orb == 0.0 && orb.is_sign_positive(), "{orb}");
        }
    }
}
