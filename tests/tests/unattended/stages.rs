//! What is published on the way to the whole.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use orrery_format::manifest::{BLOCKS_DIR, MANIFEST_FILE, PREVIOUS_MANIFEST_FILE};
use orrery_format::{Body, Center, Dataset, Manifest, Miss, TtDay};
use orrery_pipeline::build::build;
use orrery_pipeline::scope::Scope;
use orrery_pipeline::store::Store;
use orrery_tests::programs::{Ended, Server};
use orrery_tests::workspace::differences;
use orrery_tests::{processes, tables, workspace};

use super::{TODAY, pipeline, run, verified};

/// Two centuries of the Sun and the mean node: ten blocks, three of them the first stage, five the second.
const ARGUMENTS: [&str; 6] = ["--from", "1900", "--to", "2100", "--bodies", "sun,mean_node"];

fn scope() -> Scope {
    Scope::of_years(1900, 2100, Some(vec![Body::Sun, Body::MeanNode]))
}

/// Runs a command to its end, and gives every generation that was published meanwhile and before.
fn watched(mut command: Command, dir: &Path) -> (Ended, Vec<Manifest>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut seen: Vec<Manifest> = Vec::new();
    let mut is_over = false;
    while !is_over {
        // Once more after the end.
        is_over = child.try_wait().unwrap().is_some();
        if let Ok(manifest) = Manifest::read(dir)
            && seen.last() != Some(&manifest)
        {
            Dataset::open(dir).unwrap_or_else(|error| panic!("{error}"));
            seen.push(manifest);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    (child.wait_with_output().unwrap().into(), seen)
}

/// The lines that tell of a stage.
fn told(ended: &Ended) -> Vec<&str> {
    ended.err.lines().filter(|line| line.starts_with("published generation ")).collect()
}

/// The same generation, published at once since all its blocks were there.
fn undisturbed(built: &Path) -> tempfile::TempDir {
    let dir = workspace::scratch();
    let (from, to) = (built.join(BLOCKS_DIR), dir.path().join(BLOCKS_DIR));
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    let outcome = build(&tables::options(dir.path(), scope())).unwrap();
    assert_eq!((outcome.computed, outcome.unchanged), (0, false));
    dir
}

#[test]
fn from_nothing_readers_see_more_and_more() {
    let dir = workspace::scratch();
    let (ended, seen) = watched(pipeline("build", dir.path(), TODAY, &ARGUMENTS), dir.path());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let [first, second] = *told(&ended) else { panic!("{ended:?}") };
    assert!(first.ends_with(": Sun to Pluto around today, 3 blocks of 10"), "{first}");
    assert!(second.ends_with(": all around today, 5 blocks of 10"), "{second}");
    // However late this process looked, it saw nothing that was there go.
    for pair in seen.windows(2) {
        assert!(pair[0].blocks.len() < pair[1].blocks.len(), "{pair:?}");
        assert!(pair[0].blocks.iter().all(|block| pair[1].blocks.contains(block)), "{pair:?}");
    }
    let last = seen.last().unwrap();
    assert_eq!((last.blocks.len(), last.scope.as_ref()), (10, Some(&scope().to_entry())));
    assert!(seen.iter().all(|manifest| manifest.scope == last.scope));
    // What is left is what is left where nothing was published on the way.
    assert_eq!(differences(dir.path(), undisturbed(dir.path()).path()), Vec::<std::path::PathBuf>::new());
}

/// Runs a command until it has told of so many stages, and ends it with a signal.
fn ended_after(stages: usize, signal: (&str, i32), mut command: Command) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let of_stages = lines.map_while(Result::ok).filter(|line| line.starts_with("published generation "));
    assert_eq!(of_stages.take(stages).count(), stages, "it ended before");
    processes::signal(child.id(), signal.0);
    assert_eq!(child.wait().unwrap().signal(), Some(signal.1));
}

#[test]
fn ended_between_stages_it_is_completed_by_the_next_roll() {
    let dir = workspace::scratch();
    let path = dir.path();
    let arguments = [&ARGUMENTS[..], &["--jobs", "1"]].concat();
    ended_after(1, ("TERM", 15), pipeline("build", path, TODAY, &arguments));
    drop(Store::lock(path).unwrap());
    let first = Manifest::read(path).unwrap();
    assert_eq!((first.blocks.len(), first.lists.len()), (3, 0));
    assert_eq!(first.scope, Some(scope().to_entry()));
    // It is a dataset, which has no more than it has.
    let dataset = Dataset::open(path).unwrap();
    let jd = |jd| TtDay(jd);
    dataset.true_state(Body::Sun, Center::Geo, jd(2_461_000.5)).unwrap();
    let earlier = dataset.true_state(Body::Sun, Center::Geo, jd(2_433_000.5));
    assert!(matches!(earlier, Err(Miss::OutsideSpan { .. })), "{earlier:?}");
    let other = dataset.true_state(Body::MeanNode, Center::Geo, jd(2_461_000.5));
    assert!(matches!(other, Err(Miss::NotTabulated)), "{other:?}");
    let ended = verified(path, &["--samples", "20"]);
    assert!(ended.code == Some(0) && ended.out.starts_with("3 blocks, 0 lists"), "{ended:?}");
    let inspected = orrery_pipeline::inspect::inspect(path).unwrap();
    assert!(inspected.contains("to have     1900 to 2100, sun mean_node"), "{inspected}");
    {
        let server = Server::start(path, &workspace::ephemeris_path());
        let source = |date: &str, body: &str| {
            let reply = server.ask(&format!("/v1/positions?date={date}&bodies={body}"));
            reply["positions"][0]["source"].as_str().unwrap().to_owned()
        };
        assert_eq!(source("2026-11-21", "sun"), "table");
        assert_eq!(source("1950-11-21", "sun"), "live");
        assert_eq!(source("2026-11-21", "mean_node"), "live");
        let events = server.ask("/v1/events?start=2026-12-01&stop=2027-01-01&types=ingress&bodies=sun");
        assert_eq!(events["events"].as_array().unwrap().len(), 1, "{events}");
    }
    // And once more, after the second stage.
    ended_after(1, ("KILL", 9), pipeline("roll", path, TODAY, &["--jobs", "1"]));
    let second = Manifest::read(path).unwrap();
    assert_eq!(second.blocks.len(), 5);
    let ended = run("roll", path, TODAY, &[]);
    assert!(ended.code == Some(0) && told(&ended).is_empty(), "{ended:?}");
    let undisturbed = undisturbed(path);
    assert_eq!(differences(path, undisturbed.path()), [std::path::PathBuf::from(PREVIOUS_MANIFEST_FILE)]);
    assert_eq!(Manifest::read_previous(path).unwrap(), Some(second));
    let again = run("roll", path, TODAY, &[]);
    assert!(again.out.starts_with("nothing to do: generation "), "{again:?}");
}

#[test]
fn nothing_that_is_published_and_wanted_goes_meanwhile() {
    // Lists, and blocks of other years, are more than any stage has.
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), tables::TODAY);
    let old = Manifest::read(dir.path()).unwrap();
    // Of what is wanted besides, only the mean node has to be computed.
    tables::copy_shared(dir.path(), |block| {
        block.start_jd == 2_415_020.0 && block.product != "geo/mean_node"
    });
    let wider = ["--from", "1900", "--to", "2100", "--bodies", "sun,moon,mean_node"];
    let (ended, seen) = watched(pipeline("build", dir.path(), TODAY, &wider), dir.path());
    assert!(ended.code == Some(0) && told(&ended).is_empty(), "{ended:?}");
    let [before, after] = &*seen else { panic!("{} generations", seen.len()) };
    assert_eq!(*before, old);
    assert_eq!(after.lists.len(), 2);
    assert_eq!(Manifest::read_previous(dir.path()).unwrap(), Some(old));

    // A stage that has all that is published, and more, is a step forward.
    let dir = workspace::scratch();
    tables::build_small(dir.path(), (2001, 2100), &[Body::MeanNode]);
    let old = fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
    let (ended, seen) = watched(pipeline("build", dir.path(), TODAY, &ARGUMENTS), dir.path());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let [stage] = *told(&ended) else { panic!("{ended:?}") };
    assert!(stage.ends_with(": all around today, 5 blocks of 10"), "{stage}");
    for manifest in seen {
        let has =
            |body: &str| manifest.blocks.iter().any(|block| block.product == body && block.start_jd > 2.45e6);
        assert!(has("geo/mean_node") && has("nutation"), "{manifest:?}");
    }
    // The generation before is the one that a server may hold to, not the one on the way.
    assert_eq!(fs::read(dir.path().join(PREVIOUS_MANIFEST_FILE)).unwrap(), old);
}
