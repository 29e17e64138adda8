//! The drawing of the lines of bodies.
//!
//! A colour a body; unbroken where it is on the upper meridian or rises, broken where it is on the lower one or sets. Meridians
//! are named above and below the chart, beside each other and led to their lines; curves are named where they have room. Words
//! are there twice, of one size for a wide screen and of another for a telephone's, of which the style sheet shows one.

mod key;
mod names;
mod palette;

use orrery_almanac::Angularity;

use self::key::Key;
use self::names::{Named, Names, Size};
use self::palette::Palette;
use super::super::astrocartography::Lines;
use super::super::{Feature, Heading, Shape, What};
use super::chart::Chart;
use super::style::OF_LINES;
use super::{CHART, HEAD, MARGIN, ROLE, TITLE, WIDTH};
use crate::answer::events::words;
use crate::svg::{BOLD, Document, Root, fitting};
use crate::text::coordinates;

/// The height of the names above the chart, and of those below it.
const BAND: f64 = 30.0;
/// Where the chart begins and ends.
const TOP: f64 = HEAD + BAND;
const BOTTOM: f64 = TOP + CHART;
/// The radius of the marks of places that have a body in the zenith.
const ZENITH: f64 = 2.6;
/// The radius of the marks of places.
const MARK: f64 = 5.0;
/// How many lines are told of a place to who cannot see the map.
const TOLD: usize = 10;

/// What is drawn.
pub(super) struct Drawing<'a> {
    pub(super) features: &'a [Feature],
    pub(super) lines: &'a Lines,
    /// The longitude in the middle, degrees.
    pub(super) middle_deg: f64,
    pub(super) heading: &'a Heading,
}

/// A line as it is drawn.
struct Drawn {
    body: usize,
    angularity: Angularity,
    pieces: Vec<Vec<[f64; 2]>>,
}

impl Drawn {
    /// Where it is at a height of the drawing. It goes from the top to the bottom.
    fn at(&self, y: f64) -> Option<f64> {
        let steps = self.pieces.iter().flat_map(|piece| piece.windows(2));
        let mut crossing = steps.filter_map(|step| {
            let &[[from_x, from_y], [to_x, to_y]] = step else { return None };
            let share = if to_y == from_y { 0.0 } else { (y - from_y) / (to_y - from_y) };
            (from_y <= y && y <= to_y).then_some(from_x + share * (to_x - from_x))
        });
        crossing.next()
    }
}

/// Whether lines of an angle are broken.
const fn is_broken(angularity: Angularity) -> bool {
    matches!(angularity, Angularity::Setting | Angularity::Anticulminating)
}

impl Drawing<'_> {
    /// The whole document.
    pub(super) fn document(&self) -> String {
        let chart = Chart::new(self.middle_deg, TOP);
        let palette = Palette::of(&self.lines.bodies);
        let named = Named::all(&self.lines.bodies, &palette);
        let drawn = self.drawn(&chart);
        let mut body = Document::default();
        Chart::open(&mut body);
        chart.ground("", &mut body);
        for line in &drawn {
            body.raw("<g class=\"").raw(&palette.classes(line.body)).raw("\">\n");
            body.path(if is_broken(line.angularity) { "way broken" } else { "way" }, &line.pieces, false);
            body.raw("</g>\n");
        }
        chart.close(&mut body);
        // A mark at the edge is whole.
        self.points(&chart, &palette, &mut body);
        let mut bottom = BOTTOM + BAND;
        for size in Size::BOTH {
            body.raw("<g class=\"").raw(size.class).raw("\">\n");
            let mut names = Names::new(size, &named);
            self.marks(&chart, &mut names, &mut body);
            names.above_and_below(&drawn, &mut body);
            names.beside_curves(&drawn, &mut body);
            let key = Key { size, lines: self.lines, named: &named, heading: self.heading };
            bottom = bottom.max(key.draw(&mut body, BOTTOM + BAND));
            body.raw("</g>\n");
        }
        self.whole(&chart, &palette, &body, bottom + MARGIN)
    }

    fn whole(&self, chart: &Chart, palette: &Palette, body: &Document, height: f64) -> String {
        let Heading { title, lines: _, theme } = self.heading;
        let mut whole =
            Document::start(&Root { role: ROLE, class: &OF_LINES.classes(*theme) }, [WIDTH, height]);
        whole.titled(title, &self.description());
        whole.raw("<style>\n").raw(&OF_LINES.sheet(*theme)).raw(&palette.rules(*theme)).raw("</style>\n");
        chart.define(&mut whole);
        whole.rect("paper", [0.0, 0.0], [WIDTH, height]);
        let size = fitting(title, BOLD * (WIDTH - 2.0 * MARGIN), TITLE);
        whole.text("title", [MARGIN, 26.0], "start", Some(size), title);
        whole.append(body);
        whole.end()
    }

    /// The map for who cannot see it: where bodies culminate, and which lines are nearest to the places that are marked.
    fn description(&self) -> String {
        let mut parts = self.heading.lines.clone();
        let culminating = self.lines.each.iter().filter(|line| line.angularity() == Angularity::Culminating);
        let meridians = culminating.filter_map(|line| {
            let longitude_deg = line.zenith().longitude_deg;
            let body = words(self.lines.body(line.body()));
            longitude_deg.is_finite().then(|| format!("{body} {}", coordinates::longitude(longitude_deg)))
        });
        let meridians: Vec<String> = meridians.collect();
        if !meridians.is_empty() {
            parts.push(format!("Culminating (MC) at {}; IC lines are opposite", meridians.join(", ")));
        }
        parts.extend(self.lines.marked.iter().map(|marked| key::told_of(self.lines, marked, TOLD, ", ")));
        parts.join(". ")
    }

    fn drawn(&self, chart: &Chart) -> Vec<Drawn> {
        let line = |feature: &Feature| match (feature.what, &feature.shape) {
            (What::Line(body, angularity), Shape::Line(places)) => {
                Some(Drawn { body, angularity, pieces: chart.line(places) })
            }
            _ => None,
        };
        self.features.iter().filter_map(line).collect()
    }

    /// The places with a body in the zenith, and those that are marked.
    fn points(&self, chart: &Chart, palette: &Palette, body: &mut Document) {
        for Feature { what, shape, .. } in self.features {
            match (what, shape) {
                (What::Zenith(nth), Shape::Point(place)) => {
                    body.raw("<g class=\"").raw(&palette.classes(*nth)).raw("\">");
                    body.circle("dot", chart.point(place), ZENITH);
                    body.raw("</g>\n");
                }
                (What::Marked(_), Shape::Point(place)) => body.circle("mark", chart.point(place), MARK),
                _ => {}
            }
        }
    }

    /// The names of places that are marked.
    fn marks(&self, chart: &Chart, names: &mut Names, body: &mut Document) {
        for Feature { what, shape, .. } in self.features {
            if let (What::Marked(nth), Shape::Point(place)) = (what, shape)
                && let Some(marked) = self.lines.marked.get(*nth)
            {
                names.beside_mark(chart.point(place), &marked.label, body);
            }
        }
    }
}
