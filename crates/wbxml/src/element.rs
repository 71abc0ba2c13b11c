//! The tree a body decodes to.

use std::borrow::Cow;

use crate::Tag;

/// One piece of an element's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element inside.
    Element(Element),
    /// A run of text.
    Text(String),
    /// A run of bytes: MIME, an id, a picture; also text that was not UTF-8 when it was decoded.
    Opaque(Vec<u8>),
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl Node {
    fn as_element(&self) -> Option<&Element> {
        match self {
            Self::Element(element) => Some(element),
            Self::Text(_) | Self::Opaque(_) => None,
        }
    }

    /// Returns the bytes of a run, or `None` for an element.
    pub(crate) fn as_run(&self) -> Option<&[u8]> {
        match self {
            Self::Element(_) => None,
            Self::Text(text) => Some(text.as_bytes()),
            Self::Opaque(bytes) => Some(bytes),
        }
    }
}

/// A tag and what is inside it.
///
/// An element without content, with an empty run and with several runs are ordinary on the wire; the accessors
/// make no difference between one run and the same bytes in several, nor between text and opaque bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// What the element is.
    pub tag: Tag,
    /// What is inside, in order.
    pub content: Vec<Node>,
}

impl Element {
    /// Returns an empty element.
    #[must_use]
    pub const fn new(tag: Tag) -> Self {
        Self { tag, content: Vec::new() }
    }

    /// Returns an element that holds `text`.
    #[must_use]
    pub fn text(tag: Tag, text: impl Into<String>) -> Self {
        Self { tag, content: vec![Node::Text(text.into())] }
    }

    /// Returns an element that holds `bytes` as they are.
    #[must_use]
    pub fn opaque(tag: Tag, bytes: impl Into<Vec<u8>>) -> Self {
        Self { tag, content: vec![Node::Opaque(bytes.into())] }
    }

    /// Returns the element with `child` after what it holds.
    #[must_use]
    pub fn with(mut self, child: impl Into<Node>) -> Self {
        self.push(child);
        self
    }

    /// Puts `child` after what the element holds.
    pub fn push(&mut self, child: impl Into<Node>) {
        self.content.push(child.into());
    }

    /// Returns the first child with `tag`.
    #[must_use]
    pub fn child(&self, tag: Tag) -> Option<&Self> {
        self.elements().find(|child| child.tag == tag)
    }

    /// Returns every child with `tag`, in order.
    pub fn children(&self, tag: Tag) -> impl Iterator<Item = &Self> {
        self.elements().filter(move |child| child.tag == tag)
    }

    /// Returns every child, in order; runs of text and bytes are passed over.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.content.iter().filter_map(Node::as_element)
    }

    /// Returns the element's own text; bytes that are not UTF-8 become replacement characters.
    ///
    /// For ids, numbers and traces. What a user typed is read with [`Element::exact_value`], because a
    /// replacement character, once stored, is lost text.
    #[must_use]
    pub fn value(&self) -> Cow<'_, str> {
        lossy(self.bytes())
    }

    /// Returns the element's own text, or `None` where it is not UTF-8.
    #[must_use]
    pub fn exact_value(&self) -> Option<Cow<'_, str>> {
        match self.bytes() {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    /// Returns the element's own bytes: its runs of text and bytes joined, its child elements passed over.
    #[must_use]
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        let mut runs = self.content.iter().filter_map(Node::as_run);
        let first = runs.next().unwrap_or_default();
        let Some(second) = runs.next() else { return Cow::Borrowed(first) };
        let mut joined = [first, second].concat();
        runs.for_each(|run| joined.extend_from_slice(run));
        Cow::Owned(joined)
    }

    /// Returns the text of the first child with `tag`, as [`Element::value`] does.
    #[must_use]
    pub fn child_text(&self, tag: Tag) -> Option<Cow<'_, str>> {
        self.child(tag).map(Self::value)
    }

    /// Returns whether the first child with `tag` says yes: empty or `1` does, `0` does not.
    ///
    /// `None` where there is no such child, and where it says anything else; who must tell these apart asks
    /// [`Element::child`].
    #[must_use]
    pub fn flag(&self, tag: Tag) -> Option<bool> {
        match self.child(tag)?.bytes().as_ref() {
            b"" | b"1" => Some(true),
            b"0" => Some(false),
            _ => None,
        }
    }

    /// Returns whether the element holds no element, no text and no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.content.iter().all(|node| node.as_run().is_some_and(<[u8]>::is_empty))
    }
}

/// Decodes UTF-8, copying only what has to be replaced or was not borrowed.
fn lossy(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::air_sync::{
        ADD, COLLECTION, COLLECTION_ID, COMMANDS, DELETES_AS_MOVES, GET_CHANGES, SYNC_KEY,
    };

    fn collection() -> Element {
        Element::new(COLLECTION)
            .with(Element::text(SYNC_KEY, "4"))
            .with(Element::text(COLLECTION_ID, "s7"))
            .with(Element::text(SYNC_KEY, "5"))
    }

    #[test]
    fn children_are_found_by_tag_in_order() {
        let collection = collection();
        assert_eq!(collection.child_text(SYNC_KEY).as_deref(), Some("4"));
        assert_eq!(collection.child(COMMANDS), None);
        let keys: Vec<_> = collection.children(SYNC_KEY).map(Element::value).collect();
        assert_eq!(keys, ["4", "5"]);
        assert_eq!(collection.elements().count(), 3);
    }

    #[test]
    fn runs_are_one_value() {
        let split = Element::new(ADD)
            .with(Node::Text("M".into()))
            .with(Node::Opaque(b"\xC3".to_vec()))
            .with(Element::text(SYNC_KEY, "not part of it"))
            .with(Node::Opaque(b"\xBCller".to_vec()));
        assert_eq!(split.value(), "Müller");
        assert_eq!(split.exact_value().as_deref(), Some("Müller"));
        assert_eq!(split.bytes().as_ref(), "Müller".as_bytes());
    }

    #[test]
    fn one_run_is_borrowed() {
        assert!(matches!(Element::text(SYNC_KEY, "4").value(), Cow::Borrowed("4")));
        assert!(matches!(Element::opaque(SYNC_KEY, *b"4").value(), Cow::Borrowed("4")));
        assert!(matches!(Element::new(SYNC_KEY).value(), Cow::Borrowed("")));
    }

    #[test]
    fn bytes_that_are_not_text_are_told_apart() {
        let latin1 = Element::opaque(SYNC_KEY, *b"M\xFCller");
        assert_eq!(latin1.value(), "M\u{FFFD}ller");
        assert_eq!(latin1.exact_value(), None);
        assert_eq!(latin1.bytes().as_ref(), b"M\xFCller");
    }

    #[test]
    fn a_flag_is_empty_or_a_digit() {
        let asked = Element::new(COLLECTION)
            .with(Element::new(GET_CHANGES))
            .with(Element::text(DELETES_AS_MOVES, "0"))
            .with(Element::text(COMMANDS, "yes"))
            .with(Element::text(ADD, "1"));
        assert_eq!(asked.flag(GET_CHANGES), Some(true));
        assert_eq!(asked.flag(ADD), Some(true));
        assert_eq!(asked.flag(DELETES_AS_MOVES), Some(false));
        assert_eq!(asked.flag(COMMANDS), None);
        assert_eq!(asked.flag(SYNC_KEY), None);
    }

    #[test]
    fn an_empty_run_is_no_content() {
        assert!(Element::new(ADD).is_empty());
        assert!(Element::text(ADD, "").is_empty());
        assert!(Element::opaque(ADD, []).is_empty());
        assert!(!Element::text(ADD, "0").is_empty());
        assert!(!Element::new(ADD).with(Element::new(ADD)).is_empty());
    }
}
