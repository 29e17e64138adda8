//! A pull that is killed, or whose wire is cut, goes on where it was; what it left is believed only as far as its hash goes.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use orrery_tests::locations::{Location, report};
use orrery_tests::programs::Ended;
use orrery_tests::wire::{Fate, Request, Wire};
use orrery_tests::workspace;

use crate::datasets::{FILES, assert_has, files, moon, of_month, partial, partials};

/// Bytes of an answer that pass before something happens: a part of the Moon's.
const PART: u64 = 300_000;

/// How a request for the Moon's file is recognised: its name has a plus, which is another one in URLs.
const MOON: &str = "/geo-moon";

fn is_moon(request: &Request) -> bool {
    request.is("GET", MOON)
}

fn pull_over(wire: &Wire, location: &Location, out: &Path, arguments: &[&str]) -> Ended {
    let mut pulling = location.pulling(out, arguments);
    pulling.env("AWS_ENDPOINT_URL", format!("http://{}", wire.address)).output().unwrap().into()
}

#[test]
fn a_killed_pull_goes_on_where_it_was() {
    let dir = of_month(0);
    let location = Location::bucket();
    report(&location.publish(dir, &["--report", "json"]));
    let out = workspace::scratch();
    let whole = files(dir)[&moon(dir)].len() as u64;

    let wire =
        Wire::to(
            location.address(),
            |request| {
                if is_moon(request) { Fate::HoldAfter(PART) } else { Fate::Pass }
            },
        );
    let mut pulling = location.pulling(out.path(), &[]);
    pulling.env("AWS_ENDPOINT_URL", format!("http://{}", wire.address)).stdout(Stdio::null());
    let mut child = pulling.spawn().unwrap();
    wire.wait_until_held(1);
    // The others come meanwhile.
    let begun = Instant::now();
    let here = || files_here(out.path(), dir);
    while here() < FILES - 1 {
        assert!(begun.elapsed() < Duration::from_mins(1), "{} files came", here());
        std::thread::sleep(Duration::from_millis(5));
    }
    let part = partial(out.path(), dir, &moon(dir));
    let begun = Instant::now();
    while part.metadata().unwrap().len() < PART / 2 {
        assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", part.metadata());
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let kept = part.metadata().unwrap().len();
    assert!(kept < PART, "{kept} bytes of {whole}");
    assert_eq!(partials(out.path()), [part]);
    assert!(!out.path().join("manifest.json").exists(), "a part of a generation was published");

    let wire = Wire::to(location.address(), |_| Fate::Pass);
    let resumed = report(&pull_over(&wire, &location, out.path(), &["--report", "json"]));
    assert_eq!((&resumed["fetched"], &resumed["reused"]), (&1.into(), &(FILES - 1).into()));
    assert_eq!((&resumed["resumed_bytes"], &resumed["bytes"]), (&kept.into(), &(whole - kept).into()));
    let requests = wire.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert_eq!(requests[1].field("range"), Some(format!("bytes={kept}-{}", whole - 1).as_str()));
    assert_has(out.path(), dir);
}

/// How many files of a dataset have come to a directory.
fn files_here(out: &Path, dir: &Path) -> usize {
    files(dir).keys().filter(|key| out.join(key).is_file()).count()
}

#[test]
fn a_wire_that_is_cut_costs_no_byte_twice() {
    let dir = of_month(0);
    let location = Location::bucket();
    report(&location.publish(dir, &["--report", "json"]));
    let whole = files(dir)[&moon(dir)].len() as u64;

    // Once: the same run asks for the rest.
    let out = workspace::scratch();
    let asked = AtomicU32::new(0);
    let wire = Wire::to(location.address(), move |request| {
        let is_first = is_moon(request) && asked.fetch_add(1, Ordering::SeqCst) == 0;
        if is_first { Fate::CutAfter(PART) } else { Fate::Pass }
    });
    let pulled = report(&pull_over(&wire, &location, out.path(), &["--report", "json"]));
    assert_eq!((&pulled["fetched"], &pulled["resumed_bytes"]), (&FILES.into(), &0.into()));
    let moons: Vec<Request> = wire.requests().into_iter().filter(is_moon).collect();
    assert_eq!(moons.len(), 2);
    assert!(moons[0].field("range").is_none() && moons[1].field("range").is_some(), "{moons:?}");
    assert_has(out.path(), dir);

    // Each time: every run gets further, and says what to do.
    let out = workspace::scratch();
    let wire = Wire::to(
        location.address(),
        |request| {
            if is_moon(request) { Fate::CutAfter(PART) } else { Fate::Pass }
        },
    );
    let mut kept = 0;
    let mut runs = 0;
    loop {
        let ended = pull_over(&wire, &location, out.path(), &["--retries", "0"]);
        runs += 1;
        if ended.code == Some(0) {
            break;
        }
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains(&location.object(&moon(dir))), "{ended:?}");
        assert!(ended.err.contains("run the same command again"), "{ended:?}");
        assert!(!out.path().join("manifest.json").exists());
        let now = partial(out.path(), dir, &moon(dir)).metadata().unwrap().len();
        assert!(now > kept && now < whole, "{now} bytes after {kept}");
        kept = now;
    }
    assert!((3..=4).contains(&runs), "{runs}");
    assert_has(out.path(), dir);
}

#[test]
fn what_was_left_is_believed_as_far_as_its_hash_goes() {
    let dir = of_month(0);
    let key = moon(dir);
    let content = fs::read(dir.join(&key)).unwrap();
    let mut wrong = content.clone();
    wrong[1000] ^= 1;
    for location in Location::each() {
        report(&location.publish(dir, &["--report", "json"]));
        for (left, resumed) in [
            (&content[..0], 0),
            (&content[..1], 1),
            (&content[..content.len() - 1], content.len() - 1),
            // Killed between its last byte and its name.
            (&content[..], content.len()),
            (&wrong[..2000], 0),
            (&wrong[..], 0),
            (&[&content[..], b"more"].concat()[..], 0),
        ] {
            let out = workspace::scratch();
            let part = partial(out.path(), dir, &key);
            fs::create_dir_all(part.parent().unwrap()).unwrap();
            fs::write(&part, left).unwrap();
            // What is left of a file that nobody wants any more goes.
            fs::write(part.with_file_name(format!(".part-{}", "0".repeat(64))), b"other").unwrap();
            let pulled = report(&location.pull(out.path(), &["--report", "json"]));
            assert_eq!(pulled["resumed_bytes"], resumed, "{} bytes were left", left.len());
            assert_has(out.path(), dir);
        }
    }
}
