//! How confidential an item is.

/// How confidential the item's author called it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensitivity {
    /// No wish; the same as `CLASS:PUBLIC`.
    #[default]
    Normal,
    /// Personal. iCalendar has no such class: `CLASS:PRIVATE` with `X-EAS-SENSITIVITY:1`.
    Personal,
    /// Private (`CLASS:PRIVATE`).
    Private,
    /// Confidential (`CLASS:CONFIDENTIAL`).
    Confidential,
}

impl Sensitivity {
    /// Returns the number on the wire: 0 normal, 1 personal, 2 private, 3 confidential.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::Personal => 1,
            Self::Private => 2,
            Self::Confidential => 3,
        }
    }

    /// Returns the sensitivity of this number, or `None` for a number that has no meaning.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Normal),
            1 => Some(Self::Personal),
            2 => Some(Self::Private),
            3 => Some(Self::Confidential),
            _ => None,
        }
    }

    /// Returns the value of `CLASS`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Normal => "PUBLIC",
            Self::Personal | Self::Private => "PRIVATE",
            Self::Confidential => "CONFIDENTIAL",
        }
    }

    /// Returns the sensitivity that `CLASS` names; an unknown class counts as private (RFC 5545 3.8.1.3).
    #[must_use]
    pub fn from_class(class: &str) -> Self {
        if class.eq_ignore_ascii_case("PUBLIC") {
            Self::Normal
        } else if class.eq_ignore_ascii_case("CONFIDENTIAL") {
            Self::Confidential
        } else {
            Self::Private
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_classes_are_read_back() {
        for number in 0..4 {
            let sensitivity = Sensitivity::from_number(number).unwrap();
            assert_eq!(sensitivity.number(), number);
            let read = Sensitivity::from_class(&sensitivity.class().to_lowercase());
            let expected = if number == 1 { Sensitivity::Private } else { sensitivity };
            assert_eq!(read, expected);
        }
        assert_eq!(Sensitivity::from_number(4), None);
        assert_eq!(Sensitivity::from_class("X-SECRET"), Sensitivity::Private);
    }
}
