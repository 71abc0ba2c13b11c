//! Which of the admin's pages an address means.

use percent_encoding::percent_decode_str;

use crate::link::piece;

/// One of the admin's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// All users.
    Users,
    /// The user of this name.
    User(String),
    /// All groups.
    Groups,
    /// The group of this name.
    Group(String),
    /// All spaces.
    Spaces,
    /// The space of this name.
    Space(String),
    /// Everybody's devices.
    Devices,
    /// The device of a user, by the id it calls itself by.
    Device(String, String),
    /// The audit log.
    Audit,
    /// A notice as it would be sent.
    Notice,
}

impl Place {
    /// Returns the page of an address.
    pub(super) fn parse(address: &str) -> Option<Self> {
        let rest = address.strip_prefix("/admin").filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let pieces = rest.split('/').skip(1);
        let names: Option<Vec<String>> =
            pieces.map(|piece| Some(percent_decode_str(piece).decode_utf8().ok()?.into_owned())).collect();
        let names = names?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match names.as_slice() {
            [] | ["users"] => Some(Self::Users),
            ["users", name] => Some(Self::User((*name).to_owned())),
            ["groups"] => Some(Self::Groups),
            ["groups", name] => Some(Self::Group((*name).to_owned())),
            ["spaces"] => Some(Self::Spaces),
            ["spaces", name] => Some(Self::Space((*name).to_owned())),
            ["devices"] => Some(Self::Devices),
            ["devices", user, address] => Some(Self::Device((*user).to_owned(), (*address).to_owned())),
            ["notice"] => Some(Self::Notice),
            ["audit"] => Some(Self::Audit),
            _ => None,
        }
    }
}

/// Returns the address of a user's page.
pub(super) fn user(name: &str) -> String {
    format!("/admin/users/{}", piece(name))
}

/// Returns the address of a group's page.
pub(super) fn group(name: &str) -> String {
    format!("/admin/groups/{}", piece(name))
}

/// Returns the address of a space's page.
pub(super) fn space(name: &str) -> String {
    format!("/admin/spaces/{}", piece(name))
}

/// Returns the address of a device's page.
pub(super) fn device(user: &str, address: &str) -> String {
    format!("/admin/devices/{}/{}", piece(user), piece(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_page_comes_back() {
        for name in ["bo", "J\u{f6}rg", "a/b", "100%"] {
            assert_eq!(Place::parse(&user(name)), Some(Place::User(name.to_owned())));
            assert_eq!(Place::parse(&group(name)), Some(Place::Group(name.to_owned())));
            let found = Place::parse(&device("bo", name));
            assert_eq!(found, Some(Place::Device("bo".to_owned(), name.to_owned())));
        }
        for odd in ["/admin/", "/admin/users/a/b", "/admin/%FF", "/administrator", "/admin/nothing"] {
            assert_eq!(Place::parse(odd), None, "{odd}");
        }
    }
}
