use clap::Command;

use super::*;

fn parse(text: &str) -> Result<Settings, ConfigError> {
    Settings::parse(Path::new("orrery.toml"), text)
}

fn of_flags(arguments: &[&str]) -> Result<Settings, ConfigError> {
    let command = Settings::add_flags(Command::new("orrery-server"));
    Settings::of_matches(&command.get_matches_from([&["orrery-server"], arguments].concat()))
}

#[test]
fn flags_win_over_the_file_and_the_file_over_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("orrery.toml");
    let text = "listen = '0.0.0.0:80'\ndatasets = 'tables'\n[limits]\ncompute_s = 5\nheaders = 16";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let flags = [
        "--config",
        file,
        "--datasets",
        "flagged",
        "--limits-headers=17",
        "--log-queries",
        "--log-level",
        "warn",
    ];
    let settings = of_flags(&flags).unwrap();
    assert_eq!(settings.datasets, PathBuf::from("flagged"));
    assert_eq!(settings.listen, SocketAddr::from(([0, 0, 0, 0], 80)));
    assert_eq!(settings.ephe, PathBuf::from("data/ephe"));
    assert_eq!((settings.limits.compute_s, settings.limits.headers, settings.limits.drain_s), (5, 17, 10));
    assert!(settings.log_queries && settings.log_level == "warn");
}

#[test]
fn unknown_keys_are_refused_by_name_with_a_suggestion() {
    for (text, message) in [
        ("lisen = '0.0.0.0:80'", "orrery.toml: unknown key `lisen`; did you mean `listen`?"),
        ("compute_s = 5", "unknown key `compute_s`; did you mean `limits.compute_s`?"),
        ("[limit]\ncompute_s = 5", "unknown key `limit`; did you mean `limits`?"),
        ("[limits]\nlisten = 'x'", "unknown key `limits.listen`; did you mean `listen`?"),
        ("[limits]\ncolour = 1", "`limits.colour`; known are bodies_bytes, body_bytes, "),
        ("[listen]\nport = 1", "listen = { port = 1 }: give text in quotes"),
        ("limits = 5", "orrery.toml: limits = 5: give a table"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn wrong_types_and_numbers_are_refused_by_name() {
    for (text, message) in [
        ("[live]\nqueue = 'many'", "orrery.toml: live.queue = \"many\": give 1 to 1000000 requests"),
        ("[live]\nthreads = 0", "orrery.toml: live.threads = 0: give 1 to 1024 threads"),
        ("[limits]\ncompute_s = -1", "limits.compute_s = -1: give 1 to 86400 seconds"),
        ("[limits]\nhang_s = 1", "limits.hang_s = 1: give 2 to 86400 seconds"),
        ("log_queries = 1", "log_queries = 1: give true or false"),
        ("log_format = 'jsn'", "log_format = \"jsn\": did you mean json?"),
        ("listen = 'nowhere'", "listen = \"nowhere\": invalid socket address"),
        (
            "[limits]\nbodies_bytes = 1024",
            "limits.bodies_bytes = 1024: give limits.body_bytes, which is 33554432",
        ),
        ("[schedule]\nroll = 'daily'", "schedule.roll = \"daily\": give six fields"),
        ("[schedule]\nyears = '1800-2400'", "schedule.years = \"1800-2400\": give two years such as"),
        ("[schedule]\nwindow = '120..80'", "schedule.window = \"120..80\": give years before and after"),
        (
            "[schedule]\nyears = '2400..1800'",
            "schedule.years = \"2400..1800\": give a first year before 1800",
        ),
        ("[schedule]\nyears = '1800..1800'", "give a first year before 1800"),
        ("[schedule]\nyears = '1800..99999'", "give two years from -13000 to 17000"),
        ("[schedule]\nyears = '1800..9999999999'", "give two years such as"),
        ("[schedule]\nwindow = '120y..80y'", "before today with a minus"),
        ("[schedule]\nwindow = '-120y..-80y'", "give years before and after"),
        ("[schedule]\nwindow = '-120y..+20001y'", "20000 at most"),
        ("[schedule]\nwindow = '-+120y..+80y'", "give years before and after"),
        (
            "[schedule]\nbodies = ['sun', 'mon']",
            "schedule.bodies = \"mon\": there is no table of it; did you mean moon?",
        ),
        ("[schedule]\nbodies = ['vulcan']", "there are tables of sun moon"),
        ("[schedule]\nfollow = 'bucket/tables'", "schedule.follow = …: give s3://bucket/path"),
        ("[schedule]\nfollow = 'ftp://server/tables'", "give s3://bucket/path"),
        ("[schedule]\nfollow = 's3:///tables'", "give s3://bucket/path"),
        ("[schedule]\nfollow = 'file://tables'", "file:///directory"),
        ("[schedule]\nfollow = 'https://me:secret@server/tables'", "schedule.follow = …: leave out the user"),
        ("[schedule]\nfollow = 'https://server/tables?token=1'", "leave out what is behind ?"),
        (
            "[schedule]\nfollow = 's3://b/t'\nyears = '1900..2000'",
            "schedule.years = \"1900..2000\": leave it out",
        ),
        ("[schedule]\nfollow = 's3://b/t'\nroll = ''", "schedule.roll = \"\": leave it out"),
        ("[schedule]\nfollow = 's3://b/t'\nthreads = 1", "schedule.threads = 1: leave it out"),
        ("[schedule]\nfollow = 's3://b/t'\nbodies = ['sun']", "schedule.bodies = [\"sun\"]: leave it out"),
        ("[schedule]\nwindow = '-1y..+1y'\nyears = '1900..2000'", "give it, or schedule.years"),
        ("[schedule]\ntoday = '2027-02-30'", "schedule.today = \"2027-02-30\": give a date"),
        ("[brief]\nwords_dir = '/no/such/words'", "/no/such/words: cannot be read"),
        ("= 1", "orrery.toml: TOML parse error at line 1"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    for (flags, message) in [
        (["--workers", "many"], "--workers = \"many\": give 0 to 1024 processes"),
        (["--live-threads", "0"], "--live-threads = 0: give 1 to 1024 threads"),
        (["--config", "no-such.toml"], "no-such.toml: cannot be read"),
    ] {
        let error = of_flags(&flags).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn resolved_settings_read_back_as_the_same() {
    let settings = Settings { workers: 3, log_format: LogFormat::Json, ..Settings::default() };
    assert_eq!(settings, parse(&settings.to_toml()).unwrap());
    let handed_down = serde_json::to_string(&settings).unwrap();
    assert_eq!(settings, serde_json::from_str(&handed_down).unwrap());
}

#[test]
fn every_setting_is_described_with_what_it_may_be_and_its_default() {
    let page = Settings::default().to_toml();
    for key in Settings::keys() {
        assert!(key.text().len() > 15 && key.text().ends_with('.'), "{}: {:?}", key.path(), key.about);
        assert!(page.contains(&format!("\n{} = ", key.name)), "{} is not on the page", key.path());
    }
    assert!(page.contains("# Give 1 to 1000000 requests. Default: 256\nqueue = 256\n"), "{page}");
}

/// The file of all settings in the documentation is what the program prints.
#[test]
fn the_file_of_all_settings_is_true() {
    let page = Settings::default().to_toml();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("orrery.toml");
    if std::env::var_os("ORRERY_WRITE_FIXTURES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == page, "{}: run this test with ORRERY_WRITE_FIXTURES=1 to write it anew", path.display());
}

#[test]
fn a_log_level_that_would_silence_all_is_refused() {
    for (level, remedy) in [
        ("", "give info"),
        (" ", "give info"),
        ("inf", "did you mean `info`?"),
        ("verbose", "give one of error, warn, info"),
        ("orrery_server=loud", "give info"),
        ("hyper=debug", "info,hyper=debug"),
        ("orery_server=debug", "info,orery_server=debug"),
        ("orrery_serverx=debug", "info,orrery_serverx=debug"),
        ("orrery_servers", "give one of error, warn, info"),
    ] {
        let error = of_flags(&["--log-level", level]).unwrap_err().to_string();
        assert!(error.starts_with(&format!("log_level = {level:?}: ")), "{error}");
        assert!(error.contains(remedy), "{error}");
    }
    for level in [
        "info",
        "WARN",
        "off",
        "3",
        "debug,hyper=info",
        "orrery_server=debug",
        "orrery_server",
        "orrery_server::wire=debug",
        "orrery_server[worker]=debug",
        "error,h2=warn",
    ] {
        assert!(of_flags(&["--log-level", level]).is_ok(), "{level}");
    }
}
