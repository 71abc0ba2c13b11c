use super::*;
use crate::page::{air_sync, contacts, folder_hierarchy};

const DEFAULT: Limits = Limits { depth: MAX_DEPTH, elements: MAX_ELEMENTS };

/// Decodes `body` behind a good header of four bytes.
fn decoded(body: &[u8]) -> Result<Element, DecodeError> {
    decode(&[b"\x03\x01\x6A\x00", body].concat(), &DEFAULT)
}

fn sync(content: impl Into<Node>) -> Element {
    Element::new(air_sync::SYNC).with(content)
}

#[test]
fn the_worked_example() {
    let expected =
        Element::new(folder_hierarchy::FOLDER_SYNC).with(Element::text(folder_hierarchy::SYNC_KEY, "0"));
    assert_eq!(decoded(b"\x00\x07\x56\x52\x030\x00\x01\x01"), Ok(expected));
}

#[test]
fn a_page_stays_switched_when_an_element_closes() {
    let body = b"\x5D\x00\x01\x5F\x03M\x00\x01\x69\x03N\x00\x01\x00\x00\x0E\x01";
    let expected = Element::new(air_sync::APPLICATION_DATA)
        .with(Element::text(contacts::FIRST_NAME, "M"))
        .with(Element::text(contacts::LAST_NAME, "N"))
        .with(Element::new(air_sync::STATUS));
    assert_eq!(decoded(body), Ok(expected));
}

#[test]
fn three_ways_to_be_empty_are_alike() {
    for body in [&b"\x05"[..], b"\x45\x01", b"\x45\x03\x00\x01", b"\x45\xC3\x00\x01"] {
        assert_eq!(decoded(body), Ok(Element::new(air_sync::SYNC)), "{body:02X?}");
    }
}

#[test]
fn runs_that_follow_each_other_are_joined() {
    assert_eq!(decoded(b"\x45\x03a\x00\x03b\x00\x01"), Ok(sync(Node::Text("ab".into()))));
    assert_eq!(decoded(b"\x45\x03a\x00\xC3\x01b\x01"), Ok(sync(Node::Opaque(b"ab".to_vec()))));
    assert_eq!(decoded(b"\x45\xC3\x01a\x03b\x00\x01"), Ok(sync(Node::Opaque(b"ab".to_vec()))));
    let parted = sync(Node::Text("a".into())).with(Element::new(air_sync::ADD)).with(Node::Text("b".into()));
    assert_eq!(decoded(b"\x45\x03a\x00\x07\x03b\x00\x01"), Ok(parted));
}

#[test]
fn text_that_is_not_utf8_costs_only_itself() {
    let body = b"\x45\x4B\x034\x00\x01\x52\x03M\xFC\x00\x01\x01";
    let expected = sync(Element::text(air_sync::SYNC_KEY, "4"))
        .with(Element::opaque(air_sync::COLLECTION_ID, *b"M\xFC"));
    assert_eq!(decoded(body), Ok(expected));
    let surrogate = decoded(b"\x45\x03\xED\xA0\x80\x00\x01").unwrap();
    assert_eq!(surrogate.exact_value(), None);
}

#[test]
fn a_character_may_be_split_between_runs() {
    assert_eq!(decoded(b"\x45\x03\xC3\x00\x03\xBC\x00\x01").unwrap().exact_value().as_deref(), Some("ü"));
}

#[test]
fn unknown_tags_are_skipped_with_what_they_hold() {
    let expected = Ok(sync(Element::text(air_sync::SYNC_KEY, "4")));
    let bodies: [&[u8]; 6] = [
        b"\x45\x2A\x4B\x034\x00\x01\x01",              // empty
        b"\x45\x6A\x03x\x00\x01\x4B\x034\x00\x01\x01", // text
        b"\x45\x6A\x47\x4B\x039\x00\x01\x01\xC3\x01\x01\x01\x4B\x034\x00\x01\x01", // known ones inside
        b"\x45\x00\xFE\x05\x45\x03x\x00\x46\x01\x01\x00\x00\x4B\x034\x00\x01\x01", // unknown page
        b"\x45\x4B\x034\x00\x01\x00\x1A\x3F\x01",      // last, one past the last page
        b"\x45\x6A\x00\x01\x5F\x01\x01\x00\x00\x4B\x034\x00\x01\x01", // a page switched inside stays switched
    ];
    for body in bodies {
        assert_eq!(decoded(body), expected, "{body:02X?}");
    }
    assert_eq!(decoded(b"\x45\x03a\x00\x2A\x03b\x00\x01"), Ok(sync(Node::Text("ab".into()))));
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn each_error_says_where() {
    use DecodeError::*;
    let table: [(&[u8], DecodeError); 19] = [
        (b"\x05\x05",                       TrailingBytes { at: 5 }),
        (b"\x45\x01\x00",                   TrailingBytes { at: 6 }),
        (b"",                               NoRoot { at: 4 }),
        (b"\x00\x07",                       Truncated { at: 6 }),
        (b"\x2A",                           NoRoot { at: 4 }),
        (b"\x00\xFE\x05",                   NoRoot { at: 6 }),
        (b"\x01",                           Token { at: 4 }),
        (b"\x03a\x00",                      Token { at: 4 }),
        (b"\xC3\x01a",                      Token { at: 4 }),
        (b"\x45",                           Truncated { at: 5 }),
        (b"\x45\x4B\x01",                   Truncated { at: 7 }),
        (b"\x45\x00",                       Truncated { at: 6 }),
        (b"\x45\x03abc",                    Truncated { at: 9 }),
        (b"\x45\xC3",                       Truncated { at: 6 }),
        (b"\x45\xC3\x02a",                  Truncated { at: 8 }),
        (b"\x45\xC3\x8F\xFF\xFF\xFF\x7Fa",  Truncated { at: 12 }),
        (b"\x45\xC3\x81",                   Truncated { at: 7 }),
        (b"\x85",                           Attributes { at: 4 }),
        (b"\x45\xC5\x01",                   Attributes { at: 5 }),
    ];
    for (body, error) in table {
        assert_eq!(decoded(body), Err(error), "{body:02X?}");
    }
}

#[test]
fn tokens_that_are_never_used_are_malformed() {
    let never =
        [0x02, 0x04, 0x40, 0x41, 0x42, 0x43, 0x44, 0x80, 0x81, 0x82, 0x83, 0x84, 0xC0, 0xC1, 0xC2, 0xC4];
    for token in never {
        assert_eq!(decoded(&[token]), Err(DecodeError::Token { at: 4 }), "{token:02X}");
        assert_eq!(decoded(&[0x45, token, 0x01]), Err(DecodeError::Token { at: 5 }), "{token:02X}");
        assert_eq!(decoded(&[0x45, 0x6A, token]), Err(DecodeError::Token { at: 6 }), "{token:02X}, skipped");
    }
}

#[test]
fn an_integer_has_five_bytes_and_32_bits() {
    // 1, over five bytes
    assert_eq!(decoded(b"\x45\xC3\x80\x80\x80\x80\x01a\x01"), Ok(sync(Node::Opaque(b"a".to_vec()))));
    for integer in [&b"\x80\x80\x80\x80\x80\x01"[..], b"\x90\x80\x80\x80\x00", b"\xFF\xFF\xFF\xFF\x7F"] {
        let body = [b"\x45\xC3", integer, b"a\x01"].concat();
        assert_eq!(decoded(&body), Err(DecodeError::Integer { at: 6 }), "{integer:02X?}");
    }
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn the_header_is_checked() {
    use DecodeError::*;
    let table: [(&[u8], DecodeError); 10] = [
        (b"",                            Truncated { at: 0 }),
        (b"\x03\x01\x6A",                Truncated { at: 3 }),
        (b"\x02\x01\x6A\x00\x05",        Header { at: 0 }),
        (b"<?xml",                       Header { at: 0 }),
        (b"\x03\x00\x00\x6A\x00\x05",    Header { at: 1 }),
        (b"\x03\x01\x04\x00\x05",        Charset { at: 2 }),
        (b"\x03\x01\x00\x00\x05",        Charset { at: 2 }),
        (b"\x03\x01\x6A\x01a\x05",       StringTable { at: 3 }),
        (b"\x03\xFF\xFF\xFF\xFF\x7F",    Integer { at: 1 }),
        (b"\x03\x81\x80\x00\x6A\x05\x05", StringTable { at: 5 }),
    ];
    for (bytes, error) in table {
        assert_eq!(decode(bytes, &DEFAULT), Err(error), "{bytes:02X?}");
    }
    // numbers as long as they like, and any public identifier
    assert_eq!(decode(b"\x03\x9F\x01\x80\x6A\x80\x00\x05", &DEFAULT), Ok(Element::new(air_sync::SYNC)));
}

/// A body of `tag` in itself, `depth` deep.
fn nested(tag: u8, depth: usize) -> Vec<u8> {
    [vec![0x45], vec![tag; depth - 1], vec![0x01; depth]].concat()
}

#[test]
fn depth_has_a_limit() {
    for tag in [0x47, 0x6A] {
        assert!(decoded(&nested(tag, MAX_DEPTH - 1)).is_ok());
        assert!(decoded(&nested(tag, MAX_DEPTH)).is_ok());
        assert_eq!(decoded(&nested(tag, MAX_DEPTH + 1)), Err(DecodeError::TooDeep { at: 4 + MAX_DEPTH }));
        assert_eq!(decoded(&nested(tag, 1_000_000)), Err(DecodeError::TooDeep { at: 4 + MAX_DEPTH }));
    }
    let empty_one_too_deep = [vec![0x45; MAX_DEPTH], vec![0x07]].concat();
    assert_eq!(decoded(&empty_one_too_deep), Err(DecodeError::TooDeep { at: 4 + MAX_DEPTH }));
}

/// A body of `count` elements, all but the first a `tag` inside the first.
fn wide(tag: u8, count: usize) -> Vec<u8> {
    [vec![0x45], vec![tag; count - 1], vec![0x01]].concat()
}

#[test]
fn the_number_of_elements_has_a_limit() {
    for tag in [0x07, 0x2A] {
        assert!(decoded(&wide(tag, MAX_ELEMENTS - 1)).is_ok());
        assert!(decoded(&wide(tag, MAX_ELEMENTS)).is_ok());
        assert_eq!(decoded(&wide(tag, MAX_ELEMENTS + 1)), Err(DecodeError::TooMany { at: 4 + MAX_ELEMENTS }));
    }
    assert_eq!(decoded(&wide(0x07, MAX_ELEMENTS)).unwrap().elements().count(), MAX_ELEMENTS - 1);
}

#[test]
fn limits_are_settings() {
    let body = [b"\x03\x01\x6A\x00", &nested(0x47, 3)[..]].concat();
    assert!(decode(&body, &Limits { depth: 3, elements: 3 }).is_ok());
    assert_eq!(decode(&body, &Limits { depth: 2, elements: 3 }), Err(DecodeError::TooDeep { at: 6 }));
    assert_eq!(decode(&body, &Limits { depth: 3, elements: 2 }), Err(DecodeError::TooMany { at: 6 }));
    assert_eq!(decode(&body, &Limits { depth: 0, elements: 0 }), Err(DecodeError::TooMany { at: 4 }));
}
