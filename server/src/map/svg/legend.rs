//! What the signs of a map mean: under it, in as many rows as they need.

use super::{LINE, MARGIN, WIDTH, chart};
use crate::svg::Document;

/// The width of a sign.
const SIGN: f64 = 24.0;
/// The height of a sign that is an area.
const HIGH: f64 = 11.0;
/// Between a sign and its words.
const GAP: f64 = 6.0;
/// Between one entry and the next.
const APART: f64 = 18.0;
/// What a letter takes on average at the size of legends, a little more than most typefaces need.
const LETTER: f64 = 7.2;

/// How something is drawn, with the classes that it is drawn by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sign {
    /// Areas over each other.
    Area(&'static str),
    /// Ground, under a veil of an opacity.
    Veiled(f64),
    /// A line.
    Line(&'static str),
    /// A circle of a radius.
    Mark(&'static str, f64),
}

/// The entries, in the order in which they are told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Legend(Vec<(Sign, String)>);

impl Legend {
    /// Adds an entry, if there is none with that sign.
    pub(super) fn tell(&mut self, sign: Sign, words: impl Into<String>) {
        if self.0.iter().all(|(other, _)| *other != sign) {
            self.0.push((sign, words.into()));
        }
    }

    /// Where the entries begin, from the left and the top of the legend.
    fn places(&self) -> Vec<[f64; 2]> {
        let (mut x, mut y) = (MARGIN, 0.0);
        let mut places = Vec::new();
        for (_, words) in &self.0 {
            let width = SIGN + GAP + LETTER * words.chars().count() as f64;
            if x + width > WIDTH - MARGIN && x > MARGIN {
                (x, y) = (MARGIN, y + LINE);
            }
            places.push([x, y]);
            x += width + APART;
        }
        places
    }

    /// Its height.
    pub(super) fn height(&self) -> f64 {
        self.places().last().map_or(0.0, |[_, y]| y + LINE) + 0.5 * MARGIN
    }

    /// Draws it.
    pub(super) fn draw(&self, body: &mut Document, top: f64) {
        for ((sign, words), [x, y]) in self.0.iter().zip(self.places()) {
            let middle = top + y + 0.5 * (LINE + MARGIN);
            let corner = [x, middle - 0.5 * HIGH];
            match *sign {
                Sign::Area(class) => body.rect(class, corner, [SIGN, HIGH]),
                Sign::Veiled(opacity) => {
                    body.rect("land lit", corner, [0.5 * SIGN, HIGH]);
                    body.rect("sea lit", [x + 0.5 * SIGN, corner[1]], [0.5 * SIGN, HIGH]);
                    chart::veil(
                        body,
                        &[vec![
                            corner,
                            [x + SIGN, corner[1]],
                            [x + SIGN, corner[1] + HIGH],
                            [x, corner[1] + HIGH],
                        ]],
                        opacity,
                    );
                    body.rect("frame", corner, [SIGN, HIGH]);
                }
                Sign::Line(class) => body.path(class, &[vec![[x, middle], [x + SIGN, middle]]], false),
                Sign::Mark(class, radius) => body.circle(class, [x + 0.5 * SIGN, middle], radius),
            }
            body.text("key", [x + SIGN + GAP, middle + 4.5], "start", None, words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_filled_and_no_entry_leaves_the_drawing() {
        let mut legend = Legend::default();
        assert!(legend.height() < LINE);
        let classes = ["a", "b", "c", "d", "e", "f", "g"];
        for class in classes {
            legend.tell(Sign::Line(class), "some words of thirty letters !");
            legend.tell(Sign::Line(class), "told already");
        }
        let places = legend.places();
        assert_eq!(places.len(), classes.len());
        for (place, (_, words)) in places.iter().zip(&legend.0) {
            assert!(place[0] + SIGN + GAP + LETTER * words.len() as f64 <= WIDTH - MARGIN);
        }
        assert!(places.windows(2).all(|pair| pair[1][1] > pair[0][1] || pair[1][0] > pair[0][0]));
        assert_eq!(legend.height(), 4.0 * LINE + 0.5 * MARGIN);
    }
}
