//! How pictures of charts look: their colours, and the classes that these hang from.

use orrery_almanac::aspect::{Aspect, PTOLEMAIC};

use crate::svg::{Colour, Look};

/// See [the module](self).
pub(super) const LOOK: Look =
    Look { class: "orrery", colours: &[&COLOURS], sheets: &[include_str!("style.css")], in_print: DASHES };

/// Text and aspects have a contrast of 4.5 to 1 to paper at least (WCAG 2.2, 1.4.3), and what else is needed to read a chart one of
/// 3 to 1 (1.4.11). Aspects of one kind differ from the others in lightness or in blue, which the colour-blind see.
const COLOURS: [Colour; 18] = [
    ("paper", ["#fdfdfb", "#10161d", "#fff"]),
    ("ink", ["#17202b", "#e9eef4", "#000"]),
    ("soft", ["#4f5b68", "#a7b4c1", "#000"]),
    ("edge", ["#8793a0", "#6b7a89", "#000"]),
    ("line", ["#c3cad2", "#364350", "#888"]),
    ("outer", ["#6a3aa8", "#cdb0ff", "#000"]),
    ("fire", ["#b5341c", "#ff8f73", "#000"]),
    ("earth", ["#4a6614", "#b3d06a", "#000"]),
    ("air", ["#876000", "#f3c552", "#000"]),
    ("water", ["#1c5fa8", "#7fbaff", "#000"]),
    ("tint", [".1", ".13", "0"]),
    ("conjunction", ["#3d4652", "#cfd8e1", "#000"]),
    ("sextile", ["#0d7a70", "#46d3c1", "#000"]),
    ("square", ["#c43d0c", "#ff8a55", "#000"]),
    ("trine", ["#0b62b8", "#6fb4ff", "#000"]),
    ("opposition", ["#a0185f", "#ff82b8", "#000"]),
    ("quincunx", ["#6d5f00", "#d9c750", "#000"]),
    ("minor", ["#5d6874", "#a7b4c1", "#000"]),
];

/// Where there are no colours, lines are told apart by dashes: whole are conjunctions, which run along the circle, and oppositions,
/// which go through its middle. Of the minor aspects those have the same that divide the circle by twelve, by eight, by ten and by
/// seven or nine. Ends are cut off square, so that no gap is filled by them.
const DASHES: &str = "\
.orrery.print path.aspect{stroke-linecap:butt}
.orrery.print path.sextile{stroke-dasharray:9 3}
.orrery.print path.square{stroke-dasharray:4 2.5}
.orrery.print path.trine{stroke-dasharray:14 3 2 3}
.orrery.print path.semisextile,.orrery.print path.quincunx{stroke-dasharray:2 4}
.orrery.print path.semisquare,.orrery.print path.sesquisquare{stroke-dasharray:7 3 2 3 2 3}
.orrery.print path.decile,.orrery.print path.quintile,.orrery.print path.biquintile{stroke-dasharray:5 6}
.orrery.print path.septile,.orrery.print path.biseptile,.orrery.print path.triseptile,.orrery.print path.novile{stroke-dasharray:1 2}
";

/// The classes of an aspect.
pub(super) fn classes(aspect: Aspect) -> String {
    let rank = if PTOLEMAIC.contains(&aspect) { "" } else { " minor" };
    format!("aspect {}{rank}", aspect.name())
}

#[cfg(test)]
mod tests {
    use super::super::wheel::LEAST_OPACITY;
    use super::*;
    use crate::svg::Theme;
    use crate::svg::theme::{assert_whole, contrast, over, parts};

    #[test]
    fn what_is_read_has_contrast() {
        for theme in [Theme::Light, Theme::Dark, Theme::Print] {
            let of = |name: &str| LOOK.value(name, theme.column());
            let paper = parts(of("paper"));
            let tint: f64 = of("tint").parse().unwrap();
            for (name, _) in
                COLOURS.iter().filter(|(name, _)| !["paper", "edge", "line", "tint"].contains(name))
            {
                let ink = parts(of(name));
                // Signs stand on their own tint.
                let share = if ["fire", "earth", "air", "water"].contains(name) { tint } else { 0.0 };
                let contrast = contrast(ink, over(ink, share, paper));
                assert!(contrast >= 4.5, "{name} {}: {contrast}", of(name));
            }
            let contrast = contrast(parts(of("edge")), paper);
            assert!(contrast >= 3.0, "edge {}: {contrast}", of("edge"));
        }
    }

    /// The line of an aspect that is as wide as it can be is still one.
    #[test]
    fn the_weakest_lines_have_contrast() {
        for theme in [Theme::Light, Theme::Dark, Theme::Print] {
            let of = |name: &str| parts(LOOK.value(name, theme.column()));
            let paper = of("paper");
            for name in ["conjunction", "sextile", "square", "trine", "opposition", "quincunx", "minor"] {
                let contrast = contrast(over(of(name), LEAST_OPACITY, paper), paper);
                assert!(contrast >= 3.0, "{theme:?} {name}: {contrast}");
            }
        }
    }

    #[test]
    fn sheets_know_every_colour() {
        assert_whole(&LOOK);
    }

    /// In print no two of the aspects of Ptolemy look the same, but for those that lie elsewhere.
    #[test]
    fn print_tells_aspects_apart() {
        let sheet = LOOK.sheet(Theme::Print);
        let dashes = |aspect: Aspect| {
            let rules = sheet.lines().filter(|line| {
                let (selectors, _) = line.split_once('{').unwrap();
                selectors.split(',').any(|one| one.ends_with(&format!(" path.{}", aspect.name())))
            });
            rules.filter_map(|line| line.split("stroke-dasharray:").nth(1)).next_back().map(str::to_owned)
        };
        let [conjunction, sextile, square, trine, opposition] = PTOLEMAIC.map(dashes);
        assert_eq!((conjunction, opposition), (None, None));
        let mut known = vec![sextile, square, trine];
        for aspect in Aspect::ALL.into_iter().filter(|aspect| !PTOLEMAIC.contains(aspect)) {
            known.push(dashes(aspect));
        }
        assert!(known.iter().all(Option::is_some), "{known:?}");
        known.sort();
        known.dedup();
        assert_eq!(known.len(), 3 + 4);
    }
}
