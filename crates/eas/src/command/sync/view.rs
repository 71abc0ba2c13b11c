//! How a phone wants the items of a folder. It says so once; what it said is kept with its key, as text.

use std::collections::HashSet;
use std::fmt::Write as _;

use engine::{Conflict, Window};
use items::Kind;
use wbxml::page::air_sync::{CLASS, CONFLICT, FILTER_TYPE, MIME_SUPPORT};
use wbxml::page::air_sync_base::{ALL_OR_NONE, BODY_PREFERENCE, PREVIEW, TRUNCATION_SIZE, TYPE};
use wbxml::{Element, Tag};

use crate::command::Session;
use crate::payload::{self, BodyPreference, BodyType, Ghosting, MimeSupport};

/// The class of the second block of options that a phone may send; there are no text messages here.
const TEXT_MESSAGES: &str = "SMS";

/// The highest number of a filter.
const MAX_FILTER: u8 = 8;

/// How a phone wants the items of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    /// The number of the filter; 0 for all items.
    pub(crate) filter: u8,
    pub(crate) conflict: Conflict,
    mime: MimeSupport,
    bodies: Vec<BodyPreference>,
    pub(crate) ghosting: Ghosting,
}

/// The options make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Default for View {
    fn default() -> Self {
        Self {
            filter: 0,
            conflict: Conflict::ServerWins,
            mime: MimeSupport::Unsaid,
            bodies: Vec::new(),
            ghosting: Ghosting::Nothing,
        }
    }
}

impl View {
    /// Takes the options of a request, which replace all said before; without any, that stays.
    pub(crate) fn replace<'a>(
        &mut self,
        options: impl IntoIterator<Item = &'a Element>,
    ) -> Result<(), Malformed> {
        let mut own =
            options.into_iter().filter(|block| block.child_text(CLASS).as_deref() != Some(TEXT_MESSAGES));
        let Some(block) = own.next() else { return Ok(()) };
        if own.next().is_some() {
            return Err(Malformed);
        }
        let ghosting = std::mem::take(&mut self.ghosting);
        *self = Self {
            filter: filter(block)?.unwrap_or(0),
            conflict: conflict(block)?,
            mime: mime(block)?,
            bodies: bodies(block)?,
            ghosting,
        };
        Ok(())
    }

    /// Returns which items the phone wants. A filter that the kind does not have stands for the next larger one
    /// that it has; `None` for the one that no phone may ask.
    pub(crate) fn window(&self, kind: Kind) -> Option<Window> {
        let days = |days| Some(Window::Since { days });
        match (kind, self.filter) {
            (Kind::Mail, 8) => None,
            (Kind::Mail, 1) => days(1),
            (Kind::Mail, 2) => days(3),
            (Kind::Mail, 3) => days(7),
            (Kind::Mail, 4) | (Kind::Calendar, 1..=4) => days(14),
            (Kind::Mail | Kind::Calendar, 5) => days(31),
            (Kind::Calendar, 6) => days(92),
            (Kind::Calendar, 7) => days(184),
            (Kind::Tasks, 8) => Some(Window::OpenOnly),
            (Kind::Mail | Kind::Calendar | Kind::Contacts | Kind::Tasks | Kind::Notes | Kind::Files, _) => {
                Some(Window::All)
            }
        }
    }

    /// Returns how items are rendered for the phone. A meeting is seen from the folder owner's addresses.
    pub(crate) fn options(&self, session: &Session<'_>, owner: Vec<String>) -> payload::Options {
        payload::Options {
            version: session.version,
            bodies: self.bodies.clone(),
            mime: self.mime,
            zone: session.zone(),
            owner,
            dates: session.dates,
        }
    }

    /// Writes what is kept with the key.
    pub(crate) fn encode(&self) -> String {
        let mut words = vec![format!("f{}", self.filter)];
        if self.conflict == Conflict::ClientWins {
            words.push("c0".to_owned());
        }
        match self.mime {
            MimeSupport::Unsaid => {}
            MimeSupport::Never => words.push("m0".to_owned()),
            MimeSupport::Smime => words.push("m1".to_owned()),
            MimeSupport::All => words.push("m2".to_owned()),
        }
        words.extend(self.bodies.iter().map(body_word));
        match &self.ghosting {
            Ghosting::Nothing => {}
            Ghosting::Everything => words.push("g*".to_owned()),
            Ghosting::Listed(tags) => {
                let mut tags: Vec<_> = tags.iter().map(|tag| (tag.page(), tag.code())).collect();
                tags.sort_unstable();
                let tags: Vec<_> = tags.iter().map(|(page, code)| format!("{page}.{code}")).collect();
                words.push(format!("g{}", tags.join(",")));
            }
        }
        words.join(" ")
    }

    /// Reads what was kept with the key; what is not understood was never said.
    pub(crate) fn decode(memo: &str) -> Self {
        let mut view = Self::default();
        for word in memo.split(' ') {
            let mut characters = word.chars();
            let what = characters.next();
            let rest = characters.as_str();
            match (what, rest) {
                (Some('f'), _) => view.filter = rest.parse().unwrap_or(0),
                (Some('c'), "0") => view.conflict = Conflict::ClientWins,
                (Some('m'), "0") => view.mime = MimeSupport::Never,
                (Some('m'), "1") => view.mime = MimeSupport::Smime,
                (Some('m'), "2") => view.mime = MimeSupport::All,
                (Some('b'), _) => view.bodies.extend(body_of(rest)),
                (Some('g'), "*") => view.ghosting = Ghosting::Everything,
                (Some('g'), _) => view.ghosting = Ghosting::Listed(tags(rest)),
                (Some(_) | None, _) => {}
            }
        }
        view
    }
}

/// Reads the number of a filter, where there is one.
pub(crate) fn filter(holder: &Element) -> Result<Option<u8>, Malformed> {
    small(holder, FILTER_TYPE, MAX_FILTER)
}

fn conflict(block: &Element) -> Result<Conflict, Malformed> {
    Ok(match small(block, CONFLICT, 1)? {
        Some(0) => Conflict::ClientWins,
        Some(_) | None => Conflict::ServerWins,
    })
}

fn mime(block: &Element) -> Result<MimeSupport, Malformed> {
    Ok(match small(block, MIME_SUPPORT, 2)? {
        None => MimeSupport::Unsaid,
        Some(0) => MimeSupport::Never,
        Some(1) => MimeSupport::Smime,
        Some(_) => MimeSupport::All,
    })
}

fn bodies(block: &Element) -> Result<Vec<BodyPreference>, Malformed> {
    let mut bodies: Vec<BodyPreference> = Vec::new();
    for wish in block.children(BODY_PREFERENCE) {
        let kind = small(wish, TYPE, u8::MAX)?.and_then(BodyType::from_number).ok_or(Malformed)?;
        if bodies.iter().any(|body| body.kind == kind) {
            return Err(Malformed);
        }
        let truncation = match wish.child_text(TRUNCATION_SIZE) {
            Some(size) => Some(size.trim().parse().map_err(|_| Malformed)?),
            None => None,
        };
        let preview = small(wish, PREVIEW, u8::MAX)?.map(usize::from);
        bodies.push(BodyPreference {
            kind,
            truncation,
            all_or_none: wish.flag(ALL_OR_NONE) == Some(true),
            preview,
        });
    }
    Ok(bodies)
}

/// Reads a small number, where there is one.
fn small(holder: &Element, tag: Tag, highest: u8) -> Result<Option<u8>, Malformed> {
    let Some(text) = holder.child_text(tag) else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) if number <= highest => Ok(Some(number)),
        Ok(_) | Err(_) => Err(Malformed),
    }
}

fn body_word(body: &BodyPreference) -> String {
    let kind = match body.kind {
        BodyType::Plain => 1,
        BodyType::Html => 2,
        BodyType::Rtf => 3,
        BodyType::Mime => 4,
    };
    let mut word = format!("b{kind}:");
    if let Some(truncation) = body.truncation {
        write!(word, "{truncation}").expect("writing to a string cannot fail");
    }
    word.push(':');
    word.push(if body.all_or_none { '1' } else { '0' });
    word.push(':');
    if let Some(preview) = body.preview {
        write!(word, "{preview}").expect("writing to a string cannot fail");
    }
    word
}

fn body_of(word: &str) -> Option<BodyPreference> {
    let mut parts = word.split(':');
    let kind = BodyType::from_number(parts.next()?.parse().ok()?)?;
    let (truncation, all_or_none, preview) = (parts.next()?, parts.next()?, parts.next()?);
    let truncation = if truncation.is_empty() { None } else { Some(truncation.parse().ok()?) };
    let preview = if preview.is_empty() { None } else { Some(preview.parse().ok()?) };
    Some(BodyPreference { kind, truncation, all_or_none: all_or_none == "1", preview })
}

fn tags(words: &str) -> HashSet<Tag> {
    payload::tags(&words.replace(',', " ")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wbxml::page::air_sync::{OPTIONS, SUPPORTED};
    use wbxml::page::{contacts, contacts2};

    use super::*;

    fn options(children: &[(Tag, &str)]) -> Element {
        children
            .iter()
            .fold(Element::new(OPTIONS), |block, (tag, text)| block.with(Element::text(*tag, *text)))
    }

    fn wish(children: &[(Tag, &str)]) -> Element {
        children
            .iter()
            .fold(Element::new(BODY_PREFERENCE), |wish, (tag, text)| wish.with(Element::text(*tag, *text)))
    }

    fn full() -> View {
        let block = options(&[(FILTER_TYPE, "3"), (CONFLICT, "0"), (MIME_SUPPORT, "2")])
            .with(wish(&[(TYPE, "1"), (TRUNCATION_SIZE, "4294967295"), (ALL_OR_NONE, "1")]))
            .with(wish(&[(TYPE, "2"), (PREVIEW, "255")]));
        let supported = Element::new(SUPPORTED)
            .with(Element::new(contacts::FILE_AS))
            .with(Element::new(contacts2::MANAGER_NAME));
        let mut view = View { ghosting: Ghosting::of(&supported), ..View::default() };
        view.replace([&block]).unwrap();
        view
    }

    #[test]
    fn what_a_phone_said_is_read_back() {
        let everything = View { ghosting: Ghosting::of(&Element::new(SUPPORTED)), ..View::default() };
        for view in [full(), everything, View::default()] {
            assert_eq!(View::decode(&view.encode()), view, "{}", view.encode());
        }
        assert_eq!(View::decode(""), View::default());
    }

    #[test]
    fn new_options_replace_all_said_before_but_not_what_the_phone_supports() {
        let mut view = full();
        view.replace(None).unwrap();
        assert_eq!(view, full(), "without options it stays");
        view.replace([&options(&[(FILTER_TYPE, "5")])]).unwrap();
        let expected = View { filter: 5, ghosting: full().ghosting, ..View::default() };
        assert_eq!(view, expected);
    }

    #[test]
    fn options_for_text_messages_are_passed_over() {
        let texts = options(&[(CLASS, "SMS"), (FILTER_TYPE, "1")]);
        let mail = options(&[(CLASS, "Email"), (FILTER_TYPE, "2")]);
        let mut view = View::default();
        view.replace([&texts, &mail]).unwrap();
        assert_eq!(view.filter, 2);
        view.replace([&texts]).unwrap();
        assert_eq!(view.filter, 2);
        assert_eq!(view.replace([&mail, &mail]), Err(Malformed));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let plain = || wish(&[(TYPE, "1")]);
        for block in [
            options(&[(FILTER_TYPE, "9")]),
            options(&[(FILTER_TYPE, "x")]),
            options(&[(CONFLICT, "2")]),
            options(&[(MIME_SUPPORT, "3")]),
            options(&[]).with(plain()).with(plain()),
            options(&[]).with(wish(&[(TYPE, "5")])),
            options(&[]).with(wish(&[])),
            options(&[]).with(wish(&[(TYPE, "1"), (TRUNCATION_SIZE, "-1")])),
            options(&[]).with(wish(&[(TYPE, "1"), (PREVIEW, "256")])),
        ] {
            assert_eq!(View::default().replace([&block]), Err(Malformed), "{block:?}");
        }
    }

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn filters_are_windows() {
        let since = |days| Some(Window::Since { days });
        let all = Some(Window::All);
        let table = [ //      0    1          2          3          4          5          6          7          8
            (Kind::Mail,     [all, since(1),  since(3),  since(7),  since(14), since(31), all,       all,       None]),
            (Kind::Calendar, [all, since(14), since(14), since(14), since(14), since(31), since(92), since(184), all]),
            (Kind::Tasks,    [all, all,       all,       all,       all,       all,       all,       all,       Some(Window::OpenOnly)]),
            (Kind::Contacts, [all; 9]),
            (Kind::Notes,    [all; 9]),
        ];
        for (kind, expected) in table {
            for (filter, window) in (0..).zip(expected) {
                assert_eq!(View { filter, ..View::default() }.window(kind), window, "{kind}, filter {filter}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_memo(text in "[fcmbg0-9:.,* -]{0,60}") {
            let read = View::decode(&text);
            prop_assert_eq!(View::decode(&read.encode()), read);
        }
    }
}
