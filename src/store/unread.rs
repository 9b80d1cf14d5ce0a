//! The messages of others that a member has not read: how many there are, which is the first, and
//! which of them mention the member.

use rusqlite::{Connection, Row as SqlRow};

use super::{
    chats, sql,
    views::{View, is_hidden, newest_hidden, oldest_hidden},
};
use crate::{
    error::Result,
    types::{ChatId, MessageId, Millis, Seq, UserId},
};

/// The unread count looks at this many of the last messages only, and the search for the first unread
/// message at this many after the ones that were read.
const ROWS_MAX: usize = 4_000;

/// Unread mentions are looked for among so many of the last messages that mention somebody. The
/// unread count stops there, too.
const MENTIONING_MAX: usize = 1_000;
/// Unread mentions that are told: the oldest, as the reader goes through them one by one.
const MENTIONS_MAX: usize = 100;

/// What was found in a walk through messages, and how many of them it looked at.
#[derive(Debug)]
pub(super) struct Walk<T> {
    pub(super) found: T,
    pub(super) rows: usize,
}

/// How many messages of others a member sees beyond `read`, counted up to `max`. Walks from the
/// end, so that it costs what is unread and not what the chat holds, and looks at [`ROWS_MAX`]
/// messages at most.
pub(super) fn count(
    db: &Connection,
    chat: ChatId,
    user: UserId,
    view: &View,
    read: Seq,
    max: u64,
) -> Result<Walk<u64>> {
    // The marks of somebody who came back start at their last stay.
    let Some((after, through)) = view.ranges().next_back() else {
        return Ok(Walk { found: 0, rows: 0 });
    };
    let hidden = newest_hidden(db, (chat, user), (after, through), ROWS_MAX)?;
    let mut query = db.prepare_cached(
        "SELECT id, seq, sender_id, deleted_at, expired, event IS NOT NULL AS is_event
           FROM messages
          WHERE chat_id = ?1 AND id > ?2 AND id <= ?3 ORDER BY id DESC",
    )?;
    let (mut rows, mut seen, mut unread) = (query.query((chat, after, through))?, 0, 0);
    while seen < ROWS_MAX
        && let Some(row) = rows.next()?
    {
        seen += 1;
        if row.get::<_, Seq>("seq")? <= read || unread == max {
            break;
        }
        let is_unread = counts(row, user)? && !hidden.contains(&row.get("id")?);
        unread += u64::from(is_unread);
    }
    Ok(Walk { found: unread, rows: seen })
}

/// Which messages of others beyond `read` mention the member, the oldest first. Walks through the
/// messages that mention somebody, from the end.
pub(super) fn mentions(
    db: &Connection,
    chat: ChatId,
    user: UserId,
    view: &View,
    read: Seq,
) -> Result<Walk<Vec<Seq>>> {
    let Some((after, through)) = view.ranges().next_back() else {
        return Ok(Walk { found: Vec::new(), rows: 0 });
    };
    let mut query = db.prepare_cached(
        "SELECT id, seq, sender_id, deleted_at, expired, event IS NOT NULL AS is_event, mentions,
                mentions_all
           FROM messages INDEXED BY messages_by_mention
          WHERE chat_id = ?1 AND mentions IS NOT NULL AND id > ?2 AND id <= ?3 ORDER BY id DESC",
    )?;
    let (mut rows, mut seen, mut found) = (query.query((chat, after, through))?, 0, Vec::new());
    while seen < MENTIONING_MAX
        && let Some(row) = rows.next()?
    {
        seen += 1;
        let seq = row.get("seq")?;
        if seq <= read {
            break;
        }
        let is_mentioned =
            row.get("mentions_all")? || sql::ids_from_json(row, "mentions")?.contains(&user);
        if is_mentioned && counts(row, user)? && !is_hidden(db, row.get("id")?, user)? {
            found.push(seq);
        }
    }
    found.reverse();
    found.truncate(MENTIONS_MAX);
    Ok(Walk { found, rows: seen })
}

/// The first message of another person beyond `read`. If there is none among the next
/// [`ROWS_MAX`] messages, it is the last of those; `None` if there are no later messages.
pub(super) fn first(
    db: &Connection,
    chat: ChatId,
    user: UserId,
    view: &View,
    read: Seq,
) -> Result<Option<MessageId>> {
    let Some((after, through)) = view.ranges().next_back() else { return Ok(None) };
    let Some(start) = chats::last_until(db, chat, (after, through), read)? else { return Ok(None) };
    let hidden = oldest_hidden(db, (chat, user), (start, through), ROWS_MAX)?;
    let mut query = db.prepare_cached(
        "SELECT id, sender_id, deleted_at, expired, event IS NOT NULL AS is_event FROM messages
          WHERE chat_id = ?1 AND id > ?2 AND id <= ?3 ORDER BY id",
    )?;
    let (mut rows, mut seen, mut last) = (query.query((chat, start, through))?, 0, None);
    while seen < ROWS_MAX
        && let Some(row) = rows.next()?
    {
        seen += 1;
        let id = row.get("id")?;
        last = Some(id);
        if counts(row, user)? && !hidden.contains(&id) {
            break;
        }
    }
    Ok(last)
}

/// Whether a message can be unread: one of another person that has its words, and no event line.
fn counts(row: &SqlRow<'_>, user: UserId) -> Result<bool> {
    let by_other = row.get::<_, UserId>("sender_id")? != user;
    let is_deleted = row.get::<_, Option<Millis>>("deleted_at")?.is_some();
    let is_gone = is_deleted || row.get("expired")?;
    Ok(by_other && !is_gone && !row.get::<_, bool>("is_event")?)
}
