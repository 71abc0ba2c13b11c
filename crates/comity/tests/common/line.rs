//! A phone's line to a server: plain HTTP over a socket.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use phone::{Answer, Kind, Request, Transport};

/// More than any request takes; a Ping of the tests waits a minute at most.
const PATIENCE: Duration = Duration::from_secs(90);

/// A line for one phone of one user of the demo.
#[derive(Debug, Clone)]
pub struct Line {
    pub address: String,
    pub user: &'static str,
    /// The value of the Authorization header.
    pub authorization: &'static str,
    pub device: String,
    pub kind: Kind,
}

impl Line {
    /// A new connection. It gives up on a server that says nothing for long.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// A request as it goes over the wire.
    pub fn bytes(&self, request: &Request) -> Vec<u8> {
        let Self { address, user, authorization, device, kind } = self;
        let head = format!(
            "POST /Microsoft-Server-ActiveSync?Cmd={}&User={user}&DeviceId={device}&DeviceType={} HTTP/1.1\r\n\
             Host: {address}\r\nAuthorization: {authorization}\r\nMS-ASProtocolVersion: {}\r\nX-MS-PolicyKey: {}\r\n\
             User-Agent: Tests/1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            request.command,
            kind.device_type(),
            request.version,
            request.policy_key,
            request.body.len(),
        );
        [head.as_bytes(), &request.body].concat()
    }
}

impl Transport for Line {
    fn send(&mut self, request: &Request) -> io::Result<Answer> {
        let mut stream = self.connect()?;
        stream.write_all(&self.bytes(request))?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        parse(&answer).ok_or_else(|| io::Error::other("the answer is not HTTP"))
    }
}

/// Reads an answer; `None` where it is not one, whole.
pub fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, body: answer.get(end + 4..)?.to_vec() })
}
