//! After a swap of generations: what was asked for most is computed anew, before anybody has to wait for it.
//!
//! What is kept was found by the blocks that had to do with it, or could have had. Where the new tables have others, it is
//! never found again, and where they answer all of it nobody looks for it any more. So what was wanted most is asked for
//! once more, as its client asked: that computes it anew, finds it as it was, or finds out that tables answer. What nobody
//! has asked for by then, neither this nor a client, is dropped.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::{debug, info};

use crate::app::App;
use crate::routes::{self, Asked};
use crate::wire::request::Request;

/// Pause between two looks whether clients leave a live thread free.
const PAUSE: Duration = Duration::from_millis(20);

/// After which time no more is computed anew.
const LONGEST: Duration = Duration::from_mins(1);

/// Asks once more for what was wanted most, one after the other, and only while no client waits for a live thread.
pub(crate) async fn renew(app: Arc<App>) {
    let shelf = Arc::clone(&app.remainder().shelf);
    let (era, until) = (shelf.era(), Instant::now() + LONGEST);
    let wanted = shelf.most_wanted();
    let mut asked = 0;
    for wanted in &wanted {
        while app.live().is_some_and(|live| !live.is_idle()) && Instant::now() < until {
            sleep(PAUSE).await;
        }
        // The next generation has its own turn, and what memory has no room for is not computed.
        if shelf.era() != era || app.is_draining() || app.memory().is_short() || Instant::now() >= until {
            break;
        }
        let request = Request::again(&wanted.target, wanted.format, wanted.times / 2);
        let Some(request) = request.map(Arc::new) else { continue };
        let outcome = match routes::ask(wanted.resource, &app, &request) {
            Asked::Now(outcome) => outcome,
            Asked::Later(reply) => reply.await,
        };
        if let Err(problem) = outcome {
            debug!(code = problem.code.name(), "an answer could not be computed anew");
        }
        asked += 1;
        tokio::task::yield_now().await;
    }
    if shelf.era() == era {
        shelf.drop_superseded();
        info!(asked, "went through what is kept, for the new tables");
    }
}
