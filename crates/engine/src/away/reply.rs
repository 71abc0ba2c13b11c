//! What senders get who write to a user who is away: one answer each, and none to machines and lists. [RFC 3834]

use super::{Away, AwayText, load};
use crate::deliver::{Parcel, Route, host};
use crate::work::Work;
use crate::{Caller, Error, resolve};
use items::message::{Address, Message, is_automatic};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address as Written;
use mail_builder::headers::raw::Raw;
use store::id::{FolderId, PrincipalId};
use store::row;

/// Senders that are told of one absence.
const MAX_TOLD: i64 = 10_000;
/// Characters of the subject that is answered.
const MAX_SUBJECT: usize = 200;

/// The answers to one message.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    to: Route,
    from: Vec<(PrincipalId, String, Vec<u8>)>,
}

impl Replies {
    /// Works out who of those a message goes to answers it by himself.
    pub(crate) fn due(work: &mut Work<'_, '_>, route: &Route, parcel: &Parcel<'_>) -> Result<Self, Error> {
        if route.inboxes.is_empty() || parcel.sender.is_empty() || is_automatic(parcel.content) {
            return Ok(Self::default());
        }
        let message = Message::parse(parcel.content);
        let mut from = Vec::new();
        for inbox in &route.inboxes {
            if inbox.account == parcel.by {
                continue;
            }
            let away = load(work, inbox.account)?;
            if !away.state.is_on(work.now_ms()) {
                continue;
            }
            let Some(user) = row::principal::load(work, inbox.account)? else { continue };
            let user = crate::directory::caller(user);
            let Some(text) = told(work, (&user, &away), &message, parcel.sender)? else { continue };
            if row::away_answer::count(work, user.user)? < MAX_TOLD
                && row::away_answer::insert(work, user.user, &parcel.sender.to_lowercase())?
            {
                let address = user.email.clone().unwrap_or_default();
                let content = compose(work, (&user, &text), &message, parcel.sender);
                from.push((user.user, address, content));
            }
        }
        let sender = Address { name: String::new(), address: parcel.sender.to_owned() };
        let to = if from.is_empty() { Route::default() } else { Route::find(work, &[sender])? };
        Ok(Self { to, from })
    }

    /// Returns the folders that will be written to.
    pub(crate) fn folders(&self) -> impl Iterator<Item = FolderId> {
        self.to.folders()
    }

    /// Sends them. The folders are locked by now.
    pub(crate) fn give(&self, work: &mut Work<'_, '_>) -> Result<(), Error> {
        for (user, sender, content) in &self.from {
            self.to.take(work, &Parcel { by: *user, sender, content })?;
        }
        Ok(())
    }
}

/// Returns what the sender is told, if anything: he must have written to the user by name.
fn told(
    work: &mut Work<'_, '_>,
    (user, away): (&Caller, &Away),
    message: &Message,
    sender: &str,
) -> Result<Option<AwayText>, Error> {
    let Some(own) = user.email.as_deref() else { return Ok(None) };
    let mut named = message.to.0.iter().chain(&message.cc.0);
    if !named.any(|one| one.address.eq_ignore_ascii_case(own)) {
        return Ok(None);
    }
    let text = if row::principal::by_address(work, &sender.to_ascii_lowercase())?.is_some() {
        &away.internal
    } else if resolve::is_contact(work, user, sender)? {
        &away.known
    } else {
        &away.unknown
    };
    Ok((text.enabled && !text.text.trim().is_empty()).then(|| text.clone()))
}

fn compose(
    work: &Work<'_, '_>,
    (user, text): (&Caller, &AwayText),
    message: &Message,
    sender: &str,
) -> Vec<u8> {
    let subject: String = message.subject.chars().take(MAX_SUBJECT).collect();
    let own = user.email.as_deref().unwrap_or_default();
    let mut reply = MessageBuilder::new()
        .from(Written::new_address(Some(user.display_name.as_str()), own))
        .to(Written::new_address(None::<&str>, sender))
        .subject(format!("Automatic reply: {subject}"))
        .date(work.now.as_second())
        .message_id(format!("{}@{}", work.random_name(), host(work)))
        .header("Auto-Submitted", Raw::new("auto-replied"))
        .header("X-Auto-Response-Suppress", Raw::new("All"));
    if let Some(id) = &message.message_id {
        reply = reply.in_reply_to(id.as_str()).references(id.as_str());
    }
    let reply = if text.html {
        reply.text_body(items::html::to_text(&text.text)).html_body(text.text.as_str())
    } else {
        reply.text_body(text.text.as_str())
    };
    reply.write_to_vec().expect("writing to memory cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::away::AwayState;
    use crate::{Actor, Engine, FolderPath, NewItem, NewUser, Settings};
    use jiff::Timestamp;
    use store::{Location, Store};

    const CARD: &[u8] =
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:f\r\nFN:Fan\r\nN:Fan;;;;\r\nEMAIL:Fan@outside.example\r\n\
        END:VCARD\r\n";

    /// Delivers a message from outside and returns what waits to leave.
    fn answered(engine: &Engine, sender: &str, now: Timestamp) -> Vec<String> {
        let content = b"To: bo@club.example\r\nSubject: Hello\r\n\r\nHi\r\n";
        let outside = engine.act_as("gate").unwrap();
        engine
            .write(now, |work| {
                let to = Address { name: String::new(), address: "bo@club.example".to_owned() };
                let route = Route::find(work, &[to])?;
                let parcel = Parcel { by: outside.user, sender, content };
                let replies = Replies::due(work, &route, &parcel)?;
                crate::deliver::lock(work, route.folders().chain(replies.folders()))?;
                route.take(work, &parcel)?;
                replies.give(work)
            })
            .unwrap();
        let waits = engine.outbox().unwrap();
        let text = |id| String::from_utf8(engine.outbox_message(id).unwrap()).unwrap();
        waits.iter().map(|one| format!("{} {}", one.recipients.join(","), text(one.id))).collect()
    }

    #[test]
    fn outside_contacts_and_strangers_are_told_different_things() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let engine = Engine::new(Store::open(&Location::Memory).unwrap(), Settings::default(), [7; 32]);
        for (name, email) in [("bo", "bo@club.example"), ("gate", "gate@club.example")] {
            let user = NewUser { name, email, display_name: name, admin: false, password: None };
            engine.add_user(&user, now).unwrap();
        }
        let contacts = FolderPath::try_from("Contacts").unwrap();
        engine
            .import(Actor::Operator, ("bo", &contacts), &NewItem { content: CARD, name: None }, now)
            .unwrap();
        let text = |text: &str| AwayText { enabled: true, text: text.to_owned(), html: false };
        let away = Away {
            state: AwayState::On,
            internal: text("Colleague"),
            known: text("Friend"),
            unknown: AwayText { html: true, ..text("<p>Stranger</p>") },
        };
        engine.set_away(&engine.act_as("bo").unwrap(), &away, now).unwrap();
        let one = answered(&engine, "fan@outside.example", now);
        assert!(
            matches!(one.as_slice(), [one] if one.starts_with("fan@outside.example ") && one.contains("Friend"))
        );
        let two = answered(&engine, "x@outside.example", now);
        assert!(two.len() == 2 && two[1].contains("<p>Stranger</p>"), "{two:?}");
        assert_eq!(answered(&engine, "FAN@outside.example", now).len(), 2, "told already");
        assert_eq!(answered(&engine, "", now).len(), 2, "nobody to answer");
    }
}
