//! CPU time, memory and descriptor limit of a process, read from Linux's `/proc`.

use std::{fs, time::Duration};

/// Kernel clock ticks per second in /proc: 100 on every common Linux.
const TICKS_PER_SECOND: u64 = 100;

/// A process of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    pid: u32,
}

impl Process {
    /// The process with this id.
    pub fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// The user and system time of all its threads so far.
    pub fn cpu(self) -> Option<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).ok()?;
        // The command's name ends with the last bracket. utime and stime are fields 14 and 15.
        let fields = stat.rsplit(')').next()?.split_whitespace();
        let ticks = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().ok());
        let ticks = ticks.sum::<Option<u64>>()?;
        Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
    }

    /// Bytes of resident memory.
    pub fn rss_bytes(self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kilobytes * 1_024)
    }

    /// The most files and sockets that it may have open.
    pub(super) fn descriptors_max(self) -> Option<u64> {
        let limits = fs::read_to_string(format!("/proc/{}/limits", self.pid)).ok()?;
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_process_can_be_read() {
        let this = Process::new(std::process::id());
        assert!(this.rss_bytes().unwrap() > 1_000_000);
        assert!(this.descriptors_max().unwrap() >= 64);
        let before = this.cpu().unwrap();
        let mut turns = 0_u64;
        while this.cpu().unwrap() == before {
            turns += 1;
        }
        assert!(turns > 0, "working takes CPU time");
    }

    #[test]
    fn a_process_that_is_not_there_has_nothing() {
        let missing = Process::new(u32::MAX);
        assert_eq!((missing.cpu(), missing.rss_bytes()), (None, None));
    }
}
