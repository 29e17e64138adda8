//! What only live computing answers, through the server: needs the ephemeris files of `scripts/fetch-data`.

mod harness;

use harness::{Reply, Server};
use orrery_server::Settings;

const EPHE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/ephe");

async fn server() -> Server {
    assert!(std::path::Path::new(EPHE).is_dir(), "{EPHE} is missing: run scripts/fetch-data");
    Server::with(Settings { ephe: EPHE.into(), ..Settings::default() }).await
}

/// The same, for what is only true where the files end that `scripts/fetch-data` brings without `--wide`.
async fn narrow_server() -> Server {
    let server = server().await;
    let live = server.get("/v1/dataset").await.json()["live"].take();
    let span = (live["start_jd_tt"].as_f64().unwrap(), live["end_jd_tt"].as_f64().unwrap());
    assert!(
        (2_159_357.0..2_159_358.0).contains(&span.0) && (2_816_787.0..2_816_788.0).contains(&span.1),
        "this test knows where the ephemeris files end that scripts/fetch-data brings without --wide, and those in \
         {EPHE} reach from JD {} to {}: move the others elsewhere to run it",
        span.0,
        span.1
    );
    server
}

async fn positions(server: &Server, query: &str) -> Reply {
    server.get(&format!("/v1/positions?{query}")).await
}

fn quantity(reply: &Reply, body: usize, name: &str) -> f64 {
    reply.json()["positions"][body][name].as_f64().unwrap_or_else(|| panic!("no {name}: {reply:?}"))
}

#[tokio::test]
async fn what_tables_lack_is_live_and_says_so() {
    let server = server().await;
    let reply = positions(&server, "jd_tt=2451545&bodies=sun,mars,cupido").await;
    let document = reply.json();
    let sources: Vec<_> =
        (0..3).map(|body| document["positions"][body]["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["table", "live", "live"]);
    assert_eq!(document["provenance"]["source"], "mixed");
    assert!(document["provenance"]["max_error_arcsec"].is_null());
    assert!(document["provenance"]["ephemeris"].as_str().unwrap().contains("Swiss Ephemeris "));
    assert_eq!(reply.header("x-cache-status"), Some("PARTIAL"));
    let timing = reply.header("server-timing").unwrap();
    assert!(
        timing.starts_with("table;desc=\"1/3\";dur=") && timing.contains("live;desc=\"2/3\";dur="),
        "{timing}"
    );
    // Nutation of half a degree comes from the handmade table, and is added to live states as to its own.
    let mean = positions(&server, "jd_tt=2451545&bodies=mars&equinox=mean&source=live").await;
    assert!((quantity(&reply, 1, "longitude") - quantity(&mean, 0, "longitude") - 0.5).abs() < 2e-9);
}

#[tokio::test]
async fn live_never_uses_tables() {
    let server = server().await;
    let reply = positions(&server, "jd_tt=2451545&bodies=sun&source=live").await;
    // Swiss Ephemeris has the Sun at 280°22′05″ of Capricorn's year; the handmade table has it at 30°.
    assert!((quantity(&reply, 0, "longitude") - 280.368_165_6).abs() < 1e-6);
    assert!((reply.json()["time"]["delta_t"].as_f64().unwrap() - 63.8289).abs() < 1e-3);
    assert_eq!(reply.json()["provenance"]["blocks"].as_array().unwrap().len(), 0);
    assert_eq!(reply.header("x-ephemeris-source"), Some("live"));
    let etag = reply.header("etag").unwrap();
    let again = server
        .send(
            "GET",
            "/v1/positions?jd_tt=2451545&bodies=sun&source=live",
            &format!("if-none-match: {etag}\r\n"),
        )
        .await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn speeds_are_derivatives_of_the_answered_position() {
    let server = server().await;
    let step = 0.01;
    for frame in ["ecliptic", "equatorial"] {
        let (along, speed) = match frame {
            "ecliptic" => ("longitude", "longitude_speed"),
            _ => ("right_ascension", "right_ascension_speed"),
        };
        let at = async |jd: f64| {
            positions(
                &server,
                &format!("jd_tt={jd}&bodies=moon,mars,true_node&source=live&frame={frame}&precision=full"),
            )
            .await
        };
        let (before, now, after) =
            (at(2_460_000.5 - step).await, at(2_460_000.5).await, at(2_460_000.5 + step).await);
        for body in 0..3 {
            let difference = (quantity(&after, body, along) - quantity(&before, body, along)) / (2.0 * step);
            // The third derivative of the Moon's longitude leaves some 1e-6 degrees a day at this step.
            assert!((difference - quantity(&now, body, speed)).abs() < 2e-5, "{frame} {body}");
        }
    }
}

#[tokio::test]
async fn beyond_the_files_the_range_is_named_and_moshier_answers_on_request_alone() {
    let server = narrow_server().await;
    let reply = positions(&server, "date=-0043-03-15&bodies=sun").await;
    assert_eq!((reply.status, reply.problem().as_str()), (422, "outside_ephemeris"));
    assert!(reply.json()["detail"].as_str().unwrap().contains("1200-01-01"), "{reply:?}");
    let reply = positions(&server, "date=-0043-03-15&bodies=sun&allow_moshier=true").await;
    assert_eq!(reply.status, 200);
    assert!(reply.json()["provenance"]["ephemeris"].as_str().unwrap().ends_with("Moshier"));
    assert_eq!(reply.json()["time"]["utc"], "-0043-03-15T00:00:00.000Z");
    for query in [
        "date=-19000-01-01",
        "jd=9000000",
        "jd_tt=-3200000",
        "bodies=asteroid:433",
        "bodies=asteroid:9999999",
    ] {
        let reply = positions(&server, query).await;
        assert_eq!((reply.status, reply.problem().as_str()), (422, "outside_ephemeris"), "{query}");
    }
}

#[tokio::test]
async fn every_ephemeris_that_took_part_is_named() {
    let server = narrow_server().await;
    // In 1200 the files begin with some bodies earlier than with others: light from Pluto set out before them.
    let reply = positions(&server, "jd_tt=2159357.6&bodies=sun,pluto,moon&allow_moshier=true").await;
    let document = reply.json();
    let ephemerides: Vec<_> =
        (0..3).map(|body| document["positions"][body]["ephemeris"].as_str().unwrap()).collect();
    let ends = ["DE431", "Moshier", "DE431"];
    assert!(ephemerides.iter().zip(ends).all(|(name, end)| name.ends_with(end)), "{document}");
    let named = document["provenance"]["ephemeris"].as_str().unwrap();
    assert_eq!(named, format!("{}; {}", ephemerides[0], ephemerides[1]));
    assert_eq!(document["provenance"]["source"], "live");
}

#[tokio::test]
async fn having_anything_is_no_answer_where_there_is_none() {
    let server = narrow_server().await;
    for (query, status) in [
        ("jd=0", 422),
        ("bodies=asteroid:433&date=2026-01-01", 422),
        ("jd=1e300&source=live", 422),
        ("jd=2451545&bodies=sun&source=live", 304),
    ] {
        let target = format!("/v1/positions?{query}");
        let reply = server.send("GET", &target, "if-none-match: *\r\n").await;
        assert_eq!(reply.status, status, "{query}: {reply:?}");
    }
    // Candidates of a year that tables do not reach, with ΔT from live.
    let reply = positions(&server, "date=2200-10-26T02:30&tz=Europe/Berlin").await;
    assert!(reply.json()["candidates"][1]["jd_tt"].is_number(), "{reply:?}");
}

#[tokio::test]
async fn a_leap_second_comes_back_as_one() {
    let server = server().await;
    let reply = positions(&server, "date=2016-12-31T23:59:60Z&bodies=sun&source=live").await;
    assert_eq!(reply.json()["time"]["utc"], "2016-12-31T23:59:60.000Z");
    let reply = positions(&server, "date=2017-12-31T23:59:60Z&bodies=sun").await;
    assert_eq!((reply.status, reply.problem().as_str()), (422, "no_such_date"));
}
