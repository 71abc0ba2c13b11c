//! What a request asks for, read from its method, query and headers; nobody checked yet who asks.

mod command;
mod device;
mod encoded;
mod plain;
mod version;

use hyper::{HeaderMap, Method};
use thiserror::Error;

use crate::auth::MAX_USER;

pub use command::Command;
pub use device::{DeviceAddress, MAX_DEVICE_ID, MAX_DEVICE_TYPE};
pub use version::Version;

/// The most bytes in a query.
pub const MAX_QUERY: usize = 8 * 1024;

/// The most bytes kept of a program's name.
pub const MAX_AGENT: usize = 255;

/// A request that is well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// OPTIONS: which versions and commands are there? Whatever its query says.
    Options,
    /// POST: a command.
    Command(Box<Request>),
}

impl Received {
    /// Returns what is asked; `query` is what follows the `?`, without it.
    ///
    /// # Errors
    ///
    /// Where the method, the command, the version or the device is missing, unknown or malformed.
    pub fn parse(method: &Method, query: &str, headers: &HeaderMap) -> Result<Self, RequestError> {
        match *method {
            Method::OPTIONS => Ok(Self::Options),
            Method::POST => Request::parse(query, headers).map(|request| Self::Command(Box::new(request))),
            _ => Err(RequestError::Method),
        }
    }
}

/// A command and who says to ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The version the answer must be in.
    pub version: Version,
    /// What to do.
    pub command: Command,
    /// The user the query names. For traces only: the credentials decide.
    pub user: Option<String>,
    /// The device.
    pub device: DeviceAddress,
    /// The policy key; 0 in the first step of provisioning. `None` where it is absent or not a number.
    pub policy_key: Option<u32>,
    /// Whether the answer of ItemOperations is wanted in parts.
    pub multipart: bool,
    /// Whether the answer may be compressed with gzip.
    pub gzip: bool,
    /// The program that asks, as it calls itself; at most [`MAX_AGENT`] bytes, printable. For people to read.
    pub agent: String,
    /// What the query says to the command itself.
    pub parameters: Parameters,
}

/// What a query says to the command itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// The attachment to get.
    pub attachment_name: Option<String>,
    /// The folder of the message replied to or forwarded.
    pub collection_id: Option<String>,
    /// The message replied to or forwarded.
    pub item_id: Option<String>,
    /// The same, as a search result named it.
    pub long_id: Option<String>,
    /// The occurrence of a series.
    pub occurrence: Option<String>,
    /// Whether what is sent goes to Sent Items too.
    pub save_in_sent: bool,
}

/// Why a request line or its headers cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The method is neither OPTIONS nor POST.
    #[error("the method is neither OPTIONS nor POST")]
    Method,
    /// The query is longer than [`MAX_QUERY`].
    #[error("the query has more than {MAX_QUERY} bytes")]
    QueryTooLong,
    /// A base64 query ends inside a field, or a field has another length than it must.
    #[error("the base64 query is malformed")]
    Query,
    /// The query has no `Cmd` and is no base64 query.
    #[error("the query names no command")]
    NoCommand,
    /// The command is none of the protocol's.
    #[error("unknown command {asked:?}")]
    Command {
        /// Its name or, from a base64 query, its code.
        asked: String,
    },
    /// A plain query came without the header that names the version.
    #[error("no protocol version")]
    NoVersion,
    /// The version is not spoken here.
    #[error("protocol version {asked:?} is not spoken here")]
    Version {
        /// What was asked for.
        asked: String,
    },
    /// The device's id is missing or malformed.
    #[error("the device id is not 1 to {MAX_DEVICE_ID} letters, digits, '_', '.' or '-'")]
    DeviceId,
    /// The device's type is missing or malformed.
    #[error("the device type is not 1 to {MAX_DEVICE_TYPE} printable characters")]
    DeviceType,
    /// The user name in the query is longer than [`MAX_USER`].
    #[error("the user name in the query has more than {MAX_USER} bytes")]
    User,
}

/// What one of the two forms of a query says.
struct Asked {
    version: Version,
    command: Command,
    user: Option<String>,
    device: DeviceAddress,
    policy_key: Option<u32>,
    multipart: bool,
    parameters: Parameters,
}

impl Request {
    /// Returns what a POST asks. Of a base64 query, all is taken from the query and the headers that would say
    /// the same are not looked at.
    fn parse(query: &str, headers: &HeaderMap) -> Result<Self, RequestError> {
        if query.len() > MAX_QUERY {
            return Err(RequestError::QueryTooLong);
        }
        let asked = if plain::names_a_command(query) {
            plain::parse(query, headers)?
        } else {
            let bytes = encoded::bytes(&plain::unescaped(query)).ok_or(RequestError::NoCommand)?;
            encoded::parse(&bytes)?
        };
        let Asked { version, command, user, device, policy_key, multipart, parameters } = asked;
        let (gzip, agent) = (accepts_gzip(headers), agent(headers));
        Ok(Self { version, command, user, device, policy_key, multipart, gzip, agent, parameters })
    }
}

/// Returns a header as text without the space around it; `None` if it is absent or not printable ASCII.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Returns what the program calls itself, cut to what is kept; empty where it does not say.
fn agent(headers: &HeaderMap) -> String {
    header(headers, "user-agent").unwrap_or_default().chars().take(MAX_AGENT).collect()
}

/// Returns whether gzip is among the encodings accepted, other than with weight 0.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all("accept-encoding").iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
mod tests;
