//! Confirming what arrived and what was seen.

use std::sync::Arc;

use crate::{
    app::App,
    error::Result,
    hub::Connection,
    types::{ChatId, Seq},
    wire::{self, Dialect},
};

/// Moves the watermarks of the connection's user. Silent when it works: the receipt itself
/// comes to every member.
pub(crate) fn confirm(
    app: &App,
    connection: &Arc<Connection>,
    chat: ChatId,
    delivered: Seq,
    read: Seq,
) -> Result<()> {
    let asker = Arc::clone(connection);
    let user = connection.user_id;
    asker.begin();
    let submitted = app.store.submit(
        move |batch| batch.move_watermarks(chat, user, delivered, read),
        move |outcome| {
            if let Err(error) = outcome {
                asker.answer(wire::encode_error(Dialect::V2, error.logged(), None));
            }
            asker.end();
        },
    );
    if submitted.is_err() {
        connection.end();
    }
    submitted
}

/// The same for a client that cannot confirm: what was written to its socket counts as
/// delivered. Answers whether the store took it; if not, try again later.
pub(crate) fn confirm_written(app: &App, connection: &Connection, chat: ChatId, seq: Seq) -> bool {
    let user = connection.user_id;
    let log_failure = |outcome: Result<_>| {
        if let Err(error) = outcome {
            error.logged();
        }
    };
    app.store
        .submit(move |batch| batch.move_watermarks(chat, user, seq, Seq(0)), log_failure)
        .is_ok()
}
