//! Hazards: what is asked by many at once and computed by each for itself, or by nobody once the first of them has left; what
//! failed and is told again; what is kept for too long, or takes more room than there is; and what is told of tables that
//! are no longer served. The last need the ephemeris files of `scripts/fetch-data`.

use std::path::Path;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::HeaderValue;
use orrery_format::{Dataset, Product};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, yield_now};

use super::*;
use crate::app::App;
use crate::config::Settings;
use crate::process::counters::Cached;
use crate::process::counters::Source;
use crate::routes::{self, Asked, Resource};
use crate::tables::{EPHEMERIS, LINES, Line, publish};
use crate::wire::content::Content;
use crate::wire::media::Format;
use crate::wire::problem::Code;
use crate::wire::reply::{Reply, Shares};
use crate::wire::request::Request;

fn remainder(settings: &Cache) -> Arc<Remainder> {
    Arc::new(Remainder::new(settings, &Arc::new(Counters::private().unwrap())))
}

/// A question like no other.
fn question(nth: usize) -> Question {
    asked(Resource::Positions, nth)
}

fn asked(resource: Resource, nth: usize) -> Question {
    let request = Request::to(&format!("/v1/positions?jd={nth}"), &[]);
    Question::new(resource, &request, Format::Json, "a tag", nth.to_string())
}

fn answer(bytes: usize) -> Answer {
    Answer { content: Bytes::from(vec![b'x'; bytes]), mix: Mix::Live, shares: Shares::default() }
}

fn counted(remainder: &Remainder) -> Cached {
    remainder.counters.snapshot().cache
}

/// Asks a question whose computing waits until it is let go, and counts how often it is begun.
fn ask(
    remainder: &Arc<Remainder>,
    begun: &Arc<AtomicUsize>,
    gate: &Arc<tokio::sync::Semaphore>,
    done: impl Fn() -> Result<Answer, Problem> + Send + 'static,
) -> JoinHandle<Result<Told, Problem>> {
    let (remainder, begun, gate) = (Arc::clone(remainder), Arc::clone(begun), Arc::clone(gate));
    tokio::spawn(async move {
        let computing = async move {
            begun.fetch_add(1, Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
            done()
        };
        remainder.told(Some(question(1)), computing).await
    })
}

fn gate() -> (Arc<AtomicUsize>, Arc<tokio::sync::Semaphore>) {
    (Arc::default(), Arc::new(tokio::sync::Semaphore::new(0)))
}

async fn settle() {
    for _ in 0..200 {
        yield_now().await;
    }
}

#[tokio::test]
async fn of_fifty_who_ask_at_once_one_computes() {
    let remainder = remainder(&Cache::default());
    let (begun, gate) = gate();
    let waiting: Vec<_> = (0..50).map(|_| ask(&remainder, &begun, &gate, || Ok(answer(9)))).collect();
    settle().await;
    assert_eq!(begun.load(Ordering::SeqCst), 1);
    gate.add_permits(1);
    for told in join_all(waiting).await {
        let told = told.unwrap().unwrap();
        assert_eq!(
            (told.answer.content.len(), told.is_kept, told.source()),
            (9, false, Source::Computed(Mix::Live))
        );
    }
    let after = ask(&remainder, &begun, &gate, || Ok(answer(9))).await.unwrap().unwrap();
    assert_eq!(
        (after.is_kept, after.source(), after.cache_status()),
        (true, Source::Kept, HeaderValue::from_static("HIT"))
    );
    assert_eq!(begun.load(Ordering::SeqCst), 1);
    let Cached { hits, misses, coalesced, inserted, entries, .. } = counted(&remainder);
    assert_eq!((hits, misses, coalesced, inserted, entries), (1, 1, 49, 1, 1));
    assert!(remainder.flights.known().is_empty());
}

#[tokio::test]
async fn a_failure_is_told_to_all_who_wait_and_to_nobody_after_them() {
    let remainder = remainder(&Cache::default());
    let (begun, gate) = gate();
    let busy = || Err(Problem::new(Code::Busy, "busy").retry_after(7));
    let waiting: Vec<_> = (0..9).map(|_| ask(&remainder, &begun, &gate, busy)).collect();
    settle().await;
    gate.add_permits(1);
    for told in join_all(waiting).await {
        let problem = told.unwrap().unwrap_err();
        assert_eq!((problem.code, problem.retry_after_s), (Code::Busy, Some(7)));
    }
    gate.add_permits(1);
    let after = ask(&remainder, &begun, &gate, || Ok(answer(9))).await.unwrap().unwrap();
    assert_eq!((after.is_kept, begun.load(Ordering::SeqCst)), (false, 2));
    let Cached { misses, coalesced, inserted, .. } = counted(&remainder);
    assert_eq!((misses, coalesced, inserted), (2, 8, 1));
}

#[tokio::test]
async fn a_panic_fails_those_who_wait_and_nobody_after_them() {
    let remainder = remainder(&Cache::default());
    let (begun, gate) = gate();
    let waiting: Vec<_> = (0..3).map(|_| ask(&remainder, &begun, &gate, || panic!("bad luck"))).collect();
    settle().await;
    gate.add_permits(1);
    for told in join_all(waiting).await {
        assert_eq!(told.unwrap().unwrap_err().code, Code::Internal);
    }
    gate.add_permits(1);
    assert!(ask(&remainder, &begun, &gate, || Ok(answer(9))).await.unwrap().is_ok());
}

#[tokio::test]
async fn who_leaves_takes_the_computing_from_nobody_and_the_last_one_ends_it() {
    let remainder = remainder(&Cache::default());
    let (begun, gate) = gate();
    let mut waiting: Vec<_> = (0..3).map(|_| ask(&remainder, &begun, &gate, || Ok(answer(9)))).collect();
    settle().await;
    // The first is the one who has it computed.
    let first = waiting.remove(0);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    gate.add_permits(1);
    for told in join_all(waiting).await {
        assert_eq!(told.unwrap().unwrap().answer.content.len(), 9);
    }
    assert_eq!(begun.load(Ordering::SeqCst), 1);

    remainder.clear();
    let (dropped, is_dropped) = oneshot::channel::<()>();
    let alone = tokio::spawn({
        let remainder = Arc::clone(&remainder);
        async move {
            let computing = async move {
                let _dropped = dropped;
                std::future::pending().await
            };
            remainder.told(Some(question(1)), computing).await
        }
    });
    settle().await;
    assert_eq!(remainder.flights.known().len(), 1);
    alone.abort();
    assert!(is_dropped.await.is_err(), "nobody waits, and it goes on");
    assert!(remainder.flights.known().is_empty());
}

#[tokio::test]
async fn what_is_true_of_this_moment_is_computed_for_each() {
    let remainder = remainder(&Cache::default());
    for _ in 0..2 {
        let told = remainder.told(None, async { Ok(answer(9)) }).await.unwrap();
        assert!(!told.is_kept);
    }
    assert_eq!(counted(&remainder), Cached::default());
}

#[tokio::test]
async fn what_tables_answered_after_all_is_not_kept() {
    let remainder = remainder(&Cache::default());
    for _ in 0..2 {
        let table = async { Ok(Answer { mix: Mix::Table, ..answer(9) }) };
        assert!(!remainder.told(Some(question(1)), table).await.unwrap().is_kept);
    }
    assert_eq!((counted(&remainder).misses, counted(&remainder).entries), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn each_kind_is_kept_for_its_time() {
    let settings = Cache {
        positions_s: 10,
        stars_s: 20,
        ayanamsas_s: 30,
        rise_set_s: 40,
        events_s: 50,
        eclipses_s: 0,
        ..Cache::default()
    };
    let remainder = remainder(&settings);
    let kinds = [
        (Resource::Positions, 10),
        (Resource::Stars, 20),
        (Resource::Ayanamsas, 30),
        (Resource::RiseSet, 40),
        (Resource::Events, 50),
        (Resource::MoonPhases, 50),
        (Resource::MoonVoidOfCourse, 50),
        (Resource::MoonCalendar, 50),
    ];
    for (nth, (resource, _)) in kinds.into_iter().enumerate() {
        remainder.told(Some(asked(resource, nth)), async { Ok(answer(9)) }).await.unwrap();
    }
    for eclipse in [Resource::Eclipses, Resource::Eclipse, Resource::LocalEclipse, Resource::EclipsePath] {
        remainder.told(Some(asked(eclipse, 0)), async { Ok(answer(9)) }).await.unwrap();
        assert!(remainder.kept(&asked(eclipse, 0)).is_none(), "kept for no time");
    }
    let is_kept = |nth: usize, resource| remainder.kept(&asked(resource, nth)).is_some();
    let mut passed = 0;
    for moment in [0, 9, 10, 19, 20, 29, 30, 39, 40, 49, 50] {
        tokio::time::advance(Duration::from_secs(moment - passed)).await;
        passed = moment;
        for (nth, (resource, lasting)) in kinds.into_iter().enumerate() {
            assert_eq!(is_kept(nth, resource), moment < lasting, "{resource:?} after {moment} s");
        }
    }
    let Cached { expired, entries, bytes, .. } = counted(&remainder);
    assert_eq!((expired, entries, bytes), (8, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asks_for_again_goes_when_its_time_is_over() {
    let remainder = remainder(&Cache { positions_s: 10, ..Cache::default() });
    for nth in 0..20 {
        remainder.told(Some(question(nth)), async { Ok(answer(9)) }).await.unwrap();
    }
    remainder.sweep();
    assert_eq!(counted(&remainder).entries, 20);
    tokio::time::advance(Duration::from_secs(10)).await;
    remainder.sweep();
    assert_eq!(
        (counted(&remainder).expired, counted(&remainder).entries, counted(&remainder).bytes),
        (20, 0, 0)
    );
}

#[tokio::test]
async fn there_is_never_more_than_there_may_be() {
    let most = 100_000;
    let remainder = remainder(&Cache { bytes: most, ..Cache::default() });
    for nth in 0..400 {
        let bytes = nth * 37 % 9000;
        remainder.told(Some(question(nth)), async move { Ok(answer(bytes)) }).await.unwrap();
        let Cached { bytes, entries, .. } = counted(&remainder);
        assert!(bytes <= most && bytes >= entries * 600, "{entries} entries of {bytes} bytes");
    }
    let Cached { inserted, evicted, entries, .. } = counted(&remainder);
    assert_eq!((inserted, inserted - evicted), (400, entries));
    assert!(entries > 5, "{entries}");
    // One that would take more than an eighth of all has no place.
    remainder.told(Some(question(1000)), async { Ok(answer(12_000)) }).await.unwrap();
    assert!(remainder.kept(&question(1000)).is_none());
    assert_eq!(counted(&remainder).rejected, 1);
}

#[tokio::test]
async fn where_there_is_no_room_nothing_is_kept_and_all_is_answered() {
    let remainder = remainder(&Cache { bytes: 0, ..Cache::default() });
    for _ in 0..2 {
        assert!(!remainder.told(Some(question(1)), async { Ok(answer(9)) }).await.unwrap().is_kept);
    }
    assert_eq!(counted(&remainder), Cached { misses: 2, ..Cached::default() });
}

#[test]
fn all_that_makes_a_difference_makes_another_question() {
    let request = Request::to("/v1/positions?jd=1", &[]);
    let of =
        |resource, tag: &str, query: &str| *Question::new(resource, &request, Format::Json, tag, query).key();
    let keys = [
        of(Resource::Positions, "ab", "c"),
        of(Resource::Stars, "ab", "c"),
        of(Resource::Positions, "a", "bc"),
        of(Resource::Positions, "ab", "d"),
        of(Resource::Positions, "abc", ""),
    ];
    for (nth, key) in keys.iter().enumerate() {
        assert!(!keys[..nth].contains(key), "{nth}");
    }
    // How it was spelled does not.
    let other = Request::to("/v1/positions?jd=1.0", &[]);
    assert_eq!(*Question::new(Resource::Positions, &other, Format::Json, "ab", "c").key(), keys[0]);
}

#[test]
fn what_is_kept_is_not_shown() {
    let remainder = remainder(&Cache::default());
    remainder.shelf.keep(question(77), &Arc::new(answer(9)));
    assert!(!format!("{remainder:?}").contains("jd=77"), "{remainder:?}");
}

const EPHE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/ephe");

/// A server over these tables that can compute live.
fn app(lines: &[Line], settings: Settings) -> Arc<App> {
    assert!(Path::new(EPHE).is_dir(), "{EPHE} is missing: run scripts/fetch-data");
    let dir = tempfile::tempdir().unwrap();
    publish(dir.path(), lines, EPHEMERIS);
    App::open(&Settings { datasets: dir.path().to_owned(), ephe: EPHE.into(), ..settings }).unwrap()
}

/// Other tables, as a published generation is taken up.
fn take_up(app: &App, lines: &[Line]) {
    let dir = tempfile::tempdir().unwrap();
    publish(dir.path(), lines, EPHEMERIS);
    app.take_up(Dataset::open(dir.path()).unwrap());
}

/// The reply to a target.
async fn get(app: &Arc<App>, resource: Resource, target: &str) -> Result<Reply, Problem> {
    let request = Arc::new(Request::to(target, &[]));
    match routes::ask(resource, app, &request) {
        Asked::Now(reply) => reply,
        Asked::Later(reply) => reply.await,
    }
}

/// What positions are answered: `X-Cache-Status`, `X-Ephemeris-Source` and the document.
async fn positions(app: &Arc<App>, query: &str) -> (String, String, String) {
    let reply = get(app, Resource::Positions, &format!("/v1/positions?{query}")).await.unwrap();
    let field = |name: &str| reply.response.headers()[name].to_str().unwrap().to_owned();
    let Content::Whole(content) = reply.response.body() else { panic!("{reply:?}") };
    (field("x-cache-status"), field("x-ephemeris-source"), String::from_utf8(content.to_vec()).unwrap())
}

/// The tables of the tests without one of them.
fn without(product: &str) -> Vec<Line> {
    LINES.into_iter().filter(|(known, ..)| known.to_string() != product).collect()
}

const SUN_AND_MARS: &str = "jd_tt=2451545&bodies=sun,mars";
const MOON_AND_MARS: &str = "jd_tt=2451545&bodies=moon,mars";
const SUN_AND_NODE: &str = "jd_tt=2451545&bodies=sun,true_node";
const FAR: &str = "jd_tt=2300000&bodies=sun";

#[tokio::test]
async fn after_a_swap_nothing_old_is_told_and_what_was_wanted_most_is_there_already() {
    let node = Product::Place(orrery_format::Center::Geo, orrery_format::Body::TrueNode).to_string();
    let app = app(&without(&node), Settings::default());
    for query in [SUN_AND_MARS, MOON_AND_MARS, SUN_AND_NODE, FAR] {
        let first = positions(&app, query).await;
        let again = positions(&app, query).await;
        assert_eq!((again.0.as_str(), &first.1, &first.2), ("HIT", &again.1, &again.2), "{query}");
        assert_ne!(first.0, "HIT", "{query}");
    }
    let before = positions(&app, SUN_AND_MARS).await;
    // The Sun stands elsewhere now, the node has a table, and the Moon is as it was.
    let sun = Product::Place(orrery_format::Center::Geo, orrery_format::Body::Sun).to_string();
    let moved: Vec<Line> = LINES
        .into_iter()
        .map(|(product, mut at, speed)| {
            at[0] += if product.to_string() == sun { 1.0 } else { 0.0 };
            (product, at, speed)
        })
        .collect();
    take_up(&app, &moved);
    assert_eq!(app.counters().snapshot().cache.entries, 4);
    renewal::renew(Arc::clone(&app)).await;
    let Cached { renewed, superseded, entries, hits, .. } = app.counters().snapshot().cache;
    // Anew: Sun and Mars, and what is far from all tables, since another generation may have had a part in it. As they were:
    // Moon and Mars. By tables from now on: Sun and node.
    assert_eq!((renewed, superseded, entries, hits), (2, 3, 3, 5));
    let after = positions(&app, SUN_AND_MARS).await;
    assert_eq!((after.0.as_str(), after.1.as_str()), ("HIT", "mixed"));
    assert_ne!(after.2, before.2, "the Sun has moved");
    assert_eq!(positions(&app, MOON_AND_MARS).await.0, "HIT");
    assert_eq!(positions(&app, FAR).await.0, "HIT");
    assert_eq!(positions(&app, SUN_AND_NODE).await.1, "table");
    let unkept =
        self::app(&moved, Settings { cache: Cache { bytes: 0, ..Cache::default() }, ..Settings::default() });
    for query in [SUN_AND_MARS, MOON_AND_MARS, FAR] {
        assert_eq!(positions(&app, query).await.2, positions(&unkept, query).await.2, "{query}");
    }
}

#[tokio::test]
async fn a_swap_alone_is_enough_for_nothing_old_to_be_told() {
    let app = app(&LINES, Settings::default());
    let before = positions(&app, SUN_AND_MARS).await;
    let mut moved = LINES;
    for (_, at, _) in &mut moved {
        at[0] += 0.25;
    }
    take_up(&app, &moved);
    let after = positions(&app, SUN_AND_MARS).await;
    assert_eq!(after.0, "PARTIAL");
    assert_ne!(before.2, after.2);
}

#[tokio::test]
async fn so_many_are_computed_anew_and_no_more() {
    let cache = Cache { recomputed: 1, ..Cache::default() };
    let app = app(&LINES, Settings { cache, ..Settings::default() });
    for (query, times) in [("bodies=mars", 1), ("bodies=venus", 3), ("bodies=pluto", 2)] {
        for _ in 0..times {
            positions(&app, &format!("{query}&jd_tt=2300000")).await;
        }
    }
    take_up(&app, &without("nutation"));
    renewal::renew(Arc::clone(&app)).await;
    let Cached { renewed, superseded, entries, .. } = app.counters().snapshot().cache;
    assert_eq!((renewed, superseded, entries), (1, 3, 1));
    assert_eq!(positions(&app, "bodies=venus&jd_tt=2300000").await.0, "HIT", "it was asked for most");
    assert_eq!(positions(&app, "bodies=pluto&jd_tt=2300000").await.0, "MISS");
}

#[tokio::test]
async fn however_it_is_spelled_it_is_the_same_question() {
    let app = app(&LINES, Settings::default());
    let first = positions(&app, "date=2005-04-03T12:00:00Z&bodies=mars,venus").await;
    assert_ne!(first.0, "HIT");
    for same in [
        "bodies=mars,venus&date=2005-04-03T12:00Z",
        "bodies=mars%2Cvenus&date=2005-04-03T12:00:00.000Z&zodiac=tropical&center=geo",
        "source=auto&coordinates=spherical&fields=default&date=2005-04-03T12%3A00%3A00Z&bodies=mars,venus",
    ] {
        let told = positions(&app, same).await;
        assert_eq!((told.0.as_str(), &told.2), ("HIT", &first.2), "{same}");
    }
    for other in [
        "date=2005-04-03T12:00:00Z&bodies=venus,mars",
        "date=2005-04-03T13:00:00%2B01:00&bodies=mars,venus",
        "date=2005-04-03T12:00:00Z&bodies=mars,venus&precision=3",
        "date=2005-04-03T12:00:00Z&bodies=mars,venus&equinox=mean",
        "date=2005-04-03T12:00:00Z&bodies=mars,venus&calendar=gregorian",
    ] {
        assert_ne!(positions(&app, other).await.0, "HIT", "{other}");
    }
}

#[tokio::test]
async fn what_is_personal_is_kept_and_what_is_of_this_moment_is_not() {
    let app = app(&LINES, Settings::default());
    let personal = "bodies=mars&center=topo&lat=52.5&lon=13.4&jd=2451545";
    assert_ne!(positions(&app, personal).await.0, "HIT");
    assert_eq!(positions(&app, personal).await.0, "HIT");
    for _ in 0..2 {
        assert_ne!(positions(&app, "bodies=mars").await.0, "HIT");
    }
    assert_eq!(app.counters().snapshot().cache.entries, 1);
}

#[tokio::test]
async fn where_memory_is_short_nothing_is_kept_and_where_it_is_scarce_nothing_long_is_begun() {
    let memory = crate::config::MemoryLimits { soft_bytes: 800, hard_bytes: 1600 };
    let app = app(&LINES, Settings { memory, ..Settings::default() });
    let query = "bodies=mars&jd_tt=2451545";
    let stream = "/v1/ephemeris?start=2000-01-01&stop=2000-01-05&step=1d&bodies=sun&format=csv";
    let short = "/v1/ephemeris?start=2000-01-01&stop=2000-01-05&step=1d&bodies=sun";
    positions(&app, query).await;
    assert_eq!(positions(&app, query).await.0, "HIT");
    app.has_memory(801);
    assert_eq!(app.counters().snapshot().cache.entries, 0);
    for _ in 0..2 {
        assert_ne!(positions(&app, query).await.0, "HIT");
    }
    assert!(get(&app, Resource::Ephemeris, stream).await.is_ok());
    app.has_memory(1601);
    assert_ne!(positions(&app, query).await.0, "HIT", "what is short is answered");
    let problem = get(&app, Resource::Ephemeris, stream).await.unwrap_err();
    assert_eq!((problem.code, problem.retry_after_s.is_some()), (Code::MemoryShort, true));
    assert!(get(&app, Resource::Ephemeris, short).await.is_ok());
    app.has_memory(700);
    assert!(get(&app, Resource::Ephemeris, stream).await.is_ok());
    positions(&app, query).await;
    assert_eq!(positions(&app, query).await.0, "HIT", "answers are kept again");
    let told = app.counters().snapshot();
    assert_eq!((told.cache.emptied, told.memory.soft_crossings, told.memory.hard_crossings), (1, 1, 1));
    assert_eq!((told.memory.refused, told.memory.above_soft, told.cache.rejected), (1, 0, 3));
}
