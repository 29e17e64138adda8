//! HTTP/2 by prior knowledge: that it works, and that it is no way around the limits.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use orrery_tests::programs::Server;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::{PATIENCE, ask, kept_kib};

type Sender = SendRequest<Full<Bytes>>;

async fn connect(server: &Server) -> Sender {
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

fn request(method: &Method, target: &str, body: &str) -> Request<Full<Bytes>> {
    let body = Full::new(Bytes::from(body.to_owned()));
    Request::builder().method(method).uri(format!("http://orrery.example{target}")).body(body).unwrap()
}

async fn send(sender: &mut Sender, request: Request<Full<Bytes>>) -> hyper::Result<Response<Bytes>> {
    let (parts, body) = sender.send_request(request).await?.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}

async fn get(sender: &mut Sender, target: &str) -> Response<Bytes> {
    send(sender, request(&Method::GET, target, "")).await.unwrap()
}

fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn a_reply_is_what_it_is_on_http1() {
    let server = Server::shared();
    let mut sender = connect(&server).await;
    for target in
        ["/v1/positions?jd=2461120", "/v1/dataset", "/health/ready", "/v1/position", "/v1/positions?jd=x"]
    {
        let (one, two) = (server.client().get(target), get(&mut sender, target).await);
        assert_eq!((two.status().as_u16(), two.body().as_ref()), (one.status, one.body.as_bytes()));
        for (name, value) in &one.headers {
            let varies = ["connection", "date", "server-timing", "x-request-id"].contains(&name.as_str());
            let theirs = two.headers().get(name).map(|value| value.to_str().unwrap());
            assert!(varies || theirs == Some(value), "{target}: {name}: {value}, on HTTP/2 {theirs:?}");
        }
        assert!(two.headers().get("connection").is_none(), "{two:?}");
        let head = send(&mut sender, request(&Method::HEAD, target, "")).await.unwrap();
        assert_eq!((head.status(), head.body().len()), (two.status(), 0));
        if let Some(etag) = two.headers().get("etag") {
            let mut spared = request(&Method::GET, target, "");
            spared.headers_mut().insert("if-none-match", etag.clone());
            let spared = send(&mut sender, spared).await.unwrap();
            assert_eq!((spared.status().as_u16(), spared.body().len()), (304, 0), "{target}");
        }
    }
}

#[tokio::test]
async fn many_requests_on_one_connection_get_each_its_own_answer() {
    let server = Server::shared();
    let sender = connect(&server).await;
    let mut asked = JoinSet::new();
    for nth in 0..500 {
        let mut sender = sender.clone();
        asked.spawn(async move {
            let jd = 2_400_000.5 + f64::from(nth) * 17.25;
            let source = if nth % 3 == 0 { "live" } else { "table" };
            let target = format!("/v1/positions?jd_tt={jd:?}&bodies=sun&source={source}");
            (jd, get(&mut sender, &target).await)
        });
    }
    while let Some(answered) = asked.join_next().await {
        let (jd, response) = answered.unwrap();
        assert_eq!((response.status().as_u16(), json(&response)["time"]["jd_tt"].as_f64()), (200, Some(jd)));
    }
}

#[tokio::test]
async fn limits_hold_there_too() {
    let server = Server::with_settings("[limits]\ntarget_bytes = 4096\nheader_bytes = 16384");
    let mut sender = connect(&server).await;
    let long = get(&mut sender, &format!("/v1/positions?bodies={}", "a".repeat(5000))).await;
    assert_eq!((long.status().as_u16(), &json(&long)["code"]), (414, &"target_too_long".into()));
    let body = send(&mut sender, request(&Method::GET, "/v1/positions", "{}")).await.unwrap();
    assert_eq!((body.status().as_u16(), &json(&body)["code"]), (400, &"unexpected_body".into()));
    let posted = send(&mut sender, request(&Method::POST, "/v1/dataset", "{}")).await.unwrap();
    assert_eq!((posted.status().as_u16(), &json(&posted)["code"]), (405, &"method_not_allowed".into()));
    // More of a header than is taken ends the request at most, and nobody else's.
    let mut other = connect(&server).await;
    let mut fat = request(&Method::GET, "/health/live", "");
    fat.headers_mut().insert("x", "y".repeat(60_000).parse().unwrap());
    let refused = send(&mut sender, fat).await;
    assert!(
        refused.is_err() || refused.as_ref().is_ok_and(|reply| reply.status().as_u16() == 431),
        "{refused:?}"
    );
    assert_eq!(get(&mut other, "/health/live").await.status().as_u16(), 200);
}

#[tokio::test]
async fn more_fields_than_are_allowed_are_refused_and_fewer_are_not() {
    let server = Server::with_settings("[limits]\nheaders = 20");
    let mut sender = connect(&server).await;
    for (count, status) in [(15, 200), (21, 431)] {
        let mut many = request(&Method::GET, "/health/live", "");
        for nth in 0..count {
            let name = http::HeaderName::try_from(format!("x-{nth}")).unwrap();
            many.headers_mut().insert(name, "y".parse().unwrap());
        }
        let reply = send(&mut sender, many).await.unwrap();
        assert_eq!(reply.status().as_u16(), status, "{count}: {reply:?}");
        if status == 431 {
            assert_eq!(json(&reply)["code"], "headers_too_large");
            assert!(json(&reply)["detail"].as_str().unwrap().contains("more than 20"), "{reply:?}");
        }
    }
}

/// Pings are answered by the client's library, whoever uses it.
#[tokio::test]
async fn one_that_asks_nothing_more_is_closed_and_one_that_asks_is_not() {
    let server = Server::with_settings("[limits]\nidle_timeout_s = 3");
    // Ahead of the preface, from which on the server looks at the clock.
    let begun = Instant::now();
    let (mut silent, mut busy) = (connect(&server).await, connect(&server).await);
    assert_eq!(get(&mut silent, "/health/live").await.status().as_u16(), 200);
    while !silent.is_closed() {
        assert!(begun.elapsed() < PATIENCE, "held without a request");
        assert_eq!(get(&mut busy, "/health/live").await.status().as_u16(), 200);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(begun.elapsed() >= Duration::from_secs(3), "closed too soon: {:?}", begun.elapsed());
    assert_eq!(get(&mut busy, "/health/live").await.status().as_u16(), 200);
}

#[tokio::test]
async fn requests_given_up_at_once_wear_nobody_out() {
    // Answers that were finished all the same are kept within bounds of their own, which are not asked about here.
    let server = Server::with_settings("[live]\nthreads = 1\n[cache]\nbytes = 0");
    let mut sender = connect(&server).await;
    let laborious = |nth: u32| format!("/v1/positions?jd_tt={}&bodies=all&source=live", 2_400_000 + nth);
    // What the live source keeps for itself it has afterwards.
    for nth in 0..50 {
        assert_eq!(get(&mut sender, &laborious(nth * 100)).await.status().as_u16(), 200);
    }
    let before = kept_kib(&server);
    for nth in 0..5_000 {
        if sender.ready().await.is_err() {
            // The server has had enough of this connection; the next one, then.
            sender = connect(&server).await;
        }
        // Polled once, so that it is on its way, and dropped.
        let asking = sender.send_request(request(&Method::GET, &laborious(nth), ""));
        let _ = tokio::time::timeout(Duration::ZERO, asking).await;
    }
    let grown = kept_kib(&server).saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB are kept for requests that were given up");
    ask(&server.client());
}
