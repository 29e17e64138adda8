//! Values that others published: they stay where they are, in `ORRERY_GROUND_TRUTH`, by default `../shared/ground-truth` beside the
//! checkout.

use std::path::{Path, PathBuf};

use super::live;

/// Rows of a file of published values by the names of their columns; `None`, and a word on stderr, where it is not there.
pub(crate) fn published(name: &str) -> Option<Vec<Row>> {
    let dir = std::env::var_os("ORRERY_GROUND_TRUTH").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/ground-truth"),
        PathBuf::from,
    );
    let path = dir.join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "SKIPPED: no published values at {}; ORRERY_GROUND_TRUTH may name their folder",
            path.display()
        );
        return None;
    };
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next()?.split(',').collect();
    let row = |line: &str| {
        Row(head.iter().map(|name| (*name).to_owned()).zip(line.split(',').map(str::to_owned)).collect())
    };
    Some(lines.map(row).collect())
}

/// A row: names of columns and what stands in them.
pub(crate) struct Row(Vec<(String, String)>);

impl Row {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(column, _)| column == name)
            .map_or_else(|| panic!("no column {name}"), |(_, text)| text)
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        let text = self.text(name);
        (!text.is_empty()).then(|| text.parse().unwrap_or_else(|error| panic!("{name} `{text}`: {error}")))
    }

    pub(crate) fn value(&self, name: &str) -> f64 {
        self.number(name).unwrap_or_else(|| panic!("no {name} on {}", self.text("date")))
    }

    pub(crate) fn year(&self) -> i32 {
        self.text("date")[..4].parse().unwrap()
    }

    /// Greatest eclipse, a Julian day of TT.
    pub(crate) fn greatest_jd_tt(&self) -> f64 {
        let numbers =
            |text: &str, by: char| -> Vec<u32> { text.split(by).map(|part| part.parse().unwrap()).collect() };
        let (date, time) = (numbers(self.text("date"), '-'), numbers(self.text("td_greatest"), ':'));
        let seconds = f64::from(time[0] * 3600 + time[1] * 60 + time[2]);
        live::day(date[0] as i32, date[1] as u8, date[2] as u8).jd() + seconds / 86_400.0
    }
}
