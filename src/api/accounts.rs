//! Registering and signing in, as in the first contract.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::{
    actions::{
        self,
        accounts::{Registration, SignIn},
    },
    app::App,
    error::Result,
    http::{self, Body, ClientAddress, Reply},
};

/// The body of both.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    password: String,
    /// For registering alone.
    display_name: Option<String>,
    /// For signing in alone.
    earlier_token: Option<String>,
}

/// `POST /register`: makes an account.
pub(crate) async fn register(
    app: &App,
    address: Option<ClientAddress>,
    body: Body<'_>,
) -> Result<Reply> {
    let Credentials { username, password, display_name, .. } = body.json().await?;
    let registration = Registration { username, password, display_name };
    let user = actions::accounts::register(app, address, registration).await?;
    Ok(http::json(StatusCode::CREATED, &user))
}

/// `POST /login`: returns a token.
pub(crate) async fn sign_in(
    app: &App,
    address: Option<ClientAddress>,
    body: Body<'_>,
) -> Result<Reply> {
    let Credentials { username, password, earlier_token, .. } = body.json().await?;
    let sign_in = SignIn { username, password, earlier_token };
    let token = actions::accounts::sign_in(app, address, sign_in).await?;
    Ok(http::ok(&json!({ "access_token": token, "token_type": "bearer" })))
}
