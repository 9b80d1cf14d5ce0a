//! The accept loop and the orderly end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Interval, MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    app::App,
    config::Config,
    error::{Error, Result},
    http::{BodyTimeout, Request},
    router,
};

/// How long connections get to finish after the server was told to stop. The rest of the
/// promised ten seconds is the store's.
const DRAIN_MAX: Duration = Duration::from_secs(8);
/// What the kernel takes of us for a connection beyond what is on its way. By default it takes
/// megabytes, and copies them for each of a thousand peers that never read.
#[cfg(target_os = "linux")]
const UNSENT_BYTES_MAX: u32 = 64 * 1024;
/// Times of [`Config::write_max`] that a peer may take nothing of what was written, or not even its
/// kernel answers: a minute, which is long enough for a tunnel.
#[cfg(target_os = "linux")]
const UNTAKEN_WAITS: u32 = 3;
/// How long to let go when the system has no descriptor left for a new connection.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
/// How often leavers are looked for.
const PRESENCE_EVERY: Duration = Duration::from_secs(1);

/// A server bound to its address, its data open.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Binds the address and opens the data folder, in this order, so that a taken port leaves
    /// the disk untouched.
    ///
    /// # Errors
    /// [`Error::Startup`] with a sentence for the operator.
    pub async fn bind(config: Config) -> Result<Self> {
        let wanted = config.listen;
        let listener = TcpListener::bind(wanted).await.map_err(|e| {
            let hint = match e.kind() {
                std::io::ErrorKind::AddrInUse => {
                    "another program uses this port; choose another with --listen"
                }
                std::io::ErrorKind::PermissionDenied => {
                    "ports below 1024 need privileges; choose another with --listen"
                }
                _ => "choose another address with --listen",
            };
            Error::Startup(format!("cannot listen on {wanted}: {e}; {hint}"))
        })?;
        let address = listener.local_addr().map_err(|e| Error::Startup(e.to_string()))?;
        Ok(Self { app: App::open(config)?, listener, address })
    }

    /// Where the server listens: the port is the real one when 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` completes; then stops accepting, tells the sockets, answers and
    /// commits what was accepted, and closes the database.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { app, listener, .. } = self;
        tokio::select! {
            () = accept(&app, &listener) => {}
            () = look_after_connections(&app) => {}
            () = stop => {}
        }
        drop(listener);
        drain(app).await;
    }
}

async fn accept(app: &Arc<App>, listener: &TcpListener) {
    let mut is_failing = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if std::mem::take(&mut is_failing) {
                    tracing::info!("accepting connections again");
                }
                app.tasks.spawn(serve(Arc::clone(app), stream));
            }
            // One connection failed, or descriptors ran out: neither is a reason to stop, nor to
            // fill the log's disk while it lasts.
            Err(error) => {
                if !std::mem::replace(&mut is_failing, true) {
                    tracing::warn!(%error, "cannot accept connections; retrying until it works");
                }
                sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

async fn serve(app: Arc<App>, stream: TcpStream) {
    prepare(&stream, &app.config);
    let (stopping, read_max) = (app.stopping.clone(), app.config.read_max());
    let service = service_fn(move |mut request: Request| {
        let app = Arc::clone(&app);
        request.extensions_mut().insert(BodyTimeout(read_max));
        async move { Ok::<_, std::convert::Infallible>(router::handle(app, request).await) }
    });
    let connection = http1::Builder::new()
        // Without a timer hyper silently ignores the timeout.
        .timer(TokioTimer::new())
        .header_read_timeout(read_max)
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
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

/// Sets what the kernel does with a connection; a system that cannot do it serves as well, if a
/// little slower.
fn prepare(stream: &TcpStream, config: &Config) {
    // A chat's frames are small and wanted at once.
    drop(stream.set_nodelay(true));
    #[cfg(target_os = "linux")]
    {
        let socket = SockRef::from(stream);
        drop(socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX));
        // Sockets look after themselves and are quicker; hyper waits for a reader for ever.
        drop(socket.set_tcp_user_timeout(Some(config.write_max() * UNTAKEN_WAITS)));
    }
}

async fn look_after_connections(app: &App) {
    let mut presence = every(PRESENCE_EVERY);
    let mut pings = every(app.config.ping_every());
    loop {
        tokio::select! {
            _ = presence.tick() => app.hub.announce_leavers(),
            _ = pings.tick() => app.hub.sweep(),
        }
    }
}

/// An interval that makes up for nothing: after a pause of the whole program, several looks at once
/// would find everybody silent.
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
    // Blocks this thread for the last commit and the checkpoint; nothing else runs any more.
    app.store.close();
    tracing::info!("stopped");
}
