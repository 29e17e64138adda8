//! What may take long, done on a thread beside the one that serves.

use crate::wire::problem::{Cause, Code, Problem};

/// How many such threads there are in a process at most.
pub(crate) const THREADS: usize = 4;

/// Bodies longer than this are read there: shorter ones take less than a millisecond.
const LONG_BYTES: usize = 16 * 1024;

/// Does it, and hands back what came of it.
pub(crate) async fn done<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Problem::new(Code::Internal, "the work failed; the reason has been logged")
            .cause(Cause::Query(error.to_string())))
    })
}

/// Reads a body of so many bytes: on the spot where that takes no time, and there otherwise.
pub(crate) async fn read<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    if bytes > LONG_BYTES { done(work).await } else { work() }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[tokio::test]
    async fn what_is_long_is_not_read_where_others_are_served() {
        let read_by = async |bytes| read(bytes, || Ok(thread::current().id())).await.unwrap();
        assert_eq!(read_by(LONG_BYTES).await, thread::current().id());
        assert_ne!(read_by(LONG_BYTES + 1).await, thread::current().id());
    }
}
