//! Times that move with the day, and what a roll makes of what it finds.

use std::fs;
use std::path::Path;

use orrery_almanac::CivilDate;
use orrery_format::manifest::{BLOCKS_DIR, MANIFEST_FILE};
use orrery_format::{Body, Dataset, Manifest, Product};
use orrery_pipeline::build::build;
use orrery_pipeline::progress::Mode;
use orrery_pipeline::roll::{Options, Rolled, roll};
use orrery_pipeline::scope::{Scope, Span, Window, Wish, WishedSpan};
use orrery_tests::{tables, workspace};

use super::{TODAY, run, verified};

const WINDOW: Window = Window { before_years: 10, after_years: 10 };

const fn day(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

fn wish(span: Option<WishedSpan>, bodies: Option<&[Body]>) -> Wish {
    Wish { span, bodies: bodies.map(<[Body]>::to_vec) }
}

fn rolled(out: &Path, today: CivilDate, wish: Wish) -> Rolled {
    let (out, ephe) = (out.to_owned(), workspace::ephemeris_path());
    roll(&Options { out, ephe, wish, jobs: None, progress: Mode::None, today })
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The centuries from J2000.0 that the mean node has in a dataset, and that files are there of.
fn centuries(dir: &Path) -> (Vec<i64>, Vec<i64>) {
    let dataset = Dataset::open(dir).unwrap_or_else(|error| panic!("{error}"));
    let blocks = dataset
        .blocks()
        .iter()
        .filter(|block| block.product() == Product::from_name("geo/mean_node").unwrap());
    let published = blocks.map(|block| ((block.start_jd() - 2_451_545.0) / 36_525.0) as i64).collect();
    let names = fs::read_dir(dir.join(BLOCKS_DIR)).unwrap().map(|entry| entry.unwrap().file_name());
    let number = |name: &str| name.strip_prefix("geo-mean_node")?[..2].parse().ok();
    let mut files: Vec<i64> = names.filter_map(|name| number(name.to_str()?)).collect();
    files.sort_unstable();
    (published, files)
}

#[test]
fn a_window_rolls_from_century_to_century() {
    let dir = workspace::scratch();
    let path = dir.path();
    let windowed = || wish(Some(WishedSpan::Window(WINDOW)), Some(&[Body::MeanNode]));
    let first = rolled(path, day(2026, 11, 21), windowed());
    assert_eq!((first.outcome.computed, centuries(path)), (3, (vec![0], vec![0])));
    // From then on it moves by itself. On 2099-12-31 it is going to reach into the next century, and a year before it has it.
    let still = rolled(path, day(2088, 12, 30), Wish::default());
    assert!(still.outcome.unchanged && still.outcome.reused == 3, "{still:?}");
    let ahead = rolled(path, day(2088, 12, 31), Wish::default());
    assert_eq!((ahead.outcome.computed, ahead.outcome.reused), (3, 3));
    assert_eq!(centuries(path), (vec![0, 1], vec![0, 1]));
    assert!(rolled(path, day(2099, 12, 31), Wish::default()).outcome.unchanged);
    // The last day whose window begins in the old century, and the first one whose does not.
    assert!(rolled(path, day(2110, 1, 1), Wish::default()).outcome.unchanged);
    let left = rolled(path, day(2110, 1, 2), Wish::default());
    assert_eq!((left.outcome.computed, left.outcome.dropped), (0, Vec::<String>::new()));
    assert_eq!(left.pruned.unwrap().files, 0, "a server may still hold to the generation before");
    assert_eq!(centuries(path), (vec![1], vec![0, 1]));
    // The generation after that lets the files go.
    let next = rolled(path, day(2189, 1, 1), Wish::default());
    assert_eq!((next.outcome.computed, next.pruned.unwrap().files), (3, 3));
    assert_eq!(centuries(path), (vec![1, 2], vec![1, 2]));
    // Whatever it has been through, it is what a build of that day is.
    let fresh = workspace::scratch();
    let scope = Scope { span: Span::Window(WINDOW), bodies: Some(vec![Body::MeanNode]) };
    let options = tables::options(fresh.path(), scope);
    build(&orrery_pipeline::build::Options { today: day(2189, 1, 1), ..options }).unwrap();
    assert_eq!(Manifest::read(path).unwrap(), Manifest::read(fresh.path()).unwrap());
    let ended = verified(path, &["--samples", "20"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn roll_keeps_what_is_to_be_had_and_changes_what_it_is_told() {
    let dir = workspace::scratch();
    let path = dir.path();
    tables::build_small(path, (2001, 2100), &[Body::MeanNode]);
    let scope = || Scope::of_entry(Manifest::read(path).unwrap().scope.as_ref().unwrap()).unwrap();
    // More bodies, and then other years of the same.
    let more = ended(path, &["--bodies", "mean_node,mean_apogee"]);
    assert!(more.contains("1 blocks computed, 3 reused"), "{more}");
    let both = Some(vec![Body::MeanNode, Body::MeanApogee]);
    assert_eq!(scope(), Scope::of_years(2001, 2100, both.clone()));
    let wider = ended(path, &["--from", "1901"]);
    assert!(wider.contains("4 blocks computed, 4 reused"), "{wider}");
    assert_eq!(scope(), Scope::of_years(1901, 2100, both.clone()));
    assert!(ended(path, &[]).starts_with("nothing to do"));
    // A window of the same blocks is another scope, which moves.
    let window = ended(path, &["--window=-120y..+50y"]);
    assert!(window.contains("0 blocks computed, 8 reused"), "{window}");
    assert_eq!(scope().to_string(), "-120y..+50y around today, mean_node mean_apogee");
    assert!(ended(path, &[]).starts_with("nothing to do"));
    // Fewer bodies are told of.
    let fewer = run("roll", path, TODAY, &["--bodies=mean_node"]);
    assert!(
        fewer.code == Some(0)
            && fewer.err.contains("no longer published")
            && fewer.err.contains("geo/mean_apogee")
    );
    assert_eq!(Dataset::open(path).unwrap().blocks().len(), 6);
    // What is refused changes nothing.
    let before = workspace::contents(path);
    for (arguments, text) in [
        (&["--from", "2100", "--to", "2000"][..], "--from 2100 must be before --to 2000"),
        (&["--window=-120y..+80y", "--to", "2100"], "leave out"),
        (&["--window=120..80"], "-120y..+80y"),
        (&["--bodies", "plutto"], "did you mean pluto?"),
        (&["--from", "99999999"], "99999999"),
    ] {
        let refused = run("roll", path, TODAY, arguments);
        assert!(refused.code == Some(2) && refused.err.contains(text), "{arguments:?}: {refused:?}");
    }
    let beyond = run("roll", path, TODAY, &["--window=-120y..+9999y"]);
    assert!(beyond.code == Some(1) && beyond.err.contains("scripts/fetch-data"), "{beyond:?}");
    assert_eq!(workspace::contents(path), before);
}

/// What a roll says that goes well.
fn ended(path: &Path, arguments: &[&str]) -> String {
    let ended = run("roll", path, TODAY, arguments);
    assert!(ended.code == Some(0) && !ended.err.contains("note"), "{arguments:?}: {ended:?}");
    ended.out
}

#[test]
fn where_nothing_is_a_roll_builds() {
    let dir = workspace::scratch();
    let out = dir.path().join("tables");
    let told = ended(&out, &["--from", "2001", "--to", "2100", "--bodies", "mean_node"]);
    assert!(told.starts_with("published generation ") && told.contains("3 blocks computed"), "{told}");
    let built = workspace::scratch();
    tables::build_small(built.path(), (2001, 2100), &[Body::MeanNode]);
    assert_eq!(workspace::differences(&out, built.path()), Vec::<std::path::PathBuf>::new());
    // Without anything said it is everything.
    let all = dir.path().join("all");
    tables::copy_shared(&all, |_| true);
    let told = ended(&all, &[]);
    assert!(told.contains(": 0 blocks computed"), "{told}");
    assert_eq!(Manifest::read(&all).unwrap(), Manifest::read(tables::shared_dir()).unwrap());
}

#[test]
fn manifests_of_other_versions_are_rolled_on() {
    let dir = workspace::scratch();
    let path = dir.path();
    tables::build_small(path, (2001, 2100), &[Body::MeanNode]);
    let manifest = Manifest::read(path).unwrap();
    // One that does not say what it was to be: the years and bodies that it has.
    let Manifest { source, blocks, .. } = manifest.clone();
    let untold = Manifest::new(source, blocks, Vec::new());
    fs::write(path.join(MANIFEST_FILE), untold.to_bytes()).unwrap();
    assert!(ended(path, &[]).contains(": 0 blocks computed, 3 reused"));
    let rolled = Manifest::read(path).unwrap();
    assert_eq!(rolled.blocks, manifest.blocks);
    let scope = Scope::of_entry(rolled.scope.as_ref().unwrap()).unwrap();
    assert_eq!(scope.bodies, Some(vec![Body::MeanNode]));
    assert_eq!(ended(path, &["--from", "2001", "--to", "2100"]).lines().count(), 1);
    assert_eq!(Manifest::read(path).unwrap(), manifest);
    // One of another layout, which has to be built again: what it was to be is known all the same.
    let text = String::from_utf8(manifest.to_bytes()).unwrap();
    let (own, other) = ("\"layout_version\": 2", "\"layout_version\": 3");
    assert!(text.contains(own));
    fs::write(path.join(MANIFEST_FILE), text.replace(own, other)).unwrap();
    assert!(Dataset::open(path).is_err());
    ended_with_note(path);
    assert_eq!(Manifest::read(path).unwrap(), manifest);
    // One that names what this program does not know, and one that is damaged: nobody knows what is wanted.
    let unknown = manifest.clone().with_scope(orrery_format::manifest::ScopeEntry {
        bodies: Some(vec!["vulcan".into()]),
        ..manifest.scope.unwrap()
    });
    for (bytes, text) in [(unknown.to_bytes(), "vulcan"), (b"{".to_vec(), "not a manifest")] {
        fs::write(path.join(MANIFEST_FILE), &bytes).unwrap();
        let refused = run("roll", path, TODAY, &[]);
        assert!(refused.code == Some(1) && refused.err.contains(text), "{refused:?}");
        assert!(
            refused.err.contains(MANIFEST_FILE) && refused.err.contains("orrery-pipeline build"),
            "{refused:?}"
        );
        assert_eq!(fs::read(path.join(MANIFEST_FILE)).unwrap(), bytes);
    }
}

/// Rolls where the generation before is of another layout version, so that it is not known what that one names.
fn ended_with_note(path: &Path) {
    let ended = run("roll", path, TODAY, &[]);
    assert!(ended.code == Some(0) && ended.err.contains("not removed"), "{ended:?}");
    assert!(ended.out.starts_with("published generation "), "{ended:?}");
}
