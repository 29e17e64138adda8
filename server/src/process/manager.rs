//! What the service manager that started this is told, if it wants to be told anything: systemd, by `sd_notify`.

use sd_notify::NotifyState;
use tokio::time::sleep;
use tracing::debug;

fn tell(what: &[NotifyState<'_>]) {
    // Where nobody wants to know, that is no error.
    if let Err(error) = sd_notify::notify(what) {
        debug!(%error, "the service manager cannot be told anything");
    }
}

/// Everything serves.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The settings are read again; [`ready`] says when that is done.
pub(crate) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// It ends.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// What it does, in a line.
pub(crate) fn status(line: &str) {
    tell(&[NotifyState::Status(line)]);
}

/// Shows signs of life for good, where any are wanted: twice in the time after which none would mean that this hangs.
pub(crate) async fn show_life() {
    let Some(most) = sd_notify::watchdog_enabled().filter(|most| !most.is_zero()) else { return };
    loop {
        tell(&[NotifyState::Watchdog]);
        sleep(most / 2).await;
    }
}
