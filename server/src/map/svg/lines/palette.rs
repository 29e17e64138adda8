//! The colours of bodies.
//!
//! Each is a custom property named as its body, such as `--mars`, which whoever embeds the drawing can set. A declaration stands
//! there twice: with the colour itself, for readers of SVG that know no custom properties, and with the property, for those that
//! do. In print all are black, and names alone tell bodies apart.

use std::fmt::Write;

use crate::svg::{OWN, Theme};

/// On light ground, on dark and in print, by name. Of the lines that are most looked at no two are alike, and all have a contrast of
/// 3 to 1 to sea and land at least (WCAG 2.2, 1.4.11).
const OF_BODIES: [(&str, [&str; 3]); 10] = [
    ("sun", ["#8f5200", "#ffc24a", "#000"]),
    ("moon", ["#46525f", "#dbe3ec", "#000"]),
    ("mercury", ["#006f66", "#54dccb", "#000"]),
    ("venus", ["#2c7014", "#93e27c", "#000"]),
    ("mars", ["#bd1a17", "#ff8474", "#000"]),
    ("jupiter", ["#7a2fb5", "#d3a4ff", "#000"]),
    ("saturn", ["#54331a", "#dcb88e", "#000"]),
    ("uranus", ["#00699c", "#6bccff", "#000"]),
    ("neptune", ["#2140b0", "#98aeff", "#000"]),
    ("pluto", ["#950f58", "#ff90c6", "#000"]),
];

/// For all others, one after the other.
const OF_OTHERS: [[&str; 3]; 6] = [
    ["#5a5f00", "#d6d95f", "#000"],
    ["#9c3f74", "#f2a3d0", "#000"],
    ["#00674f", "#62d9b4", "#000"],
    ["#64479a", "#bda7ff", "#000"],
    ["#86481f", "#f0ab7c", "#000"],
    ["#3b5a86", "#9fc0ea", "#000"],
];

/// The classes of those that have a colour for the first, the second and the third time: dashes of their own.
const ROUNDS: [&str; 3] = ["", " again", " thrice"];

/// The colours of some bodies.
#[derive(Clone, Debug)]
pub(super) struct Palette<'a> {
    bodies: &'a [String],
    /// Of each its colours, and how many had them before.
    colours: Vec<([&'static str; 3], usize)>,
}

impl Palette<'_> {
    pub(super) fn of(bodies: &[String]) -> Palette<'_> {
        let mut others = 0;
        let colours = bodies.iter().map(|name| {
            let known = OF_BODIES.iter().find(|(known, _)| known == name);
            known.map_or_else(
                || {
                    others += 1;
                    (OF_OTHERS[(others - 1) % OF_OTHERS.len()], (others - 1) / OF_OTHERS.len())
                },
                |(_, colours)| (*colours, 0),
            )
        });
        Palette { bodies, colours: colours.collect() }
    }

    /// The classes of a body's lines. One is the document's own: in another the body of that number is another.
    pub(super) fn classes(&self, nth: usize) -> String {
        let round = self.colours.get(nth).map_or(0, |(_, round)| *round);
        format!("{OWN}-b{nth}{}", ROUNDS[round % ROUNDS.len()])
    }

    /// The rules for bodies.
    pub(super) fn rules(&self, theme: Theme) -> String {
        theme.themed(|column| {
            let mut rules = String::new();
            for (nth, (name, (colours, _))) in self.bodies.iter().zip(&self.colours).enumerate() {
                let (property, colour) = (property(name), colours[column]);
                // A `String` takes whatever is written to it.
                let _ = writeln!(rules, ".{OWN}-b{nth}{{color:{colour};color:var(--{property},{colour})}}");
            }
            rules
        })
    }
}

/// The name of a custom property, of letters, digits and hyphens alone.
fn property(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::super::style::OF_LINES;
    use super::*;
    use crate::svg::theme::{contrast, parts};

    #[test]
    fn names_of_bodies_are_no_style() {
        let bodies = ["mars", "}</style><script>", "true_node"].map(str::to_owned);
        let palette = Palette::of(&bodies);
        let rules = palette.rules(Theme::Auto);
        assert!(
            rules.starts_with(&format!(".{OWN}-b0{{color:#bd1a17;color:var(--mars,#bd1a17)}}\n")),
            "{rules}"
        );
        assert!(!rules.contains('<') && rules.contains("var(--true-node,#9c3f74)"), "{rules}");
        assert_eq!(rules.matches('{').count(), rules.matches('}').count());
        assert_eq!(rules.lines().count(), 2 * bodies.len() + 2);
        let [light, dark, print] = [Theme::Light, Theme::Dark, Theme::Print]
            .map(|theme| palette.rules(theme).lines().next().map(str::to_owned));
        assert!(light.is_some_and(|rule| rules.starts_with(&rule)));
        assert!(dark.is_some_and(|rule| rule.contains("#ff8474") && rules.contains(&rule)));
        assert!(print.is_some_and(|rule| rule.ends_with("{color:#000;color:var(--mars,#000)}")));
    }

    /// Two that share a colour have other dashes, as far as there are any.
    #[test]
    fn no_two_bodies_look_alike() {
        let known = OF_BODIES.map(|(name, _)| name.to_owned());
        let others = (0..18).map(|nth| format!("asteroid:{nth}"));
        let bodies: Vec<String> = known.into_iter().chain(others).collect();
        let palette = Palette::of(&bodies);
        let looks = (0..bodies.len()).map(|nth| {
            let classes = palette.classes(nth);
            assert!(classes.starts_with(&format!("{OWN}-b{nth}")));
            (palette.colours[nth].0[0], classes.split_once(' ').map(|(_, round)| round.to_owned()))
        });
        let looks: HashSet<_> = looks.collect();
        assert_eq!(looks.len(), bodies.len());
        for round in ROUNDS.iter().filter(|round| !round.is_empty()) {
            assert!(OF_LINES.sheet(Theme::Light).contains(&format!(".{} .way", round.trim())));
        }
    }

    #[test]
    fn lines_stand_out_from_sea_and_land() {
        let all = OF_BODIES.iter().map(|(_, colours)| colours).chain(&OF_OTHERS);
        for (colours, theme) in
            all.flat_map(|colours| [Theme::Light, Theme::Dark, Theme::Print].map(|theme| (colours, theme)))
        {
            for name in ["sea", "land"] {
                let ground = OF_LINES.value(name, theme.column());
                let contrast = contrast(parts(colours[theme.column()]), parts(ground));
                assert!(contrast >= 3.0, "{colours:?} on {ground}: {contrast}");
            }
        }
    }
}
