//! A figure in words, for who cannot see it or points at a part of it.

use std::fmt::Write;

use orrery_almanac::houses::Angle;

use super::figure::{Connection, Figure, Point, Reading};
use super::grid::NEAR_DEG;

/// A point: `Mars 07°05′ Leo, retrograde, house 3`, or `Moon 29°14′ Virgo to 11°22′ Libra`.
pub(super) fn of_point(point: &Point) -> String {
    let told: Vec<String> = point.told_deg().map(of_longitude).collect();
    let mut words = format!("{} {}", point.name, told.join(" to "));
    if point.is_retrograde() {
        words.push_str(", retrograde");
    }
    if let Some(house) = point.house {
        // A `String` takes whatever is written to it.
        let _ = write!(words, ", house {house}");
    }
    words
}

/// A longitude: `07°05′ Leo`.
fn of_longitude(longitude_deg: f64) -> String {
    let reading = Reading::of(longitude_deg);
    let mut sign = reading.sign.name().to_owned();
    if let Some(first) = sign.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{} {sign}", reading.told())
}

/// An aspect: `Sun trine Moon, orb 1.25°, applying`, or `Sun trine Moon, orb unknown`.
pub(super) fn of_connection(connection: &Connection, [from, to]: [&Point; 2]) -> String {
    let Connection { aspect, applying, .. } = connection;
    let orb = match connection.known_orb_deg([from, to]) {
        Some(orb_deg) => format!("{orb_deg:.2}°"),
        None => "unknown".to_owned(),
    };
    let phase = match applying {
        Some(true) => ", applying",
        Some(false) => ", separating",
        None => "",
    };
    format!("{} {aspect} {}, orb {orb}{phase}", from.name, to.name)
}

/// What lines of aspects mean.
pub(super) const OF_LINES: &str = "Lines: whole while an aspect applies, parted when it separates.";

/// What the grid's letters and shades mean.
pub(super) fn of_grid() -> String {
    format!("Grid: orbs in degrees; a applies, s separates; shaded is within {NEAR_DEG}° of exact.")
}

impl Figure {
    /// The whole figure.
    pub(super) fn description(&self) -> String {
        let mut parts: Vec<String> = self.lines.clone();
        if let Some(division) = self.divided() {
            let axes = division.axes();
            let told =
                |wanted: Angle| axes.iter().find(|(angle, _)| *angle == wanted).map_or(0.0, |(_, at)| *at);
            parts.push(format!("Ascendant {}", of_longitude(told(Angle::Ascendant))));
            parts.push(format!("Midheaven {}", of_longitude(told(Angle::Mc))));
        } else {
            parts.push("No houses".to_owned());
        }
        let of_points = |points: &mut dyn Iterator<Item = &Point>| -> String {
            let told: Vec<String> =
                points.filter(|point| point.longitude_deg.is_finite()).map(of_point).collect();
            told.join("; ")
        };
        parts.push(of_points(&mut self.drawn()));
        if let Some(outer) = &self.outer {
            parts.push(format!("Around it: {}", of_points(&mut outer.iter())));
        }
        let aspects: Vec<String> = self
            .connections
            .iter()
            .filter_map(|connection| Some(of_connection(connection, self.ends(connection)?)))
            .collect();
        if !aspects.is_empty() {
            parts.push(format!("Aspects: {}", aspects.join("; ")));
        }
        parts.retain(|part| !part.is_empty());
        format!("{}.", parts.join(". "))
    }
}
