//! A server over real sockets, from tables made by hand, and a client that shows replies as they are.

#![allow(dead_code, reason = "each test program uses its part")]

use std::path::Path;
use std::sync::Arc;

use orrery_format::grid::Grid;
use orrery_format::kernel::Shape;
use orrery_format::manifest::{BLOCKS_DIR, BlockEntry, MANIFEST_FILE, Source};
use orrery_format::time::JULIAN_CENTURY_DAYS;
use orrery_format::write::{Content, Polynomial, Record, Segment, encode};
use orrery_format::{Body, Center, Manifest, Product};
use orrery_server::{App, Limits, Settings, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// First instant of the tables, in 1999; they last a Julian century.
const START_JD: f64 = 2_451_200.5;
/// J2000.0, at which the tables hold round numbers.
const EPOCH_JD: f64 = 2_451_545.0;

/// How the blocks were made.
const RECIPE: &str = r#"{"by":"hand","files":[]}"#;

/// A table that is linear in time: value at the epoch and change a day, by component.
fn block(dir: &Path, product: Product, at_epoch: [f64; 3], per_day: [f64; 3]) -> BlockEntry {
    let end_jd = START_JD + JULIAN_CENTURY_DAYS;
    let half = JULIAN_CENTURY_DAYS / 2.0;
    let mid = START_JD + half;
    let coefficients =
        std::array::from_fn(|c| vec![at_epoch[c] + per_day[c] * (mid - EPOCH_JD), per_day[c] * half]);
    let polynomial = Polynomial { start_jd: START_JD, end_jd, coefficients };
    let shape = Shape::fitting([0, 0, 0], [&polynomial]);
    let segment = Segment {
        start_jd: START_JD,
        end_jd,
        record: Record::round(&shape, &polynomial),
        error_arcsec: 0.000_25,
        error_distance: 0.0,
    };
    let bytes = encode(&Content {
        product,
        grid: Grid { origin_jd: START_JD, cells_per_day: 1.0 / JULIAN_CENTURY_DAYS },
        cells: vec![vec![segment]],
        shape,
        recipe: RECIPE.into(),
        promise_arcsec: 0.001,
    })
    .unwrap();
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let file = format!("{hash}.orrery");
    std::fs::write(dir.join(BLOCKS_DIR).join(&file), &bytes).unwrap();
    BlockEntry {
        product: product.to_string(),
        start_jd: START_JD,
        end_jd,
        time_scale: product.time_scale().into(),
        file,
        bytes: bytes.len() as u64,
        blake3: hash,
        recipe: blake3::hash(RECIPE.as_bytes()).to_hex().to_string(),
        segments: 1,
        promise_arcsec: 0.001,
        max_error_arcsec: 0.000_25,
        max_error_distance: 0.0,
        live_share_percent: 0.0,
    }
}

/// Sun, Moon and true node. The Sun stands at 29.5° and moves 1° a day, the Moon at 350° and moves 12° a day, the node
/// at 100° and moves back 0.05° a day; nutation is 0.5° and the obliquity 23°, and ΔT is 64 s, for good.
pub(crate) fn dataset(dir: &Path) {
    std::fs::create_dir_all(dir.join(BLOCKS_DIR)).unwrap();
    let turns = |degrees: f64, per_day: f64| {
        // Longitudes in a table are unwrapped; readers bring them back by one turn at most, so keep the slope small.
        ([degrees, 0.25, 1.0], [per_day, 0.0, 0.001])
    };
    let (sun, sun_rate) = turns(29.5, 0.001);
    let (moon, moon_rate) = turns(350.0, 0.000_2);
    let (node, node_rate) = turns(100.0, -0.001);
    let place = |body| Product::Place(Center::Geo, body);
    let mut blocks = vec![
        block(dir, place(Body::Sun), sun, sun_rate),
        block(dir, place(Body::Moon), moon, moon_rate),
        block(dir, place(Body::TrueNode), node, node_rate),
        block(dir, Product::Nutation, [0.5, 0.0, 23.0], [0.0; 3]),
        block(dir, Product::EarthRotation, [64.0, 0.0, 0.0], [0.0; 3]),
    ];
    blocks.sort_by(|a, b| a.product.cmp(&b.product));
    let source = Source { ephemeris: "Handmade 1".into(), pipeline: "test".into(), files: Vec::new() };
    let manifest = Manifest::new(source, blocks);
    std::fs::write(dir.join(MANIFEST_FILE), manifest.to_bytes()).unwrap();
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

/// A reply, its head in lower case.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn parse(bytes: &[u8]) -> Reply {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no reply: {text:?}"));
        let status = head[9..12].parse().unwrap();
        Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
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
