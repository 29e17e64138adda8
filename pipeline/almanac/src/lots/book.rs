//! A book of lots: read from text, checked, compiled and brought into an order in which each comes after what it is reckoned from.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;

use super::formula::{self, Op};
use super::{ALL, Point};
use crate::bodies::WireBody;
use crate::error::{Error, shown};
use crate::houses::Angle;
use crate::suggest;

/// The name of the new or full Moon before birth.
pub(super) const SYZYGY: &str = "syzygy";

/// Most bytes of one file.
const LONGEST_FILE: usize = 1 << 20;

/// Most lots of a book.
const MOST_LOTS: usize = 4096;

/// Most letters of a name.
const LONGEST_NAME: usize = 48;

/// A lot, as its file tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Its name.
    pub name: String,
    /// Other names that are understood.
    pub aliases: Vec<String>,
    /// The sets that it is in, besides `all`.
    pub sets: Vec<String>,
    /// How it is reckoned by day.
    pub day: String,
    /// How it is reckoned by night.
    pub night: String,
    /// Who has it.
    pub source: String,
    /// What it is about.
    pub about: String,
}

/// Lots that can be reckoned.
#[derive(Clone, Debug, Default)]
pub struct Book {
    lots: Vec<Lot>,
    /// By day and by night.
    programs: Vec<[Vec<Op>; 2]>,
    points: Vec<Point>,
    /// Each lot after those that it is reckoned from.
    order: Vec<u16>,
    /// Names and aliases.
    numbers: BTreeMap<String, u16>,
    sets: BTreeSet<String>,
    /// How many of the lots, the last ones, were brought along by [`Book::with`].
    own: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    lot: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    sets: Vec<Spanned<String>>,
    day: Spanned<String>,
    night: Option<Spanned<String>>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    about: String,
}

/// A file while it is read.
#[derive(Clone, Copy)]
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    /// An error at a byte of the text.
    fn error(self, at: usize, lot: Option<&str>, problem: impl Into<String>) -> Error {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_begin = before.rfind('\n').map_or(0, |newline| newline + 1);
        Error::LotBook {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_begin..].chars().count() + 1,
            lot: lot.map(shown),
            problem: problem.into(),
        }
    }

    /// Where in the text a byte of a string's value is: exactly where the string is written as it is, else where it begins.
    fn byte_of(self, string: &Spanned<String>, at: usize) -> usize {
        let span = string.span();
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let is_plain =
            raw.len() == string.get_ref().len() + 2 && raw.get(1..raw.len() - 1) == Some(string.get_ref());
        if is_plain { span.start + 1 + at } else { span.start }
    }
}

impl Book {
    /// Reads files of lots, each given as what it is called in messages and its text. All make one book: any may use lots of any other,
    /// but not their names.
    ///
    /// # Errors
    /// [`Error::LotBook`], which names the file, the line, the lot and the remedy.
    pub fn read(files: &[(&str, &str)]) -> Result<Book, Error> {
        let mut book = Book::default();
        let mut entries = Vec::new();
        for &(file, text) in files {
            let source = Source { file, text };
            if text.len() > LONGEST_FILE {
                let problem =
                    format!("the file is longer than {LONGEST_FILE} bytes: leave out what is no lot");
                return Err(source.error(0, None, problem));
            }
            let read: File = toml::from_str(text).map_err(|error| {
                let at = error.span().map_or(0, |span| span.start);
                source.error(at, None, format!("{}; a lot is [[lot]] with name, day and, if they are wanted, night, aliases, sets, source and about", error.message().trim()))
            })?;
            for entry in read.lot {
                book.enter(source, &entry)?;
                entries.push((source, entry));
            }
        }
        for (source, entry) in &entries {
            for set in &entry.sets {
                book.enter_set(*source, entry, set)?;
            }
            let day = book.compile(*source, entry, &entry.day)?;
            let night = match &entry.night {
                Some(night) => book.compile(*source, entry, night)?,
                None => day.clone(),
            };
            book.programs.push([day, night]);
        }
        book.order = book.ordered().map_err(|(lot, problem)| {
            let (source, entry) = &entries[usize::from(lot)];
            source.error(entry.day.span().start, Some(entry.name.get_ref()), problem)
        })?;
        Ok(book)
    }

    /// The same book with somebody's own lots behind its own, each a name and a formula for day and night. They may use the book's and
    /// each other.
    ///
    /// # Errors
    /// [`Error::LotFormula`], which names the lot and the remedy.
    pub fn with(&self, own: &[(&str, &str)]) -> Result<Book, Error> {
        let refused = |lot: &str, character: Option<usize>, problem: String| Error::LotFormula {
            lot: shown(lot),
            character,
            problem,
        };
        let mut book = self.clone();
        book.own += own.len();
        for &(name, formula) in own {
            let number = book.lots.len();
            if number == MOST_LOTS {
                let problem = format!("a book has at most {MOST_LOTS} lots: name fewer");
                return Err(refused(name, None, problem));
            }
            if book.sets().any(|set| set == name) {
                let problem = format!("`{}` is a set of lots: take another name", shown(name));
                return Err(refused(name, None, problem));
            }
            book.claim(name, number, name).map_err(|problem| refused(name, None, problem))?;
            let formula = formula.trim().to_owned();
            book.lots.push(Lot {
                name: name.to_owned(),
                aliases: Vec::new(),
                sets: Vec::new(),
                day: formula.clone(),
                night: formula,
                source: String::new(),
                about: String::new(),
            });
        }
        for &(name, formula) in own {
            let formula = formula.trim();
            let program = formula::compile(formula, |name| book.resolve(name)).map_err(|fault| {
                let character = formula.get(..fault.at).map(|before| before.chars().count() + 1);
                refused(name, character, fault.problem)
            })?;
            book.programs.push([program.clone(), program]);
        }
        book.order = book
            .ordered()
            .map_err(|(lot, problem)| refused(&book.lots[usize::from(lot)].name, None, problem))?;
        Ok(book)
    }

    /// Every lot, in the order of the files.
    #[must_use]
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// The lot of a name or alias in lower case.
    #[must_use]
    pub fn lot(&self, name: &str) -> Option<&Lot> {
        self.number_of(name).map(|number| &self.lots[usize::from(number)])
    }

    /// The names of all sets, `all` included.
    pub fn sets(&self) -> impl Iterator<Item = &str> {
        self.sets.iter().map(String::as_str).chain([ALL])
    }

    /// Whether a lot was brought along by [`Book::with`].
    pub(super) fn is_own(&self, lot: u16) -> bool {
        usize::from(lot) + self.own >= self.lots.len()
    }

    pub(super) fn number_of(&self, name: &str) -> Option<u16> {
        self.numbers.get(name).copied()
    }

    /// Names and aliases.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.numbers.keys().map(String::as_str)
    }

    pub(super) fn order(&self) -> &[u16] {
        &self.order
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    /// By day and by night.
    pub(super) fn programs(&self, lot: u16) -> [&[Op]; 2] {
        let [day, night] = &self.programs[usize::from(lot)];
        [day, night]
    }

    /// Notes a lot's names.
    fn enter(&mut self, source: Source<'_>, entry: &Entry) -> Result<(), Error> {
        let number = self.lots.len();
        let lot = Some(entry.name.get_ref().as_str());
        if number == MOST_LOTS {
            let problem = format!("a book has at most {MOST_LOTS} lots: leave out what nobody asks for");
            return Err(source.error(entry.name.span().start, lot, problem));
        }
        for name in std::iter::once(&entry.name).chain(&entry.aliases) {
            let claimed = self.claim(name.get_ref(), number, entry.name.get_ref());
            claimed.map_err(|problem| source.error(name.span().start, lot, problem))?;
        }
        let texts = |all: &[Spanned<String>]| all.iter().map(|one| one.get_ref().clone()).collect();
        self.lots.push(Lot {
            name: entry.name.get_ref().clone(),
            aliases: texts(&entry.aliases),
            sets: texts(&entry.sets),
            day: entry.day.get_ref().clone(),
            night: entry.night.as_ref().unwrap_or(&entry.day).get_ref().clone(),
            source: entry.source.clone(),
            about: entry.about.clone(),
        });
        Ok(())
    }

    /// Notes a name, or an alias, of the lot of a number and a name; or says what is wrong with it.
    fn claim(&mut self, name: &str, number: usize, lot: &str) -> Result<(), String> {
        check_name(name)?;
        if name == ALL {
            return Err("`all` is the set of every lot: take another name".to_owned());
        }
        if name == formula::ARC || meaning(name).is_some() {
            return Err(format!("`{}` means something else in formulas: take another name", shown(name)));
        }
        if let Some(other) = self.numbers.insert(name.to_owned(), number as u16) {
            let other = if usize::from(other) == number {
                lot
            } else {
                self.lots.get(usize::from(other)).map_or("", |lot| lot.name.as_str())
            };
            return Err(format!(
                "the lot `{}` has the name `{}` already: take another name",
                shown(other),
                shown(name)
            ));
        }
        Ok(())
    }

    /// Notes a set, once the names of all lots are known.
    fn enter_set(&mut self, source: Source<'_>, entry: &Entry, set: &Spanned<String>) -> Result<(), Error> {
        let name = set.get_ref();
        let refuse = |problem| Err(source.error(set.span().start, Some(entry.name.get_ref()), problem));
        check_name(name).or_else(refuse)?;
        if name == ALL {
            return refuse("every lot is in the set `all`: leave it out".to_owned());
        }
        if self.numbers.contains_key(name) {
            return refuse(format!("`{}` is a lot: call the set something else", shown(name)));
        }
        self.sets.insert(name.clone());
        Ok(())
    }

    fn compile(
        &mut self,
        source: Source<'_>,
        entry: &Entry,
        text: &Spanned<String>,
    ) -> Result<Vec<Op>, Error> {
        formula::compile(text.get_ref(), |name| self.resolve(name)).map_err(|fault| {
            source.error(source.byte_of(text, fault.at), Some(entry.name.get_ref()), fault.problem)
        })
    }

    /// What a name means in a formula.
    fn resolve(&mut self, name: &str) -> Result<Op, String> {
        if let Some(lot) = self.number_of(name) {
            return Ok(Op::Lot(lot));
        }
        let Some((point, is_ruler)) = meaning(name) else {
            let body = WireBody::from_str(name).err();
            let body = body.as_ref().and_then(Error::suggestion);
            let own = self.names().chain(Angle::names().map(|(name, _)| name)).chain([SYZYGY]);
            let remedy = match suggest::nearest(name, own.chain(body)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "name a body, an angle, cusp_1 to cusp_12, ruler_1 to ruler_12, syzygy or another lot"
                        .to_owned()
                }
            };
            return Err(format!("`{}` is unknown: {remedy}", shown(name)));
        };
        let place = self.points.iter().position(|known| *known == point).unwrap_or_else(|| {
            self.points.push(point);
            self.points.len() - 1
        }) as u16;
        Ok(if is_ruler { Op::Ruler(place) } else { Op::Point(place) })
    }

    /// Lots after those that they are reckoned from, by day or by night; or a lot that is reckoned from itself, with what to say of
    /// that.
    fn ordered(&self) -> Result<Vec<u16>, (u16, String)> {
        self.order_or_circle().map_err(|circle| {
            let name = |lot: &u16| self.lots[usize::from(*lot)].name.as_str();
            let way: Vec<_> = circle.iter().chain(circle.first()).map(name).collect();
            let way = way.join(" from ");
            let problem =
                format!("it is reckoned from itself ({way}): reckon one of them from something else");
            (circle[0], problem)
        })
    }

    /// The same, or the lots that are reckoned from each other in a circle, of which there is one at least.
    fn order_or_circle(&self) -> Result<Vec<u16>, Vec<u16>> {
        let needs: Vec<BTreeSet<u16>> = self
            .programs
            .iter()
            .map(|programs| {
                let ops = programs.iter().flatten();
                ops.filter_map(|op| if let Op::Lot(lot) = op { Some(*lot) } else { None }).collect()
            })
            .collect();
        let mut users = vec![Vec::new(); needs.len()];
        for (lot, needed) in (0_u16..).zip(&needs) {
            for other in needed {
                users[usize::from(*other)].push(lot);
            }
        }
        let mut missing: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
        let mut order: Vec<u16> =
            (0_u16..).zip(&missing).filter(|(_, count)| **count == 0).map(|(lot, _)| lot).collect();
        let mut done = 0;
        while let Some(lot) = order.get(done) {
            for user in &users[usize::from(*lot)] {
                missing[usize::from(*user)] -= 1;
            }
            let ready: Vec<u16> = users[usize::from(*lot)]
                .iter()
                .copied()
                .filter(|user| missing[usize::from(*user)] == 0)
                .collect();
            order.extend(ready);
            done += 1;
        }
        // Who still misses something has a need that does too, so that following such needs comes back to where it has been.
        let unmet = |lot: &u16| missing[usize::from(*lot)] > 0;
        let Some(first) = (0..needs.len() as u16).find(|lot| unmet(lot)) else { return Ok(order) };
        let mut way = vec![first];
        while let Some(next) = needs[usize::from(way[way.len() - 1])].iter().copied().find(unmet) {
            if let Some(begin) = way.iter().position(|passed| *passed == next) {
                return Err(way.split_off(begin));
            }
            way.push(next);
        }
        Err(way)
    }
}

/// The point that a name means by itself, and whether that point's ruler is meant.
fn meaning(name: &str) -> Option<(Point, bool)> {
    let house = |prefix| {
        let number = name.strip_prefix(prefix).filter(|number| !number.starts_with('0'))?;
        number.parse().ok().filter(|house| (1..=12).contains(house)).map(Point::Cusp)
    };
    let angle = || Angle::named(name).map(Point::Angle);
    if name == SYZYGY {
        return Some((Point::Syzygy, false));
    }
    let itself = house("cusp_").or_else(angle).map(|point| (point, false));
    itself
        .or_else(|| house("ruler_").map(|cusp| (cusp, true)))
        .or_else(|| WireBody::from_str(name).ok().map(|body| (Point::Body(body), false)))
}

/// What formulas and lists can name.
fn check_name(name: &str) -> Result<(), String> {
    let fits = name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if fits {
        return Ok(());
    }
    Err(format!(
        "`{}` is no name: take up to {LONGEST_NAME} of a-z, 0-9 and _, with a letter first",
        shown(name)
    ))
}
