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
