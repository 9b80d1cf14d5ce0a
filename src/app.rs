//! What every request can reach: the store, the hub, sign-in, and the page.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    path::Path,
    sync::Arc,
};

use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::{self, Endings, Guesses, Passwords, Tokens},
    config::{
        BODIES_BYTES_MAX, Config, FRAME_BYTES_MAX, REPLIES_BYTES_MAX, REPLIES_BYTES_PER_USER,
        REPLIES_MADE_PER_ADDRESS, REPLY_BYTES, RateLimits,
    },
    error::{Error, Result},
    files,
    http::{AddressKey, ClientAddress, Holder, ReplyShare, Sites},
    hub::Hub,
    limits::{self, Connections, Limits, Place},
    media::Pictures,
    reach::Reach,
    shares::{Share, Shares, WAIT_MAX},
    store::{self, Allowance, Record, Store},
    types::UserId,
};

/// The server's parts, wired.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) hub: Arc<Hub>,
    pub(crate) tokens: Tokens,
    pub(crate) passwords: Passwords,
    pub(crate) guesses: Guesses,
    pub(crate) endings: Arc<Endings>,
    pub(crate) pictures: Pictures,
    /// The memory for long JSON bodies and long frames that are arriving, in bytes.
    pub(crate) bodies: Shares<Holder>,
    /// The memory for replies, in bytes, by user and by address.
    replies: Shares<Holder>,
    /// The replies that are being made, by address.
    turns: Shares<AddressKey>,
    pub(crate) limits: Limits,
    pub(crate) connections: Arc<Connections>,
    pub(crate) sites: Sites,
    pub(crate) reach: Reach,
    /// Cancelled when the server begins to stop.
    pub(crate) stopping: CancellationToken,
    /// Every task that must end before the store may close.
    pub(crate) tasks: TaskTracker,
    /// Held until everything else has ended.
    _lock: FolderLock,
}

/// The lock on the data folder.
#[derive(Debug)]
struct FolderLock(File);

impl App {
    /// Opens the data folder and everything in it.
    ///
    /// # Errors
    /// [`Error::Startup`], with nothing on disk changed, when the folder cannot be used, is in
    /// use by another Chaap, or holds a damaged key or a database that is not for this version.
    pub(crate) fn open(config: Config, reach: Reach) -> Result<Arc<Self>> {
        let sites = Sites::new(&config)?;
        let folder = open_folder(&config.data)?;
        let sockets_max = match config.rate_limits {
            RateLimits::On => limits::places_of_user(Place::Socket) as usize,
            RateLimits::Off => usize::MAX,
        };
        let hub = Arc::new(Hub::new(config.mailbox_max as usize, sockets_max));
        let endings = Arc::new(Endings::default());
        let publish = {
            let (hub, endings) = (Arc::clone(&hub), Arc::clone(&endings));
            Box::new(move |changes: &[_], origin| {
                for change in changes {
                    endings.note(change);
                }
                hub.publish(changes, origin);
            })
        };
        let (database, key_file) = (config.data.join("chaap.db"), config.data.join("chaap.key"));
        let owned = || store::files_of(&database).into_iter().chain([key_file.clone()]);
        files::refuse_shared_folder(&config.data)?;
        owned().try_for_each(|file| files::refuse_planted(&file))?;
        Store::refuse_unusable(&database)?;
        let key = auth::load_or_make_key(&key_file)?;
        // From here on nothing refuses the folder as it is, so it may change.
        files::make_folder_private(&folder.0, &config.data)?;
        owned().try_for_each(|file| files::make_private(&file))?;
        let record = config.record_commands.as_deref().map(|path| record_to(path, &config.data));
        let record = record.transpose()?;
        let allowance = Allowance {
            queue_max: config.queue_max as usize,
            lock_max: config.lock_max(),
            user_quota: config.user_quota_bytes(),
            disk_reserve: config.disk_reserve_bytes(),
        };
        let (store, hidden) = Store::open(&database, allowance, publish, record)?;
        hub.hide(hidden);
        endings.note_started();
        Ok(Arc::new(Self {
            store,
            hub,
            tokens: Tokens::new(&key),
            passwords: Passwords::start(config.rate_limits)?,
            guesses: Guesses::new(config.rate_limits),
            endings,
            pictures: Pictures::start(config.picture_decoder.clone())?,
            bodies: Shares::new(BODIES_BYTES_MAX, BODIES_BYTES_MAX),
            replies: Shares::new(REPLIES_BYTES_MAX, REPLIES_BYTES_PER_USER),
            turns: Shares::new(usize::MAX, REPLIES_MADE_PER_ADDRESS),
            limits: Limits::new(config.rate_limits),
            connections: Arc::new(Connections::new()),
            sites,
            reach,
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            config,
            _lock: folder,
        }))
    }

    /// Waits for the memory of a reply that may be long; see [`REPLY_BYTES`]. It counts for the
    /// user, and for the address if that is known, because one person may have many accounts. An
    /// address that is known also has a limit of replies that are being made at the same time.
    ///
    /// # Errors
    /// [`Error::Busy`] when other replies of the user, of the address or of everybody hold it for
    /// too long.
    pub(crate) async fn reply_share(
        &self,
        address: Option<ClientAddress>,
        user: UserId,
    ) -> Result<ReplyShare> {
        let waiting = async {
            let owner = address.map(|address| Holder::Site(address.site()));
            let memory = self.replies.take_under(owner, Holder::User(user), REPLY_BYTES).await?;
            // Last: who waits for memory, because they read slowly, must not hold a turn meanwhile.
            let turn = match address {
                Some(address) => Some(self.turns.take(address.key(), 1).await?),
                None => None,
            };
            Ok(ReplyShare::new(memory, turn))
        };
        timeout(WAIT_MAX, waiting).await.unwrap_or(Err(Error::Busy))
    }

    /// Waits for the memory of a long frame that is arriving. It counts for the user and the
    /// address, like [`App::reply_share`].
    ///
    /// # Errors
    /// [`Error::Busy`] when others hold the memory for too long.
    pub(crate) async fn frame_share(
        &self,
        address: Option<ClientAddress>,
        user: UserId,
    ) -> Result<Share<Holder>> {
        let owner = address.map(|address| Holder::Site(address.site()));
        self.bodies.take_under(owner, Holder::User(user), FRAME_BYTES_MAX).await
    }

    /// Like [`App::reply_share`] for a client that has not signed in. Clients whose address is not
    /// known share what one address may hold.
    pub(crate) async fn anonymous_reply_share(
        &self,
        address: Option<ClientAddress>,
    ) -> Result<ReplyShare> {
        Ok(ReplyShare::new(self.replies.take(Holder::of(address), REPLY_BYTES).await?, None))
    }
}

impl Drop for FolderLock {
    /// Closing the folder is not enough: a process that is just being started, to decode a picture,
    /// holds a copy of the handle for a moment.
    fn drop(&mut self) {
        drop(self.0.unlock());
    }
}

/// Appends every committed command to a file, one JSON object a line. Nothing can be replayed
/// beyond a gap, so the first failure ends the record.
fn record_to(path: &Path, data: &Path) -> Result<Record> {
    if files::is_own(path, data) {
        return Err(Error::Startup(format!(
            "{} is a file of Chaap itself; name another file for --record-commands",
            path.display()
        )));
    }
    let unusable = |e: std::io::Error| {
        Error::Startup(format!(
            "the file {} for --record-commands cannot be written: {e}",
            path.display()
        ))
    };
    let mut options = OpenOptions::new();
    let file = files::open(path, options.append(true).create(true)).map_err(unusable)?;
    files::make_private(path)?;
    let mut file = Some(file);
    Ok(Box::new(move |entry| {
        let Some(mut open) = file.as_ref() else { return };
        let mut line = serde_json::to_vec(entry).expect("commands are plain structs");
        line.push(b'\n');
        let bytes = open.metadata().map(|metadata| metadata.len());
        if let Err(error) = open.write_all(&line) {
            tracing::error!(%error, "a command could not be recorded; the record ends here");
            // Without the half line the file can still be read.
            drop(bytes.and_then(|bytes| open.set_len(bytes)));
            file = None;
        }
    }))
}

/// Makes the folder if it is missing, and locks it for the life of the returned handle. The
/// lock is on the folder itself: closing a handle on the database would drop SQLite's locks.
fn open_folder(path: &Path) -> Result<FolderLock> {
    use std::os::unix::fs::DirBuilderExt;
    let unusable = |what: &str, cause: &dyn std::fmt::Display| {
        Error::Startup(format!(
            "the data folder {} {what}: {cause}; choose a writable folder with --data",
            path.display()
        ))
    };
    if !path.exists() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|e| unusable("cannot be created", &e))?;
    }
    let metadata = path.metadata().map_err(|e| unusable("cannot be read", &e))?;
    if !metadata.is_dir() {
        return Err(unusable("cannot be used", &"it is a file"));
    }
    if metadata.permissions().readonly() {
        return Err(unusable("cannot be written", &"it is read-only"));
    }
    let folder = File::open(path).map_err(|e| unusable("cannot be opened", &e))?;
    match folder.try_lock() {
        Ok(()) => Ok(FolderLock(folder)),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Startup(format!(
            "the data folder {} is in use by another Chaap; stop it, or choose another folder with --data",
            path.display()
        ))),
        Err(std::fs::TryLockError::Error(e)) => Err(unusable("cannot be locked", &e)),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_address_has_two_replies_made_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().join("data"), ..Config::default() };
        let app = App::open(config, Reach::new(Vec::new(), false)).unwrap();
        let [here, elsewhere] = [1, 2].map(|last| Some(ClientAddress::of_v4([203, 0, 113, last])));
        let mut first = app.reply_share(here, UserId(1)).await.unwrap();
        let second = app.reply_share(here, UserId(2)).await.unwrap();
        let mut third = pin!(app.reply_share(here, UserId(3)));
        assert!(third.as_mut().now_or_never().is_none());
        for address in [elsewhere, None] {
            assert!(app.reply_share(address, UserId(4)).now_or_never().unwrap().is_ok());
        }
        // It is made, and is being sent.
        first.shrink(1_000);
        third.await.unwrap();
        drop((first, second));
        app.store.close();
    }
}
