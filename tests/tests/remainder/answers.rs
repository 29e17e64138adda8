//! Kept answers beside computed ones.

use orrery_tests::programs::Server;
use orrery_tests::tables;
use orrery_tests::workspace;

use crate::{counted, lasting, number};

/// Answers that take live computing, of every resource that has such, and what of `/status` they are kept by.
const TARGETS: &[&str] = &[
    "/v1/positions?bodies=sun,mars&jd_tt=2451545&source=live",
    "/v1/positions?bodies=sun,cupido&date=2026-03-20T14:33&tz=Europe/Berlin",
    "/v1/positions?bodies=sun,mars&jd=1000000&allow_moshier=true&equinox=mean",
    "/v1/positions?bodies=moon,sun&jd_tt=2451545&place=astrometric",
    "/v1/positions?bodies=mars&jd_tt=2451545&source=live&center=topo&lat=50&lon=10&fields=all",
    "/v1/stars?jd_tt=2451545&source=live&stars=Spica,Regulus",
    "/v1/stars?date=1500-01-01&magnitude=2&frame=equatorial",
    "/v1/ayanamsas?jd_tt=2451545&source=live",
    "/v1/rise-set?jd_tt=2451545&lat=50&lon=10&bodies=sun,moon&source=live",
    "/v1/rise-set?date=2026-03-20&days=30&lat=50&lon=10&bodies=sun,cupido",
    "/v1/events?start=2003-05-01&stop=2003-06-01&source=live",
    "/v1/events?start=2003-05-01&stop=2003-06-01&source=live&format=ics",
    "/v1/events?after=2003-05-01&count=5&types=lunation&source=live&limit=2",
    "/v1/moon/phases?year=2003&source=live",
    "/v1/moon/void-of-course?year=2003&month=5&source=live",
    "/v1/moon/calendar?year=2003&month=5&source=live&lat=50&lon=10",
    "/v1/eclipses?after=2026-01-01&count=2&source=live",
    "/v1/eclipses/solar-2026-08-12?source=live",
    "/v1/eclipses/lunar-2026-03-03/local?lat=10&lon=100&source=live",
    "/v1/eclipses/solar-2026-08-12/path?source=live",
    "/v1/eclipses/solar-2026-08-12/path?source=live&format=svg",
];

#[test]
fn a_kept_answer_is_the_computed_one_to_the_last_byte_and_says_that_it_was_kept() {
    let (keeping, forgetting) = (Server::with_settings(""), Server::with_settings("[cache]\nbytes = 0"));
    for target in TARGETS {
        let computed = keeping.client().get(target);
        assert_eq!(computed.status, 200, "{target}: {computed:?}");
        assert_ne!(computed.header("x-cache-status"), Some("HIT"), "{target}");
        let before = counted(&keeping, "live");
        let kept = keeping.client().get(target);
        assert_eq!(lasting(&kept), lasting(&computed), "{target}");
        // A calendar of events does not say what answered it.
        let says = computed.header("x-cache-status").map(|_| "HIT");
        assert_eq!(kept.header("x-cache-status"), says, "{target}");
        assert!(kept.header("server-timing").unwrap().starts_with("total;dur="), "{target}");
        assert_eq!(number(&counted(&keeping, "live"), "done"), number(&before, "done"), "{target}");
        for _ in 0..2 {
            let again = forgetting.client().get(target);
            assert_eq!(lasting(&again), lasting(&computed), "{target}");
            assert_eq!(again.header("x-cache-status"), computed.header("x-cache-status"), "{target}");
        }
        let tag = kept.header("etag").unwrap();
        for known in [tag, "*"] {
            let spared = keeping.client().send("GET", target, &[("if-none-match", known)]);
            assert_eq!((spared.status, spared.header("etag")), (304, Some(tag)), "{target}");
        }
        let head = keeping.client().send("HEAD", target, &[]);
        assert_eq!((head.status, head.header("x-cache-status"), &*head.body), (200, says, ""), "{target}");
    }
    let kept = counted(&keeping, "remainder");
    assert_eq!(number(&kept, "entries"), TARGETS.len() as u64);
    assert!(number(&kept, "hits") >= 2 * TARGETS.len() as u64, "{kept}");
    assert_eq!(number(&counted(&forgetting, "remainder"), "entries"), 0);
}

#[test]
fn a_kept_answer_is_coded_as_each_client_takes_it() {
    let server = Server::with_settings("");
    let target = "/v1/moon/calendar?year=2004&source=live";
    let plain = server.client().get(target);
    let tag = plain.header("etag").unwrap().trim_end_matches('"').to_owned();
    for coding in ["gzip", "br", "zstd"] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: x\r\naccept-encoding: {coding}\r\nconnection: close\r\n\r\n"
        );
        let mut connection = server.client().connect();
        connection.send(request.as_bytes());
        let bytes = connection.rest();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]);
        for field in [
            format!("content-encoding: {coding}"),
            "x-cache-status: HIT".to_owned(),
            format!("etag: {tag}-{coding}\""),
        ] {
            assert!(head.contains(&field), "{field} is not in {head}");
        }
        assert!(bytes.len() - end < plain.body.len() / 2, "{coding}: {} bytes", bytes.len() - end);
    }
}

#[test]
fn tables_are_not_kept_and_what_is_of_this_moment_is_not_either() {
    let server = Server::with_settings("");
    for target in [
        "/v1/positions?date=2026-03-20T14:33:00Z",
        "/v1/stars?date=2026-03-20T14:33:00Z",
        "/v1/events?start=2026-03-01&stop=2026-04-01",
        "/v1/eclipses/solar-2026-08-12",
        "/v1/positions?bodies=sun&source=live",
        "/v1/rise-set?lat=50&lon=10&source=live",
        "/v1/moon/phases?source=live",
        "/v1/events?after=now&count=1&source=live",
    ] {
        for _ in 0..2 {
            let reply = server.client().get(target);
            assert_eq!(reply.status, 200, "{target}: {reply:?}");
        }
    }
    let counted = counted(&server, "remainder");
    assert_eq!((number(&counted, "entries"), number(&counted, "hits")), (0, 0), "{counted}");
}

#[test]
fn where_there_are_no_tables_answers_are_kept_all_the_same() {
    let nowhere = workspace::scratch();
    let server = Server::start_with(nowhere.path(), &workspace::ephemeris_path(), &["--workers", "1"]);
    let target = "/v1/positions?date=2026-03-20T14:33:00Z";
    let statuses: Vec<_> =
        (0..2).map(|_| server.client().get(target).header("x-cache-status").map(str::to_owned)).collect();
    assert_eq!(statuses, [Some("MISS".to_owned()), Some("HIT".to_owned())]);
    let tabulated = Server::start(tables::shared_dir(), &workspace::ephemeris_path());
    assert_eq!(tabulated.client().get(target).header("x-ephemeris-source"), Some("table"));
}
