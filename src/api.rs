//! Handlers: decode, ask, answer. One file per resource; the table of routes is in `routes.rs`.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Reply, ReplyShare},
    types::SessionId,
};

pub(crate) mod accounts;
pub(crate) mod chats;
pub(crate) mod flags;
pub(crate) mod group_invites;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod invite;
pub(crate) mod messages;
pub(crate) mod origins;
pub(crate) mod pictures;
pub(crate) mod pins;
pub(crate) mod preferences;
pub(crate) mod privacy;
pub(crate) mod profiles;
pub(crate) mod reactions;
pub(crate) mod receipts;
pub(crate) mod scheduled;
pub(crate) mod sessions;
pub(crate) mod sync;
pub(crate) mod users;

/// 200 with an array of `first` and the pages that `next` makes; see [`http::array_in_pages`].
///
/// A slow client takes hours for the pages. So each page is made only while the session lasts.
fn array_in_pages<T, R, F>(
    app: &Arc<App>,
    session: SessionId,
    share: ReplyShare,
    (first, rest): (Vec<T>, Option<R>),
    next: impl Fn(Arc<App>, R) -> F + Clone + Send + 'static,
) -> Reply
where
    T: Serialize + Send + 'static,
    R: Send + 'static,
    F: Future<Output = Result<(Vec<T>, Option<R>)>> + Send + 'static,
{
    let app = Arc::clone(app);
    http::array_in_pages(share, &first, rest, move |rest| {
        let (app, next) = (Arc::clone(&app), next.clone());
        async move {
            actions::accounts::check_session(&app, session).await?;
            next(app, rest).await
        }
    })
}
