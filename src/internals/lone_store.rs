//! The store without a server around it.

use std::{
    path::Path,
    sync::mpsc::{SyncSender, sync_channel},
};

use crate::{
    error::{Error, Result},
    model::{NewMessage, Target},
    store::{Allowance, CreateUser, Entry, SendMessage, Store},
    types::{Cid, Content, Skeleton, UserId, Username},
};

/// Requests that may wait, as `--queue-max` has it.
const QUEUE_MAX: usize = 4_096;

/// A store without connections, for benchmarks.
#[derive(Debug)]
pub struct LoneStore {
    store: Store,
    pairs: Vec<(UserId, UserId)>,
}

impl LoneStore {
    /// Opens or makes a database with `pairs` pairs of users.
    ///
    /// # Errors
    /// [`Error`] when the file cannot be used.
    pub fn open(database: &Path, pairs: usize) -> Result<Self> {
        let (store, _) =
            Store::open(database, Allowance::of_queue(QUEUE_MAX), Box::new(|_, _| {}), None)?;
        let (sender, answers) = sync_channel(pairs * 2);
        for number in 0..pairs * 2 {
            let username = Username::parse(&format!("user-{number}"))?;
            let skeleton = Some(Skeleton::of(username.as_str()));
            let password_hash = String::from("no password");
            let command = CreateUser { username, skeleton, password_hash, display_name: None };
            let (entry, sender) = (Entry::now(UserId::SERVER, command), sender.clone());
            drop(store.submit(entry, None, move |outcome| drop(sender.send(outcome)))?);
        }
        let ids = answers.iter().take(pairs * 2).map(|outcome| Ok(outcome?.id));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        let pairs = ids.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        Ok(Self { store, pairs })
    }

    /// Posts `total` messages, `window` of them unfinished at any time. Blocks.
    ///
    /// # Errors
    /// The first [`Error`] of any.
    pub fn post(&self, total: u64, window: usize, text: &str) -> Result<()> {
        let (sender, answers) = sync_channel(window);
        let (mut posted, mut finished) = (0, 0);
        let mut pairs = self.pairs.iter().cycle();
        while finished < total {
            while posted < total && posted - finished < window as u64 {
                let pair = pairs.next().ok_or(Error::NotFound("user"))?;
                self.post_one(*pair, text, &sender)?;
                posted += 1;
            }
            let first = answers.recv().map_err(Error::internal)?;
            for outcome in std::iter::once(first).chain(answers.try_iter()) {
                outcome?;
                finished += 1;
            }
        }
        Ok(())
    }

    fn post_one(
        &self,
        (from, to): (UserId, UserId),
        text: &str,
        sender: &SyncSender<Result<()>>,
    ) -> Result<()> {
        let message = NewMessage {
            target: Target::User(to),
            content: Content::parse(text.to_owned(), text.len())?,
            cid: Some(Cid(uuid::Uuid::now_v7())),
            reply_to: None,
            forward_of: None,
        };
        let (entry, sender) = (Entry::now(from, SendMessage { message }), sender.clone());
        let answer = move |outcome: Result<_>| drop(sender.send(outcome.map(drop)));
        self.store.submit(entry, None, answer).map(drop)
    }
}
