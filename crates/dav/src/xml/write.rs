//! Writing a document. Its outermost element declares the namespaces that this program knows.

use std::fmt::Write as _;

use super::{APPLE, CALDAV, CALENDARSERVER, CARDDAV, COMITY, DAV, Element, MAPI, Name, Node};

/// Prefixes of the known namespaces.
const PREFIXES: [(&str, &str); 7] = [
    (DAV, "d"),
    (CALDAV, "c"),
    (CARDDAV, "a"),
    (CALENDARSERVER, "s"),
    (APPLE, "i"),
    (COMITY, "k"),
    (MAPI, "m"),
];

/// A document, or a part of one, while it is written.
#[derive(Debug, Default)]
pub struct Xml {
    text: String,
    open: Vec<String>,
}

impl Xml {
    /// Returns an empty part, which stands inside a document that [`Xml::document`] began.
    #[must_use]
    pub fn part() -> Self {
        Self::default()
    }

    /// Begins a document with its outermost element.
    #[must_use]
    pub fn document(space: &str, local: &str) -> Self {
        let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<".to_owned();
        let tag = format!("{}:{local}", prefix(space).unwrap_or("d"));
        text.push_str(&tag);
        for (space, prefix) in PREFIXES {
            let _ = write!(text, " xmlns:{prefix}=\"{space}\"");
        }
        text.push('>');
        Self { text, open: vec![tag] }
    }

    /// Ends all that is open and returns the text.
    #[must_use]
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }

    /// Returns whether nothing was written yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns how many bytes were written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.text.len()
    }

    /// Opens an element.
    pub fn open(&mut self, space: &str, local: &str) -> &mut Self {
        self.begin(space, local);
        self.text.push('>');
        self
    }

    /// Closes the element that was opened last.
    pub fn close(&mut self) -> &mut Self {
        if let Some(tag) = self.open.pop() {
            let _ = write!(self.text, "</{tag}>");
        }
        self
    }

    /// Writes an element with nothing in it.
    pub fn empty(&mut self, space: &str, local: &str) -> &mut Self {
        self.begin(space, local);
        self.text.push_str("/>");
        self.open.pop();
        self
    }

    /// Writes an element with nothing in it but attributes without a namespace.
    pub fn empty_with(&mut self, space: &str, local: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.begin(space, local);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.attribute_value(value);
        }
        self.text.push_str("/>");
        self.open.pop();
        self
    }

    /// Writes an element with a text in it.
    pub fn leaf(&mut self, space: &str, local: &str, text: &str) -> &mut Self {
        self.open(space, local).text(text).close()
    }

    /// Writes a `DAV:href`.
    pub fn href(&mut self, href: &str) -> &mut Self {
        self.leaf(DAV, "href", href)
    }

    /// Writes a run of text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                // A reader would make a line feed of it.
                '\r' => self.text.push_str("&#13;"),
                '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'.. => self.text.push(c),
                // XML has no way to say it.
                _ => self.text.push('\u{fffd}'),
            }
        }
        self
    }

    /// Puts a finished part in.
    pub fn part_of(&mut self, part: Self) -> &mut Self {
        self.text.push_str(&part.finish());
        self
    }

    /// Writes a part that [`Xml::text_of`] gave.
    pub fn raw(&mut self, part: &str) -> &mut Self {
        self.text.push_str(part);
        self
    }

    /// Writes an element as it was read, each with its own namespaces, so that it stands anywhere.
    #[must_use]
    pub fn text_of(element: &Element) -> String {
        let mut xml = Self::part();
        xml.element(element);
        xml.finish()
    }

    fn element(&mut self, element: &Element) {
        let tag =
            if element.name.space.is_empty() { String::new() } else { "x:".to_owned() } + &element.name.local;
        let _ = write!(self.text, "<{tag}");
        if element.name.space.is_empty() {
            self.text.push_str(" xmlns=\"\"");
        } else {
            self.text.push_str(" xmlns:x");
            self.attribute_value(&element.name.space);
        }
        for (number, (name, value)) in element.attributes.iter().enumerate() {
            self.attribute(number, name, value);
        }
        self.text.push('>');
        for node in &element.nodes {
            match node {
                Node::Element(child) => self.element(child),
                Node::Text(text) => {
                    self.text(text);
                }
            }
        }
        let _ = write!(self.text, "</{tag}>");
    }

    fn attribute(&mut self, number: usize, name: &Name, value: &str) {
        if name.space.is_empty() {
            let _ = write!(self.text, " {}", name.local);
        } else if name.space == "http://www.w3.org/XML/1998/namespace" {
            let _ = write!(self.text, " xml:{}", name.local);
        } else {
            let _ = write!(self.text, " xmlns:y{number}");
            self.attribute_value(&name.space);
            let _ = write!(self.text, " y{number}:{}", name.local);
        }
        self.attribute_value(value);
    }

    fn attribute_value(&mut self, value: &str) {
        let mut part = Self::part();
        part.text(value);
        let _ = write!(self.text, "=\"{}\"", part.text.replace('"', "&quot;").replace('\n', "&#10;"));
    }

    fn begin(&mut self, space: &str, local: &str) {
        if let Some(prefix) = prefix(space) {
            let tag = format!("{prefix}:{local}");
            let _ = write!(self.text, "<{tag}");
            self.open.push(tag);
        } else if space.is_empty() {
            let _ = write!(self.text, "<{local} xmlns=\"\"");
            self.open.push(local.to_owned());
        } else {
            let _ = write!(self.text, "<x:{local} xmlns:x");
            self.attribute_value(space);
            self.open.push(format!("x:{local}"));
        }
    }
}

fn prefix(space: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|(known, _)| *known == space).map(|(_, prefix)| *prefix)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut xml = Xml::document(DAV, "multistatus");
        xml.leaf(DAV, "href", "/dav/a & <b>").leaf("urn:other", "x", "1\r\n2").empty("", "plain");
        let root = parse(xml.finish().as_bytes()).unwrap();
        assert_eq!(root.child(DAV, "href").unwrap().text(), "/dav/a & <b>");
        assert_eq!(root.child("urn:other", "x").unwrap().text(), "1\r\n2");
        assert!(root.child("", "plain").is_some());
    }

    #[test]
    fn an_element_keeps_its_meaning_anywhere() {
        let text = "<p:a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" q:b=\"&quot;1&quot;\" c=\"2\" xml:lang=\"de\">x<d/><p:e/>y</p:a>";
        let element = parse(text.as_bytes()).unwrap();
        let mut xml = Xml::document(DAV, "prop");
        xml.raw(&Xml::text_of(&element));
        let read = parse(xml.finish().as_bytes()).unwrap();
        assert_eq!(read.children().next(), Some(&element));
    }
}
