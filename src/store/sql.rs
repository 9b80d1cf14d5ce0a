//! How our value types become SQL values and back, and what every query file needs.

use rusqlite::{
    Connection, OptionalExtension, Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use uuid::Uuid;

use crate::{
    error::Result,
    model::{ChatKind, Event, GroupFacts, NewcomerHistory, Permission, Role, ScheduledState},
    types::{
        ChatId, Cid, Emoji, Epoch, MessageId, Millis, PictureId, Revision, ScheduledId, Seq,
        SessionId, Skeleton, Timer, UserId,
    },
};

macro_rules! integers {
    ($($name:ident),+ $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> { Ok(self.0.into()) }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> { value.as_i64().map(Self) }
        }
    )+};
}

integers!(ChatId, Epoch, MessageId, Millis, Revision, ScheduledId, Seq, SessionId, Timer, UserId);

impl ToSql for Cid {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Cid {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Uuid::from_slice(value.as_blob()?).map(Self).map_err(FromSqlError::other)
    }
}

impl ToSql for PictureId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for PictureId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?.try_into().map_err(FromSqlError::other)?;
        Ok(Self(bytes))
    }
}

impl ToSql for Skeleton {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.as_str().as_bytes())))
    }
}

impl ToSql for Emoji {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.as_str().as_bytes())))
    }
}

impl FromSql for Emoji {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str().map(Self::from_stored)
    }
}

/// Values that are stored as JSON.
macro_rules! json {
    ($($type:ty),+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                let text = serde_json::to_string(self);
                text.map(ToSqlOutput::from).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
            }
        }
        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                serde_json::from_str(value.as_str()?).map_err(FromSqlError::other)
            }
        }
    )+};
}

json!(Event, GroupFacts);

/// A list of users as it is stored.
pub(super) fn ids_to_json(ids: &[UserId]) -> String {
    serde_json::to_string(ids).expect("a list of numbers has a JSON form")
}

/// A stored list of users; empty where there is none.
pub(super) fn ids_from_json(row: &Row<'_>, column: &str) -> rusqlite::Result<Box<[UserId]>> {
    let ids = row.get_ref(column)?.as_str_or_null()?;
    let Some(ids) = ids else { return Ok(Box::default()) };
    Ok(serde_json::from_str(ids).map_err(FromSqlError::other)?)
}

/// Enums whose values are words in the schema's CHECKs.
macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal),+ })+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                let word = match self { $(Self::$variant => $word),+ };
                Ok(ToSqlOutput::Borrowed(ValueRef::Text(word.as_bytes())))
            }
        }
        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(FromSqlError::InvalidType),
                }
            }
        }
    )+};
}

words! {
    ChatKind { Direct = "direct", Group = "group" }
    NewcomerHistory { None = "none", All = "all" }
    Permission { All = "all", Admins = "admins" }
    Role { Member = "member", Admin = "admin", Former = "former" }
    ScheduledState {
        Waiting = "waiting", Sent = "sent", Cancelled = "cancelled", Refused = "refused"
    }
}

/// Runs a statement without parameters.
pub(super) fn execute(db: &Connection, sql: &str) -> Result<()> {
    db.prepare_cached(sql)?.execute(())?;
    Ok(())
}

/// The value of a query that may find no row.
pub(super) fn optional<T>(found: rusqlite::Result<T>) -> Result<Option<T>> {
    Ok(found.optional()?)
}
