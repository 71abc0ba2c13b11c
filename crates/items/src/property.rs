//! Named properties, as notices show them.

/// One property of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Property {
    /// ActiveSync's element name, first letter upper case, the rest lower: `Firstname`.
    pub name: String,
    /// The value, readable.
    pub value: String,
}

impl Property {
    /// Returns a property whose name is an ActiveSync element's, `FirstName`.
    #[must_use]
    pub fn of(element: &str, value: impl Into<String>) -> Self {
        Self { name: label(element), value: value.into() }
    }
}

/// Returns an element's or a content line's name as notices show it: first letter upper case, the rest lower.
#[must_use]
pub fn label(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect()
    })
}

/// One property of two versions of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The property's name.
    pub name: String,
    /// Its value in the version that stands, if it has one there.
    pub stands: Option<String>,
    /// Its value in the version that was tried, if it has one there.
    pub tried: Option<String>,
}

impl Line {
    /// Returns whether the versions differ in this property.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.stands != self.tried
    }
}

/// Returns a size as a person reads it: `900 bytes`, `14 KiB`.
#[must_use]
pub fn size(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{} KiB", (bytes + 512) / 1024),
    }
}
