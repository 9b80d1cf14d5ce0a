//! What users show of themselves.

use crate::{
    app::App,
    error::Result,
    model::{Privacy, PrivacyChange},
    store::ChangePrivacy,
    types::UserId,
};

/// Changes the settings that are named.
pub(crate) async fn change(app: &App, user: UserId, change: PrivacyChange) -> Result<Privacy> {
    app.store.execute(user, ChangePrivacy { change }).await
}
