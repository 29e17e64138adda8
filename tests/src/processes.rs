//! Processes as Linux tells of them in `/proc`: whose child each is, what it keeps in memory, how long it has computed.

use std::fs::read_to_string;
use std::io;
use std::process::Command;
use std::time::Duration;

/// Length of the ticks that `/proc/PID/stat` counts in: `USER_HZ`, 100 on every processor that Orrery runs on.
const TICK: Duration = Duration::from_millis(10);

/// Processes that a process has started and that are there still, oldest number first.
#[must_use]
pub fn children(pid: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut found: Vec<u32> = names
        .filter_map(|name| name.parse().ok())
        // One that ended meanwhile is nobody's child.
        .filter(|&child| stat(child).is_ok_and(|stat| stat.parent == pid && !stat.is_dead))
        .collect();
    found.sort_unstable();
    found
}

/// Whether a process is there and has not ended. One that has is listed until its parent, or whoever stands in for it,
/// has asked how.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    stat(pid).is_ok_and(|stat| !stat.is_dead)
}

/// Time on a processor of a process and its children, its own threads all counted.
///
/// # Errors
/// When one of them is gone.
pub fn cpu_time(pid: u32) -> io::Result<Duration> {
    let own = stat(pid)?.ticks;
    let theirs = children(pid).into_iter().map(|child| stat(child).map(|stat| stat.ticks));
    Ok(TICK * u32::try_from(theirs.sum::<io::Result<u64>>()? + own).map_err(io::Error::other)?)
}

/// Sends a signal, such as `HUP`.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &pid.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "SIG{name} could not be sent to {pid}");
}

/// What a process keeps in memory, KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Its share of every page: a page that four processes map counts a quarter for each.
    pub pss_kib: u64,
    /// Pages that nobody else has.
    pub private_kib: u64,
    /// All of its pages.
    pub rss_kib: u64,
    /// Pages that are no file's.
    pub anonymous_kib: u64,
}

impl Memory {
    /// As it is now.
    ///
    /// # Errors
    /// When the process is gone, or the system does not tell.
    pub fn of(pid: u32) -> io::Result<Memory> {
        let text = read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let kib = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok())
                .ok_or_else(|| io::Error::other(format!("no {name} in the memory of {pid}: {text}")))
        };
        Ok(Memory {
            pss_kib: kib("Pss")?,
            private_kib: kib("Private_Clean")? + kib("Private_Dirty")?,
            rss_kib: kib("Rss")?,
            anonymous_kib: kib("Anonymous")?,
        })
    }
}

/// What `/proc/PID/stat` says.
struct Stat {
    parent: u32,
    is_dead: bool,
    ticks: u64,
}

fn stat(pid: u32) -> io::Result<Stat> {
    let text = read_to_string(format!("/proc/{pid}/stat"))?;
    let strange = || io::Error::other(format!("/proc/{pid}/stat: {text}"));
    // The name before the last parenthesis may hold anything; behind it are state, parent, and so on.
    let fields: Vec<&str> = text.rsplit_once(')').ok_or_else(strange)?.1.split_whitespace().collect();
    let number = |nth: usize| fields.get(nth).and_then(|field| field.parse::<u64>().ok()).ok_or_else(strange);
    Ok(Stat {
        parent: number(1)? as u32,
        is_dead: matches!(fields.first(), Some(&("Z" | "X"))),
        ticks: number(11)? + number(12)?,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn a_child_is_seen_while_it_lives_and_so_is_what_it_keeps_and_takes() {
        let me = std::process::id();
        let mut child = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap();
        assert!(children(me).contains(&child.id()));
        let memory = Memory::of(child.id()).unwrap();
        assert!(0 < memory.private_kib && memory.private_kib <= memory.rss_kib, "{memory:?}");
        assert!(memory.private_kib <= memory.pss_kib && memory.pss_kib <= memory.rss_kib, "{memory:?}");
        assert!(is_alive(child.id()));
        signal(child.id(), "KILL");
        child.wait().unwrap();
        assert!(!is_alive(child.id()));
        assert!(!children(me).contains(&child.id()));
        assert!(Memory::of(child.id()).is_err());

        // In the same test, for a child that ends while times are added up is an error.
        let (before, begun) = (cpu_time(me).unwrap(), std::time::Instant::now());
        while cpu_time(me).unwrap() == before {
            assert!(begun.elapsed() < Duration::from_secs(30), "half a minute of work took no time");
        }
    }
}
