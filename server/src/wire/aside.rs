//! What may take long, done on a thread beside the one that serves.

use crate::wire::problem::{Cause, Code, Problem};

/// How many such threads there are in a process at most.
pub(crate) const THREADS: usize = 4;

/// Does it, and hands back what came of it.
pub(crate) async fn done<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Problem::new(Code::Internal, "the work failed; the reason has been logged")
            .cause(Cause::Query(error.to_string())))
    })
}
