//! What people show of themselves: their names, a line, a picture.

use rusqlite::OptionalExtension;

use super::{Batch, Store, accounts};
use crate::{
    error::{Error, Result},
    model::{Audience, Picture, PictureSize, ProfileChange, Row, User},
    types::{PictureId, UserId},
};

impl Batch<'_> {
    /// Changes what is named, and tells everybody if that made a difference.
    pub(crate) fn change_profile(&mut self, user: UserId, change: &ProfileChange) -> Result<User> {
        self.keep_user(user, |kept| {
            if let Some(name) = &change.display_name {
                let name = name.as_str();
                kept.display_name = (!name.is_empty()).then(|| name.to_owned());
            }
            if let Some(about) = &change.about {
                about.as_str().clone_into(&mut kept.about);
            }
        })
    }

    /// Puts a picture in the place of the one before, and tells everybody.
    pub(crate) fn set_picture(
        &mut self,
        user: UserId,
        id: PictureId,
        picture: &Picture,
    ) -> Result<User> {
        self.db
            .prepare_cached(
                "INSERT INTO pictures (user_id, id, small, large) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (user_id) DO UPDATE SET
                   id = excluded.id, small = excluded.small, large = excluded.large",
            )?
            .execute((user, id, &picture.small, &picture.large))?;
        self.keep_user(user, |kept| kept.picture = Some(id))
    }

    /// Removes the picture, and tells everybody if there was one.
    pub(crate) fn remove_picture(&mut self, user: UserId) -> Result<User> {
        self.db.prepare_cached("DELETE FROM pictures WHERE user_id = ?1")?.execute((user,))?;
        self.keep_user(user, |kept| kept.picture = None)
    }

    fn keep_user(&mut self, id: UserId, change: impl FnOnce(&mut User)) -> Result<User> {
        let before = accounts::find_user(self.db, id)?.ok_or(Error::NotFound("user"))?;
        let mut kept = before.clone();
        change(&mut kept);
        if kept == before {
            return Ok(kept);
        }
        kept.changed = self.next_revision();
        self.db
            .prepare_cached(
                "UPDATE users SET display_name = ?2, about = ?3, picture = ?4, changed = ?5
                  WHERE id = ?1",
            )?
            .execute((id, &kept.display_name, &kept.about, kept.picture, kept.changed))?;
        self.announce(Row::User(kept.clone()), Audience::Everyone, None);
        Ok(kept)
    }
}

impl Store {
    /// A picture's JPEG in one of its sizes.
    pub(crate) async fn find_picture(
        &self,
        id: PictureId,
        size: PictureSize,
    ) -> Result<Option<Vec<u8>>> {
        self.read(move |db| {
            let mut query = db.prepare_cached(match size {
                PictureSize::Small => "SELECT small FROM pictures WHERE id = ?1",
                PictureSize::Large => "SELECT large FROM pictures WHERE id = ?1",
            })?;
            Ok(query.query_row((id,), |row| row.get(0)).optional()?)
        })
        .await
    }
}
