//! What is drawn: the points of one chart or of two, the houses, and the aspects between points.

use orrery_almanac::aspect::Aspect;
use orrery_almanac::frames::wrap_deg;
use orrery_almanac::houses::Angle;
use orrery_almanac::zodiac::{InSign, Sign};

use super::glyph::Glyph;

/// A chart, or two of which one is drawn about the other, as it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figure {
    /// Its title, in one line.
    pub(crate) title: String,
    /// Lines under the title, such as the instant and the place.
    pub(crate) lines: Vec<String>,
    /// The points of the chart that take part in aspects. What has no finite longitude is not drawn.
    pub(crate) points: Vec<Point>,
    /// Those that do not: its lots.
    pub(crate) lots: Vec<Point>,
    /// How its sky is divided; `None` where the time is unknown or no place is given, and then Aries is where the ascendant would be.
    pub(crate) division: Option<Division>,
    /// The points of a second chart, such as a partner's or the sky's of today, which are drawn about the first.
    pub(crate) outer: Option<Vec<Point>>,
    /// Aspects: of the chart, or, where there are two, between both.
    pub(crate) connections: Vec<Connection>,
}

/// A point of a chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// What it is drawn as. Angles that the chart's division has are drawn as its axes.
    pub(crate) glyph: Glyph,
    /// What it is called in words.
    pub(crate) name: String,
    /// Longitude in the chart's zodiac, degrees.
    pub(crate) longitude_deg: f64,
    /// Of what moves far in a day whose time is unknown: where it is at the day's beginning and at its end, degrees, the way between
    /// them in the direction of the signs. Then it is told to be between them and nowhere else.
    pub(crate) range_deg: Option<[f64; 2]>,
    /// Its change, degrees a day, if it is to be told. What moves backward is marked so.
    pub(crate) longitude_speed: Option<f64>,
    /// The house that it is in.
    pub(crate) house: Option<u8>,
}

/// The houses and the axes of a chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Division {
    /// Longitudes of the cusps, degrees, of the first house first.
    pub(crate) cusps_deg: Vec<f64>,
    /// Whether houses follow each other in the direction of the signs, as all but Gauquelin's sectors do.
    pub(crate) runs_forward: bool,
    /// Longitude of the ascendant, degrees.
    pub(crate) ascendant_deg: f64,
    /// Longitude of the midheaven, degrees.
    pub(crate) mc_deg: f64,
}

/// An aspect between two points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Connection {
    /// Which point of the chart.
    pub(crate) from: usize,
    /// Which other one: of the second chart, if there is one.
    pub(crate) to: usize,
    /// The aspect.
    pub(crate) aspect: Aspect,
    /// How far it is from exact, degrees.
    pub(crate) orb_deg: f64,
    /// Whether it becomes more exact; `None` where that is not known or means nothing.
    pub(crate) applying: Option<bool>,
}

impl Figure {
    /// The division, if it has axes.
    pub(super) fn divided(&self) -> Option<&Division> {
        self.division.as_ref().filter(|one| one.ascendant_deg.is_finite() && one.mc_deg.is_finite())
    }

    /// The longitude that is drawn on the left.
    pub(super) fn left_deg(&self) -> f64 {
        self.divided().map_or(0.0, |division| wrap_deg(division.ascendant_deg))
    }

    /// Every point of the chart.
    pub(super) fn drawn(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().chain(&self.lots)
    }

    /// The points that the second ends of connections are of.
    pub(super) fn others(&self) -> &[Point] {
        self.outer.as_ref().unwrap_or(&self.points)
    }

    /// The ends of a connection, if there are such points.
    pub(super) fn ends(&self, connection: &Connection) -> Option<[&Point; 2]> {
        let ends = [self.points.get(connection.from)?, self.others().get(connection.to)?];
        (ends.iter().all(|end| end.longitude_deg.is_finite()) && connection.orb_deg.is_finite())
            .then_some(ends)
    }

    /// Whether a point of the chart is one of its axes.
    pub(super) fn is_axis(&self, point: &Point) -> bool {
        self.divided().is_some()
            && matches!(point.glyph, Glyph::Angle(angle) if Angle::CARDINAL.contains(&angle))
    }
}

impl Connection {
    /// How far it is from exact, degrees, between its ends: unknown of a point that is somewhere between two longitudes.
    pub(super) fn known_orb_deg(&self, ends: [&Point; 2]) -> Option<f64> {
        ends.iter().all(|end| end.between_deg().is_none()).then_some(self.orb_deg.abs())
    }
}

impl Point {
    /// The longitudes that it is told to be between, degrees, if it is.
    pub(super) fn between_deg(&self) -> Option<[f64; 2]> {
        self.range_deg.filter(|range| range.iter().all(|end| end.is_finite()))
    }

    /// The longitudes that are told of it, degrees: its own, or the two that it is between.
    pub(super) fn told_deg(&self) -> impl Iterator<Item = f64> {
        let (first, last) = match self.between_deg() {
            Some([first, last]) => (first, Some(last)),
            None => (self.longitude_deg, None),
        };
        std::iter::once(first).chain(last)
    }

    /// Whether it moves backward.
    pub(super) fn is_retrograde(&self) -> bool {
        self.longitude_speed.is_some_and(|speed| speed < 0.0)
    }
}

impl Division {
    /// The axes: the four angles with their longitudes, degrees.
    pub(super) fn axes(&self) -> [(Angle, f64); 4] {
        [
            (Angle::Ascendant, wrap_deg(self.ascendant_deg)),
            (Angle::Mc, wrap_deg(self.mc_deg)),
            (Angle::Descendant, wrap_deg(self.ascendant_deg + 180.0)),
            (Angle::Ic, wrap_deg(self.mc_deg + 180.0)),
        ]
    }
}

/// A longitude as it is read: the sign, and the full degrees and minutes in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) sign: Sign,
    pub(super) degrees: u32,
    pub(super) minutes: u32,
}

impl Reading {
    /// Of a longitude, degrees. Minutes are cut off, not rounded, so that nothing is told to be in a sign that it is not in yet.
    pub(super) fn of(longitude_deg: f64) -> Reading {
        /// What binary fractions take from a minute that is meant to be full.
        const NOISE: f64 = 1e-6;
        let InSign { sign, degrees, .. } = InSign::of(longitude_deg);
        let minutes = ((degrees * 60.0 + NOISE) as u32).min(30 * 60 - 1);
        Reading { sign, degrees: minutes / 60, minutes: minutes % 60 }
    }

    /// Degrees and minutes, such as `07°05′`.
    pub(super) fn told(self) -> String {
        format!("{}{}", self.degrees_told(), self.minutes_told())
    }

    pub(super) fn degrees_told(self) -> String {
        format!("{:02}°", self.degrees)
    }

    pub(super) fn minutes_told(self) -> String {
        format!("{:02}′", self.minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_cut_off() {
        for (longitude_deg, sign, told) in [
            (0.0, Sign::Aries, "00°00′"),
            (29.999_999, Sign::Aries, "29°59′"),
            (30.0 - 1e-12, Sign::Aries, "29°59′"),
            (42.1, Sign::Taurus, "12°06′"),
            (-0.5, Sign::Pisces, "29°30′"),
            (725.75, Sign::Aries, "05°45′"),
        ] {
            let reading = Reading::of(longitude_deg);
            assert_eq!((reading.sign, reading.told().as_str()), (sign, told), "{longitude_deg}");
        }
    }
}
