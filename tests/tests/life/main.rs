//! A day in the life of a service that nobody looks after: it starts with no tables and answers live, takes tables up as they
//! are made, goes on under load while a worker is killed and another day comes, is asked for more than it can do, and is
//! stopped. Hazards: a reply that is lost at a joint of two states, and a state that nobody can see from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use orrery_tests::clients::{Clients, Judge};
use orrery_tests::http::Client;
use orrery_tests::metrics::series;
use orrery_tests::processes::signal;
use orrery_tests::programs::{self, Server};
use orrery_tests::workspace;
use serde_json::Value;

/// How long to wait for what takes a moment, or the making of a few tables.
const PATIENCE: Duration = Duration::from_mins(4);

/// Clients that ask all day; few, so that the pipeline, which has the same two processors, gets on.
const CLIENTS: usize = 2;

const TEN_BODIES: &str =
    "['sun', 'moon', 'mercury', 'venus', 'mars', 'jupiter', 'saturn', 'uranus', 'neptune', 'pluto']";

/// Requests for more than can be done at once, and how many of them at a time.
const RUSH: (usize, usize) = (640, 64);

/// What the service goes by on a day. The bodies are those that an almanac needs, which moves on with the months, and two
/// centuries make two steps of it.
fn settings(today: &str) -> String {
    format!(
        "workers = 2\nwatch_ms = 20\n[live]\nqueue = 16\n[schedule]\nyears = '1900..2100'\n\
         bodies = {TEN_BODIES}\naudit = '* * * * * *'\naudit_blocks = 2\nniceness = 0\ntoday = '{today}'\n"
    )
}

/// The service of the day.
struct Day {
    server: Server,
    client: Client,
    config: PathBuf,
}

impl Day {
    fn begin(scratch: &Path) -> Day {
        let config = scratch.join("orrery.toml");
        std::fs::write(&config, settings("2026-11-30")).unwrap();
        let mut command = programs::command("orrery-server");
        command.args(["--listen", "127.0.0.1:0", "--log-level", "warn", "--schedule-enabled", "true"]);
        command.arg("--datasets").arg(scratch.join("datasets"));
        command.arg("--ephe").arg(workspace::ephemeris_path()).arg("--config").arg(&config);
        let server = Server::run(&mut command);
        let client = server.client();
        Day { server, client, config }
    }

    fn status(&self) -> Value {
        self.client.get("/status").json()
    }

    /// What is told of a task of the pipeline's.
    fn task(&self, name: &str) -> Value {
        let status = self.status();
        let tasks = status["schedule"]["tasks"].as_array().unwrap();
        tasks.iter().find(|task| task["task"] == name).unwrap_or_else(|| panic!("{name}: {status}")).clone()
    }

    /// What `/metrics` counts under names that begin like this, all of them together.
    fn counted(&self, name: &str) -> f64 {
        let all = series(&self.client.get("/metrics").body);
        let of: Vec<f64> =
            all.into_iter().filter(|(it, _)| it.starts_with(name)).map(|(_, value)| value).collect();
        assert!(!of.is_empty(), "there is no {name}");
        of.iter().sum()
    }

    /// Positions that came from this source.
    fn answered_from(&self, source: &str) -> f64 {
        self.counted(&format!("orrery_answers_total{{resource=\"/v1/positions\",source=\"{source}\"}}"))
    }

    fn generation(&self) -> String {
        self.status()["generation"].as_str().unwrap().to_owned()
    }

    fn wait_until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}: {}", self.status());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Who answers for the Sun at an instant.
    fn source_at(&self, date: &str) -> String {
        let reply = self.client.get(&format!("/v1/positions?bodies=sun&date={date}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.header("x-ephemeris-source").unwrap().to_owned()
    }

    /// Clients that want every request to be answered.
    fn load(&self) -> Clients {
        let targets: Vec<String> = (0..64)
            .map(|nth| {
                format!("/v1/positions?bodies=sun,moon&jd_tt={}", 2_460_000.5 + f64::from(nth) * 31.25)
            })
            .collect();
        let judge: Arc<Judge> =
            Arc::new(|_, _, reply| if reply.status == 200 { Ok(()) } else { Err(format!("{reply:?}")) });
        Clients::start(CLIENTS, self.server.address, &targets, &judge)
    }
}

#[test]
fn a_day_in_the_life() {
    let scratch = workspace::scratch();
    let day = Day::begin(scratch.path());
    serves_live_and_takes_up_tables_as_they_come(&day);
    survives_the_death_of_a_worker(&day);
    moves_to_another_day(&day);
    refuses_what_is_too_much(&day);
    is_stopped(day);
}

fn serves_live_and_takes_up_tables_as_they_come(day: &Day) {
    assert!(day.server.greeting.contains("live, as there are no tables yet"), "{}", day.server.greeting);
    let nothing = day.generation();
    assert_eq!(day.source_at("2026-11-30T12:00Z"), "live");
    let health = day.status()["health"].clone();
    assert!(health.to_string().contains("there are no tables yet"), "{health}");
    assert_eq!(day.counted("orrery_health_score"), 70.0);
    assert!(day.answered_from("live") >= 1.0 && day.answered_from("table") == 0.0);
    day.wait_until("the pipeline at work", || !day.task("roll")["running_since"].is_null());
    // Nothing that is asked meanwhile is lost.
    let load = day.load();
    let mut seen: Vec<(String, u64)> = Vec::new();
    day.wait_until("the first run of the pipeline", || {
        let dataset = day.client.get("/v1/dataset").json();
        let generation = dataset["generation"].as_str().unwrap().to_owned();
        if seen.last().is_none_or(|(last, _)| *last != generation) {
            seen.push((generation, dataset["blocks"].as_array().unwrap().len() as u64));
        }
        day.task("roll")["runs"] == 1
    });
    let roll = day.task("roll");
    assert!(roll["last_error"].is_null() && roll["running_since"].is_null(), "{roll}");
    let whole = roll["last_report"]["generation"].as_str().unwrap().to_owned();
    day.wait_until("the whole dataset", || {
        day.status()["workers"].as_array().unwrap().iter().all(|worker| worker["generation"] == whole)
    });
    assert_eq!(seen[0], (nothing, 0), "{seen:?}");
    let blocks = day.client.get("/v1/dataset").json()["blocks"].as_array().unwrap().len() as u64;
    assert!(
        seen.iter().any(|(_, some)| (1..blocks).contains(some)),
        "nothing was published on the way: {seen:?}"
    );
    let tally = load.stop();
    assert!(tally.sent > 0 && tally.lost.is_empty(), "of {} requests: {:?}", tally.sent, tally.lost);
    for date in ["1901-02-03", "2026-11-30T12:00Z", "2099-06-01"] {
        assert_eq!(day.source_at(date), "table", "{date}");
    }
    assert!(day.answered_from("table") >= 3.0);
    assert_eq!(day.counted(&format!("orrery_generation_info{{generation=\"{}\"}}", &whole)), 1.0);
    assert_eq!(day.counted("orrery_schedule_runs_total{task=\"roll\"}"), 1.0);
    day.wait_until("a sample compared with the source", || day.task("audit")["runs"].as_u64() > Some(0));
    let audit = day.task("audit");
    assert!(audit["last_error"].is_null(), "{audit}");
    assert_eq!(day.status()["health"]["score"], 100, "{}", day.status()["health"]);
    assert_eq!(day.counted("orrery_health_score"), 100.0);
    assert_eq!(day.counted("orrery_worker_crashes_total"), 0.0);
}

fn survives_the_death_of_a_worker(day: &Day) {
    let before = day.status();
    let worker = before["workers"][0]["pid"].as_u64().unwrap();
    let load = day.load();
    signal(worker as u32, "KILL");
    day.wait_until("another worker", || {
        let status = day.status();
        let workers = status["workers"].as_array().unwrap();
        status["restarts"] == 1
            && workers.len() == 2
            && workers.iter().all(|it| it["state"] == "serving" && it["pid"] != worker)
    });
    let tally = load.stop();
    // It takes its open connections with it, of which each client had one at most, and nothing else.
    assert!(tally.lost.len() <= CLIENTS, "of {} requests: {:?}", tally.sent, tally.lost);
    assert!(tally.lost.iter().all(|lost| !lost.contains("status")), "{:?}", tally.lost);
    let status = day.status();
    assert!(status["totals"]["requests"].as_u64() > before["totals"]["requests"].as_u64(), "{status}");
    let health = status["health"].to_string();
    assert!(health.contains("a worker ended unexpectedly"), "{health}");
    assert_eq!(day.counted("orrery_worker_crashes_total"), 1.0);
    assert_eq!(day.counted("orrery_workers{state=\"serving\"}"), 2.0);
}

fn moves_to_another_day(day: &Day) {
    let (before, load) = (day.generation(), day.load());
    std::fs::write(&day.config, settings("2026-12-01")).unwrap();
    signal(day.server.pid(), "HUP");
    day.wait_until("the dataset of another day", || {
        let status = day.status();
        let workers = status["workers"].as_array().unwrap();
        workers.len() == 2
            && workers.iter().all(|it| it["state"] == "serving" && it["generation"] != before)
            && status["schedule"]["rehearsed_day"] == "2026-12-01"
            // Workers have it a moment before its maker has ended.
            && day.task("roll")["runs"] == 2
    });
    let tally = load.stop();
    assert!(tally.sent > 0 && tally.lost.is_empty(), "of {} requests: {:?}", tally.sent, tally.lost);
    let dataset = day.client.get("/v1/dataset").json();
    let lists = dataset["lists"].as_array().unwrap();
    let almanac = lists.iter().find(|list| list["name"] == "almanac").unwrap();
    // From the first of November 2025, thirteen months before the month.
    assert_eq!(almanac["start_jd_tt"], 2_460_980.5, "{almanac}");
    let roll = day.task("roll");
    assert!(roll["runs"] == 2 && roll["last_error"].is_null(), "{roll}");
    assert_eq!(roll["last_report"]["computed"], 0, "no table has changed: {roll}");
    assert_eq!(day.counted("orrery_schedule_runs_total{task=\"roll\"}"), 2.0);
    assert_eq!(day.counted(&format!("orrery_generation_info{{generation=\"{}\"}}", day.generation())), 1.0);
}

fn refuses_what_is_too_much(day: &Day) {
    let refused = day.counted("orrery_live_refused_total");
    let bodies = "sun,moon,mercury,venus,mars,jupiter,saturn,uranus,neptune,pluto,true_node,chiron,ceres";
    let (requests, at_once) = RUSH;
    let address = day.server.address;
    let rush: Vec<_> = (0..at_once)
        .map(|nth| {
            thread::spawn(move || {
                let mut answers = BTreeMap::new();
                for request in (nth..requests).step_by(at_once) {
                    let jd = 2_400_000.5 + request as f64 * 17.125;
                    let target = format!("/v1/positions?bodies={bodies}&jd_tt={jd}&source=live");
                    let reply = Client::new(address).get(&target);
                    if reply.status == 503 {
                        reply.problem(503, "busy");
                        assert!(reply.header("retry-after").is_some(), "{reply:?}");
                    }
                    *answers.entry(reply.status).or_insert(0) += 1;
                }
                answers
            })
        })
        .collect();
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    for answered in rush {
        for (status, count) in answered.join().unwrap() {
            *answers.entry(status).or_default() += count;
        }
    }
    // Each was answered: done, or refused at once with when to ask again.
    assert_eq!(answers.keys().copied().collect::<Vec<_>>(), [200, 503], "{answers:?}");
    assert_eq!(answers.values().sum::<usize>(), requests, "{answers:?}");
    assert_eq!(day.source_at("2026-12-01T12:00Z"), "table");
    assert_eq!(day.counted("orrery_live_refused_total") - refused, answers[&503] as f64, "{answers:?}");
    assert!(
        day.status()["live"]["refused"].as_u64() >= Some(answers[&503] as u64),
        "{}",
        day.status()["live"]
    );
}

/// Ends it while a long reply is under way.
fn is_stopped(day: Day) {
    let mut reading = day.client.connect();
    let target = "/v1/ephemeris?start=2000-01-01&stop=2003-01-01&step=10m&bodies=sun,moon&format=csv";
    reading.send(format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
    let beginning = reading.beginning();
    assert!(beginning.starts_with("HTTP/1.1 200"), "{beginning}");
    signal(day.server.pid(), "TERM");
    let rest = reading.rest();
    let text = String::from_utf8_lossy(&rest);
    assert!(
        text.contains("2003-01-01T00:00:00.000Z"),
        "the last row is missing: …{}",
        &text[text.len() - 200..]
    );
    assert_eq!(day.server.end(), Some(0));
}
