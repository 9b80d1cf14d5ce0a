//! Groups on other devices: making and changing them, writing and typing in them, and what the
//! server says of them.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::{Browser, Device, TestServer, User, http, new_cid};

impl TestServer {
    /// Status and JSON of a request of this user.
    pub(crate) async fn act(
        &self,
        user: &User,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        act(self.address, user, method, path, body).await
    }

    /// The current members of a group by username, with a star after admins; empty for someone who
    /// is no member.
    pub(crate) async fn members(&self, user: &User, chat: i64) -> Vec<String> {
        let (_, page) = self.get(&format!("/api/chats/{chat}/members"), &user.token).await;
        let (_, users) = self.get("/api/users?limit=1000", &user.token).await;
        let name = |id: &Value| {
            let found = users["users"].as_array().unwrap().iter().find(|user| user["id"] == *id);
            found.unwrap()["username"].as_str().unwrap().to_owned()
        };
        let rows = page["members"].as_array().unwrap().iter();
        let current = rows.filter(|row| row["role"] != "former");
        let mut names: Vec<String> = current
            .map(|row| name(&row["user_id"]) + if row["role"] == "admin" { "*" } else { "" })
            .collect();
        names.sort();
        names
    }

    /// The groups of a user as the server lists them.
    pub(crate) async fn groups_of(&self, user: &User) -> Vec<Value> {
        let (_, lists) = self.get("/api/chats", &user.token).await;
        let chats = lists["chats"].as_array().unwrap().iter();
        chats.filter(|chat| chat["kind"] == "group").cloned().collect()
    }
}

impl User {
    /// The answer to a request with a JSON body, which must succeed.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = act(self.address, self, method, path, body).await;
        assert!(status < 300, "{method} {path}: {answer}");
        answer
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
        self.ask("DELETE", &format!("/api/chats/{chat}/members/{}", user.id), &Value::Null).await;
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

async fn act(
    address: SocketAddr,
    user: &User,
    method: &str,
    path: &str,
    body: &Value,
) -> (u16, Value) {
    let token = format!("Bearer {}", user.token);
    let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let reply = http::request(&address.to_string(), method, path, &headers, body).await;
    let empty = reply.body.is_empty();
    (reply.status, if empty { Value::Null } else { reply.json() })
}
