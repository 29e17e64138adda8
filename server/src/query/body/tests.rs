use super::*;
use crate::routes::positions::POSTED;

fn read_one(body: &str) -> Result<(Lists, Vec<(String, String)>), Problem> {
    let mut params = Params::default();
    let lists = read(body.as_bytes(), POSTED, &mut params)?;
    let members = ["bodies", "center", "lat", "allow_moshier", "precision"];
    let given = members.into_iter().filter_map(|name| Some((name.to_owned(), params.get(name)?.to_owned())));
    Ok((lists, given.collect()))
}

#[test]
fn members_are_parameters_and_lists() {
    let (lists, given) = read_one(
        r#"{"jd": [2451545, 2451545.5], "bodies": ["sun", "moon"], "center": "topo", "latitude": -33.25,
            "allow_moshier": true, "precision": 6}"#,
    )
    .unwrap();
    assert_eq!(lists, Lists { jd: Some(vec![2_451_545.0, 2_451_545.5]), ..Lists::default() });
    let given: Vec<_> = given.iter().map(|(name, value)| (&**name, &**value)).collect();
    let wanted = [
        ("bodies", "sun,moon"),
        ("center", "topo"),
        ("lat", "-33.25"),
        ("allow_moshier", "true"),
        ("precision", "6"),
    ];
    assert_eq!(given, wanted);
    let (lists, given) =
        read_one(r#"{"dates": ["2026-01-01", "2026-01-02T12:00Z"], "bodies": "all"}"#).unwrap();
    assert_eq!(lists.dates.unwrap().len(), 2);
    assert_eq!(given, [("bodies".to_owned(), "all".to_owned())]);
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    for (body, code, parameter) in [
        ("", Code::MalformedBody, None),
        ("[]", Code::MalformedBody, None),
        (r#"{"jd": [1"#, Code::MalformedBody, None),
        (r#"{"jd": [1]} {}"#, Code::MalformedBody, None),
        (r#"{"jd": [1e999]}"#, Code::MalformedBody, None),
        (r#"{"jd": [NaN]}"#, Code::MalformedBody, None),
        (r#"{"jd": []}"#, Code::EmptyParameter, Some("jd")),
        (r#"{"jd": 1}"#, Code::InvalidValue, Some("jd")),
        (r#"{"jd": null}"#, Code::InvalidValue, Some("jd")),
        (r#"{"jd": {"a": 1}}"#, Code::InvalidValue, Some("jd")),
        (r#"{"jd": [1, 2, "3"]}"#, Code::InvalidValue, Some("jd[2]")),
        (r#"{"jd": [[1], 2]}"#, Code::InvalidValue, Some("jd[0]")),
        (r#"{"jd_tt": [1, null]}"#, Code::InvalidValue, Some("jd_tt[1]")),
        (r#"{"dates": ["2026-01-01", {"a": []}]}"#, Code::InvalidValue, Some("dates[1]")),
        (r#"{"bodies": ["sun", true]}"#, Code::InvalidValue, Some("bodies[1]")),
        (r#"{"bodies": ["sun", 433]}"#, Code::InvalidValue, Some("bodies[1]")),
        (r#"{"bodies": []}"#, Code::EmptyParameter, Some("bodies")),
        (r#"{"center": ["geo"]}"#, Code::InvalidValue, Some("center")),
        (r#"{"center": {}}"#, Code::InvalidValue, Some("center")),
        (r#"{"center": null}"#, Code::InvalidValue, Some("center")),
        (r#"{"center": ""}"#, Code::EmptyParameter, Some("center")),
        (r#"{"centre": "geo"}"#, Code::UnknownParameter, Some("centre")),
        (r#"{"lat": 1, "latitude": 2}"#, Code::RepeatedParameter, Some("lat")),
        (r#"{"jd": [1], "jd_ut": [2]}"#, Code::RepeatedParameter, Some("jd")),
    ] {
        let problem = read_one(body).unwrap_err();
        assert_eq!((problem.code, problem.parameter.as_deref()), (code, parameter), "{body}");
        assert!(problem.hint.is_some(), "{body}");
    }
}

#[test]
fn what_is_given_twice_is_refused_of_instants_too() {
    use crate::routes::charts::chart::PARAMETERS;
    let read = |query: &'static str, body: &str| {
        let mut params = Params::parse(query, PARAMETERS)?;
        super::read(body.as_bytes(), PARAMETERS, &mut params)
    };
    for (query, body, parameter) in [
        ("", r#"{"jd": 2451545, "jd_ut": 2460000}"#, "jd"),
        ("", r#"{"jd_tt": 2451545, "jd_tt": 2451545}"#, "jd_tt"),
        ("jd=2451545", r#"{"jd": 2460000}"#, "jd"),
        ("date=now", r#"{"date": "now"}"#, "date"),
    ] {
        let problem = read(query, body).unwrap_err();
        let told = (problem.code, problem.parameter.as_deref());
        assert_eq!(told, (Code::RepeatedParameter, Some(parameter)), "{query} {body}");
    }
    assert!(read("jd=2451545", r#"{"lat": 1}"#).is_ok());
}

#[test]
fn names_are_read_no_further_than_a_query_string_goes() {
    use crate::routes::charts::chart::PARAMETERS;
    let read = |body: &str| super::read(body.as_bytes(), PARAMETERS, &mut Params::default());
    let (half, more) = (MOST_TEXT_BYTES / 2, MOST_TEXT_BYTES / 2 + 1);
    // Between names, and between a name and its number, there is one byte that counts.
    for (body, parameter) in [
        (format!(r#"{{"bodies": [{}7]}}"#, r#""a","#.repeat(more)), "bodies"),
        (format!(r#"{{"orbs": {{{}"b": []}}}}"#, r#""a":1,"#.repeat(more)), "orbs"),
        (format!(r#"{{"bodies": ["{}", 7]}}"#, "a".repeat(MOST_TEXT_BYTES + 1)), "bodies"),
        (format!(r#"{{"title": "{}"}}"#, "a".repeat(MOST_TEXT_BYTES + 1)), "title"),
    ] {
        // What stands behind them is not looked at any more.
        let problem = read(&body).unwrap_err();
        assert_eq!((problem.code, problem.parameter.as_deref()), (Code::OutOfRange, Some(parameter)));
        assert!(problem.hint.is_some());
    }
    assert!(read(&format!(r#"{{"bodies": [{}"a"]}}"#, r#""a","#.repeat(half - 1))).is_ok());
}

#[test]
fn what_is_unknown_is_told_with_the_parts_that_are() {
    use crate::routes::charts::chart::PARAMETERS;
    let hint = |body: &str| {
        let mut parts = ["first", "second"].map(|name| Part { name, known: PARAMETERS, params: None });
        let problem =
            read_parts(body.as_bytes(), POSTED, &mut Params::default(), &mut parts, "").unwrap_err();
        assert_eq!(problem.code, Code::UnknownParameter);
        problem.hint.as_deref().unwrap().to_owned()
    };
    assert_eq!(hint(r#"{"frist": {}}"#), "did you mean first?");
    assert!(
        hint(r#"{"nobody": {}}"#).starts_with("known are first, second, jd, "),
        "{}",
        hint(r#"{"nobody": {}}"#)
    );
}
