//! What a caller can ask for. Handlers and sockets decode and ask here.
//!
//! An action checks what needs no database, draws times, ids and tokens, and submits a command to
//! the store, where `rules` decides and the change is made.

pub(crate) mod accounts;
pub(crate) mod messages;
pub(crate) mod preferences;
pub(crate) mod presence;
pub(crate) mod privacy;
pub(crate) mod profiles;
pub(crate) mod receipts;
