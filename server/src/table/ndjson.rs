//! NDJSON: one object a line, complete in itself.

use std::sync::Arc;

use super::layout::Layout;
use super::lines::Lines;
use super::spelling::{JSON, Spelling};
use crate::text::label::Label;

/// `{"utc":"2026-03-20T14:33:00.000Z","jd_tt":2461120.107,"body":"sun","longitude":359.98,…}`
pub(super) fn lines(layout: Arc<Layout>) -> Lines {
    let mut first = true;
    let mut key = |name: &str| {
        let before = if std::mem::replace(&mut first, false) { '{' } else { ',' };
        format!("{before}\"{name}\":")
    };
    let utc = layout.time.utc.then(|| [Label::new(&(key("utc") + "\"")), Label::new("\"")]);
    let jd_ut = layout.time.jd_ut.then(|| Label::new(&key("jd_ut")));
    let jd_tt = Label::new(&key("jd_tt"));
    let before_body = key("body");
    // Names of bodies are letters, digits, underscores and colons.
    let bodies = layout.bodies.iter().map(|body| Label::new(&format!("{before_body}\"{body}\""))).collect();
    let cells = layout.columns.iter().map(|column| Spelling::new(column, &key(column.name), JSON)).collect();
    Lines { utc, jd_ut, jd_tt, bodies, cells, end: Label::new("}\n"), layout }
}
