//! From where on the Earth the Moon is seen during an eclipse of it: where it is up at each of the contacts.
//!
//! At an instant the Moon is up for nearly half of the Earth: within a circle about the place that has it in the zenith. A place
//! within the circles of all contacts sees all of the eclipse, one outside of them all sees nothing of it.
//!
//! # How good it is
//! The Moon counts as up while its upper limb is above a level horizon in usual air: while its centre, as seen from the
//! Earth's centre, is higher than 0.7275 π − 34′ with the horizontal parallax π (Meeus, *Astronomical Algorithms*, chapter 15).
//! Altitudes are those over the horizon of the ellipsoid, so that of the Earth's flattening only its share in the parallax is left
//! out. Against [`super::lunar_local`], which knows it, a border is within 0.01° of where the Moon rises or sets.

use std::f64::consts::TAU;

use orrery_format::TtDay;
use orrery_format::eclipse::LunarEclipse;

use super::axis::RADII_IN_AU;
use super::ellipsoid::zenith_latitude_deg;
use super::path::Point;
use super::sky::{Luminaries, SunAndMoon};
use crate::frames::turn_deg;
use crate::rise_set::STANDARD_REFRACTION_DEG;

/// What is left of the horizontal parallax when the Moon's semidiameter, 0.2725 of it, is taken off.
const PARALLAX_SHARE: f64 = 0.7275;

/// Stretches that a border is parted into before it is known how it bends.
const PARTS: u32 = 36;
/// How often a stretch is halved at most: beside a pole a circle bends sharply in longitude.
const MOST_HALVINGS: u32 = 10;
/// How far a border may be from the straight line between two neighbours, degrees of latitude and of longitude.
const OFF_DEG: f64 = 0.02;

/// An instant of an eclipse of the Moon that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LunarContact {
    /// The Moon begins to enter the penumbra.
    P1,
    /// It begins to enter the umbra.
    U1,
    /// All of it is within the umbra.
    U2,
    /// The eclipse is greatest.
    Greatest,
    /// It begins to leave the umbra.
    U3,
    /// All of it is outside the umbra.
    U4,
    /// All of it is outside the penumbra.
    P4,
}

impl LunarContact {
    /// Every contact, in the order of time.
    pub const ALL: [LunarContact; 7] = [
        LunarContact::P1,
        LunarContact::U1,
        LunarContact::U2,
        LunarContact::Greatest,
        LunarContact::U3,
        LunarContact::U4,
        LunarContact::P4,
    ];

    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            LunarContact::P1 => "p1",
            LunarContact::U1 => "u1",
            LunarContact::U2 => "u2",
            LunarContact::Greatest => "maximum",
            LunarContact::U3 => "u3",
            LunarContact::U4 => "u4",
            LunarContact::P4 => "p4",
        }
    }

    /// When an eclipse has it. `None` where it has not: an eclipse that is not total has no U2.
    #[must_use]
    pub fn of(self, eclipse: &LunarEclipse) -> Option<TtDay> {
        let [p1, p4] = eclipse.penumbra_jd_tt;
        let [u1, u2, u3, u4] = eclipse.umbra_jd_tt;
        let jd_tt = match self {
            LunarContact::P1 => p1,
            LunarContact::U1 => u1,
            LunarContact::U2 => u2,
            LunarContact::Greatest => eclipse.greatest_jd_tt,
            LunarContact::U3 => u3,
            LunarContact::U4 => u4,
            LunarContact::P4 => p4,
        };
        (!jd_tt.is_nan()).then_some(TtDay(jd_tt))
    }
}

/// For whom the Moon is up at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visibility {
    /// Which instant of the eclipse.
    pub contact: LunarContact,
    /// When.
    pub tt: TtDay,
    /// Geographic latitude of the place that has the Moon in the zenith, degrees.
    pub latitude_deg: f64,
    /// Its ephemeris longitude, degrees, −180 to 180, east positive.
    pub ephemeris_longitude_deg: f64,
    /// The Moon's horizontal parallax, degrees: 0.9 to 1.03.
    pub parallax_deg: f64,
}

impl Visibility {
    /// From the places of Sun and Moon at a contact.
    #[must_use]
    pub fn new(contact: LunarContact, tt: TtDay, sky: &SunAndMoon) -> Visibility {
        let [latitude_deg, ephemeris_longitude_deg] = sublunar_deg(sky);
        let [x, y, z] = sky.moon_au;
        let parallax_deg = (1.0 / (x.hypot(y).hypot(z) * RADII_IN_AU)).asin().to_degrees();
        Visibility { contact, tt, latitude_deg, ephemeris_longitude_deg, parallax_deg }
    }

    /// How far from the place that has the Moon in the zenith others still have it up, degrees on the Earth: a little less than a
    /// quarter of the way round, since parallax lowers the Moon by more than air and semidiameter lift its limb.
    #[must_use]
    pub fn radius_deg(&self) -> f64 {
        90.0 - (PARALLAX_SHARE * self.parallax_deg - STANDARD_REFRACTION_DEG)
    }

    /// The border of the places that have the Moon up, with them on the left: closed, the last point being the first again,
    /// and so dense that straight lines in longitude and latitude are within 0.02° of it.
    ///
    /// Longitudes go on without jumps. Where a pole is within, the last point is a turn from the first: east of it with the north
    /// pole, west of it with the south pole.
    #[must_use]
    pub fn border(&self) -> Vec<Point> {
        let circle = Circle::of(self);
        let part = TAU / f64::from(PARTS);
        let first = circle.at(0.0);
        let mut places = vec![first];
        let mut left = (0.0, first);
        for nth in 1..=PARTS {
            let bearing = part * f64::from(nth);
            // The last is the first to the last bit.
            let right = (bearing, if nth == PARTS { first } else { circle.at(bearing) });
            circle.fill(left, right, MOST_HALVINGS, &mut places);
            left = right;
        }
        let mut last = first.longitude_deg;
        places
            .iter()
            .map(|place| {
                last += turn_deg(place.longitude_deg - last);
                Point { tt: self.tt, latitude_deg: place.latitude_deg, ephemeris_longitude_deg: last }
            })
            .collect()
    }
}

/// For whom the Moon is up at each contact that an eclipse has, and when it is greatest: in the order of time.
///
/// # Errors
/// What the source says. It is asked at these instants.
pub fn lunar_visibility<L: Luminaries>(
    luminaries: &mut L,
    eclipse: &LunarEclipse,
) -> Result<Vec<Visibility>, L::Error> {
    let instants =
        LunarContact::ALL.iter().filter_map(|&contact| contact.of(eclipse).map(|tt| (contact, tt)));
    instants.map(|(contact, tt)| Ok(Visibility::new(contact, tt, &luminaries.at(tt)?))).collect()
}

/// Geographic latitude and ephemeris longitude of the place that has the Moon in the zenith, degrees; the longitude from −180
/// to 180.
pub(super) fn sublunar_deg(sky: &SunAndMoon) -> [f64; 2] {
    let [x, y, z] = sky.moon_au;
    let right_ascension_deg = y.atan2(x).to_degrees();
    [
        zenith_latitude_deg(x.hypot(y) * RADII_IN_AU, z * RADII_IN_AU),
        turn_deg(right_ascension_deg - sky.sidereal_time_deg),
    ]
}

/// A place of a border.
#[derive(Clone, Copy, Debug)]
struct Place {
    latitude_deg: f64,
    /// −180 to 180.
    longitude_deg: f64,
}

/// A circle on the sphere of zeniths, whose latitudes are geographic ones: there, unlike on the ground, the places that have
/// a distant body at one altitude are a circle.
struct Circle {
    sin_latitude: f64,
    cos_latitude: f64,
    longitude_deg: f64,
    sin_radius: f64,
    cos_radius: f64,
}

impl Circle {
    fn of(visibility: &Visibility) -> Circle {
        let (sin_latitude, cos_latitude) = visibility.latitude_deg.to_radians().sin_cos();
        let (sin_radius, cos_radius) = visibility.radius_deg().to_radians().sin_cos();
        let longitude_deg = visibility.ephemeris_longitude_deg;
        Circle { sin_latitude, cos_latitude, longitude_deg, sin_radius, cos_radius }
    }

    /// The place at a bearing from the middle, radians from south through east: against the clock as seen from above.
    fn at(&self, bearing: f64) -> Place {
        let (east, south) = bearing.sin_cos();
        // Upward, eastward and northward at the middle; then along the equator, below the middle and east of it, and to the pole.
        let [up, east, north] = [self.cos_radius, self.sin_radius * east, -self.sin_radius * south];
        let outward = up * self.cos_latitude - north * self.sin_latitude;
        let poleward = up * self.sin_latitude + north * self.cos_latitude;
        Place {
            latitude_deg: poleward.atan2(outward.hypot(east)).to_degrees(),
            longitude_deg: turn_deg(self.longitude_deg + east.atan2(outward).to_degrees()),
        }
    }

    /// Adds the places after `a` up to `b`.
    fn fill(&self, (from, a): (f64, Place), (to, b): (f64, Place), halvings: u32, places: &mut Vec<Place>) {
        let half = f64::midpoint(from, to);
        let middle = self.at(half);
        let longitude_off = turn_deg(middle.longitude_deg - a.longitude_deg)
            - 0.5 * turn_deg(b.longitude_deg - a.longitude_deg);
        let latitude_off = middle.latitude_deg - f64::midpoint(a.latitude_deg, b.latitude_deg);
        if halvings == 0 || longitude_off.hypot(latitude_off) <= OFF_DEG {
            places.push(b);
            return;
        }
        self.fill((from, a), (half, middle), halvings - 1, places);
        self.fill((half, middle), (to, b), halvings - 1, places);
    }
}

#[cfg(test)]
mod tests;
