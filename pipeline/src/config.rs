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
            other => {
                return Err(format!(
                    "{}: {key} must be text or a number, not {}",
                    path.display(),
                    other.type_str()
                ));
            }
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
            return Err(format!(
                "{}: there is no setting {key}; a key is a long flag's name",
                path.display()
            ));
        }
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    fn command() -> Command {
        let out = Arg::new("out").long("out").default_value("datasets");
        Command::new("program").subcommand(Command::new("build").arg(out))
    }

    fn out_of(command: Command, arguments: &[&str]) -> String {
        let matches = command.try_get_matches_from(arguments).unwrap();
        matches.subcommand().unwrap().1.get_one::<String>("out").unwrap().clone()
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let path = Path::new("orrery.toml");
        assert_eq!(out_of(command(), &["program", "build"]), "datasets");
        let configured = || with_defaults(command(), path, "out = \"elsewhere\"").unwrap();
        assert_eq!(out_of(configured(), &["program", "build"]), "elsewhere");
        assert_eq!(out_of(configured(), &["program", "build", "--out", "here"]), "here");
    }

    #[test]
    fn unknown_keys_and_wild_values_are_named() {
        let path = Path::new("orrery.toml");
        let unknown = with_defaults(command(), path, "outt = \"x\"").unwrap_err();
        assert!(unknown.contains("outt") && unknown.contains("orrery.toml"), "{unknown}");
        let wild = with_defaults(command(), path, "out = [1]").unwrap_err();
        assert!(wild.contains("out must be text or a number, not array"), "{wild}");
    }
}
