//! The frames that wait for one connection, in order. In a long queue a newer state of a thing
//! replaces the older one: rows are whole, so the older one tells nothing more.

use std::collections::{HashMap, VecDeque};

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{
    model::Row,
    types::{ChatId, MessageId, Revision, ScheduledId, Seq, UserId},
};

/// From this length on the queue looks for states that a newer one replaces. Connections that keep
/// up never have so many frames waiting, and do not pay for the index.
const INDEX_FROM: usize = 32;

/// A frame that waits to be written.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) frame: Utf8Bytes,
    /// The message in it, for a v1 client: it cannot confirm, so written counts as delivered.
    pub(crate) message: Option<(ChatId, Seq, MessageId)>,
    pub(super) what: What,
}

/// What a frame tells.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// The answer to a request. It comes once and is never dropped.
    Answer,
    /// A row as of this revision. It can be read from the store again.
    Row(Revision, Option<Key>),
    /// Presence or typing.
    Signal(Key),
    /// Nothing any more: a newer frame tells it. The frame is empty.
    Replaced,
}

/// The thing whose state a frame tells. Messages have no key: each of them counts, and those of a
/// chat must keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    User(UserId),
    Chat(ChatId),
    Member(ChatId, UserId),
    Membership(ChatId),
    Receipt(ChatId, Option<UserId>),
    Preferences(ChatId),
    Privacy,
    Reactions(MessageId),
    Reaction(MessageId),
    Flags(MessageId),
    Pin(MessageId),
    Scheduled(ScheduledId),
    Presence(UserId),
    Typing(ChatId, UserId),
    Typists(ChatId),
}

impl Key {
    pub(super) fn of(row: &Row) -> Option<Self> {
        match row {
            Row::User(user) => Some(Self::User(user.id)),
            Row::Chat(chat) => Some(Self::Chat(chat.id)),
            Row::Member(member) => Some(Self::Member(member.chat_id, member.user_id)),
            Row::Membership(membership) => Some(Self::Membership(membership.chat_id)),
            Row::Message(_) => None,
            Row::Receipt(receipt) => Some(Self::Receipt(receipt.chat_id, receipt.user_id)),
            Row::Preferences(preferences) => Some(Self::Preferences(preferences.chat_id)),
            Row::Privacy(_) => Some(Self::Privacy),
            Row::Reactions(reactions) => Some(Self::Reactions(reactions.message_id)),
            Row::Reaction(reaction) => Some(Self::Reaction(reaction.message_id)),
            Row::Flags(flags) => Some(Self::Flags(flags.message_id)),
            Row::Pin(pin) => Some(Self::Pin(pin.message_id)),
            Row::Scheduled(scheduled) => Some(Self::Scheduled(scheduled.id)),
        }
    }
}

impl What {
    fn key(self) -> Option<Key> {
        match self {
            Self::Row(_, key) => key,
            Self::Signal(key) => Some(key),
            Self::Answer | Self::Replaced => None,
        }
    }
}

/// A queue of frames.
#[derive(Debug, Default)]
pub(super) struct Queue {
    frames: VecDeque<Delivery>,
    /// Bytes of all frames.
    bytes: usize,
    /// How many of `frames` are [`What::Replaced`].
    replaced: usize,
    /// Where in `frames` each key is, once the queue is long.
    #[expect(clippy::box_collection, reason = "an idle connection keeps room for this field")]
    places: Option<Box<HashMap<Key, usize>>>,
}

impl Queue {
    /// The number of frames that will be written.
    pub(super) fn len(&self) -> usize {
        self.frames.len() - self.replaced
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a frame at the end. It replaces an older one of the same key. The newer one does not take
    /// the older one's place: devices advance by the revisions of the rows they are sent, so these
    /// must rise.
    pub(super) fn push(&mut self, delivery: Delivery) {
        if self.places.is_none() && self.frames.len() >= INDEX_FROM {
            self.index();
        }
        let older = match (&mut self.places, delivery.what.key()) {
            (Some(places), Some(key)) => places.insert(key, self.frames.len()),
            // Those of a message that many react to change hundreds of times a second.
            (None, Some(key @ Key::Reactions(_))) => {
                self.frames.iter().rposition(|it| it.what.key() == Some(key))
            }
            _ => None,
        };
        if let Some(place) = older {
            let older = &mut self.frames[place];
            self.bytes -= older.frame.len();
            *older = Delivery { frame: Utf8Bytes::default(), message: None, what: What::Replaced };
            self.replaced += 1;
        }
        self.bytes += delivery.frame.len();
        self.frames.push_back(delivery);
        // Each frame is moved once for each frame that was replaced, so pushing stays O(1).
        if self.replaced > INDEX_FROM && self.replaced > self.frames.len() / 2 {
            self.frames.retain(|it| !matches!(it.what, What::Replaced));
            self.replaced = 0;
            self.index();
        }
    }

    fn index(&mut self) {
        let keys = self.frames.iter().enumerate();
        let places = keys.filter_map(|(place, it)| it.what.key().map(|key| (key, place)));
        self.places = Some(Box::new(places.collect()));
    }

    /// Drops every row and signal, and returns the lowest revision of the rows among them.
    pub(super) fn drop_changes(&mut self) -> Option<Revision> {
        let frames = std::mem::take(self).into_frames();
        let mut lowest = None;
        for delivery in frames {
            match delivery.what {
                What::Row(revision, _) => {
                    lowest = Some(lowest.map_or(revision, |lowest: Revision| lowest.min(revision)));
                }
                What::Answer => self.push(delivery),
                What::Signal(_) | What::Replaced => {}
            }
        }
        lowest
    }

    /// The frames to write, in order.
    pub(super) fn into_frames(mut self) -> VecDeque<Delivery> {
        if self.replaced > 0 {
            self.frames.retain(|it| !matches!(it.what, What::Replaced));
        }
        self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(text: &str, what: What) -> Delivery {
        Delivery { frame: text.into(), message: None, what }
    }

    fn texts(queue: Queue) -> Vec<String> {
        queue.into_frames().iter().map(|it| it.frame.to_string()).collect()
    }

    #[test]
    fn a_long_queue_holds_the_newest_state_of_each_thing_and_every_message() {
        let mut queue = Queue::default();
        let mut expected = Vec::new();
        for n in 0..10_000 {
            let revision = Revision(n);
            let state = What::Row(revision, Some(Key::User(UserId(n % 3))));
            queue.push(delivery(&format!("user {n}"), state));
            queue.push(delivery("typing", What::Signal(Key::Typing(ChatId(1), UserId(1)))));
            if n % 1_000 == 0 {
                queue.push(delivery(&format!("message {n}"), What::Row(revision, None)));
                expected.push(format!("message {n}"));
            }
        }
        assert!(queue.frames.len() < 256, "replaced frames are removed");
        let texts = texts(queue);
        let messages: Vec<_> = texts.iter().filter(|it| it.starts_with('m')).cloned().collect();
        assert_eq!(messages, expected);
        assert_eq!(texts[texts.len() - 4..], ["user 9997", "user 9998", "user 9999", "typing"]);
    }

    #[test]
    fn a_short_queue_holds_the_newest_reactions_to_a_message() {
        let mut queue = Queue::default();
        for n in 0..200 {
            let key = Some(Key::Reactions(MessageId(n % 2)));
            queue.push(delivery(&format!("reactions {n}"), What::Row(Revision(n), key)));
            assert_eq!(queue.len(), usize::try_from(n.min(1) + 1).unwrap());
            if n == 100 {
                queue.push(delivery("message", What::Row(Revision(n), None)));
                assert_eq!(
                    texts(std::mem::take(&mut queue)),
                    ["reactions 99", "reactions 100", "message"]
                );
                queue.push(delivery(
                    "reactions 98",
                    What::Row(Revision(98), Some(Key::Reactions(MessageId(0)))),
                ));
            }
        }
        assert_eq!(texts(queue), ["reactions 198", "reactions 199"]);
    }

    #[test]
    fn lengths_and_bytes_count_what_will_be_written() {
        let mut queue = Queue::default();
        for n in 0..200 {
            queue.push(delivery("abc", What::Row(Revision(n), Some(Key::Privacy))));
            let frames = queue.frames.iter().filter(|it| !matches!(it.what, What::Replaced));
            assert_eq!(queue.len(), frames.count());
            assert_eq!(queue.bytes(), 3 * queue.len());
        }
        queue.push(delivery("answer", What::Answer));
        assert_eq!(queue.drop_changes(), Some(Revision(0)));
        assert_eq!((queue.len(), queue.bytes()), (1, 6));
        assert_eq!(queue.drop_changes(), None);
        assert_eq!(texts(queue), ["answer"]);
    }
}
