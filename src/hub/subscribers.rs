//! Who is told when somebody comes online or goes offline.
//!
//! A client names the people whose presence it shows. Without that, a thousand people who connect
//! at once would be a million frames that nobody looks at. A client that names nobody at `hello`
//! is told of everyone, as before clients could choose.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use super::Connection;
use crate::{model::ConnectionId, types::UserId};

/// The presence subscriptions of all connections.
#[derive(Debug, Default)]
pub(super) struct Subscribers {
    /// The connections that are told of one person.
    of_one: HashMap<UserId, Vec<Arc<Connection>>>,
    /// The connections that are told of everyone.
    of_all: HashMap<ConnectionId, Arc<Connection>>,
    /// The people whom a connection has named, ascending.
    named: HashMap<ConnectionId, Box<[UserId]>>,
}

impl Subscribers {
    /// Tells a connection of everyone from now on.
    pub(super) fn add_to_all(&mut self, connection: &Arc<Connection>) {
        self.remove(connection.id);
        self.of_all.insert(connection.id, Arc::clone(connection));
    }

    /// Tells a connection of these people from now on, and of no others. Returns those of whom it
    /// was not told before.
    pub(super) fn replace(
        &mut self,
        connection: &Arc<Connection>,
        mut people: Vec<UserId>,
    ) -> Box<[UserId]> {
        people.sort_unstable();
        people.dedup();
        let people = people.into_boxed_slice();
        let knew_all = self.of_all.remove(&connection.id).is_some();
        let before = self.named.insert(connection.id, people.clone()).unwrap_or_default();
        for gone in before.iter().filter(|it| people.binary_search(it).is_err()) {
            self.forget(*gone, connection.id);
        }
        let is_new = |it: &&UserId| before.binary_search(it).is_err();
        for new in people.iter().filter(is_new) {
            self.of_one.entry(*new).or_default().push(Arc::clone(connection));
        }
        if knew_all { Box::default() } else { people.iter().filter(is_new).copied().collect() }
    }

    /// Tells a connection of nobody any more.
    pub(super) fn remove(&mut self, connection: ConnectionId) {
        self.of_all.remove(&connection);
        for person in self.named.remove(&connection).unwrap_or_default() {
            self.forget(person, connection);
        }
    }

    /// The connections that are told of this person.
    pub(super) fn of(&self, person: UserId) -> impl Iterator<Item = &Arc<Connection>> {
        self.of_one.get(&person).into_iter().flatten().chain(self.of_all.values())
    }

    /// The people whom a connection has named; `None` if it is told of everyone.
    pub(super) fn named_by(&self, connection: ConnectionId) -> Option<&[UserId]> {
        self.named.get(&connection).map(AsRef::as_ref)
    }

    fn forget(&mut self, person: UserId, connection: ConnectionId) {
        if let Entry::Occupied(mut told) = self.of_one.entry(person) {
            told.get_mut().retain(|it| it.id != connection);
            if told.get().is_empty() {
                told.remove();
            }
        }
    }
}
