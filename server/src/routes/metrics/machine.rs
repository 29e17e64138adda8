//! The metrics of what the service takes of the machine.

use std::collections::BTreeMap;
use std::fmt::Error;

use prometheus_client::registry::Unit;

use super::Told;
use super::pen::Pen;
use crate::process::usage::{Process, Role};

impl Told {
    pub(super) fn machine(&self, pen: &mut Pen<'_>) -> Result<(), Error> {
        let usage = &self.usage;
        let by_process = self.by_process();
        let values = |of: fn(&Process) -> Option<f64>| {
            let sum = move |processes: &[&Process]| processes.iter().map(|it| of(it)).sum::<Option<f64>>();
            by_process
                .iter()
                .filter_map(move |(name, processes)| Some(([("process", name.as_str())], sum(processes)?)))
        };
        let bytes = Some(&Unit::Bytes);
        pen.seconds("process_cpu", "Time on a processor.", values(|it| Some(it.cpu_s)))?;
        let about = "Memory that a process needs for itself: pages that are no file's.";
        pen.gauges("process_own_memory", about, bytes, values(|it| Some(it.own_bytes as f64)))?;
        let about = "All pages that a process has in memory, shared ones among them.";
        pen.gauges("process_resident_memory", about, bytes, values(|it| Some(it.resident_bytes as f64)))?;
        let about = "Pages of mapped files that a process has in memory, which are the tables' but for the program: \
                     processes share them, so that their sum says nothing.";
        let mapped = values(|it| it.mapped_bytes.map(|bytes| bytes as f64));
        pen.gauges("process_mapped_files", about, bytes, mapped)?;
        let open = values(|it| it.descriptors.map(|count| count as f64));
        pen.gauges("process_open_descriptors", "Files, sockets and the like that are open.", None, open)?;
        let about = "Memory that the service may have: that of the machine, or of its control group.";
        pen.gauge("memory_limit", about, bytes, Some(usage.memory_limit_bytes as f64))?;
        let about = "Size of the dataset's file system.";
        pen.gauge("disk_size", about, bytes, usage.disk.map(|disk| disk.bytes as f64))?;
        let about = "What is free on the dataset's file system.";
        pen.gauge("disk_free", about, bytes, usage.disk.map(|disk| disk.free_bytes as f64))
    }

    /// The processes by what they are called, which is by their slot: while one is replaced, it has two.
    fn by_process(&self) -> BTreeMap<String, Vec<&Process>> {
        let mut named: BTreeMap<String, Vec<&Process>> = BTreeMap::new();
        for process in &self.usage.processes {
            let name = match process.role {
                Role::Supervisor => "supervisor".to_owned(),
                Role::Worker(slot) => format!("worker-{slot}"),
                Role::Runner => "runner".to_owned(),
            };
            named.entry(name).or_default().push(process);
        }
        named
    }
}
