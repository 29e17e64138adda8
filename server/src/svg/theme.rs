//! How drawings look: colours by theme, in one style sheet that whoever embeds a drawing can override.
//!
//! Each colour is a custom property of the outermost element, such as `--trine`. A declaration stands in the sheet twice: with the
//! colour itself, for readers of SVG that know no custom properties, and with the property, for those that do.

use std::fmt::Write;

/// Which colours a drawing has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Those of a light page or a dark one, as the reader prefers.
    #[default]
    Auto,
    /// Those of a light page.
    Light,
    /// Those of a dark page.
    Dark,
    /// Black on white.
    Print,
}

/// A custom property, with what it is on a light page, on a dark one and in print.
pub(crate) type Colour = (&'static str, [&'static str; 3]);

/// How drawings of a kind look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// The class of the outermost element, which all rules hang from, so that they touch nothing else in a page.
    pub(crate) class: &'static str,
    pub(crate) colours: &'static [&'static [Colour]],
    /// Style sheets with one rule in a line, where `$name` stands for a property.
    pub(crate) sheets: &'static [&'static str],
    /// Rules of print alone.
    pub(crate) in_print: &'static str,
}

impl Theme {
    /// Every one.
    pub(crate) const ALL: [Theme; 4] = [Theme::Auto, Theme::Light, Theme::Dark, Theme::Print];

    /// The name, as requests spell it.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Print => "print",
        }
    }

    /// Which of a property's values it takes; of two sets that of a light page.
    #[must_use]
    pub(crate) const fn column(self) -> usize {
        match self {
            Theme::Auto | Theme::Light => LIGHT,
            Theme::Dark => DARK,
            Theme::Print => 2,
        }
    }

    /// A sheet of rules for a theme's column. For who prefers dark pages `auto` has them once more.
    pub(crate) fn themed(self, rules: impl Fn(usize) -> String) -> String {
        let mut sheet = rules(self.column());
        if self == Theme::Auto {
            sheet.push_str("@media (prefers-color-scheme:dark){\n");
            sheet.push_str(&rules(DARK));
            sheet.push_str("}\n");
        }
        sheet
    }
}

const LIGHT: usize = 0;
const DARK: usize = 1;

impl Look {
    /// The classes of the outermost element.
    pub(crate) fn classes(&self, theme: Theme) -> String {
        format!("{} {}", self.class, theme.name())
    }

    /// The style sheet. Drawings of several themes can stand in one page, since all that differs hangs from their classes.
    pub(crate) fn sheet(&self, theme: Theme) -> String {
        let mut sheet = theme.themed(|column| self.properties(theme, column));
        for line in self.sheets.iter().flat_map(|sheet| sheet.lines()) {
            self.add_rule(&mut sheet, line, theme);
        }
        if theme == Theme::Print {
            sheet.push_str(self.in_print);
        }
        sheet
    }

    /// A line of a sheet: a rule, or the beginning or the end of those that hold for some screens alone.
    fn add_rule(&self, sheet: &mut String, line: &str, theme: Theme) {
        let rule = line.strip_suffix('}').and_then(|rule| rule.split_once('{'));
        let Some((selector, declarations)) = rule else {
            sheet.push_str(line);
            sheet.push('\n');
            return;
        };
        sheet.push_str(selector);
        sheet.push('{');
        for (nth, declaration) in declarations.split(';').enumerate() {
            sheet.push_str(if nth > 0 { ";" } else { "" });
            match declaration.split_once(":$") {
                Some((property, name)) => {
                    let value = self.value(name, theme.column());
                    // A `String` takes whatever is written to it.
                    let _ = write!(sheet, "{property}:{value};{property}:var(--{name})");
                }
                None => sheet.push_str(declaration),
            }
        }
        sheet.push_str("}\n");
    }

    fn properties(&self, theme: Theme, column: usize) -> String {
        let properties: Vec<String> =
            self.each().map(|(name, values)| format!("--{name}:{}", values[column])).collect();
        format!(".{}.{}{{{}}}\n", self.class, theme.name(), properties.join(";"))
    }

    fn each(&self) -> impl Iterator<Item = &'static Colour> {
        self.colours.iter().copied().flatten()
    }

    /// What a property is in a column.
    pub(crate) fn value(&self, name: &str, column: usize) -> &'static str {
        self.each().find(|(known, _)| *known == name).map_or("none", |(_, values)| values[column])
    }
}

/// Red, green and blue, 0 to 1.
#[cfg(test)]
pub(crate) fn parts(colour: &str) -> [f64; 3] {
    let digits = colour.trim_start_matches('#');
    let double = |digit| [digit, digit];
    let wide = if digits.len() == 3 { digits.chars().flat_map(double).collect() } else { digits.to_owned() };
    [0, 2, 4].map(|nth| f64::from(u8::from_str_radix(&wide[nth..nth + 2], 16).expect("a colour")) / 255.0)
}

/// A colour of an opacity over another.
#[cfg(test)]
pub(crate) fn over(ink: [f64; 3], opacity: f64, ground: [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|nth| opacity * ink[nth] + (1.0 - opacity) * ground[nth])
}

/// The contrast of two colours (WCAG 2.2).
#[cfg(test)]
pub(crate) fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let luminance = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let [a, b] = [one, other].map(|colour| luminance(colour.map(linear)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Whether a look's sheets name every property that there is, and no other, and nothing outside the document; and whether each of
/// their rules hangs from its class.
#[cfg(test)]
pub(crate) fn assert_whole(look: &Look) {
    for theme in Theme::ALL {
        let sheet = look.sheet(theme);
        assert!(
            !sheet.contains('$') && !sheet.contains(":none;fill:var") && !sheet.contains("url("),
            "{sheet}"
        );
        for (name, _) in look.each() {
            assert!(
                sheet.contains(&format!("--{name}:")) && sheet.contains(&format!("var(--{name})")),
                "{name}"
            );
        }
        for named in sheet.split("var(--").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(look.each().any(|(name, _)| *name == named), "{named}");
        }
        assert_eq!(sheet.matches('{').count(), sheet.matches('}').count());
        for line in sheet.lines().filter(|line| !line.starts_with('@') && *line != "}") {
            let (selectors, _) = line.split_once('{').expect("a rule");
            let root = format!(".{}", look.class);
            assert!(selectors.split(',').all(|one| one.starts_with(&root)), "{line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_black_on_white() {
        assert!((contrast(parts("#000"), parts("#ffffff")) - 21.0).abs() < 1e-9);
        let grey = over(parts("#000"), 0.5, parts("#fff"));
        assert!(grey.iter().all(|part| (part - 0.5).abs() < 1e-9));
    }

    #[test]
    fn rules_are_filled_and_what_stands_about_them_stays() {
        const LOOK: Look = Look {
            class: "x",
            colours: &[&[("ink", ["#111", "#eee", "#000"])]],
            sheets: &[".x text{fill:$ink;stroke:none}\n@media (max-width:9px){\n.x .y{fill:$ink}\n}\n"],
            in_print: ".x .z{fill:none}\n",
        };
        assert_eq!(
            LOOK.sheet(Theme::Print),
            ".x.print{--ink:#000}\n.x text{fill:#000;fill:var(--ink);stroke:none}\n@media (max-width:9px){\n\
             .x .y{fill:#000;fill:var(--ink)}\n}\n.x .z{fill:none}\n"
        );
        let auto = LOOK.sheet(Theme::Auto);
        assert!(auto.starts_with(
            ".x.auto{--ink:#111}\n@media (prefers-color-scheme:dark){\n.x.auto{--ink:#eee}\n}\n"
        ));
        assert!(!auto.contains(".z"));
        assert_eq!(LOOK.classes(Theme::Dark), "x dark");
    }
}
