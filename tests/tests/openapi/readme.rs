//! The README, which shows replies before anybody has a server.

use orrery_tests::workspace;
use serde_json::Value;

use orrery_tests::interface::{Interface, commands};

#[test]
fn the_readme_shows_what_is_answered() {
    let mut interface = Interface::fetch();
    let readme = std::fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let mut blocks = readme.split("```").skip(1).step_by(2).peekable();
    let (mut asked, mut shown, mut sent) = (0, 0, 0);
    while let Some(block) = blocks.next() {
        let Some(block) = block.strip_prefix("sh\n") else { continue };
        for (path, body) in posted(block) {
            let reply = if body.starts_with('\n') {
                interface.post_lines(&path, &body)
            } else {
                interface.post(&path, &body)
            };
            assert!(matches!(reply.status, 200 | 202), "{path} {body}: {reply:?}");
            sent += 1;
        }
        for target in commands(block).into_iter().filter(|_| !block.contains(" --json ")) {
            let reply = interface.ask(&target, &[]);
            assert_eq!(reply.status == 200, !block.contains("plutto"), "{target}: {reply:?}");
            asked += 1;
            let Some(json) = blocks.peek().and_then(|block| block.strip_prefix("json\n")) else { continue };
            // What was left out is said to be.
            let json = json.replace(", …", "").replace('…', "");
            let promised: Value =
                serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
            assert_shown(&promised, &reply.json(), &target);
            shown += 1;
        }
    }
    assert!(asked >= 2 && shown >= 2 && sent >= 2, "{asked} {shown} {sent}");
}

/// What the commands of a block post, with the paths: JSON as it stands there, or the lines of a file that it writes.
fn posted(block: &str) -> Vec<(String, String)> {
    let lines = block.split_once("<<'END'").map(|(_, rest)| rest.split("END").next().unwrap());
    let commands = block.lines().filter_map(|line| line.strip_prefix("curl "));
    commands
        .filter_map(|command| {
            let (url, body) = match command.split_once(" --json '") {
                Some((url, body)) => (url, body.strip_suffix('\'').unwrap()),
                None if command.contains("--data-binary") => (command.split(' ').next()?, lines.unwrap()),
                None => return None,
            };
            let path = url.trim_matches('\'').strip_prefix("http://127.0.0.1:8080").unwrap();
            Some((path.to_owned(), body.to_owned()))
        })
        .collect()
}

/// Whether a value has all that the README shows of it.
pub(crate) fn assert_shown(promised: &Value, found: &Value, what: &str) {
    match (promised, found) {
        (Value::Object(members), Value::Object(found)) => {
            for (name, member) in members {
                let found = found.get(name).unwrap_or_else(|| panic!("{what} has no {name}"));
                assert_shown(member, found, &format!("{what}/{name}"));
            }
        }
        (Value::Array(items), Value::Array(found)) => {
            assert!(items.is_empty() || items.len() == found.len(), "{what}");
            for (index, (item, found)) in items.iter().zip(found).enumerate() {
                assert_shown(item, found, &format!("{what}/{index}"));
            }
        }
        (Value::Number(number), Value::Number(found)) => {
            let (number, found) = (number.as_f64().unwrap(), found.as_f64().unwrap());
            assert!((number - found).abs() < 1e-6, "{what}: {number} is {found}");
        }
        _ => assert_eq!(promised, found, "{what}"),
    }
}
