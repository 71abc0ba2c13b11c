//! A phone writes contacts that its user may only read: each write is answered so that the phone ends its retry, and
//! the phone shows again what the server holds.

mod common;

use access::Preset;
use common::{Club, NEUER, Phone, add, change, commands, delete, text};
use wbxml::page::air_sync::{ADD, APPLICATION_DATA, CHANGE, CLIENT_ID, DELETE, SERVER_ID, STATUS};
use wbxml::page::contacts::{COMPANY_NAME, FIRST_NAME, JOB_TITLE, LAST_NAME, SPOUSE};

/// A phone that holds the one contact, its folder, its key and the contact's id.
fn holding(club: &Club) -> (Phone<'_>, String, String, String) {
    let uid = club.import(NEUER);
    let phone = club.phone("bo");
    let folder = phone.folder("Public Contacts");
    let key = phone.take_all(&folder);
    let id = format!("{folder}:{uid}");
    (phone, folder, key, id)
}

#[test]
fn a_change_is_a_conflict_and_the_whole_contact_comes_back_at_once() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key, id) = holding(&club);
    let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer"), (SPOUSE, "Nina")]);
    let round = phone.round(&folder, &key, vec![commands(vec![edit])]);
    assert_eq!(round.status(), "1");
    let responses = round.responses();
    assert_eq!(responses.len(), 1);
    assert_eq!((responses[0].tag, text(responses[0], STATUS)), (CHANGE, "7".to_owned()));
    assert_eq!(text(responses[0], SERVER_ID), id);
    assert_eq!(round.steps(), [(CHANGE, id)]);
    let shown = round.commands()[0].child(APPLICATION_DATA).unwrap();
    for (tag, value) in
        [(FIRST_NAME, "Manoel"), (LAST_NAME, "Neuer"), (COMPANY_NAME, "FCB"), (JOB_TITLE, "Keeper")]
    {
        assert_eq!(text(shown, tag), value);
    }
    assert!(shown.child(SPOUSE).is_some_and(wbxml::Element::is_empty), "what the user added is taken away");
    assert!(phone.is_quiet(&folder, &round.key()));
    assert_eq!(club.engine().denied(Some("bo")).unwrap().len(), 1);
}

#[test]
fn an_add_succeeds_for_the_phone_and_is_deleted_in_the_next_round() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key, _) = holding(&club);
    let new = add("c1", &[(FIRST_NAME, "Oliver"), (LAST_NAME, "Kahn")]);
    let round = phone.round(&folder, &key, vec![commands(vec![new])]);
    let responses = round.responses();
    assert_eq!((responses[0].tag, text(responses[0], STATUS)), (ADD, "1".to_owned()));
    assert_eq!(text(responses[0], CLIENT_ID), "c1");
    let phantom = text(responses[0], SERVER_ID);
    assert!(
        round.commands().is_empty() && round.more(),
        "the phone binds the id first, and comes back at once"
    );

    let next = phone.round(&folder, &round.key(), vec![]);
    assert_eq!(next.steps(), [(DELETE, phantom.clone())]);
    assert!(!next.more());
    let late = phone.round(&folder, &next.key(), vec![commands(vec![delete(&phantom)])]);
    assert!(late.responses().is_empty() && late.commands().is_empty());
    assert!(phone.is_quiet(&folder, &late.key()));
}

#[test]
fn a_delete_is_not_answered_and_the_contact_is_added_in_the_next_round() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key, id) = holding(&club);
    let round = phone.round(&folder, &key, vec![commands(vec![delete(&id)])]);
    assert!(round.responses().is_empty() && round.commands().is_empty() && round.more());
    let next = phone.round(&folder, &round.key(), vec![]);
    assert_eq!(next.steps(), [(ADD, id)]);
    assert_eq!(text(next.commands()[0].child(APPLICATION_DATA).unwrap(), FIRST_NAME), "Manoel");
}

#[test]
fn a_lost_answer_is_given_again_and_nothing_is_recorded_twice() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key, id) = holding(&club);
    let sent = || {
        let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer")]);
        vec![commands(vec![edit, add("c1", &[(LAST_NAME, "Kahn")])])]
    };
    let lost = phone.round(&folder, &key, sent());
    let again = phone.round(&folder, &key, sent());
    assert_eq!(again.responses(), lost.responses());
    assert_eq!(again.commands(), lost.commands());
    assert_eq!(club.engine().denied(Some("bo")).unwrap().len(), 2);
}

#[test]
fn allowed_neighbours_of_a_denied_change_are_done() {
    let club = Club::new(Preset::Author);
    let (phone, folder, key, id) = holding(&club);
    let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer")]);
    let round = phone.round(&folder, &key, vec![commands(vec![add("c1", &[(LAST_NAME, "Kahn")]), edit])]);
    let statuses: Vec<_> = round.responses().iter().map(|response| text(response, STATUS)).collect();
    assert_eq!(statuses, ["1", "7"]);
    let own = text(round.responses()[0], SERVER_ID);
    let mine = change(&own, &[(FIRST_NAME, "Oliver"), (LAST_NAME, "Kahn")]);
    let next = phone.round(&folder, &round.key(), vec![commands(vec![mine])]);
    assert!(next.responses().is_empty(), "a change that is made is not answered");
    assert!(next.commands().is_empty(), "and not sent back to who made it");
}

#[test]
fn a_write_under_an_unknown_key_is_kept_for_its_author() {
    let club = Club::new(Preset::Editor);
    let (phone, folder, _, id) = holding(&club);
    let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer")]);
    let round = phone.round(&folder, "12345", vec![commands(vec![edit])]);
    assert_eq!(round.status(), "3");
    assert_eq!(round.key(), "12345");
    let denied = club.engine().denied(Some("bo")).unwrap();
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0].reason.as_str(), "stale");
}

#[test]
fn what_a_phone_wrote_before_its_folder_went_is_kept_for_its_author() {
    let club = Club::new(Preset::Editor);
    let (phone, folder, key, id) = holding(&club);
    club.engine().remove_folder("public", &common::public(), club.now).unwrap();
    let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer")]);
    let round = phone.round(&folder, &key, vec![commands(vec![edit, add("c1", &[(LAST_NAME, "Kahn")])])]);
    assert_eq!(round.status(), "12");
    assert_eq!(text(&round.0, STATUS), "12");
    assert_eq!(club.engine().denied(Some("bo")).unwrap().len(), 2);
}

#[test]
fn an_item_that_cannot_be_read_costs_only_itself() {
    let club = Club::new(Preset::Editor);
    let (phone, folder, key, _) = holding(&club);
    let unreadable = wbxml::Element::new(ADD)
        .with(wbxml::Element::text(CLIENT_ID, "c1"))
        .with(wbxml::Element::new(APPLICATION_DATA).with(wbxml::Element::opaque(LAST_NAME, *b"K\xFFhn")));
    let good = add("c2", &[(LAST_NAME, "Kahn")]);
    let round = phone.round(&folder, &key, vec![commands(vec![unreadable, good])]);
    let statuses: Vec<_> = round.responses().iter().map(|response| text(response, STATUS)).collect();
    assert_eq!(statuses, ["6", "1"]);
}

#[test]
fn a_denied_change_that_an_admin_applies_is_shown() {
    let club = Club::new(Preset::Viewer);
    let (phone, folder, key, id) = holding(&club);
    let edit = change(&id, &[(FIRST_NAME, "Manuel"), (LAST_NAME, "Neuer")]);
    let round = phone.round(&folder, &key, vec![commands(vec![edit])]);
    let now: engine::Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let bo = club.engine().act_as("bo").unwrap();
    let change = club.engine().denied_of(&bo, None, 1).unwrap()[0].id;
    club.engine().ask(&bo, change, "please", now).unwrap_err();
    let entry = access::Entry::new(Preset::Admin.grant());
    let anna = engine::PrincipalRef::User("anna".to_owned());
    club.engine().set_grant("public", &common::public(), (&anna, entry), now).unwrap();
    club.engine().ask(&bo, change, "please", now).unwrap();
    let anna = club.engine().act_as("anna").unwrap();
    let via = engine::Via { protocol: "web", device: "", address: "" };
    let by = engine::By { actor: engine::Actor::User(&anna), via };
    let made = club.engine().approve(&by, change, engine::Approval::AsItWas, now).unwrap();
    assert_eq!(made, engine::Approved::Applied);

    let next = phone.round(&folder, &round.key(), vec![]);
    assert_eq!(next.steps(), [(CHANGE, id)]);
    assert_eq!(text(next.commands()[0].child(APPLICATION_DATA).unwrap(), FIRST_NAME), "Manuel");
    assert!(phone.is_quiet(&folder, &next.key()));
}
