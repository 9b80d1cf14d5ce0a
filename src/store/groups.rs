//! Groups: making and changing them. `comings.rs` has who comes and goes.
//!
//! Rows are published so that a device can apply them one after the other: the chat, what its user
//! is in it, receipts, and then the event line.

use super::{
    batch::Batch,
    cache::CachedChat,
    chats,
    command::{Apply, By, ChangeGroup, CreateGroup, ROW_BYTES},
    events::LINE_BYTES,
    memberships,
    messages::{cid_conflict, message_columns},
    stays::Start,
};
use crate::{
    error::{Error, Result},
    model::{
        Audience, Chat, ChatKind, CreatedGroup, Event, GroupChange, Membership, Message, NewGroup,
        Role, Row,
    },
    rules,
    types::{self, ChatId, Cid, Line, MessageId, Revision, Seq, UserId},
};

impl Apply for CreateGroup {
    type Outcome = CreatedGroup;

    fn bytes(&self) -> usize {
        let members = self.group.user_ids.len() + 1;
        members * ROW_BYTES + self.group.description.len() + LINE_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<CreatedGroup> {
        let group = &self.group;
        if let Some(cid) = group.cid
            && let Some(before) = batch.find_by_cid(cid, by.actor)?
        {
            return batch.created_before(group, &before, by.actor);
        }
        types::check_description(&group.description)?;
        let mut users = group.user_ids.clone();
        users.push(by.actor);
        users.sort_unstable();
        users.dedup();
        rules::may_have_members(users.len())?;
        for user in &users {
            if !batch.has_user(*user)? {
                return Err(Error::NotFound("user"));
            }
        }
        batch.check_groups_of(&users, by.actor)?;
        batch.check_quota(by.actor, self.bytes())?;
        let changed = batch.next_revision();
        let id = batch.insert_group(group, by, changed)?;
        let start = Start { marks: Seq(0), from: Seq(1), after: MessageId(0) };
        for user in &users {
            let role = if *user == by.actor { Role::Admin } else { Role::Member };
            batch.start_stay(id, *user, role, start, changed)?;
        }
        batch.count_stored(by.actor, self.bytes(), 0)?;
        let chat = chats::find(batch.db, id)?.ok_or(Error::NotFound("chat"))?;
        let all = Audience::Members(users.iter().copied().collect());
        batch.publish(Row::Chat(chat), all.clone());
        // One row for all others, because it is the same for each of them.
        let others = users.iter().copied().filter(|user| *user != by.actor);
        let others = Audience::Members(others.collect());
        for (role, audience) in [(Role::Admin, Audience::User(by.actor)), (Role::Member, others)] {
            let membership = Membership::of_newcomer(id, role, start.stay(), changed);
            batch.publish(Row::Membership(membership), audience);
        }
        let created = Event::Created { title: group.title.as_str().to_owned() };
        batch.note_named_event(id, by, created, group.cid, all)?;
        let chat = chats::find(batch.db, id)?.ok_or(Error::NotFound("chat"))?;
        Ok(CreatedGroup { chat, dup: false })
    }
}

impl Apply for ChangeGroup {
    type Outcome = Chat;

    fn bytes(&self) -> usize {
        self.change.description.as_ref().map_or(0, String::len) + LINE_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Chat> {
        let (cached, membership) = batch.enter_group(self.chat, by.actor)?;
        let GroupChange { title, description, .. } = &self.change;
        let is_setting = self.change.has_settings();
        if is_setting {
            rules::may_manage_group(&membership)?;
        }
        if title.is_some() || description.is_some() || !is_setting {
            rules::may_change_group(cached.who_may_change, &membership)?;
        }
        types::check_description(description.as_deref().unwrap_or_default())?;
        let before = chats::find(batch.db, self.chat)?.ok_or(Error::NotFound("chat"))?;
        let events = self.change.events(&before);
        if events.is_empty() {
            return Ok(before);
        }
        batch.check_quota(by.actor, self.bytes())?;
        let changed = batch.next_revision();
        batch.update_group(self.chat, &self.change, changed)?;
        // A description replaces the one before, so only the lines add up.
        batch.count_stored(by.actor, events.len() * LINE_BYTES, 0)?;
        let chat = chats::find(batch.db, self.chat)?.ok_or(Error::NotFound("chat"))?;
        batch.publish(Row::Chat(chat), cached.audience.clone());
        for event in events {
            batch.note_event(self.chat, by, event, cached.audience.clone())?;
        }
        chats::find(batch.db, self.chat)?.ok_or(Error::NotFound("chat"))
    }
}

impl GroupChange {
    /// Whether it changes what only admins may.
    fn has_settings(&self) -> bool {
        self.who_may_write.is_some()
            || self.who_may_change.is_some()
            || self.history_for_newcomers.is_some()
    }

    /// The lines that tell of this change of `chat`; none if it is so already.
    fn events(&self, chat: &Chat) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(title) = self.title.as_ref().map(Line::as_str)
            && chat.title.as_deref() != Some(title)
        {
            events.push(Event::TitleChanged { title: title.to_owned() });
        }
        if self.description.as_ref().is_some_and(|it| *it != chat.description) {
            events.push(Event::DescriptionChanged);
        }
        let who_may_write = self.who_may_write.filter(|it| *it != chat.who_may_write);
        let who_may_change = self.who_may_change.filter(|it| *it != chat.who_may_change);
        let history_for_newcomers =
            self.history_for_newcomers.filter(|it| *it != chat.history_for_newcomers);
        if who_may_write.is_some() || who_may_change.is_some() || history_for_newcomers.is_some() {
            let changed =
                Event::SettingsChanged { who_may_write, who_may_change, history_for_newcomers };
            events.push(changed);
        }
        events
    }
}

impl Batch<'_> {
    /// A group, and what `user` is in it; a direct chat is not there for this purpose.
    pub(super) fn enter_group(
        &mut self,
        id: ChatId,
        user: UserId,
    ) -> Result<(CachedChat, Membership)> {
        let (chat, membership) = self.enter(id, user)?;
        if chat.kind != ChatKind::Group {
            return Err(Error::NotFound("group"));
        }
        Ok((chat, membership))
    }

    /// The answer to a retry of making a group.
    fn created_before(
        &mut self,
        group: &NewGroup,
        before: &Message,
        actor: UserId,
    ) -> Result<CreatedGroup> {
        let created = Event::Created { title: group.title.as_str().to_owned() };
        if before.event.as_deref() != Some(&created) {
            return Err(cid_conflict());
        }
        // The creator may have left since.
        let membership = memberships::find(self.db, before.chat_id, actor)?;
        let membership = rules::may_enter(membership)?;
        let chat = chats::find_for(self.db, &membership, actor)?.ok_or(Error::NotFound("chat"))?;
        Ok(CreatedGroup { chat, dup: true })
    }

    fn find_by_cid(&self, cid: Cid, sender: UserId) -> Result<Option<Message>> {
        let mut query = self.db.prepare_cached(concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages WHERE cid = ?1 AND sender_id = ?2"
        ))?;
        super::sql::optional(query.query_row((cid, sender), Message::from_row))
    }

    fn insert_group(&self, group: &NewGroup, by: By, changed: Revision) -> Result<ChatId> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO chats (kind, title, description, who_may_write, who_may_change,
                                history_for_newcomers, created_at, changed, members_changed)
             VALUES ('group', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) RETURNING id",
        )?;
        let row = (
            group.title.as_str(),
            &group.description,
            group.who_may_write,
            group.who_may_change,
            group.history_for_newcomers,
            by.at,
            changed,
        );
        Ok(insert.query_row(row, |row| row.get(0))?)
    }

    fn update_group(
        &mut self,
        chat: ChatId,
        change: &GroupChange,
        changed: Revision,
    ) -> Result<()> {
        self.db
            .prepare_cached(
                "UPDATE chats SET title = ifnull(?2, title),
                        description = ifnull(?3, description),
                        who_may_write = ifnull(?4, who_may_write),
                        who_may_change = ifnull(?5, who_may_change),
                        history_for_newcomers = ifnull(?6, history_for_newcomers), changed = ?7
                  WHERE id = ?1",
            )?
            .execute((
                chat,
                change.title.as_ref().map(Line::as_str),
                &change.description,
                change.who_may_write,
                change.who_may_change,
                change.history_for_newcomers,
                changed,
            ))?;
        self.cache.remove_chat(chat);
        Ok(())
    }
}
