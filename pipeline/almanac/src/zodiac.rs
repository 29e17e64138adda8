//! The parts of the ecliptic that have names: signs with their decans, nakshatras with their padas.
//!
//! | part | of the circle | how many |
//! | --- | --- | --- |
//! | sign | 30° | 12 |
//! | decan | 10° | 3 of a sign |
//! | nakshatra | 13° 20′ | 27 |
//! | pada | 3° 20′ | 4 of a nakshatra |
//!
//! The circle that is divided is the caller's: give tropical longitudes for tropical signs, sidereal ones for sidereal
//! signs and for nakshatras, which are always counted on a sidereal zodiac.
//!
//! A part begins with its first point. Which part a longitude is in is decided exactly for the number that is given, also
//! where the border, such as 13° 20′, is no number that a computer can hold.

use crate::frames::wrap_deg;

mod nature;

pub use nature::{Element, Mode, Polarity};

macro_rules! parts {
    ($(#[$doc:meta])* $part:ident, $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $part {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $part {
            /// Every one, from 0° on.
            pub const ALL: [$part; [$($name,)*].len()] = [$($part::$variant,)*];

            /// The name, as replies spell it.
            #[inline]
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($part::$variant => $name,)* }
            }
        }
    };
}

parts! {
    /// A twelfth of the zodiac.
    Sign,
    /// 0° to 30°.
    Aries = "aries",
    /// 30° to 60°.
    Taurus = "taurus",
    /// 60° to 90°.
    Gemini = "gemini",
    /// 90° to 120°.
    Cancer = "cancer",
    /// 120° to 150°.
    Leo = "leo",
    /// 150° to 180°.
    Virgo = "virgo",
    /// 180° to 210°.
    Libra = "libra",
    /// 210° to 240°.
    Scorpio = "scorpio",
    /// 240° to 270°.
    Sagittarius = "sagittarius",
    /// 270° to 300°.
    Capricorn = "capricorn",
    /// 300° to 330°.
    Aquarius = "aquarius",
    /// 330° to 360°.
    Pisces = "pisces",
}

parts! {
    /// A mansion of the Moon: a twenty-seventh of the sidereal zodiac.
    Nakshatra,
    /// 0° to 13° 20′.
    Ashwini = "ashwini",
    /// 13° 20′ to 26° 40′.
    Bharani = "bharani",
    /// 26° 40′ to 40°.
    Krittika = "krittika",
    /// 40° to 53° 20′.
    Rohini = "rohini",
    /// 53° 20′ to 66° 40′.
    Mrigashira = "mrigashira",
    /// 66° 40′ to 80°.
    Ardra = "ardra",
    /// 80° to 93° 20′.
    Punarvasu = "punarvasu",
    /// 93° 20′ to 106° 40′.
    Pushya = "pushya",
    /// 106° 40′ to 120°.
    Ashlesha = "ashlesha",
    /// 120° to 133° 20′.
    Magha = "magha",
    /// 133° 20′ to 146° 40′.
    PurvaPhalguni = "purva_phalguni",
    /// 146° 40′ to 160°.
    UttaraPhalguni = "uttara_phalguni",
    /// 160° to 173° 20′.
    Hasta = "hasta",
    /// 173° 20′ to 186° 40′.
    Chitra = "chitra",
    /// 186° 40′ to 200°.
    Swati = "swati",
    /// 200° to 213° 20′.
    Vishakha = "vishakha",
    /// 213° 20′ to 226° 40′.
    Anuradha = "anuradha",
    /// 226° 40′ to 240°.
    Jyeshtha = "jyeshtha",
    /// 240° to 253° 20′.
    Mula = "mula",
    /// 253° 20′ to 266° 40′.
    PurvaAshadha = "purva_ashadha",
    /// 266° 40′ to 280°.
    UttaraAshadha = "uttara_ashadha",
    /// 280° to 293° 20′.
    Shravana = "shravana",
    /// 293° 20′ to 306° 40′.
    Dhanishta = "dhanishta",
    /// 306° 40′ to 320°.
    Shatabhisha = "shatabhisha",
    /// 320° to 333° 20′.
    PurvaBhadrapada = "purva_bhadrapada",
    /// 333° 20′ to 346° 40′.
    UttaraBhadrapada = "uttara_bhadrapada",
    /// 346° 40′ to 360°.
    Revati = "revati",
}

/// A longitude by its sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InSign {
    /// The sign.
    pub sign: Sign,
    /// Degrees from the sign's first point, 0 ≤ x < 30.
    pub degrees: f64,
    /// The third of the sign, 1 to 3.
    pub decan: u8,
}

impl InSign {
    /// Where a longitude in degrees is. Any number of turns may be in it; what is not finite counts as 0°.
    #[inline]
    #[must_use]
    pub fn of(longitude_deg: f64) -> InSign {
        let longitude_deg = on_circle(longitude_deg);
        // Division rounds, but not up to a whole number from below: a test tries the last number before each border, and
        // rounded division never decreases.
        let decan = ((longitude_deg / 10.0) as usize).min(35);
        let sign = decan / 3;
        InSign {
            sign: Sign::ALL[sign],
            degrees: longitude_deg - (sign * 30) as f64,
            decan: (decan % 3) as u8 + 1,
        }
    }
}

/// A longitude by its nakshatra.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InNakshatra {
    /// The nakshatra.
    pub nakshatra: Nakshatra,
    /// Degrees from its first point, 0 to 13 1/3.
    pub degrees: f64,
    /// Its quarter, 1 to 4.
    pub pada: u8,
}

impl InNakshatra {
    /// Where a sidereal longitude in degrees is. Any number of turns may be in it; what is not finite counts as 0°.
    #[inline]
    #[must_use]
    pub fn of(longitude_deg: f64) -> InNakshatra {
        let longitude_deg = on_circle(longitude_deg);
        // Padas end at multiples of 10°/3, so thrice the longitude is compared with multiples of 10°. That product
        // rounds; `lost` is what it loses, exactly (Fast2Sum, since the longitude is not greater than its double).
        let twice = 2.0 * longitude_deg;
        let thrice = twice + longitude_deg;
        let lost = longitude_deg - (thrice - twice);
        let mut pada = (thrice / 10.0) as usize;
        // Rounding keeps order, so a product below a multiple of 10 may round to it, never beyond.
        if lost < 0.0 && thrice == (pada * 10) as f64 {
            pada -= 1;
        }
        let pada = pada.min(107);
        let nakshatra = pada / 4;
        InNakshatra {
            nakshatra: Nakshatra::ALL[nakshatra],
            degrees: ((thrice - (nakshatra * 40) as f64) + lost) / 3.0,
            pada: (pada % 4) as u8 + 1,
        }
    }
}

/// A longitude with 0 ≤ λ < 360.
#[inline]
fn on_circle(longitude_deg: f64) -> f64 {
    if longitude_deg.is_finite() { wrap_deg(longitude_deg) } else { 0.0 }
}
