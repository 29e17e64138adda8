//! Finding a star by what people call it.

use std::collections::HashMap;

use super::catalogue::Star;
use super::constellations::{CONSTELLATIONS, GREEK};
use crate::suggest;

/// The ways to a star's place in the catalogue.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// By traditional name, folded.
    names: HashMap<String, usize>,
    /// By designation without spaces.
    designations: HashMap<String, usize>,
    /// By designation, folded.
    folded: HashMap<String, usize>,
}

impl Index {
    /// Of stars in the order of the catalogue. The brightest has a name that several share, and the first a
    /// designation.
    pub(super) fn of(stars: &[Star]) -> Index {
        let mut index = Index { names: HashMap::new(), designations: HashMap::new(), folded: HashMap::new() };
        for (at, star) in stars.iter().enumerate() {
            for name in &star.names {
                let holder = index.names.entry(folded(name)).or_insert(at);
                if brightness(star) < brightness(&stars[*holder]) {
                    *holder = at;
                }
            }
            index.designations.entry(without_spaces(&star.designation)).or_insert(at);
            index.folded.entry(folded(&star.designation)).or_insert(at);
        }
        index
    }

    pub(super) fn find(&self, stars: &[Star], text: &str) -> Option<usize> {
        let text = text.trim();
        if let Some((name, designation)) = text.split_once(',') {
            // The name that goes with a designation tells apart stars that share it.
            let designated = self.designated(designation)?;
            let named = self.names.get(&folded(name)).copied();
            return named
                .filter(|&named| stars[named].designation == stars[designated].designation)
                .or(Some(designated));
        }
        self.designations
            .get(&without_spaces(text))
            .or_else(|| self.names.get(&folded(text)))
            .or_else(|| self.folded.get(&folded(text)))
            .copied()
            .or_else(|| self.in_words(stars, text))
    }

    /// By designation alone.
    fn designated(&self, text: &str) -> Option<usize> {
        self.designations.get(&without_spaces(text)).or_else(|| self.folded.get(&folded(text))).copied()
    }

    /// By Bayer's letter or Flamsteed's number and the constellation.
    fn in_words(&self, stars: &[Star], text: &str) -> Option<usize> {
        let (letter, constellation) = split_constellation(text)?;
        let (letter, number) = split_number(&letter);
        let greek = GREEK.iter().find(|(sign, name, code)| {
            letter.eq_ignore_ascii_case(name)
                || letter.eq_ignore_ascii_case(code)
                || (letter.len() == 3 && name.len() > 3 && letter.eq_ignore_ascii_case(&name[..3]))
                || letter.to_lowercase().chars().eq([*sign])
        });
        let Some((.., code)) = greek else {
            // A Latin letter, whose case may matter, or Flamsteed's number.
            let plain = format!("{letter}{number}{constellation}");
            let marked = format!("{letter}_{number}{constellation}");
            let exact = [&plain, &marked].into_iter().find_map(|name| self.designations.get(name));
            return exact.or_else(|| self.folded.get(&folded(&plain))).copied();
        };
        if !number.is_empty() {
            return self.designations.get(&format!("{code}-{number}{constellation}")).copied();
        }
        self.designations.get(&format!("{code}{constellation}")).copied().or_else(|| {
            (1..=9)
                .filter_map(|number| {
                    self.designations.get(&format!("{code}-{number}{constellation}")).copied()
                })
                .min_by(|&a, &b| brightness(&stars[a]).total_cmp(&brightness(&stars[b])))
        })
    }

    /// The known name nearest to one that is not.
    pub(super) fn nearest(&self, stars: &[Star], text: &str) -> Option<String> {
        let text = text.trim().trim_start_matches(',');
        self.nearest_in_words(stars, text).or_else(|| {
            let names = stars.iter().flat_map(|star| star.names.iter().chain([&star.designation]));
            suggest::nearest(text, names.map(String::as_str)).map(str::to_owned)
        })
    }

    /// What is meant by a letter and a constellation of which one or both are misspelt.
    fn nearest_in_words(&self, stars: &[Star], text: &str) -> Option<String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        [2, 1].into_iter().find_map(|count| {
            let before = words.len().checked_sub(count).filter(|before| *before > 0)?;
            let genitives = CONSTELLATIONS.iter().map(|(.., of)| *of);
            let constellation = suggest::nearest(&words[before..].join(" "), genitives)?;
            let given = words[..before].join(" ");
            let letter = suggest::nearest(&given, GREEK.iter().map(|(_, name, _)| *name));
            let meant = [Some(given.as_str()), letter].into_iter().flatten();
            meant
                .map(|letter| format!("{letter} {constellation}"))
                .find(|name| self.in_words(stars, name).is_some())
        })
    }
}

/// Magnitude, where what has none is fainter than all that have one.
fn brightness(star: &Star) -> f64 {
    star.magnitude.unwrap_or(f64::INFINITY)
}

/// What stands before a constellation, and the constellation's abbreviation.
fn split_constellation(text: &str) -> Option<(String, &'static str)> {
    let text = text.replace('_', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    for count in [2, 1] {
        let Some(before) = words.len().checked_sub(count) else { continue };
        let name = words[before..].join(" ");
        let known = CONSTELLATIONS.iter().find(|(short, long, of)| {
            [short, long, of].iter().any(|known| known.eq_ignore_ascii_case(&name))
        });
        if let Some((short, ..)) = known
            && before > 0
        {
            return Some((words[..before].concat(), short));
        }
    }
    // A Greek sign needs no space after it.
    let [word] = words[..] else { return None };
    let sign = word.chars().next()?;
    let is_greek = GREEK.iter().any(|(known, ..)| sign.to_lowercase().eq([*known]));
    let rest = word[sign.len_utf8()..].trim_start_matches(|c: char| digit(c).is_some());
    let letter = &word[..word.len() - rest.len()];
    let (short, ..) = CONSTELLATIONS.iter().find(|(short, ..)| short.eq_ignore_ascii_case(rest))?;
    is_greek.then(|| (letter.to_owned(), *short))
}

/// The letter and the number after it, which may be raised.
fn split_number(letter: &str) -> (&str, String) {
    if letter.bytes().all(|byte| byte.is_ascii_digit()) {
        return (letter, String::new());
    }
    let bare = letter.trim_end_matches(|c: char| digit(c).is_some());
    let number = letter[bare.len()..].chars().filter_map(digit).collect();
    (bare.trim_end_matches('-'), number)
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        _ => None,
    }
}

/// Letters and digits, in lower case.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn without_spaces(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}
