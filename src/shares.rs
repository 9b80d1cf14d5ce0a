//! Shares of what is scarce. Each user can hold only a part of it, and waits for the next part
//! until they give one back. So one user cannot hold all of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    error::{Error, Result},
    types::UserId,
};

/// How long a request waits for its share. Clients wait a little longer for an answer.
const WAIT_MAX: Duration = Duration::from_secs(10);

type Users = Arc<Mutex<HashMap<UserId, Arc<Semaphore>>>>;

/// Something that users share.
#[derive(Debug)]
pub(crate) struct Shares {
    total: Arc<Semaphore>,
    each: usize,
    /// Of the users who hold a share or wait for one.
    users: Users,
}

/// What one request holds. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Share {
    held: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
    users: Users,
    user: UserId,
}

impl Shares {
    /// `total` parts for everybody together, of which each user can hold `each`.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        Self { total: Arc::new(Semaphore::new(total)), each, users: Users::default() }
    }

    /// Waits until `user` can have so many parts, which are at most what each can hold. Requests of
    /// one user are served in their order.
    ///
    /// # Errors
    /// [`Error::Busy`] when that takes more than ten seconds.
    pub(crate) async fn take(&self, user: UserId, parts: u32) -> Result<Share> {
        let own = {
            let mut users = self.users.lock().expect("nothing panics while it holds the shares");
            Arc::clone(users.entry(user).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
        };
        let mut share = Share { held: None, users: Arc::clone(&self.users), user };
        // A user first waits for themselves, so that those who wait for the total are different users.
        let taking = async {
            let own = own.acquire_many_owned(parts).await.ok()?;
            let total = Arc::clone(&self.total).acquire_many_owned(parts).await.ok()?;
            Some((own, total))
        };
        share.held = timeout(WAIT_MAX, taking).await.map_err(|_| Error::Busy)?;
        Ok(share)
    }
}

impl Share {
    /// Gives back all but `parts`.
    pub(crate) fn shrink(&mut self, parts: usize) {
        let permits = self.held.iter_mut().flat_map(|(own, total)| [own, total]);
        for permit in permits {
            drop(permit.split(permit.num_permits().saturating_sub(parts)));
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.held = None;
        let Ok(mut users) = self.users.lock() else { return };
        // Whoever holds or waits for a share of this user has a clone.
        if users.get(&self.user).is_some_and(|own| Arc::strong_count(own) == 1) {
            users.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    #[tokio::test(start_paused = true)]
    async fn one_user_cannot_hold_all_and_what_is_given_back_goes_to_the_next() {
        let shares = Shares::new(10, 4);
        let mut first = shares.take(ALICE, 3).await.unwrap();
        assert!(matches!(shares.take(ALICE, 2).await, Err(Error::Busy)), "her part is used up");
        let bobs = shares.take(BOB, 4).await.unwrap();
        first.shrink(1);
        let second = shares.take(ALICE, 3).await.unwrap();
        assert!(matches!(shares.take(UserId(3), 3).await, Err(Error::Busy)), "10 are in use");
        let waiting = shares.take(UserId(3), 3);
        let (third, ()) = tokio::join!(waiting, async { drop(bobs) });
        assert!(third.is_ok());
        drop((first, second, third));
        assert_eq!(shares.total.available_permits(), 10);
        assert!(
            shares.users.lock().unwrap().is_empty(),
            "nothing is kept of users who hold nothing"
        );
    }
}
