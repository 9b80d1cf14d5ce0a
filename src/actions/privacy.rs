//! What users show of themselves.

use crate::{
    app::App,
    error::Result,
    model::{Caller, Privacy, PrivacyChange},
    store::ChangePrivacy,
};

/// Changes the settings that are named.
pub(crate) async fn change(app: &App, caller: &Caller, change: PrivacyChange) -> Result<Privacy> {
    super::execute(app, caller, ChangePrivacy { change }).await
}
