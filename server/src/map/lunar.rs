//! The map of an eclipse of the Moon.

use orrery_almanac::eclipses::visibility::Visibility;
use orrery_format::TtDay;
use orrery_format::eclipse::{LunarEclipse, ROTATION_DEG_PER_S};

use super::place::Place;
use super::{Feature, Map, Shape, Subject, What, When};

impl Map {
    /// The map of an eclipse of the Moon, with ΔT in seconds then, and for whom the Moon is up at its contacts
    /// ([`orrery_almanac::eclipses::visibility::lunar_visibility`]).
    #[must_use]
    pub(crate) fn of_lunar(eclipse: &LunarEclipse, delta_t_s: f64, seen: &[Visibility]) -> Map {
        let LunarEclipse { latitude_deg, ephemeris_longitude_deg, .. } = *eclipse;
        let turned_deg = ROTATION_DEG_PER_S * delta_t_s;
        let middle = Place { longitude_deg: ephemeris_longitude_deg + turned_deg, latitude_deg };
        let mut features: Vec<Feature> = seen.iter().map(|seen| moon_up(seen, delta_t_s)).collect();
        features.push(Feature {
            what: What::SublunarPoint,
            shape: Shape::Point(middle),
            when: When::At(TtDay(eclipse.greatest_jd_tt)),
            sight: None,
        });
        Map { features, subject: Subject::Lunar, middle }
    }
}

/// Where the Moon is up at a contact.
fn moon_up(seen: &Visibility, delta_t_s: f64) -> Feature {
    let places = seen.border().into_iter().map(|point| Place {
        longitude_deg: point.longitude_deg(delta_t_s),
        latitude_deg: point.latitude_deg,
    });
    Feature {
        what: What::MoonUp(seen.contact),
        shape: Shape::Area(places.collect()),
        when: When::At(seen.tt),
        sight: None,
    }
}
