//! When marks moved, and what that says of a message: when it was delivered and read.
//!
//! There is no row for each message and member: a move stands for all messages it passed.

use rusqlite::Connection;

use super::{
    Store,
    batch::Batch,
    command::By,
    memberships,
    receipts::Marks,
    sql::optional,
    views::{View, is_hidden},
};
use crate::{
    error::{Error, Result},
    model::MessageReceipt,
    rules,
    types::{ChatId, MessageId, Millis, Seq, UserId},
};

/// Which mark moved.
#[derive(Clone, Copy)]
enum Kind {
    Delivered = 0,
    /// As others see it. A read message was delivered then at the latest.
    Read = 1,
}

/// The members after ?4 to whom the sender ?2 sent the message ?3: those who were there and those who
/// received it later. Somebody who came after it and sees it in the history was not. `start`: where
/// their marks stood at the next time that they came.
const RECIPIENTS: &str = "
  WITH found AS (
    SELECT user_id, role, delivered_seq, shown_read_seq,
           (SELECT min(seq) FROM starting_marks b
             WHERE b.chat_id = ?1 AND b.user_id = members.user_id AND b.seq >= ?3) AS start
      FROM members WHERE chat_id = ?1 AND user_id > ?4 AND user_id <> ?2)
  SELECT user_id, delivered_seq >= ?3 AS delivered, shown_read_seq >= ?3 AS read, start
    FROM found
   WHERE role IS NULL OR EXISTS (
     SELECT 1 FROM stays s
      WHERE s.chat_id = ?1 AND s.user_id = found.user_id
        AND s.from_seq <= ?3 AND ifnull(s.to_seq >= ?3, TRUE)
        AND (start IS NULL OR start > s.to_seq OR EXISTS (
          SELECT 1 FROM receipt_times t
           WHERE t.chat_id = ?1 AND t.user_id = found.user_id AND t.seq BETWEEN ?3 AND start)))
   ORDER BY user_id LIMIT ?5";

/// When a mark passed a message.
enum Passed {
    NotYet,
    /// Before times were kept.
    Unknown,
    At(Millis),
}

impl Batch<'_> {
    /// Notes that a member's marks have moved.
    pub(super) fn note_move(
        &self,
        chat: ChatId,
        by: By,
        before: Marks,
        after: Marks,
    ) -> Result<()> {
        let read = after.shown > before.shown;
        if read {
            self.write_move((chat, Kind::Read), by, before.shown, after.shown)?;
        }
        // Mostly a message is read as it arrives, and one row says both.
        if after.delivered > before.delivered && !(read && after.delivered == after.shown) {
            self.write_move((chat, Kind::Delivered), by, before.delivered, after.delivered)?;
        }
        Ok(())
    }

    /// Extends the last move if it was in the same second; it then has the later time, so nothing
    /// is said to have happened before it did.
    fn write_move(&self, (chat, kind): (ChatId, Kind), by: By, from: Seq, to: Seq) -> Result<()> {
        let kind = kind as i64;
        let extended = self
            .db
            .prepare_cached(
                "UPDATE receipt_times SET seq = ?5, at = ?6
                  WHERE chat_id = ?1 AND user_id = ?2 AND kind = ?3 AND seq = ?4 AND at >= ?7",
            )?
            .execute((chat, by.actor, kind, from, to, by.at, by.at.second()))?;
        if extended == 0 {
            self.db
                .prepare_cached(
                    "INSERT INTO receipt_times (chat_id, user_id, kind, seq, at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute((chat, by.actor, kind, to, by.at))?;
        }
        Ok(())
    }
}

impl Store {
    /// How far a message of `sender` has come with the other members after `after` who could see it,
    /// in the order of their ids, and whether there are more.
    pub(crate) async fn list_receipts(
        &self,
        (chat, message): (ChatId, MessageId),
        sender: UserId,
        after: UserId,
        limit: u32,
    ) -> Result<(Vec<MessageReceipt>, bool)> {
        self.read_long(sender, move |db| {
            let seq = seq_of_own(db, chat, message, sender)?;
            // What happens after somebody has left a group does not concern them.
            rules::must_be_current(&rules::may_enter(memberships::find(db, chat, sender)?)?)?;
            let mut members = db.prepare_cached(RECIPIENTS)?;
            // One more than asked for tells whether there are more.
            let wanted = i64::from(limit) + 1;
            let receipts = members.query_map((chat, sender, seq, after, wanted), |row| {
                let receipt = MessageReceipt {
                    user_id: row.get("user_id")?,
                    delivered: row.get("delivered")?,
                    delivered_at: None,
                    read: row.get("read")?,
                    read_at: None,
                };
                Ok((receipt, row.get("start")?))
            })?;
            let receipts = receipts.map(|found| {
                let (receipt, start) = found?;
                with_times(db, chat, seq, receipt, start)
            });
            let mut receipts: Vec<_> = receipts.collect::<Result<_>>()?;
            let more = receipts.len() > limit as usize;
            receipts.truncate(limit as usize);
            Ok((receipts, more))
        })
        .await
    }
}

/// The `seq` of a message that this member sees and has sent.
fn seq_of_own(db: &Connection, chat: ChatId, message: MessageId, user: UserId) -> Result<Seq> {
    let view = View::of(db, chat, user)?;
    let mut query = db.prepare_cached(
        "SELECT seq, sender_id FROM messages
          WHERE id = ?1 AND chat_id = ?2 AND event IS NULL AND expired = 0",
    )?;
    let found = query.query_row((message, chat), |row| Ok((row.get(0)?, row.get(1)?)));
    let (seq, sender): (Seq, UserId) =
        optional(found)?.filter(|(seq, _)| view.shows(*seq)).ok_or(Error::NotFound("message"))?;
    if is_hidden(db, message, user)? {
        return Err(Error::NotFound("message"));
    }
    rules::may_see_receipts(sender, user)?;
    Ok(seq)
}

/// Adds when it happened. What marks passed without being moved, because their member came back at
/// `start`, did not happen.
fn with_times(
    db: &Connection,
    chat: ChatId,
    seq: Seq,
    receipt: MessageReceipt,
    start: Option<Seq>,
) -> Result<MessageReceipt> {
    let last = start.unwrap_or(Seq(i64::MAX));
    let read = first_move(db, (chat, receipt.user_id, Kind::Read), seq, last)?;
    let delivered = first_move(db, (chat, receipt.user_id, Kind::Delivered), seq, last)?;
    let read_at = read.at();
    let delivered_at = match delivered {
        // Read implies delivered, and may have come first.
        Passed::At(at) => Some(read_at.map_or(at, |read_at| at.min(read_at))),
        Passed::NotYet => read_at,
        Passed::Unknown => None,
    };
    let moved = |passed: &Passed| start.is_none() || !matches!(passed, Passed::NotYet);
    let is_read = receipt.read && moved(&read);
    let is_delivered = receipt.delivered && (is_read || moved(&delivered));
    Ok(MessageReceipt { delivered: is_delivered, read: is_read, delivered_at, read_at, ..receipt })
}

/// The first move that reached `seq`, if it went no further than `last`.
fn first_move(
    db: &Connection,
    (chat, user, kind): (ChatId, UserId, Kind),
    seq: Seq,
    last: Seq,
) -> Result<Passed> {
    let mut query = db.prepare_cached(
        "SELECT at FROM receipt_times
          WHERE chat_id = ?1 AND user_id = ?2 AND kind = ?3 AND seq BETWEEN ?4 AND ?5
          ORDER BY seq LIMIT 1",
    )?;
    let first = query.query_row((chat, user, kind as i64, seq, last), |row| {
        Ok(row.get::<_, Option<Millis>>(0)?.map_or(Passed::Unknown, Passed::At))
    });
    Ok(optional(first)?.unwrap_or(Passed::NotYet))
}

impl Passed {
    fn at(&self) -> Option<Millis> {
        match self {
            Self::At(at) => Some(*at),
            Self::NotYet | Self::Unknown => None,
        }
    }
}
