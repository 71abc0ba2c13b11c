//! The phone: its tables, what it has to do next, and what it makes of an answer.

use std::collections::{BTreeMap, VecDeque};

use wbxml::{Element, Limits};

use crate::class::Class;
use crate::error::AnswerError;
use crate::folder::{Chosen, Folder, FolderId, NO_KEY, Wanted};
use crate::habit::{Greeting, Habit, Kind, Policies};
use crate::hierarchy::FolderEdit;
use crate::item::{Item, ItemId, Parked};
use crate::mail::Outgoing;
use crate::moves::Move;
use crate::provision::Policy;
use crate::request::{Command, Request, Sent};
use crate::sync::Cached;

/// A virtual phone of one user.
#[derive(Debug, Clone)]
pub struct Phone {
    device_id: String,
    kind: Kind,
    pub(crate) habit: Habit,
    pub(crate) folders: BTreeMap<FolderId, Folder>,
    pub(crate) hierarchy_key: String,
    pub(crate) hierarchy: Wanted,
    pub(crate) folder_edits: VecDeque<FolderEdit>,
    pub(crate) moves: VecDeque<Move>,
    pub(crate) outbox: VecDeque<Outgoing>,
    pub(crate) policy: Policy,
    pub(crate) greeting: Wanted,
    pub(crate) cached: Cached,
    rows: u64,
    client_ids: u64,
    requests: u64,
    outstanding: Option<u64>,
    log: Log,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The phone heeded it.
    Done,
    /// The phone had given up waiting for it; it changed nothing.
    Late,
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// What was asked.
    pub command: Command,
    /// The request's body, or `None` for an empty one.
    pub request: Option<Element>,
    /// The HTTP status.
    pub status: u16,
    /// The answer's body, or `None` for an empty one.
    pub answer: Option<Element>,
}

/// The rounds so far, where somebody wants to read them.
#[derive(Debug, Clone)]
enum Log {
    Off,
    On(Vec<Round>),
}

const HTTP_OK: u16 = 200;
const HTTP_PROVISION: u16 = 449;

/// The first of the statuses that concern a whole request.
const FIRST_COMMON_STATUS: u16 = 100;

impl Phone {
    /// Returns a phone that was just set up: it knows no folder.
    #[must_use]
    pub fn new(device_id: &str, kind: Kind) -> Self {
        Self::with_habit(device_id, kind, kind.habit())
    }

    /// Returns a phone of that kind with habits of its own.
    #[must_use]
    pub fn with_habit(device_id: &str, kind: Kind, habit: Habit) -> Self {
        let greeting = match habit.greeting {
            Greeting::None => Wanted::No,
            Greeting::Settings => Wanted::Yes,
        };
        Self {
            device_id: device_id.to_owned(),
            kind,
            habit,
            folders: BTreeMap::new(),
            hierarchy_key: NO_KEY.to_owned(),
            hierarchy: Wanted::Yes,
            folder_edits: VecDeque::new(),
            moves: VecDeque::new(),
            outbox: VecDeque::new(),
            policy: Policy::default(),
            greeting,
            cached: Cached::default(),
            rows: 0,
            client_ids: 0,
            requests: 0,
            outstanding: None,
            log: Log::Off,
        }
    }

    /// Returns the device id, as it stands in requests.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device_id
    }

    /// Returns the make of client.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the client's habits.
    #[must_use]
    pub const fn habit(&self) -> &Habit {
        &self.habit
    }

    /// Returns every folder that the phone shows.
    pub fn folders(&self) -> impl Iterator<Item = &Folder> {
        self.folders.values()
    }

    /// Returns a folder by its id.
    #[must_use]
    pub fn folder(&self, id: &FolderId) -> Option<&Folder> {
        self.folders.get(id)
    }

    /// Returns the folder of that class with that name.
    #[must_use]
    pub fn find(&self, class: Class, name: &str) -> Option<FolderId> {
        let mut folders = self.folders.values();
        folders
            .find(|folder| folder.class() == Some(class) && folder.name == name)
            .map(|folder| folder.id.clone())
    }

    /// Returns the folder of contacts with that name.
    #[must_use]
    pub fn contacts(&self, name: &str) -> Option<FolderId> {
        self.find(Class::Contacts, name)
    }

    /// Returns the items of a folder that the user sees, in the order in which the phone came to have them.
    pub fn items(&self, folder: &FolderId) -> impl Iterator<Item = &Item> {
        self.folders
            .get(folder)
            .into_iter()
            .flat_map(|folder| folder.table.iter())
            .filter(|item| item.is_shown())
    }

    /// Returns an item that the user sees.
    #[must_use]
    pub fn item(&self, folder: &FolderId, item: ItemId) -> Option<&Item> {
        self.folders.get(folder)?.table.get(item).filter(|item| item.is_shown())
    }

    /// Returns whether the user did anything that the server has not confirmed.
    #[must_use]
    pub fn has_edits(&self) -> bool {
        let mut synced =
            self.folders.values().filter(|folder| folder.synced_class(self.habit.version).is_some());
        let items = synced.any(|folder| folder.table.iter().any(Item::is_pending));
        items || !self.outbox.is_empty() || !self.moves.is_empty() || !self.folder_edits.is_empty()
    }

    /// Returns whether the phone has anything to tell or to ask.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.has_edits()
            || self.policy.has_step()
            || self.greeting == Wanted::Yes
            || self.hierarchy == Wanted::Yes
            || self.folders.values().any(|folder| self.has_sync_work(folder) || folder.wants_bodies())
    }

    pub(crate) fn has_sync_work(&self, folder: &Folder) -> bool {
        folder.synced_class(self.habit.version).is_some() && folder.has_work()
    }

    /// Makes the phone ask for the folders and for every folder's changes, as when the user pulls the list down.
    pub fn want_all(&mut self) {
        self.hierarchy = Wanted::Yes;
        for folder in self.folders.values_mut() {
            folder.wanted = Wanted::Yes;
            folder.table.iter_mut().for_each(|item| item.parked = Parked::No);
        }
    }

    /// Makes the phone ask for the list of folders.
    pub const fn want_folders(&mut self) {
        self.hierarchy = Wanted::Yes;
    }

    /// Makes the phone ask for one folder's changes.
    pub fn want(&mut self, folder: &FolderId) {
        if let Some(folder) = self.folders.get_mut(folder) {
            folder.wanted = Wanted::Yes;
        }
    }

    /// Leaves a folder out: the user does not want it synchronised.
    pub fn leave_out(&mut self, folder: &FolderId) {
        if let Some(folder) = self.folders.get_mut(folder) {
            folder.chosen = Chosen::No;
        }
    }

    /// Returns whether the phone synchronises a folder.
    #[must_use]
    pub fn syncs(&self, folder: &FolderId) -> bool {
        self.folders.get(folder).is_some_and(|folder| folder.synced_class(self.habit.version).is_some())
    }

    /// Sets how far back a folder's items go, as a `FilterType`; `None` leaves it to the server.
    pub fn set_filter(&mut self, folder: &FolderId, filter: Option<u8>) {
        if let Some(folder) = self.folders.get_mut(folder) {
            folder.filter = filter;
            folder.wanted = Wanted::Yes;
            self.cached.forget();
        }
    }

    /// Returns the next request, or `None` where there is nothing to tell or ask.
    ///
    /// A request that was not answered is given up: its answer, should it still come, is [`Applied::Late`].
    pub fn next_request(&mut self) -> Option<Request> {
        self.outstanding = None;
        if let Some(request) = self.policy_request() {
            return Some(request);
        }
        if self.greeting == Wanted::Yes {
            return Some(self.settings_request());
        }
        if let Some(request) = self.folder_edit_request() {
            return Some(request);
        }
        if self.hierarchy == Wanted::Yes {
            return Some(self.folder_sync_request());
        }
        self.move_request()
            .or_else(|| self.mail_request())
            .or_else(|| self.fetch_request())
            .or_else(|| self.sync_request())
    }

    /// Applies an answer.
    ///
    /// # Errors
    ///
    /// Fails where the answer says no or makes no sense. The phone then is as it was, and asks again.
    pub fn apply(&mut self, request: &Request, status: u16, body: &[u8]) -> Result<Applied, AnswerError> {
        if self.outstanding != Some(request.number) {
            return Ok(Applied::Late);
        }
        self.outstanding = None;
        let command = request.command;
        let root = match body {
            [] => None,
            bytes if status == HTTP_OK => Some(
                wbxml::decode(bytes, &Limits::default())
                    .map_err(|source| AnswerError::Decode { command, source })?,
            ),
            _ => None,
        };
        self.record(request, status, root.as_ref());
        match status {
            HTTP_OK => {}
            HTTP_PROVISION if self.habit.policies == Policies::Taken => {
                self.policy.ask();
                return Ok(Applied::Done);
            }
            status => return Err(AnswerError::Http { command, status }),
        }
        if let Some(status) =
            root.as_ref().and_then(status_of).filter(|status| *status >= FIRST_COMMON_STATUS)
        {
            return self.apply_common(command, status);
        }
        self.apply_root(request, root.as_ref())?;
        Ok(Applied::Done)
    }

    fn apply_root(&mut self, request: &Request, root: Option<&Element>) -> Result<(), AnswerError> {
        match (request.command, &request.sent) {
            (Command::Provision, _) => self.apply_provision(root),
            (Command::Settings, _) => {
                self.greeting = Wanted::No;
                Ok(())
            }
            (Command::FolderSync, _) => self.apply_folder_sync(root),
            (_, Sent::FolderEdit(edit)) => self.apply_folder_edit(request.command, edit, root),
            (_, Sent::Moves(moves)) => self.apply_moves(moves, root),
            (_, Sent::Mail) => self.apply_mail(root),
            (_, Sent::Bodies(rows)) => self.apply_fetch(rows, root),
            (_, Sent::Collections(sent)) => self.apply_sync(sent, root),
            (_, Sent::Nothing) => self.apply_ping(root),
        }
    }

    /// Heeds a status that concerns the whole request: a policy is wanted, or the answer is no.
    fn apply_common(&mut self, command: Command, status: u16) -> Result<Applied, AnswerError> {
        match status {
            140..=144 if self.habit.policies == Policies::Taken => {
                self.policy.ask();
                Ok(Applied::Done)
            }
            status => Err(AnswerError::Refused { command, status }),
        }
    }

    /// Starts to keep the rounds.
    pub fn record_rounds(&mut self) {
        self.log = Log::On(Vec::new());
    }

    /// Returns the rounds kept since [`Phone::record_rounds`], and keeps them no longer.
    pub fn take_rounds(&mut self) -> Vec<Round> {
        match &mut self.log {
            Log::Off => Vec::new(),
            Log::On(rounds) => std::mem::take(rounds),
        }
    }

    fn record(&mut self, request: &Request, status: u16, answer: Option<&Element>) {
        if let Log::On(rounds) = &mut self.log {
            let (command, request) = (request.command, request.root.clone());
            rounds.push(Round { command, request, status, answer: answer.cloned() });
        }
    }

    pub(crate) fn request(&mut self, command: Command, root: Option<Element>, sent: Sent) -> Request {
        self.requests += 1;
        self.outstanding = Some(self.requests);
        Request {
            command,
            version: self.habit.version,
            policy_key: self.policy.key(),
            body: root.as_ref().map(wbxml::encode).unwrap_or_default(),
            root,
            number: self.requests,
            sent,
        }
    }

    pub(crate) const fn new_row(&mut self) -> ItemId {
        self.rows += 1;
        ItemId(self.rows)
    }

    pub(crate) fn new_client_id(&mut self) -> String {
        self.client_ids += 1;
        format!("{}-{}", self.device_id, self.client_ids)
    }
}

/// Returns the number in an element's own `Status`, whichever page that is on.
pub(crate) fn status_of(element: &Element) -> Option<u16> {
    element.elements().find(|child| child.tag.name() == Some("Status"))?.value().parse().ok()
}
