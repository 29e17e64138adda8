//! Something at a location is missing, damaged or somebody else's: it is named, nothing of it is published here, and what was
//! published here stays as it was.

use std::fs;
use std::path::Path;

use orrery_format::Manifest;
use orrery_format::manifest::{BlockEntry, MANIFEST_FILE};
use orrery_tests::locations::{Location, report};
use orrery_tests::workspace;

use crate::datasets::{almanac, assert_has, copy, files, manifest, moon, of_month};

const JSON: [&str; 2] = ["--report", "json"];

/// Pulls what must not be taken, into a directory with nothing and into one with an older generation that lacks a file; gives
/// what is said.
fn refused(location: &Location, lacking: &str) -> String {
    let (empty, older) = (workspace::scratch(), copy(of_month(2)));
    let ended = location.pull(empty.path(), &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.is_empty() && !empty.path().join(MANIFEST_FILE).exists(), "{ended:?}");

    // The almanac is of another month, and is called otherwise.
    if older.path().join(lacking).is_file() {
        fs::remove_file(older.path().join(lacking)).unwrap();
    }
    let before = workspace::contents(older.path());
    let again = location.pull(older.path(), &[]);
    assert_eq!((again.code, &again.err), (Some(1), &ended.err));
    // What came and is right may lie beside it.
    let after = workspace::contents(older.path());
    for (path, content) in before {
        assert!(after.get(&path) == Some(&content), "{} has changed", path.display());
    }
    assert!(lacking.is_empty() || !older.path().join(lacking).exists(), "{lacking} was taken");
    ended.err
}

/// Puts a manifest where the published one was.
fn put_manifest(location: &Location, manifest: &Manifest) {
    location.put(MANIFEST_FILE, &manifest.to_bytes());
}

#[test]
fn an_object_that_is_another_one_is_named() {
    let dir = of_month(0);
    let all = files(dir);
    for location in Location::each() {
        report(&location.publish(dir, &JSON));
        for key in [moon(dir), almanac(dir)] {
            let content = &all[&key];
            let changed = |at: usize| {
                let mut changed = content.clone();
                changed[at] ^= 1;
                changed
            };
            let longer = [&content[..], b"x"].concat();
            for (put, told) in [
                (&changed(0)[..], "BLAKE3"),
                (&changed(content.len() / 2), "BLAKE3"),
                (&changed(content.len() - 1), "BLAKE3"),
                (&content[..content.len() - 1], "bytes, the manifest says"),
                (&longer, "bytes, the manifest says"),
                (b"", "bytes, the manifest says"),
                (b"<html>404</html>", "bytes, the manifest says"),
            ] {
                location.put(&key, put);
                let message = refused(&location, &key);
                assert!(message.contains(&location.object(&key)), "{message}");
                assert!(message.contains(told) && message.contains("publish again"), "{message}");
                // One of another length is replaced by publishing again, one of the same has to be removed first.
                if put.len() == content.len() {
                    location.remove(&key);
                }
                let mended = report(&location.publish(dir, &JSON));
                assert_eq!((&mended["uploaded"], &mended["unchanged"]), (&1.into(), &true.into()));
            }
            location.remove(&key);
            let message = refused(&location, &key);
            assert!(message.contains(&location.object(&key)), "{message}");
            assert!(
                message.contains("it is not there") && message.contains("publish that generation"),
                "{message}"
            );
            let mended = location.publish(dir, &[]);
            assert!(mended.out.starts_with("mended generation "), "{mended:?}");
        }
        let out = workspace::scratch();
        report(&location.pull(out.path(), &JSON));
        assert_has(out.path(), dir);
    }
}

#[test]
fn a_manifest_that_is_none_is_named() {
    let dir = of_month(0);
    let good = fs::read(dir.join(MANIFEST_FILE)).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let replaced = |a: &str, b: &str| {
        assert!(text.contains(a));
        text.replacen(a, b, 1).into_bytes()
    };
    let longest = text.lines().map(str::len).max().unwrap();
    for location in Location::each() {
        report(&location.publish(dir, &JSON));
        for (put, told) in [
            (&b""[..], "not a manifest"),
            (b"{}", "not a manifest"),
            (b"\xff\xfe", "not a manifest"),
            (&good[..good.len() / 2], "not a manifest"),
            (&[&good[..], b"\n"].concat(), "not as it was written"),
            (&replaced("\"layout_version\": ", "\"layout_version\": 9"), "the same version of Orrery"),
            (&replaced(&moon(dir)[7..], "geo-moon.orrery"), "does not match its content"),
            (&replaced("\"segments\": ", "\"segments\": 1"), "does not match its content"),
        ] {
            location.put(MANIFEST_FILE, put);
            let message = refused(&location, "");
            assert!(message.contains(&location.object(MANIFEST_FILE)) && message.contains(told), "{message}");
            assert!(message.len() < 600 + longest, "{message}");
        }
        location.remove(MANIFEST_FILE);
        let message = refused(&location, "");
        assert!(
            message.contains("nothing is published there") && message.contains(&location.url()),
            "{message}"
        );
        report(&location.publish(dir, &JSON));
    }
}

#[test]
fn a_strangers_manifest_names_nothing_but_what_it_is() {
    let dir = of_month(0);
    let own = manifest(dir);
    let at = own.blocks.iter().position(|block| block.product == "geo/moon").unwrap();
    let made = |change: &dyn Fn(&mut Vec<BlockEntry>)| {
        let mut blocks = own.blocks.clone();
        change(&mut blocks);
        Manifest::new(own.source.clone(), blocks, own.lists.clone())
    };
    let renamed = |name: &str| {
        let name = name.to_owned();
        made(&move |blocks| blocks[at].file.clone_from(&name))
    };
    let key = moon(dir);
    let upper = own.blocks[at].blake3.to_uppercase();
    let location = Location::directory();
    report(&location.publish(dir, &JSON));
    for (manifest, told) in [
        // By its name it would take the place of another one.
        (renamed(&own.blocks[0].file), "not called by its content's hash"),
        (renamed("geo-moon+0.orrery"), "not called by its content's hash"),
        (renamed("geo-moon+0"), "not called by its content's hash"),
        (renamed("../../geo-moon+0.orrery"), "is no file name"),
        (renamed(".part-"), "is no file name"),
        (made(&|blocks| blocks[at].blake3 = "../".repeat(8)), "not called by its content's hash"),
        (made(&|blocks| blocks[at].blake3.clone_from(&upper)), "not called by its content's hash"),
        (made(&|blocks| blocks[at].blake3.clear()), "not called by its content's hash"),
        (made(&|blocks| blocks.push(blocks[at].clone())), "twice"),
        // Each is the file that it says, but not what is said of it, or not all together a dataset.
        (made(&|blocks| blocks[at].product = "geo/sun".to_owned()), "not what the manifest says"),
        (made(&|blocks| blocks[at].end_jd += 1.0), "not what the manifest says"),
        (made(&|blocks| blocks[at].max_error_arcsec = 0.0), "not what the manifest says"),
        (made(&|blocks| blocks[at].bytes = u64::MAX), "bytes, the manifest says"),
        (made(&|blocks| blocks[at].bytes = 0), "bytes, the manifest says"),
    ] {
        put_manifest(&location, &manifest);
        let message = refused(&location, &key);
        assert!(message.contains(told), "{told}: {message}");
        assert!(message.contains(&location.url()), "{message}");
    }
    // Whole files of a list that is none of ours.
    let mut lists = own.lists.clone();
    lists.reverse();
    put_manifest(&location, &Manifest::new(own.source.clone(), own.blocks.clone(), lists));
    assert!(refused(&location, "").contains(&location.object(MANIFEST_FILE)));
}

#[test]
fn what_is_damaged_here_is_not_published() {
    let dir = copy(of_month(0));
    let location = Location::directory();
    let key = moon(dir.path());
    let path = dir.path().join(&key);
    let content = fs::read(&path).unwrap();
    let refused = |told: &Path| {
        let ended = location.publish(dir.path(), &[]);
        assert!(ended.code == Some(1) && ended.err.contains(told.to_str().unwrap()), "{ended:?}");
        assert!(!location.has(MANIFEST_FILE) && !location.has(&key));
    };
    let mut wrong = content.clone();
    wrong[100_000] ^= 1;
    fs::write(&path, &wrong).unwrap();
    refused(&path);
    fs::write(&path, &content[..1000]).unwrap();
    refused(&path);
    fs::remove_file(&path).unwrap();
    refused(&path);
    fs::write(&path, &content).unwrap();
    fs::write(dir.path().join(MANIFEST_FILE), b"{}").unwrap();
    refused(&dir.path().join(MANIFEST_FILE));
    let nothing = workspace::scratch();
    let ended = location.publish(nothing.path(), &[]);
    assert!(ended.code == Some(1) && ended.err.contains("no dataset here"), "{ended:?}");
    assert_eq!(fs::read_dir(nothing.path()).unwrap().count(), 0);
}
