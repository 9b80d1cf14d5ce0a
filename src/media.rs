//! Uploaded pictures: limits the memory that they take, and re-encodes each on a worker thread.
//!
//! An upload is never stored or sent as it is. `media/picture.rs` decodes it or refuses it.

pub(crate) mod picture;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    error::{BUSY_RETRY_AFTER, Error, Result},
    http::Room,
    model::Picture,
    types::UserId,
    workers::{self, Workers},
};

/// Memory for uploads that are arriving, wait for a worker, or are being processed, in KiB. An upload
/// takes what has arrived of it, so slow ones leave room for others.
const MEMORY_KIB: usize = 64 * 1024;
/// An upload takes memory in steps of this.
const STEP_KIB: usize = 64;
/// How long an upload waits for memory. Those that hold some wait too, so the wait must end.
const MEMORY_WAIT: Duration = Duration::from_secs(5);
/// Uploads that may wait for a worker. Their memory is limited as above.
const WAITING_MAX: usize = 256;
/// Uploads of one user at one time. Two, because a broken upload keeps its place until it times out.
const UPLOADS_PER_USER_MAX: usize = 2;

/// The threads that process pictures. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Pictures {
    workers: Workers,
    memory: Arc<Semaphore>,
    uploaders: Arc<Uploaders>,
}

/// The number of uploads of each user who has any.
#[derive(Debug, Default)]
struct Uploaders(Mutex<HashMap<UserId, usize>>);

/// An upload and the memory that it takes. Dropping it frees both.
#[derive(Debug)]
pub(crate) struct Upload {
    user: UserId,
    uploaders: Arc<Uploaders>,
    memory: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
    /// Whether the user had none before. Only these may take the second half of the memory: a few
    /// users with two slow uploads each could take all of it otherwise.
    is_first: bool,
}

impl Pictures {
    /// Starts one worker for every four cores. A large photo takes about 300 MB and most of a second
    /// to decode, and messages are more urgent than pictures.
    pub(crate) fn start() -> Result<Self> {
        let workers = Workers::start("picture", workers::cores().div_ceil(4), WAITING_MAX)?;
        let memory = Arc::new(Semaphore::new(MEMORY_KIB));
        Ok(Self { workers, memory, uploaders: Arc::default() })
    }

    /// Begins one more upload of this user. Call it before reading the body.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the user has too many uploads.
    pub(crate) fn begin(&self, user: UserId) -> Result<Upload> {
        let mut counts = self.uploaders.counts();
        let theirs = counts.get(&user).copied().unwrap_or_default();
        if theirs >= UPLOADS_PER_USER_MAX {
            return Err(Error::TooMany {
                code: "too_many_uploads",
                reason: "you are already uploading two pictures; wait until one ends, then try again",
                retry_after: BUSY_RETRY_AFTER,
            });
        }
        counts.insert(user, theirs + 1);
        let (uploaders, memory) = (Arc::clone(&self.uploaders), Arc::clone(&self.memory));
        Ok(Upload { user, uploaders, memory, held: None, is_first: theirs == 0 })
    }

    /// Makes the picture in both sizes from an upload.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the bytes are not a picture, or a damaged or too large one.
    pub(crate) async fn make(&self, upload: Upload, bytes: Vec<u8>) -> Result<Picture> {
        let make = move || {
            let made = picture::make(&bytes);
            drop(upload);
            made
        };
        self.workers.run(make).await
    }
}

impl Room for Upload {
    /// Takes memory for so many bytes in all.
    ///
    /// # Errors
    /// [`Error::Busy`] when uploads take all of it.
    async fn make_room(&mut self, bytes: usize) -> Result<()> {
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let wanted = bytes.div_ceil(1024).next_multiple_of(STEP_KIB);
        let more = u32::try_from(wanted.saturating_sub(held)).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        if !self.is_first && self.memory.available_permits() < MEMORY_KIB / 2 {
            return Err(Error::Busy);
        }
        let taking = Arc::clone(&self.memory).acquire_many_owned(more);
        let taken = timeout(MEMORY_WAIT, taking).await.map_err(|_| Error::Busy)?;
        let taken = taken.map_err(Error::internal)?;
        match &mut self.held {
            Some(held) => held.merge(taken),
            none => *none = Some(taken),
        }
        Ok(())
    }
}

impl Uploaders {
    fn counts(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().expect("no panic while holding the counts")
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut counts = self.uploaders.counts();
        match counts.get_mut(&self.user) {
            Some(theirs @ 2..) => *theirs -= 1,
            _ => drop(counts.remove(&self.user)),
        }
    }
}
