//! What users show to everyone: their names, an "about" text, a picture.

use super::{
    Store,
    batch::Batch,
    command::{Apply, By, ChangeProfile, RemovePicture, SetPicture},
    group_pictures,
    sql::optional,
};
use crate::{
    error::Result,
    model::{PictureSize, User},
    types::{PictureId, UserId},
};

impl Apply for ChangeProfile {
    type Outcome = User;

    fn bytes(&self) -> usize {
        self.change.about.as_ref().map_or(0, |about| about.as_str().len())
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<User> {
        batch.update_user(by.actor, |user| {
            if let Some(name) = &self.change.display_name {
                let name = name.as_str();
                user.display_name = (!name.is_empty()).then(|| name.to_owned());
            }
            if let Some(about) = &self.change.about {
                about.as_str().clone_into(&mut user.about);
            }
        })
    }
}

impl Apply for SetPicture {
    type Outcome = User;

    fn bytes(&self) -> usize {
        self.picture.small.len() + self.picture.large.len()
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<User> {
        let (bytes, before) = (self.bytes(), batch.picture_bytes(by.actor)?);
        if bytes > before {
            batch.check_quota(by.actor, bytes - before)?;
        }
        batch
            .db
            .prepare_cached(
                "INSERT INTO pictures (user_id, id, small, large) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (user_id) DO UPDATE SET
                   id = excluded.id, small = excluded.small, large = excluded.large",
            )?
            .execute((by.actor, self.id, &self.picture.small, &self.picture.large))?;
        batch.count_stored(by.actor, bytes, before)?;
        batch.update_user(by.actor, |user| user.picture = Some(self.id))
    }
}

impl Apply for RemovePicture {
    type Outcome = User;

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<User> {
        let before = batch.picture_bytes(by.actor)?;
        batch.db.prepare_cached("DELETE FROM pictures WHERE user_id = ?1")?.execute((by.actor,))?;
        batch.count_stored(by.actor, 0, before)?;
        batch.update_user(by.actor, |user| user.picture = None)
    }
}

impl Batch<'_> {
    /// How many bytes the picture of a user has, if they have one.
    fn picture_bytes(&self, user: UserId) -> Result<usize> {
        let mut query = self.db.prepare_cached(
            "SELECT length(small) + length(large) FROM pictures WHERE user_id = ?1",
        )?;
        let bytes: Option<u32> = optional(query.query_row((user,), |row| row.get(0)))?;
        Ok(bytes.unwrap_or_default() as usize)
    }
}

impl Store {
    /// The JPEG of a picture in one of its sizes, if `viewer` may see it. Those of users are for
    /// everybody.
    pub(crate) async fn find_picture(
        &self,
        id: PictureId,
        size: PictureSize,
        viewer: UserId,
    ) -> Result<Option<Vec<u8>>> {
        self.read(move |db| {
            let mut query = db.prepare_cached(match size {
                PictureSize::Small => "SELECT small FROM pictures WHERE id = ?1",
                PictureSize::Large => "SELECT large FROM pictures WHERE id = ?1",
            })?;
            match optional(query.query_row((id,), |row| row.get(0)))? {
                Some(jpeg) => Ok(Some(jpeg)),
                None => group_pictures::find(db, id, size, viewer),
            }
        })
        .await
    }
}
