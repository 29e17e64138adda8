//! Hazard: a layout or an order of operations that changes without anybody noticing. One small block made of arithmetic
//! alone is committed, and one list of each kind: encoding the same content must give their bytes, and evaluating the block
//! these bits, on every machine.
//!
//! A change that is meant raises `LAYOUT_VERSION` (and the version log of `format/SPEC.md`); then
//! `ORRERY_WRITE_FIXTURES=1 cargo test -p orrery-tests --test golden` writes the fixtures anew.

use std::fmt::{Debug, Write as _};
use std::sync::Once;

use orrery_format::layout::{CHECKED_BYTES, HEADER_BYTES, LAYOUT_VERSION};
use orrery_format::list::Entry;
use orrery_format::manifest::BLOCKS_DIR;
use orrery_format::write::encode;
use orrery_format::{Block, Body, Center, Check, Dataset, List, Product};
use orrery_tests::{synthetic, workspace};
use rkyv::api::high::HighDeserializer;
use rkyv::{Deserialize, rancor};

const PRODUCT: Product = Product::Place(Center::Geo, Body::Mars);
const GROUPS: [u8; 3] = [2, 1, 1];

fn golden() -> Vec<u8> {
    encode(&synthetic::content(PRODUCT, GROUPS)).unwrap()
}

/// Evaluations of a block as lines: instant, and the bits of values and rates.
fn evaluations(bytes: &[u8]) -> String {
    let dir = workspace::scratch();
    synthetic::publish(dir.path(), &[(PRODUCT, GROUPS)]);
    std::fs::write(dir.path().join(BLOCKS_DIR).join("geo-mars.orrery"), bytes).unwrap();
    let dataset = Dataset::open(dir.path()).unwrap();
    let (start, end) = synthetic::SPAN;
    let mut text = String::new();
    for i in 0..200 {
        let jd = if i == 199 { end.next_down() } else { start + (end - start) * (f64::from(i) / 199.0) };
        let bits = match dataset.components_at(PRODUCT, jd) {
            Ok(components) => components
                .value
                .iter()
                .chain(&components.rate)
                .map(|x| format!("{:016x}", x.to_bits()))
                .collect::<Vec<_>>(),
            Err(miss) => vec![miss.to_string()],
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:016x} {}", jd.to_bits(), bits.join(" "));
    }
    text
}

/// Files that no reader may accept, each with what its message must say.
fn bad(good: &[u8]) -> Vec<(&'static str, Vec<u8>, String)> {
    let reseal = |mut bytes: Vec<u8>| {
        let check = blake3::hash(&bytes[..CHECKED_BYTES]);
        bytes[CHECKED_BYTES..HEADER_BYTES].copy_from_slice(&check.as_bytes()[..HEADER_BYTES - CHECKED_BYTES]);
        bytes
    };
    let mut foreign = good.to_vec();
    foreign[8..12].copy_from_slice(&(LAYOUT_VERSION + 1).to_le_bytes());
    let mut unknown = good.to_vec();
    let name = unknown.windows(8).position(|window| window == b"geo/mars").unwrap();
    unknown[name..name + 8].copy_from_slice(b"geo/mors");
    let text_mode = String::from_utf8_lossy(&good[..8]).replace("\r\n", "\n").into_bytes();
    vec![
        ("empty.orrery", Vec::new(), String::new()),
        (
            "text.orrery",
            b"This is no block, but long enough to be one if nobody looks.\n".repeat(8),
            "no Orrery block".into(),
        ),
        ("text-mode.orrery", [&text_mode, &good[8..]].concat(), "no Orrery block".into()),
        (
            "foreign-version.orrery",
            reseal(foreign),
            format!("layout version {}, this program reads version {LAYOUT_VERSION}", LAYOUT_VERSION + 1),
        ),
        ("unknown-product.orrery", reseal(unknown), "unknown product".into()),
        ("header-alone.orrery", good[..HEADER_BYTES].to_vec(), "bytes expected".into()),
        ("half.orrery", good[..good.len() / 2].to_vec(), "bytes expected".into()),
        ("longer.orrery", [good, b"\n"].concat(), "bytes expected".into()),
    ]
}

/// Bytes of a fixture; on request all fixtures are written anew before the first is read.
fn fixture(name: &str) -> Vec<u8> {
    static WRITTEN: Once = Once::new();
    WRITTEN.call_once(|| {
        if std::env::var_os("ORRERY_WRITE_FIXTURES").is_some() {
            let good = golden();
            std::fs::write(workspace::fixture("good/golden.orrery"), &good).unwrap();
            std::fs::write(workspace::fixture("good/golden.txt"), evaluations(&good)).unwrap();
            for (name, bytes) in synthetic::lists() {
                std::fs::write(workspace::fixture(&format!("good/{name}")), bytes).unwrap();
            }
            for (name, bytes, _) in bad(&good) {
                std::fs::write(workspace::fixture(&format!("bad/{name}")), bytes).unwrap();
            }
        }
    });
    let path = workspace::fixture(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let fixture = fixture("good/golden.orrery");
    let encoded = golden();
    let differs = encoded.iter().zip(&fixture).position(|(a, b)| a != b);
    assert!(
        encoded == fixture,
        "golden.orrery: {} bytes, encoded now {}, first difference at {differs:?}: the layout changed; raise LAYOUT_VERSION, \
         then see this file's head",
        fixture.len(),
        encoded.len()
    );
    // Twice in one process, too.
    assert!(golden() == encoded);
}

#[test]
fn the_same_entries_give_the_same_bytes() {
    for (name, encoded) in synthetic::lists() {
        let fixture = fixture(&format!("good/{name}"));
        let differs = encoded.iter().zip(&fixture).position(|(a, b)| a != b);
        assert!(
            encoded == fixture,
            "{name}: {} bytes, encoded now {}, first difference at {differs:?}: the layout changed; raise LAYOUT_VERSION, then \
             see this file's head",
            fixture.len(),
            encoded.len()
        );
    }
}

#[test]
fn the_golden_lists_say_what_they_were_made_of() {
    // NaN is not itself, so the words tell.
    fn read<T: Entry + Debug>(name: &str, made_of: &[T])
    where
        T::Archived: Deserialize<T, HighDeserializer<rancor::Error>>,
    {
        assert!(!fixture(&format!("good/{name}")).is_empty());
        let list = List::<T>::open(&workspace::fixture(&format!("good/{name}")), Check::EveryByte).unwrap();
        let entries: Vec<T> =
            list.entries().iter().map(|it| rkyv::deserialize::<_, rancor::Error>(it).unwrap()).collect();
        assert_eq!(format!("{entries:?}"), format!("{made_of:?}"));
        assert_eq!((list.about().start_jd_tt(), list.about().end_jd_tt()), synthetic::SPAN);
        assert_eq!(list.about().recipe(), synthetic::LIST_RECIPE);
    }
    read("solar-eclipses.orrery", &synthetic::solar_eclipses());
    read("lunar-eclipses.orrery", &synthetic::lunar_eclipses());
    read("almanac.orrery", &synthetic::events());
}

#[test]
fn the_golden_file_evaluates_to_fixed_bits() {
    let expected = String::from_utf8(fixture("good/golden.txt")).unwrap();
    let found = evaluations(&fixture("good/golden.orrery"));
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "the order of operations changed");
    }
    assert_eq!(found.lines().count(), expected.lines().count());
    assert!(
        found.lines().filter(|line| line.contains("not good enough")).count() > 5,
        "no refused segment is met"
    );
}

#[test]
fn the_golden_file_says_what_it_was_made_of() {
    assert!(!fixture("good/golden.orrery").is_empty());
    let block = Block::open(&workspace::fixture("good/golden.orrery"), Check::EveryByte).unwrap();
    let content = synthetic::content(PRODUCT, GROUPS);
    assert_eq!((block.start_jd(), block.end_jd()), synthetic::SPAN);
    assert_eq!(block.product(), PRODUCT);
    assert_eq!(block.recipe(), content.recipe);
    assert_eq!(block.recipe_hash(), *blake3::hash(content.recipe.as_bytes()).as_bytes());
    assert_eq!(block.promise_arcsec(), content.promise_arcsec);
}

#[test]
fn bad_fixtures_are_refused_for_their_reason() {
    let good = fixture("good/golden.orrery");
    for (name, bytes, why) in bad(&good) {
        let path = workspace::fixture(&format!("bad/{name}"));
        assert!(fixture(&format!("bad/{name}")) == bytes, "{name} is not what it was made as");
        for check in [Check::Structure, Check::EveryByte] {
            let error = Block::open(&path, check).expect_err(name).to_string();
            assert!(error.contains(&why) && error.contains(name), "{name}: {error}");
        }
    }
}
