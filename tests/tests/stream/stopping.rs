//! A service that stops while clients listen.
#![cfg(target_os = "linux")]

use orrery_tests::processes::signal;
use orrery_tests::programs::Server;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::{Events, Socket};

#[tokio::test]
async fn every_stream_comes_to_its_end_and_nobody_has_to_be_cut_off() {
    // Whoever had to be cut off would be after ten minutes.
    let server = Server::with_settings("[limits]\ndrain_s = 600\nhang_s = 600");
    let address = server.address;
    let (mut streams, mut sockets) = (Vec::new(), Vec::new());
    for interval in ["0.1", "1", "3600"] {
        let query = format!("bodies=sun&interval={interval}");
        streams.push(Events::open(address, &query, &[]).await);
        sockets.push(Socket::open(address, &query).await);
    }
    for (stream, socket) in streams.iter_mut().zip(&mut sockets) {
        assert!(stream.next().await.is_some());
        socket.next().await.unwrap();
    }
    signal(server.pid(), "TERM");
    for stream in &mut streams {
        // Panics unless its end is a proper one.
        while stream.next().await.is_some() {}
    }
    for socket in &mut sockets {
        let end = loop {
            if let Err(code) = socket.next().await {
                break code;
            }
        };
        assert_eq!(end, CloseCode::Away);
    }
    let code = tokio::task::spawn_blocking(move || server.end());
    assert_eq!(tokio::time::timeout(crate::PATIENCE, code).await.unwrap().unwrap(), Some(0));
}
