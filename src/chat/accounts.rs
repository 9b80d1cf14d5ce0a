//! Registering, signing in and out, and knowing who asks.

use crate::{
    app::App,
    auth,
    error::{Error, Result},
    model::{Caller, UserName},
    words::{Millis, PASSWORD_BYTES_MAX, Username, check_password},
};

/// Makes an account.
pub(crate) async fn register(app: &App, username: &str, password: String) -> Result<UserName> {
    let name = Username::parse(username)?;
    check_password(&password)?;
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
    app.store.write(move |batch| batch.create_session(session, user.user_id, expires_at)).await?;
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
    app.store.write(move |batch| batch.delete_session(session)).await?;
    app.hub.close_session(caller.user_id, session);
    Ok(())
}
