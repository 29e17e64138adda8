//! Generations and settings that some workers, or none, can do with.

use super::*;
use crate::config::LiveSource;
use crate::process::trial::{PATIENT, Trial, manifest};

fn conductor(
    trial: &Trial,
    reload: impl Fn() -> Result<Settings, String> + Send + Sync + 'static,
) -> Arc<Conductor> {
    Arc::new(Conductor::new(Arc::clone(&trial.service), trial.tasks.clone(), Box::new(reload)))
}

/// A service of so many slots, once each of them serves, and a generation that is offered to it.
async fn serving(slots: usize, script: &str) -> (Trial, Arc<Conductor>, Manifest) {
    let trial = Trial::start(slots, PATIENT, script);
    for slot in 0..slots {
        trial.wait_for(&format!("{slot}/1/told")).await;
    }
    let conductor = conductor(&trial, || Err("not asked for".to_owned()));
    (trial, conductor, manifest("new"))
}

/// A service of one slot that has no worker and rests, as each that is started ends at once but where the script says
/// otherwise.
async fn resting(script: &str) -> Trial {
    let trial = Trial::start(1, PATIENT, &format!("{script}; exit 9"));
    // The pause that follows is long enough for what is tried meanwhile.
    trial.wait_for("0/5").await;
    trial.wait_until("a pause", || trial.crashes() >= 5).await;
    trial
}

fn is_refused(trial: &Trial) -> bool {
    trial.service.counters.snapshot().is_refused
}

#[tokio::test]
async fn what_every_worker_takes_up_is_what_the_next_one_starts_with() {
    let (mut trial, conductor, new) = serving(2, "ready; serving; takes_up; drain").await;
    assert_eq!(conductor.offer(new.clone()).await, Offered::Adopted { behind: Vec::new() });
    assert_eq!((trial.planned(), is_refused(&trial)), (new.generation, false));
    assert!(trial.exists("0/1/asked") && trial.exists("1/1/asked"));
    trial.stop().await;
}

#[tokio::test]
async fn what_the_first_one_refuses_or_dies_of_no_other_is_asked_to_take_up() {
    for (does, offered, crashes) in [("refuses", Offered::Refused, 0), ("asked; exit 9", Offered::Lost, 1)] {
        let script = format!("ready; serving; [ $slot$nth = 01 ] && {{ {does}; }}; drain");
        let (mut trial, conductor, new) = serving(2, &script).await;
        let old = trial.planned();
        assert_eq!(conductor.offer(new).await, offered);
        assert_eq!((trial.planned(), is_refused(&trial)), (old.clone(), true));
        if crashes > 0 {
            trial.wait_for("0/2/told").await;
            assert!(trial.text("0/2/start").contains(&old), "the next one begins with what it was");
        }
        trial.stop().await;
        assert_eq!((trial.crashes(), trial.text("1/1/last")), (crashes, "\"drain\"".to_owned()));
    }
}

#[tokio::test]
async fn where_no_worker_is_there_to_try_it_one_that_is_started_with_it_decides() {
    let new = manifest("new");
    for starts in [true, false] {
        let with_it = if starts { "ready; serving; drain" } else { "exit 8" };
        let mut trial = resting(&format!("if started_with {}; then {with_it}; fi", new.generation)).await;
        let (old, conductor) = (trial.planned(), conductor(&trial, || Err("not asked for".to_owned())));
        let offered = conductor.offer(new.clone()).await;
        if starts {
            assert_eq!(offered, Offered::Adopted { behind: Vec::new() });
            assert_eq!((trial.planned(), is_refused(&trial)), (new.generation.clone(), false));
        } else {
            assert_eq!(offered, Offered::Refused);
            assert_eq!((trial.planned(), is_refused(&trial)), (old, true));
        }
        trial.stop().await;
    }
}

#[tokio::test]
async fn one_that_refuses_what_others_took_up_is_replaced() {
    let new = manifest("new");
    let script = format!(
        "ready; serving; if started_with {}; then drain; fi; if [ $slot = 0 ]; then takes_up; else refuses; fi; drain",
        new.generation
    );
    let (mut trial, conductor, new) = serving(2, &script).await;
    assert_eq!(conductor.offer(new).await, Offered::Adopted { behind: Vec::new() });
    trial.wait_for("1/2/told").await;
    trial.stop().await;
    assert_eq!((trial.crashes(), trial.exists("0/2")), (0, false));
}

#[tokio::test]
async fn one_that_is_left_behind_is_remembered_and_asked_again() {
    // The replacement ends as it starts; the old one takes it up the second time that it is asked.
    let script = "[ $slot$nth = 12 ] && exit 9; ready; serving; [ $slot = 0 ] || refuses; takes_up; drain";
    let (mut trial, conductor, new) = serving(2, script).await;
    assert_eq!(conductor.offer(new.clone()).await, Offered::Adopted { behind: vec![1] });
    assert_eq!(trial.planned(), new.generation);
    assert_eq!(conductor.offer_again(&new, &[1]).await, Offered::Adopted { behind: Vec::new() });
    trial.stop().await;
    assert_eq!(trial.text("1/1/last"), "\"drain\"");
}

#[tokio::test]
async fn one_that_is_lost_over_what_others_took_up_is_started_with_it() {
    let script = "ready; serving; [ $nth = 2 ] && drain; if [ $slot = 0 ]; then takes_up; else asked; exit 9; fi; drain";
    let (mut trial, conductor, new) = serving(2, script).await;
    assert_eq!(conductor.offer(new.clone()).await, Offered::Adopted { behind: Vec::new() });
    trial.wait_for("1/2/told").await;
    assert!(trial.text("1/2/start").contains(&new.generation));
    trial.stop().await;
    assert_eq!(trial.crashes(), 1);
}

#[tokio::test]
async fn settings_that_nobody_can_try_are_tried_by_one_that_is_started_with_them() {
    for starts in [true, false] {
        let with_them = if starts { "ready; serving; drain" } else { "exit 8" };
        let mut trial = resting(&format!("case $start in *'\"queue\":77'*) {with_them};; esac")).await;
        let old = trial.service.plan().settings.clone();
        let new = Settings { live: LiveSource { queue: 77, ..old.live.clone() }, ..old.clone() };
        let read = new.clone();
        conductor(&trial, move || Ok(read.clone())).reload().await;
        assert_eq!(trial.service.plan().settings, if starts { new } else { old });
        trial.stop().await;
    }
}
