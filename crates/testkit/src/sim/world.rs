//! The world of one run: a server over a database in memory, users with phones, and the model beside them.

mod setup;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use eas::Server;
use engine::{Caller, Engine, FolderPath, Settings, SharedFolder, Timestamp};
use phone::{Class, Phone, Request};

use super::Violation;
use super::content;
use super::coverage::Coverage;
use super::dice::Dice;
use super::explain::{Denial, Fate, Intent, Letter};
use super::model::{Folder, Model, Uid, User};
use super::store_faults::Switch;
use super::trace::Trace;

/// The account that nobody logs in as.
pub(super) const SPACE: &str = "public";

/// A user who may do everything in every shared folder and has no phone.
pub(super) const KEEPER: &str = "keeper";

/// What a phone is sure to show when it holds one sync key: each item with the number of its last write.
pub(super) type View = BTreeMap<Uid, u64>;

/// A phone and what is known of it.
#[derive(Debug)]
pub(super) struct Handset {
    pub(super) user: User,
    pub(super) phone: Phone,
    /// What it shows with each key it was ever given, by folder.
    pub(super) views: BTreeMap<(Folder, String), View>,
    /// The items it moved itself, with the number of the write that it showed.
    pub(super) moved: BTreeMap<(Folder, Uid), u64>,
    /// Numbers of the default folders that its user wants on it.
    pub(super) own: BTreeSet<u8>,
    /// Whether its user wants no old items on it.
    pub(super) narrow: bool,
    /// Shared folders that its user does not want on it.
    pub(super) hidden: BTreeSet<Folder>,
}

/// A request that is still on its way.
#[derive(Debug)]
pub(super) struct Late {
    pub(super) phone: usize,
    pub(super) request: Request,
    /// The step after which it arrives.
    pub(super) due: usize,
}

/// How often, in a hundred requests, each thing goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) request_lost: usize,
    pub(super) answer_lost: usize,
    pub(super) doubled: usize,
    pub(super) delayed: usize,
    pub(super) store: usize,
}

impl Rates {
    pub(super) const NONE: Self = Self { request_lost: 0, answer_lost: 0, doubled: 0, delayed: 0, store: 0 };
}

/// The world of one run.
pub(super) struct World {
    pub(super) engine: Arc<Engine>,
    pub(super) server: Server,
    pub(super) faults: Arc<Switch>,
    pub(super) settings: Settings,
    pub(super) eas: eas::Settings,
    pub(super) dice: Dice,
    pub(super) now: Timestamp,
    pub(super) step: usize,
    pub(super) users: Vec<String>,
    pub(super) callers: Vec<Caller>,
    pub(super) model: Model,
    pub(super) phones: Vec<Handset>,
    pub(super) late: Vec<Late>,
    pub(super) rates: Rates,
    pub(super) fates: BTreeMap<Intent, Fate>,
    /// The number of the last write before the clock last jumped ahead.
    pub(super) forgotten: u64,
    /// Writes that were made after the folder had taken nothing.
    pub(super) made_later: Vec<(Intent, Denial)>,
    /// Tokens of denied writes that must stand in a notice still.
    pub(super) untold: BTreeMap<User, BTreeSet<u64>>,
    /// What users wrote to each other, by token.
    pub(super) letters: BTreeMap<u64, Letter>,
    /// The item that each client id of a phone was bound to.
    pub(super) client_ids: BTreeMap<(usize, String), Uid>,
    pub(super) trace: Trace,
    pub(super) coverage: Coverage,
    pub(super) bug: Option<engine::Bug>,
    tokens: u64,
}

impl World {
    /// Returns a phone; all are numbered when they are made.
    pub(super) fn handset(&mut self, phone: usize) -> Result<&mut Handset, Violation> {
        self.phones.get_mut(phone).ok_or_else(|| Violation("no such phone".to_owned()))
    }

    /// Returns a phone's user.
    pub(super) fn user_of(&self, phone: usize) -> User {
        self.phones.get(phone).map_or(0, |handset| handset.user)
    }

    /// Returns a user's name.
    pub(super) fn name_of(&self, user: User) -> &str {
        self.users.get(user).map_or("?", String::as_str)
    }

    pub(super) fn caller(&self, user: User) -> Result<&Caller, Violation> {
        self.callers.get(user).ok_or_else(|| Violation("no such user".to_owned()))
    }

    /// Returns the time in milliseconds since 1970.
    pub(super) fn now_ms(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// Returns a text with a token that was never used before.
    pub(super) fn fresh_text(&mut self) -> String {
        self.tokens += 1;
        let endings = ["", "", " plain", " Müller, Söhne; GmbH", " a\\b", " \"quoted\""];
        let ending = self.dice.pick(&endings).copied().unwrap_or_default();
        format!("{}{ending}", content::token(self.tokens))
    }

    /// Returns a number that was never used before.
    pub(super) fn fresh_number(&mut self) -> u64 {
        self.tokens += 1;
        self.tokens
    }

    /// Adds a line to the trace.
    pub(super) fn note(&mut self, line: impl AsRef<str>) {
        let line = format!("{:>4} {}", self.step, line.as_ref());
        self.trace.line(line);
    }

    /// Ends the engine and starts the next one over the same database.
    pub(super) fn restart(&mut self) -> Result<(), Violation> {
        let empty = Arc::new(setup::empty_engine()?);
        self.server = Server::new(Arc::clone(&empty), self.eas.clone());
        let old = std::mem::replace(&mut self.engine, empty);
        let old = Arc::into_inner(old).ok_or_else(|| Violation("somebody holds the engine".to_owned()))?;
        let next = Engine::new(old.into_store(), self.settings.clone(), self.dice.seed());
        self.start(Arc::new(next));
        self.coverage.count("restart");
        self.note("the server restarts");
        Ok(())
    }

    fn start(&mut self, engine: Arc<Engine>) {
        if let Some(bug) = self.bug {
            engine.plant(bug);
        }
        self.server = Server::new(Arc::clone(&engine), self.eas.clone());
        self.engine = engine;
    }

    /// Returns a folder's account and path, as the engine wants them.
    pub(super) fn address(&self, folder: Folder) -> Result<(String, FolderPath), Violation> {
        let place = self.model.places.get(&folder).ok_or_else(|| Violation(format!("no folder {folder}")))?;
        let path = FolderPath::try_from(place.path.as_str()).map_err(broken("a path"))?;
        Ok((place.account.clone(), path))
    }
}

/// Turns an error where there may be none into a violation.
pub(super) fn broken<E: std::error::Error>(what: &'static str) -> impl Fn(E) -> Violation {
    move |error| {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        Violation(causes.fold(format!("{what}: {error}"), |text, cause| format!("{text}: {cause}")))
    }
}

/// Returns the engine's word for a class.
pub(super) const fn kind(class: Class) -> items::Kind {
    match class {
        Class::Mail => items::Kind::Mail,
        Class::Contacts => items::Kind::Contacts,
        Class::Calendar => items::Kind::Calendar,
        Class::Tasks => items::Kind::Tasks,
        Class::Notes => items::Kind::Notes,
    }
}

/// Returns the folders that every user's phone gets.
pub(super) fn shared_settings(model: &Model) -> Vec<SharedFolder> {
    let shared = model.places.values().filter(|place| place.shared);
    shared
        .map(|place| SharedFolder { account: place.account.clone(), path: place.path.clone(), notice: true })
        .collect()
}
