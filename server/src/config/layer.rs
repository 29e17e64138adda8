//! Where settings come from: one layer over the other, each value with the name that it was given under.

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::error::ConfigError;
use super::keys::{Allowed, Key};
use crate::wire::problem::nearest;

/// Values of settings by their keys, and where they are from.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    values: Vec<(Key, String, Value)>,
}

impl Layer {
    /// Those of a settings file.
    ///
    /// # Errors
    /// It cannot be read, is not TOML, or holds an unknown key.
    pub fn read(path: &Path, known: &[Key]) -> Result<Layer, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Layer::parse(path, &text, known)
    }

    /// Those of the text of a settings file.
    pub(crate) fn parse(path: &Path, text: &str, known: &[Key]) -> Result<Layer, ConfigError> {
        let table: Table = toml::from_str(text).map_err(|error| ConfigError::Invalid {
            path: path.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        let mut layer = Layer::default();
        layer.take(path, "", &table, known)?;
        Ok(layer)
    }

    fn take(&mut self, path: &Path, within: &str, table: &Table, known: &[Key]) -> Result<(), ConfigError> {
        for (name, value) in table {
            if let Some(key) = known.iter().find(|key| key.table == within && key.name == name) {
                let setting = format!("{}: {}", path.display(), key.path());
                self.values.push((*key, setting, value.clone()));
            } else if within.is_empty() && known.iter().any(|key| key.table == name) {
                let Value::Table(inner) = value else {
                    return Err(ConfigError::Value {
                        setting: format!("{}: {name}", path.display()),
                        value: value.to_string(),
                        remedy: format!("give a table, [{name}]"),
                    });
                };
                self.take(path, name, inner, known)?;
            } else {
                return Err(unknown(path, within, name, known));
            }
        }
        Ok(())
    }

    /// Those of flags and of the environment, as clap found them.
    ///
    /// # Errors
    /// A value has the wrong type.
    pub fn of_matches(matches: &ArgMatches, known: &[Key], defaults: &Table) -> Result<Layer, ConfigError> {
        let mut layer = Layer::default();
        for key in known {
            let flag = key.flag();
            let Some(text) = matches.get_one::<String>(&flag) else { continue };
            let setting = match matches.value_source(&flag) {
                Some(ValueSource::EnvVariable) => key.variable(),
                _ => format!("--{flag}"),
            };
            let value = leaf(defaults, key).and_then(|default| read_as(text, default));
            let value = value.ok_or_else(|| refused(&setting, &format!("{text:?}"), key, defaults))?;
            layer.values.push((*key, setting, value));
        }
        Ok(layer)
    }

    /// Lays this over a tree of settings.
    ///
    /// # Errors
    /// A value has the wrong type, or is not one of those that are allowed.
    pub fn over(self, tree: &mut Table, defaults: &Table) -> Result<(), ConfigError> {
        for (key, setting, value) in self.values {
            let fits = leaf(defaults, &key).is_some_and(|default| same_type(default, &value));
            if !fits || !is_allowed(&key.allowed, &value) {
                return Err(refused(&setting, &value.to_string(), &key, defaults));
            }
            if let Some(table) = place(tree, &key) {
                table.insert(key.name.to_owned(), value);
            }
        }
        Ok(())
    }
}

/// What stands in a tree under a key.
pub(crate) fn leaf<'a>(tree: &'a Table, key: &Key) -> Option<&'a Value> {
    if key.table.is_empty() { tree.get(key.name) } else { tree.get(key.table)?.get(key.name) }
}

/// The table of a tree that a key stands in.
fn place<'a>(tree: &'a mut Table, key: &Key) -> Option<&'a mut Table> {
    if key.table.is_empty() { Some(tree) } else { tree.get_mut(key.table)?.as_table_mut() }
}

fn same_type(default: &Value, value: &Value) -> bool {
    default.same_type(value)
        || (default.is_float() && value.is_integer())
        // What a list holds is text.
        && value.as_array().is_none_or(|list| list.iter().all(Value::is_str))
}

fn is_allowed(allowed: &Allowed, value: &Value) -> bool {
    match (allowed, value) {
        (Allowed::Between { least, most, .. }, Value::Integer(number)) => {
            (*least..=*most).contains(&(*number as f64))
        }
        (Allowed::Between { least, most, .. }, Value::Float(number)) => (*least..=*most).contains(number),
        (Allowed::OneOf(words), Value::String(word)) => words.contains(&word.as_str()),
        // No setting is a number without bounds: what is below zero would be none of ours.
        (Allowed::Any, Value::Integer(number)) => *number >= 0,
        (Allowed::Any, _) => true,
        _ => false,
    }
}

/// A text, from a flag or a variable, as a value of the same type as another.
fn read_as(text: &str, like: &Value) -> Option<Value> {
    match like {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Float(_) => text.parse().ok().map(Value::Float),
        Value::Boolean(_) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" | "y" | "t" => Some(Value::Boolean(true)),
            "false" | "no" | "off" | "0" | "n" | "f" => Some(Value::Boolean(false)),
            _ => None,
        },
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
        }
        Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn refused(setting: &str, value: &str, key: &Key, defaults: &Table) -> ConfigError {
    let kind = match leaf(defaults, key) {
        Some(Value::Boolean(_)) => "true or false",
        Some(Value::Integer(_)) => "a whole number",
        Some(Value::Float(_)) => "a number",
        Some(Value::Array(_)) => "a list of texts",
        _ => "text in quotes",
    };
    let given = value.trim_matches('"');
    let near = match key.allowed {
        Allowed::OneOf(words) => nearest(given, words.iter().copied()),
        _ => None,
    };
    let remedy = match near {
        Some(near) => format!("did you mean {near}?"),
        None => format!("give {}", key.allowed.expected().unwrap_or_else(|| kind.to_owned())),
    };
    ConfigError::Value { setting: setting.to_owned(), value: value.to_owned(), remedy }
}

fn unknown(path: &Path, within: &str, name: &str, known: &[Key]) -> ConfigError {
    let mut names: Vec<&str> = known.iter().filter(|key| key.table == within).map(|key| key.name).collect();
    if within.is_empty() {
        names.extend(known.iter().map(|key| key.table).filter(|table| !table.is_empty()));
    }
    names.sort_unstable();
    names.dedup();
    // A key that stands in the wrong place is told its right one.
    let elsewhere = known.iter().find(|key| key.name == name).map(Key::path);
    let near = nearest(name, names.iter().copied()).map(str::to_owned);
    ConfigError::UnknownKey {
        path: path.to_owned(),
        key: if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") },
        suggestion: near.or(elsewhere),
        known: names.into_iter().map(str::to_owned).collect(),
    }
}

/// Adds a flag for each key to a command, with its variable.
#[must_use]
pub(super) fn add_flags(mut command: Command, known: &[Key], defaults: &Table) -> Command {
    for key in known {
        let default = leaf(defaults, key);
        let mut help = key.text();
        if let Some(expected) = key.allowed.expected() {
            help = format!("{help} {expected}.");
        }
        if let Some(default) = default {
            help = format!("{help} [default: {default}]");
        }
        let mut arg = Arg::new(key.flag())
            .long(key.flag())
            .env(key.variable())
            .value_name("VALUE")
            .help(help)
            .hide_env_values(true)
            .hide_short_help(!key.table.is_empty());
        if default.is_some_and(Value::is_bool) {
            arg = arg.num_args(0..=1).default_missing_value("true");
        }
        command = command.arg(arg);
    }
    command.arg(
        Arg::new("config")
            .long("config")
            .env("ORRERY_CONFIG")
            .value_name("FILE")
            .value_parser(NonEmptyStringValueParser::new())
            .help("TOML file with settings; flags win over ORRERY_… variables, and these over the file"),
    )
}

/// The file that `--config` names.
#[must_use]
pub(super) fn file(matches: &ArgMatches) -> Option<PathBuf> {
    matches.get_one::<String>("config").map(PathBuf::from)
}

/// A tree as settings. What is wrong with it is told by the key that it stands under, found by trying each on its own.
pub(super) fn typed<T: DeserializeOwned + Default + Serialize>(
    tree: &Table,
    known: &[Key],
) -> Result<T, ConfigError> {
    let error = match tree.clone().try_into::<T>() {
        Ok(settings) => return Ok(settings),
        Err(error) => error,
    };
    let alone = |key: &&Key| {
        let mut other = Table::try_from(T::default()).unwrap_or_default();
        let value = leaf(tree, key).cloned()?;
        place(&mut other, key)?.insert(key.name.to_owned(), value.clone());
        let error = other.try_into::<T>().err()?;
        Some((key.path(), value.to_string(), error))
    };
    let found = known.iter().find_map(|key| alone(&key));
    let (setting, value, error) = found.unwrap_or_else(|| ("settings".to_owned(), tree.to_string(), error));
    Err(ConfigError::Value { setting, value, remedy: error.message().to_owned() })
}
