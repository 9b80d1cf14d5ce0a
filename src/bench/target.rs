//! The server under test: one that runs already, or a private one.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use hyper::Uri;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::net::lookup_host;

use super::{http::Http, options::LoadTest, process::Process};
use crate::error::{Error, Result};

/// A server process on a new folder. Dropping this ends the process and removes the folder.
#[derive(Debug)]
pub struct PrivateServer {
    program: PathBuf,
    child: Child,
    address: String,
    folder: TempDir,
}

impl PrivateServer {
    /// Starts `program` on a free port, with a folder in `parent` or in the system's folder for
    /// temporary files. Blocks until it is ready.
    ///
    /// # Errors
    /// [`Error::Startup`] when the folder cannot be made or the server does not start.
    pub fn start(program: &Path, parent: Option<&Path>) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("chaap-bench-");
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
        let folder = builder.tempdir_in(&parent).map_err(|e| {
            let parent = parent.display();
            Error::Startup(format!(
                "cannot create a folder in {parent}: {e}; choose another --folder"
            ))
        })?;
        let data = folder.path().join("data");
        let (child, address) = launch(program, &data)?;
        Ok(Self { program: program.to_owned(), child, address, folder })
    }

    /// Kills the program and starts it on the same folder and another port. Returns how long it
    /// took to be ready.
    ///
    /// # Errors
    /// [`Error::Startup`] when it does not start.
    pub fn restart(&mut self) -> Result<Duration> {
        self.end();
        let began = Instant::now();
        (self.child, self.address) = launch(&self.program, &self.data())?;
        Ok(began.elapsed())
    }

    fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process.
    pub fn process(&self) -> Process {
        Process::new(self.child.id())
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts a server on `data` and waits for the line that says where it listens.
fn launch(program: &Path, data: &Path) -> Result<(Child, String)> {
    let failed = |why: String| Error::Startup(format!("the test server did not start: {why}"));
    let mut child = Command::new(program)
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log",
            "error",
            "--rate-limits",
            "off",
            "--user-quota",
            "0",
            "--data",
        ])
        .arg(data)
        // The measurement must not depend on the operator's environment.
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // Ctrl-C at the terminal must reach only the load test, which ends the server later.
        .process_group(0)
        .spawn()
        .map_err(|e| failed(format!("{}: {e}", program.display())))?;
    let mut line = String::new();
    let stdout = child.stdout.take().expect("the output is a pipe");
    let read = BufReader::new(stdout).read_line(&mut line);
    match line.trim().rsplit_once("http://") {
        Some((_, address)) if read.is_ok() => Ok((child, address.to_owned())),
        _ => {
            drop(child.kill());
            let status = child.wait().map(|status| status.to_string()).unwrap_or_default();
            Err(failed(format!("{status}; see its message above")))
        }
    }
}

/// The server that gets the load.
#[derive(Debug)]
pub(super) struct Target {
    /// `host:port`.
    pub(super) address: String,
    /// The server's process, if it is known and runs on this machine.
    pub(super) process: Option<Process>,
    /// The private server, if it is one.
    pub(super) own: Option<PrivateServer>,
}

#[derive(Deserialize)]
struct Ready {
    #[serde(default)]
    commits: Option<u64>,
}

impl Target {
    /// Finds the server named on the command line, or starts one.
    ///
    /// # Errors
    /// [`Error::Startup`] when the address is unusable, when it is another machine's and that was
    /// not confirmed, or when nothing answers there.
    pub(super) async fn open(options: &LoadTest) -> Result<Self> {
        let target = match &options.url {
            Some(url) => Self::running(url, options).await?,
            None => Self::own(options)?,
        };
        target.ready().await?;
        target.check_descriptors(options.sockets())?;
        Ok(target)
    }

    async fn running(url: &str, options: &LoadTest) -> Result<Self> {
        let address = parse(url)?;
        if !options.yes_this_is_my_server {
            refuse_foreign(&address).await?;
        }
        let process = options.pid.map(Process::new);
        if process.is_some_and(|process| process.cpu().is_none()) {
            let pid = options.pid.unwrap_or_default();
            return Err(Error::Startup(format!("--pid {pid}: there is no such process here")));
        }
        Ok(Self { address, process, own: None })
    }

    fn own(options: &LoadTest) -> Result<Self> {
        let program = std::env::current_exe()
            .map_err(|e| Error::Startup(format!("cannot find the program file of chaap: {e}")))?;
        let own = PrivateServer::start(&program, options.folder.as_deref())?;
        let (address, process) = (own.address().to_owned(), own.process());
        Ok(Self { address, process: Some(process), own: Some(own) })
    }

    /// Restarts a private server, for example because each password hash takes 19 MiB: what the
    /// allocator keeps of that would hide the memory of connections.
    /// Returns how long it took to be ready.
    pub(super) fn restart(&mut self) -> Result<Duration> {
        let Some(own) = &mut self.own else { return Ok(Duration::ZERO) };
        let took = own.restart()?;
        self.address = own.address().to_owned();
        self.process = Some(own.process());
        Ok(took)
    }

    /// The server's memory, if it can be read.
    pub(super) fn rss_bytes(&self) -> Option<u64> {
        self.process.and_then(Process::rss_bytes)
    }

    /// The server's CPU time, if it can be read.
    pub(super) fn cpu(&self) -> Option<Duration> {
        self.process.and_then(Process::cpu)
    }

    /// The server's commits that wrote something, if it counts them.
    pub(super) async fn commits(&self) -> Option<u64> {
        self.ready().await.ok()?.commits
    }

    async fn ready(&self) -> Result<Ready> {
        Http::connect(&self.address).await?.get_open("/readyz").await
    }

    /// Refuses a load that needs more sockets than the processes may open.
    fn check_descriptors(&self, sockets: u64) -> Result<()> {
        /// Files that a process has open besides sockets.
        const OTHERS: u64 = 64;
        let ours = Process::new(std::process::id());
        for (whose, process) in [("this program", Some(ours)), ("the server", self.process)] {
            let max = process.and_then(Process::descriptors_max).unwrap_or(u64::MAX);
            let needed = sockets + OTHERS;
            if needed > max {
                return Err(Error::Startup(format!(
                    "{sockets} connections need {needed} open files, and {whose} may have {max}; \
                     start it after `ulimit -n {needed}`, or ask for fewer connections"
                )));
            }
        }
        Ok(())
    }
}

/// The `host:port` of an address like `http://127.0.0.1:8000`.
fn parse(url: &str) -> Result<String> {
    let wrong = |why: &str| {
        Err(Error::Startup(format!("--url {url:?} {why}; give one like http://127.0.0.1:8000")))
    };
    let Ok(uri) = url.parse::<Uri>() else { return wrong("is not an address") };
    if uri.scheme_str() == Some("https") {
        return wrong("is https, which the load test cannot use; bypass the proxy");
    }
    if uri.scheme_str() != Some("http") || uri.path() != "/" || uri.query().is_some() {
        return wrong("is not the address of a server");
    }
    let Some(host) = uri.host().filter(|host| !host.is_empty()) else {
        return wrong("has no host");
    };
    Ok(format!("{host}:{}", uri.port_u16().unwrap_or(80)))
}

/// A load test slows a server down and leaves accounts on it, so the operator has to confirm that
/// for a server on another machine.
async fn refuse_foreign(address: &str) -> Result<()> {
    let found: Vec<SocketAddr> = lookup_host(address)
        .await
        .map_err(|e| Error::Startup(format!("cannot find {address}: {e}")))?
        .collect();
    if !found.is_empty() && found.iter().all(|found| found.ip().is_loopback()) {
        return Ok(());
    }
    Err(Error::Startup(format!(
        "{address} is not on this machine; a load test slows a server down and leaves accounts \
         and messages on it, so add --yes-this-is-my-server if it is yours"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        assert_eq!(parse("http://127.0.0.1:8000").unwrap(), "127.0.0.1:8000");
        assert_eq!(parse("http://chat.example.org/").unwrap(), "chat.example.org:80");
        assert_eq!(parse("http://[::1]:9").unwrap(), "[::1]:9");
        let bad = ["", "127.0.0.1:8000", "https://x", "ftp://x", "http://x/y", "http://x?y", "/x"];
        for url in bad {
            let error = parse(url).unwrap_err().to_string();
            assert!(error.contains("give one like http://127.0.0.1:8000"), "{url}: {error}");
        }
    }
}
