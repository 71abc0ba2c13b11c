//! Messages: short ones of about 2,000 bytes, as most are, and ones with a file.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Timestamp;

/// Bytes of a file that stand in one line of base64.
const LINE_BYTES: usize = 57;

const SENTENCE: &str = "The parts for the second hall came in this morning and will be put up by Thursday. ";

/// Returns message `number`, written so many days before `now`.
pub(crate) fn letter(number: usize, days: i64, now: Timestamp) -> Vec<u8> {
    let date = now.as_second() - days * 24 * 60 * 60;
    let date = Timestamp::from_second(date).unwrap_or(now);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let text = SENTENCE.repeat(18);
    format!(
        "Received: from mail.example.org by host.example.net; {date}\r\nDate: {date}\r\n\
         From: Greta Berg <greta@works.example.org>\r\nTo: Anna <anna@example.org>\r\n\
         Subject: Second hall, note {number}\r\nMessage-ID: <note-{number:08}@works.example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

/// Returns a message with a file of this size.
pub(crate) fn with_file(number: usize, size_bytes: usize) -> Vec<u8> {
    let mut message = format!(
        "From: greta@works.example.org\r\nSubject: File {number}\r\nMessage-ID: <file-{number}@works.example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n\
         --b\r\nContent-Type: application/zip; name=f.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    let line = [0x5A_u8; LINE_BYTES];
    for at in (0..size_bytes).step_by(LINE_BYTES) {
        let bytes = line.get(..LINE_BYTES.min(size_bytes - at)).unwrap_or_default();
        write!(message, "{}\r\n", STANDARD.encode(bytes)).expect("writing to a string cannot fail");
    }
    message.push_str("--b--\r\n");
    message.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use items::message::Message;

    #[test]
    fn messages_are_read_without_trouble() {
        let now = "2026-03-02T09:00:00Z".parse().unwrap();
        for message in [letter(7, 3, now), with_file(1, 100_000)] {
            assert_eq!(items::report(items::Kind::Mail, &message), []);
        }
        assert_eq!(Message::parse(&with_file(1, 100_000)).attachments[0].size_bytes, 100_000);
        let date = Message::parse(&letter(7, 3, now)).date_received();
        assert_eq!(date, Some("2026-02-27T09:00:00Z".parse().unwrap()));
    }
}
