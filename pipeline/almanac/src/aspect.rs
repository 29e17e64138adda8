//! Aspects: angles in ecliptic longitude between two points that have names; which points make which, by which orbs, and what
//! comes of it.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, shown};
use crate::suggest;

pub mod antiscia;
pub mod declination;
mod found;
mod matrix;
mod orbs;
pub mod patterns;
pub mod perfection;

mod point;

pub use found::{Aspects, Found, Movement, Placed, STATIC_DEG_PER_DAY};
pub use matrix::Matrix;
pub use orbs::{MOST_ORB_DEG, OrbRule, Orbs};
pub use point::Point;

macro_rules! aspects {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $angle:expr,)*) => {
        /// An aspect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Aspect {
            $($(#[$doc])* $variant,)*
        }

        impl Aspect {
            /// Every one: the five of Ptolemy first, then the minor ones.
            pub const ALL: [Aspect; [$($name,)*].len()] = [$(Aspect::$variant,)*];

            /// The name, as requests and replies spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Aspect::$variant => $name,)* }
            }

            /// The angle, degrees, 0 to 180.
            #[must_use]
            pub const fn angle_deg(self) -> f64 {
                match self { $(Aspect::$variant => $angle,)* }
            }
        }
    };
}

aspects! {
    /// 0°.
    Conjunction = "conjunction" 0.0,
    /// 60°.
    Sextile = "sextile" 60.0,
    /// 90°.
    Square = "square" 90.0,
    /// 120°.
    Trine = "trine" 120.0,
    /// 180°.
    Opposition = "opposition" 180.0,
    /// 30°.
    Semisextile = "semisextile" 30.0,
    /// 36°.
    Decile = "decile" 36.0,
    /// 40°.
    Novile = "novile" 40.0,
    /// 45°.
    Semisquare = "semisquare" 45.0,
    /// A seventh of the circle.
    Septile = "septile" 360.0 / 7.0,
    /// 72°.
    Quintile = "quintile" 72.0,
    /// Two sevenths of the circle.
    Biseptile = "biseptile" 720.0 / 7.0,
    /// 135°.
    Sesquisquare = "sesquisquare" 135.0,
    /// 144°.
    Biquintile = "biquintile" 144.0,
    /// 150°.
    Quincunx = "quincunx" 150.0,
    /// Three sevenths of the circle.
    Triseptile = "triseptile" 1080.0 / 7.0,
}

/// The aspects that Ptolemy knew, which are called major.
pub const PTOLEMAIC: [Aspect; 5] =
    [Aspect::Conjunction, Aspect::Sextile, Aspect::Square, Aspect::Trine, Aspect::Opposition];

/// The sets by name.
pub const SETS: [(&str, &[Aspect]); 3] =
    [("major", &PTOLEMAIC), ("minor", Aspect::ALL.split_at(PTOLEMAIC.len()).1), ("all", &Aspect::ALL)];

/// Other names that are understood.
const ALIASES: [(&str, Aspect); 4] = [
    ("inconjunct", Aspect::Quincunx),
    ("sesquiquadrate", Aspect::Sesquisquare),
    ("semiquintile", Aspect::Decile),
    ("nonile", Aspect::Novile),
];

impl Aspect {
    /// How far one body is ahead of the other, degrees: two angles for most, one for those that are their own mirror image.
    pub fn ahead_deg(self) -> impl Iterator<Item = f64> {
        let angle = self.angle_deg();
        let other = (angle > 0.0 && angle < 180.0).then_some(360.0 - angle);
        [angle].into_iter().chain(other)
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Aspect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Aspect, Error> {
        let name = text.trim().to_ascii_lowercase();
        let known = || Aspect::ALL.into_iter().map(|aspect| (aspect.name(), aspect)).chain(ALIASES);
        known().find(|(known, _)| *known == name).map(|(_, aspect)| aspect).ok_or_else(|| {
            let sets = SETS.into_iter().map(|(set, _)| set);
            let suggestion = suggest::nearest(&name, known().map(|(name, _)| name).chain(sets));
            Error::UnknownAspect { name: shown(text.trim()), suggestion: suggestion.map(str::to_owned) }
        })
    }
}

/// The aspects of a list of names and sets separated by commas, such as `major,quincunx`, each once and in the order of
/// [`Aspect::ALL`].
///
/// # Errors
/// [`Error::UnknownAspect`] with the nearest name.
pub fn parse_list(list: &str) -> Result<Vec<Aspect>, Error> {
    let mut aspects = Vec::new();
    for entry in list.split(',') {
        let name = entry.trim().to_ascii_lowercase();
        match SETS.into_iter().find(|(set, _)| *set == name) {
            Some((_, members)) => aspects.extend_from_slice(members),
            None => aspects.push(entry.parse()?),
        }
    }
    aspects.sort_unstable();
    aspects.dedup();
    Ok(aspects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_sets_are_read() {
        assert_eq!(parse_list("major").unwrap(), PTOLEMAIC);
        assert_eq!(parse_list("opposition, Conjunction").unwrap(), [Aspect::Conjunction, Aspect::Opposition]);
        assert_eq!(parse_list("all").unwrap().len(), Aspect::ALL.len());
        assert_eq!(parse_list("minor,major").unwrap(), Aspect::ALL);
        assert_eq!(parse_list("inconjunct").unwrap(), [Aspect::Quincunx]);
        let error = parse_list("squar").unwrap_err().to_string();
        assert!(error.contains("square"), "{error}");
    }

    #[test]
    fn an_aspect_has_two_sides_or_one() {
        assert_eq!(Aspect::Square.ahead_deg().collect::<Vec<_>>(), [90.0, 270.0]);
        assert_eq!(Aspect::Conjunction.ahead_deg().collect::<Vec<_>>(), [0.0]);
        assert_eq!(Aspect::Opposition.ahead_deg().collect::<Vec<_>>(), [180.0]);
    }
}
