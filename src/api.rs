//! Handlers: decode, ask, answer. One file per resource; the table of routes is in `routes.rs`.

pub(crate) mod accounts;
pub(crate) mod chats;
pub(crate) mod group_invites;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod invite;
pub(crate) mod messages;
pub(crate) mod origins;
pub(crate) mod pictures;
pub(crate) mod preferences;
pub(crate) mod privacy;
pub(crate) mod profiles;
pub(crate) mod receipts;
pub(crate) mod sessions;
pub(crate) mod sync;
pub(crate) mod users;
