//! Contacts. [MS-ASCNTC]

use items::contact::{Contact, Edit, Field, Form, Picture, Value};
use items::{Body, Change};
use jiff::civil::{Date, Time};
use jiff::{ToSpan, civil};
use wbxml::page::{air_sync_base, contacts, contacts2};
use wbxml::{Element, Tag};

use super::{Ghosting, Options, Reading, Unreadable, body, date, read};
use crate::request::Version;

/// From this hour of UTC on, a phone means the next day: its midnight lies east of UTC.
const NEXT_DAY_HOUR: i8 = 13;

/// Returns the elements of the contact; what it does not have is left out.
#[must_use]
pub fn render(contact: &Contact, options: &Options) -> Vec<Element> {
    let mut elements = Vec::with_capacity(32);
    for (field, value) in contact.fields() {
        elements.push(element(field, value, options));
    }
    elements
}

fn element(field: Field, value: &Value, options: &Options) -> Element {
    match value {
        Value::Text(text) if field == Field::Body => body::render(text, None, options),
        Value::Text(text) if text.contains('\n') => Element::text(tag(field), text.replace('\n', "\r\n")),
        Value::Text(text) => Element::text(tag(field), text),
        Value::Date(day) => {
            Element::text(tag(field), date::local(at_hour(*day, options.dates.birthday_hour)))
        }
        Value::Picture(picture) => Element::text(tag(field), picture.base64()),
        Value::List(list) => {
            let entries = list.iter().map(|entry| Element::text(entry_tag(field), entry));
            entries.fold(Element::new(tag(field)), Element::with)
        }
    }
}

fn at_hour(day: Date, hour: u8) -> civil::DateTime {
    let time = i8::try_from(hour).ok().and_then(|hour| Time::new(hour, 0, 0, 0).ok());
    day.to_datetime(time.unwrap_or(Time::midnight()))
}

/// Returns what the phone asks to become of the contact.
///
/// Many phones never say what they support and leave out what they do not know; what such a phone leaves out is kept.
/// From 16.0 on it goes: there an empty element is no way to clear a property (observed with Exchange).
///
/// # Errors
///
/// [`Unreadable`], where an element has no valid value.
pub fn parse(data: &Element, reading: &Reading) -> Result<items::Edit, Unreadable> {
    let mut edit = Edit::default();
    for &field in Field::ALL {
        let change = if field == Field::Body { note(data)? } else { change(data, field, reading)? };
        if !change.is_keep() {
            edit.fields.insert(field, change);
        }
    }
    Ok(items::Edit::Contact(Box::new(edit)))
}

fn change(data: &Element, field: Field, reading: &Reading) -> Result<Change<Value>, Unreadable> {
    let tag = tag(field);
    let manages = match &reading.ghosting {
        Ghosting::Nothing => reading.version >= Version::V16_0,
        ghosting @ (Ghosting::Listed(_) | Ghosting::Everything) => ghosting.manages(tag),
    };
    let Some(element) = read::only(data, tag)? else {
        // A picture is too precious to go because it was not sent along. [MS-ASCMD] 2.2.3.178
        let is_gone = manages && field != Field::Picture;
        return Ok(if is_gone { Change::Remove } else { Change::Keep });
    };
    if element.is_empty() {
        // iOS 8.2 and later send an empty picture with every edit.
        let is_kept = field == Field::Picture && !reading.ghosting.manages(tag);
        return Ok(if is_kept { Change::Keep } else { Change::Remove });
    }
    let value = value(element, field, reading)?;
    Ok(if value.is_empty() { Change::Remove } else { Change::Set(value) })
}

fn value(element: &Element, field: Field, reading: &Reading) -> Result<Value, Unreadable> {
    match field.form() {
        Form::Text => read::text(element).map(Value::Text),
        Form::MailAddress => Ok(Value::Text(bare_address(&read::text(element)?).to_owned())),
        Form::Date => day(element, reading).map(Value::Date),
        Form::List => read::list(element, entry_tag(field)).map(Value::List),
        Form::Picture => picture(element).map(Value::Picture),
    }
}

/// Returns the day that is meant; phones send the midnight of their own zone, or some hour of the day in UTC.
fn day(element: &Element, reading: &Reading) -> Result<Date, Unreadable> {
    let time = read::local(element)?;
    if let Some(home) = reading.home.as_ref().filter(|_| is_apple(&reading.device_type)) {
        let shown = home.to_datetime(read::instant(element)?);
        if shown.time() == Time::midnight() {
            return Ok(shown.date());
        }
    }
    if time.hour() < NEXT_DAY_HOUR {
        return Ok(time.date());
    }
    time.date()
        .checked_add(1.day())
        .map_err(|_| Unreadable::new(format!("{:?} is beyond all dates", element.tag)))
}

/// Whether such a phone sends the midnight of its own zone.
fn is_apple(device_type: &str) -> bool {
    ["iPhone", "iPad", "iPod"].iter().any(|kind| device_type.eq_ignore_ascii_case(kind))
}

fn picture(element: &Element) -> Result<Picture, Unreadable> {
    let unreadable = |what: &str| Unreadable::new(format!("the picture {what}"));
    let text = element.exact_value().ok_or_else(|| unreadable("is not base64"))?;
    let picture = Picture::from_base64(None, &text).ok_or_else(|| unreadable("is not base64"))?;
    if picture.size_bytes() > items::contact::MAX_PICTURE_BYTES {
        return Err(unreadable("is too large"));
    }
    Ok(picture)
}

/// Returns the address in `"Name" <address>`.
fn bare_address(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    inside.map_or(text, |(_, address)| address.trim())
}

/// Returns what is to become of the note, which is text only; some old phones send it in the page of contacts.
fn note(data: &Element) -> Result<Change<Value>, Unreadable> {
    let text = |body: Body| Value::Text(body.text);
    match (body::parse(data)?, data.child(contacts::BODY)) {
        (Change::Keep, Some(old)) if old.is_empty() => Ok(Change::Remove),
        (Change::Keep, Some(old)) => Ok(Change::Set(Value::Text(read::long_text(old)?))),
        (Change::Keep, None) => Ok(Change::Keep),
        (Change::Remove, _) => Ok(Change::Remove),
        (Change::Set(body), _) => Ok(Change::Set(text(body))),
    }
}

/// Returns whether the tag is none of a contact's own properties.
pub(super) fn is_ignored(tag: Tag) -> bool {
    use contacts::{ALIAS, BODY, BODY_SIZE, BODY_TRUNCATED, CATEGORY, CHILD, COMPRESSED_RTF, WEIGHTED_RANK};
    [ALIAS, BODY, BODY_SIZE, BODY_TRUNCATED, CATEGORY, CHILD, COMPRESSED_RTF, WEIGHTED_RANK].contains(&tag)
}

const fn entry_tag(field: Field) -> Tag {
    if matches!(field, Field::Children) { contacts::CHILD } else { contacts::CATEGORY }
}

/// Returns the element of the field.
pub(super) const fn tag(field: Field) -> Tag {
    match field {
        Field::FileAs => contacts::FILE_AS,
        Field::LastName => contacts::LAST_NAME,
        Field::FirstName => contacts::FIRST_NAME,
        Field::MiddleName => contacts::MIDDLE_NAME,
        Field::Title => contacts::TITLE,
        Field::Suffix => contacts::SUFFIX,
        Field::NickName => contacts2::NICK_NAME,
        Field::YomiLastName => contacts::YOMI_LAST_NAME,
        Field::YomiFirstName => contacts::YOMI_FIRST_NAME,
        Field::YomiCompanyName => contacts::YOMI_COMPANY_NAME,
        Field::CompanyName => contacts::COMPANY_NAME,
        Field::Department => contacts::DEPARTMENT,
        Field::OfficeLocation => contacts::OFFICE_LOCATION,
        Field::JobTitle => contacts::JOB_TITLE,
        Field::ManagerName => contacts2::MANAGER_NAME,
        Field::AssistantName => contacts::ASSISTANT_NAME,
        Field::Spouse => contacts::SPOUSE,
        Field::Children => contacts::CHILDREN,
        Field::Email1Address => contacts::EMAIL1_ADDRESS,
        Field::Email2Address => contacts::EMAIL2_ADDRESS,
        Field::Email3Address => contacts::EMAIL3_ADDRESS,
        Field::MobilePhoneNumber => contacts::MOBILE_PHONE_NUMBER,
        Field::HomePhoneNumber => contacts::HOME_PHONE_NUMBER,
        Field::Home2PhoneNumber => contacts::HOME2_PHONE_NUMBER,
        Field::BusinessPhoneNumber => contacts::BUSINESS_PHONE_NUMBER,
        Field::Business2PhoneNumber => contacts::BUSINESS2_PHONE_NUMBER,
        Field::HomeFaxNumber => contacts::HOME_FAX_NUMBER,
        Field::BusinessFaxNumber => contacts::BUSINESS_FAX_NUMBER,
        Field::PagerNumber => contacts::PAGER_NUMBER,
        Field::CarPhoneNumber => contacts::CAR_PHONE_NUMBER,
        Field::RadioPhoneNumber => contacts::RADIO_PHONE_NUMBER,
        Field::AssistantPhoneNumber => contacts::ASSISTANT_PHONE_NUMBER,
        Field::CompanyMainPhone => contacts2::COMPANY_MAIN_PHONE,
        Field::MMS => contacts2::MMS,
        Field::HomeAddressStreet => contacts::HOME_ADDRESS_STREET,
        Field::HomeAddressCity => contacts::HOME_ADDRESS_CITY,
        Field::HomeAddressState => contacts::HOME_ADDRESS_STATE,
        Field::HomeAddressPostalCode => contacts::HOME_ADDRESS_POSTAL_CODE,
        Field::HomeAddressCountry => contacts::HOME_ADDRESS_COUNTRY,
        Field::BusinessAddressStreet => contacts::BUSINESS_ADDRESS_STREET,
        Field::BusinessAddressCity => contacts::BUSINESS_ADDRESS_CITY,
        Field::BusinessAddressState => contacts::BUSINESS_ADDRESS_STATE,
        Field::BusinessAddressPostalCode => contacts::BUSINESS_ADDRESS_POSTAL_CODE,
        Field::BusinessAddressCountry => contacts::BUSINESS_ADDRESS_COUNTRY,
        Field::OtherAddressStreet => contacts::OTHER_ADDRESS_STREET,
        Field::OtherAddressCity => contacts::OTHER_ADDRESS_CITY,
        Field::OtherAddressState => contacts::OTHER_ADDRESS_STATE,
        Field::OtherAddressPostalCode => contacts::OTHER_ADDRESS_POSTAL_CODE,
        Field::OtherAddressCountry => contacts::OTHER_ADDRESS_COUNTRY,
        Field::WebPage => contacts::WEB_PAGE,
        Field::IMAddress => contacts2::IM_ADDRESS,
        Field::IMAddress2 => contacts2::IM_ADDRESS2,
        Field::IMAddress3 => contacts2::IM_ADDRESS3,
        Field::Birthday => contacts::BIRTHDAY,
        Field::Anniversary => contacts::ANNIVERSARY,
        Field::Categories => contacts::CATEGORIES,
        Field::Picture => contacts::PICTURE,
        Field::Body => air_sync_base::BODY,
        Field::GovernmentId => contacts2::GOVERNMENT_ID,
        Field::CustomerId => contacts2::CUSTOMER_ID,
        Field::AccountName => contacts2::ACCOUNT_NAME,
    }
}

#[cfg(test)]
mod tests;
