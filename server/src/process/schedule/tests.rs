//! The pipeline is a script here, which notes what it was called with.

use std::path::PathBuf;

use orrery_format::Manifest;

use super::*;
use crate::config::{Schedule, Settings};
use crate::process::schedule::state::Times;
use crate::process::trial::{PATIENT, Trial, manifest};

/// A service whose scheduler runs a script, of which `$dir` is the directory that it works in.
struct Rehearsal {
    trial: Trial,
    running: tokio::task::JoinHandle<()>,
}

impl Rehearsal {
    async fn start(script: &str, schedule: Schedule) -> Rehearsal {
        let trial = Trial::start(
            1,
            PATIENT,
            "[ -e \"$dir/fails\" ] && : > \"$dir/$nth/failed\" && exit 9; ready; serving; drain",
        );
        trial.wait_for("0/1/told").await;
        trial
            .script("pipeline", &format!("dir=$(dirname \"$0\")\necho \"$*\" >> \"$dir/calls\"\n{script}\n"));
        let ephe = trial.path("ephe");
        std::fs::create_dir(&ephe).unwrap();
        // Workers that open the files anew are told what these are, so that they have to be such files.
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/ephe")).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), ephe.join(file.file_name())).unwrap();
        }
        let schedule = Schedule { pipeline: trial.path("pipeline"), ..schedule };
        let settings = Settings { ephe, schedule, ..trial.service.plan().settings.clone() };
        trial.service.plan().settings = settings;
        let service = Arc::clone(&trial.service);
        // The settings' file is read when somebody says so, and nobody does here.
        let reload = Box::new(|| Err("nobody has asked for it".to_owned()));
        let conductor = Arc::new(Conductor::new(Arc::clone(&service), trial.tasks.clone(), reload));
        let running = tokio::spawn(Scheduler::new(service, conductor).run());
        Rehearsal { trial, running }
    }

    fn calls(&self) -> Vec<String> {
        self.trial.text("calls").lines().map(str::to_owned).collect()
    }

    async fn wait_for_calls(&self, count: usize) {
        self.trial.wait_until(&format!("{count} calls"), || self.calls().len() >= count).await;
    }

    fn state(&self) -> ScheduleState {
        self.trial.service.notice.borrow().schedule.clone()
    }

    fn task(&self, task: Task) -> TaskState {
        let told = self.state().tasks.into_iter().find(|state| state.task == task);
        // At first nothing is told.
        told.unwrap_or_else(|| TaskState::new(task, &Times::Never))
    }

    fn roll(&self) -> TaskState {
        self.task(Task::Roll)
    }

    /// Whether the process runs whose id a script has written.
    fn is_running(&self) -> bool {
        PathBuf::from("/proc").join(self.trial.text("pid").trim()).exists()
    }

    /// Has other settings be in use, as the conductor does once workers go by them.
    fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.trial.service.plan().settings);
        self.trial.service.replanned.notify_one();
    }

    async fn stop(mut self) {
        self.running.abort();
        assert!(self.running.await.unwrap_err().is_cancelled(), "the scheduler has failed");
        self.trial.stop().await;
    }
}

/// Nothing by the clock.
fn never() -> Schedule {
    Schedule { roll: String::new(), audit: String::new(), ..Schedule::default() }
}

#[tokio::test]
async fn the_dataset_is_rolled_at_the_start_and_by_the_clock() {
    let schedule = Schedule { roll: "* * * * * *".to_owned(), ..never() };
    let rehearsal = Rehearsal::start("echo '{\"generation\": \"new\"}'", schedule).await;
    rehearsal.wait_for_calls(3).await;
    rehearsal.trial.wait_until("the end of two", || rehearsal.roll().runs >= 2).await;
    let state = rehearsal.roll();
    assert_eq!((state.failures, state.last_error), (0, None));
    assert_eq!(state.last_report.unwrap()["generation"], "new");
    assert!(rehearsal.calls().iter().all(|call| call.starts_with("roll --report=json ")));
    rehearsal.trial.wait_until("the next time", || rehearsal.roll().next.is_some()).await;
    rehearsal.stop().await;
}

#[tokio::test]
async fn what_failed_is_told_and_tried_again_until_it_succeeds() {
    let script = "[ $(wc -l < \"$dir/calls\") -gt 2 ] && exit 0; echo 'no room on the disk' >&2; exit 1";
    let rehearsal = Rehearsal::start(script, Schedule { retry_s: 1, ..never() }).await;
    rehearsal.trial.wait_until("a failure", || rehearsal.roll().failures >= 1).await;
    let state = rehearsal.roll();
    assert_eq!(state.last_error.as_deref(), Some("no room on the disk"));
    rehearsal.trial.wait_until("the time of the next try", || rehearsal.roll().next.is_some()).await;
    rehearsal.trial.wait_until("a success", || rehearsal.roll().runs == 3).await;
    let state = rehearsal.roll();
    assert_eq!((state.failures, state.failures_in_a_row, state.last_error), (2, 0, None));
    assert_eq!(state.last_reason.as_deref(), Some("it failed before"));
    rehearsal.stop().await;
}

#[tokio::test]
async fn nothing_is_run_where_that_is_not_wanted_and_the_reason_is_told() {
    let rehearsal = Rehearsal::start("", Schedule { enabled: false, ..never() }).await;
    rehearsal.trial.wait_until("a reason", || rehearsal.state().idle_because.is_some()).await;
    assert_eq!(rehearsal.state().idle_because.as_deref(), Some("schedule.enabled is false"));
    assert!(rehearsal.calls().is_empty());
    // Settings that are read again and say otherwise are followed, and so is another day.
    rehearsal.change(|settings| settings.schedule.enabled = true);
    rehearsal.wait_for_calls(1).await;
    rehearsal.trial.wait_until("an end", || rehearsal.roll().runs == 1).await;
    assert_eq!(rehearsal.state().idle_because, None);
    rehearsal.change(|settings| settings.schedule.today = "2027-01-31".to_owned());
    rehearsal.wait_for_calls(2).await;
    assert!(rehearsal.calls()[1].contains("--today=2027-01-31"));
    assert_eq!(rehearsal.state().rehearsed_day.as_deref(), Some("2027-01-31"));
    // What is missing is told as well.
    rehearsal.change(|settings| settings.schedule.pipeline = PathBuf::from("/no/such/pipeline"));
    rehearsal.trial.wait_until("a failure", || rehearsal.roll().failures == 1).await;
    assert!(rehearsal.roll().last_error.unwrap().contains("schedule.pipeline"));
    rehearsal.change(|settings| settings.ephe = PathBuf::from("/no/such/ephe"));
    let is_told = || rehearsal.state().idle_because.is_some_and(|reason| reason.contains("/no/such/ephe"));
    rehearsal.trial.wait_until("the reason", is_told).await;
    rehearsal.stop().await;
}

#[tokio::test]
async fn files_that_change_have_the_dataset_rolled() {
    let rehearsal = Rehearsal::start("", Schedule { watch_s: 1, ..never() }).await;
    rehearsal.wait_for_calls(1).await;
    // No worker can be started just now, which keeps nobody from rolling.
    rehearsal.trial.touch("0/fails");
    std::fs::write(rehearsal.trial.path("ephe/added.txt"), "20300101").unwrap();
    rehearsal.wait_for_calls(2).await;
    assert_eq!(rehearsal.roll().last_reason.as_deref(), Some("ephemeris files have changed"));
    rehearsal.trial.wait_for("0/2/failed").await;
    // Once one can be it opens them, by the settings that there are and not by those of a file that nobody has had read.
    std::fs::remove_file(rehearsal.trial.path("0/fails")).unwrap();
    let is_opened = || (3..100).any(|nth| rehearsal.trial.exists(&format!("0/{nth}/told")));
    rehearsal.trial.wait_until("a worker with the files", is_opened).await;
    assert_eq!(rehearsal.trial.crashes(), 0, "who was there has served until then");
    rehearsal.stop().await;
}

#[tokio::test]
async fn a_run_ends_with_the_service_and_is_told_of_while_it_lasts() {
    let rehearsal = Rehearsal::start("echo $$ > \"$dir/pid\"; echo '5 %' >&2; exec sleep 600", never()).await;
    rehearsal.trial.wait_until("progress", || rehearsal.roll().progress.is_some()).await;
    let state = rehearsal.roll();
    assert_eq!((state.progress.as_deref(), state.runs), (Some("5 %"), 0));
    assert!(state.running_since.is_some() && state.running_since == state.last_began);
    assert!(rehearsal.is_running());
    rehearsal.running.abort();
    rehearsal.trial.wait_until("its end", || !rehearsal.is_running()).await;
    rehearsal.stop().await;
}

/// Says that it has begun, and does nothing for good.
const HANGS: &str = "echo $$ > \"$dir/pid\"; echo begun >&2; exec sleep 600";

#[tokio::test]
async fn a_run_that_hangs_keeps_nobody_from_being_heard() {
    let rehearsal = Rehearsal::start(HANGS, Schedule { watch_s: 1, ..never() }).await;
    rehearsal.trial.wait_until("progress", || rehearsal.roll().progress.is_some()).await;
    // Files that change are opened anew meanwhile.
    std::fs::write(rehearsal.trial.path("ephe/added.txt"), "20300101").unwrap();
    rehearsal.trial.wait_for("0/2/told").await;
    assert!(rehearsal.is_running() && rehearsal.calls().len() == 1);
    // Another scope is another run; samples of audits do not concern it.
    rehearsal.change(|settings| settings.schedule.audit_blocks = 1);
    rehearsal.change(|settings| settings.schedule.years = "1900..2000".to_owned());
    rehearsal.wait_for_calls(2).await;
    assert!(rehearsal.calls()[1].contains("--from=1900 --to=2000"));
    let state = rehearsal.roll();
    assert_eq!((state.runs, state.failures), (0, 0), "what was ended has neither failed nor succeeded");
    rehearsal.trial.wait_until("progress", || rehearsal.roll().progress.is_some()).await;
    rehearsal.change(|settings| settings.schedule.enabled = false);
    rehearsal.trial.wait_until("its end", || rehearsal.roll().running_since.is_none()).await;
    assert!(!rehearsal.is_running() && rehearsal.calls().len() == 2);
    assert_eq!(rehearsal.state().idle_because.as_deref(), Some("schedule.enabled is false"));
    rehearsal.stop().await;
}

#[tokio::test]
async fn settings_that_do_not_concern_a_run_leave_it_alone() {
    let script = "echo begun >&2; until [ -e \"$dir/done\" ]; do sleep 0.01; done";
    let rehearsal = Rehearsal::start(script, never()).await;
    rehearsal.trial.wait_until("progress", || rehearsal.roll().progress.is_some()).await;
    rehearsal.change(|settings| settings.schedule.audit = "0 0 0 1 1 *".to_owned());
    rehearsal.trial.wait_until("them", || rehearsal.task(Task::Audit).next.is_some()).await;
    rehearsal.trial.touch("done");
    rehearsal.trial.wait_until("its end", || rehearsal.roll().runs == 1).await;
    assert_eq!((rehearsal.calls().len(), rehearsal.roll().failures), (1, 0));
    rehearsal.stop().await;
}

#[tokio::test]
async fn what_keeps_it_from_being_run_is_told_by_task_and_looked_at_again() {
    let schedule = Schedule { watch_s: 1, audit: "0 0 0 1 1 *".to_owned(), ..never() };
    let rehearsal = Rehearsal::start("", schedule).await;
    rehearsal.wait_for_calls(1).await;
    let missing = rehearsal.trial.path("elsewhere");
    rehearsal.change(|settings| settings.ephe.clone_from(&missing));
    let is_told = |task: Task| rehearsal.task(task).idle_because.is_some_and(|it| it.contains("elsewhere"));
    rehearsal.trial.wait_until("the reason", || is_told(Task::Roll) && is_told(Task::Audit)).await;
    // Who pulls the tables needs no ephemeris files for that.
    rehearsal.change(|settings| settings.schedule.follow = "file:///tables".to_owned());
    rehearsal.wait_for_calls(2).await;
    assert!(rehearsal.calls()[1].starts_with("pull ") && is_told(Task::Audit));
    rehearsal.trial.wait_until("the others", || rehearsal.roll().idle_because.is_none()).await;
    assert_eq!(rehearsal.state().idle_because, None);
    rehearsal.change(|settings| settings.schedule.follow = String::new());
    rehearsal.trial.wait_until("the reason", || is_told(Task::Roll)).await;
    // Once they are there it goes on by itself.
    std::fs::create_dir(&missing).unwrap();
    rehearsal.wait_for_calls(3).await;
    rehearsal.trial.wait_until("nothing", || !is_told(Task::Roll) && !is_told(Task::Audit)).await;
    rehearsal.stop().await;
}

#[tokio::test]
async fn failures_at_what_is_not_to_be_done_any_more_are_forgotten() {
    let rehearsal = Rehearsal::start("exit 1", Schedule { retry_s: 3600, ..never() }).await;
    rehearsal.trial.wait_until("a failure", || rehearsal.roll().failures_in_a_row == 1).await;
    rehearsal.change(|settings| settings.schedule.follow = "file:///tables".to_owned());
    rehearsal.trial.wait_until("another", || rehearsal.task(Task::Pull).failures_in_a_row == 1).await;
    let state = rehearsal.roll();
    assert_eq!((state.failures, state.failures_in_a_row, state.next), (1, 0, None));
    rehearsal.change(|settings| settings.schedule.enabled = false);
    let is_forgotten = || rehearsal.task(Task::Pull).failures_in_a_row == 0;
    rehearsal.trial.wait_until("nothing to be wrong", is_forgotten).await;
    rehearsal.trial.wait_until("no next run", || rehearsal.task(Task::Pull).next.is_none()).await;
    rehearsal.stop().await;
}

/// A generation of one block, which nobody opens.
fn of_one_block() -> Arc<Manifest> {
    let entry = serde_json::json!({
        "product": "geo/sun", "start_jd": 0.0, "end_jd": 1.0, "time_scale": "tt", "file": "sun.orrery", "bytes": 1, "blake3": "00",
        "recipe": "00", "segments": 1, "promise_arcsec": 0.001, "max_error_arcsec": 0.0, "max_error_distance": 0.0,
        "live_share_percent": 0.0
    });
    let manifest = manifest("old");
    Arc::new(Manifest { blocks: vec![serde_json::from_value(entry).unwrap()], ..manifest })
}

#[tokio::test]
async fn what_an_audit_finds_is_looked_at_again_until_it_is_mended() {
    // Another sample than that of the seed misses it.
    let script = "[ $1 = verify ] || exit 0\n\
                  case \"$*\" in *--seed=7*) ;; *) [ -e \"$dir/found\" ] && echo '{\"seed\": 8}' && exit 0;; esac\n\
                  : > \"$dir/found\"; [ -e \"$dir/mended\" ] && echo '{\"seed\": 7}' && exit 0\n\
                  echo '{\"sound\": false, \"faults\": [\"sun at JD 0\"], \"seed\": 7}'; exit 1";
    let audit = "* * * * * *".to_owned();
    let rehearsal = Rehearsal::start(script, Schedule { retry_s: 1, watch_s: 1, ..never() }).await;
    rehearsal.trial.wait_until("a roll", || rehearsal.roll().runs == 1).await;
    rehearsal.trial.service.plan().manifest = of_one_block();
    rehearsal.change(|settings| settings.schedule.audit = audit);
    let state = || rehearsal.task(Task::Audit);
    rehearsal.trial.wait_until("two failures", || state().failures_in_a_row >= 2).await;
    let found = state();
    assert_eq!(found.last_error.as_deref(), Some("sun at JD 0; the sample is that of --seed 7"));
    assert_eq!(found.last_report.unwrap()["faults"][0], "sun at JD 0");
    // It was mended at once, as far as it can be.
    let is_mended = |call: &String| call.starts_with("roll ");
    assert!(rehearsal.calls().iter().filter(|call| is_mended(call)).count() >= 3, "{:?}", rehearsal.calls());
    rehearsal.trial.touch("mended");
    rehearsal
        .trial
        .wait_until("another sample", || state().last_report.is_some_and(|report| report["seed"] == 8))
        .await;
    assert_eq!(state().failures_in_a_row, 0);
    let audits: Vec<String> =
        rehearsal.calls().into_iter().filter(|call| call.starts_with("verify ")).collect();
    let seeded: Vec<bool> = audits.iter().map(|call| call.contains("--seed=7")).collect();
    assert!(!seeded[0] && seeded[1] && seeded[2], "{audits:?}");
    rehearsal.stop().await;
}

#[tokio::test]
async fn what_was_mended_or_refused_is_opened_anew_or_made_again() {
    let script = "[ $(wc -l < \"$dir/calls\") = 2 ] && echo '{\"unchanged\": true, \"computed\": 1}'; exit 0";
    let rehearsal = Rehearsal::start(script, Schedule { watch_s: 1, ..never() }).await;
    rehearsal.trial.wait_until("a roll", || rehearsal.roll().runs == 1).await;
    assert!(!rehearsal.trial.exists("0/2/told"));
    rehearsal.trial.service.counters.refused();
    rehearsal.wait_for_calls(2).await;
    assert_eq!(rehearsal.roll().last_reason.as_deref(), Some("the published generation was refused"));
    rehearsal.trial.wait_for("0/2/told").await;
    rehearsal.stop().await;
}

#[tokio::test]
async fn a_pull_reads_what_is_here_where_that_was_refused() {
    let schedule = Schedule { follow: "file:///tables".to_owned(), follow_s: 1, watch_s: 1, ..never() };
    let rehearsal = Rehearsal::start("", schedule).await;
    rehearsal.wait_for_calls(2).await;
    rehearsal.trial.service.counters.refused();
    let checks = || rehearsal.calls().iter().filter(|call| call.ends_with(" --check")).count();
    rehearsal.trial.wait_until("a check", || checks() == 1).await;
    let before = rehearsal.calls().len();
    rehearsal.wait_for_calls(before + 2).await;
    assert_eq!(checks(), 1, "once is enough");
    rehearsal.stop().await;
}

#[test]
fn pauses_grow_to_what_suits_the_task() {
    let schedule = Schedule { retry_s: 60, follow_s: 60, ..Schedule::default() };
    let pauses = |task: Task, schedule: &Schedule| {
        [1, 2, 3, 10, u64::MAX].map(|nth| pause(task, nth, schedule).as_secs())
    };
    assert_eq!(pauses(Task::Roll, &schedule), [60, 120, 240, 3600, 3600]);
    assert_eq!(pauses(Task::Pull, &schedule), [60, 120, 240, 600, 600]);
    let slow = Schedule { retry_s: 3600, follow_s: 1, ..Schedule::default() };
    assert_eq!(pauses(Task::Pull, &slow), [3600; 5]);
    let seldom = Schedule { retry_s: 60, follow_s: 86_400, ..Schedule::default() };
    assert_eq!(pauses(Task::Pull, &seldom), [60, 120, 240, 3600, 3600]);
}
