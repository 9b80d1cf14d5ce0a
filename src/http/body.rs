//! The body of a reply, and the memory that it may take.

use std::{
    any::Any,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::Stream;
use http_body_util::StreamBody;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::error::{Error, Result};

/// Pieces of a body that is made page by page.
pub(super) type Pages = StreamBody<Pin<Box<dyn Stream<Item = Result<Frame<Bytes>>> + Send>>>;

/// Bytes that hyper is given at a time. It takes the next piece when it has sent this one, so the
/// body ends, and frees its memory, when nearly all of it is sent.
const PIECE_BYTES: usize = 16 * 1024;

/// A body: complete, or made page by page while it is sent. Dropping it gives back what it held.
pub(crate) struct ReplyBody {
    source: Source,
    /// What the body keeps while it is being sent.
    held: Option<Box<dyn Any + Send>>,
}

enum Source {
    Whole(Bytes),
    Pages(Pages),
}

impl ReplyBody {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self { source: Source::Whole(bytes), held: None }
    }

    pub(super) fn pages(pages: Pages) -> Self {
        Self { source: Source::Pages(pages), held: None }
    }

    /// Keeps a value until the body is sent.
    pub(crate) fn hold(&mut self, held: impl Any + Send) {
        self.held = Some(Box::new(held));
    }
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyBody").field("size", &self.size_hint()).finish_non_exhaustive()
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.source {
            Source::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Source::Whole(bytes) => {
                let piece = bytes.split_to(PIECE_BYTES.min(bytes.len()));
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Source::Pages(pages) => Pin::new(pages).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.source, Source::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Source::Pages(_) => SizeHint::default(),
        }
    }
}
