//! Open files: how many the system allows, and how many connections that leaves room for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{debug, warn};

use crate::config::Settings;

/// Descriptors of a process that are no connections: the socket, pipes, counters, what the runtime waits on, blocks while
/// they are being mapped.
const RESERVED: u64 = 112;

/// Files that a live thread keeps open: Swiss Ephemeris has seven for the bodies, and others for stars and ΔT.
const FILES_OF_A_THREAD: u64 = 16;

/// Raises this process's limit of open files as far as so many connections, beside so many live threads, need it and the
/// system allows it, and gives the number of connections that there is room for then.
pub(crate) fn make_room(connections: usize, live_threads: usize) -> usize {
    let reserved = RESERVED + FILES_OF_A_THREAD * live_threads as u64;
    let wanted = connections as u64 + reserved;
    let limit = getrlimit(Resource::Nofile);
    let within = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
    let mut allowed = limit.current;
    if !within(limit.current) {
        // Not to the highest that is allowed: some programs walk through all descriptors that there could be.
        let raised = if within(limit.maximum) { Some(wanted) } else { limit.maximum };
        match setrlimit(Resource::Nofile, Rlimit { current: raised, maximum: limit.maximum }) {
            Ok(()) => allowed = raised,
            Err(error) => debug!(%error, "the limit of open files stays as it is"),
        }
    }
    let room = allowed.map_or(connections as u64, |allowed| allowed.saturating_sub(reserved));
    (room as usize).clamp(1, connections)
}

/// Says once what would otherwise be met under load.
pub(crate) fn warn_of_few(settings: &Settings) {
    let wanted = settings.limits.connections;
    let room = make_room(wanted, settings.live.threads);
    if room < wanted {
        warn!(
            "limits.connections = {wanted}, and the limit of open files leaves room for {room} in each worker; raise \
             it (ulimit -n, LimitNOFILE=), or lower limits.connections"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_some_and_never_for_more_than_are_wanted() {
        assert_eq!(make_room(1, 1), 1);
        let (most, fewer) = (make_room(1_000_000, 0), make_room(1_000_000, 4));
        let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        assert!(most == 1_000_000 || most as u64 + RESERVED == limit, "{most} of {limit}");
        assert!(most == 1_000_000 || most - fewer == 64, "live threads need {} files", most - fewer);
    }
}
