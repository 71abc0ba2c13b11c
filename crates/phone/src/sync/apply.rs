//! Applying a `Sync` answer.

use std::collections::{BTreeMap, BTreeSet};

use wbxml::Element;
use wbxml::page::calendar;

use super::answer::{Round, Said, ServerCommand, Verdict, read};
use super::{Cached, MAX_BATCH, Pull, SentCollection, SentCommand, SentEdit, wanted_after};
use crate::class::Class;
use crate::data::{Data, place};
use crate::error::AnswerError;
use crate::folder::{Folder, NO_KEY, Wanted};
use crate::habit::{Absent, Binding, Bodies, Gone, Growth, Habit, KnownAdd, Occurrences, Unreadable};
use crate::item::{Deaf, Edit, Item, ItemId, Parked};
use crate::phone::{Phone, status_of};
use crate::request::Command;
use crate::version::Version;

/// How far a window grows, and how far at most.
const GROWS_BY: u16 = 10;
const MAX_WINDOW: u16 = 512;

/// `NativeBodyType` of a body that is HTML.
const NATIVE_HTML: &str = "2";

impl Phone {
    pub(crate) fn apply_sync(
        &mut self,
        sent: &[SentCollection],
        root: Option<&Element>,
    ) -> Result<(), AnswerError> {
        match root.and_then(status_of) {
            None | Some(1) => {}
            Some(12) => {
                self.hierarchy = Wanted::Yes;
                return Ok(());
            }
            Some(5 | 13 | 16) => return Ok(()),
            Some(status) => return Err(AnswerError::Refused { command: Command::Sync, status }),
        }
        let said = read(root, sent, self.habit.batches)?;
        let mut cached = BTreeMap::new();
        for (sent, said) in sent.iter().zip(said) {
            self.apply_collection(sent, said);
            if let Some(folder) = self.folders.get(&sent.folder) {
                cached.insert(folder.id.clone(), folder.key.clone());
            }
        }
        self.cached = Cached(Some(cached));
        Ok(())
    }

    fn apply_collection(&mut self, sent: &SentCollection, said: Said) {
        let mut rows = Vec::new();
        if let Said::Round(round) = &said {
            rows.resize_with(round.commands.len(), || self.new_row());
        }
        let Some(folder) = self.folders.get_mut(&sent.folder) else { return };
        match said {
            Said::Nothing => folder.wanted = Wanted::No,
            Said::Again => {}
            Said::FoldersChanged => self.hierarchy = Wanted::Yes,
            Said::StartOver => {
                folder.restarts += 1;
                folder.start_over();
            }
            Said::TooMuch => send_less(folder, sent),
            Said::Round(round) => apply_round(folder, sent, round, &self.habit, &rows),
        }
    }
}

/// Sends fewer edits next time; one that was alone waits until the user synchronises again.
fn send_less(folder: &mut Folder, sent: &SentCollection) {
    const FEWER: usize = 5;
    if let [alone] = sent.commands.as_slice()
        && let Some(item) = folder.table.get_mut(alone.item)
    {
        item.parked = Parked::Yes;
    }
    folder.batch = (sent.commands.len() / FEWER).max(1);
}

fn apply_round(folder: &mut Folder, sent: &SentCollection, round: Round, habit: &Habit, rows: &[ItemId]) {
    if sent.key == NO_KEY {
        // It starts afresh: whatever is bound to the server comes again.
        folder.table.retain(|item| item.edit == Edit::Added);
    }
    let verdicts: Vec<(&SentCommand, Verdict)> = sent.commands.iter().zip(round.verdicts).collect();
    let done = verdicts.iter().filter(|(_, verdict)| *verdict != Verdict::Again);
    let told = Told::of(done.map(|(command, _)| *command));
    if habit.binding == Binding::BeforeCommands {
        settle_all(folder, &verdicts, habit);
    }
    for (command, row) in round.commands.into_iter().zip(rows) {
        match command {
            ServerCommand::Add { id, data } => add(folder, Item::new(*row, data), id, (habit, &told)),
            ServerCommand::Change { id, data } => change(folder, &id, data, (habit, &told)),
            ServerCommand::Delete { id } => delete(folder, &id),
        }
    }
    if habit.binding == Binding::AfterCommands {
        settle_all(folder, &verdicts, habit);
    }
    if sent.pull == Pull::Yes {
        folder.table.iter_mut().for_each(|item| item.deaf = Deaf::No);
    }
    folder.wanted = wanted_after(sent, round.more);
    folder.key = round.key;
    folder.batch = MAX_BATCH;
    if round.grow == Wanted::Yes && habit.growth == Growth::ByTen {
        let window = folder.window.unwrap_or(habit.window);
        folder.window = Some((window + GROWS_BY).min(MAX_WINDOW));
        folder.wanted = if window < MAX_WINDOW { Wanted::Yes } else { Wanted::No };
    }
}

fn settle_all(folder: &mut Folder, verdicts: &[(&SentCommand, Verdict)], habit: &Habit) {
    for (sent, verdict) in verdicts {
        match (&sent.what, verdict) {
            (SentEdit::Delete, _) => {
                folder.table.remove(sent.item);
            }
            (SentEdit::Occurrence { .. }, Verdict::Again) => {}
            (SentEdit::Occurrence { instance, .. }, _) => settle_occurrence(folder, sent, instance),
            (_, Verdict::Bound(id, data)) => bind(folder, sent, (id, data), habit),
            (_, verdict) => settle(folder, sent, verdict, habit),
        }
    }
}

/// Gives a new item the server's id; what the user did with it since is still to be sent.
fn bind(folder: &mut Folder, sent: &SentCommand, (id, data): (&str, &Data), habit: &Habit) {
    folder.table.bind(sent.item, id);
    let Some(item) = folder.table.get_mut(sent.item) else { return };
    if item.edit == Edit::Added {
        item.edit = Edit::Changed;
    }
    item.client_id = None;
    item.take_told(data.clone());
    if item.edit != Edit::Deleted {
        item.settle(sent.stamp);
    }
    let is_series_alone = habit.occurrences == Occurrences::OneByOne && habit.version < Version::V16_0;
    if item.edit == Edit::None && is_series_alone && item.data.has(calendar::EXCEPTIONS) {
        item.edit = Edit::Changed;
        item.touched.insert(place(calendar::EXCEPTIONS));
        item.stamp += 1;
    }
}

/// Takes what was done with an occurrence as told, unless there was more since.
fn settle_occurrence(folder: &mut Folder, sent: &SentCommand, instance: &str) {
    if let Some(item) = folder.table.get_mut(sent.item) {
        item.occurrences.retain(|edit| edit.instance != instance || edit.stamp != sent.stamp);
    }
}

fn settle(folder: &mut Folder, sent: &SentCommand, verdict: &Verdict, habit: &Habit) {
    let class = folder.class();
    let Some(item) = folder.table.get_mut(sent.item) else { return };
    match verdict {
        Verdict::Again | Verdict::Bound(..) => {}
        Verdict::Done(told) => {
            item.take_told(told.clone());
            item.settle(sent.stamp);
        }
        Verdict::Gone => match habit.gone {
            Gone::Forget => item.settle(sent.stamp),
            Gone::AddAgain if class == Some(Class::Mail) => item.settle(sent.stamp),
            Gone::AddAgain if item.edit == Edit::Deleted => {}
            Gone::AddAgain => {
                item.edit = Edit::Added;
                item.client_id = None;
                item.forget_files_of_server();
                folder.table.unbind(sent.item);
            }
        },
        Verdict::Unreadable => match habit.unreadable {
            Unreadable::GiveUp => item.settle(sent.stamp),
            Unreadable::Park => item.parked = Parked::Yes,
        },
    }
}

type Context<'a> = (&'a Habit, &'a Told);

/// What the server was told in this round.
struct Told {
    items: BTreeMap<ItemId, u64>,
    occurrences: BTreeSet<(ItemId, u64)>,
}

impl Told {
    fn of<'a>(commands: impl Iterator<Item = &'a SentCommand>) -> Self {
        let mut told = Self { items: BTreeMap::new(), occurrences: BTreeSet::new() };
        for command in commands {
            match command.what {
                SentEdit::Occurrence { .. } => {
                    told.occurrences.insert((command.item, command.stamp));
                }
                SentEdit::Add { .. } | SentEdit::Change { .. } | SentEdit::Delete => {
                    told.items.insert(command.item, command.stamp);
                }
            }
        }
        told
    }
}

/// Returns whether the user did something with the item that this round did not carry.
fn has_later_edit(item: &Item, told: &Told) -> bool {
    item.edit != Edit::None && told.items.get(&item.id) != Some(&item.stamp)
}

fn add(folder: &mut Folder, new: Item, id: String, (habit, told): Context<'_>) {
    let class = folder.class();
    let Some(known) = folder.table.find(&id) else {
        let body = wanted_body(&new.data, class, habit);
        folder.table.insert(Item { server_id: Some(id), body, ..new });
        return;
    };
    let Some(item) = folder.table.get_mut(known) else { return };
    match habit.known_add {
        KnownAdd::Skip => {}
        KnownAdd::Replace if has_later_edit(item, told) => {}
        KnownAdd::Replace => {
            item.body = wanted_body(&new.data, class, habit);
            item.data = new.data;
        }
    }
}

fn change(folder: &mut Folder, id: &str, data: Data, (habit, told): Context<'_>) {
    let keeps = habit.absent == Absent::Keep || folder.class() == Some(Class::Mail);
    let class = folder.class();
    let found = folder.table.find(id).and_then(|known| folder.table.get_mut(known));
    let Some(item) = found.filter(|item| !has_later_edit(item, told)) else { return };
    item.body = wanted_body(&data, class, habit);
    if keeps {
        if data.has(calendar::RECURRENCE) {
            // A recurrence that comes is made anew, exceptions and all.
            item.data.remove(calendar::EXCEPTIONS);
        }
        item.data.merge(data);
    } else {
        item.data = data;
    }
    let row = item.id;
    item.show_occurrences(habit.version, |edit| told.occurrences.contains(&(row, edit.stamp)));
}

/// Returns whether the body of what came is to be fetched as it is: no client but one without mail does that.
fn wanted_body(data: &Data, class: Option<Class>, habit: &Habit) -> Wanted {
    let is_html = data.text("NativeBodyType").as_deref() == Some(NATIVE_HTML);
    if is_html && habit.bodies == Bodies::FetchHtml && class != Some(Class::Mail) {
        Wanted::Yes
    } else {
        Wanted::No
    }
}

fn delete(folder: &mut Folder, id: &str) {
    let Some(known) = folder.table.find(id) else { return };
    let Some(item) = folder.table.get_mut(known) else { return };
    match item.deaf {
        Deaf::No => {
            folder.table.remove(known);
        }
        Deaf::Yes => item.ignored_deletes += 1,
    }
}
