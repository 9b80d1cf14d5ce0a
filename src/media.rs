//! Uploaded pictures: limits how many are processed at a time, and re-encodes each in a process of
//! its own.
//!
//! An upload is never stored or sent as it is. `media/picture.rs` decodes it or refuses it, and
//! `media/decoder.rs` is the process around that: a decoder that allocates too much, runs for too
//! long or aborts costs one upload.

mod child;
mod colours;
mod decoder;
mod extent;
pub(crate) mod picture;
mod pipe;
mod refusal;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};

pub use self::decoder::decode_picture;
use crate::{
    error::{BUSY_RETRY_AFTER, Error, Result},
    model::Picture,
    types::UserId,
    workers::{self, Workers},
};

/// Uploads at one time: arriving, waiting for a worker, or being processed. At 4 MiB each they hold
/// at most 64 MiB.
const UPLOADS_MAX: usize = 16;
/// Uploads of one user at one time. Without this, one user who sends slowly could take all the
/// places. Two, because a broken upload keeps its place until it times out.
const UPLOADS_PER_USER_MAX: usize = 2;

/// Decodes pictures, a few at a time.
#[derive(Debug)]
pub(crate) struct Pictures {
    /// The program that decodes.
    program: Arc<PathBuf>,
    /// Starts it. This blocks for about a millisecond, too long for the threads of the sockets.
    starter: Workers,
    /// The processes that may run at one time.
    turns: Semaphore,
    places: Arc<Semaphore>,
    uploaders: Arc<Uploaders>,
}

/// The number of uploads of each user who has any.
#[derive(Debug, Default)]
struct Uploaders(Mutex<HashMap<UserId, usize>>);

/// The place of one upload. Dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Upload {
    user: UserId,
    uploaders: Arc<Uploaders>,
    _place: OwnedSemaphorePermit,
}

impl Pictures {
    /// Lets one process run for every four cores. A large photo takes about 300 MB and most of a
    /// second to decode, and messages are more urgent than pictures. `program` decodes; without one
    /// it is the running program itself.
    pub(crate) fn start(program: Option<PathBuf>) -> Result<Self> {
        Ok(Self {
            program: Arc::new(child::program(program)?),
            starter: Workers::start("picture", 1, UPLOADS_MAX)?,
            turns: Semaphore::new(workers::cores().div_ceil(4)),
            places: Arc::new(Semaphore::new(UPLOADS_MAX)),
            uploaders: Arc::default(),
        })
    }

    /// Takes a place for one more upload of this user. Call it before reading the body.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the user has too many uploads, [`Error::Busy`] when there are too
    /// many in all.
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
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::Busy)?;
        counts.insert(user, theirs + 1);
        Ok(Upload { user, uploaders: Arc::clone(&self.uploaders), _place: place })
    }

    /// Makes the picture in both sizes from an upload. When the caller stops waiting, the process
    /// that decodes is killed.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the bytes are not a picture, or a damaged or too large one;
    /// [`Error::Busy`] when the machine cannot decode it now.
    pub(crate) async fn make(&self, upload: Upload, bytes: Vec<u8>) -> Result<Picture> {
        let _turn = self.turns.acquire().await.map_err(|_| Error::Busy)?;
        let (program, runtime) = (Arc::clone(&self.program), Handle::current());
        let child = self.starter.run(move || child::start(&program, &runtime)).await?;
        let made = child::make(child, &bytes).await;
        drop(upload);
        made
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
