//! Requests per second: the servers take turns under the same load, each on the same processor, so that whatever else
//! the machine does meets them all.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use orrery_tests::http::Reply;
use orrery_tests::programs::Server;

use crate::figure::figure;
use crate::http::constant;
use crate::http::load::{Load, POSITIONS};
use crate::http::peer::{Installed, Peer};
use crate::http::served::{Processors, Round, round, start};
use crate::settings::Settings;

/// Undisturbed rounds in which each takes its turn, and most rounds in which to come by them.
const ROUNDS: usize = 5;
const MOST_ROUNDS: usize = 12;

/// Length of a turn.
const TURN: Duration = Duration::from_secs(3);

/// Load before anything counts.
const WARM_UP: Duration = Duration::from_secs(1);

/// Share of its processor that a server uses at least when nothing but itself holds it up. A round in which one of those
/// that are compared used less was disturbed: wrk was not quick enough, or something else ran.
const BUSY: f64 = 0.95;
const COMPARED: [&str; 2] = ["positions", "constant"];

/// Connections of the load.
const CONNECTIONS: usize = 32;

/// The reply that is repeated and the one that is spared: an instant like all others.
const ONE: &str = "/v1/positions?date=2026-03-20T14:46:00Z";

/// One that takes turns.
struct Contestant {
    name: &'static str,
    pid: u32,
    address: SocketAddr,
    load: Load,
    rounds: Vec<Round>,
}

impl Contestant {
    fn median(&self, of: fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(of).collect())
    }

    fn per_second(&self) -> f64 {
        self.median(|round| round.per_second)
    }

    /// Whether it is one of those that are compared and its last round counts for little.
    fn was_disturbed(&self) -> bool {
        COMPARED.contains(&self.name) && self.rounds.last().is_some_and(|round| round.busy < BUSY)
    }
}

pub(crate) fn run(settings: &Settings, peer: Option<&Installed>) -> Result<()> {
    let processors = Processors::find()?;
    let orrery = start(settings, 1, Some(processors.server))?;
    let one = orrery.client().get(ONE);
    let constant = constant::start(&one, processors.server)?;
    same_reply(&one, &constant.client().get(ONE))?;
    let etag = one.header("etag").context("a reply without a tag")?;
    let spared = orrery.client().send("GET", ONE, &[("if-none-match", etag)]);
    ensure!(spared.status == 304, "the tag spares no reply: {spared:?}");
    let peer = peer.map(|installed| installed.start(settings, processors.server)).transpose()?;
    if let Some(peer) = &peer {
        peer.agrees_with(orrery.client())?;
    }

    let mut contestants = contestants(processors, &orrery, &constant, peer.as_ref(), etag);
    for contestant in &contestants {
        let load = Load { lasting: WARM_UP, ..contestant.load.clone() };
        load.put_on(contestant.address)?;
    }
    let mut disturbed = Vec::new();
    while disturbed.len() < MOST_ROUNDS && count_undisturbed(&disturbed) < ROUNDS {
        for contestant in &mut contestants {
            contestant.rounds.push(round(&contestant.load, contestant.pid, contestant.address)?);
        }
        disturbed.push(contestants.iter().any(Contestant::was_disturbed));
    }
    print(&contestants);
    println!("{} of {} rounds were undisturbed", count_undisturbed(&disturbed), disturbed.len());
    if count_undisturbed(&disturbed) == ROUNDS {
        for contestant in &mut contestants {
            let mut disturbed = disturbed.iter();
            contestant.rounds.retain(|_| disturbed.next() == Some(&false));
        }
    } else {
        println!(
            "that is not enough, and all of them count: the figures mean little, measure again on a quiet machine"
        );
    }
    let of = |name: &str| contestants.iter().find(|contestant| contestant.name == name);
    let rate = |name: &str| of(name).map_or(f64::NAN, Contestant::per_second);
    figure("http_positions_vs_constant", rate("positions") / rate("constant"), "ratio");
    for name in COMPARED {
        let cpu_us = of(name).map_or(f64::NAN, |contestant| contestant.median(|round| round.cpu_us));
        figure(&format!("http_{name}_cpu_us"), cpu_us, "us");
    }
    figure("http_positions_vs_live", rate("positions") / rate("live"), "ratio");
    figure("http_positions_per_second", rate("positions"), "requests/s");
    figure("http_constant_per_second", rate("constant"), "requests/s");
    figure("not_modified_vs_constant", rate("not_modified") / rate("constant"), "ratio");
    if peer.is_some() {
        figure("http_peer_per_second", rate("peer"), "requests/s");
        figure("http_positions_vs_peer", rate("positions") / rate("peer"), "ratio");
    }
    Ok(())
}

fn count_undisturbed(disturbed: &[bool]) -> usize {
    disturbed.iter().filter(|disturbed| !**disturbed).count()
}

fn contestants(
    processors: Processors,
    orrery: &Server,
    constant: &Server,
    peer: Option<&Peer>,
    etag: &str,
) -> Vec<Contestant> {
    let load =
        |target: &str| Load { processor: Some(processors.load), ..Load::of(target, CONNECTIONS, TURN) };
    let contestant = |name, pid, address, load| Contestant { name, pid, address, load, rounds: Vec::new() };
    let of = |name, server: &Server, load| contestant(name, server.pid(), server.address, load);
    let mut contestants = vec![
        of("positions", orrery, load(POSITIONS)),
        of("constant", constant, load(POSITIONS)),
        of("not_modified", orrery, Load { fields: vec![format!("if-none-match:{etag}")], ..load(ONE) }),
        of("live", orrery, load(&format!("{POSITIONS}&source=live"))),
    ];
    contestants.extend(peer.map(|peer| contestant("peer", peer.pid(), peer.address, load(POSITIONS))));
    contestants
}

/// The constant server must send what the real one sent, but for the date.
fn same_reply(real: &Reply, constant: &Reply) -> Result<()> {
    let sorted = |reply: &Reply| {
        let mut headers = reply.headers.clone();
        headers.retain(|(name, _)| name != "date");
        headers.sort();
        headers
    };
    ensure!(
        real.body == constant.body && sorted(real) == sorted(constant),
        "the constant reply is another: {constant:?} for {real:?}"
    );
    Ok(())
}

fn print(contestants: &[Contestant]) {
    println!(
        "{:<14} {:>12} {:>9} {:>10} {:>9}   each round",
        "", "requests/s", "CPU µs", "processor", "spread"
    );
    for contestant in contestants {
        let rates: Vec<f64> = contestant.rounds.iter().map(|round| round.per_second).collect();
        let (least, most) =
            rates.iter().fold((f64::MAX, 0.0_f64), |(a, b), rate| (a.min(*rate), b.max(*rate)));
        println!(
            "{:<14} {:>12.0} {:>9.2} {:>9.0}% {:>8.1}%   {}",
            contestant.name,
            contestant.per_second(),
            contestant.median(|round| round.cpu_us),
            contestant.median(|round| round.busy) * 100.0,
            (most - least) / contestant.per_second() * 100.0,
            rates.iter().map(|rate| format!("{rate:.0}")).collect::<Vec<_>>().join(" ")
        );
    }
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
