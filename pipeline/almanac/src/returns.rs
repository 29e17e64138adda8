//! Returns: when something comes back to where it was.
//!
//! What comes back is an angle ([`Returning`]): a body's longitude in the zodiac, its longitude among the stars, or how far it
//! is ahead of another body. With more [parts](Returns::parts) than one, half and quarter returns and so on are told beside
//! the whole ones. A body that turns back may come three times and more; such passes are numbered as
//! [transits](crate::transits) are.
//!
//! # Corrected for precession
//! [`Returning::among_stars`] counts longitudes from the mean equinox of an instant, which precession does not move on: the
//! sidereal zodiac whose ayanamsa is nothing at that instant ([`Ayanamsa::user`]), and so without nutation. The body is back
//! when its mean longitude of date has grown by as much as precession has since. In a zodiac that begins with another
//! epoch's equinox, precession is measured along that epoch's ecliptic: of the Sun, that makes 0.01 s in a century, of Saturn 0.1 s.

use orrery_format::TtDay;

use crate::ayanamsa::Ayanamsa;
use crate::bodies::WireBody;
use crate::curve::Quantity;
use crate::error::Error;
use crate::events::{Finder, Happening};
use crate::motion::Ephemeris;
use crate::transits::course::{Course, Mark};
use crate::transits::{Contact, Motion};

/// An angle that comes back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Returning {
    /// A body's ecliptic longitude in the zodiac that is searched in.
    Longitude(WireBody),
    /// The same in a sidereal zodiac, whichever is searched in.
    Sidereal(WireBody, Ayanamsa),
    /// How far a body is ahead of another in longitude: of Moon and Sun, the phase.
    Ahead(WireBody, WireBody),
}

impl Returning {
    /// A body's longitude from the mean equinox of an instant, which precession does not move on.
    ///
    /// # Errors
    /// [`Error::UserAyanamsa`] where the instant is beyond every ephemeris.
    pub fn among_stars(body: WireBody, epoch: TtDay) -> Result<Returning, Error> {
        Ok(Returning::Sidereal(body, Ayanamsa::user(epoch, 0.0)?))
    }
}

/// What comes back, and to where.
#[derive(Debug)]
pub struct Returns<'e, E> {
    finder: Finder<'e, E>,
    quantity: Quantity,
    value_deg: f64,
    parts: u16,
}

/// A return, whole or in part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Return {
    /// When, a Julian day of TT.
    pub jd_tt: f64,
    /// How far beyond the value, degrees: 0 for a whole return, 180 for a half.
    pub beyond_deg: f64,
    /// The angle then, degrees, 0 to 360.
    pub value_deg: f64,
    /// Which way it goes.
    pub motion: Motion,
    /// Which pass of those that belong together, from 1 on.
    pub pass: u16,
    /// How many belong together.
    pub passes: u16,
}

impl Happening for Return {
    fn jd_tt(&self) -> f64 {
        self.jd_tt
    }
}

/// Days within which what is found is the instant itself that was asked about: where a body stands nearly still, rounding may
/// find it some moments off.
const SAME_DAYS: f64 = 1.0 / 86_400.0;

impl<'e, E: Ephemeris> Returns<'e, E> {
    /// Whole returns to a value, degrees.
    #[must_use]
    pub fn to(finder: &Finder<'e, E>, returning: Returning, value_deg: f64) -> Returns<'e, E> {
        let quantity = match returning {
            Returning::Longitude(body) => finder.longitude(body),
            Returning::Sidereal(body, ayanamsa) => Quantity::Sidereal(body, ayanamsa),
            Returning::Ahead(a, b) => Quantity::Ahead(a, b),
        };
        Returns { finder: *finder, quantity, value_deg, parts: 1 }
    }

    /// Whole returns to the value that the same ephemeris has at an instant, a Julian day of TT. Beyond what it knows there is
    /// none, and nothing returns.
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    pub fn since(
        finder: &Finder<'e, E>,
        returning: Returning,
        natal_jd_tt: f64,
    ) -> Result<Returns<'e, E>, E::Error> {
        let returns = Returns::to(finder, returning, 0.0);
        Ok(Returns { value_deg: finder.value(returns.quantity, natal_jd_tt)?, ..returns })
    }

    /// The same with so many parts of a circle, each of which is a return: 2 for half returns too, 4 for quarters.
    #[must_use]
    pub const fn parts(&self, parts: u16) -> Returns<'e, E> {
        Returns { finder: self.finder, quantity: self.quantity, value_deg: self.value_deg, parts }
    }

    /// The value that is returned to, degrees.
    #[must_use]
    pub const fn value_deg(&self) -> f64 {
        self.value_deg
    }

    /// Returns in the range of the finder. One that holds the instant of birth holds that as a return.
    pub fn all(&self) -> impl Iterator<Item = Result<Return, E::Error>> + use<'e, E> {
        self.within(self.finder)
    }

    /// Returns in the range of the finder after an instant, a Julian day of TT; what is no more than a second after it is not after
    /// it.
    pub fn all_after(&self, jd_tt: f64) -> impl Iterator<Item = Result<Return, E::Error>> + use<'e, E> {
        let (start, end) = self.finder.range;
        self.within(self.finder.between(start.max(jd_tt + SAME_DAYS), end))
    }

    /// The last so many returns in the range of the finder before an instant, a Julian day of TT, in the order of time; what is no more
    /// than a second before it is not before it.
    ///
    /// # Errors
    /// Where the ephemeris does not know.
    pub fn lasts_before(&self, jd_tt: f64, count: usize) -> Result<Vec<Return>, E::Error> {
        self.finder.look_back(jd_tt - SAME_DAYS, count, |finder| self.within(*finder))
    }

    fn within(&self, finder: Finder<'e, E>) -> impl Iterator<Item = Result<Return, E::Error>> + use<'e, E> {
        let (value_deg, parts) = (self.value_deg, self.parts);
        let beyond = move |part: usize| 360.0 * part as f64 / f64::from(parts);
        let mark = |part| Mark { value_deg: value_deg + beyond(usize::from(part)), orb_deg: None };
        let marks: Vec<_> = (0..parts).map(mark).collect();
        Course::new(finder, self.quantity, &marks).filter_map(move |met| {
            let told = met.map(|met| match met.contact {
                Contact::Exact { motion, pass, passes } => Some(Return {
                    jd_tt: met.jd_tt,
                    beyond_deg: beyond(met.mark),
                    value_deg: met.value_deg,
                    motion,
                    pass,
                    passes,
                }),
                Contact::Closest { .. } | Contact::Station { .. } => None,
            });
            told.transpose()
        })
    }
}
