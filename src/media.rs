//! Pictures people upload: taken in bounded numbers, made anew by threads of their own.
//!
//! What comes in is never kept or sent as it is. How it is decoded, and what is refused, is in
//! `media/picture.rs`.

pub(crate) mod picture;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    error::{Error, Result},
    model::Picture,
    words::UserId,
    workers::{self, Workers},
};

/// Uploads at one time: on their way in, waiting for a worker, or with one. At 4 MiB each this
/// bounds what they hold to 64 MiB.
const UPLOADS_MAX: usize = 16;
/// Uploads of one person at one time, so that nobody takes all the places by sending slowly. Two,
/// because one that broke off unnoticed holds its place until its time is up.
const UPLOADS_PER_USER_MAX: usize = 2;

/// The threads that make pictures. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Pictures {
    workers: Workers,
    places: Arc<Semaphore>,
    uploaders: Arc<Uploaders>,
}

/// Who uploads, and how many at this time. Nobody is in it with none.
#[derive(Debug, Default)]
struct Uploaders(Mutex<HashMap<UserId, usize>>);

/// The right to upload, held until the picture is made. Dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Upload {
    user: UserId,
    uploaders: Arc<Uploaders>,
    _place: OwnedSemaphorePermit,
}

impl Pictures {
    /// Starts one worker for every four cores: a large photo takes some 300 MB while it is
    /// decoded and the best part of a second, and what people wait for are messages.
    pub(crate) fn start() -> Result<Self> {
        let workers = Workers::start("picture", workers::cores().div_ceil(4), UPLOADS_MAX)?;
        let places = Arc::new(Semaphore::new(UPLOADS_MAX));
        Ok(Self { workers, places, uploaders: Arc::default() })
    }

    /// Admits one more upload of this user. Ask before reading its body.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the user has too many under way, [`Error::Busy`] when all have.
    pub(crate) fn begin(&self, user: UserId) -> Result<Upload> {
        let mut counts = self.uploaders.counts();
        let theirs = counts.get(&user).copied().unwrap_or_default();
        if theirs >= UPLOADS_PER_USER_MAX {
            return Err(Error::TooMany {
                code: "too_many_uploads",
                reason: "you are already uploading two pictures; wait until one ends, then try again",
            });
        }
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::Busy)?;
        counts.insert(user, theirs + 1);
        Ok(Upload { user, uploaders: Arc::clone(&self.uploaders), _place: place })
    }

    /// Makes the picture in both sizes from what was uploaded.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the bytes are no picture, a damaged one, or too large a one.
    pub(crate) async fn make(&self, upload: Upload, bytes: Vec<u8>) -> Result<Picture> {
        let make = move || {
            let made = picture::make(&bytes);
            drop(upload);
            made
        };
        self.workers.run(make).await
    }
}

impl Uploaders {
    fn counts(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().expect("nobody panics while holding the counts")
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
