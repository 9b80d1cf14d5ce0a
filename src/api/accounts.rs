//! Registering and signing in, as in the first contract.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Body, Reply},
};

/// The body of both.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    password: String,
}

/// `POST /register`: makes an account.
pub(crate) async fn register(app: &App, body: Body<'_>) -> Result<Reply> {
    let Credentials { username, password } = body.json().await?;
    let user = actions::accounts::register(app, &username, password).await?;
    Ok(http::json(StatusCode::CREATED, &user))
}

/// `POST /login`: returns a token.
pub(crate) async fn sign_in(app: &App, body: Body<'_>) -> Result<Reply> {
    let Credentials { username, password } = body.json().await?;
    let token = actions::accounts::sign_in(app, &username, password).await?;
    Ok(http::ok(&json!({ "access_token": token, "token_type": "bearer" })))
}
