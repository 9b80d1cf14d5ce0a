//! Private files in a folder that others may have written to.
//!
//! Nothing here follows a symbolic link, and every file that is made can be read by its owner only.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use rustix::fs::OFlags;

use crate::error::{Error, Result};

/// The permissions of group and others.
const OTHERS: u32 = 0o077;
/// Their permissions to write.
const OTHERS_WRITE: u32 = 0o022;
/// Set on folders that many use, such as `/tmp`.
const STICKY: u32 = 0o1000;
/// The names that Chaap's own files begin with.
const OWN_PREFIX: &str = "chaap.";

/// Whether a path leads to one of Chaap's own files, or where one would be, in its data folder.
pub(crate) fn is_own(path: &Path, data: &Path) -> bool {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new(".")).canonicalize();
    let is_inside = parent.is_ok_and(|parent| data.canonicalize().is_ok_and(|data| data == parent));
    let name = path.file_name().and_then(OsStr::to_str);
    is_inside && name.is_some_and(|name| name.starts_with(OWN_PREFIX))
}

/// Refuses a symbolic link, a pipe, or anything else in place of a file. A missing file is fine.
///
/// # Errors
/// [`Error::Startup`] with a sentence for the operator.
pub(crate) fn refuse_planted(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(metadata) => {
            let what = if metadata.is_symlink() { "a symbolic link" } else { "not a file" };
            Err(Error::Startup(format!(
                "{} is {what}; find out who made it, remove it, and put the file itself in its place if you have it",
                path.display()
            )))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unusable(path, &error)),
    }
}

/// Opens a file, for reading unless `options` say otherwise, and not through a symbolic link. A file
/// that is made is private. Something that is no file gives an error.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // Without NONBLOCK, opening a named pipe would wait for its other end.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = options.mode(0o600).custom_flags(flags.bits().cast_signed()).open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(ErrorKind::InvalidInput, "it is not a file"))
    }
}

/// Takes the permissions of group and others from a file, with a line in the log if they had any. A
/// missing file is fine.
///
/// # Errors
/// [`Error::Startup`] when that is not possible.
pub(crate) fn make_private(path: &Path) -> Result<()> {
    let file = match open(path, OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unusable(path, &error)),
    };
    restrict(&file, path, 0o600).map_err(|e| unusable(path, &e))
}

/// Refuses a folder where others can write, unless it is Chaap's alone: then
/// [`make_folder_private`] takes that permission from them.
///
/// # Errors
/// [`Error::Startup`] with a sentence for the operator.
pub(crate) fn refuse_shared_folder(path: &Path) -> Result<()> {
    let mode = path.metadata().map_err(|e| unusable(path, &e))?.permissions().mode();
    let is_shared =
        mode & STICKY != 0 || holds_other_files(path).map_err(|e| unusable(path, &e))?;
    if mode & OTHERS_WRITE == 0 || !is_shared {
        return Ok(());
    }
    Err(Error::Startup(format!(
        "others can write to the data folder {}, which also holds other files; choose a folder for Chaap alone with --data",
        path.display()
    )))
}

/// Takes the permissions of group and others from the data folder. One with other files in it stays
/// as it is, with a warning.
///
/// # Errors
/// [`Error::Startup`] when that is not possible.
pub(crate) fn make_folder_private(folder: &File, path: &Path) -> Result<()> {
    if holds_other_files(path).map_err(|e| unusable(path, &e))? {
        let mode = folder.metadata().map_err(|e| unusable(path, &e))?.permissions().mode();
        if mode & OTHERS != 0 {
            tracing::warn!(
                folder = %path.display(),
                "others can list the data folder, which also holds other files; choose a folder for Chaap alone with --data"
            );
        }
        return Ok(());
    }
    restrict(folder, path, 0o700).map_err(|e| unusable(path, &e))
}

/// Writes a private file as a whole: after a crash it has either its old or its new content.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = Path::new(&draft);
    // Left over from a crash, or planted. Removing a link does not touch what it leads to.
    match fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = open(draft, OpenOptions::new().write(true).create_new(true))?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(draft, path)?;
    // Without this, a power cut could undo the renaming.
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn restrict(file: &File, path: &Path, mode: u32) -> io::Result<()> {
    let found = file.metadata()?.permissions().mode() & 0o7777;
    if found & OTHERS == 0 {
        return Ok(());
    }
    file.set_permissions(Permissions::from_mode(mode))?;
    tracing::warn!(
        path = %path.display(),
        "others had access (mode {found:o}); it is private now, but they may have read it before"
    );
    Ok(())
}

fn holds_other_files(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        if !entry?.file_name().to_string_lossy().starts_with(OWN_PREFIX) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unusable(path: &Path, cause: &io::Error) -> Error {
    Error::Startup(format!(
        "{} cannot be made private: {cause}; check who owns it, or choose another folder with --data",
        path.display()
    ))
}
