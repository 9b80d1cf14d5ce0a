//! Invite links of groups. A user who has the token of a link may join its group.
//!
//! A group has one link or none. It is stored as it is given out, because admins can look at it
//! again. A link that was renewed, one that was switched off and one that never was are the same.

use rusqlite::Connection;

use super::{
    Store,
    batch::Batch,
    chats,
    command::{Apply, By, JoinGroup, ROW_BYTES, RemoveInvite, RenewInvite},
    events::LINE_BYTES,
    group_pictures, memberships,
    sql::optional,
};
use crate::{
    error::{Error, Result},
    model::{Audience, ChatKind, Event, Invitation, PictureSize},
    rules,
    types::{ChatId, InviteToken, UserId},
};

impl Apply for RenewInvite {
    type Outcome = ();

    fn bytes(&self) -> usize {
        ROW_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let (_, membership) = batch.enter_group(self.chat, by.actor)?;
        rules::may_manage_group(&membership)?;
        batch
            .db
            .prepare_cached(
                "INSERT INTO invites (chat_id, name, secret) VALUES (?1, ?2, ?3)
                 ON CONFLICT (chat_id) DO UPDATE
                   SET name = excluded.name, secret = excluded.secret",
            )?
            .execute((self.chat, self.token.name, self.token.secret()))?;
        Ok(())
    }
}

impl Apply for RemoveInvite {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let (_, membership) = batch.enter_group(self.chat, by.actor)?;
        rules::may_manage_group(&membership)?;
        let mut remove = batch.db.prepare_cached("DELETE FROM invites WHERE chat_id = ?1")?;
        remove.execute((self.chat,))?;
        Ok(())
    }
}

impl Apply for JoinGroup {
    type Outcome = ChatId;

    fn bytes(&self) -> usize {
        ROW_BYTES + LINE_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<ChatId> {
        let chat = find_chat(batch.db, self.token)?.ok_or(Error::NotFound("invite"))?;
        let Audience::Members(members) = batch.chat(chat)?.audience else {
            return Err(Error::NotFound("invite"));
        };
        if members.binary_search(&by.actor).is_ok() {
            return Ok(chat);
        }
        rules::may_join_by_link(is_barred(batch.db, chat, by.actor)?)?;
        rules::may_have_members(members.len() + 1)?;
        batch.check_groups_of(&[by.actor], by.actor)?;
        batch.check_quota(by.actor, self.bytes())?;
        batch.let_in(chat, &[by.actor], by, Event::Joined)?;
        Ok(chat)
    }
}

impl Store {
    /// The token of a group's link, if it has one. For its admins.
    pub(crate) async fn find_invite(
        &self,
        chat: ChatId,
        caller: UserId,
    ) -> Result<Option<InviteToken>> {
        self.read(move |db| {
            let membership = rules::may_enter(memberships::find(db, chat, caller)?)?;
            let mut query = db.prepare_cached("SELECT kind FROM chats WHERE id = ?1")?;
            if query.query_row((chat,), |row| row.get::<_, ChatKind>(0))? != ChatKind::Group {
                return Err(Error::NotFound("group"));
            }
            rules::may_manage_group(&membership)?;
            let mut query =
                db.prepare_cached("SELECT name, secret FROM invites WHERE chat_id = ?1")?;
            let found = query.query_row((chat,), |row| {
                Ok(InviteToken::new(row.get("name")?, row.get("secret")?))
            });
            optional(found)
        })
        .await
    }

    /// What a link shows of its group to anybody who has it; `None` if it leads nowhere.
    pub(crate) async fn find_invitation(&self, token: InviteToken) -> Result<Option<Invitation>> {
        self.read(move |db| {
            let Some(id) = find_chat(db, token)? else { return Ok(None) };
            let chat = chats::find(db, id)?.ok_or(Error::NotFound("chat"))?;
            let mut query = db.prepare_cached(
                "SELECT count(*) FROM members WHERE chat_id = ?1 AND role IN ('member', 'admin')",
            )?;
            let members = query.query_row((id,), |row| row.get(0))?;
            let title = chat.title.unwrap_or_default();
            Ok(Some(Invitation { chat_id: id, title, picture: chat.picture, members }))
        })
        .await
    }

    /// The JPEG of the picture of the group that a link leads to.
    pub(crate) async fn find_invite_picture(
        &self,
        token: InviteToken,
        size: PictureSize,
    ) -> Result<Option<Vec<u8>>> {
        self.read(move |db| match find_chat(db, token)? {
            Some(chat) => group_pictures::find_of_chat(db, chat, size),
            None => Ok(None),
        })
        .await
    }
}

/// The group of a token; `None` for an unknown token. The link of a group without members is not
/// valid either.
fn find_chat(db: &Connection, token: InviteToken) -> Result<Option<ChatId>> {
    let mut query = db.prepare_cached(
        "SELECT chat_id, secret FROM invites
          WHERE name = ?1
            AND EXISTS (SELECT 1 FROM members WHERE members.chat_id = invites.chat_id
                           AND role IN ('member', 'admin'))",
    )?;
    let found = query.query_row((token.name,), |row| Ok((row.get(0)?, row.get(1)?)));
    let found: Option<(ChatId, [u8; 16])> = optional(found)?;
    Ok(found.filter(|(_, secret)| token.matches(*secret)).map(|(chat, _)| chat))
}

/// Whether an admin has removed a user since they were last in a group.
fn is_barred(db: &Connection, chat: ChatId, user: UserId) -> Result<bool> {
    let mut query =
        db.prepare_cached("SELECT 1 FROM members WHERE chat_id = ?1 AND user_id = ?2 AND barred")?;
    Ok(query.exists((chat, user))?)
}
