//! Who comes to a group and who goes, and what they are in it.

use rusqlite::Connection;

use super::{
    Store,
    batch::Batch,
    chats,
    command::{AddMembers, Apply, By, ROW_BYTES, RemoveMember, SetRole},
    events::LINE_BYTES,
    members::MEMBER_ROWS_MAX,
    memberships, receipts,
    stays::Start,
};
use crate::{
    error::{Error, Result},
    model::{Audience, Chat, Event, GroupFacts, Member, Newcomer, NewcomerHistory, Role, Row},
    rules,
    types::{ChatId, MessageId, Revision, Seq, UserId},
};

/// Messages of a direct chat among which one of a person is looked for, the latest ones.
const LOOKED_AT_MAX: i64 = 1_000;

impl Store {
    /// Those of `users` whom `adder` would bring into a group; `None` stands for a new one. Empty
    /// if the command will be refused, so that nobody is counted for it.
    pub(crate) async fn list_newcomers(
        &self,
        adder: UserId,
        chat: Option<ChatId>,
        mut users: Vec<UserId>,
    ) -> Result<Vec<Newcomer>> {
        users.sort_unstable();
        users.dedup();
        self.read_long(adder, move |db| {
            if let Some(chat) = chat {
                let membership = memberships::find(db, chat, adder)?;
                if membership.is_none_or(|it| rules::may_manage_group(&it).is_err()) {
                    return Ok(Vec::new());
                }
            }
            let mut newcomers = Vec::new();
            for user in users {
                let is_member = match chat {
                    Some(chat) => {
                        memberships::find(db, chat, user)?.is_some_and(|it| it.role != Role::Former)
                    }
                    None => user == adder,
                };
                if is_member {
                    continue;
                }
                let mut known = db.prepare_cached("SELECT 1 FROM users WHERE id = ?1")?;
                if !known.exists((user,))? {
                    return Ok(Vec::new());
                }
                let knows_adder = has_written(db, user, adder)?;
                newcomers.push(Newcomer { user_id: user, knows_adder });
            }
            Ok(newcomers)
        })
        .await
    }
}

/// Whether `sender` has written to `other`, as far as the latest messages of their chat show.
fn has_written(db: &Connection, sender: UserId, other: UserId) -> Result<bool> {
    let pair = (sender.min(other), sender.max(other));
    let Some(chat) = chats::find_direct(db, pair)? else { return Ok(false) };
    let mut query = db.prepare_cached(
        "SELECT 1 FROM (SELECT sender_id, event FROM messages WHERE chat_id = ?1
                         ORDER BY id DESC LIMIT ?2)
          WHERE sender_id = ?3 AND event IS NULL",
    )?;
    Ok(query.exists((chat, LOOKED_AT_MAX, sender))?)
}

impl Apply for AddMembers {
    /// Those who were not in it.
    type Outcome = Vec<UserId>;

    fn bytes(&self) -> usize {
        self.users.len() * ROW_BYTES + LINE_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Vec<UserId>> {
        let chat = self.chat;
        let (cached, membership) = batch.enter_group(chat, by.actor)?;
        rules::may_manage_group(&membership)?;
        let mut users = self.users.clone();
        users.sort_unstable();
        users.dedup();
        for user in &users {
            if !batch.has_user(*user)? {
                return Err(Error::NotFound("user"));
            }
        }
        users.retain(|user| !cached.audience.includes(*user));
        if users.is_empty() {
            return Ok(users);
        }
        let Audience::Members(members) = &cached.audience else {
            return Err(Error::NotFound("group"));
        };
        rules::may_have_members(members.len() + users.len())?;
        batch.check_groups_of(&users, by.actor)?;
        batch.check_quota(by.actor, self.bytes())?;
        batch.let_in(chat, &users, by, Event::Added { user_ids: users.clone() })?;
        Ok(users)
    }
}

impl Apply for RemoveMember {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let Self { chat, user } = *self;
        let (cached, membership) = batch.enter_group(chat, by.actor)?;
        rules::may_remove_member(&membership, by.actor, user)?;
        match memberships::find(batch.db, chat, user)?.map(|it| it.role) {
            None => return Err(Error::NotFound("member")),
            // They have left by themselves, and must not come back by the link.
            Some(Role::Former) => return batch.bar(chat, user),
            Some(Role::Member | Role::Admin) => {}
        }
        let event = if user == by.actor { Event::Left } else { Event::Removed { user_id: user } };
        // While the member is still there, so that nothing turns blue that they have not read.
        batch.note_event(chat, by, event, cached.audience)?;
        batch.count_stored(by.actor, LINE_BYTES, 0)?;
        let facts = chats::find(batch.db, chat)?.ok_or(Error::NotFound("chat"))?.into_facts();
        let changed = batch.next_revision();
        batch.end_stay(chat, user, &facts, changed)?;
        if user != by.actor {
            batch.bar(chat, user)?;
        }
        batch.members_changed(chat, changed)?;
        batch.publish_membership(chat, user)?;
        batch.publish_member(chat, user, Role::Former, changed)?;
        batch.cancel_scheduled_in(chat, user)?;
        batch.keep_an_admin(chat, by)
    }
}

impl Apply for SetRole {
    type Outcome = ();

    fn bytes(&self) -> usize {
        LINE_BYTES
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let Self { chat, user, role } = *self;
        let (cached, membership) = batch.enter_group(chat, by.actor)?;
        rules::may_manage_group(&membership)?;
        match memberships::find(batch.db, chat, user)?.map(|it| it.role) {
            None | Some(Role::Former) => return Err(Error::NotFound("member")),
            Some(before) if before == role || role == Role::Former => return Ok(()),
            Some(Role::Admin) => {
                rules::may_stop_being_admin(batch.has_admin_beside(chat, user)?)?;
            }
            Some(Role::Member) => {}
        }
        batch.check_quota(by.actor, LINE_BYTES)?;
        batch.write_role(chat, user, role)?;
        batch.count_stored(by.actor, LINE_BYTES, 0)?;
        let event = Event::RoleChanged { user_id: user, role };
        batch.note_event(chat, by, event, cached.audience)
    }
}

impl Chat {
    fn into_facts(self) -> GroupFacts {
        GroupFacts {
            title: self.title,
            description: self.description,
            picture: self.picture,
            who_may_write: self.who_may_write,
            who_may_change: self.who_may_change,
            history_for_newcomers: self.history_for_newcomers,
            expire_after: self.expire_after,
            changed: self.changed,
        }
    }
}

impl Batch<'_> {
    /// Makes users members who are not in a group, which has room for them. `event` says how they
    /// have come. What is stored counts to the actor.
    pub(super) fn let_in(
        &mut self,
        chat: ChatId,
        users: &[UserId],
        by: By,
        event: Event,
    ) -> Result<()> {
        let found = chats::find(self.db, chat)?.ok_or(Error::NotFound("chat"))?;
        let (last_seq, last_id) = chats::last(self.db, chat)?;
        let (from, after) = match found.history_for_newcomers {
            NewcomerHistory::All => (Seq(1), MessageId(0)),
            NewcomerHistory::None => (last_seq.next(), last_id),
        };
        let start = Start { marks: last_seq, from, after };
        self.check_stays_of(chat, users, start, by.actor)?;
        let changed = self.next_revision();
        for user in users {
            self.start_stay(chat, *user, Role::Member, start, changed)?;
        }
        self.members_changed(chat, changed)?;
        self.count_stored(by.actor, users.len() * ROW_BYTES + LINE_BYTES, 0)?;
        self.welcome(found, users)?;
        self.tell_of_pins(chat, users, by.at)?;
        // Before the line, which has a higher revision: devices advance by what they are sent.
        if users.len() <= MEMBER_ROWS_MAX {
            for user in users {
                self.publish_member(chat, *user, Role::Member, changed)?;
            }
        }
        let audience = self.chat(chat)?.audience;
        self.note_event(chat, by, event, audience)
    }

    /// Tells newcomers of the group, of what they are in it, of their marks, and of how far its
    /// messages have come: their own messages of an earlier stay may have been read since.
    fn welcome(&mut self, chat: Chat, users: &[UserId]) -> Result<()> {
        let id = chat.id;
        let newcomers = Audience::Members(users.iter().copied().collect());
        self.publish(Row::Chat(chat), newcomers.clone());
        for user in users {
            self.publish_membership(id, *user)?;
            if let Some(own) = receipts::find(self.db, id, *user, *user)? {
                self.publish(Row::Receipt(own), Audience::User(*user));
            }
        }
        let receipt = receipts::find_group(self.db, id)?;
        self.publish(Row::Receipt(receipt), newcomers);
        Ok(())
    }

    /// Keeps a former member from joining by the invite link until an admin adds them again.
    fn bar(&self, chat: ChatId, user: UserId) -> Result<()> {
        self.db
            .prepare_cached("UPDATE members SET barred = 1 WHERE chat_id = ?1 AND user_id = ?2")?
            .execute((chat, user))?;
        Ok(())
    }

    /// A group without an admin gets one: the member who has been in it the longest.
    fn keep_an_admin(&mut self, chat: ChatId, by: By) -> Result<()> {
        if self.has_admin_beside(chat, UserId::SERVER)? {
            return Ok(());
        }
        let mut query = self.db.prepare_cached(
            "SELECT min(user_id) FROM members
              WHERE chat_id = ?1 AND role = 'member'
                AND joined = (SELECT min(joined) FROM members
                               WHERE chat_id = ?1 AND role = 'member')",
        )?;
        let longest: Option<UserId> = query.query_row((chat,), |row| row.get(0))?;
        let Some(user) = longest else { return Ok(()) };
        self.write_role(chat, user, Role::Admin)?;
        self.note_event_of(chat, (user, by), Event::BecameAdmin)
    }

    fn has_admin_beside(&self, chat: ChatId, user: UserId) -> Result<bool> {
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM members WHERE chat_id = ?1 AND role = 'admin' AND user_id <> ?2",
        )?;
        Ok(query.exists((chat, user))?)
    }

    /// Writes and publishes what a current member is from now on.
    fn write_role(&mut self, chat: ChatId, user: UserId, role: Role) -> Result<()> {
        let changed = self.next_revision();
        self.db
            .prepare_cached(
                "UPDATE members SET role = ?3, role_changed = ?4
                  WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .execute((chat, user, role, changed))?;
        self.members_changed(chat, changed)?;
        self.publish_membership(chat, user)?;
        self.publish_member(chat, user, role, changed)
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
