//! Where an event is, beyond the name of the place ([MS-ASAIRS] Location).

use super::calendar::Calendar;
use super::write::Patch;
use crate::contentline::Component;

/// One thing known of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacePart {
    /// A word on it.
    Annotation,
    /// Street and number.
    Street,
    /// The town.
    City,
    /// The part of the country.
    State,
    /// The country.
    Country,
    /// The postal code.
    PostalCode,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
    /// Metres that the two may be wrong.
    Accuracy,
    /// Metres above the sea.
    Altitude,
    /// Metres that this may be wrong.
    AltitudeAccuracy,
    /// An address on the net.
    Uri,
}

impl PlacePart {
    /// All parts.
    pub const ALL: [Self; 12] = [
        Self::Annotation,
        Self::Street,
        Self::City,
        Self::State,
        Self::Country,
        Self::PostalCode,
        Self::Latitude,
        Self::Longitude,
        Self::Accuracy,
        Self::Altitude,
        Self::AltitudeAccuracy,
        Self::Uri,
    ];

    /// Returns the property it is stored as where it has no standard one.
    const fn property(self) -> &'static str {
        match self {
            Self::Annotation => "X-EAS-LOCATION-ANNOTATION",
            Self::Street => "X-EAS-LOCATION-STREET",
            Self::City => "X-EAS-LOCATION-CITY",
            Self::State => "X-EAS-LOCATION-STATE",
            Self::Country => "X-EAS-LOCATION-COUNTRY",
            Self::PostalCode => "X-EAS-LOCATION-POSTALCODE",
            Self::Latitude => "X-EAS-LOCATION-LATITUDE",
            Self::Longitude => "X-EAS-LOCATION-LONGITUDE",
            Self::Accuracy => "X-EAS-LOCATION-ACCURACY",
            Self::Altitude => "X-EAS-LOCATION-ALTITUDE",
            Self::AltitudeAccuracy => "X-EAS-LOCATION-ALTITUDEACCURACY",
            Self::Uri => "X-EAS-LOCATION-URI",
        }
    }
}

/// What is known of a place beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    parts: Vec<(PlacePart, String)>,
}

impl Place {
    /// Returns what is known.
    #[must_use]
    pub fn part(&self, part: PlacePart) -> Option<&str> {
        self.parts.iter().find(|(known, _)| *known == part).map(|(_, text)| text.as_str())
    }

    /// Returns whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds what is known; an empty text says nothing.
    #[must_use]
    pub fn with(mut self, part: PlacePart, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() && self.part(part).is_none() {
            self.parts.push((part, text));
        }
        self
    }

    /// Returns the two numbers of GEO.
    fn geo(&self) -> Option<(&str, &str)> {
        let (latitude, longitude) = (self.part(PlacePart::Latitude)?, self.part(PlacePart::Longitude)?);
        let is_number = |text: &str| text.parse::<f64>().is_ok();
        (is_number(latitude) && is_number(longitude)).then_some((latitude, longitude))
    }
}

/// Returns what is known of the place of a VEVENT.
pub(super) fn read(calendar: &Calendar<'_, '_>, part: &Component) -> Place {
    let text = |name: &'static str| calendar.document.named(part, name).next().map(|line| line.text());
    let mut place = Place::default();
    if let Some((latitude, longitude)) = text("GEO").as_deref().and_then(|geo| geo.split_once(';')) {
        place = place.with(PlacePart::Latitude, latitude.trim()).with(PlacePart::Longitude, longitude.trim());
    }
    for part in PlacePart::ALL {
        if let Some(text) = text(part.property()) {
            place = place.with(part, text.into_owned());
        }
    }
    place
}

/// Makes this all that is known of the place.
pub(super) fn write(patch: &mut Patch<'_, '_, '_>, place: &Place, was: &Place) {
    if PlacePart::ALL.into_iter().all(|part| place.part(part) == was.part(part)) {
        return;
    }
    let geo = place.geo();
    match geo {
        Some((latitude, longitude)) => patch.line("GEO", &format!("GEO:{latitude};{longitude}")),
        None => patch.remove("GEO"),
    }
    for part in PlacePart::ALL {
        let in_geo = geo.is_some() && matches!(part, PlacePart::Latitude | PlacePart::Longitude);
        match place.part(part).filter(|_| !in_geo) {
            Some(text) => patch.text(part.property(), text),
            None => patch.remove(part.property()),
        }
    }
}
