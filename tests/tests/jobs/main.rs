//! Hazard: a job that is lost when a process ends, whose result is not what the request itself would be answered with, or is
//! mixed of two attempts; that anybody but its client can find; that takes more memory, disk or time than was allowed; that a
//! worker does not know of because another one took it.
#![cfg(target_os = "linux")]

mod bounds;
mod interruptions;
mod life;
mod privacy;
mod refusals;
mod results;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use orrery_tests::http::{Client, Reply};
use orrery_tests::processes::signal;
use orrery_tests::programs::{self, Server};
use orrery_tests::{tables, workspace};
use serde_json::{Value, json};

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_mins(1);

/// A table that is told in no time, and those that take seconds and minutes, as no table may answer.
const QUICK: &str = "/v1/ephemeris?start=2003-01-01&stop=2003-02-01&step=1h&bodies=sun,moon&format=csv";
const SLOW: &str =
    "/v1/ephemeris?start=2003-01-01&stop=2004-06-01&step=1h&bodies=moon&source=live&format=csv";
const ENDLESS: &str =
    "/v1/ephemeris?start=1900-01-01&stop=2100-01-01&step=1m&bodies=moon&source=live&format=csv";

/// Rows of what is slow.
const SLOW_ROWS: u64 = 517 * 24 + 1;

/// A service with a directory for its jobs, and its log.
struct Service {
    server: Server,
    scratch: tempfile::TempDir,
}

impl Service {
    fn start(arguments: &[&str]) -> Service {
        let scratch = workspace::scratch();
        Service { server: serve(scratch.path(), arguments), scratch }
    }

    /// Ends it as an operator does, or not so gently, and starts it again over the same jobs.
    fn again(self, how: &str, arguments: &[&str]) -> Service {
        let Service { server, scratch } = self;
        signal(server.pid(), how);
        let code = server.end();
        assert_eq!(code, (how == "TERM").then_some(0));
        Service { server: serve(scratch.path(), arguments), scratch }
    }

    fn dir(&self) -> PathBuf {
        self.scratch.path().join("jobs")
    }

    fn logged(&self) -> String {
        std::fs::read_to_string(self.scratch.path().join("log")).unwrap()
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    /// Posts a job that must be taken; its id.
    fn post(&self, job: &Value) -> String {
        let reply = posted(&self.client(), &job.to_string());
        assert_eq!(reply.status, 202, "{job}: {reply:?}");
        let told = reply.json();
        let id = told["id"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("location"), Some(format!("/v1/jobs/{id}").as_str()));
        assert_eq!((&told["state"], &told["attempt"]), (&json!("queued"), &json!(0)), "{told}");
        id
    }

    fn post_path(&self, path: &str) -> String {
        self.post(&json!({ "path": path }))
    }

    fn job(&self, id: &str) -> Value {
        self.server.ask(&format!("/v1/jobs/{id}"))
    }

    fn end(&self, id: &str) -> Reply {
        self.client().send("DELETE", &format!("/v1/jobs/{id}"), &[])
    }

    fn wait_for(&self, id: &str, state: &str) -> Value {
        self.wait_until(id, state, |job| job["state"] == state)
    }

    fn wait_until(&self, id: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let job = self.job(id);
            if is_so(&job) {
                return job;
            }
            assert!(begun.elapsed() < PATIENCE, "never {what}: {job}, {}", self.logged());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until something has come of a job, and more is to come.
    fn wait_for_bytes(&self, id: &str) -> Value {
        self.wait_until(id, "under way", |job| {
            assert_ne!(job["state"], "done", "it was too quick to be watched");
            job["state"] == "running" && job["progress"]["bytes"].as_u64() > Some(0)
        })
    }

    fn result(&self, id: &str) -> Reply {
        self.client().get(&format!("/v1/jobs/{id}/result"))
    }

    fn jobs(&self) -> Value {
        self.server.ask("/status")["jobs"].clone()
    }

    /// The process that works at jobs.
    fn runner(&self) -> u32 {
        wait_until("somebody who works at jobs", || self.jobs()["runner"]["state"] == "working");
        u32::try_from(self.jobs()["runner"]["pid"].as_u64().unwrap()).unwrap()
    }

    /// All of a reply to GET as it is, head and body.
    fn bytes(&self, target: &str) -> Vec<u8> {
        let mut connection = self.client().connect();
        connection.send(format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
        connection.rest()
    }
}

fn serve(scratch: &Path, arguments: &[&str]) -> Server {
    let mut command = programs::command("orrery-server");
    let log = File::options().create(true).append(true).open(scratch.join("log")).unwrap();
    command.args(["--listen", "127.0.0.1:0", "--jobs-dir"]);
    command.env("ORRERY_WORKERS", "2").env("ORRERY_LOG_LEVEL", "debug");
    command.arg(scratch.join("jobs")).arg("--datasets").arg(tables::shared_dir());
    command.arg("--ephe").arg(workspace::ephemeris_path()).args(arguments).stderr(log);
    Server::run(&mut command)
}

fn posted(client: &Client, body: &str) -> Reply {
    let length = body.len();
    client.raw(
        format!(
            "POST /v1/jobs HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
        .as_bytes(),
    )
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
