//! The words of a language: sentences with gaps, and the names of all that is put into them.
//!
//! A language is a file. What must stand in it, and what may be put into which sentence, is checked when it is read: a
//! sentence is never found to be missing when it is needed.

use std::path::PathBuf;

use orrery_almanac::aspect::{Aspect, PTOLEMAIC};
use orrery_almanac::bodies;
use orrery_almanac::dignities::Dignity;
use orrery_almanac::events::Phase as MoonPhase;
use orrery_almanac::zodiac::Sign;
use orrery_almanac::{CivilDate, DayNumber, WireBody};
use orrery_format::eclipse::{LunarKind, SolarKind};
use toml::Table;

use crate::answer::events::SEASONS;
use crate::query::Eclipsed;

mod languages;
mod reader;
mod template;

pub(crate) use languages::Languages;
use reader::{Counted, Reader};
pub(crate) use template::{Slot, Template};

/// Why a words file is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// The directory, or a file in it, cannot be read.
    #[error("{path}: cannot be read: {source}; make it readable, or leave brief.words_dir out")]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file's name names no language.
    #[error("{path}: {name:?} is no language; name the file by a tag such as fr.toml or pt-br.toml")]
    Name {
        /// The file.
        path: PathBuf,
        /// Its name.
        name: String,
    },
    /// The file is not TOML.
    #[error("{file}: {message}")]
    NoToml {
        /// The file.
        file: String,
        /// Where and what, as the TOML reader says it.
        message: String,
    },
    /// Something that is needed is not there.
    #[error("{file}: `{key}` is missing; add it, as data/words/en.toml has it")]
    Missing {
        /// The file.
        file: String,
        /// The key, with its table.
        key: String,
    },
    /// Something is there that is of no use.
    #[error("{file}: unknown key `{key}`{}", .suggestion.as_ref().map_or_else(
        || "; take it away".to_owned(),
        |name| format!("; did you mean `{name}`?"),
    ))]
    Unknown {
        /// The file.
        file: String,
        /// The key, with its table.
        key: String,
        /// The nearest known key.
        suggestion: Option<String>,
    },
    /// A text cannot be used.
    #[error("{file}: `{key}` {what}")]
    Wrong {
        /// The file.
        file: String,
        /// The key, with its table.
        key: String,
        /// Why not.
        what: String,
    },
}

macro_rules! phrases {
    ($($variant:ident = $key:literal [$($slot:ident)*],)*) => {
        /// A text with gaps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Phrase {
            $($variant,)*
        }

        /// The key of each, and what may be put into it.
        const PHRASES: &[(&str, &[Slot])] = &[$(($key, &[$(Slot::$slot,)*]),)*];
    };
}

phrases! {
    BeforeChrist = "heading.before_christ" [Year],
    HeadingOfDay = "heading.day" [Weekday Day Month Year Clock],
    HeadingOfWeek = "heading.week" [Day Month Year LastDay LastMonth LastYear Clock],
    HeadingOfMonth = "heading.month" [Month Year Clock],
    Heading = "heading.plain" [Heading],
    HeadingOfSign = "heading.of_sign" [Sign Heading],
    Time = "time.of_day" [Hour Minute],
    InDay = "time.in_day" [Time],
    InWeek = "time.in_week" [Weekday Day Month Time],
    InMonth = "time.in_month" [Weekday Day Month Time],
    SinceTime = "time.since_time" [Time],
    SinceDate = "time.since_date" [Weekday Day Month Time],
    UntilTime = "time.until_time" [Time],
    UntilDate = "time.until_date" [Weekday Day Month Time],
    MoonStays = "moon.stays" [In House],
    MoonMoves = "moon.moves" [In House Until Next],
    MoonTravels = "moon.travels" [From To],
    Void = "moon.void" [Since Until],
    Eclipse = "event.eclipse" [Eclipse In House When],
    Lunation = "event.lunation" [Phase In House When],
    Season = "event.season" [Season When],
    SeasonWithSign = "event.season_with_sign" [Season Into House When],
    Ingress = "event.ingress" [Body Into House When],
    IngressBackwards = "event.ingress_backwards" [Body Into House When],
    Leaving = "event.leaving" [Body Into House When],
    TurnsRetrograde = "event.turns_retrograde" [Body In House When],
    TurnsDirect = "event.turns_direct" [Body In House When],
    Aspect = "event.aspect" [A Aspect B When],
    Quiet = "event.quiet" [],
    House = "sign.house" [House Theme],
    OwnHouse = "sign.own" [],
    Ruler = "sign.ruler" [Body In House State],
    RulerAtFirst = "sign.ruler_at_first" [Body In House State],
    State = "sign.state" [States],
    Retrograde = "sign.retrograde" [],
    RulerAsA = "sign.ruler_as_a" [Body],
    RulerAsB = "sign.ruler_as_b" [Body],
}

/// The words of a language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    /// The language, as `lang` names it.
    pub(crate) lang: Box<str>,
    /// The same, as those call it who speak it.
    pub(crate) name: Box<str>,
    /// BLAKE3 of the file.
    pub(crate) hash: [u8; 32],
    phrases: Vec<Template>,
    retrograde: Counted,
    visitors: Counted,
    between: Box<str>,
    last: Box<str>,
    utc: Box<str>,
    local_mean: Box<str>,
    bodies: Vec<BodyWords>,
    signs: Vec<SignWords>,
    aspects: Vec<Box<str>>,
    phases: Vec<Box<str>>,
    seasons: Vec<Box<str>>,
    solar: Vec<Box<str>>,
    lunar: Vec<Box<str>>,
    dignities: Vec<Box<str>>,
    houses: Vec<Box<str>>,
    themes: Vec<Box<str>>,
    weekdays: Vec<Box<str>>,
    months: Vec<Box<str>>,
}

#[derive(Clone, Debug, PartialEq)]
struct BodyWords {
    subject: Box<str>,
    object: Box<str>,
}

/// What is said of a sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SignWords {
    pub(crate) name: Box<str>,
    /// Being in it.
    pub(crate) within: Box<str>,
    /// Coming into it.
    pub(crate) into: Box<str>,
    /// Leaving it.
    pub(crate) from: Box<str>,
    /// Going to it.
    pub(crate) to: Box<str>,
}

/// The dignities that have a word: those of signs.
pub(crate) const DIGNITIES: [Dignity; 4] =
    [Dignity::Domicile, Dignity::Exaltation, Dignity::Detriment, Dignity::Fall];

impl Words {
    /// Reads the words of a language out of the text of a file, which messages name.
    pub(crate) fn parse(lang: &str, file: &str, text: &str) -> Result<Words, WordsError> {
        let table: Table = toml::from_str(text).map_err(|error| WordsError::NoToml {
            file: file.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        let mut from = Reader::new(file, &table);
        let named = |within: &'static str, names: &[&str], from: &mut Reader<'_>| -> Vec<Box<str>> {
            names.iter().map(|name| from.word(&format!("{within}.{name}"))).collect()
        };
        let words = Words {
            lang: lang.into(),
            name: from.word("name"),
            hash: *blake3::hash(text.as_bytes()).as_bytes(),
            phrases: PHRASES.iter().map(|(key, slots)| from.template(key, slots)).collect(),
            retrograde: from.counted("event.retrograde", &[Slot::Bodies]),
            visitors: from.counted("sign.visitors", &[Slot::Bodies]),
            between: from.word("list.between"),
            last: from.word("list.last"),
            utc: from.word("clock.utc"),
            local_mean: from.word("clock.local_mean"),
            bodies: bodies::DEFAULT.iter().map(|body| BodyWords::read(&body.name(), &mut from)).collect(),
            signs: Sign::ALL.iter().map(|sign| SignWords::read(sign.name(), &mut from)).collect(),
            aspects: named("aspects", &PTOLEMAIC.map(Aspect::name), &mut from),
            phases: named("phases", &MoonPhase::ALL.map(MoonPhase::name), &mut from),
            seasons: named("seasons", &SEASONS, &mut from),
            solar: SolarKind::ALL
                .iter()
                .map(|it| from.word(&format!("eclipses.solar_{}", it.name())))
                .collect(),
            lunar: LunarKind::ALL
                .iter()
                .map(|it| from.word(&format!("eclipses.lunar_{}", it.name())))
                .collect(),
            dignities: named("dignities", &DIGNITIES.map(Dignity::name), &mut from),
            houses: from.words("houses.names", 12),
            themes: from.words("houses.themes", 12),
            weekdays: from.words("calendar.weekdays", 7),
            months: from.words("calendar.months", 12),
        };
        from.done()?;
        Ok(words)
    }

    /// A phrase with its gaps filled.
    pub(crate) fn phrase(&self, phrase: Phrase, given: &[(Slot, &str)]) -> String {
        self.phrases.get(phrase as usize).map_or_else(String::new, |template| template.fill(given))
    }

    /// Several things, as a sentence lists them.
    pub(crate) fn list(&self, items: &[&str]) -> String {
        match items {
            [first @ .., last] if !first.is_empty() => {
                format!("{}{}{last}", first.join(&self.between), self.last)
            }
            items => items.concat(),
        }
    }

    fn several(&self, counted: &Counted, bodies: &[WireBody]) -> String {
        let names: Vec<_> = bodies.iter().map(|body| self.subject(*body)).collect();
        counted.of(bodies.len()).fill(&[(Slot::Bodies, &self.list(&names))])
    }

    /// That bodies are retrograde.
    pub(crate) fn retrograde(&self, bodies: &[WireBody]) -> String {
        self.several(&self.retrograde, bodies)
    }

    /// That bodies are in the sign.
    pub(crate) fn visitors(&self, bodies: &[WireBody]) -> String {
        self.several(&self.visitors, bodies)
    }

    fn body(&self, body: WireBody) -> Option<&BodyWords> {
        self.bodies.get(bodies::DEFAULT.iter().position(|known| *known == body)?)
    }

    /// A body that does something.
    pub(crate) fn subject(&self, body: WireBody) -> &str {
        self.body(body).map_or("", |words| &words.subject)
    }

    /// A body that another makes an aspect to.
    pub(crate) fn object(&self, body: WireBody) -> &str {
        self.body(body).map_or("", |words| &words.object)
    }

    pub(crate) fn sign(&self, sign: Sign) -> &SignWords {
        &self.signs[sign as usize]
    }

    pub(crate) fn aspect(&self, aspect: Aspect) -> &str {
        let nth = PTOLEMAIC.iter().position(|known| *known == aspect);
        nth.and_then(|nth| self.aspects.get(nth)).map_or("", |word| word)
    }

    pub(crate) fn phase(&self, phase: MoonPhase) -> &str {
        &self.phases[phase as usize]
    }

    /// An equinox or a solstice, counted from that of March.
    pub(crate) fn season(&self, nth: usize) -> &str {
        &self.seasons[nth % self.seasons.len()]
    }

    /// An eclipse of a kind, which is a number.
    pub(crate) fn eclipse(&self, eclipsed: Eclipsed, kind: u8) -> &str {
        let words = match eclipsed {
            Eclipsed::Solar => &self.solar,
            Eclipsed::Lunar => &self.lunar,
        };
        words.get(usize::from(kind)).map_or("", |word| word)
    }

    /// A dignity of a sign; nothing for others.
    pub(crate) fn dignity(&self, dignity: Dignity) -> Option<&str> {
        let nth = DIGNITIES.iter().position(|known| *known == dignity)?;
        self.dignities.get(nth).map(|word| &**word)
    }

    /// What a house is called, and what it is about: 1 to 12.
    pub(crate) fn house(&self, house: u8) -> [&str; 2] {
        let nth = usize::from(house.wrapping_sub(1)) % 12;
        [&self.houses[nth], &self.themes[nth]]
    }

    pub(crate) fn weekday(&self, day: DayNumber) -> &str {
        // Day 0 was a Monday.
        &self.weekdays[day.0.rem_euclid(7) as usize]
    }

    pub(crate) fn month(&self, date: CivilDate) -> &str {
        &self.months[usize::from(date.month.wrapping_sub(1)) % 12]
    }

    /// What clocks in Greenwich are called.
    pub(crate) fn utc(&self) -> &str {
        &self.utc
    }

    /// What those of a longitude are called.
    pub(crate) fn local_mean(&self) -> &str {
        &self.local_mean
    }
}

impl BodyWords {
    fn read(name: &str, from: &mut Reader<'_>) -> BodyWords {
        let mut word = |form| from.word(&format!("bodies.{name}.{form}"));
        BodyWords { subject: word("subject"), object: word("object") }
    }
}

impl SignWords {
    fn read(name: &str, from: &mut Reader<'_>) -> SignWords {
        let mut word = |form| from.word(&format!("signs.{name}.{form}"));
        SignWords {
            name: word("name"),
            within: word("in"),
            into: word("into"),
            from: word("from"),
            to: word("to"),
        }
    }
}

#[cfg(test)]
mod tests;
