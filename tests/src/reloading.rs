//! New generations and new workers while clients count what they lose.
//!
//! A small dataset is published anew, under a new name each time, by the pipeline's own code. Its generations are of two
//! kinds that share their blocks: in one the mean apogee has a table, in the other it is left to the live source, so
//! that every reply shows which kind it is from.

use std::process::Command;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use orrery_format::manifest::Source;
use orrery_format::{Body, Manifest};
use orrery_pipeline::store::Store;

use crate::clients::{Clients, Judge, Tally};
use crate::http::Client;
use crate::processes;
use crate::programs::Server;
use crate::{tables, workspace};

/// Replies on new connections that must agree on a generation before it counts as taken up by every worker.
const AGREEING: usize = 32;

/// How long a worker that is being replaced may go on with the generation before: its connections linger.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait for what ought to happen at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is to happen under load.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// Workers of the server.
    pub workers: usize,
    /// Clients that ask it.
    pub clients: usize,
    /// Generations to publish.
    pub swaps: usize,
    /// Workers to replace at least, all of them at each SIGHUP.
    pub replacements: usize,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the clients counted.
    pub tally: Tally,
    /// Generations that every worker took up.
    pub swaps: usize,
    /// Workers that were replaced.
    pub replacements: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl Trial {
    /// Runs a server's command, to which dataset, address and number of workers are added.
    #[must_use]
    pub fn run(&self, command: &mut Command) -> Outcome {
        let generations = Arc::new(Generations::build());
        generations.publish();
        let server = Server::run(
            command
                .args([
                    "--listen",
                    "127.0.0.1:0",
                    "--log-level",
                    "warn",
                    "--workers",
                    &self.workers.to_string(),
                    "--watch-ms",
                    "20",
                ])
                .arg("--datasets")
                .arg(generations.dir.path())
                .arg("--ephe")
                .arg(workspace::ephemeris_path()),
        );
        let client = server.client();
        generations.settle(&client);
        let mut answers = [answers(&client), Vec::new()];
        generations.publish();
        generations.settle(&client);
        answers[1] = self::answers(&client);
        assert!(answers[0].iter().zip(&answers[1]).all(|(with, without)| with != without));

        let judge: Arc<Judge> = {
            let generations = Arc::clone(&generations);
            Arc::new(move |asked, sent, reply| {
                let kind = generations.kind_of(reply.header("x-dataset"), sent)?;
                if reply.status != 200 || reply.body != answers[kind][asked] {
                    return Err(format!("{reply:?}"));
                }
                Ok(())
            })
        };
        let begun = Instant::now();
        let clients = Clients::start(self.clients, server.address, &targets(), &judge);
        let (mut swaps, mut replacements) = (0, 0);
        while swaps < self.swaps || replacements < self.replacements {
            // Both at once: workers are replaced while they are to take up what is new.
            let replaced = (replacements < self.replacements).then(|| Replacement::begin(&server));
            let rounds = self.replacements.div_ceil(self.workers).max(1);
            for _ in 0..self.swaps.div_ceil(rounds).min(self.swaps - swaps) {
                generations.publish();
                generations.settle(&client);
                swaps += 1;
            }
            replacements += replaced.map_or(0, |replacement| replacement.wait(&server));
        }
        let tally = clients.stop();
        Outcome { tally, swaps, replacements, elapsed: begun.elapsed() }
    }
}

/// What is asked: the same instants of every generation.
fn targets() -> Vec<String> {
    let bodies = "sun,mean_node,mean_apogee";
    (0..64)
        .map(|nth| format!("/v1/positions?jd_tt={}&bodies={bodies}", 2_430_000.5 + f64::from(nth) * 97.25))
        .collect()
}

fn answers(client: &Client) -> Vec<String> {
    let ask = |target: &String| {
        let reply = client.get(target);
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body
    };
    targets().iter().map(ask).collect()
}

/// The published generations.
#[derive(Debug)]
struct Generations {
    dir: tempfile::TempDir,
    source: Source,
    /// What the manifests of the two kinds list.
    blocks: [Vec<orrery_format::manifest::BlockEntry>; 2],
    published: RwLock<Vec<Published>>,
}

#[derive(Debug)]
struct Published {
    name: String,
    /// Since when a later one is known to be served by every worker.
    superseded: Option<Instant>,
}

impl Generations {
    fn build() -> Generations {
        let dir = workspace::scratch();
        let build = |bodies: &[Body]| {
            tables::build_small(dir.path(), (1950, 1990), bodies);
            Manifest::read(dir.path()).unwrap()
        };
        let without = build(&[Body::Sun, Body::MeanNode]);
        let with = build(&[Body::Sun, Body::MeanNode, Body::MeanApogee]);
        Generations {
            dir,
            source: with.source,
            blocks: [with.blocks, without.blocks],
            published: RwLock::default(),
        }
    }

    /// Publishes the next one: of the other kind, and with a name that no other has.
    fn publish(&self) {
        let nth = self.published.read().unwrap().len();
        let pipeline = format!("{}, publication {nth}", self.source.pipeline);
        let source = Source { pipeline, ..self.source.clone() };
        let manifest = Manifest::new(source, self.blocks[nth % 2].clone(), Vec::new());
        // Known before it is there: a reply may come from it at once.
        let name = manifest.generation.clone();
        self.published.write().unwrap().push(Published { name, superseded: None });
        Store::lock(self.dir.path()).and_then(|store| store.publish(&manifest)).unwrap();
    }

    /// Waits until every worker serves the one published last.
    fn settle(&self, client: &Client) {
        let target = &targets()[0];
        let begun = Instant::now();
        let name = self.published.read().unwrap().last().map(|last| last.name.clone());
        let mut agreed = 0;
        while agreed < AGREEING {
            assert!(begun.elapsed() < PATIENCE, "{name:?} is not taken up");
            if client.get(target).header("x-dataset") == name.as_deref() {
                agreed += 1;
            } else {
                agreed = 0;
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        if let [.., before, _] = self.published.write().unwrap().as_mut_slice() {
            before.superseded = Some(Instant::now());
        }
    }

    /// Which kind a reply is from; an error if from none, or from one that all workers had left behind for long when it
    /// was asked for.
    fn kind_of(&self, name: Option<&str>, sent: Instant) -> Result<usize, String> {
        let published = self.published.read().unwrap();
        let Some(nth) = published.iter().position(|one| Some(one.name.as_str()) == name) else {
            return Err(format!("a reply from {name:?}, which was never published"));
        };
        match published[nth].superseded {
            Some(since) if sent.saturating_duration_since(since) > GRACE => {
                Err(format!("a reply from generation {nth}, {:?} after all had left it", sent - since))
            }
            _ => Ok(nth % 2),
        }
    }
}

/// Workers told to give way to others.
struct Replacement(Vec<u32>);

impl Replacement {
    fn begin(server: &Server) -> Replacement {
        let workers = processes::children(server.pid());
        processes::signal(server.pid(), "HUP");
        Replacement(workers)
    }

    /// Waits until all are gone and as many are there; how many there were.
    fn wait(self, server: &Server) -> usize {
        let begun = Instant::now();
        loop {
            let workers = processes::children(server.pid());
            if workers.len() == self.0.len() && workers.iter().all(|worker| !self.0.contains(worker)) {
                return workers.len();
            }
            assert!(begun.elapsed() < PATIENCE, "after SIGHUP {:?} became {workers:?}", self.0);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
