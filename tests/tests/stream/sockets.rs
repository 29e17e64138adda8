//! The same over WebSocket.

use std::collections::BTreeMap;

use futures_util::SinkExt;
use orrery_tests::programs::Server;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::{Events, SKY, Socket, millis};

#[tokio::test]
async fn messages_are_the_data_of_events() {
    let server = Server::shared();
    let query = "bodies=sun,moon&interval=0.2&center=topo&lat=52.52&lon=13.4";
    let mut stream = Events::open(server.address, query, &[]).await;
    let mut socket = Socket::open(server.address, query).await;
    let (mut told, mut same) = (BTreeMap::new(), 0);
    for _ in 0..10 {
        let event = stream.next().await.unwrap();
        told.insert(event.id, event.data);
        let message = socket.next().await.unwrap();
        let document: Value = serde_json::from_str(&message).unwrap();
        let id = document["query"]["date"].as_str().unwrap();
        if let Some(data) = told.get(id) {
            assert_eq!(*data, message);
            same += 1;
        }
    }
    assert!(same > 0, "no tick came on both");
}

#[tokio::test]
async fn a_count_ends_it_and_other_clients_go_on() {
    let server = Server::shared();
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(Socket::open(server.address, "bodies=sun&interval=0.1").await);
    }
    let mut counted = Socket::open(server.address, "bodies=sun&interval=0.1&count=4").await;
    let mut last = 0;
    for _ in 0..4 {
        let document: Value = serde_json::from_str(&counted.next().await.unwrap()).unwrap();
        let at = millis(document["query"]["date"].as_str().unwrap());
        assert!(at > last && at.is_multiple_of(100), "{document}");
        last = at;
    }
    assert_eq!(counted.next().await, Err(CloseCode::Normal));
    for other in &mut others {
        for _ in 0..3 {
            other.next().await.unwrap();
        }
    }
    // A client that speaks where there is nothing to be said is told so.
    let mut speaking = others.pop().unwrap();
    speaking.0.send(Message::text("more!")).await.unwrap();
    let end = loop {
        if let Err(code) = speaking.next().await {
            break code;
        }
    };
    assert_eq!(end, CloseCode::Unsupported);
}

/// What a handshake is refused with.
async fn refused(server: &Server, query: &str) -> (u16, Value) {
    let stream = TcpStream::connect(server.address).await.unwrap();
    let target = format!("ws://{}{SKY}?{query}", server.address);
    match client_async(target, stream).await {
        Err(Error::Http(reply)) => {
            let body = reply.body().clone().unwrap_or_default();
            (reply.status().as_u16(), serde_json::from_slice(&body).unwrap_or_default())
        }
        other => panic!("{query}: {other:?}"),
    }
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_before_the_protocol_changes() {
    let server = Server::shared();
    for (query, status) in [
        ("interval=0", 422),
        ("date=now", 400),
        ("bodies=plutto", 422),
        ("format=csv", 406),
        ("count=0", 422),
    ] {
        let (refused, document) = refused(&server, query).await;
        assert_eq!(refused, status, "{query}: {document}");
    }
    let short = Server::with_settings("[memory]\nsoft_bytes = 1\nhard_bytes = 1");
    crate::refusals::once_short(&short);
    assert_eq!(refused(&short, "").await.0, 503);
}
