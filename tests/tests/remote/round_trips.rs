//! There and back: the same bytes, and no more of them than are missing.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use orrery_format::manifest::{LISTS_DIR, PREVIOUS_MANIFEST_FILE};
use orrery_tests::locations::{self, Location, report};
use orrery_tests::programs::Ended;
use orrery_tests::wire::{Fate, Wire};
use orrery_tests::workspace;

use crate::datasets::{FILES, almanac, assert_has, copy, files, generation, keys, manifest, moon, of_month};

const JSON: [&str; 2] = ["--report", "json"];

#[test]
fn what_is_published_is_pulled_to_the_last_byte() {
    let dir = of_month(0);
    let bytes: usize = files(dir).values().map(Vec::len).sum();
    for location in Location::each() {
        let published = report(&location.publish(dir, &JSON));
        assert_eq!(published["generation"], generation(dir));
        assert_eq!((&published["unchanged"], &published["present"]), (&false.into(), &0.into()));
        assert_eq!(published["uploaded"], FILES);
        assert_eq!(published["bytes"], bytes);
        assert!(published["seconds"].as_f64().unwrap() > 0.0);
        for key in keys(&manifest(dir)) {
            assert!(location.has(&key), "{}", location.object(&key));
        }
        assert_eq!(location.text("manifest.json"), fs::read_to_string(dir.join("manifest.json")).unwrap());
        let kept = format!("generations/{}.json", generation(dir));
        assert_eq!(location.text(&kept), location.text("manifest.json"));

        let out = workspace::scratch();
        // A directory that is not there is made.
        let out = out.path().join("made/for/it");
        let pulled = report(&location.pull(&out, &JSON));
        assert_eq!(pulled["generation"], generation(dir));
        assert_eq!((&pulled["unchanged"], &pulled["reused"]), (&false.into(), &0.into()));
        assert_eq!((&pulled["fetched"], &pulled["bytes"]), (&FILES.into(), &bytes.into()));
        assert_eq!(pulled["resumed_bytes"], 0);
        assert_has(&out, dir);
        assert!(!out.join(PREVIOUS_MANIFEST_FILE).exists());

        // Again there is nothing to do, and it is said in words where no report is asked for.
        let again = report(&location.publish(dir, &JSON));
        assert_eq!((&again["unchanged"], &again["uploaded"]), (&true.into(), &0.into()));
        assert_eq!(again["present"], FILES);
        let again = location.publish(dir, &[]);
        assert!(again.out.starts_with("nothing to do: generation ") && again.err.is_empty(), "{again:?}");
        let again = report(&location.pull(&out, &JSON));
        assert_eq!((&again["unchanged"], &again["bytes"]), (&true.into(), &0.into()));
        let again = location.pull(&out, &[]);
        assert!(again.out.starts_with("nothing new: generation ") && again.err.is_empty(), "{again:?}");
    }
}

#[test]
fn of_a_second_generation_what_is_new_goes_over() {
    let (first, second) = (of_month(0), of_month(1));
    for location in Location::each() {
        let out = workspace::scratch();
        report(&location.publish(first, &JSON));
        report(&location.pull(out.path(), &JSON));
        let published = report(&location.publish(second, &JSON));
        assert_eq!((&published["uploaded"], &published["present"]), (&1.into(), &(FILES - 1).into()));
        let pulled = report(&location.pull(out.path(), &JSON));
        assert_eq!((&pulled["fetched"], &pulled["reused"]), (&1.into(), &(FILES - 1).into()));
        let length = fs::metadata(second.join(almanac(second))).unwrap().len();
        assert_eq!((&published["bytes"], &pulled["bytes"]), (&length.into(), &length.into()));
        assert_has(out.path(), second);
        // The generation before is kept whole, as builds keep it.
        let before = fs::read(out.path().join(PREVIOUS_MANIFEST_FILE)).unwrap();
        assert_eq!(before, fs::read(first.join("manifest.json")).unwrap());
        assert!(out.path().join(almanac(first)).is_file());
        // And goes with the next.
        report(&location.publish(of_month(2), &JSON));
        let pulled = location.pull(out.path(), &[]);
        assert!(pulled.out.contains("\nremoved 1 files"), "{pulled:?}");
        assert!(!out.path().join(almanac(first)).exists());
        assert_eq!(fs::read_dir(out.path().join(LISTS_DIR)).unwrap().count(), 4);
        // What was published before can be published once more, with nothing to upload.
        let back = report(&location.publish(first, &JSON));
        assert_eq!((&back["uploaded"], &back["unchanged"]), (&0.into(), &false.into()));
        report(&location.pull(out.path(), &JSON));
        assert_has(out.path(), first);
    }
}

#[test]
fn asking_for_news_is_one_small_request() {
    let location = Location::bucket();
    report(&location.publish(of_month(0), &JSON));
    let out = workspace::scratch();
    let wire = Wire::to(location.address(), |_| Fate::Pass);
    let ask = |out: &Path| {
        let (asked, answered) = (wire.requests().len(), wire.answered());
        let mut pulling = location.pulling(out, &JSON);
        let pulled =
            pulling.env("AWS_ENDPOINT_URL", format!("http://{}", wire.address)).output().unwrap().into();
        (report(&pulled), wire.requests().split_off(asked), wire.answered() - answered)
    };
    let (_, requests, _) = ask(out.path());
    assert_eq!(requests.len(), 1 + FILES);
    let before = workspace::contents(out.path());
    for _ in 0..2 {
        let (pulled, requests, answered) = ask(out.path());
        assert_eq!(pulled["unchanged"], true);
        assert_eq!(requests.len(), 1, "{requests:?}");
        assert!(requests[0].is("GET", "manifest.json") && requests[0].field("if-none-match").is_some());
        assert!(answered < 1000, "{answered} bytes");
        assert_eq!(workspace::contents(out.path()), before);
    }
    // Something else was published here since, or the same is here but nothing is remembered: the manifest is compared.
    let other = copy(of_month(1));
    fs::copy(out.path().join(".pulled.json"), other.path().join(".pulled.json")).unwrap();
    let (pulled, requests, _) = ask(other.path());
    assert_eq!((&pulled["unchanged"], &pulled["fetched"]), (&false.into(), &1.into()));
    assert_eq!(requests.len(), 2);
    assert_has(other.path(), of_month(0));
    let carried = copy(of_month(0));
    for asked in 0..2 {
        let (pulled, requests, answered) = ask(carried.path());
        assert_eq!((&pulled["unchanged"], requests.len()), (&true.into(), 1));
        assert_eq!(answered < 1000, asked == 1, "{answered} bytes");
    }
    // What is remembered may be anything.
    for garbage in [&b""[..], b"{}", b"\xff", br#"{"from":"","e_tag":"\n","generation":""}"#] {
        fs::write(out.path().join(".pulled.json"), garbage).unwrap();
        assert_eq!(ask(out.path()).0["unchanged"], true);
    }
}

#[test]
fn what_has_gone_or_changed_here_is_fetched_again() {
    let dir = of_month(0);
    let location = Location::directory();
    report(&location.publish(dir, &JSON));
    let out = workspace::scratch();
    report(&location.pull(out.path(), &JSON));
    let key = almanac(dir);
    fs::remove_file(out.path().join(&key)).unwrap();
    let mended = location.pull(out.path(), &[]);
    assert!(
        mended.out.starts_with("mended generation ") && mended.out.contains(" 1 files fetched"),
        "{mended:?}"
    );
    assert_has(out.path(), dir);
    // Of what has to be read anyway the bytes are looked at too.
    let mut content = fs::read(out.path().join(&key)).unwrap();
    content[5000] ^= 1;
    fs::write(out.path().join(&key), &content).unwrap();
    fs::remove_file(out.path().join("manifest.json")).unwrap();
    let pulled = report(&location.pull(out.path(), &JSON));
    assert_eq!((&pulled["fetched"], &pulled["reused"]), (&1.into(), &(FILES - 1).into()));
    assert_has(out.path(), dir);
}

#[test]
fn every_byte_of_what_is_here_is_read_where_that_is_asked_for() {
    let dir = of_month(0);
    let check = [&JSON[..], &["--check"]].concat();
    for location in Location::each() {
        report(&location.publish(dir, &JSON));
        let out = workspace::scratch();
        // Where nothing is here it asks for no more than is done anyway.
        assert_eq!(report(&location.pull(out.path(), &check))["fetched"], FILES);
        for key in [moon(dir), almanac(dir)] {
            let path = out.path().join(&key);
            let mut content = fs::read(&path).unwrap();
            let middle = content.len() / 2;
            content[middle] ^= 1;
            fs::write(&path, &content).unwrap();
            // By its name and its length it is as it was.
            let pulled = report(&location.pull(out.path(), &JSON));
            assert_eq!((&pulled["fetched"], &pulled["checked"]), (&0.into(), &false.into()));
            let mended = location.pull(out.path(), &["--check"]);
            assert!(
                mended.out.starts_with("mended generation ") && mended.out.contains(" 1 files fetched"),
                "{mended:?}"
            );
            assert_has(out.path(), dir);
        }
        let sound = report(&location.pull(out.path(), &check));
        assert_eq!((&sound["unchanged"], &sound["checked"]), (&true.into(), &true.into()));
        assert_eq!((&sound["fetched"], &sound["reused"]), (&0.into(), &FILES.into()));
        let sound = location.pull(out.path(), &["--check"]);
        assert!(sound.out.contains("files, every byte of them sound") && sound.err.is_empty(), "{sound:?}");
        // What is damaged here stays until there is something better.
        fs::write(out.path().join(almanac(dir)), b"damaged").unwrap();
        location.remove(&almanac(dir));
        let failed = location.pull(out.path(), &["--check"]);
        assert!(failed.code == Some(1) && failed.err.contains(&location.object(&almanac(dir))), "{failed:?}");
        assert_eq!(fs::read(out.path().join(almanac(dir))).unwrap(), b"damaged");
    }
}

/// A web server over a directory, until it is dropped: Python's, which knows no ranges and no entity tags.
struct Web(Child, String);

impl Web {
    /// One that speaks in the clear.
    fn over(dir: &Path) -> Web {
        let mut command = Command::new("python3");
        Web::start(
            command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"]).arg(dir),
        )
    }

    /// One that speaks TLS, with the certificate that it leaves in a directory.
    fn over_tls(dir: &Path, room: &Path) -> Web {
        let mut command = Command::new(locations::room().join("python"));
        Web::start(command.arg(workspace::root().join("tests/stores/web.py")).args([dir, room]))
    }

    fn start(command: &mut Command) -> Web {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut greeting = String::new();
        let stdout = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut greeting).unwrap();
        let url = greeting.split(['(', ')']).nth(1).unwrap_or_else(|| panic!("{greeting:?}"));
        Web(child, url.trim_end_matches('/').to_owned())
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_web_server_is_pulled_from_too() {
    let (first, second) = (of_month(0), of_month(1));
    let served = workspace::scratch();
    let place = url::Url::from_file_path(served.path().join("tables")).unwrap().to_string();
    let publish = |dir: &Path| {
        let mut command = locations::command("publish");
        report(&command.arg(dir).args(["--to", &place]).args(JSON).output().unwrap().into())
    };
    publish(first);
    let web = Web::over(served.path());
    let out = workspace::scratch();
    let pull = || {
        let mut command = locations::command("pull");
        command.arg("--out").arg(out.path()).args(["--from", &format!("{}/tables/", web.1)]).args(JSON);
        report(&command.output().unwrap().into())
    };
    // What was begun is begun anew, since the server sends nothing in parts.
    let key = moon(first);
    let begun = crate::datasets::partial(out.path(), first, &key);
    fs::create_dir_all(begun.parent().unwrap()).unwrap();
    fs::write(&begun, &fs::read(first.join(&key)).unwrap()[..1000]).unwrap();
    let pulled = pull();
    assert_eq!((&pulled["fetched"], &pulled["resumed_bytes"]), (&FILES.into(), &0.into()));
    assert_has(out.path(), first);
    assert_eq!(pull()["unchanged"], true);
    publish(second);
    assert_eq!(pull()["fetched"], 1);
    assert_has(out.path(), second);
}

#[test]
fn a_web_server_is_believed_by_its_certificate() {
    let dir = of_month(0);
    let room = workspace::scratch();
    let web = Web::over_tls(dir, room.path());
    let (out, certificate) = (workspace::scratch(), room.path().join("certificate.pem"));
    let pull = |certificates: &Path| -> Ended {
        let mut command = locations::command("pull");
        command.arg("--out").arg(out.path()).args(["--from", &web.1]).args(JSON);
        // Both, or the system's own are taken too.
        command.env("SSL_CERT_FILE", certificates).env("SSL_CERT_DIR", room.path().join("none"));
        command.output().unwrap().into()
    };
    assert_eq!(report(&pull(&certificate))["fetched"], FILES);
    assert_has(out.path(), dir);
    // It is not if the certificate is not known, and where none is known nobody is.
    let other = workspace::scratch();
    let _another = Web::over_tls(dir, other.path());
    for (certificates, told) in [
        (other.path().join("certificate.pem"), "invalid peer certificate"),
        (room.path().join("none"), "ca-certificates"),
    ] {
        let ended = pull(&certificates);
        assert!(ended.code == Some(1) && ended.err.contains(&web.1), "{ended:?}");
        assert!(ended.err.contains(told) && ended.err.contains("SSL_CERT_FILE"), "{ended:?}");
    }
}
