//! Labels on a chart: none over another, none beyond the edge.

use super::{CHART, HEAD, WIDTH};
use crate::svg::Document;

/// What a letter of a label takes on average.
const LETTER: f64 = 9.6;
/// The height of a label above its baseline.
const HIGH: f64 = 12.5;
/// The distance that labels keep from each other and from the edge.
const AWAY: f64 = 2.0;

/// The labels of a chart.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// The boxes that are taken: left, top, right and bottom.
    taken: Vec<[f64; 4]>,
}

impl Labels {
    /// Keeps labels away from a mark.
    pub(super) fn mark(&mut self, [x, y]: [f64; 2], radius: f64) {
        self.taken.push([x - radius, y - radius, x + radius, y + radius]);
    }

    /// Writes words so many units from a point, in a direction of length 1: if not there, on the other side, and else not at all.
    pub(super) fn write(
        &mut self,
        body: &mut Document,
        at: [f64; 2],
        away: f64,
        toward: [f64; 2],
        words: &str,
    ) {
        let half = 0.5 * LETTER * words.chars().count() as f64;
        for side in [1.0, -1.0] {
            let [east, south] = toward.map(|part| side * part);
            // The box touches the circle of that radius about the point.
            let middle = [at[0] + east * (away + half), at[1] + south * (away + 0.5 * HIGH)];
            let around = [middle[0] - half, middle[1] - 0.5 * HIGH, middle[0] + half, middle[1] + 0.5 * HIGH];
            if is_inside(around) && self.taken.iter().all(|other| are_apart(around, *other)) {
                self.taken.push(around);
                label(body, [middle[0], middle[1] + 0.4 * HIGH], "middle", words);
                return;
            }
        }
    }
}

/// Words with a halo that keeps them legible.
fn label(body: &mut Document, at: [f64; 2], anchor: &str, words: &str) {
    body.text("halo", at, anchor, None, words);
    body.text("label", at, anchor, None, words);
}

fn is_inside([left, top, right, bottom]: [f64; 4]) -> bool {
    left >= AWAY && right <= WIDTH - AWAY && top >= HEAD + AWAY && bottom <= HEAD + CHART - AWAY
}

fn are_apart(a: [f64; 4], b: [f64; 4]) -> bool {
    let [left, top, right, bottom] = a;
    left > b[2] + AWAY || b[0] > right + AWAY || top > b[3] + AWAY || b[1] > bottom + AWAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_give_way() {
        let mut labels = Labels::default();
        let mut body = Document::default();
        let mut write = |x: f64, y: f64| labels.write(&mut body, [x, y], 5.0, [0.0, -1.0], "12:00");
        write(300.0, 200.0);
        // The second goes below, the third finds no room.
        write(305.0, 200.0);
        write(310.0, 200.0);
        // Beyond the edge above, inside below; beyond on both sides.
        write(100.0, HEAD + 2.0);
        write(2.0, 200.0);
        let text = body.end();
        let baselines: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("<text class=\"label\" x=\"")?.split('"').nth(2))
            .collect();
        assert_eq!(baselines, ["193.75", "216.25", "56.25"]);
    }
}
