//! A phone may leave out of a Sync what it said before: all of it, some folders, or how it wants items.

mod common;

use access::Preset;
use common::{Club, NEUER, Round, collection, document, sync, text};
use eas::Reply;
use eas::request::Command;
use wbxml::Element;
use wbxml::page::air_sync::{
    COLLECTION, COLLECTIONS, FILTER_TYPE, OPTIONS, PARTIAL, STATUS, SYNC, SYNC_KEY, WINDOW_SIZE,
};

fn status(reply: &Reply) -> String {
    text(&document(reply), STATUS)
}

#[test]
fn an_empty_request_repeats_the_last_one_while_its_key_is_certain() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    assert_eq!(status(&phone.reply(Command::Sync, None)), "13", "nothing was ever said");

    let key = phone.take_all(&folder);
    let quiet = phone.reply(Command::Sync, None);
    assert_eq!((quiet.status, quiet.body.len()), (200, 0));

    club.import(NEUER);
    let heard = Round(document(&phone.reply(Command::Sync, None)));
    assert_eq!(heard.commands().len(), 1);
    assert_ne!(heard.key(), key);
    // Whether that answer arrived only the phone can tell.
    assert_eq!(status(&phone.reply(Command::Sync, None)), "13");
    let again = phone.round(&folder, &key, vec![]);
    assert_eq!(again.commands(), heard.commands());
    assert!(phone.is_quiet(&folder, &again.key()));
    assert!(phone.reply(Command::Sync, None).body.is_empty());
}

#[test]
fn a_partial_request_names_only_what_is_new() {
    let club = Club::new(Preset::Viewer);
    let phone = club.phone("bo");
    let (shared, own) = (phone.folder("Public Contacts"), phone.folder("Contacts"));
    let (shared_key, own_key) = (phone.take_all(&shared), phone.take_all(&own));
    let partial = |more: Vec<Element>| {
        more.into_iter().fold(Element::new(SYNC).with(Element::new(PARTIAL)), Element::with)
    };
    let both = sync(vec![collection(&shared, &shared_key, vec![]), collection(&own, &own_key, vec![])]);
    assert!(phone.reply(Command::Sync, Some(&both)).body.is_empty());

    club.import(NEUER);
    let narrow = partial(vec![Element::text(WINDOW_SIZE, "10")]);
    let heard = Round(document(&phone.reply(Command::Sync, Some(&narrow))));
    assert_eq!(heard.commands().len(), 1);

    let named = Element::new(COLLECTIONS).with(collection(&shared, &heard.key(), vec![]));
    let rest = phone.reply(Command::Sync, Some(&partial(vec![named])));
    assert!(rest.body.is_empty(), "the named folder's key is new, the other's is as it was");
    assert_eq!(status(&phone.reply(Command::Sync, Some(&partial(vec![])))), "4", "it names nothing");
}

#[test]
fn options_stay_until_others_replace_them() {
    let club = Club::new(Preset::Viewer);
    let old = "From: a@b.example\r\nDate: Mon, 2 Feb 2026 09:00:00 +0000\r\nSubject: Old\r\n\r\nText\r\n";
    let new = "From: a@b.example\r\nDate: Mon, 2 Mar 2026 08:00:00 +0000\r\nSubject: New\r\n\r\nText\r\n";
    club.import_into("bo", "Inbox", old);
    club.import_into("bo", "Inbox", new);
    let phone = club.phone("bo");
    let inbox = phone.folder("Inbox");
    let filter = |days: &str| Element::new(OPTIONS).with(Element::text(FILTER_TYPE, days));
    let key = phone.round(&inbox, "0", vec![filter("3")]).key();
    let week = phone.round(&inbox, &key, vec![]);
    assert_eq!(week.commands().len(), 1, "said with key 0");
    assert!(phone.is_quiet(&inbox, &week.key()));
    let all = phone.round(&inbox, &week.key(), vec![filter("0")]);
    assert_eq!(all.commands().len(), 1);
    assert!(phone.is_quiet(&inbox, &all.key()));
}

#[test]
fn a_request_without_folders_is_a_protocol_error() {
    let club = Club::new(Preset::Viewer);
    let reply = club.phone("bo").reply(Command::Sync, Some(&sync(vec![])));
    assert_eq!(status(&reply), "4");
    let no_key = sync(vec![Element::new(COLLECTION).with(Element::text(SYNC_KEY, "0"))]);
    assert_eq!(status(&club.phone("bo").reply(Command::Sync, Some(&no_key))), "4");
}
