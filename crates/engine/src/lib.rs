//! Every use case of Comity, and the only place where a write is allowed, denied, logged and announced.
//!
//! The engine is synchronous and deterministic: time comes in with each call, randomness from the seed it was made
//! with, and one call is one transaction. A write that access does not allow is a value, never an error: it has a
//! record, a notice and a correction, committed together with the device's new cursor.
//!
//! It never knows a protocol: what it is asked is in terms of folders, items and cursors.

mod access_change;
mod access_list;
mod activity;
mod admin;
mod advance;
mod affected;
mod apply;
mod approve;
mod attachment;
mod audit;
mod away;
mod by;
mod caller;
mod changes;
mod check;
mod conversation;
mod cursor;
mod dead;
mod decide;
mod deliver;
mod denied;
mod deny;
mod device;
mod device_choice;
mod device_expiry;
mod device_folder;
mod device_list;
mod device_order;
mod device_trace;
mod digest;
mod directory;
mod directory_search;
mod draft;
mod empty;
mod error;
mod folder;
mod free_busy;
mod guessing;
mod held_back;
mod hierarchy;
mod invite;
mod item;
mod keeping;
mod key;
mod kind;
mod language;
mod login;
mod look;
mod mail_search;
mod meeting;
mod merge;
mod moves;
mod named_item;
mod named_write;
mod notice;
mod notice_preview;
mod outbox;
mod plan;
mod plant;
mod pull;
mod push;
mod random;
mod request;
mod request_message;
mod resolve;
mod restart;
mod resync;
mod say;
mod seat;
mod send;
mod session;
mod settings;
mod share;
mod shared;
mod stretch;
mod sync;
mod telling;
mod token;
mod tree;
mod view_as;
mod watch;
mod work;
mod zone;

pub use access_change::{
    AccessListChange, AccessListChanged, ChangedAlike, Depth, ListConflict, MAX_ALIKE, MAX_ENTRIES,
    MissedChange, OwnAdmin, Preview, ShareError, Telling,
};
pub use access_list::{AccessList, ListedGrant, Person, Revision};
pub use admin::{Admin, MAX_GROUP_DEPTH};
pub use affected::AccessChange;
pub use approve::{Approval, Approved, Clash};
pub use attachment::{Attachment, Bytes, Download, Stored};
pub use audit::{AuditEntry, AuditQuery, MAX_AUDIT_PAGE};
pub use away::{Away, AwayState, AwayText, MAX_AWAY_CHARS};
pub use by::{By, Via};
pub use caller::{Actor, Caller};
pub use changes::{ChangePage, Changes, ItemChange, LostClasses};
pub use denied::{DeniedChange, MAX_DENIED_PAGE, State, TriedFile};
pub use device::{Device, DeviceAddress, DeviceError, DeviceFolder, DeviceSummary, DeviceTrouble, Habits};
pub use device_choice::{DeviceChoice, OwnDeviceFolder};
pub use device_expiry::ForgottenDevice;
pub use device_folder::{Age, FolderFlags, FolderFlagsChange, Origin, SharedOnDevice, Showing, Switch};
pub use device_list::{DevicePage, ListedDevice, MAX_DEVICE_PAGE};
pub use device_trace::{MAX_TRACE_BYTES, MAX_TRACE_ENTRIES, TRACE_DAYS, TraceEntry};
pub use directory::{NewUser, Principal, PrincipalKind};
pub use directory_search::{DirectoryEntry, DirectoryMatches, MAX_DIRECTORY_MATCHES};
pub use empty::{EmptyOutcome, Subfolders};
pub use error::Error;
pub use folder::{FolderInfo, FolderPath};
pub use free_busy::{BusyTime, MAX_SLOTS};
pub use guessing::Source;
pub use held_back::HeldBack;
pub use hierarchy::{FolderEntry, FolderOutcome, FolderStep, HierarchyOutcome};
pub use item::{Imported, ItemInfo, ItemView, NewItem, Take};
pub use jiff::Timestamp;
pub use keeping::MAX_ITEM_PAGE;
pub use login::LoginError;
pub use look::Look;
pub use mail_search::{Below, Found, MAX_SEARCHED, MAX_SEARCHED_BYTES, Matches, Scope};
pub use meeting::{MeetingAnswer, MeetingOutcome, Response};
pub use merge::{MAX_MERGED, Merged, PartSteps};
pub use moves::MoveOutcome;
pub use named_item::{Entry, EntryPage, NamedItem, Version};
pub use named_write::{Conditions, NamedOutcome, NamedWrite, Versions};
pub use notice::check_template;
pub use notice_preview::NoticePreview;
pub use outbox::OutboxMessage;
pub use plant::Bug;
pub use request::{AskedChange, MAX_LINE_CHARS, MAX_WAITING, Request};
pub use resolve::{Recipient, RecipientKind};
pub use resync::Resync;
pub use say::{Language, Voice, say};
pub use send::{Original, Send, SendOutcome, SentCopy, Use};
pub use session::{MAX_SESSIONS, Session};
pub use settings::{Limits, NoticeSettings, Settings, SharedFolder};
pub use share::{AccessReport, GrantInfo, PrincipalRef, ShareWarning};
pub use shared::{OnDevice, SharedBy, SharedWith};
pub use store::id::{DeniedId, DeviceId, FolderId, Modseq, PrincipalId, SyncKey, Uid};
pub use store::row::device::{Orders, Standing, Wipe, WipeKind, WipeState};
pub use sync::{
    Asked, Body, Command, Conflict, Deletes, Estimate, ItemRef, Outcome, Part, Peek, Pending, Pull,
    Scheduling, Step, SyncAnswer, SyncOutcome, SyncRequest, Target, Window,
};
pub use tree::{AccountView, FolderView, Located};
pub use view_as::{MAX_VIEWED, Reason, Reasons, View, ViewPage, ViewedItem};
pub use watch::{Changed, Watcher};

use std::sync::Mutex;
use store::Store;

/// All use cases over one database.
pub struct Engine {
    store: Store,
    settings: Settings,
    random: Mutex<random::Random>,
    logins: login::Cache,
    login_key: [u8; 32],
    hashing: login::Gate,
    watchers: watch::Watchers,
    plant: plant::Plant,
}

impl Engine {
    /// Returns an engine over `store`. All its random numbers come from `seed`.
    #[must_use]
    pub fn new(store: Store, settings: Settings, seed: [u8; 32]) -> Self {
        let mut random = random::Random::new(seed);
        let login_key = random.bytes();
        Self {
            store,
            settings,
            random: Mutex::new(random),
            logins: login::Cache::default(),
            login_key,
            hashing: login::Gate::default(),
            watchers: watch::Watchers::default(),
            plant: plant::Plant::default(),
        }
    }

    /// Ends the engine and returns its store, for the next engine over the same database.
    #[must_use]
    pub fn into_store(self) -> Store {
        self.store
    }

    /// Returns the settings it was made with.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key that log-ins are remembered under is left out.
        f.debug_struct("Engine")
            .field("store", &self.store)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
