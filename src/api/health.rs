//! Health checks for a supervisor or a load balancer.

use serde_json::json;

use crate::{
    app::App,
    error::{Error, Result},
    http::{self, Reply},
};

/// `GET /healthz`: the process answers.
pub(crate) fn show_alive() -> Reply {
    http::ok(&json!({ "status": "ok" }))
}

/// `GET /readyz`: the store reads and writes, and the server is not stopping. The number of commits
/// tells a load test how many messages share one.
pub(crate) async fn show_ready(app: &App) -> Result<Reply> {
    if app.stopping.is_cancelled() {
        return Err(Error::Busy);
    }
    app.store.check().await?;
    Ok(http::ok(&json!({ "status": "ready", "commits": app.store.commits() })))
}
