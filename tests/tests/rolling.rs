//! Hazard: an almanac that stays behind the calendar, that changes what it says of a day when its window moves, or that ends
//! where the tables do not; a roll that removes what somebody still needs, or that a kill leaves half done.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use orrery_almanac::CivilDate;
use orrery_almanac::events::listed::events;
use orrery_almanac::events::{Event, EventType, Finder, What};
use orrery_almanac::motion::Tables;
use orrery_format::event::EventRecord;
use orrery_format::list::Entry;
use orrery_format::manifest::{BLOCKS_DIR, LISTS_DIR, ListEntry, MANIFEST_FILE, PREVIOUS_MANIFEST_FILE};
use orrery_format::{Body, Dataset, List, ListName, Manifest};
use orrery_pipeline::PipelineError;
use orrery_pipeline::build::build;
use orrery_pipeline::lists::window::around;
use orrery_pipeline::progress::Mode;
use orrery_pipeline::roll::{Options, Rolled, roll};
use orrery_pipeline::scope::{Scope, Wish};
use orrery_pipeline::store::Store;
use orrery_tests::programs::{self, Ended};
use orrery_tests::workspace::contents;
use orrery_tests::{tables, workspace};

/// The shared tables, which begin in 1799.
fn shared() -> &'static Dataset {
    static SHARED: OnceLock<Dataset> = OnceLock::new();
    SHARED.get_or_init(tables::shared)
}

/// First and last instant of tables of 2000 to 2100, Julian days of TT.
const TABLES: (f64, f64) = (2_451_545.0, 2_488_070.0);

const fn day(year: i32, month: u8, day: u8) -> CivilDate {
    CivilDate { year, month, day }
}

/// A dataset with an almanac of a day.
fn built(today: CivilDate) -> tempfile::TempDir {
    let dir = workspace::scratch();
    tables::build_with_almanac(dir.path(), today);
    dir
}

fn options(out: &Path, today: CivilDate) -> Options {
    Options {
        out: out.to_owned(),
        ephe: workspace::ephemeris_path(),
        wish: Wish::default(),
        jobs: None,
        progress: Mode::None,
        today,
    }
}

fn rolled(out: &Path, today: CivilDate) -> Rolled {
    let rolled = roll(&options(out, today)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((rolled.outcome.computed, rolled.outcome.reused), (0, 31), "{:?}", rolled.outcome);
    rolled
}

/// `orrery-pipeline roll` in a directory.
fn roll_command(out: &Path, today: &str) -> Command {
    let mut command = programs::command("orrery-pipeline");
    command.arg("roll").arg("--out").arg(out).arg("--ephe").arg(workspace::ephemeris_path());
    command.args(["--today", today]);
    command
}

fn run(out: &Path, today: &str) -> Ended {
    roll_command(out, today).output().unwrap().into()
}

fn names(dir: &Path, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(dir.join(folder)).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The almanac as a manifest names it.
fn listed(manifest: &Manifest) -> Option<&ListEntry> {
    manifest.lists.iter().find(|list| list.name == ListName::Almanac.name())
}

/// The span of the almanac, and its entries.
fn almanac(dir: &Path) -> ((f64, f64), Vec<EventRecord>) {
    let dataset = Dataset::open(dir).unwrap_or_else(|error| panic!("{error}"));
    let almanac: &List<EventRecord> = dataset.almanac().expect("there is no almanac");
    let about = almanac.about();
    ((about.start_jd_tt(), about.end_jd_tt()), almanac.entries().iter().map(EventRecord::native).collect())
}

/// Bits, so that NaN is NaN.
fn bits(record: &EventRecord) -> ([u64; 3], [u16; 4]) {
    let EventRecord { jd_tt, end_jd_tt, value, kind, body, partner, detail } = *record;
    ([jd_tt, end_jd_tt, value].map(f64::to_bits), [kind, body, partner, detail])
}

#[test]
fn the_almanac_is_made_around_the_day_and_has_every_kind() {
    let dir = built(tables::TODAY);
    let (span, entries) = almanac(dir.path());
    assert_eq!(span, around(tables::TODAY).unwrap());
    let count = |kind: EventType| entries.iter().filter(|it| it.kind == kind as u16).count();
    let days = span.1 - span.0;
    // What the sky's periods say, to within one: sidereal, synodic, anomalistic, draconic and tropical months.
    for (kind, expected) in [
        (EventType::Lunation, days / 29.530_589 * 4.0),
        (EventType::NakshatraIngress, days / 27.321_661 * 27.0),
        (EventType::VoidOfCourse, days / 27.321_582 * 12.0),
        (EventType::Apsis, days / 27.554_55 * 2.0),
        (EventType::NodeCrossing, days / 27.212_221 * 2.0),
        (EventType::GreatestDeclination, days / 27.321_582 * 2.0),
        (EventType::GreatestLatitude, days / 27.212_221 * 2.0),
    ] {
        let found = count(kind) as f64;
        assert!((found - expected).abs() <= 1.5, "{kind:?}: {found}, {expected:.1} expected");
    }
    // In these years of a major standstill the Moon is out of bounds in every month, in the north and in the south.
    assert!((56..=62).contains(&count(EventType::OutOfBounds)), "{}", count(EventType::OutOfBounds));
    assert!(count(EventType::Station) > 20);
    let moons =
        entries.iter().filter(|it| it.kind == EventType::Ingress as u16 && it.body == Body::Moon as u16);
    assert!((moons.count() as f64 - days / 27.321_582 * 12.0).abs() <= 1.5);
    // Every one says something, and the Sun enters each sign in its turn.
    let events: Vec<Event> = entries.iter().map(|it| Event::of_record(it).unwrap()).collect();
    let mut signs = events.iter().filter_map(|event| match event.what {
        What::Ingress { body, sign, retrograde, .. } if body.name() == "sun" => {
            Some((sign as u8, retrograde))
        }
        _ => None,
    });
    let (mut before, _) = signs.next().unwrap();
    for (sign, retrograde) in signs {
        assert_eq!((sign, retrograde), ((before + 1) % 12, false));
        before = sign;
    }
    println!("{} events in {days} days", entries.len());
}

#[test]
fn the_window_moves_with_months_and_years_and_says_the_same_of_the_same_day() {
    let dir = built(day(2026, 11, 21));
    let first = Manifest::read(dir.path()).unwrap();
    let (mut span, mut entries) = almanac(dir.path());
    // The last day of the month is of the same month.
    let same = rolled(dir.path(), day(2026, 11, 30));
    assert!(same.outcome.unchanged && same.outcome.lists_reused == 3, "{:?}", same.outcome);
    for today in [day(2026, 12, 1), day(2027, 1, 1), day(2027, 2, 28), day(2028, 2, 29), day(2031, 7, 15)] {
        let outcome = rolled(dir.path(), today).outcome;
        assert!(
            !outcome.unchanged && outcome.lists_derived == 1 && outcome.dropped.is_empty(),
            "{outcome:?}"
        );
        // Eclipses do not move with the window.
        assert_eq!(outcome.lists_reused, 2);
        let (next_span, next) = almanac(dir.path());
        assert_eq!(next_span, around(today).unwrap());
        let common = span.0.max(next_span.0)..span.1.min(next_span.1);
        let within = |entries: &[EventRecord]| -> Vec<_> {
            entries.iter().filter(|it| common.contains(&it.jd_tt)).map(bits).collect()
        };
        assert_eq!(within(&entries), within(&next), "{today}");
        (span, entries) = (next_span, next);
    }
    let last = Manifest::read(dir.path()).unwrap();
    assert_eq!(last.blocks, first.blocks);
    assert_eq!(last.source, first.source);
    // And back: the list is derived again, to the last bit.
    rolled(dir.path(), day(2026, 11, 1));
    assert_eq!(Manifest::read(dir.path()).unwrap(), first);
}

#[test]
fn a_second_roll_does_nothing() {
    let dir = built(day(2026, 11, 21));
    let ended = run(dir.path(), "2027-01-31");
    assert!(ended.code == Some(0) && ended.err.is_empty(), "{ended:?}");
    assert!(
        ended.out.starts_with("published generation ") && ended.out.contains("1 lists derived"),
        "{ended:?}"
    );
    let before = contents(dir.path());
    let times = |dir: &Path| -> Vec<_> {
        before.keys().map(|name| fs::metadata(dir.join(name)).unwrap().modified().unwrap()).collect()
    };
    let modified = times(dir.path());
    for _ in 0..2 {
        let again = run(dir.path(), "2027-01-01");
        assert!(again.code == Some(0) && again.err.is_empty(), "{again:?}");
        assert!(
            again.out.starts_with("nothing to do: generation ") && again.out.lines().count() == 1,
            "{again:?}"
        );
        assert_eq!(contents(dir.path()), before);
        assert_eq!(times(dir.path()), modified, "something was written again");
    }
    // A build of the day finds nothing to do either, and one of the next month moves the window.
    let scope = || Scope::of_years(2001, 2100, Some(tables::TEN_BODIES.to_vec()));
    let of = |today| orrery_pipeline::build::Options { today, ..tables::options(dir.path(), scope()) };
    assert!(build(&of(day(2027, 1, 7))).unwrap().unchanged);
    let moved = build(&of(day(2027, 2, 7))).unwrap();
    assert_eq!((moved.computed, moved.lists_derived, moved.unchanged), (0, 1, false), "{moved:?}");
    assert_eq!(almanac(dir.path()).0, around(day(2027, 2, 1)).unwrap());
}

#[test]
fn at_the_ends_of_the_tables_it_covers_what_they_reach() {
    let dir = built(day(2099, 6, 15));
    let (span, entries) = almanac(dir.path());
    // But for three days, since of the Moon's last stay in a sign the end is not known.
    let covered = (TABLES.0 + 3.0, TABLES.1 - 3.0);
    assert_eq!(span, (around(day(2099, 6, 1)).unwrap().0, covered.1));
    let last = entries.last().unwrap().jd_tt;
    assert!(last < covered.1 && last > covered.1 - 1.5, "{last}");
    let whole = entries;
    rolled(dir.path(), day(2101, 1, 31));
    let (span, entries) = almanac(dir.path());
    assert_eq!(span, (2_488_038.5, covered.1), "from 2099-12-01 on");
    let days = |entries: &[EventRecord]| -> Vec<_> {
        entries.iter().filter(|it| it.jd_tt >= span.0).map(bits).collect()
    };
    assert!(entries.len() > 50 && days(&entries) == days(&whole));
    // A month later none is left: that is a dataset without the list.
    let gone = rolled(dir.path(), day(2101, 2, 1)).outcome;
    assert_eq!((gone.lists_derived, gone.lists_reused, gone.unchanged), (0, 2, false));
    assert_eq!(listed(&Manifest::read(dir.path()).unwrap()), None);
    assert!(Dataset::open(dir.path()).unwrap().almanac().is_none());
    assert!(rolled(dir.path(), day(2150, 1, 1)).outcome.unchanged);
    // At the other end.
    assert!(rolled(dir.path(), day(1998, 11, 30)).outcome.unchanged);
    rolled(dir.path(), day(1999, 5, 1));
    let (span, entries) = almanac(dir.path());
    assert_eq!(span, (covered.0, around(day(1999, 5, 1)).unwrap().1));
    assert!(entries[0].jd_tt < covered.0 + 1.5);
    // What is told of the first days is what tables that reach further back tell.
    let tables = Tables::new(shared());
    let finder = Finder::new(&tables, (TABLES.0 - 400.0, TABLES.0 + 400.0), (span.0, span.0 + 30.0), None);
    let wider: Vec<_> = events(&finder).map(|event| bits(&event.unwrap().to_record().unwrap())).collect();
    let own: Vec<_> = entries.iter().filter(|it| it.jd_tt < span.0 + 30.0).map(bits).collect();
    assert!(own.len() > 50 && own == wider);
}

#[test]
fn an_almanac_needs_all_its_bodies() {
    let dir = workspace::scratch();
    let outcome = tables::build_small(dir.path(), (2001, 2100), &[Body::MeanNode]);
    assert_eq!((outcome.lists_derived, outcome.lists_reused), (0, 0));
    assert!(Manifest::read(dir.path()).unwrap().lists.is_empty());
    // It can be rolled all the same.
    let rolled = roll(&options(dir.path(), day(2030, 1, 1))).unwrap();
    assert!(rolled.outcome.unchanged && rolled.outcome.reused == 3, "{rolled:?}");
}

#[test]
fn pruning_keeps_what_this_generation_and_the_one_before_name() {
    let dir = built(day(2026, 1, 1));
    let path = dir.path();
    // A wider build before, of which nothing is published any more.
    tables::build_small(path, (2001, 2100), &[Body::MeanNode]);
    tables::build_with_almanac(path, day(2026, 1, 1));
    let january = listed(&Manifest::read(path).unwrap()).unwrap().file.clone();
    let mean_node =
        |path: &Path| names(path, BLOCKS_DIR).iter().any(|name| name.starts_with("geo-mean_node"));
    assert!(mean_node(path), "a build removes nothing");
    // The mean node is of the generation before the published one.
    let unchanged = rolled(path, day(2026, 1, 2));
    assert!(unchanged.outcome.unchanged && mean_node(path));
    // What is no block or list is nobody's to remove.
    for name in ["blocks/notes.txt", "lists/notes.txt", "lists/almanac", "notes.orrery"] {
        fs::write(path.join(name), "mine").unwrap();
    }
    let february = rolled(path, day(2026, 2, 1));
    assert!(!mean_node(path), "the mean node is of neither generation");
    assert_eq!(february.pruned.unwrap().files, 1);
    let published = Manifest::read(path).unwrap();
    let before = Manifest::read_previous(path).unwrap().unwrap();
    assert_eq!(listed(&before).unwrap().file, january);
    assert!(path.join(LISTS_DIR).join(&january).is_file(), "a server may still hold to it");
    Dataset::of(path, before, orrery_format::Check::EveryByte).unwrap();
    // One more, and January's goes.
    let march = rolled(path, day(2026, 3, 1)).pruned.unwrap();
    assert!(march.files == 1 && march.bytes > 10_000, "{march:?}");
    assert!(!path.join(LISTS_DIR).join(&january).exists());
    for list in &published.lists {
        assert!(path.join(LISTS_DIR).join(&list.file).is_file(), "{}", list.name);
    }
    assert_eq!(Manifest::read_previous(path).unwrap(), Some(published));
    for name in ["blocks/notes.txt", "lists/notes.txt", "lists/almanac", "notes.orrery"] {
        assert_eq!(fs::read(path.join(name)).unwrap(), b"mine", "{name}");
    }
    // If it is not known what the generation before had, nothing goes, and it is said.
    fs::write(path.join(PREVIOUS_MANIFEST_FILE), b"garbage").unwrap();
    tables::build_small(path, (2001, 2100), &[Body::MeanNode]);
    tables::build_with_almanac(path, day(2026, 4, 1));
    fs::write(path.join(PREVIOUS_MANIFEST_FILE), b"garbage").unwrap();
    let kept = contents(path);
    let ended = run(path, "2026-04-01");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("not removed") && ended.err.contains(PREVIOUS_MANIFEST_FILE), "{ended:?}");
    assert_eq!(contents(path), kept);
    // The next publication puts that right.
    let ended = run(path, "2026-05-01");
    assert!(ended.code == Some(0) && ended.out.contains("removed ") && ended.err.is_empty(), "{ended:?}");
    assert!(!mean_node(path));
}

#[test]
fn what_is_left_over_goes_before_anything_is_written() {
    let dir = built(day(2026, 1, 1));
    let path = dir.path();
    let blocks = path.join(BLOCKS_DIR);
    let published = Manifest::read(path).unwrap();
    // Of tables that are wanted no more; of nobody; and a block that the next generation has, as a killed build leaves it.
    let others = Manifest::read(tables::shared_dir()).unwrap().blocks;
    let other =
        others.iter().find(|other| published.blocks.iter().all(|own| own.file != other.file)).unwrap();
    fs::copy(Manifest::block_path(tables::shared_dir(), other), blocks.join(&other.file)).unwrap();
    fs::write(blocks.join("of-nobody-0123456789abcdef.orrery"), b"damaged").unwrap();
    let wanted = blocks.join("a-copy-0123456789abcdef.orrery");
    fs::copy(Manifest::block_path(path, &published.blocks[0]), &wanted).unwrap();
    // Nothing can be published, as where the disk is full.
    let in_the_way = path.join(format!(".tmp-{PREVIOUS_MANIFEST_FILE}"));
    fs::create_dir(&in_the_way).unwrap();
    let error = roll(&options(path, day(2026, 2, 1))).unwrap_err();
    assert!(error.to_string().contains(PREVIOUS_MANIFEST_FILE), "{error}");
    let own = published.blocks.iter().map(|block| block.file.clone());
    let mut expected: Vec<String> =
        own.chain([wanted.file_name().unwrap().to_str().unwrap().into()]).collect();
    expected.sort();
    assert_eq!(names(path, BLOCKS_DIR), expected);
    assert_eq!(Manifest::read(path).unwrap(), published);
    Dataset::open(path).unwrap_or_else(|error| panic!("{error}"));
    fs::remove_dir(&in_the_way).unwrap();
    let february = rolled(path, day(2026, 2, 1));
    assert_eq!((february.pruned.unwrap().files, wanted.exists()), (1, false));
}

#[test]
fn killed_at_any_moment_it_can_be_run_again() {
    let dir = built(day(2026, 11, 21));
    let undisturbed = built(day(2026, 11, 21));
    let begun = Instant::now();
    assert_eq!(run(undisturbed.path(), "2027-06-01").code, Some(0));
    let whole = begun.elapsed();
    let old = fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
    let new = fs::read(undisturbed.path().join(MANIFEST_FILE)).unwrap();
    let mut killed = 0;
    for nth in 0_u32..20 {
        let mut child = roll_command(dir.path(), "2027-06-01")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * nth / 20);
        child.kill().unwrap();
        let is_done = child.wait().unwrap().success();
        Dataset::open(dir.path()).unwrap_or_else(|error| panic!("after a kill: {error}"));
        let now = fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
        assert!(now == old || now == new, "something else is published");
        if is_done {
            break;
        }
        killed += 1;
    }
    println!("killed {killed} times within {:.0} ms", whole.as_secs_f64() * 1e3);
    assert!(killed >= 3 && whole > Duration::from_millis(1));
    assert_eq!(run(dir.path(), "2027-06-01").code, Some(0));
    assert_eq!(contents(dir.path()), contents(undisturbed.path()));
}

#[test]
fn a_damaged_or_missing_list_is_derived_again() {
    let dir = built(tables::TODAY);
    let manifest = Manifest::read(dir.path()).unwrap();
    assert_eq!(manifest.lists.len(), ListName::ALL.len());
    for list in &manifest.lists {
        let path = Manifest::list_path(dir.path(), list);
        let good = fs::read(&path).unwrap();
        let mut bytes = good.clone();
        bytes[good.len() / 2] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert!(Dataset::open(dir.path()).is_err());
        let mended = run(dir.path(), "2026-11-21");
        assert!(mended.code == Some(0) && mended.out.starts_with("mended generation "), "{mended:?}");
        assert_eq!(fs::read(&path).unwrap(), good);
        fs::remove_file(&path).unwrap();
        let again = tables::build_with_almanac(dir.path(), tables::TODAY);
        assert_eq!((again.lists_derived, again.unchanged), (1, true));
        assert_eq!(fs::read(&path).unwrap(), good);
        Dataset::open(dir.path()).unwrap();
    }
}

#[test]
fn what_cannot_be_rolled_is_refused() {
    let dir = workspace::scratch();
    // Another pipeline at work.
    tables::build_small(dir.path(), (2001, 2100), &[Body::MeanNode]);
    let store = Store::lock(dir.path()).unwrap();
    let ended = run(dir.path(), "2026-11-21");
    assert!(ended.code == Some(1) && ended.err.contains("another orrery-pipeline"), "{ended:?}");
    drop(store);
    // No day.
    for today in ["2026-02-29", "tomorrow", "", "2026-11"] {
        let ended = run(dir.path(), today);
        assert!(ended.code == Some(2) && ended.err.contains("--today"), "{today:?}: {ended:?}");
    }
    let ended = run(dir.path(), "19999-12-01");
    assert_eq!(ended.code, Some(2), "{ended:?}");
    // A generation that no build made.
    let manifest = Manifest::read(dir.path()).unwrap();
    let fewer = Manifest::new(manifest.source.clone(), manifest.blocks[1..].to_vec(), Vec::new());
    fs::write(dir.path().join(MANIFEST_FILE), fewer.to_bytes()).unwrap();
    let error = roll(&options(dir.path(), tables::TODAY)).unwrap_err();
    assert!(matches!(error, PipelineError::Format(_)), "{error}");
    assert!(
        error.to_string().contains(MANIFEST_FILE) && error.to_string().contains("orrery-pipeline build"),
        "{error}"
    );
    let none = Manifest::new(manifest.source, Vec::new(), Vec::new());
    fs::write(dir.path().join(MANIFEST_FILE), none.to_bytes()).unwrap();
    assert!(roll(&options(dir.path(), tables::TODAY)).is_err());
}

#[test]
fn it_rolls_by_the_clock_if_no_day_is_named() {
    let dir = built(day(2020, 1, 1));
    let ended: Ended = programs::command("orrery-pipeline")
        .arg("roll")
        .arg("--out")
        .arg(dir.path())
        .arg("--ephe")
        .arg(workspace::ephemeris_path())
        .output()
        .unwrap()
        .into();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let span = almanac(dir.path()).0;
    let now = 2_440_587.5
        + std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
            / 86_400.0;
    // Thirteen to fourteen months behind, thirteen to fourteen ahead.
    assert!((394.0..428.0).contains(&(now - span.0)) && (394.0..428.0).contains(&(span.1 - now)), "{span:?}");
}

#[test]
fn inspect_tells_of_lists() {
    let dir = built(tables::TODAY);
    let manifest = Manifest::read(dir.path()).unwrap();
    let told = programs::pipeline(["inspect".as_ref(), dir.path().as_os_str()]);
    for list in &manifest.lists {
        let entries = list.entries.to_string();
        assert!(
            told.code == Some(0) && told.out.contains(&list.name) && told.out.contains(&entries),
            "{told:?}"
        );
    }
    let almanac = listed(&manifest).unwrap();
    let entries = almanac.entries.to_string();
    let path = Manifest::list_path(dir.path(), almanac);
    let told = programs::pipeline(["inspect".as_ref(), path.as_os_str()]);
    assert_eq!(told.code, Some(0), "{told:?}");
    for text in ["2025-10-01 to 2028-01-01", "lunation", "void_of_course", "lahiri", "geo/pluto", &entries] {
        assert!(told.out.contains(text), "no {text:?} in {}", told.out);
    }
}
