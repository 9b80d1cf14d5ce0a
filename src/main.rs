//! The command line: reads the configuration, starts the server, turns signals into an orderly
//! end and errors into one line and exit code 1.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use chaap::{Config, Error, LogFormat, Result, Server};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Many small, short-lived allocations from many threads: measurably better at it than the
/// system's, most of all where that is musl's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A self-hosted chat: server, database and page in one file.
///
/// Start it, open the address it prints, create an account, and talk. Everything it keeps is in
/// one folder (--data). Every option can also be set by the environment variable named with it.
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
    /// Run the server; what `chaap` alone does as well
    Serve(Box<Config>),
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
    let matches = Cli::command().version(version).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let config = match cli.command {
        Some(Command::Serve(config)) => *config,
        None => cli.config,
    };
    start_log(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::Startup(format!("cannot start threads: {e}")))?;
    runtime.block_on(serve(config))
}

async fn serve(config: Config) -> Result<()> {
    let [interrupt, terminate] = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    let no_signals = |e| Error::Startup(format!("cannot listen for signals: {e}"));
    let mut signals = (interrupt.map_err(no_signals)?, terminate.map_err(no_signals)?);
    // A file at its size limit (`ulimit -f`) shall be an error of the write, like a full disk,
    // and not the end of the process. Once registered, the handler stays.
    drop(signal(SignalKind::from_raw(libc::SIGXFSZ)).map_err(no_signals)?);
    let server = Server::bind(config).await?;
    announce(&server);
    let stop = async move {
        either(&mut signals).await;
        tokio::spawn(async move {
            either(&mut signals).await;
            exit_at_once();
        });
    };
    server.run(stop).await;
    Ok(())
}

async fn either((interrupt, terminate): &mut (Signal, Signal)) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// The one line on standard output: the address to open.
fn announce(server: &Server) {
    let address = server.address();
    let host = if address.ip().is_unspecified() {
        String::from("localhost")
    } else if address.is_ipv6() {
        format!("[{}]", address.ip())
    } else {
        address.ip().to_string()
    };
    // A closed standard output is no reason not to serve.
    drop(writeln!(std::io::stdout(), "Chaap is ready: open http://{host}:{}", address.port()));
}

#[expect(clippy::exit, reason = "the second signal asks for exactly this")]
fn exit_at_once() -> ! {
    // 128 + SIGINT: what shells show for an interrupted program.
    std::process::exit(130)
}

fn start_log(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|e| Error::Startup(format!("--log {:?} is not a log filter: {e}", config.log)))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours are for terminals; a journal or a file would keep the escape codes.
        .with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
