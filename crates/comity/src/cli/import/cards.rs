//! Takes a .vcf file apart into its cards.

use super::piece::{Found, Line, Piece};

/// Returns the cards of a file, in order, each as it stands there.
pub(super) fn split(file: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut card: Option<Piece> = None;
    let mut depth = 0_usize;
    for line in Line::all(file) {
        let begins = line.value_of("BEGIN").is_some();
        let ends = line.value_of("END").is_some();
        match &mut card {
            None if line.value_of("BEGIN").as_deref() == Some("VCARD") => {
                let mut piece = Piece::default();
                piece.push(&line);
                card = Some(piece);
                depth = 1;
            }
            None if line.is_blank() => {}
            None => found.push(Found::Trouble { line: line.number, what: "outside a card".to_owned() }),
            // A card inside a card (AGENT of version 2.1) belongs to the outer one.
            Some(piece) => {
                piece.push(&line);
                depth = (depth + usize::from(begins)).saturating_sub(usize::from(ends));
            }
        }
        if depth == 0 {
            found.extend(card.take().map(Found::Item));
        }
    }
    if let Some(piece) = card {
        found.push(Found::LeftOut {
            line: piece.line_in_file(1),
            what: "left out: the card has no END".to_owned(),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(found: &[Found]) -> Vec<String> {
        found
            .iter()
            .map(|found| match found {
                Found::Item(piece) => String::from_utf8_lossy(piece.content()).into_owned(),
                Found::Trouble { line, what } | Found::LeftOut { line, what } => format!("{line}: {what}"),
            })
            .collect()
    }

    #[test]
    fn cards_come_apart_as_they_stand() {
        let file = b"\xef\xbb\xbfBEGIN:VCARD\r\nFN:a\r\nEND:VCARD\r\n\r\nbegin:vcard\nFN:b\nend:vcard";
        assert_eq!(
            texts(&split(file)),
            ["BEGIN:VCARD\r\nFN:a\r\nEND:VCARD\r\n", "begin:vcard\nFN:b\nend:vcard\r\n"]
        );
    }

    #[test]
    fn a_card_in_a_card_stays_in_it() {
        let file = b"BEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nFN:b\nEND:VCARD\nFN:a\nEND:VCARD\n";
        assert_eq!(texts(&split(file)), [String::from_utf8_lossy(file)]);
    }

    #[test]
    fn what_is_no_card_is_told_with_its_line() {
        let file = b"hello\nBEGIN:VCARD\nFN:a\nEND:VCARD\nBEGIN:VCARD\nFN:b\n";
        let found = texts(&split(file));
        assert_eq!(found[0], "1: outside a card");
        assert_eq!(found[2], "5: left out: the card has no END");
        assert_eq!(found.len(), 3);
        assert!(split(b"").is_empty());
    }
}
