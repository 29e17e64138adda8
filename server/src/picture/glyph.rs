//! Glyphs: the signs that charts are written in, as paths of our own, so that a picture needs no font for them.

mod paths;

use std::collections::BTreeMap;

use orrery_almanac::aspect::Aspect;
use orrery_almanac::bodies::WireBody;
use orrery_almanac::houses::Angle;
use orrery_almanac::zodiac::Sign;

use self::paths::Strokes;
use crate::svg::{Document, OWN};

/// The side of the grid that glyphs are drawn on.
const GRID: f64 = 24.0;
/// The height of a letter's strokes, and the distance to the next.
const LETTER: f64 = 12.0;
const BETWEEN: f64 = 2.8;
/// Most characters of a lettered disc: a minor planet's number.
const MOST_LETTERS: usize = 7;

/// A glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Glyph {
    /// A body's: for the Uranians and for minor planets without a glyph a disc with letters or the number.
    Body(WireBody),
    /// A sign's.
    Sign(Sign),
    /// An aspect's.
    Aspect(Aspect),
    /// An angle's: letters.
    Angle(Angle),
    /// The lot of fortune's.
    Fortune,
    /// Any other point's: a disc with letters ([`Glyph::lettered`]).
    Lettered([char; 2]),
    /// Of what moves backward.
    Retrograde,
}

impl Glyph {
    /// A disc with the first two letters or digits of a name, such as a lot's.
    #[must_use]
    pub(crate) fn lettered(name: &str) -> Glyph {
        let mut letters =
            name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase());
        Glyph::Lettered([letters.next().unwrap_or(' '), letters.next().unwrap_or(' ')])
    }

    /// The name that the glyph is referred to by in a document, and that is a class of what is drawn with it.
    #[must_use]
    pub(crate) fn name(self) -> String {
        match self {
            Glyph::Body(body) => body.name().replace(['_', ':'], "-"),
            Glyph::Sign(sign) => sign.name().to_owned(),
            Glyph::Aspect(aspect) => aspect.name().to_owned(),
            Glyph::Angle(angle) => angle.name().replace('_', "-"),
            Glyph::Fortune => "fortune".to_owned(),
            Glyph::Lettered(letters) => {
                let letters = letters.iter().filter(|letter| letter.is_ascii_alphanumeric());
                format!("point-{}", letters.collect::<String>().to_ascii_lowercase())
            }
            Glyph::Retrograde => "retrograde".to_owned(),
        }
    }

    /// What is drawn, in the grid.
    fn form(self) -> Form {
        match self {
            Glyph::Body(WireBody::Tabulated(body)) => Form::Strokes(paths::body(body)),
            Glyph::Body(WireBody::MeanSouthNode | WireBody::TrueSouthNode) => {
                Form::Strokes(paths::DESCENDING_NODE)
            }
            // The Hamburg school writes its planets by two letters.
            Glyph::Body(WireBody::Uranian(uranian)) => Form::Disc(uranian.name().chars().take(2).collect()),
            Glyph::Body(WireBody::Asteroid(number)) => Form::Disc(number.to_string()),
            Glyph::Sign(sign) => Form::Strokes(paths::sign(sign)),
            Glyph::Aspect(aspect) => {
                paths::aspect(aspect).map_or_else(|| Form::Letters(letters_of(aspect)), Form::Strokes)
            }
            Glyph::Angle(angle) => Form::Letters(initials(angle)),
            Glyph::Fortune => Form::Strokes(paths::FORTUNE),
            Glyph::Lettered(letters) => Form::Disc(letters.iter().filter(|letter| **letter != ' ').collect()),
            Glyph::Retrograde => Form::Strokes(paths::RETROGRADE),
        }
    }
}

/// How a glyph is drawn.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    Strokes(Strokes),
    Letters(&'static str),
    Disc(String),
}

impl Form {
    fn draw(&self, body: &mut Document) {
        match self {
            Form::Strokes(Strokes { line, fill }) => {
                body.raw("<path d=\"").raw(line).raw("\"/>");
                if !fill.is_empty() {
                    body.raw("<path class=\"solid\" fill=\"currentColor\" stroke=\"none\" d=\"")
                        .raw(fill)
                        .raw("\"/>");
                }
            }
            Form::Letters(letters) => row(body, letters, GRID / 2.0, 1.0),
            Form::Disc(letters) => {
                body.raw("<path d=\"M22 12A10 10 0 1 1 2 12A10 10 0 1 1 22 12Z\"/>");
                let letters: Vec<char> =
                    letters.chars().take(MOST_LETTERS).map(|letter| letter.to_ascii_uppercase()).collect();
                // Up to three stand in one row, more in two.
                let half = if letters.len() > 3 { letters.len().div_ceil(2) } else { letters.len() };
                let (above, below) = letters.split_at(half);
                let [above, below] = [above, below].map(|part| part.iter().collect::<String>());
                let width = width(&above).max(width(&below));
                if below.is_empty() {
                    row(body, &above, GRID / 2.0, (13.6 / width).min(0.75));
                } else {
                    let scale = (12.4 / width).min(0.5);
                    row(body, &above, GRID / 2.0 - 3.9, scale);
                    row(body, &below, GRID / 2.0 + 3.9, scale);
                }
            }
        }
    }
}

/// A row of letters in the middle of the grid's width, about a height, so many times as large.
fn row(body: &mut Document, letters: &str, middle: f64, scale: f64) {
    // The pen stays as wide as it is, nearly.
    let pen = 1.8 / scale.max(0.4).sqrt();
    body.raw("<g transform=\"translate(").number(0.5 * (GRID - scale * width(letters))).raw(" ");
    body.number(middle - 0.5 * scale * LETTER).raw(") scale(").number(scale).raw(")\"");
    body.attribute("stroke-width", pen).raw(">");
    let mut x = 0.0;
    for letter in letters.chars() {
        let (strokes, width) = paths::letter(letter);
        body.raw("<path transform=\"translate(").number(x).raw(" 0)\" d=\"").raw(strokes).raw("\"/>");
        x += width + BETWEEN;
    }
    body.raw("</g>");
}

/// The width of a row of letters.
fn width(letters: &str) -> f64 {
    letters.chars().map(|letter| paths::letter(letter).1 + BETWEEN).sum::<f64>() - BETWEEN
}

/// The letters of an aspect that no sign has been agreed on for.
const fn letters_of(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Quintile => "Q",
        Aspect::Biquintile => "BQ",
        Aspect::Novile => "N",
        Aspect::Septile => "S",
        Aspect::Biseptile => "BS",
        Aspect::Triseptile => "TS",
        _ => "",
    }
}

/// The letters of an angle.
const fn initials(angle: Angle) -> &'static str {
    match angle {
        Angle::Ascendant => "AC",
        Angle::Mc => "MC",
        Angle::Descendant => "DC",
        Angle::Ic => "IC",
        Angle::Vertex => "VX",
        Angle::AntiVertex => "AV",
        Angle::EquatorialAscendant => "EQ",
        Angle::CoAscendantKoch => "CK",
        Angle::CoAscendantMunkasey => "CM",
        Angle::PolarAscendant => "PA",
    }
}

/// The glyphs that a document uses, each of which is defined once.
#[derive(Debug, Default)]
pub(crate) struct Glyphs(BTreeMap<String, Glyph>);

impl Glyphs {
    /// Puts a glyph of a size, in units, about a point.
    pub(crate) fn put(
        &mut self,
        body: &mut Document,
        class: &str,
        glyph: Glyph,
        [x, y]: [f64; 2],
        size: f64,
    ) {
        let name = glyph.name();
        body.raw("<use class=\"")
            .raw(class)
            .raw("\" xlink:href=\"#")
            .raw(OWN)
            .raw("-g-")
            .raw(&name)
            .raw("\"");
        for (name, value) in [("x", x - 0.5 * size), ("y", y - 0.5 * size), ("width", size), ("height", size)]
        {
            body.attribute(name, value);
        }
        body.raw("/>\n");
        self.0.insert(name, glyph);
    }

    /// Defines those that have been put.
    pub(crate) fn define(&self, whole: &mut Document) {
        whole.raw("<defs>\n");
        for (name, glyph) in &self.0 {
            // Colour and pen are those of the place where a glyph is put.
            whole.raw("<symbol id=\"").raw(OWN).raw("-g-").raw(name);
            whole.raw("\" viewBox=\"0 0 24 24\" overflow=\"visible\" fill=\"none\" stroke=\"currentColor\">");
            glyph.form().draw(whole);
            whole.raw("</symbol>\n");
        }
        whole.raw("</defs>\n");
    }
}
