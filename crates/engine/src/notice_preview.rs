//! A notice as it would be sent, for the admin who writes the template.

use crate::notice::{Told, problem, write};
use crate::{Caller, Engine, Error, kind};
use items::Kind;
use jiff::Timestamp;
use store::id::{DeniedId, FolderId};
use store::row;
use store::row::denied::DeniedRow;

/// A notice as it would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePreview {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// Why the admin's own template is not used, where it cannot be filled.
    pub problem: Option<String>,
}

impl Engine {
    /// Returns a notice as the caller would get it, with the templates in use: of a change that nobody made, since
    /// others' denied changes are not for everybody's eyes.
    ///
    /// # Errors
    /// When the caller is no system admin, or the database fails.
    pub fn notice_preview(&self, caller: &Caller, now: Timestamp) -> Result<NoticePreview, Error> {
        self.require_admin(caller)?;
        let to = self.store.read(|q| row::principal::load(q, caller.user))?;
        let to = to.ok_or_else(|| Error::not_found(format!("user '{}'", caller.name)))?;
        let changes = [sample(&to.name, now)];
        let told = Told { to: &to, changes: &changes };
        let written = write(&self.settings.notice, &told)?;
        let problem = problem(&self.settings.notice, &told)?;
        Ok(NoticePreview { subject: written.subject, text: written.text, html: written.html, problem })
    }
}

/// Returns a denied change of an event.
fn sample(account: &str, now: Timestamp) -> DeniedRow {
    let event = |place: &str, start: &str| {
        let lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Comity//EN",
            "BEGIN:VEVENT",
            "UID:sample",
            "DTSTAMP:20260302T090000Z",
            start,
            "SUMMARY:Training",
            place,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ];
        lines.join("\r\n").into_bytes()
    };
    let at = now.as_millisecond();
    DeniedRow {
        id: DeniedId(0),
        at,
        last_at: at,
        count: 1,
        principal: store::id::PrincipalId(0),
        device: "SAMPLE1".to_owned(),
        device_kind: "Phone".to_owned(),
        folder: FolderId::TOP,
        account: account.to_owned(),
        path: "Club Calendar".to_owned(),
        kind: kind::code(Kind::Calendar),
        uid: None,
        operation: "change".to_owned(),
        reason: "access".to_owned(),
        state: "open".to_owned(),
        silent: false,
        summary: "Training".to_owned(),
        why: "You may read everything there, but not change it.".to_owned(),
        tried: Some(event("LOCATION:Hall 2", "DTSTART:20260304T190000Z")),
        stands: Some(event("LOCATION:Hall 1", "DTSTART:20260304T180000Z")),
        notice: None,
        digest: String::new(),
        destination: None,
        marks: None,
    }
}
