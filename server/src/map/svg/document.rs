//! The text of a drawing. Whatever comes from elsewhere is escaped here.

use std::fmt::Write;

/// A text that grows.
#[derive(Debug, Default)]
pub(super) struct Document(String);

impl Document {
    /// A document of a size in units.
    pub(super) fn start(width: f64, height: f64) -> Document {
        let mut text = String::with_capacity(96 * 1024);
        text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        text.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\"");
        text.push_str(" viewBox=\"0 0");
        for size in [width, height] {
            text.push(' ');
            number(&mut text, size);
        }
        text.push_str("\" role=\"img\" aria-labelledby=\"map-title map-desc\">\n");
        Document(text)
    }

    pub(super) fn end(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }

    /// What screen readers tell.
    pub(super) fn titled(&mut self, title: &str, description: &str) {
        for (name, id, words) in [("title", "map-title", title), ("desc", "map-desc", description)] {
            self.raw("<").raw(name).raw(" id=\"").raw(id).raw("\">");
            self.escaped(words);
            self.raw("</").raw(name).raw(">\n");
        }
    }

    /// Markup.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Document {
        self.0.push_str(markup);
        self
    }

    /// A number with two decimals at most.
    pub(super) fn number(&mut self, value: f64) -> &mut Document {
        number(&mut self.0, value);
        self
    }

    pub(super) fn append(&mut self, other: &Document) {
        self.0.push_str(&other.0);
    }

    fn escaped(&mut self, words: &str) {
        for letter in words.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // XML has no place for other controls.
                '\t' | '\n' | '\r' => self.0.push(' '),
                '\u{FFFE}' | '\u{FFFF}' => self.0.push('\u{FFFD}'),
                _ if letter.is_control() => self.0.push('\u{FFFD}'),
                _ => self.0.push(letter),
            }
        }
    }

    /// An attribute that is a number.
    fn attribute(&mut self, name: &str, value: f64) {
        self.raw(" ").raw(name).raw("=\"").number(value).raw("\"");
    }

    fn element(&mut self, name: &str, class: &str) {
        self.raw("<").raw(name).raw(" class=\"").raw(class).raw("\"");
    }

    pub(super) fn rect(&mut self, class: &str, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
        self.element("rect", class);
        for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
            self.attribute(name, value);
        }
        self.raw("/>\n");
    }

    pub(super) fn circle(&mut self, class: &str, [x, y]: [f64; 2], radius: f64) {
        self.element("circle", class);
        for (name, value) in [("cx", x), ("cy", y), ("r", radius)] {
            self.attribute(name, value);
        }
        self.raw("/>\n");
    }

    /// A path of parts, each through its points. Nothing where there are none.
    pub(super) fn path(&mut self, class: &str, parts: &[Vec<[f64; 2]>], is_closed: bool) {
        if parts.iter().all(Vec::is_empty) {
            return;
        }
        self.element("path", class);
        self.data(parts, is_closed);
        self.raw("/>\n");
    }

    /// A veil of an opacity over parts: where they overlap, there is none.
    pub(super) fn veil(&mut self, parts: &[Vec<[f64; 2]>], opacity: f64) {
        self.element("path", "veil");
        self.attribute("fill-opacity", opacity);
        self.raw(" fill-rule=\"evenodd\"");
        self.data(parts, true);
        self.raw("/>\n");
    }

    fn data(&mut self, parts: &[Vec<[f64; 2]>], is_closed: bool) {
        self.raw(" d=\"");
        for part in parts {
            for (nth, [x, y]) in part.iter().enumerate() {
                self.raw(match nth {
                    0 => "M",
                    1 => "L",
                    _ => " ",
                });
                self.number(*x).raw(" ").number(*y);
            }
            self.raw(if is_closed { "Z" } else { "" });
        }
        self.raw("\"");
    }

    /// Words from a point on, up to it, or around it: `start`, `end`, `middle`.
    pub(super) fn text(&mut self, class: &str, [x, y]: [f64; 2], anchor: &str, words: &str) {
        self.element("text", class);
        self.attribute("x", x);
        self.attribute("y", y);
        if anchor != "start" {
            self.raw(" text-anchor=\"").raw(anchor).raw("\"");
        }
        self.raw(">");
        self.escaped(words);
        self.raw("</text>\n");
    }

    /// Words on a map, with a halo that keeps them legible.
    pub(super) fn label(&mut self, at: [f64; 2], anchor: &str, words: &str) {
        self.text("halo", at, anchor, words);
        self.text("label", at, anchor, words);
    }
}

fn number(text: &mut String, value: f64) {
    let hundredths = (value * 100.0).round() as i64;
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    if hundredths < 0 {
        text.push('-');
    }
    // A `String` takes whatever is written to it.
    let _ = match part {
        0 => write!(text, "{whole}"),
        part if part % 10 == 0 => write!(text, "{whole}.{}", part / 10),
        part => write!(text, "{whole}.{part:02}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_more_digits_than_they_need() {
        for (value, written) in
            [(0.0, "0"), (-0.001, "0"), (1.5, "1.5"), (-12.34, "-12.34"), (7.05, "7.05"), (0.996, "1")]
        {
            let mut text = String::new();
            number(&mut text, value);
            assert_eq!(text, written);
        }
    }

    #[test]
    fn words_are_no_markup() {
        let mut document = Document::default();
        document.text("label", [0.0, 0.0], "end", "<script>&\"\u{0}\n");
        assert_eq!(
            document.0,
            "<text class=\"label\" x=\"0\" y=\"0\" text-anchor=\"end\">&lt;script&gt;&amp;&quot;\u{FFFD} </text>\n"
        );
    }
}
