//! What a message about a meeting says of it: phones offer to accept it by this. [MS-ASEMAIL] `MeetingRequest`

use items::event::meeting::{Method, Told};
use items::event::{Details, Event, When};
use items::message::{Address, Message};
use wbxml::page::{air_sync_base, calendar, email, email2};
use wbxml::{Element, Tag};

use crate::payload::date::dashed;
use crate::payload::{Options, event};
use crate::request::Version;

/// What the calendar says the bytes of such an id begin with, in hexadecimal.
const GLOBAL_ID_START: &str = "040000008200E00074C5B7101A82E008";
/// Bytes of a UID that are sent.
const MAX_UID_BYTES: usize = 300;
/// Minutes before the start that a phone is told where the invitation says nothing.
const REMINDER: u32 = 15;

/// Returns what the message tells of a meeting, if it invites to one or calls it off.
pub(super) fn told(message: &Message) -> Option<Told> {
    let told = Told::parse(message.calendar.as_ref()?.as_bytes())?;
    matches!(told.method, Method::Request | Method::Cancel).then_some(told)
}

/// Returns the `MeetingRequest`.
pub(super) fn render(told: &Told, options: &Options) -> Element {
    let details = &told.event.details;
    let (start, end) = event::times(details, options);
    let flag = |tag, yes: bool| Element::text(tag, if yes { "1" } else { "0" });
    let mut element = Element::new(email::MEETING_REQUEST)
        .with(flag(email::ALL_DAY_EVENT, details.all_day()))
        .with(Element::text(email::START_TIME, dashed(start)))
        .with(Element::text(email::DT_STAMP, dashed(details.stamp.unwrap_or(start))))
        .with(Element::text(email::END_TIME, dashed(end)))
        .with(Element::text(email::INSTANCE_TYPE, instance_type(told)));
    let mut add = |child: Option<Element>| element.content.extend(child.map(Into::into));
    add(details.location.as_deref().map(|place| location(place, options.version)));
    add(details.organizer.as_ref().map(|person| {
        let name = person.name.clone().unwrap_or_default();
        let address = Address { name, address: person.email.clone() };
        Element::text(email::ORGANIZER, address.to_string())
    }));
    add(told
        .occurrence
        .as_ref()
        .map(|when| Element::text(email::RECURRENCE_ID, dashed(when.instant(&options.zone)))));
    add(Some(Element::text(email::REMINDER, details.reminder.unwrap_or(REMINDER).to_string())));
    add(Some(flag(email::RESPONSE_REQUESTED, asks(details, options))));
    add(recurrences(&told.event, options));
    add(Some(Element::text(email::SENSITIVITY, details.sensitivity.number().to_string())));
    add(Some(Element::text(email::BUSY_STATUS, details.busy.number().to_string())));
    add(Some(Element::text(email::TIME_ZONE, event::zone_value(details, start, options))));
    add(Some(identity(told, options.version)));
    if options.version >= Version::V14_0 {
        add(Some(flag(email::DISALLOW_NEW_TIME_PROPOSAL, details.disallow_counter)));
    }
    if options.version >= Version::V14_1 {
        add(Some(Element::text(email2::MEETING_MESSAGE_TYPE, message_type(told))));
    }
    element
}

fn instance_type(told: &Told) -> &'static str {
    match (&told.occurrence, &told.event.rule) {
        (Some(_), _) => "3",
        (None, Some(_)) => "1",
        (None, None) => "0",
    }
}

/// Returns what it is to the phone: it offers to answer a first request and an update.
fn message_type(told: &Told) -> &'static str {
    match (told.method, told.sequence) {
        (Method::Request, 0) => "1",
        (Method::Request, _) => "2",
        (Method::Cancel | Method::Reply, _) => "3",
    }
}

fn location(place: &str, version: Version) -> Element {
    if version < Version::V16_0 {
        return Element::text(email::LOCATION, place);
    }
    Element::new(air_sync_base::LOCATION).with(Element::text(air_sync_base::DISPLAY_NAME, place))
}

/// Whether the owner of the folder is asked for an answer; where he is not listed by his address, everybody is.
fn asks(details: &Details, options: &Options) -> bool {
    let own = |email: &str| options.owner.iter().any(|own| own.eq_ignore_ascii_case(email));
    details.attendees.iter().find(|one| own(&one.person.email)).is_none_or(|one| one.rsvp)
}

/// Returns the series' rule, in the words that messages have for it.
fn recurrences(event: &Event, options: &Options) -> Option<Element> {
    let pattern = event.pattern.as_ref()?;
    let rule = event::recurrence_of(pattern, &event.details, options);
    let words = rule.elements().filter_map(|child| {
        let tag = word(child.tag)?;
        Some(Element { tag, content: child.content.clone() })
    });
    let rule = words.fold(Element::new(email::RECURRENCE), Element::with);
    Some(Element::new(email::RECURRENCES).with(rule))
}

fn word(tag: Tag) -> Option<Tag> {
    let words = [
        (calendar::TYPE, email::TYPE),
        (calendar::INTERVAL, email::INTERVAL),
        (calendar::UNTIL, email::UNTIL),
        (calendar::OCCURRENCES, email::OCCURRENCES),
        (calendar::DAY_OF_WEEK, email::DAY_OF_WEEK),
        (calendar::DAY_OF_MONTH, email::DAY_OF_MONTH),
        (calendar::WEEK_OF_MONTH, email::WEEK_OF_MONTH),
        (calendar::MONTH_OF_YEAR, email::MONTH_OF_YEAR),
        (calendar::CALENDAR_TYPE, email2::CALENDAR_TYPE),
        (calendar::FIRST_DAY_OF_WEEK, email2::FIRST_DAY_OF_WEEK),
    ];
    words.into_iter().find(|(from, _)| *from == tag).map(|(_, to)| to)
}

/// Returns what ties the message to the event in a calendar.
fn identity(told: &Told, version: Version) -> Element {
    let uid = told.uid.get(..items::contentline::boundary(&told.uid, MAX_UID_BYTES)).unwrap_or_default();
    if version >= Version::V16_0 {
        return Element::text(calendar::UID, uid);
    }
    Element::text(email::GLOBAL_OBJ_ID, base64(&global_id(uid, told.occurrence.as_ref())))
}

/// Returns the id that Exchange would give the meeting: its own bytes, where the UID is one of its.
fn global_id(uid: &str, occurrence: Option<&When>) -> Vec<u8> {
    let own = hex(uid).filter(|_| uid.to_ascii_uppercase().starts_with(GLOBAL_ID_START));
    let mut id = own.unwrap_or_else(|| {
        let size = u32::try_from(uid.len() + 13).unwrap_or_default();
        let mut id = hex(GLOBAL_ID_START).unwrap_or_default();
        id.extend([0; 20]);
        id.extend(size.to_le_bytes());
        id.extend(b"vCal-Uid\x01\0\0\0");
        id.extend(uid.as_bytes());
        id.push(0);
        id
    });
    let day = occurrence.map(|when| when.local().date());
    let year = day.map_or(0, jiff::civil::Date::year).to_be_bytes();
    let part = |number: Option<i8>| number.and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
    let date =
        [year, [part(day.map(jiff::civil::Date::month)), part(day.map(jiff::civil::Date::day))]].concat();
    if let Some(place) = id.get_mut(16..20) {
        place.copy_from_slice(&date);
    }
    id
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|one| one.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_ours_says_its_uid_and_one_of_exchange_is_its_own() {
        let id = global_id("m1", None);
        assert_eq!(id.len(), 40 + 12 + 2 + 1);
        assert_eq!(id[36..40], 15_u32.to_le_bytes());
        assert_eq!(&id[40..48], b"vCal-Uid");
        assert_eq!(&id[52..], b"m1\0");
        let exchange = format!("{GLOBAL_ID_START}000000000102");
        let day = When::Date(jiff::civil::date(2026, 3, 5));
        let once = global_id(&exchange, Some(&day));
        assert_eq!(once[16..20], [0x07, 0xEA, 3, 5]);
        assert_eq!(once[20..], [1, 2]);
    }
}
