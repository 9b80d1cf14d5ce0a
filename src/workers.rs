//! Threads for slow work such as password hashing. Each kind of work has its own threads and its own
//! bounded queue, so that it delays no other kind. A full queue answers "busy".

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

type Job = Box<dyn FnOnce() + Send>;

/// The threads of one kind of work and their queue. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Workers {
    queue: SyncSender<Job>,
}

impl Workers {
    /// Starts `count` threads. At most `waiting_max` jobs wait for them.
    pub(crate) fn start(name: &str, count: usize, waiting_max: usize) -> Result<Self> {
        let (queue, jobs) = sync_channel(waiting_max);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..count {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || work(&jobs))
                .map_err(|e| Error::Startup(format!("cannot start a thread: {e}")))?;
        }
        Ok(Self { queue })
    }

    /// Runs `job` on one of the threads and waits for its result. The job runs to its end even if
    /// the caller stops waiting.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full, [`Error::Internal`] when the job panicked.
    pub(crate) async fn run<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move || drop(sender.send(job())));
        match self.queue.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(Error::Busy),
            Err(TrySendError::Disconnected(_)) => {
                return Err(Error::internal("the worker threads have ended"));
            }
        }
        answer.await.unwrap_or_else(|_| Err(Error::internal("a worker's job panicked")))
    }
}

/// The number of cores.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().expect("no panic while holding the queue").recv();
        let Ok(job) = job else { return };
        // A job that panics loses its answer, but the thread goes on.
        drop(catch_unwind(AssertUnwindSafe(job)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_a_full_queue_says_so() {
        let workers = Arc::new(Workers::start("test", 1, 1).unwrap());
        let panicked: Result<()> = workers.run(|| panic!("as expected")).await;
        assert!(matches!(panicked, Err(Error::Internal(_))), "{panicked:?}");
        assert_eq!(workers.run(|| Ok(7)).await.unwrap(), 7, "the thread lives on");
        let (release, held) = sync_channel::<()>(0);
        let (begun, begins) = oneshot::channel();
        let busy = {
            let workers = Arc::clone(&workers);
            let job = move || {
                begun.send(()).unwrap();
                Ok(held.recv().is_ok())
            };
            tokio::spawn(async move { workers.run(job).await })
        };
        begins.await.unwrap();
        let waiting = {
            let mut waiting = Box::pin(workers.run(|| Ok(8)));
            tokio::select! {
                biased;
                outcome = &mut waiting => panic!("the only thread is busy: {outcome:?}"),
                () = std::future::ready(()) => {}
            }
            waiting
        };
        let refused: Result<i32> = workers.run(|| Ok(9)).await;
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
        release.send(()).unwrap();
        assert!(busy.await.unwrap().unwrap());
        assert_eq!(waiting.await.unwrap(), 8);
    }
}
