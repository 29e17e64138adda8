//! The grid of aspects: each point of a chart that takes part in them against each other, or against each of a second chart.

use super::figure::{Connection, Figure, Point};
use super::glyph::{Glyph, Glyphs};
use super::style::classes;
use super::words;
use crate::svg::{Document, fitting};

/// The side of a cell.
const CELL: f64 = 38.0;
/// The size of points' glyphs, of aspects', and of what is written under them.
const POINT: f64 = 25.0;
const ASPECT: f64 = 19.0;
const ORB: f64 = 14.5;
/// An aspect that is no further from exact is shaded, degrees.
pub(super) const NEAR_DEG: f64 = 1.0;

/// Whether there is anything to draw.
pub(super) fn is_empty(figure: &Figure) -> bool {
    figure.points.is_empty() || figure.others().is_empty()
}

/// The width and the height.
pub(super) fn size(figure: &Figure) -> [f64; 2] {
    match &figure.outer {
        Some(outer) => [CELL * (outer.len() + 1) as f64, CELL * (figure.points.len() + 1) as f64],
        None => [CELL * figure.points.len() as f64; 2],
    }
}

/// Draws it at the origin. To screen readers it is the list of the aspects that are there: what stands at the ends of rows and columns
/// is in the words of each.
pub(super) fn draw(figure: &Figure, body: &mut Document, glyphs: &mut Glyphs) {
    body.raw("<g class=\"aspect-grid\" role=\"list\" aria-label=\"Aspects\" text-anchor=\"middle\">\n");
    // The first row has the points of the second chart.
    let above = usize::from(figure.outer.is_some());
    cells(figure, above, body);
    if let Some(outer) = &figure.outer {
        body.raw("<g class=\"outer\">\n");
        for (nth, point) in outer.iter().enumerate() {
            head(point, [nth + 1, 0], body, glyphs);
        }
        body.raw("</g>\n");
    }
    for (row, point) in figure.points.iter().enumerate() {
        let column = if above > 0 { 0 } else { row };
        head(point, [column, row + above], body, glyphs);
        for connection in &figure.connections {
            let Some(ends) = figure.ends(connection) else { continue };
            // In a triangle the later point has the row.
            let [of_row, of_column] = if above > 0 {
                [connection.from, connection.to + 1]
            } else {
                [connection.from.max(connection.to), connection.from.min(connection.to)]
            };
            if of_row == row && (above > 0 || of_column < of_row) {
                cell(connection, ends, [of_column, row + above], body, glyphs);
            }
        }
    }
    body.raw("</g>\n");
}

/// The lines between cells, as one path.
fn cells(figure: &Figure, above: usize, body: &mut Document) {
    let count = figure.points.len();
    let at = |cells: usize| CELL * cells as f64;
    let mut lines = Vec::new();
    if let Some(outer) = &figure.outer {
        let (right, bottom) = (at(outer.len() + 1), at(count + above));
        lines.extend(
            (0..=outer.len() + 1).map(|nth| vec![[at(nth), at(usize::from(nth == 0))], [at(nth), bottom]]),
        );
        lines.extend(
            (0..=count + above).map(|nth| vec![[at(usize::from(nth == 0)), at(nth)], [right, at(nth)]]),
        );
    } else {
        // Row and column of a number both end at the diagonal.
        for nth in 0..=count {
            lines.push(vec![[0.0, at(nth)], [at((nth + 1).min(count)), at(nth)]]);
            lines.push(vec![[at(nth), at(nth.saturating_sub(1))], [at(nth), at(count)]]);
        }
    }
    body.path("cell", &lines, false);
}

fn middle(cell: [usize; 2]) -> [f64; 2] {
    cell.map(|nth| CELL * (nth as f64 + 0.5))
}

fn head(point: &Point, cell: [usize; 2], body: &mut Document, glyphs: &mut Glyphs) {
    body.raw("<g class=\"point\" aria-hidden=\"true\"><title>").escaped(&point.name).raw("</title>\n");
    glyphs.put(body, "glyph", point.glyph, middle(cell), POINT);
    body.raw("</g>\n");
}

fn cell(
    connection: &Connection,
    ends: [&Point; 2],
    cell: [usize; 2],
    body: &mut Document,
    glyphs: &mut Glyphs,
) {
    let [x, y] = middle(cell);
    let told = words::of_connection(connection, ends);
    body.raw("<g role=\"listitem\" aria-label=\"").escaped(&told).raw("\"><title>").escaped(&told);
    body.raw("</title>\n");
    let orb_deg = connection.known_orb_deg(ends);
    if orb_deg.is_some_and(|orb_deg| orb_deg <= NEAR_DEG) {
        body.rect("near", [x - 0.5 * CELL, y - 0.5 * CELL], [CELL; 2]);
    }
    let glyph = Glyph::Aspect(connection.aspect);
    let raised = if orb_deg.is_some() { 0.19 * CELL } else { 0.0 };
    glyphs.put(body, &classes(connection.aspect), glyph, [x, y - raised], ASPECT);
    if let Some(orb_deg) = orb_deg {
        let phase = match connection.applying {
            Some(true) => "a",
            Some(false) => "s",
            None => "",
        };
        let orb = format!("{orb_deg:.1}{phase}");
        let size = fitting(&orb, CELL - 2.0, ORB);
        body.text("minutes", [x, y + 0.41 * CELL], "start", Some(size), &orb);
    }
    body.raw("</g>\n");
}
