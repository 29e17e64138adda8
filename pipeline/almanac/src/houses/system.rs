//! The house systems of the Swiss Ephemeris, by letter and by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, shown};
use crate::suggest;

macro_rules! systems {
    ($($(#[$doc:meta])* $variant:ident = $letter:literal $name:literal,)*) => {
        /// A way of dividing the sky into houses.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum HouseSystem {
            $($(#[$doc])* $variant = $letter,)*
        }

        impl HouseSystem {
            /// Every one, in the order of their letters.
            pub const ALL: [HouseSystem; [$($name,)*].len()] = [$(HouseSystem::$variant,)*];

            /// The name, as requests and replies spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(HouseSystem::$variant => $name,)* }
            }
        }
    };
}

systems! {
    /// Twelve equal parts from the ascendant on; the library's `E` is the same.
    Equal = b'A' "equal",
    /// Alcabitius.
    Alcabitius = b'B' "alcabitius",
    /// Campanus.
    Campanus = b'C' "campanus",
    /// Twelve equal parts of which the midheaven begins the tenth.
    EqualMc = b'D' "equal_mc",
    /// Carter's poli-equatorial houses.
    Carter = b'F' "carter",
    /// Gauquelin's 36 sectors, which are counted clockwise.
    Gauquelin = b'G' "gauquelin",
    /// Horizontal, or azimuthal.
    Horizontal = b'H' "horizontal",
    /// Sunshine houses after B. Makransky, A. Treindl's solution.
    Sunshine = b'I' "sunshine",
    /// Sunshine houses after B. Makransky, his own solution.
    SunshineMakransky = b'i' "sunshine_makransky",
    /// Savard's A.
    SavardA = b'J' "savard_a",
    /// Koch, houses of the place of birth.
    Koch = b'K' "koch",
    /// Pullen's sinusoidal delta, or Neo-Porphyry.
    PullenDelta = b'L' "pullen_sd",
    /// Morinus.
    Morinus = b'M' "morinus",
    /// Signs as houses, of which Aries is the first.
    WholeSignAries = b'N' "whole_sign_aries",
    /// Porphyry.
    Porphyry = b'O' "porphyry",
    /// Placidus.
    #[default]
    Placidus = b'P' "placidus",
    /// Pullen's sinusoidal ratio.
    PullenRatio = b'Q' "pullen_sr",
    /// Regiomontanus.
    Regiomontanus = b'R' "regiomontanus",
    /// Sripati.
    Sripati = b'S' "sripati",
    /// Topocentric, of W. Polich and A. Page.
    Topocentric = b'T' "topocentric",
    /// Krusinski, Pisa and Goelzer.
    Krusinski = b'U' "krusinski",
    /// Twelve equal parts with the ascendant in the middle of the first.
    Vehlow = b'V' "vehlow",
    /// Signs as houses, of which that of the ascendant is the first.
    WholeSign = b'W' "whole_sign",
    /// Meridian houses, or the axial rotation system.
    Meridian = b'X' "meridian",
    /// The APC houses.
    Apc = b'Y' "apc",
}

/// Other names that are understood, those of the Swiss Ephemeris (`swe_house_name`) among them. Case, spaces and punctuation do
/// not matter.
const ALIASES: [(&str, HouseSystem); 61] = [
    ("equal_asc", HouseSystem::Equal),
    ("equal_ascendant", HouseSystem::Equal),
    ("equal_house", HouseSystem::Equal),
    ("alcabitus", HouseSystem::Alcabitius),
    ("alchabitius", HouseSystem::Alcabitius),
    ("alcabitius_semiarc", HouseSystem::Alcabitius),
    ("equal_midheaven", HouseSystem::EqualMc),
    ("equal_from_mc", HouseSystem::EqualMc),
    ("carter_poli_equ", HouseSystem::Carter),
    ("carter_poli_equatorial", HouseSystem::Carter),
    ("poli_equatorial", HouseSystem::Carter),
    ("gauquelin_sectors", HouseSystem::Gauquelin),
    ("horizon", HouseSystem::Horizontal),
    ("horizon_azimut", HouseSystem::Horizontal),
    ("horizon_azimuth", HouseSystem::Horizontal),
    ("azimuth", HouseSystem::Horizontal),
    ("azimuthal", HouseSystem::Horizontal),
    ("sunshine_treindl", HouseSystem::Sunshine),
    ("treindl", HouseSystem::Sunshine),
    ("sunshine_alt", HouseSystem::SunshineMakransky),
    ("makransky", HouseSystem::SunshineMakransky),
    ("savard", HouseSystem::SavardA),
    ("birthplace", HouseSystem::Koch),
    ("goh", HouseSystem::Koch),
    ("pullen", HouseSystem::PullenDelta),
    ("pullen_delta", HouseSystem::PullenDelta),
    ("pullen_sinusoidal_delta", HouseSystem::PullenDelta),
    ("sinusoidal_delta", HouseSystem::PullenDelta),
    ("neo_porphyry", HouseSystem::PullenDelta),
    ("equal_aries", HouseSystem::WholeSignAries),
    ("equal_1_aries", HouseSystem::WholeSignAries),
    ("aries", HouseSystem::WholeSignAries),
    ("natural", HouseSystem::WholeSignAries),
    ("porphyrius", HouseSystem::Porphyry),
    ("porphyrian", HouseSystem::Porphyry),
    ("placidian", HouseSystem::Placidus),
    ("pullen_ratio", HouseSystem::PullenRatio),
    ("pullen_sinusoidal_ratio", HouseSystem::PullenRatio),
    ("sinusoidal_ratio", HouseSystem::PullenRatio),
    ("regio", HouseSystem::Regiomontanus),
    ("regiomontan", HouseSystem::Regiomontanus),
    ("shripati", HouseSystem::Sripati),
    ("sripathi", HouseSystem::Sripati),
    ("polich_page", HouseSystem::Topocentric),
    ("krusinski_pisa", HouseSystem::Krusinski),
    ("krusinski_pisa_goelzer", HouseSystem::Krusinski),
    ("goelzer", HouseSystem::Krusinski),
    ("equal_vehlow", HouseSystem::Vehlow),
    ("vehlow_equal", HouseSystem::Vehlow),
    ("whole", HouseSystem::WholeSign),
    ("whole_signs", HouseSystem::WholeSign),
    ("whole_house", HouseSystem::WholeSign),
    ("equal_whole_sign", HouseSystem::WholeSign),
    ("axial", HouseSystem::Meridian),
    ("axial_rotation", HouseSystem::Meridian),
    ("axial_rotation_system", HouseSystem::Meridian),
    ("axial_rotation_system_meridian_houses", HouseSystem::Meridian),
    ("zariel", HouseSystem::Meridian),
    ("ascendant_parallel_circle", HouseSystem::Apc),
    ("ram", HouseSystem::Apc),
    ("knegt", HouseSystem::Apc),
];

/// What may follow a name.
const ENDS: [&str; 3] = ["houses", "housesystem", "system"];

impl HouseSystem {
    /// The system of a letter of the Swiss Ephemeris. Case matters for `I` and `i`, which are two; `E` is `A`.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<HouseSystem> {
        let letter = match letter {
            'i' => 'i',
            'E' | 'e' => 'A',
            other => other.to_ascii_uppercase(),
        };
        HouseSystem::ALL.into_iter().find(|system| system.letter() == letter)
    }

    /// Whether it is made from the Sun's declination.
    #[must_use]
    pub const fn needs_sun(self) -> bool {
        matches!(self, HouseSystem::Sunshine | HouseSystem::SunshineMakransky)
    }

    /// Whether it divides the ecliptic itself, as equal parts, signs and parts of its quadrants do: then a body's latitude has no
    /// part in where it is among the houses.
    #[must_use]
    pub const fn divides_ecliptic(self) -> bool {
        matches!(
            self,
            HouseSystem::Equal
                | HouseSystem::EqualMc
                | HouseSystem::WholeSignAries
                | HouseSystem::Porphyry
                | HouseSystem::PullenDelta
                | HouseSystem::PullenRatio
                | HouseSystem::Sripati
                | HouseSystem::Vehlow
                | HouseSystem::WholeSign
        )
    }

    /// The latitude, degrees, north or south, from which on it may fail: the polar circles of an obliquity, beyond which points of
    /// the ecliptic neither rise nor set, for those that divide their arcs. `None` for what divides every sky. (Makransky's Sunshine
    /// houses fail where the Sun neither rises nor sets, which is there on some days; [`super::LocalSky::limit_deg`] knows the day.
    /// Treindl's fail at the northern latitude at which the Sun touches the horizon on that day, but not on either side of it,
    /// so that they have no limit.)
    #[must_use]
    pub fn limit_deg(self, obliquity_deg: f64) -> Option<f64> {
        let needs_rising = matches!(
            self,
            HouseSystem::Placidus
                | HouseSystem::Koch
                | HouseSystem::Gauquelin
                | HouseSystem::SunshineMakransky
        );
        needs_rising.then_some(90.0 - obliquity_deg)
    }

    /// The letter by which the Swiss Ephemeris knows it.
    #[must_use]
    pub const fn letter(self) -> char {
        self as u8 as char
    }

    /// How many cusps it has.
    #[must_use]
    pub const fn count(self) -> usize {
        if matches!(self, HouseSystem::Gauquelin) { super::MOST_CUSPS } else { 12 }
    }

    /// Whether its houses follow each other with the signs, and not against them as Gauquelin's sectors do.
    #[must_use]
    pub const fn runs_forward(self) -> bool {
        !matches!(self, HouseSystem::Gauquelin)
    }
}

impl fmt::Display for HouseSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// By letter, by name or by another name that is in use. Case matters for the letters `I` and `i` alone, spaces and punctuation
/// do not, and the word houses may follow.
impl FromStr for HouseSystem {
    type Err = Error;

    fn from_str(text: &str) -> Result<HouseSystem, Error> {
        let text = text.trim();
        let mut letters = text.chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && let Some(system) = HouseSystem::of_letter(letter)
        {
            return Ok(system);
        }
        let name = folded(text);
        let bare = ENDS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        let known = || HouseSystem::ALL.into_iter().map(|system| (system.name(), system)).chain(ALIASES);
        known()
            .find(|(known, _)| [name.as_str(), bare].contains(&folded(known).as_str()))
            .map(|(_, system)| system)
            .ok_or_else(|| {
                let nearest = suggest::nearest(text, known().map(|(name, _)| name));
                let meant = known().find(|(known, _)| nearest == Some(known));
                let suggestion = meant.map(|(_, system)| system.name().to_owned());
                Error::UnknownHouseSystem { name: shown(text), suggestion }
            })
    }
}

/// Letters and digits of a name, in lower case.
fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_known_by_letter_and_name() {
        for system in HouseSystem::ALL {
            assert_eq!(system.letter().to_string().parse(), Ok(system));
            assert_eq!(system.name().parse(), Ok(system));
            assert_eq!(system.name().to_uppercase().replace('_', "-").parse(), Ok(system));
        }
        for (text, system) in [
            ("E", HouseSystem::Equal),
            ("p", HouseSystem::Placidus),
            ("I", HouseSystem::Sunshine),
            ("i", HouseSystem::SunshineMakransky),
            ("whole sign", HouseSystem::WholeSign),
            (" Whole-Sign houses ", HouseSystem::WholeSign),
            ("Polich/Page", HouseSystem::Topocentric),
            ("Koch house system", HouseSystem::Koch),
            ("equal (MC)", HouseSystem::EqualMc),
            ("Sunshine/alt.", HouseSystem::SunshineMakransky),
            ("axial rotation system/Meridian houses", HouseSystem::Meridian),
        ] {
            assert_eq!(text.parse(), Ok(system), "{text}");
        }
    }

    #[test]
    fn names_are_of_one_system_each() {
        let names: Vec<String> = HouseSystem::ALL
            .into_iter()
            .map(|system| folded(system.name()))
            .chain(ALIASES.iter().map(|(name, _)| folded(name)))
            .collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len());
    }

    #[test]
    fn strangers_are_refused_with_what_was_meant() {
        for (text, suggestion) in [
            ("placidius", Some("placidus")),
            ("neo porphiry", Some("pullen_sd")),
            ("Z", None),
            ("", None),
            ("é", None),
            ("houses", None),
        ] {
            let error = text.parse::<HouseSystem>().unwrap_err();
            assert_eq!(error.suggestion(), suggestion, "{text}");
            assert_eq!(error.parameter(), Some("house_system"));
        }
    }

    #[test]
    fn nine_divide_the_ecliptic() {
        let dividing = HouseSystem::ALL.into_iter().filter(|system| system.divides_ecliptic());
        assert_eq!(dividing.map(HouseSystem::letter).collect::<String>(), "ADLNOQSVW");
    }

    #[test]
    fn beyond_the_polar_circles_four_may_fail() {
        let limited = HouseSystem::ALL.into_iter().filter(|system| system.limit_deg(23.44).is_some());
        assert!(limited.clone().all(|system| system.limit_deg(23.44) == Some(66.56)));
        assert_eq!(limited.map(HouseSystem::letter).collect::<String>(), "GiKP");
    }
}
