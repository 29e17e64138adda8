//! Hazards: a stream that is computed for each of its clients, that waits for the slow ones, that tells another sky than
//! `/v1/positions` does, or that nobody ends.

use std::time::UNIX_EPOCH;

use orrery_format::Dataset;

use super::*;
use crate::answer::handmade;
use crate::query::{Params, PositionsQuery};
use crate::routes::stream::PARAMETERS;
use crate::tables::{EPHEMERIS, LINES, publish};
use crate::wire::problem::Code;

fn query(text: &str) -> StreamQuery {
    StreamQuery::new(&Params::parse(text, PARAMETERS).unwrap()).unwrap()
}

async fn follower(app: &Arc<App>, text: &str) -> Follower {
    follow(app, &query(text), None).await.unwrap()
}

/// The number of a tick of a tenth of a second.
fn tenth(told: &Told) -> u64 {
    let at: chrono::DateTime<chrono::Utc> = told.id.parse().unwrap();
    assert!(at.timestamp_subsec_nanos().is_multiple_of(100_000_000), "{}", told.id);
    at.timestamp_millis() as u64 / 100
}

async fn until_closed(app: &App) {
    for _ in 0..1000 {
        if app.broadcasts().open() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} channels are open that nobody follows", app.broadcasts().open());
}

#[tokio::test]
async fn each_tick_is_a_multiple_of_the_interval_and_tells_what_a_query_for_it_does() {
    let app = handmade::app();
    let mut follower = follower(&app, "bodies=sun,moon&interval=0.1&count=4").await;
    let mut last = 0;
    let mut count = 0;
    while let Some(told) = follower.next().await {
        let tick = tenth(&told);
        assert!(tick > last, "{tick} {last}");
        (last, count) = (tick, count + 1);
        let asked = PositionsQuery::parse(&format!("date={}&bodies=sun,moon", told.id), UNIX_EPOCH).unwrap();
        let reply = positions::told(&app, asked).await.unwrap();
        assert_eq!(told.document(), reply);
        assert!(!reply.contains(&b'\n') && !told.is_problem());
        assert_eq!(told.event(), sse::event("sky", &told.id, &reply));
    }
    assert_eq!(count, 4);
    assert!(follower.next().await.is_none());
}

#[tokio::test]
async fn those_who_follow_the_same_share_what_is_computed_and_it_ends_with_the_last() {
    let app = handmade::app();
    let mut one = follower(&app, "bodies=sun&interval=0.1").await;
    let mut other = follower(&app, "interval=1e-1&bodies=sun&frame=ecliptic&count=1").await;
    let mut third = follower(&app, "bodies=sun&interval=0.2").await;
    let mut fourth = follower(&app, "bodies=moon&interval=0.1").await;
    assert_eq!(app.broadcasts().open(), 3);
    let (first, same) = (one.next().await.unwrap(), other.next().await.unwrap());
    // Both at once, unless a tick came between.
    assert!(Arc::ptr_eq(&first, &same) || first.id != same.id);
    assert!(other.next().await.is_none(), "it asked for one");
    assert!(third.next().await.is_some() && fourth.next().await.is_some());
    drop((other, third, fourth));
    assert!(one.next().await.is_some() && one.next().await.is_some());
    drop(one);
    until_closed(&app).await;
    // And begins anew with the next.
    assert!(follower(&app, "bodies=sun&interval=0.1").await.next().await.is_some());
}

#[tokio::test]
async fn who_is_slow_misses_ticks_and_gets_none_late() {
    let app = handmade::app();
    let mut slow = follower(&app, "bodies=sun&interval=0.1").await;
    let mut quick = follower(&app, "bodies=sun&interval=0.1").await;
    let first = tenth(&slow.next().await.unwrap());
    let mut last = first;
    while last < first + 5 {
        last = tenth(&quick.next().await.unwrap());
    }
    let next = tenth(&slow.next().await.unwrap());
    assert!(next >= last, "{next} was told when it was {last}");
}

#[tokio::test]
async fn what_a_client_has_is_not_told_again() {
    let app = handmade::app();
    let told = follower(&app, "bodies=sun&interval=0.1").await.next().await.unwrap();
    let mut again = follow(&app, &query("bodies=sun&interval=0.1"), Some(told.id.clone())).await.unwrap();
    assert_ne!(again.next().await.unwrap().id, told.id);
    // Another id is none of this stream's.
    let mut other = follow(&app, &query("bodies=sun&interval=3600"), Some("7".to_owned())).await.unwrap();
    assert!(other.next().await.is_some());
}

#[tokio::test]
async fn when_the_server_stops_every_stream_ends() {
    let app = handmade::app();
    let mut often = follower(&app, "bodies=sun&interval=0.1").await;
    let mut seldom = follower(&app, "bodies=sun&interval=3600").await;
    assert!(often.next().await.is_some() && seldom.next().await.is_some());
    app.start_draining();
    while often.next().await.is_some() {}
    assert!(seldom.next().await.is_none());
    until_closed(&app).await;
    // One that begins in spite of that is over at once.
    let mut late = follower(&app, "bodies=sun&interval=3600").await;
    while late.next().await.is_some() {}
    until_closed(&app).await;
}

#[tokio::test]
async fn a_sky_that_cannot_be_told_is_refused_at_first_and_ends_a_stream_later() {
    let app = handmade::app();
    let refused = follow(&app, &query("bodies=mars"), None).await.unwrap_err();
    assert_eq!(refused.code, Code::LiveUnavailable);
    let refused = follow(&app, &query("bodies=mars&source=table"), None).await.unwrap_err();
    assert_eq!(refused.code, Code::TableOnly);
    assert_eq!(app.broadcasts().open(), 0);
    let mut follower = follower(&app, "bodies=sun,moon&interval=0.1").await;
    assert!(!follower.next().await.unwrap().is_problem());
    // Other tables, without the Moon.
    let dir = tempfile::tempdir().unwrap();
    let lines: Vec<_> =
        LINES.into_iter().enumerate().filter(|(nth, _)| *nth != 2).map(|(_, line)| line).collect();
    publish(dir.path(), &lines, EPHEMERIS);
    drop(app.take_up(Dataset::open(dir.path()).unwrap()));
    let last = loop {
        let told = follower.next().await.unwrap();
        if told.is_problem() {
            break told;
        }
    };
    let document: serde_json::Value = serde_json::from_slice(&last.document()).unwrap();
    assert_eq!(document["code"], "live_unavailable");
    assert!(last.event().starts_with(b"event: problem\nid: "));
    assert!(follower.next().await.is_none());
    until_closed(&app).await;
}

#[test]
fn a_clock_that_is_set_back_a_little_tells_nothing_twice() {
    for (tick, told, is) in
        [(5, 4, true), (9, 4, true), (4, 4, false), (3, 4, false), (2, 4, true), (0, 0, false)]
    {
        assert_eq!(is_news(tick, told), is, "{tick} after {told}");
    }
}
