//! The feed of changes over plain HTTP: for bots, and where a proxy breaks WebSocket.

use std::time::Duration;

use serde::Serialize;

use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{self, ClientAddress, Query, Reply, ReplyShare},
    hub::Kind,
    model::{Caller, Row},
    store::{Feed, Since},
    types::{Epoch, Millis, Revision},
};

/// Proxies commonly cut a silent request after 60 s.
const WAIT_MAX: Duration = Duration::from_secs(50);

/// Rows to apply in order; with `more`, ask again since `revision` at once.
#[derive(Serialize)]
struct Changes {
    rows: Vec<Row>,
    revision: Revision,
    epoch: Epoch,
    more: bool,
    /// What the expiry clock says.
    now: Millis,
}

/// Too far behind: load the lists, then go on from `revision`. If `restored`, forget everything first.
#[derive(Serialize)]
struct Reload {
    reset: bool,
    revision: Revision,
    epoch: Epoch,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restored: bool,
    now: Millis,
}

/// `GET /api/sync?since=&epoch=&wait=`: the caller's rows changed after `since`. With none, waits
/// up to `wait` seconds (50 at most) for the first.
pub(crate) async fn show(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    query: Query<'_>,
) -> Result<Reply> {
    let revision = Revision(query.integer("since")?.unwrap_or(0));
    let since = Since { revision, epoch: query.integer("epoch")?.map(Epoch) };
    let wait = query.integer("wait")?.unwrap_or(0);
    let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(0)).min(WAIT_MAX);
    let feed = if wait.is_zero() {
        list(app, address, &caller, since).await?
    } else {
        wait_for_change(app, address, &caller, since, wait).await?
    };
    let (epoch, now) = (app.store.epoch(), app.store.expiry_now());
    let (share, feed) = feed;
    let reply = match feed {
        Feed::Reset { revision, restored } => {
            http::ok(&Reload { reset: true, revision, epoch, restored, now })
        }
        Feed::Rows { rows, revision, more } => {
            http::ok(&Changes { rows, revision, epoch, more, now })
        }
    };
    Ok(match share {
        Some(share) => http::within(share, reply),
        None => reply,
    })
}

async fn wait_for_change(
    app: &App,
    address: Option<ClientAddress>,
    caller: &Caller,
    since: Since,
    wait: Duration,
) -> Result<(Option<ReplyShare>, Feed)> {
    // Registered first, read second: a change in between wakes us.
    let registration = app.hub.register(caller, Kind::Watch);
    let watch = &registration.connection;
    // The session may have ended before the registration.
    actions::accounts::check_session(app, caller.session_id).await?;
    let waiting = async {
        loop {
            let (share, feed) = list(app, address, caller, since).await?;
            if !matches!(&feed, Feed::Rows { rows, more: false, .. } if rows.is_empty()) {
                return Ok((share, feed));
            }
            // Others need it while this request waits.
            drop(share);
            watch.woken().await;
            if watch.is_doomed().is_some() {
                return Err(Error::SignedOut(app.endings.why(caller.session_id)));
            }
        }
    };
    tokio::select! {
        feed = waiting => feed,
        () = tokio::time::sleep(wait) => list(app, address, caller, since).await,
        () = app.stopping.cancelled() => list(app, address, caller, since).await,
    }
}

/// What changed, and the share of the memory for replies that was needed to find it.
async fn list(
    app: &App,
    address: Option<ClientAddress>,
    caller: &Caller,
    since: Since,
) -> Result<(Option<ReplyShare>, Feed)> {
    let share = if app.store.may_have_changes(caller.user_id, since) {
        Some(app.reply_share(address, caller.user_id).await?)
    } else {
        None
    };
    let feed =
        app.store.list_changes(caller.user_id, since, app.config.sync_rows_max as usize).await?;
    Ok((share, feed))
}
