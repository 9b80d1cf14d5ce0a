//! Finds and runs chromedriver.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::within;

/// Starts to try: chromedriver takes a free IPv4 port, needs the same one in IPv6, and exits if
/// that is taken.
const STARTS_MAX: usize = 5;

/// Waits for the end of its input, which comes when the driver is dropped and also when this
/// process ends in any way. Then it kills the process group `$1` and removes the folder `$2`.
/// Dying processes may still write there, so it tries again.
const CLEANER: &str = r#"read -r _
kill -s KILL -- "-$1"
for _ in 1 2 3 4 5; do rm -rf -- "$2" && break; sleep 1; done"#;

/// The driver: `CHAAP_CHROMEDRIVER`, else `chromedriver` in the path.
pub(super) fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHAAP_CHROMEDRIVER") {
        return Some(named.into());
    }
    in_path("chromedriver")
}

/// The browser, by any of its names; the driver knows only some of them.
pub(super) fn find_chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(in_path)
}

fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A running driver with a folder for the profile of its browser. Both end when it is dropped, and
/// also when this process ends: it may live in a static, which is never dropped.
pub(super) struct Chromedriver {
    pub(super) address: String,
    pub(super) profile: PathBuf,
    child: Child,
    cleaner: Child,
}

impl Chromedriver {
    /// Starts it on a free port that it chooses, and waits until it prints the port.
    pub(super) async fn start(program: &Path) -> Self {
        let mut said = String::new();
        for _ in 0..STARTS_MAX {
            match Self::try_start(program).await {
                Ok(started) => return started,
                Err(lines) => said = lines,
            }
        }
        panic!("chromedriver exited at once, {STARTS_MAX} times: {said}");
    }

    /// Returns its output as an error if it exited at once.
    async fn try_start(program: &Path) -> Result<Self, String> {
        let folder = TempDir::with_prefix("chaap-browser-").unwrap();
        // The browser joins this process group. Ctrl-C does not reach it; the cleaner ends it.
        let mut child = Command::new(program)
            .arg("--port=0")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {}: {error}", program.display()));
        let profile = folder.keep();
        let cleaner = Command::new("sh")
            .args(["-c", CLEANER, "sh", &child.id().to_string()])
            .arg(&profile)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut driver = Self { address: String::new(), profile, child, cleaner };
        // On a thread of its own, because it reads on after the runtime of this test has ended.
        let (found, port) = oneshot::channel();
        thread::spawn(move || read(output, found));
        let port = within("chromedriver's port", port).await.unwrap()?;
        driver.address = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        drop(self.cleaner.stdin.take());
        drop(self.cleaner.wait());
        drop(self.child.wait());
    }
}

/// Reads the driver's output to its end, because a full pipe would block it. Sends the port, or all
/// output if there is none.
fn read(output: impl BufRead, found: oneshot::Sender<Result<String, String>>) {
    let mut found = Some(found);
    let mut said = String::new();
    for line in output.lines().map_while(Result::ok) {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            let Some(found) = found.take() else { continue };
            drop(found.send(Ok(port.trim_end_matches('.').to_owned())));
        } else if found.is_some() {
            said.push_str(&line);
        }
    }
    if let Some(found) = found {
        drop(found.send(Err(said)));
    }
}
