//! Groups in the store: who sees what, and receipts that are right for all members. The first message
//! of a group is the line that it was made.

use super::{super::command::*, Fixture, message, to};
use crate::{
    error::{Error, Result},
    model::{
        Audience, Change, ChatSummary, GroupChange, Message, NewGroup, NewcomerHistory, Permission,
        Posted, Receipt, Role, Row, Target,
    },
    store::{Cursor, Feed, Since},
    types::{ChatId, Line, MessageId, Revision, Seq, UserId},
};

async fn group(
    fixture: &Fixture,
    admin: UserId,
    user_ids: &[UserId],
    history: NewcomerHistory,
) -> ChatId {
    let group = NewGroup {
        title: Line::title("Family").unwrap(),
        description: String::new(),
        user_ids: user_ids.to_vec(),
        who_may_write: Permission::All,
        who_may_change: Permission::Admins,
        history_for_newcomers: history,
        cid: None,
    };
    fixture.run(admin, CreateGroup { group }).await.unwrap().chat.id
}

async fn say(fixture: &Fixture, user: UserId, chat: ChatId, text: &str) -> Posted {
    fixture.run(user, message(Target::Chat(chat), text, None)).await.unwrap()
}

async fn mark(fixture: &Fixture, user: UserId, chat: ChatId, delivered: i64, read: i64) {
    let command = MarkReceived { chat, delivered: Seq(delivered), read: Seq(read) };
    fixture.run(user, command).await.unwrap();
}

async fn summary(fixture: &Fixture, user: UserId, chat: ChatId) -> ChatSummary {
    let chats = fixture.store.list_chats(user, None, 200).await.unwrap().chats;
    chats.into_iter().find(|it| it.chat.id == chat).unwrap()
}

/// Up to where all current members have received and read, as one of them sees it.
async fn all_receipt(fixture: &Fixture, user: UserId, chat: ChatId) -> (i64, i64) {
    let summary = summary(fixture, user, chat).await;
    let all: Vec<&Receipt> = summary.receipts.iter().filter(|it| it.user_id.is_none()).collect();
    assert_eq!(all.len(), 1, "{:?}", summary.receipts);
    (all[0].delivered_seq.0, all[0].read_seq.0)
}

async fn seqs(fixture: &Fixture, user: UserId, chat: ChatId) -> Vec<i64> {
    let page = fixture.store.list_messages(chat, user, Cursor::Newest, 200).await.unwrap();
    page.messages.iter().map(|message: &Message| message.seq.0).collect()
}

async fn sync(fixture: &Fixture, user: UserId, since: i64) -> (Vec<Row>, i64) {
    let since = Since { revision: Revision(since), epoch: None };
    match fixture.store.list_changes(user, since, 1_000).await.unwrap() {
        Feed::Rows { rows, revision, more: false } => (rows, revision.0),
        other => panic!("{other:?}"),
    }
}

fn forbidden<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome {
        Err(Error::Forbidden { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_message_is_read_when_every_current_member_has_read_it() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = group(&fixture, alice, &[bob, carol], NewcomerHistory::None).await;
    assert_eq!(say(&fixture, alice, chat, "one").await.seq, Seq(2));
    mark(&fixture, bob, chat, 2, 2).await;
    assert_eq!(all_receipt(&fixture, alice, chat).await, (0, 0), "carol has nothing yet");
    mark(&fixture, carol, chat, 2, 0).await;
    assert_eq!(all_receipt(&fixture, alice, chat).await, (2, 0));
    mark(&fixture, carol, chat, 2, 2).await;
    assert_eq!(all_receipt(&fixture, alice, chat).await, (2, 2), "its sender needs no receipt");
}

#[tokio::test]
async fn the_messages_that_somebody_wrote_need_no_receipt_of_theirs() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let chat = group(&fixture, alice, &[bob], NewcomerHistory::None).await;
    say(&fixture, bob, chat, "one").await;
    // Alice answers before her device has confirmed the first message.
    say(&fixture, alice, chat, "two").await;
    say(&fixture, alice, chat, "three").await;
    assert_eq!(all_receipt(&fixture, alice, chat).await, (0, 0), "one is not confirmed by alice");
    mark(&fixture, bob, chat, 4, 4).await;
    assert_eq!(all_receipt(&fixture, alice, chat).await, (1, 1), "she made the group");
    mark(&fixture, alice, chat, 2, 2).await;
    assert_eq!(all_receipt(&fixture, alice, chat).await, (4, 4), "two and three are her own");
}

#[tokio::test]
async fn a_newcomer_takes_no_ticks_from_old_messages() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    for history in [NewcomerHistory::None, NewcomerHistory::All] {
        let chat = group(&fixture, alice, &[bob], history).await;
        say(&fixture, alice, chat, "one").await;
        mark(&fixture, bob, chat, 2, 2).await;
        assert_eq!(all_receipt(&fixture, alice, chat).await, (2, 2));
        fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
        assert_eq!(all_receipt(&fixture, alice, chat).await, (2, 2));
        assert_eq!(summary(&fixture, carol, chat).await.unread, 0, "nothing is unread");
        say(&fixture, alice, chat, "two").await;
        mark(&fixture, bob, chat, 4, 4).await;
        assert_eq!(all_receipt(&fixture, alice, chat).await, (2, 2), "carol counts from now on");
        mark(&fixture, carol, chat, 4, 4).await;
        assert_eq!(all_receipt(&fixture, alice, chat).await, (4, 4));
    }
}

#[tokio::test]
async fn somebody_who_leaves_turns_nothing_blue_and_no_longer_counts() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = group(&fixture, alice, &[bob, carol], NewcomerHistory::None).await;
    say(&fixture, alice, chat, "one").await;
    mark(&fixture, bob, chat, 2, 2).await;
    fixture.take_rows();
    fixture.run(carol, RemoveMember { chat, user: carol }).await.unwrap();
    assert_eq!(all_receipt(&fixture, alice, chat).await, (0, 0), "carol has never read it");
    assert!(!fixture.take_rows().iter().any(|row| matches!(row, Row::Receipt(_))));
    say(&fixture, alice, chat, "two").await;
    mark(&fixture, bob, chat, 4, 4).await;
    mark(&fixture, alice, chat, 3, 3).await;
    assert_eq!(all_receipt(&fixture, alice, chat).await, (4, 4), "carol is not waited for");
}

#[tokio::test]
async fn somebody_who_comes_back_learns_how_far_their_old_messages_have_come() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let chat = group(&fixture, alice, &[bob], NewcomerHistory::None).await;
    say(&fixture, bob, chat, "one").await;
    fixture.run(bob, RemoveMember { chat, user: bob }).await.unwrap();
    mark(&fixture, alice, chat, 3, 3).await;
    // A device of bob has a later revision by the time he comes back.
    fixture.run(alice, to(bob, "come back")).await.unwrap();
    let (_, since) = sync(&fixture, bob, 0).await;
    fixture.take_rows();
    fixture.run(alice, AddMembers { chat, users: vec![bob] }).await.unwrap();
    let shared = |rows: Vec<Row>| -> Vec<i64> {
        let receipts = rows.into_iter().filter_map(|row| match row {
            Row::Receipt(it) if it.user_id.is_none() => Some(it.read_seq.0),
            _ => None,
        });
        receipts.collect()
    };
    assert_eq!(shared(fixture.take_rows()), [3], "live");
    assert_eq!(shared(sync(&fixture, bob, since).await.0), [3], "and when catching up");
}

#[tokio::test]
async fn readers_of_a_message_cost_frames_for_each_member_once() {
    const MEMBERS: usize = 60;
    let fixture = Fixture::open(64);
    let [alice] = fixture.users(["alice"]).await;
    let mut members = Vec::with_capacity(MEMBERS);
    for n in 0..MEMBERS {
        let [user] = fixture.users([format!("member-{n}").as_str()]).await;
        members.push(user);
    }
    let chat = group(&fixture, alice, &members, NewcomerHistory::None).await;
    say(&fixture, alice, chat, "hello everybody").await;
    fixture.take_rows();
    for member in &members {
        mark(&fixture, *member, chat, 2, 2).await;
    }
    let changes = std::mem::take(&mut *fixture.published.lock().unwrap());
    let mut frames = 0;
    for change in &changes {
        let Change::Row { row: Row::Receipt(receipt), audience } = change else {
            panic!("{change:?}")
        };
        match receipt.user_id {
            Some(user) => assert_eq!(*audience, Audience::User(user), "marks are private"),
            None => assert_eq!(receipt.read_seq, Seq(2)),
        }
        audience.for_each(|_| frames += 1);
    }
    assert_eq!(frames, MEMBERS + MEMBERS + 1, "their own one each, and one for all");
}

#[tokio::test]
async fn everybody_sees_the_messages_of_their_stays() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = group(&fixture, alice, &[bob], NewcomerHistory::None).await;
    let first = say(&fixture, alice, chat, "one").await;
    fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
    say(&fixture, alice, chat, "two").await;
    fixture.run(alice, RemoveMember { chat, user: carol }).await.unwrap();
    let third = say(&fixture, alice, chat, "three").await;
    fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
    say(&fixture, alice, chat, "four").await;

    assert_eq!(seqs(&fixture, bob, chat).await, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(seqs(&fixture, carol, chat).await, [3, 4, 5, 7, 8]);
    let seen = summary(&fixture, carol, chat).await;
    assert_eq!(seen.unread, 1, "without the line that added her");
    let stays = seen.membership.unwrap().stays;
    let stays: Vec<_> = stays.iter().map(|it| (it.from_seq.0, it.to_seq.map(|to| to.0))).collect();
    assert_eq!(stays, [(3, Some(5)), (7, None)]);
    for cursor in [Cursor::Around(third.id), Cursor::Around(first.id), Cursor::After(MessageId(0))]
    {
        let page = fixture.store.list_messages(chat, carol, cursor, 50).await.unwrap();
        let seqs: Vec<i64> = page.messages.iter().map(|it| it.seq.0).collect();
        assert!(seqs.iter().all(|seq| [3, 4, 5, 7, 8].contains(seq)), "{cursor:?}: {seqs:?}");
    }
    for hidden in [first.id, third.id] {
        let mut quote = message(Target::Chat(chat), "I saw that", None);
        quote.message.reply_to = Some(hidden);
        let refused = fixture.run(carol, quote).await;
        assert!(matches!(refused, Err(Error::NotFound("message"))), "{refused:?}");
    }
    let page = fixture.store.list_messages(chat, carol, Cursor::Newest, 2).await.unwrap();
    assert!(page.more_before, "a page goes on in the stay before");
    let older = Cursor::Before(page.messages[0].id);
    let older = fixture.store.list_messages(chat, carol, older, 3).await.unwrap();
    assert_eq!((older.messages[0].seq, older.more_before), (Seq(3), false));
}

#[tokio::test]
async fn history_for_newcomers_decides_where_their_stay_begins() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = group(&fixture, alice, &[bob], NewcomerHistory::All).await;
    say(&fixture, alice, chat, "one").await;
    say(&fixture, bob, chat, "two").await;
    fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
    assert_eq!(seqs(&fixture, carol, chat).await, [1, 2, 3, 4]);
    fixture.run(carol, RemoveMember { chat, user: carol }).await.unwrap();
    say(&fixture, alice, chat, "three").await;
    assert_eq!(seqs(&fixture, carol, chat).await, [1, 2, 3, 4, 5]);
    fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
    assert_eq!(
        seqs(&fixture, carol, chat).await,
        [1, 2, 3, 4, 5, 6, 7],
        "one stay from the beginning"
    );
    assert_eq!(summary(&fixture, carol, chat).await.membership.unwrap().stays.len(), 1);
}

#[tokio::test]
async fn somebody_who_has_left_keeps_what_they_saw_and_gets_nothing_new() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = group(&fixture, alice, &[bob, carol], NewcomerHistory::None).await;
    say(&fixture, alice, chat, "one").await;
    fixture.run(alice, RemoveMember { chat, user: carol }).await.unwrap();
    let (_, left) = sync(&fixture, carol, 0).await;
    let before = summary(&fixture, carol, chat).await;
    say(&fixture, alice, chat, "two").await;
    fixture.run(alice, SetRole { chat, user: bob, role: Role::Admin }).await.unwrap();
    mark(&fixture, bob, chat, 5, 5).await;

    assert_eq!(seqs(&fixture, carol, chat).await, [1, 2, 3]);
    let after = summary(&fixture, carol, chat).await;
    assert_eq!(after.chat.last_seq, Seq(3));
    assert_eq!(after.last_message.unwrap().seq, Seq(3));
    assert_eq!((before.unread, after.unread), (1, 1));
    assert_eq!(after.membership.unwrap().role, Role::Former);
    assert!(after.receipts.iter().all(|it| it.user_id == Some(carol)), "no news of others");
    let (rows, revision) = sync(&fixture, carol, left).await;
    assert!(rows.is_empty() && revision == left, "{rows:?}");

    mark(&fixture, carol, chat, 9, 9).await;
    assert_eq!(summary(&fixture, carol, chat).await.unread, 0, "what they saw can be read");
    let refused = fixture.run(carol, message(Target::Chat(chat), "hello?", None)).await;
    assert_eq!(forbidden(refused), "not_a_member");
    let members = fixture.store.list_members(chat, carol, UserId(0), 10).await.unwrap().members;
    assert_eq!(members.iter().map(|it| it.user_id).collect::<Vec<_>>(), [carol]);
    let cleared = fixture.run(carol, ClearChat { chat, through: None }).await.unwrap();
    assert_eq!(cleared.cleared_seq, Seq(3), "it does not tell how the chat went on");
}

#[tokio::test]
async fn only_admins_manage_a_group_and_may_reserve_writing_for_themselves() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = group(&fixture, alice, &[bob], NewcomerHistory::None).await;
    let by_bob = fixture.run(bob, AddMembers { chat, users: vec![carol] }).await;
    assert_eq!(forbidden(by_bob), "not_an_admin");
    let by_bob = fixture.run(bob, RemoveMember { chat, user: alice }).await;
    assert_eq!(forbidden(by_bob), "not_an_admin");
    let by_bob = fixture.run(bob, SetRole { chat, user: bob, role: Role::Admin }).await;
    assert_eq!(forbidden(by_bob), "not_an_admin");
    let close = ChangeGroup {
        chat,
        change: GroupChange {
            description: Some(String::from("News only")),
            who_may_write: Some(Permission::Admins),
            ..GroupChange::default()
        },
    };
    assert_eq!(forbidden(fixture.run(bob, close.clone()).await), "not_an_admin");
    let stranger = fixture.run(carol, close.clone()).await;
    assert!(matches!(stranger, Err(Error::NotFound("chat"))), "{stranger:?}");
    let changed = fixture.run(alice, close).await.unwrap();
    assert_eq!(
        (changed.title.as_deref(), changed.description.as_str()),
        (Some("Family"), "News only")
    );

    let by_bob = fixture.run(bob, message(Target::Chat(chat), "hi", None)).await;
    assert_eq!(forbidden(by_bob), "only_admins_may_write");
    say(&fixture, alice, chat, "welcome").await;
    fixture.run(alice, SetRole { chat, user: bob, role: Role::Admin }).await.unwrap();
    say(&fixture, bob, chat, "thank you").await;
    let direct = fixture.run(alice, to(bob, "hi")).await.unwrap().chat_id;
    let refused = fixture.run(alice, AddMembers { chat: direct, users: vec![carol] }).await;
    assert!(matches!(refused, Err(Error::NotFound("group"))), "{refused:?}");
}

#[tokio::test]
async fn a_device_catches_up_on_groups() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let (_, since) = sync(&fixture, carol, 0).await;
    let chat = group(&fixture, alice, &[bob], NewcomerHistory::None).await;
    say(&fixture, alice, chat, "one").await;
    let (rows, quiet) = sync(&fixture, carol, since).await;
    assert!(rows.is_empty() && quiet == since, "a stranger learns nothing: {rows:?}");
    fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
    say(&fixture, alice, chat, "two").await;

    let (rows, now) = sync(&fixture, carol, since).await;
    let chats = rows.iter().filter(|row| matches!(row, Row::Chat(it) if it.id == chat)).count();
    assert_eq!(chats, 1, "an old chat is new to her: {rows:?}");
    assert!(rows.iter().any(|row| matches!(row, Row::Membership(it) if it.chat_id == chat)));
    let seen: Vec<i64> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Message(message) => Some(message.seq.0),
            _ => None,
        })
        .collect();
    assert_eq!(seen, [3, 4]);
    assert_eq!(sync(&fixture, carol, now).await.0.len(), 0);
    let listed = fixture.store.list_chats(carol, None, 200).await.unwrap().revision;
    assert_eq!(listed.0, now, "the list and the feed agree on where it is");
}

/// What a member reads while their read receipts are hidden moves the server's revision, and
/// other people must not notice.
#[tokio::test]
async fn nobody_sees_a_revision_move_for_a_hidden_change() {
    let fixture = Fixture::open(64);
    let [alice, bob] = fixture.users(["alice", "bob"]).await;
    let posted = fixture.run(alice, to(bob, "hi")).await.unwrap();
    mark(&fixture, bob, posted.chat_id, 1, 0).await;
    let change = crate::model::PrivacyChange { shows_read: Some(false), shows_last_seen: None };
    fixture.run(bob, ChangePrivacy { change }).await.unwrap();
    let visible = fixture.store.find_visible_revision(alice).await.unwrap();
    let listed = fixture.store.list_chats(alice, None, 200).await.unwrap().revision;
    let before = fixture.store.revision();
    mark(&fixture, bob, posted.chat_id, 1, 1).await;
    assert!(fixture.store.revision() > before, "it is a durable change");
    assert_eq!(fixture.store.find_visible_revision(alice).await.unwrap(), visible);
    assert_eq!(fixture.store.list_chats(alice, None, 200).await.unwrap().revision, listed);
    let (rows, revision) = sync(&fixture, alice, visible.0).await;
    assert!(rows.is_empty() && revision == visible.0, "{rows:?}");
    assert!(fixture.store.find_visible_revision(bob).await.unwrap() > visible, "bob's devices do");
}

/// The rows that `user` is sent for what was published since the last call.
fn take_rows_of(fixture: &Fixture, user: UserId) -> Vec<Row> {
    let changes = std::mem::take(&mut *fixture.published.lock().unwrap());
    let rows = changes.into_iter().filter_map(|change| match change {
        Change::Row { row, audience } => audience.includes(user).then_some(row),
        Change::SessionsEnded { .. } => None,
    });
    rows.collect()
}

#[tokio::test]
async fn a_change_of_role_while_a_device_catches_up_hides_no_chat_from_it() {
    for removed in [false, true] {
        let fixture = Fixture::open(64);
        let [alice, carol] = fixture.users(["alice", "carol"]).await;
        let chat = group(&fixture, alice, &[], NewcomerHistory::All).await;
        let since = Since { revision: fixture.store.revision(), epoch: None };
        fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
        // The device is connected from here on, and reads after the next change.
        let look = fixture.store.recent.look(carol, since.revision);
        take_rows_of(&fixture, carol);
        if removed {
            fixture.run(alice, RemoveMember { chat, user: carol }).await.unwrap();
        } else {
            fixture.run(alice, SetRole { chat, user: carol, role: Role::Admin }).await.unwrap();
        }
        let live = take_rows_of(&fixture, carol);
        let feed = fixture.store.list_changes_after(look, carol, since, 100).await.unwrap();
        let Feed::Rows { rows, more: false, .. } = feed else { panic!("{feed:?}") };
        let all: Vec<&Row> = rows.iter().chain(&live).collect();
        assert!(all.iter().any(|row| matches!(row, Row::Chat(it) if it.id == chat)), "{all:?}");
        let mut memberships = all.iter().filter_map(|row| match row {
            Row::Membership(it) => Some(it.role),
            _ => None,
        });
        let role = if removed { Role::Former } else { Role::Admin };
        assert_eq!(memberships.next_back(), Some(role));
        if !removed {
            let is_of_all = |row: &&Row| matches!(row, Row::Receipt(it) if it.user_id.is_none());
            assert!(all.iter().any(is_of_all), "{all:?}");
        }
    }
}

#[tokio::test]
async fn who_is_removed_while_away_learns_the_title_as_they_last_saw_it() {
    let fixture = Fixture::open(64);
    let [alice, carol] = fixture.users(["alice", "carol"]).await;
    let chat = group(&fixture, alice, &[carol], NewcomerHistory::None).await;
    let (_, away) = sync(&fixture, carol, 0).await;
    let rename = |title| {
        let title = Some(Line::title(title).unwrap());
        ChangeGroup { chat, change: GroupChange { title, ..GroupChange::default() } }
    };
    fixture.run(alice, rename("Seen")).await.unwrap();
    fixture.run(alice, RemoveMember { chat, user: carol }).await.unwrap();
    fixture.run(alice, rename("Hidden")).await.unwrap();
    let (rows, _) = sync(&fixture, carol, away).await;
    let titles = rows.iter().filter_map(|row| match row {
        Row::Chat(chat) => chat.title.clone(),
        _ => None,
    });
    assert_eq!(titles.collect::<Vec<_>>(), ["Seen"]);
}

#[tokio::test]
async fn rows_of_one_change_come_in_the_order_of_their_revisions() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let chat = group(&fixture, alice, &[bob], NewcomerHistory::None).await;
    let check = |what: &str| {
        let rows = take_rows_of(&fixture, bob);
        let revisions: Vec<_> = rows.iter().map(Row::changed).collect();
        assert!(revisions.len() > 1 && revisions.is_sorted(), "{what}: {rows:?}");
    };
    take_rows_of(&fixture, bob);
    fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
    check("somebody is added");
    fixture.run(alice, SetRole { chat, user: carol, role: Role::Admin }).await.unwrap();
    check("a role changes");
    fixture.run(carol, RemoveMember { chat, user: carol }).await.unwrap();
    check("somebody leaves");
    fixture.run(alice, AddMembers { chat, users: vec![carol] }).await.unwrap();
    check("somebody comes back");
    fixture.run(alice, RemoveMember { chat, user: carol }).await.unwrap();
    check("somebody is removed");
    fixture.run(alice, RemoveMember { chat, user: alice }).await.unwrap();
    check("the last admin leaves");
}

/// The order of the list and the last visible revision are what the chats show one by one.
#[tokio::test]
async fn the_list_and_the_last_revision_agree_with_each_chat() {
    let fixture = Fixture::open(64);
    let [alice, bob, carol] = fixture.users(["alice", "bob", "carol"]).await;
    let mut chats = Vec::new();
    for history in [NewcomerHistory::None, NewcomerHistory::All] {
        for _ in 0..3 {
            chats.push(group(&fixture, alice, &[bob, carol], history).await);
        }
    }
    for user in [bob, carol] {
        fixture.run(alice, to(user, "hi")).await.unwrap();
    }
    fixture.run(bob, to(bob, "a note")).await.unwrap();
    let remove = |chat| RemoveMember { chat, user: bob };
    let add = |chat| AddMembers { chat, users: vec![bob] };
    // Former; two stays, with and without the first messages; cleared; cleared before coming back.
    fixture.run(alice, remove(chats[0])).await.unwrap();
    for chat in [chats[1], chats[3], chats[4]] {
        fixture.run(alice, remove(chat)).await.unwrap();
        say(&fixture, carol, chat, "without bob").await;
    }
    fixture.run(bob, ClearChat { chat: chats[4], through: None }).await.unwrap();
    for chat in [chats[1], chats[3], chats[4]] {
        fixture.run(alice, add(chat)).await.unwrap();
    }
    fixture.run(bob, ClearChat { chat: chats[2], through: None }).await.unwrap();
    say(&fixture, carol, chats[0], "bob has left").await;
    for user in [alice, bob, carol] {
        let page = fixture.store.list_chats(user, None, 200).await.unwrap();
        let last = |it: &ChatSummary| it.last_message.as_ref().map_or(MessageId(0), |it| it.id);
        assert!(page.chats.is_sorted_by_key(|it| std::cmp::Reverse((last(it), it.chat.id))));
        let (rows, last) = sync(&fixture, user, 0).await;
        assert!(!rows.is_empty());
        assert_eq!(page.revision, Revision(last), "{user:?}");
    }
}
