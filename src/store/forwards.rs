//! Forwarding: a new message with the text of another one, which counts how far the text has come.

use super::{batch::Batch, command::By, memberships, message_changes::find_visible, sql::optional};
use crate::{
    error::{Error, Result},
    rules,
    types::{ChatId, MessageId},
};

impl Batch<'_> {
    /// How often the text of a message has been forwarded when the actor forwards it once more. One's
    /// own text has not come from anybody else.
    pub(super) fn count_forwards(&self, source: MessageId, by: By) -> Result<u32> {
        let unknown = || Error::NotFound("message");
        let mut query = self.db.prepare_cached("SELECT chat_id FROM messages WHERE id = ?1")?;
        let chat: Option<ChatId> = optional(query.query_row((source,), |row| row.get(0)))?;
        let chat = chat.ok_or_else(unknown)?;
        let membership = memberships::find(self.db, chat, by.actor)?.ok_or_else(unknown)?;
        let message = find_visible(self.db, &membership, source, by.actor)?;
        rules::may_forward(&message)?;
        let is_of_other = message.sender_id != by.actor;
        Ok(message.forwarded.saturating_add(u32::from(is_of_other)))
    }
}
