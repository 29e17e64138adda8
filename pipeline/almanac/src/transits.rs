//! Transits: bodies that move over the points of a chart, which stay where they are.
//!
//! What is looked for is a list of [`Target`]s, each an aspect to a point: a longitude in the zodiac of the
//! [`Finder`], and an orb. All targets of a body are levels of one curve, and all are found in one walk along it.
//!
//! # What is told
//! For each time that a body is at a target, the instant, and since when and until when it is within the orb. A period within
//! the orb in which it turns back before it gets there has one [`Contact::Closest`], where it turns next to the target; any
//! other turn within the orb is a [`Contact::Station`].
//!
//! # Passes
//! Of a body that turns back and comes again, passes over a target are numbered. Two of them, one after the other, belong
//! together if the body went over the target the one way and came back the other, and has turned once between them: so a planet
//! that goes over a point, back and over it again makes three, and a slow one may do so in two or more loops one after the other
//! and make five and more. Once a body has turned twice and has not come back, the next pass is a first. Nothing of this
//! depends on where a search begins and ends: it goes back to where the first pass can be known, and on to the last.
//!
//! A turn is a station of which [`Finder::stations`] tells, but for those by which gravity moves a slow planet for some hours
//! behind the Sun.

use std::fmt;

use crate::aspect::Aspect;
use crate::bodies::WireBody;
use crate::crossings::Way;
use crate::curve::Curve;
use crate::events::{Finder, Happening, Listing, Merged, merged};
use crate::houses::Houses;
use crate::motion::Ephemeris;

pub(crate) mod course;
mod stations;
#[cfg(test)]
mod tests;

use course::{Course, Mark};

/// An aspect to a point of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Which point, by its place among those that were given.
    pub point: usize,
    /// The aspect.
    pub aspect: Aspect,
    /// The longitude at which it is exact, degrees, in the zodiac that is searched in.
    pub longitude_deg: f64,
    /// How far from there it still counts, degrees, above 0 and below 180; any other number is no orb.
    pub orb_deg: Option<f64>,
}

impl Target {
    /// All aspects to all points, each on either side of the point, with the orb that a point and an aspect have.
    #[must_use]
    pub fn all(
        points_deg: &[f64],
        aspects: &[Aspect],
        orb_deg: impl Fn(usize, Aspect) -> Option<f64>,
    ) -> Vec<Target> {
        let mut targets = Vec::new();
        for (point, point_deg) in points_deg.iter().enumerate() {
            for &aspect in aspects {
                let orb_deg = orb_deg(point, aspect);
                targets.extend(aspect.ahead_deg().map(|ahead| Target {
                    point,
                    aspect,
                    longitude_deg: (point_deg + ahead).rem_euclid(360.0),
                    orb_deg,
                }));
            }
        }
        targets
    }
}

/// Which way a body goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Motion {
    /// With the signs.
    Direct,
    /// Against them.
    Retrograde,
    /// It stands still, and turns.
    Stationary,
}

impl Motion {
    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Motion::Direct => "direct",
            Motion::Retrograde => "retrograde",
            Motion::Stationary => "stationary",
        }
    }
}

impl fmt::Display for Motion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Way> for Motion {
    fn from(way: Way) -> Motion {
        match way {
            Way::Up => Motion::Direct,
            Way::Down => Motion::Retrograde,
            Way::Touch => Motion::Stationary,
        }
    }
}

/// How a body meets a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contact {
    /// It is there.
    Exact {
        /// Which way it goes.
        motion: Motion,
        /// Which pass of those that belong together, from 1 on.
        pass: u16,
        /// How many belong together. Where the ephemeris begins or ends between them, those that are known.
        passes: u16,
    },
    /// It turns, as near as it comes in a period within the orb in which it is never there.
    Closest {
        /// How far it is ahead, degrees; below nothing where it is behind.
        ahead_deg: f64,
        /// Whether it turns back; it turns forward otherwise.
        retrograde: bool,
    },
    /// It turns, in a period in which it is there too or comes nearer.
    Station {
        /// How far it is ahead, degrees; below nothing where it is behind.
        ahead_deg: f64,
        /// Whether it turns back; it turns forward otherwise.
        retrograde: bool,
    },
}

/// A body that meets a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transit {
    /// When, a Julian day of TT.
    pub jd_tt: f64,
    /// Which body.
    pub body: WireBody,
    /// Which target, by its place among those that were given.
    pub target: usize,
    /// Where the body is, degrees, in the zodiac.
    pub longitude_deg: f64,
    /// How.
    pub contact: Contact,
    /// Since when and until when it is within the orb, if there is one; `None` where that is beyond what is known.
    pub within: Option<[Option<f64>; 2]>,
}

impl Happening for Transit {
    fn jd_tt(&self) -> f64 {
        self.jd_tt
    }
}

/// The transits of several bodies in the range of a finder.
#[must_use]
pub fn transits<'e, E: Ephemeris>(
    finder: &Finder<'e, E>,
    bodies: &[WireBody],
    targets: &[Target],
) -> Merged<'e, Transit, E::Error> {
    let mark = |target: &Target| Mark { value_deg: target.longitude_deg, orb_deg: target.orb_deg };
    let marks: Vec<_> = targets.iter().map(mark).collect();
    let of_body = |&body: &WireBody| -> Listing<'e, Transit, E::Error> {
        Box::new(Course::new(*finder, finder.longitude(body), &marks).map(move |met| {
            met.map(|met| Transit {
                jd_tt: met.jd_tt,
                body,
                target: met.mark,
                longitude_deg: met.value_deg,
                contact: met.contact,
                within: met.within,
            })
        }))
    };
    merged(bodies.iter().map(of_body).collect())
}

/// A body that crosses a cusp of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HouseEntry {
    /// When, a Julian day of TT.
    pub jd_tt: f64,
    /// Which body.
    pub body: WireBody,
    /// The house that it enters, from 1 on.
    pub house: u8,
    /// The house that it leaves.
    pub from: u8,
    /// Whether it goes backwards.
    pub retrograde: bool,
}

/// Degrees on either side of a cusp at which the house is looked up.
const BESIDE_DEG: f64 = 1e-9;

/// When a body goes from house to house of a chart whose cusps stay where they are, in the range of a finder and in its zodiac.
pub fn house_entries<'e, E: Ephemeris>(
    finder: &Finder<'e, E>,
    body: WireBody,
    houses: &Houses,
) -> impl Iterator<Item = Result<HouseEntry, E::Error>> + use<'e, E> {
    let mut cusps: Vec<f64> = houses.cusps().iter().map(|cusp| cusp.value).collect();
    cusps.sort_by(f64::total_cmp);
    // Cusps that coincide are crossed at once.
    cusps.dedup_by(|a, b| *a - *b < 2.0 * BESIDE_DEG);
    let sides: Vec<_> = cusps
        .iter()
        .map(|cusp| [cusp - BESIDE_DEG, cusp + BESIDE_DEG].map(|beside| houses.house_of(beside)))
        .collect();
    finder.when(Curve::of(finder.longitude(body)), cusps).filter_map(move |crossing| {
        let told = crossing.map(|crossing| {
            let [below, above] = sides[crossing.level];
            let (house, from) = match crossing.way {
                Way::Up => (above, below),
                Way::Down => (below, above),
                Way::Touch => return None,
            };
            let retrograde = crossing.way == Way::Down;
            Some(HouseEntry { jd_tt: crossing.jd_tt, body, house, from, retrograde })
        });
        told.transpose()
    })
}
