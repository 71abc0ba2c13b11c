//! `comity device merge`

use anyhow::Result;
use clap::{Args, ValueEnum};
use items::Kind;

use super::folder::OnOff;
use crate::session::Session;

/// A device, a kind of folders, and whether they are merged.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The user
    user: String,
    /// The device's id
    device: String,
    /// What the folders hold
    kind: Mergeable,
    /// Whether they are shown inside the user's own
    switch: OnOff,
}

/// Kinds of folders that are shown inside the user's own where a phone shows only one of a kind.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mergeable {
    /// Calendars
    Calendar,
    /// Address books
    Contacts,
    /// Task lists
    Tasks,
    /// Notes
    Notes,
}

impl Merge {
    /// Runs the command.
    pub(super) fn run(&self, session: &Session) -> Result<()> {
        let kind = match self.kind {
            Mergeable::Calendar => Kind::Calendar,
            Mergeable::Contacts => Kind::Contacts,
            Mergeable::Tasks => Kind::Tasks,
            Mergeable::Notes => Kind::Notes,
        };
        let device = (self.user.as_str(), self.device.as_str());
        session.engine.merge_device(device, kind, self.switch.into(), session.now)?;
        let (user, address) = device;
        session.out.done(&match self.switch {
            OnOff::On => format!("{user}'s device {address} shows shared {kind} inside {user}'s own"),
            OnOff::Off => format!("{user}'s device {address} shows shared {kind} by themselves"),
        });
        Ok(())
    }
}
