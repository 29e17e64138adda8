//! What stands under the chart: the heading's lines, how far lines are from the places that are marked, and what the signs mean.

use orrery_almanac::astrocartography::Nearest;

use super::super::super::Heading;
use super::super::super::astrocartography::{Lines, Marked};
use super::super::{MARGIN, WIDTH};
use super::names::{Named, Size};
use crate::answer::events::words;
use crate::svg::{self, Document, wrapped};

/// From one line of text to the next, as a part of its size.
const LINE: f64 = 1.5;
/// The width of a sign.
const SIGN: f64 = 26.0;
/// Between a sign and its words.
const GAP: f64 = 6.0;
/// Between one entry and the next.
const APART: f64 = 16.0;

pub(super) struct Key<'a> {
    pub(super) size: Size,
    pub(super) lines: &'a Lines,
    pub(super) named: &'a [Named],
    pub(super) heading: &'a Heading,
}

/// How an entry is drawn: a line, by its class, or nothing.
type Sign = Option<&'static str>;

impl Key<'_> {
    /// Draws it from a height on, and says where it ends.
    pub(super) fn draw(&self, body: &mut Document, top: f64) -> f64 {
        let line = LINE * self.size.text;
        let mut baseline = top + self.size.text;
        let places = self.lines.marked.iter();
        let places = places.map(|marked| told_of(self.lines, marked, self.size.nearest, "\u{a0}· "));
        for told in self.heading.lines.iter().cloned().chain(places) {
            for row in wrapped(&told, (WIDTH - 2.0 * MARGIN) / self.size.text) {
                body.text("told", [MARGIN, baseline], "start", None, &row);
                baseline += line;
            }
        }
        let mut x = MARGIN;
        baseline += 0.2 * line;
        for (class, sign, told) in self.entries() {
            let sign_width = if sign.is_some() { SIGN + GAP } else { 0.0 };
            let width = sign_width + self.size.text * svg::width(&told);
            if x + width > WIDTH - MARGIN && x > MARGIN {
                (x, baseline) = (MARGIN, baseline + line);
            }
            if let Some(sign) = sign {
                let middle = baseline - 0.33 * self.size.text;
                body.raw("<g class=\"").raw(&class).raw("\">");
                body.path(sign, &[vec![[x, middle], [x + SIGN, middle]]], false);
                body.raw("</g>\n");
            }
            body.text("key", [x + sign_width, baseline], "start", None, &told);
            x += width + APART;
        }
        baseline + 0.3 * line
    }

    /// Bodies, and what the two kinds of lines mean.
    fn entries(&self) -> Vec<(String, Sign, String)> {
        let bodies = self.lines.bodies.iter().zip(self.named).map(|(name, Named { code, classes })| {
            (classes.clone(), Some("way"), format!("{code} {}", words(name)))
        });
        let kinds = [
            (Some("way"), "MC (named above), ASC"),
            (Some("way broken"), "IC (named below), DSC"),
            (None, "● zenith"),
        ];
        bodies.chain(kinds.map(|(sign, told)| (String::new(), sign, told.to_owned()))).collect()
    }
}

/// The lines that are nearest to a place, so many of them. Within what is told of one no row ends.
pub(super) fn told_of(lines: &Lines, marked: &Marked, most: usize, between: &str) -> String {
    let told = |nearest: &Nearest| {
        let line = lines.each.get(nearest.line)?;
        let body = words(lines.body(line.body()));
        let told = format!("{body} {} {:.0} km", line.angularity().abbreviation(), nearest.distance_km);
        Some(told.replace(' ', "\u{a0}"))
    };
    if marked.nearest.is_empty() {
        return format!("{}: no line is so near", marked.label);
    }
    let nearest: Vec<String> = marked.nearest.iter().filter_map(told).take(most).collect();
    format!("{}: {}", marked.label, nearest.join(between))
}
