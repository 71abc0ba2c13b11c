//! Edits of a card: only the lines of edited fields change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::card::{Card, SLOT, STREET, Slot, Version, assign, assign_marks, mark};
use super::field::{Family, Field, Form, Place};
use super::{Contact, Edit, MAX_PICTURE_BYTES, Picture, Value};
use crate::contentline::{Document, Editor, Line, Writer, escape, parts};
use crate::{Change, EditError, MAX_ITEM_BYTES, Stamp};

/// Returns a new card, in vCard 3.0.
pub(crate) fn create(edit: &Edit, stamp: &Stamp) -> Result<Vec<u8>, EditError> {
    let mut writer = Writer::new();
    writer.line("BEGIN:VCARD").line("VERSION:3.0").line("PRODID:-//Comity//EN");
    writer.line(&format!("UID:{}", escape(&stamp.uid))).line("FN:").line("N:;;;;").line("END:VCARD");
    apply(&writer.finish(), edit, stamp)
}

/// Returns the stored card with the edit made.
pub(crate) fn apply(stored: &[u8], edit: &Edit, _: &Stamp) -> Result<Vec<u8>, EditError> {
    let document = Document::parse(stored);
    let card = Card::of(&document).ok_or(EditError::Missing { component: "VCARD" })?;
    let before = card.view();
    let changes = changes(&before, edit)?;
    if changes.is_empty() {
        return Ok(stored.to_vec());
    }
    let mut patch = Patch { card, editor: Editor::new(&document), changes };
    patch.write_slots();
    patch.write_full_name(&before);
    let text = patch.editor.finish();
    if text.len() > MAX_ITEM_BYTES {
        return Err(EditError::TooLarge { size_bytes: text.len(), limit_bytes: MAX_ITEM_BYTES });
    }
    Ok(text)
}

/// Returns the fields that become different, `None` for one that goes.
fn changes<'e>(before: &Contact, edit: &'e Edit) -> Result<BTreeMap<Field, Option<&'e Value>>, EditError> {
    let mut changes = BTreeMap::new();
    for (&field, change) in &edit.fields {
        let wanted = match change {
            Change::Keep => continue,
            Change::Remove => None,
            Change::Set(value) => {
                check(field, value)?;
                Some(value).filter(|value| !value.is_empty())
            }
        };
        if !is_same(before.get(field), wanted) {
            changes.insert(field, wanted);
        }
    }
    Ok(changes)
}

/// Returns whether the values are the same. Phones send pictures without a media type: the bytes decide.
fn is_same(before: Option<&Value>, wanted: Option<&Value>) -> bool {
    match (before, wanted) {
        (Some(Value::Picture(before)), Some(Value::Picture(wanted))) => before.base64() == wanted.base64(),
        (before, wanted) => before == wanted,
    }
}

fn check(field: Field, value: &Value) -> Result<(), EditError> {
    let expected = match field.form() {
        Form::Text | Form::MailAddress => matches!(value, Value::Text(_)),
        Form::Date => matches!(value, Value::Date(_)),
        Form::List => matches!(value, Value::List(_)),
        Form::Picture => matches!(value, Value::Picture(_)),
    };
    let invalid = |what: String| Err(EditError::Invalid { property: field.element(), what });
    match value {
        _ if !expected => invalid("of this type".to_owned()),
        Value::Picture(picture) if picture.size_bytes() > MAX_PICTURE_BYTES => {
            invalid(format!("larger than {MAX_PICTURE_BYTES} bytes"))
        }
        Value::Text(_) | Value::Date(_) | Value::List(_) | Value::Picture(_) => Ok(()),
    }
}

/// An edit being made.
struct Patch<'d, 'a, 'e> {
    card: Card<'d, 'a>,
    editor: Editor<'a>,
    changes: BTreeMap<Field, Option<&'e Value>>,
}

impl Patch<'_, '_, '_> {
    fn write_slots(&mut self) {
        let slots: BTreeSet<_> = self.changes.keys().map(|&field| Slot::of(field)).collect();
        for slot in slots {
            match slot {
                Slot::Name => self.write_parts(slot, "N", 5),
                Slot::Org => self.write_parts(slot, "ORG", 1),
                Slot::Address(kind) => self.write_parts(slot, kind.head(), 7),
                Slot::Family(family) => self.write_family(family),
                // What a name is filed as depends on the full name, which comes last.
                Slot::Field(Field::FileAs) | Slot::FullName | Slot::Card | Slot::Other => {}
                Slot::Field(field) => self.write_field(field),
            }
        }
    }

    /// Writes a structured line; parts that the edit does not name stay as they are written.
    fn write_parts(&mut self, slot: Slot, head: &str, least: usize) {
        let line = self.card.line(slot);
        let stored: Vec<_> = line.map(|line| parts(line.value()).collect()).unwrap_or_default();
        let mut written: Vec<String> = stored.into_iter().map(str::to_owned).collect();
        if let Some(last) = written.last_mut()
            && last.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
        {
            // A backslash that escapes nothing would escape the separator of the part that may follow now.
            last.push('\\');
        }
        written.resize(written.len().max(least), String::new());
        for (&field, value) in &self.changes {
            let (Place::Name(index) | Place::Org(index) | Place::Address(_, index)) = field.place() else {
                continue;
            };
            if Slot::of(field) != slot {
                continue;
            }
            if matches!(slot, Slot::Address(_)) && index == STREET {
                written.iter_mut().take(STREET).for_each(String::clear);
            }
            written.resize(written.len().max(index + 1), String::new());
            if let Some(part) = written.get_mut(index) {
                *part = value.and_then(Value::as_text).map(escape).unwrap_or_default();
            }
        }
        // vCard 3.0 demands a name, even an empty one.
        let is_gone = slot != Slot::Name && written.iter().all(String::is_empty);
        let value = written.join(";");
        match line {
            Some(line) if is_gone => self.editor.remove(line),
            Some(line) => self.editor.replace_value(line, &value),
            None => self.editor.append(self.card.component, &format!("{head}:{value}")),
        }
    }

    /// Writes the changed lines of a family, and marks its lines where their order no longer tells them apart.
    fn write_family(&mut self, family: Family) {
        let lines = self.card.lines(Slot::Family(family));
        let places = assign(family, lines);
        let place_of = |line: &Line<'_>| {
            places.iter().position(|held| held.is_some_and(|held| held.number() == line.number()))
        };
        let change_of =
            |place: usize| family.fields().get(place).and_then(|field| self.changes.get(field).copied());

        let mut after: Vec<Member<'_, '_>> = Vec::new();
        for &line in lines {
            let place = place_of(line);
            match place.and_then(change_of) {
                Some(None) => self.editor.remove(line),
                Some(Some(value)) => after.push(Member { line: Some(line), place, value: value.as_text() }),
                None => after.push(Member { line: Some(line), place, value: None }),
            }
        }
        for (place, held) in places.iter().enumerate() {
            if let (None, Some(Some(value))) = (held, change_of(place)) {
                after.push(Member { line: None, place: Some(place), value: value.as_text() });
            }
        }
        let marks: Vec<_> = after.iter().map(|member| member.line.and_then(mark)).collect();
        let natural = assign_marks(&marks, family.fields().len());
        let told_apart = after
            .iter()
            .enumerate()
            .all(|(index, member)| member.place.is_none_or(|place| natural.get(place) == Some(&Some(index))));
        for member in &after {
            let mark = member.place.filter(|_| !told_apart);
            if let Some(written) = member.written(family, mark) {
                match member.line {
                    Some(line) => self.editor.replace(line, &written),
                    None => self.editor.append(self.card.component, &written),
                }
            }
        }
    }

    fn write_field(&mut self, field: Field) {
        let Some(&wanted) = self.changes.get(&field) else { return };
        let slot = Slot::Field(field);
        if matches!(wanted, None | Some(Value::List(_))) {
            let is_list = field.form() == Form::List;
            let gone = if is_list { self.card.lines(slot) } else { &[] };
            for line in gone.iter().copied().chain(self.card.line(slot).filter(|_| !is_list)) {
                self.editor.remove(line);
            }
        }
        let Some(value) = wanted else { return };
        let line = self.card.line(slot);
        let group = line.and_then(Line::group).map(|group| format!("{group}.")).unwrap_or_default();
        match value {
            Value::List(list) => self.write_list(field, list),
            Value::Date(date) => self.put(line, &dated(field, self.card.version, *date, line)),
            Value::Picture(picture) => {
                self.put(line, &format!("{group}{}", pictured(picture, self.card.version)));
            }
            Value::Text(text) => match line {
                Some(line) if matches!(field.place(), Place::Uri(_)) => {
                    self.editor.replace_value(line, &printable(text));
                }
                Some(line) => self.editor.replace_value(line, &escape(text)),
                None => self.editor.append(self.card.component, &texted(field, self.card.version, text)),
            },
        }
    }

    /// Puts a whole list in the place of its old lines; a line that stands where the first stood.
    fn write_list(&mut self, field: Field, list: &[String]) {
        let old = self.card.lines(Slot::Field(field)).first().copied();
        let related = field == Field::Children && self.card.version == Version::Four;
        if related {
            for child in list {
                self.editor
                    .append(self.card.component, &format!("RELATED;TYPE=child;VALUE=text:{}", escape(child)));
            }
            return;
        }
        let value = list.iter().map(|entry| escape(entry)).collect::<Vec<_>>().join(",");
        if let Some(line) = old.filter(|line| !line.is("RELATED")) {
            self.editor.replace_value(line, &value);
        } else {
            let name = if field == Field::Children { "X-CHILDREN" } else { "CATEGORIES" };
            self.editor.append(self.card.component, &format!("{name}:{value}"));
        }
    }

    fn put(&mut self, line: Option<&Line<'_>>, written: &str) {
        match line {
            Some(line) => self.editor.replace(line, written),
            None => self.editor.append(self.card.component, written),
        }
    }

    /// Keeps `FN` in step with the name it was made of, and files the contact as it was asked for.
    fn write_full_name(&mut self, before: &Contact) {
        let filed = self.card.line(Slot::Field(Field::FileAs));
        let wanted = self.changes.get(&Field::FileAs).copied();
        let filed_before = filed.and_then(|_| before.text(Field::FileAs));
        let filed_after = match wanted {
            Some(value) => value.and_then(Value::as_text),
            None => filed_before,
        };
        let stored = self.card.full_name();
        let after = |field: Field| match self.changes.get(&field) {
            Some(value) => value.and_then(Value::as_text),
            None => before.text(field),
        };
        let old = Names { get: &|field| before.text(field), filed: filed_before };
        let new = Names { get: &after, filed: filed_after };
        let name = full_name(stored.as_deref(), &old, &new);

        if stored.as_deref() != Some(name.as_str()) && !name.is_empty() {
            let value = escape(&name);
            match self.card.line(Slot::FullName) {
                Some(line) => self.editor.replace_value(line, &value),
                None => self.editor.append(self.card.component, &format!("FN:{value}")),
            }
        }
        match (wanted, filed_after, filed) {
            (None, ..) | (Some(_), None, None) => {}
            (Some(_), None, Some(line)) => self.editor.remove(line),
            (Some(_), Some(text), Some(line)) => self.editor.replace_value(line, &escape(text)),
            (Some(_), Some(text), None) if text == name => {}
            (Some(_), Some(text), None) => {
                self.editor.append(self.card.component, &format!("X-EAS-FILEAS:{}", escape(text)));
            }
        }
    }
}

/// One line of a family after the edit.
struct Member<'d, 'a> {
    line: Option<&'d Line<'a>>,
    place: Option<usize>,
    /// The new value, if it gets one.
    value: Option<&'d str>,
}

impl Member<'_, '_> {
    /// Returns the line as it must be written, or `None` where it may stay as it is.
    fn written(&self, family: Family, mark_as: Option<usize>) -> Option<String> {
        let marked = self.line.and_then(mark);
        let mark_as = mark_as.filter(|place| marked != Some(place + 1));
        if self.value.is_none() && mark_as.is_none() {
            return None;
        }
        let mut head = match (self.line, self.value) {
            (None, _) => format!("{}:", family.head()),
            (Some(line), None) => line.head(),
            (Some(line), Some(_)) => line.head_without(&["VALUE"]),
        };
        if let Some(place) = mark_as {
            head.pop();
            head = format!("{head};{SLOT}={}:", place + 1);
        }
        match (self.value, self.line) {
            (Some(value), _) => head.push_str(&escape(value)),
            (None, Some(line)) => head.push_str(line.value()),
            (None, None) => {}
        }
        Some(head)
    }
}

/// What a full name is made of.
struct Names<'n> {
    get: &'n dyn Fn(Field) -> Option<&'n str>,
    filed: Option<&'n str>,
}

impl Names<'_> {
    fn joined(&self, fields: &[Field], between: &str) -> String {
        let words: Vec<_> = fields.iter().filter_map(|&field| (self.get)(field)).collect();
        words.join(between)
    }

    /// Returns the forms that a full name usually has, the one that is written first.
    fn forms(&self) -> [String; 7] {
        use Field::{FirstName, LastName, MiddleName, Suffix, Title};
        [
            self.joined(&[FirstName, MiddleName, LastName], " "),
            self.joined(&[FirstName, LastName], " "),
            self.joined(&[Title, FirstName, MiddleName, LastName, Suffix], " "),
            self.joined(&[Title, FirstName, LastName], " "),
            self.joined(&[LastName, FirstName], ", "),
            self.joined(&[LastName, FirstName], " "),
            self.instead(),
        ]
    }

    /// Returns what stands for a name where there is none.
    fn instead(&self) -> String {
        let fields = [Field::CompanyName, Field::NickName, Field::Email1Address, Field::MobilePhoneNumber];
        let other = fields.iter().find_map(|&field| (self.get)(field));
        self.filed.or(other).unwrap_or_default().to_owned()
    }
}

/// Returns the full name after the edit: in the form the stored one has, or that itself if it is of no form.
fn full_name(stored: Option<&str>, old: &Names<'_>, new: &Names<'_>) -> String {
    let forms = new.forms();
    let usual = || forms.iter().find(|form| !form.is_empty()).cloned().unwrap_or_default();
    let Some(stored) = stored else { return usual() };
    match old.forms().iter().position(|form| form == stored) {
        Some(LAST_FORM) => usual(),
        Some(form) => forms.get(form).filter(|form| !form.is_empty()).cloned().unwrap_or_else(usual),
        None => stored.to_owned(),
    }
}

/// Returns whether a full name is in one of the usual forms made of the contact's names.
pub(super) fn is_made_of_parts(contact: &Contact, name: &str) -> bool {
    let names = Names { get: &|field| contact.text(field), filed: None };
    names.forms().iter().take(LAST_FORM).any(|form| form == name)
}

/// The form of a full name that is none.
const LAST_FORM: usize = 6;

/// Returns a text without line breaks and control characters, for values that know no escapes.
fn printable(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

fn texted(field: Field, version: Version, text: &str) -> String {
    match (field.place(), version) {
        (Place::Related { word, .. }, Version::Four) => {
            format!("RELATED;TYPE={word};VALUE=text:{}", escape(text))
        }
        (Place::Uri(names), _) => format!("{}:{}", names.first().unwrap_or(&""), printable(text)),
        (Place::Text(names) | Place::Related { names, .. }, _) => {
            format!("{}:{}", names.first().unwrap_or(&""), escape(text))
        }
        (
            Place::Date { .. }
            | Place::Name(_)
            | Place::Org(_)
            | Place::Address(..)
            | Place::One(..)
            | Place::Categories
            | Place::Picture,
            _,
        ) => format!("X-EAS-{}:{}", field.element().to_ascii_uppercase(), escape(text)),
    }
}

fn dated(field: Field, version: Version, date: Date, line: Option<&Line<'_>>) -> String {
    let value = match version {
        Version::Three => date.to_string(),
        Version::Four => date.to_string().replace('-', ""),
    };
    let head = line.map(|line| line.head_without(&["VALUE", "X-APPLE-OMIT-YEAR"]));
    let head = head.unwrap_or_else(|| match (field.place(), version) {
        (Place::Date { new, .. }, Version::Four) => format!("{new}:"),
        (Place::Date { old, .. }, Version::Three) => format!("{}:", old.first().unwrap_or(&"")),
        _ => String::new(),
    });
    head + &value
}

fn pictured(picture: &Picture, version: Version) -> String {
    let subtype = picture.media().split('/').nth(1).unwrap_or("jpeg");
    match version {
        Version::Three => {
            format!("PHOTO;ENCODING=b;TYPE={}:{}", subtype.to_ascii_uppercase(), picture.base64())
        }
        Version::Four => format!("PHOTO:data:{};base64,{}", picture.media(), picture.base64()),
    }
}
