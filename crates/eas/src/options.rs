//! The answer to OPTIONS: which versions and commands there are.

use crate::request::{Command, Version};

/// The versions spoken here, oldest first. A phone takes the highest that it knows.
pub const VERSIONS: &str = "12.1,14.0,14.1,16.0,16.1";

/// The commands answered here. Phones switch features on and off by this list.
pub const COMMANDS: &str = "Sync,FolderSync,FolderCreate,FolderUpdate,FolderDelete,MoveItems,GetItemEstimate,\
    Ping,ItemOperations,Settings,Provision,Search,Find,ResolveRecipients,GetAttachment,GetHierarchy,\
    SendMail,SmartReply,SmartForward,MeetingResponse";

/// The headers of the answer to OPTIONS, which has no body. Names in lower case.
///
/// A phone fails to set up its account if either of the two `ms-asprotocol` ones is missing.
pub const HEADERS: [(&str, &str); 5] = [
    ("ms-server-activesync", "16.1"),
    ("ms-asprotocolversions", VERSIONS),
    ("ms-asprotocolcommands", COMMANDS),
    ("public", "OPTIONS,POST"),
    ("allow", "OPTIONS,POST"),
];

impl Command {
    /// Returns whether the command is listed in [`COMMANDS`]. That certificates are not checked is answered to those
    /// who ask all the same, but nobody is invited to.
    #[must_use]
    pub const fn is_listed(self) -> bool {
        self.is_answered() && !matches!(self, Self::ValidateCert)
    }

    /// Returns whether the command is answered here, in one version at least.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        match self {
            Self::Sync
            | Self::FolderSync
            | Self::FolderCreate
            | Self::FolderUpdate
            | Self::FolderDelete
            | Self::MoveItems
            | Self::GetItemEstimate
            | Self::Ping
            | Self::ItemOperations
            | Self::Settings
            | Self::Provision
            | Self::Search
            | Self::Find
            | Self::ResolveRecipients
            | Self::ValidateCert
            | Self::SendMail
            | Self::SmartForward
            | Self::SmartReply
            | Self::MeetingResponse
            | Self::GetAttachment
            | Self::GetHierarchy => true,
            Self::CreateCollection | Self::DeleteCollection | Self::MoveCollection => false,
        }
    }

    /// Returns whether the command exists at this version. The list that phones are told is one for all versions.
    #[must_use]
    pub fn is_of(self, version: Version) -> bool {
        match self {
            // ItemOperations and FolderSync took their places.
            Self::GetAttachment | Self::GetHierarchy => version < Version::V14_0,
            Self::CreateCollection | Self::DeleteCollection | Self::MoveCollection => false,
            Self::Find => version >= Version::V16_1,
            Self::Sync
            | Self::SendMail
            | Self::SmartForward
            | Self::SmartReply
            | Self::FolderSync
            | Self::FolderCreate
            | Self::FolderDelete
            | Self::FolderUpdate
            | Self::MoveItems
            | Self::GetItemEstimate
            | Self::MeetingResponse
            | Self::Search
            | Self::Settings
            | Self::Ping
            | Self::ItemOperations
            | Self::Provision
            | Self::ResolveRecipients
            | Self::ValidateCert => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_listed_oldest_first() {
        assert_eq!(VERSIONS, Version::ALL.map(Version::name).join(","));
    }

    #[test]
    fn a_command_is_listed_if_phones_may_use_it() {
        let listed: Vec<Command> =
            COMMANDS.split(',').map(|name| Command::from_name(name).unwrap()).collect();
        for command in Command::ALL {
            let times = listed.iter().filter(|listed| **listed == command).count();
            assert_eq!(times, usize::from(command.is_listed()), "{command}");
        }
        assert!(listed.iter().all(|command| COMMANDS.contains(command.name())), "spelt as the protocol does");
    }

    #[test]
    fn a_command_exists_at_the_versions_that_have_it() {
        for version in Version::ALL {
            assert!(Command::Sync.is_of(version));
            assert!(!Command::MoveCollection.is_of(version));
            assert_eq!(Command::Find.is_of(version), version == Version::V16_1, "{version}");
            assert_eq!(Command::GetAttachment.is_of(version), version == Version::V12_1, "{version}");
            assert_eq!(Command::GetHierarchy.is_of(version), version == Version::V12_1, "{version}");
        }
    }
}
