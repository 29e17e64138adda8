//! A service that is asked for ten times what it can do: how long anybody waits for an answer or a refusal, and what it takes of
//! memory meanwhile.
//!
//! Requests come when they are due, whether those before are answered or not, as those of many users do; a reply's time counts
//! from when its request was due. Each is for an answer of its own that is computed live, which nothing is spared of.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use orrery_tests::processes::{self, Memory};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

use crate::figure::figure;
use crate::http::load::Load;
use crate::http::served::{Processors, start};
use crate::settings::Settings;

/// What is asked: all bodies, which takes some milliseconds.
const TARGET: &str = "/v1/positions?bodies=all&source=live&date=DATE";

/// Clients that find out what the server can do, and how long they ask.
const CLIENTS: usize = 4;
const TRIED: Duration = Duration::from_secs(5);

/// How many times that, and for how long.
const TIMES: f64 = 10.0;
const LASTING: Duration = Duration::from_secs(30);

/// Pause between two looks at memory.
const LOOK_EACH: Duration = Duration::from_millis(100);

pub(super) fn run(settings: &Settings) -> Result<()> {
    let processors = Processors::find()?;
    let server = start(settings, 1, Some(processors.server))?;
    let worker = *processes::children(server.pid()).first().context("no worker")?;
    let able = Load::of(TARGET, CLIENTS, TRIED).put_on(server.address)?.per_second();
    let own_mib = move || -> Result<f64> { Ok(Memory::of(worker)?.private_kib as f64 / 1024.0) };
    // Everything that takes room once has done so: the queue is full from the first moments on.
    drop(offer(server.address, able * TIMES, LASTING / 6)?);
    let before = own_mib()?;
    let done = Arc::new(AtomicBool::new(false));
    let watching = {
        let done = Arc::clone(&done);
        thread::spawn(move || -> Result<f64> {
            let mut most = before;
            while !done.load(Relaxed) {
                most = most.max(own_mib()?);
                thread::sleep(LOOK_EACH);
            }
            Ok(most)
        })
    };
    let replies = offer(server.address, able * TIMES, LASTING)?;
    done.store(true, Relaxed);
    let most = watching.join().map_err(|_| anyhow!("who looked at the memory has panicked"))??;
    let count = |status: u16| replies.get(&status).map_or(0, Vec::len);
    let (served, refused) = (count(200), count(503));
    let others: Vec<&u16> = replies.keys().filter(|status| ![200, 503].contains(*status)).collect();
    ensure!(others.is_empty(), "there were other replies: {others:?}");
    ensure!(served > 0 && refused > 0, "{served} were served and {refused} refused: that was no overload");
    let all: Vec<f64> = replies.values().flatten().copied().collect();
    let p99 = |times: &[f64]| percentile(times.to_vec(), 0.99);
    println!(
        "able to do {able:.0} a second, asked for {:.0} a second: {served} served, 99 of 100 within {:.1} ms, {refused} told \
         when to come again, 99 of 100 within {:.1} ms; own memory {before:.1} MiB before, {most:.1} MiB at most",
        all.len() as f64 / LASTING.as_secs_f64(),
        p99(&replies[&200]),
        p99(&replies[&503]),
    );
    figure("overload_p99_ms", p99(&all), "ms");
    figure("overload_served_p99_ms", p99(&replies[&200]), "ms");
    figure("overload_served_vs_able", served as f64 / LASTING.as_secs_f64() / able, "ratio");
    figure("overload_growth_mib", most - before, "MiB");
    Ok(())
}

/// Sends so many requests a second for a while, each when it is due; milliseconds until each reply, by its status.
fn offer(address: SocketAddr, per_second: f64, lasting: Duration) -> Result<BTreeMap<u16, Vec<f64>>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client: Client<HttpConnector, String> = Client::builder(TokioExecutor::new()).build_http();
        let begun = Instant::now();
        let mut asked = JoinSet::new();
        for nth in 0..(per_second * lasting.as_secs_f64()) as u64 {
            let due = begun + Duration::from_secs_f64(nth as f64 / per_second);
            sleep_until(due.into()).await;
            let uri = format!("http://{address}{}", TARGET.replace("DATE", &date(nth)));
            asked.spawn(ask(client.clone(), uri, due));
        }
        let mut replies: BTreeMap<u16, Vec<f64>> = BTreeMap::new();
        while let Some(reply) = asked.join_next().await {
            let (status, ms) = reply??;
            replies.entry(status).or_default().push(ms);
        }
        Ok(replies)
    })
}

/// The status of the reply, and when its head had come, counted from when the request was due.
async fn ask(client: Client<HttpConnector, String>, uri: String, due: Instant) -> Result<(u16, f64)> {
    let reply = client.get(uri.parse()?).await?;
    let (status, ms) = (reply.status().as_u16(), due.elapsed().as_secs_f64() * 1e3);
    // To the end, so that the connection can be used again.
    reply.into_body().collect().await?;
    Ok((status, ms))
}

/// The nth instant: a minute of its own, within the tables.
fn date(nth: u64) -> String {
    let (minute, day) = (nth % 1440, nth / 1440);
    let (year, month, day) = (1900 + day / 336 % 400, day / 28 % 12 + 1, day % 28 + 1);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60)
}

/// The time within which this share of all was.
fn percentile(mut times: Vec<f64>, share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = (times.len() as f64 * share).ceil() as usize;
    times.get(at.max(1) - 1).copied().unwrap_or_default()
}
