//! The accept loop and the orderly shutdown.

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use futures_util::future::join_all;
use hyper::{StatusCode, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::io::Errno;
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    time::{Interval, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    actions,
    app::App,
    config::{Config, Listen},
    error::{Error, Result},
    http::{ClientAddress, Paced, Peer, Request},
    limits::{self, OpenConnection, Place, RESERVED_LIFE},
    reach::Reach,
    router,
};

/// How long connections may take to finish after the server was told to stop. The store gets the
/// rest of the promised ten seconds.
const DRAIN_MAX: Duration = Duration::from_secs(8);
/// How many unsent bytes the kernel buffers for a connection. Its default is megabytes, which a
/// thousand peers that never read would multiply.
#[cfg(target_os = "linux")]
const UNSENT_BYTES_MAX: u32 = 64 * 1024;
/// A connection is closed when its peer acknowledges nothing for this many times
/// [`Config::write_max`]: one minute, which is long enough for a train in a tunnel.
#[cfg(target_os = "linux")]
const UNTAKEN_WAITS: u32 = 3;
/// How long to wait before accepting again when the system has no descriptor left.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
/// Connections that may wait to be accepted; Linux allows at most `net.core.somaxconn`. After a
/// restart every page connects at once, and beyond this the system makes a client wait for a second.
const BACKLOG_MAX: u32 = 4_096;
/// How often the hub looks for people who have left.
const PRESENCE_EVERY: Duration = Duration::from_secs(1);
/// How often the hub looks for groups whose members are to be told who types.
const TYPISTS_EVERY: Duration = Duration::from_millis(250);
/// How often the server looks for scheduled messages that are due. It does not wait until the next
/// one is due, because the wall clock can be set.
const DUE_EVERY: Duration = Duration::from_secs(1);

/// A server that is bound to its address and has opened its data.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    /// At least one; a name can have several addresses.
    listeners: Vec<TcpListener>,
    address: SocketAddr,
}

impl Server {
    /// Binds the addresses and then opens the data folder. In this order, a port in use leaves the
    /// disk untouched.
    ///
    /// # Errors
    /// [`Error::Startup`] with a sentence for the operator.
    pub async fn bind(config: Config) -> Result<Self> {
        let listeners = bind_all(&config.listen).await?;
        let address = listeners[0].local_addr().map_err(|e| Error::Startup(e.to_string()))?;
        let reach = reach_of(&listeners);
        Ok(Self { app: App::open(config, reach)?, listeners, address })
    }

    /// The parts of the server, for `internals`.
    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// Where the server listens, the first if there are several. For port 0 this is the port that
    /// the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An address beyond this machine on which the server listens, if there is one.
    pub fn exposed_address(&self) -> Option<SocketAddr> {
        let mut addresses = self.listeners.iter().filter_map(|it| it.local_addr().ok());
        addresses.find(|address| !address.ip().is_loopback())
    }

    /// The address to open on this machine, as a URL.
    pub fn local_address(&self) -> String {
        self.app.reach.local()
    }

    /// The addresses that others in the network can open, as URLs; none if it listens on this
    /// machine only.
    pub fn network_addresses(&self) -> Vec<String> {
        self.app.reach.network()
    }

    /// Serves until `stop` completes. Then stops accepting, tells the sockets, answers and commits
    /// what was accepted, and closes the database.
    ///
    /// # Errors
    /// [`Error::Internal`] when a thread has ended without which the server is of no use. It then
    /// returns at once: what is not committed cannot be committed any more, and a supervisor should
    /// start a new process.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<()> {
        let Self { app, listeners, .. } = self;
        // A task of its own, so that it runs on the threads of the sockets, also during the drain.
        let hub = Arc::clone(&app.hub);
        let _waking =
            AbortOnDropHandle::new(tokio::spawn(async move { hub.wake_in_turns().await }));
        let accepting = join_all(listeners.iter().map(|listener| accept(&app, listener)));
        tokio::select! {
            _ = accepting => {}
            () = look_after_connections(&app) => {}
            () = app.store.remove_expired() => {}
            () = send_when_due(&app) => {}
            () = app.store.failed() => return Err(failed()),
            () = stop => {}
        }
        drop(listeners);
        let store = Arc::clone(&app);
        tokio::select! {
            biased;
            () = store.store.failed() => Err(failed()),
            () = drain(app) => Ok(()),
        }
    }
}

fn reach_of(listeners: &[TcpListener]) -> Reach {
    let bound = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let takes_both = |listener| SockRef::from(listener).only_v6().is_ok_and(|only| !only);
    let v6 = |it: &&TcpListener| it.local_addr().is_ok_and(|address| address.is_ipv6());
    Reach::new(bound, listeners.iter().filter(v6).any(takes_both))
}

fn failed() -> Error {
    Error::internal("a thread of the store has ended; start the server again")
}

/// Binds all addresses of a name, with one port. A name may have an address of a family that this
/// system does not have; one that works is enough.
async fn bind_all(wanted: &Listen) -> Result<Vec<TcpListener>> {
    let refused = |at: &dyn fmt::Display, e: &io::Error| {
        let hint = match e.kind() {
            io::ErrorKind::AddrInUse => {
                "another program uses this port; choose another with --listen"
            }
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 need privileges; choose another with --listen"
            }
            _ => "choose another address with --listen",
        };
        Error::Startup(format!("cannot listen on {at}: {e}; {hint}"))
    };
    let addresses = wanted.addresses().await.map_err(|e| refused(wanted, &e))?;
    let (mut listeners, mut failure) = (Vec::new(), None);
    let mut port = None;
    for mut address in addresses {
        // Port 0: the system chooses for the first, and the others take the same.
        address.set_port(port.unwrap_or(address.port()));
        match listen(address) {
            Ok(listener) => {
                port = listener.local_addr().ok().map(|bound| bound.port());
                listeners.push(listener);
            }
            Err(e) if is_missing_family(&e) => failure = Some((address, e)),
            Err(e) => return Err(refused(&address, &e)),
        }
    }
    match failure {
        Some((address, e)) if listeners.is_empty() => Err(refused(&address, &e)),
        None if listeners.is_empty() => {
            Err(Error::Startup(format!("cannot listen on {wanted}: the name has no address")))
        }
        _ => Ok(listeners),
    }
}

/// Listens at an address, like [`TcpListener::bind`] with a longer queue.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections of an earlier run, which the system still remembers, do not keep the port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG_MAX)
}

fn is_missing_family(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(Errno::AFNOSUPPORT.raw_os_error())
}

async fn accept(app: &Arc<App>, listener: &TcpListener) {
    let mut is_failing = false;
    loop {
        app.connections.room().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                if std::mem::take(&mut is_failing) {
                    tracing::info!("accepting connections again");
                }
                admit(app, stream, Peer(peer));
            }
            // One connection failed, or the descriptors ran out. The server goes on, and logs this
            // once, because repeating it would fill the disk.
            Err(error) => {
                if !std::mem::replace(&mut is_failing, true) {
                    tracing::warn!(%error, "cannot accept connections; retrying until it works");
                }
                sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

/// Serves a new connection. Closes it instead if its address has too many.
fn admit(app: &Arc<App>, stream: TcpStream, peer: Peer) {
    let address = ClientAddress::of_peer(peer, &app.config.trusted_proxy);
    let budget = app.limits.of_address(address);
    let Ok(held) = budget.map(|budget| budget.try_enter(Place::Connection)).transpose() else {
        return;
    };
    let open = app.connections.open(held);
    app.tasks.spawn(serve(Arc::clone(app), stream, peer, open));
}

async fn serve(app: Arc<App>, stream: TcpStream, peer: Peer, open: OpenConnection) {
    prepare(&stream, &app.config);
    let (stopping, read_max) = (app.stopping.clone(), app.config.read_max());
    let write_max = app.config.write_max();
    let counted = open.clone();
    let service = service_fn(move |mut request: Request| {
        let open = counted.clone();
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(open.clone());
        let app = Arc::clone(&app);
        async move {
            open.set_busy(true);
            let reply = router::handle(app, request).await;
            // A socket is never idle in this sense.
            open.set_busy(reply.status() == StatusCode::SWITCHING_PROTOCOLS);
            Ok::<_, std::convert::Infallible>(reply)
        }
    });
    let stream = Paced::new(stream, write_max);
    let connection = http1::Builder::new()
        // Without a timer hyper silently ignores the timeout.
        .timer(TokioTimer::new())
        .header_read_timeout(read_max)
        .keep_alive(!open.is_reserved())
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = unwanted(&open) => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

/// Waits until a connection must close because others need its descriptor: it is idle, or it is of
/// the reserve and has had its time.
async fn unwanted(open: &OpenConnection) {
    let wait = if open.is_reserved() { RESERVED_LIFE } else { Duration::MAX };
    drop(timeout(wait, open.unwanted()).await);
}

/// Sets the socket options of a connection. Errors are ignored: it works without them, but slower.
fn prepare(stream: &TcpStream, config: &Config) {
    // Frames are small and must arrive at once.
    drop(stream.set_nodelay(true));
    #[cfg(target_os = "linux")]
    {
        let socket = SockRef::from(stream);
        drop(socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX));
        // For a peer that is gone: `Paced` sees only what the kernel takes, not what arrives.
        drop(socket.set_tcp_user_timeout(Some(config.write_max() * UNTAKEN_WAITS)));
    }
}

async fn look_after_connections(app: &App) {
    let mut presence = every(PRESENCE_EVERY);
    let mut typists = every(TYPISTS_EVERY);
    let mut budgets = every(limits::SWEEP_EVERY);
    let mut pings = every(app.config.ping_every());
    loop {
        tokio::select! {
            _ = presence.tick() => app.hub.announce_leavers(),
            _ = typists.tick() => app.hub.tell_typists(),
            _ = pings.tick() => app.hub.sweep(),
            _ = budgets.tick() => app.limits.sweep(),
        }
    }
}

/// Sends scheduled messages when they are due, those of the time before the start at once.
async fn send_when_due(app: &App) {
    let mut looks = every(DUE_EVERY);
    loop {
        looks.tick().await;
        while actions::scheduled::send_due(app).await {}
    }
}

/// An interval that skips missed ticks. After a pause of the whole program, several ticks at once
/// would take every connection for dead.
fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn drain(app: Arc<App>) {
    tracing::info!("stopping");
    app.stopping.cancel();
    app.hub.drain();
    app.tasks.close();
    if timeout(DRAIN_MAX, app.tasks.wait()).await.is_err() {
        tracing::warn!(connections = app.tasks.len(), "some connections did not end in time");
    }
    app.store.note_expiry_clock();
    // Blocks this thread during the last commit and the checkpoint; no other task is left.
    app.store.close();
    tracing::info!("stopped");
}
