//! Whatever people do and wherever connections break, everybody ends up with the same chats:
//! random operations on a real server against a model of a few lines.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::kit::{Device, Replica, TestServer, User, new_cid, within};

const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];

/// What may happen. People are counted from 0.
#[derive(Clone, Debug)]
enum Operation {
    /// A text to somebody, oneself included; its answer is not waited for.
    Send { from: usize, to: usize },
    /// An earlier text again under its `cid`.
    Resend { from: usize, which: Index },
    /// Confirms so many of the messages of a chat.
    Confirm { user: usize, chat: Index, delivered: Index, read: Index },
    /// Shows read receipts, or hides them.
    Show { user: usize, shown: bool },
    /// Takes whatever has arrived.
    Listen { user: usize },
    /// The connection breaks, whatever was on its way.
    Break { user: usize },
    /// The server ends and comes back.
    Restart,
}

fn operation() -> impl Strategy<Value = Operation> {
    let user = 0..PEOPLE.len();
    prop_oneof![
        12 => (user.clone(), user.clone()).prop_map(|(from, to)| Operation::Send { from, to }),
        3 => (user.clone(), any::<Index>())
            .prop_map(|(from, which)| Operation::Resend { from, which }),
        4 => (user.clone(), any::<(Index, Index, Index)>()).prop_map(
            |(user, (chat, delivered, read))| Operation::Confirm { user, chat, delivered, read }
        ),
        2 => (user.clone(), any::<bool>())
            .prop_map(|(user, shown)| Operation::Show { user, shown }),
        3 => user.clone().prop_map(|user| Operation::Listen { user }),
        3 => user.prop_map(|user| Operation::Break { user }),
        1 => Just(Operation::Restart),
    ]
}

/// A text, as the one who wrote it keeps it.
#[derive(Clone, Debug)]
struct Text {
    cid: String,
    to: usize,
    content: String,
}

/// A person at a device that keeps what it knows, retries what was not acked, and catches up
/// from its number: what every proper client does.
struct Seat {
    user: User,
    device: Option<Device>,
    replica: Replica,
    number: i64,
    written: Vec<Text>,
    unacked: Vec<Text>,
    /// What was known at some numbers: a device left in a drawer with that state.
    drawer: Vec<(i64, Replica)>,
}

impl Seat {
    fn new(user: User) -> Self {
        Self {
            user,
            device: None,
            replica: Replica::default(),
            number: 0,
            written: Vec::new(),
            unacked: Vec::new(),
            drawer: Vec::new(),
        }
    }

    /// The open connection; opens, catches up and retries if there is none.
    async fn device(&mut self, people: &[User]) -> &mut Device {
        if self.device.is_none() {
            let mut device = self.user.connect_silent().await;
            for frame in device.hello(Some(self.number)).await {
                assert_ne!(frame["type"], "reset", "{frame}");
                self.take(&frame, people);
            }
            if self.unacked.is_empty() {
                self.drawer.push((self.number, self.replica.clone()));
            }
            for text in &self.unacked {
                device.send_as(&text.cid, &people[text.to], &text.content).await;
            }
            self.device = Some(device);
        }
        self.device.as_mut().unwrap()
    }

    /// Takes a frame in.
    fn take(&mut self, frame: &Value, people: &[User]) {
        let mut frame = frame.clone();
        if frame["type"] == "ack" {
            frame = self.message_of(&frame, people);
        }
        assert_ne!(frame["type"], "error", "{frame}");
        if let Some(number) = self.replica.apply(&frame) {
            self.number = self.number.max(number);
        }
    }

    /// The message that an ack is about: the text we have, the rest is in the ack.
    fn message_of(&mut self, ack: &Value, people: &[User]) -> Value {
        let text = self.written.iter().find(|text| ack["cid"] == text.cid).unwrap();
        self.unacked.retain(|text| ack["cid"] != text.cid);
        json!({
            "type": "message", "id": ack["message_id"], "chat_id": ack["chat_id"],
            "seq": ack["seq"], "sender_id": self.user.id, "recipient_id": people[text.to].id,
            "content": text.content, "cid": text.cid, "created_at": ack["created_at"],
            "changed": ack["changed"],
        })
    }

    async fn listen(&mut self, people: &[User]) {
        let frames = self.device(people).await.pending().await;
        for frame in frames {
            self.take(&frame, people);
        }
    }

    /// Confirms, and waits until the server has done it.
    async fn confirm(&mut self, people: &[User], chat: i64, delivered: i64, read: i64) {
        let device = self.device(people).await;
        device.confirm(chat, delivered, read).await;
        // There is no chat 0: this refusal comes behind the first receipt's effect.
        device.confirm(0, 0, 0).await;
        loop {
            let frame = self.device.as_mut().unwrap().next().await;
            if frame["code"] == "no_such_chat" {
                return;
            }
            self.take(&frame, people);
        }
    }

    /// Listens until everything written is acked.
    async fn settle(&mut self, people: &[User]) {
        self.device(people).await;
        while !self.unacked.is_empty() {
            let frame = self.device.as_mut().unwrap().next().await;
            self.take(&frame, people);
        }
    }
}

/// What must come out in the end.
#[derive(Default)]
struct Model {
    /// Per pair of people, lower first, and per sender: the texts in their order.
    texts: BTreeMap<(usize, usize), BTreeMap<usize, Vec<String>>>,
    /// Per chat and user id: what was confirmed at most.
    watermarks: BTreeMap<(i64, i64), (i64, i64)>,
    /// The same as the other person is to see it.
    shown: BTreeMap<(i64, i64), (i64, i64)>,
    /// The ids of those who hide read receipts.
    hiding: BTreeSet<i64>,
}

/// A server, its people, and what should be true of them.
struct World {
    server: TestServer,
    people: Vec<User>,
    seats: Vec<Seat>,
    model: Model,
}

impl World {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let people = server.users(PEOPLE).await.to_vec();
        let seats = people.iter().cloned().map(Seat::new).collect();
        Self { server, people, seats, model: Model::default() }
    }

    async fn perform(&mut self, operation: &Operation) {
        match operation {
            Operation::Send { from, to } => self.send(*from, *to).await,
            Operation::Resend { from, which } => self.resend(*from, which).await,
            Operation::Confirm { user, chat, delivered, read } => {
                self.confirm(*user, chat, delivered, read).await;
            }
            Operation::Show { user, shown } => self.show(*user, *shown).await,
            Operation::Listen { user } => self.seats[*user].listen(&self.people).await,
            Operation::Break { user } => self.seats[*user].device = None,
            Operation::Restart => {
                self.seats.iter_mut().for_each(|seat| seat.device = None);
                self.server.restart().await;
            }
        }
    }

    async fn send(&mut self, from: usize, to: usize) {
        let seat = &mut self.seats[from];
        seat.device(&self.people).await;
        let content = format!("{} {}", PEOPLE[from], seat.written.len());
        let text = Text { cid: new_cid(), to, content };
        let chat = self.model.texts.entry((from.min(to), from.max(to))).or_default();
        chat.entry(from).or_default().push(text.content.clone());
        seat.written.push(text.clone());
        seat.unacked.push(text.clone());
        let device = seat.device(&self.people).await;
        device.send_as(&text.cid, &self.people[to], &text.content).await;
    }

    async fn resend(&mut self, from: usize, which: &Index) {
        let seat = &mut self.seats[from];
        if seat.written.is_empty() {
            return;
        }
        let text = which.get(&seat.written).clone();
        let device = seat.device(&self.people).await;
        device.send_as(&text.cid, &self.people[text.to], &text.content).await;
    }

    async fn confirm(&mut self, user: usize, chat: &Index, delivered: &Index, read: &Index) {
        let seat = &mut self.seats[user];
        if seat.replica.chats.is_empty() {
            return;
        }
        let ids: Vec<i64> = seat.replica.chats.keys().copied().collect();
        let id = *chat.get(&ids);
        let messages = seat.replica.messages.values().filter(|row| row["chat_id"] == id);
        let last = messages.filter_map(|row| row["seq"].as_i64()).max().unwrap_or(0);
        let choose =
            |index: &Index| i64::try_from(index.index(usize::try_from(last).unwrap() + 1)).unwrap();
        let (delivered, read) = (choose(delivered), choose(read));
        let user = seat.user.id;
        let members = seat.replica.watermarks.keys().filter(|(chat, _)| *chat == id);
        let seen = members.clone().all(|(_, member)| !self.model.hiding.contains(member));
        let mark = self.model.watermarks.entry((id, user)).or_default();
        let moves = read > mark.1;
        *mark = (mark.0.max(delivered).max(read), mark.1.max(read));
        let shown = self.model.shown.entry((id, user)).or_default();
        *shown = (mark.0, if moves && seen { read } else { shown.1 });
        seat.confirm(&self.people, id, delivered, read).await;
    }

    /// Receipts are confirmed one at a time, so nothing is under way that this could overtake.
    async fn show(&mut self, user: usize, shown: bool) {
        let person = &self.people[user];
        let change = json!({ "shows_read": shown });
        assert_eq!(person.patch("/api/users/me/privacy", &change).await.status, 200);
        if shown {
            self.model.hiding.remove(&person.id);
        } else {
            self.model.hiding.insert(person.id);
        }
    }

    /// Everybody catches up; then all must agree.
    async fn check(&mut self) {
        for seat in &mut self.seats {
            seat.settle(&self.people).await;
        }
        for seat in &mut self.seats {
            seat.listen(&self.people).await;
        }
        for place in 0..self.seats.len() {
            self.check_seat(place).await;
        }
    }

    async fn check_seat(&mut self, place: usize) {
        let seat = &mut self.seats[place];
        let whole = Replica::load(&seat.user).await;
        assert_eq!(seat.replica, whole, "{} has the server's state", PEOPLE[place]);
        let theirs = self.model.texts.keys().filter(|(low, high)| [*low, *high].contains(&place));
        assert_eq!(whole.chats.len(), theirs.count(), "{} sees no other chats", PEOPLE[place]);
        for id in whole.chats.keys() {
            check_chat(&self.model, &self.people, (&whole, seat.user.id), *id);
        }
        for (number, known) in seat.drawer.clone() {
            let mut old = Seat { number, replica: known, ..Seat::new(seat.user.clone()) };
            old.device(&self.people).await;
            assert_eq!(old.replica, whole, "{} from {number}", PEOPLE[place]);
        }
    }
}

/// A chat has what was written into it, each once, each sender's texts in their order, and the
/// watermarks that were confirmed.
fn check_chat(model: &Model, people: &[User], (whole, viewer): (&Replica, i64), id: i64) {
    let marks = || whole.watermarks.iter().filter(|((chat, _), _)| *chat == id);
    let mut members: Vec<usize> = marks()
        .map(|((_, user), _)| people.iter().position(|person| person.id == *user).unwrap())
        .collect();
    members.sort_unstable();
    let pair = (members[0], *members.last().unwrap());
    let contents = whole.contents_of(id);
    let texts = &model.texts[&pair];
    assert_eq!(contents.len(), texts.values().map(Vec::len).sum::<usize>(), "chat {pair:?}");
    for (sender, expected) in texts {
        let prefix = format!("{} ", PEOPLE[*sender]);
        let of_sender: Vec<&String> =
            contents.iter().filter(|content| content.starts_with(&prefix)).collect();
        assert_eq!(of_sender, expected.iter().collect::<Vec<_>>(), "{prefix}in chat {pair:?}");
    }
    for (key, mark) in marks() {
        let visible = if key.1 == viewer { &model.watermarks } else { &model.shown };
        let expected = visible.get(key).copied().unwrap_or_default();
        assert_eq!(*mark, expected, "watermarks of {key:?}");
    }
}

/// Frames that are nearly right, which is where mistakes hide.
fn nearly_a_frame() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        Just("send"),
        Just("receipt"),
        Just("typing"),
        Just("hello"),
        Just("ping"),
        Just("dance")
    ];
    let value = prop_oneof![
        any::<i64>().prop_map(Value::from),
        (-2..5_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(Value::Null),
        Just(json!([])),
        Just(json!({ "x": [1] })),
        Just(json!(new_cid())),
    ];
    let field = prop_oneof![
        Just("recipient_id"),
        Just("chat_id"),
        Just("content"),
        Just("cid"),
        Just("reply_to"),
        Just("delivered"),
        Just("read"),
        Just("on"),
        Just("since"),
        Just("x"),
    ];
    let frame = (kind, vec((field, value), 0..6)).prop_map(|(kind, fields)| {
        let mut frame = json!({ "type": kind });
        for (name, value) in fields {
            frame[name] = value;
        }
        frame.to_string()
    });
    prop_oneof![8 => frame, 1 => ".{0,40}"]
}

fn block_on(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(within("the whole case", test));
}

proptest! {
    // A case is a server of its own and takes a third of a second; a failing one prints itself.
    #![proptest_config(ProptestConfig {
        cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_everybody_ends_up_with_the_same_chats(
        operations in vec(operation(), 1..60)
    ) {
        block_on(async {
            let mut world = World::new().await;
            for operation in &operations {
                world.perform(operation).await;
            }
            world.check().await;
        });
    }

    #[test]
    fn no_text_frame_ends_a_socket(frames in vec(nearly_a_frame(), 1..60)) {
        block_on(async {
            let server = TestServer::start().await;
            let [alice, _] = server.users(["alice", "bob"]).await;
            let (mut device, mut old) = (alice.connect().await, alice.connect_seed().await);
            for frame in &frames {
                device.send_text(frame).await;
                old.send_text(frame).await;
            }
            device.pending().await;
            old.send_text(r#"{"recipient_id":0,"content":"the end"}"#).await;
            while old.next().await["code"] != "no_such_user" {}
            assert_eq!(alice.get("/readyz").await.status, 200);
        });
    }
}
