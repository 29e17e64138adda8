//! Locations to publish at: buckets of an S3 server, and directories.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Client;
use crate::programs::{self, Ended};
use crate::workspace;

/// How long the server may take to say where it listens.
const PATIENCE: Duration = Duration::from_mins(2);

/// Key and secret that the programs are given. The server takes any.
pub const KEY: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEOFTESTS"), ("AWS_SECRET_ACCESS_KEY", "secret-of-tests-0123456789")];

/// The programs of the environment that the S3 server is in, an interpreter of Python among them.
pub fn room() -> &'static Path {
    static ROOM: OnceLock<PathBuf> = OnceLock::new();
    ROOM.get_or_init(|| {
        let made = Command::new(workspace::root().join("scripts/s3-server")).output();
        let made = Ended::from(made.unwrap());
        assert_eq!(made.code, Some(0), "{}", made.err);
        Path::new(made.out.trim()).parent().unwrap().to_owned()
    })
}

/// An S3 server, until it is dropped.
#[derive(Debug)]
pub struct S3 {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl S3 {
    /// One that the tests of a program share: each holds it, and the last to end stops it.
    #[must_use]
    pub fn shared() -> Arc<S3> {
        static RUNNING: OnceLock<Mutex<Weak<S3>>> = OnceLock::new();
        let running = RUNNING.get_or_init(|| Mutex::new(Weak::new()));
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let server = Arc::new(S3::start(&[]));
            *running = Arc::downgrade(&server);
            server
        })
    }

    /// Starts one with such an environment.
    #[must_use]
    pub fn start(environment: &[(&str, &str)]) -> S3 {
        let program = room().join("moto_server");
        // It logs every request, which nobody reads: that goes to a file.
        let mut log = tempfile::tempfile().unwrap();
        let child = Command::new(&program)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.try_clone().unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut server = S3 { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let begun = Instant::now();
        let mut told = String::new();
        loop {
            std::io::Seek::rewind(&mut log).unwrap();
            told.clear();
            log.read_to_string(&mut told).unwrap();
            let address = told.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
            if let Some(address) = address.and_then(|address| address.parse().ok()) {
                server.address = address;
                return server;
            }
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{ended:?}: {told}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A location of a test's own, empty at first.
#[derive(Debug)]
pub enum Location {
    /// A folder of a bucket.
    Bucket {
        /// The server.
        server: Arc<S3>,
        /// The bucket.
        name: String,
    },
    /// A directory.
    Directory(tempfile::TempDir),
}

/// What a request says that is asked past the pipeline. The server believes it, and shows nothing to who says nothing.
const SIGNED: (&str, &str) = (
    "authorization",
    "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLEOFTESTS/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00",
);

/// The folder that datasets are published in, of buckets and of directories.
const FOLDER: &str = "sky/tables";

impl Location {
    /// A bucket of the shared server.
    #[must_use]
    pub fn bucket() -> Location {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = S3::shared();
        let name = format!("orrery-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let made = Client::new(server.address).send("PUT", &format!("/{name}"), &[SIGNED]);
        assert_eq!(made.status, 200, "{made:?}");
        Location::Bucket { server, name }
    }

    /// A directory.
    #[must_use]
    pub fn directory() -> Location {
        Location::Directory(workspace::scratch())
    }

    /// One of each kind.
    #[must_use]
    pub fn each() -> [Location; 2] {
        [Location::bucket(), Location::directory()]
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Location::Bucket { name, .. } => format!("s3://{name}/{FOLDER}"),
            Location::Directory(dir) => {
                url::Url::from_file_path(dir.path().join(FOLDER)).unwrap().to_string()
            }
        }
    }

    /// An object as messages call it.
    #[must_use]
    pub fn object(&self, key: &str) -> String {
        format!("{}/{key}", self.url())
    }

    /// The server that keeps it.
    ///
    /// # Panics
    /// When it is a directory.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        match self {
            Location::Bucket { server, .. } => server.address,
            Location::Directory(dir) => panic!("{} has no address", dir.path().display()),
        }
    }

    /// Path and query of an object for HTTP.
    fn target(name: &str, key: &str) -> String {
        // In a path, S3 takes a plus for a space.
        format!("/{name}/{FOLDER}/{}", key.replace('+', "%2B"))
    }

    fn file(dir: &Path, key: &str) -> PathBuf {
        dir.join(FOLDER).join(key)
    }

    /// Puts an object there, past the pipeline.
    pub fn put(&self, key: &str, content: &[u8]) {
        match self {
            Location::Bucket { server, name } => {
                let target = Location::target(name, key);
                let head = format!(
                    "PUT {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{}: {}\r\ncontent-length: {}\r\n\r\n",
                    server.address,
                    SIGNED.0,
                    SIGNED.1,
                    content.len()
                );
                let reply = Client::new(server.address).raw(&[head.as_bytes(), content].concat());
                assert_eq!(reply.status, 200, "{target}: {reply:?}");
            }
            Location::Directory(dir) => {
                let path = Location::file(dir.path(), key);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, content).unwrap();
            }
        }
    }

    /// Takes an object away, past the pipeline.
    pub fn remove(&self, key: &str) {
        assert!(self.has(key), "{} is not there", self.object(key));
        match self {
            Location::Bucket { server, name } => {
                let reply =
                    Client::new(server.address).send("DELETE", &Location::target(name, key), &[SIGNED]);
                assert_eq!(reply.status, 204, "{reply:?}");
            }
            Location::Directory(dir) => std::fs::remove_file(Location::file(dir.path(), key)).unwrap(),
        }
    }

    /// Whether an object is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        match self {
            Location::Bucket { server, name } => {
                Client::new(server.address).send("HEAD", &Location::target(name, key), &[SIGNED]).status
                    == 200
            }
            Location::Directory(dir) => Location::file(dir.path(), key).is_file(),
        }
    }

    /// The text of an object that is there.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        match self {
            Location::Bucket { server, name } => {
                let reply = Client::new(server.address).send("GET", &Location::target(name, key), &[SIGNED]);
                assert_eq!(reply.status, 200, "{reply:?}");
                reply.body
            }
            Location::Directory(dir) => std::fs::read_to_string(Location::file(dir.path(), key)).unwrap(),
        }
    }

    /// `orrery-pipeline publish` of a dataset here.
    #[must_use]
    pub fn publish(&self, dir: &Path, arguments: &[&str]) -> Ended {
        let mut command = self.command("publish");
        command.arg(dir).args(["--to", &self.url()]).args(arguments).output().unwrap().into()
    }

    /// `orrery-pipeline pull` from here into a directory.
    #[must_use]
    pub fn pull(&self, out: &Path, arguments: &[&str]) -> Ended {
        self.pulling(out, arguments).output().unwrap().into()
    }

    /// The same, to be started.
    #[must_use]
    pub fn pulling(&self, out: &Path, arguments: &[&str]) -> Command {
        let mut command = self.command("pull");
        command.arg("--out").arg(out).args(["--from", &self.url()]).args(arguments);
        command
    }

    /// A command of the pipeline that knows how to reach it, and has no other settings of a store.
    #[must_use]
    pub fn command(&self, name: &str) -> Command {
        let mut command = command(name);
        if let Location::Bucket { server, .. } = self {
            command.envs(KEY).env("AWS_ENDPOINT_URL", format!("http://{}", server.address));
            command.env("AWS_ALLOW_HTTP", "true");
        }
        command
    }
}

/// A command of the pipeline without a store's settings, with few retries.
#[must_use]
pub fn command(name: &str) -> Command {
    let mut command = programs::command("orrery-pipeline");
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy().to_uppercase();
        if ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|prefix| name.starts_with(prefix))
            || name.ends_with("_PROXY")
        {
            command.env_remove(variable);
        }
    }
    command.arg(name).env("ORRERY_RETRIES", "2");
    command
}

/// The report of a command that was asked for `--report json`, and went well.
///
/// # Panics
/// When it did not, or told something else.
pub fn report(ended: &Ended) -> Value {
    assert!(ended.code == Some(0) && ended.err.is_empty(), "{ended:?}");
    let last = ended.out.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}
