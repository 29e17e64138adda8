//! A map as a `GeoJSON` text (RFC 7946).

use geojson::{FeatureCollection, Geometry, GeometryValue, JsonObject, JsonValue};
use orrery_format::TtDay;

use super::cut::{area, doubled_area, line};
use super::place::Place;
use super::{Feature, Map, Shape, Sight, Subject, When};

/// Decimals of coordinates, as a power of ten: a metre.
const DECIMALS: f64 = 1e5;

impl Map {
    /// The map as a text: a `FeatureCollection` whose foreign members are `about`, in which nothing may be called as a member that RFC
    /// 7946 defines. Instants are told as the caller has them.
    ///
    /// Coordinates are geographic longitude and latitude, degrees, with five decimals. What crosses the antimeridian is cut there, and
    /// what holds a pole runs to it along ±180°. Every feature has a `name`. Of eclipses, lines, and the area between the limits of the umbra, have
    /// `begin` and `end`, when their first and their last place is met; all others have `at`. `central_point` and
    /// `greatest_eclipse` have in addition `duration_s` and `width_km`, null where there is none, `sun_altitude` and `sun_azimuth` in
    /// degrees, `magnitude` and `type`. What is told of lines of bodies is said at [`super::astrocartography`].
    #[must_use]
    pub(crate) fn geojson(&self, about: JsonObject, dated: &mut dyn FnMut(TtDay) -> String) -> String {
        let features = self.features.iter().filter_map(|feature| {
            let geometry = geometry(&feature.shape)?;
            Some(geojson::Feature {
                geometry: Some(Geometry::new(geometry)),
                properties: Some(properties(feature, &self.subject, dated)),
                ..geojson::Feature::default()
            })
        });
        let mut collection = FeatureCollection::new(features);
        collection.foreign_members = Some(about);
        collection.to_string()
    }
}

fn properties(feature: &Feature, subject: &Subject, dated: &mut dyn FnMut(TtDay) -> String) -> JsonObject {
    let mut properties = JsonObject::new();
    let mut tell = |name: &str, value: JsonValue| {
        properties.insert(name.to_owned(), value);
    };
    tell("name", feature.what.name().into());
    match feature.when {
        When::At(tt) => tell("at", dated(tt).into()),
        When::Along([begin, end]) => {
            tell("begin", dated(begin).into());
            tell("end", dated(end).into());
        }
        When::Throughout => {}
    }
    if let Subject::Lines(lines) = subject {
        lines.tell(feature.what, &mut tell);
    }
    if let Some(Sight { duration_s, width_km, sun_altitude_deg, sun_azimuth_deg, magnitude, kind }) =
        feature.sight
    {
        tell("duration_s", rounded(duration_s, 1e1));
        tell("width_km", rounded(width_km, 1e1));
        tell("sun_altitude", rounded(Some(sun_altitude_deg), 1e2));
        tell("sun_azimuth", rounded(Some(sun_azimuth_deg), 1e2));
        tell("magnitude", rounded(Some(magnitude), 1e5));
        tell("type", kind.into());
    }
    properties
}

/// A number with so many decimals as the power of ten has noughts, or null.
pub(super) fn rounded(value: Option<f64>, power: f64) -> JsonValue {
    value.map_or(JsonValue::Null, |value| round(value, power).into())
}

/// Without a nought that is negative.
fn round(value: f64, power: f64) -> f64 {
    (value * power).round() / power + 0.0
}

/// `None` where rounding leaves nothing of it.
fn geometry(shape: &Shape) -> Option<GeometryValue> {
    match shape {
        Shape::Point(place) => {
            let longitude_deg = place.eastward(-360.0 * Place::turn_of(place.longitude_deg)).longitude_deg;
            Some(GeometryValue::new_point(position(&Place { longitude_deg, ..*place })))
        }
        Shape::Line(places) => {
            let mut pieces: Vec<_> = line(places).iter().map(|piece| written(piece)).collect();
            pieces.retain(|piece| piece.len() >= 2);
            if pieces.len() > 1 {
                return Some(GeometryValue::new_multi_line_string(pieces));
            }
            pieces.pop().map(GeometryValue::new_line_string)
        }
        Shape::Area(ring) => {
            let mut pieces: Vec<_> = area(ring).iter().map(|piece| written(piece)).collect();
            pieces.retain(|piece| piece.len() >= 4 && is_right_handed(piece));
            if pieces.len() > 1 {
                return Some(GeometryValue::new_multi_polygon(pieces.into_iter().map(|piece| [piece])));
            }
            pieces.pop().map(|piece| GeometryValue::new_polygon([piece]))
        }
    }
}

pub(super) fn position(place: &Place) -> [f64; 2] {
    [round(place.longitude_deg, DECIMALS), round(place.latitude_deg, DECIMALS)]
}

/// The positions of a curve, without those that are twice in a row.
fn written(places: &[Place]) -> Vec<[f64; 2]> {
    let mut positions: Vec<[f64; 2]> = places.iter().map(position).collect();
    positions.dedup();
    positions
}

/// Whether a ring still goes against the clock when it is rounded.
fn is_right_handed(ring: &[[f64; 2]]) -> bool {
    let places: Vec<Place> =
        ring.iter().map(|&[longitude_deg, latitude_deg]| Place { longitude_deg, latitude_deg }).collect();
    doubled_area(&places) > 0.0
}
