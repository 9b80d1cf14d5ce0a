//! Who may do what. Every permission is decided here, for reads, writes and frames alike.
//!
//! Rules are pure functions over a [`Membership`] and the settings of a chat. The store reads both
//! and asks, on the writer thread for writes and on a reader for reads. No other code compares user
//! ids with lists of members.

mod chats;
mod mentions;
mod messages;
mod privacy;

pub(crate) use self::{
    chats::{
        may_be_in_groups, may_change_group, may_enter, may_have_members, may_have_stays,
        may_join_by_link, may_manage_group, may_remove_member, may_set_timer, may_stop_being_admin,
        must_be_current,
    },
    mentions::find_mentions,
    messages::{
        may_begin_edit, may_delete, may_edit, may_forward, may_pin, may_react, may_schedule,
        may_see_message, may_see_receipts, may_star, may_write,
    },
    privacy::{is_last_seen_shown, is_read_shown},
};
