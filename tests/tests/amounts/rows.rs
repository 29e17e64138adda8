//! Rows against single queries.

use orrery_tests::http::sent_again;
use orrery_tests::programs::Server;
use serde_json::{Value, json};

use super::Table;

/// Views and bodies, with instants on all sides of what tables hold; as a query string has them.
const VIEWS: [&str; 9] = [
    "bodies=all",
    "bodies=planets,earth&center=helio&equinox=icrs&frame=equatorial&coordinates=rectangular",
    "bodies=sun,moon,true_node,chiron&center=topo&lat=-33.5&lon=151.25&alt=30&fields=all",
    "bodies=luminaries&zodiac=sidereal&ayanamsa=lahiri&fields=default,sign,nakshatra,pada,decan",
    "bodies=sun,mars&zodiac=sidereal&ayanamsa=true_citra&precision=4",
    "bodies=moon,venus&fields=elongation,phase_angle,magnitude,apparent_diameter,light_time,retrograde,out_of_bounds",
    "bodies=mars,cupido,true_south_node&equinox=j2000&precision=full",
    "bodies=jupiter&place=true&frame=equatorial",
    "bodies=mercury,saturn&center=bary&place=astrometric&fields=longitude,source",
];

/// Instants: in the tables, at their edges, before and after.
const DATES: [&str; 6] = [
    "2026-03-20T14:46:00Z",
    "1850-01-01T00:00:01Z",
    "1799-12-30T12:00:00Z",
    "2400-01-05T00:00:00Z",
    "1500-06-01T00:00:00Z",
    "2016-12-31T23:59:60Z",
];

/// What a single query answers, as a row would have it.
fn single(server: &Server, date: &str, view: &str) -> (Value, Vec<Value>) {
    let fields = if view.contains("fields=") {
        String::new()
    } else if view.contains("rectangular") {
        "&fields=x,y,z,x_speed,y_speed,z_speed,source".to_owned()
    } else if view.contains("equatorial") {
        "&fields=right_ascension,declination,distance,right_ascension_speed,declination_speed,distance_speed,source"
            .to_owned()
    } else {
        "&fields=longitude,latitude,distance,longitude_speed,latitude_speed,distance_speed,source".to_owned()
    };
    // A table's usual columns are fewer than a position's usual members.
    let view = view.replace(
        "fields=default,",
        "fields=longitude,latitude,distance,longitude_speed,latitude_speed,distance_speed,source,",
    );
    let reply = server.client().positions(&format!("date={date}&{view}{fields}"));
    let mut positions = reply["positions"].as_array().unwrap().clone();
    // Of which ephemeris it is that answered live, a row does not tell.
    for position in &mut positions {
        position.as_object_mut().unwrap().remove("ephemeris");
    }
    (reply["time"].clone(), positions)
}

/// The body of a table's request.
fn request(view: &str, format: &str) -> String {
    let mut body = json!({"dates": DATES, "format": format});
    for pair in view.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        body[name] = value.parse::<f64>().map_or_else(|_| json!(value), |number| json!(number));
    }
    body.to_string()
}

#[test]
fn rows_are_what_single_queries_answer() {
    let server = Server::shared();
    for view in VIEWS {
        let singles: Vec<_> = DATES.iter().map(|date| single(&server, date, view)).collect();
        let lines = Table::post(&server, &request(view, "ndjson"));
        assert_eq!(
            (lines.status, lines.field("content-type")),
            (200, Some("application/x-ndjson")),
            "{view}"
        );
        let mut rows =
            lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
        let mut rows = rows.drain(..);
        let columns = Table::post(&server, &request(view, "json")).json();
        for (nth, (time, positions)) in singles.iter().enumerate() {
            assert_eq!(columns["jd_tt"][nth], time["jd_tt"], "{view} {}", DATES[nth]);
            for position in positions {
                let mut row = rows.next().expect("a row");
                let members = row.as_object_mut().unwrap();
                assert_eq!(members.remove("jd_tt").as_ref(), Some(&time["jd_tt"]), "{view} {}", DATES[nth]);
                if let Some(utc) = members.remove("utc") {
                    assert_eq!(utc, time["utc"], "{view}");
                }
                members.remove("jd_ut");
                assert_eq!(&row, position, "{view} {}", DATES[nth]);
                let body = position["body"].as_str().unwrap();
                for (name, value) in position.as_object().unwrap() {
                    if name != "body" {
                        assert_eq!(&columns["bodies"][body][name][nth], value, "{view} {body} {name}");
                    }
                }
            }
        }
        assert!(rows.next().is_none(), "{view}");
    }
}

#[test]
fn csv_has_the_rows_of_ndjson() {
    let server = Server::shared();
    for view in VIEWS {
        let lines = Table::post(&server, &request(view, "ndjson")).text();
        let csv = Table::post(&server, &request(view, "csv"));
        assert_eq!(csv.field("content-type"), Some("text/csv; charset=utf-8"));
        let csv = csv.text();
        let (header, rows) = csv.split_once('\n').unwrap();
        let names: Vec<&str> = header.split(',').collect();
        assert_eq!(rows.lines().count(), lines.lines().count(), "{view}");
        for (row, line) in rows.lines().zip(lines.lines()) {
            let row: Vec<&str> = row.split(',').collect();
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(row.len(), names.len(), "{view}");
            for (name, cell) in names.iter().zip(row) {
                let same = match &line[*name] {
                    Value::Null => cell.is_empty(),
                    Value::String(text) => cell == text,
                    Value::Bool(truth) => cell == truth.to_string(),
                    number => cell.parse::<f64>().ok() == number.as_f64(),
                };
                assert!(same, "{view} {name}: {cell} for {}", line[*name]);
            }
        }
    }
}

#[test]
fn a_range_is_the_list_of_its_instants() {
    let server = Server::shared();
    let range = Table::get(&server, "start=2026-01-01&stop=2026-01-31&step=1d&bodies=sun,moon").json();
    let dates: Vec<String> = (1..=31).map(|day| format!("2026-01-{day:02}")).collect();
    let body = json!({"dates": dates, "bodies": ["sun", "moon"]}).to_string();
    let listed = Table::post(&server, &body).json();
    for member in ["utc", "jd_tt", "bodies", "provenance"] {
        assert_eq!(range[member], listed[member], "{member}");
    }
    assert_eq!(range["query"]["step"], "1d");
    // A batch is some thousands of rows: what is at its edges is in its place too.
    let long = Table::get(&server, "start=jd_tt:2451545&stop=jd_tt:2452545&step=9999&bodies=sun,moon,mars");
    let long = long.json();
    assert_eq!(long["jd_tt"].as_array().unwrap().len(), 10_000);
    for nth in [0, 1, 1364, 1365, 1366, 5000, 9998, 9999] {
        let jd = &long["jd_tt"][nth];
        let single = server.client().positions(&format!("jd_tt={jd}&bodies=mars&fields=longitude"));
        assert_eq!(single["positions"][0]["longitude"], long["bodies"]["mars"]["longitude"][nth], "{nth}");
    }
}

#[test]
fn an_echoed_range_sent_again_is_the_same_table() {
    let server = Server::shared();
    let query = "start=2026-03-27T12:00&stop=2026-03-31T12:00&step=1d&tz=europe/berlin&bodies=luminaries&equinox=j2000";
    let first = Table::get(&server, query).json();
    assert_eq!(Table::get(&server, &sent_again(&first["query"])).json(), first);
}
