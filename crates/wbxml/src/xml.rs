//! A tree of elements as text for people: transcripts and traces.

use std::fmt::Write as _;

use crate::encode::is_legal;
use crate::{Element, Node, Tag};

/// Returns `root` as indented XML, one element or run per line, names without their code page.
///
/// For people and not to be read back: bytes are shown as `<n bytes>`. Line ends and control characters in text
/// are escaped, so that a value cannot forge a line of a trace.
#[must_use]
pub fn to_xml(root: &Element) -> String {
    let mut out = Out { text: String::new(), depth: 0 };
    let mut open = Vec::new();
    open.extend(out.start(root));
    while let Some((tag, content)) = open.last_mut() {
        match content.next() {
            Some(Node::Element(child)) => open.extend(out.start(child)),
            Some(run) => out.line(|text| show_run(text, run)),
            None => {
                out.depth -= 1;
                let tag = *tag;
                out.line(|text| show_tag(text, "</", tag, ">"));
                open.pop();
            }
        }
    }
    out.text
}

type Open<'a> = (Tag, std::slice::Iter<'a, Node>);

struct Out {
    text: String,
    depth: usize,
}

impl Out {
    /// Writes an element's first line and returns what goes on the lines below, or `None` if it needed only one.
    fn start<'a>(&mut self, element: &'a Element) -> Option<Open<'a>> {
        let tag = element.tag;
        if element.is_empty() {
            self.line(|text| show_tag(text, "<", tag, "/>"));
            return None;
        }
        if element.elements().next().is_none() {
            self.line(|text| {
                show_tag(text, "<", tag, ">");
                element.content.iter().for_each(|run| show_run(text, run));
                show_tag(text, "</", tag, ">");
            });
            return None;
        }
        self.line(|text| show_tag(text, "<", tag, ">"));
        self.depth += 1;
        Some((tag, element.content.iter()))
    }

    fn line(&mut self, write: impl FnOnce(&mut String)) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
        write(&mut self.text);
        self.text.push('\n');
    }
}

fn show_tag(out: &mut String, before: &str, tag: Tag, after: &str) {
    out.push_str(before);
    match tag.name() {
        Some(name) => out.push_str(name),
        None => push(out, format_args!("{tag:?}")),
    }
    out.push_str(after);
}

fn show_run(out: &mut String, run: &Node) {
    match run {
        Node::Element(_) => {}
        Node::Text(text) => text.chars().for_each(|character| show_character(out, character)),
        Node::Opaque(bytes) => push(out, format_args!("<{} bytes>", bytes.len())),
    }
}

fn show_character(out: &mut String, character: char) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        plain if is_legal(plain) && !plain.is_control() => out.push(plain),
        control => push(out, format_args!("&#{};", u32::from(control))),
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{air_sync, contacts};

    #[test]
    fn a_tree_reads_as_indented_lines() {
        let shown = Element::new(air_sync::ADD)
            .with(Element::text(air_sync::SERVER_ID, "s7:12"))
            .with(
                Element::new(air_sync::APPLICATION_DATA)
                    .with(Element::text(contacts::FIRST_NAME, "A & <B>"))
                    .with(Element::opaque(contacts::PICTURE, [0; 12]))
                    .with(Element::text(contacts::LAST_NAME, "")),
            )
            .with(Element::new(air_sync::MORE_AVAILABLE));
        let expected = "\
<Add>
  <ServerId>s7:12</ServerId>
  <ApplicationData>
    <FirstName>A &amp; &lt;B&gt;</FirstName>
    <Picture><12 bytes></Picture>
    <LastName/>
  </ApplicationData>
  <MoreAvailable/>
</Add>
";
        assert_eq!(to_xml(&shown), expected);
    }

    #[test]
    fn a_value_cannot_forge_a_line() {
        let shown = Element::text(air_sync::SYNC_KEY, "1\n<Status>\u{1B}[2J\u{85}");
        assert_eq!(to_xml(&shown), "<SyncKey>1&#10;&lt;Status&gt;&#27;[2J&#133;</SyncKey>\n");
    }

    #[test]
    fn mixed_content_and_unknown_tags_are_shown() {
        let shown = Element::new(air_sync::ADD)
            .with(Node::Text("loose".into()))
            .with(Element::new(Tag::new(0, 0x3F)));
        assert_eq!(to_xml(&shown), "<Add>\n  loose\n  <AirSync:0x3F/>\n</Add>\n");
    }
}
