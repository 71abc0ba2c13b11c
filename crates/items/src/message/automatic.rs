//! Whether a message was sent by a machine, which wants no answer.

use super::header::Header;

/// Fields that only mailing lists write.
const OF_LISTS: [&str; 4] = ["List-Id", "List-Post", "List-Unsubscribe", "Mailing-List"];

/// Returns whether a message is itself an automatic answer, a notice, or came over a list. [RFC 3834 2]
#[must_use]
pub fn is_automatic(stored: &[u8]) -> bool {
    let header = Header::split(stored);
    let word = |name: &str| header.first(name).map(|value| value.trim().to_ascii_lowercase());
    let submitted = word("Auto-Submitted").is_some_and(|word| !word.is_empty() && word != "no");
    let precedence = word("Precedence").is_some_and(|word| ["bulk", "junk", "list"].contains(&word.as_str()));
    let suppressed = word("X-Auto-Response-Suppress").is_some_and(|words| {
        words.split([',', ';', ' ']).any(|word| ["all", "oof", "autoreply"].contains(&word))
    });
    let nobody = word("Return-Path").is_some_and(|path| path == "<>");
    submitted || precedence || suppressed || nobody || OF_LISTS.iter().any(|name| word(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_or_a_list_is_known_by_its_header() {
        let automatic =
            |line: &str| is_automatic(format!("From: a@b.example\r\n{line}\r\n\r\nText\r\n").as_bytes());
        for line in [
            "Auto-Submitted: auto-replied",
            "auto-submitted: auto-generated",
            "Precedence: Bulk",
            "Precedence: list",
            "List-Id: <club.example>",
            "X-Auto-Response-Suppress: DR, OOF",
            "X-Auto-Response-Suppress: All",
            "Return-Path: <>",
        ] {
            assert!(automatic(line), "{line}");
        }
        for line in
            ["Subject: x", "Auto-Submitted: no", "Precedence: first-class", "X-Auto-Response-Suppress: DR"]
        {
            assert!(!automatic(line), "{line}");
        }
        assert!(!is_automatic(b"From: a@b.example\r\n\r\nPrecedence: bulk\r\n"));
    }
}
