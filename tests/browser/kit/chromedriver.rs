//! Finds and runs chromedriver.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::within;

/// Starts to try: chromedriver takes a free IPv4 port, needs the same one in IPv6, and exits if
/// that is taken.
const STARTS_MAX: usize = 5;

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

/// A running driver, killed when dropped.
pub(super) struct Chromedriver {
    pub(super) address: String,
    _child: Child,
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
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {}: {error}", program.display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        let port = within("chromedriver's port", async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    return Some(port.trim_end_matches('.').to_owned());
                }
                said.push_str(&line);
            }
            None
        })
        .await;
        let Some(port) = port else { return Err(said) };
        // A full pipe would block it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { address: format!("http://127.0.0.1:{port}"), _child: child })
    }
}
