//! The program as a child process, and a snapshot of a folder.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, ChildStderr, ChildStdout, Command},
    task::JoinHandle,
};

use super::{Reply, eventually, http, within};

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A running `chaap`, killed when dropped.
pub(crate) struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<String>,
    /// `host:port`, taken from the line it printed.
    pub(crate) address: String,
    /// The line it printed.
    pub(crate) announcement: String,
}

impl Program {
    /// Runs `chaap` with these arguments to its end.
    pub(crate) async fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Finished {
        Self::output(&mut command(arguments)).await
    }

    /// Runs it under another program, like [`Program::serve_under`].
    pub(crate) async fn run_under(
        wrapper: &str,
        its_arguments: &[&str],
        arguments: &[&str],
    ) -> Finished {
        let program = env!("CARGO_BIN_EXE_chaap");
        Self::output(quiet(wrapper).args(its_arguments).arg(program).args(arguments)).await
    }

    async fn output(command: &mut Command) -> Finished {
        let child = command.spawn().unwrap();
        let output = within("the program to end", child.wait_with_output()).await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Finished {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Starts a server on a free port and waits until it is ready.
    pub(crate) async fn serve(data: &Path) -> Self {
        let arguments = [OsStr::new("--listen"), OsStr::new("127.0.0.1:0"), OsStr::new("--data")];
        Self::serve_with(arguments.into_iter().chain([data.as_os_str()]), []).await
    }

    /// Like [`Program::serve`], where the program may refuse to start.
    pub(crate) async fn try_serve(data: &Path) -> Option<Self> {
        let program = Self::serve(data).await;
        if program.announcement.is_empty() {
            program.finish().await;
            return None;
        }
        Some(program)
    }

    /// Starts a server with these arguments and environment, and waits until it is ready.
    pub(crate) async fn serve_with<S: AsRef<OsStr>>(
        arguments: impl IntoIterator<Item = S>,
        environment: impl IntoIterator<Item = (&'static str, &str)>,
    ) -> Self {
        Self::started(command(arguments).envs(environment)).await
    }

    /// Starts a server on this folder and a free port under another program, which gets the
    /// command line after its own arguments: `sh -c '… exec "$@"' -`, or a tracer.
    pub(crate) async fn serve_under<S: AsRef<OsStr>>(
        wrapper: &str,
        its_arguments: impl IntoIterator<Item = S>,
        data: &Path,
        more: &[&str],
    ) -> Self {
        let mut command = quiet(wrapper);
        command.env("CHAAP_RATE_LIMITS", "off");
        command.args(its_arguments).arg(env!("CARGO_BIN_EXE_chaap"));
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(data).args(more);
        Self::started(&mut command).await
    }

    async fn started(command: &mut Command) -> Self {
        let mut program = Self::start(command);
        let line = program.stdout.read_line(&mut program.announcement);
        within("the line that says it is ready", line).await.unwrap();
        let address = program.announcement.trim().rsplit_once("http://");
        program.address = address.map_or("", |(_, rest)| rest).to_owned();
        program
    }

    /// Starts the program for another purpose than serving.
    pub(crate) fn spawn<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        Self::start(&mut command(arguments))
    }

    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = tokio::spawn(read_all(child.stderr.take().unwrap()));
        Self { child, stdout, stderr, address: String::new(), announcement: String::new() }
    }

    /// The process id, to ask the system about it.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// A GET without a token.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        http::request(&self.address, "GET", path, &[], "").await
    }

    /// A POST of JSON without a token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        http::request(&self.address, "POST", path, &[], body.to_string()).await
    }

    /// A request whose body never arrives and whose handler has started.
    pub(crate) async fn send_half_a_request(&self) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let head =
            b"POST /login HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n";
        stream.write_all(head).await.unwrap();
        // The server asks for the body when the handler reads it.
        let mut go_on = [0; 12];
        within("a 100", stream.read_exact(&mut go_on)).await.unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100");
        stream
    }

    /// Closes the reading end of its standard error.
    pub(crate) async fn hang_up_stderr(&self) {
        self.stderr.abort();
        eventually("the reader of the log to end", async || self.stderr.is_finished()).await;
    }

    /// Waits until the server accepts no more connections: it has begun to stop.
    pub(crate) async fn wait_until_closed_to_newcomers(&self) {
        eventually("the port to close", async || TcpStream::connect(&self.address).await.is_err())
            .await;
    }

    /// Sends a signal by name (`TERM`, `INT`).
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().await.unwrap();
        assert!(sent.success(), "kill -s {name}");
    }

    /// Kills the process without warning, like a power cut.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits for the end.
    pub(crate) async fn finish(mut self) -> Finished {
        let mut stdout = self.announcement;
        let ending = async {
            self.stdout.read_to_string(&mut stdout).await.unwrap();
            self.child.wait().await.unwrap()
        };
        let status = within("the program to end", ending).await;
        Finished { code: status.code(), stdout, stderr: self.stderr.await.unwrap_or_default() }
    }
}

/// Reads while the program writes, so that the program never blocks.
async fn read_all(mut stderr: ChildStderr) -> String {
    let mut text = String::new();
    stderr.read_to_string(&mut text).await.unwrap();
    text
}

fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = quiet(env!("CARGO_BIN_EXE_chaap"));
    command.args(arguments).env_clear().env("CHAAP_RATE_LIMITS", "off");
    command
}

fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Every file of a folder with its mode and bytes, to compare before and after.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(BTreeMap<PathBuf, (u32, Vec<u8>)>);

impl Snapshot {
    /// Reads the folder. A missing folder counts as empty.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        for path in entries.map(|entry| entry.unwrap().path()) {
            let mode = path.symlink_metadata().unwrap().permissions().mode() & 0o7777;
            let content = std::fs::read(&path).unwrap_or_default();
            files.insert(path, (mode, content));
        }
        Self(files)
    }

    /// The file names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// The mode of a file.
    pub(crate) fn mode(&self, name: &str) -> u32 {
        self.0.iter().find(|(path, _)| path.ends_with(name)).unwrap().1.0
    }
}
