//! The code pages: a constant per tag, a module per page.
//!
//! Tags that only version 2.5 knew are here too: they are safe to decode and keep their names in a trace.

/// Makes a page's tags, and the table of them, from one list.
macro_rules! code_page {
    ($page:literal, $namespace:literal, $($code:literal $tag:ident $name:literal,)+) => {
        /// The page's name, as XML namespace.
        pub const NAMESPACE: &str = $namespace;

        /// Every code of the page with its name, by code.
        pub const TABLE: &[(u8, &str)] = &[$(($code, $name)),+];

        $(
            #[doc = concat!("`", $namespace, ":", $name, "`")]
            pub const $tag: crate::Tag = crate::Tag::new($page, $code);
        )+
    };
}
use code_page;

#[path = "03_air_notify.rs"]
pub mod air_notify;
#[path = "00_air_sync.rs"]
pub mod air_sync;
#[path = "17_air_sync_base.rs"]
pub mod air_sync_base;
#[path = "04_calendar.rs"]
pub mod calendar;
#[path = "21_compose_mail.rs"]
pub mod compose_mail;
#[path = "01_contacts.rs"]
pub mod contacts;
#[path = "12_contacts2.rs"]
pub mod contacts2;
#[path = "19_document_library.rs"]
pub mod document_library;
#[path = "02_email.rs"]
pub mod email;
#[path = "22_email2.rs"]
pub mod email2;
#[path = "25_find.rs"]
pub mod find;
#[path = "07_folder_hierarchy.rs"]
pub mod folder_hierarchy;
#[path = "16_gal.rs"]
pub mod gal;
#[path = "06_get_item_estimate.rs"]
pub mod get_item_estimate;
#[path = "20_item_operations.rs"]
pub mod item_operations;
#[path = "08_meeting_response.rs"]
pub mod meeting_response;
#[path = "05_move.rs"]
pub mod move_;
#[path = "23_notes.rs"]
pub mod notes;
#[path = "13_ping.rs"]
pub mod ping;
#[path = "14_provision.rs"]
pub mod provision;
#[path = "10_resolve_recipients.rs"]
pub mod resolve_recipients;
#[path = "24_rights_management.rs"]
pub mod rights_management;
#[path = "15_search.rs"]
pub mod search;
#[path = "18_settings.rs"]
pub mod settings;
#[path = "09_tasks.rs"]
pub mod tasks;
#[path = "11_validate_cert.rs"]
pub mod validate_cert;

/// Every page's name and table, by page number.
pub const PAGES: &[(&str, &[(u8, &str)])] = &[
    (air_sync::NAMESPACE, air_sync::TABLE),
    (contacts::NAMESPACE, contacts::TABLE),
    (email::NAMESPACE, email::TABLE),
    (air_notify::NAMESPACE, air_notify::TABLE),
    (calendar::NAMESPACE, calendar::TABLE),
    (move_::NAMESPACE, move_::TABLE),
    (get_item_estimate::NAMESPACE, get_item_estimate::TABLE),
    (folder_hierarchy::NAMESPACE, folder_hierarchy::TABLE),
    (meeting_response::NAMESPACE, meeting_response::TABLE),
    (tasks::NAMESPACE, tasks::TABLE),
    (resolve_recipients::NAMESPACE, resolve_recipients::TABLE),
    (validate_cert::NAMESPACE, validate_cert::TABLE),
    (contacts2::NAMESPACE, contacts2::TABLE),
    (ping::NAMESPACE, ping::TABLE),
    (provision::NAMESPACE, provision::TABLE),
    (search::NAMESPACE, search::TABLE),
    (gal::NAMESPACE, gal::TABLE),
    (air_sync_base::NAMESPACE, air_sync_base::TABLE),
    (settings::NAMESPACE, settings::TABLE),
    (document_library::NAMESPACE, document_library::TABLE),
    (item_operations::NAMESPACE, item_operations::TABLE),
    (compose_mail::NAMESPACE, compose_mail::TABLE),
    (email2::NAMESPACE, email2::TABLE),
    (notes::NAMESPACE, notes::TABLE),
    (rights_management::NAMESPACE, rights_management::TABLE),
    (find::NAMESPACE, find::TABLE),
];

/// Returns the name of a code page, or `None` for a page that does not exist.
#[must_use]
pub fn namespace(page: u8) -> Option<&'static str> {
    PAGES.get(usize::from(page)).map(|(namespace, _)| *namespace)
}

/// Returns the name of a tag on its page, or `None` for a tag that does not exist.
pub(crate) fn name(page: u8, code: u8) -> Option<&'static str> {
    let (_, table) = PAGES.get(usize::from(page))?;
    let found = table.binary_search_by_key(&code, |(code, _)| *code).ok()?;
    table.get(found).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests;
