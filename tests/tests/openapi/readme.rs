//! The README, which shows replies before anybody has a server.

use orrery_tests::workspace;
use serde_json::Value;

use orrery_tests::interface::{Interface, commands};

#[test]
fn the_readme_shows_what_is_answered() {
    let mut interface = Interface::fetch();
    let readme = std::fs::read_to_string(workspace::root().join("README.md")).unwrap();
    let mut blocks = readme.split("```").skip(1).step_by(2).peekable();
    let (mut asked, mut shown) = (0, 0);
    while let Some(block) = blocks.next() {
        let Some(block) = block.strip_prefix("sh\n") else { continue };
        // What is posted is among the examples of the reference.
        for target in commands(block).into_iter().filter(|_| !block.contains("--json")) {
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
    assert!(asked >= 2 && shown >= 2, "{asked} {shown}");
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
