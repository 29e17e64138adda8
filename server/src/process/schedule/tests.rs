//! The pipeline is a script here, which notes what it was called with.

use std::path::PathBuf;

use super::*;
use crate::config::{Schedule, Settings};
use crate::process::schedule::state::Times;
use crate::process::trial::{PATIENT, Trial};

/// A service whose scheduler runs a script, of which `$dir` is the directory that it works in.
struct Rehearsal {
    trial: Trial,
    running: tokio::task::JoinHandle<()>,
}

impl Rehearsal {
    async fn start(script: &str, schedule: Schedule) -> Rehearsal {
        let trial = Trial::start(1, PATIENT, "ready; serving; drain");
        trial.wait_for("0/1/told").await;
        trial
            .script("pipeline", &format!("dir=$(dirname \"$0\")\necho \"$*\" >> \"$dir/calls\"\n{script}\n"));
        let ephe = trial.path("ephe");
        std::fs::create_dir(&ephe).unwrap();
        let schedule = Schedule { pipeline: trial.path("pipeline"), ..schedule };
        let settings = Settings { ephe, schedule, ..trial.service.plan().settings.clone() };
        trial.service.plan().settings = settings;
        let service = Arc::clone(&trial.service);
        let reload = {
            let service = Arc::clone(&service);
            Box::new(move || Ok(service.plan().settings.clone()))
        };
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

    fn roll(&self) -> TaskState {
        let told = self.state().tasks.into_iter().find(|state| state.task == Task::Roll);
        // At first nothing is told.
        told.unwrap_or_else(|| TaskState::new(Task::Roll, &Times::Never))
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
    std::fs::write(rehearsal.trial.path("ephe/seleapsec.txt"), "20300101").unwrap();
    rehearsal.wait_for_calls(2).await;
    assert_eq!(rehearsal.roll().last_reason.as_deref(), Some("ephemeris files have changed"));
    rehearsal.stop().await;
}

#[tokio::test]
async fn a_run_ends_with_the_service_and_is_told_of_while_it_lasts() {
    let rehearsal = Rehearsal::start("echo $$ > \"$dir/pid\"; echo '5 %' >&2; exec sleep 600", never()).await;
    rehearsal.trial.wait_until("progress", || rehearsal.roll().progress.is_some()).await;
    let state = rehearsal.roll();
    assert_eq!((state.progress.as_deref(), state.runs), (Some("5 %"), 0));
    assert!(state.running_since.is_some() && state.running_since == state.last_began);
    let running = PathBuf::from("/proc").join(rehearsal.trial.text("pid").trim());
    assert!(running.exists());
    rehearsal.running.abort();
    rehearsal.trial.wait_until("its end", || !running.exists()).await;
    rehearsal.stop().await;
}
