//! The list of a member's chats.

use rusqlite::Connection;

use super::{Store, chats, memberships, messages, preferences, receipts, sync, views::View};
use crate::{
    error::{Error, Result},
    model::{ChatKind, ChatSummary},
    types::{ChatId, Revision, Seq, UserId},
};

/// The unread count stops here; the page then shows "999+".
const UNREAD_MAX: u64 = 1_000;

impl Store {
    /// The chats of a user for their list, the one with the latest message first, and the revision
    /// up to which the list holds everything that they may see.
    pub(crate) async fn list_chats(&self, user: UserId) -> Result<(Vec<ChatSummary>, Revision)> {
        self.read(move |db| {
            let mut chats = chats::list_ids(db, user)?
                .into_iter()
                .map(|id| summarise(db, id, user))
                .collect::<Result<Vec<_>>>()?;
            chats.sort_by_key(|chat| {
                std::cmp::Reverse(chat.last_message.as_ref().map(|message| message.id))
            });
            Ok((chats, sync::visible_revision(db, user)?))
        })
        .await
    }
}

fn summarise(db: &Connection, id: ChatId, user: UserId) -> Result<ChatSummary> {
    let gone = || Error::internal("a chat of a member is gone");
    let mut chat = chats::find(db, id)?.ok_or_else(gone)?;
    let membership = memberships::find(db, id, user)?.ok_or_else(gone)?;
    let preferences = preferences::find(db, id, user)?;
    let view = View::new(membership, preferences::cleared(preferences.as_ref()));
    chat.last_seq = view.last_seq(chat.last_seq);
    let receipts = receipts::list(db, &chat, user, view.membership.role)?;
    let own = receipts.iter().find(|receipt| receipt.user_id == Some(user));
    let read = own.map_or(Seq(0), |receipt| receipt.read_seq).max(view.cleared_seq);
    Ok(ChatSummary {
        last_message: messages::last(db, id, &view)?,
        unread: messages::count_unread(db, id, user, &view, read, UNREAD_MAX)?,
        membership: (chat.kind == ChatKind::Group).then_some(view.membership),
        chat,
        receipts,
        preferences,
    })
}
