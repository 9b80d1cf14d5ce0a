//! How our words become SQL values and back.

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef},
};
use uuid::Uuid;

use crate::{
    model::ChatKind,
    types::{ChatId, Cid, Epoch, MessageId, Millis, PictureId, Revision, Seq, SessionId, UserId},
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

integers!(ChatId, Epoch, MessageId, Millis, Revision, Seq, SessionId, UserId);

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

impl ToSql for ChatKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = match self {
            Self::Direct => "direct",
            Self::Group => "group",
        };
        Ok(ToSqlOutput::Owned(Value::Text(text.to_owned())))
    }
}

impl FromSql for ChatKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "direct" => Ok(Self::Direct),
            "group" => Ok(Self::Group),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
