//! Groups: making and changing them, and who comes and goes.
//!
//! A newcomer's marks start at the last message before them, so that they neither take ticks from
//! old messages nor have unread ones from before their time.

use super::{
    batch::Batch,
    chats,
    command::{AddMember, Apply, By, ChangeGroup, CreateGroup, ROW_BYTES, RemoveMember, SetRole},
    memberships, receipts,
};
use crate::{
    error::{Error, Result},
    model::{Audience, Chat, ChatKind, Member, Membership, NewcomerHistory, Role, Row},
    rules,
    types::{ChatId, DESCRIPTION_BYTES_MAX, Line, MessageId, Revision, Seq, UserId},
};

impl Apply for CreateGroup {
    type Outcome = ChatId;

    fn bytes(&self) -> usize {
        (self.group.user_ids.len() + 1) * ROW_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<ChatId> {
        let group = &self.group;
        let mut users = group.user_ids.clone();
        users.push(by.actor);
        users.sort_unstable();
        users.dedup();
        for user in &users {
            if !batch.has_user(*user)? {
                return Err(Error::NotFound("user"));
            }
        }
        let changed = batch.next_revision();
        let id: ChatId = batch
            .db
            .prepare_cached(
                "INSERT INTO chats (kind, title, who_may_write, history_for_newcomers, created_at,
                                    changed, members_changed)
                 VALUES ('group', ?1, ?2, ?3, ?4, ?5, ?5) RETURNING id",
            )?
            .query_row(
                (
                    group.title.as_str(),
                    group.who_may_write,
                    group.history_for_newcomers,
                    by.at,
                    changed,
                ),
                |row| row.get(0),
            )?;
        for user in &users {
            let role = if *user == by.actor { Role::Admin } else { Role::Member };
            batch.start_stay(id, *user, role, (Seq(1), MessageId(0)), changed)?;
        }
        let chat = chats::find(batch.db, id)?.ok_or(Error::NotFound("chat"))?;
        batch.publish(Row::Chat(chat), Audience::Members(users.iter().copied().collect()));
        for user in users {
            batch.publish_membership(id, user)?;
        }
        Ok(id)
    }
}

impl Apply for ChangeGroup {
    type Outcome = Chat;

    fn bytes(&self) -> usize {
        self.description.as_ref().map_or(0, String::len)
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Chat> {
        let (audience, membership) = batch.enter_group(self.chat, by.actor)?;
        rules::may_change_group(&membership)?;
        if self.description.as_ref().is_some_and(|text| text.len() > DESCRIPTION_BYTES_MAX) {
            let reason = format!("a description has at most {DESCRIPTION_BYTES_MAX} bytes");
            return Err(Error::invalid("invalid_description", "description", reason));
        }
        let changed = batch.next_revision();
        batch
            .db
            .prepare_cached(
                "UPDATE chats SET title = ifnull(?2, title),
                        description = ifnull(?3, description),
                        who_may_write = ifnull(?4, who_may_write),
                        history_for_newcomers = ifnull(?5, history_for_newcomers), changed = ?6
                  WHERE id = ?1",
            )?
            .execute((
                self.chat,
                self.title.as_ref().map(Line::as_str),
                &self.description,
                self.who_may_write,
                self.history_for_newcomers,
                changed,
            ))?;
        batch.cache.remove_chat(self.chat);
        let chat = chats::find(batch.db, self.chat)?.ok_or(Error::NotFound("chat"))?;
        batch.publish(Row::Chat(chat.clone()), audience);
        Ok(chat)
    }
}

impl Apply for AddMember {
    type Outcome = ();

    fn bytes(&self) -> usize {
        ROW_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let Self { chat, user } = *self;
        let (_, membership) = batch.enter_group(chat, by.actor)?;
        rules::may_change_group(&membership)?;
        if !batch.has_user(user)? {
            return Err(Error::NotFound("user"));
        }
        if memberships::find(batch.db, chat, user)?.is_some_and(|it| it.role != Role::Former) {
            return Ok(());
        }
        let found = chats::find(batch.db, chat)?.ok_or(Error::NotFound("chat"))?;
        let start = match found.history_for_newcomers {
            NewcomerHistory::All => (Seq(1), MessageId(0)),
            NewcomerHistory::None => (found.last_seq.next(), chats::last(batch.db, chat)?.1),
        };
        let changed = batch.next_revision();
        batch.start_stay(chat, user, Role::Member, start, changed)?;
        batch.members_changed(chat, changed)?;
        batch.publish(Row::Chat(found), Audience::User(user));
        // Their own messages of an earlier stay may have been read since.
        let receipt = receipts::find_group(batch.db, chat)?;
        batch.publish(Row::Receipt(receipt), Audience::User(user));
        batch.publish_membership(chat, user)?;
        batch.publish_member(chat, user, Role::Member, changed)
    }
}

impl Apply for RemoveMember {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let Self { chat, user } = *self;
        let (_, membership) = batch.enter_group(chat, by.actor)?;
        rules::may_remove_member(&membership, by.actor, user)?;
        let role = memberships::find(batch.db, chat, user)?.map(|it| it.role);
        if role.is_none_or(|role| role == Role::Former) {
            return Err(Error::NotFound("member"));
        }
        let changed = batch.next_revision();
        batch.end_stay(chat, user)?;
        batch.write_role(chat, user, Role::Former, changed)?;
        batch.members_changed(chat, changed)?;
        batch.publish_membership(chat, user)?;
        batch.publish_member(chat, user, Role::Former, changed)
    }
}

impl Apply for SetRole {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let Self { chat, user, role } = *self;
        let (_, membership) = batch.enter_group(chat, by.actor)?;
        rules::may_change_group(&membership)?;
        let before = memberships::find(batch.db, chat, user)?.map(|it| it.role);
        match before {
            None | Some(Role::Former) => return Err(Error::NotFound("member")),
            Some(before) if before == role || role == Role::Former => return Ok(()),
            Some(_) => {}
        }
        let changed = batch.next_revision();
        batch.write_role(chat, user, role, changed)?;
        batch.members_changed(chat, changed)?;
        batch.publish_membership(chat, user)?;
        batch.publish_member(chat, user, role, changed)
    }
}

impl Batch<'_> {
    /// A group, and what `user` is in it; a direct chat is not there for this purpose.
    fn enter_group(&mut self, id: ChatId, user: UserId) -> Result<(Audience, Membership)> {
        let (chat, membership) = self.enter(id, user)?;
        if chat.kind != ChatKind::Group {
            return Err(Error::NotFound("group"));
        }
        Ok((chat.audience, membership))
    }

    /// Somebody comes, or comes back, and sees the messages after `after`, of which `from` is the
    /// first. Their marks start at the chat's last message.
    fn start_stay(
        &mut self,
        chat: ChatId,
        user: UserId,
        role: Role,
        (from, after): (Seq, MessageId),
        changed: Revision,
    ) -> Result<()> {
        let (last_seq, _) = chats::last(self.db, chat)?;
        self.db
            .prepare_cached(
                "INSERT INTO members (chat_id, user_id, delivered_seq, read_seq, shown_read_seq,
                                      changed, shown_changed, role, role_changed)
                 VALUES (?1, ?2, ?3, ?3, ?3, ?4, ?4, ?5, ?4)
                 ON CONFLICT (chat_id, user_id) DO UPDATE SET
                   delivered_seq = excluded.delivered_seq, read_seq = excluded.read_seq,
                   shown_read_seq = excluded.shown_read_seq, changed = excluded.changed,
                   shown_changed = excluded.shown_changed, role = excluded.role,
                   role_changed = excluded.role_changed",
            )?
            .execute((chat, user, last_seq, changed, role))?;
        // A stay from the first message on holds the earlier ones.
        self.db
            .prepare_cached(
                "DELETE FROM stays WHERE chat_id = ?1 AND user_id = ?2 AND from_seq >= ?3",
            )?
            .execute((chat, user, from))?;
        self.db
            .prepare_cached(
                "INSERT INTO stays (chat_id, user_id, from_seq, after_id) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((chat, user, from, after))?;
        Ok(())
    }

    /// Ends somebody's stay with the chat's last message. A stay without messages leaves nothing.
    fn end_stay(&mut self, chat: ChatId, user: UserId) -> Result<()> {
        let (last_seq, last_id) = chats::last(self.db, chat)?;
        self.db
            .prepare_cached(
                "DELETE FROM stays
                  WHERE chat_id = ?1 AND user_id = ?2 AND to_seq IS NULL AND from_seq > ?3",
            )?
            .execute((chat, user, last_seq))?;
        self.db
            .prepare_cached(
                "UPDATE stays SET to_seq = ?3, through_id = ?4
                  WHERE chat_id = ?1 AND user_id = ?2 AND to_seq IS NULL",
            )?
            .execute((chat, user, last_seq, last_id))?;
        Ok(())
    }

    fn write_role(
        &mut self,
        chat: ChatId,
        user: UserId,
        role: Role,
        changed: Revision,
    ) -> Result<()> {
        self.db
            .prepare_cached(
                "UPDATE members SET role = ?3, role_changed = ?4
                  WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .execute((chat, user, role, changed))?;
        Ok(())
    }

    fn members_changed(&mut self, chat: ChatId, changed: Revision) -> Result<()> {
        self.db
            .prepare_cached("UPDATE chats SET members_changed = ?2 WHERE id = ?1")?
            .execute((chat, changed))?;
        self.cache.remove_chat(chat);
        Ok(())
    }

    /// Tells a member's own devices what they are in a group.
    fn publish_membership(&mut self, chat: ChatId, user: UserId) -> Result<()> {
        let membership = rules::may_enter(memberships::find(self.db, chat, user)?)?;
        self.publish(Row::Membership(membership), Audience::User(user));
        Ok(())
    }

    /// Tells the current members of a group about one of them.
    fn publish_member(
        &mut self,
        chat: ChatId,
        user: UserId,
        role: Role,
        changed: Revision,
    ) -> Result<()> {
        let audience = self.chat(chat)?.audience;
        let member = Member { chat_id: chat, user_id: user, role, changed };
        self.publish(Row::Member(member), audience);
        Ok(())
    }
}
