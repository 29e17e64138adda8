//! Hazard: a dataset made of shares that is not what one machine would have made: one that lacks blocks, has them from other
//! files or of another division, or is published before all are there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use orrery_format::manifest::{BLOCKS_DIR, MANIFEST_FILE};
use orrery_format::{Dataset, ListName, Manifest};
use orrery_pipeline::shard::SHARD_FILE;
use orrery_tests::programs::{self, Ended};
use orrery_tests::workspace::{contents, differences};
use orrery_tests::{tables, workspace};

/// What has eclipses, and is quickly computed but for the Moon.
const SCOPE: [&str; 6] = ["--from", "2001", "--to", "2100", "--bodies", "moon,sun,mean_node"];

/// The same as the programs say it.
const SAID: &str = "--from 2001 --to 2100 --bodies sun,moon,mean_node";

fn command(name: &str, out: &Path, arguments: &[&str]) -> Command {
    let mut command = programs::command("orrery-pipeline");
    command.args([name, "--today", "2026-11-21", "--out"]).arg(out);
    command.arg("--ephe").arg(workspace::ephemeris_path()).args(arguments);
    command
}

fn build(out: &Path, shard: &str) -> Ended {
    command("build", out, &[&SCOPE[..], &["--shard", shard]].concat()).output().unwrap().into()
}

fn merge(out: &Path, shards: &[PathBuf]) -> Ended {
    command("merge", out, &[]).args(shards).output().unwrap().into()
}

/// The dataset that a build without shares makes.
fn unsharded() -> tempfile::TempDir {
    let dir = workspace::scratch();
    tables::copy_shared(dir.path(), |block| block.start_jd == 2_451_545.0);
    let ended = Ended::from(command("build", dir.path(), &SCOPE).output().unwrap());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    // What it did not need is no part of it.
    let named = Manifest::read(dir.path()).unwrap();
    for file in fs::read_dir(dir.path().join(BLOCKS_DIR)).unwrap() {
        let path = file.unwrap().path();
        if !named.files().any(|file| path.ends_with(file)) {
            fs::remove_file(path).unwrap();
        }
    }
    dir
}

#[test]
fn shares_make_what_one_machine_makes() {
    let whole = unsharded();
    let all = Manifest::read(whole.path()).unwrap();
    assert_eq!((all.blocks.len(), all.lists.len()), (8, 2));
    let root = workspace::scratch();
    let shares: Vec<PathBuf> = (1..=3).map(|nth| root.path().join(format!("share {nth}"))).collect();
    let out = root.path().join("tables");

    // One that is killed continues.
    let arguments = [&SCOPE[..], &["--shard", "1/3", "--jobs", "1"]].concat();
    let mut child =
        command("build", &shares[0], &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    child.kill().unwrap();
    child.wait().unwrap();
    for (share, nth) in shares.iter().zip(1..).take(2) {
        let ended = build(share, &format!("{nth}/3"));
        assert!(ended.code == Some(0) && ended.out.starts_with(&format!("share {nth}/3: ")), "{ended:?}");
        assert!(!share.join(MANIFEST_FILE).exists() && Dataset::open(share).is_err(), "it is published");
        let again = build(share, &format!("{nth}/3"));
        assert!(again.out.contains(": 0 blocks computed, ") && again.err.is_empty(), "{again:?}");
    }

    // Without the third there is no whole, and it is said how to get one.
    let lacking = merge(&out, &shares[..2]);
    assert_eq!(lacking.code, Some(1), "{lacking:?}");
    let remedy = format!("orrery-pipeline build --shard 3/3 {SAID} --out DIR");
    assert!(lacking.err.contains("share 3/3 lacks ") && lacking.err.contains(&remedy), "{lacking:?}");
    assert!(!lacking.err.contains("share 1/3") && !lacking.err.contains("share 2/3"), "{lacking:?}");
    assert!(!out.join(MANIFEST_FILE).exists());

    // One that is not finished, and one that is damaged, are named with where they are.
    assert_eq!(build(&shares[2], "3/3").code, Some(0));
    let block = fs::read_dir(shares[2].join(BLOCKS_DIR)).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&block).unwrap();
    fs::remove_file(&block).unwrap();
    let remedy = format!("--shard 3/3 {SAID} --out {}", shares[2].display());
    let of_one = |ended: &Ended| ended.err.contains("share 3/3 lacks 1 of ") && ended.err.contains(&remedy);
    let unfinished = merge(&out, &shares);
    assert!(unfinished.code == Some(1) && of_one(&unfinished), "{unfinished:?}");
    let mut bytes = good.clone();
    bytes[good.len() / 2] ^= 1;
    fs::write(&block, bytes).unwrap();
    let damaged = merge(&out, &shares);
    assert!(damaged.code == Some(1) && of_one(&damaged), "{damaged:?}");
    let mended = build(&shares[2], "3/3");
    assert!(mended.out.contains(": 1 blocks computed, "), "{mended:?}");
    assert_eq!(fs::read(&block).unwrap(), good);

    // In any order, one of them twice.
    let order: Vec<PathBuf> = [2, 0, 1, 0].map(|nth| shares[nth].clone()).to_vec();
    let merged = merge(&out, &order);
    assert!(merged.code == Some(0) && merged.out.contains("published generation "), "{merged:?}");
    assert_eq!(differences(&out, whole.path()), Vec::<PathBuf>::new());
    let again = merge(&out, &shares);
    assert!(again.out.contains("0 blocks taken") && again.out.contains("nothing to do"), "{again:?}");
    // Each block is in one share.
    let blocks = |share: &PathBuf| fs::read_dir(share.join(BLOCKS_DIR)).unwrap().count();
    assert_eq!(shares.iter().map(blocks).sum::<usize>(), 8);
    let names: Vec<&str> = all.lists.iter().map(|list| &*list.name).collect();
    assert_eq!(names, [ListName::SolarEclipses, ListName::LunarEclipses].map(ListName::name));
}

#[test]
fn what_does_not_belong_together_is_not_merged() {
    let root = workspace::scratch();
    let scope = ["--from", "2001", "--to", "2100", "--bodies", "mean_node"];
    let share = |name: &str, arguments: &[&str]| {
        let dir = root.path().join(name);
        let ended = Ended::from(command("build", &dir, arguments).output().unwrap());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        dir
    };
    let one = share("one", &[&scope[..], &["--shard", "1/2"]].concat());
    let two = share("two", &[&scope[..], &["--shard", "2/2"]].concat());
    let of_three = share("of three", &[&scope[..], &["--shard", "2/3"]].concat());
    let other =
        share("other", &["--from", "2001", "--to", "2100", "--bodies", "mean_apogee", "--shard", "2/2"]);
    let nothing = root.path().join("nothing");
    fs::create_dir(&nothing).unwrap();
    let out = root.path().join("tables");
    for (shares, texts) in [
        (
            &[&one, &of_three][..],
            &["share 1/2 of 2001 to 2100, mean_node", "share 2/3", "of one division"][..],
        ),
        (&[&one, &other], &["2001 to 2100, mean_node", "2001 to 2100, mean_apogee"]),
        (&[&one, &nothing], &["nothing", SHARD_FILE, "build --shard"]),
    ] {
        let shares: Vec<PathBuf> = shares.iter().map(|dir| (*dir).clone()).collect();
        let ended = merge(&out, &shares);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        for text in texts {
            assert!(ended.err.contains(text), "no {text:?} in {}", ended.err);
        }
    }
    // A share of other ephemeris files, or by another program, has other recipes.
    let note = two.join(SHARD_FILE);
    let text = fs::read_to_string(&note).unwrap();
    let plan = text.split("\"plan\": \"").nth(1).unwrap().split('"').next().unwrap();
    fs::write(&note, text.replace(plan, &"0".repeat(64))).unwrap();
    let ended = merge(&out, &[one.clone(), two.clone()]);
    let remedy =
        format!("build --shard 2/2 --from 2001 --to 2100 --bodies mean_node --out {}", two.display());
    assert!(
        ended.code == Some(1) && ended.err.contains("--ephe") && ended.err.contains(&remedy),
        "{ended:?}"
    );
    fs::write(&note, &text).unwrap();
    // A body that this program does not know.
    fs::write(&note, text.replace("mean_node", "vulcan")).unwrap();
    let ended = merge(&out, std::slice::from_ref(&two));
    assert!(ended.code == Some(1) && ended.err.contains("vulcan"), "{ended:?}");
    fs::write(&note, &text).unwrap();
    assert!(!out.exists(), "what is refused leaves nothing");
    let without = command("merge", &out, &[]).output().unwrap();
    assert_eq!(without.status.code(), Some(2));
    assert_eq!(merge(&out, &[one, two]).code, Some(0));
}

#[test]
fn shares_of_a_window_are_of_a_day() {
    let root = workspace::scratch();
    let (one, two) = (root.path().join("1"), root.path().join("2"));
    let out = root.path().join("tables");
    let windowed = |out: &Path, today: &str, shard: &str| -> Ended {
        let mut command = programs::command("orrery-pipeline");
        command.args([
            "build",
            "--window=-10y..+10y",
            "--bodies=mean_node",
            "--today",
            today,
            "--shard",
            shard,
        ]);
        command.arg("--out").arg(out).arg("--ephe").arg(workspace::ephemeris_path()).output().unwrap().into()
    };
    assert_eq!(windowed(&one, "2088-12-30", "1/2").code, Some(0));
    assert_eq!(windowed(&two, "2088-12-31", "2/2").code, Some(0));
    let merge = |today: &str| -> Ended {
        let mut command = programs::command("orrery-pipeline");
        command
            .args(["merge", "--today", today, "--out"])
            .arg(&out)
            .arg("--ephe")
            .arg(workspace::ephemeris_path());
        command.args([&one, &two]).output().unwrap().into()
    };
    let ended = merge("2088-12-31");
    let remedy = "build --shard 1/2 --window=-10y..+10y --bodies mean_node --today 2088-12-31 --out ";
    assert!(ended.code == Some(1) && ended.err.contains(remedy) && ended.err.contains("window"), "{ended:?}");
    assert_eq!(windowed(&one, "2088-12-31", "1/2").code, Some(0));
    let ended = merge("2088-12-31");
    assert!(ended.code == Some(0) && ended.out.contains(": 0 blocks computed, 6 reused"), "{ended:?}");
}

#[test]
fn shares_that_there_are_not_are_refused() {
    let dir = workspace::scratch();
    for (shard, text) in [
        ("0/3", "the first is 1/3"),
        ("4/3", "the last 3/3"),
        ("x", "no share such as 2/3"),
        ("", "no share such as 2/3"),
        ("1/0", "no share such as 2/3"),
        ("-1/3", "no share such as 2/3"),
    ] {
        let ended = build(&dir.path().join("share"), shard);
        assert!(ended.code == Some(2) && ended.err.contains(text), "{shard:?}: {ended:?}");
        assert!(ended.err.contains("--shard"), "{ended:?}");
    }
    assert!(contents(dir.path()).is_empty());
    // More shares than blocks: some have nothing to do.
    let ended = build(&dir.path().join("share"), "999/1000");
    assert!(
        ended.code == Some(0) && ended.out.starts_with("share 999/1000: 0 blocks computed, 0 reused"),
        "{ended:?}"
    );
}
