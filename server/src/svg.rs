//! SVG documents: the text of a drawing. Whatever comes from elsewhere is escaped here.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

mod regression;
pub(crate) mod theme;

pub(crate) use self::regression::side_by_side;
pub(crate) use self::theme::{Colour, Look, Theme};

/// Stands for the document's own name, which is a hash of all that it holds and so comes last. Ids and classes that begin with it
/// are this document's alone, whatever else stands in a page. No words have it, since it is a control character.
pub(crate) const OWN: &str = "\u{1}";

/// Digits of a document's own name.
const OWN_DIGITS: usize = 8;

/// What letters take, in parts of their size, a little more than most typefaces need: as words have them on the whole; capitals; those
/// that are as wide as high, as ideographs and kana are; and pictures.
const USUAL: f64 = 0.58;
const CAPITAL: f64 = 0.8;
const SQUARE: f64 = 1.03;
const PICTURE: f64 = 1.3;
/// What words in bold type have of a width that the same words in normal type would fill.
pub(crate) const BOLD: f64 = 0.92;

/// What words take in normal type, in parts of their size.
pub(crate) fn width(words: &str) -> f64 {
    words.chars().map(letter_width).sum()
}

fn letter_width(letter: char) -> f64 {
    match letter.width() {
        // What stands over or under another letter.
        Some(0) => 0.0,
        Some(1) => match letter {
            'M' | 'W' | '@' | '%' | '—' | '…' => SQUARE,
            _ if letter.is_uppercase() => CAPITAL,
            _ => USUAL,
        },
        Some(_) if letter.is_alphanumeric() => SQUARE,
        Some(_) => PICTURE,
        // A control, for which a sign of replacement stands.
        None => SQUARE,
    }
}

/// The size at which words take no more than a width, if they would at the usual one.
pub(crate) fn fitting(words: &str, width: f64, usual: f64) -> f64 {
    (width / self::width(words).max(USUAL)).min(usual)
}

/// Rows of words that take no more than so many times their size, where words allow it.
pub(crate) fn wrapped(text: &str, most: f64) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match rows.last_mut() {
            Some(row) if width(row) + USUAL + width(word) <= most => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

/// What the outermost element of a document says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Root<'a> {
    /// What it is to screen readers.
    pub(crate) role: &'a str,
    /// Its classes.
    pub(crate) class: &'a str,
}

/// A text that grows.
#[derive(Debug, Default)]
pub(crate) struct Document(String);

impl Document {
    /// A document of a size in units.
    pub(crate) fn start(root: &Root, [width, height]: [f64; 2]) -> Document {
        let mut document = Document(String::with_capacity(96 * 1024));
        document.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"");
        document.raw(" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\"");
        document.raw(" class=\"").raw(root.class).raw("\"");
        document.raw(" viewBox=\"0 0 ").number(width).raw(" ").number(height);
        document.raw("\" role=\"").raw(root.role).raw("\" aria-labelledby=\"");
        document.raw(OWN).raw("-title ").raw(OWN).raw("-desc\">\n");
        document
    }

    /// The text, with its own name in its place. An id begins with a letter.
    pub(crate) fn end(mut self) -> String {
        self.0.push_str("</svg>\n");
        let hash = blake3::hash(self.0.as_bytes()).to_hex();
        self.0.replace(OWN, &format!("o{}", &hash[..OWN_DIGITS]))
    }

    /// What screen readers tell of it.
    pub(crate) fn titled(&mut self, title: &str, description: &str) {
        for (element, words) in [("title", title), ("desc", description)] {
            self.raw("<").raw(element).raw(" id=\"").raw(OWN).raw("-").raw(element).raw("\">");
            self.escaped(words).raw("</").raw(element).raw(">\n");
        }
    }

    /// Markup.
    pub(crate) fn raw(&mut self, markup: &str) -> &mut Document {
        self.0.push_str(markup);
        self
    }

    /// A number with two decimals at most.
    pub(crate) fn number(&mut self, value: f64) -> &mut Document {
        number(&mut self.0, value);
        self
    }

    pub(crate) fn append(&mut self, other: &Document) {
        self.0.push_str(&other.0);
    }

    /// Words, none of which is markup.
    pub(crate) fn escaped(&mut self, words: &str) -> &mut Document {
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
        self
    }

    /// An attribute that is a number.
    pub(crate) fn attribute(&mut self, name: &str, value: f64) -> &mut Document {
        self.raw(" ").raw(name).raw("=\"").number(value).raw("\"")
    }

    fn element(&mut self, name: &str, class: &str) {
        self.raw("<").raw(name).raw(" class=\"").raw(class).raw("\"");
    }

    pub(crate) fn rect(&mut self, class: &str, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
        self.element("rect", class);
        for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height)] {
            self.attribute(name, value);
        }
        self.raw("/>\n");
    }

    pub(crate) fn circle(&mut self, class: &str, [x, y]: [f64; 2], radius: f64) {
        self.element("circle", class);
        for (name, value) in [("cx", x), ("cy", y), ("r", radius)] {
            self.attribute(name, value);
        }
        self.raw("/>\n");
    }

    /// A path of parts, each through its points. Nothing where there are none.
    pub(crate) fn path(&mut self, class: &str, parts: &[Vec<[f64; 2]>], is_closed: bool) {
        if parts.iter().all(Vec::is_empty) {
            return;
        }
        self.element("path", class);
        self.data(parts, is_closed);
        self.raw("/>\n");
    }

    /// The data of a path of parts.
    pub(crate) fn data(&mut self, parts: &[Vec<[f64; 2]>], is_closed: bool) {
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

    /// Words from a point on, up to it, or around it: `start`, `end`, `middle`; of a size, or of that of their class.
    pub(crate) fn text(
        &mut self,
        class: &str,
        [x, y]: [f64; 2],
        anchor: &str,
        size: Option<f64>,
        words: &str,
    ) {
        self.element("text", class);
        self.attribute("x", x);
        self.attribute("y", y);
        if let Some(size) = size {
            self.attribute("font-size", size);
        }
        if anchor != "start" {
            self.raw(" text-anchor=\"").raw(anchor).raw("\"");
        }
        self.raw(">");
        self.escaped(words);
        self.raw("</text>\n");
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

/// Whether every element that is opened is closed, in order, no attribute is there twice, and no `<` or `&` stands elsewhere.
#[cfg(test)]
pub(crate) fn assert_well_formed(text: &str) {
    let mut open = Vec::new();
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").expect("a declaration");
    while let Some((words, markup)) = rest.split_once('<') {
        for entity in words.split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)), "{words}");
        }
        let (tag, after) = markup.split_once('>').expect("an end of a tag");
        assert!(!tag.contains('<') && tag.matches('"').count() % 2 == 0, "{tag}");
        // Between quotation marks: a name with `=`, then what it is.
        let mut names: Vec<&str> =
            tag.split('"').step_by(2).filter_map(|part| part.strip_suffix('=')).collect();
        names = names.into_iter().filter_map(|part| part.split(' ').next_back()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), 2 * count), (count, tag.matches('"').count()), "{tag}");
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphabetic).collect();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        rest = after;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?}");
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

    /// Documents of equal content are equal; of two that differ no id is shared.
    #[test]
    fn ids_are_the_documents_own() {
        let document = |words: &str| {
            let mut document = Document::start(&Root { role: "img", class: "x" }, [1.0, 1.0]);
            document.titled(words, "");
            document.end()
        };
        let own = |text: &str| -> String {
            let id =
                text.split("<title id=\"").nth(1).and_then(|rest| rest.split('-').next()).expect("an id");
            assert_eq!(text.matches(&format!("{id}-title")).count(), 2);
            id.to_owned()
        };
        assert_eq!(document("one"), document("one"));
        let [one, two] = ["one", "two"].map(|words| own(&document(words)));
        assert_ne!(one, two);
        assert!(one.len() == 1 + OWN_DIGITS && one.starts_with('o'), "{one}");
        // Words that look like it are none.
        assert!(document(OWN).contains(">\u{FFFD}</title>"));
    }

    #[test]
    fn rows_have_room_for_their_words() {
        let letters = |count: f64| count * USUAL + 1e-9;
        assert_eq!(wrapped("one two three", letters(7.0)), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable is it", letters(5.0)), ["unbreakable", "is it"]);
        assert_eq!(wrapped("日本 の 空", letters(6.5)), ["日本 の", "空"]);
        assert_eq!(wrapped("", letters(5.0)), [""]);
    }

    /// Widths of fonts themselves: `DejaVu Sans` has the widest letters of usual ones, and ideographs are square in all.
    #[test]
    fn words_of_any_script_fit() {
        for (words, normal, bold) in [
            ("14 March 1879, 11:30 local mean time", 19.4, 21.59),
            ("ALBERT EINSTEIN", 8.71, 9.8),
            ("WWWWWWWW", 7.92, 8.83),
            ("OOOOOOOO", 6.3, 6.81),
            ("АЛЬБЕРТ ЭЙНШТЕЙН", 10.99, 12.26),
            ("日本の空の下で生まれた子どもたち", 16.0, 16.0),
            ("서울의 하늘", 5.32, 5.35),
            ("Zoe\u{301}", 1.92, 2.1),
            ("\u{1}", 1.03, 1.115),
            ("🌞🌙", 2.5, 2.5),
        ] {
            let size = fitting(words, 100.0, 1000.0);
            assert!((0.6..=1.0).contains(&(normal * size / 100.0)), "{words} {size}");
            let size = fitting(words, BOLD * 100.0, 1000.0);
            assert!((0.6..=1.0).contains(&(bold * size / 100.0)), "bold {words} {size}");
            assert_eq!(fitting(words, 100.0, 1.5), 1.5, "{words}");
        }
        assert_eq!(fitting("", 100.0, 20.0), 20.0);
    }

    #[test]
    fn words_are_no_markup() {
        let mut document = Document::default();
        document.text("label", [0.0, 0.0], "end", None, "<script>&\"\u{0}\n");
        assert_eq!(
            document.0,
            "<text class=\"label\" x=\"0\" y=\"0\" text-anchor=\"end\">&lt;script&gt;&amp;&quot;\u{FFFD} </text>\n"
        );
    }
}
