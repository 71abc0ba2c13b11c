//! What kind of items a folder holds.

use wbxml::page::{air_sync_base, calendar, contacts, contacts2, email, email2, notes, tasks};
use wbxml::{Element, Tag};

use crate::data::Data;
use crate::version::Version;

/// What kind of items a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Mail: a phone below version 16 sets flags of messages and adds none.
    Mail,
    /// Contacts.
    Contacts,
    /// Calendar entries.
    Calendar,
    /// Tasks.
    Tasks,
    /// Notes, from version 14.0.
    Notes,
}

/// Number of the Outbox, which is never synchronised.
const OUTBOX: u8 = 6;

impl Class {
    /// Returns the class of a folder of that type number, or `None` where a phone does not synchronise it.
    #[must_use]
    pub const fn of_type(number: u8) -> Option<Self> {
        match number {
            OUTBOX => None,
            1..=5 | 12 => Some(Self::Mail),
            7 | 15 => Some(Self::Tasks),
            8 | 13 => Some(Self::Calendar),
            9 | 14 => Some(Self::Contacts),
            10 | 17 => Some(Self::Notes),
            _ => None,
        }
    }

    /// Returns the type number of a folder of this class that a user makes.
    #[must_use]
    pub const fn user_type(self) -> u8 {
        match self {
            Self::Mail => 12,
            Self::Calendar => 13,
            Self::Contacts => 14,
            Self::Tasks => 15,
            Self::Notes => 17,
        }
    }

    /// Returns the name that `Class` elements carry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "Email",
            Self::Contacts => "Contacts",
            Self::Calendar => "Calendar",
            Self::Tasks => "Tasks",
            Self::Notes => "Notes",
        }
    }

    /// Returns the tag of a field of this class, or `None` where it has no field of that name.
    pub(crate) fn tag(self, version: Version, name: &str) -> Option<Tag> {
        if self == Self::Calendar && name == "Location" && version >= Version::V16_0 {
            return Some(air_sync_base::LOCATION);
        }
        if name == "Body" {
            return Some(air_sync_base::BODY);
        }
        let pages: &[(u8, &[(u8, &str)])] = match self {
            Self::Mail => &[(2, email::TABLE), (22, email2::TABLE)],
            Self::Contacts => &[(1, contacts::TABLE), (12, contacts2::TABLE)],
            Self::Calendar => &[(4, calendar::TABLE)],
            Self::Tasks => &[(9, tasks::TABLE)],
            Self::Notes => &[(23, notes::TABLE)],
        };
        pages.iter().find_map(|(page, table)| {
            table.iter().find(|(_, known)| *known == name).map(|(code, _)| Tag::new(*page, *code))
        })
    }

    /// Puts what a new item of this class may not be without, where it is not there yet.
    pub(crate) fn complete(self, data: &mut Data, unique: &str) {
        let must: &[(Tag, &str)] = match self {
            Self::Mail | Self::Contacts => &[],
            Self::Calendar => &[
                (calendar::UID, unique),
                (calendar::DT_STAMP, "20260101T000000Z"),
                (calendar::START_TIME, "20260105T090000Z"),
                (calendar::END_TIME, "20260105T093000Z"),
                (calendar::ALL_DAY_EVENT, "0"),
                (calendar::BUSY_STATUS, "2"),
                (calendar::SENSITIVITY, "0"),
                (calendar::MEETING_STATUS, "0"),
            ],
            Self::Tasks => &[(tasks::COMPLETE, "0"), (tasks::IMPORTANCE, "1"), (tasks::SENSITIVITY, "0")],
            Self::Notes => &[(notes::MESSAGE_CLASS, "IPM.StickyNote")],
        };
        for (tag, text) in must {
            if !data.has(*tag) {
                data.put(Element::text(*tag, *text));
            }
        }
    }

    /// Returns the list that a phone sends of the fields it manages itself.
    pub(crate) fn supported(self) -> Option<Element> {
        let pages: &[(u8, &[(u8, &str)])] = match self {
            Self::Contacts => &[(1, contacts::TABLE), (12, contacts2::TABLE)],
            Self::Mail | Self::Calendar | Self::Tasks | Self::Notes => return None,
        };
        let mut list = Element::new(wbxml::page::air_sync::SUPPORTED);
        for (page, table) in pages {
            for (code, _) in *table {
                let tag = Tag::new(*page, *code);
                if !NOT_FIELDS.contains(&tag) {
                    list.push(Element::new(tag));
                }
            }
        }
        Some(list)
    }
}

/// Tags of the contact pages that are no fields of a contact since version 12.0, or stand inside another.
const NOT_FIELDS: &[Tag] = &[
    contacts::BODY,
    contacts::BODY_SIZE,
    contacts::BODY_TRUNCATED,
    contacts::CATEGORY,
    contacts::CHILD,
    contacts::COMPRESSED_RTF,
    contacts::ALIAS,
    contacts::WEIGHTED_RANK,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_on_the_page_of_its_class() {
        assert_eq!(Class::Contacts.tag(Version::V14_1, "FirstName"), Some(contacts::FIRST_NAME));
        assert_eq!(Class::Contacts.tag(Version::V14_1, "NickName"), Some(contacts2::NICK_NAME));
        assert_eq!(Class::Calendar.tag(Version::V14_1, "Subject"), Some(calendar::SUBJECT));
        assert_eq!(Class::Tasks.tag(Version::V14_1, "Subject"), Some(tasks::SUBJECT));
        assert_eq!(Class::Notes.tag(Version::V14_1, "Body"), Some(air_sync_base::BODY));
        assert_eq!(Class::Notes.tag(Version::V14_1, "FirstName"), None);
        assert_eq!(Class::Calendar.tag(Version::V14_1, "Location"), Some(calendar::LOCATION));
        assert_eq!(Class::Calendar.tag(Version::V16_0, "Location"), Some(air_sync_base::LOCATION));
    }

    #[test]
    fn a_type_a_user_makes_is_of_the_same_class() {
        for class in [Class::Mail, Class::Contacts, Class::Calendar, Class::Tasks, Class::Notes] {
            assert_eq!(Class::of_type(class.user_type()), Some(class));
        }
        assert_eq!(Class::of_type(OUTBOX), None);
        assert_eq!(Class::of_type(18), None);
    }

    #[test]
    fn what_was_given_is_not_overwritten_by_what_must_be_there() {
        let mut data = Data::default();
        data.put(Element::text(tasks::COMPLETE, "1"));
        Class::Tasks.complete(&mut data, "u1");
        assert_eq!(data.text("Complete").as_deref(), Some("1"));
        assert_eq!(data.text("Importance").as_deref(), Some("1"));
    }
}
