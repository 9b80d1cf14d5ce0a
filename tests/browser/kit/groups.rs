//! What people do with groups, by the routes, as if on another device.

use serde_json::{Value, json};

use super::{TestServer, User, http};

impl TestServer {
    /// Makes a group in which everyone may write and newcomers see no history. Returns its id.
    pub(crate) async fn group(&self, admin: &User, title: &str, members: &[&User]) -> i64 {
        let user_ids: Vec<i64> = members.iter().map(|user| user.id).collect();
        let group = json!({ "title": title, "user_ids": user_ids });
        let (status, row) = self.act(admin, "POST", "/api/groups", &group).await;
        assert_eq!(status, 201, "{row}");
        row["id"].as_i64().unwrap()
    }

    /// Status and JSON of a request of this user.
    pub(crate) async fn act(
        &self,
        user: &User,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let token = format!("Bearer {}", user.token);
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let reply = http::request(&self.address.to_string(), method, path, &headers, body).await;
        let empty = reply.body.is_empty();
        (reply.status, if empty { Value::Null } else { reply.json() })
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
