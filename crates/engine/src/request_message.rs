//! The messages about changes that somebody asked for: to those who decide, and to who asked.

use crate::affected;
use crate::apply::{self, New};
use crate::decide::{Allowed, Rights};
use crate::denied::State;
use crate::say::Language;
use crate::work::Work;
use crate::{Caller, Error, deliver, kind, language, notice, request};
use access::{Caps, Right, Standing};
use mail_builder::mime::MimePart;
use store::id::PrincipalId;
use store::row;
use store::row::denied::DeniedRow;
use store::row::folder::FolderRow;
use store::row::principal::PrincipalRow;

/// Role of a user's Inbox.
const INBOX: i64 = 2;
const USER: i64 = 1;
/// Those who are asked at most; the rest see the request on their page.
const MAX_ASKED: usize = 50;

/// Returns the users who are asked for changes in a folder: its owner and who administers it; where there is nobody,
/// system admins.
pub(crate) fn admins(work: &mut Work<'_, '_>, folder: &FolderRow) -> Result<Vec<PrincipalRow>, Error> {
    let now_ms = work.now_ms();
    let mut principals: Vec<PrincipalId> = vec![folder.account];
    for grant in row::grant::of(work, folder.id)? {
        if access::effect([grant.entry], Standing::Other, Caps::default(), now_ms).has(Right::Manage) {
            principals.push(grant.principal);
        }
    }
    let mut found: Vec<PrincipalRow> = affected::users(work, &principals)?.into_values().collect();
    found.retain(|user| !user.disabled);
    if found.is_empty() {
        found = row::principal::of_kind(work, USER)?;
        found.retain(|user| user.admin && !user.disabled);
    }
    // The owner is asked whoever else is.
    found.sort_by_key(|user| (user.id != folder.account, user.id));
    found.truncate(MAX_ASKED);
    Ok(found)
}

/// Puts a request into the Inbox of each who may decide.
pub(crate) fn ask(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    (folder, admins): (&FolderRow, &[PrincipalRow]),
    (change, line): (&DeniedRow, &str),
) -> Result<(), Error> {
    let mut inboxes = Vec::new();
    for admin in admins {
        inboxes.extend(row::folder::by_role(work, admin.id, INBOX)?.map(|inbox| (admin, inbox)));
    }
    deliver::lock(work, inboxes.iter().map(|(_, inbox)| inbox.id))?;
    let now_ms = work.now_ms();
    for (admin, inbox) in inboxes {
        let rights = Rights::load(work, folder, admin.id, now_ms)?;
        let change = request::readable(work, &rights, change.clone())?;
        let told = Told { to: admin, change: &change, line };
        let (subject, text) = match language::of(work, admin.id)? {
            Language::English => told.asked_in_english(caller.display_name())?,
            Language::German => told.asked_in_german(caller.display_name())?,
        };
        put(work, &inbox, &told, (subject, text))?;
    }
    Ok(())
}

/// Tells who asked what was decided, and by whom; `None` for the server's operator.
pub(crate) fn decided(
    work: &mut Work<'_, '_>,
    to: &PrincipalRow,
    change: &DeniedRow,
    (state, by, line): (State, Option<&str>, &str),
) -> Result<(), Error> {
    let Some(inbox) = row::folder::by_role(work, to.id, INBOX)? else { return Ok(()) };
    let told = Told { to, change, line };
    let message = match language::of(work, to.id)? {
        Language::English => told.decided_in_english(state, by),
        Language::German => told.decided_in_german(state, by),
    };
    put(work, &inbox, &told, message)
}

fn put(
    work: &mut Work<'_, '_>,
    inbox: &FolderRow,
    told: &Told<'_>,
    (subject, text): (String, String),
) -> Result<(), Error> {
    let Told { to, change, .. } = told;
    let boundary = work.random_name();
    let mut parts = vec![MimePart::new("text/plain", text)];
    parts.extend(notice::attachment(kind::from_code(change.kind)?, 0, change));
    let body = notice::multipart("multipart/mixed", &boundary, parts);
    let address = to.email.as_deref().unwrap_or(&to.name);
    let content = notice::message(work, (&to.display_name, address), subject, body);
    let new = New { owner: Some(to.id), name: None, content, marks: String::new() };
    apply::insert(work, &Allowed::delivery(), inbox, new).map(drop)
}

/// What one message tells.
struct Told<'a> {
    to: &'a PrincipalRow,
    change: &'a DeniedRow,
    line: &'a str,
}

impl Told<'_> {
    fn asked_in_english(&self, who: &str) -> Result<(String, String), Error> {
        let Self { to, change, .. } = self;
        let what = self.english();
        let subject = format!("{who} asks for a change: '{}' in '{}'", self.summary(), change.path);
        let line =
            if self.line.is_empty() { String::new() } else { format!("{who} writes: {}\n\n", self.line) };
        let text = format!(
            "Hello {},\n\n{who} wanted to {what} in the folder '{}', which was not allowed, and asks you for it.\n\n\
             {line}{}\nYou can apply or decline it on the page about changes that were not allowed; its number is {}.\n",
            to.display_name,
            change.path,
            notice::difference(change)?,
            change.id
        );
        Ok((subject, text))
    }

    fn asked_in_german(&self, who: &str) -> Result<(String, String), Error> {
        let Self { to, change, .. } = self;
        let what = self.german();
        let subject = format!("{who} bittet um eine Änderung: „{}“ in „{}“", self.summary(), change.path);
        let line =
            if self.line.is_empty() { String::new() } else { format!("{who} schreibt: {}\n\n", self.line) };
        let text = format!(
            "Guten Tag {},\n\n{who} wollte im Ordner „{}“ {what}, was nicht erlaubt war, und bittet Sie darum.\n\n\
             {line}{}\nSie können es auf der Seite über nicht erlaubte Änderungen übernehmen oder ablehnen; es hat die \
             Nummer {}.\n",
            to.display_name,
            change.path,
            notice::difference(change)?,
            change.id
        );
        Ok((subject, text))
    }

    fn decided_in_english(&self, state: State, by: Option<&str>) -> (String, String) {
        let Self { to, change, line } = self;
        let by = by.unwrap_or("The server's operator");
        let (word, done) = match state {
            State::Applied => ("Applied", "applied it in your name"),
            State::Open | State::Asked | State::Declined | State::Dismissed => ("Declined", "declined"),
        };
        let subject = format!("{word}: '{}' in '{}'", self.summary(), change.path);
        let line = if line.is_empty() { String::new() } else { format!("\n{by} writes: {line}\n") };
        let text = format!(
            "Hello {},\n\nyou wanted to {} in the folder '{}', which was not allowed. {by} {done}.\n{line}",
            to.display_name,
            self.english(),
            change.path
        );
        (subject, text)
    }

    fn decided_in_german(&self, state: State, by: Option<&str>) -> (String, String) {
        let Self { to, change, line } = self;
        let by = by.unwrap_or("Der Betreiber des Servers");
        let (word, done) = match state {
            State::Applied => ("Übernommen", "hat es in Ihrem Namen übernommen"),
            State::Open | State::Asked | State::Declined | State::Dismissed => {
                ("Abgelehnt", "hat es abgelehnt")
            }
        };
        let subject = format!("{word}: „{}“ in „{}“", self.summary(), change.path);
        let line = if line.is_empty() { String::new() } else { format!("\n{by} schreibt: {line}\n") };
        let text = format!(
            "Guten Tag {},\n\nSie wollten im Ordner „{}“ {}, was nicht erlaubt war. {by} {done}.\n{line}",
            to.display_name,
            change.path,
            self.german()
        );
        (subject, text)
    }

    fn summary(&self) -> String {
        notice::short(&self.change.summary)
    }

    fn english(&self) -> String {
        let verb = match self.change.operation.as_str() {
            "create" => "add",
            "delete" => "delete",
            "move" => "move",
            _ => "change",
        };
        format!("{verb} '{}'", self.summary())
    }

    fn german(&self) -> String {
        let verb = match self.change.operation.as_str() {
            "create" => "anlegen",
            "delete" => "löschen",
            "move" => "verschieben",
            _ => "ändern",
        };
        format!("„{}“ {verb}", self.summary())
    }
}
