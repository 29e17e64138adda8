//! Settings from a file: defaults of the command line, so that a flag wins over the environment, and that over the file.

use std::path::Path;

use clap::{ArgMatches, Command};

/// Parses the command line with the settings of the file that `--config` or `ORRERY_CONFIG` names, if any. Keys are the
/// long flags' names with underscores, such as `ephe = "data/ephe"`.
///
/// # Errors
/// A message, when the file cannot be read or sets what no flag of the program is called. Usage errors and `--help` end
/// the program, as clap does.
pub fn parse(command: Command) -> Result<ArgMatches, String> {
    let matches = command.clone().get_matches();
    let Some(path) = matches.get_one::<String>("config") else { return Ok(matches) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: reading failed: {error}"))?;
    Ok(with_defaults(command, Path::new(path), &text)?.get_matches())
}

/// The command with the file's settings as defaults.
fn with_defaults(mut command: Command, path: &Path, text: &str) -> Result<Command, String> {
    let table: toml::Table = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
    for (key, value) in table {
        let id = key.clone();
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            other => return Err(format!("{}: {key} must be text or a number, not {}", path.display(), other.type_str())),
        };
        let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let mut known = false;
        for name in names {
            command = command.mut_subcommand(name, |sub| {
                if sub.get_arguments().any(|argument| argument.get_id() == id.as_str()) {
                    known = true;
                    sub.mut_arg(&id, |argument| argument.default_value(value.clone()))
                } else {
                    sub
                }
            });
        }
        if !known {
            return Err(format!("{}: there is no setting {key}; a key is a long flag's name", path.display()));
        }
    }
    Ok(command)
}
