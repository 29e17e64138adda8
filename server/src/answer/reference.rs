//! From the mean ecliptic of date to the axes that a query names.

use orrery_almanac::ayanamsa::{self, SiderealDate};
use orrery_almanac::stars::{self, Sight};
use orrery_almanac::{Equator, Precession, Rotation, Varying, Vector, frames, precession};
use orrery_format::{Nutation, State};

use crate::answer::surroundings::Surroundings;
use crate::query::{Coordinates, Equinox, Frame, Light, View};
use crate::wire::problem::Problem;

/// A position in the axes and coordinates that were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    /// Longitude or right ascension, degrees in [0, 360), latitude or declination, degrees, and distance, au; or three
    /// distances along the axes, au.
    pub(crate) at: [f64; 3],
    /// Its change a day.
    pub(crate) speed: [f64; 3],
}

/// The axes of a query at its instant. Live states are of the same kind as the tables', so that both take the same way
/// from here.
pub(crate) struct Reference {
    axes: Axes,
    coordinates: Coordinates,
}

enum Axes {
    /// Those that states are in.
    MeanEcliptic,
    TrueEcliptic(Nutation),
    /// The equator of date: the true one with nutation, the mean one without.
    Equator(Option<Nutation>, Equator),
    /// A sidereal zodiac.
    Sidereal(Box<SiderealDate>),
    /// Axes that stay.
    Fixed(Box<Rotation>),
}

impl Reference {
    /// The axes of a view. A sidereal zodiac has to be found before.
    pub(crate) fn new(
        view: &View,
        around: &Surroundings,
        sidereal: Option<SiderealDate>,
    ) -> Result<Reference, Problem> {
        let axes = match (view.equinox, view.frame) {
            _ if let Some(sidereal) = sidereal => Axes::Sidereal(Box::new(sidereal)),
            (Equinox::Mean, Frame::Ecliptic) => Axes::MeanEcliptic,
            (Equinox::Date, Frame::Ecliptic) => Axes::TrueEcliptic(around.nutation()?),
            (Equinox::Mean, Frame::Equatorial) => Axes::Equator(None, Equator::mean(&around.nutation()?)),
            (Equinox::Date, Frame::Equatorial) => {
                let nutation = around.nutation()?;
                Axes::Equator(Some(nutation), Equator::true_of_date(&nutation))
            }
            (Equinox::J2000 | Equinox::Icrs, frame) => {
                let precession = Precession::to(around.instant.tt);
                let mut turned = precession.ecliptic_to_j2000(around.mean_obliquity()?);
                if view.equinox == Equinox::Icrs {
                    turned = turned.then(&precession::j2000_to_icrs());
                }
                if frame == Frame::Ecliptic {
                    turned = turned.then(&precession::equator_to_ecliptic_of_j2000());
                }
                Axes::Fixed(Box::new(turned))
            }
        };
        Ok(Reference { axes, coordinates: view.coordinates })
    }

    /// The place of a state on the mean ecliptic and equinox of date.
    #[inline]
    pub(crate) fn place(&self, mean: &State) -> Place {
        let place = match &self.axes {
            Axes::MeanEcliptic => Place::from(*mean),
            Axes::TrueEcliptic(nutation) => Place::from(frames::true_equinox(mean, nutation)),
            Axes::Equator(nutation, equator) => {
                let state = nutation.as_ref().map_or(*mean, |nutation| frames::true_equinox(mean, nutation));
                let turned = equator.equatorial(&state);
                Place {
                    at: [turned.right_ascension_deg, turned.declination_deg, turned.distance_au],
                    speed: [turned.right_ascension_speed, turned.declination_speed, turned.distance_speed],
                }
            }
            Axes::Sidereal(zodiac) => Place::from(zodiac.refer(mean)),
            Axes::Fixed(rotation) => {
                let turned = rotation.turn(&Vector::from(mean));
                match self.coordinates {
                    Coordinates::Rectangular => return Place { at: turned.at(), speed: turned.rate() },
                    Coordinates::Spherical => Place::from(State::from(&turned)),
                }
            }
        };
        match self.coordinates {
            Coordinates::Spherical => place,
            Coordinates::Rectangular => place.rectangular(),
        }
    }
}

/// A sidereal zodiac at an instant; `None` where only the live source knows where it begins, since the Sun hides what it
/// holds fast.
pub(crate) fn sidereal(
    zodiac: &ayanamsa::Zodiac,
    view: &View,
    around: &Surroundings,
) -> Result<Option<SiderealDate>, Problem> {
    let precession = Precession::to(around.instant.tt);
    // Those that are a mere subtraction do without it, and then it is not there.
    let obliquity = around.mean_obliquity().unwrap_or_default();
    zodiac.at(&precession, obliquity, sight(view), || observer(around))
}

/// Who looks at stars from the Earth's centre.
pub(super) fn observer(around: &Surroundings) -> Result<stars::Observer, Problem> {
    let (earth, moon, tt) = (around.earth()?, around.moon()?, around.instant.tt);
    Ok(stars::Observer::new(tt, &Precession::to(tt), around.mean_obliquity()?, &earth, &moon))
}

/// The light in which stars are seen: that of the bodies. A star's light time is in its catalogue, so that its astrometric
/// place is the true one.
pub(super) fn sight(view: &View) -> Sight {
    match view.light {
        Light::Apparent if view.observer.is_terrestrial() => Sight::Apparent,
        Light::Apparent | Light::Astrometric | Light::True => Sight::Geometric,
    }
}

impl Place {
    fn rectangular(self) -> Place {
        let Place { at: [along, across, distance], speed: [along_speed, across_speed, distance_speed] } =
            self;
        let vector = Vector::spherical(
            Varying::new(along, along_speed),
            Varying::new(across, across_speed),
            Varying::new(distance, distance_speed),
        );
        Place { at: vector.at(), speed: vector.rate() }
    }
}

impl From<State> for Place {
    fn from(state: State) -> Place {
        Place {
            at: [state.longitude_deg, state.latitude_deg, state.distance_au],
            speed: [state.longitude_speed, state.latitude_speed, state.distance_speed],
        }
    }
}
