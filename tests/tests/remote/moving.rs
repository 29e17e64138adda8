//! A location that moves on while somebody pulls.

use std::path::Path;
use std::process::{Child, Stdio};

use orrery_format::manifest::MANIFEST_FILE;
use orrery_tests::locations::{Location, report};
use orrery_tests::programs::Ended;
use orrery_tests::wire::{Fate, Request, Wire};
use orrery_tests::workspace;

use crate::datasets::{almanac, assert_has, generation, of_month};

const JSON: [&str; 2] = ["--report", "json"];

fn start(wire: &Wire, location: &Location, out: &Path) -> Child {
    let mut pulling = location.pulling(out, &JSON);
    pulling.env("AWS_ENDPOINT_URL", format!("http://{}", wire.address));
    pulling.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: Child) -> Ended {
    child.wait_with_output().unwrap().into()
}

fn wants(request: &Request, key: &str) -> bool {
    request.is("GET", key.rsplit('/').next().unwrap())
}

/// A pull that is held where it asks for the almanac.
struct Held {
    location: Location,
    wire: Wire,
    out: tempfile::TempDir,
    child: Child,
}

/// Publishes a dataset at a location of its own, and pulls it from there as far as its almanac.
fn held_at_the_almanac(published: &Path) -> Held {
    let location = Location::bucket();
    report(&location.publish(published, &JSON));
    let key = almanac(published);
    let wire = Wire::to(
        location.address(),
        move |request| {
            if wants(request, &key) { Fate::HoldBefore } else { Fate::Pass }
        },
    );
    let out = workspace::scratch();
    let child = start(&wire, &location, out.path());
    wire.wait_until_held(1);
    Held { location, wire, out, child }
}

#[test]
fn a_generation_that_goes_while_it_is_pulled_gives_way_to_the_next() {
    let (first, second) = (of_month(0), of_month(1));
    let Held { location, wire, out, child } = held_at_the_almanac(first);
    report(&location.publish(second, &["--keep", "1", "--keep-hours", "0", "--report", "json"]));
    assert!(!location.has(&almanac(first)), "the generation before is still there");
    wire.release();
    let pulled = report(&ended(child));
    assert_eq!(pulled["generation"], generation(second));
    assert_has(out.path(), second);
}

#[test]
fn a_generation_that_is_replaced_but_there_is_pulled_to_its_end() {
    let (first, second) = (of_month(0), of_month(1));
    let Held { location, wire, out, child } = held_at_the_almanac(first);
    report(&location.publish(second, &JSON));
    wire.release();
    assert_eq!(report(&ended(child))["generation"], generation(first));
    assert_has(out.path(), first);
    // The next look finds the other.
    assert_eq!(report(&location.pull(out.path(), &JSON))["generation"], generation(second));
    assert_has(out.path(), second);
}

#[test]
fn a_location_that_is_emptied_while_it_is_pulled_is_said_to_lack_something() {
    let first = of_month(0);
    let location = Location::bucket();
    report(&location.publish(first, &JSON));
    let key = almanac(first);
    let wanted = key.clone();
    let wire =
        Wire::to(
            location.address(),
            move |request| {
                if wants(request, &wanted) { Fate::HoldBefore } else { Fate::Pass }
            },
        );
    let out = workspace::scratch();
    let child = start(&wire, &location, out.path());
    wire.wait_until_held(1);
    location.remove(&key);
    location.remove(MANIFEST_FILE);
    wire.release();
    let ended = ended(child);
    assert!(ended.code == Some(1) && ended.err.contains(&location.object(&key)), "{ended:?}");
    assert!(!out.path().join(MANIFEST_FILE).exists());
}
