//! The wheel: the zodiac, the houses, the bodies and the lines of their aspects.

mod bodies;
mod houses;
mod lines;
mod zodiac;

use self::bodies::Labels;
#[cfg(test)]
pub(super) use self::lines::LEAST_OPACITY;
use super::dial::Dial;
use super::figure::{Figure, Point};
use super::glyph::Glyphs;
use super::sheet::Layout;
use crate::svg::Document;

/// The radii of a wheel's parts, units from its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rings {
    /// Half the side of the square that everything is in, with and without houses.
    half: [f64; 2],
    /// The middle of what is written about the wheel: angles and cusps.
    labels: f64,
    /// The size of what is written there and of the numbers of the houses.
    written: f64,
    /// What a label there takes of its circle, in parts of that size.
    label: f64,
    /// Of a wheel about another: the edge of the outer bodies.
    edge: Option<f64>,
    /// The outer bodies.
    outer: Band,
    /// The edges of the signs, the outer first.
    signs: [f64; 2],
    /// The bodies.
    inner: Band,
    /// The edges of the ring with the numbers of the houses, the outer first. Lines of aspects are within; without houses they
    /// reach to the outer.
    houses: [f64; 2],
}

/// Where the parts of a body's label are: units from the middle, in the order from the zodiac on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Band {
    /// Where the mark of the body's place begins, at the scale.
    foot: f64,
    /// Where the line to its label ends.
    lead: f64,
    glyph: f64,
    degrees: f64,
    /// The sign, where there is room for it.
    sign: Option<f64>,
    /// The minutes, likewise; the table has them anyway.
    minutes: Option<f64>,
    /// Where the mark of what moves backward is; beside the glyph where there is no room.
    retrograde: Option<f64>,
    /// The size of the glyph, and of the degrees; the rest is in proportion.
    sizes: [f64; 2],
    /// What a label takes of the circle, degrees.
    width_deg: f64,
}

const INNER: Band = Band {
    foot: 266.0,
    lead: 248.0,
    glyph: 233.0,
    degrees: 207.0,
    sign: Some(186.0),
    minutes: Some(168.5),
    retrograde: Some(153.5),
    sizes: [27.0, 15.5],
    width_deg: 7.8,
};

/// One chart.
const SINGLE: Rings = Rings {
    half: [366.0, 322.0],
    labels: 341.0,
    written: 12.5,
    label: 3.7,
    edge: None,
    outer: INNER,
    signs: [313.0, 275.0],
    inner: INNER,
    houses: [145.0, 125.0],
};

/// One chart, with what is written larger, for narrow screens: on one of 390 pixels it has ten of them at least. There is no room for
/// minutes then.
const SINGLE_LARGE: Rings = Rings {
    half: [370.0, 322.0],
    labels: 341.0,
    written: 20.5,
    label: DEGREES_ALONE,
    inner: Band {
        foot: 266.0,
        lead: 248.0,
        glyph: 228.0,
        degrees: 195.0,
        sign: Some(167.5),
        minutes: None,
        retrograde: Some(149.5),
        sizes: [34.0, 21.0],
        width_deg: 10.7,
    },
    houses: [138.0, 109.0],
    ..SINGLE
};

/// One chart about another.
const DOUBLE: Rings = Rings {
    half: [412.0, 366.0],
    labels: 387.0,
    written: 12.5,
    label: 3.7,
    edge: Some(360.0),
    outer: Band {
        foot: 281.0,
        lead: 289.0,
        glyph: 302.0,
        degrees: 326.5,
        sign: None,
        minutes: Some(348.0),
        retrograde: None,
        sizes: [24.0, 14.0],
        width_deg: 7.0,
    },
    signs: [272.0, 239.0],
    inner: Band {
        foot: 230.0,
        lead: 219.0,
        glyph: 205.0,
        degrees: 181.0,
        sign: Some(162.0),
        minutes: Some(146.0),
        retrograde: Some(132.5),
        sizes: [24.0, 14.0],
        width_deg: 8.0,
    },
    houses: [126.0, 108.0],
};

/// One chart about another, likewise. Signs beside degrees have no room; the ring has them.
const DOUBLE_LARGE: Rings = Rings {
    half: [410.0, 358.0],
    labels: 383.0,
    written: 22.5,
    label: DEGREES_ALONE,
    edge: Some(352.0),
    outer: Band {
        foot: 271.0,
        lead: 279.0,
        glyph: 295.0,
        degrees: 329.5,
        sign: None,
        minutes: None,
        retrograde: None,
        sizes: [32.0, 23.0],
        width_deg: 9.5,
    },
    signs: [262.0, 230.0],
    inner: Band {
        foot: 221.0,
        lead: 209.0,
        glyph: 192.0,
        degrees: 158.5,
        sign: None,
        minutes: None,
        retrograde: None,
        sizes: [32.0, 23.0],
        width_deg: 14.5,
    },
    houses: [136.0, 106.0],
};

/// What a label takes that has no minutes.
const DEGREES_ALONE: f64 = 2.3;

impl Rings {
    const fn of(figure: &Figure, layout: Layout) -> &'static Rings {
        match (layout, figure.outer.is_some()) {
            (Layout::Landscape, false) => &SINGLE,
            (Layout::Landscape, true) => &DOUBLE,
            (Layout::Portrait, false) => &SINGLE_LARGE,
            (Layout::Portrait, true) => &DOUBLE_LARGE,
        }
    }

    fn half(&self, figure: &Figure) -> f64 {
        self.half[usize::from(figure.divided().is_none())]
    }
}

/// The side of a figure's wheel, units.
pub(super) fn side(figure: &Figure, layout: Layout) -> f64 {
    2.0 * Rings::of(figure, layout).half(figure)
}

/// Draws the wheel into the square of that side at the origin.
pub(super) fn draw(figure: &Figure, layout: Layout, body: &mut Document, glyphs: &mut Glyphs) {
    let rings = Rings::of(figure, layout);
    let dial = Dial { middle: [rings.half(figure); 2], left_deg: figure.left_deg() };
    zodiac::draw(&dial, rings, body, glyphs);
    let within = rings.houses[usize::from(figure.divided().is_some())];
    lines::draw(figure, &dial, within, body);
    let points: Vec<&Point> = figure.drawn().filter(|point| !figure.is_axis(point)).collect();
    let mut walls = Vec::new();
    if let Some(division) = figure.divided() {
        walls.extend(&division.cusps_deg);
        walls.extend(division.axes().map(|(_, longitude)| longitude));
    }
    let labels = Labels::place(&points, &rings.inner, &walls);
    if let Some(division) = figure.divided() {
        houses::draw(division, &dial, rings, &labels, body, glyphs);
    }
    body.circle("circle", dial.middle, rings.houses[0]);
    if within < rings.houses[0] {
        body.circle("circle", dial.middle, within);
    }
    body.raw("<g class=\"bodies inner\" text-anchor=\"middle\">\n");
    labels.draw(&dial, body, glyphs);
    body.raw("</g>\n");
    if let (Some(points), Some(edge)) = (&figure.outer, rings.edge) {
        body.circle("rim", dial.middle, edge);
        body.raw("<g class=\"bodies outer\" text-anchor=\"middle\">\n");
        let points: Vec<&Point> = points.iter().collect();
        Labels::place(&points, &rings.outer, &[]).draw(&dial, body, glyphs);
        body.raw("</g>\n");
    }
}
