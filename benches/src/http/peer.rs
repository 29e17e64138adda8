//! What most people run today: `FastAPI` over pyswisseph, in one process, by `benches/peers/fastapi_positions.py`.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use orrery_tests::http::Client;
use orrery_tests::measure::angle_between;
use orrery_tests::random::Random;
use orrery_tests::workspace;
use serde_json::Value;

use crate::building::program;
use crate::comparison::ARCSEC;
use crate::first_answer::free_address;
use crate::settings::Settings;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Most that the same library may differ from itself: noise of the last digits, and rounding to 1e-9°.
const SAME_ARCSEC: f64 = 1e-4;

/// Most that tables may differ from it: the promise for the place and for nutation.
const TABLE_ARCSEC: f64 = 0.001_2;

/// What both answer.
const BODIES: [&str; 10] =
    ["sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto"];

/// An environment in which the peer can run.
#[derive(Debug)]
pub(crate) struct Installed {
    python: PathBuf,
}

impl Installed {
    /// Makes it under the target directory, or finds it there from before.
    pub(crate) fn install() -> Result<Installed> {
        let wanted = std::fs::read_to_string(peers().join("requirements.txt"))?;
        let own = program("orrery-bench")?;
        let target = own.ancestors().nth(2).context("the program lies in no target directory")?;
        let environment = target.join("bench-peers");
        let (python, note) = (environment.join("bin/python"), environment.join("installed.txt"));
        if std::fs::read_to_string(&note).is_ok_and(|installed| installed == wanted) {
            return Ok(Installed { python });
        }
        // The system's own Python first: distributions build it for speed, which versions put beside it often are not.
        let made = ["/usr/bin/python3", "python3"].iter().any(|python| {
            Command::new(python)
                .args(["-m", "venv", "--clear"])
                .arg(&environment)
                .stdout(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        });
        ensure!(made, "python3 makes no virtual environment: install Debian's python3-venv");
        let installed = Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(peers().join("requirements.txt"))
            .status()
            .context("starting pip")?;
        ensure!(
            installed.success(),
            "pip cannot install what benches/peers/requirements.txt names: {installed}"
        );
        std::fs::write(note, wanted)?;
        Ok(Installed { python })
    }

    /// Its Python.
    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// Starts it on a processor.
    pub(crate) fn start(&self, settings: &Settings, processor: usize) -> Result<Peer> {
        let address = free_address()?;
        let child = Command::new("taskset")
            .args(["--cpu-list", &processor.to_string()])
            .arg(&self.python)
            .args(["-m", "uvicorn", "--host", "127.0.0.1", "--port", &address.port().to_string()])
            .args(["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"])
            .arg("--app-dir")
            .arg(peers())
            .arg("fastapi_positions:app")
            .env("EPHE", settings.ephe.canonicalize()?)
            .stdin(Stdio::null())
            .spawn()
            .context("starting uvicorn")?;
        let mut peer = Peer { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = peer.child.try_wait()? {
                bail!("uvicorn ended before it listened: {status}");
            }
            ensure!(begun.elapsed() < PATIENCE, "uvicorn does not listen after {} s", PATIENCE.as_secs());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(peer)
    }
}

/// Where the peers' programs are.
pub(crate) fn peers() -> PathBuf {
    workspace::root().join(Path::new("benches/peers"))
}

/// The peer at work, until it is dropped.
#[derive(Debug)]
pub(crate) struct Peer {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Peer {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Checks that it answers what the server does, so that the two may be compared.
    pub(crate) fn agrees_with(&self, server: Client) -> Result<()> {
        let peer = Client::new(self.address);
        let mut random = Random::of("peer");
        let (mut live, mut table) = (0.0_f64, 0.0_f64);
        for _ in 0..100 {
            let mut two = |from: usize, count: usize| format!("{:02}", from + random.below(count));
            let date = format!("{}{}-{}-{}", two(19, 2), two(1, 98), two(1, 12), two(1, 28));
            let target = format!("/v1/positions?date={date}T{}:{}:{}Z", two(0, 24), two(0, 60), two(0, 60));
            let theirs = same_bodies(peer.get(&target).json(), &target)?;
            for (source, worst) in [("live", &mut live), ("table", &mut table)] {
                let target = format!("{target}&source={source}");
                let ours = same_bodies(server.get(&target).json(), &target)?;
                for nth in 0..BODIES.len() {
                    let both = |name| {
                        Ok::<_, anyhow::Error>((quantity(&ours, nth, name)?, quantity(&theirs, nth, name)?))
                    };
                    let (a, b) = both("longitude")?;
                    *worst = worst.max(angle_between(a, b).abs() * ARCSEC);
                    let (a, b) = both("latitude")?;
                    *worst = worst.max((a - b).abs() * ARCSEC);
                }
            }
        }
        println!(
            "the peer's positions differ from source=live by {live:.1e}″ at most, from the tables by {table:.1e}″"
        );
        ensure!(live <= SAME_ARCSEC && table <= TABLE_ARCSEC, "the peer answers something else");
        Ok(())
    }
}

/// A document that holds these bodies in this order and no others.
fn same_bodies(document: Value, target: &str) -> Result<Value> {
    let positions = document["positions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let bodies: Vec<_> =
        positions.iter().map(|position| position["body"].as_str().unwrap_or_default()).collect();
    ensure!(bodies == BODIES, "{target} was answered with other bodies: {document}");
    Ok(document)
}

/// A quantity of a document's position. What is no number cannot be compared, and no maximum would tell of it.
fn quantity(document: &Value, nth: usize, name: &str) -> Result<f64> {
    let number = document["positions"][nth][name].as_f64().filter(|number| number.is_finite());
    number.with_context(|| format!("the {nth}th position has no {name}: {document}"))
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_is_no_agreement() {
        let of = |sun: Value| json!({"positions": [{"body": "sun", "longitude": sun}]});
        assert_eq!(quantity(&of(json!(1.5)), 0, "longitude").unwrap(), 1.5);
        for missing in [json!(null), json!("1.5")] {
            assert!(quantity(&of(missing), 0, "longitude").is_err());
        }
        assert!(quantity(&of(json!(1.5)), 1, "longitude").is_err());
        assert!(same_bodies(of(json!(1.5)), "").is_err() && same_bodies(json!({}), "").is_err());
        let ten: Vec<_> = BODIES.iter().map(|body| json!({"body": body})).collect();
        assert!(same_bodies(json!({"positions": ten}), "").is_ok());
    }
}
