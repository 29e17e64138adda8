//! Load by wrk: requests with a date of their own each, as fast as they are answered.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use orrery_tests::workspace;

/// Years that dates are drawn from: all of the tables but their ends, and what the peer's files hold as well.
const YEARS: [&str; 2] = ["1801", "2398"];

/// What is asked: ten bodies at an instant of its own. The script puts a date where `DATE` stands.
pub(crate) const POSITIONS: &str = "/v1/positions?date=DATE";

/// A load.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) target: String,
    /// Header fields, each `name:value`.
    pub(crate) fields: Vec<String>,
    pub(crate) connections: usize,
    pub(crate) lasting: Duration,
    /// The processor that wrk runs on; any if `None`.
    pub(crate) processor: Option<usize>,
}

/// What was answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    pub(crate) requests: u64,
    pub(crate) seconds: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Answered {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }
}

impl Load {
    /// A load of this target without further fields.
    pub(crate) fn of(target: &str, connections: usize, lasting: Duration) -> Load {
        Load { target: target.to_owned(), fields: Vec::new(), connections, lasting, processor: None }
    }

    /// Puts it on a server.
    ///
    /// # Errors
    /// When a request failed or was refused: a load is measured whole or not at all.
    pub(crate) fn put_on(&self, address: SocketAddr) -> Result<Answered> {
        let mut command = match self.processor {
            None => Command::new("wrk"),
            Some(processor) => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", &processor.to_string(), "wrk"]);
                command
            }
        };
        command
            .args(["--threads", "1", "--timeout", "10s", "--latency"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{}s", self.lasting.as_secs())])
            .arg("--script")
            .arg(script())
            .arg(format!("http://{address}"))
            .arg("--")
            .args(YEARS)
            .arg(&self.target)
            .args(&self.fields);
        let output = command.stdin(Stdio::null()).output().context("starting wrk")?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "wrk ended with {}: {said}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        read(&said).with_context(|| format!("{} with {} connections", self.target, self.connections))
    }
}

/// Whether the programs for it are there.
pub(crate) fn check() -> Result<()> {
    for (program, argument) in [("wrk", "--version"), ("taskset", "--version")] {
        Command::new(program).arg(argument).output().with_context(|| {
            format!("{program} cannot be started: run scripts/bench, which installs it, or install Debian's wrk and util-linux")
        })?;
    }
    Ok(())
}

fn script() -> PathBuf {
    workspace::root().join("benches/load/dates.lua")
}

/// The line that the script prints at the end.
fn read(said: &str) -> Result<Answered> {
    let line = said.lines().find_map(|line| line.strip_prefix("LOAD "));
    let line = line.with_context(|| format!("wrk did not say what was answered: {said}"))?;
    let of = |name: &str| -> Result<u64> {
        let mut pairs = line.split(' ').filter_map(|pair| pair.split_once('='));
        let value = pairs.find(|pair| pair.0 == name).with_context(|| format!("no {name} in {line:?}"))?.1;
        value.parse().with_context(|| format!("{name} in {line:?}"))
    };
    for failure in ["connect", "read", "write", "timeout", "status"] {
        let count = of(failure)?;
        if count > 0 {
            bail!("{count} requests failed ({failure}): {line}");
        }
    }
    Ok(Answered {
        requests: of("requests")?,
        seconds: of("micros")? as f64 / 1e6,
        p50_ms: of("p50")? as f64 / 1e3,
        p99_ms: of("p99")? as f64 / 1e3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read_and_failures_are_none() {
        let line = "Requests/sec: 5\nLOAD requests=20 micros=4000000 connect=0 read=0 write=0 timeout=0 status=0 p50=905 p99=7359";
        let answered = read(line).unwrap();
        assert_eq!((answered.requests, answered.per_second(), answered.p99_ms), (20, 5.0, 7.359));
        for failure in ["connect", "read", "write", "timeout", "status"] {
            let failed = line.replace(&format!("{failure}=0"), &format!("{failure}=3"));
            assert!(read(&failed).unwrap_err().to_string().contains("3 requests failed"), "{failed}");
        }
        assert!(read("Requests/sec: 5").is_err());
    }
}
