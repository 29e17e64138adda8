//! How two charts go together, as a number with its parts shown; and how two signs do ([`signs`]).
//!
//! The score of two charts is that of C. Discepolo, as kerykeion has it: points for what Sun, Moon, Venus, Mars and ascendant of one
//! chart have to do with those of the other. Nothing takes points away: an opposition binds as a trine does.
//!
//! | rule | of the two charts | points | within 2° |
//! | --- | --- | --- | --- |
//! | `same_mode` | both Suns are in cardinal, in fixed or in mutable signs | 5 | |
//! | `sun_sun_major` | Sun in conjunction, opposition or square with Sun | 8 | 11 |
//! | `sun_sun_minor` | Sun in trine or sextile with Sun | 4 | |
//! | `sun_moon_conjunction` | Sun of one in conjunction with Moon of the other | 8 | 11 |
//! | `sun_moon_other` | Sun of one in another aspect with Moon of the other | 4 | |
//! | `sun_ascendant` | Sun of one in any aspect with the ascendant of the other | 4 | |
//! | `moon_ascendant` | Moon of one in any aspect with the ascendant of the other | 4 | |
//! | `venus_mars` | Venus of one in any aspect with Mars of the other | 4 | |
//!
//! Aspects are those of Ptolemy, within 10° for conjunction and opposition, 8° for the trine, 6° for the sextile and 5° for the square.

use crate::aspect::{Aspect, PTOLEMAIC};
use crate::frames::wrap_deg;
use crate::zodiac::{InSign, Mode};

pub mod signs;

/// What of a chart counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// The Sun.
    Sun,
    /// The Moon.
    Moon,
    /// Venus.
    Venus,
    /// Mars.
    Mars,
    /// The ascendant.
    Ascendant,
}

impl Role {
    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Sun => "sun",
            Role::Moon => "moon",
            Role::Venus => "venus",
            Role::Mars => "mars",
            Role::Ascendant => "ascendant",
        }
    }
}

/// Where in a chart what counts is: ecliptic longitudes, degrees, of both charts in one zodiac.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    /// The Sun.
    pub sun_deg: f64,
    /// The Moon.
    pub moon_deg: f64,
    /// Venus.
    pub venus_deg: f64,
    /// Mars.
    pub mars_deg: f64,
    /// The ascendant; `None` where the time is not known.
    pub ascendant_deg: Option<f64>,
}

impl Places {
    const fn of(&self, role: Role) -> Option<f64> {
        match role {
            Role::Sun => Some(self.sun_deg),
            Role::Moon => Some(self.moon_deg),
            Role::Venus => Some(self.venus_deg),
            Role::Mars => Some(self.mars_deg),
            Role::Ascendant => self.ascendant_deg,
        }
    }
}

/// Points for aspects of some kinds between two roles, either way round.
struct Rule {
    name: &'static str,
    between: (Role, Role),
    aspects: &'static [Aspect],
    points: u32,
    /// Within [`CLOSE_DEG`].
    close_points: u32,
}

/// Orbs that are closer count more, where a rule has it so.
const CLOSE_DEG: f64 = 2.0;

const SAME_MODE: &str = "same_mode";
const SAME_MODE_POINTS: u32 = 5;

const RULES: [Rule; 7] = {
    use Aspect::{Conjunction, Opposition, Sextile, Square, Trine};
    const fn rule(
        name: &'static str,
        between: (Role, Role),
        aspects: &'static [Aspect],
        points: u32,
        close_points: u32,
    ) -> Rule {
        Rule { name, between, aspects, points, close_points }
    }
    [
        rule("sun_sun_major", (Role::Sun, Role::Sun), &[Conjunction, Opposition, Square], 8, 11),
        rule("sun_sun_minor", (Role::Sun, Role::Sun), &[Trine, Sextile], 4, 4),
        rule("sun_moon_conjunction", (Role::Sun, Role::Moon), &[Conjunction], 8, 11),
        rule("sun_moon_other", (Role::Sun, Role::Moon), &[Sextile, Square, Trine, Opposition], 4, 4),
        rule("sun_ascendant", (Role::Sun, Role::Ascendant), &PTOLEMAIC, 4, 4),
        rule("moon_ascendant", (Role::Moon, Role::Ascendant), &PTOLEMAIC, 4, 4),
        rule("venus_mars", (Role::Venus, Role::Mars), &PTOLEMAIC, 4, 4),
    ]
};

/// How far from exact an aspect of the score may be, degrees.
const fn orb_deg(aspect: Aspect) -> f64 {
    match aspect {
        Aspect::Conjunction | Aspect::Opposition => 10.0,
        Aspect::Trine => 8.0,
        Aspect::Sextile => 6.0,
        _ => 5.0,
    }
}

/// An aspect between the charts that has points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bond {
    /// What of the first chart.
    pub first: Role,
    /// What of the second.
    pub second: Role,
    /// The aspect.
    pub aspect: Aspect,
    /// How far it is from exact, degrees.
    pub orb_deg: f64,
}

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The rule that gives it.
    pub rule: &'static str,
    /// What it gives it for; `None` for signs of one mode.
    pub bond: Option<Bond>,
    /// The points.
    pub points: u32,
}

/// The score of two charts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// The mode that the signs of both Suns share, if they share one.
    pub shared_mode: Option<Mode>,
    /// What adds up to it.
    pub parts: Vec<Part>,
}

impl Score {
    /// Of two charts.
    #[must_use]
    pub fn of(first: &Places, second: &Places) -> Score {
        let mut score = Score::default();
        let [mode, other] = [first, second].map(|places| InSign::of(places.sun_deg).sign.mode());
        if mode == other {
            score.shared_mode = Some(mode);
            score.parts.push(Part { rule: SAME_MODE, bond: None, points: SAME_MODE_POINTS });
        }
        for rule in &RULES {
            let (one, another) = rule.between;
            let both_ways = [(one, another), (another, one)];
            let ways = if one == another { &both_ways[..1] } else { &both_ways };
            score.parts.extend(ways.iter().filter_map(|(a, b)| rule.part((first, *a), (second, *b))));
        }
        score
    }

    /// The sum of its parts.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.parts.iter().map(|part| part.points).sum()
    }

    /// What Discepolo calls a bond of so many points.
    #[must_use]
    pub fn description(&self) -> &'static str {
        match self.total() {
            0..5 => "minimal",
            5..10 => "medium",
            10..15 => "important",
            15..20 => "very_important",
            20..30 => "exceptional",
            _ => "rare_exceptional",
        }
    }
}

impl Rule {
    fn part(&self, first: (&Places, Role), second: (&Places, Role)) -> Option<Part> {
        let (a, b) = (first.0.of(first.1)?, second.0.of(second.1)?);
        // Whichever is first, it rounds the same way.
        let apart = (wrap_deg(a) - wrap_deg(b)).abs();
        let apart = apart.min(360.0 - apart);
        self.aspects.iter().find_map(|aspect| {
            let orb = (apart - aspect.angle_deg()).abs();
            (orb <= orb_deg(*aspect)).then_some(Part {
                rule: self.name,
                bond: Some(Bond { first: first.1, second: second.1, aspect: *aspect, orb_deg: orb }),
                points: if orb <= CLOSE_DEG { self.close_points } else { self.points },
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Places =
        Places { sun_deg: 0.0, moon_deg: 20.0, venus_deg: 40.0, mars_deg: 100.0, ascendant_deg: None };

    #[test]
    fn parts_add_up() {
        // Suns 20° apart in signs of other modes, Moons 40° from Suns.
        let other =
            Places { sun_deg: 342.0, moon_deg: 45.0, venus_deg: 80.0, mars_deg: 0.0, ascendant_deg: None };
        let score = Score::of(&NOTHING, &other);
        assert_eq!((score.total(), score.description(), score.shared_mode), (0, "minimal", None));

        let other = Places { sun_deg: 1.5, ascendant_deg: Some(184.0), mars_deg: 40.0, ..other };
        let score = Score::of(&NOTHING, &other);
        let told: Vec<_> = score.parts.iter().map(|part| (part.rule, part.points)).collect();
        assert_eq!(told, [("same_mode", 5), ("sun_sun_major", 11), ("sun_ascendant", 4), ("venus_mars", 4)]);
        assert_eq!(score.total(), 24);
        assert_eq!((score.description(), score.shared_mode), ("exceptional", Some(Mode::Cardinal)));
        let bond = score.parts[2].bond.unwrap();
        assert_eq!((bond.first, bond.second, bond.aspect), (Role::Sun, Role::Ascendant, Aspect::Opposition));
        assert!((bond.orb_deg - 4.0).abs() < 1e-9);
    }

    #[test]
    fn it_does_not_matter_who_is_first() {
        let place = |seed: u64| (seed % 3600) as f64 / 10.0;
        let mut totals = Vec::new();
        for seed in 0..2000_u64 {
            let [first, second] = [seed * 7919, seed * 104_729 + 13].map(|seed| Places {
                sun_deg: place(seed),
                moon_deg: place(seed * 31 + 7),
                venus_deg: place(seed * 37 + 5),
                mars_deg: place(seed * 41 + 3),
                ascendant_deg: (seed % 3 > 0).then(|| place(seed * 43 + 1)),
            });
            let (one, other) = (Score::of(&first, &second), Score::of(&second, &first));
            assert_eq!(one.total(), other.total());
            assert_eq!(one.parts.len(), other.parts.len());
            totals.push(one.total());
        }
        assert!(totals.iter().any(|total| *total > 20) && totals.contains(&0));
    }

    #[test]
    fn orbs_are_borders() {
        let sun = |apart: f64| {
            let other = Places {
                sun_deg: 5.0 + apart,
                moon_deg: 145.0,
                venus_deg: 20.0,
                mars_deg: 350.0,
                ascendant_deg: None,
            };
            let first = Places {
                sun_deg: 5.0,
                moon_deg: 325.0,
                venus_deg: 20.0,
                mars_deg: 350.0,
                ascendant_deg: None,
            };
            let score = Score::of(&first, &other);
            score.parts.iter().find(|part| part.rule.starts_with("sun_sun")).map(|part| part.points)
        };
        for (apart, points) in [
            (2.0, Some(11)),
            (2.1, Some(8)),
            (10.0, Some(8)),
            (10.1, None),
            (54.0, Some(4)),
            (53.9, None),
            (85.0, Some(8)),
            (84.9, None),
            (112.0, Some(4)),
            (170.0, Some(8)),
            (178.5, Some(11)),
            (-8.0, Some(8)),
        ] {
            assert_eq!(sun(apart), points, "{apart}");
        }
    }
}
