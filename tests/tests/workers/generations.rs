//! Generations that are published while others are served.

use std::collections::HashSet;
use std::path::PathBuf;

use orrery_format::manifest::{MANIFEST_FILE, Source};
use orrery_format::{Body, Manifest};
use orrery_tests::processes::signal;
use orrery_tests::{programs, tables, workspace};

use crate::{SUN, Service, clients, halt, settings, wait_until};

/// A small dataset whose generations differ in whether the mean apogee has a table.
pub(crate) struct Generations {
    pub(crate) dir: tempfile::TempDir,
    with: Manifest,
    without: Manifest,
}

impl Generations {
    pub(crate) fn build() -> Generations {
        let dir = workspace::scratch();
        let build = |bodies: &[Body]| {
            tables::build_small(dir.path(), (1950, 1990), bodies);
            Manifest::read(dir.path()).unwrap()
        };
        let without = build(&[Body::Sun]);
        let with = build(&[Body::Sun, Body::MeanApogee]);
        Generations { dir, with, without }
    }

    fn publish(&self, manifest: &Manifest) {
        let new = self.dir.path().join("manifest.new");
        std::fs::write(&new, manifest.to_bytes()).unwrap();
        std::fs::rename(new, self.dir.path().join(MANIFEST_FILE)).unwrap();
    }

    /// Files of blocks that only the larger generation has.
    pub(crate) fn own_files(&self) -> Vec<&str> {
        let is_own = |file: &str| self.without.blocks.iter().all(|block| block.file != file);
        self.with.blocks.iter().map(|block| block.file.as_str()).filter(|file| is_own(file)).collect()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(orrery_format::manifest::BLOCKS_DIR).join(file)
    }
}

/// Whether a process maps any of these files.
fn maps_any(pid: u32, files: &[&str]) -> bool {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    maps.lines().any(|line| files.iter().any(|file| line.contains(file)))
}

#[test]
fn a_new_generation_is_taken_up_and_the_old_mapping_goes() {
    let generations = Generations::build();
    let (with, without) = (&generations.with, &generations.without);
    let service = Service::start(generations.dir.path(), &["--workers", "2", "--log-level", "warn"]);
    let own = generations.own_files();
    let workers = service.workers();
    assert!(!own.is_empty() && workers.iter().all(|&worker| maps_any(worker, &own)));
    let clients = clients(12, service.address, &[&with.generation, &without.generation]);
    let apogee = || service.client().get("/v1/positions?jd_tt=2440000.5&bodies=mean_apogee");
    let mut swaps = 0;
    for _ in 0..10 {
        for (manifest, source) in [(without, "mixed"), (with, "table")] {
            generations.publish(manifest);
            wait_until("both workers with the new generation", || {
                let status = service.status();
                let served = status["workers"].as_array().unwrap();
                served.iter().all(|worker| worker["generation"] == manifest.generation.as_str())
            });
            for _ in 0..8 {
                let reply = apogee();
                assert_eq!(reply.header("x-dataset"), Some(manifest.generation.as_str()));
                assert_eq!(reply.header("x-ephemeris-source"), Some(source));
            }
            // What only the old generation has is unmapped once its last request is done.
            wait_until("mappings of this generation alone", || {
                workers.iter().all(|&worker| maps_any(worker, &own) == (source == "table"))
            });
            swaps += 1;
        }
    }
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{} of {} lost: {:?}", tally.lost.len(), tally.sent, tally.lost.first());
    assert_eq!(service.workers(), workers, "no worker had to go for it");
    println!("{swaps} generations taken up by two workers, {} requests, none lost", tally.sent);
}

#[test]
fn a_damaged_generation_is_refused_and_the_old_one_served_even_by_new_workers() {
    let generations = Generations::build();
    let (with, without) = (&generations.with, &generations.without);
    generations.publish(without);
    let service = Service::start(generations.dir.path(), &["--workers", "2"]);
    let served = without.generation.as_str();
    let dataset = || service.client().get(SUN).header("x-dataset").map(str::to_owned);
    let clients = clients(8, service.address, &[served]);

    // A block of the new generation has lost a bit on its way: it is there under a name of its own.
    let own = generations.own_files()[0];
    let damaged_file = format!("damaged-{own}");
    let mut manifest = with.clone();
    manifest.blocks.iter_mut().find(|block| block.file == own).unwrap().file.clone_from(&damaged_file);
    let source = Source { pipeline: "damaged".into(), ..manifest.source.clone() };
    let manifest = Manifest::new(source, manifest.blocks, manifest.lists);
    let good = std::fs::read(generations.path(own)).unwrap();
    let mut bytes = good.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(generations.path(&damaged_file), bytes).unwrap();
    generations.publish(&manifest);
    wait_until("the refusal", || service.status()["refused_generations"] == 1);
    service.wait_for_log(&damaged_file);
    service.wait_for_log("rebuild it with `orrery-pipeline build`");
    assert_eq!(dataset().as_deref(), Some(served));
    let tally = clients.stop();
    assert!(tally.lost.is_empty(), "{:?}", tally.lost.first());

    // Workers that start now start with what is served, not with what is published.
    let old = service.workers();
    signal(old[0], "KILL");
    service.wait_for_workers(2, &old[..1]);
    signal(service.pid(), "HUP");
    service.wait_for_workers(2, &old);
    assert_eq!(dataset().as_deref(), Some(served));
    assert_eq!(service.status()["refused_generations"], 1, "tried again, though nothing has changed");

    // No manifest, and one that is none.
    std::fs::write(generations.dir.path().join("half"), &manifest.to_bytes()[..1000]).unwrap();
    std::fs::rename(generations.dir.path().join("half"), generations.dir.path().join(MANIFEST_FILE)).unwrap();
    wait_until("another refusal", || service.status()["refused_generations"] == 2);
    std::fs::remove_file(generations.dir.path().join(MANIFEST_FILE)).unwrap();
    wait_until("a third refusal", || service.status()["refused_generations"] == 3);
    generations.publish(&manifest);
    wait_until("a fourth refusal", || service.status()["refused_generations"] == 4);
    assert_eq!(dataset().as_deref(), Some(served));

    // The block is put right, under the manifest that is there.
    std::fs::write(generations.path("mended"), good).unwrap();
    std::fs::rename(generations.path("mended"), generations.path(&damaged_file)).unwrap();
    wait_until("the generation, now that it is whole", || {
        let status = service.status();
        let served = status["workers"].as_array().unwrap();
        served.iter().all(|worker| worker["generation"] == manifest.generation.as_str())
    });
    println!("refused 4 times, {} requests from the old generation meanwhile, none lost", tally.sent);
}

#[test]
fn a_damaged_dataset_is_not_served_at_all() {
    let generations = Generations::build();
    let path = generations.path(generations.own_files()[0]);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let mut command = programs::command("orrery-server");
    command.args(["--listen", "127.0.0.1:0", "--workers", "2", "--datasets"]).arg(generations.dir.path());
    let ended = programs::Ended::from(command.output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains(path.file_name().unwrap().to_str().unwrap()), "{ended:?}");
}

/// The generation is not to blame here, but who could tell: no second worker is risked for it at once.
#[test]
fn a_generation_that_costs_a_worker_is_refused_and_tried_again_later() {
    let generations = Generations::build();
    let (with, without) = (&generations.with, &generations.without);
    generations.publish(without);
    let (_scratch, config) = settings("workers = 2\n[limits]\nhang_s = 3");
    let service = Service::start(generations.dir.path(), &config.each_ref().map(String::as_str));
    let served = |status: &serde_json::Value| -> Vec<(u64, String)> {
        let workers = status["workers"].as_array().unwrap().iter();
        workers
            .map(|worker| {
                (worker["pid"].as_u64().unwrap(), worker["generation"].as_str().unwrap().to_owned())
            })
            .collect()
    };
    let old = served(&service.status());
    let first = old[0].0 as u32;
    halt(first);
    generations.publish(with);
    service.wait_for_log("a worker was lost as it took it up");
    let seen = std::cell::RefCell::new(HashSet::new());
    wait_until("the new generation after all", || {
        let served = served(&service.status());
        let is_new = served.len() == 2 && served.iter().all(|(_, generation)| *generation == with.generation);
        seen.borrow_mut().extend(served);
        is_new
    });
    assert!(service.status()["refused_generations"].as_u64() >= Some(1));
    // The next worker of that slot began with what was served; the other one was not asked before that.
    let seen = seen.into_inner();
    assert!(seen.contains(&old[1]), "{seen:?}");
    let begun_anew = |(pid, generation): &(u64, String)| {
        !old.iter().any(|(known, _)| known == pid) && *generation == without.generation
    };
    assert!(seen.iter().any(begun_anew), "{seen:?}");
}
