//! What both resources have of the interface: tags, documents, refusals.

use orrery_tests::interface::Interface;
use orrery_tests::programs::Server;
use orrery_tests::{tables, workspace};

use crate::Sky;

const PATHS: [&str; 2] = ["/v1/stars", "/v1/ayanamsas"];

#[test]
fn what_a_client_has_is_not_sent_again() {
    let sky = Sky::open();
    let mut tags = Vec::new();
    for target in [
        "/v1/stars?jd=2461120.5",
        "/v1/stars?jd=2461120.5&magnitude=2",
        "/v1/stars?jd=2461120.5&stars=Spica",
        "/v1/stars?jd=2461120.5&stars=Spica&fields=longitude",
        "/v1/stars?jd=2461120.75&stars=Spica",
        "/v1/stars?jd=2461120.5&stars=Spica&source=table",
        "/v1/stars?jd=2461120.5&stars=Spica&source=live",
        "/v1/stars?jd=2300000.5&stars=Spica",
        "/v1/ayanamsas?jd=2461120.5",
        "/v1/ayanamsas?jd=2461120.5&ayanamsa=lahiri",
        "/v1/ayanamsas?jd=2461120.5&precision=3",
        "/v1/ayanamsas?jd=2300000.5",
    ] {
        let reply = sky.client.get(target);
        let tag = reply.header("etag").unwrap().to_owned();
        assert_eq!(reply.header("cache-control"), Some("public, max-age=3600"), "{target}");
        for has in [tag.as_str(), "*"] {
            let again = sky.client.send("GET", target, &[("if-none-match", has)]);
            assert_eq!(
                (again.status, again.header("etag"), again.body.as_str()),
                (304, Some(&*tag), ""),
                "{target}"
            );
        }
        let head = sky.client.send("HEAD", target, &[]);
        assert_eq!(
            (head.status, head.header("etag"), head.body.as_str()),
            (200, Some(&*tag), ""),
            "{target}"
        );
        let mix = reply.json()["provenance"]["source"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("x-ephemeris-source"), Some(&*mix), "{target}");
        let status = match mix.as_str() {
            "table" => "HIT",
            "live" => "MISS",
            _ => "PARTIAL",
        };
        assert_eq!(reply.header("x-cache-status"), Some(status), "{target}");
        assert!(!tags.contains(&tag), "{target} shares its tag");
        tags.push(tag);
    }
    for path in ["/v1/stars", "/v1/ayanamsas"] {
        assert_eq!(sky.client.get(path).header("cache-control"), Some("no-store"));
        let local = sky.client.get(&format!("{path}?date=2026-03-20T12:00&tz=Europe/Berlin"));
        assert_eq!(local.header("cache-control"), Some("private, max-age=3600"), "{local:?}");
        assert_eq!(local.json()["time"]["utc_offset_s"], 3600.0);
    }
}

/// Every example of the documentation, and every member of its schemas.
#[test]
fn replies_are_as_documented() {
    let mut interface = Interface::fetch();
    let examples: Vec<_> = PATHS.iter().flat_map(|path| interface.commands(path)).collect();
    assert_eq!(examples.len(), 8, "{examples:?}");
    let site = "center=topo&lat=50&lon=13";
    let others = [
        format!("/v1/stars?jd=2451545&{site}&alt=200&fields=all&pressure=1000&temperature=5&precision=6"),
        format!("/v1/stars?jd=2451545&{site}&fields=all&frame=equatorial&calendar=julian"),
        format!("/v1/stars?jd_tt=2451545&{site}&fields=all&coordinates=rectangular&stars=Gal.Pole,Spica"),
        "/v1/stars?date=2024-07-01T12:00&tz=Asia/Kolkata&stars=Spica&zodiac=sidereal&ayanamsa=1&fields=all"
            .to_owned(),
        "/v1/ayanamsas?date=1850-01-01T12:00&tz=lmt&lon=20&calendar=gregorian".to_owned(),
        "/v1/ayanamsas?jd_tt=2451545&source=live".to_owned(),
        "/v1/ayanamsas?jd=2451545&ayanamsa=user:2451545,23&precision=2".to_owned(),
    ];
    for target in examples.into_iter().chain(others) {
        let reply = interface.ask(&target, &[]);
        assert_eq!(reply.status, 200, "{target}: {reply:?}");
    }
    for path in PATHS {
        for query in
            ["colour=red", "jd=x", "format=csv", "jd=1000000&source=table", "jd=1000000", "source=liv"]
        {
            let reply = interface.ask(&format!("{path}?{query}"), &[]);
            assert!((400..500).contains(&reply.status), "{path}?{query}: {reply:?}");
        }
    }
    let schemas = ["Stars", "StarsQuery", "EclipticStar", "EquatorialStar", "RectangularStar"];
    for schema in schemas.into_iter().chain(["Ayanamsas", "AyanamsasQuery", "Ayanamsa"]) {
        let pointer = format!("/components/schemas/{schema}/properties");
        for name in interface.document.pointer(&pointer).unwrap().as_object().unwrap().keys() {
            assert!(interface.seen.contains(&format!("{pointer}/{name}")), "no reply has {schema}'s {name}");
        }
    }
}

#[test]
fn refusals_are_complete() {
    workspace::require_narrow_files();
    let sky = Sky::open();
    for (target, status, code, parameter, hint) in [
        ("/v1/stars?stars=Sipca", 422, "unknown_star", "stars", "did you mean Spica?"),
        ("/v1/stars?stars=alhpa%20Virginis", 422, "unknown_star", "stars", "did you mean alpha Virginis?"),
        (
            "/v1/stars?stars=qqqqqqqqqqqqqqqqqqq",
            422,
            "unknown_star",
            "stars",
            "give names such as Spica,alpha Centauri,61 Cygni, or magnitude=2 for the brightest",
        ),
        (
            "/v1/stars?stars=Spica,alVir",
            422,
            "repeated_star",
            "stars",
            "name each star once, by one of its names",
        ),
        (
            "/v1/stars?stars=Spica,,Regulus",
            400,
            "empty_parameter",
            "stars",
            "separate names by single commas, or leave stars out for the brightest",
        ),
        ("/v1/stars?stars=Spica&magnitude=3", 422, "contradiction", "magnitude", "leave one of them out"),
        ("/v1/stars?magnitude=99", 422, "out_of_range", "magnitude", "give magnitude from -2 to 30"),
        ("/v1/stars?fields=phase_angle", 422, "meaningless", "fields", "leave it out of fields"),
        (
            "/v1/stars?fields=azimuth",
            422,
            "contradiction",
            "fields",
            "ask with center=topo, lat and lon for it",
        ),
        ("/v1/stars?bodies=sun", 400, "unknown_parameter", "bodies", "known are date, jd"),
        ("/v1/stars?jd=1000000", 422, "outside_ephemeris", "jd", "give an instant within that range"),
        ("/v1/stars?jd=1000000&source=table", 409, "table_only", "source", "source=auto answers it live"),
        ("/v1/stars?format=csv", 406, "not_acceptable", "format", "send `Accept: application/json`"),
        ("/v1/stars?date=2026-03-29T02:30&tz=Europe/Berlin", 422, "local_time_gap", "date", "give one of"),
        ("/v1/ayanamsas?ayanamsa=lahiry", 422, "unknown_value", "ayanamsa", "did you mean lahiri?"),
        ("/v1/ayanamsas?ayanamsa=47", 422, "unknown_value", "ayanamsa", "give a name such as lahiri"),
        ("/v1/ayanamsas?zodiac=sidereal", 400, "unknown_parameter", "zodiac", "known are date, jd"),
        ("/v1/ayanamsas?jd=1000000", 422, "outside_ephemeris", "jd", "give an instant within that range"),
        ("/v1/ayanamsas?jd=1000000&source=table", 409, "table_only", "source", "source=auto answers it live"),
        ("/v1/ayanamsas?source=tables", 422, "unknown_value", "source", "did you mean source=table?"),
    ] {
        let problem = sky.client.get(target).problem(status, code);
        assert_eq!(problem["parameter"], parameter, "{target}: {problem}");
        assert!(problem["hint"].as_str().unwrap().starts_with(hint), "{target}: {problem}");
    }
    // What nothing holds fast needs no file.
    assert_eq!(sky.client.get("/v1/ayanamsas?jd=1000000&ayanamsa=lahiri").status, 200);
}

#[test]
fn a_server_without_files_tells_ayanamsas_from_tables_and_has_no_stars() {
    let nowhere = workspace::scratch();
    let server = Server::start(tables::shared_dir(), &nowhere.path().join("nowhere"));
    let client = server.client();
    let all = client.get("/v1/ayanamsas?jd=2461120.5");
    assert_eq!((all.status, all.json()["ayanamsas"].as_array().unwrap().len()), (200, 47));
    let problem = client.get("/v1/stars").problem(409, "catalogue_unavailable");
    assert!(problem["hint"].as_str().unwrap().contains("scripts/fetch-data"), "{problem}");
    client.get("/v1/ayanamsas?jd=1000000").problem(409, "live_unavailable");
}
