//! The process that decodes one picture: `chaap decode-picture`.
//!
//! It limits itself before it reads a byte. A hostile picture can then end this process, and
//! nothing else.

use std::io::{Read, Write, stdin, stdout};

use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};

use super::{picture, pipe};
use crate::{
    config::PICTURE_BYTES_MAX,
    error::{Error, Result},
};

/// What the process may allocate. The largest picture that is accepted takes about half of it.
const ADDRESS_SPACE_MAX: u64 = 1024 * 1024 * 1024;
/// Seconds of work. The largest picture that is accepted takes about one on a fast core.
const CPU_SECONDS_MAX: u64 = 15;
/// Messages are more urgent than pictures.
const NICENESS: i32 = 5;

/// Reads an upload from standard input and writes the picture, or why there is none, to standard
/// output.
///
/// # Errors
/// [`Error::Startup`] when the limits cannot be set or the server has gone away.
pub fn decode_picture() -> Result<()> {
    let failed = |what: &'static str| {
        move |error: std::io::Error| Error::Startup(format!("decode-picture: {what}: {error}"))
    };
    limit().map_err(failed("the limits cannot be set"))?;
    let mut output = stdout().lock();
    let mut write = |bytes: &[u8]| output.write_all(bytes).and_then(|()| output.flush());
    write(&[pipe::READY]).map_err(failed("the server does not read"))?;
    let mut upload = Vec::new();
    let mut input = stdin().lock().take(PICTURE_BYTES_MAX as u64);
    input.read_to_end(&mut upload).map_err(failed("the upload cannot be read"))?;
    write(&pipe::encode(&picture::make(&upload))).map_err(failed("the server does not read"))
}

fn limit() -> std::io::Result<()> {
    for (resource, most) in [
        (Resource::As, ADDRESS_SPACE_MAX),
        (Resource::Cpu, CPU_SECONDS_MAX),
        // The pipes are open already. Nothing else can be opened: no file and no socket.
        (Resource::Nofile, 0),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        // A lower limit of the system stays.
        let most = getrlimit(resource).maximum.map_or(most, |maximum| maximum.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    // A system that refuses this decodes pictures as well.
    let _ = nice(NICENESS);
    Ok(())
}
