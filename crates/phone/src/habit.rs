//! How one make of client behaves where the protocol leaves it open, or where clients do not heed it.

mod makes;

use crate::version::Version;

/// A make of client with known habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The Android client that many vendors' clients grew from.
    AndroidClassic,
    /// Thunderbird with its `ActiveSync` provider.
    TbSync,
    /// Outlook on a desktop.
    Outlook,
    /// The mail, contacts and calendar of iOS.
    Ios,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::AndroidClassic, Self::TbSync, Self::Outlook, Self::Ios];

    /// Returns the kind's habits.
    #[must_use]
    pub const fn habit(self) -> Habit {
        match self {
            Self::AndroidClassic => makes::ANDROID_CLASSIC,
            Self::TbSync => makes::TB_SYNC,
            Self::Outlook => makes::OUTLOOK,
            Self::Ios => makes::IOS,
        }
    }

    /// Returns what such a client calls its make in requests.
    #[must_use]
    pub const fn device_type(self) -> &'static str {
        match self {
            Self::AndroidClassic => "Android",
            Self::TbSync => "TbSync",
            Self::Outlook => "WindowsOutlook15",
            Self::Ios => "iPhone",
        }
    }

    /// Returns how such a client names its program in requests.
    #[must_use]
    pub const fn user_agent(self) -> &'static str {
        match self {
            Self::AndroidClassic => "Android/4.4.2-EAS-2.0",
            Self::TbSync => "Thunderbird ActiveSync",
            Self::Outlook => "Outlook/15.0 (15.0.4875.1000; C2R; x86)",
            Self::Ios => "Apple-iPhone8C4/1504.100",
        }
    }
}

/// How a client behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habit {
    /// The version it speaks.
    pub version: Version,
    /// How many of the server's commands it takes per collection and round, 1 to 512.
    pub window: u16,
    /// Whether the window grows.
    pub growth: Growth,
    /// How many folders it puts into one `Sync`, at least 1.
    pub collections: usize,
    /// When it binds the ids of what it added.
    pub binding: Binding,
    /// What it does with an `Add` for an id it has.
    pub known_add: KnownAdd,
    /// What a field that a `Change` leaves out means to it.
    pub absent: Absent,
    /// How it sends its own changes.
    pub push: Push,
    /// Which client id a repeated `Add` carries.
    pub client_ids: ClientIds,
    /// What it does with a change whose item is gone.
    pub gone: Gone,
    /// What it does with a change that the server could not read.
    pub unreadable: Unreadable,
    /// When it shows a moved item in the new folder.
    pub moving: Moving,
    /// Whether it heeds the first `Delete` of an item that it moved.
    pub deletes_after_move: DeletesAfterMove,
    /// What it sends when it has nothing to say.
    pub quiet_sync: QuietSync,
    /// Whether it tells what device it is.
    pub greeting: Greeting,
    /// Whether it says which fields of contacts it manages.
    pub supported: Supported,
    /// What it says of a contact's picture that it does not have.
    pub picture: Picture,
    /// How many changes of occurrences it puts into one request.
    pub occurrences: Occurrences,
    /// Whether it sends fewer changes at once after a refusal.
    pub batches: Batches,
    /// Whether it fetches bodies that a `Sync` did not bring as they are.
    pub bodies: Bodies,
    /// Whether it takes a policy.
    pub policies: Policies,
}

/// Whether a client's window grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// It stays.
    None,
    /// By ten, up to 512, when the server has more to say under an unchanged key.
    ByTen,
}

/// Whether a client says which fields of contacts it manages, so that the server keeps all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supported {
    /// It does not.
    Never,
    /// With the first request of a folder of contacts.
    Contacts,
}

/// What a client says of a contact's picture that it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Nothing.
    LeftOut,
    /// An empty one, with every change.
    Empty,
}

/// How many changes of occurrences a client puts into one request, where each is a command of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrences {
    /// All that there are.
    Together,
    /// One.
    OneByOne,
}

/// Whether a client sends fewer changes at once after the server refused the whole folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batches {
    /// It does not, and sends the same again.
    Steady,
    /// A fifth each time, until the item that cannot be sent is alone.
    Shrinking,
}

/// Whether a client fetches bodies that a `Sync` did not bring as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// It takes what comes.
    AsSent,
    /// It fetches the HTML of an item whose own body is HTML.
    FetchHtml,
}

/// Whether a client takes a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policies {
    /// Any.
    Taken,
    /// It does not know of any, and gives up where one is wanted.
    Unknown,
}

/// When a client binds server ids and drops what it deleted, within one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// Before it looks at the server's commands.
    BeforeCommands,
    /// After the server's commands: a `Delete` of an id that the same answer gave out finds nothing.
    AfterCommands,
}

/// What a client does with an `Add` for an id it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownAdd {
    /// Nothing.
    Skip,
    /// Puts the new data in the place of the old.
    Replace,
}

/// What a field that a `Change` leaves out means to a client; in mail it always stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// The field is cleared.
    Clear,
    /// The field stays as it was.
    Keep,
}

/// How a client sends its own changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Push {
    /// In a round that asks for nothing (`GetChanges` 0), and pulls afterwards.
    First,
    /// Together with a pull, which it asks for (`GetChanges` 1).
    WithPull,
    /// Together with a pull, which goes without saying.
    WithUnsaidPull,
}

/// Which client id a repeated `Add` carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientIds {
    /// The same one, however often it is sent.
    Kept,
    /// For contacts a new one each time, so that only the content tells that it is a repetition.
    NewForContacts,
}

/// What a client does with a change whose item is gone (status 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Takes it as done.
    Forget,
    /// Sends the item as a new one.
    AddAgain,
}

/// What a client does with a change that the server could not read (status 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Takes it as done.
    GiveUp,
    /// Keeps it, and sends it again with the next synchronisation that the user starts.
    Park,
}

/// When a client shows a moved item in the new folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moving {
    /// At once, and puts it back where the answer is a refusal.
    AtOnce,
    /// When the answer says so.
    AfterAnswer,
    /// It cannot move items.
    Never,
}

/// Whether a client heeds the first `Delete` of an item that it moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletesAfterMove {
    /// It does.
    Heeded,
    /// It ignores the first one.
    FirstIgnored,
}

/// What a client sends when it has nothing to say about the folders it asked for last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietSync {
    /// The same as ever.
    Whole,
    /// An empty body, which means the same as last time.
    Empty,
}

/// Whether a client tells what device it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeting {
    /// It never does.
    None,
    /// In `Settings`, before anything else.
    Settings,
}
