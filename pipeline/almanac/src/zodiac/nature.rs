//! What signs are by nature: their element, mode and polarity (Ptolemy, *Tetrabiblos* I.11 to I.13 and I.18; elements after
//! Vettius Valens, *Anthology* I.2).

use super::Sign;
use crate::named::named;

named! {
    /// What a sign is made of, from Aries on; signs of one element are 120° from each other, a triplicity.
    Element,
    /// Aries, Leo, Sagittarius.
    Fire = "fire",
    /// Taurus, Virgo, Capricorn.
    Earth = "earth",
    /// Gemini, Libra, Aquarius.
    Air = "air",
    /// Cancer, Scorpio, Pisces.
    Water = "water",
    ;
    /// How a season stands in a sign, from Aries on; signs of one mode are 90° from each other, a quadruplicity.
    Mode,
    /// Aries, Cancer, Libra, Capricorn: the season begins.
    Cardinal = "cardinal",
    /// Taurus, Leo, Scorpio, Aquarius.
    Fixed = "fixed",
    /// Gemini, Virgo, Sagittarius, Pisces: it ends.
    Mutable = "mutable",
    ;
    /// Of the two kinds that signs are of by turns, from Aries on.
    Polarity,
    /// Fire and air, the signs that are called masculine or diurnal.
    Positive = "positive",
    /// Earth and water, the signs that are called feminine or nocturnal.
    Negative = "negative",
    ;
}

impl Sign {
    /// What it is made of.
    #[must_use]
    pub const fn element(self) -> Element {
        Element::ALL[self as usize % 4]
    }

    /// How its season stands in it.
    #[must_use]
    pub const fn mode(self) -> Mode {
        Mode::ALL[self as usize % 3]
    }

    /// Of which of two kinds it is.
    #[must_use]
    pub const fn polarity(self) -> Polarity {
        Polarity::ALL[self as usize % 2]
    }

    /// The sign on the other side of the zodiac.
    #[must_use]
    pub const fn opposite(self) -> Sign {
        Sign::ALL[(self as usize + 6) % 12]
    }

    /// How many signs it is from another by the shorter way, 0 to 6.
    #[must_use]
    pub const fn distance(self, other: Sign) -> u8 {
        let apart = (self as u8).abs_diff(other as u8);
        if apart > 6 { 12 - apart } else { apart }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_has_an_element_and_a_mode_to_itself() {
        let mut seen: Vec<_> = Sign::ALL.into_iter().map(|sign| (sign.element(), sign.mode())).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 12);
        assert_eq!((Sign::Scorpio.element(), Sign::Scorpio.mode()), (Element::Water, Mode::Fixed));
        assert_eq!(Sign::Scorpio.polarity(), Polarity::Negative);
    }

    #[test]
    fn opposite_signs_share_mode_and_polarity_and_are_six_apart() {
        for sign in Sign::ALL {
            let opposite = sign.opposite();
            assert_eq!(sign.mode(), opposite.mode());
            assert_eq!(sign.polarity(), opposite.polarity());
            assert_eq!(sign.distance(opposite), 6);
            assert_eq!(opposite.opposite(), sign);
        }
        assert_eq!(Sign::Aries.distance(Sign::Pisces), 1);
    }
}
