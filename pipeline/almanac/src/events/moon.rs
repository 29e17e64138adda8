//! The Moon at an instant, as a calendar tells of it.

use orrery_format::Center;

use super::Finder;
use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;
use crate::curve::{Curve, Quantity};
use crate::frames::wrap_deg;
use crate::lunar_phase;
use crate::motion::Ephemeris;

/// Degrees that the Moon gains on the Sun in a tithi.
const TITHI_DEG: f64 = 12.0;

/// The Moon at an instant, seen from the Earth's centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MoonAt {
    /// Apparent ecliptic longitude in the zodiac, degrees.
    pub longitude_deg: f64,
    /// The same in the zodiac of nakshatras, degrees.
    pub sidereal_deg: f64,
    /// Apparent ecliptic latitude, degrees.
    pub latitude_deg: f64,
    /// Apparent distance, au.
    pub distance_au: f64,
    /// How far it is ahead of the Sun in ecliptic longitude, degrees, 0 to 360.
    pub ahead_deg: f64,
    /// The part of its disc that is lit, 0 to 1.
    pub illuminated_fraction: f64,
    /// Days since the new Moon; `None` where that is before all that is known.
    pub age_days: Option<f64>,
}

impl MoonAt {
    /// The lunar day of the Indian calendar, 1 to 30: one for each 12° that the Moon is ahead of the Sun.
    #[must_use]
    pub fn tithi(&self) -> u8 {
        ((self.ahead_deg / TITHI_DEG) as u8).min(29) + 1
    }

    /// What the Moon is called between its phases.
    #[must_use]
    pub fn phase_name(&self) -> &'static str {
        lunar_phase::between_phases(self.ahead_deg)
    }
}

impl<E: Ephemeris> Finder<'_, E> {
    /// The Moon at an instant, a Julian day of TT; nakshatras are counted in a zodiac of their own.
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    pub fn moon_at(&self, jd_tt: f64, nakshatras_in: Ayanamsa) -> Result<MoonAt, E::Error> {
        let distance = |body| self.value(Quantity::Distance(Center::Geo, body), jd_tt);
        let (distance_au, sun_au) = (distance(WireBody::MOON)?, distance(WireBody::SUN)?);
        let cos = self.value(Quantity::CosineOfSeparation(WireBody::MOON, WireBody::SUN), jd_tt)?;
        // Of the triangle of Sun, Moon and Earth the angle at the Moon (Meeus 48.3).
        let sin = (1.0 - cos * cos).max(0.0).sqrt();
        let phase = (sun_au * sin).atan2(distance_au - sun_au * cos);
        Ok(MoonAt {
            longitude_deg: self.longitude_deg(WireBody::MOON, jd_tt)?,
            sidereal_deg: wrap_deg(self.value(Quantity::Sidereal(WireBody::MOON, nakshatras_in), jd_tt)?),
            latitude_deg: self.value(Quantity::Latitude(WireBody::MOON), jd_tt)?,
            distance_au,
            ahead_deg: wrap_deg(self.value(Quantity::Ahead(WireBody::MOON, WireBody::SUN), jd_tt)?),
            illuminated_fraction: f64::midpoint(1.0, phase.cos()),
            age_days: self.new_moon_before(jd_tt)?.map(|new| jd_tt - new),
        })
    }

    /// The last new Moon at an instant or before it.
    fn new_moon_before(&self, jd_tt: f64) -> Result<Option<f64>, E::Error> {
        let ahead = Curve::of(Quantity::Ahead(WireBody::MOON, WireBody::SUN));
        Ok(self.last_before(ahead, &[0.0], jd_tt.next_up())?.map(|crossing| crossing.jd_tt))
    }
}
