//! Reading a words file: every text by its key, each asked for once, so that what nobody asks for is known to be misspelt.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::WordsError;
use super::template::{Slot, Template};
use crate::wire::problem::nearest;

/// Most characters of a text.
const MOST_CHARS: usize = 240;

/// Text that depends on how many there are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Counted {
    /// For certain numbers.
    exact: Vec<(usize, Template)>,
    /// For all others.
    other: Template,
}

impl Counted {
    /// What is said of so many.
    pub(crate) fn of(&self, count: usize) -> &Template {
        let exact = self.exact.iter().find(|(number, _)| *number == count);
        exact.map_or(&self.other, |(_, template)| template)
    }
}

/// Reads the texts of a file. The first thing that is wrong is kept, and told at the end.
pub(super) struct Reader<'t> {
    /// As messages name it.
    file: &'t str,
    table: &'t Table,
    asked_for: BTreeSet<String>,
    wrong: Option<WordsError>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(file: &'t str, table: &'t Table) -> Reader<'t> {
        Reader { file, table, asked_for: BTreeSet::new(), wrong: None }
    }

    /// A text with gaps.
    pub(super) fn template(&mut self, key: &str, allowed: &[Slot]) -> Template {
        let text = self.text(key);
        self.parsed(key, &text, allowed)
    }

    /// The same by numbers, and for all `other` ones.
    pub(super) fn counted(&mut self, key: &str, allowed: &[Slot]) -> Counted {
        let numbers = match self.value(key) {
            Some(Value::Table(forms)) => forms.keys().filter(|name| *name != "other").cloned().collect(),
            _ => Vec::new(),
        };
        let mut exact = Vec::new();
        for name in numbers {
            let key = format!("{key}.{name}");
            match name.parse() {
                Ok(number) => exact.push((number, self.template(&key, allowed))),
                Err(_) => self.fails(&key, "is neither a number nor `other`"),
            }
        }
        Counted { exact, other: self.template(&format!("{key}.other"), allowed) }
    }

    /// A text without gaps.
    pub(super) fn word(&mut self, key: &str) -> Box<str> {
        self.template(key, &[]).fill(&[]).into()
    }

    /// So many texts without gaps.
    pub(super) fn words(&mut self, key: &str, count: usize) -> Vec<Box<str>> {
        self.asked_for.insert(key.to_owned());
        let items = match self.value(key) {
            Some(Value::Array(items)) if items.len() == count => items.clone(),
            Some(_) => {
                self.fails(key, &format!("is no list of {count} texts"));
                Vec::new()
            }
            None => {
                self.misses(key);
                Vec::new()
            }
        };
        let mut words = Vec::with_capacity(count);
        for item in &items {
            let text = self.checked(key, item);
            words.push(self.parsed(key, &text, &[]).fill(&[]).into());
        }
        words
    }

    /// All that was wrong, if anything was, and if nothing, what there is too much.
    pub(super) fn done(self) -> Result<(), WordsError> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let mut keys = Vec::new();
        leaves(self.table, "", &mut keys);
        match keys.into_iter().find(|key| !self.asked_for.contains(key)) {
            None => Ok(()),
            Some(key) => Err(WordsError::Unknown {
                file: self.file.to_owned(),
                suggestion: nearest(&key, self.asked_for.iter().map(String::as_str)).map(str::to_owned),
                key,
            }),
        }
    }

    fn value(&self, key: &str) -> Option<&'t Value> {
        let mut names = key.split('.');
        let first = self.table.get(names.next()?)?;
        names.try_fold(first, |value, name| value.as_table()?.get(name))
    }

    fn text(&mut self, key: &str) -> String {
        self.asked_for.insert(key.to_owned());
        let Some(value) = self.value(key) else {
            self.misses(key);
            return String::new();
        };
        self.checked(key, value)
    }

    fn checked(&mut self, key: &str, value: &Value) -> String {
        match value.as_str() {
            None => self.fails(key, "is no text; put it between quotes"),
            Some("") => self.fails(key, "is empty"),
            Some(text) if text.chars().any(char::is_control) => {
                self.fails(key, "has a line break or another control character; take it away");
            }
            Some(text) if text.chars().count() > MOST_CHARS => {
                self.fails(key, &format!("is longer than {MOST_CHARS} characters; shorten it"));
            }
            Some(text) => return text.to_owned(),
        }
        String::new()
    }

    fn parsed(&mut self, key: &str, text: &str, allowed: &[Slot]) -> Template {
        Template::parse(text, allowed).unwrap_or_else(|what| {
            self.fails(key, &format!("cannot be used: {what}"));
            Template::default()
        })
    }

    fn misses(&mut self, key: &str) {
        let missing = WordsError::Missing { file: self.file.to_owned(), key: key.to_owned() };
        self.wrong.get_or_insert(missing);
    }

    fn fails(&mut self, key: &str, what: &str) {
        let wrong =
            WordsError::Wrong { file: self.file.to_owned(), key: key.to_owned(), what: what.to_owned() };
        self.wrong.get_or_insert(wrong);
    }
}

/// The keys of all that is no table.
fn leaves(table: &Table, within: &str, keys: &mut Vec<String>) {
    for (name, value) in table {
        let key = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        match value {
            Value::Table(inner) => leaves(inner, &key, keys),
            _ => keys.push(key),
        }
    }
}
