//! Filters of queries, read from the request and laid on an item's lines (RFC 4791 9.7, RFC 6352 10.5).

use items::Kind;
use items::contentline::{Component, Document, Line};
use jiff::tz::TimeZone;

use super::span::{self, Span};
use crate::reply::Reply;
use crate::xml::Element;

/// Filters in one another at most.
pub(crate) const MAX_NESTING: usize = 8;
/// Filters of one request at most.
pub(crate) const MAX_FILTERS: usize = 100;
/// Bytes of a text that is looked for at most.
pub(crate) const MAX_TEXT_BYTES: usize = 256;

/// How several conditions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    All,
    Any,
}

/// What a component must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ComponentFilter {
    name: String,
    absent: bool,
    test: Test,
    span: Option<Span>,
    properties: Vec<PropertyFilter>,
    components: Vec<ComponentFilter>,
}

/// What a property must have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PropertyFilter {
    name: String,
    absent: bool,
    test: Test,
    texts: Vec<TextMatch>,
    parameters: Vec<ParameterFilter>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct ParameterFilter {
    name: String,
    absent: bool,
    text: Option<TextMatch>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct TextMatch {
    text: String,
    negated: bool,
    case: Case,
    how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Folded,
    Exact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Contains,
    Equals,
    StartsWith,
    EndsWith,
}

/// An item while it is looked at.
#[derive(Debug)]
pub(super) struct Looked<'a> {
    pub(super) kind: Kind,
    pub(super) content: &'a [u8],
    pub(super) document: Document<'a>,
    /// The zone in which days and floating times are read.
    pub(super) home: &'a TimeZone,
}

/// Reads filters; the namespace is that of the report.
pub(super) struct Reader {
    space: &'static str,
    left: usize,
}

impl Reader {
    pub(super) const fn new(space: &'static str) -> Self {
        Self { space, left: MAX_FILTERS }
    }

    fn invalid(&self) -> Reply {
        Reply::failed(403, self.space, "valid-filter")
    }

    fn unsupported(&self) -> Reply {
        Reply::failed(403, self.space, "supported-filter")
    }

    fn count(&mut self, nesting: usize) -> Result<(), Reply> {
        self.left = self.left.checked_sub(1).ok_or_else(|| self.unsupported())?;
        if nesting > MAX_NESTING { Err(self.unsupported()) } else { Ok(()) }
    }

    /// Reads the filter of a calendar query, whose outermost component is the calendar.
    pub(super) fn calendar(&mut self, filter: &Element) -> Result<ComponentFilter, Reply> {
        let outermost = filter.child(self.space, "comp-filter").ok_or_else(|| self.invalid())?;
        self.component(outermost, 1)
    }

    /// Reads the filter of an address book query: conditions on the one card.
    pub(super) fn card(&mut self, filter: &Element) -> Result<ComponentFilter, Reply> {
        let mut properties = Vec::new();
        for child in filter.children().filter(|child| child.name.is(self.space, "prop-filter")) {
            properties.push(self.property(child, 1)?);
        }
        Ok(ComponentFilter {
            name: "VCARD".to_owned(),
            absent: false,
            test: test(filter, Test::Any),
            span: None,
            properties,
            components: Vec::new(),
        })
    }

    fn component(&mut self, element: &Element, nesting: usize) -> Result<ComponentFilter, Reply> {
        self.count(nesting)?;
        let name = element.attribute("name").ok_or_else(|| self.invalid())?.to_ascii_uppercase();
        let mut filter = ComponentFilter {
            name,
            absent: element.child(self.space, "is-not-defined").is_some(),
            test: test(element, Test::All),
            span: None,
            properties: Vec::new(),
            components: Vec::new(),
        };
        let space = self.space;
        for child in element.children().filter(|child| child.name.space == space) {
            match child.name.local.as_ref() {
                "time-range" => filter.span = Some(span::of(child).ok_or_else(|| self.invalid())?),
                "prop-filter" => filter.properties.push(self.property(child, nesting + 1)?),
                "comp-filter" => filter.components.push(self.component(child, nesting + 1)?),
                _ => {}
            }
        }
        let timed = matches!(filter.name.as_str(), "VEVENT" | "VTODO" | "VJOURNAL");
        if filter.span.is_some() && !timed { Err(self.unsupported()) } else { Ok(filter) }
    }

    fn property(&mut self, element: &Element, nesting: usize) -> Result<PropertyFilter, Reply> {
        self.count(nesting)?;
        if element.child(self.space, "time-range").is_some() {
            return Err(self.unsupported());
        }
        let name = element.attribute("name").ok_or_else(|| self.invalid())?.to_owned();
        let mut filter = PropertyFilter {
            name,
            absent: element.child(self.space, "is-not-defined").is_some(),
            test: test(element, if self.space == crate::xml::CARDDAV { Test::Any } else { Test::All }),
            texts: Vec::new(),
            parameters: Vec::new(),
        };
        let space = self.space;
        for child in element.children().filter(|child| child.name.space == space) {
            match child.name.local.as_ref() {
                "text-match" => filter.texts.push(self.text(child)?),
                "param-filter" => {
                    self.count(nesting + 1)?;
                    let text = child.child(self.space, "text-match").map(|text| self.text(text));
                    filter.parameters.push(ParameterFilter {
                        name: child.attribute("name").ok_or_else(|| self.invalid())?.to_owned(),
                        absent: child.child(self.space, "is-not-defined").is_some(),
                        text: text.transpose()?,
                    });
                }
                _ => {}
            }
        }
        Ok(filter)
    }

    fn text(&self, element: &Element) -> Result<TextMatch, Reply> {
        let text = element.text();
        if text.len() > MAX_TEXT_BYTES {
            return Err(self.unsupported());
        }
        let case = match element.attribute("collation").unwrap_or("default") {
            "default" | "i;ascii-casemap" | "i;unicode-casemap" => Case::Folded,
            "i;octet" => Case::Exact,
            _ => return Err(Reply::failed(403, self.space, "supported-collation")),
        };
        let how = match element.attribute("match-type").unwrap_or("contains") {
            "contains" => How::Contains,
            "equals" => How::Equals,
            "starts-with" => How::StartsWith,
            "ends-with" => How::EndsWith,
            _ => return Err(self.unsupported()),
        };
        let negated = element.attribute("negate-condition") == Some("yes");
        Ok(TextMatch { text: fold(&text, case), negated, case, how })
    }
}

fn test(element: &Element, default: Test) -> Test {
    match element.attribute("test") {
        Some("anyof") => Test::Any,
        Some("allof") => Test::All,
        Some(_) | None => default,
    }
}

impl ComponentFilter {
    /// Returns the span of time that every item must touch that this could match.
    pub(super) fn span(&self) -> Option<Span> {
        if self.absent || self.test == Test::Any {
            return None;
        }
        self.span.or_else(|| self.components.iter().find_map(Self::span))
    }

    /// Returns whether an item has what is asked for.
    pub(super) fn matches(&self, item: &Looked<'_>) -> bool {
        let found: Vec<&Component> =
            item.document.roots().filter(|root| root.name().eq_ignore_ascii_case(&self.name)).collect();
        self.matches_any(item, &found)
    }

    fn matches_any(&self, item: &Looked<'_>, found: &[&Component]) -> bool {
        if self.absent {
            return found.is_empty();
        }
        // A series is one thing with its changed occurrences: it is asked as a whole when it happens.
        let in_time = self.span.is_none_or(|span| span.touches(item.kind, item.content, item.home));
        in_time && found.iter().any(|component| self.matches_one(item, component))
    }

    fn matches_one(&self, item: &Looked<'_>, component: &Component) -> bool {
        let properties = self.properties.iter().map(|filter| {
            let lines: Vec<&Line<'_>> = item.document.named(component, &filter.name).collect();
            filter.matches(&lines)
        });
        let components = self.components.iter().map(|filter| {
            let inner: Vec<&Component> = item
                .document
                .children(component)
                .filter(|child| child.name().eq_ignore_ascii_case(&filter.name))
                .collect();
            filter.matches_any(item, &inner)
        });
        all(self.test, properties.chain(components))
    }
}

impl PropertyFilter {
    fn matches(&self, lines: &[&Line<'_>]) -> bool {
        if self.absent {
            return lines.is_empty();
        }
        lines.iter().any(|line| {
            let texts = self.texts.iter().map(|text| text.matches(&line.text()));
            let parameters = self.parameters.iter().map(|filter| filter.matches(line));
            all(self.test, texts.chain(parameters))
        })
    }
}

impl ParameterFilter {
    fn matches(&self, line: &Line<'_>) -> bool {
        let values: Vec<String> = line
            .params()
            .filter(|param| param.is(&self.name))
            .flat_map(|param| param.values().map(std::borrow::Cow::into_owned).collect::<Vec<_>>())
            .collect();
        if self.absent {
            return values.is_empty();
        }
        !values.is_empty()
            && self.text.as_ref().is_none_or(|text| values.iter().any(|value| text.matches(value)))
    }
}

impl TextMatch {
    fn matches(&self, value: &str) -> bool {
        let value = fold(value, self.case);
        let matches = match self.how {
            How::Contains => value.contains(&self.text),
            How::Equals => value == self.text,
            How::StartsWith => value.starts_with(&self.text),
            How::EndsWith => value.ends_with(&self.text),
        };
        matches != self.negated
    }
}

fn all(test: Test, mut conditions: impl Iterator<Item = bool>) -> bool {
    match test {
        Test::All => conditions.all(|holds| holds),
        Test::Any => {
            let mut none = true;
            conditions.any(|holds| {
                none = false;
                holds
            }) || none
        }
    }
}

fn fold(text: &str, case: Case) -> String {
    match case {
        Case::Exact => text.to_owned(),
        Case::Folded => text.to_lowercase(),
    }
}
