//! The ring of the signs with its scales.

use orrery_almanac::frames::wrap_deg;
use orrery_almanac::zodiac::Sign;

use super::super::dial::Dial;
use super::super::glyph::{Glyph, Glyphs};
use super::Rings;
use crate::svg::Document;

/// How far from the middle of its ring a sign may reach, as a part of the ring's width.
const FILLED: f64 = 0.36;
/// Degrees of a sign.
const SIGN_DEG: f64 = 30.0;

pub(super) fn draw(dial: &Dial, rings: &Rings, body: &mut Document, glyphs: &mut Glyphs) {
    let [outside, inside] = rings.signs;
    body.raw("<g class=\"zodiac\">\n");
    for (nth, sign) in Sign::ALL.into_iter().enumerate() {
        let begin = SIGN_DEG * nth as f64;
        sector(body, dial, &format!("sector {} {}", sign.element().name(), sign.name()), begin, rings.signs);
        let at = dial.at(begin + 0.5 * SIGN_DEG, 0.5 * (outside + inside));
        let class = format!("sign {} {}", sign.element().name(), sign.name());
        glyphs.put(body, &class, Glyph::Sign(sign), at, 2.0 * FILLED * (outside - inside));
    }
    let borders: Vec<_> = (0..12).map(|nth| dial.spoke(SIGN_DEG * f64::from(nth), rings.signs)).collect();
    body.path("border", &borders, false);
    scale(body, dial, inside, rings.inner.foot);
    if rings.edge.is_some() {
        scale(body, dial, outside, rings.outer.foot);
    }
    body.circle("rim", dial.middle, outside);
    body.circle("rim", dial.middle, inside);
    body.raw("</g>\n");
}

/// A sign's part of the ring.
fn sector(body: &mut Document, dial: &Dial, class: &str, begin: f64, [outside, inside]: [f64; 2]) {
    let end = begin + SIGN_DEG;
    // The signs run counter-clockwise, which is a sweep of 0.
    body.raw("<path class=\"").raw(class).raw("\" d=\"M");
    point(body, dial.at(begin, outside));
    arc(body, outside, "0", dial.at(end, outside));
    body.raw("L");
    point(body, dial.at(end, inside));
    arc(body, inside, "1", dial.at(begin, inside));
    body.raw("Z\"/>\n");
}

fn arc(body: &mut Document, radius: f64, sweep: &str, to: [f64; 2]) {
    body.raw("A").number(radius).raw(" ").number(radius).raw(" 0 0 ").raw(sweep).raw(" ");
    point(body, to);
}

fn point(body: &mut Document, [x, y]: [f64; 2]) {
    body.number(x).raw(" ").number(y);
}

/// The degrees, from one radius toward another: the fifth and the tenth ones are longer. Those of one length are a circle of
/// dashes, whose width is the length.
fn scale(body: &mut Document, dial: &Dial, from: f64, to: f64) {
    for (class, step_deg, pen, part) in
        [("one", 1.0, 0.55, 0.45), ("five", 5.0, 0.8, 0.7), ("ten", 10.0, 1.15, 1.0)]
    {
        let length = part * (to - from);
        let radius = from + 0.5 * length;
        let step = f64::to_radians(step_deg) * radius;
        let [x, y] = dial.middle;
        body.raw("<circle class=\"ticks ").raw(class).raw("\"");
        for (name, value) in [("cx", x), ("cy", y), ("r", radius), ("stroke-width", length.abs())] {
            body.attribute(name, value);
        }
        // A circle's dashes begin on the right, where the first degree's middle has to be. Hundredths would add up to a tick.
        body.raw(&format!(
            " stroke-dasharray=\"{pen} {:.5}\" stroke-dashoffset=\"{:.3}\"",
            step - pen,
            0.5 * pen
        ));
        let turn_deg = wrap_deg(dial.left_deg);
        body.raw(&format!(" transform=\"rotate({turn_deg:.3} {x} {y})\"/>\n"));
    }
}
