//! Publishers: two at once, one that is killed, and what each leaves of those before it.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use orrery_format::Manifest;
use orrery_format::manifest::MANIFEST_FILE;
use orrery_tests::locations::{Location, report};
use orrery_tests::programs::Ended;
use orrery_tests::wire::{Fate, Wire};
use orrery_tests::workspace;

use crate::datasets::{FILES, almanac, assert_has, files, generation, manifest, moon, of_month};

const JSON: [&str; 2] = ["--report", "json"];

fn start(wire: &Wire, location: &Location, dir: &Path) -> Child {
    let mut command = location.command("publish");
    command.arg(dir).args(["--to", &location.url(), "--report", "json"]);
    command.env("AWS_ENDPOINT_URL", format!("http://{}", wire.address));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: Child) -> Ended {
    child.wait_with_output().unwrap().into()
}

/// States that the first of two has been told that it is the second, by what is published now.
fn assert_overtaken(ended: &Ended, location: &Location, theirs: &Path, ours: &Path) {
    assert!(ended.code == Some(1) && ended.out.is_empty(), "{ended:?}");
    for told in [location.url(), generation(theirs), generation(ours), "not overwritten".to_owned()] {
        assert!(ended.err.contains(&told), "no {told} in {ended:?}");
    }
    assert_eq!(location.text(MANIFEST_FILE), fs::read_to_string(theirs.join(MANIFEST_FILE)).unwrap());
}

#[test]
fn of_two_at_once_one_is_told_and_nothing_is_lost() {
    let [first, second, third] = [0, 1, 2].map(of_month);
    // Where nothing was published before, and where something was.
    for before in [None, Some(third)] {
        let location = Location::bucket();
        if let Some(before) = before {
            report(&location.publish(before, &JSON));
        }
        let wire = Wire::to(location.address(), |request| {
            if request.is("PUT", MANIFEST_FILE) { Fate::HoldBefore } else { Fate::Pass }
        });
        let slow = start(&wire, &location, first);
        wire.wait_until_held(1);
        report(&location.publish(second, &JSON));
        wire.release();
        assert_overtaken(&ended(slow), &location, second, first);
        let out = workspace::scratch();
        report(&location.pull(out.path(), &JSON));
        assert_has(out.path(), second);
        // What it has uploaded is there, and its next try is not held up by anything.
        let again = report(&location.publish(first, &JSON));
        assert_eq!((&again["uploaded"], &again["unchanged"]), (&0.into(), &false.into()));
        report(&location.pull(out.path(), &JSON));
        assert_has(out.path(), first);
    }
}

#[test]
fn two_of_the_same_generation_are_one() {
    let dir = of_month(0);
    let location = Location::bucket();
    let wire = Wire::to(location.address(), |request| {
        if request.is("PUT", MANIFEST_FILE) { Fate::HoldBefore } else { Fate::Pass }
    });
    let slow = start(&wire, &location, dir);
    wire.wait_until_held(1);
    report(&location.publish(dir, &JSON));
    wire.release();
    report(&ended(slow));
}

#[test]
fn in_a_directory_too_one_of_two_is_told() {
    let [first, second, third] = [0, 1, 2].map(of_month);
    for before in [None, Some(third)] {
        let location = Location::directory();
        let Location::Directory(room) = &location else { unreachable!() };
        let folder = room.path().join("sky/tables");
        fs::create_dir_all(&folder).unwrap();
        if let Some(before) = before {
            report(&location.publish(before, &JSON));
        }
        let lock: File =
            OpenOptions::new().create(true).append(true).open(folder.join(".publishing")).unwrap();
        lock.lock().unwrap();
        let mut command = location.command("publish");
        command.arg(first).args(["--to", &location.url()]);
        let slow = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The generation is written before the manifest is compared and replaced, for which it has to wait.
        let begun = Instant::now();
        while !location.has(&format!("generations/{}.json", generation(first))) {
            assert!(begun.elapsed() < Duration::from_mins(1), "nothing was uploaded");
            std::thread::sleep(Duration::from_millis(5));
        }
        location.put(MANIFEST_FILE, &fs::read(second.join(MANIFEST_FILE)).unwrap());
        lock.unlock().unwrap();
        assert_overtaken(&ended(slow), &location, second, first);
    }
}

#[test]
fn a_store_without_conditions_is_compared_and_written() {
    let location = Location::bucket();
    for dir in [0, 1, 1].map(of_month) {
        let mut command = location.command("publish");
        command.arg(dir).args(["--to", &location.url(), "--report", "json"]);
        report(&command.env("AWS_CONDITIONAL_PUT", "disabled").output().unwrap().into());
        assert_eq!(location.text(MANIFEST_FILE), fs::read_to_string(dir.join(MANIFEST_FILE)).unwrap());
    }
}

#[test]
fn one_that_is_killed_has_published_nothing_and_goes_on() {
    let [before, dir] = [0, 1].map(of_month);
    for published in [false, true] {
        let location = Location::bucket();
        if published {
            report(&location.publish(before, &JSON));
        }
        let held = if published { almanac(dir) } else { moon(dir) };
        let held = held.rsplit('/').next().unwrap().replace('+', "%2B");
        let wire = Wire::to(location.address(), move |request| {
            if request.is("PUT", &held) { Fate::HoldBefore } else { Fate::Pass }
        });
        let mut killed = start(&wire, &location, dir);
        wire.wait_until_held(1);
        killed.kill().unwrap();
        killed.wait().unwrap();
        assert_eq!(location.has(MANIFEST_FILE), published);
        if published {
            assert_eq!(location.text(MANIFEST_FILE), fs::read_to_string(before.join(MANIFEST_FILE)).unwrap());
        }
        let there = files(dir).keys().filter(|key| location.has(key)).count();
        let again = report(&location.publish(dir, &JSON));
        assert_eq!(again["uploaded"], FILES - there);
        assert!(there > 0 && there < FILES, "{there}");
        let out = workspace::scratch();
        report(&location.pull(out.path(), &JSON));
        assert_has(out.path(), dir);
    }
}

#[test]
fn what_no_kept_generation_names_goes_and_nothing_else() {
    let dirs = [0, 1, 2].map(of_month);
    let generations = dirs.map(|dir| format!("generations/{}.json", generation(dir)));
    for location in Location::each() {
        for dir in dirs {
            // Unless it is asked for, nothing goes; nor does what has just come.
            report(&location.publish(dir, &JSON));
            // S3 tells time in seconds, and the order of generations is that of time.
            if matches!(location, Location::Bucket { .. }) {
                std::thread::sleep(Duration::from_millis(1100));
            }
        }
        report(&location.publish(dirs[2], &["--keep", "1", "--report", "json"]));
        let strange = ["blocks/notes.txt", "lists/almanac", "generations/notes", "notes.orrery"];
        for key in strange {
            location.put(key, b"mine");
        }
        location.put("blocks/of-nobody-0123456789abcdef.orrery", b"damaged");
        for key in generations.iter().map(String::as_str).chain(strange) {
            assert!(location.has(key), "{key} is gone");
        }
        let keep = |count: &str| location.publish(dirs[2], &["--keep", count, "--keep-hours", "0"]);
        let kept = keep("2");
        assert!(kept.out.contains("\nremoved 1 generations, 2 files, 0.1 MB"), "{kept:?}");
        let has = |nth: usize| (location.has(&generations[nth]), location.has(&almanac(dirs[nth])));
        assert_eq!([0, 1, 2].map(has), [(false, false), (true, true), (true, true)]);
        assert!(!location.has("blocks/of-nobody-0123456789abcdef.orrery"));
        assert!(keep("2").out.starts_with("nothing to do: ") && keep("9").out.lines().count() == 1);
        // The published one stays even if it is the oldest by the clock.
        location.put(&generations[1], location.text(&generations[1]).as_bytes());
        let kept = keep("1");
        assert!(kept.out.contains("\nremoved 1 generations, 1 files"), "{kept:?}");
        assert_eq!([0, 1, 2].map(has), [(false, false), (false, false), (true, true)]);
        for key in strange {
            assert_eq!(location.text(key), "mine");
        }
        let out = workspace::scratch();
        report(&location.pull(out.path(), &JSON));
        assert_has(out.path(), dirs[2]);
    }
}

#[test]
fn what_another_cleans_away_while_it_is_published_is_uploaded_again() {
    let (first, second) = (of_month(0), of_month(1));
    let location = Location::bucket();
    for dir in [first, second] {
        report(&location.publish(dir, &JSON));
    }
    let wire = Wire::to(location.address(), |request| {
        if request.is("PUT", "generations/") { Fate::HoldBefore } else { Fate::Pass }
    });
    let slow = start(&wire, &location, first);
    // It has found all its files there.
    wire.wait_until_held(1);
    let cleaned =
        report(&location.publish(second, &[&JSON[..], &["--keep", "1", "--keep-hours", "0"]].concat()));
    assert_eq!((&cleaned["removed_files"], location.has(&almanac(first))), (&1.into(), false));
    wire.release();
    let published = report(&ended(slow));
    assert_eq!((&published["uploaded"], &published["present"]), (&1.into(), &(FILES - 1).into()));
    let out = workspace::scratch();
    report(&location.pull(out.path(), &JSON));
    assert_has(out.path(), first);
}

#[test]
fn what_another_publishes_while_it_is_cleaned_stays() {
    let [first, second, third] = [0, 1, 2].map(of_month);
    // Another one that is done, and one that has yet to replace the published manifest.
    for is_done in [true, false] {
        let location = Location::bucket();
        for dir in [first, second, third] {
            report(&location.publish(dir, &JSON));
            // S3 tells time in seconds, and the order of generations is that of time.
            std::thread::sleep(Duration::from_millis(1100));
        }
        let listings = AtomicUsize::new(0);
        let wire = Wire::to(location.address(), move |request| {
            let is_of_blocks = request.is("GET", "list-type") && request.target.contains("blocks");
            // The first is that of the publisher that cleans then.
            let is_held = is_of_blocks && listings.fetch_add(1, Ordering::SeqCst) == 1;
            if is_held { Fate::HoldBefore } else { Fate::Pass }
        });
        let mut cleaning = location.command("publish");
        cleaning.arg(third).args(["--to", &location.url(), "--keep", "2", "--keep-hours", "0"]).args(JSON);
        cleaning.env("AWS_ENDPOINT_URL", format!("http://{}", wire.address));
        let cleaning = cleaning.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It has read what manifests name, and the first generation is gone.
        wire.wait_until_held(1);
        assert!(!location.has(&format!("generations/{}.json", generation(first))));
        let other = Wire::to(location.address(), move |request| {
            if !is_done && request.is("PUT", MANIFEST_FILE) { Fate::HoldBefore } else { Fate::Pass }
        });
        let mut publishing = Some(start(&other, &location, first));
        if is_done {
            report(&ended(publishing.take().unwrap()));
        } else {
            other.wait_until_held(1);
        }
        wire.release();
        let cleaned = report(&ended(cleaning));
        assert_eq!((&cleaned["removed_generations"], &cleaned["removed_files"]), (&1.into(), &0.into()));
        if let Some(publishing) = publishing {
            other.release();
            report(&ended(publishing));
        }
        let out = workspace::scratch();
        report(&location.pull(out.path(), &JSON));
        assert_has(out.path(), first);
    }
}

#[test]
fn where_it_is_not_known_what_a_kept_generation_names_nothing_goes() {
    let dirs = [0, 1].map(of_month);
    let location = Location::directory();
    for dir in dirs {
        report(&location.publish(dir, &JSON));
    }
    let key = format!("generations/{}.json", generation(dirs[0]));
    location.put(&key, b"garbage");
    location.put("blocks/of-nobody-0123456789abcdef.orrery", b"damaged");
    let ended = location.publish(dirs[1], &["--keep", "2", "--keep-hours", "0"]);
    assert!(ended.code == Some(0) && ended.err.contains("not all removed"), "{ended:?}");
    assert!(ended.err.contains(&location.object(&key)), "{ended:?}");
    assert!(location.has(&almanac(dirs[0])) && location.has("blocks/of-nobody-0123456789abcdef.orrery"));
    // Of one that goes it need not be known.
    let ended = location.publish(dirs[1], &["--keep", "1", "--keep-hours", "0"]);
    assert!(ended.out.contains("\nremoved 1 generations, 2 files"), "{ended:?}");
}

#[test]
fn what_is_young_stays() {
    let dirs = [0, 1].map(of_month);
    let location = Location::directory();
    let Location::Directory(room) = &location else { unreachable!() };
    for dir in dirs {
        report(&location.publish(dir, &JSON));
    }
    let key = format!("generations/{}.json", generation(dirs[0]));
    let made = |key: &str, hours: u64| {
        let file = OpenOptions::new().write(true).open(room.path().join("sky/tables").join(key)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_hours(hours)).unwrap();
    };
    let keep = || location.publish(dirs[1], &["--keep", "1", "--keep-hours", "5"]);
    made(&almanac(dirs[0]), 6);
    assert_eq!(keep().out.lines().count(), 1, "a generation that is young has lost something");
    made(&key, 6);
    made(&almanac(dirs[0]), 4);
    assert!(keep().out.contains("\nremoved 1 generations, 0 files"));
    made(&almanac(dirs[0]), 5);
    assert!(keep().out.contains("\nremoved 0 generations, 1 files"));
}

#[test]
fn somebody_elses_manifest_is_not_overwritten() {
    let dir = of_month(0);
    let location = Location::directory();
    for foreign in [&br#"{"name":"a web application","icons":[]}"#[..], b"", b"\xff", b"[]"] {
        location.put(MANIFEST_FILE, foreign);
        let ended = location.publish(dir, &[]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(&location.object(MANIFEST_FILE)), "{ended:?}");
        assert!(ended.err.contains("choose another location"), "{ended:?}");
        assert!(!location.has(&moon(dir)), "something was uploaded");
    }
    // One of another version is a dataset's.
    let Manifest { source, blocks, lists, .. } = manifest(of_month(1));
    let other = Manifest {
        layout_version: 1,
        generation: "0123456789abcdef".to_owned(),
        ..Manifest::new(source, blocks, lists)
    };
    location.put(MANIFEST_FILE, &other.to_bytes());
    report(&location.publish(dir, &JSON));
    let out = workspace::scratch();
    report(&location.pull(out.path(), &JSON));
    assert_has(out.path(), dir);
}
