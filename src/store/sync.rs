//! What a returning device has missed: every row changed since its revision. What the first Chaap's
//! clients get instead is in `v1.rs`.

use rusqlite::{Connection, Params, types::FromSql};

use super::{Store, accounts, chats, epochs, messages::message_columns, preferences, privacy};
use crate::{
    config::{SYNC_PAGE_BYTES, SYNC_PAGE_ROWS},
    error::Result,
    model::{Message, Receipt, Row},
    types::{ChatId, Epoch, MessageId, Revision, UserId},
};

/// The answer to "what changed since".
#[derive(Debug)]
pub(crate) enum Feed {
    /// Further behind than is sensible: load the lists instead, and go on from `revision`. With
    /// `restored`, what the device knows may never have happened: it forgets all of it.
    Reset { revision: Revision, restored: bool },
    /// Rows in the order they changed. With `more`, ask again since `revision`; otherwise the
    /// device has everything up to `revision`.
    Rows { rows: Vec<Row>, revision: Revision, more: bool },
}

/// Up to where a device has heard, and in which run of the server if it can tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since {
    pub(crate) revision: Revision,
    pub(crate) epoch: Option<Epoch>,
}

/// What a row of the feed is, before it is loaded.
#[derive(Clone, Copy)]
enum Key {
    User(UserId),
    Chat(ChatId),
    Receipt(ChatId, UserId),
    Preferences(ChatId, UserId),
    Privacy(UserId),
    Message(MessageId),
}

impl Store {
    /// The next page of rows that `user` may see and that changed after `since`.
    pub(crate) async fn list_changes(
        &self,
        user: UserId,
        since: Since,
        rows_max: usize,
    ) -> Result<Feed> {
        let (revision, current) = (self.revision(), self.epoch());
        let Since { revision: since, epoch } = since;
        self.read(move |db| {
            // A device from the future has seen a database that was since restored from a backup.
            let known = match epoch {
                Some(epoch) => epochs::knows(db, epoch, since, current)?,
                None => true,
            };
            if since > revision || since < Revision(0) || !known {
                return Ok(Feed::Reset { revision, restored: true });
            }
            let Some(keys) = changed_keys(db, user, since, rows_max)? else {
                return Ok(Feed::Reset { revision, restored: false });
            };
            load_page(db, user, &keys, revision)
        })
        .await
    }
}

/// The keys of all rows changed after `since`, in order; `None` if there are more than `max`.
fn changed_keys(
    db: &Connection,
    user: UserId,
    since: Revision,
    max: usize,
) -> Result<Option<Vec<(Revision, Key)>>> {
    let mut keys = Vec::new();
    // One more than may be tells whether there are more.
    let limit = i64::try_from(max).unwrap_or(i64::MAX - 1) + 1;
    collect(
        db,
        "SELECT changed, id FROM users WHERE changed > ?1 LIMIT ?2",
        (since, limit),
        Key::User,
        &mut keys,
    )?;
    let privacy = privacy::find(db, user)?;
    if privacy.changed > since {
        keys.push((privacy.changed, Key::Privacy(user)));
    }
    let mut chats = db.prepare_cached(
        "SELECT c.id, c.changed FROM members me JOIN chats c ON c.id = me.chat_id
          WHERE me.user_id = ?1",
    )?;
    let mut rows = chats.query((user,))?;
    while let Some(row) = rows.next()? {
        let (chat, changed): (ChatId, Revision) = (row.get(0)?, row.get(1)?);
        if changed > since {
            keys.push((changed, Key::Chat(chat)));
        }
        collect_in_chat(db, (chat, user), since, limit, &mut keys)?;
        if keys.len() > max {
            return Ok(None);
        }
    }
    keys.sort_by_key(|(changed, _)| *changed);
    Ok((keys.len() <= max).then_some(keys))
}

/// Adds the keys of what changed inside of a chat, as far as this member may see it.
fn collect_in_chat(
    db: &Connection,
    (chat, user): (ChatId, UserId),
    since: Revision,
    limit: i64,
    keys: &mut Vec<(Revision, Key)>,
) -> Result<()> {
    collect(
        db,
        "SELECT iif(user_id = ?2, changed, shown_changed), user_id FROM members
          WHERE chat_id = ?1 AND iif(user_id = ?2, changed, shown_changed) > ?3 LIMIT ?4",
        (chat, user, since, limit),
        |user| Key::Receipt(chat, user),
        keys,
    )?;
    let preferences = preferences::find(db, chat, user)?;
    if let Some(changed) = preferences.as_ref().map(|kept| kept.changed)
        && changed > since
    {
        keys.push((changed, Key::Preferences(chat, user)));
    }
    let (_, cleared_id) = preferences::cleared(preferences.as_ref());
    collect(
        db,
        "SELECT changed, id FROM messages WHERE chat_id = ?1 AND id > ?2 LIMIT ?3",
        (chat, MessageId(since.0).max(cleared_id), limit),
        Key::Message,
        keys,
    )?;
    collect(
        db,
        "SELECT changed, id FROM messages
          WHERE chat_id = ?1 AND changed > ?2 AND changed <> id AND id <= ?2 AND id > ?3
          LIMIT ?4",
        (chat, since, cleared_id, limit),
        Key::Message,
        keys,
    )
}

fn collect<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    key: impl Fn(T) -> Key,
    keys: &mut Vec<(Revision, Key)>,
) -> Result<()> {
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query(params)?;
    while let Some(row) = rows.next()? {
        keys.push((row.get(0)?, key(row.get(1)?)));
    }
    Ok(())
}

/// Loads rows until the page is full. Rows of one revision (a chat with its first members) are
/// never parted, so that "since" can name the page's last revision.
fn load_page(
    db: &Connection,
    viewer: UserId,
    keys: &[(Revision, Key)],
    revision: Revision,
) -> Result<Feed> {
    let (mut rows, mut bytes, mut last) = (Vec::new(), 0, None);
    for (changed, key) in keys {
        let full = rows.len() >= SYNC_PAGE_ROWS || bytes >= SYNC_PAGE_BYTES;
        if full && last != Some(*changed) {
            let revision = last.unwrap_or(revision);
            return Ok(Feed::Rows { rows, revision, more: true });
        }
        let row = load(db, viewer, *key)?;
        if let Row::Message(message) = &row {
            bytes += message.content.len();
        }
        rows.push(row);
        last = Some(*changed);
    }
    Ok(Feed::Rows { rows, revision: last.unwrap_or(revision).max(revision), more: false })
}

/// A row as `viewer` may see it.
fn load(db: &Connection, viewer: UserId, key: Key) -> Result<Row> {
    let row = match key {
        Key::User(id) => {
            let user = accounts::find_user(db, id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            Row::User(privacy::seen_by(db, viewer, user)?)
        }
        Key::Chat(id) => {
            let chat = chats::find_chat(db, id, viewer)?;
            Row::Chat(chat.ok_or(rusqlite::Error::QueryReturnedNoRows)?)
        }
        Key::Receipt(chat, user) => Row::Receipt(
            db.prepare_cached(
                "SELECT chat_id, user_id, delivered_seq,
                        iif(user_id = ?3, read_seq, shown_read_seq) AS read_seq,
                        iif(user_id = ?3, changed, shown_changed) AS changed
                   FROM members WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .query_row((chat, user, viewer), Receipt::from_row)?,
        ),
        Key::Preferences(chat, user) => {
            let kept = preferences::find(db, chat, user)?;
            Row::Preferences(kept.ok_or(rusqlite::Error::QueryReturnedNoRows)?)
        }
        Key::Privacy(user) => Row::Privacy(privacy::find(db, user)?),
        Key::Message(id) => Row::Message(message(db, id)?),
    };
    Ok(row)
}

fn message(db: &Connection, id: MessageId) -> Result<Message> {
    let mut query = db.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        " FROM messages m JOIN chats c ON c.id = m.chat_id WHERE m.id = ?1"
    ))?;
    Ok(query.query_row((id,), Message::from_row)?)
}
