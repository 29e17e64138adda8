//! How fast the tables answer, beside live Swiss Ephemeris in the same run.
//!
//! One state is six coordinates on the true ecliptic and equinox of date. The live call is the one that a user of the C
//! library makes for them: `swe_calc` with speeds, through the session without anything around it.

use std::hint::black_box;
use std::time::Instant;

use anyhow::Result;
use orrery_format::{Body, Center, Columns, Dataset, Product, State, TtDay};
use orrery_swisseph::{EphemerisDir, Session};
use orrery_tests::tables::TEN_BODIES;

use crate::figure::figure;
use crate::instants::{ordered, random, shuffled};

/// Instants of one body: several for each of its records, and few enough that reading the list of them does not push the
/// records out of the cache.
const INSTANTS: usize = 50_000;

/// Every body with a geocentric table.
pub(crate) fn geocentric() -> impl Iterator<Item = Body> {
    Body::ALL.into_iter().filter(|body| Product::Place(Center::Geo, *body).exists())
}

/// The quickest of several runs, in nanoseconds a piece of work: what disturbs a run only makes it longer.
pub(crate) fn nanoseconds(pieces: usize, mut run: impl FnMut()) -> f64 {
    let quickest = (0..7)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed()
        })
        .min();
    quickest.map_or(f64::NAN, |time| time.as_secs_f64() * 1e9 / pieces as f64)
}

fn table_pass(dataset: &Dataset, work: impl Iterator<Item = (Body, f64)>) -> f64 {
    let mut sum = State::default();
    for (body, jd) in work {
        if let Ok(answer) = dataset.true_state(body, Center::Geo, TtDay(jd)) {
            sum.longitude_deg += answer.value.longitude_deg + answer.value.longitude_speed;
            sum.latitude_deg += answer.value.latitude_deg + answer.value.latitude_speed;
            sum.distance_au += answer.value.distance_au + answer.value.distance_speed;
        }
    }
    sum.longitude_deg + sum.latitude_deg + sum.distance_au
}

fn live_pass(session: &mut Session, work: impl Iterator<Item = (Body, f64)>) -> Result<f64> {
    let mut sum = 0.0;
    for (body, jd) in work {
        sum += session.plain_call(orrery_pipeline::sample::live_body(body), jd)?[0];
    }
    Ok(sum)
}

/// The same body at many instants.
fn of_body(body: Body, jds: &[f64]) -> impl Iterator<Item = (Body, f64)> {
    jds.iter().map(move |&jd| (body, jd))
}

/// Runs all measurements.
pub(crate) fn run(dataset: &Dataset, dir: &EphemerisDir) -> Result<()> {
    let Some((start, end)) = dataset.span_jd(Product::Place(Center::Geo, Body::Sun)) else { return Ok(()) };
    let mut session = Session::open(dir)?;

    let (mut table_random, mut live_random) = (0.0, 0.0);
    let (mut table_ordered, mut live_ordered) = (0.0, 0.0);
    for body in TEN_BODIES {
        let jds = random(body.name(), INSTANTS, start, end);
        let (table, live) = side_by_side(dataset, &mut session, body, "random", &jds);
        table_random += table / TEN_BODIES.len() as f64;
        live_random += live / TEN_BODIES.len() as f64;

        let jds = ordered(INSTANTS, start, end);
        let (table, live) = side_by_side(dataset, &mut session, body, "sequential", &jds);
        table_ordered += table / TEN_BODIES.len() as f64;
        live_ordered += live / TEN_BODIES.len() as f64;
    }
    figure("state_ns_random", table_random, "ns");
    figure("live_ns_random", live_random, "ns");
    figure("state_speedup_random", live_random / table_random, "times");
    figure("state_speedup_sequential", live_ordered / table_ordered, "times");

    let bodies: Vec<Body> = geocentric().collect();
    let jds = random("mixed", 400_000, start, end);
    let work: Vec<(Body, f64)> =
        shuffled("mixed bodies", jds.len()).into_iter().map(|i| bodies[i % bodies.len()]).zip(jds).collect();
    let few = &work[..10_000];
    let table = nanoseconds(work.len(), || {
        black_box(table_pass(dataset, work.iter().copied()));
    });
    let live = nanoseconds(few.len(), || {
        black_box(live_pass(&mut session, few.iter().copied()).unwrap_or(f64::NAN));
    });
    println!("mixed      random      table {table:7.1} ns  live {live:9.1} ns");
    figure("state_ns_random_mixed", table, "ns");
    figure("state_speedup_random_mixed", live / table, "times");

    // A week of instants of one body: two or three records, in the first level of cache.
    let jds = random("cached", 20_000, 2_451_545.0, 2_451_552.0);
    let cached = nanoseconds(jds.len(), || {
        black_box(table_pass(dataset, of_body(Body::Mars, &jds)));
    });
    figure("state_ns_cached", cached, "ns");

    batch(dataset, start, end);
    Ok(())
}

/// Nanoseconds of one state of a body, from the tables and live.
fn side_by_side(
    dataset: &Dataset,
    session: &mut Session,
    body: Body,
    dates: &str,
    jds: &[f64],
) -> (f64, f64) {
    let table = nanoseconds(jds.len(), || {
        black_box(table_pass(dataset, of_body(body, jds)));
    });
    let few = &jds[..jds.len().min(4_000)];
    let live = nanoseconds(few.len(), || {
        black_box(live_pass(session, of_body(body, few)).unwrap_or(f64::NAN));
    });
    let times = live / table;
    println!("{:<10} {dates:<10}  table {table:7.1} ns  live {live:9.1} ns  {times:6.0} times", body.name());
    (table, live)
}

/// Ten bodies over an ordered range, in columns.
fn batch(dataset: &Dataset, start: f64, end: f64) {
    let jds = ordered(100_000, start, end);
    let mut columns = vec![vec![0.0; jds.len()]; 6];
    let mut missed = Vec::new();
    for (name, jds) in [("ordered", jds.clone()), ("random", random("batch", jds.len(), start, end))] {
        let time = nanoseconds(jds.len() * TEN_BODIES.len(), || {
            for body in TEN_BODIES {
                let [v0, v1, v2, r0, r1, r2] = &mut columns[..] else { return };
                let mut filled = Columns { values: [v0, v1, v2], rates: [r0, r1, r2] };
                missed.clear();
                dataset.fill(Product::Place(Center::Geo, body), &jds, &mut filled, &mut missed);
            }
            black_box(&columns);
        });
        println!("batch      {name:<10}  table {time:7.1} ns a state");
        if name == "ordered" {
            figure("batch_states_per_second", 1e9 / time, "states/s");
        } else {
            figure("batch_states_per_second_random", 1e9 / time, "states/s");
        }
    }
}

/// Evaluates Mars so often: for counting instructions.
pub(crate) fn count(dataset: &Dataset, times: usize) {
    let jds = random("cached", times, 2_451_545.0, 2_451_552.0);
    black_box(table_pass(dataset, of_body(Body::Mars, &jds)));
}
