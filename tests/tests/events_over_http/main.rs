//! Hazard: a list that loses events between its pages or formats, or that depends on who answered; a calendar whose days are
//! not the caller's; eclipses that are told otherwise than NASA told them. The real program is asked.

mod calendar;
mod circumstances;
mod eclipses;
mod ends;
mod formats;
mod lists;
mod maps;
mod readme;

use serde_json::Value;

/// A second in days.
const SECOND: f64 = 1.0 / 86_400.0;

/// A list of a document.
fn list<'v>(document: &'v Value, name: &str) -> &'v [Value] {
    document[name].as_array().unwrap_or_else(|| panic!("no {name} in {document}"))
}

/// The instant of an event, a Julian day of TT.
fn jd_tt(at: &Value) -> f64 {
    at["jd_tt"].as_f64().unwrap_or_else(|| panic!("no instant: {at}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}
