//! The names of ActiveSync's commands.

use std::fmt;

/// A command of the protocol, also one that is not answered here.
///
/// The discriminant is the code a base64 query uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the protocol's own")]
pub enum Command {
    Sync = 0,
    SendMail = 1,
    SmartForward = 2,
    SmartReply = 3,
    GetAttachment = 4,
    GetHierarchy = 5,
    CreateCollection = 6,
    DeleteCollection = 7,
    MoveCollection = 8,
    FolderSync = 9,
    FolderCreate = 10,
    FolderDelete = 11,
    FolderUpdate = 12,
    MoveItems = 13,
    GetItemEstimate = 14,
    MeetingResponse = 15,
    Search = 16,
    Settings = 17,
    Ping = 18,
    ItemOperations = 19,
    Provision = 20,
    ResolveRecipients = 21,
    ValidateCert = 22,
    Find = 23,
}

impl Command {
    /// Every command, by code.
    pub const ALL: [Self; 24] = [
        Self::Sync,
        Self::SendMail,
        Self::SmartForward,
        Self::SmartReply,
        Self::GetAttachment,
        Self::GetHierarchy,
        Self::CreateCollection,
        Self::DeleteCollection,
        Self::MoveCollection,
        Self::FolderSync,
        Self::FolderCreate,
        Self::FolderDelete,
        Self::FolderUpdate,
        Self::MoveItems,
        Self::GetItemEstimate,
        Self::MeetingResponse,
        Self::Search,
        Self::Settings,
        Self::Ping,
        Self::ItemOperations,
        Self::Provision,
        Self::ResolveRecipients,
        Self::ValidateCert,
        Self::Find,
    ];

    /// Returns the command called `name`, in any case, or `None` for a name that is not one of the protocol's.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.name().eq_ignore_ascii_case(name))
    }

    /// Returns the command with `code` in a base64 query.
    pub(super) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// Returns the name, as queries and headers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sync => "Sync",
            Self::SendMail => "SendMail",
            Self::SmartForward => "SmartForward",
            Self::SmartReply => "SmartReply",
            Self::GetAttachment => "GetAttachment",
            Self::GetHierarchy => "GetHierarchy",
            Self::CreateCollection => "CreateCollection",
            Self::DeleteCollection => "DeleteCollection",
            Self::MoveCollection => "MoveCollection",
            Self::FolderSync => "FolderSync",
            Self::FolderCreate => "FolderCreate",
            Self::FolderDelete => "FolderDelete",
            Self::FolderUpdate => "FolderUpdate",
            Self::MoveItems => "MoveItems",
            Self::GetItemEstimate => "GetItemEstimate",
            Self::MeetingResponse => "MeetingResponse",
            Self::Search => "Search",
            Self::Settings => "Settings",
            Self::Ping => "Ping",
            Self::ItemOperations => "ItemOperations",
            Self::Provision => "Provision",
            Self::ResolveRecipients => "ResolveRecipients",
            Self::ValidateCert => "ValidateCert",
            Self::Find => "Find",
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_by_code_and_by_name_in_any_case() {
        for (code, command) in (0..).zip(Command::ALL) {
            assert_eq!(command as u8, code);
            assert_eq!(Command::from_code(code), Some(command));
            assert_eq!(Command::from_name(command.name()), Some(command));
            assert_eq!(Command::from_name(&command.name().to_lowercase()), Some(command));
            assert_eq!(format!("{command:?}"), command.name());
        }
    }

    #[test]
    fn anything_else_is_no_command() {
        assert_eq!(Command::from_code(24), None);
        assert_eq!(Command::from_code(255), None);
        for name in ["", "Options", "Sync ", "Synch"] {
            assert_eq!(Command::from_name(name), None, "{name}");
        }
    }
}
