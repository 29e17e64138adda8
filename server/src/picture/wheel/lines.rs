//! Aspects as lines: the closer one is, the stronger its line. A line is whole while its aspect applies, and parted in the middle
//! when it separates.

use orrery_almanac::aspect::{Aspect, PTOLEMAIC};
use orrery_almanac::frames::wrap_deg;

use super::super::dial::Dial;
use super::super::figure::{Connection, Figure, Point};
use super::super::style::classes;
use super::super::words;
use super::bodies::short_way;
use crate::svg::Document;

/// At these orbs lines are at their weakest, degrees: of the aspects of Ptolemy, and of the others.
const WEAKEST_DEG: [f64; 2] = [9.0, 3.0];
/// Widths of the strongest and of the weakest line, of the one and of the others.
const WIDTHS: [[f64; 2]; 2] = [[2.4, 0.9], [1.2, 0.7]];
/// Opacities, likewise.
const OPACITIES: [[f64; 2]; 2] = [[1.0, LEAST_OPACITY], [0.9, LEAST_OPACITY]];
/// Less would leave lines without contrast.
pub(in super::super) const LEAST_OPACITY: f64 = 0.75;
/// What the middle of a line that separates leaves open, units; of a short one a part of its length.
const PARTED: f64 = 13.0;
const PARTED_MOST: f64 = 0.25;
/// The marks at the ends of lines.
const END: f64 = 2.4;
/// Within the circle that lines end on, conjunctions run so many units.
const ASIDE: f64 = 5.0;

/// Draws the lines within a circle of a radius.
pub(super) fn draw(figure: &Figure, dial: &Dial, radius: f64, body: &mut Document) {
    body.raw("<g class=\"aspects\">\n");
    let told = figure.connections.iter().filter_map(|one| Some((one, figure.ends(one)?)));
    let mut drawn: Vec<(&Connection, [&Point; 2])> = told.collect();
    let mut ends: Vec<f64> =
        drawn.iter().flat_map(|(_, ends)| ends.map(|end| wrap_deg(end.longitude_deg))).collect();
    // The strong ones over the weak ones.
    drawn.sort_by(|a, b| strength(a.0, a.1).total_cmp(&strength(b.0, b.1)));
    for (connection, ends) in drawn {
        line(connection, ends, dial, radius, body);
    }
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    for end in ends {
        body.circle("end", dial.at(end, radius), END);
    }
    body.raw("</g>\n");
}

/// From 0 to 1. An aspect of what is somewhere in a range may be far from exact.
fn strength(connection: &Connection, ends: [&Point; 2]) -> f64 {
    let weakest_deg = WEAKEST_DEG[rank(connection)];
    1.0 - (connection.known_orb_deg(ends).unwrap_or(weakest_deg) / weakest_deg).min(1.0)
}

/// 0 for the aspects of Ptolemy, 1 for the others.
fn rank(connection: &Connection) -> usize {
    usize::from(!PTOLEMAIC.contains(&connection.aspect))
}

fn line(connection: &Connection, [from, to]: [&Point; 2], dial: &Dial, radius: f64, body: &mut Document) {
    let share = strength(connection, [from, to]);
    let between = |[most, least]: [f64; 2]| least + share * (most - least);
    body.raw("<path class=\"").raw(&classes(connection.aspect));
    body.raw(match connection.applying {
        Some(true) => " applying",
        Some(false) => " separating",
        None => "",
    });
    body.raw("\"")
        .attribute("stroke-width", between(WIDTHS[rank(connection)]))
        .attribute("stroke-opacity", between(OPACITIES[rank(connection)]));
    let parts = if connection.aspect == Aspect::Conjunction {
        let way = short_way(from.longitude_deg, to.longitude_deg);
        let inside = radius - ASIDE;
        let begin = wrap_deg(from.longitude_deg);
        vec![dial.winding((begin, inside), (begin + way, inside))]
    } else {
        let ends = [dial.at(from.longitude_deg, radius), dial.at(to.longitude_deg, radius)];
        if connection.applying == Some(false) { parted(ends) } else { vec![ends.to_vec()] }
    };
    body.data(&parts, false);
    body.raw("><title>").escaped(&words::of_connection(connection, [from, to])).raw("</title></path>\n");
}

/// A line with an open middle.
fn parted([a, b]: [[f64; 2]; 2]) -> Vec<Vec<[f64; 2]>> {
    let length = (b[0] - a[0]).hypot(b[1] - a[1]);
    let open = if length > 0.0 { (PARTED / length).min(PARTED_MOST) } else { 0.0 };
    let at = |share: f64| [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    vec![vec![a, at(0.5 - 0.5 * open)], vec![at(0.5 + 0.5 * open), b]]
}
