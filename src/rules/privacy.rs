//! What people see of each other: read receipts, and when somebody is or was online.

use crate::types::UserId;

/// Read receipts of a direct chat are shown while all of its people show theirs.
pub(crate) fn is_read_shown(shows_read: impl IntoIterator<Item = bool>) -> bool {
    shows_read.into_iter().all(|shows| shows)
}

/// `viewer` sees when `user` is or was online if both show it. Everybody sees their own.
pub(crate) fn is_last_seen_shown(
    viewer: UserId,
    user: UserId,
    hides: impl Fn(UserId) -> bool,
) -> bool {
    viewer == user || !(hides(viewer) || hides(user))
}
