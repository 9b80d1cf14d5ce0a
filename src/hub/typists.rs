//! Who types in groups.
//!
//! Each member is sent at most one frame a second for a group, however many of its people type: the
//! frame names everybody who types now and replaces the one before.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use crate::{
    model::Audience,
    types::{ChatId, UserId},
};

/// The least time between two frames for one group.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Somebody who has not repeated their notice for so long types no more. Clients repeat it every
/// three seconds.
const TYPING_MAX: Duration = Duration::from_secs(6);
/// A frame names at most so many.
const NAMED_MAX: usize = 20;

/// The people who type in each group where somebody does.
#[derive(Debug, Default)]
pub(super) struct Typists {
    groups: HashMap<ChatId, Group>,
}

#[derive(Debug)]
struct Group {
    audience: Audience,
    /// Who types, and when they last said so.
    typing: BTreeMap<UserId, Instant>,
    /// Whom the last frame named.
    told: Vec<UserId>,
    told_at: Option<Instant>,
    /// Somebody has begun, repeated it or stopped since the last frame.
    is_news: bool,
}

/// Who types in a group now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) audience: Audience,
    pub(super) chat_id: ChatId,
    /// In the order of their ids; empty if nobody types any more.
    pub(super) user_ids: Vec<UserId>,
    /// The only person who is named here or was named before: it is no news to them.
    pub(super) only: Option<UserId>,
}

impl Typists {
    /// Somebody types in a group, or has stopped. Returns what to tell at once.
    pub(super) fn note(
        &mut self,
        audience: &Audience,
        chat: ChatId,
        user: UserId,
        on: bool,
        now: Instant,
    ) -> Option<Told> {
        let group = self.groups.entry(chat).or_insert_with(|| Group {
            audience: audience.clone(),
            typing: BTreeMap::new(),
            told: Vec::new(),
            told_at: None,
            is_news: false,
        });
        group.audience = audience.clone();
        if on {
            group.typing.insert(user, now);
            group.is_news = true;
        } else {
            group.is_news |= group.typing.remove(&user).is_some();
        }
        group.tell(chat, now)
    }

    /// A message of theirs ends somebody's typing; the message itself tells it.
    pub(super) fn wrote(&mut self, chat: ChatId, user: UserId) {
        if let Some(group) = self.groups.get_mut(&chat) {
            group.typing.remove(&user);
            group.told.retain(|told| *told != user);
        }
    }

    /// The members of a group have changed, and who hears of it is not known any more.
    pub(super) fn forget(&mut self, chat: ChatId) {
        self.groups.remove(&chat);
    }

    /// What is due to be told, also of those who have just stopped without saying so.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Told> {
        let mut due = Vec::new();
        self.groups.retain(|chat, group| {
            let before = group.typing.len();
            group.typing.retain(|_, since| now.duration_since(*since) < TYPING_MAX);
            group.is_news |= group.typing.len() < before;
            due.extend(group.tell(*chat, now));
            let is_recent = group.told_at.is_some_and(|at| now.duration_since(at) < TELL_EVERY);
            !group.typing.is_empty() || group.is_news || is_recent
        });
        due
    }
}

impl Group {
    fn tell(&mut self, chat_id: ChatId, now: Instant) -> Option<Told> {
        let is_early = self.told_at.is_some_and(|at| now.duration_since(at) < TELL_EVERY);
        if !self.is_news || is_early {
            return None;
        }
        self.is_news = false;
        let user_ids: Vec<UserId> = self.typing.keys().take(NAMED_MAX).copied().collect();
        let before = std::mem::replace(&mut self.told, user_ids.clone());
        let mut named = before.iter().chain(&user_ids);
        let first = *named.next()?;
        let only = named.all(|user| *user == first).then_some(first);
        self.told_at = Some(now);
        Some(Told { audience: self.audience.clone(), chat_id, user_ids, only })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: ChatId = ChatId(7);

    fn audience() -> Audience {
        Audience::Members((1..=100).map(UserId).collect())
    }

    fn ids(told: Option<&Told>) -> Option<Vec<i64>> {
        told.map(|told| told.user_ids.iter().map(|user| user.0).collect())
    }

    #[test]
    fn many_who_type_at_once_cost_one_frame_a_second() {
        let (start, audience) = (Instant::now(), audience());
        let mut typists = Typists::default();
        let mut frames = Vec::new();
        for step in 0..100 {
            let now = start + Duration::from_millis(step * 100);
            for user in 1..=60 {
                let on = (step + user) % 7 != 0;
                let user = UserId(i64::try_from(user).unwrap());
                frames.extend(typists.note(&audience, CHAT, user, on, now));
            }
            frames.extend(typists.due(now));
        }
        assert_eq!(frames.len(), 10);
        assert!(frames.iter().skip(1).all(|told| told.user_ids.len() == NAMED_MAX), "{frames:?}");
    }

    #[test]
    fn who_begins_and_who_stops_is_told_within_the_second() {
        let (start, audience) = (Instant::now(), audience());
        let at = |ms| start + Duration::from_millis(ms);
        let mut typists = Typists::default();
        let mut note = |user, on, ms| typists.note(&audience, CHAT, UserId(user), on, at(ms));
        assert_eq!(ids(note(1, true, 0).as_ref()), Some(vec![1]));
        assert_eq!(note(2, true, 100), None);
        assert_eq!(note(1, false, 200), None);
        assert_eq!(typists.due(at(900)), []);
        let due = typists.due(at(1000));
        assert_eq!((due.len(), ids(due.first())), (1, Some(vec![2])));
        assert_eq!(due[0].only, None, "1 learns of 2, and 2 that 1 has stopped");
        assert_eq!(typists.due(at(2000)), []);
        let due = typists.due(at(6100));
        assert_eq!((ids(due.first()), due[0].only), (Some(vec![]), Some(UserId(2))));
        assert_eq!(typists.due(at(7100)), []);
        assert!(typists.groups.is_empty(), "nothing is kept");
    }

    #[test]
    fn a_message_ends_typing_and_a_repeat_is_told_again() {
        let (start, audience) = (Instant::now(), audience());
        let at = |ms| start + Duration::from_millis(ms);
        let mut typists = Typists::default();
        for ms in [0, 3000] {
            let told = typists.note(&audience, CHAT, UserId(1), true, at(ms)).unwrap();
            assert_eq!((ids(Some(&told)), told.only), (Some(vec![1]), Some(UserId(1))));
        }
        typists.wrote(CHAT, UserId(1));
        assert_eq!(typists.note(&audience, CHAT, UserId(1), false, at(3100)), None);
        assert_eq!(typists.due(at(9000)), []);
        assert!(typists.groups.is_empty());
    }

    #[test]
    fn stopping_without_having_begun_is_no_news() {
        let mut typists = Typists::default();
        let now = Instant::now();
        assert_eq!(typists.note(&audience(), CHAT, UserId(1), false, now), None);
        assert_eq!(typists.due(now), []);
        assert!(typists.groups.is_empty());
    }
}
