//! What is encoded decodes to the same, and whatever bytes come in, nothing panics.

use proptest::collection::vec;
use proptest::prelude::*;
use wbxml::{Element, Limits, Node, Tag, decode, encode, page, to_xml};

fn tag() -> impl Strategy<Value = Tag> {
    let all: Vec<Tag> = (0..)
        .zip(page::PAGES)
        .flat_map(|(page, (_, table))| table.iter().map(move |(code, _)| Tag::new(page, *code)))
        .collect();
    proptest::sample::select(all)
}

/// At most one run, as decoding leaves none side by side; the text of it also with what XML cannot hold.
fn leaf() -> impl Strategy<Value = Element> {
    let run = prop_oneof![
        Just(None),
        any::<String>().prop_map(|text| Some(Node::Text(text))),
        "[ -~\\x00-\\x1F\u{FFFD}-\u{FFFF}]{0,8}".prop_map(|text| Some(Node::Text(text))),
        vec(any::<u8>(), 0..300).prop_map(|bytes| Some(Node::Opaque(bytes))),
    ];
    (tag(), run).prop_map(|(tag, run)| Element { tag, content: run.into_iter().collect() })
}

fn tree() -> impl Strategy<Value = Element> {
    leaf().prop_recursive(6, 60, 6, |inner| {
        (tag(), vec(inner, 0..6)).prop_map(|(tag, children)| Element {
            tag,
            content: children.into_iter().map(Node::Element).collect(),
        })
    })
}

/// What of `element` goes over the wire: text XML can hold, and no empty runs.
fn sent(element: &Element) -> Element {
    let content = element.content.iter().filter_map(|node| match node {
        Node::Element(child) => Some(Node::Element(sent(child))),
        Node::Text(text) => Some(text.replace(is_unfit, "")).filter(|text| !text.is_empty()).map(Node::Text),
        Node::Opaque(bytes) => Some(bytes.clone()).filter(|bytes| !bytes.is_empty()).map(Node::Opaque),
    });
    Element { tag: element.tag, content: content.collect() }
}

fn is_unfit(character: char) -> bool {
    let number = u32::from(character);
    (number < 0x20 && ![0x09, 0x0A, 0x0D].contains(&number)) || [0xFFFE, 0xFFFF].contains(&number)
}

/// Bytes made of what bodies are made of, so that many get past the header and some to the end.
fn likely_body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => any::<u8>().prop_map(|byte| vec![byte]),
        4 => Just(vec![0x01]),
        4 => (0x45_u8..0x7F).prop_map(|tag| vec![tag]),
        2 => (0x05_u8..0x3F).prop_map(|tag| vec![tag]),
        2 => (0_u8..27).prop_map(|page| vec![0x00, page]),
        2 => "[a-zé\\x01]{0,3}".prop_map(|text| [b"\x03", text.as_bytes(), b"\x00"].concat()),
        1 => vec(any::<u8>(), 0..4).prop_map(|text| [b"\x03", &text[..], b"\x00"].concat()),
        1 => any::<[u8; 3]>().prop_map(|run| [&[0xC3, 3], &run[..]].concat()),
    ];
    (vec(piece, 0..40), 0_usize..40).prop_map(|(pieces, ends)| {
        [b"\x03\x01\x6A\x00\x45".to_vec(), pieces.concat(), vec![0x01; ends]].concat()
    })
}

fn goes_there_and_back(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(once) = decode(bytes, &Limits::default()) {
        let twice = decode(&encode(&once), &Limits::default());
        prop_assert_eq!(twice, Ok(sent(&once)));
        let _ = to_xml(&once);
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_the_same(root in tree()) {
        prop_assert_eq!(decode(&encode(&root), &Limits::default()), Ok(sent(&root)));
        let _ = to_xml(&root);
    }

    #[test]
    fn any_bytes_are_an_element_or_an_error(bytes in vec(any::<u8>(), 0..200)) {
        goes_there_and_back(&bytes)?;
        goes_there_and_back(&[b"\x03\x01\x6A\x00", &bytes[..]].concat())?;
    }

    #[test]
    fn what_is_decoded_encodes_to_the_same(bytes in likely_body()) {
        goes_there_and_back(&bytes)?;
    }

    #[test]
    fn every_cut_is_an_error(root in tree(), cut in any::<proptest::sample::Index>()) {
        let bytes = encode(&root);
        let (start, _) = bytes.split_at(cut.index(bytes.len()));
        prop_assert!(decode(start, &Limits::default()).is_err());
    }
}
