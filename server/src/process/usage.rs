//! What the service takes of the machine, as the system tells of it.

use std::path::Path;

use rustix::fs::statvfs;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::process::control_group;
use crate::process::counters::Snapshot;

/// What all processes of the service take.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    /// Those that live.
    pub(crate) processes: Vec<Process>,
    /// Memory that they may have together: that of the machine, or what the control group is limited to.
    pub(crate) memory_limit_bytes: u64,
    /// The file system of the dataset.
    pub(crate) disk: Option<Disk>,
}

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Supervisor,
    /// The worker of a slot.
    Worker(usize),
    /// Works at jobs.
    Runner,
}

/// What one process takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) role: Role,
    /// Time on a processor since it began.
    pub(crate) cpu_s: f64,
    /// All of its pages.
    pub(crate) resident_bytes: u64,
    /// Pages that are no file's: what it needs for itself.
    pub(crate) own_bytes: u64,
    /// Pages of the files that it has mapped, nearly all of them tables, which processes share.
    pub(crate) mapped_bytes: Option<u64>,
    /// Files, sockets and the like that are open.
    pub(crate) descriptors: Option<u64>,
}

/// A file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disk {
    pub(crate) bytes: u64,
    /// What users other than the superuser may still write.
    pub(crate) free_bytes: u64,
}

impl Usage {
    /// Asks the system, which takes it a moment: some tenths of a millisecond for each process.
    ///
    /// What would tell shared pages from others, `smaps_rollup`, goes through every page and takes it much longer.
    pub(crate) fn of(snapshot: &Snapshot, datasets: &Path) -> Usage {
        let pid = |pid: u64| u32::try_from(pid).ok();
        let workers =
            snapshot.workers.iter().filter_map(|worker| Some((pid(worker.pid)?, Role::Worker(worker.slot))));
        let runner = snapshot.runner.iter().filter_map(|runner| Some((pid(runner.pid)?, Role::Runner)));
        let mut known: Vec<(u32, Role)> = workers.chain(runner).collect();
        // A process without a supervisor is its own, and its one worker.
        if let Some(supervisor) =
            pid(snapshot.supervisor).filter(|own| known.iter().all(|(pid, _)| pid != own))
        {
            known.push((supervisor, Role::Supervisor));
        }
        let mut system = System::new();
        system.refresh_memory();
        let pids: Vec<Pid> = known.iter().map(|(pid, _)| Pid::from_u32(*pid)).collect();
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), false, what);
        // sysinfo knows of the groups of containers, and not of those within which a system manager runs its units.
        let limits =
            [system.cgroup_limits().map(|group| group.total_memory), control_group::memory_limit_bytes()];
        let limit = limits.into_iter().flatten().min().unwrap_or(u64::MAX);
        Usage {
            processes: known.into_iter().filter_map(|(pid, role)| Process::of(&system, pid, role)).collect(),
            memory_limit_bytes: limit.min(system.total_memory()),
            disk: statvfs(datasets).ok().map(|told| Disk {
                bytes: told.f_blocks.saturating_mul(told.f_frsize),
                free_bytes: told.f_bavail.saturating_mul(told.f_frsize),
            }),
        }
    }

    /// What all processes need for themselves.
    pub(crate) fn own_bytes(&self) -> u64 {
        self.processes.iter().map(|process| process.own_bytes).sum()
    }
}

impl Process {
    /// `None` where it is gone.
    fn of(system: &System, pid: u32, role: Role) -> Option<Process> {
        let told = system.process(Pid::from_u32(pid))?;
        // What sysinfo does not know: which of the pages are whose.
        let pages = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        Some(Process {
            pid,
            role,
            cpu_s: told.accumulated_cpu_time() as f64 / 1000.0,
            resident_bytes: told.memory(),
            own_bytes: bytes_of(&pages, "RssAnon").unwrap_or_else(|| told.memory()),
            mapped_bytes: bytes_of(&pages, "RssFile"),
            descriptors: told.open_files().map(|count| count as u64),
        })
    }
}

/// What a line such as `RssFile:   129 kB` says.
fn bytes_of(pages: &str, name: &str) -> Option<u64> {
    let line = pages.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::counters::Counters;

    #[test]
    fn a_process_is_told_of_itself() {
        let counters = Counters::private().unwrap();
        let usage = Usage::of(&counters.snapshot(), Path::new("."));
        let [own] = usage.processes.as_slice() else { panic!("{usage:?}") };
        assert_eq!((own.pid, own.role), (std::process::id(), Role::Worker(0)));
        assert!(0 < own.own_bytes && own.own_bytes <= usage.memory_limit_bytes, "{usage:?}");
        assert!(own.resident_bytes > 0, "{usage:?}");
        #[cfg(target_os = "linux")]
        assert!(own.mapped_bytes > Some(0) && own.descriptors > Some(2), "{usage:?}");
        let disk = usage.disk.unwrap();
        assert!(disk.free_bytes <= disk.bytes && disk.bytes > 0, "{disk:?}");
    }

    #[test]
    fn who_is_gone_and_where_nothing_is_are_left_out() {
        let (counters, _file) = Counters::create(1).unwrap();
        // Numbers of processes end long before.
        counters.take_seat(0, 0, u32::MAX / 2);
        let usage = Usage::of(&counters.snapshot(), Path::new("/no/such/directory"));
        assert_eq!(usage.processes.iter().map(|it| it.role).collect::<Vec<_>>(), [Role::Supervisor]);
        assert_eq!(usage.disk, None);
    }

    #[test]
    fn pages_are_read_where_they_are_told() {
        let pages = "Name:\torrery-server\nRssFile:\t     129 kB\nRssAnon:\t  x kB\n";
        assert_eq!(bytes_of(pages, "RssFile"), Some(129 * 1024));
        assert_eq!(
            (bytes_of(pages, "RssAnon"), bytes_of(pages, "Rss"), bytes_of("", "RssFile")),
            (None, None, None)
        );
    }
}
