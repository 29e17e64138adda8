//! Two processes at one memory, as far as one process can play both.

use super::*;
use crate::routes::ROUTES;

#[test]
fn every_resource_has_a_place_of_its_own() {
    for route in ROUTES {
        assert!((route.resource as usize) < UNROUTED, "{route:?}: raise RESOURCES");
    }
}

#[test]
fn two_processes_count_into_one_memory_and_any_tells_of_both() {
    let (made, file) = Counters::create(2).unwrap();
    let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
    assert!(Counters::open(Path::new(&path), 3, 0, 0).is_err(), "memory of another length");
    assert!(Counters::open(Path::new(&path), 2, 3, 0).is_err(), "a slot that is not there");
    made.take_seat(0, 0, 11);
    made.take_seat(1, 1, 12);
    assert_eq!((made.free_seat(0), made.free_seat(1)), (Some(1), Some(0)));
    let first = Arc::new(Counters::open(Path::new(&path), 2, 0, 0).unwrap());
    let second = Counters::open(Path::new(&path), 2, 1, 1).unwrap();
    let reply = |resource, status, source: Option<Mix>, micros| Reply {
        resource,
        status,
        source: source.map(Source::Computed),
        micros,
    };
    first.replied(reply(Some(Resource::Positions), 200, Some(Mix::Table), 30));
    first.replied(reply(Some(Resource::Positions), 304, None, 10));
    second.replied(reply(Some(Resource::Positions), 200, Some(Mix::Live), 50));
    second.replied(reply(None, 404, None, 2));
    second.serves("00ff00ff00ff00ff");
    let open = first.connected();
    drop(first.connected());
    made.crashed(0);
    made.refused();

    let told = second.snapshot();
    let (_, positions) = told.resources.iter().find(|(path, _)| *path == "/v1/positions").unwrap();
    assert_eq!((positions.classes, positions.times().micros, positions.replies()), ([2, 1, 0, 0], 90, 3));
    assert_eq!(positions.sources(), [1, 1, 0, 0]);
    assert_eq!((told.unrouted.classes, told.replies()), ([0, 0, 1, 0], 4));
    assert_eq!((told.not_modified, told.sources()), (1, [1, 1, 0, 0]));
    assert_eq!((told.connections_accepted, told.connections_open), (2, 1));
    assert_eq!((told.crashes, told.crashes_by_slot, told.refusals), (1, vec![1, 0], 1));
    assert_eq!(told.supervisor, u64::from(std::process::id()));
    let seen: Vec<_> = told.workers.iter().map(|it| (it.slot, it.pid, it.connections, it.requests)).collect();
    assert_eq!(seen, [(0, 11, 1, 2), (1, 12, 0, 2)]);
    assert_eq!(told.workers[0].generation, None);
    assert_eq!(told.workers[1].generation, Some(0x00ff_00ff_00ff_00ff));

    drop(open);
    made.leave_seat(1, 1);
    let told = made.snapshot();
    assert_eq!((told.connections_open, told.workers.len()), (0, 1));
    assert_eq!(told.sources(), [1, 1, 0, 0], "what an ended worker counted stays");
    made.take_seat(1, 1, 13);
    assert_eq!(made.snapshot().workers[1].requests, 0, "and is not the next one's");
}

#[test]
fn who_works_at_jobs_is_told_of_and_is_none_of_the_workers() {
    let (made, file) = Counters::create(1).unwrap();
    assert!(made.snapshot().runner.is_none());
    let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
    made.take_seat(1, 0, 21);
    let runner = Counters::open(Path::new(&path), 1, 1, 0).unwrap();
    runner.replied(Reply { resource: Some(Resource::Positions), status: 200, source: None, micros: 1 });
    runner.beat();
    assert_eq!(made.beats(1, 0), 1);
    made.crashed(1);
    let told = made.snapshot();
    assert_eq!((told.runner.map(|it| it.pid), told.runner_crashes), (Some(21), 1));
    assert!(told.runner_crashed_ms_ago.is_some());
    assert_eq!((told.slots, told.workers.len(), told.replies(), told.crashes), (1, 0, 0, 0));
    assert_eq!(told.crashes_by_slot, [0]);
    made.leave_seat(1, 0);
    assert!(made.snapshot().runner.is_none());
}
