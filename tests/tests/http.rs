//! Hazard: a server that is right in its parts and wrong as a whole. The real program, over the shared tables and the
//! ephemeris files, is asked as its clients ask.

use std::path::Path;
use std::time::{Duration, Instant};

use orrery_format::Manifest;
use orrery_format::manifest::MANIFEST_FILE;
use orrery_tests::interface::SIGNS;
use orrery_tests::measure::angle_between;
use orrery_tests::programs::{self, Ended, Server};
use orrery_tests::random::Random;
use orrery_tests::{processes, tables, workspace};
use serde_json::{Value, json};

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_secs(30);

fn quantity(document: &Value, nth: usize, name: &str) -> f64 {
    document["positions"][nth][name].as_f64().unwrap_or_else(|| panic!("no {name} of {nth}: {document}"))
}

fn names(document: &Value, member: &str) -> Vec<String> {
    let positions = document["positions"].as_array().unwrap();
    positions.iter().map(|position| position[member].as_str().unwrap_or("none").to_owned()).collect()
}

#[test]
fn the_first_query_is_answered_from_tables() {
    let server = Server::shared();
    let client = server.client();
    assert!(server.greeting.contains("curl 'http://"), "{}", server.greeting);
    let suggested =
        server.greeting.split("curl 'http://").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let target = &suggested[suggested.find('/').unwrap()..];
    let reply = client.get(target);
    assert_eq!(reply.status, 200, "{reply:?}");
    let document = reply.json();
    let ten = ["sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto"];
    assert_eq!(names(&document, "body"), ten);
    assert_eq!(names(&document, "source"), ["table"; 10]);
    // The equinox of March 2026: 14:46 UTC.
    assert!(angle_between(quantity(&document, 0, "longitude"), 0.0).abs() < 0.001, "{document}");
    let provenance = &document["provenance"];
    assert_eq!(provenance["source"], "table");
    assert!(provenance["ephemeris"].as_str().unwrap().contains("DE431"), "{provenance}");
    let error = provenance["max_error_arcsec"].as_f64().unwrap();
    assert!(error > 0.0 && error < 0.0013, "{error}");
    // Ten bodies, nutation and the Earth's rotation.
    assert_eq!(provenance["blocks"].as_array().unwrap().len(), 12);
    assert_eq!(document["time"]["utc"], "2026-03-20T14:46:00.000Z");
    let generation = Manifest::read(tables::shared_dir()).unwrap().generation;
    assert_eq!(reply.header("x-dataset"), Some(generation.as_str()));
    assert_eq!(reply.header("x-cache-status"), Some("HIT"));
    assert_eq!(reply.header("x-ephemeris-source"), Some("table"));
    assert!(reply.header("x-request-id").is_some() && reply.header("server-timing").is_some());
    assert_eq!(client.get("/health/ready").json()["dataset"], generation.as_str());
    assert_eq!(client.get("/v1/dataset").json()["generation"], generation.as_str());
}

#[test]
fn every_way_of_giving_time_gives_the_same_instant() {
    let server = Server::shared();
    let client = server.client();
    let first = client.positions("date=2026-03-20T14:33:00Z");
    let time = |name: &str| first["time"][name].as_f64().unwrap();
    let ways = [
        "date=2026-03-20T16:33:00%2B02:00".to_owned(),
        // A plus that arrives as a space, and one that stays a plus.
        "date=2026-03-20T16:33:00+02:00".to_owned(),
        "date=2026-03-20T16:33:00%2002:00".to_owned(),
        "date=2026-03-20T07:33:00-07:00".to_owned(),
        "date=2026-03-20T14:33Z".to_owned(),
        "date=2026-03-20t14:33:00.000z".to_owned(),
        "date=2026-03-20T15:33:00&tz=Europe/Berlin".to_owned(),
        "date=2026-03-20T20:03:00&tz=Asia/Kolkata".to_owned(),
        "date=2026-03-20T15:33:00&tz=lmt&lon=15".to_owned(),
        "date=2026-03-20T15:33:00&tz=lmt&lng=15".to_owned(),
        "date=2026-03-07T14:33:00Z&calendar=julian".to_owned(),
        format!("jd={:?}", time("jd_ut")),
        format!("jd_ut={:?}", time("jd_ut")),
        format!("jd_tt={:?}", time("jd_tt")),
    ];
    for way in ways {
        let other = client.positions(&way);
        // UT1 to TT and back is rounded to a double of a Julian day, 40 µs.
        for name in ["jd_tt", "jd_ut"] {
            assert!(
                (other["time"][name].as_f64().unwrap() - time(name)).abs() < 1e-9,
                "{way}: {}",
                other["time"]
            );
        }
        for nth in 0..10 {
            for quantity_name in ["longitude", "latitude", "distance", "longitude_speed"] {
                let difference = quantity(&other, nth, quantity_name) - quantity(&first, nth, quantity_name);
                // The Moon in two units of the last place of a Julian day.
                assert!(difference.abs() <= 1.4e-8, "{way}: {quantity_name} of {nth} is {difference} off");
            }
        }
    }
    // A bare date is midnight, here or there.
    assert_eq!(client.positions("date=2026-03-20")["time"]["utc"], "2026-03-20T00:00:00.000Z");
    assert_eq!(
        client.positions("date=2026-03-20&tz=Europe/Berlin")["time"]["utc"],
        "2026-03-19T23:00:00.000Z"
    );
    // Without any it is now, and not to be kept.
    let now = client.get("/v1/positions");
    assert_eq!((now.status, now.header("cache-control")), (200, Some("no-store")));
}

#[test]
fn what_tells_where_somebody_was_is_kept_by_nobody_else() {
    let server = Server::shared();
    let client = server.client();
    for (target, kept) in [
        ("/v1/positions?jd=2451545", "public, max-age=3600"),
        ("/v1/positions?jd=2451545&center=topo&lat=50&lon=13", "private, max-age=3600"),
        ("/v1/positions?date=2000-01-01&tz=Europe/Berlin", "private, max-age=3600"),
        ("/v1/stars?jd=2451545", "public, max-age=3600"),
        ("/v1/stars?jd=2451545&center=topo&lat=50&lon=13", "private, max-age=3600"),
        ("/v1/ephemeris?start=2000-01-01&stop=2000-01-02&step=1d", "public, max-age=3600"),
        (
            "/v1/ephemeris?start=2000-01-01&stop=2000-01-02&step=1d&center=topo&lat=50&lon=13",
            "private, max-age=3600",
        ),
        ("/v1/rise-set?jd=2451545&lat=50&lon=13", "private, max-age=3600"),
    ] {
        let reply = client.get(target);
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some(kept)), "{target}");
        // Whoever has any reply has this one, in whatever coding.
        let tag = reply.header("etag").unwrap();
        let coded = format!("{}-gzip\"", tag.trim_end_matches('"'));
        for had in ["*", tag] {
            assert_eq!(client.send("GET", target, &[("if-none-match", had)]).status, 304, "{target} {had}");
        }
        if target.contains("ephemeris") || target.contains("rise-set") {
            assert_eq!(client.send("GET", target, &[("if-none-match", &coded)]).status, 304, "{target}");
        }
    }
}

#[test]
fn every_frame_agrees_with_live_in_the_same_server() {
    let server = Server::shared();
    let client = server.client();
    let mut random = Random(3);
    let (mut compared, mut worst) = (0, 0.0_f64);
    for _ in 0..40 {
        let jd_tt = random.between(2_378_500.0, 2_597_600.0);
        for frame in ["ecliptic", "equatorial"] {
            for equinox in ["date", "mean"] {
                let query = format!("jd_tt={jd_tt:?}&frame={frame}&equinox={equinox}&bodies=all");
                let (auto, live) =
                    (client.positions(&query), client.positions(&format!("{query}&source=live")));
                assert_eq!(live["provenance"]["source"], "live");
                assert_eq!(live["provenance"]["max_error_arcsec"], Value::Null);
                assert_eq!(names(&live, "body"), names(&auto, "body"));
                let (along, across) = if frame == "ecliptic" {
                    ("longitude", "latitude")
                } else {
                    ("right_ascension", "declination")
                };
                for (nth, body) in names(&auto, "body").iter().enumerate() {
                    // What either promises: the body's own 0.001″ (0.005″ for the noisy perigee) and nutation's 0.0002″.
                    let promise = if body == "interpolated_perigee" { 0.005 } else { 0.001 };
                    let allowed = (promise + 0.0002) / 3600.0 * 1.4 + 1e-9;
                    let (a, b) = (quantity(&auto, nth, across), quantity(&live, nth, across));
                    let across_gap = (a - b).abs();
                    let along_gap =
                        angle_between(quantity(&auto, nth, along), quantity(&live, nth, along)).abs();
                    // On the sky: right ascensions crowd towards the poles.
                    let gap = across_gap.max(along_gap * a.to_radians().cos());
                    assert!(
                        gap <= allowed,
                        "{body} at JD {jd_tt:?}, {frame}, {equinox}: {} arcsec",
                        gap * 3600.0
                    );
                    let distances = quantity(&auto, nth, "distance") / quantity(&live, nth, "distance") - 1.0;
                    assert!(distances.abs() <= 1.01e-8, "{body} at JD {jd_tt:?}: distance {distances:e}");
                    worst = worst.max(gap * 3600.0);
                    compared += 1;
                }
            }
        }
    }
    println!("{compared} positions, worst {worst:.6} arcsec");
}

#[test]
fn signs_and_motion_follow_the_longitude() {
    let server = Server::shared();
    let client = server.client();
    let mut random = Random(5);
    for _ in 0..50 {
        let document =
            client.positions(&format!("jd_tt={:?}&bodies=all", random.between(2_378_500.0, 2_597_600.0)));
        for (nth, body) in names(&document, "body").iter().enumerate() {
            let longitude = quantity(&document, nth, "longitude");
            let position = &document["positions"][nth];
            assert!((0.0..360.0).contains(&longitude), "{position}");
            assert_eq!(position["sign"], SIGNS[(longitude / 30.0) as usize], "{position}");
            assert!(
                (quantity(&document, nth, "sign_longitude") - longitude.rem_euclid(30.0)).abs() < 2e-9,
                "{position}"
            );
            assert_eq!(
                position["retrograde"],
                quantity(&document, nth, "longitude_speed") < 0.0,
                "{body}: {position}"
            );
        }
        let nth = |name: &str| names(&document, "body").iter().position(|body| body == name).unwrap();
        for (north, south) in [("true_node", "true_south_node"), ("mean_node", "mean_south_node")] {
            let apart =
                quantity(&document, nth(south), "longitude") - quantity(&document, nth(north), "longitude");
            assert!((apart.rem_euclid(360.0) - 180.0).abs() < 2e-9, "{apart}");
        }
    }
}

#[test]
fn what_no_table_holds_is_answered_live_and_says_so() {
    let server = Server::shared();
    let client = server.client();
    let document = client.positions(
        "date=2026-03-20T12:00:00Z&bodies=sun,cupido,hades,zeus,kronos,apollon,admetos,vulkanus,poseidon",
    );
    let mut sources = vec!["table"];
    sources.extend(["live"; 8]);
    assert_eq!(names(&document, "source"), sources);
    assert_eq!(document["provenance"]["source"], "mixed");
    for query in
        ["date=1500-06-01T12:00:00Z", "date=2500-06-01T12:00:00Z", "date=2399-12-31T23:00:00Z", "jd=2597700"]
    {
        let document = client.positions(query);
        let outside = !query.contains("2399");
        assert_eq!(document["provenance"]["source"], if outside { "live" } else { "table" }, "{query}");
        let reply = client.get(&format!("/v1/positions?{query}&source=table"));
        assert_eq!(reply.status, if outside { 409 } else { 200 }, "{query}: {reply:?}");
    }
    // The tables' own edges: a second on either side, by a source that changes there and a Sun that does not jump.
    let (start, end) = tables::shared().span_jd(orrery_format::Product::Nutation).unwrap();
    for edge in [start, end] {
        let place = |jd_tt: f64| client.positions(&format!("jd_tt={jd_tt:?}&bodies=sun"));
        let (before, after) = (place(edge - 1e-5), place(edge + 1e-5));
        assert_ne!(names(&before, "source"), names(&after, "source"));
        let moved = angle_between(quantity(&after, 0, "longitude"), quantity(&before, 0, "longitude"));
        assert!((moved - 2e-5 * quantity(&before, 0, "longitude_speed")).abs() < 1e-6, "{moved}");
    }
}

#[test]
fn an_instant_whose_delta_t_is_live_is_not_called_a_tables() {
    let server = Server::shared();
    let client = server.client();
    // The one double that the table of ΔT leaves to the source: the places are from tables all the same.
    let target = "/v1/positions?jd=2396758.5&bodies=sun,moon";
    let reply = client.get(target);
    assert_eq!(reply.header("x-cache-status"), Some("PARTIAL"), "{reply:?}");
    assert_eq!(reply.header("x-ephemeris-source"), Some("mixed"));
    let timing = reply.header("server-timing").unwrap();
    assert!(timing.contains("table;desc=\"2/2\"") && timing.contains("live;desc=\"0/2\""), "{timing}");
    let document = reply.json();
    assert_eq!(names(&document, "source"), ["table", "table"]);
    assert_eq!(document["provenance"]["source"], "mixed");
    assert!(document["provenance"]["max_error_arcsec"].is_null());
    assert_eq!(client.get(&format!("{target}&source=table")).status, 409);
    // Beside it all is from tables.
    let beside = client.get("/v1/positions?jd=2396758.5000001&bodies=sun,moon");
    assert_eq!(beside.header("x-cache-status"), Some("HIT"));
}

#[test]
fn moshier_answers_on_request_alone() {
    workspace::require_narrow_files();
    let server = Server::shared();
    let client = server.client();
    // Files reach from 1200 to 3000, the model from −3000 to 3000.
    for date in ["-0500-01-01", "1100-01-01"] {
        assert_eq!(client.get(&format!("/v1/positions?date={date}&bodies=sun")).status, 422);
        let document = client.positions(&format!("date={date}&bodies=sun,moon&allow_moshier=true"));
        assert!(document["provenance"]["ephemeris"].as_str().unwrap().contains("Moshier"), "{document}");
        assert_eq!(names(&document, "source"), ["live", "live"]);
    }
    // Allowed is not forced: where files reach, they answer.
    let document = client.positions("date=1500-01-01&bodies=sun&allow_moshier=true");
    assert!(!document["provenance"]["ephemeris"].as_str().unwrap().contains("Moshier"), "{document}");
}

#[test]
fn no_query_at_all_brings_the_server_down() {
    let server = Server::shared();
    let client = server.client();
    let mut random = Random(9);
    let words = [
        "jd",
        "jd_tt",
        "date",
        "bodies",
        "tz",
        "lon",
        "frame",
        "source",
        "=",
        "&",
        "%",
        "%00",
        "%F0%9F%8C%99",
        "+",
        ",",
        "sun",
        "2026-03-20",
        "T",
        "Z",
        "24:00",
        "-0",
        "1e308",
        "99999999999999999999",
        "live",
        "auto",
        "lmt",
        "all",
        "null",
        "'",
        "\"",
        "<",
        "../",
        "asteroid:",
        "4294967296",
        "precision",
        "full",
        "fields",
        "longitude",
        ":",
        "true",
    ];
    for _ in 0..1_500 {
        let text: String = (0..=random.below(9)).map(|_| *random.pick(&words)).collect();
        let reply = client.get(&format!("/v1/positions?{text}"));
        assert!([200, 400, 406, 409, 422].contains(&reply.status), "{text}: {reply:?}");
        let _ = reply.json();
    }
    assert_eq!(client.get("/health/ready").status, 200);
}

#[test]
fn tags_are_strong_and_spare_the_reply() {
    let server = Server::shared();
    let client = server.client();
    for query in ["date=2026-03-20T14:33:00Z", "date=1500-01-01", "jd=2461120&bodies=cupido,sun&source=live"]
    {
        let target = format!("/v1/positions?{query}");
        let first = client.get(&target);
        let etag = first.header("etag").unwrap().to_owned();
        let again = client.get(&target);
        assert_eq!((again.header("etag"), &again.body), (Some(etag.as_str()), &first.body));
        for value in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let spared = client.send("GET", &target, &[("if-none-match", &value)]);
            assert_eq!(
                (spared.status, spared.body.as_str(), spared.header("etag")),
                (304, "", Some(etag.as_str()))
            );
        }
        assert_eq!(client.send("GET", &target, &[("if-none-match", "\"other\"")]).status, 200);
    }
}

#[test]
fn the_dataset_tells_what_it_was_made_from() {
    let server = Server::shared();
    let document = server.client().get("/v1/dataset").json();
    let manifest = Manifest::read(tables::shared_dir()).unwrap();
    assert_eq!(document["blocks"], json!(manifest.blocks));
    assert_eq!(document["lists"], json!(manifest.lists));
    assert_eq!(document["source"], json!(manifest.source));
    assert_eq!(document["live"]["available"], true);
}

#[test]
fn health_is_a_hundred_less_what_is_wrong() {
    // One of its own: what others ask of the shared one may be out of order.
    let well = Server::start(tables::shared_dir(), &workspace::ephemeris_path());
    assert_eq!(well.ask("/status")["health"], json!({"score": 100, "deductions": []}));
    drop(well);

    let dir = workspace::scratch();
    tables::build_small(dir.path(), (1950, 1990), &[orrery_format::Body::MeanNode]);
    let server = Server::start_with(dir.path(), &workspace::ephemeris_path(), &["--watch-ms", "20"]);
    let client = server.client();
    let becomes = |score: u64, reason: &str| {
        let begun = Instant::now();
        loop {
            let health = client.get("/status").json()["health"].take();
            let deductions = health["deductions"].as_array().unwrap();
            if health["score"] == score
                && deductions.iter().all(|it| it["reason"].as_str().unwrap().contains(reason))
            {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "not {score} for {reason:?}: {health}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    becomes(100, "");
    // A generation that is none, until there is one again.
    let manifest = dir.path().join(MANIFEST_FILE);
    let sound = std::fs::read(&manifest).unwrap();
    let publish = |bytes: &[u8]| {
        let half_way = dir.path().join("half-way");
        std::fs::write(&half_way, bytes).unwrap();
        std::fs::rename(half_way, &manifest).unwrap();
    };
    publish(&sound[..sound.len() / 2]);
    becomes(80, "refused");
    publish(&sound);
    becomes(100, "");
    // A worker that dies is soon replaced, and remembered for a while.
    processes::signal(processes::children(server.pid())[0], "KILL");
    becomes(85, "ended unexpectedly");
}

fn server_without(datasets: &Path, ephe: &Path) -> Ended {
    let mut command = programs::command("orrery-server");
    command.args(["--listen", "127.0.0.1:0", "--datasets"]).arg(datasets).arg("--ephe").arg(ephe);
    command.output().unwrap().into()
}

#[test]
fn with_a_damaged_dataset_it_does_not_start() {
    let damaged = workspace::scratch();
    tables::build_small(damaged.path(), (1900, 2000), &[orrery_format::Body::MeanNode]);
    let manifest = Manifest::read(damaged.path()).unwrap();
    let path = Manifest::block_path(damaged.path(), &manifest.blocks[2]);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let ended = server_without(damaged.path(), &workspace::ephemeris_path());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains(&manifest.blocks[2].file) && ended.err.contains("orrery-pipeline build"),
        "{ended:?}"
    );
}

#[test]
fn with_damaged_ephemeris_files_it_does_not_start_and_without_any_it_serves_tables_alone() {
    let ephe = workspace::scratch();
    std::fs::write(ephe.path().join("sepl_18.se1"), b"not an ephemeris").unwrap();
    let ended = server_without(tables::shared_dir(), ephe.path());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("sepl_18.se1") && ended.err.contains("scripts/fetch-data"), "{ended:?}");

    let server = Server::start(tables::shared_dir(), &ephe.path().join("nowhere"));
    let client = server.client();
    assert_eq!(names(&client.positions("date=2026-03-20T14:33:00Z&bodies=sun"), "source"), ["table"]);
}
