//! Drafts: messages that a user's device writes and changes before they are sent.

use super::head::{Head, split};
use super::outgoing::{crlf_only, date};
use super::part::{File, Pieces, write};
use crate::message::{Address, BodyKind, Importance, Message, attachments_bytes};
use crate::{Body, Change, EditError, Stamp};

/// Bytes of a draft, with all that is attached to it.
const MAX_DRAFT_BYTES: usize = crate::message::MAX_MESSAGE_BYTES;
/// Files in a draft.
const MAX_FILES: usize = 200;

/// A file that is attached to a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// `type/subtype`, "" where it is not told.
    pub media_type: String,
    /// Content-ID, "" for none.
    pub content_id: String,
    /// Whether it is shown inside the text.
    pub inline: bool,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What is to become of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftEdit {
    /// To whom it goes, as the user wrote it.
    pub to: Change<String>,
    /// Who gets a copy.
    pub cc: Change<String>,
    /// Who gets a copy that the others do not see.
    pub bcc: Change<String>,
    /// Where answers should go.
    pub reply_to: Change<String>,
    /// The subject.
    pub subject: Change<String>,
    /// How much it is to be noticed.
    pub importance: Change<Importance>,
    /// The text.
    pub body: Change<Body>,
    /// The whole message, where the device writes MIME.
    pub mime: Option<Vec<u8>>,
    /// Files that go, by their place.
    pub removed: Vec<usize>,
    /// Files that are attached.
    pub added: Vec<NewFile>,
    /// Whether it is sent now.
    pub send: bool,
}

/// Returns the text of a new draft.
pub(crate) fn create(edit: &DraftEdit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    apply(b"", edit, stamp)
}

/// Returns the draft with the edit made.
pub(crate) fn apply(stored: &[u8], edit: &DraftEdit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let base = edit.mime.as_deref().map_or_else(|| crlf_only(stored), crlf_only);
    let (mut head, body) = split(&base);
    head.remove(&["X-Unsent"]);
    head.set_plain("X-Unsent", "1");
    head.set_plain("Date", &date(stamp.now));
    let lists = [("To", &edit.to), ("Cc", &edit.cc), ("Bcc", &edit.bcc), ("Reply-To", &edit.reply_to)];
    for (name, change) in lists {
        match change {
            Change::Keep => {}
            Change::Remove => head.remove(&[name]),
            Change::Set(text) => head.set_addresses(name, &addresses(text)),
        }
    }
    match &edit.subject {
        Change::Keep => {}
        Change::Remove => head.remove(&["Subject"]),
        Change::Set(text) => head.set_text("Subject", text),
    }
    importance(&mut head, &edit.importance);
    let rewrites = !edit.body.is_keep() || !edit.removed.is_empty() || !edit.added.is_empty();
    let text = if rewrites || base.is_empty() {
        let pieces = pieces(&base, edit)?;
        head.remove_starting("Content-");
        head.set_plain("MIME-Version", "1.0");
        [head.write(), write(pieces, &format!("=_{}", stamp.uid))].concat()
    } else {
        [&head.write(), b"\r\n".as_slice(), body].concat()
    };
    if text.len() > MAX_DRAFT_BYTES {
        return Err(EditError::TooLarge { size_bytes: text.len(), limit_bytes: MAX_DRAFT_BYTES });
    }
    Ok(text)
}

fn importance(head: &mut Head, change: &Change<Importance>) {
    let word = match change {
        Change::Keep => return,
        Change::Remove | Change::Set(Importance::Normal) => None,
        Change::Set(Importance::Low) => Some("low"),
        Change::Set(Importance::High) => Some("high"),
    };
    head.remove(&["Importance", "X-Priority", "Priority", "X-MSMail-Priority"]);
    if let Some(word) = word {
        head.set_plain("Importance", word);
    }
}

/// Returns the text and the files that the draft has from now on.
fn pieces(base: &[u8], edit: &DraftEdit) -> Result<Pieces, EditError> {
    let message = Message::parse(base);
    let body = match &edit.body {
        Change::Keep if message.body_kind == BodyKind::Html => Body::html(message.body_as_html()),
        Change::Keep => Body::plain(message.body_text()),
        Change::Remove => Body::default(),
        Change::Set(body) => body.clone(),
    };
    let bytes = attachments_bytes(base);
    let stay = message.attachments.iter().zip(bytes).filter(|(one, _)| !edit.removed.contains(&one.index));
    let mut files: Vec<File> = stay.map(|(one, bytes)| File::of(one, bytes)).collect();
    files.extend(edit.added.iter().map(file));
    if files.len() > MAX_FILES {
        return Err(EditError::Invalid { property: "Attachments", what: format!("more than {MAX_FILES}") });
    }
    Ok(Pieces { plain: body.text, html: body.html, calendar: None, files })
}

fn file(new: &NewFile) -> File {
    let known = new.media_type.split_once('/').is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty());
    let name = if new.name.trim().is_empty() { "attachment".to_owned() } else { new.name.clone() };
    File {
        name,
        media_type: if known { new.media_type.clone() } else { "application/octet-stream".to_owned() },
        content_id: new.content_id.clone(),
        inline: new.inline,
        bytes: new.bytes.clone(),
    }
}

/// Reads the addresses that a user wrote; some devices put semicolons between them.
fn addresses(text: &str) -> Vec<Address> {
    let mut quoted = false;
    let commas: String = text
        .chars()
        .map(|one| match one {
            '"' => {
                quoted = !quoted;
                one
            }
            ';' if !quoted => ',',
            _ if one.is_control() => ' ',
            _ => one,
        })
        .collect();
    let list = Message::parse(format!("To: {commas}\r\n\r\n").as_bytes()).to;
    // What is no address yet is kept: the user goes on writing it.
    list.0.into_iter().filter(|one| !one.label().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp { uid: "u1".to_owned(), now: "2026-03-02T09:00:00Z".parse().unwrap() }
    }

    fn set(text: &str) -> Change<String> {
        Change::Set(text.to_owned())
    }

    fn first() -> DraftEdit {
        DraftEdit {
            to: set("\"Anna; B\" <anna@x>; bo@x"),
            bcc: set("boss@x"),
            subject: set("Plän"),
            importance: Change::Set(Importance::High),
            body: Change::Set(Body::plain("Hi")),
            added: vec![NewFile {
                name: "a.txt".to_owned(),
                media_type: "text/plain".to_owned(),
                content_id: String::new(),
                inline: false,
                bytes: b"A".to_vec(),
            }],
            ..DraftEdit::default()
        }
    }

    #[test]
    fn a_draft_is_made_of_what_the_user_wrote() {
        let text = create(&first(), &stamp()).unwrap();
        let message = Message::parse(&text);
        assert_eq!(message.to.display(), "\"Anna; B\" <anna@x>, bo@x");
        assert_eq!((message.subject.as_str(), message.bcc.display().as_str()), ("Plän", "boss@x"));
        assert_eq!((message.importance, message.body_text().trim_end()), (Importance::High, "Hi"));
        assert_eq!(message.attachments[0].name, "a.txt");
        assert!(message.draft);
    }

    #[test]
    fn what_is_not_named_stays() {
        let text = create(&first(), &stamp()).unwrap();
        let edit = DraftEdit { cc: set("carl@x"), ..DraftEdit::default() };
        let message = Message::parse(&apply(&text, &edit, &stamp()).unwrap());
        assert_eq!((message.cc.display().as_str(), message.subject.as_str()), ("carl@x", "Plän"));
        assert_eq!((message.attachments.len(), message.body_text().trim_end()), (1, "Hi"));
        let edit = DraftEdit {
            removed: vec![0],
            body: Change::Set(Body::html("<p>New</p>")),
            importance: Change::Remove,
            ..DraftEdit::default()
        };
        let message = Message::parse(&apply(&text, &edit, &stamp()).unwrap());
        assert!(message.attachments.is_empty());
        assert_eq!(message.body_html().as_deref().map(str::trim_end), Some("<p>New</p>"));
        assert_eq!((message.importance, message.subject.as_str()), (Importance::Normal, "Plän"));
    }

    #[test]
    fn a_whole_message_takes_the_drafts_place() {
        let mime = b"To: carl@x\nSubject: Whole\nContent-Type: text/plain\n\nAll of it\n".to_vec();
        let edit =
            DraftEdit { mime: Some(mime), importance: Change::Set(Importance::Low), ..DraftEdit::default() };
        let message = Message::parse(&apply(&create(&first(), &stamp()).unwrap(), &edit, &stamp()).unwrap());
        assert_eq!((message.subject.as_str(), message.to.display().as_str()), ("Whole", "carl@x"));
        assert_eq!((message.body_text().as_str(), message.importance), ("All of it\n", Importance::Low));
        assert!(message.draft && message.attachments.is_empty());
    }

    #[test]
    fn a_line_end_in_a_subject_ends_nothing() {
        let edit = DraftEdit {
            subject: set("x\r\nBcc: evil@x"),
            to: set("a@x\r\nBcc: evil@x"),
            ..DraftEdit::default()
        };
        let message = Message::parse(&create(&edit, &stamp()).unwrap());
        assert!(message.bcc.is_empty(), "{:?}", message.bcc);
    }

    #[test]
    fn files_have_a_greatest_number() {
        let many = |count| DraftEdit { added: vec![first().added[0].clone(); count], ..DraftEdit::default() };
        assert!(create(&many(MAX_FILES), &stamp()).is_ok());
        assert!(create(&many(MAX_FILES + 1), &stamp()).is_err());
    }
}
