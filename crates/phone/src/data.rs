//! An item's fields.

use std::collections::BTreeMap;

use wbxml::page::{air_sync, air_sync_base, calendar, contacts, email, notes, tasks};
use wbxml::{Element, Tag};

/// The fields of one item: the elements of its `ApplicationData`, one per name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Data {
    elements: BTreeMap<Place, Element>,
}

/// Where a tag stands: its code page and its code, which gives fields an order.
pub(crate) type Place = (u8, u8);

/// Separates the values of a list, as in `Categories`, where it is given as one text.
const BETWEEN_VALUES: &str = ";";

impl Data {
    /// Returns the fields in an `ApplicationData` element.
    #[must_use]
    pub fn of(application_data: &Element) -> Self {
        let mut data = Self::default();
        application_data.elements().for_each(|element| data.put(element.clone()));
        data
    }

    /// Returns the fields as a client sends them: without those that only a server sets.
    pub(crate) fn to_request(&self) -> Element {
        let sent = self.elements.values().filter(|element| !ONLY_FROM_SERVER.contains(&element.tag));
        let mut whole = Element::new(air_sync::APPLICATION_DATA);
        sent.map(without_sizes).for_each(|element| whole.push(element));
        whole
    }

    /// Returns those of the fields that stand in `wanted` as an `ApplicationData` element.
    pub(crate) fn part(&self, wanted: impl Iterator<Item = Place>) -> Element {
        let mut part = Element::new(air_sync::APPLICATION_DATA);
        wanted.filter_map(|place| self.elements.get(&place)).for_each(|element| part.push(element.clone()));
        part
    }

    /// Returns whether there is a field with that tag, even an empty one.
    pub(crate) fn has(&self, tag: Tag) -> bool {
        self.elements.contains_key(&place(tag))
    }

    /// Returns the field with that tag.
    pub(crate) fn get(&self, tag: Tag) -> Option<&Element> {
        self.elements.get(&place(tag))
    }

    /// Takes away the field with that tag.
    pub(crate) fn remove(&mut self, tag: Tag) {
        self.elements.remove(&place(tag));
    }

    /// Puts a field in the place of the one with its tag.
    pub(crate) fn put(&mut self, element: Element) {
        self.elements.insert(place(element.tag), element);
    }

    /// Sets the field `tag` to `text`, in the shape that the field has on the wire.
    pub(crate) fn set(&mut self, tag: Tag, text: &str) {
        self.put(shaped(tag, text));
    }

    /// Puts every field of `other` in its place; fields that `other` is without stay.
    pub(crate) fn merge(&mut self, other: Self) {
        self.elements.extend(other.elements);
    }

    /// Returns the text of a field, or `None` where there is none of that name or it is empty.
    ///
    /// Of a body, its text; of a list, its values with `;` between them; of a flag, its status and what it says.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let element = self.elements.values().find(|element| element.tag.name() == Some(name))?;
        let text = flat(element);
        (!text.is_empty()).then_some(text)
    }

    /// Returns name and text of every field that is not empty, as [`Data::text`] does.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.elements.values().filter_map(|element| {
            let text = flat(element);
            (!text.is_empty()).then_some((element.tag.name()?, text))
        })
    }

    /// Returns every field as it stood on the wire.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.elements.values()
    }
}

/// Fields that a client does not send back.
const ONLY_FROM_SERVER: &[Tag] = &[
    air_sync_base::NATIVE_BODY_TYPE,
    calendar::APPOINTMENT_REPLY_TIME,
    calendar::RESPONSE_TYPE,
    calendar::ONLINE_MEETING_CONF_LINK,
    calendar::ONLINE_MEETING_EXTERNAL_LINK,
    notes::LAST_MODIFIED_DATE,
];

/// Returns a field without what a server says about its size.
fn without_sizes(element: &Element) -> Element {
    if element.tag != air_sync_base::BODY {
        return element.clone();
    }
    let kept = [air_sync_base::TYPE, air_sync_base::DATA];
    let kept = element.elements().filter(|child| kept.contains(&child.tag));
    kept.fold(Element::new(element.tag), |body, child| body.with(child.clone()))
}

/// Returns where a tag stands.
pub(crate) const fn place(tag: Tag) -> Place {
    (tag.page(), tag.code())
}

/// Returns a field made of one text.
pub(crate) fn shaped(tag: Tag, text: &str) -> Element {
    if tag == air_sync_base::LOCATION {
        let place = Element::new(tag);
        let name = (!text.is_empty()).then(|| Element::text(air_sync_base::DISPLAY_NAME, text));
        return name.into_iter().fold(place, Element::with);
    }
    if let Some(value) = value_of_list(tag) {
        let values = text.split(BETWEEN_VALUES).map(str::trim).filter(|part| !part.is_empty());
        return values.fold(Element::new(tag), |list, part| list.with(Element::text(value, part)));
    }
    if tag == air_sync_base::BODY {
        return Element::new(tag)
            .with(Element::text(air_sync_base::TYPE, "1"))
            .with(Element::text(air_sync_base::DATA, text));
    }
    if tag == email::FLAG {
        return flag(text);
    }
    Element::text(tag, text)
}

/// Returns a mail's flag: its status and, behind a space, what it says; `0` clears it, which is an empty element on
/// the wire.
fn flag(text: &str) -> Element {
    let flag = Element::new(email::FLAG);
    let (status, says) = text.split_once(' ').unwrap_or((text, "Flag for follow up"));
    match status {
        "" | "0" => flag,
        status => flag.with(Element::text(email::STATUS, status)).with(Element::text(email::FLAG_TYPE, says)),
    }
}

/// Returns the tag of one value of a list, or `None` where `tag` is not a list.
fn value_of_list(tag: Tag) -> Option<Tag> {
    let table = [
        (contacts::CATEGORIES, contacts::CATEGORY),
        (contacts::CHILDREN, contacts::CHILD),
        (calendar::CATEGORIES, calendar::CATEGORY),
        (tasks::CATEGORIES, tasks::CATEGORY),
        (notes::CATEGORIES, notes::CATEGORY),
        (email::CATEGORIES, email::CATEGORY),
    ];
    table.into_iter().find(|(list, _)| *list == tag).map(|(_, value)| value)
}

/// Returns a field as one text.
fn flat(element: &Element) -> String {
    if element.tag == air_sync_base::BODY {
        return element.child_text(air_sync_base::DATA).unwrap_or_default().into_owned();
    }
    if element.tag == air_sync_base::LOCATION {
        return element.child_text(air_sync_base::DISPLAY_NAME).unwrap_or_default().into_owned();
    }
    if element.tag == email::FLAG {
        let parts = [email::STATUS, email::FLAG_TYPE].map(|tag| element.child_text(tag).unwrap_or_default());
        return parts.join(" ").trim_end().to_owned();
    }
    if element.elements().next().is_none() {
        return element.value().into_owned();
    }
    element.elements().map(deep).collect::<Vec<_>>().join(BETWEEN_VALUES)
}

/// Returns all text of an element and the elements in it; a body's depth is bounded by the decoder.
fn deep(element: &Element) -> String {
    if element.elements().next().is_none() {
        return element.value().into_owned();
    }
    element.elements().map(deep).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_keeps_the_shape_it_has_on_the_wire() {
        let mut data = Data::default();
        data.set(contacts::FIRST_NAME, "Manoel");
        data.set(air_sync_base::BODY, "two\nlines");
        data.set(contacts::CATEGORIES, "red; blue");
        data.set(email::FLAG, "2 Call back");
        assert_eq!(Data::of(&data.to_request()), data);
        assert_eq!(data.text("FirstName").as_deref(), Some("Manoel"));
        assert_eq!(data.text("Body").as_deref(), Some("two\nlines"));
        assert_eq!(data.text("Categories").as_deref(), Some("red;blue"));
        assert_eq!(data.text("Flag").as_deref(), Some("2 Call back"));
    }

    #[test]
    fn an_empty_field_reads_as_none() {
        let mut data = Data::default();
        data.set(contacts::FIRST_NAME, "");
        data.set(email::FLAG, "0");
        assert_eq!(data.text("FirstName"), None);
        assert_eq!(data.text("Flag"), None);
        assert_eq!(data.fields().count(), 0);
        assert_eq!(data.elements().count(), 2);
    }

    #[test]
    fn merging_replaces_what_came_and_keeps_the_rest() {
        let mut data = Data::default();
        data.set(contacts::FIRST_NAME, "Manoel");
        data.set(contacts::LAST_NAME, "Neuer");
        let mut came = Data::default();
        came.set(contacts::FIRST_NAME, "Manuel");
        data.merge(came);
        let fields: Vec<_> = data.fields().collect();
        assert_eq!(fields, [("FirstName", "Manuel".to_owned()), ("LastName", "Neuer".to_owned())]);
    }
}
