//! Essential dignities: what a planet is worth by where it is in the zodiac, and reception, which is being where another
//! planet has dignities.
//!
//! | dignity | points | is in |
//! | --- | --- | --- |
//! | domicile | 5 | a sign that it rules |
//! | exaltation | 4 | the sign that it is exalted in |
//! | triplicity | 3 | a sign of the element that it rules in a chart of that sect; who takes part does not count |
//! | term | 2 | degrees of a sign that are its own |
//! | face | 1 | a third of a sign that is its own |
//! | detriment | −5 | the sign opposite to one that it rules |
//! | fall | −4 | the sign opposite to that of its exaltation |
//! | peregrine | −5 | none of the first five, be it in detriment and fall or not |
//!
//! The points are W. Lilly's (*Christian Astrology*, pp. 101 to 115). Reception is told for itself and changes no points. With modern
//! rulers Uranus, Neptune and Pluto have domiciles and detriments, and nothing else: they are never peregrine.

use std::fmt;

use orrery_format::Body;

use crate::sect::Sect;
use crate::zodiac::InSign;

mod tables;

pub use tables::{PLANETS, Rulers, SignTerms, Terms, Triplicities, Triplicity, exaltation, face_lord};

/// Which tables dignities are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tables {
    /// Of domiciles.
    pub rulers: Rulers,
    /// Of triplicities.
    pub triplicities: Triplicities,
    /// Of terms.
    pub terms: Terms,
}

/// A dignity, or the want of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Dignity {
    /// In a sign that it rules.
    Domicile,
    /// In the sign that it is exalted in.
    Exaltation,
    /// In a sign of the element that it rules.
    Triplicity,
    /// In degrees that are its own.
    Term,
    /// In a third of a sign that is its own.
    Face,
    /// Opposite to a sign that it rules.
    Detriment,
    /// Opposite to the sign that it is exalted in.
    Fall,
    /// Without any dignity.
    Peregrine,
}

impl Dignity {
    /// Every one.
    pub const ALL: [Dignity; 8] = [
        Dignity::Domicile,
        Dignity::Exaltation,
        Dignity::Triplicity,
        Dignity::Term,
        Dignity::Face,
        Dignity::Detriment,
        Dignity::Fall,
        Dignity::Peregrine,
    ];

    /// The name, as replies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Dignity::Domicile => "domicile",
            Dignity::Exaltation => "exaltation",
            Dignity::Triplicity => "triplicity",
            Dignity::Term => "term",
            Dignity::Face => "face",
            Dignity::Detriment => "detriment",
            Dignity::Fall => "fall",
            Dignity::Peregrine => "peregrine",
        }
    }

    /// What it counts.
    #[must_use]
    pub const fn points(self) -> i32 {
        match self {
            Dignity::Domicile => 5,
            Dignity::Exaltation => 4,
            Dignity::Triplicity => 3,
            Dignity::Term => 2,
            Dignity::Face => 1,
            Dignity::Detriment | Dignity::Peregrine => -5,
            Dignity::Fall => -4,
        }
    }
}

impl fmt::Display for Dignity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Some of the dignities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DignitySet(u8);

impl DignitySet {
    /// The five that a planet can have.
    pub const ESSENTIAL: DignitySet = DignitySet(0b1_1111);

    /// Whether one is among them.
    #[must_use]
    pub const fn contains(self, dignity: Dignity) -> bool {
        self.0 & 1 << dignity as u8 != 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: DignitySet) -> DignitySet {
        DignitySet(self.0 & other.0)
    }

    /// Those that are in one of both.
    #[must_use]
    pub const fn either(self, other: DignitySet) -> DignitySet {
        DignitySet(self.0 ^ other.0)
    }

    /// Each of them, the weightiest first.
    pub fn iter(self) -> impl Iterator<Item = Dignity> {
        Dignity::ALL.into_iter().filter(move |dignity| self.contains(*dignity))
    }

    fn insert_if(&mut self, dignity: Dignity, holds: bool) {
        self.0 |= u8::from(holds) << dignity as u8;
    }
}

impl FromIterator<Dignity> for DignitySet {
    fn from_iter<I: IntoIterator<Item = Dignity>>(dignities: I) -> DignitySet {
        DignitySet(dignities.into_iter().fold(0, |set, dignity| set | 1 << dignity as u8))
    }
}

/// What a body has of dignities at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dignities {
    /// What it has.
    pub has: DignitySet,
    /// What only the sect would tell, where that is not known.
    pub undecided: DignitySet,
}

impl Dignities {
    /// Of a body at a longitude in degrees, in a chart of a sect if that is known. `None` for bodies that have no dignities anywhere.
    #[must_use]
    pub fn of(body: Body, longitude_deg: f64, sect: Option<Sect>, tables: Tables) -> Option<Dignities> {
        let traditional = PLANETS.contains(&body);
        let modern =
            tables.rulers == Rulers::Modern && matches!(body, Body::Uranus | Body::Neptune | Body::Pluto);
        if !traditional && !modern {
            return None;
        }
        let place = InSign::of(longitude_deg);
        let (sign, opposite) = (place.sign, place.sign.opposite());
        let exalted_in = exaltation(body).map(|(sign, _)| sign);
        let triplicity = tables.triplicities.of(sign.element());
        let of = |sect| {
            let mut has = DignitySet::default();
            has.insert_if(Dignity::Domicile, tables.rulers.has(body, sign));
            has.insert_if(Dignity::Exaltation, exalted_in == Some(sign));
            has.insert_if(Dignity::Triplicity, triplicity.ruler(sect) == body);
            has.insert_if(Dignity::Term, tables.terms.lord(place, sect) == body);
            has.insert_if(Dignity::Face, traditional && face_lord(place) == body);
            has.insert_if(Dignity::Detriment, tables.rulers.has(body, opposite));
            has.insert_if(Dignity::Fall, exalted_in == Some(opposite));
            has.insert_if(Dignity::Peregrine, traditional && has.and(DignitySet::ESSENTIAL).is_empty());
            has
        };
        // What is so by day and by night needs no sect.
        let [by_day, by_night] = match sect {
            Some(sect) => [of(sect); 2],
            None => [of(Sect::Day), of(Sect::Night)],
        };
        Some(Dignities { has: by_day.and(by_night), undecided: by_day.either(by_night) })
    }

    /// The sum of its points; `None` where the sect would have to be known.
    #[must_use]
    pub fn score(self) -> Option<i32> {
        self.undecided.is_empty().then(|| self.has.iter().map(Dignity::points).sum())
    }
}

/// Who has dignities at a place, be they there or not. Whose dignities count most there, its almuten, follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceRulers {
    /// Whose domicile the sign is, before others.
    pub domicile: Body,
    /// Who is exalted in the sign, if anybody is.
    pub exaltation: Option<Body>,
    /// Who rules the triplicity of the sign.
    pub triplicity: Triplicity,
    /// Who takes part in that, if anybody does; not told where that depends on a sect that is not known.
    pub participating: Option<Body>,
    /// Whose term it is; `None` where that depends on a sect that is not known.
    pub term: Option<Body>,
    /// Whose face it is.
    pub face: Body,
}

impl PlaceRulers {
    /// Of a longitude in degrees, in a chart of a sect if that is known.
    #[must_use]
    pub fn of(longitude_deg: f64, sect: Option<Sect>, tables: Tables) -> PlaceRulers {
        let place = InSign::of(longitude_deg);
        let triplicity = tables.triplicities.of(place.sign.element());
        PlaceRulers {
            domicile: tables.rulers.ruler(place.sign),
            exaltation: PLANETS
                .into_iter()
                .find(|planet| exaltation(*planet).is_some_and(|(sign, _)| sign == place.sign)),
            triplicity,
            participating: agreed(sect, |sect| triplicity.participating(sect)).flatten(),
            term: agreed(sect, |sect| tables.terms.lord(place, sect)),
            face: face_lord(place),
        }
    }
}

/// What is so in a sect, or in both where none is known.
fn agreed<T: PartialEq>(sect: Option<Sect>, of: impl Fn(Sect) -> T) -> Option<T> {
    let found = of(sect.unwrap_or(Sect::Day));
    (sect.is_some() || found == of(Sect::Night)).then_some(found)
}

/// That one body is, or two are, where the other has dignities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reception {
    /// Which of the bodies that were given is one of them.
    pub a: usize,
    /// Which is the other, later in the list.
    pub b: usize,
    /// By which dignities `b` receives `a`: what `b` has where `a` is.
    pub a_in_b: DignitySet,
    /// By which dignities `a` receives `b`.
    pub b_in_a: DignitySet,
}

impl Reception {
    /// Whether each receives the other.
    #[must_use]
    pub const fn is_mutual(&self) -> bool {
        !self.a_in_b.is_empty() && !self.b_in_a.is_empty()
    }
}

/// All receptions by dignities of some kinds among bodies at longitudes in degrees. What would depend on a sect that is not known
/// does not count.
#[must_use]
pub fn receptions(
    placed: &[(Body, f64)],
    kinds: DignitySet,
    sect: Option<Sect>,
    tables: Tables,
) -> Vec<Reception> {
    let kinds = kinds.and(DignitySet::ESSENTIAL);
    let received = |host: usize, guest: usize| {
        let dignities = Dignities::of(placed[host].0, placed[guest].1, sect, tables);
        dignities.unwrap_or_default().has.and(kinds)
    };
    let mut found = Vec::new();
    for b in 0..placed.len() {
        for a in 0..b {
            let reception = Reception { a, b, a_in_b: received(b, a), b_in_a: received(a, b) };
            if !reception.a_in_b.is_empty() || !reception.b_in_a.is_empty() {
                found.push(reception);
            }
        }
    }
    found.sort_unstable_by_key(|reception| (reception.a, reception.b));
    found
}
