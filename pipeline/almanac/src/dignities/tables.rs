//! Who rules what: the tables of the essential dignities.

use orrery_format::Body::{self, Jupiter, Mars, Mercury, Moon, Neptune, Pluto, Saturn, Sun, Uranus, Venus};

use crate::named::named;
use crate::sect::Sect;
use crate::zodiac::{Element, InSign, Sign};

/// The seven planets of the tradition, which all dignities are shared out among.
pub const PLANETS: [Body; 7] = [Sun, Moon, Mercury, Venus, Mars, Jupiter, Saturn];

named! {
    /// Who rules the signs.
    #[derive(Default)]
    Rulers,
    /// The seven (Ptolemy, *Tetrabiblos* I.17).
    #[default]
    Traditional = "traditional",
    /// Uranus rules Aquarius, Neptune Pisces and Pluto Scorpio; their rulers of old rule with them.
    Modern = "modern",
    ;
    /// Who rules the triplicities.
    #[derive(Default)]
    Triplicities,
    /// Dorotheus of Sidon (*Carmen* I.1): a ruler by day, one by night and one that takes part.
    #[default]
    Dorothean = "dorothean",
    /// Ptolemy (*Tetrabiblos* I.18): two for each, but water is Mars' by day and by night, whom Venus helps by day and the Moon by
    /// night.
    Ptolemaic = "ptolemaic",
    /// W. Lilly (*Christian Astrology*, p. 104): as Ptolemy, but nobody helps Mars.
    Lilly = "lilly",
    ;
    /// Who has which degrees of a sign, its terms or bounds.
    #[derive(Default)]
    Terms,
    /// Of the Egyptians (Ptolemy, *Tetrabiblos* I.20; Dorotheus; Valens, *Anthology* I.3).
    #[default]
    Egyptian = "egyptian",
    /// Ptolemy's own (*Tetrabiblos* I.21, after F. E. Robbins' edition, 1940).
    Ptolemaic = "ptolemaic",
    /// Ptolemy's, as W. Lilly has them (*Christian Astrology*, p. 104).
    Lilly = "lilly",
    /// Of the Chaldeans (Ptolemy, *Tetrabiblos* I.21), in which Saturn and Mercury change places by night.
    Chaldean = "chaldean",
    ;
}

/// The rulers of old, from Aries on.
const DOMICILES: [Body; 12] =
    [Mars, Venus, Mercury, Moon, Sun, Mercury, Venus, Mars, Jupiter, Saturn, Saturn, Jupiter];

impl Rulers {
    /// Who rules a sign before others.
    #[must_use]
    pub const fn ruler(self, sign: Sign) -> Body {
        match (self, sign) {
            (Rulers::Modern, Sign::Scorpio) => Pluto,
            (Rulers::Modern, Sign::Aquarius) => Uranus,
            (Rulers::Modern, Sign::Pisces) => Neptune,
            _ => DOMICILES[sign as usize],
        }
    }

    /// Whether a body rules a sign, alone or with another.
    #[must_use]
    pub fn has(self, body: Body, sign: Sign) -> bool {
        DOMICILES[sign as usize] == body || self.ruler(sign) == body
    }
}

/// Where a planet is exalted: the sign, and the degree in it, from 1 on (Dorotheus, *Carmen* I.2; the signs as in Ptolemy,
/// *Tetrabiblos* I.19). `None` for bodies that tradition does not know; what is said of them in our day differs.
#[must_use]
pub const fn exaltation(body: Body) -> Option<(Sign, u8)> {
    Some(match body {
        Sun => (Sign::Aries, 19),
        Moon => (Sign::Taurus, 3),
        Mercury => (Sign::Virgo, 15),
        Venus => (Sign::Pisces, 27),
        Mars => (Sign::Capricorn, 28),
        Jupiter => (Sign::Cancer, 15),
        Saturn => (Sign::Libra, 21),
        _ => return None,
    })
}

/// The rulers of three signs of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triplicity {
    /// By day.
    pub day: Body,
    /// By night.
    pub night: Body,
    /// Who takes part by day and who by night, if anybody does.
    participating: Option<[Body; 2]>,
}

impl Triplicity {
    /// The ruler in a chart of a sect.
    #[must_use]
    pub const fn ruler(self, sect: Sect) -> Body {
        match sect {
            Sect::Day => self.day,
            Sect::Night => self.night,
        }
    }

    /// Who takes part in a chart of a sect, if anybody does.
    #[must_use]
    pub fn participating(self, sect: Sect) -> Option<Body> {
        self.participating.map(|[by_day, by_night]| if sect == Sect::Day { by_day } else { by_night })
    }
}

impl Triplicities {
    /// The rulers of an element's signs.
    #[must_use]
    pub const fn of(self, element: Element) -> Triplicity {
        let (day, night, third) = match (element, self) {
            (Element::Fire, _) => (Sun, Jupiter, Saturn),
            (Element::Earth, _) => (Venus, Moon, Mars),
            (Element::Air, _) => (Saturn, Mercury, Jupiter),
            (Element::Water, Triplicities::Dorothean) => (Venus, Mars, Moon),
            (Element::Water, Triplicities::Ptolemaic) => {
                return Triplicity { day: Mars, night: Mars, participating: Some([Venus, Moon]) };
            }
            (Element::Water, Triplicities::Lilly) => {
                return Triplicity { day: Mars, night: Mars, participating: None };
            }
        };
        let takes_part = matches!(self, Triplicities::Dorothean);
        Triplicity { day, night, participating: if takes_part { Some([third, third]) } else { None } }
    }
}

/// The terms of a sign: whose they are, and the degree that they end at.
pub type SignTerms = [(Body, u8); 5];

const EGYPTIAN: [SignTerms; 12] = [
    [(Jupiter, 6), (Venus, 12), (Mercury, 20), (Mars, 25), (Saturn, 30)],
    [(Venus, 8), (Mercury, 14), (Jupiter, 22), (Saturn, 27), (Mars, 30)],
    [(Mercury, 6), (Jupiter, 12), (Venus, 17), (Mars, 24), (Saturn, 30)],
    [(Mars, 7), (Venus, 13), (Mercury, 19), (Jupiter, 26), (Saturn, 30)],
    [(Jupiter, 6), (Venus, 11), (Saturn, 18), (Mercury, 24), (Mars, 30)],
    [(Mercury, 7), (Venus, 17), (Jupiter, 21), (Mars, 28), (Saturn, 30)],
    [(Saturn, 6), (Mercury, 14), (Jupiter, 21), (Venus, 28), (Mars, 30)],
    [(Mars, 7), (Venus, 11), (Mercury, 19), (Jupiter, 24), (Saturn, 30)],
    [(Jupiter, 12), (Venus, 17), (Mercury, 21), (Saturn, 26), (Mars, 30)],
    [(Mercury, 7), (Jupiter, 14), (Venus, 22), (Saturn, 26), (Mars, 30)],
    [(Mercury, 7), (Venus, 13), (Jupiter, 20), (Mars, 25), (Saturn, 30)],
    [(Venus, 12), (Jupiter, 16), (Mercury, 19), (Mars, 28), (Saturn, 30)],
];

const PTOLEMAIC: [SignTerms; 12] = [
    [(Jupiter, 6), (Venus, 14), (Mercury, 21), (Mars, 26), (Saturn, 30)],
    [(Venus, 8), (Mercury, 15), (Jupiter, 22), (Saturn, 24), (Mars, 30)],
    [(Mercury, 7), (Jupiter, 13), (Venus, 20), (Mars, 26), (Saturn, 30)],
    [(Mars, 6), (Jupiter, 13), (Mercury, 20), (Venus, 27), (Saturn, 30)],
    [(Jupiter, 6), (Mercury, 13), (Saturn, 19), (Venus, 25), (Mars, 30)],
    [(Mercury, 7), (Venus, 13), (Jupiter, 18), (Saturn, 24), (Mars, 30)],
    [(Saturn, 6), (Venus, 11), (Mercury, 16), (Jupiter, 24), (Mars, 30)],
    [(Mars, 6), (Venus, 13), (Jupiter, 21), (Mercury, 27), (Saturn, 30)],
    [(Jupiter, 8), (Venus, 14), (Mercury, 19), (Saturn, 25), (Mars, 30)],
    [(Venus, 6), (Mercury, 12), (Jupiter, 19), (Saturn, 25), (Mars, 30)],
    [(Saturn, 6), (Mercury, 12), (Venus, 20), (Jupiter, 25), (Mars, 30)],
    [(Venus, 8), (Jupiter, 14), (Mercury, 20), (Mars, 25), (Saturn, 30)],
];

const LILLY: [SignTerms; 12] = [
    [(Jupiter, 6), (Venus, 14), (Mercury, 21), (Mars, 26), (Saturn, 30)],
    [(Venus, 8), (Mercury, 15), (Jupiter, 22), (Saturn, 26), (Mars, 30)],
    [(Mercury, 7), (Jupiter, 14), (Venus, 21), (Saturn, 25), (Mars, 30)],
    [(Mars, 6), (Jupiter, 13), (Mercury, 20), (Venus, 27), (Saturn, 30)],
    [(Saturn, 6), (Mercury, 13), (Venus, 19), (Jupiter, 25), (Mars, 30)],
    [(Mercury, 7), (Venus, 13), (Jupiter, 18), (Saturn, 24), (Mars, 30)],
    [(Saturn, 6), (Venus, 11), (Jupiter, 19), (Mercury, 24), (Mars, 30)],
    [(Mars, 6), (Jupiter, 14), (Venus, 21), (Mercury, 27), (Saturn, 30)],
    [(Jupiter, 8), (Venus, 14), (Mercury, 19), (Saturn, 25), (Mars, 30)],
    [(Venus, 6), (Mercury, 12), (Jupiter, 19), (Mars, 25), (Saturn, 30)],
    [(Saturn, 6), (Mercury, 12), (Venus, 20), (Jupiter, 25), (Mars, 30)],
    [(Venus, 8), (Jupiter, 14), (Mercury, 20), (Mars, 26), (Saturn, 30)],
];

/// By day, of fire, earth, air and water.
const CHALDEAN: [[Body; 5]; 4] = [
    [Jupiter, Venus, Saturn, Mercury, Mars],
    [Venus, Saturn, Mercury, Mars, Jupiter],
    [Saturn, Mercury, Mars, Jupiter, Venus],
    [Mars, Jupiter, Venus, Saturn, Mercury],
];

/// Where the terms of the Chaldeans end in every sign.
const CHALDEAN_ENDS: [u8; 5] = [8, 15, 21, 26, 30];

impl Terms {
    /// The terms of a sign in a chart of a sect, which only the Chaldeans' depend on.
    #[must_use]
    pub fn of(self, sign: Sign, sect: Sect) -> SignTerms {
        match self {
            Terms::Egyptian => EGYPTIAN[sign as usize],
            Terms::Ptolemaic => PTOLEMAIC[sign as usize],
            Terms::Lilly => LILLY[sign as usize],
            Terms::Chaldean => {
                let by_day = CHALDEAN[sign.element() as usize];
                std::array::from_fn(|nth| {
                    let lord = match (by_day[nth], sect) {
                        (Saturn, Sect::Night) => Mercury,
                        (Mercury, Sect::Night) => Saturn,
                        (lord, _) => lord,
                    };
                    (lord, CHALDEAN_ENDS[nth])
                })
            }
        }
    }

    /// Who has the term that a place is in.
    #[must_use]
    pub fn lord(self, place: InSign, sect: Sect) -> Body {
        let terms = self.of(place.sign, sect);
        let lord = terms.into_iter().find(|(_, end)| place.degrees < f64::from(*end));
        lord.map_or(terms[4].0, |(lord, _)| lord)
    }
}

/// The seven in the order of their spheres, from Mars on, which has the first face of Aries.
const SPHERES: [Body; 7] = [Mars, Sun, Venus, Mercury, Moon, Saturn, Jupiter];

/// Who has the face, a third of a sign, that a place is in (Teucer of Babylon; al-Bīrūnī, *Book of Instruction*, 449).
#[must_use]
pub const fn face_lord(place: InSign) -> Body {
    SPHERES[(place.sign as usize * 3 + place.decan as usize - 1) % SPHERES.len()]
}
