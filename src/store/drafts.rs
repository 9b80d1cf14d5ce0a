//! Which messages a draft may name. `preferences.rs` stores the drafts.

use super::{batch::Batch, message_changes::find_visible};
use crate::{
    error::Result,
    model::Draft,
    rules,
    types::{ChatId, UserId},
};

impl Batch<'_> {
    /// A draft replies to what its writer can reply to, and edits one of their own texts. Whether
    /// there is still time for the edit is checked when it is sent.
    pub(super) fn check_draft(
        &mut self,
        chat: ChatId,
        draft: &Draft,
        writer: UserId,
    ) -> Result<()> {
        if draft.reply_to.is_none() && draft.edit_of.is_none() {
            return Ok(());
        }
        let (_, membership) = self.enter(chat, writer)?;
        if let Some(message) = draft.reply_to {
            self.check_reply(&membership, message, writer)?;
        }
        if let Some(message) = draft.edit_of {
            let message = find_visible(self.db, &membership, message, writer)?;
            rules::may_begin_edit(&message, writer)?;
        }
        Ok(())
    }
}
