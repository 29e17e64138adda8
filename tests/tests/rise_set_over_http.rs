//! Hazard: days that are not the caller's, events that are missing or one too many at their edges, a midnight Sun that is
//! told as an error, and times that depend on who answered, or are lost between two who did. The real program is asked, and held to what the U.S. Naval
//! Observatory published and to the C library's own `swe_rise_trans`.

use std::collections::BTreeMap;

use orrery_format::Body;
use orrery_pipeline::sample::live_body;
use orrery_swisseph::{LiveAtmosphere, LiveCrossing, LiveEvent, LiveLimb, LiveObserver, LiveSite, Session};
use orrery_tests::http::sent_again;
use orrery_tests::programs::Server;
use orrery_tests::published::rows;
use orrery_tests::random::Random;
use orrery_tests::{tables, workspace};
use serde_json::{Value, json};

const DAY_S: f64 = 86_400.0;

/// The document of a query.
fn ask(server: &Server, query: &str) -> Value {
    server.ask(&format!("/v1/rise-set?{query}"))
}

/// What happens to a body on a day: names, and the times of a member of their instants.
fn events<'a>(reply: &'a Value, day: usize, body: usize, of: &'a str) -> Vec<(&'a str, &'a Value)> {
    let events = reply["days"][day]["bodies"][body]["events"].as_array().unwrap();
    events.iter().map(|event| (event["type"].as_str().unwrap(), &event["at"][of])).collect()
}

/// Minutes since midnight that a local time shows.
fn minutes(local: &str) -> f64 {
    let digits = |at: usize, length: usize| local[at..at + length].parse::<f64>().unwrap();
    digits(11, 2) * 60.0 + digits(14, 2) + digits(17, 6) / 60.0
}

#[test]
fn the_suns_days_are_those_of_the_naval_observatory() {
    let Some(rows) = rows("usno_sun_rise_set_twilight_2026.csv") else { return };
    let server = Server::shared();
    let mut compared = 0;
    for row in &rows {
        let hours: f64 = row[3].parse().unwrap();
        let sign = if hours < 0.0 { '-' } else { '+' };
        let (whole, part) = (hours.abs() as u32, (hours.abs().fract() * 60.0) as u32);
        // A time with an offset is of a day of that offset.
        let date = format!("2026-{}T12:00:00%{:X}{whole:02}:{part:02}", row[0], sign as u32);
        let reply = ask(&server, &format!("lat={}&lon={}&date={date}&bodies=sun", row[1], row[2]));
        let of = if hours == 0.0 { "utc" } else { "local" };
        let found = events(&reply, 0, 0, of);
        for (column, name) in
            [(4, "civil_dawn"), (5, "rise"), (6, "upper_transit"), (7, "set"), (8, "civil_dusk")]
        {
            let at = found.iter().filter(|(known, _)| *known == name).map(|(_, at)| at.as_str().unwrap());
            let times: Vec<f64> = at.map(minutes).collect();
            if !row[column].contains(':') {
                assert!(times.is_empty(), "{row:?}: {name} {times:?}");
                continue;
            }
            let (hour, minute) = row[column].split_once(':').unwrap();
            let published = hour.parse::<f64>().unwrap() * 60.0 + minute.parse::<f64>().unwrap();
            let apart = times.iter().map(|time| (time - published).abs()).fold(f64::INFINITY, f64::min);
            assert!(apart < 0.7, "{row:?}: {name} at {times:?}");
            compared += 1;
        }
    }
    println!("{compared} times agree");
    assert!(compared > 100, "{compared}");
}

#[test]
fn days_are_those_of_the_callers_clock() {
    let server = Server::shared();
    let day = |query: &str| {
        let reply = ask(&server, &format!("{query}&bodies=sun&events=rise"));
        let days = reply["days"].as_array().unwrap().clone();
        let told = |day: &Value| {
            let ends = ["start", "end"].map(|end| day[end]["local"].as_str().unwrap_or_default().to_owned());
            (day["date"].as_str().unwrap_or_default().to_owned(), ends)
        };
        days.iter().map(told).collect::<Vec<_>>()
    };
    let one = |date: &str, start: &str, end: &str| (date.to_owned(), [start.to_owned(), end.to_owned()]);
    // The clocks go forward and back.
    assert_eq!(
        day("lat=52.5&lon=13.4&date=2026-03-29&tz=Europe/Berlin"),
        [one("2026-03-29", "2026-03-29T00:00:00.000+01:00", "2026-03-30T00:00:00.000+02:00")]
    );
    assert_eq!(
        day("lat=52.5&lon=13.4&date=2026-10-25T02:30&tz=Europe/Berlin"),
        [one("2026-10-25", "2026-10-25T00:00:00.000+02:00", "2026-10-26T00:00:00.000+01:00")]
    );
    // Over midnight; from half past eleven; over a whole day.
    assert_eq!(
        day("lat=33.9&lon=35.5&date=2026-03-29&tz=Asia/Beirut"),
        [one("2026-03-29", "2026-03-29T01:00:00.000+03:00", "2026-03-30T00:00:00.000+03:00")]
    );
    assert_eq!(
        day("lat=43.7&lon=-79.4&date=1919-03-31&tz=America/Toronto"),
        [one("1919-03-31", "1919-03-31T00:30:00.000-04:00", "1919-04-01T00:00:00.000-04:00")]
    );
    assert_eq!(
        day("lat=-13.8&lon=-171.8&date=2011-12-29&days=2&tz=Pacific/Apia"),
        [one("2011-12-29", "2011-12-29T00:00:00.000-10:00", "2011-12-31T00:00:00.000+14:00")]
    );
    // The calendar was changed over night; local mean time; a leap second; no clock at all.
    assert_eq!(
        day("lat=41.9&lon=12.5&date=1582-10-04T12:00:00Z&days=2").map_dates(),
        ["1582-10-04", "1582-10-15"]
    );
    assert_eq!(
        day("lat=48.2&lon=16.5&date=1850-06-01&tz=lmt"),
        [one("1850-06-01", "1850-06-01T00:00:00.000+01:06", "1850-06-02T00:00:00.000+01:06")]
    );
    let leap = ask(&server, "lat=0&lon=0&date=2016-12-31&bodies=sun&events=rise");
    let [start, end] = ["start", "end"].map(|end| leap["days"][0][end]["jd_tt"].as_f64().unwrap());
    assert!(((end - start) * DAY_S - 86_401.0).abs() < 1e-3, "{leap}");
    assert_eq!(day("lat=0&lon=0&jd=2461120.25").map_dates(), [""]);
    // Today is a day of the clock's, too.
    let now = ask(&server, "lat=0&lon=0&tz=Pacific/Kiritimati&bodies=sun&events=rise");
    assert!(now["days"][0]["start"]["local"].as_str().unwrap().ends_with("T00:00:00.000+14:00"), "{now}");
}

trait Dates {
    fn map_dates(&self) -> Vec<&str>;
}

impl Dates for Vec<(String, [String; 2])> {
    fn map_dates(&self) -> Vec<&str> {
        self.iter().map(|(date, _)| date.as_str()).collect()
    }
}

#[test]
fn no_event_is_lost_or_told_twice_where_days_meet() {
    let server = Server::shared();
    // The Moon rises some minutes before one midnight or after: a year of days, and the same year in one go of 366.
    let place = "lat=55.9&lon=-3.2&tz=Europe/London&bodies=moon,sun&precision=3";
    let year = ask(&server, &format!("{place}&date=2026-01-01&days=365"));
    let all: Vec<f64> = (0..365)
        .flat_map(|day| {
            events(&year, day, 0, "jd_ut").into_iter().filter(|(name, _)| *name == "rise").collect::<Vec<_>>()
        })
        .map(|(_, at)| at.as_f64().unwrap())
        .collect();
    // 365 days have 352 of the Moon's.
    assert!((350..=354).contains(&all.len()), "{}", all.len());
    assert!(all.windows(2).all(|pair| (0.9..1.2).contains(&(pair[1] - pair[0]))), "{all:?}");
    for nth in [0, 17, 180, 364] {
        let date = year["days"][nth]["date"].as_str().unwrap();
        let single = ask(&server, &format!("{place}&date={date}"));
        assert_eq!(single["days"][0], year["days"][nth], "{date}");
    }
}

#[test]
fn tables_and_live_tell_the_same() {
    let server = Server::shared();
    let mut random = Random::of("rise and set over HTTP");
    let span = tables::span_ut();
    let (mut compared, mut worst) = (0, 0.0_f64);
    for _ in 0..40 {
        let (lat, lon) = (random.between(-66.0, 66.0), random.between(-180.0, 180.0));
        let jd = random.between(span.start, span.end - 1.0);
        let horizon =
            ["", "&limb=center", "&refraction=air&pressure=950&temperature=-5", "&horizon=3&limb=lower"];
        let query = format!(
            "lat={lat}&lon={lon}&alt=300&jd={jd}&bodies=sun,moon,venus,pluto,mean_node{}",
            random.pick(&horizon)
        );
        let [table, live] = ["table", "live"].map(|source| ask(&server, &format!("{query}&source={source}")));
        for body in 0..5 {
            let [ours, theirs] = [&table, &live].map(|reply| events(reply, 0, body, "jd_ut"));
            let names =
                |events: &[(&str, &Value)]| events.iter().map(|event| event.0.to_owned()).collect::<Vec<_>>();
            assert_eq!(names(&ours), names(&theirs), "{query}, body {body}");
            for ((name, at), (_, other)) in ours.iter().zip(&theirs) {
                let seconds = (at.as_f64().unwrap() - other.as_f64().unwrap()).abs() * DAY_S;
                assert!(seconds < 0.05, "{query}, body {body}: {name} {seconds} s");
                worst = worst.max(seconds);
                compared += 1;
            }
        }
        assert_eq!(live["days"][0]["bodies"][0]["source"], "live");
        assert_eq!(
            (&table["provenance"]["source"], &live["provenance"]["source"]),
            (&json!("table"), &json!("live"))
        );
    }
    println!("{compared} events, {worst:.4} s apart at most");
    assert!(compared > 700);
}

/// What the library finds from a Julian day on.
fn library(session: &mut Session, observer: LiveObserver, body: Body, event: LiveEvent, jd_ut: f64) -> f64 {
    session.rise_transit(observer, live_body(body), event, jd_ut).unwrap().unwrap()
}

const CROSSING: LiveCrossing =
    LiveCrossing::Horizon { limb: LiveLimb::Upper, refraction: true, altitude_deg: 0.0, thorough: true };

/// Somewhere below the polar circles, and its air.
fn observer(random: &mut Random) -> LiveObserver {
    let site = LiveSite {
        latitude_deg: random.between(-60.0, 60.0),
        longitude_deg: random.between(-180.0, 180.0),
        altitude_m: random.between(0.0, 3_000.0),
    };
    let (pressure, temperature_c) = (random.between(700.0, 1_050.0), random.between(-20.0, 35.0));
    LiveObserver { site, atmosphere: LiveAtmosphere { pressure_hpa: Some(pressure), temperature_c } }
}

/// The parameters that ask for it.
fn spelt(observer: &LiveObserver) -> String {
    let LiveObserver { site, atmosphere } = observer;
    format!(
        "lat={:?}&lon={:?}&alt={:?}&refraction=air&pressure={:?}&temperature={:?}",
        site.latitude_deg,
        site.longitude_deg,
        site.altitude_m,
        atmosphere.pressure_hpa.unwrap(),
        atmosphere.temperature_c,
    )
}

#[test]
fn times_are_the_librarys_for_the_same_air() {
    let server = Server::shared();
    let mut session = workspace::session();
    let mut random = Random::of("the library's days over HTTP");
    let (span, mut worst) = (tables::span_ut(), 0.0_f64);
    for _ in 0..30 {
        let observer = observer(&mut random);
        let jd = random.between(span.start, span.end - 2.0);
        let (name, body) = *random.pick(&[("sun", Body::Sun), ("moon", Body::Moon), ("mars", Body::Mars)]);
        let reply = ask(&server, &format!("{}&jd={jd:?}&days=2&bodies={name}", spelt(&observer)));
        for (name, event) in [("rise", LiveEvent::Rise(CROSSING)), ("set", LiveEvent::Set(CROSSING))] {
            let both = events(&reply, 0, 0, "jd_ut").into_iter().chain(events(&reply, 1, 0, "jd_ut"));
            let ours = both.filter(|(known, _)| *known == name).map(|(_, at)| at.as_f64().unwrap()).next();
            let seconds = (ours.unwrap() - library(&mut session, observer, body, event, jd)).abs() * DAY_S;
            assert!(seconds < 0.05, "{name} of {body} from {observer:?}, JD {jd}: {seconds} s");
            worst = worst.max(seconds);
        }
    }
    println!("{worst:.4} s at most");
}

/// The four events of a body on the day that begins at an instant are the library's, and none beside them; its source.
fn assert_the_librarys(session: &mut Session, observer: LiveObserver, body: Body, day: &Value) -> String {
    let [start, end] = ["start", "end"].map(|end| day[end]["jd_ut"].as_f64().unwrap());
    let told = &day["bodies"][0];
    let told_events = told["events"].as_array().unwrap();
    let mut expected_count = 0;
    for (name, event) in [
        ("rise", LiveEvent::Rise(CROSSING)),
        ("set", LiveEvent::Set(CROSSING)),
        ("upper_transit", LiveEvent::UpperTransit),
        ("lower_transit", LiveEvent::LowerTransit),
    ] {
        let mut from = start;
        loop {
            let expected = library(session, observer, body, event, from);
            if expected >= end {
                break;
            }
            expected_count += 1;
            let apart = told_events.iter().filter(|told| told["type"] == name);
            let apart = apart.map(|told| (told["at"]["jd_ut"].as_f64().unwrap() - expected).abs() * DAY_S);
            let seconds = apart.fold(f64::INFINITY, f64::min);
            // Its search for transits stops within a second of the Moon's.
            let allowed_s = if body == Body::Moon && name.ends_with("transit") { 1.0 } else { 0.05 };
            assert!(
                seconds < allowed_s,
                "{name} of {body} from {observer:?}, JD {start}: {seconds} s: {day}"
            );
            from = expected + 0.1;
        }
    }
    assert_eq!(told_events.len(), expected_count, "{body} from {observer:?}: {day}");
    told["source"].as_str().unwrap().to_owned()
}

/// Where tables begin and end, and where ΔT and sidereal time jump in the source: 1850 and, the latter alone, 2050.
#[test]
fn days_at_ends_and_jumps_are_the_librarys() {
    let server = Server::shared();
    let mut session = workspace::session();
    let mut random = Random::of("ends and jumps over HTTP");
    let span = tables::span_ut();
    let mut seen = BTreeMap::<String, u32>::new();
    for start in [
        format!("jd={:?}", span.start - 1.0),
        format!("jd={:?}", span.start - 1.6),
        format!("jd={:?}", span.end - 2.0),
        format!("jd={:?}", span.end - 1.4),
        "date=1849-12-30".to_owned(),
        "date=1849-12-30T12:00:00%2B05:30".to_owned(),
        "date=2049-12-30".to_owned(),
    ] {
        for (name, body) in [("sun", Body::Sun), ("moon", Body::Moon), ("mars", Body::Mars)] {
            for _ in 0..3 {
                let observer = observer(&mut random);
                let query =
                    format!("{}&{start}&days=4&bodies={name}&events=rise,set,transits", spelt(&observer));
                let reply = ask(&server, &format!("{query}&precision=9"));
                let days = reply["days"].as_array().unwrap();
                assert_eq!(days.len(), 4, "{query}");
                for day in days {
                    let source = assert_the_librarys(&mut session, observer, body, day);
                    *seen.entry(format!("{} {source}", start.split('T').next().unwrap())).or_default() += 1;
                }
            }
        }
    }
    println!("{seen:?}");
    // Days of both sources meet at either end and, where ΔT jumps, in 1850.
    for start in
        [&format!("jd={:?}", span.start - 1.0), &format!("jd={:?}", span.end - 2.0), "date=1849-12-30"]
    {
        assert!(
            ["table", "live"].iter().all(|source| seen.contains_key(&format!("{start} {source}"))),
            "{seen:?}"
        );
    }
}

/// Seconds from an event to where two days meet: the two sources' times are a tenth of a millisecond apart.
const BESIDE_S: [f64; 6] = [-60.0, -1.0, -0.002, 0.002, 1.0, 60.0];

/// Days of tables meet those of the live source just before an event and just after it.
#[test]
fn no_event_is_lost_or_told_twice_where_sources_meet() {
    let server = Server::shared();
    let mut random = Random::of("where sources meet");
    let span = tables::span_ut();
    let (mut compared, mut mixed) = (0, 0);
    for (middle, before) in [(span.start, true), (span.end, false)] {
        for _ in 0..8 {
            let place = spelt(&observer(&mut random));
            let body = *random.pick(&["sun", "moon", "venus"]);
            let ask = |start: f64, source: &str| {
                ask(
                    &server,
                    &format!(
                        "{place}&jd={start:?}&days=2&bodies={body}&events=rise,set,transits&precision=9&source={source}"
                    ),
                )
            };
            let all = |reply: &Value| -> Vec<(String, f64)> {
                let days = [0, 1].into_iter().flat_map(|day| events(reply, day, 0, "jd_ut"));
                days.map(|(name, at)| (name.to_owned(), at.as_f64().unwrap())).collect()
            };
            // The day on the tables' side of the seam must lie in them as a whole.
            let near = all(&ask(if before { middle } else { middle - 2.0 }, "live"));
            let (_, event) = random.pick(&near).clone();
            for beside_s in BESIDE_S {
                let seam = event + beside_s / DAY_S;
                let reply = ask(seam - 1.0, "auto");
                let sources = [0, 1].map(|day| reply["days"][day]["bodies"][0]["source"].as_str().unwrap());
                mixed += usize::from(sources[0] != sources[1]);
                let (ours, live) = (all(&reply), all(&ask(seam - 1.0, "live")));
                let names =
                    |all: &[(String, f64)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
                assert_eq!(
                    names(&ours),
                    names(&live),
                    "{place}, {body}, {beside_s} s from {event}: {ours:?} {live:?}"
                );
                for ((name, at), (_, other)) in ours.iter().zip(&live) {
                    let seconds = (at - other).abs() * DAY_S;
                    assert!(seconds < 0.05, "{place}: {name} of {body}, {seconds} s");
                    compared += 1;
                }
            }
        }
    }
    println!("{compared} events, {mixed} seams between sources");
    assert!(compared > 500 && mixed > 30, "{compared} {mixed}");
}

#[test]
fn what_tables_do_not_show_is_told_live() {
    let server = Server::shared();
    // Mercury's transit of 2019 November 11, during which the Sun set in London; a Uranian; a day before the tables.
    let query = "lat=51.5&lon=-0.13&date=2019-11-11&bodies=sun,mercury,cupido&events=rise,set\
                 &refraction=air&pressure=1013.25&temperature=10";
    let reply = ask(&server, query);
    let sources: Vec<_> =
        (0..3).map(|nth| reply["days"][0]["bodies"][nth]["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["table", "live", "live"]);
    assert_eq!(reply["provenance"]["source"], "mixed");
    assert_eq!(reply["provenance"]["max_error_arcsec"], Value::Null);
    let refused = server.client().get(&format!("/v1/rise-set?{query}&source=table"));
    assert_eq!(refused.status, 409);
    assert!(
        refused.json()["detail"].as_str().unwrap().contains("mercury: it stands before or behind"),
        "{refused:?}"
    );
    let set =
        events(&reply, 0, 1, "jd_ut").iter().find(|(name, _)| *name == "set").unwrap().1.as_f64().unwrap();
    let site = LiveSite { latitude_deg: 51.5, longitude_deg: -0.13, altitude_m: 0.0 };
    let atmosphere = LiveAtmosphere { pressure_hpa: Some(1013.25), temperature_c: 10.0 };
    let library = library(
        &mut workspace::session(),
        LiveObserver { site, atmosphere },
        Body::Mercury,
        LiveEvent::Set(CROSSING),
        set - 0.3,
    );
    let seconds = (library - set) * DAY_S;
    assert!(seconds.abs() < 0.05, "{seconds} s");
    let old = ask(&server, "lat=51.5&lon=-0.13&date=1700-06-21&bodies=sun");
    assert_eq!(old["provenance"]["source"], "live");
    assert_eq!(events(&old, 0, 0, "utc").len(), 8);
}

#[test]
fn where_a_body_stays_is_said_of_every_level() {
    let server = Server::shared();
    let course = |query: &str| ask(&server, query)["days"][0]["bodies"][0]["course"].clone();
    let oslo = "lat=59.91&lon=10.75&date=2026-06-21&tz=Europe/Oslo&bodies=sun";
    assert_eq!(
        course(oslo),
        json!({"horizon": "crosses", "civil": "crosses", "nautical": "always_up", "astronomical": "always_up"})
    );
    let longyear = "lat=78.22&lon=15.65&tz=Arctic/Longyearbyen&bodies=sun&events=rise,set,civil_dawn";
    assert_eq!(
        course(&format!("{longyear}&date=2026-12-21")),
        json!({"horizon": "always_down", "civil": "always_down"})
    );
    assert_eq!(
        course(&format!("{longyear}&date=2026-06-21")),
        json!({"horizon": "always_up", "civil": "always_up"})
    );
    assert_eq!(
        course("lat=90&lon=0&date=2026-06-21&bodies=sun&events=rise"),
        json!({"horizon": "always_up"})
    );
    assert_eq!(course("lat=50&lon=0&bodies=moon&events=transits"), json!({}));
}

#[test]
fn what_a_client_has_is_not_sent_again() {
    let server = Server::shared();
    let target = "/v1/rise-set?lat=50&lon=10&date=2026-03-20&days=30&tz=Europe/Berlin";
    let reply = server.client().get(target);
    let tag = reply.header("etag").unwrap();
    assert_eq!(reply.header("cache-control"), Some("private, max-age=3600"));
    assert_eq!(
        (reply.header("x-cache-status"), reply.header("x-ephemeris-source")),
        (Some("HIT"), Some("table"))
    );
    assert_eq!(server.client().send("GET", target, &[("if-none-match", tag)]).status, 304);
    let other = server.client().get(&target.replace("Berlin", "Paris"));
    assert_ne!(other.header("etag"), Some(tag), "the echo is another");
    let coded = server.client().send("GET", target, &[("accept-encoding", "gzip")]);
    assert_eq!(coded.header("content-encoding"), Some("gzip"));
    assert_eq!(coded.header("etag").map(|tag| tag.ends_with("-gzip\"")), Some(true));
    let now = server.client().get("/v1/rise-set?lat=50&lon=10");
    assert_eq!(now.header("cache-control"), Some("no-store"));
}

#[test]
fn an_echo_sent_again_is_answered_the_same() {
    let server = Server::shared();
    for query in [
        "lat=50&lng=10&date=2026-03-20&timezone=europe/berlin&bodies=luminaries&events=twilights,rise",
        "latitude=-33&lon=151&alt=100&dip=true&refraction=air&pressure=1000&temperature=20&jd=2461120.5&days=2&bodies=sun",
        "lat=50&lon=10&date=2026-03-20T23:59:59%2B05:30&horizon=-1.5&limb=lower&bodies=moon,north_node&precision=4",
        "lat=50&lon=10&date=1850-01-01&tz=lmt&calendar=julian&refraction=none&limb=center&bodies=sun&source=table",
    ] {
        let reply = ask(&server, query);
        let again = ask(&server, &sent_again(&reply["query"]));
        assert_eq!(again, reply, "{query}");
    }
}
