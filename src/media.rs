//! Pictures people upload: taken in bounded numbers, made anew by threads of their own.
//!
//! What comes in is never kept or sent as it is. How it is decoded, and what is refused, is in
//! `media/picture.rs`.

pub(crate) mod picture;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    error::{Error, Result},
    model::Picture,
    workers::{self, Workers},
};

/// Uploads at one time: on their way in, waiting for a worker, or with one. At 4 MiB each this
/// bounds what they hold to 64 MiB.
const UPLOADS_MAX: usize = 16;

/// The threads that make pictures. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Pictures {
    workers: Workers,
    uploads: Arc<Semaphore>,
}

/// The right to upload, held until the picture is made.
#[derive(Debug)]
pub(crate) struct Upload {
    permit: OwnedSemaphorePermit,
}

impl Pictures {
    /// Starts one worker for every four cores: a large photo takes some 300 MB while it is
    /// decoded and the best part of a second, and what people wait for are messages.
    pub(crate) fn start() -> Result<Self> {
        let workers = Workers::start("picture", workers::cores().div_ceil(4), UPLOADS_MAX)?;
        Ok(Self { workers, uploads: Arc::new(Semaphore::new(UPLOADS_MAX)) })
    }

    /// Admits one more upload. Ask before reading its body.
    ///
    /// # Errors
    /// [`Error::Busy`] when there are too many.
    pub(crate) fn begin(&self) -> Result<Upload> {
        let permit = Arc::clone(&self.uploads).try_acquire_owned().map_err(|_| Error::Busy)?;
        Ok(Upload { permit })
    }

    /// Makes the picture in both sizes from what was uploaded.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the bytes are no picture, a damaged one, or too large a one.
    pub(crate) async fn make(&self, upload: Upload, bytes: Vec<u8>) -> Result<Picture> {
        let make = move || {
            let made = picture::make(&bytes);
            drop(upload.permit);
            made
        };
        self.workers.run(make).await
    }
}
