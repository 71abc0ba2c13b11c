//! A client that keeps its connection and spends as little as it can on each answer.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context as _, Result, ensure};

/// Bytes that are read at a time; an answer here is shorter.
const BUFFER: usize = 4096;

/// A kept connection.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Box<[u8; BUFFER]>,
}

impl Client {
    /// Opens a connection.
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).context("connecting")?;
        stream.set_nodelay(true).context("setting up a connection")?;
        Ok(Self { stream, buffer: Box::new([0; BUFFER]) })
    }

    /// Sends a request and takes its answer, which must be 200. Returns how long its body is.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<usize> {
        self.stream.write_all(request).context("sending a request")?;
        let mut filled = 0;
        loop {
            let free = self.buffer.get_mut(filled..).unwrap_or_default();
            let read = self.stream.read(free).context("reading an answer")?;
            ensure!(read > 0, "the server hung up, or its answer is too long");
            filled += read;
            let answer = self.buffer.get(..filled).unwrap_or_default();
            if let Some((head, body)) = split(answer) {
                let length = length(head)?;
                if body.len() >= length {
                    ensure!(head.starts_with(b"HTTP/1.1 200"), "an answer is not 200");
                    return Ok(length);
                }
            }
        }
    }
}

/// Splits an answer into head and body; `None` while the head is not complete.
fn split(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    answer.split_at_checked(end + 4)
}

fn length(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head).context("reading an answer's head")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value.trim())
    });
    length.context("an answer does not say its length")?.parse().context("reading an answer's length")
}
