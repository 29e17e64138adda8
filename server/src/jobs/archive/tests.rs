use bytes::Bytes;

use super::*;
use crate::jobs::folder::own_file;

const DAY_US: i64 = 86_400 * 1_000_000;

fn archive(dir: &Path, change: impl FnOnce(&mut Jobs)) -> Archive {
    let mut settings = Settings { datasets: dir.join("datasets"), ..Settings::default() };
    change(&mut settings.jobs);
    Archive::of(&settings).unwrap()
}

fn posted() -> Posted {
    Posted::read(&Bytes::from_static(br#"{"path":"/v1/positions","method":"POST","body":{"jd":[1]}}"#))
        .unwrap()
}

#[test]
fn jobs_lie_beside_the_dataset_unless_the_settings_say_where() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    assert_eq!(archive(dir, |_| ()).dir(), dir.join("jobs"));
    assert_eq!(archive(dir, |jobs| jobs.dir = "elsewhere".into()).dir(), Path::new("elsewhere"));
    let disabled = Jobs { enabled: false, ..Jobs::default() };
    assert!(Archive::of(&Settings { jobs: disabled, ..Settings::default() }).is_none());
    assert!(!dir.join("jobs").exists(), "nothing is made before there is a job");
}

#[test]
fn what_is_posted_is_found_with_all_that_was_asked() {
    let scratch = tempfile::tempdir().unwrap();
    let archive = archive(scratch.path(), |_| ());
    let job = archive.post(&posted(), Some(3)).unwrap();
    assert_eq!(archive.find(job.id).unwrap(), Some(job.clone()));
    let asked = archive.request(job.id).unwrap().unwrap();
    assert_eq!((asked.wanted, asked.body.as_deref()), (posted().wanted, Some(&br#"{"jd":[1]}"#[..])));
    assert_eq!(archive.find(JobId::new().unwrap()).unwrap(), None);
    let others: Vec<JobId> = (0..5).map(|_| archive.post(&posted(), None).unwrap().id).collect();
    let all: Vec<JobId> = archive.all().unwrap().into_iter().map(|job| job.id).collect();
    assert_eq!(all, [&[job.id][..], &others].concat());
}

#[test]
fn there_are_no_more_than_may_be_and_they_take_no_more_room() {
    let scratch = tempfile::tempdir().unwrap();
    let few = archive(scratch.path(), |jobs| jobs.most = 2);
    let first = few.post(&posted(), None).unwrap();
    few.post(&posted(), None).unwrap();
    assert!(matches!(few.post(&posted(), None), Err(Refused::TooMany { most: 2 })));
    few.remove(first.id).unwrap();
    few.post(&posted(), None).unwrap();
    let narrow = archive(scratch.path(), |jobs| jobs.disk_bytes = 100);
    assert!(matches!(narrow.post(&posted(), None), Err(Refused::DiskFull { disk_bytes: 100 })));
}

#[test]
fn to_end_a_job_is_to_cancel_it_or_to_remove_it() {
    let scratch = tempfile::tempdir().unwrap();
    let archive = archive(scratch.path(), |_| ());
    let [waits, mut runs, mut done] = [(); 3].map(|()| archive.post(&posted(), None).unwrap());
    runs.record.state = State::Running;
    archive.folder(runs.id).put(&runs.record, true).unwrap();
    done.record.end(State::Done, now_us(), DAY_US);
    archive.folder(done.id).put(&done.record, true).unwrap();
    for id in [waits.id, runs.id] {
        for _ in 0..2 {
            assert_eq!(archive.end(id).unwrap().unwrap().state(now_us()), State::Cancelled);
        }
    }
    assert_eq!(archive.end(done.id).unwrap(), Some(done.clone()));
    assert_eq!(archive.end(done.id).unwrap(), None);
    assert!(!archive.folder(done.id).path().exists());
}

#[test]
fn what_has_expired_is_emptied_and_then_forgotten() {
    let scratch = tempfile::tempdir().unwrap();
    let archive = archive(scratch.path(), |_| ());
    let now = now_us();
    let end = |ended_us: i64| {
        let mut job = archive.post(&posted(), None).unwrap();
        std::io::Write::write_all(&mut archive.folder(job.id).begin_result(1).unwrap(), b"a result").unwrap();
        job.record.run = 1;
        job.record.end(State::Done, ended_us, DAY_US);
        archive.folder(job.id).put(&job.record, true).unwrap();
        job.id
    };
    let (kept, expired, forgotten) = (end(now), end(now - DAY_US - 1), end(now - 2 * DAY_US - 1));
    archive.post(&posted(), None).unwrap();
    let (survey, next_us) = archive.sweep().unwrap();
    assert_eq!((survey.queued, survey.done, survey.expired), (1, 1, 1));
    assert!(survey.has_work() && survey.bytes == archive.bytes().unwrap());
    assert_eq!(next_us, Some(now - 1 + DAY_US), "when the expired one is forgotten");
    assert!(archive.result(kept, 1).is_ok() && archive.result(expired, 1).is_err());
    assert!(archive.request(expired).unwrap().is_none());
    assert_eq!(archive.find(expired).unwrap().unwrap().state(now_us()), State::Expired);
    assert_eq!(archive.find(forgotten).unwrap(), None);
    // It takes nobody's place.
    assert_eq!(archive.measure().unwrap().0, 2);
}

#[test]
fn what_somebody_left_half_made_or_half_removed_is_cleared_away() {
    let scratch = tempfile::tempdir().unwrap();
    let archive = archive(scratch.path(), |_| ());
    let job = archive.post(&posted(), None).unwrap();
    let leftover = |name: &str| {
        let path = archive.dir().join(name);
        make_dir(&path).unwrap();
        own_file(&path.join("request.json")).unwrap();
        path
    };
    let (new, gone) = (leftover(".new-1"), leftover(".gone-2"));
    let making = own_file(&archive.dir().join(MAKING)).unwrap();
    making.lock().unwrap();
    archive.sweep().unwrap();
    assert!(new.exists() && !gone.exists(), "somebody may be making it");
    drop(making);
    archive.sweep().unwrap();
    assert!(!new.exists());
    assert_eq!(archive.all().unwrap(), [job]);
}

#[test]
fn a_job_that_cannot_be_read_stops_nobody() {
    let scratch = tempfile::tempdir().unwrap();
    let archive = archive(scratch.path(), |_| ());
    let (broken, job) = (archive.post(&posted(), None).unwrap(), archive.post(&posted(), None).unwrap());
    std::fs::write(archive.folder(broken.id).path().join("job.json"), b"{").unwrap();
    assert_eq!(archive.all().unwrap(), [job]);
    assert!(archive.find(broken.id).is_err());
    archive.sweep().unwrap();
}

#[test]
fn two_never_work_at_the_same_jobs() {
    let scratch = tempfile::tempdir().unwrap();
    let (one, other) = (archive(scratch.path(), |_| ()), archive(scratch.path(), |_| ()));
    let lock = one.lock().unwrap().unwrap();
    assert!(other.lock().unwrap().is_none());
    drop(lock);
    assert!(other.lock().unwrap().is_some());
}
