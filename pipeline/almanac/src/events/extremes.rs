//! Where something is greatest or least, and where it is nothing: apsides, nodes, latitudes, declinations, elongations.

use orrery_format::Center;

use super::{Apsis, Event, Events, Finder, What};
use crate::bodies::WireBody;
use crate::crossings::Way;
use crate::curve::{Curve, Quantity};
use crate::light::SPEED_OF_LIGHT;
use crate::motion::Ephemeris;

/// Days that the light of the farthest body is under way, and more.
const LIGHT_DAYS: f64 = 2.0;

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// When a body is nearest and farthest: the Moon from the Earth, the Earth from the Sun (asked for as the Sun), any other
    /// from the Sun.
    ///
    /// What is told is when it *was* nearest, not when light brings the news. Of Uranus, Neptune and Pluto there may be several
    /// in a row, since the Sun itself is moved by Jupiter, a twelfth of whose orbit their apsides take.
    #[must_use]
    pub fn apsides(&self, body: WireBody) -> Events<'e, E::Error> {
        let (quantity, nearest, farthest) = match body {
            WireBody::MOON => (Quantity::MoonDistance, Apsis::Perigee, Apsis::Apogee),
            WireBody::SUN => (Quantity::Distance(Center::Geo, body), Apsis::Perihelion, Apsis::Aphelion),
            _ => (Quantity::Distance(Center::Helio, body), Apsis::Perihelion, Apsis::Aphelion),
        };
        let is_seen_late = body != WireBody::SUN;
        let range = self.range;
        let later = self.between(range.0, range.1 + LIGHT_DAYS);
        let found = later.when(Curve::rate(quantity), vec![0.0]);
        Box::new(found.filter_map(move |crossing| {
            let told = crossing.and_then(|crossing| {
                let distance_au = later.value(quantity, crossing.jd_tt)?;
                let apsis = if crossing.way == Way::Up { nearest } else { farthest };
                let late = if is_seen_late { distance_au / SPEED_OF_LIGHT } else { 0.0 };
                Ok(Event { jd_tt: crossing.jd_tt - late, what: What::Apsis { body, apsis, distance_au } })
            });
            let is_within = told.as_ref().is_ok_and(|event| range.0 <= event.jd_tt && event.jd_tt < range.1);
            (is_within || told.is_err()).then_some(told)
        }))
    }

    /// When a body crosses the ecliptic.
    #[must_use]
    pub fn node_crossings(&self, body: WireBody) -> Events<'e, E::Error> {
        let found = self.when(Curve::of(Quantity::Latitude(body)), vec![0.0]);
        self.tell(found, move |finder, crossing| {
            if crossing.way == Way::Touch {
                return Ok(None);
            }
            let longitude_deg = finder.longitude_deg(body, crossing.jd_tt)?;
            Ok(Some(What::NodeCrossing { body, ascending: crossing.way == Way::Up, longitude_deg }))
        })
    }

    /// When a body's latitude turns, by 0.002″ at least.
    #[must_use]
    pub fn greatest_latitudes(&self, body: WireBody) -> Events<'e, E::Error> {
        let quantity = Quantity::Latitude(body);
        let found = self.turns(quantity);
        self.tell(found, move |finder, crossing| {
            let latitude_deg = finder.value(quantity, crossing.jd_tt)?;
            Ok(Some(What::GreatestLatitude { body, maximum: crossing.way == Way::Down, latitude_deg }))
        })
    }

    /// When a body's declination turns, by 0.002″ at least.
    #[must_use]
    pub fn greatest_declinations(&self, body: WireBody) -> Events<'e, E::Error> {
        let quantity = Quantity::SineOfDeclination(body);
        let found = self.turns(quantity);
        self.tell(found, move |finder, crossing| {
            let declination_deg = finder.value(quantity, crossing.jd_tt)?.asin().to_degrees();
            Ok(Some(What::GreatestDeclination { body, maximum: crossing.way == Way::Down, declination_deg }))
        })
    }

    /// When Mercury or Venus is farthest from the Sun in the sky.
    #[must_use]
    pub fn greatest_elongations(&self, body: WireBody) -> Events<'e, E::Error> {
        let quantity = Quantity::CosineOfSeparation(body, WireBody::SUN);
        let found = self.when(Curve::rate(quantity), vec![0.0]);
        self.tell(found, move |finder, crossing| {
            if crossing.way != Way::Up {
                return Ok(None);
            }
            let elongation_deg = finder.value(quantity, crossing.jd_tt)?.acos().to_degrees();
            let ahead_deg = finder.value(Quantity::Ahead(body, WireBody::SUN), crossing.jd_tt)?;
            let east = ahead_deg.rem_euclid(360.0) < 180.0;
            Ok(Some(What::GreatestElongation { body, east, elongation_deg }))
        })
    }
}
