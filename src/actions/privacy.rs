//! What people give away of themselves.

use crate::{
    app::App,
    error::Result,
    model::{Privacy, PrivacyChange},
    types::UserId,
};

/// Changes what is named.
pub(crate) async fn change(app: &App, user: UserId, change: PrivacyChange) -> Result<Privacy> {
    Ok(app.store.write(move |batch| batch.change_privacy(user, &change)).await?.value)
}
