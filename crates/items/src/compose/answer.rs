//! A reply or a forward whose sender's device sent only the new text: the original is added to it here.

use super::head::{Head, split};
use super::outgoing::{crlf_only, date};
use super::part::{File, Pieces, write};
use crate::message::{BodyKind, Class, Message, attachments_bytes};

/// What a new message takes over from the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Include {
    /// Its text, quoted.
    Quote,
    /// Its text and all that is attached to it.
    Everything,
}

/// Returns the new message with the original added, in the form the new one was written in and in UTF-8. One that says
/// nothing of a subject gets the original's. A signed
/// or encrypted message stays as it is: adding to it would break it. `boundary` is a word that stands nowhere in
/// either.
#[must_use]
pub fn answer(new: &[u8], original: &[u8], include: Include, boundary: &str) -> Vec<u8> {
    let (said, quoted) = (Message::parse(new), Message::parse(original));
    let canonical = crlf_only(new);
    let (mut head, _) = split(&canonical);
    refer(&mut head, &quoted, include);
    if !head.has("Subject") {
        head.set_text("Subject", &subject(&quoted.subject, include));
    }
    if said.class.is_smime() {
        return canonical;
    }
    head.remove_starting("Content-");
    head.set_plain("MIME-Version", "1.0");
    let mut pieces = texts(&said, &quoted, include);
    pieces.files = files(&said, new);
    pieces.files.extend(originals(&quoted, original, include, said.body_kind));
    let body = write(pieces, boundary);
    [head.write(), body].concat()
}

/// Puts the new message into the original's conversation.
fn refer(head: &mut Head, quoted: &Message, include: Include) {
    let Some(id) = &quoted.message_id else { return };
    if include == Include::Quote && !head.has("In-Reply-To") {
        head.set_plain("In-Reply-To", &format!("<{id}>"));
    }
    if !head.has("References") {
        let root = quoted.thread_root.as_ref().filter(|root| *root != id);
        let all: Vec<_> = root.into_iter().chain([id]).map(|id| format!("<{id}>")).collect();
        head.set_plain("References", &all.join(" "));
    }
}

fn subject(of: &str, include: Include) -> String {
    let start = match include {
        Include::Quote => "Re: ",
        Include::Everything => "Fwd: ",
    };
    let begins = of.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    if begins { of.to_owned() } else { format!("{start}{of}") }
}

fn texts(said: &Message, quoted: &Message, include: Include) -> Pieces {
    let lines = heading(quoted);
    let original = quoted.body_text();
    let original = match include {
        Include::Quote => joined(original.lines().map(|line| ["> ", line, "\n"])),
        Include::Everything => original,
    };
    let labelled = joined(lines.iter().map(|(label, value)| [label, ": ", value, "\n"]));
    let plain =
        format!("{}\n\n-----Original Message-----\n{labelled}\n{original}", said.body_text().trim_end());
    let html = (said.body_kind == BodyKind::Html).then(|| {
        let escaped: Vec<_> = lines.iter().map(|(label, value)| (label, escape(value))).collect();
        let labelled = joined(escaped.iter().map(|(label, value)| ["<b>", label, ":</b> ", value, "<br>"]));
        let quote = quoted.body_as_html();
        let quote = format!("<hr><p>{labelled}</p><blockquote>{}</blockquote>", inside(&quote));
        append(&said.body_as_html(), &quote)
    });
    let calendar = match (include, quoted.class) {
        (Include::Everything, Class::MeetingRequest) => quoted.calendar.clone().map(|text| (text, "REQUEST")),
        (Include::Quote | Include::Everything, _) => None,
    };
    Pieces { plain, html, calendar, files: Vec::new() }
}

fn joined<'a, const N: usize>(lines: impl Iterator<Item = [&'a str; N]>) -> String {
    lines.map(|line| line.concat()).collect::<Vec<_>>().concat()
}

/// Returns what stands above a quoted message.
fn heading(quoted: &Message) -> Vec<(&'static str, String)> {
    let lines = [
        ("From", quoted.from.display()),
        ("Sent", quoted.date_received().map(date).unwrap_or_default()),
        ("To", quoted.to.display()),
        ("Cc", quoted.cc.display()),
        ("Subject", quoted.subject.clone()),
    ];
    lines.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn files(message: &Message, stored: &[u8]) -> Vec<File> {
    let bytes = attachments_bytes(stored);
    message.attachments.iter().zip(bytes).map(|(one, bytes)| File::of(one, bytes)).collect()
}

/// Returns the files of the original that go along: all of them, or those that its quoted text shows.
fn originals(quoted: &Message, original: &[u8], include: Include, form: BodyKind) -> Vec<File> {
    if include == Include::Everything && quoted.class.is_smime() {
        // Its parts mean nothing without each other.
        return vec![File {
            name: "message.eml".to_owned(),
            media_type: "message/rfc822".to_owned(),
            content_id: String::new(),
            inline: false,
            bytes: original.to_vec(),
        }];
    }
    let shown = |file: &File| file.inline && form == BodyKind::Html;
    let meeting = |file: &File| quoted.class == Class::MeetingRequest && file.media_type == "text/calendar";
    let mut all = files(quoted, original);
    all.retain(|file| match include {
        Include::Quote => shown(file),
        Include::Everything => !meeting(file),
    });
    all
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns what stands inside the body element, where there is one.
fn inside(source: &str) -> &str {
    let lower = source.to_ascii_lowercase();
    let from = lower.find("<body").and_then(|at| lower.get(at..)?.find('>').map(|end| at + end + 1));
    let from = from.unwrap_or(0);
    let to = lower.rfind("</body").filter(|to| *to >= from).unwrap_or(source.len());
    source.get(from..to).unwrap_or(source)
}

/// Puts `more` at the end of the body of an HTML text.
fn append(source: &str, more: &str) -> String {
    let at = source.to_ascii_lowercase().rfind("</body").unwrap_or(source.len());
    let (before, after) = source.split_at_checked(at).unwrap_or((source, ""));
    format!("{before}{more}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGINAL: &[u8] = b"From: Anna <anna@x>\r\nTo: bo@x\r\nSubject: Plan\r\nMessage-ID: <o1@x>\r\n\
        References: <r@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\
        Gr\xFC\xDFe\r\nAnna\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nUERG\r\n--b--\r\n";

    fn made(new: &str, include: Include) -> (String, Message) {
        let made = answer(new.as_bytes(), ORIGINAL, include, "edge");
        let text = String::from_utf8(made).unwrap();
        (text.clone(), Message::parse(text.as_bytes()))
    }

    #[test]
    fn a_reply_quotes_the_original_and_leaves_its_files() {
        let (text, message) = made("To: anna@x\r\nSubject: Re: Plan\r\n\r\nYes.\r\n", Include::Quote);
        assert_eq!(message.body_kind, BodyKind::Plain);
        assert!(
            message.body_text().starts_with("Yes.\n\n-----Original Message-----\nFrom: \"Anna\" <anna@x>\n")
        );
        assert!(message.body_text().contains("\n> Grüße\n> Anna\n"), "{}", message.body_text());
        assert!(message.attachments.is_empty());
        assert!(
            text.contains("\r\nIn-Reply-To: <o1@x>\r\n") && text.contains("\r\nReferences: <r@x> <o1@x>\r\n")
        );
        assert_eq!(message.subject, "Re: Plan");
    }

    #[test]
    fn a_forward_carries_the_files_of_both() {
        let new = "To: c@x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=n\r\n\r\n--n\r\n\
            Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>See \u{e4}</p></body></html>\r\n--n\r\n\
            Content-Type: image/png\r\nContent-Disposition: attachment; filename=\"own \u{e4}.png\"\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nUE5H\r\n--n--\r\n";
        let (text, message) = made(new, Include::Everything);
        let names: Vec<_> = message.attachments.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["own \u{e4}.png", "plan.pdf"]);
        assert_eq!(attachments_bytes(text.as_bytes()), [b"PNG".to_vec(), b"PDF".to_vec()]);
        let html = message.body_html().unwrap();
        assert!(html.contains("<p>See \u{e4}</p><hr>") && html.contains("Grüße"), "{html}");
        assert!(html.trim_end().ends_with("</blockquote></body></html>"), "{html}");
        assert_eq!(text.matches("MIME-Version").count(), 1);
        assert!(!text.contains("In-Reply-To"));
    }

    #[test]
    fn who_says_nothing_of_a_subject_means_the_originals() {
        assert_eq!(made("To: c@x\r\n\r\nSee\r\n", Include::Everything).1.subject, "Fwd: Plan");
        assert_eq!(made("To: c@x\r\n\r\nYes\r\n", Include::Quote).1.subject, "Re: Plan");
        assert_eq!(made("To: c@x\r\nSubject:\r\n\r\nYes\r\n", Include::Quote).1.subject, "");
        assert_eq!(
            (subject("RE: Plan", Include::Quote), subject("Rä", Include::Quote)),
            ("RE: Plan".to_owned(), "Re: Rä".to_owned())
        );
    }

    #[test]
    fn a_signed_message_is_not_added_to() {
        let signed = "To: a@x\r\nSubject: x\r\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=s\r\n\r\n--s\r\n\r\nHi\r\n--s--\r\n";
        let (text, _) = made(signed, Include::Quote);
        assert_eq!(text, signed);
    }
}
