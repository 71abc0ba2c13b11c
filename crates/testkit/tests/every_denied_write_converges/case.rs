//! The dimensions of the matrix, and the name of each case.

use std::fmt;

use access::{FolderLevel, Grant, Level, Preset};
use items::Kind;
use phone::{DeletesAfterMove, Habit, Push, Version};

/// What the phone's user does though he may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    Add,
    Change,
    /// The same, of an item that he might change when his phone last heard of it.
    ChangeRevoked,
    /// A change of what was added without leave, before the phone is told to drop it.
    ChangePhantom,
    /// One occurrence of a series: from 16.0 on a command of its own, before that a part of its series.
    ChangeOccurrence,
    DeleteOccurrence,
    /// A file of an event, which phones may add and take away from 16.0 on.
    AddFile,
    DeleteFile,
    Delete,
    /// A delete of what is gone already: nothing to deny.
    DeleteGone,
    /// A flag and categories of a message.
    Mark,
    /// Only whether a message was read: that is each user's own, and allowed.
    Read,
    MoveOut,
    MoveIn,
    Empty,
    CreateFolder,
    RenameFolder,
    DeleteFolder,
    /// Whatever he does after he lost the right to read the folder.
    Anything,
}

const ITEMS: [Kind; 4] = [Kind::Contacts, Kind::Calendar, Kind::Tasks, Kind::Notes];
const EVERY: [Kind; 5] = [Kind::Contacts, Kind::Calendar, Kind::Tasks, Kind::Notes, Kind::Mail];

impl Row {
    /// The kinds of items that the row makes sense for.
    pub(crate) const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Add | Self::Change | Self::ChangeRevoked | Self::ChangePhantom => &ITEMS,
            Self::ChangeOccurrence | Self::DeleteOccurrence | Self::AddFile | Self::DeleteFile => {
                &[Kind::Calendar]
            }
            Self::Mark | Self::Read => &[Kind::Mail],
            Self::CreateFolder | Self::RenameFolder | Self::DeleteFolder => &[Kind::Contacts],
            Self::Delete | Self::DeleteGone | Self::MoveOut | Self::MoveIn | Self::Empty | Self::Anything => {
                &EVERY
            }
        }
    }

    /// What the user may do in the shared folder: with his own items everything, with others' nothing but reading.
    pub(crate) const fn grant(self) -> Grant {
        let folder = match self {
            Self::Add | Self::ChangePhantom | Self::MoveIn => FolderLevel::Visible,
            Self::Change
            | Self::ChangeRevoked
            | Self::ChangeOccurrence
            | Self::DeleteOccurrence
            | Self::AddFile
            | Self::DeleteFile
            | Self::Delete
            | Self::DeleteGone
            | Self::Mark
            | Self::Read
            | Self::MoveOut
            | Self::Empty
            | Self::CreateFolder
            | Self::RenameFolder
            | Self::DeleteFolder
            | Self::Anything => FolderLevel::Create,
        };
        Grant::new(folder, Level::All, Level::Own, Level::Own)
    }

    /// What he might do when his phone last heard of it.
    pub(crate) const fn grant_before(self) -> Grant {
        if matches!(self, Self::ChangeRevoked) { Preset::Editor.grant() } else { self.grant() }
    }

    /// Whether the kind gets every window and way of asking: contacts do, and mail where the row is about nothing
    /// else; a folder has no window.
    const fn is_whole(self, kind: Kind) -> bool {
        match kind {
            Kind::Contacts => !self.of_folders(),
            Kind::Mail => matches!(self, Self::Mark | Self::Read),
            Kind::Calendar => self.of_occurrences(),
            Kind::Tasks | Kind::Notes | Kind::Files => false,
        }
    }

    pub(crate) const fn of_occurrences(self) -> bool {
        matches!(self, Self::ChangeOccurrence | Self::DeleteOccurrence)
    }

    pub(crate) const fn of_files(self) -> bool {
        matches!(self, Self::AddFile | Self::DeleteFile)
    }

    /// The versions in which a phone can try it.
    fn versions(self) -> impl Iterator<Item = Version> {
        let first = if self.of_files() { Version::V16_0 } else { Version::V12_1 };
        Version::ALL.into_iter().filter(move |version| *version >= first)
    }

    pub(crate) const fn moves(self) -> bool {
        matches!(self, Self::MoveOut | Self::MoveIn)
    }

    pub(crate) const fn of_folders(self) -> bool {
        matches!(self, Self::CreateFolder | Self::RenameFolder | Self::DeleteFolder)
    }
}

/// What somebody else does to the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Change,
    Delete,
}

/// When he does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    Nothing,
    /// Before the phone's request arrives.
    Before(Deed),
    /// Between the first time the request arrives and the next request.
    Between(Deed),
}

impl Meanwhile {
    const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Before(Deed::Change),
        Self::Before(Deed::Delete),
        Self::Between(Deed::Change),
        Self::Between(Deed::Delete),
    ];
}

/// Whether other edits go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    Alone,
    /// Among edits that are allowed.
    Allowed,
}

/// A make of client in one version, with one window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    pub(crate) make: phone::Kind,
    pub(crate) habit: Habit,
}

const WINDOWS: [u16; 3] = [1, 5, 512];

impl Client {
    /// Every version with every window, wanting changes with its own or asking for them afterwards; the makes take
    /// turns, each row and kind from another one on. Where a row is not whole for a kind, each version gets one
    /// window and one way of asking, in turn.
    pub(crate) fn all(row: Row, kind: Kind) -> Vec<Self> {
        let turn = kind_number(kind) + row as usize;
        let makes = if row.moves() || row == Row::Empty {
            // The other one neither moves items nor empties folders.
            &[phone::Kind::AndroidClassic, phone::Kind::Outlook, phone::Kind::Ios][..]
        } else {
            &phone::Kind::ALL[..]
        };
        let mut clients = Vec::new();
        for (v, version) in row.versions().enumerate() {
            for (w, window) in WINDOWS.into_iter().enumerate() {
                for (p, wants) in [true, false].into_iter().enumerate() {
                    let chosen = (v + w + p + turn).is_multiple_of(3) && (v + p + turn).is_multiple_of(2);
                    let synced = kind != Kind::Notes || version >= Version::V14_0;
                    if (chosen || row.is_whole(kind)) && synced {
                        let make = makes[(clients.len() + turn) % makes.len()];
                        let push = match (wants, make.habit().push) {
                            (false, _) => Push::First,
                            (true, Push::First) => Push::WithPull,
                            (true, own) => own,
                        };
                        clients.push(Self { make, habit: Habit { version, window, push, ..make.habit() } });
                    }
                }
            }
        }
        clients
    }
}

const fn kind_number(kind: Kind) -> usize {
    match kind {
        Kind::Contacts => 0,
        Kind::Calendar => 1,
        Kind::Tasks => 2,
        Kind::Notes => 3,
        Kind::Mail | Kind::Files => 4,
    }
}

/// One cell of the matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) row: Row,
    pub(crate) kind: Kind,
    pub(crate) client: Client,
    /// How often each answer is lost.
    pub(crate) lost: usize,
    pub(crate) meanwhile: Meanwhile,
    pub(crate) company: Company,
}

impl Case {
    /// Every case of one row, kind and client.
    pub(crate) fn all(row: Row, kind: Kind, client: Client) -> Vec<Self> {
        let mut cases = Vec::new();
        for lost in 0..=2 {
            for meanwhile in Meanwhile::ALL {
                for company in [Company::Alone, Company::Allowed] {
                    cases.push(Self { row, kind, client, lost, meanwhile, company });
                }
            }
        }
        cases
    }

    /// Whether the phone may have to be called once it was told everything there was: somebody else's doing came
    /// later, or it is one that does not heed the first delete of what it moved.
    pub(crate) fn needs_calls(&self) -> bool {
        let is_deaf = self.client.habit.deletes_after_move == DeletesAfterMove::FirstIgnored;
        matches!(self.meanwhile, Meanwhile::Between(_)) || self.row.moves() && is_deaf
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, kind, client, lost, meanwhile, company } = self;
        let Habit { version, window, push, .. } = client.habit;
        let make = client.make;
        write!(f, "{row:?} in {kind}, {make:?} {version} window {window} {push:?}, ")?;
        write!(f, "answers lost {lost} times, meanwhile {meanwhile:?}, company {company:?}")
    }
}
