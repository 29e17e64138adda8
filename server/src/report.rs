//! `orrery-server report`: how a running server has been doing, for people.

mod targets;
mod text;

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use targets::{Target, targets};

/// How long the server may take to tell.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// Nobody answers there.
    #[error(
        "{url}: nobody tells of a server there: {reason}; start one, or give --url the address that it printed"
    )]
    Unreachable {
        /// What was asked.
        url: String,
        /// What the client said.
        reason: String,
    },
    /// Somebody else answers there.
    #[error(
        "{url}: what answers there is no Orrery server: {reason}; give --url the address that it printed"
    )]
    Stranger {
        /// What was asked.
        url: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

/// A report.
#[derive(Debug, Serialize)]
struct Report {
    url: String,
    /// What the service is to reach, and whether it does.
    targets: Vec<Target>,
    /// What the server tells of itself.
    status: Value,
}

/// Asks the server at an address how it is, and writes a report.
///
/// # Errors
/// No server answers there.
pub fn report(url: &str, form: Form) -> Result<String, ReportError> {
    let url = url.trim_end_matches('/');
    let url = url.strip_suffix("/status").unwrap_or(url);
    let report = Report::of(url, ask(&format!("{url}/status"))?)?;
    Ok(match form {
        Form::Text => text::of(&report),
        // Numbers, text and lists under names: there is nothing in it that JSON could not hold.
        Form::Json => serde_json::to_string_pretty(&report).unwrap_or_default() + "\n",
    })
}

/// The document at an address.
fn ask(url: &str) -> Result<Value, ReportError> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .user_agent(concat!("orrery-report/", env!("CARGO_PKG_VERSION")));
    let unreachable =
        |error: ureq::Error| ReportError::Unreachable { url: url.to_owned(), reason: error.to_string() };
    let mut reply = ureq::Agent::new_with_config(config.build()).get(url).call().map_err(unreachable)?;
    let text = reply.body_mut().read_to_string().map_err(unreachable)?;
    serde_json::from_str(&text)
        .map_err(|error| ReportError::Stranger { url: url.to_owned(), reason: error.to_string() })
}

impl Report {
    fn of(url: &str, status: Value) -> Result<Report, ReportError> {
        for member in ["health", "recent", "totals", "workers"] {
            if status.get(member).is_none() {
                let reason = format!("its /status has no {member}");
                return Err(ReportError::Stranger { url: url.to_owned(), reason });
            }
        }
        Ok(Report { url: url.to_owned(), targets: targets(&status), status })
    }
}

#[cfg(test)]
mod tests;
