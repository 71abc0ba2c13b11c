//! The message that tells a user of his denied changes and hands the data back.

use crate::apply::{self, New, extension};
use crate::decide::Allowed;
use crate::deny::Place;
use crate::work::Work;
use crate::{Caller, Device, Error, NoticeSettings, kind};
use items::{Kind, Line};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::mime::MimePart;
use minijinja::{AutoEscape, Environment, Value, context};
use std::fmt::Write;
use store::id::Uid;
use store::row;
use store::row::denied::DeniedRow;
use store::row::principal::PrincipalRow;

const TEXT: &str = include_str!("template/notice.txt");
const HTML: &str = include_str!("template/notice.html");
/// Role of a user's Inbox.
const INBOX: i64 = 2;
/// The reason whose records hold no item but what came.
const UNREADABLE: &str = "unreadable";
/// Where values begin, in characters.
const VALUES_AT: usize = 25;
/// Characters of a summary in a subject at most.
const MAX_SUMMARY: usize = 80;

/// What one notice tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    /// Whom.
    pub(crate) to: &'a PrincipalRow,
    /// Denied changes of one of his devices, at least one.
    pub(crate) changes: &'a [DeniedRow],
}

/// Puts the notice into the user's Inbox and returns its uid there; `None` where he has no Inbox.
pub(crate) fn deliver(work: &mut Work<'_, '_>, told: &Told<'_>) -> Result<Option<Uid>, Error> {
    let Some(inbox) = row::folder::by_role(work, told.to.id, INBOX)? else { return Ok(None) };
    let content = compose(work, told)?;
    let new = New { owner: Some(told.to.id), name: None, content, marks: String::new() };
    apply::insert(work, &Allowed::delivery(), &inbox, new).map(Some)
}

/// Tells a user, once per folder, that what he puts there leaves his device: a drop box.
pub(crate) fn explain_drop_box(work: &mut Work<'_, '_>, caller: &Caller, place: &Place) -> Result<(), Error> {
    let known = format!("drop box/{}/{}", caller.user, place.folder);
    if !work.settings.notice.enabled || row::setting::load(work, &known)?.is_some() {
        return Ok(());
    }
    let Some(inbox) = row::folder::by_role(work, caller.user, INBOX)? else { return Ok(()) };
    let text = format!(
        "Hello {},\n\nwhat you added to '{}' was saved for those who look after that folder. You may put things in \
         there but not see them, so it leaves your device again.\n\nThis is said once per folder.\n",
        caller.display_name, place.path
    );
    let subject = format!("Saved in the drop box '{}'", place.path);
    let content = message(work, of(caller), subject, MimePart::new("text/plain", text));
    let new = New { owner: Some(caller.user), name: None, content, marks: String::new() };
    apply::insert(work, &Allowed::delivery(), &inbox, new)?;
    Ok(row::setting::store(work, &known, "told")?)
}

/// Tells a user that one of his devices does not take an item, so that it does not show it.
pub(crate) fn explain_held_back(
    work: &mut Work<'_, '_>,
    (caller, device): (&Caller, &Device),
    place: &Place,
    summary: &str,
) -> Result<(), Error> {
    if !work.settings.notice.enabled {
        return Ok(());
    }
    let Some(inbox) = row::folder::by_role(work, caller.user, INBOX)? else { return Ok(()) };
    let (what, folder) = (short(summary), &place.path);
    let text = format!(
        "Hello {},\n\nyour device {} ({}) does not take one item of the folder '{folder}': '{what}'. It was sent many \
         times, each time the device asked for it again. So that the rest of the folder keeps coming, the device is not \
         sent this item any more.\n\nNothing is lost: the item is in the folder, and your other devices show it. It is \
         tried again when it changes.\n",
        caller.display_name, device.kind, device.address
    );
    let subject = format!("Not shown on your device: '{what}' in '{folder}'");
    let content = message(work, of(caller), subject, MimePart::new("text/plain", text));
    let new = New { owner: Some(caller.user), name: None, content, marks: String::new() };
    apply::insert(work, &Allowed::delivery(), &inbox, new).map(drop)
}

/// A notice's words.
pub(crate) struct Written {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Writes a notice with the templates in use.
pub(crate) fn write(settings: &NoticeSettings, told: &Told<'_>) -> Result<Written, Error> {
    let subject = subject(told);
    let view = view(told, &subject)?;
    let text = render(TEXT, settings.text.as_deref(), &view, |_| AutoEscape::None);
    let html = render(HTML, settings.html.as_deref(), &view, |_| AutoEscape::Html);
    Ok(Written { subject, text, html })
}

/// Returns why an admin's template cannot be filled with this notice.
pub(crate) fn problem(settings: &NoticeSettings, told: &Told<'_>) -> Result<Option<String>, Error> {
    let view = view(told, &subject(told))?;
    let environment = Environment::new();
    let own = [settings.text.as_deref(), settings.html.as_deref()].into_iter().flatten();
    let mut problems = own.filter_map(|own| environment.render_str(own, &view).err());
    Ok(problems.next().map(|error| error.to_string()))
}

fn compose(work: &Work<'_, '_>, told: &Told<'_>) -> Result<Vec<u8>, Error> {
    let Written { subject, text, html } = write(&work.settings.notice, told)?;
    let boundary = work.random_name();
    let body = multipart(
        "multipart/alternative",
        &format!("{boundary}-1"),
        vec![MimePart::new("text/plain", text), MimePart::new("text/html", html)],
    );
    let mut parts = vec![body];
    for (at, change) in told.changes.iter().enumerate() {
        parts.extend(attachment(kind::from_code(change.kind)?, at, change));
    }
    let body = multipart("multipart/mixed", &format!("{boundary}-0"), parts);
    let to = (told.to.display_name.as_str(), told.to.email.as_deref().unwrap_or(&told.to.name));
    Ok(message(work, to, subject, body))
}

/// Returns the caller's name and address.
fn of(caller: &Caller) -> (&str, &str) {
    (&caller.display_name, caller.email.as_deref().unwrap_or(&caller.name))
}

/// Writes a message from the server to a user, of this name and address.
pub(crate) fn message(
    work: &Work<'_, '_>,
    (name, address): (&str, &str),
    subject: String,
    body: MimePart<'_>,
) -> Vec<u8> {
    let (from_name, from_address) = sender(&work.settings.notice);
    let host = host(&work.settings.notice);
    MessageBuilder::new()
        .from(Address::new_address(from_name, from_address))
        .to(Address::new_address(Some(name), address))
        .subject(subject)
        .date(work.now.as_second())
        .message_id(format!("{}@{host}", work.random_name()))
        .header("Auto-Submitted", mail_builder::headers::raw::Raw::new("auto-generated"))
        .body(body)
        .write_to_vec()
        .expect("writing to memory cannot fail")
}

pub(crate) fn multipart<'a>(kind: &'a str, boundary: &str, parts: Vec<MimePart<'a>>) -> MimePart<'a> {
    MimePart::new(ContentType::new(kind).attribute("boundary", boundary.to_owned()), parts)
}

/// Returns the sender's name and address.
fn sender(settings: &NoticeSettings) -> (Option<&str>, &str) {
    match settings.from.split_once('<') {
        Some((name, rest)) => (Some(name.trim()), rest.trim_end_matches('>').trim()),
        None => (None, settings.from.trim()),
    }
}

/// Returns the name the server goes by in mail.
pub(crate) fn host(settings: &NoticeSettings) -> &str {
    sender(settings).1.rsplit('@').next().unwrap_or("localhost")
}

fn subject(told: &Told<'_>) -> String {
    let what = match told.changes {
        [change] => format!("{} '{}'", verb(change), short(&change.summary)),
        changes => format!("{} changes", changes.len()),
    };
    let paths = distinct(told.changes.iter().map(|change| change.path.as_str()));
    match paths.as_slice() {
        [path] => format!("Not allowed: {what} in '{path}'"),
        paths => format!("Not allowed: {what} in {} folders", paths.len()),
    }
}

/// Returns each value once, in their order.
fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut list = Vec::new();
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
    list
}

fn verb(change: &DeniedRow) -> &'static str {
    if change.operation == "create" { "new item" } else { "change of" }
}

pub(crate) fn short(summary: &str) -> String {
    let one_line: String = summary.chars().filter(|c| !c.is_control()).collect();
    match one_line.char_indices().nth(MAX_SUMMARY) {
        Some((at, _)) => format!("{}...", one_line.get(..at).unwrap_or_default()),
        None => one_line,
    }
}

fn view(told: &Told<'_>, subject: &str) -> Result<Value, Error> {
    let folder = |change: &DeniedRow| {
        if change.account.is_empty() || change.account == told.to.name {
            change.path.clone()
        } else {
            format!("{} (of {})", change.path, change.account)
        }
    };
    let folders = distinct(told.changes.iter().map(folder));
    let mut changes = Vec::new();
    for change in told.changes {
        let place = (folders.len() > 1).then(|| folder(change));
        changes.push(change_view(kind::from_code(change.kind)?, change, place.as_deref()));
    }
    let times = told.changes.iter().map(|change| change.at);
    let (first, last) = (times.clone().min().unwrap_or_default(), times.max().unwrap_or_default());
    let (first, last) = (minute(first), minute(last));
    let device = told.changes.first();
    Ok(context! {
        subject,
        name => &told.to.display_name,
        when => if first == last { first } else { format!("{first} to {last}") },
        folder => folders.join(", "),
        device_type => device.map(|change| &change.device_kind),
        device_id => device.map(|change| &change.device),
        changes,
    })
}

/// Writes a time for people.
fn minute(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Returns what is told of one change; `place` is its folder, where the notice is about several.
fn change_view(kind: Kind, change: &DeniedRow, place: Option<&str>) -> Value {
    let lines = lines(kind, change);
    let create = change.operation == "create";
    let noun = noun(kind);
    let what = if create { format!("New {noun}") } else { format!("Change of the {noun}") };
    let place = place.map(|place| format!(" in '{place}'")).unwrap_or_default();
    let title = format!("{what} '{}'{place}", change.summary);
    let done = match (create, change.reason.as_str()) {
        (true, "access") => "It was not added, and your device removes it again.",
        (true, _) => "It was not added.",
        (false, "gone") => "The item is gone; your change could not be made.",
        (false, "access" | "conflict") => "The item is as it was, and your device shows it so again.",
        (false, _) => "The item is as it was.",
    };
    let rows: Vec<Value> = lines
        .iter()
        .map(|line| {
            context! { name => &line.name, stands => &line.stands, tried => &line.tried, differs => line.differs() }
        })
        .collect();
    context! { title, why => &change.why, done, object_type => object_type(kind), table => table(&lines), lines => rows }
}

/// Returns the properties of the item as it stood and as it was tried.
fn lines(kind: Kind, change: &DeniedRow) -> Vec<Line> {
    // What could not be read has no properties; it is attached as it came.
    if change.reason == UNREADABLE {
        return Vec::new();
    }
    let lines = items::compare(kind, change.stands.as_deref(), change.tried.as_deref());
    match (change.operation.as_str(), &change.stands, &change.tried) {
        // A created item has nothing to differ from, nor has one that was to be deleted or moved.
        ("create", None, _) => {
            lines.into_iter().map(|line| Line { stands: line.tried.clone(), ..line }).collect()
        }
        ("delete" | "move", _, None) => {
            lines.into_iter().map(|line| Line { tried: line.stands.clone(), ..line }).collect()
        }
        _ => lines,
    }
}

/// Writes the properties of a denied change's item, those that differ with both values.
pub(crate) fn difference(change: &DeniedRow) -> Result<String, Error> {
    Ok(table(&lines(kind::from_code(change.kind)?, change)))
}

const fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => "message",
        Kind::Calendar => "event",
        Kind::Contacts => "contact",
        Kind::Tasks => "task",
        Kind::Notes => "note",
        Kind::Files => "file",
    }
}

const fn object_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => "Email",
        Kind::Calendar => "Calendar",
        Kind::Contacts => "Contact",
        Kind::Tasks => "Task",
        Kind::Notes => "Note",
        Kind::Files => "File",
    }
}

/// Writes every property on a line, the values under one another.
fn table(lines: &[Line]) -> String {
    let widest = lines.iter().map(|line| line.name.chars().count() + 2).max().unwrap_or(0).max(VALUES_AT);
    let indent = format!("\n{}", " ".repeat(widest));
    lines.iter().fold(String::new(), |mut text, line| {
        let label = format!("{}:", line.name);
        let value = value(line).replace("\r\n", "\n").replace('\n', &indent);
        let _ = writeln!(text, "{label:<widest$}{value}");
        text
    })
}

fn value(line: &Line) -> String {
    let stands = line.stands.as_deref();
    if !line.differs() {
        return stands.unwrap_or_default().to_owned();
    }
    match (stands, line.tried.as_deref()) {
        (None, tried) => format!("Not set - Your data: {}", tried.unwrap_or_default()),
        (Some(stands), Some(tried)) => format!("{stands} - Your data: {tried}"),
        (Some(stands), None) => format!("{stands} - Your data: value removed"),
    }
}

/// Returns the tried item as a file.
pub(crate) fn attachment(kind: Kind, at: usize, change: &DeniedRow) -> Option<MimePart<'_>> {
    let tried = change.tried.as_deref()?;
    if change.reason == UNREADABLE {
        return Some(
            MimePart::new("text/plain; charset=utf-8", tried).attachment(format!("item_{}.txt", at + 1)),
        );
    }
    let stem = stem(&change.summary);
    let name = if at == 0 { stem } else { format!("{stem}_{}", at + 1) };
    Some(MimePart::new(media(kind), tried).attachment(format!("{name}{}", extension(kind))))
}

/// Returns the media type of an item as a file.
pub(crate) const fn media(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => "message/rfc822",
        Kind::Calendar | Kind::Tasks | Kind::Notes => "text/calendar; charset=utf-8",
        Kind::Contacts => "text/vcard; charset=utf-8",
        Kind::Files => "application/octet-stream",
    }
}

/// Returns the name of an item's file, without what says of which kind it is.
pub(crate) fn stem(summary: &str) -> String {
    let stem: String = short(summary).chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let stem = stem.trim_matches('_');
    if stem.is_empty() { "item" } else { stem }.to_owned()
}

/// Fills a template; an admin's that cannot be filled gives way to the built-in one, since the notice must go out.
fn render(built_in: &'static str, own: Option<&str>, view: &Value, escape: fn(&str) -> AutoEscape) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(escape);
    own.and_then(|own| environment.render_str(own, view).ok())
        .or_else(|| environment.render_str(built_in, view).ok())
        .unwrap_or_else(|| "A change you made was not allowed. Your data is attached.\n".to_owned())
}

/// Checks an admin's template before it is used.
///
/// # Errors
/// When it is not a template; the text says where.
pub fn check_template(text: &str) -> Result<(), Error> {
    let mut environment = Environment::new();
    environment
        .add_template("notice", text)
        .map_err(|error| Error::invalid(format!("the notice's template: {error}")))
}
