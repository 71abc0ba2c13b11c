//! What goes over the wire, as lines for people: `C:` the client, `S:` the server, `+` what came of it, `#` what
//! happens around it. Sync keys are numbered as they come, since their digits say nothing.

use wbxml::{Element, Limits, Node};

/// What fits is written on one line of this length.
const MAX_LINE: usize = 100;

/// A transcript that grows.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    text: String,
    /// Every sync key so far, the first as 1.
    keys: Vec<String>,
}

impl Transcript {
    /// Begins a part of the day.
    pub(crate) fn heading(&mut self, text: &str) {
        self.text.push('\n');
        self.line("==", text);
    }

    pub(crate) fn line(&mut self, mark: &str, text: &str) {
        self.text.push_str(format!("{mark} {text}").trim_end());
        self.text.push('\n');
    }

    pub(crate) fn request(&mut self, request: &phone::Request) {
        self.line("C:", &format!("POST {}  {}", request.command, request.version));
        match &request.root {
            Some(root) => self.document("C:", root),
            None if request.body.is_empty() => self.line("C:", "  (empty)"),
            None => self.line("C:", &format!("  ({} bytes)", request.body.len())),
        }
    }

    pub(crate) fn answer(&mut self, status: u16, body: &[u8]) {
        self.line("S:", &status.to_string());
        match body {
            [] => self.line("S:", "  (empty)"),
            body => self.document("S:", &wbxml::decode(body, &Limits::default()).unwrap()),
        }
    }

    fn document(&mut self, mark: &str, root: &Element) {
        let shown = self.masked(root);
        self.element(mark, &shown, 1);
    }

    fn element(&mut self, mark: &str, element: &Element, depth: usize) {
        let indent = "  ".repeat(depth);
        let whole: String = wbxml::to_xml(element).lines().map(str::trim).collect();
        if indent.len() + whole.len() <= MAX_LINE || element.elements().next().is_none() {
            return self.line(mark, &format!("{indent}{whole}"));
        }
        let name = element.tag.name().unwrap_or("?");
        self.line(mark, &format!("{indent}<{name}>"));
        element.elements().for_each(|child| self.element(mark, child, depth + 1));
        self.line(mark, &format!("{indent}</{name}>"));
    }

    /// Returns the element with its sync keys numbered and long lists of names counted.
    fn masked(&mut self, element: &Element) -> Element {
        let masked = Element::new(element.tag);
        match element.tag.name() {
            Some("SyncKey") if element.value() != "0" => {
                let key = element.value().into_owned();
                let known = self.keys.iter().position(|known| *known == key);
                let at = known.unwrap_or_else(|| {
                    self.keys.push(key);
                    self.keys.len() - 1
                });
                masked.with(Node::Text(format!("key {}", at + 1)))
            }
            Some("Supported") => masked.with(Node::Text(format!("{} names", element.elements().count()))),
            _ => element.content.iter().fold(masked, |masked, node| match node {
                Node::Element(child) => {
                    let child = self.masked(child);
                    masked.with(child)
                }
                Node::Text(_) | Node::Opaque(_) => masked.with(node.clone()),
            }),
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}
