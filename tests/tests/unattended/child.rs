//! What a program that starts the pipeline is told by it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use orrery_format::manifest::MANIFEST_FILE;
use orrery_format::{Body, Manifest};
use orrery_tests::programs::Ended;
use orrery_tests::{tables, workspace};
use serde_json::Value;

use super::{TODAY, pipeline, run, verified};

const JSON: [&str; 2] = ["--report", "json"];

/// What is told of every generation that is made.
const BUILT: &str = "generation computed reused lists_derived lists_reused bytes unchanged dropped seconds";

/// The object that a command ends with, and the names of its members.
fn object(ended: &Ended) -> (Value, BTreeSet<String>) {
    assert_eq!(ended.out.lines().count(), 1, "{ended:?}");
    let object: Value = serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    let names = object.as_object().unwrap().keys().cloned().collect();
    (object, names)
}

fn names(names: &str) -> BTreeSet<String> {
    names.split_whitespace().map(ToOwned::to_owned).collect()
}

#[test]
fn outcomes_are_told_as_objects() {
    let dir = workspace::scratch();
    let path = dir.path();
    let scope = ["--from", "2001", "--to", "2100", "--bodies", "mean_node"];
    let (built, told) = object(&run("build", path, TODAY, &[&JSON[..], &scope].concat()));
    assert_eq!(told, names(BUILT));
    let manifest = Manifest::read(path).unwrap();
    assert_eq!(built["generation"], manifest.generation);
    assert_eq!((built["computed"].as_u64(), built["reused"].as_u64()), (Some(3), Some(0)));
    assert_eq!((built["lists_derived"].as_u64(), built["lists_reused"].as_u64()), (Some(0), Some(0)));
    let bytes: u64 = manifest.blocks.iter().map(|block| block.bytes).sum();
    assert_eq!((built["bytes"].as_u64(), built["unchanged"].as_bool()), (Some(bytes), Some(false)));
    assert!(built["seconds"].as_f64().unwrap() > 0.0 && built["dropped"].as_array().unwrap().is_empty());

    let (rolled, told) =
        object(&run("roll", path, TODAY, &[&JSON[..], &["--bodies", "mean_apogee"]].concat()));
    assert_eq!(told, names(&format!("{BUILT} pruned_files pruned_bytes not_pruned")));
    assert_eq!(rolled["dropped"], serde_json::json!(["geo/mean_node"]));
    assert_eq!((rolled["pruned_files"].as_u64(), rolled["not_pruned"].as_null()), (Some(0), Some(())));
    let (rolled, _) =
        object(&run("roll", path, TODAY, &[&JSON[..], &["--bodies", "interpolated_apogee"]].concat()));
    assert_eq!(rolled["pruned_files"].as_u64(), Some(1));
    assert!(rolled["pruned_bytes"].as_u64().unwrap() > 1000);
    let (rolled, _) = object(&run("roll", path, TODAY, &JSON));
    assert_eq!(rolled["unchanged"].as_bool(), Some(true));

    let seeded = [&JSON[..], &["--samples", "10", "--seed", "3"]].concat();
    let (audit, told) = object(&verified(path, &seeded));
    assert_eq!(told, names("sound blocks lists bytes compared worst almanac eclipses faults seed seconds"));
    assert_eq!((audit["sound"].as_bool(), audit["compared"].as_u64()), (Some(true), Some(30)));
    assert!(audit["worst"]["arcsec"].as_f64().unwrap() < 0.001, "{audit}");
    assert!(audit["worst"]["at"].as_str().unwrap().contains(" at JD "), "{audit}");
    // Without lists there is nothing to tell of them.
    assert_eq!((&audit["almanac"], &audit["eclipses"]), (&Value::Null, &serde_json::json!({})));
    let block = Manifest::block_path(path, &Manifest::read(path).unwrap().blocks[0]);
    fs::write(&block, b"no block").unwrap();
    let ended = verified(path, &JSON);
    let (audit, _) = object(&ended);
    assert_eq!((ended.code, audit["sound"].as_bool()), (Some(1), Some(false)));
    assert!(audit["faults"][0].as_str().unwrap().contains(block.to_str().unwrap()), "{audit}");
}

#[test]
fn what_fails_says_so_elsewhere() {
    let dir = workspace::scratch();
    fs::write(dir.path().join(MANIFEST_FILE), "{").unwrap();
    let ended = run("roll", dir.path(), TODAY, &JSON);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains("not a manifest"), "{ended:?}");
    for arguments in
        [&["--report", "xml"][..], &["--niceness", "20"], &["--niceness=-1"], &["--niceness", "low"]]
    {
        let ended = run("build", dir.path(), TODAY, arguments);
        let name = arguments[0].split('=').next().unwrap();
        assert!(ended.code == Some(2) && ended.out.is_empty() && ended.err.contains(name), "{ended:?}");
    }
}

#[test]
fn progress_is_told_in_lines_beside_an_object() {
    let dir = workspace::scratch();
    let scope = ["--from", "1900", "--to", "2100", "--bodies", "sun"];
    let ended = run("build", dir.path(), TODAY, &[&JSON[..], &scope].concat());
    let (built, _) = object(&ended);
    assert_eq!(built["computed"].as_u64(), Some(8), "{ended:?}");
    let stages = ended.err.lines().filter(|line| line.starts_with("published generation "));
    assert!(stages.count() == 2 && !ended.err.contains('\u{1b}'), "{ended:?}");
    let quiet = run("roll", dir.path(), TODAY, &["--report", "json", "--progress", "none", "--to", "2200"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (Some(0), ""), "{quiet:?}");
}

/// The niceness of each thread of a process.
#[cfg(target_os = "linux")]
fn niceness(pid: u32) -> Vec<i32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let stats = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("stat")).ok());
    // The 19th field, the 17th behind the name in brackets, which may hold anything.
    stats.filter_map(|stat| stat.rsplit_once(')')?.1.split_whitespace().nth(16)?.parse().ok()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn others_go_first_if_it_is_told_so() {
    let own = niceness(std::process::id())[0].max(0);
    let asked = (own + 5).min(19);
    for (niceness_given, expected) in [(asked, asked), (0, own)] {
        let dir = workspace::scratch();
        let given = niceness_given.to_string();
        // The Moon takes long enough to be looked at.
        let arguments = ["--niceness", &given, "--jobs", "2", "--bodies", "moon"];
        let mut command = pipeline("build", dir.path(), TODAY, &arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Its main thread and two that compute.
        let threads = loop {
            let threads = niceness(child.id());
            if threads.len() >= 3 {
                break threads;
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended before");
            std::thread::sleep(Duration::from_millis(1));
        };
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(threads.iter().all(|&it| it == expected), "{threads:?}, not {expected}");
    }
}

#[test]
fn a_sample_of_blocks_is_audited_in_their_turn() {
    let dir = workspace::scratch();
    tables::build_small(dir.path(), (1900, 2200), &[Body::MeanNode, Body::MeanApogee]);
    let audit = |seed: u64, count: &str| {
        let seed = seed.to_string();
        let arguments = ["--samples", "5", "--sample-blocks", count, "--seed", &seed, "--report", "json"];
        let ended = verified(dir.path(), &arguments);
        (ended.code, object(&ended).0)
    };
    let (code, report) = audit(1, "4");
    assert_eq!((code, &report["blocks"], &report["compared"]), (Some(0), &4.into(), &20.into()), "{report}");
    let all = Manifest::read(dir.path()).unwrap().blocks;
    let (_, report) = audit(1, "999");
    assert_eq!((report["blocks"].as_u64(), all.len()), (Some(12), 12), "{report}");
    assert_eq!(audit(1, "0").1["compared"], 0);
    // A block whose coefficients are not what they were: it is found when its turn comes, not before, and by the same seed
    // again.
    let path = Manifest::block_path(dir.path(), &all[7]);
    let good = fs::read(&path).unwrap();
    let mut bytes = good.clone();
    bytes[400] ^= 1;
    fs::write(&path, bytes).unwrap();
    let nights: Vec<bool> = (0..24).map(|seed| audit(seed, "3").0 == Some(1)).collect();
    let found = nights.iter().filter(|found| **found).count();
    assert!((1..=14).contains(&found), "{found} of 24 nights at 3 blocks of 12");
    assert_eq!(nights[..4], (0..4).map(|seed| audit(seed, "3").0 == Some(1)).collect::<Vec<_>>());
    // One that is gone, or is no block any more, is found every night.
    fs::write(&path, &good[..good.len() - 1]).unwrap();
    assert!((0..3).all(|seed| audit(seed, "1").0 == Some(1)));
    fs::remove_file(&path).unwrap();
    assert!((0..3).all(|seed| audit(seed, "1").0 == Some(1)));
}
