//! A small file system in its own mount namespace: it disappears with the process that holds the
//! namespace, whatever happens to the test.

use std::{
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::kit::{Finished, Program, Snapshot, within};

/// A tmpfs, and the process that holds its namespace open.
pub(crate) struct Island {
    keeper: Child,
    place: TempDir,
}

impl Island {
    /// Mounts it with these options. `None` where this user may not mount.
    pub(crate) async fn new(options: &str) -> Option<Self> {
        let place = TempDir::new().unwrap();
        let script =
            r#"mount -t tmpfs -o "$1,mode=700" tmpfs "$0" && echo ready && exec sleep 600"#;
        let mut keeper = Command::new("unshare")
            .args(["--mount", "sh", "-c", script])
            .args([place.path().as_os_str(), options.as_ref()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let mut line = String::new();
        let mut stdout = BufReader::new(keeper.stdout.take().unwrap());
        within("the mount", stdout.read_line(&mut line)).await.unwrap();
        (line == "ready\n").then_some(Self { keeper, place })
    }

    /// Starts a server with its data folder on it.
    pub(crate) async fn serve(&self) -> Program {
        self.try_serve().await.unwrap()
    }

    /// Like [`Island::serve`], where the server may refuse to start.
    pub(crate) async fn try_serve(&self) -> Result<Program, Finished> {
        // The disk itself must refuse, not the reserve.
        self.try_serve_with("0").await
    }

    /// Like [`Island::try_serve`], with this reserve of free space in MiB.
    pub(crate) async fn try_serve_with(&self, reserve: &str) -> Result<Program, Finished> {
        let keeper = self.keeper.id().unwrap().to_string();
        let (data, more) = (self.place.path().join("data"), ["--disk-reserve", reserve]);
        let program = Program::serve_under("nsenter", ["-t", &keeper, "-m"], &data, &more).await;
        if program.announcement.is_empty() { Err(program.finish().await) } else { Ok(program) }
    }

    /// Writes until nothing more fits.
    pub(crate) fn fill(&self) {
        let mut filler = std::fs::File::create(self.inside().join("filler")).unwrap();
        for size in [65_536, 4_096, 1] {
            let block = vec![7; size];
            loop {
                match filler.write_all(&block) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }

    /// Writes until only so many bytes are free.
    pub(crate) fn fill_all_but(&self, bytes: u64) {
        self.fill();
        let filler = std::fs::File::options().write(true).open(self.inside().join("filler"));
        let filler = filler.unwrap();
        filler.set_len(filler.metadata().unwrap().len() - bytes).unwrap();
    }

    /// Removes what [`Island::fill`] wrote.
    pub(crate) fn make_room(&self) {
        std::fs::remove_file(self.inside().join("filler")).unwrap();
    }

    /// Makes it read-only (`ro`) or not (`rw`).
    pub(crate) async fn remount(&self, how: &str) {
        let keeper = self.keeper.id().unwrap().to_string();
        let done = Command::new("nsenter")
            .args(["-t", &keeper, "-m", "mount", "-o", &format!("remount,{how}")])
            .arg(self.place.path())
            .status();
        assert!(done.await.unwrap().success());
    }

    /// A snapshot of the data folder.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.inside().join("data"))
    }

    /// The path of its root from outside the namespace.
    fn inside(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.keeper.id().unwrap()));
        root.join(self.place.path().strip_prefix(Path::new("/")).unwrap())
    }
}
