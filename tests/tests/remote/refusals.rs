//! What cannot be: it is told with the URL, the setting or the variable that is at fault and what to do, and without secrets.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use orrery_tests::locations::{self, KEY, Location, S3, report};
use orrery_tests::programs::Ended;
use orrery_tests::workspace;

use crate::datasets::{assert_has, of_month};

fn run(command: &mut Command) -> Ended {
    command.output().unwrap().into()
}

/// An address where nobody listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Pulls from a URL with such an environment; gives what is said by a failure.
fn refused(url: &str, environment: &[(&str, &str)]) -> String {
    let out = workspace::scratch();
    let out = out.path().join("tables");
    let mut command = locations::command("pull");
    command.arg("--out").arg(&out).args(["--from", url, "--retries", "1"]);
    let ended = run(command.envs(environment.iter().copied()));
    assert_eq!(ended.code, Some(1), "{url}: {ended:?}");
    assert!(ended.out.is_empty() && !out.exists(), "{url}: something was made");
    assert!(ended.err.starts_with("orrery-pipeline: ") && ended.err.lines().count() == 1, "{ended:?}");
    for (name, value) in environment {
        let is_secret = ["SECRET", "TOKEN", "SAS", "KEY"].iter().any(|word| name.contains(word));
        assert!(!is_secret || !ended.err.contains(value), "{name} is told: {ended:?}");
    }
    ended.err
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_to_write() {
    let out = workspace::scratch();
    for (arguments, texts) in [
        (&["pull"][..], &["--from"][..]),
        (&["pull", "--from", "here"], &["here", "file:///", "s3://bucket/path"]),
        (&["pull", "--from", "s3://"], &["s3://bucket/path"]),
        (&["pull", "--from", "ftp://server/path"], &["ftp://server/path", "https://server/path"]),
        (&["pull", "--from", "file://server/path"], &["file:///directory"]),
        (&["pull", "--from", "https://user:open-sesame@server/path"], &["…@server/path", "environment"]),
        (&["pull", "--from", "az://c/p?sv=1&sig=open-sesame"], &["az://c/p", "environment"]),
        (&["pull", "--from", "s3://b/p", "--retries", "many"], &["--retries", "many"]),
        (&["pull", "--from", "s3://b/p", "--report", "xml"], &["xml", "json"]),
        (&["pull", "--to", "s3://b/p"], &["--to"]),
        (&["publish"], &["--to"]),
        (&["publish", "--from", "s3://b/p"], &["--from"]),
        (&["publish", "--to", "datasets"], &["datasets", "file:///"]),
        (&["publish", "--to", "https://server/path"], &["https://server/path", "read from alone", "s3://"]),
        (&["publish", "--to", "s3://b/p", "--keep", "0"], &["--keep"]),
        (&["publish", "--to", "s3://b/p", "--keep-hours", "1.5"], &["--keep-hours"]),
        (&["publish", "a", "b", "--to", "s3://b/p"], &["b"]),
    ] {
        let mut command = locations::command(arguments[0]);
        let ended = run(command.args(&arguments[1..]).env("ORRERY_OUT", out.path().join("tables")));
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        for text in texts {
            assert!(ended.err.contains(text), "{arguments:?}: no {text:?} in {}", ended.err);
        }
        assert!(!ended.err.contains("open-sesame"), "{ended:?}");
    }
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "wrong usage left something");
}

#[test]
fn credentials_that_are_missing_or_wrong_are_asked_for_by_name() {
    let nowhere = nowhere();
    let metadata = ("AWS_METADATA_ENDPOINT", nowhere.as_str());
    let [key, secret] = KEY;
    for environment in [&[metadata][..], &[secret], &[key]] {
        let message = refused("s3://orrery/tables", environment);
        for text in ["s3://orrery/tables", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert!(message.contains(text), "no {text} in {message}");
        }
    }
    // A server that knows nobody.
    let server = S3::start(&[("INITIAL_NO_AUTH_ACTION_COUNT", "0")]);
    let endpoint = format!("http://{}", server.address);
    let message = refused(
        "s3://orrery/tables",
        &[key, secret, ("AWS_ENDPOINT_URL", &endpoint), ("AWS_ALLOW_HTTP", "true")],
    );
    for text in ["s3://orrery/tables/manifest.json", "403", "InvalidAccessKeyId", "AWS_ACCESS_KEY_ID", "read"]
    {
        assert!(message.contains(text), "no {text} in {message}");
    }
    let mut command = locations::command("publish");
    command.arg(of_month(0)).args(["--to", "s3://orrery/tables"]).envs(KEY);
    let ended = run(command.env("AWS_ENDPOINT_URL", endpoint).env("AWS_ALLOW_HTTP", "true"));
    assert!(ended.code == Some(1) && ended.err.contains("AWS_SECRET_ACCESS_KEY"), "{ended:?}");
    assert!(!ended.err.contains(secret.1) && !ended.err.contains(key.1), "{ended:?}");
}

#[test]
fn a_bucket_that_is_not_there_is_told_from_one_that_is_empty() {
    let location = Location::bucket();
    let endpoint = format!("http://{}", location.address());
    let [key, secret] = KEY;
    let environment = [key, secret, ("AWS_ENDPOINT_URL", endpoint.as_str()), ("AWS_ALLOW_HTTP", "true")];
    let message = refused("s3://nobodys/tables", &environment);
    assert!(message.contains("s3://nobodys/tables") && message.contains("NoSuchBucket"), "{message}");
    assert!(message.contains("make it, or correct the URL"), "{message}");
    let message = refused(&location.url(), &environment);
    assert!(
        message.contains("nothing is published there") && message.contains("publish DIR --to"),
        "{message}"
    );
    let mut command = locations::command("publish");
    command.arg(of_month(0)).args(["--to", "s3://nobodys/tables"]).envs(environment);
    let ended = run(&mut command);
    assert!(ended.code == Some(1) && ended.err.contains("make it, or correct the URL"), "{ended:?}");
    // And so with directories.
    let dir = workspace::scratch();
    let url = url::Url::from_file_path(dir.path().join("no/where")).unwrap().to_string();
    assert!(refused(&url, &[]).contains("nothing is published there"));
}

#[test]
fn a_server_that_cannot_be_reached_is_named_with_what_may_be_wrong() {
    let nowhere = nowhere();
    let [key, secret] = KEY;
    let allowed = ("AWS_ALLOW_HTTP", "true");
    let message = refused("s3://orrery/tables", &[key, secret, ("AWS_ENDPOINT_URL", &nowhere), allowed]);
    for text in ["s3://orrery/tables/manifest.json", "refused", "endpoint", "run the same command again"] {
        assert!(message.contains(text), "no {text} in {message}");
    }
    let message = refused("s3://orrery/tables", &[key, secret, ("AWS_ENDPOINT_URL", &nowhere)]);
    assert!(message.contains("AWS_ALLOW_HTTP=true"), "{message}");
    let message = refused(&format!("{nowhere}/tables"), &[]);
    assert!(message.contains(&nowhere) && message.contains("refused"), "{message}");
    // What Azure signs with stands in its URLs.
    let token = "sv=2024-11-04&sp=rl&sig=c2VjcmV0LXNpZ25hdHVyZQ%3D%3D";
    let azure = [
        ("AZURE_STORAGE_ACCOUNT_NAME", "orrery"),
        ("AZURE_STORAGE_SAS_TOKEN", token),
        ("AZURE_STORAGE_ENDPOINT", nowhere.as_str()),
        ("AZURE_ALLOW_HTTP", "true"),
    ];
    let message = refused("az://container/tables", &azure);
    assert!(message.contains("az://container/tables/manifest.json"), "{message}");
    assert!(!message.contains("sig=") && !message.contains("c2VjcmV0"), "{message}");
    let message = refused("az://container/tables", &[]);
    assert!(message.contains("AZURE_STORAGE_ACCOUNT_NAME"), "{message}");
    // A file of credentials that is none.
    let dir = workspace::scratch();
    let file = dir.path().join("account.json");
    fs::write(&file, r#"{"private_key": "a-very-private-key""#).unwrap();
    let message = refused("gs://bucket/tables", &[("GOOGLE_SERVICE_ACCOUNT", file.to_str().unwrap())]);
    assert!(
        message.contains("gs://bucket/tables") && message.contains("GOOGLE_SERVICE_ACCOUNT"),
        "{message}"
    );
    assert!(!message.contains("a-very-private-key"), "{message}");
}

#[test]
fn a_directory_that_cannot_be_used_is_named() {
    let location = Location::directory();
    report(&location.publish(of_month(0), &["--report", "json"]));
    let dir = workspace::scratch();
    let file = dir.path().join("a-file");
    fs::write(&file, b"").unwrap();
    let ended = location.pull(&file, &[]);
    assert!(ended.code == Some(1) && ended.err.contains(file.to_str().unwrap()), "{ended:?}");
    let mut command = locations::command("publish");
    let url = url::Url::from_file_path(file.join("tables")).unwrap().to_string();
    let ended = run(command.arg(of_month(0)).args(["--to", &url]));
    assert!(ended.code == Some(1) && ended.err.contains(&url), "{ended:?}");
    assert_eq!(fs::read(&file).unwrap(), b"");
    // One in which somebody works.
    let out = workspace::scratch();
    let store = orrery_pipeline::store::Store::lock(out.path()).unwrap();
    let ended = location.pull(out.path(), &[]);
    assert!(
        ended.code == Some(1) && ended.err.contains("another orrery-pipeline is working here"),
        "{ended:?}"
    );
    drop(store);
    report(&location.pull(out.path(), &["--report", "json"]));
    // Asking for news needs no lock: with none there is nothing to do.
    let _store = orrery_pipeline::store::Store::lock(out.path()).unwrap();
    assert_eq!(report(&location.pull(out.path(), &["--report", "json"]))["unchanged"], true);
}

#[test]
fn a_location_can_be_set_in_the_environment_and_in_the_file() {
    let dir = workspace::scratch();
    let (location, out) = (Location::directory(), dir.path().join("tables"));
    let config = dir.path().join("orrery.toml");
    fs::write(&config, format!("location = {:?}\nout = {:?}\nreport = \"json\"\n", location.url(), out))
        .unwrap();
    let mut command = locations::command("publish");
    report(&run(command.arg(of_month(0)).arg("--config").arg(&config)));
    let mut command = locations::command("pull");
    report(&run(command.env("ORRERY_CONFIG", &config)));
    assert_has(&out, of_month(0));
    let other = dir.path().join("other");
    let mut command = locations::command("pull");
    command.env("ORRERY_LOCATION", location.url()).env("ORRERY_OUT", &other).env("ORRERY_REPORT", "json");
    report(&run(&mut command));
    assert_has(&other, of_month(0));
}
