//! A sidereal zodiac ready to be used at many instants, and what it is at one.

use orrery_format::{State, TtDay};

use super::anchor::Anchor;
use super::listed::{Definition, Epoch};
use super::obliquity::mean_obliquity_deg;
use crate::frames::wrap_deg;
use crate::precession::Precession;
use crate::rotation::Rotation;
use crate::stars::{Observer, Sight};
use crate::vector::{Varying, Vector};

/// A sidereal zodiac with all that does not depend on the instant computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zodiac(Kind);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Epoch(Plane),
    Frame(Plane),
    Anchor(Anchor),
}

/// The mean ecliptic and equinox of an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Plane {
    /// To it from the mean equator and equinox of J2000.0.
    from_j2000: Rotation,
    /// Degrees from its equinox to the zodiac's beginning.
    at_epoch_deg: f64,
}

impl Plane {
    fn of(epoch: Epoch) -> Plane {
        let date = TtDay(epoch.jd_tt);
        let obliquity = Varying::constant(mean_obliquity_deg(date));
        let from_j2000 = Precession::to(date).ecliptic_to_j2000(obliquity).inverse().held();
        Plane { from_j2000, at_epoch_deg: epoch.at_epoch_deg }
    }

    /// How far the equinox of date lies behind the zodiac's beginning, degrees: the longitude on this plane of
    /// the equinox, and the degrees at the epoch.
    fn ayanamsa_deg(&self, precession: &Precession) -> Varying {
        let [x, y, _] = self.from_j2000.turn(&precession.equinox()).0;
        -y.atan2_deg(x) + self.at_epoch_deg
    }
}

impl Zodiac {
    pub(super) fn of(definition: &Definition) -> Zodiac {
        Zodiac(match definition {
            Definition::Epoch(epoch) => Kind::Epoch(Plane::of(*epoch)),
            Definition::Frame(epoch) => Kind::Frame(Plane::of(*epoch)),
            Definition::Anchor(anchor) => Kind::Anchor(*anchor),
        })
    }

    /// The zodiac at a date, of which precession and the mean obliquity (degrees, and degrees a day) are given.
    ///
    /// `observer` is asked for by zodiacs that something in the sky holds fast, and by no others: it must be at
    /// the Earth's centre, even where the places are from elsewhere. `sight` is that of the places: where they
    /// are neither aberrated nor deflected (true, astrometric, heliocentric and barycentric places), the Swiss
    /// Ephemeris takes the anchor so too.
    ///
    /// `None` while an apparent anchor stands behind the Sun's disc, half a day each year for ζ Piscium and δ
    /// Cancri (`true_revati`, `true_pushya`, `true_sheoran`): there only the live source knows the ayanamsa, and
    /// [`SiderealDate::from_ayanamsa`] takes it.
    ///
    /// # Errors
    /// What `observer` refuses.
    pub fn at<E>(
        &self,
        precession: &Precession,
        obliquity: Varying,
        sight: Sight,
        observer: impl FnOnce() -> Result<Observer, E>,
    ) -> Result<Option<SiderealDate>, E> {
        Ok(match &self.0 {
            Kind::Epoch(plane) => Some(SiderealDate::from_ayanamsa(plane.ayanamsa_deg(precession))),
            Kind::Frame(plane) => Some(SiderealDate {
                ayanamsa_deg: plane.ayanamsa_deg(precession).wrapped_deg(),
                frame: Some((
                    precession.ecliptic_to_j2000(obliquity).then(&plane.from_j2000),
                    plane.at_epoch_deg,
                )),
            }),
            Kind::Anchor(anchor) => {
                anchor.ayanamsa_deg(&observer()?, obliquity, sight).map(SiderealDate::from_ayanamsa)
            }
        })
    }
}

/// A sidereal zodiac at a date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiderealDate {
    ayanamsa_deg: Varying,
    /// Where places are turned instead of shifted: from the mean ecliptic of date, and the degrees to subtract
    /// from the longitude then.
    frame: Option<(Rotation, f64)>,
}

impl SiderealDate {
    /// A zodiac that begins so many degrees after the mean equinox of date, wherever that is known from.
    #[must_use]
    pub fn from_ayanamsa(ayanamsa_deg: Varying) -> SiderealDate {
        SiderealDate { ayanamsa_deg: ayanamsa_deg.wrapped_deg(), frame: None }
    }

    /// The ayanamsa without nutation, degrees from 0 to below 360, and its change in degrees a day: that of
    /// `swe_get_ayanamsa_ex` with `SEFLG_NONUT`. With nutation in longitude added it counts from the true equinox.
    #[must_use]
    pub const fn ayanamsa_deg(&self) -> Varying {
        self.ayanamsa_deg
    }

    /// Of a zodiac on the ecliptic of an epoch: the rotation to that from the mean ecliptic of date, and the degrees from its
    /// equinox to the zodiac's beginning.
    pub(crate) const fn frame(&self) -> Option<&(Rotation, f64)> {
        self.frame.as_ref()
    }

    /// A place on the mean ecliptic and equinox of date, referred to the zodiac.
    #[must_use]
    pub fn refer(&self, mean: &State) -> State {
        match &self.frame {
            None => State {
                longitude_deg: wrap_deg(mean.longitude_deg - self.ayanamsa_deg.value),
                longitude_speed: mean.longitude_speed - self.ayanamsa_deg.rate,
                ..*mean
            },
            Some((rotation, at_epoch_deg)) => {
                let turned = State::from(&rotation.turn(&Vector::from(mean)));
                State { longitude_deg: wrap_deg(turned.longitude_deg - at_epoch_deg), ..turned }
            }
        }
    }
}
