//! The list of a member's chats, in pages.

use rusqlite::Connection;

use super::{
    Store, chats, history, memberships, pins, preferences, reactions, receipts, sync, unread,
    views::{View, ranges_of_user},
};
use crate::{
    config::PAGE_BYTES,
    error::{Error, Result},
    model::{ChatKind, ChatSummary},
    types::{ChatId, MessageId, Millis, Revision, Seq, UserId},
    wire,
};

/// The unread count stops here: one more than the page counts, which then shows "1,000+".
const UNREAD_MAX: u64 = 1_001;
/// Messages that the counts of one page look at. A page ends with the chat that reaches it.
const PAGE_WALK_MAX: usize = 20_000;

/// Where a page of the list begins: after this chat, in the order that the list had at `revision`.
/// New messages do not change that order, so no chat is missed while chats move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListCursor {
    /// The revision of the first page.
    pub(crate) revision: Revision,
    /// The chat's last message then; 0 if it had none.
    pub(crate) message: MessageId,
    pub(crate) chat: ChatId,
}

/// A page of the list.
#[derive(Debug)]
pub(crate) struct ChatPage {
    pub(crate) chats: Vec<ChatSummary>,
    /// The revision of the first page: live changes go on from there.
    pub(crate) revision: Revision,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<ListCursor>,
}

impl Store {
    /// A page of a user's chats, the one with the latest message first.
    pub(crate) async fn list_chats(
        &self,
        user: UserId,
        after: Option<ListCursor>,
        limit: u32,
    ) -> Result<ChatPage> {
        self.read_long(user, move |db| {
            let revision = match after {
                Some(cursor) => cursor.revision,
                None => sync::visible_revision(db, user)?,
            };
            let mut order = list_order(db, user, revision)?;
            if let Some(cursor) = after {
                order.retain(|place| *place < (cursor.message, cursor.chat));
            }
            order.sort_unstable_by(|one, other| other.cmp(one));
            let (mut chats, mut bytes, mut walked, mut next) = (Vec::new(), 0, 0, None);
            for (message, chat) in order {
                let full =
                    chats.len() >= limit as usize || bytes >= PAGE_BYTES || walked >= PAGE_WALK_MAX;
                if full {
                    return Ok(ChatPage { chats, revision, next });
                }
                let (summary, rows) = summarise(db, chat, user)?;
                bytes += wire::encoded_bytes(&summary);
                walked += rows;
                chats.push(summary);
                next = Some(ListCursor { revision, message, chat });
            }
            Ok(ChatPage { chats, revision, next: None })
        })
        .await
    }
}

/// The chats of a user, each with its last message that they saw at `revision`; 0 for none.
fn list_order(
    db: &Connection,
    user: UserId,
    revision: Revision,
) -> Result<Vec<(MessageId, ChatId)>> {
    // One statement for all chats: with 1,000 groups, several for each took 17 times as long.
    let mut query = db.prepare_cached(concat!(
        "SELECT r.chat_id, max(ifnull(
                  (SELECT max(id) FROM messages
                    WHERE chat_id = r.chat_id AND id <= min(r.through_id, ?2)
                      AND id > max(r.after_id, ifnull(p.cleared_id, 0))), 0))
           FROM ",
        ranges_of_user!(),
        " r LEFT JOIN preferences p ON p.chat_id = r.chat_id AND p.user_id = ?1
          GROUP BY r.chat_id"
    ))?;
    let rows = query.query_map((user, revision), |row| Ok((row.get(1)?, row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What the list says of a chat, and how many messages were looked at for its counts.
fn summarise(db: &Connection, id: ChatId, user: UserId) -> Result<(ChatSummary, usize)> {
    let gone = || Error::internal("a chat of a member is gone");
    let membership = memberships::find(db, id, user)?.ok_or_else(gone)?;
    let chat = chats::find_for(db, &membership, user)?.ok_or_else(gone)?;
    let preferences = preferences::find(db, id, user)?;
    let view = View::new(membership, preferences::cleared(preferences.as_ref()));
    let receipts = receipts::list(db, &chat, user, view.membership.role)?;
    let own = receipts.iter().find(|receipt| receipt.user_id == Some(user));
    let read = own.map_or(Seq(0), |receipt| receipt.read_seq).max(view.cleared_seq);
    let unread = unread::count(db, id, user, &view, read, UNREAD_MAX)?;
    let mentions = unread::mentions(db, id, user, &view, read)?;
    let last_message = history::last(db, id, user, &view)?;
    let last_reaction = reactions::find_last(db, user, &view, last_message.as_ref())?;
    let pins = pins::list_shown(db, user, &view, Millis::now())?;
    let summary = ChatSummary {
        last_message,
        last_reaction,
        pins,
        unread: unread.found,
        unread_mentions: mentions.found,
        membership: (chat.kind == ChatKind::Group).then_some(view.membership),
        chat,
        receipts,
        preferences,
    };
    Ok((summary, unread.rows + mentions.rows))
}
