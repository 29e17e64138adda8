//! How maps look: their colours, and the rules that these stand in.

use crate::svg::{Colour, Look};

const CLASS: &str = "orrery-map";
const SHEET: &str = include_str!("style.css");

/// Maps of eclipses.
pub(super) const OF_ECLIPSES: Look = Look {
    class: CLASS,
    colours: &[&GROUNDS, &SHADOWS],
    sheets: &[SHEET, include_str!("eclipses.css")],
    in_print: "",
};

/// Maps of the lines of bodies, whose colours are [their own](super::lines).
pub(super) const OF_LINES: Look = Look {
    class: CLASS,
    colours: &[&GROUNDS],
    sheets: &[SHEET, include_str!("lines/style.css")],
    in_print: "",
};

/// What every map has.
const GROUNDS: [Colour; 9] = [
    ("paper", ["#fdfdfb", "#10161d", "#fff"]),
    ("ink", ["#1c2733", "#e4eaf0", "#000"]),
    ("soft", ["#4a5663", "#a5b1bd", "#000"]),
    ("sea", ["#e6edf2", "#1b2733", "#fff"]),
    ("land", ["#d3cdbd", "#3b4650", "#ddd"]),
    ("grid", ["#5b6f82", "#9fb3c6", "#000"]),
    ("frame", ["#5b6f82", "#6d7f90", "#000"]),
    ("mark", ["#ffd34d", "#ffd34d", "#fff"]),
    ("rim", ["#1c2733", "#10161d", "#000"]),
];

/// What eclipses have: the Sun's shadows, and how much of the Moon's is seen.
const SHADOWS: [Colour; 9] = [
    ("sea-lit", ["#e6edf2", "#4a6076", "#fff"]),
    ("land-lit", ["#d3cdbd", "#76808a", "#ddd"]),
    ("seen", ["#27457a", "#7fa8ff", "#000"]),
    ("tint", [".2", ".24", ".15"]),
    ("curve", ["#27457a", "#a9c4ff", "#000"]),
    ("umbra", ["#cf3b2f", "#ff6b5e", "#000"]),
    ("central", ["#640f0a", "#ffe3df", "#fff"]),
    ("veil", ["#0b1626", "#05080d", "#000"]),
    ("contact", ["#0b1626", "#dfe8f2", "#000"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg::theme::assert_whole;

    #[test]
    fn sheets_know_every_colour() {
        assert_whole(&OF_ECLIPSES);
        assert_whole(&OF_LINES);
    }
}
