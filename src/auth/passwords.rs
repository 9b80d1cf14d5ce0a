//! Argon2id (RFC 9106) with the library's default cost, on bounded workers.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// Hashes that may wait. At some 20 ms each, the last one waits about a second.
const WAITING_MAX: usize = 64;

/// What an unknown user's attempt is checked against, so that the answer takes as long as for a
/// known one: the default cost, and a hash of zeros whose password nobody knows.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2hhYXAtZGVjb3ktc2FsdA$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

type Job = Box<dyn FnOnce() + Send>;

/// The workers. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Passwords {
    queue: SyncSender<Job>,
}

impl Passwords {
    /// Starts half as many workers as there are cores: each hash fills 19 MiB of memory, and
    /// the other cores go on with messages.
    pub(crate) fn start() -> Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let (queue, jobs) = sync_channel(WAITING_MAX);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..cores.div_ceil(2) {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new()
                .name(String::from("password"))
                .spawn(move || work(&jobs))
                .map_err(|e| Error::Startup(format!("cannot start a thread: {e}")))?;
        }
        Ok(Self { queue })
    }

    /// The PHC string to keep for a new password.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        self.run(move || hash(password.as_bytes())).await?
    }

    /// Whether `password` is the one `kept` was made from. Without a `kept`, the same work for "no".
    pub(crate) async fn verify(&self, password: String, kept: Option<String>) -> Result<bool> {
        let known = kept.is_some();
        let matches = self.run(move || {
            let kept = kept.as_deref().unwrap_or(DECOY);
            let parsed = PasswordHash::new(kept).map_err(|e| Error::internal(e.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(matches.await?? && known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<Result<T>> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move || drop(sender.send(work())));
        match self.queue.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(Error::Busy),
            Err(TrySendError::Disconnected(_)) => {
                return Err(Error::internal("the password workers are gone"));
            }
        }
        answer.await.map_err(|_| Error::internal("a password worker panicked"))
    }
}

fn hash(password: &[u8]) -> Result<String> {
    let hash = Argon2::default().hash_password(password);
    Ok(hash.map_err(|e| Error::internal(e.to_string()))?.to_string())
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().expect("nobody panics while holding the queue").recv();
        let Ok(job) = job else { return };
        // A panicking hash loses its own answer, not the worker.
        drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Algorithm, version and cost of a PHC string.
    fn cost(phc: &str) -> Vec<&str> {
        phc.split('$').take(4).collect()
    }

    #[test]
    fn an_unknown_user_costs_as_much_as_a_known_one() {
        let kept = hash(b"correct horse").unwrap();
        assert_eq!(cost(DECOY), cost(&kept));
        let decoy = PasswordHash::new(DECOY).unwrap();
        assert_eq!(
            decoy.hash.unwrap().len(),
            PasswordHash::new(&kept).unwrap().hash.unwrap().len()
        );
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_a_stranger_is_nobody() {
        let passwords = Passwords::start().unwrap();
        let kept = passwords.hash(String::from("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        let verify = |word: &str, kept| passwords.verify(word.to_owned(), kept);
        assert!(verify("correct horse", Some(kept.clone())).await.unwrap());
        assert!(!verify("battery staple", Some(kept)).await.unwrap());
        assert!(!verify("correct horse", None).await.unwrap());
    }
}
