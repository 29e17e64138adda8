//! The accept loop: from a bound listener to connections with limits, and their graceful end.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::{Service, service_fn};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tracing::{debug, info, warn};

use crate::app::App;
use crate::config::Limits;
use crate::process::counters::Counters;
use crate::process::descriptors;
use crate::wire::content::SENDING_BYTES;
use crate::wire::guard::{Guard, Watch};
use crate::wire::outgoing::Outgoing;
use crate::wire::service::service;
use crate::wire::upgrade::{Place, Upgrade};

/// How long a server that was told to stop goes on answering on open connections before it closes them: time for
/// requests that were on their way.
const LINGER: Duration = Duration::from_millis(200);

/// Pause after the system refused to accept, as it does when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Pings that tell whether an HTTP/2 client is still there, and how long it may take to answer one.
const PING: Duration = Duration::from_secs(20);

/// Requests of one HTTP/2 connection that may be under way at once: as many as RFC 9113 recommends to allow. Each may
/// keep [`SENDING_BYTES`] and a chunk.
const STREAMS: u32 = 100;

/// Bytes that the system keeps for a client before it sends them. Without a limit these are megabytes, of which a third must
/// be gone before any progress is seen; and a client that reads slowly is to be told from one that does not read.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 128 * 1024;

/// hyper's own limit, up to which it keeps fields on the stack.
const DEFAULT_HEADERS: usize = 100;

/// Answers requests on the listener's connections until `shutdown` ends and open requests are answered.
///
/// With the end of `shutdown`, the clients that wait in the listener's queue are taken, and the listener is closed.
/// Replies say `connection: close` from then on. A fifth of a second later idle connections are closed; requests that
/// are being answered have [`Limits::drain_s`] to come to their end.
///
/// From the call on, before anything is awaited, it is seen to serve: who is told that it does may look.
pub fn serve(
    listener: TcpListener,
    app: Arc<App>,
    shutdown: impl Future<Output = ()>,
) -> impl Future<Output = ()> {
    app.counters().serves(app.generation().name());
    async move {
        let (service, counters) = (service(&app), Arc::clone(app.counters()));
        let draining = Arc::clone(&app);
        let threads = app.live().map_or(0, |live| live.threads);
        let most = descriptors::make_room(app.limits().connections, threads);
        let on_drain = move || draining.start_draining();
        accept(listener, app.limits(), most, service, &counters, on_drain, shutdown).await;
    }
}

/// As [`serve`], with any service: the same limits, the same guard, the same end, at the begin of which `on_drain` is
/// called.
pub async fn serve_with<S, B>(
    listener: TcpListener,
    limits: &Limits,
    service: S,
    on_drain: impl FnOnce(),
    shutdown: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Future: Send> + Clone + Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let most = descriptors::make_room(limits.connections, 0);
    match Counters::private() {
        Ok(counters) => {
            accept(listener, limits, most, service, &Arc::new(counters), on_drain, shutdown).await;
        }
        Err(error) => warn!(%error, "no memory for the counters: nothing is served"),
    }
}

/// Accepts at most so many connections at once.
async fn accept<S, B>(
    listener: TcpListener,
    limits: &Limits,
    most: usize,
    service: S,
    counters: &Arc<Counters>,
    on_drain: impl FnOnce(),
    shutdown: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Future: Send> + Clone + Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let places = Arc::new(Semaphore::new(most));
    let (close, closing) = watch::channel(false);
    let connections = Connections { builder: builder(limits), limits, service, counters, closing };
    let mut shutdown = pin!(shutdown);
    loop {
        // The place first, the connection after: a full server leaves clients in the listen queue.
        let place = tokio::select! {
            () = &mut shutdown => break,
            place = Arc::clone(&places).acquire_owned() => place.ok(),
        };
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => connections.begin(stream, place),
            Err(error) => {
                warn!(%error, "cannot accept; is the limit of open files (ulimit -n) above limits.connections?");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    on_drain();
    counters.drains();
    // Those who connected in time are not to be turned away because nobody had got to them: once more the system is asked
    // who is there.
    tokio::task::yield_now().await;
    while let Ok(place) = Arc::clone(&places).try_acquire_owned()
        && let Some(Ok((stream, _))) = at_once(listener.accept()).await
    {
        connections.begin(stream, Some(place));
    }
    drop(listener);
    info!(connections = most - places.available_permits(), "stopping");
    tokio::time::sleep(LINGER).await;
    // Without connections nobody listens, which is as good.
    let _ = close.send(true);
    let all = u32::try_from(most).unwrap_or(u32::MAX);
    if tokio::time::timeout(limits.drain(), places.acquire_many(all)).await.is_err() {
        warn!(seconds = limits.drain_s, "connections were still open at the end of limits.drain_s");
    }
}

/// Has the system send at once what there is, and keep no more than it needs of what it cannot send yet.
///
/// Asked of each connection: what the listener is asked for is not had by those who were in its queue before.
fn ask_for_promptness(stream: &TcpStream) -> io::Result<()> {
    let socket = socket2::SockRef::from(stream);
    #[cfg(target_os = "linux")]
    if let Err(error) = socket.set_tcp_notsent_lowat(UNSENT_BYTES) {
        debug!(%error, "the system keeps what it likes for a client that reads slowly");
    }
    socket.set_tcp_nodelay(true)
}

/// What a future gives when it is asked once.
async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = std::future::ready(()) => None,
    }
}

/// What each connection is begun with.
struct Connections<'a, S> {
    builder: auto::Builder<TokioExecutor>,
    limits: &'a Limits,
    service: S,
    counters: &'a Arc<Counters>,
    /// True once idle connections are to be closed.
    closing: watch::Receiver<bool>,
}

impl<S, B> Connections<'_, S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Future: Send> + Clone + Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    /// Answers requests on a connection, on a task of its own, which gives its place back at the end.
    fn begin(&self, stream: TcpStream, place: Option<OwnedSemaphorePermit>) {
        if let Err(error) = ask_for_promptness(&stream) {
            debug!(%error, "the connection was gone at once");
            return;
        }
        // Kept until nobody speaks on the connection any more, in whatever protocol.
        let place = Arc::new(Place::new(self.counters.connected(), place));
        let watch = Arc::new(Watch::default());
        let io = TokioIo::new(Guard::new(stream, Arc::clone(&watch), self.limits));
        let (service, watched, held) = (self.service.clone(), Arc::clone(&watch), Arc::clone(&place));
        let service = service_fn(move |mut request: Request<Incoming>| {
            let serving = watched.enter();
            if !request.body().is_end_stream() {
                watched.leave_unread();
                // Whoever reads it is to say so.
                request.extensions_mut().insert(Arc::clone(&watched));
            }
            if let Some(switched) = request.extensions_mut().remove::<OnUpgrade>() {
                request.extensions_mut().insert(Upgrade::new(switched, &watched, &held));
            }
            let reply = service.call(request);
            async move { reply.await.map(|reply| reply.map(|body| Outgoing::new(body, serving))) }
        });
        let connection = self.builder.serve_connection_with_upgrades(io, service).into_owned();
        let mut closing = self.closing.clone();
        let closing = async move { drop(closing.wait_for(|closing| *closing).await) };
        let idle_timeout = self.limits.idle_timeout();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                biased;
                ended = connection.as_mut() => ended,
                () = closing => {
                    // HTTP/2 tells the client which of its requests count. HTTP/1 cannot: there the guard closes
                    // between two requests, when it has seen that no further one is there.
                    watch.close_when_idle();
                    tokio::select! {
                        biased;
                        ended = connection.as_mut() => ended,
                        // At once, or when the client has got to the end of its preface.
                        () = watch.turns_to_http2() => {
                            connection.as_mut().graceful_shutdown();
                            connection.await
                        }
                    }
                }
                () = watch.silence_on_http2(idle_timeout) => {
                    connection.as_mut().graceful_shutdown();
                    // A client that leaves the last reply where it is has had time enough.
                    tokio::time::timeout(idle_timeout, connection).await.unwrap_or(Ok(()))
                }
            };
            if let Err(error) = ended {
                debug!(error, "connection ended");
            }
            drop(place);
        });
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
        .max_concurrent_streams(STREAMS)
        .max_send_buf_size(SENDING_BYTES)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX));
    builder
}
