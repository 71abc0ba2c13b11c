//! The device that asks.

use super::RequestError;

/// The most characters in a device's id.
pub const MAX_DEVICE_ID: usize = 64;

/// The most characters in a device's type.
pub const MAX_DEVICE_TYPE: usize = 64;

/// What a device calls itself: an id that stays the same, and a type.
///
/// Both are claims, checked for form only; an id means something only together with the user who logged in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceAddress {
    id: String,
    kind: String,
}

impl DeviceAddress {
    /// Returns the address of a device with `id` (1 to 64 of `A-Z a-z 0-9 _ . -`) and type `kind` (1 to 64
    /// printable ASCII characters).
    ///
    /// # Errors
    ///
    /// [`RequestError::DeviceId`] or [`RequestError::DeviceType`] where one is missing or has another form.
    pub fn new(id: &str, kind: &str) -> Result<Self, RequestError> {
        let id_fits = (1..=MAX_DEVICE_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        if !id_fits {
            return Err(RequestError::DeviceId);
        }
        let kind_fits = (1..=MAX_DEVICE_TYPE).contains(&kind.len()) && kind.bytes().all(is_printable);
        if !kind_fits {
            return Err(RequestError::DeviceType);
        }
        Ok(Self { id: id.to_owned(), kind: kind.to_owned() })
    }

    /// Returns the id; two that differ in case are two devices.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the type, for people to read: `iPhone`, `Android`, `WindowsOutlook15`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }
}

/// Returns whether `byte` is printable ASCII, the space included.
pub(super) const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_types_of_real_devices_fit() {
        for (id, kind) in [
            ("v140Device", "SmartPhone"),
            ("ApplF17KXXXXXXXX", "iPhone"),
            ("androidc1234567890", "HTC One M8"),
            ("MZTB-1.2_3", "Thunderbird"),
        ] {
            let device = DeviceAddress::new(id, kind).unwrap();
            assert_eq!((device.id(), device.kind()), (id, kind));
        }
    }

    #[test]
    fn lengths_have_limits() {
        let (fits, too_long) = ("x".repeat(MAX_DEVICE_ID), "x".repeat(MAX_DEVICE_ID + 1));
        assert!(DeviceAddress::new(&fits[1..], "iPhone").is_ok());
        assert!(DeviceAddress::new(&fits, "iPhone").is_ok());
        assert_eq!(DeviceAddress::new(&too_long, "iPhone"), Err(RequestError::DeviceId));
        assert_eq!(DeviceAddress::new("", "iPhone"), Err(RequestError::DeviceId));
        let (fits, too_long) = ("x".repeat(MAX_DEVICE_TYPE), "x".repeat(MAX_DEVICE_TYPE + 1));
        assert!(DeviceAddress::new("d1", &fits[1..]).is_ok());
        assert!(DeviceAddress::new("d1", &fits).is_ok());
        assert_eq!(DeviceAddress::new("d1", &too_long), Err(RequestError::DeviceType));
        assert_eq!(DeviceAddress::new("d1", ""), Err(RequestError::DeviceType));
    }

    #[test]
    fn ids_and_types_cannot_play_tricks() {
        for id in ["a b", "../d1", "d1/d2", "d1\0", "d1\n", "dé", "d%31", "d1\u{202E}"] {
            assert_eq!(DeviceAddress::new(id, "iPhone"), Err(RequestError::DeviceId), "{id:?}");
        }
        for kind in ["i\nPhone", "iPhone\u{202E}", "\u{7F}", "Phöne"] {
            assert_eq!(DeviceAddress::new("d1", kind), Err(RequestError::DeviceType), "{kind:?}");
        }
    }
}
