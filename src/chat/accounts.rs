//! Registering, signing in and out, and knowing who asks.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::{
    app::App,
    auth,
    error::{Error, Result},
    model::{Caller, UserName},
    store::Batch,
    words::{Millis, PASSWORD_BYTES_MAX, SessionId, Username, check_password},
};

/// Makes an account.
pub(crate) async fn register(app: &App, username: &str, password: String) -> Result<UserName> {
    let name = Username::parse(username)?;
    check_password(&password, "password")?;
    // Hashing is dear: someone who picked a known name need not wait for it.
    if app.store.find_credentials(name.as_str()).await?.is_some() {
        return Err(Error::UsernameTaken);
    }
    let hash = app.passwords.hash(password).await?;
    let user = app.store.write(move |batch| batch.create_user(&name, &hash)).await?.value;
    Ok(UserName { id: user.id, username: user.username })
}

/// Checks a password and starts a session. The token names it.
pub(crate) async fn sign_in(app: &App, username: &str, password: String) -> Result<String> {
    let refuse =
        || Error::Unauthorized { code: "invalid_credentials", reason: "Invalid credentials" };
    let known = app.store.find_credentials(username).await?;
    // What cannot be anyone's password is not worth a megabyte of hashing.
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(refuse());
    }
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let matches = app.passwords.verify(password, hash).await?;
    let Some(user) = known.filter(|_| matches) else { return Err(refuse()) };
    let session = auth::new_session_id()?;
    let expires_at = Millis::now().after(app.config.token_life());
    let (id, hash) = (user.user_id, user.password_hash);
    let begin = move |batch: &mut Batch<'_>| batch.create_session(session, id, &hash, expires_at);
    if !app.store.write(begin).await?.value {
        return Err(refuse());
    }
    app.tokens.issue(&user.username, session, expires_at)
}

/// Whose token this is, if it is ours, in time, and its session not ended.
pub(crate) async fn find_caller(app: &App, token: Option<&str>) -> Result<Caller> {
    let token = token.ok_or_else(auth::unauthorized)?;
    let (session, username_key) = app.tokens.read(token)?;
    let caller = app.store.find_caller(session).await?.ok_or_else(auth::unauthorized)?;
    if Username::key(&caller.username) == username_key {
        Ok(caller)
    } else {
        Err(auth::unauthorized())
    }
}

/// Ends the caller's session: the token is worthless at once, and its sockets close.
pub(crate) async fn sign_out(app: &App, caller: &Caller) -> Result<()> {
    let session = caller.session_id;
    end_sessions(app, caller, move |batch| {
        batch.delete_session(session)?;
        Ok(vec![session])
    })
    .await
}

/// Changes the caller's password, and ends all of their sessions but this one at once.
pub(crate) async fn change_password(
    app: &App,
    caller: &Caller,
    current: String,
    new: String,
) -> Result<()> {
    let refuse = || {
        let reason = "this is not your current password";
        Error::invalid("wrong_password", "current_password", reason)
    };
    check_password(&new, "new_password")?;
    if current.len() > PASSWORD_BYTES_MAX {
        return Err(refuse());
    }
    let known = app.store.find_credentials(&caller.username).await?;
    let old_hash = known.ok_or_else(auth::unauthorized)?.password_hash;
    if !app.passwords.verify(current, Some(old_hash.clone())).await? {
        return Err(refuse());
    }
    let new_hash = app.passwords.hash(new).await?;
    let (user, kept) = (caller.user_id, caller.session_id);
    end_sessions(app, caller, move |batch| {
        let ended = batch.change_password(user, &old_hash, &new_hash, kept)?;
        // Somebody else was quicker: this password is not the current one any more.
        ended.ok_or_else(refuse)
    })
    .await
}

/// Runs a write that ends sessions of the caller, and closes their sockets and long polls as
/// soon as it is committed, even if nobody waits for the answer any more.
async fn end_sessions<F>(app: &App, caller: &Caller, end: F) -> Result<()>
where
    F: FnOnce(&mut Batch<'_>) -> Result<Vec<SessionId>> + Send + 'static,
{
    let (sender, answer) = oneshot::channel();
    let (hub, user) = (Arc::clone(&app.hub), caller.user_id);
    app.store.submit(end, move |outcome| {
        let ended = outcome.map(|ended| {
            ended.value.into_iter().for_each(|session| hub.close_session(user, session));
        });
        drop(sender.send(ended));
    })?;
    answer.await.unwrap_or_else(|_| Err(Error::internal("the writer thread dropped a job")))
}
