//! The rules of the chat: who may do what, in the words of the domain.
//!
//! Handlers and sockets decode and ask here; here it is decided, and the store is told.

pub(crate) mod accounts;
pub(crate) mod messages;
pub(crate) mod preferences;
pub(crate) mod presence;
pub(crate) mod privacy;
pub(crate) mod profiles;
pub(crate) mod receipts;
