//! The members of a chat.

use rusqlite::{Connection, Row as SqlRow};
use serde::Serialize;

use super::{Store, memberships};
use crate::{
    error::Result,
    model::{Audience, ChatKind, Member, Role},
    rules,
    types::{ChatId, Revision, UserId},
};

/// Up to so many people who come at once are told as `member` rows too, live and to devices that
/// catch up. Of more, the members learn by the event line alone: a row for each would go to each.
pub(super) const MEMBER_ROWS_MAX: usize = 10;

/// Members of a chat in the order of their ids.
#[derive(Debug, Serialize)]
pub(crate) struct MemberPage {
    pub(crate) members: Vec<Member>,
    pub(crate) more: bool,
    /// No change up to this revision is missing.
    pub(crate) revision: Revision,
}

impl Member {
    pub(super) fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            chat_id: row.get("chat_id")?,
            user_id: row.get("user_id")?,
            // The people of a direct chat have no role of their own.
            role: row.get::<_, Option<Role>>("role")?.unwrap_or(Role::Member),
            changed: row.get("role_changed")?,
        })
    }
}

impl Store {
    /// A page of a chat's current members after `after`. Somebody who has left sees only themselves.
    pub(crate) async fn list_members(
        &self,
        chat: ChatId,
        caller: UserId,
        after: UserId,
        limit: u32,
    ) -> Result<MemberPage> {
        self.read_long(caller, move |db| {
            let membership = rules::may_enter(memberships::find(db, chat, caller)?)?;
            let only = (membership.role == Role::Former).then_some(caller);
            // Before the members: a change in between then comes in both ways, and not in none.
            let revision = match only {
                Some(_) => membership.changed,
                None => membership.changed.max(last_change(db, chat)?),
            };
            let mut query = db.prepare_cached(
                "SELECT chat_id, user_id, role, role_changed FROM members
                  WHERE chat_id = ?1 AND user_id > ?2
                    AND iif(?3 IS NULL, ifnull(role <> 'former', TRUE), user_id = ?3)
                  ORDER BY user_id LIMIT ?4",
            )?;
            // One more than asked for tells whether there are more.
            let rows =
                query.query_map((chat, after, only, i64::from(limit) + 1), Member::from_row)?;
            let mut members: Vec<Member> = rows.collect::<Result<_, _>>()?;
            let more = members.len() > limit as usize;
            members.truncate(limit as usize);
            Ok(MemberPage { members, more, revision })
        })
        .await
    }

    /// Everybody who hears of changes in a chat, if `caller` is among them.
    ///
    /// # Errors
    /// Those of [`rules::may_enter`] and [`rules::must_be_current`].
    pub(crate) async fn find_audience(&self, chat: ChatId, caller: UserId) -> Result<Audience> {
        self.read(move |db| {
            let membership = rules::may_enter(memberships::find(db, chat, caller)?)?;
            rules::must_be_current(&membership)?;
            audience(db, chat)
        })
        .await
    }
}

/// Everybody who hears of changes in a chat that exists.
pub(super) fn audience(db: &Connection, chat: ChatId) -> Result<Audience> {
    let mut query =
        db.prepare_cached("SELECT kind, low_user_id, high_user_id FROM chats WHERE id = ?1")?;
    let (kind, low, high): (ChatKind, Option<UserId>, Option<UserId>) =
        query.query_row((chat,), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if let (ChatKind::Direct, Some(low), Some(high)) = (kind, low, high) {
        return Ok(Audience::Pair(low, high));
    }
    let mut query = db.prepare_cached(
        "SELECT user_id FROM members WHERE chat_id = ?1 AND role IN ('member', 'admin')
          ORDER BY user_id",
    )?;
    let members = query.query_map((chat,), |row| row.get(0))?;
    Ok(Audience::Members(members.collect::<Result<Vec<_>, _>>()?.into()))
}

/// The revision of the last change that every member of a chat sees and that concerns the members:
/// event lines are messages.
fn last_change(db: &Connection, chat: ChatId) -> Result<Revision> {
    let mut query = db.prepare_cached("SELECT members_changed FROM chats WHERE id = ?1")?;
    let members: Revision = query.query_row((chat,), |row| row.get(0))?;
    let mut query = db.prepare_cached("SELECT max(id) FROM messages WHERE chat_id = ?1")?;
    let last: Option<Revision> = query.query_row((chat,), |row| row.get(0))?;
    Ok(members.max(last.unwrap_or_default()))
}

/// The members of a group whose role changed after `since`, in the order of the changes, without
/// those of more than [`MEMBER_ROWS_MAX`] who came at once.
pub(super) fn list_changed(
    db: &Connection,
    chat: ChatId,
    since: Revision,
) -> Result<Vec<(Revision, UserId)>> {
    let mut query = db.prepare_cached(
        "SELECT role_changed, user_id FROM members WHERE chat_id = ?1 AND role_changed > ?2",
    )?;
    let rows = query.query_map((chat, since), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut changes: Vec<(Revision, UserId)> = rows.collect::<Result<_, _>>()?;
    changes.sort_unstable();
    let at_once = changes.chunk_by(|one, next| one.0 == next.0);
    Ok(at_once.filter(|all| all.len() <= MEMBER_ROWS_MAX).flatten().copied().collect())
}
