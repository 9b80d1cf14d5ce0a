//! The last changes, in memory: for whom and in which chat. A device that returns soon is answered
//! from here and from the chats that have changed, whatever the number of its user's chats. One that
//! has missed nothing is answered without the database.

use std::{
    collections::{BTreeSet, HashMap, VecDeque, hash_map::Entry},
    sync::{Mutex, MutexGuard},
};

use super::lock;
use crate::{
    model::{Audience, Change},
    types::{ChatId, Revision, UserId},
};

/// Changes that are remembered: about 1 MiB, and some minutes of a busy server.
const CHANGES_MAX: usize = 16_384;
/// Members in all the lists that the changes hold, 8 bytes each: 4 MiB. Each change of the members of
/// a group makes a new list, and a list is shared by the changes that follow.
const MEMBERS_MAX: usize = 512 * 1024;
/// Users whose last change is remembered, about 50 bytes each. Beyond this all are forgotten.
const USERS_MAX: usize = 50_000;

/// What has changed since the server started, as far as it is remembered.
#[derive(Debug)]
pub(super) struct Recent(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Changes in chats, in the order of their revisions.
    changes: VecDeque<Logged>,
    /// By address of a list of members: how many of `changes` hold it.
    lists: HashMap<usize, usize>,
    /// The members in all `lists`.
    members: usize,
    /// `changes` holds every one after this revision …
    from: Revision,
    /// … up to this one.
    through: Revision,
    /// The last change that everyone sees.
    everyone: Revision,
    users: HashMap<UserId, Latest>,
}

#[derive(Debug)]
struct Logged {
    revision: Revision,
    chat: ChatId,
    audience: Audience,
}

/// A user's last change, apart from those that everyone sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Latest {
    /// No change that the user sees is later.
    revision: Option<Revision>,
    /// Later changes than this were noted while `revision` was not known.
    noted: Revision,
    /// Whether there is a change of just this revision.
    exact: bool,
}

/// What is remembered for a device.
#[derive(Debug)]
pub(super) struct Look {
    /// Whether nothing has changed since the device's revision.
    pub(super) is_current: bool,
    /// The chats that may have changed since; `None` if that is too long ago.
    pub(super) chats: Option<BTreeSet<ChatId>>,
    /// The look knows of changes up to this revision.
    pub(super) through: Revision,
    before: Latest,
}

impl Recent {
    /// Nothing is remembered of what came up to `revision`.
    pub(super) fn new(revision: Revision) -> Self {
        Self(Mutex::new(State {
            changes: VecDeque::new(),
            lists: HashMap::new(),
            members: 0,
            from: revision,
            through: revision,
            everyone: Revision(0),
            users: HashMap::new(),
        }))
    }

    /// Notes a committed batch, which goes up to `revision`. Called before any of it is published.
    pub(super) fn note<'a>(&self, revision: Revision, changes: impl Iterator<Item = &'a Change>) {
        let mut state = self.state();
        for change in changes {
            if let Change::Row { row, audience } = change {
                state.note(row.changed(), row.chat_id(), audience);
            }
        }
        state.through = revision;
    }

    /// What is remembered for a device of `user` that has everything up to `since`. Look before the
    /// database is read: what it shows beyond [`Look::through`] may be incomplete here.
    pub(super) fn look(&self, user: UserId, since: Revision) -> Look {
        let mut state = self.state();
        if state.users.len() >= USERS_MAX && !state.users.contains_key(&user) {
            state.users.clear();
        }
        let before = *state.users.entry(user).or_default();
        let latest = before.revision.map(|revision| revision.max(state.everyone));
        let is_current = latest.is_some_and(|latest| since >= latest);
        let chats = (!is_current && since >= state.from).then(|| {
            let first = state.changes.partition_point(|change| change.revision <= since);
            let later = state.changes.range(first..);
            later.filter(|it| it.audience.includes(user)).map(|it| it.chat).collect()
        });
        Look { is_current, chats, through: state.through, before }
    }

    /// Notes that `revision` was the last change of `user` when the database was read after `look`.
    /// It is `exact` if there is a change of just this revision.
    pub(super) fn learn(&self, user: UserId, look: &Look, revision: Revision, exact: bool) {
        let mut state = self.state();
        let Some(latest) = state.users.get_mut(&user) else { return };
        if *latest == look.before {
            *latest = Latest { revision: Some(revision), noted: Revision(0), exact };
        } else if latest.revision.is_none() {
            let later = latest.noted > revision;
            let revision = Some(latest.noted.max(revision));
            *latest = Latest { revision, noted: Revision(0), exact: exact || later };
        }
    }

    /// The last change that `user` sees, if it is known for sure.
    pub(super) fn visible_revision(&self, user: UserId) -> Option<Revision> {
        let state = self.state();
        let latest = state.users.get(&user).filter(|latest| latest.exact)?;
        Some(latest.revision?.max(state.everyone))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl State {
    fn note(&mut self, revision: Revision, chat: Option<ChatId>, audience: &Audience) {
        // A newcomer is sent the chat's row, which is older than their coming.
        self.through = self.through.max(revision);
        if *audience == Audience::Everyone {
            self.everyone = self.everyone.max(revision);
            return;
        }
        let users = &mut self.users;
        audience.for_each(|user| {
            let Some(latest) = users.get_mut(&user) else { return };
            match &mut latest.revision {
                Some(known) if revision > *known => {
                    *known = revision;
                    latest.exact = true;
                }
                Some(_) => {}
                None => latest.noted = latest.noted.max(revision),
            }
        });
        let Some(chat) = chat else { return };
        self.hold(audience);
        let audience = audience.clone();
        self.changes.push_back(Logged { revision: self.through, chat, audience });
        while (self.changes.len() > CHANGES_MAX || self.members > MEMBERS_MAX)
            && let Some(oldest) = self.changes.pop_front()
        {
            self.release(&oldest.audience);
            self.from = oldest.revision;
        }
    }

    fn hold(&mut self, audience: &Audience) {
        if let Audience::Members(list) = audience {
            let holders = self.lists.entry(list.as_ptr().addr()).or_default();
            *holders += 1;
            if *holders == 1 {
                self.members += list.len();
            }
        }
    }

    fn release(&mut self, audience: &Audience) {
        if let Audience::Members(list) = audience
            && let Entry::Occupied(mut holders) = self.lists.entry(list.as_ptr().addr())
        {
            *holders.get_mut() -= 1;
            if *holders.get() == 0 {
                holders.remove();
                self.members -= list.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        model::{Receipt, Row, User},
        types::Seq,
    };

    const ALICE: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    /// Notes a receipt in a chat, as a batch of its own.
    fn note(recent: &Recent, revision: i64, chat: i64, audience: Audience) {
        let row = Row::Receipt(Receipt {
            chat_id: ChatId(chat),
            user_id: None,
            delivered_seq: Seq(0),
            read_seq: Seq(0),
            changed: Revision(revision),
        });
        recent.note(Revision(revision), [Change::Row { row, audience }].iter());
    }

    #[test]
    fn a_device_learns_of_the_chats_that_changed_for_its_user() {
        let recent = Recent::new(Revision(10));
        note(&recent, 11, 1, Audience::Pair(ALICE, BOB));
        note(&recent, 12, 2, Audience::User(BOB));
        note(&recent, 13, 3, Audience::Members([ALICE, UserId(3)].into()));
        let chats = |user, since| {
            let look = recent.look(user, Revision(since));
            look.chats.map(|chats| chats.iter().map(|chat| chat.0).collect::<Vec<_>>())
        };
        assert_eq!(chats(ALICE, 10), Some(vec![1, 3]));
        assert_eq!(chats(ALICE, 11), Some(vec![3]));
        assert_eq!(chats(BOB, 11), Some(vec![2]));
        assert_eq!(chats(BOB, 9), None, "that was before the start");
    }

    #[test]
    fn what_is_forgotten_is_not_claimed_to_be_known() {
        let recent = Recent::new(Revision(0));
        let last = i64::try_from(CHANGES_MAX).unwrap() + 5;
        for revision in 1..=last {
            note(&recent, revision, revision, Audience::User(ALICE));
        }
        assert!(recent.look(ALICE, Revision(4)).chats.is_none());
        assert_eq!(recent.look(ALICE, Revision(5)).chats.unwrap().len(), CHANGES_MAX);
    }

    #[test]
    fn the_lists_of_members_have_a_bound_and_a_shared_one_counts_once() {
        let recent = Recent::new(Revision(0));
        let list = || -> Arc<[UserId]> { (1..=5_000).map(UserId).collect() };
        let shared = list();
        for revision in 1..=1_000 {
            note(&recent, revision, 1, Audience::Members(shared.clone()));
        }
        assert_eq!(recent.state().members, 5_000);
        assert!(recent.look(ALICE, Revision(0)).chats.is_some(), "nothing is forgotten");
        for revision in 1_001..=3_000 {
            note(&recent, revision, 1, Audience::Members(list()));
            assert!(recent.state().members <= MEMBERS_MAX);
        }
        assert!(recent.look(ALICE, Revision(2_000)).chats.is_none(), "that is forgotten");
        assert_eq!(recent.look(ALICE, Revision(2_950)).chats.unwrap(), [ChatId(1)].into());
        for revision in 3_001..=3_001 + i64::try_from(CHANGES_MAX).unwrap() {
            note(&recent, revision, 1, Audience::User(ALICE));
        }
        let state = recent.state();
        assert_eq!((state.members, state.lists.len()), (0, 0));
    }

    #[test]
    fn a_user_is_current_until_something_changes_for_them() {
        let recent = Recent::new(Revision(10));
        let look = recent.look(ALICE, Revision(7));
        assert!(!look.is_current, "nothing is known yet");
        recent.learn(ALICE, &look, Revision(7), true);
        assert!(recent.look(ALICE, Revision(7)).is_current);
        assert!(!recent.look(ALICE, Revision(6)).is_current);
        note(&recent, 11, 1, Audience::User(BOB));
        assert!(recent.look(ALICE, Revision(7)).is_current, "not hers");
        assert_eq!(recent.visible_revision(ALICE), Some(Revision(7)));
        note(&recent, 12, 1, Audience::Pair(ALICE, BOB));
        assert!(!recent.look(ALICE, Revision(11)).is_current);
        assert!(recent.look(ALICE, Revision(12)).is_current);
        let user = User {
            id: BOB,
            username: String::new(),
            last_seen: None,
            display_name: None,
            about: String::new(),
            picture: None,
            changed: Revision(13),
        };
        let change = Change::Row { row: Row::User(user), audience: Audience::Everyone };
        recent.note(Revision(13), [change].iter());
        assert!(!recent.look(ALICE, Revision(12)).is_current);
        assert_eq!(recent.visible_revision(ALICE), Some(Revision(13)));
    }

    #[test]
    fn a_change_during_the_read_is_not_lost() {
        let recent = Recent::new(Revision(10));
        let look = recent.look(ALICE, Revision(10));
        note(&recent, 11, 1, Audience::User(ALICE));
        recent.learn(ALICE, &look, Revision(10), false);
        assert!(!recent.look(ALICE, Revision(10)).is_current);
        assert!(recent.look(ALICE, Revision(11)).is_current);
        // The same once it was known.
        let look = recent.look(ALICE, Revision(9));
        note(&recent, 12, 1, Audience::User(ALICE));
        recent.learn(ALICE, &look, Revision(11), false);
        assert!(!recent.look(ALICE, Revision(11)).is_current);
    }
}
