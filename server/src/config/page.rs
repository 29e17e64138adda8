//! Settings written out: a TOML file that says of each what it is for, what it may be, and its default.

use serde::Serialize;
use toml::{Table, Value};

use super::keys::Key;
use super::layer::leaf;

/// Columns that a comment may take.
const WIDTH: usize = 118;

/// These settings as a file.
pub(super) fn written(settings: &impl Serialize, keys: &[Key], defaults: &Table) -> String {
    let tree = match Table::try_from(settings) {
        Ok(tree) => tree,
        // A path that is not UTF-8, which TOML cannot hold.
        Err(error) => return format!("# cannot be written as TOML: {error}\n"),
    };
    let mut page = String::new();
    let mut table = "";
    for key in keys {
        if key.table != table {
            table = key.table;
            page.extend(["\n[", table, "]\n"]);
        }
        let (Some(value), default) = (leaf(&tree, key), leaf(defaults, key)) else { continue };
        if !page.is_empty() && !page.ends_with("]\n") {
            page.push('\n');
        }
        for line in about(key, default) {
            page.extend(["# ", &line, "\n"]);
        }
        page.extend([key.name, " = ", &value.to_string(), "\n"]);
    }
    page
}

/// What is said of a setting, in lines.
fn about(key: &Key, default: Option<&Value>) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in key.text().split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let default = default.map(Value::to_string).unwrap_or_default();
    lines.push(match key.allowed.expected() {
        Some(expected) => format!("Give {expected}. Default: {default}"),
        None => format!("Default: {default}"),
    });
    lines
}
