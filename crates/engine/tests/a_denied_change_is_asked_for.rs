//! A change was not allowed: its author asks for it, and who administers the folder applies or declines it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::{Entry, FolderLevel, Grant, Level, Preset};
use common::{Club, NEUER, New, Phone, add, change};
use engine::{
    Actor, Approval, Approved, By, Caller, Command, DeniedId, Error, FolderPath, Language, MAX_LINE_CHARS,
    MAX_WAITING, MoveOutcome, NewUser, PrincipalRef, State, Step, Target, Uid, Via,
};
use items::Kind;
use items::contact::Field;

fn by(caller: &Caller) -> By<'_> {
    By { actor: Actor::User(caller), via: Via { protocol: "web", device: "", address: "192.0.2.7" } }
}

/// A club whose contacts everybody may read and Anna administers, Bo's phone, and Anna.
fn club(new: New<'_>) -> (Club, Phone, Caller) {
    let club = new(Preset::Viewer);
    club.grant(&PrincipalRef::User("anna".to_owned()), Preset::Admin);
    let phone = club.phone("bo", "phone1");
    let anna = club.engine.act_as("anna").unwrap();
    (club, phone, anna)
}

trait Asking {
    /// Has the phone send something that is denied, and Bo ask for it.
    fn asked(&self, phone: &mut Phone, command: Command) -> DeniedId;
    fn state(&self, phone: &Phone, id: DeniedId) -> State;
    fn text(&self, uid: Uid) -> Option<String>;
    /// What the phone hears next.
    fn hears(&self, phone: &mut Phone) -> Vec<Step>;
}

impl Asking for Club {
    fn asked(&self, phone: &mut Phone, command: Command) -> DeniedId {
        phone.key = self.sync(phone, vec![command]).key;
        self.hears(phone);
        let id = self.engine.denied_of(&phone.caller, None, 1).unwrap()[0].id;
        self.engine.ask(&phone.caller, id, "he told me so", self.now).unwrap();
        id
    }

    fn state(&self, phone: &Phone, id: DeniedId) -> State {
        self.engine.own_denied(&phone.caller, id).unwrap().state
    }

    fn text(&self, uid: Uid) -> Option<String> {
        let anna = self.engine.act_as("anna").unwrap();
        let item = self.engine.fetch(&anna, self.folder, uid, self.now).unwrap();
        item.map(|item| String::from_utf8(item.content).unwrap())
    }

    fn hears(&self, phone: &mut Phone) -> Vec<Step> {
        let answer = self.sync(phone, vec![]);
        phone.key = answer.key;
        answer.steps
    }
}

fn an_admin_applies_a_change_with_one_click_and_every_phone_shows_it(new: New<'_>) {
    let (club, mut phone, anna) = club(new);
    let uid = club.import(NEUER);
    let mut other = club.phone("bo", "phone2");
    club.hears(&mut phone);
    club.hears(&mut other);
    let id = club.asked(&mut phone, change(uid, &[(Field::FirstName, "Manuel")]));
    assert_eq!(club.state(&phone, id), State::Asked);

    let inbox = club.inbox("anna");
    let message = inbox.last().unwrap();
    for part in ["Bo Lind asks for a change", "he told me so", "Manoel - Your data: Manuel", "text/vcard"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let waiting = club.engine.asked_of(&anna, None, (10, club.now)).unwrap();
    assert_eq!((waiting.len(), waiting[0].change.id, &waiting[0].hindrance), (1, id, &None));
    assert!(waiting[0].change.lines().iter().any(|line| line.differs() && line.name == "Firstname"));

    let applied = club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now).unwrap();
    assert_eq!(applied, Approved::Applied);
    assert!(club.text(uid).unwrap().contains("Manuel"));
    for phone in [&mut phone, &mut other] {
        let steps = club.hears(phone);
        let [Step::Change { item, .. }] = steps.as_slice() else { panic!("{steps:?}") };
        assert!(String::from_utf8_lossy(&item.content).contains("Manuel"));
    }
    assert_eq!(club.state(&phone, id), State::Applied);
    assert!(club.inbox("bo").last().unwrap().contains("Anna Berg applied it in your name"));
    assert!(club.engine.asked_of(&anna, None, (10, club.now)).unwrap().is_empty());
    let again = club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now);
    assert!(matches!(again, Err(Error::Invalid { .. })), "{again:?}");
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
}

fn an_item_that_is_added_for_somebody_is_his(new: New<'_>) {
    let (club, mut phone, anna) = club(new);
    let id = club.asked(&mut phone, add("c1", &[(Field::LastName, "Kahn")]));
    club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now).unwrap();
    let items = club.engine.items("public", &club.path, Actor::User(&anna), club.now).unwrap();
    assert_eq!((items.len(), items[0].owner.as_deref()), (1, Some("bo")));
    assert!(matches!(club.hears(&mut phone).as_slice(), [Step::Add(_)]));
}

fn a_delete_and_a_move_are_applied_too(new: New<'_>) {
    let (club, mut phone, anna) = club(new);
    let (first, second) =
        (club.import(NEUER), club.import(b"BEGIN:VCARD\r\nUID:2\r\nFN:Two\r\nEND:VCARD\r\n"));
    club.hears(&mut phone);
    let id = club.asked(&mut phone, Command::Delete { target: Target::Item(first) });
    club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now).unwrap();
    assert_eq!(club.text(first), None);

    let team = FolderPath::try_from("Team").unwrap();
    let to = club.engine.add_folder("public", &team, Kind::Contacts, club.now).unwrap();
    for (name, preset) in [("bo", Preset::Viewer), ("anna", Preset::Viewer)] {
        let grant = (&PrincipalRef::User(name.to_owned()), Entry::new(preset.grant()));
        club.engine.set_grant("public", &team, grant, club.now).unwrap();
    }
    let target = Target::Item(second);
    let moved = club.engine.move_item(&phone.caller, &phone.device, (club.folder, &target, to), club.now);
    assert!(matches!(moved, Ok(MoveOutcome::Phantom(_))));
    let id = club.engine.denied_of(&phone.caller, None, 1).unwrap()[0].id;
    club.engine.ask(&phone.caller, id, "", club.now).unwrap();
    // She administers where it comes from, and may not add where it goes to.
    assert!(club.engine.asked_change(&anna, id, club.now).unwrap().hindrance.is_some());
    let refused = club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now);
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    assert!(club.text(second).is_some());
    let grant = (&PrincipalRef::User("anna".to_owned()), Entry::new(Preset::Author.grant()));
    club.engine.set_grant("public", &team, grant, club.now).unwrap();
    club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now).unwrap();
    assert_eq!(club.text(second), None);
    assert_eq!(club.engine.items("public", &team, Actor::Operator, club.now).unwrap().len(), 1);
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
}

fn what_changed_since_is_not_overwritten_unseen(new: New<'_>) {
    let (club, mut phone, anna) = club(new);
    let uid = club.import(NEUER);
    club.hears(&mut phone);
    let id = club.asked(&mut phone, change(uid, &[(Field::FirstName, "Manuel")]));
    let newer = String::from_utf8(NEUER.to_vec()).unwrap().replace("Keeper", "Coach");
    let place = ("public", &club.path, uid);
    club.engine.edit_item(Actor::User(&anna), place, newer.as_bytes(), club.now).unwrap();

    let Approved::Conflict(clash) = club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now).unwrap()
    else {
        panic!("it was overwritten")
    };
    let differs: Vec<_> =
        clash.lines().into_iter().filter(items::Line::differs).map(|line| line.name).collect();
    assert!(
        differs.contains(&"Firstname".to_owned()) && differs.contains(&"Jobtitle".to_owned()),
        "{differs:?}"
    );
    assert_eq!((club.text(uid).as_ref(), club.state(&phone, id)), (Some(&newer), State::Asked));
    // It changes once more while she looks.
    let newest = newer.replace("Coach", "Owner");
    club.engine.edit_item(Actor::User(&anna), place, newest.as_bytes(), club.now).unwrap();
    let again = club.engine.approve(&by(&anna), id, Approval::Over(clash.modseq), club.now).unwrap();
    let Approved::Conflict(clash) = again else { panic!("it was overwritten") };
    let done = club.engine.approve(&by(&anna), id, Approval::Over(clash.modseq), club.now).unwrap();
    assert_eq!(done, Approved::Applied);
    assert!(club.text(uid).unwrap().contains("Manuel"));
}

fn nobody_applies_what_he_could_not_do_himself(new: New<'_>) {
    let (club, mut phone, _) = club(new);
    let carl = NewUser {
        name: "carl",
        email: "carl@club.example",
        display_name: "Carl",
        admin: false,
        password: None,
    };
    club.engine.add_user(&carl, club.now).unwrap();
    let uid = club.import(NEUER);
    club.hears(&mut phone);
    let id = club.asked(&mut phone, change(uid, &[(Field::FirstName, "Manuel")]));
    let carl = club.engine.act_as("carl").unwrap();
    // Who only reads there knows of no request.
    let hidden = club.engine.approve(&by(&carl), id, Approval::AsItWas, club.now);
    assert!(matches!(hidden, Err(Error::NotFound { .. })), "{hidden:?}");
    assert!(matches!(club.engine.decline(&by(&carl), id, "", club.now), Err(Error::NotFound { .. })));
    assert!(club.engine.asked_of(&carl, None, (10, club.now)).unwrap().is_empty());
    // Who decides about rights there without having them sees it, and cannot apply it.
    let warden = Grant::new(FolderLevel::Admin, Level::Own, Level::None, Level::None);
    club.engine.remove_grant("public", &club.path, &PrincipalRef::Everyone, club.now).unwrap();
    let grant = (&PrincipalRef::User("carl".to_owned()), Entry::new(warden));
    club.engine.set_grant("public", &club.path, grant, club.now).unwrap();
    let asked = club.engine.asked_change(&carl, id, club.now).unwrap();
    assert!(asked.hindrance.is_some() && asked.change.stands.is_none(), "{asked:?}");
    let refused = club.engine.approve(&by(&carl), id, Approval::AsItWas, club.now);
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    // Nor does its author, who asked.
    let own = club.engine.approve(&by(&phone.caller), id, Approval::AsItWas, club.now);
    assert!(matches!(own, Err(Error::Refused { .. })), "{own:?}");
    assert_eq!(club.state(&phone, id), State::Asked);
}

fn a_decline_comes_with_a_line_in_the_authors_language(new: New<'_>) {
    let (club, mut phone, anna) = club(new);
    club.engine.set_language("bo", Language::German, club.now).unwrap();
    let id = club.asked(&mut phone, add("c1", &[(Field::LastName, "Kahn")]));
    club.engine.decline(&by(&anna), id, "nicht\r\nhier", club.now).unwrap();
    let request = club.engine.own_denied(&phone.caller, id).unwrap().request.unwrap();
    assert_eq!((request.decided_by.as_str(), request.answer.as_str()), ("anna", "nicht hier"));
    assert!(request.decided_at.is_some());
    let inbox = club.inbox("bo");
    let message = inbox.last().unwrap();
    assert!(message.contains("Anna Berg hat es abgelehnt") && message.contains("nicht hier"), "{message}");
    assert!(club.engine.ask(&phone.caller, id, "", club.now).is_err(), "it is decided");
    assert!(club.engine.dismiss(&phone.caller, id, club.now).is_err(), "it is decided");
}

fn asking_twice_is_asking_once_and_only_for_ones_own(new: New<'_>) {
    let (club, mut phone, anna) = club(new);
    let id = club.asked(&mut phone, add("c1", &[(Field::LastName, "Kahn")]));
    let before = club.inbox("anna").len();
    club.engine.ask(&phone.caller, id, "please", club.now).unwrap();
    assert_eq!(club.inbox("anna").len(), before);
    for error in [
        club.engine.ask(&anna, id, "", club.now).unwrap_err(),
        club.engine.dismiss(&anna, id, club.now).unwrap_err(),
        club.engine.own_denied(&anna, id).unwrap_err(),
    ] {
        assert!(matches!(error, Error::NotFound { .. }), "{error}");
    }
    club.engine.dismiss(&phone.caller, id, club.now).unwrap();
    assert!(club.engine.asked_of(&anna, None, (10, club.now)).unwrap().is_empty());
    assert!(club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now).is_err());
}

fn what_one_user_asks_for_has_limits(new: New<'_>) {
    let (club, mut phone, _) = club(new);
    let id = club.asked(&mut phone, add("c0", &[(Field::LastName, "0")]));
    let long = "x".repeat(MAX_LINE_CHARS + 1);
    assert!(matches!(club.engine.ask(&phone.caller, id, &long, club.now), Err(Error::Invalid { .. })));
    for number in 1..MAX_WAITING {
        let name = number.to_string();
        club.asked(&mut phone, add(&format!("c{name}"), &[(Field::LastName, &name)]));
    }
    phone.key = club.sync(&phone, vec![add("last", &[(Field::LastName, "one more")])]).key;
    let one_more = club.engine.denied_of(&phone.caller, None, 1).unwrap()[0].id;
    let refused = club.engine.ask(&phone.caller, one_more, &"x".repeat(MAX_LINE_CHARS), club.now);
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    // His own list comes in pages.
    let first = club.engine.denied_of(&phone.caller, None, 30).unwrap();
    let second = club.engine.denied_of(&phone.caller, first.last().map(|change| change.id), 30).unwrap();
    assert_eq!((first.len(), second.len()), (30, 21));
}

fn who_got_the_right_meanwhile_applies_his_own_change(new: New<'_>) {
    let (club, mut phone, _) = club(new);
    phone.key = club.sync(&phone, vec![add("c1", &[(Field::LastName, "Kahn")])]).key;
    let id = club.engine.denied_of(&phone.caller, None, 1).unwrap()[0].id;
    club.grant(&PrincipalRef::User("bo".to_owned()), Preset::Author);
    club.engine.approve(&by(&phone.caller), id, Approval::AsItWas, club.now).unwrap();
    assert_eq!(club.state(&phone, id), State::Applied);
}

fn rights_count_when_it_is_decided(new: New<'_>) {
    let (club, mut phone, anna) = club(new);
    let uid = club.import(NEUER);
    club.hears(&mut phone);
    let id = club.asked(&mut phone, change(uid, &[(Field::FirstName, "Manuel")]));
    // Lost rights count when it is decided, not when it was asked.
    club.grant(&PrincipalRef::User("anna".to_owned()), Preset::Viewer);
    let gone = club.engine.approve(&by(&anna), id, Approval::AsItWas, club.now);
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
    assert!(club.text(uid).unwrap().contains("Manoel"));
    // The server's operator can always decide.
    club.engine.approve(&By::COMMAND_LINE, id, Approval::AsItWas, club.now).unwrap();
    assert!(club.text(uid).unwrap().contains("Manuel"));
}

on_both_engines!(
    an_admin_applies_a_change_with_one_click_and_every_phone_shows_it,
    an_item_that_is_added_for_somebody_is_his,
    a_delete_and_a_move_are_applied_too,
    what_changed_since_is_not_overwritten_unseen,
    nobody_applies_what_he_could_not_do_himself,
    a_decline_comes_with_a_line_in_the_authors_language,
    asking_twice_is_asking_once_and_only_for_ones_own,
    what_one_user_asks_for_has_limits,
    who_got_the_right_meanwhile_applies_his_own_change,
    rights_count_when_it_is_decided,
);
