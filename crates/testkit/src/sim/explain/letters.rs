//! Following messages that users send each other: each arrives once, and its sender keeps one copy.

use std::collections::{BTreeMap, BTreeSet};

use phone::{Request, Version};

use crate::sim::content::{token, tokens};
use crate::sim::model::{Folder, User};
use crate::sim::store_faults::Planned;
use crate::sim::world::World;
use crate::sim::{Check, Violation};

/// A message that a user wrote.
#[derive(Debug)]
pub(in crate::sim) struct Letter {
    from: User,
    to: BTreeSet<User>,
    /// When it arrived, as the number of a write; nothing before that.
    arrived: Option<u64>,
}

impl World {
    /// Lets a user write to others, or to himself.
    pub(in crate::sim) fn write_letter(&mut self, phone: usize) -> Check {
        let from = self.user_of(phone);
        let number = self.fresh_number();
        let mut to = BTreeSet::new();
        for _ in 0..self.dice.between(1, 2) {
            to.insert(self.dice.below(self.users.len() - 1));
        }
        let address = |user: &User| format!("{}@example.org", self.name_of(*user));
        let names: Vec<String> = to.iter().map(address).collect();
        let message = format!(
            "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: Sat, 10 Jan 2026 12:00:00 +0000\r\n\r\nHello.\r\n",
            address(&from),
            names.join(", "),
            token(number)
        );
        self.note(format!("phone {phone} writes {} to {names:?}", token(number)));
        self.letters.insert(number, Letter { from, to, arrived: None });
        self.handset(phone)?.phone.send_mail(message.as_bytes());
        Ok(())
    }

    /// Explains what a `SendMail` did: all of it, once, or nothing where the store failed.
    pub(in crate::sim) fn explain_letter(&mut self, request: &Request, struck: Option<Planned>) -> Check {
        let text = String::from_utf8_lossy(&request.body).into_owned();
        let Some(number) = tokens(&text).into_iter().find(|one| self.letters.contains_key(one)) else {
            return Err(Violation("a message that nobody wrote is sent".to_owned()));
        };
        let Some(Letter { from, to, arrived }) = self.letters.get(&number) else { return Ok(()) };
        let (from, known) = (*from, arrived.is_some_and(|arrived| arrived > self.forgotten));
        let mut due: BTreeMap<Folder, User> =
            to.iter().filter_map(|user| Some((self.inbox(*user)?, *user))).collect();
        // Up to 12.1 the request would say that a copy is wanted; this one does not.
        let copy = self.model.folder_at(self.name_of(from), "Sent");
        due.extend(copy.filter(|_| request.version >= Version::V14_0).map(|folder| (folder, from)));
        let mut came = BTreeMap::new();
        for folder in due.keys() {
            let difference = self.difference(*folder)?;
            let is_it = difference.new.values().all(|one| tokens(&one.text).contains(&number));
            if !is_it || difference.new.len() > 1 || difference.new.len() + difference.gone.len() > 1 {
                return Err(Violation(format!(
                    "{} did this to folder {folder}: {difference:?}",
                    token(number)
                )));
            }
            came.extend(difference.new.into_iter().next().map(|one| (*folder, one)));
        }
        if came.is_empty() {
            // What was sent long ago may have been forgotten, and is sent no worse for that.
            let is_due = self.letters.get(&number).is_some_and(|letter| letter.arrived.is_none());
            if is_due && struck.is_none() {
                return Err(Violation(format!("{} arrived nowhere", token(number))));
            }
            self.coverage.count(if is_due { "letter not sent" } else { "letter repeated" });
            return Ok(());
        }
        if known || came.len() != due.len() {
            return Err(Violation(format!("{} came to {came:?}, due {due:?}, known {known}", token(number))));
        }
        for (folder, message) in came {
            let user = due.get(&folder).copied().unwrap_or(from);
            self.take_messages(user, folder, [message]);
        }
        let revision = self.model.next_revision();
        if let Some(letter) = self.letters.get_mut(&number) {
            letter.arrived = Some(revision);
        }
        self.coverage.count("letter sent");
        Ok(())
    }

    /// Every letter has arrived.
    pub(in crate::sim) fn check_letters(&self) -> Check {
        let lost = self.letters.iter().find(|(_, letter)| letter.arrived.is_none());
        lost.map_or(Ok(()), |(number, letter)| {
            Err(Violation(format!("{} never arrived: {letter:?}", token(*number))))
        })
    }
}
