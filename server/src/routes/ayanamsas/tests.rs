//! The list by handmade tables, and what is documented.

use std::time::SystemTime;

use serde_json::Value;

use super::*;
use crate::answer::handmade;
use crate::query::Takes;
use crate::wire::content::Content;
use crate::wire::problem::Code;

fn ask(query: &str) -> Result<Value, Problem> {
    let request = Arc::new(Request::to(&format!("/v1/ayanamsas?{query}"), &[]));
    let Asked::Now(reply) = get(&handmade::app(), &request) else { panic!("{query} waits for something") };
    let Content::Whole(body) = reply?.response.into_body() else { panic!("{query} is streamed") };
    Ok(serde_json::from_slice(&body).unwrap())
}

#[test]
fn nutation_is_what_the_two_values_differ_by() {
    let reply = ask("jd_tt=2451545&ayanamsa=lahiri&precision=full").unwrap();
    let one = &reply["ayanamsas"][0];
    assert_eq!((&one["id"], &one["number"], &one["name"]), (&"lahiri".into(), &1.into(), &"Lahiri".into()));
    let number = |name: &str| one[name].as_f64().unwrap();
    // The handmade table has half a degree of nutation.
    assert!((number("true_value") - number("value") - 0.5).abs() < 1e-9, "{one}");
    assert!(
        (number("value") - 23.857_092_3).abs() < 1e-6 && (number("rate") - 3.82e-5).abs() < 1e-6,
        "{one}"
    );
    assert_eq!((&one["source"], &reply["provenance"]["source"]), (&"table".into(), &"table".into()));
}

#[test]
fn what_tables_do_not_reach_needs_ephemeris_files() {
    assert_eq!(ask("jd_tt=1000000&ayanamsa=lahiri").unwrap_err().code, Code::LiveUnavailable);
    assert_eq!(ask("jd_tt=1000000&ayanamsa=lahiri&source=table").unwrap_err().code, Code::TableOnly);
    assert_eq!(ask("ayanamsa=lahiri&source=live").unwrap_err().code, Code::LiveUnavailable);
}

#[test]
fn words_examples_and_defaults_are_understood() {
    for parameter in PARAMETERS {
        let words = match parameter.takes {
            Takes::Words(words) => words,
            _ => &[],
        };
        for value in words.iter().chain(parameter.examples).chain(&parameter.default) {
            let company = match (parameter.name, *value) {
                ("lon", _) => "date=2000-01-01&tz=lmt&",
                ("tz", "lmt") => "date=2000-01-01&lon=0&",
                ("tz", _) => "date=2000-01-01&",
                _ => "",
            };
            let query = format!("{company}{}={}", parameter.name, value.replace('+', "%2B"));
            let params = Params::parse(&query, PARAMETERS).unwrap();
            AyanamsasQuery::new(&params, || SystemTime::UNIX_EPOCH)
                .unwrap_or_else(|problem| panic!("{query}: {problem:?}"));
        }
    }
}
