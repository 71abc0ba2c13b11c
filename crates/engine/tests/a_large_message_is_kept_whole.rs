//! A large message is kept in pieces and shown by its outline: nothing of it is lost or mixed up.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests, run by a macro on two databases"
)]

#[macro_use]
mod common;

use access::Preset;
use common::{Club, New};
use engine::{
    Actor, Attachment, Bytes, FolderId, FolderPath, MoveOutcome, NewItem, Pull, Step, SyncKey, SyncOutcome,
    SyncRequest, Target, Uid,
};
use items::message::{Message, attachment_bytes};

/// Three chunks and a bit.
const CHARACTERS: usize = 800_000;

fn message(id: &str) -> Vec<u8> {
    let line = |number: usize| format!("{number:>076}\r\n").replace(' ', "+");
    let lines: String = (0..CHARACTERS / 76).map(line).collect();
    format!(
        "From: a@club.example\r\nSubject: The film\r\nMessage-ID: <{id}@club.example>\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the film.\r\n--b\r\n\
         Content-Type: video/mp4; name=film.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}--b--\r\n"
    )
    .into_bytes()
}

fn path(name: &str) -> FolderPath {
    FolderPath::try_from(name).unwrap()
}

fn folder(club: &Club, name: &str) -> FolderId {
    let list = club.engine.folders("bo", Actor::Operator, club.now).unwrap();
    list.into_iter().find(|folder| folder.path == name).unwrap().id
}

fn put(club: &Club, content: &[u8]) -> Uid {
    let item = NewItem { content, name: None };
    club.engine.import(Actor::Operator, ("bo", &path("Inbox")), &item, club.now).unwrap().uid
}

fn exported(club: &Club, name: &str) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let take = &mut |_: &str, content: &[u8]| {
        all.push(content.to_vec());
        Ok(())
    };
    club.engine.export("bo", &path(name), (Actor::Operator, club.now), take).unwrap();
    all
}

fn attachment(club: &Club, folder: FolderId, uid: Uid, index: usize) -> Option<Attachment> {
    let bo = club.engine.act_as("bo").unwrap();
    club.engine.attachment(&bo, folder, uid, index, club.now).unwrap()
}

fn read(club: &Club, found: &Attachment, range: std::ops::Range<usize>) -> Vec<u8> {
    let Bytes::Stored(stored) = &found.bytes else { panic!("it is large") };
    let (mut download, mut out) = (stored.read(range), Vec::new());
    while let Some(piece) = club.engine.read_on(&mut download).unwrap() {
        assert!(piece.len() <= 256 * 1024, "no more than a piece at once");
        out.extend(piece);
    }
    out
}

fn it_comes_out_as_it_came_wherever_it_goes(new: New<'_>) {
    let club = new(Preset::Viewer);
    let content = message("film");
    let uid = put(&club, &content);
    assert!(exported(&club, "Inbox") == [content.clone()]);
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
    let phone = club.phone("bo", "phone1");
    let (inbox, trash) = (folder(&club, "Inbox"), folder(&club, "Trash"));
    let moved =
        club.engine.move_item(&phone.caller, &phone.device, (inbox, &Target::Item(uid), trash), club.now);
    assert!(matches!(moved.unwrap(), MoveOutcome::Moved(_)));
    assert!(exported(&club, "Inbox").is_empty());
    assert!(exported(&club, "Trash") == [content]);
    assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
}

fn a_new_text_takes_the_place_of_all_of_it(new: New<'_>) {
    let club = new(Preset::Viewer);
    let uid = put(&club, &message("film"));
    let write = |content: &[u8]| {
        club.engine.edit_item(Actor::Operator, ("bo", &path("Inbox"), uid), content, club.now).unwrap();
        assert!(exported(&club, "Inbox") == [content.to_vec()]);
        assert_eq!(club.engine.check().unwrap(), Vec::<String>::new());
    };
    write(b"Subject: Short\r\n\r\nHi\r\n");
    write(&message("again"));
    let mut longer = message("longer");
    longer.extend_from_slice(&vec![b'x'; 300_000]);
    write(&longer);
    club.engine.delete_item(Actor::Operator, ("bo", &path("Inbox"), uid), club.now).unwrap();
    assert!(exported(&club, "Inbox").is_empty());
}

fn a_phone_is_shown_it_by_its_outline(new: New<'_>) {
    let club = new(Preset::Viewer);
    let content = message("film");
    put(&club, &content);
    let phone = club.phone("bo", "phone1");
    let inbox = folder(&club, "Inbox");
    let sync = |key| {
        let pull = Some(Pull { limit: 10, bytes: 1 << 20 });
        let request = SyncRequest { key, pull, ..Club::request(&phone, vec![]) };
        match club.engine.sync(&phone.caller, &phone.device, inbox, &request, club.now).unwrap() {
            SyncOutcome::Answered(answer) => answer,
            other @ (SyncOutcome::Unchanged { .. } | SyncOutcome::KeyUnknown | SyncOutcome::FolderGone) => {
                panic!("{other:?}")
            }
        }
    };
    let answer = sync(sync(SyncKey::START).key);
    let [Step::Add(item)] = &answer.steps[..] else { panic!() };
    assert!(item.content.len() < 1_000, "{}", item.content.len());
    let shown = Message::outlined(&item.content, item.cuts.as_ref().unwrap());
    assert_eq!(shown, Message::parse(&content));
    assert_eq!(shown.attachments[0].size_bytes, CHARACTERS / 76 * 57);
}

fn its_attachment_is_read_in_pieces_from_anywhere(new: New<'_>) {
    let club = new(Preset::Viewer);
    let content = message("film");
    let (uid, inbox) = (put(&club, &content), folder(&club, "Inbox"));
    let found = attachment(&club, inbox, uid, 0).unwrap();
    let whole = attachment_bytes(&content, 0).unwrap();
    assert_eq!((&*found.media_type, &*found.name, found.bytes.len()), ("video/mp4", "film.mp4", whole.len()));
    for range in [0..whole.len(), 0..1, whole.len() - 1..whole.len(), 196_000..197_000, 5..5] {
        assert!(read(&club, &found, range.clone()) == whole[range.clone()], "{range:?}");
    }
    assert_eq!(attachment(&club, inbox, uid, 1), None, "there is one");
    let anna = club.engine.act_as("anna").unwrap();
    assert_eq!(club.engine.attachment(&anna, inbox, uid, 0, club.now).unwrap(), None, "it is not hers");
}

fn a_reading_ends_when_its_message_goes_or_changes(new: New<'_>) {
    let club = new(Preset::Viewer);
    let (uid, inbox) = (put(&club, &message("film")), folder(&club, "Inbox"));
    let found = attachment(&club, inbox, uid, 0).unwrap();
    let Bytes::Stored(stored) = found.bytes else { panic!() };
    let mut download = stored.read(0..CHARACTERS);
    club.engine.read_on(&mut download).unwrap().unwrap();
    let other = message("changed");
    club.engine.edit_item(Actor::Operator, ("bo", &path("Inbox"), uid), &other, club.now).unwrap();
    assert!(club.engine.read_on(&mut download).is_err(), "it never goes on with another text");
    let now = attachment(&club, inbox, uid, 0).unwrap();
    let Bytes::Stored(stored) = now.bytes else { panic!() };
    let mut download = stored.read(0..CHARACTERS);
    club.engine.delete_item(Actor::Operator, ("bo", &path("Inbox"), uid), club.now).unwrap();
    assert!(club.engine.read_on(&mut download).is_err());
}

on_both_engines! {
    it_comes_out_as_it_came_wherever_it_goes,
    a_new_text_takes_the_place_of_all_of_it,
    a_phone_is_shown_it_by_its_outline,
    its_attachment_is_read_in_pieces_from_anywhere,
    a_reading_ends_when_its_message_goes_or_changes,
}
