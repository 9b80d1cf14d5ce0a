//! The signing key: a file of 32 random bytes, made at the first start.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _},
    path::Path,
};

use crate::{
    error::{Error, Result},
    files,
};

/// RFC 7518 requires an HS256 key as long as the output of HMAC-SHA-256.
const KEY_BYTES: usize = 32;

/// Reads the key, or makes one if there is none.
pub(crate) fn load_or_make(path: &Path) -> Result<Vec<u8>> {
    match files::open(path, OpenOptions::new().read(true)) {
        Ok(file) => load(path, file),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            make(path).map_err(|e| unusable(path, "cannot be written", &e))
        }
        Err(e) => Err(unusable(path, "cannot be read", &e)),
    }
}

fn load(path: &Path, file: File) -> Result<Vec<u8>> {
    let mut key = Vec::new();
    file.take(KEY_BYTES as u64 + 1)
        .read_to_end(&mut key)
        .map_err(|e| unusable(path, "cannot be read", &e))?;
    if key.len() != KEY_BYTES {
        return Err(Error::Startup(format!(
            "the signing key {} is damaged (it must be {KEY_BYTES} bytes); restore it from a backup, or delete it, and everybody has to sign in again",
            path.display()
        )));
    }
    Ok(key)
}

fn make(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut key = vec![0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(std::io::Error::other)?;
    files::write_whole(path, &key)?;
    Ok(key)
}

fn unusable(path: &Path, what: &str, cause: &std::io::Error) -> Error {
    Error::Startup(format!(
        "the signing key {} {what}: {cause}; check who owns the file and its folder",
        path.display()
    ))
}
