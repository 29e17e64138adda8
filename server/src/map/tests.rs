//! Hazard: what is cut wrong, lies on the wrong side, or holds a pole that it should not. Maps of real eclipses are held to the
//! local circumstances of places all over the Earth, which know nothing of curves.

mod drawn;
mod lines;
mod places;
mod sky;
mod told;

use super::place::Place;
use super::{Map, Shape, What, cut};

/// Whether a place lies in polygons with longitudes from −180° to 180°.
fn is_inside(pieces: &[Vec<Place>], longitude_deg: f64, latitude_deg: f64) -> bool {
    let crossings = pieces.iter().flat_map(|piece| piece.windows(2)).filter(|pair| {
        let [a, b] = [pair[0], pair[1]];
        (a.latitude_deg > latitude_deg) != (b.latitude_deg > latitude_deg) && {
            let share = (latitude_deg - a.latitude_deg) / (b.latitude_deg - a.latitude_deg);
            longitude_deg < a.longitude_deg + share * (b.longitude_deg - a.longitude_deg)
        }
    });
    crossings.count() % 2 == 1
}

/// The pieces of an area.
fn pieces(shape: &Shape) -> Vec<Vec<Place>> {
    match shape {
        Shape::Area(ring) => cut::area(ring),
        Shape::Line(_) | Shape::Point(_) => panic!("an area was expected: {shape:?}"),
    }
}

/// The features of a map that are one thing.
fn all(map: &Map, what: impl Fn(What) -> bool) -> impl Iterator<Item = &super::Feature> {
    map.features.iter().filter(move |feature| what(feature.what))
}
