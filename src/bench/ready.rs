//! Which of the many sockets that one task reads have something to read. The task goes through
//! those only.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard},
    task::{Poll, Wake, Waker, ready},
};

use futures_util::task::AtomicWaker;
use tokio::task::coop;

/// The sockets of a task that may have something to read, by their place among all.
#[derive(Debug)]
pub(super) struct Ready {
    list: Arc<List>,
    wakers: Vec<Waker>,
}

#[derive(Debug, Default)]
struct List {
    places: Mutex<Vec<usize>>,
    task: AtomicWaker,
}

/// Wakes the task for one socket.
#[derive(Debug)]
struct Place {
    place: usize,
    list: Arc<List>,
}

impl Ready {
    /// For `count` sockets. Each must be polled once before it can wake the task, so at first all
    /// of them count as ready.
    pub(super) fn new(count: usize) -> Self {
        let list = Arc::new(List { places: Mutex::new((0..count).collect()), ..List::default() });
        let wakers = (0..count).map(|place| Arc::new(Place { place, list: Arc::clone(&list) }));
        let wakers = wakers.map(Waker::from).collect();
        Self { list, wakers }
    }

    /// The waker to poll a socket with.
    pub(super) fn waker(&self, place: usize) -> &Waker {
        &self.wakers[place]
    }

    /// Waits until a socket may have something to read.
    pub(super) async fn wait(&self) {
        poll_fn(|context| {
            // Reads take from the task's budget. Without any left, sockets only seem to be empty.
            let budget = ready!(coop::poll_proceed(context));
            self.list.task.register(context.waker());
            if self.list.places().is_empty() {
                return Poll::Pending;
            }
            budget.made_progress();
            Poll::Ready(())
        })
        .await;
    }

    /// Takes the places of all that may have something to read: each must be read until nothing is
    /// left. `places` is emptied and its memory is used again.
    pub(super) fn take(&self, places: &mut Vec<usize>) {
        places.clear();
        std::mem::swap(places, &mut self.list.places());
    }
}

impl List {
    fn places(&self) -> MutexGuard<'_, Vec<usize>> {
        self.places.lock().expect("nothing panics while it holds the places")
    }
}

impl Wake for Place {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.list.places().push(self.place);
        self.list.task.wake();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn take(ready: &Ready) -> Vec<usize> {
        let mut places = vec![7, 7, 7];
        ready.take(&mut places);
        places
    }

    #[tokio::test]
    async fn a_task_waits_until_one_of_its_sockets_is_ready() {
        let ready = Arc::new(Ready::new(3));
        ready.wait().await;
        assert_eq!(take(&ready), [0, 1, 2], "all at first");
        assert_eq!(ready.wait().now_or_never(), None);
        let waiting = tokio::spawn({
            let ready = Arc::clone(&ready);
            async move { ready.wait().await }
        });
        tokio::task::yield_now().await;
        ready.waker(2).wake_by_ref();
        waiting.await.unwrap();
        ready.waker(0).wake_by_ref();
        assert_eq!(take(&ready), [2, 0]);
        assert!(take(&ready).is_empty());
    }
}
