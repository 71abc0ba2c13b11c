//! A server with a database of its own, and the people in it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use eas::Server;
use engine::{Actor, Engine, FolderId, FolderPath, NewItem, NewUser, Uid};
use items::Kind;
use store::{Fault, Faults, Location, Options, Store};

use crate::card::card;
use crate::clock;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Threads that fill a folder: as many as the store commits together.
const FILLERS: usize = 64;

/// The name of the file the database is in.
pub(crate) const FILE: &str = "comity.db";

/// A server over a SQLite file.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) server: Arc<Server>,
}

/// How a store commits what several threads write at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// Several together, as the program does.
    Grouped,
    /// Each alone.
    Single,
}

/// What a commit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disk {
    /// The disk that is there.
    AsItIs,
    /// A disk whose flush takes [`SLOWER`] longer.
    Slower,
}

/// How much longer the flush of a slower disk takes: what disks without a protected write cache need at least.
const SLOWER: Duration = Duration::from_millis(2);

/// Waits before each commit, and never makes it fail.
#[derive(Debug)]
struct SlowerFlush;

impl Faults for SlowerFlush {
    fn before_statement(&self) -> Option<Fault> {
        None
    }

    fn before_commit(&self) -> Option<Fault> {
        clock::pass(SLOWER);
        None
    }

    fn after_commit(&self) -> Option<Fault> {
        None
    }
}

impl Site {
    /// Opens the database in `folder`, or makes one there.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        Self::open_on(folder, Disk::AsItIs, Commits::Grouped)
    }

    /// Opens it as if it were on that disk.
    pub(crate) fn open_on(folder: &Path, disk: Disk, commits: Commits) -> Result<Self> {
        let mut options = Options::default();
        match commits {
            Commits::Grouped => {}
            Commits::Single => options.group_limit = 1,
        }
        match disk {
            Disk::AsItIs => {}
            Disk::Slower => options.faults = Some(Arc::new(SlowerFlush)),
        }
        let store =
            Store::open_with(&Location::File(folder.join(FILE)), &options).context("opening a store")?;
        // A measurement starts folders over more often than a phone may.
        let limits = engine::Limits { restarts_per_hour: 0, ..engine::Limits::default() };
        let settings = engine::Settings { limits, ..engine::Settings::default() };
        let engine = Engine::new(store, settings, seed());
        Ok(Self { server: Arc::new(Server::new(Arc::new(engine), eas::Settings::default())) })
    }

    /// Returns its engine.
    pub(crate) fn engine(&self) -> &Engine {
        self.server.engine()
    }

    /// Adds a user.
    pub(crate) fn add_user(&self, name: &str) -> Result<()> {
        let email = format!("{name}@example.org");
        let user =
            NewUser { name, email: &email, display_name: name, admin: false, password: Some(PASSWORD) };
        self.engine().add_user(&user, clock::time()).context("adding a user")?;
        Ok(())
    }

    /// Adds a folder of contacts to a user's own.
    pub(crate) fn add_folder(&self, user: &str, name: &str) -> Result<FolderId> {
        let path = FolderPath::try_from(name)?;
        self.engine().add_folder(user, &path, Kind::Contacts, clock::time()).context("adding a folder")
    }

    /// Returns the number of a user's folder.
    pub(crate) fn folder(&self, user: &str, name: &str) -> Result<FolderId> {
        let list = self.engine().folders(user, Actor::Operator, clock::time())?;
        let found = list.into_iter().find(|folder| folder.path == name);
        Ok(found.with_context(|| format!("{user} has no {name}"))?.id)
    }

    /// Puts messages into a user's Inbox.
    pub(crate) fn put_mail(
        &self,
        user: &str,
        messages: impl Fn(usize) -> Vec<u8> + Sync,
        count: usize,
    ) -> Result<()> {
        let path = FolderPath::try_from("Inbox")?;
        in_parallel(FILLERS, |filler| {
            (filler..count).step_by(FILLERS).try_for_each(|number| {
                let item = NewItem { content: &messages(number), name: None };
                self.engine()
                    .import(Actor::Operator, (user, &path), &item, clock::time())
                    .context("writing a message")?;
                Ok(())
            })
        })
        .map(drop)
    }

    /// Returns the numbers of the messages in a user's Inbox, oldest first.
    pub(crate) fn mail(&self, user: &str) -> Result<Vec<Uid>> {
        let list =
            self.engine().items(user, &FolderPath::try_from("Inbox")?, Actor::Operator, clock::time())?;
        Ok(list.into_iter().map(|item| item.uid).collect())
    }

    /// Puts a contact into a folder, or a newer revision of it over the one that is there.
    pub(crate) fn put(
        &self,
        (user, path): (&str, &FolderPath),
        number: usize,
        revision: usize,
    ) -> Result<()> {
        let content = card(number, revision);
        let item = NewItem { content: content.as_bytes(), name: None };
        self.engine()
            .import(Actor::Operator, (user, path), &item, clock::time())
            .context("writing a contact")?;
        Ok(())
    }

    /// Fills a folder with contacts, numbered from 0.
    pub(crate) fn fill(&self, user: &str, name: &str, count: usize) -> Result<()> {
        let path = FolderPath::try_from(name)?;
        in_parallel(FILLERS, |filler| {
            (filler..count).step_by(FILLERS).try_for_each(|number| self.put((user, &path), number, 0))
        })
        .map(drop)
    }
}

/// Runs `work` on so many threads at once and returns what each made, in order.
pub(crate) fn in_parallel<T: Send>(
    threads: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..threads).map(|number| scope.spawn(move || work(number))).collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)));
        joined.collect()
    })
}

/// Returns a seed that no other process on the same database has.
fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    let (time, process) = (clock::time().as_nanosecond().to_le_bytes(), std::process::id().to_le_bytes());
    for (place, byte) in seed.iter_mut().zip(time.into_iter().chain(process)) {
        *place = byte;
    }
    seed
}
