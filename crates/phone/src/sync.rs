//! `Sync`: what is asked, and what is remembered of it.

mod answer;
mod apply;
mod tell;

use std::collections::BTreeMap;

use wbxml::Element;
use wbxml::page::{air_sync as tag, air_sync_base};

use crate::class::Class;
use crate::folder::{Folder, FolderId, NO_KEY, Wanted};
use crate::habit::{ClientIds, Habit, Push, QuietSync, Supported};
use crate::item::{Edit, Item, ItemId};
use crate::phone::Phone;
use crate::request::{Command, Request, Sent};
use crate::version::Version;

/// How many edits one folder sends in one round.
pub const MAX_BATCH: usize = 100;

/// What a request said of one folder.
#[derive(Debug, Clone)]
pub(crate) struct SentCollection {
    folder: FolderId,
    key: String,
    pull: Pull,
    commands: Vec<SentCommand>,
}

/// Whether a round asks for the server's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pull {
    No,
    Yes,
}

/// One edit that a request carried.
#[derive(Debug, Clone)]
struct SentCommand {
    item: ItemId,
    stamp: u64,
    what: SentEdit,
}

#[derive(Debug, Clone)]
enum SentEdit {
    Add {
        client_id: String,
    },
    Change {
        server_id: String,
    },
    Delete,
    /// A change or delete of one occurrence.
    Occurrence {
        server_id: String,
        instance: String,
    },
}

/// The folders and keys that the server remembers from the last `Sync`, where the phone can be sure of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cached(Option<BTreeMap<FolderId, String>>);

impl Cached {
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}

impl Phone {
    /// Returns the request for folders that have work, or `None` where none has.
    pub(crate) fn sync_request(&mut self) -> Option<Request> {
        for folder in self.folders.values_mut() {
            folder.table.retain(|item| item.edit != Edit::Deleted || item.server_id.is_some());
        }
        let with_work: Vec<FolderId> = self
            .folders
            .values()
            .filter(|folder| self.has_sync_work(folder))
            .take(self.habit.collections.max(1))
            .map(|folder| folder.id.clone())
            .collect();
        if with_work.is_empty() {
            return None;
        }
        let cached = std::mem::take(&mut self.cached);
        if self.habit.quiet_sync == QuietSync::Empty && self.is_cached(&cached, &with_work) {
            let sent = with_work.iter().filter_map(|id| self.folders.get(id)).map(quiet).collect();
            return Some(self.request(Command::Sync, None, Sent::Collections(sent)));
        }
        let mut collections = Element::new(tag::COLLECTIONS);
        let mut sent = Vec::new();
        for id in &with_work {
            self.name_new_items(id);
            let Some(folder) = self.folders.get(id) else { continue };
            let (element, collection) = ask(folder, &self.habit);
            collections.push(element);
            sent.push(collection);
        }
        let root = Element::new(tag::SYNC).with(collections);
        Some(self.request(Command::Sync, Some(root), Sent::Collections(sent)))
    }

    /// Returns whether an empty request means exactly these folders with the keys the phone has, and no edits.
    fn is_cached(&self, cached: &Cached, with_work: &[FolderId]) -> bool {
        let Cached(Some(cached)) = cached else { return false };
        cached.len() == with_work.len()
            && with_work.iter().all(|id| {
                let folder = self.folders.get(id);
                folder.is_some_and(|folder| {
                    cached.get(id) == Some(&folder.key) && !folder.table.iter().any(Item::is_pending)
                })
            })
    }

    /// Gives a client id to each new item that needs one for this round.
    fn name_new_items(&mut self, id: &FolderId) {
        let Some(folder) = self.folders.get(id) else { return };
        let anew =
            self.habit.client_ids == ClientIds::NewForContacts && folder.class() == Some(Class::Contacts);
        let unnamed = |item: &&Item| {
            item.edit == Edit::Added && item.is_pending() && (anew || item.client_id.is_none())
        };
        let rows: Vec<ItemId> = match folder.key.as_str() {
            NO_KEY => Vec::new(),
            _ => folder.table.iter().filter(unnamed).take(folder.batch).map(Item::id).collect(),
        };
        for row in rows {
            let client_id = self.new_client_id();
            let item = self.folders.get_mut(id).and_then(|folder| folder.table.get_mut(row));
            if let Some(item) = item {
                item.client_id = Some(client_id);
            }
        }
    }
}

/// Returns what an empty request says of a folder.
fn quiet(folder: &Folder) -> SentCollection {
    SentCollection {
        folder: folder.id.clone(),
        key: folder.key.clone(),
        pull: Pull::Yes,
        commands: Vec::new(),
    }
}

/// Returns what a request says of a folder, and what to remember of it.
fn ask(folder: &Folder, habit: &Habit) -> (Element, SentCollection) {
    let mut element = Element::new(tag::COLLECTION);
    let class = folder.class();
    if let Some(class) = class.filter(|_| habit.version < Version::V14_0) {
        element.push(Element::text(tag::CLASS, class.name()));
    }
    element.push(Element::text(tag::SYNC_KEY, folder.key.clone()));
    element.push(Element::text(tag::COLLECTION_ID, folder.id.as_str()));
    let mut sent = quiet(folder);
    if folder.key == NO_KEY {
        let says = habit.supported == Supported::Contacts;
        if let Some(supported) = class.and_then(Class::supported).filter(|_| says) {
            element.push(supported);
        }
        sent.pull = Pull::No;
    } else {
        let mut commands = Element::new(tag::COMMANDS);
        for (command, remembered) in tell::tell(folder, habit, folder.batch) {
            commands.push(command);
            sent.commands.push(remembered);
        }
        push_pull(&mut element, &mut sent, habit, folder);
        push_options(&mut element, folder, habit);
        if !sent.commands.is_empty() {
            element.push(commands);
        }
    }
    (element, sent)
}

/// Says whether and how much the phone wants to be told.
fn push_pull(element: &mut Element, sent: &mut SentCollection, habit: &Habit, folder: &Folder) {
    if folder.class() == Some(Class::Mail) {
        element.push(Element::text(tag::DELETES_AS_MOVES, "1"));
    }
    match habit.push {
        Push::First if !sent.commands.is_empty() => {
            sent.pull = Pull::No;
            element.push(Element::text(tag::GET_CHANGES, "0"));
        }
        Push::First | Push::WithPull => element.push(Element::text(tag::GET_CHANGES, "1")),
        Push::WithUnsaidPull => {}
    }
    if sent.pull == Pull::Yes {
        element.push(Element::text(tag::WINDOW_SIZE, folder.window.unwrap_or(habit.window).to_string()));
    }
}

fn push_options(element: &mut Element, folder: &Folder, habit: &Habit) {
    let mut options = Element::new(tag::OPTIONS);
    if let Some(filter) = folder.filter {
        options.push(Element::text(tag::FILTER_TYPE, filter.to_string()));
    }
    options.push(Element::new(air_sync_base::BODY_PREFERENCE).with(Element::text(air_sync_base::TYPE, "1")));
    if habit.push == Push::First {
        options.push(Element::text(tag::CONFLICT, "1"));
    }
    element.push(options);
}

/// Returns what a folder wants after a round that said `sent`.
const fn wanted_after(sent: &SentCollection, more: Wanted) -> Wanted {
    match sent.pull {
        Pull::No => Wanted::Yes,
        Pull::Yes => more,
    }
}
