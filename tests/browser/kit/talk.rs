//! What users do in groups on other devices: make and change them, write and type in them.

use serde_json::{Value, json};

use super::{Browser, Device, User, http, new_cid};

impl User {
    /// The answer to a request with a JSON body, which must succeed.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let address = self.address.to_string();
        let reply = http::request(&address, method, path, &headers, body.to_string()).await;
        assert!(reply.status < 300, "{method} {path}: {}", reply.text());
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    /// Makes a group in which everybody may write and newcomers see no history. Returns its id.
    pub(crate) async fn make_group(&self, title: &str, members: &[&Self]) -> i64 {
        let user_ids: Vec<i64> = members.iter().map(|user| user.id).collect();
        let group = json!({ "title": title, "user_ids": user_ids });
        self.ask("POST", "/api/groups", &group).await["id"].as_i64().unwrap()
    }

    pub(crate) async fn change_group(&self, chat: i64, change: &Value) {
        self.ask("PATCH", &format!("/api/chats/{chat}"), change).await;
    }

    pub(crate) async fn add_member(&self, chat: i64, user: &Self) {
        let users = json!({ "user_ids": [user.id] });
        self.ask("POST", &format!("/api/chats/{chat}/members"), &users).await;
    }

    /// Removes somebody from a group; oneself, to leave it.
    pub(crate) async fn remove_member(&self, chat: i64, user: &Self) {
        self.ask("DELETE", &format!("/api/chats/{chat}/members/{}", user.id), &json!({})).await;
    }

    pub(crate) async fn set_role(&self, chat: i64, user: &Self, role: &str) {
        let path = format!("/api/chats/{chat}/members/{}", user.id);
        self.ask("PATCH", &path, &json!({ "role": role })).await;
    }

    /// Takes another display name.
    pub(crate) async fn rename(&self, name: &str) {
        self.ask("PATCH", "/api/users/me", &json!({ "display_name": name })).await;
    }
}

impl Device {
    /// Writes in a chat and returns the ack.
    pub(crate) async fn say(&mut self, chat: i64, content: &str) -> Value {
        let cid = new_cid();
        let frame = json!({ "type": "send", "cid": cid, "chat_id": chat, "content": content });
        self.send(&frame).await;
        self.next_of("ack").await
    }

    /// Begins or stops typing in a chat.
    pub(crate) async fn type_in(&mut self, chat: i64, on: bool) {
        self.send(&json!({ "type": "typing", "chat_id": chat, "on": on })).await;
    }
}

impl Browser {
    /// Opens a group by its address and waits for its title.
    pub(crate) async fn open_group(&self, chat: i64, title: &str) {
        self.js("location.hash = `#/chats/${arguments[0]}`", json!([chat])).await;
        let open = "return $('chat-title').textContent === arguments[0]";
        self.until(&format!("the group {title}"), open, json!([title])).await;
    }
}
