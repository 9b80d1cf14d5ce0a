//! The speed of the disk without Chaap: the time of one `fdatasync`. No durable message can be
//! faster than that.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::Path,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use serde::Serialize;

use super::latencies::{self, Latencies};
use crate::error::{Error, Result};

/// How much is written before each sync: one page of SQLite's log.
const PAGE_BYTES: usize = 4_096;
/// Pages in the file, which is overwritten again and again, like SQLite's log after a checkpoint.
const PAGES: usize = 1_024;
/// How long to measure: long enough for a p99 on a slow disk, short compared with a load.
const PROBE: Duration = Duration::from_secs(1);
/// The number of samples that is enough on a fast disk.
const SYNCS_MAX: usize = 2_000;

/// The disk under a folder.
#[derive(Debug, Serialize)]
pub(super) struct Disk {
    /// The type of the file system. On `tmpfs` nothing is durable and syncs cost nothing.
    pub(super) filesystem: Option<String>,
    /// The time to overwrite one page and call `fdatasync`, in milliseconds.
    pub(super) fdatasync_ms: Latencies,
}

/// Measures the disk under `folder`. Blocks.
///
/// # Errors
/// [`Error::Startup`] when the folder cannot be written.
pub(super) fn probe(folder: &Path) -> Result<Disk> {
    let syncs = time_syncs(folder).map_err(|e| {
        Error::Startup(format!(
            "cannot write to {}: {e}; choose another --folder",
            folder.display()
        ))
    })?;
    Ok(Disk { filesystem: filesystem(folder), fdatasync_ms: Latencies::of(&syncs) })
}

fn time_syncs(folder: &Path) -> std::io::Result<Histogram<u64>> {
    let mut file: File = tempfile::tempfile_in(folder)?;
    let page = [0x5a; PAGE_BYTES];
    for _ in 0..PAGES {
        file.write_all(&page)?;
    }
    file.sync_all()?;
    let mut syncs = latencies::new_histogram();
    let began = Instant::now();
    for turn in 0..SYNCS_MAX {
        if turn % PAGES == 0 {
            file.seek(SeekFrom::Start(0))?;
        }
        let before = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        latencies::record(&mut syncs, before.elapsed());
        if began.elapsed() > PROBE {
            break;
        }
    }
    Ok(syncs)
}

/// The type of the file system that holds `folder`, by the mount with the longest matching path.
fn filesystem(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((Path::new(fields.next()?), fields.next()?))
        })
        .filter(|(mount, _)| folder.starts_with(mount))
        .max_by_key(|(mount, _)| mount.components().count())
        .map(|(_, kind)| kind.to_owned())
}
