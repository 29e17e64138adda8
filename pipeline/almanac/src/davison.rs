//! The Davison chart of two charts: the sky half way between them in time, over the place half way between theirs (R. Davison,
//! *Synastry*, 1977). Unlike a composite it is a chart of a real instant.

use orrery_format::UtDay;

use crate::composite::midpoint;
use crate::error::Error;
use crate::topocentric::Site;
use crate::vector::{Varying, Vector};

/// Sums of two directions that are shorter say nothing of a direction: the places are within a metre of being antipodes.
const SHORTEST_SUM: f64 = 1e-7;

/// An instant at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub ut: UtDay,
    /// Where.
    pub site: Site,
}

/// What is half way between two places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HalfWay {
    /// The mean of the latitudes and of the longitudes, these by the shorter way round, as Davison has it. Of longitudes 180° apart it is
    /// the one 90° ahead of the lesser, counted 0 to 360 eastward.
    #[default]
    Coordinates,
    /// The middle of the shortest way over the globe.
    GreatCircle,
}

impl HalfWay {
    /// Every one.
    pub const ALL: [HalfWay; 2] = [HalfWay::Coordinates, HalfWay::GreatCircle];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            HalfWay::Coordinates => "coordinates",
            HalfWay::GreatCircle => "great_circle",
        }
    }
}

/// When and where the Davison chart of two charts is.
///
/// # Errors
/// [`Error::Antipodes`] where every way over the globe is a shortest one.
pub fn between(first: &Event, second: &Event, half_way: HalfWay) -> Result<Event, Error> {
    let [a, b] = [first.site, second.site];
    let (latitude_deg, longitude_deg) = match half_way {
        HalfWay::Coordinates => {
            let longitude = midpoint(Varying::constant(a.longitude_deg), Varying::constant(b.longitude_deg));
            (f64::midpoint(a.latitude_deg, b.latitude_deg), longitude.value)
        }
        HalfWay::GreatCircle => {
            let direction = |site: Site| {
                let [along, across] = [site.longitude_deg, site.latitude_deg].map(Varying::constant);
                Vector::spherical(along, across, Varying::constant(1.0))
            };
            let sum = direction(a) + direction(b);
            if sum.length().value < SHORTEST_SUM {
                return Err(Error::Antipodes);
            }
            let [along, across, _] = sum.to_spherical();
            (across.value, along.value)
        }
    };
    // Longitudes on the Earth are told from −180° to 180°.
    let longitude_deg = if longitude_deg > 180.0 { longitude_deg - 360.0 } else { longitude_deg };
    let altitude_m = f64::midpoint(a.altitude_m, b.altitude_m);
    let ut = UtDay(f64::midpoint(first.ut.0, second.ut.0));
    Ok(Event { ut, site: Site { latitude_deg, longitude_deg, altitude_m } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(jd: f64, latitude_deg: f64, longitude_deg: f64) -> Event {
        Event { ut: UtDay(jd), site: Site { latitude_deg, longitude_deg, altitude_m: 100.0 } }
    }

    fn place(a: (f64, f64), b: (f64, f64), half_way: HalfWay) -> (f64, f64) {
        let found = between(&at(0.0, a.0, a.1), &at(0.0, b.0, b.1), half_way).unwrap();
        (found.site.latitude_deg, found.site.longitude_deg)
    }

    #[test]
    fn time_and_place_are_half_way() {
        let found = between(&at(2_451_545.0, 50.0, 10.0), &at(2_451_546.5, 40.0, 30.0), HalfWay::Coordinates);
        assert_eq!(found.unwrap(), at(2_451_545.75, 45.0, 20.0));
    }

    #[test]
    fn the_antimeridian_is_no_border() {
        for half_way in HalfWay::ALL {
            let (latitude, longitude) = place((0.0, 170.0), (0.0, -170.0), half_way);
            assert!(latitude.abs() < 1e-12 && (longitude - 180.0).abs() < 1e-9, "{half_way:?}: {longitude}");
            let (_, longitude) = place((10.0, 179.0), (10.0, -171.0), half_way);
            assert!((longitude - -176.0).abs() < 1e-9, "{half_way:?}: {longitude}");
            let (_, longitude) = place((10.0, -20.0), (10.0, 10.0), half_way);
            assert!((longitude - -5.0).abs() < 1e-9, "{half_way:?}: {longitude}");
        }
    }

    #[test]
    fn the_great_circle_goes_over_the_pole() {
        let (latitude, longitude) = place((60.0, 0.0), (60.0, 180.0), HalfWay::GreatCircle);
        assert!((latitude - 90.0).abs() < 1e-9 && longitude.is_finite());
        let (latitude, _) = place((60.0, 0.0), (60.0, 90.0), HalfWay::GreatCircle);
        // tan φ = tan 60° / cos 45°.
        let expected = (60.0_f64.to_radians().tan() / 45.0_f64.to_radians().cos()).atan().to_degrees();
        assert!((latitude - expected).abs() < 1e-9);
        assert_eq!(place((60.0, 0.0), (60.0, 90.0), HalfWay::Coordinates), (60.0, 45.0));
        assert_eq!(place((0.0, -90.0), (0.0, 90.0), HalfWay::Coordinates), (0.0, 0.0 + 180.0));
    }

    #[test]
    fn antipodes_have_no_middle_on_a_great_circle() {
        let (a, b) = (at(0.0, 30.0, 20.0), at(0.0, -30.0, -160.0));
        let error = between(&a, &b, HalfWay::GreatCircle).unwrap_err();
        assert_eq!(error, Error::Antipodes);
        assert!(error.to_string().contains("coordinates"));
        assert!(between(&a, &b, HalfWay::Coordinates).is_ok());
    }
}
