//! How briefs are asked for, kept and refused.

use orrery_tests::workspace;

use crate::Asked;

#[test]
fn text_is_what_comes_unless_json_is_asked_for() {
    let asked = Asked::open();
    let target = "/v1/brief?date=2026-08-12";
    let of = |accept: &str| asked.client.send("GET", target, &[("accept", accept)]);
    for (accept, media_type) in [
        ("*/*", "text/plain; charset=utf-8"),
        ("text/*", "text/plain; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/plain;q=0.5, application/json", "application/json"),
    ] {
        assert_eq!(of(accept).header("content-type"), Some(media_type), "{accept}");
    }
    of("image/svg+xml").problem(406, "not_acceptable");
    let refused = asked.client.get(&format!("{target}&format=svg"));
    assert_eq!(refused.problem(406, "not_acceptable")["parameter"], "format");
    let json = asked.brief("date=2026-08-12");
    assert_eq!(json["text"], asked.text("date=2026-08-12").as_str());
    assert_eq!(json["query"]["format"], "json");
}

#[test]
fn replies_may_be_kept() {
    let asked = Asked::open();
    for (query, kept) in [
        ("date=2026-08-12&sign=leo", "public, max-age=3600"),
        ("date=2026-08-12&tz=Europe/Madrid", "private, max-age=3600"),
        ("date=now", "no-store"),
        ("", "no-store"),
    ] {
        let reply = asked.client.get(&format!("/v1/brief?{query}"));
        assert_eq!(reply.header("cache-control"), Some(kept), "{query}");
    }
    let mut tags = Vec::new();
    for query in ["", "&sign=leo", "&lang=de", "&span=week", "&format=json", "&tz=Europe/Madrid"] {
        let target = format!("/v1/brief?date=2026-08-12{query}");
        let reply = asked.client.get(&target);
        let tag = reply.header("etag").unwrap().to_owned();
        assert_eq!(asked.client.get(&target).body, reply.body, "{query}");
        assert_eq!(asked.client.send("GET", &target, &[("if-none-match", &tag)]).status, 304);
        assert!(!tags.contains(&tag), "{query}");
        tags.push(tag);
    }
}

#[test]
fn what_cannot_be_told_is_refused() {
    let asked = Asked::open();
    for (query, status, code, parameter) in [
        ("span=year", 422, "unknown_value", "span"),
        ("sign=lion", 422, "unknown_value", "sign"),
        ("lang=xx", 422, "unknown_value", "lang"),
        ("lang=english", 422, "unknown_value", "lang"),
        ("format=txt", 422, "unknown_value", "format"),
        ("date=2026-02-30", 422, "no_such_date", "date"),
        ("date=2011-12-30&tz=Pacific/Apia", 422, "no_such_date", "date"),
        ("date=yesterday", 400, "invalid_value", "date"),
        ("tz=Europe/Berlim", 422, "unknown_zone", "tz"),
        ("jd=2451545", 400, "unknown_parameter", "jd"),
        ("bodies=sun", 400, "unknown_parameter", "bodies"),
        ("ayanamsa=lahiri", 422, "contradiction", "ayanamsa"),
    ] {
        let problem = asked.client.get(&format!("/v1/brief?{query}")).problem(status, code);
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    // What a hint names can be asked for.
    workspace::require_narrow_files();
    let old = asked.client.get("/v1/brief?date=-3000-01-01").problem(422, "outside_ephemeris");
    let hint = old["hint"].as_str().unwrap();
    assert!(hint.starts_with("give an instant within that range"), "{hint}");
    for remedy in hint.split_ascii_whitespace().filter(|word| word.contains('=')) {
        let reply = asked.client.get(&format!("/v1/brief?date=-3000-01-01&{remedy}"));
        assert_ne!(reply.status, 400, "{remedy}: {reply:?}");
    }
    // Years that no ephemeris reaches.
    let far = asked.client.get("/v1/brief?date=%2B30000-01-01");
    assert!([409, 422].contains(&far.status), "{far:?}");
}
