//! Slots whose workers are scripts that do at the right moment what a worker should not.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orrery_format::Manifest;
use orrery_format::manifest::Source;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::config::{Limits, Settings};
use crate::process::child::Program;
use crate::process::counters::Counters;
use crate::process::ephemeris::Ephemeris;
use crate::process::notice::Notice;
use crate::process::slot::{Event, Plan, Service, Slot, Task};
use crate::process::sockets::{self, Address};

/// How long to wait for what ought to happen soon.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// `limits.hang_s` of a service whose workers may be without a sign of life, as scripts are.
pub(crate) const PATIENT: u64 = 600;

/// What every script begins with: `dir` is its slot's own directory, `nth` says how many there have been in it, and `start`
/// what it was told first.
const OPENING: &str = r#"#!/bin/sh
read -r start
slot=$(printf '%s' "$start" | sed 's/.*"slot":\([0-9]*\).*/\1/')
dir=$(dirname "$0")/$slot
mkdir -p "$dir"
nth=1
until mkdir "$dir/$nth" 2>/dev/null; do nth=$((nth + 1)); done
printf '%s' "$start" > "$dir/$nth/start"
ready() { echo '"ready"'; read -r serve; : > "$dir/$nth/told"; }
serving() { echo '{"serving":{"generation":"old"}}'; }
wait_for() { until [ -e "$dir/$1" ]; do sleep 0.01; done; }
drain() {
    # What is told of the service is no order to go.
    while read -r order; do case $order in '{"notice":'*) ;; *) break;; esac; done
    printf '%s' "$order" > "$dir/$nth/last"
    exit 0
}
asked() {
    read -r order
    printf '%s' "$order" > "$dir/$nth/asked"
    generation=$(printf '%s' "$order" | sed 's/.*"generation":"\([0-9a-z]*\)".*/\1/')
}
takes_up() { asked; echo '{"serving":{"generation":"'"$generation"'"}}'; }
refuses() { asked; echo '{"cannot_take_up":{"generation":"'"$generation"'","reason":"a whim"}}'; }
started_with() { case $start in *'"'"$1"'"'*) true;; *) false;; esac; }
"#;

/// A generation without blocks and lists, which no script opens.
pub(crate) fn manifest(pipeline: &str) -> Manifest {
    let source = Source { ephemeris: "none".into(), pipeline: pipeline.into(), files: Vec::new() };
    Manifest::new(source, Vec::new(), Vec::new())
}

/// Writes a script that can be run: by another process, since one that this one starts meanwhile would hold the file open
/// for writing.
fn script_at(path: &Path, text: &str) -> PathBuf {
    let written = Command::new("sh")
        .args(["-c", r#"printf '%s' "$1" > "$0" && chmod +x "$0""#])
        .arg(path)
        .arg(text)
        .status();
    assert!(written.unwrap().success());
    path.to_owned()
}

/// A service of scripts.
pub(crate) struct Trial {
    dir: tempfile::TempDir,
    pub(crate) service: Arc<Service>,
    pub(crate) tasks: Vec<mpsc::Sender<Task>>,
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
    _told: mpsc::UnboundedReceiver<Event>,
}

impl Trial {
    /// So many slots, whose workers are this script.
    pub(crate) fn start(slots: usize, hang_s: u64, script: &str) -> Trial {
        let dir = tempfile::tempdir().unwrap();
        let worker = script_at(&dir.path().join("worker"), &format!("{OPENING}{script}"));
        let (counters, file) = Counters::create(slots).unwrap();
        let address = Address::take(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let (stop, stopping) = watch::channel(false);
        let (events, told) = mpsc::unbounded_channel();
        let settings = Settings {
            ephe: "no-such-directory".into(),
            limits: Limits { hang_s, drain_s: 600, ..Limits::default() },
            ..Settings::default()
        };
        let service = Arc::new(Service {
            program: Program::at(worker, file),
            address,
            slots,
            counters,
            ephemeris: Ephemeris::default(),
            freed: Notify::new(),
            plan: Mutex::new(Plan { settings, manifest: Arc::new(manifest("old")) }),
            replanned: Notify::new(),
            stopping,
            events,
            notice: watch::channel(Notice::default()).0,
            jobs: Notify::new(),
        });
        let (mut tasks, mut running) = (Vec::new(), JoinSet::new());
        for number in 0..slots {
            let socket = service.address.bind().unwrap();
            sockets::listen(&socket).unwrap();
            let (sender, receiver) = mpsc::channel(1);
            tasks.push(sender);
            running.spawn(Slot::new(number, socket, Arc::clone(&service), receiver).run());
        }
        Trial { dir, service, tasks, stop, running, _told: told }
    }

    /// Puts another script there, which can be run.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        script_at(&self.path(name), &format!("#!/bin/sh\n{text}"))
    }

    /// Where a file of a slot lies, such as `0/1/told`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub(crate) fn touch(&self, name: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), "").unwrap();
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub(crate) async fn wait_for(&self, name: &str) {
        self.wait_until(name, || self.exists(name)).await;
    }

    pub(crate) async fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) {
        let comes = async {
            while !is_so() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, comes).await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
    }

    /// Waits until so many processes sit in all seats together.
    pub(crate) async fn wait_for_workers(&self, count: usize) {
        let seated = || self.service.counters.snapshot().workers.len();
        self.wait_until(&format!("{count} workers"), || seated() == count).await;
    }

    pub(crate) fn crashes(&self) -> u64 {
        self.service.counters.snapshot().crashes
    }

    /// Name of the generation that the next worker starts with.
    pub(crate) fn planned(&self) -> String {
        self.service.plan().manifest.generation.clone()
    }

    /// Ends everything, and waits until it has ended.
    pub(crate) async fn stop(&mut self) {
        self.stop.send(true).unwrap();
        let ended = async {
            while let Some(slot) = self.running.join_next().await {
                slot.unwrap();
            }
        };
        timeout(PATIENCE, ended).await.unwrap();
    }
}
