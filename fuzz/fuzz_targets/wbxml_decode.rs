//! Any bytes are an element or an error, and what decodes goes there and back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wbxml::{Element, Limits, Node, decode, encode, to_xml};

fuzz_target!(|bytes: &[u8]| {
    let Ok(once) = decode(bytes, &Limits::default()) else { return };
    let _ = to_xml(&once);
    let twice = decode(&encode(&once), &Limits::default());
    assert_eq!(twice.as_ref(), Ok(&sent(&once)));
});

/// What of `element` goes over the wire: text without what XML cannot hold, and no run left empty by that.
fn sent(element: &Element) -> Element {
    let content = element.content.iter().filter_map(|node| match node {
        Node::Element(child) => Some(Node::Element(sent(child))),
        Node::Text(text) => Some(text.replace(is_unfit, "")).filter(|text| !text.is_empty()).map(Node::Text),
        Node::Opaque(bytes) => Some(Node::Opaque(bytes.clone())),
    });
    Element { tag: element.tag, content: content.collect() }
}

fn is_unfit(character: char) -> bool {
    let number = u32::from(character);
    (number < 0x20 && ![0x09, 0x0A, 0x0D].contains(&number)) || [0xFFFE, 0xFFFF].contains(&number)
}
