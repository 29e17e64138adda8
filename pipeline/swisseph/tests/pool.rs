//! The pool under load, panics and callers that go away.

mod support;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use orrery_swisseph::{LiveBody, LiveCenter, LiveError, LivePool};
use support::ephemeris;

const J2000: f64 = 2_451_545.0;

fn poll_once<T>(future: &mut std::pin::Pin<Box<dyn Future<Output = T> + '_>>) -> Poll<T> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn jobs_get_answers_on_live_threads() {
    let pool = LivePool::start(ephemeris(), 2, 64).unwrap();
    let jobs = (0..50).map(|day| {
        pool.run(move |session| {
            session.position(LiveBody::Moon, LiveCenter::Geo, J2000 + f64::from(day)).unwrap()
        })
    });
    let mut places = Vec::new();
    for job in jobs {
        places.push(job.await.unwrap());
    }
    places.dedup();
    assert_eq!(places.len(), 50);
}

#[tokio::test]
async fn a_full_queue_is_busy_at_once() {
    let pool = LivePool::start(ephemeris(), 1, 1).unwrap();
    let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (begun_there, go_on_there) = (Arc::clone(&begun), Arc::clone(&go_on));
    let mut working: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(pool.run(move |_| {
        begun_there.wait();
        go_on_there.wait();
    }));
    assert!(poll_once(&mut working).is_pending());
    begun.wait();
    let mut waiting: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(pool.run(|_| 2));
    assert!(poll_once(&mut waiting).is_pending());
    let mut third: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(pool.run(|_| 3));
    assert!(matches!(poll_once(&mut third), Poll::Ready(Err(LiveError::Busy { .. }))));
    go_on.wait();
    assert_eq!(working.await, Ok(()));
    assert_eq!(waiting.await, Ok(2));
    assert_eq!(pool.run(|_| 4).await, Ok(4));
}

#[tokio::test]
async fn a_job_whose_time_is_over_or_would_be_is_not_computed() {
    let pool = LivePool::start(ephemeris(), 1, 8).unwrap();
    let now = Instant::now();
    // Of what jobs take nothing is known yet, so that all may wait; then one has taken long.
    assert_eq!((pool.expected_wait(), pool.is_idle()), (Duration::ZERO, true));
    pool.run(|_| std::thread::sleep(Duration::from_millis(20))).await.unwrap();
    assert_eq!((pool.expected_wait(), pool.is_idle()), (Duration::ZERO, true), "a thread is free");
    let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (begun_there, go_on_there) = (Arc::clone(&begun), Arc::clone(&go_on));
    let mut working: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(pool.run(move |_| {
        begun_there.wait();
        go_on_there.wait();
    }));
    assert!(poll_once(&mut working).is_pending());
    begun.wait();
    assert!(pool.expected_wait() >= Duration::from_millis(20) && !pool.is_idle());
    let shed = pool.run_until(now + Duration::from_millis(1), |_| ()).await;
    assert!(matches!(shed, Err(LiveError::Busy { wait }) if wait >= Duration::from_millis(20)), "{shed:?}");
    let ran = Arc::new(AtomicUsize::new(0));
    let ran_there = Arc::clone(&ran);
    let until = Instant::now() + pool.expected_wait() + Duration::from_millis(50);
    let late = pool.run_until(until, move |_| ran_there.fetch_add(1, Ordering::SeqCst));
    let mut late: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(late);
    assert!(poll_once(&mut late).is_pending(), "it may wait");
    let in_time = pool.run_until(now + Duration::from_hours(1), |_| 7);
    let mut in_time: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(in_time);
    assert!(poll_once(&mut in_time).is_pending());
    while Instant::now() <= until {
        std::thread::sleep(Duration::from_millis(1));
    }
    go_on.wait();
    working.await.unwrap();
    assert_eq!(late.await, Err(LiveError::Lapsed));
    assert_eq!((in_time.await, ran.load(Ordering::SeqCst)), (Ok(7), 0));
}

#[tokio::test]
async fn a_panic_costs_its_job_and_nothing_else() {
    let pool = LivePool::start(ephemeris(), 1, 4).unwrap();
    let error = pool.run(|_| -> i32 { panic!("bad luck {}", 13) }).await.unwrap_err();
    assert_eq!(error, LiveError::JobPanicked { message: "bad luck 13".to_owned() });
    let place = pool.run(|session| session.position(LiveBody::Sun, LiveCenter::Geo, J2000)).await.unwrap();
    assert!(place.is_ok());
}

#[tokio::test]
async fn a_caller_that_goes_away_cancels_a_job_not_yet_begun() {
    let pool = LivePool::start(ephemeris(), 1, 4).unwrap();
    let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (begun_there, go_on_there) = (Arc::clone(&begun), Arc::clone(&go_on));
    let mut working: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(pool.run(move |_| {
        begun_there.wait();
        go_on_there.wait();
    }));
    assert!(poll_once(&mut working).is_pending());
    begun.wait();
    let ran = Arc::new(AtomicUsize::new(0));
    for _ in 0..3 {
        let ran = Arc::clone(&ran);
        let mut abandoned: std::pin::Pin<Box<dyn Future<Output = _>>> =
            Box::pin(pool.run(move |_| ran.fetch_add(1, Ordering::SeqCst)));
        assert!(poll_once(&mut abandoned).is_pending());
    }
    go_on.wait();
    working.await.unwrap();
    pool.run(|_| ()).await.unwrap();
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn dropping_the_pool_ends_its_threads_and_tells_who_waits() {
    let pool = Arc::new(LivePool::start(ephemeris(), 2, 8).unwrap());
    // A job may hold the last reference to its pool; its thread must not wait for itself.
    let held = Arc::clone(&pool);
    let (sent, received) = tokio::sync::oneshot::channel();
    let answer = pool.run(move |_| {
        std::thread::sleep(Duration::from_millis(50));
        drop(held);
        let _ = sent.send(());
    });
    let mut answer: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(answer);
    assert!(poll_once(&mut answer).is_pending());
    drop(answer);
    drop(pool);
    tokio::time::timeout(Duration::from_secs(10), received).await.unwrap().ok();
}

#[test]
fn a_pool_needs_threads_and_files() {
    assert_eq!(LivePool::start(ephemeris(), 0, 1).unwrap_err(), LiveError::NoThreads);
}
