//! Who does something, and from where.

use crate::Actor;

/// From where something is done, as the audit log keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Via<'a> {
    /// The protocol, such as `web`, `api` or `command line`.
    pub protocol: &'a str,
    /// The device or program; empty where it has no name.
    pub device: &'a str,
    /// The network address; empty where there is none.
    pub address: &'a str,
}

/// Who does something, and from where.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Who.
    pub actor: Actor<'a>,
    /// From where.
    pub via: Via<'a>,
}

impl By<'static> {
    /// The server's operator at its own command line.
    pub const COMMAND_LINE: Self =
        Self { actor: Actor::Operator, via: Via { protocol: "command line", device: "", address: "" } };
}
