//! How long it takes to tell where on the Earth bodies are on the angles, and which are so at once: the whole reply of the server,
//! from tables, with the connection and everything.

use std::time::Instant;

use anyhow::{Result, ensure};
use orrery_tests::http::Client;
use serde_json::Value;

use crate::figure::figure;
use crate::http::served;
use crate::settings::Settings;

/// Replies of a kind, each of another day.
const REPLIES: usize = 30;

/// The first of these days, a Julian day of 2020.
const FIRST_JD: f64 = 2_458_849.75;

/// From one to the next, days.
const STEP_DAYS: f64 = 97.3;

/// A kind of query, and the list in its reply that has to be so long.
struct Kind {
    figure: &'static str,
    query: &'static str,
    list: &'static str,
    least: usize,
}

/// What is measured. There are some seventy stars up to that magnitude.
const KINDS: [Kind; 3] = [
    Kind { figure: "acg_ms", query: "/v1/astrocartography?lat=52.52&lon=13.4", list: "features", least: 300 },
    Kind {
        figure: "parans_latitude_ms",
        query: "/v1/parans?lat=52.52&lon=13.4&magnitude=2.3",
        list: "parans",
        least: 20,
    },
    Kind { figure: "parans_ms", query: "/v1/parans?global=true&magnitude=2.3", list: "exact", least: 3_500 },
];

/// Runs all measurements.
pub(crate) fn run(settings: &Settings) -> Result<()> {
    settings.current_dataset()?;
    let server = served::start(settings, 1, None)?;
    for Kind { figure: name, query, list, least } in KINDS {
        let mut times_ms = Vec::with_capacity(REPLIES);
        for nth in 0..REPLIES {
            let jd = FIRST_JD + STEP_DAYS * nth as f64;
            let (time_ms, reply) = asked(&server.client(), &format!("{query}&jd={jd}&source=table"))?;
            let count = reply[list].as_array().map_or(0, Vec::len);
            ensure!(count >= least, "{query} at {jd}: {count} {list}");
            times_ms.push(time_ms);
        }
        times_ms.sort_by(f64::total_cmp);
        let (median, worst) = (times_ms[REPLIES / 2], times_ms[REPLIES - 1]);
        println!("{query:<50} median {median:7.2} ms  worst {worst:7.2} ms");
        figure(name, median, "ms");
    }
    Ok(())
}

/// A reply, and how long it took, milliseconds.
fn asked(client: &Client, target: &str) -> Result<(f64, Value)> {
    let begun = Instant::now();
    let reply = client.get(target);
    let time_ms = begun.elapsed().as_secs_f64() * 1e3;
    ensure!(reply.status == 200, "{target}: {reply:?}");
    Ok((time_ms, reply.json()))
}
