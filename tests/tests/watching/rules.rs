//! The board and the rules that are handed out, held to Prometheus' checker and to what is exported.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use orrery_tests::metrics::series;
use orrery_tests::programs::{Ended, Server};
use orrery_tests::workspace;
use serde_json::Value;

use crate::{promtool, wait_until};

fn deployed(name: &str) -> PathBuf {
    workspace::root().join("server/deploy").join(name)
}

#[test]
fn rules_and_configuration_are_sound_and_do_what_they_are_for() {
    for (what, arguments, file) in [
        ("rules", &["check", "rules", "--lint-fatal"][..], "prometheus/orrery-alerts.yml"),
        ("configuration", &["check", "config", "--lint-fatal"], "prometheus/scrape.yml"),
        ("tests of the rules", &["test", "rules"], "prometheus/orrery-alerts.test.yml"),
    ] {
        let checked = Ended::from(promtool().args(arguments).arg(deployed(file)).output().unwrap());
        assert_eq!(checked.code, Some(0), "{what}: {}{}", checked.out, checked.err);
    }
}

/// Words of a text that are names of metrics: those of ours that are recorded by rules have a colon.
fn metrics(text: &str) -> BTreeSet<String> {
    let words =
        text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == ':'));
    words.filter(|word| word.starts_with("orrery_")).map(str::to_owned).collect()
}

/// Every expression of the board.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if ["expr", "query"].contains(&name.as_str()) => {
                        found.push(text.clone());
                    }
                    member => expressions(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

#[test]
fn the_board_and_the_rules_name_what_is_exported() {
    let server = Server::shared();
    // Workers hear of the schedule a moment after they have begun to serve.
    let text = RefCell::new(String::new());
    wait_until("the schedule to be told of", || {
        *text.borrow_mut() = server.text("/metrics");
        text.borrow().contains("orrery_schedule_running{")
    });
    let mut exported: BTreeSet<String> =
        series(&text.borrow()).into_keys().map(|name| name.split('{').next().unwrap().to_owned()).collect();
    // What there is only once the pipeline has run, and runs by the clock: a server of tests leaves its tables as they are.
    for later in ["last_success_timestamp", "last_run_timestamp", "last_duration", "next_run_timestamp"] {
        exported.insert(format!("orrery_schedule_{later}_seconds"));
    }
    let rules = std::fs::read_to_string(deployed("prometheus/orrery-alerts.yml")).unwrap();
    let lines = rules.lines().filter_map(|line| line.trim().strip_prefix("expr: "));
    let mut used: Vec<(&str, String)> = lines.map(|line| ("rules", line.to_owned())).collect();
    assert!(used.len() >= 15, "{used:?}");
    let board: Value =
        serde_json::from_str(&std::fs::read_to_string(deployed("grafana/orrery.json")).unwrap()).unwrap();
    let mut found = Vec::new();
    expressions(&board, &mut found);
    assert!(found.len() >= 30, "{found:?}");
    used.extend(found.into_iter().map(|expression| ("board", expression)));
    for (place, expression) in used {
        for name in metrics(&expression) {
            assert!(exported.contains(&name), "{place}: nobody exports {name}: {expression}");
        }
    }
    // Panels do not lie on each other, and have numbers of their own.
    let panels = board["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    let mut covered = BTreeSet::new();
    for panel in panels {
        let at = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(at("x") + at("w") <= 24, "{panel:#}");
        for place in
            (at("x")..at("x") + at("w")).flat_map(|x| (at("y")..at("y") + at("h")).map(move |y| (x, y)))
        {
            assert!(covered.insert(place), "{} lies on another panel", panel["title"]);
        }
    }
}
