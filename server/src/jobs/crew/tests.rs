use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{sleep, timeout};

use super::*;
use crate::config::{Jobs, Settings};
use crate::jobs::Posted;
use crate::tables::{EPHEMERIS, LINES, publish};

/// How long to wait for what ought to happen soon.
const PATIENCE: Duration = Duration::from_secs(30);

const QUICK: &str = "/v1/ephemeris?start=2000-01-01&stop=2000-01-05&step=1d&bodies=sun&format=csv";
const ENDLESS: &str = "/v1/ephemeris?start=2000-01-01&stop=2090-01-01&step=1s&bodies=sun&format=csv";
const FAILING: &str = "/v1/positions?jd=2451545&bodies=mars";

fn app(dir: &Path, jobs: Jobs) -> (Arc<App>, Arc<Archive>) {
    let datasets = dir.join("datasets");
    publish(&datasets, &LINES, EPHEMERIS);
    let settings = Settings { datasets, ephe: dir.join("nowhere"), jobs, ..Settings::default() };
    let app = App::open(&settings).unwrap();
    let archive = Arc::clone(app.jobs().unwrap());
    (app, archive)
}

fn post(archive: &Archive, path: &str) -> JobId {
    let posted = Posted::read(&Bytes::from(serde_json::json!({ "path": path }).to_string())).unwrap();
    archive.post(&posted, None).unwrap().id
}

fn state(archive: &Archive, id: JobId) -> State {
    archive.find(id).unwrap().unwrap().state(now_us())
}

/// Has a crew work until something is so.
async fn work_until(crew: &mut Crew, is_so: impl Fn() -> bool) {
    let worked = async {
        while !is_so() {
            tokio::select! {
                () = crew.ended() => crew.look(),
                () = sleep(Duration::from_millis(10)) => {}
            }
        }
    };
    timeout(PATIENCE, worked).await.unwrap();
}

#[tokio::test]
async fn jobs_are_done_or_fail_one_after_the_other() {
    let scratch = tempfile::tempdir().unwrap();
    let (app, archive) = app(scratch.path(), Jobs::default());
    let (failing, quick) = (post(&archive, FAILING), post(&archive, QUICK));
    let mut crew = Crew::begin(&app, &archive).unwrap().unwrap();
    assert!(Crew::begin(&app, &archive).unwrap().is_none(), "two are at work");
    crew.look();
    assert_eq!(state(&archive, quick), State::Queued);
    work_until(&mut crew, || state(&archive, quick).is_over()).await;
    work_until(&mut crew, || archive.find(quick).unwrap().is_some()).await;
    let failed = archive.find(failing).unwrap().unwrap().record;
    assert_eq!(
        (failed.state, failed.problem.unwrap()["code"].as_str()),
        (State::Failed, Some("live_unavailable"))
    );
    assert!(archive.result(failing, 1).is_err());
    let done = archive.find(quick).unwrap().unwrap().record;
    assert_eq!((done.state, done.attempt, done.rows), (State::Done, 1, Some(5)));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.result(quick, 1).unwrap(), &mut text).unwrap();
    assert_eq!((text.lines().count(), text.len() as u64), (6, done.bytes));
    // What was written down last may be so a moment before it is over.
    let rested = async {
        while !crew.rests() {
            crew.ended().await;
            crew.look();
        }
    };
    timeout(PATIENCE, rested).await.unwrap();
}

#[tokio::test]
async fn what_is_cancelled_ends_and_what_is_put_back_waits() {
    let scratch = tempfile::tempdir().unwrap();
    let (app, archive) = app(scratch.path(), Jobs { parallel: 2, ..Jobs::default() });
    let (unwanted, kept) = (post(&archive, ENDLESS), post(&archive, ENDLESS));
    let mut crew = Crew::begin(&app, &archive).unwrap().unwrap();
    crew.look();
    let bytes = |id| archive.find(id).unwrap().unwrap().record.bytes;
    work_until(&mut crew, || bytes(unwanted) > 0 && bytes(kept) > 0).await;
    archive.end(unwanted).unwrap();
    crew.look();
    work_until(&mut crew, || archive.find(unwanted).unwrap().unwrap().record.state == State::Cancelled).await;
    assert!(archive.result(unwanted, 1).is_err());
    timeout(PATIENCE, crew.stop()).await.unwrap();
    let record = archive.find(kept).unwrap().unwrap().record;
    assert_eq!((record.state, record.attempt, record.run, record.bytes), (State::Queued, 0, 1, 0));
    assert!(archive.result(kept, 1).is_err());
    // The next one begins it anew, in another file.
    let mut crew = Crew::begin(&app, &archive).unwrap().unwrap();
    crew.look();
    work_until(&mut crew, || bytes(kept) > 0).await;
    let record = archive.find(kept).unwrap().unwrap().record;
    assert_eq!((record.state, record.attempt, record.run), (State::Running, 1, 2));
    crew.stop().await;
}

#[tokio::test]
async fn what_somebody_was_at_who_is_gone_is_begun_again_so_many_times() {
    let scratch = tempfile::tempdir().unwrap();
    let (app, archive) = app(scratch.path(), Jobs { attempts: 2, ..Jobs::default() });
    let id = post(&archive, QUICK);
    for attempt in 1..=2 {
        let mut record = archive.find(id).unwrap().unwrap().record;
        (record.state, record.attempt, record.run) = (State::Running, attempt, attempt);
        archive.folder(id).begin_result(attempt).unwrap();
        archive.folder(id).put(&record, true).unwrap();
        drop(Crew::begin(&app, &archive).unwrap().unwrap());
        let expected = if attempt < 2 { State::Queued } else { State::Failed };
        assert_eq!(state(&archive, id), expected);
        assert!(archive.result(id, attempt).is_err(), "a result of an attempt that is over");
    }
    let record = archive.find(id).unwrap().unwrap().record;
    assert_eq!(record.problem.unwrap()["code"], "job_interrupted");
}

#[tokio::test]
async fn a_job_that_disappears_is_worked_at_no_longer() {
    let scratch = tempfile::tempdir().unwrap();
    let (app, archive) = app(scratch.path(), Jobs::default());
    let id = post(&archive, ENDLESS);
    let mut crew = Crew::begin(&app, &archive).unwrap().unwrap();
    crew.look();
    work_until(&mut crew, || archive.find(id).unwrap().unwrap().record.bytes > 0).await;
    archive.remove(id).unwrap();
    let next = post(&archive, QUICK);
    work_until(&mut crew, || state(&archive, next) == State::Done).await;
}

#[tokio::test]
async fn a_result_that_finds_no_room_fails_and_leaves_none() {
    let scratch = tempfile::tempdir().unwrap();
    let (app, archive) = app(scratch.path(), Jobs { disk_bytes: 1_000_000, ..Jobs::default() });
    let id = post(&archive, ENDLESS);
    let mut crew = Crew::begin(&app, &archive).unwrap().unwrap();
    crew.look();
    work_until(&mut crew, || state(&archive, id) == State::Failed).await;
    let record = archive.find(id).unwrap().unwrap().record;
    assert_eq!(record.problem.unwrap()["code"], "jobs_disk_full");
    assert!(archive.bytes().unwrap() < 10_000);
}

#[tokio::test]
async fn where_memory_is_scarce_nothing_is_begun_until_it_is_not() {
    let scratch = tempfile::tempdir().unwrap();
    let (app, archive) = app(scratch.path(), Jobs::default());
    let id = post(&archive, QUICK);
    app.has_memory(u64::MAX);
    let mut crew = Crew::begin(&app, &archive).unwrap().unwrap();
    crew.look();
    assert!(crew.has_waiting() && !crew.rests());
    assert_eq!(state(&archive, id), State::Queued);
    app.has_memory(0);
    crew.look();
    work_until(&mut crew, || state(&archive, id) == State::Done).await;
}
