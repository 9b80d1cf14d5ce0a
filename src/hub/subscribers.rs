//! Who is told when somebody comes online or goes offline.
//!
//! A client subscribes to the people whose presence it shows. If a thousand people connect at once
//! and each is told of all others, the server sends a million frames. A client that sends no list
//! with `hello` is subscribed to everyone: older clients expect it.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use super::Connection;
use crate::{model::ConnectionId, types::UserId};

/// The presence subscriptions of all connections.
#[derive(Debug, Default)]
pub(super) struct Subscribers {
    /// The connections that subscribe to a person by name.
    of_one: HashMap<UserId, Vec<Arc<Connection>>>,
    /// The connections that subscribe to everyone.
    of_all: HashMap<ConnectionId, Arc<Connection>>,
    /// The people to whom a connection subscribes by name, ascending.
    named: HashMap<ConnectionId, Box<[UserId]>>,
}

impl Subscribers {
    /// Subscribes a connection to everyone.
    pub(super) fn add_to_all(&mut self, connection: &Arc<Connection>) {
        self.remove(connection.id);
        self.of_all.insert(connection.id, Arc::clone(connection));
    }

    /// Replaces the subscriptions of a connection. Returns the people to whom it was not subscribed
    /// before.
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

    /// Ends all subscriptions of a connection.
    pub(super) fn remove(&mut self, connection: ConnectionId) {
        self.of_all.remove(&connection);
        for person in self.named.remove(&connection).unwrap_or_default() {
            self.forget(person, connection);
        }
    }

    /// The connections that subscribe to this person.
    pub(super) fn of(&self, person: UserId) -> impl Iterator<Item = &Arc<Connection>> {
        self.of_one.get(&person).into_iter().flatten().chain(self.of_all.values())
    }

    /// The people to whom a connection subscribes by name; `None` if it subscribes to everyone.
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
