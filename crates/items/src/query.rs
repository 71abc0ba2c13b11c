//! What a user looks for in messages: words, "phrases" and the keywords that phones write.
//!
//! `subject:report from:"Anna Berg" -draft OR hasattachment:yes` is read as people mean it: all of the terms, of which
//! a `-` or NOT before one denies it, and OR parts alternatives. A word is found anywhere, in any case. Brackets part
//! words and mean nothing else.

mod date;

use std::cell::OnceCell;

use jiff::{Timestamp, Zoned};

use crate::message::{AddressList, Message};
use date::Span;

/// Terms of one query that count; what follows is not looked at.
pub const MAX_TERMS: usize = 32;
/// Characters of a query that are read.
pub const MAX_QUERY_CHARS: usize = 1024;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Of these, one must fit whole.
    alternatives: Vec<Vec<Term>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    sense: Sense,
    test: Test,
}

/// Whether a term must hold or must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Is,
    IsNot,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// The text, in lower case, stands there.
    Says(Place, String),
    /// It has attachments, or none.
    Attached(Attached),
    /// It came in this time.
    Received(Span),
    /// Nothing fits a value that cannot be read.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attached {
    Some,
    None,
}

/// Where a text may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    From,
    To,
    Cc,
    Bcc,
    Participants,
    Subject,
    Body,
    Attachment,
}

/// What stands before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyword {
    In(Place),
    HasAttachment,
    Received,
}

impl Keyword {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "from" | "sender" => Self::In(Place::From),
            "to" => Self::In(Place::To),
            "cc" => Self::In(Place::Cc),
            "bcc" => Self::In(Place::Bcc),
            "participants" | "recipients" => Self::In(Place::Participants),
            "subject" => Self::In(Place::Subject),
            "body" => Self::In(Place::Body),
            "attachment" | "attachmentnames" => Self::In(Place::Attachment),
            "hasattachment" | "hasattachments" => Self::HasAttachment,
            "received" | "sent" | "date" => Self::Received,
            _ => return None,
        })
    }
}

impl Query {
    /// Reads a query; `now` says what `received:today` means. Whatever the text is, it is one.
    #[must_use]
    pub fn parse(text: &str, now: &Zoned) -> Self {
        let mut alternatives = vec![Vec::new()];
        let mut sense = Sense::Is;
        let end = text.char_indices().nth(MAX_QUERY_CHARS).map_or(text.len(), |(at, _)| at);
        let mut words = Words { rest: text.get(..end).unwrap_or_default() };
        let mut terms = 0;
        while let Some(word) = words.next().filter(|_| terms < MAX_TERMS) {
            match word {
                Word::Bare("OR") => alternatives.push(Vec::new()),
                Word::Bare("AND") => {}
                Word::Bare("NOT") => sense = Sense::IsNot,
                Word::Bare(_) | Word::Quoted(_) => {
                    let (word, denied) = word.without_minus();
                    let sense = if denied { Sense::IsNot } else { std::mem::replace(&mut sense, Sense::Is) };
                    let Some(found) = asked(word, &mut words, now) else { continue };
                    if let Some(last) = alternatives.last_mut() {
                        last.push(Term { sense, test: found });
                    }
                    terms += 1;
                }
            }
        }
        alternatives.retain(|terms| !terms.is_empty());
        Self { alternatives }
    }

    /// Returns whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alternatives.is_empty()
    }

    /// Returns whether a message that came in at `received` is one that is looked for. Every message is, where nothing
    /// is asked.
    #[must_use]
    pub fn matches(&self, message: &Message, received: Timestamp) -> bool {
        let page = Page { message, body: OnceCell::new() };
        let fits = |term: &Term| (term.sense == Sense::Is) == page.holds(&term.test, received);
        self.is_empty() || self.alternatives.iter().any(|terms| terms.iter().all(fits))
    }
}

/// A message that is looked through; its text is put in lower case once, and only if somebody asks for it.
struct Page<'m> {
    message: &'m Message,
    body: OnceCell<String>,
}

impl Page<'_> {
    fn holds(&self, test: &Test, received: Timestamp) -> bool {
        match test {
            Test::Says(place, words) => self.says(*place, words),
            Test::Attached(Attached::Some) => !self.message.attachments.is_empty(),
            Test::Attached(Attached::None) => self.message.attachments.is_empty(),
            Test::Received(span) => span.contains(received),
            Test::Never => false,
        }
    }

    fn says(&self, place: Place, text: &str) -> bool {
        let message = self.message;
        match place {
            Place::From => names(&message.from, text) || names(&message.sender, text),
            Place::To => names(&message.to, text),
            Place::Cc => names(&message.cc, text),
            Place::Bcc => names(&message.bcc, text),
            Place::Participants => self.participates(text),
            Place::Subject => contains(&message.subject, text),
            Place::Body => self.body().contains(text),
            Place::Attachment => message.attachments.iter().any(|one| contains(&one.name, text)),
            Place::Anywhere => {
                contains(&message.subject, text)
                    || self.participates(text)
                    || message.attachments.iter().any(|one| contains(&one.name, text))
                    || self.body().contains(text)
            }
        }
    }

    fn participates(&self, text: &str) -> bool {
        let message = self.message;
        let lists = [&message.from, &message.sender, &message.to, &message.cc, &message.bcc];
        lists.into_iter().any(|list| names(list, text))
    }

    fn body(&self) -> &str {
        self.body.get_or_init(|| self.message.body_text().to_lowercase())
    }
}

fn names(list: &AddressList, text: &str) -> bool {
    list.0.iter().any(|one| contains(&one.name, text) || contains(&one.address, text))
}

fn contains(whole: &str, lower: &str) -> bool {
    whole.to_lowercase().contains(lower)
}

/// A piece of a query.
#[derive(Debug, Clone, Copy)]
enum Word<'q> {
    Bare(&'q str),
    Quoted(&'q str),
}

impl<'q> Word<'q> {
    const fn text(self) -> &'q str {
        match self {
            Self::Bare(text) | Self::Quoted(text) => text,
        }
    }

    fn without_minus(self) -> (Self, bool) {
        match self {
            Self::Bare(text) => match text.strip_prefix('-') {
                Some(rest) => (Self::Bare(rest), true),
                None => (self, false),
            },
            Self::Quoted(_) => (self, false),
        }
    }
}

/// The pieces of a query, in order. A keyword ends at its colon or sign, so that a quoted value is a piece of its own.
struct Words<'q> {
    rest: &'q str,
}

impl<'q> Iterator for Words<'q> {
    type Item = Word<'q>;

    fn next(&mut self) -> Option<Word<'q>> {
        let parts = |one: char| one.is_whitespace() || one == '(' || one == ')';
        self.rest = self.rest.trim_start_matches(parts);
        if let Some(quoted) = self.rest.strip_prefix('"') {
            let (text, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
            self.rest = rest;
            return Some(Word::Quoted(text));
        }
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find(|one: char| parts(one) || one == '"').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end.max(1)).unwrap_or((self.rest, ""));
        self.rest = rest;
        Some(Word::Bare(text))
    }
}

/// Returns what a word asks, with its value from `words` where it names a keyword alone; `None` where it asks nothing.
fn asked(word: Word<'_>, words: &mut Words<'_>, now: &Zoned) -> Option<Test> {
    if let Word::Bare(text) = word
        && let Some((keyword, value)) = keyword(text)
    {
        let next = if value.trim_start_matches(SIGNS).is_empty() { words.next() } else { None };
        let (sign, rest) = value.split_at_checked(value.len() - value.trim_start_matches(SIGNS).len())?;
        return Some(valued(keyword, sign, next.map_or(rest, Word::text), now));
    }
    let text = fold(word.text());
    (!text.is_empty()).then_some(Test::Says(Place::Anywhere, text))
}

/// What may stand between a keyword and its value.
const SIGNS: [char; 4] = [':', '=', '<', '>'];

/// Returns the keyword that a word begins with and what follows it, the sign included.
fn keyword(text: &str) -> Option<(Keyword, &str)> {
    let (name, value) = text.split_at_checked(text.find(SIGNS)?)?;
    Some((Keyword::named(name)?, value))
}

fn valued(keyword: Keyword, sign: &str, value: &str, now: &Zoned) -> Test {
    match keyword {
        Keyword::In(place) => match fold(value) {
            text if text.is_empty() => Test::Never,
            text => Test::Says(place, text),
        },
        Keyword::HasAttachment => match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Test::Attached(Attached::Some),
            "false" | "no" | "0" => Test::Attached(Attached::None),
            _ => Test::Never,
        },
        Keyword::Received => {
            Span::parse(sign.trim_start_matches(':'), value, now).map_or(Test::Never, Test::Received)
        }
    }
}

/// Returns a text as it is looked for: in lower case, without the star that stands for the rest of a word.
fn fold(text: &str) -> String {
    text.trim().trim_end_matches('*').to_lowercase()
}

#[cfg(test)]
mod tests;
