//! Property test of groups: people come, go, come back, change roles and write, while devices lose
//! their connections and the server restarts. A small model says what is allowed and what each
//! person sees; in the end every device has exactly that, whenever it was last online.

mod model;
mod seat;

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use self::{
    model::{Group, PEOPLE},
    seat::{Known, Seat, assert_same},
};
use crate::kit::{Frames, Reply, TestServer, User, within};

const NAMES: [&str; PEOPLE] = ["alice", "bob", "carol", "dave"];
const GROUPS: usize = 2;

/// One random step. People and groups are counted from 0.
#[derive(Clone, Debug)]
enum Operation {
    Make {
        by: usize,
        members: [bool; PEOPLE],
        history: bool,
    },
    Say {
        by: usize,
        group: usize,
    },
    Edit {
        by: usize,
        group: usize,
        which: Index,
    },
    Delete {
        by: usize,
        group: usize,
        which: Index,
    },
    React {
        by: usize,
        group: usize,
        which: Index,
        emoji: Option<&'static str>,
    },
    Star {
        by: usize,
        group: usize,
        which: Index,
        on: bool,
    },
    /// Deletes a text for oneself.
    Hide {
        by: usize,
        group: usize,
        which: Index,
    },
    Pin {
        by: usize,
        group: usize,
        which: Index,
        on: bool,
    },
    SetTimer {
        by: usize,
        group: usize,
        on: bool,
    },
    /// Lets all texts expire that have a time. The server restarts.
    Expire,
    Add {
        by: usize,
        group: usize,
        users: [bool; PEOPLE],
    },
    /// Comes by the invite link.
    Join {
        by: usize,
        group: usize,
    },
    Remove {
        by: usize,
        group: usize,
        user: usize,
    },
    SetRole {
        by: usize,
        group: usize,
        user: usize,
        admin: bool,
    },
    Rename {
        by: usize,
        group: usize,
        title: usize,
    },
    /// Confirms everything that the device has.
    Confirm {
        by: usize,
        group: usize,
    },
    /// Applies the frames that have arrived.
    Listen {
        user: usize,
    },
    /// Breaks the connection with everything under way.
    Break {
        user: usize,
    },
    Restart,
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{
        Add, Break, Confirm, Delete, Edit, Expire, Hide, Join, Listen, Make, Pin, React, Remove,
        Rename, Restart, Say, SetRole, SetTimer, Star,
    };
    let place = || (0..PEOPLE, 0..GROUPS);
    prop_oneof![
        2 => (0..PEOPLE, any::<[bool; PEOPLE]>(), any::<bool>())
            .prop_map(|(by, members, history)| Make { by, members, history }),
        8 => place().prop_map(|(by, group)| Say { by, group }),
        4 => (place(), any::<Index>()).prop_map(|((by, group), which)| Edit { by, group, which }),
        3 => (place(), any::<Index>()).prop_map(|((by, group), which)| Delete { by, group, which }),
        8 => (place(), any::<Index>(), prop_oneof![Just(None), Just(Some("👍")), Just(Some("😂"))])
            .prop_map(|((by, group), which, emoji)| React { by, group, which, emoji }),
        5 => (place(), any::<Index>(), any::<bool>())
            .prop_map(|((by, group), which, on)| Star { by, group, which, on }),
        3 => (place(), any::<Index>()).prop_map(|((by, group), which)| Hide { by, group, which }),
        8 => (place(), any::<Index>(), proptest::bool::weighted(0.7))
            .prop_map(|((by, group), which, on)| Pin { by, group, which, on }),
        4 => (place(), proptest::bool::weighted(0.7))
            .prop_map(|((by, group), on)| SetTimer { by, group, on }),
        2 => Just(Expire),
        6 => (place(), any::<[bool; PEOPLE]>())
            .prop_map(|((by, group), users)| Add { by, group, users }),
        3 => place().prop_map(|(by, group)| Join { by, group }),
        6 => (place(), 0..PEOPLE).prop_map(|((by, group), user)| Remove { by, group, user }),
        3 => (place(), 0..PEOPLE, any::<bool>())
            .prop_map(|((by, group), user, admin)| SetRole { by, group, user, admin }),
        2 => (place(), 0..3_usize).prop_map(|((by, group), title)| Rename { by, group, title }),
        4 => place().prop_map(|(by, group)| Confirm { by, group }),
        3 => (0..PEOPLE).prop_map(|user| Listen { user }),
        3 => (0..PEOPLE).prop_map(|user| Break { user }),
        1 => Just(Restart),
    ]
}

struct World {
    server: TestServer,
    people: [User; PEOPLE],
    seats: Vec<Seat>,
    groups: Vec<Group>,
    said: usize,
}

impl World {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let people = server.users(NAMES).await;
        let seats = people.iter().map(|user| Seat::new(user.clone(), 0, Known::default()));
        let seats = seats.collect();
        Self { server, people, seats, groups: Vec::new(), said: 0 }
    }

    async fn perform(&mut self, operation: &Operation) {
        match *operation {
            Operation::Make { by, members, history } if self.groups.len() < GROUPS => {
                let ids = self.ids(members);
                let history_for_newcomers = if history { "all" } else { "none" };
                let group = json!({
                    "title": "T0", "user_ids": ids, "history_for_newcomers": history_for_newcomers,
                });
                let reply = self.people[by].post("/api/groups", &group).await;
                let id = reply.json()["id"].as_i64().unwrap();
                let invite = format!("/api/chats/{id}/invite");
                let reply = self.people[by].request("POST", &invite).await;
                let token = reply.json()["token"].as_str().unwrap().to_owned();
                self.groups.push(Group::new(id, token, by, members, history));
            }
            Operation::Listen { user } => self.seats[user].listen().await,
            Operation::Break { user } => self.seats[user].device = None,
            Operation::Restart => {
                self.seats.iter_mut().for_each(|seat| seat.device = None);
                self.server.restart().await;
            }
            Operation::Expire => {
                self.seats.iter_mut().for_each(|seat| seat.device = None);
                self.server.let_messages_expire().await;
                self.groups.iter_mut().for_each(Group::expire);
            }
            Operation::Say { group, .. }
            | Operation::Edit { group, .. }
            | Operation::Delete { group, .. }
            | Operation::React { group, .. }
            | Operation::Star { group, .. }
            | Operation::Hide { group, .. }
            | Operation::Pin { group, .. }
            | Operation::SetTimer { group, .. }
            | Operation::Add { group, .. }
            | Operation::Join { group, .. }
            | Operation::Remove { group, .. }
            | Operation::SetRole { group, .. }
            | Operation::Rename { group, .. }
            | Operation::Confirm { group, .. }
                if group < self.groups.len() =>
            {
                self.act(operation).await;
            }
            _ => {}
        }
    }

    fn ids(&self, users: [bool; PEOPLE]) -> Vec<i64> {
        let chosen = self.people.iter().zip(users).filter(|(_, is_chosen)| *is_chosen);
        chosen.map(|(user, _)| user.id).collect()
    }

    /// Does something in a group that exists. The model says whether it is allowed.
    async fn act(&mut self, operation: &Operation) {
        let people = &self.people;
        let (allowed, reply) = match *operation {
            Operation::Say { by, group } => {
                self.said += 1;
                let text = format!("text {}", self.said);
                let group = &mut self.groups[group];
                let path = format!("/api/chats/{}/messages", group.id);
                let reply = people[by].post(&path, &json!({ "content": text })).await;
                let allowed = group.say(by, &text);
                if let Some(id) = allowed.then(|| reply.json()["message_id"].as_i64().unwrap()) {
                    group.note_sent(id, by, &text);
                }
                (allowed, reply)
            }
            Operation::Edit { group, which, .. }
            | Operation::Delete { group, which, .. }
            | Operation::React { group, which, .. }
            | Operation::Star { group, which, .. }
            | Operation::Hide { group, which, .. }
            | Operation::Pin { group, which, .. } => {
                let texts = self.groups[group].texts.len();
                if texts == 0 {
                    return;
                }
                self.change(operation, group, which.index(texts)).await
            }
            Operation::Add { by, group, users } => {
                let ids = self.ids(users);
                if ids.is_empty() {
                    return;
                }
                let group = &mut self.groups[group];
                let path = format!("/api/chats/{}/members", group.id);
                let reply = people[by].post(&path, &json!({ "user_ids": ids })).await;
                (group.add(by, users), reply)
            }
            Operation::Join { by, group } => {
                let group = &mut self.groups[group];
                let path = format!("/api/invites/{}/members", group.token);
                (group.join(by), people[by].request("POST", &path).await)
            }
            Operation::Remove { by, group, user } => {
                let group = &mut self.groups[group];
                let reply = people[by].try_remove(group.id, &people[user]).await;
                (group.remove(by, user), reply)
            }
            Operation::SetRole { by, group, user, admin } => {
                let group = &mut self.groups[group];
                let role = if admin { "admin" } else { "member" };
                let reply = people[by].try_set_role(group.id, &people[user], role).await;
                (group.set_role(by, user, admin), reply)
            }
            Operation::Rename { by, group, title } => {
                let group = &mut self.groups[group];
                let change = json!({ "title": format!("T{title}") });
                let reply = people[by].patch(&format!("/api/chats/{}", group.id), &change).await;
                (group.rename(by, title), reply)
            }
            Operation::SetTimer { by, group, on } => {
                let group = &mut self.groups[group];
                let body = json!({ "expire_after": on.then_some(86_400_000) });
                let path = format!("/api/chats/{}/timer", group.id);
                (group.set_timer(by, on), people[by].put_json(&path, &body).await)
            }
            Operation::Confirm { by, group } => return self.confirm(by, group).await,
            _ => unreachable!("{operation:?} is not in a group"),
        };
        assert_eq!(reply.status < 300, allowed, "{operation:?}: {}", reply.text());
    }

    async fn confirm(&mut self, by: usize, group: usize) {
        let (chat, seat) = (self.groups[group].id, &mut self.seats[by]);
        seat.listen().await;
        let rows = seat.known.messages.values().filter(|row| row["chat_id"] == chat);
        if let Some(last) = rows.filter_map(|row| row["seq"].as_i64()).max() {
            seat.confirm(chat, last).await;
        }
    }

    /// Does something to a text of a group.
    async fn change(&mut self, operation: &Operation, group: usize, text: usize) -> (bool, Reply) {
        self.said += 1;
        let group = &mut self.groups[group];
        let path = format!("/api/chats/{}/messages/{}", group.id, group.texts[text].id);
        match *operation {
            Operation::Edit { by, .. } => {
                let content = format!("edited {}", self.said);
                let reply = self.people[by].patch(&path, &json!({ "content": content })).await;
                (group.edit(by, text, &content), reply)
            }
            Operation::Delete { by, .. } => {
                (group.delete(by, text), self.people[by].request("DELETE", &path).await)
            }
            Operation::React { by, emoji, .. } => {
                let (path, user) = (format!("{path}/reaction"), &self.people[by]);
                let reply = match emoji {
                    Some(emoji) => user.put_json(&path, &json!({ "emoji": emoji })).await,
                    None => user.request("DELETE", &path).await,
                };
                (group.react(by, text, emoji), reply)
            }
            Operation::Star { by, on, .. } => {
                let method = if on { "PUT" } else { "DELETE" };
                let reply = self.people[by].request(method, &format!("{path}/star")).await;
                (group.star(by, text, on), reply)
            }
            Operation::Hide { by, .. } => {
                let reply = self.people[by].request("PUT", &format!("{path}/hidden")).await;
                (group.hide(by, text), reply)
            }
            Operation::Pin { by, on, .. } => {
                let (path, user) = (format!("{path}/pin"), &self.people[by]);
                let reply = if on {
                    user.put_json(&path, &json!({ "hours": 24 })).await
                } else {
                    user.request("DELETE", &path).await
                };
                (group.pin(by, text, on), reply)
            }
            _ => unreachable!("{operation:?} is not about a text"),
        }
    }

    async fn check(&mut self) {
        for (place, (seat, name)) in self.seats.iter_mut().zip(NAMES).enumerate() {
            seat.listen().await;
            seat.known.list(&seat.user).await;
            let whole = Known::load(&seat.user).await;
            assert_same(&seat.known, &whole, name);
            let listed = seat.user.chats().await;
            for group in &self.groups {
                assert_eq!(whole.told(group.id), group.told(place), "{name}");
                assert_eq!(whole.counts(group.id), group.reactions(place), "{name}");
                assert_eq!(whole.starred(group.id), group.starred(place), "{name}");
                let summary = listed.iter().find(|chat| chat["id"] == group.id);
                let pins = summary.and_then(|chat| chat["pins"].as_array());
                let mut pinned = pins.map_or(Vec::new(), |pins| pins.field("message_id"));
                assert_eq!(pinned, group.pinned(place), "{name} sees the latest pin first");
                pinned.sort_unstable_by_key(Value::as_i64);
                assert_eq!(whole.pinned(group.id), pinned, "{name}");
                let roles = whole.roles.get(&group.id).cloned().unwrap_or_default();
                let expected = if group.members.contains_key(&place) {
                    let role = |(user, it): (&usize, &model::Member)| {
                        let role = if it.admin { "admin" } else { "member" };
                        (self.people[*user].id, role.to_owned())
                    };
                    group.members.iter().map(role).collect()
                } else {
                    BTreeMap::new()
                };
                assert_eq!(roles, expected, "{name} knows the members");
            }
            for (revision, known) in std::mem::take(&mut seat.drawer) {
                let mut old = Seat::new(seat.user.clone(), revision, known);
                old.listen().await;
                old.known.list(&old.user).await;
                assert_same(&old.known, &whole, &format!("{name} from {revision}"));
            }
        }
    }
}

/// The number of cases; `CHAAP_CASES` raises it for longer runs.
fn cases() -> u32 {
    std::env::var("CHAAP_CASES").map_or(12, |text| text.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(), max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn all_devices_end_up_with_the_same_groups(operations in vec(operation(), 20..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(within("one case", async {
            let mut world = World::new().await;
            let first = Operation::Make { by: 0, members: [true, true, true, false], history: false };
            world.perform(&first).await;
            for operation in &operations {
                world.perform(operation).await;
            }
            world.check().await;
        }));
    }
}
