//! What people do with groups, by the routes.

use serde_json::{Value, json};

use super::{Reply, TestServer, User};

impl TestServer {
    /// Makes a group in which everybody may write and newcomers see no history. Returns its id.
    pub(crate) async fn group(&self, admin: &User, members: &[&User]) -> i64 {
        admin.make_group("Family", members).await["id"].as_i64().unwrap()
    }
}

impl User {
    /// Makes a group with a title, and returns its row.
    pub(crate) async fn make_group(&self, title: &str, members: &[&User]) -> Value {
        let group = json!({ "title": title, "user_ids": ids(members) });
        let reply = self.post("/api/groups", &group).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// Changes a group, which must succeed. Returns its row.
    pub(crate) async fn change_group(&self, chat: i64, change: &Value) -> Value {
        let reply = self.patch(&format!("/api/chats/{chat}"), change).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// Adds users to a group, which must succeed. Returns the ids of those who were not in it.
    pub(crate) async fn add(&self, chat: i64, users: &[&User]) -> Value {
        let reply = self.try_add(chat, users).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["added"].clone()
    }

    /// Tries to add users to a group.
    pub(crate) async fn try_add(&self, chat: i64, users: &[&User]) -> Reply {
        let newcomers = json!({ "user_ids": ids(users) });
        self.post(&format!("/api/chats/{chat}/members"), &newcomers).await
    }

    /// Removes a member from a group, or leaves it, which must succeed.
    pub(crate) async fn remove(&self, chat: i64, user: &User) {
        let reply = self.try_remove(chat, user).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
    }

    /// Tries to remove a member from a group.
    pub(crate) async fn try_remove(&self, chat: i64, user: &User) -> Reply {
        self.request("DELETE", &format!("/api/chats/{chat}/members/{}", user.id)).await
    }

    /// Makes a member an admin or an admin a member, which must succeed.
    pub(crate) async fn set_role(&self, chat: i64, user: &User, role: &str) {
        let reply = self.try_set_role(chat, user, role).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
    }

    /// Tries to change a role.
    pub(crate) async fn try_set_role(&self, chat: i64, user: &User, role: &str) -> Reply {
        let path = format!("/api/chats/{chat}/members/{}", user.id);
        self.patch(&path, &json!({ "role": role })).await
    }

    /// Posts a text over HTTP, which must succeed.
    pub(crate) async fn say(&self, chat: i64, text: &str) -> Value {
        let path = format!("/api/chats/{chat}/messages");
        let reply = self.post(&path, &json!({ "content": text })).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// The chat in the user's list.
    pub(crate) async fn summary(&self, chat: i64) -> Value {
        self.chats().await.into_iter().find(|it| it["id"] == chat).unwrap()
    }

    /// All members of a small group.
    pub(crate) async fn members(&self, chat: i64) -> Vec<Value> {
        let reply = self.get(&format!("/api/chats/{chat}/members")).await.json();
        assert_eq!(reply["more"], false, "{reply}");
        reply["members"].as_array().unwrap().clone()
    }

    /// What a group's messages say, as this user sees them; see [`words`].
    pub(crate) async fn told(&self, chat: i64) -> Vec<String> {
        let page = self.page(chat, "limit=200").await;
        page["messages"].as_array().unwrap().iter().map(words).collect()
    }
}

/// A text as it is, and an event line as its kind in stars.
pub(crate) fn words(message: &Value) -> String {
    match message["event"]["kind"].as_str() {
        Some(kind) => format!("*{kind}*"),
        None => message["content"].as_str().unwrap().to_owned(),
    }
}

fn ids(users: &[&User]) -> Vec<i64> {
    users.iter().map(|user| user.id).collect()
}
