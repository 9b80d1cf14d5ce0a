//! Pictures of groups.

use rusqlite::Connection;

use super::{
    batch::Batch,
    chats,
    command::{Apply, By, RemoveGroupPicture, SetGroupPicture},
    events::LINE_BYTES,
    memberships,
    sql::optional,
};
use crate::{
    error::{Error, Result},
    model::{Audience, Chat, Event, PictureSize, Row},
    rules,
    types::{ChatId, PictureId, UserId},
};

impl Apply for SetGroupPicture {
    type Outcome = Chat;

    fn bytes(&self) -> usize {
        self.picture.small.len() + self.picture.large.len() + LINE_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Chat> {
        let (chat, membership) = batch.enter_group(self.chat, by.actor)?;
        rules::may_change_group(chat.who_may_change, &membership)?;
        let before = batch.group_picture_bytes(self.chat)?;
        let own = before.filter(|(owner, _)| *owner == by.actor).map_or(0, |(_, bytes)| bytes);
        batch.check_quota(by.actor, self.bytes().saturating_sub(own))?;
        batch
            .db
            .prepare_cached(
                "INSERT INTO group_pictures (chat_id, id, user_id, small, large)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (chat_id) DO UPDATE SET id = excluded.id,
                   user_id = excluded.user_id, small = excluded.small, large = excluded.large",
            )?
            .execute((self.chat, self.id, by.actor, &self.picture.small, &self.picture.large))?;
        batch.count_stored(by.actor, self.bytes(), 0)?;
        batch.note_group_picture(self.chat, by, before, Some(self.id), chat.audience)
    }
}

impl Apply for RemoveGroupPicture {
    type Outcome = Chat;

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Chat> {
        let (chat, membership) = batch.enter_group(self.chat, by.actor)?;
        rules::may_change_group(chat.who_may_change, &membership)?;
        let Some(before) = batch.group_picture_bytes(self.chat)? else {
            return chats::find(batch.db, self.chat)?.ok_or(Error::NotFound("chat"));
        };
        let mut remove =
            batch.db.prepare_cached("DELETE FROM group_pictures WHERE chat_id = ?1")?;
        remove.execute((self.chat,))?;
        batch.count_stored(by.actor, LINE_BYTES, 0)?;
        batch.note_group_picture(self.chat, by, Some(before), None, chat.audience)
    }
}

impl Batch<'_> {
    /// Whose stored bytes the picture of a group counts to, and how many it has.
    fn group_picture_bytes(&self, chat: ChatId) -> Result<Option<(UserId, usize)>> {
        let mut query = self.db.prepare_cached(
            "SELECT user_id, length(small) + length(large) FROM group_pictures WHERE chat_id = ?1",
        )?;
        let found = query.query_row((chat,), |row| Ok((row.get(0)?, row.get::<_, u32>(1)?)));
        Ok(optional(found)?.map(|(user, bytes)| (user, bytes as usize)))
    }

    /// Writes and tells which picture a group has now.
    fn note_group_picture(
        &mut self,
        id: ChatId,
        by: By,
        before: Option<(UserId, usize)>,
        picture: Option<PictureId>,
        audience: Audience,
    ) -> Result<Chat> {
        if let Some((owner, bytes)) = before {
            self.count_stored(owner, 0, bytes)?;
        }
        let changed = self.next_revision();
        self.db
            .prepare_cached("UPDATE chats SET picture = ?2, changed = ?3 WHERE id = ?1")?
            .execute((id, picture, changed))?;
        let chat = chats::find(self.db, id)?.ok_or(Error::NotFound("chat"))?;
        self.publish(Row::Chat(chat), audience.clone());
        self.note_event(id, by, Event::PictureChanged, audience)?;
        chats::find(self.db, id)?.ok_or(Error::NotFound("chat"))
    }
}

/// The JPEG of a group's picture. It is there for those whose row of the chat shows it.
pub(super) fn find(
    db: &Connection,
    id: PictureId,
    size: PictureSize,
    viewer: UserId,
) -> Result<Option<Vec<u8>>> {
    let mut query = db.prepare_cached("SELECT chat_id FROM group_pictures WHERE id = ?1")?;
    let chat: Option<ChatId> = optional(query.query_row((id,), |row| row.get(0)))?;
    let Some(chat) = chat else { return Ok(None) };
    let Some(membership) = memberships::find(db, chat, viewer)? else { return Ok(None) };
    let shown = chats::find_for(db, &membership, viewer)?.and_then(|chat| chat.picture);
    if shown != Some(id) {
        return Ok(None);
    }
    let mut query = db.prepare_cached(match size {
        PictureSize::Small => "SELECT small FROM group_pictures WHERE id = ?1",
        PictureSize::Large => "SELECT large FROM group_pictures WHERE id = ?1",
    })?;
    optional(query.query_row((id,), |row| row.get(0)))
}

/// The JPEG of the picture that a group has now.
pub(super) fn find_of_chat(
    db: &Connection,
    chat: ChatId,
    size: PictureSize,
) -> Result<Option<Vec<u8>>> {
    let mut query = db.prepare_cached(match size {
        PictureSize::Small => "SELECT small FROM group_pictures WHERE chat_id = ?1",
        PictureSize::Large => "SELECT large FROM group_pictures WHERE chat_id = ?1",
    })?;
    optional(query.query_row((chat,), |row| row.get(0)))
}
