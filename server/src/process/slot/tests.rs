//! A slot whose workers are scripts that do at the right moment what a worker should not.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use orrery_format::manifest::Source;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::config::Limits;

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_secs(30);

/// `limits.hang_s` of a service whose workers may be without a sign of life, as scripts are.
const PATIENT: u64 = 600;

/// What every script begins with: `dir` is its own directory, `nth` says how many there have been, and `start` what it was
/// told first.
const OPENING: &str = r#"#!/bin/sh
dir=$(dirname "$0")
nth=1
until mkdir "$dir/$nth" 2>/dev/null; do nth=$((nth + 1)); done
read -r start
printf '%s' "$start" > "$dir/$nth/start"
ready() { echo '"ready"'; read -r serve; : > "$dir/$nth/told"; }
serving() { echo '{"serving":{"generation":"old"}}'; }
wait_for() { until [ -e "$dir/$1" ]; do sleep 0.01; done; }
drain() { read -r order; printf '%s' "$order" > "$dir/$nth/last"; exit 0; }
"#;

struct Trial {
    dir: tempfile::TempDir,
    service: Arc<Service>,
    stop: watch::Sender<bool>,
    tasks: mpsc::Sender<Task>,
    running: JoinHandle<()>,
    _verified: watch::Sender<bool>,
    _told: mpsc::UnboundedReceiver<Event>,
}

impl Trial {
    fn start(hang_s: u64, script: &str) -> Trial {
        let dir = tempfile::tempdir().unwrap();
        let worker = dir.path().join("worker");
        // By another process: one that this one starts meanwhile would hold the file open for writing.
        let written = Command::new("sh")
            .args(["-c", r#"printf '%s' "$1" > "$0" && chmod +x "$0""#])
            .arg(&worker)
            .arg(format!("{OPENING}{script}"))
            .status();
        assert!(written.unwrap().success());
        let (counters, file) = Counters::create(1).unwrap();
        let address = Address::take(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let socket = address.bind().unwrap();
        let source = Source { ephemeris: "none".into(), pipeline: "test".into(), files: Vec::new() };
        let (verified, verified_seen) = watch::channel(true);
        let (stop, stopping) = watch::channel(false);
        let (events, told) = mpsc::unbounded_channel();
        let settings = Settings {
            ephe: "no-such-directory".into(),
            limits: Limits { hang_s, ..Limits::default() },
            ..Settings::default()
        };
        let service = Arc::new(Service {
            program: Program::at(worker, file),
            address,
            slots: 1,
            counters,
            ephemeris: Ephemeris::default(),
            plan: Mutex::new(Plan { settings, manifest: Arc::new(Manifest::new(source, Vec::new())) }),
            verified: verified_seen,
            stopping,
            events,
        });
        let (tasks, receiver) = mpsc::channel(1);
        let running = tokio::spawn(Slot::new(0, socket, Arc::clone(&service), receiver).run());
        Trial { dir, service, stop, tasks, running, _verified: verified, _told: told }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn touch(&self, name: &str) {
        std::fs::write(self.path(name), "").unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    async fn wait_for(&self, name: &str) {
        let appears = async {
            while !self.path(name).exists() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, appears).await.unwrap_or_else(|_| panic!("waited in vain for {name}"));
    }

    async fn take_up(&self) -> TakenUp {
        let (done, answer) = oneshot::channel();
        let order = Arc::from(*b"\"the next generation\"\n");
        self.tasks.send(Task::TakeUp { order, generation: "new".to_owned(), done }).await.unwrap();
        timeout(PATIENCE, answer).await.unwrap().unwrap()
    }

    async fn replace(&self) -> oneshot::Receiver<Replaced> {
        let (done, answer) = oneshot::channel();
        self.tasks.send(Task::Replace { done }).await.unwrap();
        answer
    }

    fn crashes(&self) -> u64 {
        self.service.counters.snapshot().crashes
    }

    /// Ends everything, and waits until it has ended.
    async fn stop(&mut self) {
        self.stop.send(true).unwrap();
        timeout(PATIENCE, &mut self.running).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_worker_that_may_have_clients_is_told_to_drain_when_everything_ends() {
    // It got the order to accept connections, and has not said yet that it does.
    let mut trial = Trial::start(PATIENT, "ready; drain");
    trial.wait_for("1/told").await;
    trial.stop().await;
    assert_eq!(trial.text("1/last"), "\"drain\"", "it was killed");
}

#[tokio::test]
async fn so_are_a_replacement_and_the_one_that_it_was_to_replace() {
    let mut trial = Trial::start(PATIENT, "ready; [ $nth = 2 ] || serving; drain");
    trial.wait_for("1/told").await;
    let replaced = trial.replace().await;
    trial.wait_for("2/told").await;
    trial.stop().await;
    assert_eq!((trial.text("1/last"), trial.text("2/last")), ("\"drain\"".into(), "\"drain\"".into()));
    assert!(matches!(replaced.await, Ok(Replaced::Failed(_))));
}

#[tokio::test]
async fn one_that_cannot_say_that_it_serves_is_not_let_go_of_either() {
    let mut trial = Trial::start(
        PATIENT,
        r#"ready; if [ $nth = 1 ]; then echo '{"cannot_start":{"reason":"a whim"}}'; else serving; fi; drain"#,
    );
    trial.wait_for("2/told").await;
    trial.stop().await;
    assert_eq!(trial.text("1/last"), "\"drain\"", "it was killed");
    assert_eq!(trial.crashes(), 1);
}

#[tokio::test]
async fn a_generation_that_kills_its_worker_is_lost_and_the_next_one_begins_with_the_old() {
    let mut trial =
        Trial::start(PATIENT, "ready; serving; [ $nth = 2 ] || { read -r order; exit 9; }; drain");
    trial.wait_for("1/told").await;
    let TakenUp::Lost(ended) = trial.take_up().await else { panic!("not lost") };
    assert!(ended.contains("exit status: 9"), "{ended}");
    trial.wait_for("2/told").await;
    let old = trial.service.plan().manifest.generation.clone();
    assert!(trial.text("2/start").contains(&old), "{}", trial.text("2/start"));
    trial.stop().await;
    assert_eq!(trial.crashes(), 1);
}

#[tokio::test]
async fn a_generation_that_its_worker_hangs_over_is_lost_too() {
    // No script shows a sign of life.
    let mut trial = Trial::start(2, "ready; serving; [ $nth = 2 ] || read -r order; drain");
    trial.wait_for("1/told").await;
    let TakenUp::Lost(ended) = trial.take_up().await else { panic!("not lost") };
    assert!(ended.contains("limits.hang_s"), "{ended}");
    trial.wait_for("2/told").await;
    trial.stop().await;
}

#[tokio::test]
async fn a_refused_generation_leaves_the_worker_where_it_is() {
    let refusal = r#"echo '{"cannot_take_up":{"generation":"new","reason":"a whim"}}'"#;
    let mut trial = Trial::start(PATIENT, &format!("ready; serving; read -r order; {refusal}; drain"));
    trial.wait_for("1/told").await;
    assert_eq!(trial.take_up().await, TakenUp::Refused("a whim".to_owned()));
    trial.stop().await;
    assert_eq!((trial.crashes(), trial.path("2").exists()), (0, false));
}

#[tokio::test]
async fn a_worker_that_ends_while_it_is_being_replaced_has_crashed() {
    let mut trial = Trial::start(
        PATIENT,
        "if [ $nth = 2 ]; then wait_for go; fi; ready; serving; [ $nth = 2 ] || { wait_for end; exit 9; }; drain",
    );
    trial.wait_for("1/told").await;
    let replaced = trial.replace().await;
    trial.wait_for("2").await;
    trial.touch("end");
    trial.touch("go");
    assert_eq!(timeout(PATIENCE, replaced).await.unwrap(), Ok(Replaced::Done));
    trial.stop().await;
    assert_eq!(trial.text("2/last"), "\"drain\"");
}

#[tokio::test]
async fn where_neither_the_old_nor_the_new_worker_lives_another_is_started() {
    let mut trial = Trial::start(
        PATIENT,
        "case $nth in
        1) ready; serving; wait_for 2; exit 9;;
        2) wait_for go; exit 8;;
        *) ready; serving; drain;;
        esac",
    );
    trial.wait_for("1/told").await;
    let replaced = trial.replace().await;
    trial.wait_for("2").await;
    // The end of the first one is seen while the second one is being started.
    let ended = async {
        while trial.crashes() == 0 && trial.service.counters.snapshot().workers.len() == 2 {
            if trial.path("go").exists() {
                sleep(Duration::from_millis(5)).await;
            } else {
                trial.touch("go");
            }
        }
    };
    timeout(PATIENCE, ended).await.unwrap();
    let Ok(Replaced::Failed(reason)) = timeout(PATIENCE, replaced).await.unwrap() else {
        panic!("not failed")
    };
    assert!(reason.contains("exit status: 8"), "{reason}");
    trial.wait_for("3/told").await;
    trial.stop().await;
}

#[tokio::test]
async fn what_a_slot_without_a_worker_is_asked_it_leaves_to_the_next_one() {
    let mut trial = Trial::start(PATIENT, "[ -e \"$dir/well\" ] || exit 9; ready; serving; drain");
    trial.wait_for("4").await;
    assert_eq!(trial.take_up().await, TakenUp::Absent);
    trial.touch("well");
    assert_eq!(timeout(PATIENCE, trial.replace().await).await.unwrap(), Ok(Replaced::Absent));
    let told = |nth: u32| trial.path(&format!("{nth}/told")).exists();
    let serves = async {
        while !(4..20).any(told) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, serves).await.unwrap();
    trial.stop().await;
}
