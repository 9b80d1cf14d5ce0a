//! When watermarks moved, and what that says of a message: when it was delivered and read.
//!
//! There is no row per message and member: a move stands for all messages it passed.

use rusqlite::{Connection, OptionalExtension};

use super::{Batch, Store, preferences, receipts::Marks};
use crate::{
    error::{Error, Result},
    model::MessageReceipt,
    words::{ChatId, MessageId, Millis, Seq, UserId},
};

/// Which watermark moved.
#[derive(Clone, Copy)]
enum Kind {
    Delivered = 0,
    /// As the others see it. A read message was delivered, if nothing earlier says so.
    Read = 1,
}

/// When a watermark passed a message.
enum Passed {
    NotYet,
    /// Before times were kept.
    Sometime,
    At(Millis),
}

impl Batch<'_> {
    /// Notes that a member's watermarks moved just now.
    pub(super) fn note_move(
        &self,
        chat: ChatId,
        user: UserId,
        before: Marks,
        after: Marks,
    ) -> Result<()> {
        let read = after.shown > before.shown;
        if read {
            self.keep_move((chat, user, Kind::Read), before.shown, after.shown)?;
        }
        // Mostly a message is read as it arrives, and one row says both.
        if after.delivered > before.delivered && !(read && after.delivered == after.shown) {
            self.keep_move((chat, user, Kind::Delivered), before.delivered, after.delivered)?;
        }
        Ok(())
    }

    /// The last move takes this one in if it was in the same second. It then has the later time:
    /// nothing is ever said to have happened before it did.
    fn keep_move(
        &self,
        (chat, user, kind): (ChatId, UserId, Kind),
        from: Seq,
        to: Seq,
    ) -> Result<()> {
        let (kind, now) = (kind as i64, Millis::now());
        let joined = self
            .db
            .prepare_cached(
                "UPDATE moves SET seq = ?5, at = ?6
                  WHERE chat_id = ?1 AND user_id = ?2 AND kind = ?3 AND seq = ?4 AND at >= ?7",
            )?
            .execute((chat, user, kind, from, to, now, now.second()))?;
        if joined == 0 {
            self.db
                .prepare_cached(
                    "INSERT INTO moves (chat_id, user_id, kind, seq, at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute((chat, user, kind, to, now))?;
        }
        Ok(())
    }
}

impl Store {
    /// How far a message of `sender` has come with each other member of its chat.
    pub(crate) async fn list_receipts(
        &self,
        chat: ChatId,
        message: MessageId,
        sender: UserId,
    ) -> Result<Vec<MessageReceipt>> {
        self.read(move |db| {
            let seq = seq_of_own(db, chat, message, sender)?;
            let mut members = db.prepare_cached(
                "SELECT user_id, delivered_seq >= ?3 AS delivered, shown_read_seq >= ?3 AS read
                   FROM members WHERE chat_id = ?1 AND user_id <> ?2 ORDER BY user_id",
            )?;
            let receipts = members.query_map((chat, sender, seq), |row| {
                Ok(MessageReceipt {
                    user_id: row.get("user_id")?,
                    delivered: row.get("delivered")?,
                    delivered_at: None,
                    read: row.get("read")?,
                    read_at: None,
                })
            })?;
            receipts.map(|receipt| with_times(db, chat, seq, receipt?)).collect()
        })
        .await
    }
}

/// The `seq` of a message, if it is there for this member and theirs.
fn seq_of_own(db: &Connection, chat: ChatId, message: MessageId, user: UserId) -> Result<Seq> {
    let mut member =
        db.prepare_cached("SELECT 1 FROM members WHERE chat_id = ?1 AND user_id = ?2")?;
    if !member.exists((chat, user))? {
        return Err(Error::NotFound("chat"));
    }
    let (_, cleared_id) = preferences::cleared(preferences::find(db, chat, user)?.as_ref());
    let (seq, sender): (Seq, UserId) = db
        .prepare_cached("SELECT seq, sender_id FROM messages WHERE id = ?1 AND chat_id = ?2")?
        .query_row((message, chat), |row| Ok((row.get("seq")?, row.get("sender_id")?)))
        .optional()?
        .filter(|_| message > cleared_id)
        .ok_or(Error::NotFound("message"))?;
    if sender != user {
        return Err(Error::Forbidden {
            code: "not_the_sender",
            reason: "only the sender can see when a message was delivered and read",
        });
    }
    Ok(seq)
}

fn with_times(
    db: &Connection,
    chat: ChatId,
    seq: Seq,
    receipt: MessageReceipt,
) -> Result<MessageReceipt> {
    let read_at = match first_move(db, (chat, receipt.user_id, Kind::Read), seq)? {
        Passed::At(at) => Some(at),
        Passed::Sometime | Passed::NotYet => None,
    };
    let delivered_at = match first_move(db, (chat, receipt.user_id, Kind::Delivered), seq)? {
        // Read implies delivered, and may have been the first to say so.
        Passed::At(at) => Some(read_at.map_or(at, |read_at| at.min(read_at))),
        Passed::NotYet => read_at,
        Passed::Sometime => None,
    };
    Ok(MessageReceipt { delivered_at, read_at, ..receipt })
}

/// The first move that reached `seq`.
fn first_move(
    db: &Connection,
    (chat, user, kind): (ChatId, UserId, Kind),
    seq: Seq,
) -> Result<Passed> {
    let mut query = db.prepare_cached(
        "SELECT at FROM moves WHERE chat_id = ?1 AND user_id = ?2 AND kind = ?3 AND seq >= ?4
          ORDER BY seq LIMIT 1",
    )?;
    let first = query.query_row((chat, user, kind as i64, seq), |row| {
        Ok(row.get::<_, Option<Millis>>(0)?.map_or(Passed::Sometime, Passed::At))
    });
    Ok(first.optional()?.unwrap_or(Passed::NotYet))
}
