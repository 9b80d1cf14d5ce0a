//! The command line: reads the configuration and starts the server or the load test. Signals lead to
//! an orderly shutdown, errors to one line and exit code 1.

use std::{io::Write, process::ExitCode};

use chaap::{Config, Error, LoadTest, LogFormat, Result, Server};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use rustix::process::{Resource, Rlimit, Signal as SignalName, geteuid, getrlimit, setrlimit};
use tokio::{
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
};

/// jemalloc returns memory to the system after ten thousand connections have closed, and is as fast
/// as the others: mimalloc kept three quarters of that memory, the system's allocator all of it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// With a lower limit of open files, the log has a warning at the start. Each connection takes one,
/// and many systems allow 1,024 by default.
const OPEN_FILES_FEW: u64 = 4_096;

/// A self-hosted chat: server, database and web page in one program.
///
/// Start it, open the address it prints, create an account, and talk. It then also prints the
/// addresses for others: at first only this machine can open it, `chaap --listen 0.0.0.0` lets your
/// network in. Everything it stores is in one folder (--data). Every option can also be set by the
/// environment variable named with it.
#[derive(Debug, Parser)]
#[command(name = "chaap", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server, like `chaap` without a command
    Serve(Box<Config>),
    /// Measure a temporary or a running Chaap under load
    Bench(Box<LoadTest>),
    /// Decode one uploaded picture; the server starts this itself
    #[command(hide = true)]
    DecodePicture,
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "chaap: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<()> {
    let version: &'static str =
        format!("{} (SQLite {})", env!("CARGO_PKG_VERSION"), chaap::sqlite_version()).leak();
    let command = chaap::ignore_empty_variables(Cli::command().version(version));
    let matches = command.get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let Some(Command::DecodePicture) = cli.command {
        return chaap::decode_picture();
    }
    let open_files_max = raise_open_files();
    let config = match cli.command {
        Some(Command::Bench(options)) => return start_threads()?.block_on(bench(*options)),
        Some(Command::Serve(config)) => *config,
        Some(Command::DecodePicture) | None => cli.config,
    };
    let log = chaap::start_log(&config)?;
    let served = start_threads()?.block_on(serve(config, open_files_max));
    drop(log);
    served
}

/// Raises the limit of open files to the hard limit, and returns it. Some systems refuse, because
/// their hard limit is higher than what they grant; then the soft limit stays.
fn raise_open_files() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    raised.map_or(current, |()| maximum).unwrap_or(u64::MAX)
}

fn start_threads() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::Startup(format!("cannot start threads: {e}")))
}

async fn bench(options: LoadTest) -> Result<()> {
    let mut signals = listen()?;
    chaap::run_load_test(options, async move || signals.next().await).await
}

async fn serve(config: Config, open_files_max: u64) -> Result<()> {
    let mut signals = listen()?;
    // By default this signal ends the process when a file reaches its size limit (`ulimit -f`). With
    // a handler, the write fails instead, as on a full disk. The handler stays after the drop.
    drop(signal(SignalKind::from_raw(SignalName::XFSZ.as_raw())).map_err(|e| no_signals(&e))?);
    let log_format = config.log_format;
    let server = Server::bind(config).await?;
    if open_files_max < OPEN_FILES_FEW {
        tracing::warn!(
            open_files_max,
            "the limit of open files is low, and each connection takes one; raise the hard limit \
             (ulimit -Hn, or LimitNOFILE= in a systemd unit) and start again"
        );
    }
    warn_of_exposure(&server);
    announce(&server, log_format);
    let stop = async move {
        signals.next().await;
        tokio::spawn(async move {
            signals.next().await;
            exit_at_once();
        });
    };
    server.run(stop).await
}

/// Warns of two ways to run that expose more than necessary.
fn warn_of_exposure(server: &Server) {
    if let Some(address) = server.exposed_address() {
        tracing::warn!(
            %address,
            "passwords and messages cross the network without encryption; listen on 127.0.0.1 \
             behind a reverse proxy that speaks https"
        );
    }
    if geteuid().is_root() {
        tracing::warn!("running as root; start it as a user of its own, as in the README");
    }
}

/// The signals that stop the program in order.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Sent when the terminal closes.
    hang_up: Option<Signal>,
}

impl Signals {
    async fn next(&mut self) {
        let hung_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hung_up => {}
        }
    }
}

fn listen() -> Result<Signals> {
    let on = |kind| signal(kind).map_err(|e| no_signals(&e));
    let hang_up = (!ignores_hang_up()).then(|| on(SignalKind::hangup())).transpose()?;
    let (interrupt, terminate) = (on(SignalKind::interrupt())?, on(SignalKind::terminate())?);
    Ok(Signals { interrupt, terminate, hang_up })
}

/// Whether the program was started to survive its terminal, as by `nohup`: a handler would undo that.
/// Also where the system does not tell.
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let hang_up = 1 << (SignalName::HUP.as_raw() - 1);
    ignored.is_none_or(|mask| mask & hang_up != 0)
}

fn no_signals(error: &std::io::Error) -> Error {
    Error::Startup(format!("cannot listen for signals: {error}"))
}

/// Prints where to open it: a line for this machine, then what others in the network need. With
/// JSON logs the latter is a line of the log.
fn announce(server: &Server, log_format: LogFormat) {
    let (local, network) = (server.local_address(), server.network_addresses());
    // The server also works when standard output is closed.
    drop(writeln!(std::io::stdout(), "Chaap is ready: open {local}"));
    if log_format == LogFormat::Json {
        tracing::info!(local, network = network.join(" "), "ready");
        return;
    }
    let is_closed = server.exposed_address().is_none();
    let lines = network.iter().map(|address| format!("For others in your network: {address}"));
    let mut lines: Vec<_> = lines.collect();
    if is_closed {
        let port = server.address().port();
        lines.push(format!(
            "Only this machine can open it. Let your network in with --listen 0.0.0.0:{port}"
        ));
    } else if network.is_empty() {
        lines.push("This machine has no address in a network.".into());
    }
    lines.push(
        "Notifications and use without a connection need https: see \"Behind a reverse proxy\" in \
         the README\n"
            .into(),
    );
    drop(std::io::stdout().write_all(lines.join("\n").as_bytes()));
}

#[expect(clippy::exit, reason = "the second signal asks for exactly this")]
fn exit_at_once() -> ! {
    // 128 + SIGINT: the exit code of an interrupted program in shells.
    std::process::exit(130)
}
