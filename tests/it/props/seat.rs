//! A correct client: it stores what it knows, resends what was not acknowledged, and catches up.

use serde_json::{Value, json};

use crate::kit::{Device, Replica, User};

/// A text as its sender stores it.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) cid: String,
    /// The person it is for.
    pub(super) to: usize,
    pub(super) content: String,
}

/// A user at a device that stores what it knows, resends what was not acknowledged, and catches up
/// from its number.
pub(super) struct Seat {
    pub(super) user: User,
    pub(super) device: Option<Device>,
    pub(super) replica: Replica,
    pub(super) number: i64,
    /// The time of the server when it connected last.
    pub(super) now: i64,
    pub(super) written: Vec<Text>,
    pub(super) unacked: Vec<Text>,
    /// Earlier states by number, as of a device that was switched off since.
    pub(super) drawer: Vec<(i64, Replica)>,
}

impl Seat {
    /// A device that knows nothing yet.
    pub(super) fn new(user: User) -> Self {
        Self {
            user,
            device: None,
            replica: Replica::default(),
            number: 0,
            now: 0,
            written: Vec::new(),
            unacked: Vec::new(),
            drawer: Vec::new(),
        }
    }

    /// The open connection. Without one it connects, catches up and resends.
    pub(super) async fn device(&mut self, people: &[User]) -> &mut Device {
        if self.device.is_none() {
            let mut device = self.user.connect_silent().await;
            self.now = device.welcome["now"].as_i64().unwrap();
            self.replica.expire(self.now);
            for frame in device.hello(Some(self.number)).await {
                assert_ne!(frame["type"], "reset", "{frame}");
                self.take(&frame);
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

    /// Applies a frame.
    fn take(&mut self, frame: &Value) {
        let mut frame = frame.clone();
        if frame["type"] == "ack" {
            frame = self.message_of(&frame);
        }
        assert_ne!(frame["type"], "error", "{frame}");
        if let Some(number) = self.replica.apply(&frame) {
            self.number = self.number.max(number);
        }
        // The answer to a retry has the words again.
        self.replica.expire(self.now);
    }

    /// The message of an ack: its text is known here, the rest is in the ack.
    fn message_of(&mut self, ack: &Value) -> Value {
        let text = self.written.iter().find(|text| ack["cid"] == text.cid).unwrap();
        self.unacked.retain(|text| ack["cid"] != text.cid);
        let mut message = json!({
            "type": "message", "id": ack["message_id"], "chat_id": ack["chat_id"],
            "seq": ack["seq"], "sender_id": self.user.id,
            "content": text.content, "cid": text.cid, "created_at": ack["created_at"],
            "changed": ack["changed"],
        });
        if ack["expires_at"].is_i64() {
            message["expires_at"] = ack["expires_at"].clone();
        }
        message
    }

    /// Applies the frames that have arrived.
    pub(super) async fn listen(&mut self, people: &[User]) {
        let frames = self.device(people).await.pending().await;
        for frame in frames {
            self.take(&frame);
        }
    }

    /// Confirms and waits until the server has processed it.
    pub(super) async fn confirm(&mut self, people: &[User], chat: i64, delivered: i64, read: i64) {
        let device = self.device(people).await;
        device.confirm(chat, delivered, read).await;
        // Chat 0 does not exist: its refusal comes after the effect of the first receipt.
        device.confirm(0, 0, 0).await;
        loop {
            let frame = self.device.as_mut().unwrap().next().await;
            if frame["code"] == "no_such_chat" {
                return;
            }
            self.take(&frame);
        }
    }

    /// Listens until everything written is acknowledged.
    pub(super) async fn settle(&mut self, people: &[User]) {
        self.device(people).await;
        while !self.unacked.is_empty() {
            let frame = self.device.as_mut().unwrap().next().await;
            self.take(&frame);
        }
    }
}
