//! What is taken for out of order, and who is told of it.

use std::path::PathBuf;
use std::time::Duration;

use http::Uri;

use super::error::ConfigError;
use super::keys::settings;

settings! {
    /// What is taken for out of order, and who is told of it. Of each pair the first value warns, and the second is critical; what
    /// was raised is cleared once it is a tenth better than what raised it.
    pub struct Alerts in "alerts" {
        /// Whether anything is taken for out of order at all; what is counted is told either way.
        enabled: bool = true;
        /// Pause between two looks at what was counted.
        every_s: u64 = 10, from 1 to 300 of "seconds";
        /// The stretch of the recent past over which latency, errors and the share of tables are judged.
        window_s: u64 = 300, from 1 to 3600 of "seconds";
        /// Requests of /v1 in that stretch, fewer of which say nothing.
        least_requests: u64 = 100, from 1 to 1_000_000_000 of "requests";
        /// Time within which 95 of 100 replies are made.
        latency_warn_ms: f64 = 1500.0, from 0 to 86_400_000 of "milliseconds";
        /// The same, critical.
        latency_critical_ms: f64 = 2500.0, from 0 to 86_400_000 of "milliseconds";
        /// Share of computed replies that nothing live was needed for; less of it is out of order.
        hit_share_warn: f64 = 0.6, from 0 to 1 of "as a share of all";
        /// The same, critical.
        hit_share_critical: f64 = 0.4, from 0 to 1 of "as a share of all";
        /// Replies of the classes 500 to 599 among all.
        errors_warn_percent: f64 = 5.0, from 0 to 100 of "percent";
        /// The same, critical.
        errors_critical_percent: f64 = 10.0, from 0 to 100 of "percent";
        /// What all processes need for themselves, of the machine's memory or of what their control group may have.
        memory_warn_percent: f64 = 80.0, from 0 to 100 of "percent";
        /// The same, critical.
        memory_critical_percent: f64 = 95.0, from 0 to 100 of "percent";
        /// What processes that have lived that long have grown by in ten minutes, all together.
        growth_warn_mb: f64 = 100.0, from 0 to 1_000_000_000 of "megabytes";
        /// The same, critical.
        growth_critical_mb: f64 = 400.0, from 0 to 1_000_000_000 of "megabytes";
        /// How many times as long 95 of 100 replies take in the last five minutes as they usually did in the hour before.
        slowdown_warn: f64 = 3.0, from 1 to 1_000_000 of "times";
        /// The same, critical.
        slowdown_critical: f64 = 10.0, from 1 to 1_000_000 of "times";
        /// Time up to which replies are quick enough, however quick they were before.
        slowdown_least_ms: f64 = 10.0, from 0 to 86_400_000 of "milliseconds";
        /// Where alerts are posted to as JSON, such as `https://alerts.example.org/orrery`; empty for nowhere.
        /// One that is raised when the server ends is not told of as cleared.
        webhook: String = String::new();
        /// File with a token that is sent with them, as `Authorization: Bearer`; it is read each time. Empty for none.
        webhook_token_file: PathBuf = PathBuf::new();
        /// How long posting one may take.
        webhook_timeout_s: u64 = 5, from 1 to 300 of "seconds";
    }
}

impl Alerts {
    pub(crate) fn every(&self) -> Duration {
        Duration::from_secs(self.every_s)
    }

    /// What no single value shows.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refused = |setting: &str, value: String, remedy: String| {
            Err(ConfigError::Value { setting: format!("alerts.{setting}"), value, remedy })
        };
        for (name, warn, critical) in [
            ("latency_critical_ms", self.latency_warn_ms, self.latency_critical_ms),
            ("errors_critical_percent", self.errors_warn_percent, self.errors_critical_percent),
            ("memory_critical_percent", self.memory_warn_percent, self.memory_critical_percent),
            ("growth_critical_mb", self.growth_warn_mb, self.growth_critical_mb),
            ("slowdown_critical", self.slowdown_warn, self.slowdown_critical),
        ] {
            if critical < warn {
                let remedy = format!("give {warn}, at which is warned, or more");
                return refused(name, critical.to_string(), remedy);
            }
        }
        if self.hit_share_critical > self.hit_share_warn {
            let remedy = format!("give {}, at which is warned, or less", self.hit_share_warn);
            return refused("hit_share_critical", self.hit_share_critical.to_string(), remedy);
        }
        if !self.webhook.is_empty() && !is_address(&self.webhook) {
            // An address may hold a secret, which nobody is to find in a log.
            let remedy = "give an address such as \"https://alerts.example.org/orrery\", or nothing at all";
            return refused("webhook", "what is given".to_owned(), remedy.to_owned());
        }
        Ok(())
    }
}

/// Whether something can be posted there.
fn is_address(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|address| {
        matches!(address.scheme_str(), Some("http" | "https"))
            && address.host().is_some_and(|host| !host.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let usual = Alerts::default();
        usual.check().unwrap();
        let webhook = |address: &str| Alerts { webhook: address.to_owned(), ..usual.clone() };
        for address in ["http://127.0.0.1:9000", "https://alerts.example.org/a?b=c"] {
            webhook(address).check().unwrap();
        }
        for (alerts, message) in [
            (
                Alerts { latency_critical_ms: 1.0, ..usual.clone() },
                "alerts.latency_critical_ms = 1: give 1500",
            ),
            (
                Alerts { hit_share_critical: 0.7, ..usual.clone() },
                "alerts.hit_share_critical = 0.7: give 0.6",
            ),
            (webhook("alerts.example.org/s3cret"), "alerts.webhook = what is given: give an address"),
            (webhook("ftp://alerts.example.org/s3cret"), "alerts.webhook"),
            (webhook("https:///s3cret"), "alerts.webhook"),
        ] {
            let error = alerts.check().unwrap_err().to_string();
            assert!(error.contains(message) && !error.contains("s3cret"), "{error}");
        }
    }
}
