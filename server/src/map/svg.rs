//! A map as a drawing: one SVG 1.1 document that needs nothing else.
//!
//! The whole Earth in plate carrée, two units a degree, with the longitude of the greatest eclipse in the middle, or Greenwich's on maps
//! of lines, and underneath what the signs mean and the lines that the caller gives. Colours are those of [`style`].

mod chart;
mod coast;
mod label;
mod legend;
mod lines;
mod lunar;
mod solar;
mod style;
mod thin;

use orrery_format::TtDay;

use self::chart::Chart;
use self::legend::Legend;
use super::{Map, Subject};
use crate::svg::{Document, Root, Theme};

/// What a map is to screen readers.
const ROLE: &str = "img";
/// The width of the drawing, units.
const WIDTH: f64 = 720.0;
/// The height of what stands above the map.
const HEAD: f64 = 38.0;
/// The height of the map.
const CHART: f64 = 360.0;
/// From one line of text to the next.
const LINE: f64 = 19.0;
/// The size of the title.
const TITLE: f64 = 23.0;
/// Where text begins and ends.
const MARGIN: f64 = 10.0;

/// What is told of a map in words, and in which colours it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Heading {
    /// Its title, in one line.
    pub(crate) title: String,
    /// Lines of some hundred letters at most, which stand under the map.
    pub(crate) lines: Vec<String>,
    pub(crate) theme: Theme,
}

impl Map {
    /// The map as an SVG document. Instants are labels, told as the caller has them: some five letters, such as `17:46`.
    #[must_use]
    pub(crate) fn svg(&self, heading: &Heading, dated: &mut dyn FnMut(TtDay) -> String) -> String {
        let mut body = Document::default();
        let mut legend = Legend::default();
        let chart = Chart::new(self.middle.longitude_deg, HEAD);
        match self.subject {
            Subject::Solar { kind, beat, ref seen, ref umbra } => {
                let features = &self.features;
                solar::Drawing { features, seen, umbra, kind, beat, chart: &chart }.draw(
                    &mut body,
                    &mut legend,
                    dated,
                );
            }
            Subject::Lunar => lunar::draw(&self.features, &chart, &mut body, &mut legend, dated),
            Subject::Lines(ref lines) => {
                let middle_deg = self.middle.longitude_deg;
                return lines::Drawing { features: &self.features, lines, middle_deg, heading }.document();
            }
        }
        let legend_height = legend.height();
        let height = HEAD + CHART + legend_height + LINE * heading.lines.len() as f64 + MARGIN;

        let look = &style::OF_ECLIPSES;
        let root = Root { role: ROLE, class: &look.classes(heading.theme) };
        let mut whole = Document::start(&root, [WIDTH, height]);
        whole.titled(&heading.title, &heading.lines.join(". "));
        whole.raw("<style>\n").raw(&look.sheet(heading.theme)).raw("</style>\n");
        chart.define(&mut whole);
        whole.rect("paper", [0.0, 0.0], [WIDTH, height]);
        whole.text("title", [MARGIN, 26.0], "start", Some(TITLE), &heading.title);
        whole.append(&body);
        legend.draw(&mut whole, HEAD + CHART);
        let mut baseline = HEAD + CHART + legend_height + 14.0;
        for line in &heading.lines {
            whole.text("told", [MARGIN, baseline], "start", None, line);
            baseline += LINE;
        }
        whole.end()
    }
}
