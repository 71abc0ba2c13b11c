//! The habits of each make. The numbers in brackets are those of the sources in `reference/eas/clients.md`.

use super::{
    Absent, Batches, Binding, Bodies, ClientIds, DeletesAfterMove, Gone, Greeting, Growth, Habit, KnownAdd,
    Moving, Occurrences, Picture, Policies, Push, QuietSync, Supported, Unreadable,
};
use crate::version::Version;

/// The Exchange client of Android up to 6 (section 5.1, its source of 2016).
pub(super) const ANDROID_CLASSIC: Habit = Habit {
    // Takes the last version it knows in the list, and knows none later.
    version: Version::V14_1,
    // "WindowSize 10 (mail), growing to 512 in steps of 10 only when the key came back unchanged".
    window: 10,
    growth: Growth::ByTen,
    collections: 1,
    // A Delete is looked up while the answer is parsed; the ids of what was added are bound afterwards.
    binding: Binding::AfterCommands,
    known_add: KnownAdd::Replace,
    absent: Absent::Clear,
    push: Push::WithPull,
    // "ClientId new_<mailbox>_<milliseconds>, made anew at each attempt", of contacts.
    client_ids: ClientIds::NewForContacts,
    gone: Gone::Forget,
    unreadable: Unreadable::GiveUp,
    // Section 3: "treats 1, 2, 5 as 'put it back', 7 as 'try again', 3, 4, 6 as done".
    moving: Moving::AtOnce,
    deletes_after_move: DeletesAfterMove::Heeded,
    quiet_sync: QuietSync::Whole,
    greeting: Greeting::None,
    // "Contacts: full Supported list (about 56 names) with key 0".
    supported: Supported::Contacts,
    picture: Picture::LeftOut,
    occurrences: Occurrences::Together,
    batches: Batches::Steady,
    bodies: Bodies::AsSent,
    policies: Policies::Taken,
};

/// EAS-4-TbSync (section 9, its source of 2026); the user's other choice of version is 16.1.
pub(super) const TB_SYNC: Habit = Habit {
    version: Version::V14_1,
    // "WindowSize 25 (setting)".
    window: 25,
    growth: Growth::None,
    collections: 1,
    binding: Binding::BeforeCommands,
    known_add: KnownAdd::Skip,
    absent: Absent::Keep,
    // "Sends local changes first with GetChanges 0, then pulls. Conflict 1 stated each time."
    push: Push::First,
    client_ids: ClientIds::Kept,
    // "8 on a Change -> item sent again as Add".
    gone: Gone::AddAgain,
    // "Other items tried at each sync, last in the queue".
    unreadable: Unreadable::Park,
    // Section 4 of readonly-undo.md: it has no moves.
    moving: Moving::Never,
    deletes_after_move: DeletesAfterMove::Heeded,
    quiet_sync: QuietSync::Whole,
    greeting: Greeting::None,
    supported: Supported::Never,
    picture: Picture::LeftOut,
    // "16.1: one request per occurrence change (Change or Delete with InstanceId)".
    occurrences: Occurrences::OneByOne,
    // "4 or 6 on a batch -> smaller batches (÷5) until the bad item is alone".
    batches: Batches::Shrinking,
    // "HTML fetched afterwards by ItemOperations when NativeBodyType is 2".
    bodies: Bodies::FetchHtml,
    policies: Policies::Taken,
};

/// The `ActiveSync` account of Outlook on a desktop (section 6, from servers' logs).
pub(super) const OUTLOOK: Habit = Habit {
    version: Version::V14_0,
    // "WindowSize 512; asks for all folders".
    window: 512,
    growth: Growth::None,
    collections: 8,
    binding: Binding::BeforeCommands,
    known_add: KnownAdd::Replace,
    absent: Absent::Clear,
    push: Push::WithUnsaidPull,
    client_ids: ClientIds::Kept,
    gone: Gone::Forget,
    unreadable: Unreadable::GiveUp,
    moving: Moving::AfterAnswer,
    // Section 3: a Delete after a denied move is "repeated up to three times because Outlook ignores the first".
    deletes_after_move: DeletesAfterMove::FirstIgnored,
    quiet_sync: QuietSync::Whole,
    // "Sends no DeviceInformation."
    greeting: Greeting::None,
    supported: Supported::Never,
    picture: Picture::LeftOut,
    occurrences: Occurrences::Together,
    batches: Batches::Steady,
    bodies: Bodies::AsSent,
    // "Does not provision: an enforced policy must exempt [it] or the account never starts".
    policies: Policies::Unknown,
};

/// iOS (section 4, a capture of 11.2.6 and servers' notes).
pub(super) const IOS: Habit = Habit {
    // "Takes 16.1 from a list 2.5-16.1".
    version: Version::V16_1,
    // Section 4.4 of commands.md: "phones 5/25/50/100".
    window: 25,
    growth: Growth::None,
    collections: 8,
    binding: Binding::BeforeCommands,
    known_add: KnownAdd::Replace,
    absent: Absent::Clear,
    push: Push::WithUnsaidPull,
    client_ids: ClientIds::Kept,
    gone: Gone::Forget,
    unreadable: Unreadable::GiveUp,
    // Section 3: it "puts the mail back after a failed move (unsure)".
    moving: Moving::AtOnce,
    deletes_after_move: DeletesAfterMove::Heeded,
    quiet_sync: QuietSync::Empty,
    // Start-up step 3: Settings with DeviceInformation.
    greeting: Greeting::Settings,
    // "iOS up to 4 sends no Supported", nor does the capture.
    supported: Supported::Never,
    // "iOS 8.2 and later sends an empty Picture with every edit".
    picture: Picture::Empty,
    occurrences: Occurrences::Together,
    batches: Batches::Steady,
    bodies: Bodies::AsSent,
    policies: Policies::Taken,
};
