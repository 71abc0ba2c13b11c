//! The statuses any command can answer with, and whether they go out as HTTP code or in a body.
//!
//! A phone that speaks 14.0 or later reads them from a body with HTTP code 200; an older one does not know them
//! and gets an HTTP code.

use wbxml::page::{
    air_sync, compose_mail, find, folder_hierarchy, get_item_estimate, item_operations, meeting_response,
    move_, ping, provision, resolve_recipients, search, settings, validate_cert,
};
use wbxml::{Element, Tag};

use crate::request::{Command, Request, RequestError, Version};

/// Makes the statuses from one table: value, name, HTTP code, meaning.
macro_rules! common_statuses {
    ($($value:literal $name:ident $http:literal $meaning:literal,)+) => {
        /// A status that any command can answer with.
        ///
        /// [MS-ASCMD] Common Status Codes. Where the published tables name no HTTP code for a version before
        /// 14.0, the nearest in meaning is used.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CommonStatus {
            $(#[doc = $meaning] $name = $value,)+
        }

        impl CommonStatus {
            /// Every status, by value.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the HTTP code that stands for the status, where nothing else about the request matters.
            const fn code(self) -> u16 {
                match self {
                    $(Self::$name => $http,)+
                }
            }
        }
    };
}

common_statuses! {
    101 InvalidContent 400 "The body is missing, or of the wrong type or length.",
    102 InvalidWbxml 400 "The body could not be decoded.",
    103 InvalidXml 400 "Elements, their order or their number are not what the command takes.",
    104 InvalidDateTime 400 "A time could not be parsed.",
    105 InvalidCombinationOfIds 400 "Parameters exclude each other.",
    106 InvalidIds 400 "An id is not even well formed.",
    107 InvalidMime 400 "A message could not be parsed.",
    108 DeviceIdInvalid 400 "The device's id is missing or malformed.",
    109 DeviceTypeInvalid 400 "The device's type is missing or malformed.",
    110 ServerError 500 "An error that trying again soon will not cure.",
    111 ServerErrorRetryLater 503 "An error that trying again later may cure.",
    112 DirectoryAccessDenied 403 "The directory is not accessible.",
    113 MailboxQuotaExceeded 507 "The mailbox is full.",
    114 MailboxServerOffline 503 "The mailbox is offline.",
    115 SendQuotaExceeded 500 "The user may send no more.",
    116 RecipientUnresolved 500 "A recipient is unknown.",
    117 ReplyNotAllowed 500 "The original forbids a reply.",
    118 PreviouslySent 500 "The message was sent before.",
    119 NoRecipient 500 "The message has no recipient.",
    120 SubmissionFailed 500 "The message could not be handed over.",
    121 ReplyFailed 500 "The reply could not be built.",
    122 AttachmentTooLarge 500 "An attachment is too large.",
    123 NoMailbox 403 "The user has no mailbox.",
    124 Anonymous 401 "There are no credentials.",
    125 UserUnknown 403 "The user is unknown.",
    126 UserDisabled 403 "The user may not sync.",
    127 NewMailboxCannotSync 403 "Sync is switched off for the user's server.",
    128 LegacyMailboxCannotSync 403 "The same, for a server of an older kind.",
    129 DeviceBlocked 403 "The user may not use this device.",
    130 AccessDenied 403 "The user may not ask this.",
    131 AccountDisabled 403 "The account is disabled.",
    132 SyncStateNotFound 403 "The device's state is lost; it will have to start over.",
    133 SyncStateLocked 500 "The device's state is being moved.",
    134 SyncStateCorrupt 500 "The device's state cannot be read; it has to start over.",
    135 SyncStateExists 500 "Two first syncs came at once.",
    136 SyncStateVersion 500 "The device's state is of another server version; it has to start over.",
    137 CommandNotSupported 501 "The command is unknown or not answered here.",
    138 VersionNotSupported 400 "The version is not spoken here, or has no such command.",
    139 NotFullyProvisionable 403 "The device applies the policy only in part, and that is not enough.",
    140 RemoteWipe 449 "The device is to be wiped: it fetches the order with Provision.",
    141 LegacyDevice 449 "The device sent no policy key, and must.",
    142 NotProvisioned 449 "The device must provision first.",
    143 PolicyRefresh 449 "The device's policy is too old.",
    144 InvalidPolicyKey 449 "The device's policy key is unknown or outdated.",
    145 ExternallyManaged 403 "The device says others manage it, and that is not allowed.",
    146 NoRecurrence 400 "An occurrence was named, but the item does not recur.",
    147 UnexpectedItemClass 400 "The kind of item is unknown.",
    148 RemoteServerHasNoTls 403 "A server behind this one has no TLS.",
    149 InvalidStoredRequest 500 "The request was empty, and the one it repeats is not known.",
    150 ItemNotFound 500 "The message replied to or forwarded does not exist.",
    151 TooManyFolders 500 "There are more folders than the protocol allows.",
    152 NoFoldersFound 500 "There are no folders.",
    153 ItemsLostAfterMove 500 "Moved items are not found in the folder they went to.",
    154 MoveFailed 500 "A move failed.",
    155 MoveNotPersistent 500 "A conversation may be moved only for always.",
    156 MoveDestinationInvalid 500 "The folder to move to is no mail folder.",
    160 AvailabilityTooManyRecipients 400 "Free/busy times were asked for too many recipients.",
    161 AvailabilityListTooLarge 400 "Free/busy times were asked for too large a distribution list.",
    162 AvailabilityTransientFailure 503 "Free/busy times are not to be had now.",
    163 AvailabilityFailure 500 "Free/busy times are not to be had.",
    164 BodyPartTypeNotSupported 400 "Body parts of that type are not made.",
    165 DeviceInformationRequired 400 "The device must say what it is when it provisions.",
    166 InvalidAccountId 400 "The account to send from is unknown.",
    167 AccountSendDisabled 403 "The account to send from may not send.",
    168 RightsManagementDisabled 403 "Rights management is off.",
    169 RightsManagementTransient 503 "Rights management failed for now.",
    170 RightsManagementPermanent 500 "Rights management failed.",
    171 RightsManagementTemplate 400 "The rights management template is unknown.",
    172 RightsManagementDenied 403 "Rights management forbids it.",
    173 NoPicture 400 "The contact has no picture.",
    174 PictureTooLarge 400 "The picture is larger than was asked for.",
    175 PictureLimitReached 400 "As many pictures as were asked for were sent already.",
    176 ConversationTooLarge 400 "The conversation is too large to compute a body part.",
    177 MaximumDevicesReached 403 "The user has as many devices as one may have.",
    178 InvalidMimeBodyCombination 400 "A forward mixes what excludes each other.",
    179 InvalidSmartForward 400 "A forward's recipients or body could not be parsed.",
    183 InvalidRecipients 400 "A draft to be sent has no recipients, or bad ones.",
    184 ExceptionsFailed 400 "A series was saved, but not all its exceptions.",
}

/// How a request is answered that failed as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// With this HTTP code and no body.
    Http(u16),
    /// With HTTP code 200 and this body.
    Body(Element),
}

impl CommonStatus {
    /// Returns the number that stands in a Status element, 101 to 184.
    #[must_use]
    pub const fn value(self) -> u8 {
        self as u8
    }

    /// Returns how `request` is answered if it fails as a whole with this status.
    ///
    /// A body that could not be decoded and missing credentials are HTTP codes at every version, and so is
    /// everything about a command that has no body to answer in.
    #[must_use]
    pub fn answer(self, request: &Request) -> Answer {
        let in_body =
            request.version >= Version::V14_0 && !matches!(self, Self::InvalidWbxml | Self::Anonymous);
        match root(request.command).filter(|_| in_body) {
            Some((root, status)) => {
                Answer::Body(Element::new(root).with(Element::text(status, self.value().to_string())))
            }
            None => Answer::Http(self.http(request)),
        }
    }

    /// Returns the HTTP code for `request`; three statuses have two.
    fn http(self, request: &Request) -> u16 {
        match (self, request.command) {
            (Self::InvalidIds, Command::SendMail) | (Self::SyncStateNotFound, Command::Provision) => 500,
            (Self::RemoteWipe, _) if request.policy_key.is_none() => 403,
            _ => self.code(),
        }
    }
}

impl RequestError {
    /// Returns what a request is answered that cannot be understood.
    #[must_use]
    pub const fn status(&self) -> CommonStatus {
        match self {
            Self::QueryTooLong | Self::Query | Self::NoCommand | Self::User => CommonStatus::InvalidContent,
            Self::Method | Self::Command { .. } => CommonStatus::CommandNotSupported,
            Self::NoVersion | Self::Version { .. } => CommonStatus::VersionNotSupported,
            Self::DeviceId => CommonStatus::DeviceIdInvalid,
            Self::DeviceType => CommonStatus::DeviceTypeInvalid,
        }
    }

    /// Returns the HTTP code of the answer: 400, or 501 for an unknown method or command. There is none in a
    /// body, because the version or the command is not certain.
    #[must_use]
    pub const fn http(&self) -> u16 {
        self.status().code()
    }
}

/// Returns the tags of the answer to `command`: the outermost, and the Status directly inside.
const fn root(command: Command) -> Option<(Tag, Tag)> {
    match command {
        Command::Sync => Some((air_sync::SYNC, air_sync::STATUS)),
        Command::SendMail => Some((compose_mail::SEND_MAIL, compose_mail::STATUS)),
        Command::SmartForward => Some((compose_mail::SMART_FORWARD, compose_mail::STATUS)),
        Command::SmartReply => Some((compose_mail::SMART_REPLY, compose_mail::STATUS)),
        Command::FolderSync => Some((folder_hierarchy::FOLDER_SYNC, folder_hierarchy::STATUS)),
        Command::FolderCreate => Some((folder_hierarchy::FOLDER_CREATE, folder_hierarchy::STATUS)),
        Command::FolderDelete => Some((folder_hierarchy::FOLDER_DELETE, folder_hierarchy::STATUS)),
        Command::FolderUpdate => Some((folder_hierarchy::FOLDER_UPDATE, folder_hierarchy::STATUS)),
        Command::MoveItems => Some((move_::MOVE_ITEMS, move_::STATUS)),
        Command::GetItemEstimate => Some((get_item_estimate::GET_ITEM_ESTIMATE, get_item_estimate::STATUS)),
        Command::MeetingResponse => Some((meeting_response::MEETING_RESPONSE, meeting_response::STATUS)),
        Command::Search => Some((search::SEARCH, search::STATUS)),
        Command::Settings => Some((settings::SETTINGS, settings::STATUS)),
        Command::Ping => Some((ping::PING, ping::STATUS)),
        Command::ItemOperations => Some((item_operations::ITEM_OPERATIONS, item_operations::STATUS)),
        Command::Provision => Some((provision::PROVISION, provision::STATUS)),
        Command::ResolveRecipients => {
            Some((resolve_recipients::RESOLVE_RECIPIENTS, resolve_recipients::STATUS))
        }
        Command::ValidateCert => Some((validate_cert::VALIDATE_CERT, validate_cert::STATUS)),
        Command::Find => Some((find::FIND, find::STATUS)),
        Command::GetAttachment
        | Command::GetHierarchy
        | Command::CreateCollection
        | Command::DeleteCollection
        | Command::MoveCollection => None,
    }
}

#[cfg(test)]
mod tests {
    use hyper::{HeaderMap, Method};

    use super::*;
    use crate::request::Received;

    fn request(version: &str, command: Command) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert("ms-asprotocolversion", version.parse().unwrap());
        let query = format!("Cmd={command}&DeviceId=d1&DeviceType=iPhone");
        match Received::parse(&Method::POST, &query, &headers) {
            Ok(Received::Command(request)) => *request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_are_those_assigned() {
        let values: Vec<u8> = CommonStatus::ALL.iter().map(|status| status.value()).collect();
        let assigned: Vec<u8> = (101..=156).chain(160..=179).chain(183..=184).collect();
        assert_eq!(values, assigned);
    }

    #[test]
    fn from_14_0_the_status_is_in_the_body() {
        for version in ["14.0", "14.1", "16.0", "16.1"] {
            let answer = CommonStatus::NotProvisioned.answer(&request(version, Command::FolderSync));
            let expected = Element::new(folder_hierarchy::FOLDER_SYNC)
                .with(Element::text(folder_hierarchy::STATUS, "142"));
            assert_eq!(answer, Answer::Body(expected));
        }
    }

    #[test]
    fn before_14_0_the_status_is_an_http_code() {
        for status in CommonStatus::ALL {
            let answer = status.answer(&request("12.1", Command::Sync));
            assert!(matches!(answer, Answer::Http(400..=599)), "{status:?}: {answer:?}");
        }
    }

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn http_codes_are_those_published() {
        use CommonStatus::*;
        let table = [
            (InvalidContent, 400), (InvalidXml, 400), (InvalidIds, 400), (VersionNotSupported, 400),
            (DirectoryAccessDenied, 403), (UserUnknown, 403), (UserDisabled, 403), (SyncStateNotFound, 403),
            (LegacyDevice, 449), (NotProvisioned, 449), (PolicyRefresh, 449), (InvalidPolicyKey, 449),
            (ServerError, 500), (ServerErrorRetryLater, 503), (MailboxQuotaExceeded, 507), (CommandNotSupported, 501),
        ];
        for (status, code) in table {
            assert_eq!(status.answer(&request("12.1", Command::Sync)), Answer::Http(code), "{status:?}");
        }
    }

    #[test]
    fn three_statuses_have_two_http_codes() {
        let code = |status: CommonStatus, command| status.answer(&request("12.1", command));
        assert_eq!(code(CommonStatus::InvalidIds, Command::SendMail), Answer::Http(500));
        assert_eq!(code(CommonStatus::SyncStateNotFound, Command::Provision), Answer::Http(500));
        assert_eq!(code(CommonStatus::RemoteWipe, Command::Sync), Answer::Http(403));
        let with_key = Request { policy_key: Some(7), ..request("12.1", Command::Sync) };
        assert_eq!(CommonStatus::RemoteWipe.answer(&with_key), Answer::Http(449));
    }

    #[test]
    fn some_things_are_http_codes_at_every_version() {
        for version in Version::ALL.map(Version::name) {
            let code = |status: CommonStatus, command| status.answer(&request(version, command));
            assert_eq!(code(CommonStatus::InvalidWbxml, Command::Sync), Answer::Http(400));
            assert_eq!(code(CommonStatus::Anonymous, Command::Sync), Answer::Http(401));
            assert_eq!(code(CommonStatus::CommandNotSupported, Command::GetHierarchy), Answer::Http(501));
        }
    }

    #[test]
    fn the_answer_is_named_after_the_command() {
        for command in Command::ALL {
            if let Some((root, status)) = root(command) {
                assert_eq!(root.name(), Some(command.name()));
                assert_eq!(status.name(), Some("Status"));
                assert_eq!(status.page(), root.page());
            } else {
                let has_no_document = [Command::GetAttachment, Command::GetHierarchy].contains(&command);
                assert!(has_no_document || !command.is_answered(), "{command}");
            }
        }
    }

    #[test]
    fn a_request_not_understood_is_refused_with_a_code() {
        let text = || "x".to_owned();
        let table = [
            (RequestError::Method, 501),
            (RequestError::QueryTooLong, 400),
            (RequestError::Query, 400),
            (RequestError::NoCommand, 400),
            (RequestError::Command { asked: text() }, 501),
            (RequestError::NoVersion, 400),
            (RequestError::Version { asked: text() }, 400),
            (RequestError::DeviceId, 400),
            (RequestError::DeviceType, 400),
            (RequestError::User, 400),
        ];
        for (error, code) in table {
            assert_eq!(error.http(), code, "{error}");
        }
        assert_eq!(RequestError::Version { asked: text() }.status().value(), 138);
        assert_eq!(RequestError::DeviceId.status().value(), 108);
        assert_eq!(RequestError::DeviceType.status().value(), 109);
    }
}
