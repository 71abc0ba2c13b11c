//! Users and groups to be picked, by a part of their name.

use askama::Template;
use engine::{DirectoryMatches, Engine, PrincipalRef};

use super::draft::Draft;
use super::is_kept;
use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::frame::Frame;

/// Bytes of a text that is searched for.
const MAX_TEXT: usize = 200;

/// Principals that one search shows.
const MAX_SHOWN: usize = 20;

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What was searched for.
    pub(super) text: String,
    pub(super) picks: Vec<Pick>,
    /// Whether something was searched for, and nothing found.
    pub(super) nothing: bool,
    /// How many more there are.
    pub(super) more: usize,
}

/// A principal that can be picked.
#[derive(Debug)]
pub(super) struct Pick {
    pub(super) who: String,
    pub(super) name: String,
    pub(super) aside: String,
    /// Whether it stands in the list already.
    pub(super) is_there: bool,
}

#[derive(Template)]
#[template(path = "found.html")]
struct Fragment {
    frame: Frame,
    found: Found,
}

/// Finds users by a part of their name or address.
pub(super) fn users(engine: &Engine, text: &str, draft: &Draft) -> Result<Found, Refusal> {
    let matches = engine.directory_search(cut(text))?;
    Ok(found(text, matches, &|name| PrincipalRef::User(name), draft))
}

/// Finds groups by a part of their name. Everyone is one of them.
pub(super) fn groups(engine: &Engine, text: &str, draft: &Draft, frame: &Frame) -> Result<Found, Refusal> {
    let matches = engine.group_search(cut(text))?;
    let mut found = found(text, matches, &|name| PrincipalRef::Group(name), draft);
    let everyone = frame.say("share-everyone");
    let wanted = text.trim().to_lowercase();
    if !wanted.is_empty() && everyone.to_lowercase().starts_with(&wanted) {
        let who = PrincipalRef::Everyone;
        let is_there = is_in(draft, &who);
        let aside = frame.say("share-kind-everyone");
        found.picks.insert(0, Pick { who: who.to_string(), name: everyone, aside, is_there });
        found.nothing = false;
    }
    Ok(found)
}

fn found(
    text: &str,
    matches: DirectoryMatches,
    refer: &dyn Fn(String) -> PrincipalRef,
    draft: &Draft,
) -> Found {
    let picks: Vec<Pick> = matches
        .entries
        .into_iter()
        .take(MAX_SHOWN)
        .map(|entry| {
            let who = refer(entry.name.clone());
            let aside = if entry.email.is_empty() { entry.name } else { entry.email };
            Pick { is_there: is_in(draft, &who), who: who.to_string(), name: entry.display_name, aside }
        })
        .collect();
    let nothing = picks.is_empty() && !text.trim().is_empty();
    Found { text: text.to_owned(), more: matches.total - picks.len(), picks, nothing }
}

fn is_in(draft: &Draft, who: &PrincipalRef) -> bool {
    draft.rows.iter().any(|row| row.who == *who && is_kept(row.fate))
}

/// Returns as much of a text as is searched for.
fn cut(text: &str) -> &str {
    text.get(..MAX_TEXT).unwrap_or(if text.len() > MAX_TEXT { "" } else { text })
}

/// Answers what is asked while somebody types: the same list that the page has.
pub(super) fn fragment(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let query = &visit.ask.query;
    let frame = visit.ask.frame();
    let nobody = Draft {
        revision: engine::Revision(0),
        rows: Vec::new(),
        depth: engine::Depth::default(),
        own_admin: engine::OwnAdmin::default(),
    };
    let found = match query.find("groups") {
        Some(text) => groups(visit.engine(), text, &nobody, &frame)?,
        None => users(visit.engine(), query.get("users"), &nobody)?,
    };
    Ok(Answer::page(&Fragment { frame, found }))
}
