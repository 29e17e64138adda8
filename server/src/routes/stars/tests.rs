//! What is documented is what is understood.

use std::sync::Arc;
use std::time::SystemTime;

use super::*;
use crate::answer::handmade;
use crate::query::{Takes, USUAL_MAGNITUDE};
use crate::routes::parameters::company;
use crate::stars::Stars;
use crate::stars::tests::LINES;
use crate::text::json::written;

fn parse(query: &str) -> Result<StarsQuery, Problem> {
    let params = Params::parse(query, PARAMETERS)?;
    let catalogue = Arc::new(Stars::of(LINES).unwrap());
    StarsQuery::new(&params, &catalogue, || SystemTime::UNIX_EPOCH)
}

#[test]
fn words_examples_and_defaults_are_understood() {
    for parameter in PARAMETERS.iter().filter(|parameter| parameter.name != "stars") {
        let words = match parameter.takes {
            Takes::Words(words) => words,
            _ => &[],
        };
        for value in words.iter().chain(parameter.examples).chain(&parameter.default) {
            let company = company(parameter.name, value);
            let query = format!("{company}{}={}", parameter.name, value.replace('+', "%2B"));
            parse(&query).unwrap_or_else(|problem| panic!("{query}: {problem:?}"));
        }
        if let Some(default) = parameter.default {
            let echo = |text: &str| written(|json| parse(text).unwrap().echo(json));
            assert_eq!(echo(&format!("{}={default}", parameter.name)), echo(""));
        }
    }
    assert_eq!(USUAL_MAGNITUDE, 1.5, "the documentation says so");
}

#[test]
fn a_server_without_a_catalogue_says_what_it_lacks() {
    let app = handmade::app();
    let request = Arc::new(Request::to("/v1/stars?jd=2451545", &[]));
    let Asked::Now(Err(problem)) = get(&app, &request) else { panic!("there is no catalogue") };
    assert_eq!(problem.code, Code::CatalogueUnavailable);
    assert!(problem.hint.as_deref().unwrap().contains("sefstars.txt"));
}
