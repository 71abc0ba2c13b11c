//! The list as its editor has it before it is saved. All of it stands in the form: who, the grant now, and the grant
//! it was made from. So what is to be changed is known from the form alone, and what others change meanwhile is not
//! undone by saving it.

use std::fmt::Write as _;

use access::{Busy, Entry, Grant, Preset};
use engine::{AccessList, AccessListChange, Depth, MAX_ENTRIES, OwnAdmin, PrincipalRef, Revision, Telling};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::answer::Refusal;
use crate::fields::Fields;

/// One principal of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// To whom.
    pub(crate) who: PrincipalRef,
    /// The grant now.
    pub(crate) entry: Entry,
    /// The grant it was made from; `None` for a new row.
    pub(crate) was: Option<Entry>,
    /// Whether it is to be removed.
    pub(crate) fate: Fate,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Kept,
    Removed,
}

/// The whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The state of the list it was made from.
    pub(crate) revision: Revision,
    /// The rows, in the order they are shown in.
    pub(crate) rows: Vec<Row>,
    /// Whether the folders below are changed too.
    pub(crate) depth: Depth,
    /// Whether its editor may give up his own right to administer the folder.
    pub(crate) own_admin: OwnAdmin,
}

impl Draft {
    /// Returns a list as it is.
    pub(crate) fn of(list: &AccessList) -> Self {
        let rows = list.grants.iter().map(|grant| Row {
            who: grant.principal.clone(),
            entry: grant.entry,
            was: Some(grant.entry),
            fate: Fate::Kept,
        });
        Self {
            revision: list.revision,
            rows: rows.collect(),
            depth: Depth::default(),
            own_admin: OwnAdmin::default(),
        }
    }

    /// Returns the list of a form.
    pub(crate) fn parse(form: &Fields, zone: &TimeZone) -> Result<Self, Refusal> {
        let numbers: Vec<&str> = form.all("row").take(MAX_ENTRIES * 2 + 1).collect();
        if numbers.len() > MAX_ENTRIES * 2 {
            return Err(wrong("more rows than a list can have"));
        }
        let mut rows: Vec<Row> = Vec::with_capacity(numbers.len());
        for number in numbers {
            let row = Row::parse(form, number, zone)?;
            if rows.iter().any(|known| known.who == row.who) {
                return Err(wrong("somebody stands in the list twice"));
            }
            rows.push(row);
        }
        let revision = form.get("revision").parse().map_err(|_| wrong("the list has no revision"))?;
        Ok(Self {
            revision: Revision(revision),
            rows,
            depth: if form.find("depth").is_some() { Depth::Subtree } else { Depth::Folder },
            own_admin: if form.find("give-up").is_some() { OwnAdmin::GiveUp } else { OwnAdmin::Keep },
        })
    }

    /// Adds a row without any right, unless there is one of that principal.
    pub(crate) fn add(&mut self, who: PrincipalRef) {
        match self.rows.iter_mut().find(|row| row.who == who) {
            Some(row) => row.fate = Fate::Kept,
            None => {
                self.rows.push(Row { who, entry: Entry::new(Grant::NOTHING), was: None, fate: Fate::Kept });
            }
        }
    }

    /// Removes a row: a new one at once, any other when it is saved.
    pub(crate) fn remove(&mut self, number: usize) {
        match self.rows.get_mut(number) {
            Some(row) if row.was.is_some() => row.fate = Fate::Removed,
            Some(_) => drop(self.rows.remove(number)),
            None => {}
        }
    }

    /// Takes a removal back.
    pub(crate) fn put_back(&mut self, number: usize) {
        if let Some(row) = self.rows.get_mut(number) {
            row.fate = Fate::Kept;
        }
    }

    /// Sets the levels of a row.
    pub(crate) fn preset(&mut self, number: usize, preset: Preset) {
        if let Some(row) = self.rows.get_mut(number) {
            row.entry.grant = preset.grant();
        }
    }

    /// Returns the same edits, made from another state of the list.
    pub(crate) fn onto(&self, list: &AccessList) -> Self {
        let mut fresh = Self { depth: self.depth, own_admin: self.own_admin, ..Self::of(list) };
        for row in self.rows.iter().filter(|row| row.is_edited()) {
            match fresh.rows.iter_mut().find(|other| other.who == row.who) {
                Some(other) => (other.entry, other.fate) = (row.entry, row.fate),
                None if row.fate == Fate::Kept => fresh.rows.push(Row { was: None, ..row.clone() }),
                None => {}
            }
        }
        fresh
    }

    /// Returns what saving it changes.
    pub(crate) fn change(&self) -> AccessListChange {
        let edited = || self.rows.iter().filter(|row| row.is_edited());
        let set = edited().filter(|row| row.fate == Fate::Kept).map(|row| (row.who.clone(), row.entry));
        let removed = edited().filter(|row| row.fate == Fate::Removed).map(|row| row.who.clone());
        AccessListChange {
            revision: Some(self.revision),
            set: set.collect(),
            remove: removed.collect(),
            own_admin: self.own_admin,
            depth: self.depth,
            telling: Telling::Everyone,
        }
    }

    /// Returns whether saving it would change nothing.
    pub(crate) fn is_untouched(&self) -> bool {
        !self.rows.iter().any(Row::is_edited)
    }

    /// Returns what tells this change from any other: what was shown is what is saved.
    pub(crate) fn mark(&self) -> String {
        let mut text = format!("{} {:?}", self.revision.0, self.depth);
        for row in self.rows.iter().filter(|row| row.is_edited()) {
            let _ = write!(text, " {} {} {:?}", row.who, written(&row.entry), row.fate);
        }
        let digest = Sha256::digest(text.as_bytes());
        format!("{:016x}", digest.first_chunk().map_or(0, |start| u64::from_be_bytes(*start)))
    }
}

impl Row {
    /// Returns whether saving the list changes this row.
    pub(crate) fn is_edited(&self) -> bool {
        self.fate == Fate::Removed || self.was != Some(self.entry)
    }

    fn parse(form: &Fields, number: &str, zone: &TimeZone) -> Result<Self, Refusal> {
        let get = |name: &str| form.get(&format!("{name}.{number}"));
        let who: PrincipalRef = get("who").parse()?;
        let was = match get("was") {
            "" => None,
            text => Some(read(text).ok_or_else(|| wrong("a row says wrongly what it was"))?),
        };
        let level = |name: &str| get(name).parse().map_err(|_| wrong("there is no such level"));
        let grant = Grant {
            folder: get("folder").parse().map_err(|_| wrong("there is no such level"))?,
            read: level("read")?,
            write: level("write")?,
            delete: level("delete")?,
        };
        let busy = match get("busy") {
            "" => Busy::None,
            busy => busy.parse().map_err(|_| wrong("there is no such level"))?,
        };
        let before = was.and_then(|was| was.until);
        let until = until(get("until"), before, zone)?;
        let fate = if get("removed").is_empty() { Fate::Kept } else { Fate::Removed };
        Ok(Self { who, entry: Entry { grant, private: !get("private").is_empty(), busy, until }, was, fate })
    }
}

fn wrong(text: &str) -> Refusal {
    Refusal::Form(text.to_owned())
}

/// Writes a grant into a form.
pub(crate) fn written(entry: &Entry) -> String {
    let until = entry.until.map_or_else(|| "-".to_owned(), |until| until.to_string());
    format!("{}/{}/{until}/{}", entry.grant, entry.busy, u8::from(entry.private))
}

fn read(text: &str) -> Option<Entry> {
    let mut parts = text.split('/');
    let mut next = || parts.next();
    let grant = Grant {
        folder: next()?.parse().ok()?,
        read: next()?.parse().ok()?,
        write: next()?.parse().ok()?,
        delete: next()?.parse().ok()?,
    };
    let busy = next()?.parse().ok()?;
    let until = match next()? {
        "-" => None,
        until => Some(until.parse().ok()?),
    };
    Some(Entry { grant, busy, until, private: next()? == "1" })
}

/// Returns the last day of a grant in the reader's zone.
pub(crate) fn last_day(until: i64, zone: &TimeZone) -> Option<Date> {
    let last = engine::Timestamp::from_millisecond(until.checked_sub(1)?).ok()?;
    Some(last.to_zoned(zone.clone()).date())
}

/// Returns when a grant ends whose last day was given. Where the day is that of `before`, the time stays too.
fn until(day: &str, before: Option<i64>, zone: &TimeZone) -> Result<Option<i64>, Refusal> {
    if day.is_empty() {
        return Ok(None);
    }
    let day: Date = day.parse().map_err(|_| wrong("a last day is written like 2026-12-31"))?;
    if before.and_then(|before| last_day(before, zone)) == Some(day) {
        return Ok(before);
    }
    let next = day.tomorrow().ok().and_then(|next| next.to_zoned(zone.clone()).ok());
    let next = next.ok_or_else(|| wrong("the last day is too far away"))?;
    Ok(Some(next.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use access::{FolderLevel, Level};

    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::parse(text.as_bytes()).unwrap()
    }

    fn parse(text: &str) -> Result<Draft, Refusal> {
        Draft::parse(&fields(text), &TimeZone::get("Europe/Berlin").unwrap())
    }

    const BO: &str = "revision=4&row=0&who.0=user:bo&folder.0=create&read.0=all&write.0=own&delete.0=own";

    #[test]
    fn a_grant_in_a_form_comes_back() {
        let author = Entry::new(Preset::Author.grant());
        for entry in [
            author,
            Entry { private: true, busy: Busy::Details, until: Some(1_700_000_000_123), ..author },
            Entry::new(Grant::new(FolderLevel::Admin, Level::Admin, Level::None, Level::All)),
        ] {
            assert_eq!(read(&written(&entry)), Some(entry));
        }
        for odd in ["", "create", "create/all/own/own/none", "create/all/own/own/none/x/0"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn only_what_was_edited_is_changed() {
        let same = parse(&format!("{BO}&was.0=create/all/own/own/none/-/0")).unwrap();
        assert!(same.is_untouched());
        let new = parse(BO).unwrap();
        assert_eq!(new.change().set, [(PrincipalRef::User("bo".into()), Entry::new(Preset::Author.grant()))]);
        assert_eq!(new.change().revision, Some(Revision(4)));
        assert_ne!(new.mark(), same.mark());
        let gone = parse(&format!("{BO}&was.0=create/all/own/own/none/-/0&removed.0=1")).unwrap();
        assert_eq!(gone.change().remove, [PrincipalRef::User("bo".into())]);
        assert!(gone.change().set.is_empty());
    }

    #[test]
    fn the_last_day_counts_whole_and_an_end_within_it_stays() {
        let draft = parse(&format!("{BO}&until.0=2026-03-31")).unwrap();
        let end: engine::Timestamp = "2026-03-31T22:00:00Z".parse().unwrap();
        assert_eq!(draft.rows[0].entry.until, Some(end.as_millisecond()), "midnight in Berlin");
        let noon: engine::Timestamp = "2026-03-31T10:00:00Z".parse().unwrap();
        let noon = noon.as_millisecond();
        let was = format!("{BO}&until.0=2026-03-31&was.0=create/all/own/own/none/{noon}/0");
        assert_eq!(parse(&was).unwrap().rows[0].entry.until, Some(noon));
    }

    #[test]
    fn a_form_that_makes_no_sense_is_refused() {
        for odd in [
            "row=0",
            "revision=x",
            &format!("{BO}&row=0"),
            &BO.replace("create", "everything"),
            &BO.replace("user:bo", "bo"),
            &format!("{BO}&until.0=tomorrow"),
            &format!("{BO}&until.0=9999-12-31"),
            &format!("{BO}&busy.0=x"),
            &format!("{BO}&was.0=x"),
        ] {
            assert!(parse(odd).is_err(), "{odd}");
        }
    }
}
