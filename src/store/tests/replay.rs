//! The state is a function of the commands: the same entries make the same database.

use std::{collections::BTreeMap, path::Path, sync::mpsc::sync_channel};

use proptest::prelude::*;
use rusqlite::{Connection, types::Value};
use uuid::Uuid;

use super::super::{Allowance, Publish, Record, Store, command::*, ended::Ended, open};
use crate::{
    error::Result,
    model::{
        Draft, Due, GroupChange, NewGroup, NewMessage, NewcomerHistory, Permission, Picture,
        PreferencesChange, PrivacyChange, ProfileChange, Role, Target,
    },
    types::{
        ChatId, Cid, Content, Epoch, Line, MessageId, Millis, PictureId, ScheduledId, Seq,
        SessionId, Timer, UserId, Username,
    },
};

fn users() -> impl Strategy<Value = UserId> {
    (0_i64..5).prop_map(UserId)
}

fn chats() -> impl Strategy<Value = ChatId> {
    (0_i64..6).prop_map(ChatId)
}

fn seqs() -> impl Strategy<Value = Seq> {
    (-1_i64..12).prop_map(Seq)
}

fn permissions() -> impl Strategy<Value = Permission> {
    prop_oneof![Just(Permission::All), Just(Permission::Admins)]
}

fn histories() -> impl Strategy<Value = NewcomerHistory> {
    prop_oneof![Just(NewcomerHistory::None), Just(NewcomerHistory::All)]
}

/// Few names, so that some are used again, for the same message and for another.
fn cids() -> impl Strategy<Value = Option<Cid>> {
    proptest::option::of((1_u128..6).prop_map(|n| Cid(Uuid::from_u128(n))))
}

fn messages() -> impl Strategy<Value = Command> {
    let target = prop_oneof![users().prop_map(Target::User), chats().prop_map(Target::Chat)];
    let other = || proptest::option::weighted(0.2, (1_i64..40).prop_map(MessageId));
    let texts = (target, "[a-c]", cids(), other(), other());
    texts.prop_map(|(target, text, cid, reply_to, forward_of)| {
        let content = Content::parse(text, 10).unwrap();
        SendMessage { message: NewMessage { target, content, cid, reply_to, forward_of } }.into()
    })
}

fn account_commands() -> impl Strategy<Value = Command> {
    let flag = || proptest::option::of(any::<bool>());
    prop_oneof![
        "[a-d]".prop_map(|name| {
            let username = Username::parse(&name).unwrap();
            CreateUser {
                username,
                skeleton: None,
                password_hash: String::from("old"),
                display_name: None,
            }
            .into()
        }),
        (1_i64..9, users(), 0_i64..2_000).prop_map(|(id, user, until)| {
            let password_hash = String::from("old");
            let (id, expires_at) = (SessionId(id), Millis(until));
            CreateSession { id, user, password_hash, expires_at }.into()
        }),
        (1_i64..9).prop_map(|id| EndSession { id: SessionId(id) }.into()),
        (1_i64..9).prop_map(|id| {
            let (old_hash, new_hash) = (String::from("old"), String::from("new"));
            ChangePassword { old_hash, new_hash, keep: SessionId(id) }.into()
        }),
        Just(NoteLastSeen {}.into()),
        "[a-b]?".prop_map(|name| {
            let display_name = Some(Line::display_name(&name).unwrap());
            ChangeProfile { change: ProfileChange { display_name, about: None } }.into()
        }),
        any::<u8>().prop_map(|n| {
            let picture = Picture { large: vec![n; 3], small: vec![n] };
            SetPicture { id: PictureId([n; 16]), picture }.into()
        }),
        Just(RemovePicture {}.into()),
        (flag(), flag()).prop_map(|(shows_read, shows_last_seen)| {
            ChangePrivacy { change: PrivacyChange { shows_read, shows_last_seen } }.into()
        }),
        any::<u32>().prop_map(|n| BeginEpoch { name: Epoch(i64::from(n)) }.into()),
        any::<u32>().prop_map(|n| MarkDatabase { name: Epoch(i64::from(n)) }.into()),
    ]
}

fn chat_commands() -> impl Strategy<Value = Command> {
    let flag = || proptest::option::of(any::<bool>());
    prop_oneof![
        3 => (chats(), seqs(), seqs()).prop_map(|(chat, delivered, read)| {
            MarkReceived { chat, delivered, read }.into()
        }),
        1 => (chats(), proptest::option::of(seqs())).prop_map(|(chat, through)| {
            ClearChat { chat, through }.into()
        }),
        3 => (chats(), 1_i64..40, any::<bool>()).prop_map(|(chat, message, on)| {
            StarMessage { chat, message: MessageId(message), on }.into()
        }),
        2 => (chats(), 1_i64..40).prop_map(|(chat, message)| {
            HideMessage { chat, message: MessageId(message) }.into()
        }),
        3 => (chats(), 1_i64..40, 0_u32..3).prop_map(|(chat, message, hours)| {
            PinMessage { chat, message: MessageId(message), hours }.into()
        }),
        2 => (chats(), proptest::option::of(0_i64..500)).prop_map(|(chat, after)| {
            SetTimer { chat, expire_after: after.map(|ms| Timer(ms + 1)) }.into()
        }),
        2 => (0_i64..1_500).prop_map(|at| {
            ExpireMessages { clock: Millis(at), wall: Millis(at) }.into()
        }),
        1 => (chats(), 1_i64..40).prop_map(|(chat, message)| {
            UnpinMessage { chat, message: MessageId(message) }.into()
        }),
        3 => (chats(), flag(), flag(), drafts(), 0_i64..2_000).prop_map(
            |(chat, pinned, archived, draft, muted)| {
                let muted_until = Some(Millis(muted));
                let draft = Some(draft);
                let change = PreferencesChange {
                    pinned, archived, muted_until, marked_unread: pinned, draft,
                };
                ChangePreferences { chat, change }.into()
            },
        ),
        5 => group_commands(),
        3 => scheduled_commands(),
    ]
}

fn drafts() -> impl Strategy<Value = Draft> {
    let message = || proptest::option::weighted(0.3, (1_i64..40).prop_map(MessageId));
    ("[a-b]?", message(), message(), "[a-b]?").prop_map(|(text, reply_to, edit_of, aside)| Draft {
        text,
        reply_to,
        edit_of,
        aside,
    })
}

fn scheduled_commands() -> impl Strategy<Value = Command> {
    let ids = || (1_i64..40).prop_map(ScheduledId);
    let due = || {
        let (earliest, latest) = (Millis(0), Millis(1_900));
        (0_i64..2_000).prop_map(move |at| Due { at: Millis(at), earliest, latest })
    };
    let content = |text: String| Content::parse(text, 10).unwrap();
    let reply_to = proptest::option::weighted(0.2, (1_i64..40).prop_map(MessageId));
    prop_oneof![
        4 => (chats(), "[a-c]", 1_u128..6, reply_to, due()).prop_map(
            move |(chat, text, cid, reply_to, due)| {
                let (content, cid) = (content(text), Cid(Uuid::from_u128(cid)));
                ScheduleMessage { chat, content, cid, reply_to, due }.into()
            },
        ),
        2 => (ids(), proptest::option::of("[a-c]"), proptest::option::of(due())).prop_map(
            move |(id, text, due)| {
                ChangeScheduled { id, content: text.map(content), due }.into()
            },
        ),
        1 => ids().prop_map(|id| CancelScheduled { id }.into()),
        1 => ids().prop_map(|id| SendScheduled { id }.into()),
        2 => ids().prop_map(|id| SendDue { id }.into()),
    ]
}

fn group_commands() -> impl Strategy<Value = Command> {
    let several = || proptest::collection::vec(users(), 0..4);
    prop_oneof![
        2 => (several(), permissions(), histories(), cids()).prop_map(
            |(user_ids, who_may_write, history_for_newcomers, cid)| {
                let group = NewGroup {
                    title: Line::title("group").unwrap(), description: String::new(), user_ids,
                    who_may_write, who_may_change: who_may_write, history_for_newcomers, cid,
                };
                CreateGroup { group }.into()
            },
        ),
        2 => (chats(), "[a-b]", permissions(), histories()).prop_map(
            |(chat, title, permission, history)| {
                let change = GroupChange {
                    title: Some(Line::title(&title).unwrap()),
                    description: Some(title),
                    who_may_write: Some(permission),
                    who_may_change: Some(permission),
                    history_for_newcomers: Some(history),
                };
                ChangeGroup { chat, change }.into()
            },
        ),
        1 => (chats(), any::<u8>()).prop_map(|(chat, n)| {
            let picture = Picture { large: vec![n; 3], small: vec![n] };
            SetGroupPicture { chat, id: PictureId([n; 16]), picture }.into()
        }),
        1 => chats().prop_map(|chat| RemoveGroupPicture { chat }.into()),
        4 => (chats(), several()).prop_map(|(chat, users)| AddMembers { chat, users }.into()),
        2 => (chats(), users()).prop_map(|(chat, user)| RemoveMember { chat, user }.into()),
        2 => (chats(), users(), any::<bool>()).prop_map(|(chat, user, up)| {
            SetRole { chat, user, role: if up { Role::Admin } else { Role::Member } }.into()
        }),
    ]
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let command = prop_oneof![4 => messages(), 1 => account_commands(), 4 => chat_commands()];
    let rest = (0_i64..1_000, users(), command).prop_map(|(at, actor, command)| Entry {
        at: Millis(at),
        clock: Some(Millis(at)),
        actor,
        command,
    });
    proptest::collection::vec(rest, 1..120).prop_map(|rest| {
        let first = ["a", "b", "c"].map(|name| {
            let username = Username::parse(name).unwrap();
            let command = CreateUser {
                username,
                skeleton: None,
                password_hash: String::from("old"),
                display_name: None,
            };
            let command = command.into();
            Entry { at: Millis(0), clock: None, actor: UserId::SERVER, command }
        });
        first.into_iter().chain(rest).collect()
    })
}

/// Applies entries to a new database, all of them queued at once or each on its own. Returns
/// them in the order in which they were applied, and whether each was.
fn apply(path: &Path, entries: &[Entry], one_by_one: bool) -> (Vec<Entry>, Vec<bool>) {
    let (record, recorded) = sync_channel(entries.len());
    let record: Record = Box::new(move |entry: &Entry| record.send(entry.clone()).unwrap());
    let (db, allowance) = (open::for_writing(path).unwrap(), Allowance::of_queue(1_024));
    let hooks: (Publish, _) = (Box::new(|_, _| {}), Some(record));
    let ended = Ended::beside(path);
    let store =
        Store::start((path, ended), db, allowance, hooks, |_, _| Ok(Epoch::default())).unwrap();
    let (sender, answers) = sync_channel(entries.len());
    let mut outcomes = Vec::new();
    for entry in entries {
        let sender = sender.clone();
        let answered = move |outcome: Result<()>| sender.send(outcome.is_ok()).unwrap();
        drop(store.submit(entry.clone(), None, answered).unwrap());
        if one_by_one {
            outcomes.push(answers.recv().unwrap());
        }
    }
    outcomes.extend(answers.iter().take(entries.len() - outcomes.len()));
    store.close();
    (recorded.iter().collect(), outcomes)
}

/// Every table, with its rows in the order of their keys.
fn tables(path: &Path) -> BTreeMap<String, Vec<Vec<Value>>> {
    let db = Connection::open(path).unwrap();
    let mut query = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names = query.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let tables = names.map(|name| {
        let name = name.unwrap();
        let mut rows = db.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let width = rows.column_count();
        let rows = rows.query_map((), |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
        (name, rows.map(|row| row.unwrap()).collect())
    });
    tables.collect()
}

/// Lists of what must hold in every database, whatever was tried on it.
fn check(path: &Path) {
    let db = Connection::open(path).unwrap();
    let count = |sql: &str| db.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
    let holes = "SELECT count(*) FROM (SELECT 1 FROM messages GROUP BY chat_id
                  HAVING max(seq) <> count(*) OR min(seq) <> 1)";
    assert_eq!(count(holes), 0, "seq counts 1, 2, 3 … in each chat");
    assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let ahead = "SELECT count(*) FROM members m WHERE delivered_seq >
                   (SELECT ifnull(max(seq), 0) FROM messages s WHERE s.chat_id = m.chat_id)";
    assert_eq!(count(ahead), 0, "no mark is beyond the last message");
    let open = "SELECT count(*) FROM members m WHERE role IS NOT NULL AND (role = 'former') =
                  EXISTS (SELECT 1 FROM stays s WHERE s.chat_id = m.chat_id
                           AND s.user_id = m.user_id AND to_seq IS NULL)";
    assert_eq!(count(open), 0, "exactly the current members have a stay that lasts");
    let outside = "SELECT count(*) FROM messages x JOIN chats c ON c.id = x.chat_id
                    WHERE c.kind = 'group' AND NOT EXISTS (SELECT 1 FROM stays s
                      WHERE s.chat_id = x.chat_id AND s.user_id = x.sender_id
                        AND x.seq >= s.from_seq AND x.seq <= ifnull(s.to_seq, x.seq))";
    assert_eq!(count(outside), 0, "a message was sent during a stay of its sender");
    let lines = "SELECT count(*) FROM stays s WHERE s.from_seq > 1 AND NOT EXISTS (
                   SELECT 1 FROM messages x WHERE x.chat_id = s.chat_id AND x.seq = s.from_seq
                      AND x.event ->> 'kind' = 'added')
                  OR s.to_seq IS NOT NULL AND NOT EXISTS (
                   SELECT 1 FROM messages x WHERE x.chat_id = s.chat_id AND x.seq = s.to_seq
                      AND x.event ->> 'kind' IN ('removed', 'left'))";
    assert_eq!(count(lines), 0, "a stay begins and ends with the line that says so");
    let unled = "SELECT count(*) FROM chats c WHERE kind = 'group'
                    AND EXISTS (SELECT 1 FROM members m WHERE m.chat_id = c.id AND role = 'member')
                    AND NOT EXISTS (SELECT 1 FROM members m
                                     WHERE m.chat_id = c.id AND role = 'admin')";
    assert_eq!(count(unled), 0, "a group that has members has an admin");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_same_entries_make_the_same_database(entries in entries()) {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one.db", "other.db"].map(|name| folder.path().join(name));
        let (entries, outcomes) = apply(&one, &entries, false);
        // The second time from their written form, and in other batches.
        let written: Vec<String> =
            entries.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
        let read: Vec<Entry> =
            written.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect();
        prop_assert_eq!(&outcomes, &apply(&other, &read, true).1);
        prop_assert_eq!(tables(&one), tables(&other));
        check(&one);
        // Without those that failed, the database is the same again: they left no trace.
        let third = folder.path().join("third.db");
        let applied = entries.iter().zip(&outcomes).filter(|(_, applied)| **applied);
        let applied: Vec<Entry> = applied.map(|(entry, _)| entry.clone()).collect();
        apply(&third, &applied, true);
        prop_assert_eq!(tables(&one), tables(&third));
    }
}
