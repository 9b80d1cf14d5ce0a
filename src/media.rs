//! Uploaded pictures: limits the memory that they take, and re-encodes each in a process of its own.
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
mod turns;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::runtime::Handle;

pub use self::decoder::decode_picture;
use self::turns::Turns;
use crate::{
    error::{BUSY_RETRY_AFTER, Error, Result},
    http::{ClientAddress, Holder, Room},
    model::Picture,
    shares::{Share, Shares},
    types::UserId,
    workers::{self, Workers},
};

/// Memory for uploads that are arriving, wait for a worker, or are being processed, in KiB. An upload
/// takes what has arrived of it, so slow ones leave room for others.
const MEMORY_KIB: usize = 64 * 1024;
/// What the uploads from one address, or of one user whose address is unknown, may take of it.
const MEMORY_KIB_EACH: usize = MEMORY_KIB / 2;
/// An upload takes memory in steps of this.
const STEP_KIB: usize = 64;
/// How long an upload waits for memory. Those that hold some wait too, so the wait must end.
const MEMORY_WAIT: Duration = Duration::from_secs(5);
/// Uploads that may wait for a worker. Their memory is limited as above.
const WAITING_MAX: usize = 256;
/// Uploads of one user at one time. Two, because a broken upload keeps its place until it times out.
const UPLOADS_PER_USER_MAX: usize = 2;

/// Decodes pictures, a few at a time.
#[derive(Debug)]
pub(crate) struct Pictures {
    /// The program that decodes.
    program: Arc<PathBuf>,
    /// Starts it. This blocks for about a millisecond, too long for the threads of the sockets.
    starter: Workers,
    /// The processes that may run at one time.
    turns: Turns,
    memory: Arc<Shares<Holder>>,
    uploaders: Arc<Uploaders>,
}

/// The number of uploads of each user who has any.
#[derive(Debug, Default)]
struct Uploaders(Mutex<HashMap<UserId, usize>>);

/// An upload and the memory that it takes. Dropping it frees both.
#[derive(Debug)]
pub(crate) struct Upload {
    user: UserId,
    /// The address, so that many accounts of one person do not count as many, or the user if the
    /// address is unknown.
    holder: Holder,
    uploaders: Arc<Uploaders>,
    memory: Arc<Shares<Holder>>,
    held: Option<Share<Holder>>,
}

impl Pictures {
    /// Lets one process run for every four cores. A large photo takes about 300 MB and most of a
    /// second to decode, and messages are more urgent than pictures. `program` decodes; without one
    /// it is the running program itself.
    pub(crate) fn start(program: Option<PathBuf>) -> Result<Self> {
        Ok(Self {
            program: Arc::new(child::program(program)?),
            starter: Workers::start("picture", 1, WAITING_MAX)?,
            turns: Turns::new(workers::cores().div_ceil(4)),
            memory: Arc::new(Shares::new(MEMORY_KIB, MEMORY_KIB_EACH)),
            uploaders: Arc::default(),
        })
    }

    /// Begins one more upload of this user, from this address if it is known. Call it before reading
    /// the body.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the user has too many uploads.
    pub(crate) fn begin(&self, user: UserId, address: Option<ClientAddress>) -> Result<Upload> {
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
        let holder = address.map_or(Holder::User(user), |address| Holder::Site(address.site()));
        Ok(Upload { user, holder, uploaders, memory, held: None })
    }

    /// Makes the picture in both sizes from an upload. When the caller stops waiting, the process
    /// that decodes is killed.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the bytes are not a picture, or a damaged or too large one;
    /// [`Error::Busy`] when the machine cannot decode it now.
    pub(crate) async fn make(&self, upload: Upload, bytes: Vec<u8>) -> Result<Picture> {
        let _turn = self.turns.take(upload.user, upload.holder).await?;
        let (program, runtime) = (Arc::clone(&self.program), Handle::current());
        let child = self.starter.run(move || child::start(&program, &runtime)).await?;
        let made = child::make(child, &bytes).await;
        drop(upload);
        made
    }
}

impl Room for Upload {
    /// Takes memory for so many bytes in all.
    ///
    /// # Errors
    /// [`Error::Busy`] when uploads take all of it.
    async fn make_room(&mut self, bytes: usize) -> Result<()> {
        let held = self.held.as_ref().map_or(0, Share::parts);
        let wanted = bytes.div_ceil(1024).next_multiple_of(STEP_KIB);
        let more = wanted.saturating_sub(held);
        if more == 0 {
            return Ok(());
        }
        let taken = self.memory.take_within(self.holder, more, MEMORY_WAIT).await?;
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
