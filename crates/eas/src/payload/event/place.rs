//! Where an event is: a text up to 14.1, from 16.0 on a place ([MS-ASAIRS] Location).

use items::Change;
use items::event::{Details, Place, PlacePart};
use wbxml::page::{air_sync_base, calendar};
use wbxml::{Element, Tag};

use crate::payload::{Options, Unreadable, read};
use crate::request::Version;

/// Returns the element of the place, where there is one.
pub(super) fn render(details: &Details, options: &Options) -> Option<Element> {
    let name = details.location.as_deref();
    if options.version < Version::V16_0 {
        return name.map(|name| Element::text(calendar::LOCATION, name));
    }
    let name = name.map(|name| Element::text(air_sync_base::DISPLAY_NAME, name));
    let known = PlacePart::ALL
        .into_iter()
        .filter_map(|part| details.place.part(part).map(|text| Element::text(tag(part), text)));
    let place = name.into_iter().chain(known).fold(Element::new(air_sync_base::LOCATION), Element::with);
    (!place.is_empty()).then_some(place)
}

/// Returns the tag that a place is sent under.
pub(super) fn place_tag(options: &Options) -> Tag {
    if options.version < Version::V16_0 { calendar::LOCATION } else { air_sync_base::LOCATION }
}

/// Returns what is to become of the name of the place, and of what else is known of it.
pub(super) fn parse(data: &Element) -> Result<(Change<String>, Change<Place>), Unreadable> {
    let Some(element) = read::only(data, air_sync_base::LOCATION)? else {
        return Ok((Change::Keep, Change::Keep));
    };
    let text = |tag: Tag| -> Result<String, Unreadable> {
        let child = read::only(element, tag)?.filter(|child| !child.is_empty());
        Ok(child.map(read::text).transpose()?.unwrap_or_default().trim().to_owned())
    };
    let name = text(air_sync_base::DISPLAY_NAME)?;
    let mut place = Place::default();
    for part in PlacePart::ALL {
        place = place.with(part, text(tag(part))?);
    }
    let name = if name.is_empty() { Change::Remove } else { Change::Set(name) };
    Ok((name, if place.is_empty() { Change::Remove } else { Change::Set(place) }))
}

const fn tag(part: PlacePart) -> Tag {
    match part {
        PlacePart::Annotation => air_sync_base::ANNOTATION,
        PlacePart::Street => air_sync_base::STREET,
        PlacePart::City => air_sync_base::CITY,
        PlacePart::State => air_sync_base::STATE,
        PlacePart::Country => air_sync_base::COUNTRY,
        PlacePart::PostalCode => air_sync_base::POSTAL_CODE,
        PlacePart::Latitude => air_sync_base::LATITUDE,
        PlacePart::Longitude => air_sync_base::LONGITUDE,
        PlacePart::Accuracy => air_sync_base::ACCURACY,
        PlacePart::Altitude => air_sync_base::ALTITUDE,
        PlacePart::AltitudeAccuracy => air_sync_base::ALTITUDE_ACCURACY,
        PlacePart::Uri => air_sync_base::LOCATION_URI,
    }
}
