//! Hazard: a build that loses what was there, leaves half a file under a whole one's name, or gives other bytes on
//! another day: threads, kills at any moment, full disks, second pipelines, bad files, wrong usage.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use orrery_format::manifest::{BLOCKS_DIR, MANIFEST_FILE, PREVIOUS_MANIFEST_FILE};
use orrery_format::{Body, Dataset, Manifest};
use orrery_pipeline::build::build;
use orrery_pipeline::scope::Scope;
use orrery_pipeline::store::Store;
use orrery_tests::programs::{self, Ended};
use orrery_tests::workspace::{contents, differences};
use orrery_tests::{tables, workspace};

const CENTURY: (i32, i32) = (1900, 2000);

/// `orrery-pipeline build` into a directory, from the ephemeris files of the checkout.
fn build_command(out: &Path, arguments: &[&str]) -> Command {
    let mut command = programs::command("orrery-pipeline");
    command.arg("build").arg("--out").arg(out).arg("--ephe").arg(workspace::ephemeris_path()).args(arguments);
    command
}

fn run(out: &Path, arguments: &[&str]) -> Ended {
    build_command(out, arguments).output().unwrap().into()
}

#[test]
fn the_same_bytes_whatever_the_number_of_threads() {
    let scope = ["--from", "1900", "--to", "2000", "--bodies", "moon,mercury,chiron"];
    let dirs: Vec<_> = [1, 2, 4]
        .into_iter()
        .map(|jobs: u32| {
            let dir = workspace::scratch();
            let begun = Instant::now();
            let ended = run(dir.path(), &[&scope[..], &["--jobs", &jobs.to_string()]].concat());
            assert_eq!(ended.code, Some(0), "{ended:?}");
            println!("{jobs} jobs: {:.1} s", begun.elapsed().as_secs_f64());
            assert!(ended.out.starts_with("published generation "), "{ended:?}");
            dir
        })
        .collect();
    assert_eq!(differences(dirs[0].path(), dirs[1].path()), Vec::<PathBuf>::new());
    assert_eq!(differences(dirs[0].path(), dirs[2].path()), Vec::<PathBuf>::new());
    Dataset::open(dirs[0].path()).unwrap();
}

#[test]
fn progress_is_told_in_plain_lines_where_stderr_is_no_terminal() {
    let dir = workspace::scratch();
    let mut child = build_command(dir.path(), &["--jobs", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    // Long before the end: a whole build on one thread takes minutes.
    child.kill().unwrap();
    child.wait().unwrap();
    for text in [" %  ", " samples/s  ", " left  ", ".orrery\n"] {
        assert!(line.contains(text), "no {text:?} in {line:?}");
    }
    assert!(!line.contains('\u{1b}') && !line.contains('\r'), "{line:?}");
    let quiet =
        run(dir.path(), &["--progress", "none", "--from", "1900", "--to", "2000", "--bodies", "mean_node"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (Some(0), ""));
}

#[test]
fn blocks_built_afresh_are_those_that_were_reused() {
    // The shared tables are reused as long as recipes say that nothing changed. Whoever changes how blocks are made
    // without raising METHOD_VERSION is told here.
    let dir = workspace::scratch();
    tables::build_small(dir.path(), CENTURY, &[Body::Venus, Body::TrueNode]);
    let fresh = Manifest::read(dir.path()).unwrap();
    let shared = Manifest::read(tables::shared_dir()).unwrap();
    for block in fresh.blocks {
        let reused = shared.blocks.iter().find(|shared| shared.recipe == block.recipe);
        let reused = reused.unwrap_or_else(|| panic!("{} is not among the shared tables", block.file));
        assert_eq!(
            reused, &block,
            "the same recipe gives other bytes: raise METHOD_VERSION in pipeline/src/recipe.rs"
        );
    }
}

#[test]
fn nothing_to_do_is_said_at_once() {
    let scope = Scope::full();
    tables::shared_dir();
    let before = Manifest::read(tables::shared_dir()).unwrap();
    let begun = Instant::now();
    let outcome = build(&tables::options(tables::shared_dir(), scope)).unwrap();
    println!("nothing to do: {:.2} s", begun.elapsed().as_secs_f64());
    assert!(
        outcome.unchanged && outcome.computed == 0 && outcome.reused == before.blocks.len(),
        "{outcome:?}"
    );
    assert_eq!(Manifest::read(tables::shared_dir()).unwrap(), before);

    let dir = workspace::scratch();
    let arguments = ["--from", "1900", "--to", "2000", "--bodies", "mean_node"];
    assert_eq!(run(dir.path(), &arguments).code, Some(0));
    let published = fs::metadata(dir.path().join(MANIFEST_FILE)).unwrap().modified().unwrap();
    let again = run(dir.path(), &arguments);
    assert!(again.code == Some(0) && again.out.starts_with("nothing to do: generation "), "{again:?}");
    assert_eq!(fs::metadata(dir.path().join(MANIFEST_FILE)).unwrap().modified().unwrap(), published);
}

#[test]
fn a_wider_scope_keeps_every_block_that_was_there() {
    let dir = workspace::scratch();
    tables::build_small(dir.path(), CENTURY, &[Body::MeanNode]);
    let narrow = contents(dir.path());
    let old = Manifest::read(dir.path()).unwrap();
    let modified =
        |file: &str| fs::metadata(dir.path().join(BLOCKS_DIR).join(file)).unwrap().modified().unwrap();
    let times: Vec<_> = old.blocks.iter().map(|block| modified(&block.file)).collect();

    let outcome = tables::build_small(dir.path(), (1900, 2100), &[Body::MeanNode, Body::MeanApogee]);
    assert_eq!((outcome.reused, outcome.computed), (3, 5));
    let new = Manifest::read(dir.path()).unwrap();
    assert_ne!(new.generation, old.generation);
    for (block, time) in old.blocks.iter().zip(&times) {
        assert!(new.blocks.contains(block), "{} is another one now", block.file);
        assert_eq!(modified(&block.file), *time, "{} was written again", block.file);
        let path = Path::new(BLOCKS_DIR).join(&block.file);
        assert_eq!(Some(&fs::read(dir.path().join(&path)).unwrap()), narrow.get(&path));
    }
    // And back: nothing is computed, and the old generation is the old generation.
    let outcome = tables::build_small(dir.path(), CENTURY, &[Body::MeanNode]);
    assert_eq!((outcome.computed, outcome.generation), (0, old.generation));
}

#[test]
fn killed_at_any_moment_it_continues_and_nothing_published_is_touched() {
    let bodies = [Body::MeanNode, Body::Mars, Body::TrueNode];
    let arguments = ["--from", "1900", "--to", "2000", "--bodies", "mean_node,mars,true_node", "--jobs", "2"];
    let undisturbed = workspace::scratch();
    let begun = Instant::now();
    tables::build_small(undisturbed.path(), CENTURY, &bodies);
    let whole = begun.elapsed();

    let dir = workspace::scratch();
    tables::build_small(dir.path(), CENTURY, &[Body::MeanNode]);
    let published = fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
    let (mut killed, mut most_blocks) = (0, 0);
    for nth in 0_u32..24 {
        let mut child = build_command(dir.path(), &arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From before the lock to after the last block, unevenly; the first three so early that even on a machine that has
        // just become ten times as quick they do not come too late.
        let thirtieths = if nth < 3 { nth } else { nth * 7 % 24 };
        std::thread::sleep(Duration::from_millis(3) + whole * thirtieths / 30);
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let dataset = Dataset::open(dir.path()).unwrap_or_else(|error| panic!("after a kill: {error}"));
        if ended.success() {
            // It was done before.
            break;
        }
        killed += 1;
        let blocks = fs::read_dir(dir.path().join(BLOCKS_DIR)).unwrap().count();
        most_blocks = most_blocks.max(blocks);
        let now = fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
        if now != published {
            // Killed between publishing and ending: then it is the new generation, whole.
            assert_eq!(dataset.generation(), Manifest::read(undisturbed.path()).unwrap().generation);
            break;
        }
    }
    println!("killed {killed} times, {most_blocks} blocks at most by then");
    assert!(killed >= 3);
    let outcome = tables::build_small(dir.path(), CENTURY, &bodies);
    println!("the last build computed {} blocks, reused {}", outcome.computed, outcome.reused);
    // All is the same, but that here something was published before.
    assert_eq!(differences(dir.path(), undisturbed.path()), [PathBuf::from(PREVIOUS_MANIFEST_FILE)]);
    assert_eq!(fs::read(dir.path().join(PREVIOUS_MANIFEST_FILE)).unwrap(), published);
}

#[test]
fn a_second_pipeline_is_told_to_wait() {
    let dir = workspace::scratch();
    tables::build_small(dir.path(), CENTURY, &[Body::MeanNode]);
    let before = contents(dir.path());
    let store = Store::lock(dir.path()).unwrap();
    let ended = run(dir.path(), &["--from", "1900", "--to", "2000", "--bodies", "mean_apogee"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains("another orrery-pipeline is working here") && ended.err.contains("--out"),
        "{ended:?}"
    );
    assert!(ended.err.contains(dir.path().to_str().unwrap()), "{ended:?}");
    assert_eq!(contents(dir.path()), before);
    // Readers are not kept out.
    Dataset::open(dir.path()).unwrap();
    let verified = programs::pipeline([
        "verify".as_ref(),
        dir.path().as_os_str(),
        "--ephe".as_ref(),
        workspace::ephemeris_path().as_os_str(),
    ]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    drop(store);
    assert_eq!(run(dir.path(), &["--from", "1900", "--to", "2000", "--bodies", "mean_apogee"]).code, Some(0));
}

#[test]
fn what_a_killed_build_left_half_written_is_removed() {
    let dir = workspace::scratch();
    tables::build_small(dir.path(), CENTURY, &[Body::MeanNode]);
    let whole = contents(dir.path());
    fs::write(dir.path().join(BLOCKS_DIR).join(".tmp-geo-sun+0.orrery"), b"half a block").unwrap();
    fs::write(dir.path().join(".tmp-manifest.json"), b"{").unwrap();
    Dataset::open(dir.path()).unwrap();
    tables::build_small(dir.path(), CENTURY, &[Body::MeanNode]);
    assert_eq!(contents(dir.path()), whole);
}

/// A shell in a mount namespace of its own with a small file system at `$DISK`; `None` where none can be had.
fn on_a_small_disk(script: &str) -> Option<Ended> {
    let root = workspace::scratch();
    let disk = root.path().join("disk");
    fs::create_dir(&disk).unwrap();
    for unshare in [&["--mount"][..], &["--user", "--map-root-user", "--mount"]] {
        let shell = |script: &str| {
            Command::new("unshare")
                .args(unshare)
                .args([
                    "sh",
                    "-c",
                    &format!("mount -t tmpfs -o size=1200k none \"$DISK\" || exit 99\n{script}"),
                ])
                .env("DISK", &disk)
                .env("PIPELINE", programs::path("orrery-pipeline"))
                .env("EPHE", workspace::ephemeris_path())
                .current_dir(workspace::root())
                .stdin(Stdio::null())
                .output()
                .map(Ended::from)
        };
        if shell("exit 0").is_ok_and(|ended| ended.code == Some(0)) {
            return Some(shell(script).unwrap());
        }
    }
    None
}

#[test]
fn a_full_disk_loses_nothing_and_the_same_command_continues() {
    let script = r#"
        build() { "$PIPELINE" build --out "$DISK/tables" --ephe "$EPHE" --from 1900 --to 2000 --bodies "$1" --jobs 1; }
        build mean_node || exit 10
        cp "$DISK/tables/manifest.json" "$DISK/../published" || exit 10
        build mean_node,moon 2>"$DISK/../message"; code=$?
        cat "$DISK/../message"
        [ $code = 1 ] || exit 11
        cmp "$DISK/tables/manifest.json" "$DISK/../published" || exit 12
        "$PIPELINE" verify "$DISK/tables" --ephe "$EPHE" || exit 13
        (cd "$DISK/tables" && find . -type f)
        mount -o remount,size=64m "$DISK" || exit 14
        build mean_node,moon || exit 15
        "$PIPELINE" verify "$DISK/tables" --ephe "$EPHE" || exit 16
        (cd "$DISK/tables" && find . -name '.tmp*' | grep . && exit 17)
        exit 0
    "#;
    if let Some(ended) = on_a_small_disk(script) {
        println!("{}", ended.out);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.out.contains("free some space and run the same command again"), "{ended:?}");
        assert!(
            ended.out.contains(".orrery: writing failed: No space left"),
            "the file is not named: {ended:?}"
        );
        return;
    }
    eprintln!("no file system can be mounted here: a limit on the size of files stands for a full disk");
    let dir = workspace::scratch();
    tables::build_small(dir.path(), CENTURY, &[Body::MeanNode]);
    let before = contents(dir.path());
    // Blocks of 512 bytes; the signal that comes with the limit is to be an error instead.
    let ended: Ended = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; ulimit -f 300; exec "$@""#, "sh"])
        .arg(programs::path("orrery-pipeline"))
        .args(["build", "--from", "1900", "--to", "2000", "--bodies", "mean_node,moon", "--out"])
        .arg(dir.path())
        .arg("--ephe")
        .arg(workspace::ephemeris_path())
        .output()
        .unwrap()
        .into();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(".orrery: writing failed"), "{ended:?}");
    for (name, bytes) in before {
        assert!(fs::read(dir.path().join(&name)).unwrap() == bytes, "{} changed", name.display());
    }
    Dataset::open(dir.path()).unwrap();
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let dir = workspace::scratch();
    let file = dir.path().join("a-file");
    fs::write(&file, b"").unwrap();
    let mut places = vec![file.join("tables"), file.clone()];
    if cfg!(target_os = "linux") {
        // Nobody can make a directory there, root included.
        places.push(PathBuf::from("/proc/orrery-tables"));
    }
    for place in places {
        let ended = run(&place, &["--from", "1900", "--to", "2000", "--bodies", "mean_node"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains(place.to_str().unwrap()) && ended.err.contains("failed"), "{ended:?}");
    }
    assert_eq!(fs::read(&file).unwrap(), b"");
}

/// A copy of the ephemeris files, to be mistreated.
fn ephemeris_copy() -> tempfile::TempDir {
    let dir = workspace::scratch();
    for entry in fs::read_dir(workspace::ephemeris_path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    dir
}

/// Builds a little from a directory of ephemeris files that will not do; gives what it says.
fn refused(ephe: &Path, years: (&str, &str)) -> String {
    let out = workspace::scratch();
    let ended: Ended = programs::command("orrery-pipeline")
        .args(["build", "--from", years.0, "--to", years.1, "--bodies", "sun,vesta", "--out"])
        .arg(out.path())
        .arg("--ephe")
        .arg(ephe)
        .output()
        .unwrap()
        .into();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!out.path().join(MANIFEST_FILE).exists());
    assert!(ended.err.contains("scripts/fetch-data"), "{ended:?}");
    ended.err
}

#[test]
fn ephemeris_files_that_are_missing_are_named() {
    let years = ("1900", "2000");
    let ephe = ephemeris_copy();
    for name in ["sepl_18.se1", "semo_18.se1", "seas_18.se1"] {
        let aside = ephe.path().join("aside");
        fs::rename(ephe.path().join(name), &aside).unwrap();
        let message = refused(ephe.path(), years);
        assert!(message.contains(name), "{message}");
        fs::rename(aside, ephe.path().join(name)).unwrap();
    }
    let nowhere = ephe.path().join("nowhere");
    assert!(refused(&nowhere, years).contains("nowhere"));
    let empty = workspace::scratch();
    assert!(refused(empty.path(), years).contains("sepl_18.se1"));
}

#[test]
fn ephemeris_files_of_a_whole_missing_age_are_named() {
    // 1800-01-01 needs the files before 1800: light that arrived then had set out in 1799.
    let ephe = ephemeris_copy();
    for kind in ["sepl", "semo", "seas"] {
        fs::remove_file(ephe.path().join(format!("{kind}_12.se1"))).unwrap();
    }
    let message = refused(ephe.path(), ("1800", "1900"));
    assert!(message.contains("sepl_12.se1"), "the missing file is not named: {message}");
}

#[test]
fn ephemeris_files_that_are_wrong_or_cut_are_named() {
    let years = ("1900", "2000");
    let ephe = ephemeris_copy();
    for name in ["sepl_18.se1", "semo_18.se1", "seas_18.se1"] {
        let path = ephe.path().join(name);
        let good = fs::read(&path).unwrap();
        for length in [0, 10, 200, 1_000, good.len() / 2, good.len() - 1] {
            fs::write(&path, &good[..length]).unwrap();
            let message = refused(ephe.path(), years);
            assert!(message.contains(name), "cut to {length}: {message}");
        }
        fs::write(&path, b"<html>404 Not Found</html>\n").unwrap();
        assert!(refused(ephe.path(), years).contains(name));
        fs::write(&path, &good).unwrap();
    }
    // The Moon's file under the planets' name.
    let planets = ephe.path().join("sepl_18.se1");
    fs::copy(ephe.path().join("semo_18.se1"), &planets).unwrap();
    assert!(refused(ephe.path(), years).contains("sepl_18.se1"));
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_to_write() {
    let dir = workspace::scratch();
    for (arguments, texts) in [
        (&["--bodies", "plutto"][..], &["plutto", "pluto", "did you mean"][..]),
        (&["--bodies", "sun,,moon"], &["bodies"]),
        (&["--bodies", ""], &["bodies"]),
        (&["--from", "2400", "--to", "1800"], &["2400", "1800", "--from", "--to"]),
        (&["--from", "1900", "--to", "1900"], &["1900"]),
        (&["--from", "nan"], &["--from"]),
        (&["--from", "1e300"], &["--from"]),
        (&["--from", "99999999"], &["99999999"]),
        (&["--from", "2147483648"], &["--from"]),
        (&["--from", "1900", "--from", "1900"], &["--from"]),
        (&["--jobs", "0"], &["--jobs"]),
        (&["--jobs", "-1"], &["-1"]),
        (&["--progress", "loud"], &["loud", "plain"]),
        (&["--bodis", "sun"], &["--bodis", "--bodies"]),
        (&["--out"], &["--out"]),
        (&["tables"], &["tables"]),
    ] {
        let mut command = programs::command("orrery-pipeline");
        command.arg("build").arg("--ephe").arg(workspace::ephemeris_path());
        if !arguments.contains(&"--out") {
            command.arg("--out").arg(dir.path());
        }
        let ended = Ended::from(command.args(arguments).output().unwrap());
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        for text in texts {
            assert!(ended.err.contains(text), "{arguments:?}: no {text:?} in {}", ended.err);
        }
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "wrong usage left something");
    let ended = programs::pipeline(["bild"]);
    assert!(ended.code == Some(2) && ended.err.contains("build"), "{ended:?}");
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let dir = workspace::scratch();
    let config = dir.path().join("orrery.toml");
    let ephe = workspace::ephemeris_path();
    let out = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    fs::write(
        &config,
        format!(
            "out = {:?}\nephe = {:?}\nfrom = 1900\nto = 2000\nbodies = \"mean_node\"\nprogress = \"none\"\n",
            out("file"),
            ephe
        ),
    )
    .unwrap();
    let command = |flags: &[&str], environment: &[(&str, &str)]| -> Ended {
        let mut command = programs::command("orrery-pipeline");
        command.arg("build").arg("--config").arg(&config).args(flags);
        command.envs(environment.iter().copied()).output().unwrap().into()
    };
    assert_eq!(command(&[], &[]).code, Some(0));
    Dataset::open(Path::new(&out("file"))).unwrap();
    assert_eq!(command(&[], &[("ORRERY_OUT", &out("environment"))]).code, Some(0));
    Dataset::open(Path::new(&out("environment"))).unwrap();
    assert_eq!(command(&["--out", &out("flag")], &[("ORRERY_OUT", &out("neither"))]).code, Some(0));
    Dataset::open(Path::new(&out("flag"))).unwrap();
    assert!(!Path::new(&out("neither")).exists());

    for (text, expected) in [
        ("bodis = \"sun\"", "bodis"),
        ("jobs = 0", "jobs"),
        ("bodies = \"plutto\"", "pluto"),
        ("bodies = [1", "orrery.toml"),
        ("from = true", "from"),
    ] {
        fs::write(&config, text).unwrap();
        let ended = command(&["--out", &out("never")], &[]);
        assert!(ended.code == Some(2) && ended.err.contains(expected), "{text}: {ended:?}");
    }
    fs::remove_file(&config).unwrap();
    let ended = command(&["--out", &out("never")], &[]);
    assert!(ended.code == Some(2) && ended.err.contains("orrery.toml"), "{ended:?}");
    assert!(!Path::new(&out("never")).exists());
}

#[test]
fn inspect_tells_of_a_dataset_and_of_a_block() {
    let manifest = Manifest::read(tables::shared_dir()).unwrap();
    let told = programs::pipeline(["inspect".as_ref(), tables::shared_dir().as_os_str()]);
    assert_eq!(told.code, Some(0), "{told:?}");
    for text in [&manifest.generation, "geo/moon", "earth_rotation", "DE431", "semo_18.se1"] {
        assert!(told.out.contains(text), "no {text:?} in {}", told.out);
    }
    let path = Manifest::block_path(tables::shared_dir(), &manifest.blocks[0]);
    let told = programs::pipeline(["inspect".as_ref(), path.as_os_str()]);
    assert!(told.code == Some(0) && told.out.contains(&manifest.blocks[0].product), "{told:?}");
    let told = programs::pipeline(["inspect", "/nowhere"]);
    assert!(told.code == Some(1) && told.err.contains("/nowhere"), "{told:?}");
}
