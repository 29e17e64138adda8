//! One slot, and what its workers do while it waits for them.

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::process::trial::{PATIENCE, PATIENT, Trial};

fn start(hang_s: u64, script: &str) -> Trial {
    Trial::start(1, hang_s, script)
}

async fn take_up(trial: &Trial) -> TakenUp {
    let (done, answer) = oneshot::channel();
    let order = Arc::from(*b"{\"take_up\":{\"generation\":\"new\"}}\n");
    trial.tasks[0].send(Task::TakeUp { order, generation: "new".to_owned(), done }).await.unwrap();
    timeout(PATIENCE, answer).await.unwrap().unwrap()
}

/// Asks for another worker by the plan, and gives what will tell whether there is one.
async fn replace(trial: &Trial) -> impl Future<Output = Replaced> + use<> {
    let (done, answer) = oneshot::channel();
    let plan = trial.service.plan().clone();
    trial.tasks[0].send(Task::Replace { plan: Box::new(plan), done }).await.unwrap();
    async { timeout(PATIENCE, answer).await.unwrap().unwrap() }
}

/// Has the first worker, which waits for `end`, replaced by a second one, which waits for `go`. The end of the first one is
/// seen while the second one is being started.
async fn replace_one_that_ends(trial: &Trial) -> Replaced {
    trial.wait_for("0/1/told").await;
    let replaced = replace(trial).await;
    trial.wait_for("0/2").await;
    trial.wait_for_workers(2).await;
    trial.touch("0/end");
    trial.wait_for_workers(1).await;
    trial.touch("0/go");
    replaced.await
}

#[tokio::test]
async fn a_worker_that_may_have_clients_is_told_to_drain_when_everything_ends() {
    // It got the order to accept connections, and has not said yet that it does.
    let mut trial = start(PATIENT, "ready; drain");
    trial.wait_for("0/1/told").await;
    trial.stop().await;
    assert_eq!(trial.text("0/1/last"), "\"drain\"", "it was killed");
}

#[tokio::test]
async fn so_are_a_replacement_and_the_one_that_it_was_to_replace() {
    let mut trial = start(PATIENT, "ready; [ $nth = 2 ] || serving; drain");
    trial.wait_for("0/1/told").await;
    let replaced = replace(&trial).await;
    trial.wait_for("0/2/told").await;
    trial.stop().await;
    assert_eq!((trial.text("0/1/last"), trial.text("0/2/last")), ("\"drain\"".into(), "\"drain\"".into()));
    assert!(replaced.await.is_err());
}

#[tokio::test]
async fn one_that_cannot_say_that_it_serves_is_not_let_go_of_either() {
    let mut trial = start(
        PATIENT,
        r#"ready; if [ $nth = 1 ]; then echo '{"cannot_start":{"reason":"a whim"}}'; else serving; fi; drain"#,
    );
    trial.wait_for("0/2/told").await;
    trial.stop().await;
    assert_eq!(trial.text("0/1/last"), "\"drain\"", "it was killed");
    assert_eq!(trial.crashes(), 1);
}

#[tokio::test]
async fn a_generation_that_kills_its_worker_is_lost() {
    let mut trial = start(PATIENT, "ready; serving; [ $nth = 2 ] || { asked; exit 9; }; drain");
    trial.wait_for("0/1/told").await;
    let TakenUp::Lost(ended) = take_up(&trial).await else { panic!("not lost") };
    assert!(ended.contains("exit status: 9"), "{ended}");
    trial.wait_for("0/2/told").await;
    trial.stop().await;
    assert_eq!(trial.crashes(), 1);
}

#[tokio::test]
async fn a_generation_that_its_worker_hangs_over_is_lost_too() {
    let mut trial = start(2, "ready; serving; [ $nth = 2 ] || asked; drain");
    trial.wait_for("0/1/told").await;
    // Until it is asked, the worker shows signs of life; no script does by itself.
    let (service, asked) = (Arc::clone(&trial.service), trial.path("0/1/asked"));
    let beating = tokio::spawn(async move {
        while !asked.exists() {
            service.counters.beat();
            sleep(Duration::from_millis(20)).await;
        }
    });
    let TakenUp::Lost(ended) = take_up(&trial).await else { panic!("not lost") };
    assert!(ended.contains("limits.hang_s"), "{ended}");
    beating.await.unwrap();
    trial.wait_for("0/2/told").await;
    trial.stop().await;
}

#[tokio::test]
async fn a_refused_generation_leaves_the_worker_where_it_is() {
    let mut trial = start(PATIENT, "ready; serving; refuses; drain");
    trial.wait_for("0/1/told").await;
    assert_eq!(take_up(&trial).await, TakenUp::Refused("a whim".to_owned()));
    trial.stop().await;
    assert_eq!((trial.crashes(), trial.exists("0/2")), (0, false));
}

#[tokio::test]
async fn a_worker_that_ends_while_it_is_being_replaced_has_crashed() {
    let mut trial = start(
        PATIENT,
        "if [ $nth = 2 ]; then wait_for go; fi; ready; serving; [ $nth = 2 ] || { wait_for end; exit 9; }; drain",
    );
    assert_eq!(replace_one_that_ends(&trial).await, Ok(()));
    assert_eq!(trial.crashes(), 1);
    trial.stop().await;
    assert_eq!((trial.text("0/2/last"), trial.crashes()), ("\"drain\"".into(), 1));
}

#[tokio::test]
async fn where_neither_the_old_nor_the_new_worker_lives_another_is_started() {
    let mut trial = start(
        PATIENT,
        "case $nth in
        1) ready; serving; wait_for end; exit 9;;
        2) wait_for go; exit 8;;
        *) ready; serving; drain;;
        esac",
    );
    let reason = replace_one_that_ends(&trial).await.unwrap_err();
    assert!(reason.contains("exit status: 8"), "{reason}");
    trial.wait_for("0/3/told").await;
    assert_eq!(trial.crashes(), 1);
    trial.stop().await;
}

/// The first drains for as long as the test likes, and so does the second one once it is told to. Neither keeps the socket.
const SLOW_TO_DRAIN: &str = "ready; serving
    drains() { exec 3<&-; echo '\"draining\"'; wait_for $1; exit 0; }
    case $nth in
    1) wait_for drain1; drains end1;;
    2) wait_for go2; if [ -e \"$dir/die2\" ]; then exit 9; fi; drains end2;;
    *) drain;;
    esac";

#[tokio::test]
async fn nobody_waits_in_the_queue_of_a_socket_that_nobody_accepts_on() {
    let mut trial = start(PATIENT, SLOW_TO_DRAIN);
    // Who connects waits in the queue: few may, or the next one could not even do that.
    let address = trial.service.address.get();
    let connects = || async move { TcpStream::connect(address).await.is_ok() };
    trial.wait_for("0/1/told").await;
    trial.touch("0/drain1");
    trial.wait_for("0/2/told").await;
    assert!(connects().await);
    trial.touch("0/go2");
    let closes = async {
        while connects().await {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, closes).await.unwrap();
    trial.touch("0/end2");
    trial.wait_for("0/3/told").await;
    assert!(connects().await);
    trial.touch("0/end1");
    trial.stop().await;
    assert_eq!(trial.crashes(), 0);
}

#[tokio::test]
async fn one_that_dies_while_its_successor_waits_for_a_seat_leaves_its_own() {
    let mut trial = start(PATIENT, SLOW_TO_DRAIN);
    trial.wait_for("0/1/told").await;
    trial.touch("0/drain1");
    trial.wait_for("0/2/told").await;
    let replaced = replace(&trial).await;
    trial.touch("0/die2");
    trial.touch("0/go2");
    // Long before the first has done draining.
    assert_eq!(replaced.await, Ok(()));
    assert_eq!(trial.crashes(), 1);
    trial.wait_for_workers(2).await;
    trial.touch("0/end1");
    trial.stop().await;
    assert_eq!(trial.text("0/3/last"), "\"drain\"");
}

#[tokio::test]
async fn a_slot_without_a_worker_takes_up_nothing_and_starts_one_at_once_if_it_is_asked_for_another() {
    let mut trial = start(PATIENT, "[ -e \"$dir/well\" ] || exit 9; ready; serving; drain");
    trial.wait_for("0/4").await;
    assert_eq!(take_up(&trial).await, TakenUp::Absent);
    let reason = replace(&trial).await.await.unwrap_err();
    assert!(reason.contains("exit status: 9"), "{reason}");
    trial.touch("0/well");
    assert_eq!(replace(&trial).await.await, Ok(()));
    trial.stop().await;
}
