//! The limits of a socket: how many there may be, and how fast one may send.
//!
//! A frame over a rate gets an `error` frame with `retry_after_ms`, and the socket reads nothing for
//! that time. If a user goes on for long, each further refusal costs a second, and in the end the
//! socket closes with 1008.

use std::{sync::Arc, time::Duration};

use super::{Ending, Socket, unserved};
use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{ClientAddress, ReplyShare, Request},
    limits::{Act, Budget, Held, Place},
    model::Caller,
    wire::Names,
};

/// The longest rest after one frame over a limit. Others of its kind may be far from theirs.
const REST_MAX: Duration = Duration::from_secs(1);

/// Who connects and from where, and their places.
pub(super) struct Guest {
    pub(super) caller: Caller,
    pub(super) address: Option<ClientAddress>,
    pub(super) places: Places,
}

/// The places of a socket among those of its user and its address. None without limits.
#[derive(Debug)]
pub(super) struct Places {
    user: Option<Held>,
    address: Option<Held>,
}

/// Who connects, if they are signed in and neither they nor their address connect too often.
pub(super) async fn admit(app: &App, request: &Request, token: Option<&str>) -> Result<Guest> {
    let address = ClientAddress::of(request, &app.config.trusted_proxy);
    let held = match app.limits.of_address(address) {
        Some(budget) => {
            budget.admit(Act::Connect).await?;
            Some(budget.enter(Place::Socket).await?)
        }
        None => None,
    };
    let (caller, user) = actions::accounts::admit(app, token, Act::Connect).await?;
    // There is always room for one more: the hub closes the user's oldest socket.
    let user = user.map(|user| user.hold(Place::Socket));
    Ok(Guest { caller, address, places: Places { user, address: held } })
}

impl Socket {
    /// Waits for the memory of a page.
    pub(super) async fn reply_share(&self) -> Result<ReplyShare, Ending> {
        let share = self.app.reply_share(self.address, self.connection.user_id).await;
        share.map_err(|error| unserved(&error))
    }

    /// Takes a frame from the user's budget. If that fails, answers it; the caller must drop it.
    #[must_use]
    pub(super) fn may(&mut self, act: Act, names: &Names) -> bool {
        self.check(|user, _| user.take(act), names)
    }

    /// Takes a message of so many bytes from the budgets of the user and of the address, like
    /// [`Socket::may`].
    #[must_use]
    pub(super) fn may_send(&mut self, bytes: usize, names: &Names) -> bool {
        let take = |user: &Budget, address: Option<&Budget>| {
            user.take_message(bytes)?;
            address.map_or(Ok(()), |address| address.take_message_together(bytes))
        };
        self.check(take, names)
    }

    /// Takes a typing notice from the user's budget. Notices beyond it are lost, as they may be.
    #[must_use]
    pub(super) fn may_type(&mut self) -> bool {
        let Some(budget) = self.budget() else { return true };
        let taken = budget.take(Act::Typing).is_ok();
        if !taken {
            self.penalize();
        }
        taken
    }

    /// Takes a protocol ping or pong from the user's budget.
    pub(super) fn limit_control(&mut self) {
        if self.budget().is_some_and(|budget| budget.take(Act::Ping).is_err()) {
            self.penalize();
        }
    }

    /// Counts a frame that was refused or not understood.
    pub(super) fn penalize(&mut self) {
        if let Some(wait) = self.budget().and_then(|budget| budget.penalty()) {
            self.stream.get_mut().punish(wait);
        }
    }

    fn check(
        &mut self,
        take: impl FnOnce(&Budget, Option<&Budget>) -> Result<()>,
        names: &Names,
    ) -> bool {
        let Some(budget) = self.budget() else { return true };
        let address = self.places.address.as_ref().map(|held| &**held.budget());
        let Err(error) = take(budget, address) else { return true };
        self.refuse(&error, names);
        if let Error::TooMany { retry_after, .. } = error {
            self.stream.get_mut().rest(retry_after.min(REST_MAX));
        }
        self.penalize();
        false
    }

    fn budget(&self) -> Option<&Arc<Budget>> {
        self.places.user.as_ref().map(Held::budget)
    }
}
