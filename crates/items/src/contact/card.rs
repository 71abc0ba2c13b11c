//! Which line of a card holds which field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::field::{AddressKind, Family, Field, Form, Place};
use super::{Contact, Picture, Value};
use crate::contentline::{self, Component, Document, Line};
use crate::{Property, Sensitivity};

/// The parameter that says which of several like lines one is, where their order does not.
pub(super) const SLOT: &str = "X-EAS-SLOT";

/// Which syntax the card is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 3.0, and 2.1 as far as it can be read the same way.
    Three,
    Four,
}

/// What a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    FullName,
    Name,
    Org,
    Address(AddressKind),
    Family(Family),
    Field(Field),
    /// What the card says of itself: version, identity.
    Card,
    Other,
}

impl Slot {
    /// Returns where the field lies.
    pub(super) const fn of(field: Field) -> Self {
        match field.place() {
            Place::Name(_) => Self::Name,
            Place::Org(_) => Self::Org,
            Place::Address(kind, _) => Self::Address(kind),
            Place::One(family, _) => Self::Family(family),
            Place::Text(_)
            | Place::Uri(_)
            | Place::Date { .. }
            | Place::Related { .. }
            | Place::Categories
            | Place::Picture => Self::Field(field),
        }
    }

    /// Returns where the line lies; `label` is what Apple's address book calls it.
    fn of_line(line: &Line<'_>, label: Option<&str>) -> Self {
        let name = line.name().to_ascii_uppercase();
        match name.as_str() {
            "TEL" => Self::Family(phone(line)),
            "EMAIL" => Self::Family(Family::Email),
            "ADR" => Self::Address(address(line)),
            "FN" => Self::FullName,
            "N" => Self::Name,
            "ORG" => Self::Org,
            "IMPP" => Self::Family(Family::Im),
            "VERSION" | "UID" | "REV" | "PRODID" | "CLASS" | "KIND" | "X-ADDRESSBOOKSERVER-KIND" => {
                Self::Card
            }
            "RELATED" if !line.value().contains(':') => {
                Field::of_related(|word| line.has_type(word)).map_or(Self::Other, Self::Field)
            }
            "X-ABRELATEDNAMES" => {
                let is = |word: &str| label == Some(word.trim_start_matches("x-"));
                Field::of_related(is).map_or(Self::Other, Self::Field)
            }
            "X-ABDATE" if label == Some("anniversary") => Self::Field(Field::Anniversary),
            _ => Field::of_name(&name).map_or(Self::Other, Self::Field),
        }
    }
}

/// Returns the word in a label, `spouse` in `_$!<Spouse>!$_`.
fn label(value: &str) -> String {
    let value = value.trim();
    let word = value.strip_prefix("_$!<").and_then(|rest| rest.strip_suffix(">!$_"));
    word.unwrap_or(value).to_ascii_lowercase()
}

fn phone(line: &Line<'_>) -> Family {
    let is = |word| line.has_type(word);
    match () {
        () if is("fax") && is("home") => Family::HomeFax,
        () if is("fax") => Family::WorkFax,
        () if is("pager") => Family::Pager,
        () if is("car") => Family::Car,
        () if is("x-radio") => Family::Radio,
        () if is("x-assistant") => Family::Assistant,
        () if is("x-company") => Family::Company,
        () if is("x-mms") => Family::Mms,
        () if is("cell") => Family::Mobile,
        () if is("work") => Family::Work,
        // A number that says nothing of itself is better shown somewhere than nowhere.
        () => Family::Home,
    }
}

fn address(line: &Line<'_>) -> AddressKind {
    if line.has_type("home") {
        AddressKind::Home
    } else if line.has_type("work") {
        AddressKind::Work
    } else {
        AddressKind::Other
    }
}

/// A card, its lines sorted into slots.
pub(super) struct Card<'d, 'a> {
    pub(super) component: &'d Component,
    pub(super) version: Version,
    slots: BTreeMap<Slot, Vec<&'d Line<'a>>>,
}

impl<'d, 'a> Card<'d, 'a> {
    /// Returns the document's first card.
    pub(super) fn of(document: &'d Document<'a>) -> Option<Self> {
        let component = document.root("VCARD")?;
        let mut card = Self { component, version: Version::Three, slots: BTreeMap::new() };
        let labels: BTreeMap<_, _> = document
            .named(component, "X-ABLABEL")
            .filter_map(|line| Some((line.group()?, label(line.value()))))
            .collect();
        for line in document.lines(component) {
            if line.is("VERSION") && line.value().trim() == "4.0" {
                card.version = Version::Four;
            }
            let label = line.group().and_then(|group| labels.get(group)).map(String::as_str);
            card.slots.entry(Slot::of_line(line, label)).or_default().push(line);
        }
        for (slot, lines) in &mut card.slots {
            if matches!(slot, Slot::Family(_) | Slot::FullName) {
                lines.sort_by_key(|line| preference(line));
            }
        }
        Some(card)
    }

    /// Returns all lines of the slot, the preferred first.
    pub(super) fn lines(&self, slot: Slot) -> &[&'d Line<'a>] {
        self.slots.get(&slot).map_or(&[], Vec::as_slice)
    }

    /// Returns the one line that holds the slot.
    pub(super) fn line(&self, slot: Slot) -> Option<&'d Line<'a>> {
        self.lines(slot).iter().copied().find(|line| holds(slot, line))
    }

    /// Returns what is understood.
    pub(super) fn view(&self) -> Contact {
        let mut contact = Contact { is_list: self.is_list(), ..Contact::default() };
        for &slot in self.slots.keys() {
            self.read(slot, &mut contact.values);
        }
        contact.values.retain(|_, value| !value.is_empty());
        if let (Some(name), false) = (self.full_name(), contact.values.contains_key(&Field::FileAs)) {
            contact.values.insert(Field::FileAs, Value::Text(name));
        }
        let own = self.lines(Slot::Card);
        contact.uid = own.iter().find(|line| line.is("UID")).map(|line| line.text().into_owned());
        contact.sensitivity = own
            .iter()
            .find(|line| line.is("CLASS"))
            .map_or(Sensitivity::Normal, |line| Sensitivity::from_class(line.value().trim()));
        contact
    }

    /// Returns the formatted name, if it says anything.
    pub(super) fn full_name(&self) -> Option<String> {
        self.line(Slot::FullName).map(text).filter(|name| !name.is_empty())
    }

    fn is_list(&self) -> bool {
        self.lines(Slot::Card).iter().any(|line| {
            (line.is("KIND") || line.is("X-ADDRESSBOOKSERVER-KIND"))
                && line.value().trim().eq_ignore_ascii_case("group")
        })
    }

    fn read(&self, slot: Slot, values: &mut BTreeMap<Field, Value>) {
        match slot {
            Slot::FullName | Slot::Card | Slot::Other => {}
            Slot::Name | Slot::Org | Slot::Address(_) => {
                let Some(line) = self.line(slot) else { return };
                let parts: Vec<_> = contentline::parts(line.value()).collect();
                for &field in Field::ALL.iter().filter(|&&field| Slot::of(field) == slot) {
                    values.insert(field, Value::Text(part(field.place(), &parts)));
                }
            }
            Slot::Family(family) => {
                for (&field, line) in family.fields().iter().zip(assign(family, self.lines(slot))) {
                    if let Some(line) = line {
                        values.insert(field, Value::Text(address_text(line)));
                    }
                }
            }
            Slot::Field(field) => {
                if let Some(value) = self.value(field) {
                    values.insert(field, value);
                }
            }
        }
    }

    fn value(&self, field: Field) -> Option<Value> {
        let slot = Slot::Field(field);
        match field.place() {
            _ if field.form() == Form::List => Some(Value::List(list(self.lines(slot)))),
            Place::Text(_) | Place::Related { .. } => self.line(slot).map(|line| Value::Text(text(line))),
            Place::Uri(_) => self.line(slot).map(|line| Value::Text(uri(line.value()))),
            Place::Date { .. } => self.line(slot).and_then(date).map(Value::Date),
            Place::Picture => self.line(slot).and_then(picture).map(Value::Picture),
            Place::Categories | Place::Name(_) | Place::Org(_) | Place::Address(..) | Place::One(..) => None,
        }
    }

    /// Returns the properties that no field shows, under their own names.
    pub(super) fn others(&self) -> Vec<Property> {
        let mut others = Vec::new();
        for (&slot, lines) in &self.slots {
            for line in lines.iter().filter(|line| !self.shows(slot, line)) {
                let readable = if line.value().len() > MAX_SHOWN {
                    crate::property::size(line.value().len())
                } else {
                    line.text().into_owned()
                };
                others.push(Property::of(line.name(), readable));
            }
        }
        let explicit = self.line(Slot::Field(Field::FileAs)).is_some();
        // A name made of its parts says nothing that the parts do not.
        let made = |name: &String| super::write::is_made_of_parts(&self.view(), name);
        if let Some(name) = self.full_name().filter(|name| explicit && !made(name)) {
            others.push(Property::of("FN", name));
        }
        if let Some(line) = self.line(Slot::Org) {
            let further = contentline::parts(line.value()).skip(2).filter(|part| !part.is_empty());
            others.extend(further.map(|part| Property::of("ORG", contentline::unescape(part))));
        }
        others
    }

    fn shows(&self, slot: Slot, line: &Line<'a>) -> bool {
        let is_it = |shown: &Line<'a>| shown.number() == line.number();
        match slot {
            Slot::Card | Slot::Field(Field::Categories | Field::Children) => true,
            Slot::Other => false,
            Slot::Family(family) => assign(family, self.lines(slot)).into_iter().flatten().any(is_it),
            Slot::Field(field) => self.line(slot).is_some_and(is_it) && self.value(field).is_some(),
            Slot::FullName | Slot::Name | Slot::Org | Slot::Address(_) => self.line(slot).is_some_and(is_it),
        }
    }

    /// Returns how many lines are known, and how many there are.
    pub(super) fn coverage(&self) -> (usize, usize) {
        let all = self.slots.values().map(Vec::len).sum();
        let lines = self.slots.iter().flat_map(|(&slot, lines)| lines.iter().map(move |line| (slot, line)));
        (lines.filter(|(slot, line)| self.shows(*slot, line)).count(), all)
    }
}

/// Longest value that is shown as it is where no field shows it.
const MAX_SHOWN: usize = 1_000;

/// Returns whether the line can hold the slot: a picture that lies elsewhere, for one, cannot.
fn holds(slot: Slot, line: &Line<'_>) -> bool {
    match slot {
        Slot::Field(field) => match field.place() {
            Place::Date { .. } => date(line).is_some(),
            Place::Picture => picture(line).is_some(),
            Place::Text(_)
            | Place::Uri(_)
            | Place::Related { .. }
            | Place::Name(_)
            | Place::Org(_)
            | Place::Address(..)
            | Place::One(..)
            | Place::Categories => true,
        },
        Slot::FullName
        | Slot::Name
        | Slot::Org
        | Slot::Address(_)
        | Slot::Family(_)
        | Slot::Card
        | Slot::Other => true,
    }
}

/// Returns which of the family's lines each of its fields has: marked ones first, the rest by order.
pub(super) fn assign<'d, 'a>(family: Family, lines: &[&'d Line<'a>]) -> Vec<Option<&'d Line<'a>>> {
    let marks: Vec<_> = lines.iter().map(|line| mark(line)).collect();
    let places = assign_marks(&marks, family.fields().len());
    places.into_iter().map(|place| place.and_then(|index| lines.get(index).copied())).collect()
}

/// Returns the index of the line that each of `count` fields has, from the lines' marks (counted from 1).
pub(super) fn assign_marks(marks: &[Option<usize>], count: usize) -> Vec<Option<usize>> {
    let mut places = vec![None; count];
    let mut unmarked = Vec::new();
    for (index, mark) in marks.iter().enumerate() {
        match mark.and_then(|mark| places.get_mut(mark.checked_sub(1)?)) {
            Some(place @ None) => *place = Some(index),
            Some(Some(_)) | None => unmarked.push(index),
        }
    }
    let mut unmarked = unmarked.into_iter();
    for place in places.iter_mut().filter(|place| place.is_none()) {
        *place = unmarked.next();
    }
    places
}

/// Returns which field of its family the line says it is, from 1.
pub(super) fn mark(line: &Line<'_>) -> Option<usize> {
    line.param(SLOT)?.parse().ok()
}

/// Returns the line's rank: `PREF` of vCard 4.0, or `TYPE=pref` first.
fn preference(line: &Line<'_>) -> u8 {
    match line.param("PREF").and_then(|pref| pref.parse().ok()) {
        Some(rank) => rank,
        None if line.has_type("pref") => 1,
        None => u8::MAX,
    }
}

fn text(line: &Line<'_>) -> String {
    lf(&line.text())
}

fn lf(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// Returns the text of one part; what stands before the street belongs to it on a phone.
fn part(place: Place, parts: &[&str]) -> String {
    let one =
        |index: usize| parts.get(index).map_or(Cow::Borrowed(""), |raw| contentline::unescape(raw.trim()));
    match place {
        Place::Address(_, STREET) => {
            let lines: Vec<_> = (0..=STREET).map(one).filter(|line| !line.is_empty()).collect();
            lf(&lines.join("\n"))
        }
        Place::Address(_, index) | Place::Name(index) | Place::Org(index) => lf(&one(index)),
        Place::Text(_)
        | Place::Uri(_)
        | Place::Date { .. }
        | Place::Related { .. }
        | Place::One(..)
        | Place::Categories
        | Place::Picture => String::new(),
    }
}

/// Where the street stands in an address; before it: box and extended address.
pub(super) const STREET: usize = 2;

/// Returns a number or mail address without the scheme that vCard 4.0 may put before it.
fn address_text(line: &Line<'_>) -> String {
    let text = text(line);
    let bare = ["tel:", "mailto:"].iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| rest.to_owned())
    });
    bare.unwrap_or(text)
}

/// Returns an address without the escapes that some writers put into it.
fn uri(value: &str) -> String {
    value.replace("\\:", ":").replace("\\,", ",").replace("\\;", ";").trim().to_owned()
}

fn list(lines: &[&Line<'_>]) -> Vec<String> {
    let entries = lines.iter().flat_map(|line| contentline::entries(line.value()));
    entries.map(|entry| lf(contentline::unescape(entry).trim())).filter(|entry| !entry.is_empty()).collect()
}

/// Returns the day; `None` for one without a year and for words.
fn date(line: &Line<'_>) -> Option<Date> {
    let value = line.value().trim();
    let day = value.split_once(['T', 't', ' ']).map_or(value, |(day, _)| day);
    let digits: String = day.chars().filter(|&char| char != '-').collect();
    if digits.len() != 8 || day.starts_with('-') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to)?.parse().ok();
    let (month, day) = (number(4, 6)?, number(6, 8)?);
    Date::new(number(0, 4)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Returns the picture that lies in the line itself.
fn picture(line: &Line<'_>) -> Option<Picture> {
    let value = line.value().trim();
    if let Some((head, data)) = value.split_once(',').filter(|_| starts_with(value, "data:")) {
        // Some writers escape the separators.
        let media = head.get(5..)?.trim_end_matches('\\').strip_suffix(";base64")?;
        let media = media.split([';', '\\']).next().filter(|media| !media.is_empty());
        return Picture::from_base64(media, data);
    }
    let encoded = line.params().any(|param| {
        let encoding = if param.is("ENCODING") || param.name().is_empty() { param.raw() } else { "" };
        encoding.eq_ignore_ascii_case("b") || encoding.eq_ignore_ascii_case("base64")
    });
    let media = line.param("MEDIATYPE").map(Cow::into_owned).or_else(|| {
        let subtype = line.param("TYPE")?.to_ascii_lowercase();
        Some(if subtype.contains('/') { subtype } else { format!("image/{subtype}") })
    });
    if encoded { Picture::from_base64(media.as_deref(), value) } else { None }
}

fn starts_with(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}
