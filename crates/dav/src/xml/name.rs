//! Names of elements and properties.

use std::borrow::Cow;

/// The namespace of WebDAV.
pub const DAV: &str = "DAV:";
/// The namespace of CalDAV.
pub const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// The namespace of CardDAV.
pub const CARDDAV: &str = "urn:ietf:params:xml:ns:carddav";
/// The namespace of what Apple's calendar server added.
pub const CALENDARSERVER: &str = "http://calendarserver.org/ns/";
/// The namespace of what Apple's calendar program added.
pub const APPLE: &str = "http://apple.com/ns/ical/";
/// Our own namespace.
pub const COMITY: &str = "urn:comity";
/// The namespace of MAPI properties by number.
pub const MAPI: &str = "http://schemas.microsoft.com/mapi/proptag/";

/// A name in its namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// The namespace; empty for none.
    pub space: Cow<'static, str>,
    /// The name itself.
    pub local: Cow<'static, str>,
}

impl Name {
    /// Returns a name that this program knows.
    #[must_use]
    pub const fn known(space: &'static str, local: &'static str) -> Self {
        Self { space: Cow::Borrowed(space), local: Cow::Borrowed(local) }
    }

    /// Returns a name of WebDAV itself.
    #[must_use]
    pub const fn dav(local: &'static str) -> Self {
        Self::known(DAV, local)
    }

    /// Returns whether this is the name.
    #[must_use]
    pub fn is(&self, space: &str, local: &str) -> bool {
        self.space == space && self.local == local
    }
}
