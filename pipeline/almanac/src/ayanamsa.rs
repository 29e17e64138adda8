//! Ayanamsas: how far the beginning of the sidereal zodiac lies behind the mean equinox of date.
//!
//! All 47 of the Swiss Ephemeris, by its numbers (`SE_SIDM_…`) and by name, and those that a user defines. Most
//! take the ayanamsa that an epoch had and add precession since, measured as the Swiss Ephemeris does by default
//! (`swi_get_ayanamsa_ex`): the equinox of date is carried to the epoch, and its longitude on the ecliptic of the
//! epoch is what has been precessed. Twelve hold a star, the centre of the galaxy or its pole fast. Four
//! (`j2000`, `j1900`, `b1950`, `skydram_mardyks`) are no subtraction but a frame: places are referred to the
//! ecliptic of the epoch itself, up to 226″ from where a subtraction would put them.
//!
//! ```
//! use orrery_almanac::ayanamsa::Ayanamsa;
//! use orrery_almanac::stars::{Observer, Sight};
//! use orrery_almanac::{Error, Precession, Varying};
//! use orrery_format::TtDay;
//!
//! let lahiri: Ayanamsa = "lahiri".parse()?;
//! let precession = Precession::to(TtDay(2_451_545.0));
//! let obliquity = Varying::new(23.439_279_4, -3.56e-7);
//! // No star holds this one, so nobody needs to know where the Earth is.
//! let observer = || -> Result<Observer, Error> { unreachable!() };
//! let zodiac = lahiri.zodiac().at(&precession, obliquity, Sight::Apparent, observer)?.unwrap();
//! assert!((zodiac.ayanamsa_deg().value - 23.857_092_3).abs() < 1e-7);
//! # Ok::<(), Error>(())
//! ```

mod anchor;
mod listed;
mod obliquity;
mod zodiac;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use orrery_format::TtDay;

use crate::error::{Error, shown};
use crate::instant::{MAX_JD, MIN_JD};
use crate::suggest;
use listed::{Definition, Epoch, LISTED};

pub use zodiac::{SiderealDate, Zodiac};

/// The number of the last ayanamsa of the list; they begin with 0.
pub const LAST: u8 = LISTED.len() as u8 - 1;

const USER_PREFIX: &str = "user:";

static ZODIACS: LazyLock<[Zodiac; LISTED.len()]> =
    LazyLock::new(|| LISTED.map(|listed| Zodiac::of(&listed.definition)));

/// A choice of sidereal zodiac.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ayanamsa(Choice);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Choice {
    /// One of the list, by its number, which is there.
    Listed(u8),
    User(Epoch),
}

impl Ayanamsa {
    /// Every one of the list, in the order of its numbers.
    pub const ALL: [Ayanamsa; LISTED.len()] = {
        let mut all = [Ayanamsa(Choice::Listed(0)); LISTED.len()];
        let mut number = 0;
        while number <= LAST {
            all[number as usize] = Ayanamsa(Choice::Listed(number));
            number += 1;
        }
        all
    };

    /// The one that the Swiss Ephemeris has under a number (`SE_SIDM_…`), 0 to [`LAST`].
    #[must_use]
    pub const fn numbered(number: u8) -> Option<Ayanamsa> {
        if number <= LAST { Some(Ayanamsa(Choice::Listed(number))) } else { None }
    }

    /// A zodiac of one's own: the ayanamsa at an epoch, degrees from −360 to 360. That of `SE_SIDM_USER` without
    /// `SE_SIDBIT_USER_UT`.
    ///
    /// # Errors
    /// [`Error::UserAyanamsa`] where the epoch is beyond every ephemeris or the degrees are no angle.
    pub fn user(epoch: TtDay, at_epoch_deg: f64) -> Result<Ayanamsa, Error> {
        if (MIN_JD..=MAX_JD).contains(&epoch.jd()) && at_epoch_deg.abs() <= 360.0 {
            Ok(Ayanamsa(Choice::User(Epoch { jd_tt: epoch.jd(), at_epoch_deg })))
        } else {
            Err(Error::UserAyanamsa { text: shown(&format!("{USER_PREFIX}{},{at_epoch_deg}", epoch.jd())) })
        }
    }

    /// Its number in the Swiss Ephemeris; `None` for a user's.
    #[must_use]
    pub const fn number(self) -> Option<u8> {
        match self.0 {
            Choice::Listed(number) => Some(number),
            Choice::User(_) => None,
        }
    }

    /// The canonical name, such as `fagan_bradley`, or `user:2451545,23.85`. It can be read again.
    #[must_use]
    pub fn id(self) -> Cow<'static, str> {
        match self.0 {
            Choice::Listed(number) => Cow::Borrowed(LISTED[number as usize].id),
            Choice::User(Epoch { jd_tt, at_epoch_deg }) => {
                Cow::Owned(format!("{USER_PREFIX}{jd_tt},{at_epoch_deg}"))
            }
        }
    }

    /// Of one that a user defines: the epoch, and the ayanamsa at it in degrees.
    #[must_use]
    pub const fn at_epoch(self) -> Option<(TtDay, f64)> {
        match self.0 {
            Choice::Listed(_) => None,
            Choice::User(Epoch { jd_tt, at_epoch_deg }) => Some((TtDay(jd_tt), at_epoch_deg)),
        }
    }

    /// The name for people: the Swiss Ephemeris' own (`swe_get_ayanamsa_name`), such as `Fagan/Bradley`.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self.0 {
            Choice::Listed(number) => LISTED[number as usize].title,
            Choice::User(_) => "User defined",
        }
    }

    /// Whether it is a frame: places are turned to the ecliptic of an epoch, not shifted along that of date.
    #[must_use]
    pub const fn is_frame(self) -> bool {
        matches!(self.definition(), Some(Definition::Frame(_)))
    }

    /// Whether something in the sky holds it fast, so that it depends on where the Earth is.
    #[must_use]
    pub const fn is_anchored(self) -> bool {
        matches!(self.definition(), Some(Definition::Anchor(_)))
    }

    /// What the list says of it.
    const fn definition(self) -> Option<Definition> {
        match self.0 {
            Choice::Listed(number) => Some(LISTED[number as usize].definition),
            Choice::User(_) => None,
        }
    }

    /// The zodiac, ready to be used at many instants. Costs nothing for those of the list, and for a user's what
    /// [`crate::Precession::to`] costs twice over.
    #[must_use]
    pub fn zodiac(self) -> Zodiac {
        match self.0 {
            Choice::Listed(number) => ZODIACS[number as usize],
            Choice::User(epoch) => Zodiac::of(&Definition::Epoch(epoch)),
        }
    }
}

impl fmt::Display for Ayanamsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

/// By number, canonical name, alias, the Swiss Ephemeris' name or its constant (`SE_SIDM_LAHIRI`), or as
/// `user:T0,AYAN_T0`: a Julian day TT and degrees. Case, spaces and punctuation within names do not matter.
impl FromStr for Ayanamsa {
    type Err = Error;

    fn from_str(text: &str) -> Result<Ayanamsa, Error> {
        let text = text.trim();
        if let Some(prefix) = text.get(..USER_PREFIX.len())
            && prefix.eq_ignore_ascii_case(USER_PREFIX)
        {
            return user(&text[USER_PREFIX.len()..]).ok_or_else(|| Error::UserAyanamsa { text: shown(text) });
        }
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = text.parse().ok().and_then(Ayanamsa::numbered);
            return number.ok_or_else(|| Error::AyanamsaNumber { text: shown(text), max: LAST });
        }
        let folded = folded(text);
        let bare = folded.strip_prefix("se").filter(|rest| rest.starts_with("sidm")).unwrap_or(&folded);
        let bare = bare.strip_prefix("sidm").unwrap_or(bare);
        names()
            .find(|(name, _)| equals_folded(name, bare))
            .map(|(_, ayanamsa)| ayanamsa)
            .ok_or_else(|| Error::UnknownAyanamsa { name: shown(text), suggestion: suggestion(text) })
    }
}

/// What follows `user:`.
fn user(text: &str) -> Option<Ayanamsa> {
    let (epoch, at_epoch_deg) = text.split_once(',')?;
    Ayanamsa::user(TtDay(epoch.trim().parse().ok()?), at_epoch_deg.trim().parse().ok()?).ok()
}

/// Every name that is understood: the canonical ones first.
fn names() -> impl Iterator<Item = (&'static str, Ayanamsa)> {
    let listed = || LISTED.iter().zip(Ayanamsa::ALL);
    let ids = listed().map(|(listed, ayanamsa)| (listed.id, ayanamsa));
    let others = listed().flat_map(|(listed, ayanamsa)| {
        listed.aliases.iter().copied().chain([listed.title]).map(move |name| (name, ayanamsa))
    });
    ids.chain(others)
}

/// Letters and digits of a name, in lower case.
fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn equals_folded(name: &str, folded: &str) -> bool {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()).eq(folded.bytes())
}

/// The canonical name of the ayanamsa that a misspelt name was meant to be.
fn suggestion(text: &str) -> Option<String> {
    let meant = suggest::nearest(text, names().map(|(name, _)| name))?;
    names().find(|(name, _)| *name == meant).map(|(_, ayanamsa)| ayanamsa.id().into_owned())
}
