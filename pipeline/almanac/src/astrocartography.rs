//! Astrocartography: the lines on the Earth along which bodies are on the angles at a moment, and where these lines cross.
//!
//! A line of a body on the midheaven or the lower midheaven is a meridian, the half from pole to pole. A line of a body that rises
//! or sets is half a great circle too: from the parallel of 90° less the declination, where the body grazes the horizon in the
//! north, to that one's opposite. Both meet at their ends, one on each of the body's meridians; beyond, the body neither rises nor
//! sets. The horizon is that of [`crate::angularity`]: of the body's centre, without air and without parallax, so that one
//! place of the body serves the whole Earth. Latitudes are geographic ones.
//!
//! Which place of a body counts is the caller's choice ([`Projection`]).

mod line;

use orrery_format::State;

pub use line::{Line, Nearest};

use crate::angularity::{self, Angularity};
use crate::frames::{Equator, Equatorial};

/// Mean radius of the Earth, km (R₁ of the IUGG: Moritz, *Geodetic Reference System 1980*), which distances are told by. On
/// the ellipsoid they are up to 0.6 % other ones.
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// A place on the Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Geographic longitude, degrees, east positive. Along a line it goes on without jumps, beyond ±180 if need be.
    pub longitude_deg: f64,
    /// Geographic latitude, degrees, north positive.
    pub latitude_deg: f64,
}

impl Place {
    fn direction(self) -> angularity::Direction {
        angularity::direction(self.longitude_deg, self.latitude_deg)
    }
}

impl From<angularity::Direction> for Place {
    fn from(direction: angularity::Direction) -> Place {
        let (longitude_deg, latitude_deg) = angularity::angles_deg(direction);
        Place { longitude_deg, latitude_deg }
    }
}

/// What of a body is brought to the angles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Projection {
    /// The body itself, where it is in the sky.
    #[default]
    InMundo,
    /// Its degree of the ecliptic: where it would be without latitude.
    InZodiaco,
}

impl Projection {
    /// Both.
    pub const ALL: [Projection; 2] = [Projection::InMundo, Projection::InZodiaco];

    /// The name, as requests and replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Projection::InMundo => "in_mundo",
            Projection::InZodiaco => "in_zodiaco",
        }
    }

    /// The place on the equator that counts, of a state on the ecliptic and equinox that belong to it.
    #[must_use]
    pub fn place(self, ecliptic: &State, equator: &Equator) -> Equatorial {
        match self {
            Projection::InMundo => equator.equatorial(ecliptic),
            Projection::InZodiaco => {
                equator.equatorial(&State { latitude_deg: 0.0, latitude_speed: 0.0, ..*ecliptic })
            }
        }
    }
}

/// The four lines of each body, given by its apparent place on the true equator of date, when it is so late by the stars at
/// Greenwich ([`crate::horizon::apparent_sidereal_time`]): body after body, of each in the order of [`Angularity::ALL`].
#[must_use]
pub fn lines(places: &[Equatorial], greenwich_sidereal_deg: f64) -> Vec<Line> {
    let of_body = |(body, place): (usize, &Equatorial)| {
        let place = *place;
        Angularity::ALL
            .into_iter()
            .map(move |angularity| Line::new(body, angularity, &place, greenwich_sidereal_deg))
    };
    places.iter().enumerate().flat_map(of_body).collect()
}

/// Where two lines cross: there both bodies are on an angle at the same moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// The two lines, by their places among those given, the earlier first.
    pub lines: [usize; 2],
    /// Where. Its longitude is one of −180 to 180.
    pub place: Place,
}

/// All crossings of lines of different bodies: six of any two bodies, as a rule, at three places and their antipodes. Meridians meet at the poles
/// alone, which is not told; nor are lines that lie on each other, or the ends of lines.
#[must_use]
pub fn crossings(lines: &[Line]) -> Vec<Crossing> {
    let halves: Vec<_> = lines.iter().map(Line::half).collect();
    let mut crossings = Vec::new();
    for (nth, (line, half)) in lines.iter().zip(&halves).enumerate() {
        for (other_nth, (other, other_half)) in lines.iter().zip(&halves).enumerate().skip(nth + 1) {
            let both_meridians = line.angularity().is_on_meridian() && other.angularity().is_on_meridian();
            if line.body() == other.body() || both_meridians {
                continue;
            }
            if let Some(direction) = half.crossing(other_half) {
                crossings.push(Crossing { lines: [nth, other_nth], place: direction.into() });
            }
        }
    }
    crossings
}

/// How far a place is from each line, the nearest first.
#[must_use]
pub fn by_distance(lines: &[Line], place: Place) -> Vec<Nearest> {
    let mut nearest: Vec<Nearest> =
        lines.iter().enumerate().map(|(nth, line)| line.nearest(nth, place)).collect();
    nearest.sort_by(|a, b| a.distance_km.total_cmp(&b.distance_km));
    nearest
}
