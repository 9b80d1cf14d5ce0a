//! The order in which uploads are decoded. Users take turns, and so do addresses, because one person
//! may have many accounts: beside those that run, an upload waits for at most one of each other
//! address.

use std::time::Duration;

use crate::{
    error::Result,
    http::Holder,
    shares::{Share, Shares},
    types::UserId,
};

/// How long an upload waits for its turn. One before it may take fifteen seconds.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// The processes that may run at one time.
#[derive(Debug)]
pub(super) struct Turns {
    /// One upload of each user waits among those of others. The next one waits here.
    users: Shares<UserId>,
    processes: Shares<Holder>,
}

/// The right to run a process. Dropping it lets the next upload run.
#[derive(Debug)]
pub(super) struct Turn {
    // First: the others are served before the user's next upload comes back.
    _process: Share<Holder>,
    _user: Share<UserId>,
}

impl Turns {
    /// Allows `processes` at one time.
    pub(super) fn new(processes: usize) -> Self {
        Self { users: Shares::new(usize::MAX, 1), processes: Shares::new(processes, processes) }
    }

    /// Waits for the turn of this user.
    ///
    /// # Errors
    /// [`Error::Busy`](crate::error::Error::Busy) when it does not come in time.
    pub(super) async fn take(&self, user: UserId, holder: Holder) -> Result<Turn> {
        let user = self.users.take_within(user, 1, WAIT_MAX).await?;
        let process = self.processes.take_within(holder, 1, WAIT_MAX).await?;
        Ok(Turn { _process: process, _user: user })
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use futures_util::future::{FutureExt, LocalBoxFuture};

    use super::*;

    type Waiting<'a> = LocalBoxFuture<'a, Result<Turn>>;

    /// An upload that waits for its turn.
    fn wait(turns: &Turns, user: i64, holder: Holder) -> Waiting<'_> {
        let mut waiting: Waiting<'_> = Box::pin(turns.take(UserId(user), holder));
        assert!(waiting.as_mut().now_or_never().is_none(), "the only process runs");
        waiting
    }

    fn granted(waiting: &mut Waiting<'_>) -> Option<Turn> {
        Pin::new(waiting).now_or_never().map(Result::unwrap)
    }

    fn user(id: i64) -> Holder {
        Holder::User(UserId(id))
    }

    #[tokio::test]
    async fn the_second_upload_of_a_user_waits_for_the_first_of_others() {
        let turns = Turns::new(1);
        let first = turns.take(UserId(1), user(1)).await.unwrap();
        let mut second = wait(&turns, 1, user(1));
        let (mut bobs, mut carols) = (wait(&turns, 2, user(2)), wait(&turns, 3, user(3)));
        drop(first);
        assert!(granted(&mut second).is_none());
        drop(granted(&mut bobs).unwrap());
        assert!(granted(&mut second).is_none());
        drop(granted(&mut carols).unwrap());
        assert!(granted(&mut second).is_some());
    }

    #[tokio::test]
    async fn many_accounts_at_one_place_take_one_turn() {
        let turns = Turns::new(1);
        let (school, home) = (user(1), user(2));
        let first = turns.take(UserId(1), school).await.unwrap();
        let mut same: Vec<_> = (2..20).map(|id| wait(&turns, id, school)).collect();
        let mut elsewhere = wait(&turns, 20, home);
        drop(first);
        let next = granted(&mut same[0]).unwrap();
        assert!(granted(&mut elsewhere).is_none());
        drop(next);
        assert!(granted(&mut same[1]).is_none());
        assert!(granted(&mut elsewhere).is_some());
    }
}
