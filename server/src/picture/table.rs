//! The table of positions.

use super::figure::{Point, Reading};
use super::glyph::{Glyph, Glyphs};
use super::words;
use crate::svg::{self, Document, fitting};

/// The height of a row.
const ROW: f64 = 25.0;
/// The size of what is written.
const SIZE: f64 = 15.0;
/// The size of heads.
const HEAD: f64 = 12.0;
/// The size of bodies' glyphs, and of signs'.
const GLYPH: f64 = 21.0;
const SIGN: f64 = 16.5;
/// The widths of columns: glyph, name at least, longitude, mark of what moves backward, house, speed.
const WIDTHS: [f64; 6] = [30.0, 100.0, 92.0, 24.0, 42.0, 72.0];
/// The width that names take at most.
const WIDEST: f64 = 180.0;
/// Before and behind a name.
const BESIDE: f64 = 5.0;

/// The points of one chart, with a caption.
#[derive(Clone, Debug)]
pub(super) struct Table<'a> {
    caption: &'a str,
    /// Those that have rows: one, or two of what is told to be between two longitudes.
    points: Vec<&'a Point>,
    has_houses: bool,
    has_speeds: bool,
}

impl Table<'_> {
    pub(super) fn of<'a>(caption: &'a str, points: impl Iterator<Item = &'a Point>) -> Table<'a> {
        let points: Vec<&Point> = points.filter(|point| point.longitude_deg.is_finite()).collect();
        Table {
            caption,
            has_houses: points.iter().any(|point| point.house.is_some()),
            has_speeds: points.iter().any(|point| point.longitude_speed.is_some_and(f64::is_finite)),
            points,
        }
    }

    /// How many rows there are.
    fn rows(&self) -> usize {
        self.points.iter().map(|point| point.told_deg().count()).sum()
    }

    /// The right edges of the columns.
    fn edges(&self) -> [f64; 6] {
        let widest = self.points.iter().map(|point| svg::width(&point.name)).fold(0.0, f64::max);
        let names = (SIZE * widest + 2.0 * BESIDE).clamp(WIDTHS[1], WIDEST);
        let mut edge = 0.0;
        let mut edges = WIDTHS;
        for (nth, width) in edges.iter_mut().enumerate() {
            edge += match nth {
                1 => names,
                4 if !self.has_houses => 0.0,
                5 if !self.has_speeds => 0.0,
                _ => *width,
            };
            *width = edge;
        }
        edges
    }

    /// Its width and height.
    pub(super) fn size(&self) -> [f64; 2] {
        [self.edges()[5], ROW * (1 + self.rows()) as f64]
    }

    /// Draws it at the origin. To screen readers it is a list of what is told of each point; its heads are in these words.
    pub(super) fn draw(&self, body: &mut Document, glyphs: &mut Glyphs) {
        let edges = self.edges();
        let [width, _] = self.size();
        body.raw("<g role=\"list\" aria-label=\"")
            .escaped(self.caption)
            .raw("\">\n<g aria-hidden=\"true\">\n");
        let baseline = 0.68 * ROW;
        body.text("head", [6.0, baseline], "start", Some(HEAD), self.caption);
        if self.has_houses {
            body.text("head", [edges[4], baseline], "end", Some(HEAD), "house");
        }
        if self.has_speeds {
            body.text("head", [edges[5], baseline], "end", Some(HEAD), "°/day");
        }
        body.raw("</g>\n");
        let mut rules = Vec::new();
        let mut told = Document::default();
        let mut y = ROW;
        for point in &self.points {
            rules.push(vec![[0.0, y], [width, y]]);
            row(point, &edges, y, &mut told, glyphs);
            y += ROW * point.told_deg().count() as f64;
        }
        body.path("rule", &rules, false);
        body.append(&told);
        body.raw("</g>\n");
    }
}

fn row(point: &Point, edges: &[f64; 6], top: f64, body: &mut Document, glyphs: &mut Glyphs) {
    let (middle, baseline) = (top + 0.5 * ROW, top + 0.5 * ROW + 0.36 * SIZE);
    body.raw("<g role=\"listitem\" class=\"body ").raw(&point.glyph.name()).raw("\" aria-label=\"");
    body.escaped(&words::of_point(point)).raw("\">\n");
    glyphs.put(body, "glyph", point.glyph, [0.5 * edges[0], middle], GLYPH);
    let size = fitting(&point.name, edges[1] - edges[0] - 2.0 * BESIDE, SIZE);
    body.text("name", [edges[0] + BESIDE, baseline], "start", Some(size), &point.name);
    for (nth, longitude_deg) in point.told_deg().enumerate() {
        let down = ROW * nth as f64;
        if nth > 0 {
            body.text("name", [edges[1] - BESIDE, baseline + down], "end", Some(SIZE), "to");
        }
        longitude(longitude_deg, edges, [middle + down, baseline + down], body, glyphs);
    }
    if point.is_retrograde() {
        glyphs.put(body, "small retrograde", Glyph::Retrograde, [edges[3] - 0.5 * WIDTHS[3], middle], SIGN);
    }
    if let Some(house) = point.house {
        body.text("house", [edges[4], baseline], "end", Some(SIZE), &house.to_string());
    }
    if let Some(speed) = point.longitude_speed.filter(|speed| speed.is_finite()) {
        let told = format!("{}{:.3}", if speed < 0.0 { "−" } else { "+" }, speed.abs());
        let size = fitting(&told, WIDTHS[5], 0.87 * SIZE);
        body.text("speed", [edges[5], baseline], "end", Some(size), &told);
    }
    body.raw("</g>\n");
}

/// Writes a longitude into its column, about a height and on a baseline.
fn longitude(
    longitude_deg: f64,
    edges: &[f64; 6],
    [middle, baseline]: [f64; 2],
    body: &mut Document,
    glyphs: &mut Glyphs,
) {
    let reading = Reading::of(longitude_deg);
    let sign = edges[1] + 0.58 * WIDTHS[2];
    body.text("degrees", [sign - 0.6 * SIGN, baseline], "end", Some(SIZE), &reading.degrees_told());
    let class = format!("small sign {}", reading.sign.element().name());
    glyphs.put(body, &class, Glyph::Sign(reading.sign), [sign, middle], SIGN);
    body.text("degrees", [sign + 0.65 * SIGN, baseline], "start", Some(SIZE), &reading.minutes_told());
}
