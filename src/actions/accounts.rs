//! Registering, signing in and out, and telling who makes a request.

use std::{sync::Arc, time::Instant};

use crate::{
    app::App,
    auth::{self, Admission, Attempt, PASSWORD_BYTES_MAX, Refusal},
    error::{Error, Result},
    http::ClientAddress,
    hub::Signal,
    limits::{Act, Budget},
    model::{Caller, UserName},
    security::{self, Event, Who},
    store::{ChangePassword, CreateSession, CreateUser, Credentials},
    types::{Line, Millis, SessionId, Skeleton, UserId, Username},
};

/// What somebody signs in with.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) username: String,
    pub(crate) password: String,
    /// A token of an earlier session of the same user.
    pub(crate) earlier_token: Option<String>,
}

/// What somebody makes an account with.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) username: String,
    pub(crate) password: String,
    /// The name to show instead of the username.
    pub(crate) display_name: Option<String>,
}

/// Makes an account.
pub(crate) async fn register(
    app: &App,
    address: Option<ClientAddress>,
    Registration { username, password, display_name }: Registration,
) -> Result<UserName> {
    let name = Username::parse(&username)?;
    let password = auth::check_new_password(&password, name.as_str(), "password")?;
    let display_name = display_name.as_deref().map(Line::display_name).transpose()?;
    let key = Username::key(name.as_str());
    // Check the name before hashing: argon2 takes about 20 ms.
    if app.store.find_credentials(key.clone()).await?.is_some() {
        return Err(Error::UsernameTaken);
    }
    let skeleton = Skeleton::of(name.as_str());
    app.store.refuse_confusable(skeleton.clone()).await?;
    if let Some(budget) = app.limits.of_address(address) {
        budget.admit(Act::Register).await?;
    }
    let attempt = Attempt { name: &key, address, session: None };
    let place = app.guesses.place_of_registration(attempt);
    let password_hash = app.passwords.hash(place, password).await?;
    let skeleton = Some(skeleton);
    let command = CreateUser { username: name, skeleton, password_hash, display_name };
    let user = app.store.execute(UserId::SERVER, command).await?;
    app.guesses.registered(Instant::now(), attempt);
    security::log(Event::Registered, Who::user(user.id, &user.username, address));
    Ok(UserName { id: user.id, username: user.username })
}

/// Checks a password and starts a session. The token names it.
pub(crate) async fn sign_in(
    app: &App,
    address: Option<ClientAddress>,
    SignIn { username, password, earlier_token }: SignIn,
) -> Result<String> {
    let refuse =
        || Error::Unauthorized { code: "invalid_credentials", reason: "Invalid credentials" };
    // No name and no password is this long, so neither normalise nor hash it. It is not logged
    // either: this costs so little that the lines could fill a disk.
    let key = Username::typed_key(&username).filter(|_| password.len() <= PASSWORD_BYTES_MAX);
    let key = key.ok_or_else(refuse)?;
    let session = earlier_token.and_then(|token| app.tokens.read_earlier(&token, &key));
    let attempt = Attempt { name: &key, address, session };
    let admitted = app.guesses.admit(Instant::now(), attempt);
    if let Err(Refusal { is_news: true, limit, .. }) = admitted {
        let known = app.store.find_credentials(key.clone()).await?;
        security::limit_hit(limit, who(known.as_ref(), address));
    }
    let admission = admitted.map_err(|refusal| auth::too_many(refusal.retry_after))?;
    let (known, right) = check_password(app, admission, key.clone(), password).await?;
    let (Some(user), Some(right)) = (known.as_ref(), right) else {
        security::log(Event::SignInFailed, who(known.as_ref(), address));
        return Err(refuse());
    };
    app.guesses.succeeded(Instant::now(), &right);
    let id = auth::new_session_id()?;
    let expires_at = Millis::now().after(app.config.token_life());
    let (user_id, password_hash) = (user.user_id, user.password_hash.clone());
    let command = CreateSession { id, user: user_id, password_hash, expires_at };
    let ended = app.store.execute(user_id, command).await?.ok_or_else(refuse)?;
    security::log(Event::SignedIn, who(Some(user), address));
    if ended > 0 {
        security::log(Event::SessionsEnded, who(Some(user), address));
    }
    app.tokens.issue(&user.username, id, expires_at)
}

/// The account with this key, and whether this is its password. A try that could not be checked,
/// because a queue is full, is not counted.
async fn check_password(
    app: &App,
    admission: Admission,
    key: String,
    password: String,
) -> Result<(Option<Credentials>, Option<Admission>)> {
    let checking = async {
        let known = app.store.find_credentials(key).await?;
        let hash = known.as_ref().map(|known| known.password_hash.clone());
        let is_right = app.passwords.verify(admission.place, password, hash).await?;
        Ok((known, is_right))
    };
    match checking.await {
        Ok((known, true)) => Ok((known, Some(admission))),
        Ok((known, false)) => Ok((known, None)),
        Err(error) => {
            app.guesses.withdrawn(&admission);
            Err(error)
        }
    }
}

fn who(known: Option<&Credentials>, address: Option<ClientAddress>) -> Who<'_> {
    match known {
        Some(known) => Who::user(known.user_id, &known.username, address),
        None => Who::stranger(address),
    }
}

/// Who a token belongs to, if this server signed it, it is in time, and its session has not ended;
/// and their budget, from which `act` was taken. There is none without limits.
///
/// Somebody who asks too often is refused before the database is asked.
pub(crate) async fn admit(
    app: &App,
    token: Option<&str>,
    act: Act,
) -> Result<(Caller, Option<Arc<Budget>>)> {
    let token = token.ok_or_else(auth::unauthorized)?;
    let (session, username_key) = app.tokens.read(token)?;
    app.limits.foresee(session, act).await?;
    let found = app.store.find_caller(session).await?;
    let caller = found.ok_or_else(|| Error::SignedOut(app.endings.why(session)))?;
    if Username::key(&caller.username) != username_key {
        return Err(auth::unauthorized());
    }
    let budget = app.limits.of_user(&caller);
    if let Some(budget) = &budget {
        budget.admit(act).await?;
    }
    Ok((caller, budget))
}

/// Refuses to go on with a request whose session has ended or expired since it began.
pub(crate) async fn check_session(app: &App, session: SessionId) -> Result<()> {
    let found = app.store.find_caller(session).await?;
    found.map(drop).ok_or_else(|| Error::SignedOut(app.endings.why(session)))
}

/// Ends the caller's session: the token is worthless at once, and its connections close.
///
/// # Errors
/// The session has ended all the same, but may be valid again after a restart of the server.
pub(crate) async fn sign_out(
    app: &App,
    address: Option<ClientAddress>,
    caller: &Caller,
) -> Result<()> {
    let (user_id, session) = (caller.user_id, caller.session_id);
    let saved = app.store.end_session(user_id, session).await;
    // The writer tells only of what it has committed.
    app.hub.signal(&Signal::SessionsEnded { user_id, sessions: vec![session] });
    security::log(Event::SignedOut, Who::caller(caller, address));
    saved
}

/// Changes the caller's password and ends all of their other sessions at once.
pub(crate) async fn change_password(
    app: &App,
    address: Option<ClientAddress>,
    caller: &Caller,
    current: String,
    new: &str,
) -> Result<()> {
    let refuse = || {
        let reason = "this is not your current password";
        Error::invalid("wrong_password", "current_password", reason)
    };
    let new = auth::check_new_password(new, &caller.username, "new_password")?;
    if current.len() > PASSWORD_BYTES_MAX {
        return Err(refuse());
    }
    let key = Username::key(&caller.username);
    let attempt = Attempt { name: &key, address, session: None };
    let admitted = app.guesses.admit_signed_in(Instant::now(), attempt, caller.session_id);
    let admission = admitted.map_err(|refusal| {
        if refusal.is_news {
            security::limit_hit(refusal.limit, Who::caller(caller, address));
        }
        auth::too_many(refusal.retry_after)
    })?;
    let place = admission.place;
    let (known, right) = check_password(app, admission, key.clone(), current).await?;
    let old_hash = known.ok_or_else(auth::unauthorized)?.password_hash;
    let Some(right) = right else {
        security::log(Event::PasswordChangeFailed, Who::caller(caller, address));
        return Err(refuse());
    };
    app.guesses.succeeded(Instant::now(), &right);
    let new_hash = app.passwords.hash(place, new).await?;
    let command = ChangePassword { old_hash, new_hash, keep: caller.session_id };
    // Another request may have changed it first: then this is not the current password any more.
    if !super::execute(app, caller, command).await? {
        return Err(refuse());
    }
    security::log(Event::PasswordChanged, Who::caller(caller, address));
    Ok(())
}
