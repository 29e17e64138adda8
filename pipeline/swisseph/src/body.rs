//! Bodies of a live query.

use std::borrow::Cow;

use libswisseph_sys as sys;

use crate::seams::SourceBody;
use crate::view::LiveCenter;

/// Highest number of an asteroid that the C library can name a file for.
const MAX_ASTEROID: u32 = 999_999;

/// A body that the live source can answer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LiveBody {
    /// The Sun.
    Sun,
    /// The Moon.
    Moon,
    /// Mercury.
    Mercury,
    /// Venus.
    Venus,
    /// Mars.
    Mars,
    /// Jupiter.
    Jupiter,
    /// Saturn.
    Saturn,
    /// Uranus.
    Uranus,
    /// Neptune.
    Neptune,
    /// Pluto.
    Pluto,
    /// The Moon's mean ascending node.
    MeanNode,
    /// The Moon's osculating ascending node.
    TrueNode,
    /// The Moon's mean apogee.
    MeanApogee,
    /// The Moon's osculating apogee.
    OsculatingApogee,
    /// The Moon's interpolated apogee.
    InterpolatedApogee,
    /// The Moon's interpolated perigee.
    InterpolatedPerigee,
    /// (2060) Chiron.
    Chiron,
    /// (5145) Pholus.
    Pholus,
    /// (1) Ceres.
    Ceres,
    /// (2) Pallas.
    Pallas,
    /// (3) Juno.
    Juno,
    /// (4) Vesta.
    Vesta,
    /// The Earth, seen from the Sun or the barycentre.
    Earth,
    /// The hypothetical Cupido of the Hamburg School, as are those that follow.
    Cupido,
    /// Hades.
    Hades,
    /// Zeus.
    Zeus,
    /// Kronos.
    Kronos,
    /// Apollon.
    Apollon,
    /// Admetos.
    Admetos,
    /// Vulkanus.
    Vulkanus,
    /// Poseidon.
    Poseidon,
    /// A numbered asteroid, from 1 to 999,999, whose file is in the ephemeris directory.
    Asteroid(u32),
}

/// What the C library has to read to place a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A closed theory: no file.
    Theory,
    /// The Moon's file only.
    Moon,
    /// The planets' file and the Moon's (the Earth is derived from both).
    Planets,
    /// These two and the file of the main asteroids.
    MainAsteroids,
    /// The planets', the Moon's, and a file of its own.
    OwnFile(u32),
}

const NAMED: [(LiveBody, &str, u32); 31] = [
    (LiveBody::Sun, "sun", sys::SE_SUN),
    (LiveBody::Moon, "moon", sys::SE_MOON),
    (LiveBody::Mercury, "mercury", sys::SE_MERCURY),
    (LiveBody::Venus, "venus", sys::SE_VENUS),
    (LiveBody::Mars, "mars", sys::SE_MARS),
    (LiveBody::Jupiter, "jupiter", sys::SE_JUPITER),
    (LiveBody::Saturn, "saturn", sys::SE_SATURN),
    (LiveBody::Uranus, "uranus", sys::SE_URANUS),
    (LiveBody::Neptune, "neptune", sys::SE_NEPTUNE),
    (LiveBody::Pluto, "pluto", sys::SE_PLUTO),
    (LiveBody::MeanNode, "mean_node", sys::SE_MEAN_NODE),
    (LiveBody::TrueNode, "true_node", sys::SE_TRUE_NODE),
    (LiveBody::MeanApogee, "mean_apogee", sys::SE_MEAN_APOG),
    (LiveBody::OsculatingApogee, "osculating_apogee", sys::SE_OSCU_APOG),
    (LiveBody::InterpolatedApogee, "interpolated_apogee", sys::SE_INTP_APOG),
    (LiveBody::InterpolatedPerigee, "interpolated_perigee", sys::SE_INTP_PERG),
    (LiveBody::Chiron, "chiron", sys::SE_CHIRON),
    (LiveBody::Pholus, "pholus", sys::SE_PHOLUS),
    (LiveBody::Ceres, "ceres", sys::SE_CERES),
    (LiveBody::Pallas, "pallas", sys::SE_PALLAS),
    (LiveBody::Juno, "juno", sys::SE_JUNO),
    (LiveBody::Vesta, "vesta", sys::SE_VESTA),
    (LiveBody::Earth, "earth", sys::SE_EARTH),
    (LiveBody::Cupido, "cupido", sys::SE_CUPIDO),
    (LiveBody::Hades, "hades", sys::SE_HADES),
    (LiveBody::Zeus, "zeus", sys::SE_ZEUS),
    (LiveBody::Kronos, "kronos", sys::SE_KRONOS),
    (LiveBody::Apollon, "apollon", sys::SE_APOLLON),
    (LiveBody::Admetos, "admetos", sys::SE_ADMETOS),
    (LiveBody::Vulkanus, "vulkanus", sys::SE_VULKANUS),
    (LiveBody::Poseidon, "poseidon", sys::SE_POSEIDON),
];

impl LiveBody {
    /// Every body with a name of its own, Earth and the Uranians included.
    pub const NAMED: [LiveBody; 31] = {
        let mut bodies = [LiveBody::Sun; 31];
        let mut i = 0;
        while i < bodies.len() {
            bodies[i] = NAMED[i].0;
            i += 1;
        }
        bodies
    };

    /// The body of a canonical name: `mars`, `mean_node`, `asteroid:433`. Numbers of asteroids that have a name in the
    /// catalogue give that body (`asteroid:1` is Ceres, `asteroid:134340` Pluto).
    #[must_use]
    pub fn from_name(name: &str) -> Option<LiveBody> {
        if let Some(digits) = name.strip_prefix("asteroid:") {
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let number = digits.parse().ok()?;
            return (1..=MAX_ASTEROID).contains(&number).then(|| LiveBody::Asteroid(number).canonical());
        }
        NAMED.iter().find(|entry| entry.1 == name).map(|entry| entry.0)
    }

    /// The canonical name, as [`LiveBody::from_name`] reads it.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match self.entry() {
            Some(entry) => Cow::Borrowed(entry.1),
            None => Cow::Owned(format!("asteroid:{}", self.asteroid_number().unwrap_or_default())),
        }
    }

    /// The Swiss Ephemeris' number of the body (`SE_SUN` is 0, an asteroid 10,000 and its own).
    #[must_use]
    pub fn number(self) -> i32 {
        match self.entry() {
            Some(entry) => entry.2 as i32,
            // Saturates far above any asteroid; `Session` refuses numbers without a file before C sees them.
            None => i32::try_from(self.asteroid_number().unwrap_or_default())
                .unwrap_or(i32::MAX)
                .saturating_add(sys::SE_AST_OFFSET as i32),
        }
    }

    /// Asteroids that have a name in the catalogue, by that name; every other body as it is.
    #[must_use]
    pub fn canonical(self) -> LiveBody {
        match self {
            LiveBody::Asteroid(1) => LiveBody::Ceres,
            LiveBody::Asteroid(2) => LiveBody::Pallas,
            LiveBody::Asteroid(3) => LiveBody::Juno,
            LiveBody::Asteroid(4) => LiveBody::Vesta,
            LiveBody::Asteroid(2060) => LiveBody::Chiron,
            LiveBody::Asteroid(5145) => LiveBody::Pholus,
            LiveBody::Asteroid(134_340) => LiveBody::Pluto,
            other => other,
        }
    }

    /// Whether the body has a place as seen from a centre: the Earth none from itself or from a site on it, the Sun none
    /// from itself, the Moon's nodes and apsides none but from the Earth.
    #[must_use]
    pub fn has_place_from(self, center: LiveCenter) -> bool {
        match center {
            LiveCenter::Geo | LiveCenter::Topo(_) => self != LiveBody::Earth,
            LiveCenter::Helio => self != LiveBody::Sun && !self.is_lunar_point(),
            LiveCenter::Bary => !self.is_lunar_point(),
        }
    }

    pub(crate) fn is_lunar_point(self) -> bool {
        matches!(
            self,
            LiveBody::MeanNode
                | LiveBody::TrueNode
                | LiveBody::MeanApogee
                | LiveBody::OsculatingApogee
                | LiveBody::InterpolatedApogee
                | LiveBody::InterpolatedPerigee
        )
    }

    pub(crate) fn source(self) -> Source {
        match self {
            LiveBody::MeanNode
            | LiveBody::MeanApogee
            | LiveBody::InterpolatedApogee
            | LiveBody::InterpolatedPerigee => Source::Theory,
            LiveBody::TrueNode | LiveBody::OsculatingApogee => Source::Moon,
            LiveBody::Chiron
            | LiveBody::Pholus
            | LiveBody::Ceres
            | LiveBody::Pallas
            | LiveBody::Juno
            | LiveBody::Vesta => Source::MainAsteroids,
            LiveBody::Asteroid(number) => Source::OwnFile(number),
            _ => Source::Planets,
        }
    }

    /// The body of the ephemeris files whose polynomials the place follows, beside those of the Earth and the Moon.
    pub(crate) fn source_body(self) -> Option<SourceBody> {
        Some(match self {
            LiveBody::Sun => SourceBody::SunBarycentric,
            LiveBody::Earth => SourceBody::EarthMoonBarycenter,
            LiveBody::Moon | LiveBody::TrueNode | LiveBody::OsculatingApogee => SourceBody::Moon,
            LiveBody::Mercury => SourceBody::Mercury,
            LiveBody::Venus => SourceBody::Venus,
            LiveBody::Mars => SourceBody::Mars,
            LiveBody::Jupiter => SourceBody::Jupiter,
            LiveBody::Saturn => SourceBody::Saturn,
            LiveBody::Uranus => SourceBody::Uranus,
            LiveBody::Neptune => SourceBody::Neptune,
            LiveBody::Pluto => SourceBody::Pluto,
            LiveBody::Chiron => SourceBody::Chiron,
            LiveBody::Pholus => SourceBody::Pholus,
            LiveBody::Ceres => SourceBody::Ceres,
            LiveBody::Pallas => SourceBody::Pallas,
            LiveBody::Juno => SourceBody::Juno,
            LiveBody::Vesta => SourceBody::Vesta,
            LiveBody::Asteroid(number) => SourceBody::Asteroid(number),
            _ => return None,
        })
    }

    fn asteroid_number(self) -> Option<u32> {
        match self {
            LiveBody::Asteroid(number) => Some(number),
            _ => None,
        }
    }

    fn entry(self) -> Option<&'static (LiveBody, &'static str, u32)> {
        NAMED.iter().find(|entry| entry.0 == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for body in LiveBody::NAMED {
            assert_eq!(LiveBody::from_name(&body.name()), Some(body));
        }
        assert_eq!(LiveBody::from_name("asteroid:433"), Some(LiveBody::Asteroid(433)));
        assert_eq!(LiveBody::Asteroid(433).name(), "asteroid:433");
        assert_eq!(LiveBody::Asteroid(433).number(), 10_433);
        assert_eq!(LiveBody::from_name("asteroid:1"), Some(LiveBody::Ceres));
        for wrong in
            ["", "Sun", "plutto", "asteroid:", "asteroid:0", "asteroid:-1", "asteroid:+4", "asteroid:1000000"]
        {
            assert_eq!(LiveBody::from_name(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_absurd_asteroid_number_does_not_overflow() {
        assert_eq!(LiveBody::Asteroid(u32::MAX).number(), i32::MAX);
    }
}
