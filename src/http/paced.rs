//! A connection whose peer must take what it has asked for: one that reads too slowly is cut, because
//! what waits for it takes memory.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// The least that a peer takes while something waits for it, in bytes per second. The slowest mobile
/// networks are several times as fast.
const BYTES_PER_SECOND_MIN: u64 = 1_024;

/// A stream with a least speed for its peer. A write fails with [`io::ErrorKind::TimedOut`] when the
/// peer takes less.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    window: Duration,
    /// While something waits to be written. Boxed, because most peers take everything at once.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Bytes taken since `waiting` began.
    taken: u64,
}

impl<S> Paced<S> {
    /// `window`: the time over which the speed is measured.
    pub(crate) fn new(stream: S, window: Duration) -> Self {
        Self { stream, window, waiting: None, taken: 0 }
    }

    /// Counts what a write has done, and fails if the peer has taken too little for too long.
    fn check(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(bytes)) => self.taken += *bytes as u64,
            Poll::Ready(Err(_)) => {}
            Poll::Pending => return self.wait(context),
        }
        written
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        loop {
            let waiting = match &mut self.waiting {
                Some(waiting) => waiting,
                none => {
                    self.taken = 0;
                    none.insert(Box::pin(sleep(self.window)))
                }
            };
            if waiting.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            if self.taken < self.window.as_secs().max(1) * BYTES_PER_SECOND_MIN {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.waiting = None;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.check(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.check(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called when everything was written, so nothing waits any more.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.waiting = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    /// Writes 100 KB to a peer that takes `bytes` every `pause`.
    async fn write_to_a_peer_that_takes(bytes: usize, pause: Duration) -> io::Result<()> {
        let (near, mut far) = duplex(1_024);
        let reading = async move {
            let mut some = vec![0; bytes];
            loop {
                sleep(pause).await;
                if far.read(&mut some).await.unwrap_or(0) == 0 {
                    return;
                }
            }
        };
        let mut paced = Paced::new(near, WINDOW);
        let writing = async {
            paced.write_all(&vec![7; 100_000]).await?;
            paced.flush().await
        };
        tokio::select! {
            written = writing => written,
            () = reading => Ok(()),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_too_little_is_cut_and_a_slow_one_is_not() {
        let second = Duration::from_secs(1);
        for (bytes, pause) in [(1_024, second / 2), (1_024, second * 9 / 10), (64, second / 20)] {
            write_to_a_peer_that_takes(bytes, pause).await.unwrap();
        }
        for (bytes, pause) in [(1_024, second * 3), (1, second / 100), (0, second)] {
            let cut = write_to_a_peer_that_takes(bytes.max(1), pause).await;
            assert_eq!(cut.unwrap_err().kind(), io::ErrorKind::TimedOut, "{bytes} {pause:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_in_which_nothing_waits_does_not_count() {
        let (near, mut far) = duplex(64);
        let mut paced = Paced::new(near, WINDOW);
        let peer = tokio::spawn(async move {
            let mut all = vec![0; 1_000];
            far.read_exact(&mut all).await.unwrap();
            far.read_exact(&mut all).await.unwrap();
        });
        for _ in 0..2 {
            paced.write_all(&[7; 1_000]).await.unwrap();
            paced.flush().await.unwrap();
            sleep(WINDOW * 5).await;
        }
        peer.await.unwrap();
    }
}
