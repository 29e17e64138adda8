//! A map as a drawing: one SVG 1.1 document that needs nothing else.
//!
//! The whole Earth in plate carrée, two units a degree, with the longitude of the greatest eclipse in the middle, and underneath
//! what the signs mean and the lines that the caller gives. Colours are classes of `style.css`, which has a dark set for readers
//! that want one.

mod chart;
mod coast;
mod document;
mod label;
mod legend;
mod lunar;
mod solar;
mod thin;

use orrery_format::TtDay;

use self::chart::Chart;
use self::document::Document;
use self::legend::Legend;
use super::{Map, Subject};

/// The width of the drawing, units.
const WIDTH: f64 = 720.0;
/// The height of what stands above the map.
const HEAD: f64 = 38.0;
/// The height of the map.
const CHART: f64 = 360.0;
/// From one line of text to the next.
const LINE: f64 = 19.0;
/// Where text begins and ends.
const MARGIN: f64 = 10.0;

const STYLE: &str = include_str!("svg/style.css");

/// What is told of a map in words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heading {
    /// Its title: some sixty letters at most, in one line.
    pub(crate) title: String,
    /// Lines of some hundred letters at most, which stand under the map.
    pub(crate) lines: Vec<String>,
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
        }
        let legend_height = legend.height();
        let height = HEAD + CHART + legend_height + LINE * heading.lines.len() as f64 + MARGIN;

        let mut whole = Document::start(WIDTH, height);
        whole.titled(&heading.title, &heading.lines.join(". "));
        whole.raw("<style>\n").raw(STYLE).raw("</style>\n");
        chart.define(&mut whole);
        whole.rect("paper", [0.0, 0.0], [WIDTH, height]);
        whole.text("title", [MARGIN, 26.0], "start", &heading.title);
        whole.append(&body);
        legend.draw(&mut whole, HEAD + CHART);
        let mut baseline = HEAD + CHART + legend_height + 14.0;
        for line in &heading.lines {
            whole.text("told", [MARGIN, baseline], "start", line);
            baseline += LINE;
        }
        whole.end()
    }
}
