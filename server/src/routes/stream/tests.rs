//! What is documented is what is understood, and what is no stream's is refused with a remedy.

use super::*;
use crate::answer::handmade;
use crate::query::Takes;
use crate::routes::parameters;

fn parse(query: &str) -> Result<StreamQuery, Problem> {
    let params = Params::parse(query, PARAMETERS).map_err(without_time)?;
    check_format(params.get("format"), &Request::to("/v1/stream/sky", &[]))?;
    StreamQuery::new(&params)
}

fn refused(app: &Arc<App>, query: &str, fields: &[(&'static str, &str)]) -> Problem {
    let request = Arc::new(Request::to(&format!("/v1/stream/sky?{query}"), fields));
    match get(app, &request) {
        Asked::Now(Err(problem)) => problem,
        _ => panic!("{query} {fields:?} is not refused"),
    }
}

/// What else a query needs, so that a parameter makes sense.
fn company(name: &str, value: &str) -> &'static str {
    match name {
        // Of who observes, as there is no clock whose time it could be.
        "lon" => "center=topo&lat=0&",
        _ => parameters::company(name, value),
    }
}

#[test]
fn words_ranges_examples_and_defaults_are_understood() {
    for parameter in PARAMETERS {
        let name = parameter.name;
        let words = match parameter.takes {
            Takes::Words(words) => words,
            _ => &[],
        };
        for value in words.iter().chain(parameter.examples).chain(&parameter.default) {
            let query = format!("{}{name}={}", company(name, value), value.replace('+', "%2B"));
            parse(&query).unwrap_or_else(|problem| panic!("{query}: {problem:?}"));
        }
        let ends = match parameter.takes {
            Takes::Number { least, most, .. } => [(least, least.next_down()), (most, most.next_up())],
            Takes::Count { least, most } => {
                [(least.into(), f64::from(least) - 1.0), (most.into(), f64::from(most) + 1.0)]
            }
            _ => continue,
        };
        for (inside, outside) in ends {
            let company = company(name, "");
            parse(&format!("{company}{name}={inside}")).unwrap();
            assert_eq!(
                parse(&format!("{company}{name}={outside}")).unwrap_err().code,
                Code::OutOfRange,
                "{name}"
            );
        }
        if let Some(default) = parameter.default {
            assert_eq!(parse(&format!("{name}={default}")).unwrap(), parse("").unwrap());
        }
    }
}

#[test]
fn it_takes_what_positions_take_but_for_the_time() {
    let of = |parameters: &[crate::query::Parameter]| -> Vec<_> {
        parameters.iter().map(|parameter| parameter.name).collect()
    };
    let (own, theirs) = (of(PARAMETERS), of(positions::PARAMETERS));
    let missing: Vec<_> = theirs.iter().filter(|name| !own.contains(name)).copied().collect();
    assert_eq!(missing, ["date", "jd", "jd_tt", "calendar", "tz"]);
    let more: Vec<_> = own.iter().filter(|name| !theirs.contains(name)).copied().collect();
    assert_eq!(more, ["interval", "count"]);
    for name in ["date", "jd", "jd_ut", "jd_tt", "calendar", "tz", "timezone"] {
        let problem = parse(&format!("{name}=1")).unwrap_err();
        assert_eq!((problem.code, problem.parameter.as_deref()), (Code::UnknownParameter, Some(name)));
        assert!(problem.hint.as_deref().unwrap().contains("/v1/positions"), "{problem:?}");
    }
    assert_eq!(parse("intervall=1").unwrap_err().hint.as_deref(), Some("did you mean interval?"));
}

#[test]
fn what_is_asked_for_in_another_way_is_refused() {
    let app = handmade::app();
    for format in ["csv", "ndjson", "svg"] {
        let problem = refused(&app, &format!("format={format}"), &[]);
        assert_eq!((problem.code, problem.parameter.as_deref()), (Code::NotAcceptable, Some("format")));
    }
    assert_eq!(refused(&app, "format=jsn", &[]).code, Code::UnknownValue);
    let problem = refused(&app, "", &[("accept", "application/json")]);
    assert_eq!(problem.code, Code::NotAcceptable);
    assert!(problem.hint.as_deref().unwrap().contains("text/event-stream"), "{problem:?}");
    let half = [("upgrade", "websocket"), ("connection", "upgrade"), ("accept", "application/json")];
    assert_eq!(refused(&app, "", &half).code, Code::MalformedHandshake);
    for accept in ["text/event-stream", "text/*", "*/*"] {
        let request = Arc::new(Request::to("/v1/stream/sky", &[("accept", accept)]));
        assert!(matches!(get(&app, &request), Asked::Later(_)), "{accept}");
    }
}

#[test]
fn where_memory_is_scarce_and_where_the_server_stops_no_stream_is_begun() {
    let app = handmade::app();
    app.has_memory(u64::MAX);
    assert_eq!(refused(&app, "", &[]).code, Code::MemoryShort);
    // What cannot be is told first: it will not be possible later either.
    assert_eq!(refused(&app, "bodies=plutto", &[]).code, Code::UnknownBody);
    app.start_draining();
    let problem = refused(&app, "", &[]);
    assert_eq!((problem.code, problem.retry_after_s), (Code::Draining, Some(RETRY_S)));
}
