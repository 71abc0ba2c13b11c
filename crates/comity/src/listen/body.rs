//! A request's body that may not come too slowly.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

/// Seconds before slowness counts.
const GRACE_S: u64 = 30;
/// Bytes per second that a body must come with on the whole, after that.
const MIN_BYTES_PER_S: u64 = 1024;

/// A body with a deadline that moves on with every byte.
#[derive(Debug)]
pub(super) struct Paced<B> {
    body: B,
    deadline: Pin<Box<Sleep>>,
}

/// Why a body ends before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum PacedError {
    /// It came too slowly.
    #[error("the body came too slowly")]
    Slow,
    /// The connection failed.
    #[error("reading the body")]
    Read(#[source] hyper::Error),
}

impl Paced<Incoming> {
    /// Returns the body with its deadline; the time counts from now.
    pub(super) fn new(body: Incoming) -> Self {
        Self { body, deadline: Box::pin(tokio::time::sleep(Duration::from_secs(GRACE_S))) }
    }
}

/// Returns how long a body that brought these bytes may go on for them.
const fn worth(bytes: usize) -> Duration {
    Duration::from_millis((bytes as u64).saturating_mul(1000) / MIN_BYTES_PER_S)
}

impl Body for Paced<Incoming> {
    type Data = Bytes;
    type Error = PacedError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PacedError>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                let later: Instant = this.deadline.deadline() + worth(bytes);
                this.deadline.as_mut().reset(later);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(PacedError::Read(error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match this.deadline.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Some(Err(PacedError::Slow))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
