//! The accounts of a load test. Password hashing is slow on purpose, so the test makes only as
//! many accounts as it needs.

use futures_util::{StreamExt, TryStreamExt, stream};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{http::Http, progress::Progress};
use crate::error::Result;

/// Sign-ups at the same time: enough to keep the server's hashing threads busy, far too few to fill
/// its queue.
const AT_ONCE: usize = 8;

/// A user who is signed in.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) token: String,
}

#[derive(Deserialize)]
struct Account {
    id: i64,
}

#[derive(Deserialize)]
struct SignIn {
    access_token: String,
}

/// Makes `count` accounts with new names and signs them in.
pub(super) async fn sign_up(
    address: &str,
    count: usize,
    progress: Progress,
) -> Result<Vec<Person>> {
    let bar = progress.begin("Signing up users", count as u64);
    // The end of a v7 id is random; its beginning is the time.
    let run = Uuid::now_v7().simple().to_string();
    let run = &run[20..];
    let signing = (0..count).map(|number| {
        let bar = &bar;
        async move {
            let person = sign_up_one(address, &format!("bench-{run}-{number}")).await;
            bar.inc(1);
            person
        }
    });
    let people = stream::iter(signing).buffered(AT_ONCE).try_collect().await;
    bar.finish_and_clear();
    people
}

async fn sign_up_one(address: &str, username: &str) -> Result<Person> {
    let mut http = Http::connect(address).await?;
    let password = Uuid::now_v7().to_string();
    let body = json!({ "username": username, "password": password }).to_string();
    let account: Account = http.post("/register", &body, StatusCode::CREATED).await?;
    let sign_in: SignIn = http.post("/login", &body, StatusCode::OK).await?;
    Ok(Person { id: account.id, token: sign_in.access_token })
}
