//! How two signs go together, 0 to 100, by what is known of them without a chart.
//!
//! | part | points |
//! | --- | --- |
//! | element | the same 40, of one polarity (fire with air, earth with water) 30, else 10 |
//! | mode | different 15, the same 5, since signs of one mode square or oppose each other |
//! | angle | trine 25, conjunction or sextile 20, opposition 15, semisextile 10, square or quincunx 5 |
//! | rulers | one and the same 20; else of either, which takes the other for a friend 10, for neither friend nor enemy 5, for an enemy 0 |
//!
//! Rulers are the seven of old, and whom each takes for a friend is the natural friendship of the *Bṛhat Parāśara Horā Śāstra*
//! (3.55), which all seven have. The weights are Orrery's own: no author gives any. They are such that two signs in trine whose rulers
//! are friends have 100.

use orrery_format::Body;

use crate::dignities::Rulers;
use crate::zodiac::Sign;

/// How two signs go together, by its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignMatch {
    /// For their elements, 10 to 40.
    pub element: u8,
    /// For their modes, 5 or 15.
    pub mode: u8,
    /// For how far they are from each other, 5 to 25.
    pub angle: u8,
    /// For their rulers, 0 to 20.
    pub rulers: u8,
}

impl SignMatch {
    /// Of two signs; it does not matter which is first.
    #[must_use]
    pub fn of(a: Sign, b: Sign) -> SignMatch {
        let element = if a.element() == b.element() {
            40
        } else if a.polarity() == b.polarity() {
            30
        } else {
            10
        };
        let angle = match a.distance(b) {
            4 => 25,
            0 | 2 => 20,
            6 => 15,
            1 => 10,
            _ => 5,
        };
        let [one, other] = [a, b].map(|sign| Rulers::Traditional.ruler(sign));
        SignMatch {
            element,
            mode: if a.mode() == b.mode() { 5 } else { 15 },
            angle,
            rulers: if one == other { 20 } else { regard(one, other) + regard(other, one) },
        }
    }

    /// The sum of its parts, 0 to 100.
    #[must_use]
    pub const fn total(self) -> u8 {
        self.element + self.mode + self.angle + self.rulers
    }
}

/// Every sign with every sign, from Aries on.
#[must_use]
pub fn matrix() -> [[SignMatch; 12]; 12] {
    Sign::ALL.map(|a| Sign::ALL.map(|b| SignMatch::of(a, b)))
}

/// What a planet takes another for: 10 for a friend, 0 for an enemy.
fn regard(planet: Body, other: Body) -> u8 {
    use Body::{Jupiter, Mars, Mercury, Moon, Saturn, Sun, Venus};
    let (friends, enemies): (&[Body], &[Body]) = match planet {
        Sun => (&[Moon, Mars, Jupiter], &[Venus, Saturn]),
        Moon => (&[Sun, Mercury], &[]),
        Mars => (&[Sun, Moon, Jupiter], &[Mercury]),
        Mercury => (&[Sun, Venus], &[Moon]),
        Jupiter => (&[Sun, Moon, Mars], &[Mercury, Venus]),
        Venus => (&[Mercury, Saturn], &[Sun, Moon]),
        Saturn => (&[Mercury, Venus], &[Sun, Moon, Mars]),
        _ => (&[], &[]),
    };
    if friends.contains(&other) {
        10
    } else if enemies.contains(&other) {
        0
    } else {
        5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_symmetric_and_within_bounds() {
        let matrix = matrix();
        let mut totals = Vec::new();
        for (a, row) in matrix.iter().enumerate() {
            for (b, found) in row.iter().enumerate() {
                assert_eq!(*found, matrix[b][a]);
                assert!(found.total() <= 100);
                totals.push(found.total());
            }
            assert_eq!(matrix[a][a].total(), 85);
        }
        assert_eq!(totals.iter().max(), Some(&100));
        totals.sort_unstable();
        totals.dedup();
        assert!(totals.len() > 10);
    }

    #[test]
    fn signs_match_as_the_rule_says() {
        // Aries and Leo: fire, cardinal and fixed, in trine, Mars and Sun friends of each other.
        let found = SignMatch::of(Sign::Aries, Sign::Leo);
        assert_eq!(found, SignMatch { element: 40, mode: 15, angle: 25, rulers: 20 });
        // Leo and Capricorn: Sun and Saturn are enemies; a quincunx.
        let found = SignMatch::of(Sign::Capricorn, Sign::Leo);
        assert_eq!(found, SignMatch { element: 10, mode: 15, angle: 5, rulers: 0 });
        // The Moon has no enemies, but Saturn takes her for one.
        assert_eq!(SignMatch::of(Sign::Cancer, Sign::Capricorn).rulers, 5);
        assert_eq!(SignMatch::of(Sign::Taurus, Sign::Libra).rulers, 20);
    }
}
