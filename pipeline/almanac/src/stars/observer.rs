//! From where stars are seen at an instant.

use orrery_format::{State, TtDay};

use crate::earth::Earth;
use crate::light::SPEED_OF_LIGHT;
use crate::precession::Precession;
use crate::rotation::Rotation;
use crate::topocentric::Topocentre;
use crate::vector::{Varying, Vector};

/// What the Moon attracts with at one au, au a day squared: Gauss' constant squared by the masses of Sun and Earth
/// (332,946.0487) and of Earth and Moon (81.300 57), both of DE431.
const MOON_ATTRACTION: f64 = 0.017_202_098_95 * 0.017_202_098_95 / (332_946.048_7 * 81.300_57);

/// Who sees stars at an instant: what is the same for every star. Vectors are on the mean equator and equinox of
/// J2000.0, whose axes stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observer {
    pub(super) date: TtDay,
    /// From the mean ecliptic and equinox of date.
    to_j2000: Rotation,
    /// From the barycentre of the solar system, au.
    pub(super) position: Vector,
    /// The motion about it, au a day, and how it changes.
    pub(super) velocity: Vector,
    /// From the Sun to the centre of the Earth, au: what the Swiss Ephemeris takes for deflection at the surface
    /// too.
    pub(super) from_sun: Vector,
}

impl Observer {
    /// At the Earth's centre at a date, of which precession and the mean obliquity (degrees, and degrees a day)
    /// are given.
    ///
    /// `geo_moon` is the apparent Moon. It draws the Earth back and forth: without it, speeds of stars would miss
    /// their aberration's by 0.002″ a day.
    #[must_use]
    pub fn new(
        date: TtDay,
        precession: &Precession,
        obliquity: Varying,
        earth: &Earth,
        geo_moon: &State,
    ) -> Observer {
        let to_j2000 = precession.ecliptic_to_j2000(obliquity);
        let place = to_j2000.turn(&earth.position);
        // The table's Earth is seen by light that has ever longer or shorter to go: that is no motion of its own.
        let (distance, moon) = (place.length(), Vector::from(geo_moon));
        let hastened = 1.0 + distance.rate / SPEED_OF_LIGHT;
        let moon_pulls = MOON_ATTRACTION / moon.length().value.powi(3);
        let pull = to_j2000.turn(&(moon * Varying::constant(moon_pulls))).at();
        let acceleration = to_j2000.turn(&Vector::new(earth.velocity.rate(), [0.0; 3])).at();
        let late = distance.value / SPEED_OF_LIGHT;
        let moving = place.rate();
        let velocity: [f64; 3] = std::array::from_fn(|c| moving[c] * hastened + pull[c] * late);
        Observer {
            date,
            to_j2000,
            position: Vector::new(place.at(), velocity),
            velocity: Vector::new(velocity, std::array::from_fn(|c| acceleration[c] + pull[c])),
            from_sun: to_j2000.turn(&earth.from_sun),
        }
    }

    /// At a place on the Earth's surface instead, of the same instant.
    #[must_use]
    pub fn at_site(&self, topocentre: &Topocentre) -> Observer {
        let (place, motion) = topocentre.offset();
        Observer {
            position: self.position + self.to_j2000.turn(place),
            velocity: self.velocity + self.to_j2000.turn(motion),
            ..*self
        }
    }

    /// At the Sun's centre instead, where nothing deflects or aberrates: for [`Sight::Geometric`](super::Sight) alone.
    #[must_use]
    pub fn at_sun(&self) -> Observer {
        Observer { position: self.position - self.from_sun, ..*self }
    }

    /// At the barycentre of the solar system instead, likewise.
    #[must_use]
    pub fn at_barycentre(&self) -> Observer {
        Observer { position: Vector::default(), ..*self }
    }

    /// Where another observer of the same instant is from here, neither deflected nor aberrated: on the mean ecliptic and
    /// equinox of date.
    #[must_use]
    pub fn sees(&self, other: &Observer) -> State {
        State::from(&self.on_date(&(other.position - self.position)))
    }

    /// A vector of J2000.0 on the mean ecliptic and equinox of date.
    pub(super) fn on_date(&self, of_j2000: &Vector) -> Vector {
        self.to_j2000.inverse().turn(of_j2000)
    }
}
