//! What the control group that this process is in may have, which the system manager or whoever made the container has set.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the hierarchy of control groups is mounted (cgroups(7), version 2).
const MOUNT: &str = "/sys/fs/cgroup";

/// Bytes of memory that the group, and those around it, may have together at most; `None` where nothing is limited, or
/// there are no groups.
pub(crate) fn memory_limit_bytes() -> Option<u64> {
    limit(&fs::read_to_string("/proc/self/cgroup").ok()?, Path::new(MOUNT))
}

/// The least limit on the way from the group that `groups` names up to the mount. In a container with a name space of its own
/// the group is the mount.
fn limit(groups: &str, mount: &Path) -> Option<u64> {
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let group: PathBuf = mount.join(own);
    let ways = group.ancestors().take_while(|way| way.starts_with(mount));
    ways.filter_map(|way| fs::read_to_string(way.join("memory.max")).ok()?.trim().parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_on_the_way_up_counts() {
        let mount = tempfile::tempdir().unwrap();
        let service = mount.path().join("system.slice/orrery.service");
        fs::create_dir_all(&service).unwrap();
        let put = |dir: &Path, text: &str| fs::write(dir.join("memory.max"), text).unwrap();
        let told = || limit("12:cpu:/other\n0::/system.slice/orrery.service\n", mount.path());
        assert_eq!(told(), None);
        put(&service, "max\n");
        assert_eq!(told(), None);
        put(&mount.path().join("system.slice"), "4096\n");
        assert_eq!(told(), Some(4096));
        put(&service, "1024\n");
        assert_eq!(told(), Some(1024));
        put(mount.path(), "512\n");
        assert_eq!((told(), limit("0::/\n", mount.path())), (Some(512), Some(512)));
        assert_eq!((limit("", mount.path()), limit("1:name=systemd:/x\n", mount.path())), (None, None));
    }
}
