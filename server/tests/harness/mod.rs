//! A server over real sockets, from tables made by hand, and a client that shows replies as they are.

#![allow(dead_code, reason = "each test program uses its part")]

use std::path::Path;
use std::sync::Arc;

use orrery_server::{App, Limits, Settings, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

mod tables;

/// Writes the tables that servers here answer from.
pub(crate) fn dataset(dir: &Path) {
    tables::publish(dir, &tables::LINES, tables::EPHEMERIS);
}

/// A server on a port of its own, and its dataset.
pub(crate) struct Server {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) served: JoinHandle<()>,
    _dir: tempfile::TempDir,
}

impl Server {
    /// Without ephemeris files.
    pub(crate) async fn start(limits: Limits) -> Server {
        Server::with(Settings { ephe: "no-such-directory".into(), limits, ..Settings::default() }).await
    }

    /// With these settings, the dataset aside.
    pub(crate) async fn with(settings: Settings) -> Server {
        let dir = tempfile::tempdir().unwrap();
        dataset(dir.path());
        let settings = Settings { datasets: dir.path().to_owned(), ..settings };
        let app: Arc<App> = App::open(&settings).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, app, async { drop(stopped.await) }));
        Server { address, stop: Some(stop), served, _dir: dir }
    }

    /// Sends bytes as they are and reads until the server closes.
    pub(crate) async fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        Reply::parse(&bytes)
    }

    pub(crate) async fn send(&self, method: &str, target: &str, headers: &str) -> Reply {
        self.raw(
            format!("{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n").as_bytes(),
        )
        .await
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.send("GET", target, "").await
    }
}

/// A reply, the names of its header fields in lower case.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn parse(bytes: &[u8]) -> Reply {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no reply: {text:?}"));
        let status = head[9..12].parse().unwrap();
        let fields = head.split("\r\n").skip(1).map(|line| {
            let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("no field: {line:?}"));
            (name.to_ascii_lowercase(), value.to_owned())
        });
        Reply { status, headers: fields.collect(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The problem document of a refusal: its code, checked to be complete.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let document = self.json();
        assert_eq!(document["status"], self.status);
        assert!(
            document["title"].is_string() && document["detail"].is_string() && document["type"].is_string()
        );
        document["code"].as_str().unwrap().to_owned()
    }
}
