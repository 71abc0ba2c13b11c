//! Which parts of a message are its text, which are attachments, which is the meeting.

use super::structure::{Disposition, Part, Structure};

/// The parts of a message by what they are for.
#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    /// What a reader of plain text sees, in order; HTML where there is nothing else.
    pub(super) plain: Vec<&'a Part>,
    /// What a reader of HTML sees, in order; plain text where there is nothing else.
    pub(super) html: Vec<&'a Part>,
    /// Attachments in order; their place is their index.
    pub(super) attachments: Vec<Attached<'a>>,
    /// The calendar part of a meeting message; it is an attachment too, so that it can be had as a file.
    pub(super) calendar: Option<&'a Part>,
}

/// A part that is an attachment.
#[derive(Debug)]
pub(super) struct Attached<'a> {
    pub(super) part: &'a Part,
    /// Whether it sits beside the text that shows it.
    pub(super) related: bool,
}

/// What the parts of a multipart are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Siblings {
    Mixed,
    Alternative,
    Related,
}

/// What is still looked for at a place in the tree.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    plain: bool,
    html: bool,
    /// Whether some multipart above holds alternatives.
    in_alternative: bool,
}

impl<'a> Choice<'a> {
    /// Sorts the parts of a message as mail programs do. [RFC 8621 4.1.4]
    pub(super) fn of(structure: &'a Structure) -> Self {
        let mut choice = Self::default();
        let wanted = Wanted { plain: true, html: true, in_alternative: false };
        choice.siblings(std::slice::from_ref(&structure.root), Siblings::Mixed, wanted);
        choice
    }

    fn siblings(&mut self, parts: &'a [Part], siblings: Siblings, mut wanted: Wanted) {
        let (plain_before, html_before) = (self.plain.len(), self.html.len());
        for (nth, part) in parts.iter().enumerate() {
            if !part.children.is_empty() {
                let below = kind(part);
                let in_alternative = wanted.in_alternative || below == Siblings::Alternative;
                self.siblings(&part.children, below, Wanted { in_alternative, ..wanted });
            } else if is_text(part, nth, siblings) {
                wanted = self.text(part, siblings, wanted);
            } else {
                if part.media_type == "text/calendar" && self.takes_calendar(part) {
                    self.calendar = Some(part);
                }
                self.attachments.push(Attached { part, related: siblings == Siblings::Related });
            }
        }
        if siblings == Siblings::Alternative && wanted.plain && wanted.html {
            self.fill(plain_before, html_before);
        }
    }

    /// Takes a text part up, and returns what is wanted of the parts after it.
    fn text(&mut self, part: &'a Part, siblings: Siblings, mut wanted: Wanted) -> Wanted {
        let is_html = part.media_type == "text/html";
        if siblings == Siblings::Alternative {
            if is_html {
                self.html.push(part);
            } else {
                self.plain.push(part);
            }
            return wanted;
        }
        if wanted.in_alternative {
            if is_html { wanted.plain = false } else { wanted.html = false }
        }
        if wanted.plain {
            self.plain.push(part);
        }
        if wanted.html {
            self.html.push(part);
        }
        wanted
    }

    /// Gives both readers what only one of them was given by a set of alternatives.
    fn fill(&mut self, plain_before: usize, html_before: usize) {
        if self.plain.len() == plain_before {
            let found = self.html.get(html_before..).unwrap_or_default();
            self.plain.extend_from_slice(found);
        } else if self.html.len() == html_before {
            let found = self.plain.get(plain_before..).unwrap_or_default();
            self.html.extend_from_slice(found);
        }
    }

    /// Whether a calendar part is the message's meeting rather than a file sent along.
    fn takes_calendar(&self, part: &Part) -> bool {
        let names_method =
            part.content_type.as_ref().is_some_and(|parameters| parameters.get("method").is_some());
        self.calendar.is_none() && part.disposition != Disposition::Attachment && names_method
    }
}

fn kind(part: &Part) -> Siblings {
    match part.media_type.as_str() {
        "multipart/alternative" => Siblings::Alternative,
        "multipart/related" => Siblings::Related,
        _ => Siblings::Mixed,
    }
}

/// Whether a part is text to be read in place: a later text with a name is a file, and only the first of
/// related parts is read.
fn is_text(part: &Part, nth: usize, siblings: Siblings) -> bool {
    let readable = matches!(part.media_type.as_str(), "text/plain" | "text/html");
    let in_place = nth == 0 || (siblings != Siblings::Related && part.file_name.is_empty());
    readable && part.disposition != Disposition::Attachment && in_place
}
