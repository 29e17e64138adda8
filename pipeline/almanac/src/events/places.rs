//! Events of one body's longitude: ingresses, stations, seasons; and values of anything that can be measured.

use orrery_format::Center;

use super::{Events, Finder, Measured, SolarTerm, What};
use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;
use crate::crossings::{Crossing, Levels, Way};
use crate::curve::{Curve, Quantity};
use crate::motion::Ephemeris;
use crate::zodiac::{Nakshatra, Sign};

/// The border that is passed, and what is on either side: what is entered, what is left, and whether backwards. A border that
/// is only touched is not passed.
fn passed(crossing: Crossing, parts: usize) -> Option<(usize, usize, bool)> {
    let (above, below) = (crossing.level, (crossing.level + parts - 1) % parts);
    match crossing.way {
        Way::Up => Some((above, below, false)),
        Way::Down => Some((below, above, true)),
        Way::Touch => None,
    }
}

impl<'e, E: Ephemeris> Finder<'e, E> {
    /// A body's entries into signs.
    #[must_use]
    pub fn ingresses(&self, body: WireBody) -> Events<'e, E::Error> {
        let curve = Curve::of(self.longitude(body));
        let found = self.crossings(curve, Levels::every(&curve, Sign::ALL.len() as u16));
        self.tell(found, move |_, crossing| {
            Ok(passed(crossing, Sign::ALL.len()).map(|(into, from, retrograde)| What::Ingress {
                body,
                sign: Sign::ALL[into],
                from: Sign::ALL[from],
                retrograde,
            }))
        })
    }

    /// A body's entries into nakshatras, which are counted on a sidereal zodiac.
    #[must_use]
    pub fn nakshatra_ingresses(&self, body: WireBody, ayanamsa: Ayanamsa) -> Events<'e, E::Error> {
        let curve = Curve::of(Quantity::Sidereal(body, ayanamsa));
        let found = self.crossings(curve, Levels::every(&curve, Nakshatra::ALL.len() as u16));
        self.tell(found, move |_, crossing| {
            Ok(passed(crossing, Nakshatra::ALL.len()).map(|(into, from, retrograde)| {
                What::NakshatraIngress {
                    body,
                    nakshatra: Nakshatra::ALL[into],
                    from: Nakshatra::ALL[from],
                    retrograde,
                }
            }))
        })
    }

    /// When a body stands still in longitude, and goes 0.002″ at least before it does so again.
    ///
    /// It is the apparent longitude that is meant, with the Sun's gravity in it, which bends the light that passes near. A slow
    /// planet that passes right behind the Sun's disc is for some hours moved back by that faster than it goes on, and so
    /// stands still twice more there, or several times, since the Sun's mass within a ray is a table with corners: Neptune in
    /// 1839, 1920, 2168 and 2249, Pluto in 2178. Nobody sees it, but the place that is told for the planet does turn.
    #[must_use]
    pub fn stations(&self, body: WireBody) -> Events<'e, E::Error> {
        let found = self.turns(self.longitude(body));
        self.tell(found, move |finder, crossing| {
            let longitude_deg = finder.longitude_deg(body, crossing.jd_tt)?;
            Ok(Some(What::Station { body, retrograde: crossing.way == Way::Down, longitude_deg }))
        })
    }

    /// Equinoxes and solstices: the Sun's tropical longitude, whatever the zodiac.
    #[must_use]
    pub fn seasons(&self) -> Events<'e, E::Error> {
        self.of_the_sun(4, |quarter| What::Season { longitude_deg: quarter * 90 })
    }

    /// The 24 solar terms, likewise.
    #[must_use]
    pub fn solar_terms(&self) -> Events<'e, E::Error> {
        self.of_the_sun(SolarTerm::ALL.len() as u16, |nth| What::SolarTerm {
            term: SolarTerm::ALL[usize::from(nth)],
            longitude_deg: nth * 15,
        })
    }

    fn of_the_sun(&self, parts: u16, what: impl Fn(u16) -> What + 'e) -> Events<'e, E::Error> {
        let curve = Curve::of(Quantity::Longitude(WireBody::SUN));
        let found = self.crossings(curve, Levels::every(&curve, parts));
        self.tell(found, move |_, crossing| Ok(Some(what(crossing.level as u16))))
    }

    /// When a quantity of a body, or the difference of two bodies', takes a value: degrees, au, and the same a day. There is
    /// no difference of distances or speeds.
    #[must_use]
    pub fn crossings_of(
        &self,
        quantity: Measured,
        body: WireBody,
        minus: Option<WireBody>,
        value: f64,
    ) -> Option<Events<'e, E::Error>> {
        let geo = Center::Geo;
        let (curve, level) = match (quantity, minus) {
            (Measured::Longitude, None) => (Curve::of(self.longitude(body)), value.rem_euclid(360.0)),
            (Measured::Longitude, Some(other)) => {
                (Curve::of(Quantity::Ahead(body, other)), value.rem_euclid(360.0))
            }
            (Measured::LongitudeSpeed, None) => (Curve::rate(self.longitude(body)), value),
            (Measured::LongitudeSpeed, Some(other)) => (Curve::rate(Quantity::Ahead(body, other)), value),
            (Measured::Latitude, None) => (Curve::of(Quantity::Latitude(body)), value),
            (Measured::LatitudeSpeed, None) => (Curve::rate(Quantity::Latitude(body)), value),
            (Measured::Distance, None) => (Curve::of(Quantity::Distance(geo, body)), value),
            (Measured::DistanceSpeed, None) => (Curve::rate(Quantity::Distance(geo, body)), value),
            (Measured::Declination, None) => {
                (Curve::of(Quantity::SineOfDeclination(body)), value.to_radians().sin())
            }
            (_, Some(_)) => return None,
        };
        let found = self.when(curve, vec![level]);
        Some(self.tell(found, move |_, crossing| {
            Ok(Some(What::Crossing { body, minus, quantity, value, way: crossing.way }))
        }))
    }
}
