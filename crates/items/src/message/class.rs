//! What a message is beyond text: signed, encrypted, a meeting, a report.

use super::structure::Part;

/// What a message is, by the names mail programs of the Exchange family know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Class {
    /// An ordinary message.
    #[default]
    Note,
    /// S/MIME, encrypted or with the text inside the signature.
    Smime,
    /// S/MIME with the signature beside the text.
    SmimeMultipartSigned,
    /// An invitation to a meeting.
    MeetingRequest,
    /// A meeting was cancelled.
    MeetingCanceled,
    /// Somebody accepts a meeting.
    MeetingAccepted,
    /// Somebody may come, or proposes another time.
    MeetingTentative,
    /// Somebody declines a meeting.
    MeetingDeclined,
    /// A message could not be delivered.
    NotDelivered,
    /// A message was delivered (or is delayed).
    Delivered,
    /// A message was read.
    Read,
    /// A message was deleted without being read.
    NotRead,
}

impl Class {
    /// Returns the message class as Exchange names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "IPM.Note",
            Self::Smime => "IPM.Note.SMIME",
            Self::SmimeMultipartSigned => "IPM.Note.SMIME.MultipartSigned",
            Self::MeetingRequest => "IPM.Schedule.Meeting.Request",
            Self::MeetingCanceled => "IPM.Schedule.Meeting.Canceled",
            Self::MeetingAccepted => "IPM.Schedule.Meeting.Resp.Pos",
            Self::MeetingTentative => "IPM.Schedule.Meeting.Resp.Tent",
            Self::MeetingDeclined => "IPM.Schedule.Meeting.Resp.Neg",
            Self::NotDelivered => "REPORT.IPM.Note.NDR",
            Self::Delivered => "REPORT.IPM.Note.DR",
            Self::Read => "REPORT.IPM.Note.IPNRN",
            Self::NotRead => "REPORT.IPM.Note.IPNNRN",
        }
    }

    /// Returns whether the message is about a meeting.
    #[must_use]
    pub const fn is_meeting(self) -> bool {
        matches!(
            self,
            Self::MeetingRequest
                | Self::MeetingCanceled
                | Self::MeetingAccepted
                | Self::MeetingTentative
                | Self::MeetingDeclined
        )
    }

    /// Returns whether the message is signed or encrypted by S/MIME.
    #[must_use]
    pub const fn is_smime(self) -> bool {
        matches!(self, Self::Smime | Self::SmimeMultipartSigned)
    }

    /// Works out the class from the parts of `message` and the text of its calendar part.
    pub(super) fn of(message: &[u8], root: &Part, calendar: Option<&str>) -> Self {
        let parameter = |name: &str| {
            root.content_type.as_ref().and_then(|parameters| parameters.get(name)).unwrap_or_default()
        };
        match root.media_type.as_str() {
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => Self::Smime,
            "multipart/signed" if parameter("protocol").to_ascii_lowercase().contains("pkcs7-signature") => {
                Self::SmimeMultipartSigned
            }
            "multipart/report" => report(message, root).unwrap_or(Self::Note),
            _ => calendar.and_then(meeting).unwrap_or(Self::Note),
        }
    }
}

fn meeting(calendar: &str) -> Option<Class> {
    let value = |name: &str| {
        let lines = calendar.lines().filter_map(|line| line.split_once(':'));
        let mut named = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim().to_ascii_uppercase())
    };
    match value("METHOD")?.as_str() {
        "REQUEST" => Some(Class::MeetingRequest),
        "CANCEL" => Some(Class::MeetingCanceled),
        "COUNTER" => Some(Class::MeetingTentative),
        "REPLY" => answer(calendar),
        _ => None,
    }
}

/// Returns what the one attendee of a reply answered; the parameter may stand on a folded line.
fn answer(calendar: &str) -> Option<Class> {
    let unfolded = calendar.replace("\r\n ", "").replace("\n ", "").to_ascii_uppercase();
    let line = unfolded.lines().find(|line| line.starts_with("ATTENDEE"))?;
    let (_, said) = line.split_once("PARTSTAT=")?;
    match said.split([';', ':']).next()?.trim_matches('"') {
        "ACCEPTED" => Some(Class::MeetingAccepted),
        "TENTATIVE" => Some(Class::MeetingTentative),
        "DECLINED" => Some(Class::MeetingDeclined),
        _ => None,
    }
}

/// Returns what a report reports: its second part says so.
fn report(message: &[u8], root: &Part) -> Option<Class> {
    let told = root.children.iter().find(|part| part.media_type.starts_with("message/"))?;
    let bytes = super::body::decode(message, told);
    let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let says = |name: &str, word: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .any(|(key, value)| key == name && value.contains(word))
    };
    match told.media_type.as_str() {
        "message/delivery-status" | "message/global-delivery-status" if says("action", "failed") => {
            Some(Class::NotDelivered)
        }
        "message/delivery-status" | "message/global-delivery-status" => Some(Class::Delivered),
        "message/disposition-notification" if says("disposition", "displayed") => Some(Class::Read),
        "message/disposition-notification" => Some(Class::NotRead),
        _ => None,
    }
}
