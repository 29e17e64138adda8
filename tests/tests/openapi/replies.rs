//! Answers: every example, every value and every form that the document gives.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use orrery_tests::http::{Reply, sent_again, written};
use orrery_tests::programs::Server;
use orrery_tests::{posted, tables, workspace};
use serde_json::{Map, Value, json};

use crate::each_object;
use crate::readme::assert_shown;
use orrery_tests::interface::Interface;

/// Frames, sources and all fields, so that each member of a reply is met, and a 304 whose source is not known.
const TARGETS: &[&str] = &[
    "/v1/positions?bodies=all&frame=equatorial&date=1990-05-17T06:30:00Z",
    "/v1/positions?bodies=all&calendar=julian&date=1990-05-17T06:30:00Z&precision=full",
    "/v1/positions?bodies=sun,cupido&jd=2451545&precision=2",
    "/v1/positions?bodies=sun,ceres&jd=2300000",
    "/v1/positions?bodies=sun,mars&jd=1000000&allow_moshier=true&equinox=mean",
    "/v1/positions?bodies=sun&jd=1000000&allow_moshier=true&frame=equatorial",
    "/v1/positions?date=2024-07-01T12:00:00&tz=Asia/Kolkata&frame=equatorial&fields=declination,source",
    "/v1/positions?bodies=sun&date=2024-07-01&source=table&fields=body",
    "/v1/positions?bodies=moon&jd=2451545&center=topo&lat=50&lon=10&alt=99&zodiac=sidereal&ayanamsa=lahiri&fields=all&pressure=990&temperature=5",
    "/v1/positions?bodies=moon&jd=2451545&center=topo&lat=50&lon=10&frame=equatorial&fields=all",
    "/v1/positions?bodies=moon&jd=2451545&center=topo&lat=50&lon=10&coordinates=rectangular&fields=all",
    "/v1/positions?bodies=cupido&jd=1000000&allow_moshier=true&coordinates=rectangular",
    "/v1/ephemeris?start=2026-01-01&stop=2026-01-02&step=1d&bodies=moon&center=topo&lat=50&lon=10&zodiac=sidereal&ayanamsa=lahiri&fields=all&pressure=990&temperature=5&precision=6&calendar=gregorian",
    "/v1/ephemeris?start=2026-01-01&stop=2026-01-02&step=1d&bodies=moon&frame=equatorial",
    "/v1/ephemeris?start=2026-01-01&stop=2026-01-02&step=1d&bodies=moon&coordinates=rectangular",
    "/v1/stars?jd=2451545&center=topo&lat=50&lon=13&alt=200&fields=all&pressure=1000&temperature=5&precision=6",
    "/v1/stars?jd=2451545&center=topo&lat=50&lon=13&fields=all&frame=equatorial&calendar=julian",
    "/v1/stars?jd_tt=2451545&center=topo&lat=50&lon=13&fields=all&coordinates=rectangular",
    "/v1/stars?jd=2451545&source=table",
    "/v1/rise-set?jd_tt=2451545&lat=50&lon=10&precision=3&calendar=julian&bodies=sun,cupido&source=live",
    "/v1/stars?date=2024-07-01T12:00&tz=Asia/Kolkata&stars=Spica&zodiac=sidereal&ayanamsa=1&fields=all",
    "/v1/ayanamsas?date=1850-01-01T12:00&tz=lmt&lon=20&calendar=gregorian",
    "/v1/ayanamsas?jd_tt=2451545&source=live",
    "/v1/ayanamsas?jd=2451545&source=table",
    "/v1/events?start=2003-05-01&stop=2003-06-01&types=ingress,nakshatra_ingress,station,aspect,lunation,void_of_course,apsis,node_crossing,greatest_latitude,greatest_declination,out_of_bounds,season,solar_term,conjunction,opposition,greatest_elongation,cazimi,combustion,transit,occultation,parallel,crossing,eclipse&quantity=longitude_speed&value=0.5&minus=sun&orb=1&cazimi_orb=0.3&combustion_orb=8&precision=6&calendar=gregorian&limit=5000",
    "/v1/events?after=jd_tt:2451545&types=aspect&bodies=sun&with=moon&count=1&zodiac=sidereal&ayanamsa=lahiri&source=live",
    "/v1/events?after=2004-01-01T12:00&tz=lmt&lon=20&types=transit,season&count=3",
    "/v1/events?after=2004-01-01&types=greatest_elongation&count=1",
    "/v1/events?before=2004-01-01&types=lunation&count=3&source=table",
    "/v1/events?after=2026-01-01&count=2&types=aspect&bodies=mars&points=10",
    "/v1/moon/phases?after=2026-01-01T12:00&tz=lmt&lon=20&count=2&calendar=julian&precision=3&zodiac=sidereal&ayanamsa=lahiri&source=live&limit=1",
    "/v1/moon/phases?before=2026-01-01&count=2",
    "/v1/moon/void-of-course?before=2026-01-01&count=2&calendar=gregorian&precision=full",
    "/v1/moon/void-of-course?after=2026-01-01T12:00&tz=lmt&lon=20&count=2&limit=1&zodiac=sidereal&ayanamsa=lahiri&source=live",
    "/v1/moon/calendar?start=2026-03-01&stop=2026-03-03&tz=lmt&lon=20&calendar=julian&precision=3&source=live",
    "/v1/moon/calendar?year=2026&month=3&lat=50&lon=10&alt=100&source=table",
    "/v1/eclipses?start=2026-08-01T12:00&stop=2028-03-01&tz=lmt&lon=20&kind=solar&calendar=gregorian&precision=full&limit=1",
    "/v1/eclipses?before=jd:2451545&count=2&source=live",
    "/v1/eclipses/solar-2026-08-12?tz=lmt&lon=20&calendar=julian&precision=6&source=table",
    "/v1/eclipses/lunar-2026-03-03/local?lat=10&lon=100&calendar=gregorian&precision=6&source=live",
    "/v1/eclipses/solar-2026-08-12/local?lat=40.4&lon=-3.7&alt=650",
    "/v1/eclipses/solar-2026-08-12/local?lat=41.4&lon=2.2&tz=lmt",
    "/v1/brief?date=2026-08-12T12:00&span=month&sign=leo&tz=lmt&lon=20&calendar=gregorian&format=json",
    "/v1/brief?date=2026-03-20&span=week&format=json&source=live",
    "/v1/brief?date=2026-05-01&format=json",
    "/v1/brief?date=2026-08-13&sign=virgo&lang=de&format=json",
    "/v1/eclipses/lunar-2025-09-07/path?tz=lmt&lon=20&calendar=gregorian&source=live",
    "/v1/astrocartography?date=2026-03-20T12:00&tz=lmt&lon=20&calendar=gregorian&source=live",
    "/v1/astrocartography?jd=2451545",
    "/v1/astrocartography?jd_tt=2451545",
    "/v1/parans?jd=2451545&lat=50&lon=10&precision=6&calendar=julian",
    "/v1/parans?jd_tt=2451545&lat=50&source=live",
    "/v1/chart?date=1990-05-17T06:30&tz=lmt&lon=20&lat=70&alt=100&center=topo&calendar=julian&zodiac=sidereal&ayanamsa=lahiri&house_system=koch&fallback=porphyry&aspects=all&orbs=sun:9&orb_by=body&angles=ascendant&include=all&lots=all&formula=mine:sun%2B30&rulers=modern&triplicities=lilly&terms=lilly&fields=all&pressure=990&temperature=5&precision=6&source=live",
    "/v1/chart?date=1962-02-05T00:00:00Z&lat=50&lon=10&aspects=all&orbs=trine:25,sextile:25,square:25,opposition:25&include=patterns",
    "/v1/chart?jd=2451545&lat=50&lon=10&angles=none&include=all",
    "/v1/chart?jd=2451635&lat=50&lon=10&include=patterns",
    "/v1/chart?jd=2451545&lat=50&lon=10&bodies=all&house_system=gauquelin&lots=death&include=lots,antiscia",
    "/v1/chart?jd_tt=2451545&lat=50&lon=10&perfection=false",
    "/v1/chart?date=2000-01-01&time_known=false&include=all",
    "/v1/houses?date=1990-05-17T06:30&tz=lmt&lon=20&lat=70&alt=5&center=topo&calendar=gregorian&zodiac=sidereal&ayanamsa=1&bodies=sun&precision=3&house_system=koch&fallback=porphyry&source=live",
    "/v1/houses?jd=2451545&lat=50&lon=10",
    "/v1/houses?jd_tt=2451545&lat=50&lon=10&house_system=G&bodies=sun",
];

#[test]
fn every_example_is_answered_as_documented() {
    // Beyond the files the model answers, whose name is a member of its own.
    workspace::require_narrow_files();
    let mut interface = Interface::fetch();
    for path in interface.paths() {
        for target in interface.commands(&path) {
            let reply = interface.ask(&target, &[]);
            assert_eq!(reply.status, 200, "{target}: {reply:?}");
            let head = interface.client.send("HEAD", &target, &[]);
            assert_eq!((head.status, head.body.as_str()), (200, ""), "{target}");
            // Chunks are the content's, which HEAD leaves out.
            let names = |reply: &Reply| {
                let names = reply.headers.iter().map(|(name, _)| name.clone());
                names.filter(|name| name != "transfer-encoding").collect::<BTreeSet<_>>()
            };
            assert_eq!(names(&head), names(&reply), "{target}");
            let Some(tag) = reply.header("etag") else { continue };
            let kept = reply.header("cache-control") != Some("no-store");
            let again = interface.ask(&target, &[("if-none-match", tag)]);
            assert_eq!(again.status, if kept { 304 } else { 200 }, "{target}");
            assert_eq!(interface.ask(&target, &[("if-none-match", "\"another\"")]).status, 200, "{target}");
        }
    }
    for path in interface.posted_paths() {
        for body in interface.posts(&path) {
            let status = if path == "/v1/jobs" { 202 } else { 200 };
            assert_eq!(interface.post(&path, &body).status, status, "{body}");
        }
    }
    let job = interface.post("/v1/jobs", r#"{"path": "/v1/positions?bodies=sun"}"#).json();
    let target = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    let ended = interface.client.send("DELETE", &target, &[]);
    interface.assert_kept("/paths/~1v1~1jobs~1{id}/delete/responses/200", &ended, &target);
    for body in [
        json!({"jd": [2_451_545], "bodies": ["moon"], "center": "topo", "lat": 50, "lon": 10, "alt": 99, "fields": ["all"],
            "zodiac": "sidereal", "ayanamsa": "lahiri", "pressure": 990, "temperature": 5, "precision": 6}),
        json!({"jd_tt": [2_451_545, 1e6], "frame": "equatorial", "equinox": "j2000", "place": "apparent",
            "coordinates": "spherical", "source": "auto", "allow_moshier": true, "format": "ndjson"}),
        json!({"dates": ["2024-07-01T12:00"], "tz": "Asia/Kolkata", "calendar": "gregorian"}),
    ] {
        assert_eq!(interface.post("/v1/positions", &body.to_string()).status, 200, "{body}");
    }
    ask_for_many_charts(&mut interface);
    for (path, body) in charts_to_post().into_iter().chain(posted::charts_in_time()) {
        let body = body.to_string();
        assert_eq!(interface.post(path, &body).status, 200, "{path} {body}");
    }
    for target in TARGETS {
        let reply = interface.ask(target, &[]);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
        let tag = reply.header("etag").unwrap().to_owned();
        assert_eq!(interface.ask(target, &[("if-none-match", &tag), ("x-request-id", "mine")]).status, 304);
    }
    for list in ["/v1/events", "/v1/eclipses", "/v1/moon/phases", "/v1/moon/void-of-course"] {
        let page = format!("{list}?after=2026-01-01&count=3&limit=1");
        let cursor = interface.ask(&page, &[]).json()["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(interface.ask(&format!("{page}&cursor={cursor}"), &[]).status, 200);
    }
    // What is wrong with a service is told of one with which something is.
    let nowhere = workspace::scratch();
    let without_live = Server::start(tables::shared_dir(), &nowhere.path().join("nowhere"));
    for target in ["/status", "/v1/dataset", "/health/ready"] {
        assert_eq!(interface.ask_of(without_live.client(), target, &[]).status, 200, "{target}");
    }
    // So is what is out of order, here for nothing being quick enough.
    let alarmed = Server::with_settings(
        "[alerts]\nevery_s = 1\nleast_requests = 1\nlatency_warn_ms = 0\nlatency_critical_ms = 0\n",
    );
    let begun = Instant::now();
    while alarmed.ask("/status")["alerts"] == json!([]) {
        assert!(begun.elapsed() < Duration::from_mins(1), "nothing is out of order");
        assert_eq!(alarmed.client().get("/v1/positions?bodies=sun").status, 200);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(interface.ask_of(alarmed.client(), "/status", &[]).status, 200);
    let mut unseen = Vec::new();
    each_object(&interface.document, "", &mut |pointer, members| {
        // GeoJSON has a member of that name.
        let is_schema = !pointer.ends_with("/properties");
        let properties = members.get("properties").and_then(Value::as_object).filter(|_| is_schema);
        let refusal = ["Problem", "Candidate"].iter().any(|name| pointer.ends_with(name));
        for name in
            properties.into_iter().flat_map(Map::keys).filter(|_| !refusal && !pointer.contains("/allOf/"))
        {
            let property = format!("{pointer}/properties/{name}");
            unseen.extend(Some(property).filter(|property| !interface.seen.contains(property)));
        }
        if pointer.ends_with("/responses/200") || pointer.ends_with("/responses/304") {
            for name in members["headers"].as_object().unwrap().keys() {
                let field = format!("{pointer} {name}");
                unseen.extend(Some(field).filter(|field| !interface.seen.contains(field)));
            }
        }
    });
    assert!(unseen.is_empty(), "documented, and in no reply: {unseen:#?}");
}

/// Many charts in one request, as a list and as lines.
fn ask_for_many_charts(interface: &mut Interface) {
    let all = |beside: &str| json!({"id": beside, "jd": 2_451_545, "lat": 50, "lon": 10, "include": ["all", beside], "orbs": {"sun": 12}});
    let charts =
        json!([all("query"), all("provenance"), {"id": 7, "date": "2023-02-30", "lat": 50, "lon": 10}, {}]);
    assert_eq!(interface.post("/v1/charts", &charts.to_string()).status, 200);
    let whole = charts_to_post().into_iter().filter(|(path, _)| *path == "/v1/chart");
    let whole: Vec<Value> = whole
        .map(|(_, mut chart)| {
            chart.as_object_mut().unwrap().remove("format");
            chart
        })
        .collect();
    assert_eq!(interface.post("/v1/charts", &json!(whole).to_string()).status, 200);
    let lines = format!("{}\n{{}}\n", all("query"));
    assert_eq!(interface.post_lines("/v1/charts", &lines).status, 200);
}

/// Charts, alone and in twos, with every member that a request may have.
fn charts_to_post() -> Vec<(&'static str, Value)> {
    let first = json!({"date": "1990-05-17T06:30", "tz": "lmt", "calendar": "gregorian", "lat": 50, "lon": 20, "alt": 100,
        "center": "topo", "bodies": ["luminaries", "planets"], "zodiac": "sidereal", "ayanamsa": "lahiri", "place": "apparent",
        "house_system": "koch", "fallback": "porphyry", "fields": ["all"], "pressure": 990, "temperature": 5, "source": "auto",
        "allow_moshier": true, "precision": 6, "time_known": true});
    let second = |instant: &str| json!({instant: 2_451_545, "lat": 50, "lon": 20, "zodiac": "sidereal", "ayanamsa": "lahiri", "house_system": "koch"});
    let joined = |mut one: Value, other: Value| {
        let members = other.as_object().unwrap().clone();
        one.as_object_mut().unwrap().extend(members);
        one
    };
    let rules = json!({"aspects": ["major"], "orbs": {"sun": 9}, "orb_by": "body", "angles": ["mc"], "precision": 6, "format": "json"});
    let parts = json!({"perfection": false, "include": ["all"], "lots": ["hermetic"], "formula": "mine:sun+30", "rulers": "modern",
        "triplicities": "lilly", "terms": "lilly"});
    let pair = |instant: &str| json!({"first": first, "second": second(instant)});
    vec![
        ("/v1/chart", joined(joined(first.clone(), rules.clone()), parts)),
        ("/v1/chart", json!({"jd": 2_451_545, "lat": 50, "lon": 20})),
        ("/v1/chart", json!({"jd_tt": 2_451_545, "lat": 50, "lon": 20})),
        ("/v1/synastry", joined(pair("jd"), rules.clone())),
        ("/v1/synastry", pair("jd_tt")),
        (
            "/v1/synastry",
            json!({"first": {"date": "2000-01-01", "time_known": false}, "second": {"jd": 2_451_545}}),
        ),
        (
            "/v1/composite",
            joined(joined(pair("jd"), rules), json!({"method": "midpoint", "meridian": "above"})),
        ),
        ("/v1/compatibility", joined(pair("jd"), json!({"precision": 6, "format": "json"}))),
        // Two Suns in signs of one mode.
        ("/v1/compatibility", json!({"first": {"jd": 2_451_545}, "second": {"jd": 2_451_545}})),
    ]
}

#[test]
fn the_sample_of_a_reply_is_the_reply_to_its_query() {
    let mut interface = Interface::fetch();
    let mut sample = interface.document["components"]["schemas"]["Positions"]["examples"][0].clone();
    // Their names are of this dataset's content.
    sample["provenance"]["blocks"] = json!([]);
    let target = format!("/v1/positions?{}", sent_again(&sample["query"]));
    let reply = interface.ask(&target, &[]).json();
    assert_shown(&sample, &reply, &target);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&sample["positions"][0]),
        names(&reply["positions"][0]),
        "the sample leaves something out"
    );
}

#[test]
fn every_value_that_is_documented_is_understood() {
    let mut interface = Interface::fetch();
    for path in interface.paths() {
        let parameters = interface.operation(&path)["parameters"].as_array().unwrap().clone();
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let lists = ["examples", "enum"].map(|list| schema[list].as_array().cloned().unwrap_or_default());
            for value in lists.iter().flatten().chain(schema.get("default")) {
                let text = written(value);
                // Some need company, without which they contradict the rest; all can be read.
                // A stream has no end of its own.
                let end = if path == "/v1/stream/sky" && name != "count" { "&count=1" } else { "" };
                let reply = interface.ask(&format!("{path}?{name}={text}{end}"), &[]);
                assert!([200, 422].contains(&reply.status), "{name}={text}: {reply:?}");
            }
        }
    }
}

#[test]
fn dates_are_read_as_the_pattern_says() {
    let interface = Interface::fetch();
    let parameters = interface.operation("/v1/positions")["parameters"].as_array().unwrap();
    let at = parameters.iter().position(|parameter| parameter["name"] == "date").unwrap();
    let pattern = interface.validator(&format!("/paths/~1v1~1positions/get/parameters/{at}/schema"));
    let read = |date: &str| {
        let encoded = date.replace('+', "%2B").replace(' ', "%20");
        interface.client.get(&format!("/v1/positions?bodies=sun&date={encoded}"))
    };
    let (mut taken, mut refused) = (0, 0);
    for year in ["2026", "-0043", "+12026", " 12026", "12026", "+1234567", "２０２６"] {
        for day in ["-03-20", "-3-20", "-03-2", "0320", "-13-40"] {
            for time in ["", "T", "t14:33", " 14:33:00", "T14:33:", "T14:33:00,25", "T14:33:00."] {
                for offset in ["", "z", "+02:00", " 02:00", "-0330", " 05", "+2", "UTC"] {
                    let date = format!("{year}{day}{time}{offset}");
                    let reply = read(&date);
                    // What can be read may be no date at all, and what cannot be may be found out to be none before.
                    let code = reply.json()["code"].take();
                    let is_read = code != "invalid_value";
                    let is_taken = pattern.is_valid(&Value::from(date.as_str()));
                    let is_early = day == "-13-40" && code == "no_such_date";
                    assert!(is_taken == is_read || is_early, "{date}: taken {is_taken}, {reply:?}");
                    assert!([200, 422, 400].contains(&reply.status), "{date}: {reply:?}");
                    taken += u32::from(is_taken);
                    refused += u32::from(!is_taken);
                }
            }
        }
    }
    for (now, is_one) in [("now", true), ("NOW", true), ("nOw", true), ("now ", false), ("today", false)] {
        assert_eq!(pattern.is_valid(&Value::from(now)), is_one, "{now}");
        assert_eq!(read(now).status, if is_one { 200 } else { 400 }, "{now}");
    }
    assert!(taken > 50 && refused > 500, "{taken} {refused}");
}

#[test]
fn options_are_answered_as_documented() {
    let mut interface = Interface::fetch();
    let question = [
        ("origin", "https://example.org"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "if-none-match"),
    ];
    for path in interface.paths() {
        for fields in [&[][..], &question] {
            let reply = interface.client.send("OPTIONS", &path, fields);
            assert_eq!(reply.status, 204, "{path}: {reply:?}");
            interface.assert_kept("/components/responses/Options", &reply, &path);
            assert_eq!(
                reply.header("access-control-allow-methods").is_some(),
                !fields.is_empty(),
                "{reply:?}"
            );
        }
    }
    let fields = interface.document["components"]["responses"]["Options"]["headers"].as_object().unwrap();
    for name in fields.keys() {
        let seen = format!("/components/responses/Options {name}");
        assert!(interface.seen.contains(&seen), "documented, and in no reply: {name}");
    }
}
