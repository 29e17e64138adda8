//! The accept loop: from a bound listener to connections with limits, and their graceful end.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body as _, Incoming};
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tracing::{debug, info, warn};

use crate::app::App;
use crate::config::Limits;
use crate::wire::guard::{Guard, Watch};
use crate::wire::service::service;

/// How long a server that was told to stop goes on answering on open connections before it closes them: time for
/// requests that were on their way.
const LINGER: Duration = Duration::from_millis(200);

/// Pause after the system refused to accept, as it does when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Pings that tell whether an HTTP/2 client is still there, and how long it may take to answer one.
const PING: Duration = Duration::from_secs(20);

/// hyper's own limit, up to which it keeps fields on the stack.
const DEFAULT_HEADERS: usize = 100;

/// Answers requests on the listener's connections until `shutdown` ends and open requests are answered.
///
/// Afterwards the listener is closed, and with it what waited in its queue; whoever needs the queue to outlive this
/// call keeps a duplicate of the socket.
pub async fn serve(listener: TcpListener, app: Arc<App>, shutdown: impl Future<Output = ()>) {
    let builder = builder(app.limits());
    let connections = Arc::new(Semaphore::new(app.limits().connections));
    let graceful = GracefulShutdown::new();
    let service = service(&app);
    let mut shutdown = pin!(shutdown);
    loop {
        // The place first, the connection after: a full server leaves clients in the listen queue.
        let place = tokio::select! {
            () = &mut shutdown => break,
            place = Arc::clone(&connections).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(%error, "cannot accept; is the limit of open files (ulimit -n) above limits.connections?");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "the connection was gone at once");
            continue;
        }
        let watch = Arc::new(Watch::default());
        let io = TokioIo::new(Guard::new(stream, Arc::clone(&watch), app.limits()));
        let service = service.clone();
        let service = service_fn(move |request: http::Request<Incoming>| {
            let serving = watch.enter();
            if !request.body().is_end_stream() {
                watch.leave_unread();
            }
            let reply = service.call(request);
            async move {
                let reply = reply.await;
                drop(serving);
                reply
            }
        });
        let connection = graceful.watch(builder.serve_connection(io, service).into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(error, "connection ended");
            }
            drop(place);
        });
    }
    app.start_draining();
    info!(connections = graceful.count(), "stopping");
    tokio::time::sleep(LINGER).await;
    if tokio::time::timeout(app.limits().drain(), graceful.shutdown()).await.is_err() {
        warn!(seconds = app.limits().drain_s, "connections were still open at the end of limits.drain_s");
    }
}

fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    let mut http1 = builder.http1();
    // The guard keeps the clocks of HTTP/1, those that hyper leaves out included.
    http1.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(limits.header_bytes);
    if limits.headers != DEFAULT_HEADERS {
        http1.max_headers(limits.headers);
    }
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX));
    builder
}
