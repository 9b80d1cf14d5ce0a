//! A JSON array that is too long to be made at once. Its items come in pages; each page is made when
//! the one before it has been sent.
//!
//! When a page cannot be made, the connection is closed in the middle of the array. A client notices
//! that: both the last chunk (RFC 9112, section 7.1) and the closing bracket are missing.

use std::future::ready;

use futures_util::{StreamExt, stream};
use http_body_util::StreamBody;
use hyper::{
    Response,
    body::{Bytes, Frame},
};
use serde::Serialize;

use super::{
    Reply, ReplyShare,
    body::{Pages, ReplyBody},
    describe_json, ok_within,
};
use crate::error::Result;

/// 200 with an array of `first` and the pages that `next` makes. `next` takes the rest and returns a
/// page and what is left after it. One page at a time is in memory; `share` is held for it.
pub(crate) fn array_in_pages<T, R, F>(
    mut share: ReplyShare,
    first: &[T],
    rest: Option<R>,
    mut next: impl FnMut(R) -> F + Send + 'static,
) -> Reply
where
    T: Serialize,
    R: Send + 'static,
    F: Future<Output = Result<(Vec<T>, Option<R>)>> + Send + 'static,
{
    let Some(rest) = rest else { return ok_within(share, first) };
    share.end_turn();
    let begun = !first.is_empty();
    let mut beginning = encode(first);
    beginning.pop();
    let beginning = stream::once(ready(Ok(Frame::data(Bytes::from(beginning)))));
    let later = stream::try_unfold((begun, Some(rest)), move |(begun, rest)| {
        let page = rest.map(&mut next);
        async move {
            let Some(page) = page else { return Ok(None) };
            let page = page.await.inspect_err(|error| {
                error.logged();
            });
            let (items, rest) = page?;
            // Each page is encoded as an array. Its brackets are removed, except the last one.
            let mut piece = encode(&items);
            if rest.is_some() {
                piece.pop();
            }
            if !begun || items.is_empty() {
                piece.remove(0);
            } else {
                piece[0] = b',';
            }
            Ok(Some((Frame::data(Bytes::from(piece)), (begun || !items.is_empty(), rest))))
        }
    });
    let pages: Pages = StreamBody::new(Box::pin(beginning.chain(later)));
    let mut reply = Response::new(ReplyBody::pages(pages));
    reply.body_mut().hold(share);
    describe_json(reply.headers_mut());
    reply
}

fn encode<T: Serialize>(items: &[T]) -> Vec<u8> {
    serde_json::to_vec(items).expect("items are plain structs with string keys")
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;
    use crate::{error::Error, http::Holder, shares::Shares, types::UserId};

    /// The body of a reply with these pages; `None` is a page that cannot be made.
    async fn body(pages: &[Option<&[i32]>]) -> Result<String, String> {
        let mut pages: Vec<_> = pages.iter().map(|page| page.map(<[i32]>::to_vec)).collect();
        let first = pages.remove(0).unwrap();
        let next = |mut rest: Vec<Option<Vec<i32>>>| async {
            let page = rest.remove(0).ok_or(Error::Busy)?;
            Ok((page, Some(rest).filter(|rest| !rest.is_empty())))
        };
        let rest = Some(pages).filter(|rest| !rest.is_empty());
        let memory = Shares::new(1, 1).take(Holder::User(UserId(1)), 1).await.unwrap();
        let share = ReplyShare::new(memory, None);
        let reply = array_in_pages(share, &first, rest, next);
        let body = reply.into_body().collect().await.map_err(|error| error.to_string())?;
        Ok(String::from_utf8(body.to_bytes().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn pages_make_one_array_wherever_they_are_empty() {
        let choices: [&[i32]; 3] = [&[], &[1], &[2, 3]];
        for n in 0..81 {
            let pages = [n % 3, n / 3 % 3, n / 9 % 3, n / 27].map(|choice| choices[choice]);
            for count in 1..=4 {
                let pages = &pages[..count];
                let whole = body(&pages.iter().map(|page| Some(*page)).collect::<Vec<_>>()).await;
                assert_eq!(whole.unwrap(), serde_json::to_string(&pages.concat()).unwrap());
            }
        }
    }

    #[tokio::test]
    async fn a_page_that_cannot_be_made_is_an_error_and_not_an_end() {
        let broken = body(&[Some(&[1]), Some(&[2]), None, Some(&[3])]).await;
        assert!(broken.unwrap_err().contains("busy"));
    }
}
