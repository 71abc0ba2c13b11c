//! A body that is read out of the store while it is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use engine::Error;
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::piece::Reader;
use crate::reply::Reply;
use crate::server::{Server, chain};

/// An answer's body. If it cannot be read to its end, the connection ends before it: the phone sees that it did not
/// get all, and asks again.
pub(crate) struct Stream {
    server: Arc<Server>,
    state: State,
    left: u64,
}

/// What was read: bytes, perhaps none, or nothing at the end.
type Read = Result<Option<Vec<u8>>, Error>;

enum State {
    Beginning(Vec<u8>, Reader),
    Between(Reader),
    Reading(JoinHandle<(Reader, Read)>),
    Ended,
}

impl Stream {
    /// Returns the body of an answer.
    pub(crate) fn body(server: Arc<Server>, reply: Reply) -> Body {
        if reply.rest.is_empty() {
            return Body::from(reply.body);
        }
        let left = reply.size_bytes() as u64;
        Body::new(Self { server, state: State::Beginning(reply.body, Reader::new(reply.rest)), left })
    }

    fn read(&self, mut reader: Reader) -> State {
        let server = Arc::clone(&self.server);
        // The database is waited for on a thread of its own, as for any request.
        State::Reading(tokio::task::spawn_blocking(move || {
            let read = reader.next(server.engine());
            (reader, read)
        }))
    }

    fn frame(&mut self, bytes: Vec<u8>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(bytes.into()))))
    }
}

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        loop {
            match std::mem::replace(&mut this.state, State::Ended) {
                State::Beginning(bytes, reader) => {
                    this.state = State::Between(reader);
                    return this.frame(bytes);
                }
                State::Between(reader) => this.state = this.read(reader),
                State::Reading(mut reading) => match Pin::new(&mut reading).poll(context) {
                    Poll::Pending => {
                        this.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok((reader, Ok(Some(bytes))))) => {
                        this.state = State::Between(reader);
                        if !bytes.is_empty() {
                            return this.frame(bytes);
                        }
                    }
                    Poll::Ready(Ok((_, Ok(None)))) => return Poll::Ready(None),
                    Poll::Ready(Ok((_, Err(error)))) => {
                        tracing::warn!(error = %chain(&error), "an answer could not be sent to its end");
                        return Poll::Ready(Some(Err(io::Error::other(error))));
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                },
                State::Ended => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
