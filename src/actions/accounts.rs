//! Registering, signing in and out, and telling who makes a request.

use crate::{
    app::App,
    auth,
    error::{Error, Result},
    model::{Caller, UserName},
    store::{ChangePassword, CreateSession, CreateUser, EndSession},
    types::{Millis, PASSWORD_BYTES_MAX, Skeleton, UserId, Username, check_password},
};

/// Makes an account.
pub(crate) async fn register(app: &App, username: &str, password: String) -> Result<UserName> {
    let name = Username::parse(username)?;
    check_password(&password, "password")?;
    // Check the name before hashing: argon2 takes about 20 ms.
    if app.store.find_credentials(name.as_str()).await?.is_some() {
        return Err(Error::UsernameTaken);
    }
    let skeleton = Skeleton::of(name.as_str());
    app.store.refuse_confusable(skeleton.clone()).await?;
    let password_hash = app.passwords.hash(password).await?;
    let command = CreateUser { username: name, skeleton: Some(skeleton), password_hash };
    let user = app.store.execute(UserId::SERVER, command).await?;
    Ok(UserName { id: user.id, username: user.username })
}

/// Checks a password and starts a session. The token names it.
pub(crate) async fn sign_in(app: &App, username: &str, password: String) -> Result<String> {
    let refuse =
        || Error::Unauthorized { code: "invalid_credentials", reason: "Invalid credentials" };
    let known = app.store.find_credentials(username).await?;
    // No password is this long, so do not hash it.
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(refuse());
    }
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let matches = app.passwords.verify(password, hash).await?;
    let Some(user) = known.filter(|_| matches) else { return Err(refuse()) };
    let id = auth::new_session_id()?;
    let expires_at = Millis::now().after(app.config.token_life());
    let (user_id, password_hash) = (user.user_id, user.password_hash);
    let command = CreateSession { id, user: user_id, password_hash, expires_at };
    if !app.store.execute(user_id, command).await? {
        return Err(refuse());
    }
    app.tokens.issue(&user.username, id, expires_at)
}

/// Who a token belongs to, if this server signed it, it is in time, and its session has not ended.
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

/// Ends the caller's session: the token is worthless at once, and its connections close.
pub(crate) async fn sign_out(app: &App, caller: &Caller) -> Result<()> {
    app.store.execute(caller.user_id, EndSession { id: caller.session_id }).await
}

/// Changes the caller's password and ends all of their other sessions at once.
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
    let command = ChangePassword { old_hash, new_hash, keep: caller.session_id };
    // Another request may have changed it first: then this is not the current password any more.
    if app.store.execute(caller.user_id, command).await? { Ok(()) } else { Err(refuse()) }
}
