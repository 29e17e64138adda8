//! Redis on loopback, as Debian ships it, for as long as it is compared with.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::client::{Connection, Protocol};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server of its own, which is ended when it is dropped.
#[derive(Debug)]
pub(super) struct Redis {
    child: Child,
    pub(super) address: SocketAddr,
    _dir: tempfile::TempDir,
}

impl Redis {
    /// Starts it on a processor and a free port, keeping nothing on disk.
    pub(super) fn start(processor: usize) -> Result<Redis> {
        let dir = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", &processor.to_string(), "redis-server", "--bind", "127.0.0.1"]);
        command.args(["--port", &address.port().to_string(), "--save", "", "--appendonly", "no", "--dir"]);
        let child = command.arg(dir.path()).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = child.context("redis-server cannot be started: run scripts/bench, which installs it")?;
        let mut redis = Redis { child, address, _dir: dir };
        let begun = Instant::now();
        while Connection::open(address, Protocol::Redis).is_err() {
            let ended = redis.child.try_wait()?;
            ensure!(
                ended.is_none(),
                "redis-server ended ({ended:?}): run scripts/bench, which installs it, or look whether its port was taken"
            );
            ensure!(begun.elapsed() < PATIENCE, "redis-server does not listen on {address}");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(redis)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Keeps a value under a key.
    pub(super) fn set(connection: &mut Connection, key: &str, value: &[u8]) -> Result<()> {
        let mut command =
            format!("*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n${}\r\n", key.len(), value.len()).into_bytes();
        command.extend_from_slice(value);
        command.extend_from_slice(b"\r\n");
        connection.send(&command)?;
        connection.reply()?;
        Ok(())
    }

    /// The command that asks for the value of a key.
    pub(super) fn get(key: &str) -> Vec<u8> {
        format!("*2\r\n$3\r\nGET\r\n${}\r\n{key}\r\n", key.len()).into_bytes()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
