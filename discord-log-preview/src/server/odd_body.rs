//! Bodies that go wrong: in drops, cut short, without end.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame};
use tokio::time::{Sleep, sleep};

/// Bytes of filler that are sent at a time.
const FILLER: usize = 16 * 1024;

/// A body in drops, with a pause before each.
pub(super) fn trickle(bytes: Bytes, drop_size: usize, pause: Duration) -> Body {
    Body::new(Trickle { rest: bytes, drop_size: drop_size.max(1), pause, sleep: Box::pin(sleep(pause)) })
}

/// A JSON object that goes on for so many bytes.
pub(super) fn oversized(bytes: u64) -> Body {
    Body::new(Oversized { opened: false, left: bytes })
}

struct Trickle {
    rest: Bytes,
    drop_size: usize,
    pause: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl HttpBody for Trickle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.sleep.as_mut().poll(context));
        self.sleep = Box::pin(sleep(self.pause));
        let size = self.drop_size.min(self.rest.len());
        let drop = self.rest.split_to(size);
        Poll::Ready(Some(Ok(Frame::data(drop))))
    }
}

struct Oversized {
    opened: bool,
    left: u64,
}

impl HttpBody for Oversized {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.opened {
            self.opened = true;
            let start = Bytes::from_static(b"{\"id\":\"1\",\"content\":\"");
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let size = usize::try_from(self.left).map_or(FILLER, |left| left.min(FILLER));
        self.left -= size as u64;
        let mut filler = vec![b'x'; size];
        if self.left == 0 {
            filler.extend_from_slice(b"\"}");
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(filler)))))
    }
}
