//! Applying a `Sync` answer.

use std::collections::BTreeMap;

use wbxml::Element;

use super::answer::{Round, Said, ServerCommand, Verdict, read};
use super::{Cached, Pull, SentCollection, SentCommand, SentEdit, wanted_after};
use crate::class::Class;
use crate::data::Data;
use crate::error::AnswerError;
use crate::folder::{Folder, NO_KEY, Wanted};
use crate::habit::{Absent, Binding, Gone, Habit, KnownAdd, Unreadable};
use crate::item::{Deaf, Edit, Item, ItemId, Parked};
use crate::phone::{Phone, status_of};
use crate::request::Command;

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
        let said = read(root, sent)?;
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
            Said::Round(round) => apply_round(folder, sent, round, &self.habit, &rows),
        }
    }
}

fn apply_round(folder: &mut Folder, sent: &SentCollection, round: Round, habit: &Habit, rows: &[ItemId]) {
    if sent.key == NO_KEY {
        // It starts afresh: whatever is bound to the server comes again.
        folder.table.retain(|item| item.edit == Edit::Added);
    }
    let verdicts: Vec<(&SentCommand, Verdict)> = sent.commands.iter().zip(round.verdicts).collect();
    let done = verdicts.iter().filter(|(_, verdict)| *verdict != Verdict::Again);
    let told: BTreeMap<ItemId, u64> = done.map(|(command, _)| (command.item, command.stamp)).collect();
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
}

fn settle_all(folder: &mut Folder, verdicts: &[(&SentCommand, Verdict)], habit: &Habit) {
    for (sent, verdict) in verdicts {
        match (&sent.what, verdict) {
            (SentEdit::Delete, _) => {
                folder.table.remove(sent.item);
            }
            (_, Verdict::Bound(id)) => bind(folder, sent, id),
            (_, verdict) => settle(folder, sent, verdict, habit),
        }
    }
}

/// Gives a new item the server's id; what the user did with it since is still to be sent.
fn bind(folder: &mut Folder, sent: &SentCommand, id: &str) {
    folder.table.bind(sent.item, id);
    let Some(item) = folder.table.get_mut(sent.item) else { return };
    if item.edit == Edit::Added {
        item.edit = Edit::Changed;
    }
    item.client_id = None;
    if item.edit != Edit::Deleted {
        item.settle(sent.stamp);
    }
}

fn settle(folder: &mut Folder, sent: &SentCommand, verdict: &Verdict, habit: &Habit) {
    let class = folder.class();
    let Some(item) = folder.table.get_mut(sent.item) else { return };
    match verdict {
        Verdict::Again | Verdict::Bound(_) => {}
        Verdict::Done => item.settle(sent.stamp),
        Verdict::Gone => match habit.gone {
            Gone::Forget => item.settle(sent.stamp),
            Gone::AddAgain if class == Some(Class::Mail) => item.settle(sent.stamp),
            Gone::AddAgain if item.edit == Edit::Deleted => {}
            Gone::AddAgain => {
                item.edit = Edit::Added;
                item.client_id = None;
                folder.table.unbind(sent.item);
            }
        },
        Verdict::Unreadable => match habit.unreadable {
            Unreadable::GiveUp => item.settle(sent.stamp),
            Unreadable::Park => item.parked = Parked::Yes,
        },
    }
}

type Context<'a> = (&'a Habit, &'a BTreeMap<ItemId, u64>);

/// Returns whether the user did something with the item that this round did not carry.
fn has_later_edit(item: &Item, told: &BTreeMap<ItemId, u64>) -> bool {
    item.edit != Edit::None && told.get(&item.id) != Some(&item.stamp)
}

fn add(folder: &mut Folder, new: Item, id: String, (habit, told): Context<'_>) {
    let Some(known) = folder.table.find(&id) else {
        folder.table.insert(Item { server_id: Some(id), ..new });
        return;
    };
    let Some(item) = folder.table.get_mut(known) else { return };
    match habit.known_add {
        KnownAdd::Skip => {}
        KnownAdd::Replace if has_later_edit(item, told) => {}
        KnownAdd::Replace => item.data = new.data,
    }
}

fn change(folder: &mut Folder, id: &str, data: Data, (habit, told): Context<'_>) {
    let keeps = habit.absent == Absent::Keep || folder.class() == Some(Class::Mail);
    let found = folder.table.find(id).and_then(|known| folder.table.get_mut(known));
    let Some(item) = found.filter(|item| !has_later_edit(item, told)) else { return };
    if keeps {
        item.data.merge(data);
    } else {
        item.data = data;
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
