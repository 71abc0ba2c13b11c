//! Words that stand for values, as the command line has them too.

use access::{Busy, FolderLevel, Level};
use engine::{Origin, PrincipalKind, Showing, State};
use items::Kind;

use super::shape::OneOf;

impl OneOf for FolderLevel {
    fn words() -> Vec<(&'static str, Self)> {
        Self::EVERY.map(|level| (level.as_str(), level)).to_vec()
    }
}

impl OneOf for Level {
    fn words() -> Vec<(&'static str, Self)> {
        Self::EVERY.map(|level| (level.as_str(), level)).to_vec()
    }
}

impl OneOf for Busy {
    fn words() -> Vec<(&'static str, Self)> {
        Self::EVERY.map(|busy| (busy.as_str(), busy)).to_vec()
    }
}

impl OneOf for Kind {
    fn words() -> Vec<(&'static str, Self)> {
        [Self::Mail, Self::Calendar, Self::Contacts, Self::Tasks, Self::Notes, Self::Files]
            .map(|kind| (kind.as_str(), kind))
            .to_vec()
    }
}

impl OneOf for State {
    fn words() -> Vec<(&'static str, Self)> {
        [Self::Open, Self::Asked, Self::Applied, Self::Declined, Self::Dismissed]
            .map(|state| (state.as_str(), state))
            .to_vec()
    }
}

impl OneOf for Origin {
    fn words() -> Vec<(&'static str, Self)> {
        vec![
            ("configuration", Self::Configured),
            ("admin", Self::Set),
            ("own", Self::Own),
            ("account", Self::Account),
        ]
    }
}

impl OneOf for Showing {
    fn words() -> Vec<(&'static str, Self)> {
        vec![("shown", Self::Shown), ("hidden", Self::Hidden), ("no-access", Self::NoAccess)]
    }
}

impl OneOf for PrincipalKind {
    fn words() -> Vec<(&'static str, Self)> {
        vec![("user", Self::User), ("group", Self::Group), ("space", Self::Space)]
    }
}

/// How much of a device is wiped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WipeOf {
    /// What came from this account.
    Account,
    /// Everything.
    Device,
}

impl OneOf for WipeOf {
    fn words() -> Vec<(&'static str, Self)> {
        vec![("account", Self::Account), ("device", Self::Device)]
    }
}

/// How an item's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As it is.
    Text,
    /// In base64, since it is no UTF-8.
    Base64,
}

impl OneOf for Encoding {
    fn words() -> Vec<(&'static str, Self)> {
        vec![("text", Self::Text), ("base64", Self::Base64)]
    }
}
