//! Conversations that a user keeps in a folder of his choice: messages that come later go there as well.

use crate::deliver::Route;
use crate::work::Work;
use crate::{Caller, Engine, Error, kind};
use items::Kind;
use items::message::Message;
use jiff::Timestamp;
use store::id::{FolderId, PrincipalId};
use store::row::folder::FolderRow;
use store::{Query, row};

/// The name they are kept under among a user's settings.
const NAME: &str = "conversations";
/// Conversations that are kept of one user; for one more, the oldest is forgotten.
const MAX_KEPT: usize = 500;
/// Role of a user's Inbox.
const INBOX: i64 = 2;

/// The Message-ID that each began with, and its folder.
type Kept = Vec<(String, i64)>;

impl Engine {
    /// Has later messages of the conversation that began with the message `root` go into a folder of the caller's own.
    /// The Inbox is where they go anyhow, so that ends it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keep_conversation(
        &self,
        caller: &Caller,
        (root, to): (&str, FolderId),
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(now, |work| {
            let folder = own_mail_folder(work, caller.user, to)?;
            let mut kept = load(work, caller.user)?;
            let before = kept.clone();
            kept.retain(|(known, _)| known != root);
            kept.extend(
                folder.filter(|folder| folder.role != INBOX).map(|folder| (root.to_owned(), folder.id.0)),
            );
            let surplus = kept.len().saturating_sub(MAX_KEPT);
            kept.drain(..surplus);
            if kept == before { Ok(()) } else { store(work, caller.user, &kept) }
        })
    }
}

/// Sends a message where those of its recipients who are here keep its conversation.
pub(crate) fn redirect(work: &mut Work<'_, '_>, route: &mut Route, content: &[u8]) -> Result<(), Error> {
    let Some(root) = Message::parse(content).thread_root else { return Ok(()) };
    for inbox in &mut route.inboxes {
        let kept = load(work, inbox.account)?;
        let Some((_, to)) = kept.into_iter().find(|(known, _)| *known == root) else { continue };
        if let Some(folder) = own_mail_folder(work, inbox.account, FolderId(to))? {
            *inbox = folder;
        }
    }
    Ok(())
}

fn own_mail_folder(q: &mut Query<'_>, user: PrincipalId, id: FolderId) -> Result<Option<FolderRow>, Error> {
    let Some(folder) = row::folder::load(q, id)?.filter(|folder| folder.account == user) else {
        return Ok(None);
    };
    Ok((kind::from_code(folder.kind)? == Kind::Mail).then_some(folder))
}

fn load(q: &mut Query<'_>, user: PrincipalId) -> Result<Kept, Error> {
    match row::user_setting::load(q, user, NAME)? {
        None => Ok(Kept::new()),
        Some(value) => serde_json::from_str(&value).map_err(|_| Error::Store(store::Error::Corrupt)),
    }
}

fn store(work: &mut Work<'_, '_>, user: PrincipalId, kept: &Kept) -> Result<(), Error> {
    let value = serde_json::to_string(kept).expect("texts and numbers always become JSON");
    Ok(row::user_setting::store(work, user, NAME, &value)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewUser, Settings};
    use ::store::{Location, Store};

    #[test]
    fn for_one_conversation_too_many_the_oldest_is_forgotten() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let engine = Engine::new(Store::open(&Location::Memory).unwrap(), Settings::default(), [7; 32]);
        let bo = NewUser {
            name: "bo",
            email: "bo@club.example",
            display_name: "Bo",
            admin: false,
            password: None,
        };
        engine.add_user(&bo, now).unwrap();
        let caller = engine.act_as("bo").unwrap();
        let trash = engine.store.read(|q| row::folder::by_role(q, caller.user, 4)).unwrap().unwrap().id;
        let kept = || engine.store.read(|q| load(q, caller.user)).unwrap();
        for number in 0..=MAX_KEPT {
            assert_eq!(kept().len(), number);
            engine.keep_conversation(&caller, (&format!("{number}@x"), trash), now).unwrap();
        }
        assert_eq!((kept().len(), kept()[0].0.as_str()), (MAX_KEPT, "1@x"));
    }
}
