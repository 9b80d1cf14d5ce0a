//! Makes system calls of a running server fail for a while, by strace.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::kit::within;

/// A running fault; dropping it ends it.
pub(crate) struct Fault(Child);

impl Fault {
    /// Makes a call fail from now on, for example `fdatasync:error=EIO`. `None` where strace may
    /// not attach.
    pub(crate) async fn begin(pid: u32, what: &str) -> Option<Self> {
        let call = what.split(':').next().unwrap();
        let mut strace = Command::new("strace")
            .args(["-f", "-p", &pid.to_string(), "-o", "/dev/null"])
            .args(["-e", &format!("trace={call}"), "-e", &format!("inject={what}")])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let mut stderr = BufReader::new(strace.stderr.take().unwrap());
        let mut line = String::new();
        within("strace to attach", stderr.read_line(&mut line)).await.unwrap();
        // Otherwise strace would block without a reader.
        tokio::spawn(async move {
            let mut rest = String::new();
            while stderr.read_line(&mut rest).await.is_ok_and(|bytes| bytes > 0) {}
        });
        line.contains("attached").then_some(Self(strace))
    }

    /// Lets the calls succeed again.
    pub(crate) async fn end(mut self) {
        let pid = self.0.id().unwrap().to_string();
        // A killed strace would leave threads stopped.
        let sent = Command::new("kill").args(["-s", "INT", &pid]).status().await.unwrap();
        assert!(sent.success());
        within("strace to detach", self.0.wait()).await.unwrap();
    }
}

/// Sets the size limit for files that the process writes, in bytes or `unlimited`.
pub(crate) async fn limit_file_size(pid: u32, bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let set = Command::new("prlimit").args(["--pid", &pid.to_string(), &limit]).status();
    assert!(set.await.unwrap().success(), "prlimit {limit}");
}
