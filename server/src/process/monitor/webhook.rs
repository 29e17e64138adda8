//! Alerts on their way to who is to hear of them: one after the other, tried again, given up after a while, and never in the
//! way of anything else.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::{info, warn};
use ureq::tls::{RootCerts, TlsConfig};

use super::state::Deliveries;
use crate::config::Alerts;

/// Messages that may wait.
const MOST_WAITING: usize = 64;

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    address: String,
    token_file: Option<PathBuf>,
    timeout: Duration,
}

impl Target {
    /// The one that the settings name, if they do.
    pub(super) fn of(settings: &Alerts) -> Option<Target> {
        let token = &settings.webhook_token_file;
        (!settings.webhook.is_empty()).then(|| Target {
            address: settings.webhook.clone(),
            token_file: (!token.as_os_str().is_empty()).then(|| token.clone()),
            timeout: Duration::from_secs(settings.webhook_timeout_s),
        })
    }

    /// Posts a document there.
    fn post(&self, body: &str) -> Result<(), String> {
        // By the certificates that the machine trusts: who is to be told of alerts is often known to that machine alone.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(self.timeout))
            .max_redirects(0)
            .tls_config(tls)
            .user_agent(concat!("orrery/", env!("CARGO_PKG_VERSION")));
        let agent = ureq::Agent::new_with_config(config.build());
        let mut request = agent.post(&self.address).header("content-type", "application/json");
        if let Some(path) = &self.token_file {
            // Read each time, for tokens are renewed.
            let token = std::fs::read_to_string(path)
                .map_err(|error| format!("alerts.webhook_token_file, {}: {error}", path.display()))?;
            request = request.header("authorization", format!("Bearer {}", token.trim()));
        }
        // What it says names no address, which may hold a secret.
        let status = request.send(body).map_err(|error| error.to_string())?.status();
        // Who sends it elsewhere has not taken it, and elsewhere is nobody that the settings name.
        if status.is_success() { Ok(()) } else { Err(format!("http status: {}", status.as_u16())) }
    }
}

/// How often, and for how long, a message is tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// The pause behind the first try; each further one is twice as long.
    pub(super) first_pause: Duration,
    pub(super) longest_pause: Duration,
    pub(super) tries: u32,
}

impl Patience {
    /// For about a quarter of an hour.
    pub(super) const USUAL: Patience =
        Patience { first_pause: Duration::from_secs(1), longest_pause: Duration::from_mins(2), tries: 14 };
}

/// Posts what it is given.
#[derive(Debug)]
pub(super) struct Webhook {
    waiting: mpsc::Sender<(Target, String)>,
    tally: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    delivered: AtomicU64,
    dropped: AtomicU64,
}

impl Webhook {
    /// Starts to post, on the runtime that this is called on.
    pub(super) fn start(patience: Patience) -> Webhook {
        let (waiting, messages) = mpsc::channel(MOST_WAITING);
        let tally = Arc::new(Tally::default());
        tokio::spawn(deliver(messages, Arc::clone(&tally), patience));
        Webhook { waiting, tally }
    }

    /// Has a document posted some time.
    pub(super) fn post(&self, target: Target, body: String) {
        if self.waiting.try_send((target, body)).is_err() {
            self.tally.dropped.fetch_add(1, Relaxed);
            warn!("an alert is not posted: {MOST_WAITING} wait for alerts.webhook already, which takes none");
        }
    }

    pub(super) fn deliveries(&self) -> Deliveries {
        Deliveries {
            delivered: self.tally.delivered.load(Relaxed),
            dropped: self.tally.dropped.load(Relaxed),
        }
    }
}

/// Posts messages in their order, until nobody is left who could give more.
async fn deliver(mut messages: mpsc::Receiver<(Target, String)>, tally: Arc<Tally>, patience: Patience) {
    while let Some((target, body)) = messages.recv().await {
        let body: Arc<str> = body.into();
        let mut pause = patience.first_pause;
        for nth in 1..=patience.tries {
            let (target, body) = (target.clone(), Arc::clone(&body));
            let posted = spawn_blocking(move || target.post(&body)).await;
            let failure = match posted {
                Ok(Ok(())) => {
                    tally.delivered.fetch_add(1, Relaxed);
                    info!(tries = nth, "an alert was posted to alerts.webhook");
                    break;
                }
                Ok(Err(failure)) => failure,
                Err(panic) => panic.to_string(),
            };
            if nth == patience.tries {
                tally.dropped.fetch_add(1, Relaxed);
                warn!(
                    failure,
                    tries = nth,
                    "an alert could not be posted to alerts.webhook, and is given up"
                );
            } else {
                warn!(
                    failure,
                    pause_ms = pause.as_millis() as u64,
                    "an alert could not be posted: trying again"
                );
                sleep(pause).await;
                pause = (pause * 2).min(patience.longest_pause);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Mutex;
    use std::thread;

    use tokio::time::timeout;

    use super::*;

    /// What a listener does with each request in its turn.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Does {
        Takes,
        Fails,
        /// It closes without a word.
        Refuses,
        /// It says nothing for longer than anybody waits.
        Sleeps,
        Redirects,
    }

    fn request(stream: &mut TcpStream) -> String {
        let (mut text, mut bytes) = (String::new(), [0; 4096]);
        loop {
            let length = stream.read(&mut bytes).unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(&bytes[..length]));
            let is_whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                let length = head.to_ascii_lowercase();
                let length = length
                    .split("content-length: ")
                    .nth(1)
                    .and_then(|rest| rest.lines().next()?.parse().ok());
                body.len() >= length.unwrap_or(0)
            });
            if length == 0 || is_whole {
                return text;
            }
        }
    }

    /// A listener that does this with one request after the other; where it is, and what it was sent.
    fn listener(course: &'static [Does]) -> (Alerts, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let webhook = format!("http://{}/hook?key=s3cret", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let sent = Arc::clone(&seen);
        thread::spawn(move || {
            let mut asleep = Vec::new();
            for does in course {
                let (mut stream, _) = listener.accept().unwrap();
                let whole = request(&mut stream);
                sent.lock().unwrap().push(whole);
                let status = match does {
                    Does::Takes => "204 No Content",
                    Does::Fails => "500 Internal Server Error",
                    Does::Redirects => "302 Found\r\nlocation: http://127.0.0.1:1/",
                    Does::Refuses => continue,
                    Does::Sleeps => {
                        asleep.push(stream);
                        continue;
                    }
                };
                let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        });
        (Alerts { webhook, webhook_timeout_s: 1, ..Alerts::default() }, seen)
    }

    const QUICK: Patience =
        Patience { first_pause: Duration::from_millis(1), longest_pause: Duration::from_millis(4), tries: 6 };

    async fn until(webhook: &Webhook, is_so: impl Fn(Deliveries) -> bool) {
        let comes = async {
            while !is_so(webhook.deliveries()) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(30), comes).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_taken_is_tried_again_until_it_is() {
        use Does::{Fails, Redirects, Refuses, Sleeps, Takes};
        let (mut settings, seen) = listener(&[Sleeps, Refuses, Fails, Redirects, Takes, Takes]);
        let dir = tempfile::tempdir().unwrap();
        settings.webhook_token_file = dir.path().join("token");
        std::fs::write(&settings.webhook_token_file, "open-sesame\n").unwrap();
        let webhook = Webhook::start(QUICK);
        for body in ["{\"one\":1}", "{\"two\":2}"] {
            webhook.post(Target::of(&settings).unwrap(), body.to_owned());
        }
        until(&webhook, |told| told.delivered == 2).await;
        assert_eq!(webhook.deliveries().dropped, 0);
        let seen = seen.lock().unwrap().clone();
        let last = |nth: usize| seen[nth].rsplit("\r\n").next().unwrap();
        assert_eq!((seen.len(), last(0), last(4), last(5)), (6, "{\"one\":1}", "{\"one\":1}", "{\"two\":2}"));
        for request in &seen {
            assert!(request.starts_with("POST /hook?key=s3cret HTTP/1.1\r\n"), "{request}");
            let lower = request.to_ascii_lowercase();
            assert!(lower.contains("content-type: application/json"), "{request}");
            assert!(lower.contains("authorization: bearer open-sesame\r\n"), "{request}");
        }
    }

    #[tokio::test]
    async fn what_nobody_takes_is_given_up_and_the_next_has_its_turn() {
        use Does::{Fails, Takes};
        let (settings, seen) = listener(&[Fails, Fails, Fails, Fails, Fails, Fails, Takes]);
        let webhook = Webhook::start(QUICK);
        for body in ["{\"one\":1}", "{\"two\":2}"] {
            webhook.post(Target::of(&settings).unwrap(), body.to_owned());
        }
        until(&webhook, |told| told.delivered == 1).await;
        assert_eq!((webhook.deliveries().dropped, seen.lock().unwrap().len()), (1, 7));
    }

    #[tokio::test]
    async fn who_takes_nothing_stops_nobody() {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let settings = Alerts { webhook: format!("http://{gone}/s3cret"), ..Alerts::default() };
        let webhook = Webhook::start(Patience { first_pause: Duration::from_hours(1), ..QUICK });
        for nth in 0..200 {
            webhook.post(Target::of(&settings).unwrap(), nth.to_string());
        }
        assert!(webhook.deliveries().dropped >= 200 - MOST_WAITING as u64 - 1);
        assert_eq!(Target::of(&Alerts::default()), None);
        let failure = Target::of(&settings).unwrap().post("{}").unwrap_err();
        assert!(!failure.is_empty() && !failure.contains("s3cret"), "{failure}");
        let without_token = Alerts { webhook_token_file: "/no/such/token".into(), ..settings };
        let failure = Target::of(&without_token).unwrap().post("{}").unwrap_err();
        assert!(failure.contains("alerts.webhook_token_file, /no/such/token"), "{failure}");
    }
}
