//! What events hold, when they come, and from whom.

use std::collections::BTreeSet;

use orrery_tests::http::sent_again;
use orrery_tests::programs::Server;

use crate::{Event, Events, SKY, events};

#[test]
fn every_event_is_the_reply_of_positions_at_its_instant() {
    let server = Server::shared();
    let client = server.client();
    for query in [
        "",
        "bodies=moon,true_node&frame=equatorial&precision=full",
        "bodies=moon&center=topo&lat=52.52&lon=13.4&alt=34&fields=all&pressure=990&temperature=5",
        "bodies=sun,moon&zodiac=sidereal&ayanamsa=lahiri&fields=longitude,nakshatra,pada",
        "bodies=sun,mars&source=live",
        "bodies=mars,cupido&center=helio&coordinates=rectangular&format=json",
    ] {
        let reply = client.get(format!("{SKY}?interval=0.1&count=3&{query}").trim_end_matches('&'));
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some("text/event-stream")),
            "{reply:?}"
        );
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let events = events(&reply.body);
        assert_eq!(events.len(), 3, "{query}");
        let mut last = 0;
        for event in events {
            assert_eq!((event.name.as_str(), event.millis() % 100), ("sky", 0), "{event:?}");
            assert!(event.millis() > last, "{query}: {} after {last}", event.id);
            last = event.millis();
            let echo = &event.json()["query"];
            assert_eq!(echo["date"], event.id.as_str());
            let positions = client.get(&format!("/v1/positions?{}", sent_again(echo)));
            assert_eq!(positions.body, event.data, "{query}");
        }
    }
}

#[test]
fn ticks_are_at_whole_multiples_whenever_a_stream_begins() {
    let server = Server::shared();
    let client = server.client();
    for (interval, millis) in [("0.1", 100), ("0.25", 250), ("1", 1000), ("60", 60_000), ("3600", 3_600_000)]
    {
        let target = format!("{SKY}?bodies=sun&count=1&interval={interval}");
        let [event]: [Event; 1] = events(&client.get(&target).body).try_into().unwrap();
        assert_eq!(event.millis() % millis, 0, "{target}: {}", event.id);
        // It is the tick that was last.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let ago = now.as_millis() - u128::from(event.millis());
        assert!(ago < u128::from(millis) + 30_000, "{target}: {ago} ms ago");
    }
}

#[tokio::test]
async fn each_worker_has_streams_and_each_stream_is_one_request() {
    let server =
        Server::start(orrery_tests::tables::shared_dir(), &orrery_tests::workspace::ephemeris_path());
    let counted = |server: &Server| {
        let status = server.ask("/status");
        let open = status["workers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|worker| worker["connections"].as_u64().unwrap());
        let resources = status["totals"]["resources"].as_array().unwrap();
        let requests =
            resources.iter().find(|resource| resource["path"] == SKY).unwrap()["requests"].as_u64();
        (open.collect::<Vec<_>>(), requests)
    };
    let mut streams = Vec::new();
    for _ in 0..40 {
        streams.push(Events::open(server.address, "bodies=sun,moon&interval=0.1", &[]).await);
    }
    let mut skies = BTreeSet::new();
    for stream in &mut streams {
        let mut last = 0;
        for _ in 0..3 {
            let event = stream.next().await.unwrap();
            assert!(event.millis() > last && event.millis().is_multiple_of(100), "{event:?}");
            last = event.millis();
            skies.insert((event.id, event.data));
        }
    }
    // Whoever told it, at one moment there is one sky.
    let ids: BTreeSet<_> = skies.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), skies.len());
    let (open, requests) = counted(&server);
    // Connections are spread by their ports: with so many, no worker is left out.
    assert!(open.len() == 2 && open.iter().all(|open| *open > 1), "{open:?}");
    assert!(open.iter().sum::<u64>() >= 40, "{open:?}");
    assert_eq!(requests, Some(40));
    drop(streams);
    // Who is gone is no burden for long.
    for _ in 0..300 {
        if counted(&server).0.iter().sum::<u64>() <= 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("connections are open whose clients are gone: {:?}", counted(&server).0);
}

#[tokio::test]
async fn who_was_cut_off_goes_on_behind_what_it_has() {
    let server = Server::shared();
    let query = "bodies=sun&interval=0.2";
    let mut first = Events::open(server.address, query, &[]).await;
    for _ in 0..5 {
        let event = first.next().await.unwrap();
        let mut again = Events::open(server.address, query, &[("last-event-id", &event.id)]).await;
        assert!(again.next().await.unwrap().millis() > event.millis());
    }
}

#[test]
fn head_tells_what_get_would_begin_with() {
    let server = Server::shared();
    let client = server.client();
    let head = client.send("HEAD", &format!("{SKY}?interval=3600"), &[]);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
}
