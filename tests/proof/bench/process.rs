//! Measurements of a process, read from `/proc`.

use std::{path::PathBuf, time::Duration};

/// Ticks of `/proc/PID/stat` per second, fixed by the kernel's interface.
const TICKS: u64 = 100;

/// A running process.
#[derive(Clone, Debug)]
pub(crate) struct Process(PathBuf);

impl Process {
    pub(crate) fn of(pid: u32) -> Self {
        Self(PathBuf::from(format!("/proc/{pid}")))
    }

    /// The number of open descriptors.
    pub(crate) fn descriptors(&self) -> usize {
        std::fs::read_dir(self.0.join("fd")).unwrap().count()
    }

    /// The number of open sockets. Unlike descriptors, it does not depend on how many readers of the
    /// database were needed so far.
    pub(crate) fn sockets(&self) -> usize {
        let open = std::fs::read_dir(self.0.join("fd")).unwrap().flatten();
        // One may close before it is looked at.
        let targets = open.filter_map(|entry| std::fs::read_link(entry.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
    }

    /// Memory in use, in KiB.
    pub(crate) fn memory_kib(&self) -> usize {
        self.status("VmRSS:")
    }

    /// The peak of its memory, in KiB.
    pub(crate) fn memory_peak_kib(&self) -> usize {
        self.status("VmHWM:")
    }

    /// Makes the peak begin again at the memory now in use (proc(5), `clear_refs`).
    pub(crate) fn reset_memory_peak(&self) {
        std::fs::write(self.0.join("clear_refs"), "5").unwrap();
    }

    /// CPU time, in user and kernel mode.
    pub(crate) fn cpu_time(&self) -> Duration {
        let stat = std::fs::read_to_string(self.0.join("stat")).unwrap();
        // The name in parentheses may contain anything; utime and stime are fields 14 and 15.
        let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
        let ticks: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 1_000 / TICKS)
    }

    fn status(&self, name: &str) -> usize {
        let status = std::fs::read_to_string(self.0.join("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}
