//! Who is meant by what somebody typed into the line of recipients: a user of the directory, or a contact of his own.

use crate::directory_search::{self, DirectoryEntry, MAX_WORDS, is_match, words};
use crate::{Caller, Engine, Error};
use items::contact::{Contact, Field};
use std::collections::BTreeSet;
use store::id::Uid;
use store::{Query, row};

/// Contacts of the user's own that are looked at.
const MAX_CONTACTS: usize = 5_000;
/// Contacts read per query.
const CHUNK: i64 = 64;
/// Role of a user's default address book.
const CONTACTS: i64 = 9;
/// Where a contact's addresses stand.
const ADDRESSES: [Field; 3] = [Field::Email1Address, Field::Email2Address, Field::Email3Address];

/// Somebody who may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Where he was found.
    pub kind: RecipientKind,
    /// What people call him.
    pub display_name: String,
    /// His address.
    pub email: String,
}

/// Where a recipient was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientKind {
    /// In the directory.
    User,
    /// Among the user's own contacts.
    Contact,
}

impl Engine {
    /// Returns for each text who may be meant, users first. A whole address means nobody but the one who has it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn resolve(&self, caller: &Caller, texts: &[String]) -> Result<Vec<Vec<Recipient>>, Error> {
        let all = self.store.read(|q| everybody(q, caller))?;
        Ok(texts.iter().map(|text| meant(&all, text)).collect())
    }
}

/// Returns all users, then those of the caller's contacts that are no users, each with what he is found by.
fn everybody(q: &mut Query<'_>, caller: &Caller) -> Result<Vec<(RecipientKind, DirectoryEntry)>, Error> {
    let users = row::principal::of_kind(q, directory_search::USER)?;
    let users = users.into_iter().filter(|row| !row.disabled).map(directory_search::entry);
    let mut users: Vec<DirectoryEntry> = users.filter(|entry| !entry.email.is_empty()).collect();
    users.sort_by_cached_key(|entry| entry.display_name.to_lowercase());
    let taken: BTreeSet<String> = users.iter().map(|entry| entry.email.to_lowercase()).collect();
    let mut contacts = contacts(q, caller)?;
    contacts.retain(|entry| !taken.contains(&entry.email.to_lowercase()));
    contacts.sort_by_cached_key(|entry| entry.display_name.to_lowercase());
    contacts.dedup();
    let users = users.into_iter().map(|entry| (RecipientKind::User, entry));
    Ok(users.chain(contacts.into_iter().map(|entry| (RecipientKind::Contact, entry))).collect())
}

/// Returns whether an address is one of the user's contacts'.
pub(crate) fn is_contact(q: &mut Query<'_>, user: &Caller, email: &str) -> Result<bool, Error> {
    Ok(contacts(q, user)?.iter().any(|entry| entry.email.eq_ignore_ascii_case(email)))
}

fn contacts(q: &mut Query<'_>, caller: &Caller) -> Result<Vec<DirectoryEntry>, Error> {
    let Some(folder) = row::folder::by_role(q, caller.user, CONTACTS)? else { return Ok(Vec::new()) };
    let (mut found, mut looked_at, mut after) = (Vec::new(), 0, Uid(0));
    while looked_at < MAX_CONTACTS {
        let rows = row::item::after(q, folder.id, after, CHUNK)?;
        let Some(last) = rows.last() else { break };
        after = last.uid;
        looked_at += rows.len();
        for row in &rows {
            let contact = Contact::parse(&row.content);
            let emails = ADDRESSES.into_iter().filter_map(|field| contact.text(field));
            found.extend(emails.filter(|email| !email.is_empty()).map(|email| DirectoryEntry {
                name: String::new(),
                display_name: row.summary.clone(),
                email: email.to_owned(),
            }));
        }
    }
    Ok(found)
}

fn meant(all: &[(RecipientKind, DirectoryEntry)], text: &str) -> Vec<Recipient> {
    let recipient = |(kind, entry): &(RecipientKind, DirectoryEntry)| Recipient {
        kind: *kind,
        display_name: entry.display_name.clone(),
        email: entry.email.clone(),
    };
    let exact = all.iter().find(|(_, entry)| entry.email.eq_ignore_ascii_case(text.trim()));
    if let Some(exact) = exact {
        return vec![recipient(exact)];
    }
    let wanted: Vec<String> = words(text).take(MAX_WORDS).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    all.iter().filter(|(_, entry)| is_match(entry, &wanted)).map(recipient).collect()
}
