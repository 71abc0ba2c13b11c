//! Reading a document into a tree. Nothing that a document could define of its own is taken.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use thiserror::Error;

use super::Name;

/// Elements in one another at most.
pub const MAX_DEPTH: usize = 32;
/// Elements of a document at most.
pub const MAX_ELEMENTS: usize = 20_000;
/// Attributes of an element at most, namespaces not counted.
pub const MAX_ATTRIBUTES: usize = 32;
/// Namespaces that an element declares at most.
pub const MAX_NAMESPACES: usize = 32;
/// Bytes of a name at most, without its prefix.
pub const MAX_NAME_BYTES: usize = 128;

/// Why a document is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum XmlError {
    /// It is not well formed.
    #[error("the document is not well-formed XML")]
    Malformed,
    /// It has a document type, a processing instruction or an entity of its own.
    #[error("document types, entities and processing instructions are not taken")]
    Forbidden,
    /// It has more of something than is taken.
    #[error("the document has too much of something: depth, elements, attributes or the length of a name")]
    TooMuch,
}

/// An element with all that is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: Name,
    /// Its attributes, without those that declare namespaces.
    pub attributes: Vec<(Name, String)>,
    /// What is in it, in order.
    pub nodes: Vec<Node>,
}

/// What can be in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// A run of text.
    Text(String),
}

impl Element {
    /// Returns the elements in it.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Returns the first element of this name in it.
    #[must_use]
    pub fn child(&self, space: &str, local: &str) -> Option<&Self> {
        self.children().find(|child| child.name.is(space, local))
    }

    /// Returns the text that lies directly in it, without the space around it.
    #[must_use]
    pub fn text(&self) -> String {
        let runs = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        runs.collect::<String>().trim().to_owned()
    }

    /// Returns the value of an attribute without a namespace.
    #[must_use]
    pub fn attribute(&self, local: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name.is("", local));
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a document and returns its outermost element.
///
/// # Errors
///
/// Where it is not well formed, brings what is forbidden, or passes a limit.
pub fn parse(body: &[u8]) -> Result<Element, XmlError> {
    let text = std::str::from_utf8(body).map_err(|_| XmlError::Malformed)?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut tree = Tree::default();
    loop {
        match reader.read_event().map_err(|_| XmlError::Malformed)? {
            Event::Start(start) => {
                let element = element(&reader, &start)?;
                tree.open(element)?;
            }
            Event::Empty(start) => {
                let element = element(&reader, &start)?;
                tree.open(element)?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(run) => tree.text(&run.xml10_content())?,
            Event::CData(run) => tree.text(&run.xml10_content())?,
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let named = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                let number = reference.resolve_char_ref().map_err(|_| XmlError::Malformed)?;
                tree.text(&named.or_else(|| number.map(String::from)).ok_or(XmlError::Forbidden)?)?;
            }
            Event::Eof => return tree.root.filter(|_| tree.open.is_empty()).ok_or(XmlError::Malformed),
            Event::DocType(_) | Event::PI(_) => return Err(XmlError::Forbidden),
            Event::Comment(_) | Event::Decl(_) => {}
        }
    }
}

#[derive(Debug, Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree {
    fn open(&mut self, element: Element) -> Result<(), XmlError> {
        if self.root.is_some() {
            return Err(XmlError::Malformed);
        }
        self.elements += 1;
        if self.open.len() >= MAX_DEPTH || self.elements > MAX_ELEMENTS {
            return Err(XmlError::TooMuch);
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) -> Result<(), XmlError> {
        let done = self.open.pop().ok_or(XmlError::Malformed)?;
        match self.open.last_mut() {
            Some(parent) => parent.nodes.push(Node::Element(done)),
            None => self.root = Some(done),
        }
        Ok(())
    }

    fn text(&mut self, run: &str) -> Result<(), XmlError> {
        let is_allowed = |c: char| c >= ' ' || matches!(c, '\t' | '\n' | '\r');
        if !run.chars().all(is_allowed) {
            return Err(XmlError::Malformed);
        }
        let Some(element) = self.open.last_mut() else {
            return if run.trim().is_empty() { Ok(()) } else { Err(XmlError::Malformed) };
        };
        match element.nodes.last_mut() {
            Some(Node::Text(text)) => text.push_str(run),
            Some(Node::Element(_)) | None => element.nodes.push(Node::Text(run.to_owned())),
        }
        Ok(())
    }
}

fn element(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Element, XmlError> {
    let (space, local) = reader.resolver().resolve_element(start.name());
    let name = name(&space, local.as_ref())?;
    let mut attributes = Vec::new();
    let mut declared = 0;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| XmlError::Malformed)?;
        if attribute.key.as_namespace_binding().is_some() {
            declared += 1;
            continue;
        }
        let (space, local) = reader.resolver().resolve_attribute(attribute.key);
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
        let value = value.map_err(|_| XmlError::Forbidden)?.into_owned();
        attributes.push((self::name(&space, local.as_ref())?, value));
    }
    if attributes.len() > MAX_ATTRIBUTES || declared > MAX_NAMESPACES {
        return Err(XmlError::TooMuch);
    }
    Ok(Element { name, attributes, nodes: Vec::new() })
}

fn name(space: &ResolveResult<'_>, local: &str) -> Result<Name, XmlError> {
    let space = match space {
        ResolveResult::Bound(space) => space.as_ref().to_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(_) => return Err(XmlError::Malformed),
    };
    if local.len() > MAX_NAME_BYTES || space.len() > MAX_NAME_BYTES {
        return Err(XmlError::TooMuch);
    }
    let starts = local.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}');
    if !starts || !local.chars().all(goes_on) {
        return Err(XmlError::Malformed);
    }
    Ok(Name { space: Cow::Owned(space), local: Cow::Owned(local.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth))
    }

    #[test]
    fn a_document_becomes_a_tree() {
        let root =
            parse(b"<?xml version=\"1.0\"?><d:a xmlns:d=\"DAV:\"><d:b c=\"1&amp;2\"> x&lt;y </d:b></d:a>");
        let root = root.unwrap();
        assert!(root.name.is("DAV:", "a"));
        let child = root.child("DAV:", "b").unwrap();
        assert_eq!((child.text().as_str(), child.attribute("c")), ("x<y", Some("1&2")));
    }

    #[test]
    fn nothing_is_defined_by_a_document() {
        let bombs: [&[u8]; 5] = [
            b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            b"<a>&b;</a>",
            b"<a b=\"&c;\"/>",
            b"<!DOCTYPE a SYSTEM \"http://example.com/x\"><a/>",
            b"<?xml-stylesheet href=\"x\"?><a/>",
        ];
        for bomb in bombs {
            assert_eq!(parse(bomb), Err(XmlError::Forbidden), "{}", String::from_utf8_lossy(bomb));
        }
    }

    #[test]
    fn what_is_not_well_formed_is_not_taken() {
        let bad: [&[u8]; 9] =
            [b"", b"<a>", b"</a>", b"<a></b>", b"<a/><b/>", b"x", b"<p:a/>", b"<a>\x01</a>", b"<a>\xff</a>"];
        for text in bad {
            assert_eq!(parse(text), Err(XmlError::Malformed), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn every_limit_holds_and_one_past_it_is_too_much() {
        let wide = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
        let attributes = |count: usize| {
            let list: Vec<String> = (0..count).map(|n| format!("a{n}=''")).collect();
            format!("<a {}/>", list.join(" "))
        };
        let spaces = |count: usize| {
            let list: Vec<String> = (0..count).map(|n| format!("xmlns:a{n}='u{n}'")).collect();
            format!("<a {}/>", list.join(" "))
        };
        let named = |count: usize| format!("<{}/>", "a".repeat(count));
        let table: [(&dyn Fn(usize) -> String, usize); 5] = [
            (&nested, MAX_DEPTH),
            (&wide, MAX_ELEMENTS),
            (&attributes, MAX_ATTRIBUTES),
            (&spaces, MAX_NAMESPACES),
            (&named, MAX_NAME_BYTES),
        ];
        for (make, limit) in table {
            assert!(parse(make(limit).as_bytes()).is_ok(), "{limit}");
            assert_eq!(parse(make(limit + 1).as_bytes()), Err(XmlError::TooMuch), "{limit}");
        }
    }
}
