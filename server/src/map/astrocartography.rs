//! The map of the lines of bodies ([`orrery_almanac::astrocartography`]).
//!
//! Its features are the lines, `line`, with `body` and `angle`; the places where two of them cross, `crossing`, with `bodies` and
//! `angles`; the places that have a body in the zenith, `zenith`, with `body`; and the places that are asked about, `place`, with `label`
//! and `lines`: of each line, the nearest first, `body`, `angle`, `distance_km` and `nearest`, the position of its nearest place.

use geojson::JsonValue;
use orrery_almanac::astrocartography::{self, Crossing, Line, Nearest};

use super::geojson::{position, rounded};
use super::place::Place;
use super::{Feature, Map, Shape, Subject, What, When};

/// How far a line may be from where it is, degrees.
const OFF_DEG: f64 = 0.02;

/// What a map of lines is of, beside its features.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lines {
    /// The bodies, by name.
    pub(super) bodies: Vec<String>,
    /// The lines, in the order in which they were given.
    pub(super) each: Vec<Line>,
    /// Places that are marked.
    pub(super) marked: Vec<Marked>,
}

/// A place that is asked about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marked {
    /// What it is called.
    pub(crate) label: String,
    /// Where it is.
    pub(crate) place: astrocartography::Place,
    /// How far each line is from it, the nearest first ([`astrocartography::by_distance`]).
    pub(crate) nearest: Vec<Nearest>,
}

impl Map {
    /// The map of the lines of bodies, by their names, with the crossings and the places that are to be on it.
    #[must_use]
    pub(crate) fn of_lines(
        bodies: Vec<String>,
        lines: &[Line],
        crossings: &[Crossing],
        marked: Vec<Marked>,
    ) -> Map {
        let feature = |what, shape| Feature { what, shape, when: When::Throughout, sight: None };
        let on_angle = |line: &Line| (line.body(), line.angularity());
        let mut features: Vec<Feature> = Vec::new();
        features.extend(lines.iter().map(|line| {
            let places = line.places(OFF_DEG).into_iter().map(Place::from);
            feature(What::Line(line.body(), line.angularity()), Shape::Line(places.collect()))
        }));
        features.extend(crossings.iter().filter_map(|crossing| {
            let [one, other] = crossing.lines.map(|nth| lines.get(nth).map(on_angle));
            Some(feature(What::Crossing([one?, other?]), Shape::Point(crossing.place.into())))
        }));
        let culminating =
            lines.iter().filter(|line| line.angularity() == orrery_almanac::Angularity::Culminating);
        features.extend(
            culminating.map(|line| feature(What::Zenith(line.body()), Shape::Point(line.zenith().into()))),
        );
        let places = marked.iter().enumerate();
        features.extend(
            places.map(|(nth, marked)| feature(What::Marked(nth), Shape::Point(marked.place.into()))),
        );
        let subject = Subject::Lines(Lines { bodies, each: lines.to_vec(), marked });
        Map { features, subject, middle: Place { longitude_deg: 0.0, latitude_deg: 0.0 } }
    }
}

impl Lines {
    /// The name of a body, by its number.
    pub(super) fn body(&self, nth: usize) -> &str {
        self.bodies.get(nth).map_or("", String::as_str)
    }

    /// What is told of a feature of such a map.
    pub(super) fn tell(&self, what: What, tell: &mut dyn FnMut(&str, JsonValue)) {
        match what {
            What::Line(body, angularity) => {
                tell("body", self.body(body).into());
                tell("angle", angularity.angle().name().into());
            }
            What::Crossing(both) => {
                tell("bodies", both.map(|(body, _)| self.body(body)).as_slice().into());
                tell("angles", both.map(|(_, angularity)| angularity.angle().name()).as_slice().into());
            }
            What::Zenith(body) => tell("body", self.body(body).into()),
            What::Marked(nth) => {
                if let Some(marked) = self.marked.get(nth) {
                    tell("label", marked.label.as_str().into());
                    tell("lines", marked.nearest.iter().filter_map(|near| self.distance(near)).collect());
                }
            }
            _ => {}
        }
    }

    fn distance(&self, nearest: &Nearest) -> Option<JsonValue> {
        let line = self.each.get(nearest.line)?;
        let members = [
            ("body", self.body(line.body()).into()),
            ("angle", line.angularity().angle().name().into()),
            ("distance_km", rounded(Some(nearest.distance_km), 1e1)),
            ("nearest", position(&nearest.place.into()).as_slice().into()),
        ];
        Some(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl From<astrocartography::Place> for Place {
    fn from(place: astrocartography::Place) -> Place {
        let astrocartography::Place { longitude_deg, latitude_deg } = place;
        Place { longitude_deg, latitude_deg }
    }
}
