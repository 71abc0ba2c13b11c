//! The commands, one file each: parse, one call of the engine, reply.

pub(crate) mod find;
pub(crate) mod folder_change;
pub(crate) mod folder_sync;
mod gal;
pub(crate) mod get_attachment;
pub(crate) mod get_hierarchy;
pub(crate) mod get_item_estimate;
pub(crate) mod item_operations;
pub(crate) mod meeting_response;
pub(crate) mod move_items;
pub(crate) mod ping;
pub(crate) mod provision;
mod range;
pub(crate) mod resolve_recipients;
pub(crate) mod search;
pub(crate) mod send_mail;
pub(crate) mod settings;
pub(crate) mod sync;
pub(crate) mod validate_cert;

use engine::{Caller, Device, Engine, FolderId, SyncKey, Target, Timestamp};
use jiff::tz::TimeZone;
use wbxml::{Element, Tag};

use crate::memo::DeviceMemo;
use crate::payload::Dates;
use crate::reply::Reply;
use crate::request::Version;
use crate::server::{Failure, Limits, Server};
use crate::status::CommonStatus;
use crate::wire_id;

/// One request of a phone whose user has logged in.
pub(crate) struct Session<'a> {
    pub(crate) server: &'a Server,
    pub(crate) caller: &'a Caller,
    pub(crate) device: Device,
    pub(crate) version: Version,
    /// How the phone writes days, and expects them.
    pub(crate) dates: Dates,
    pub(crate) now: Timestamp,
}

impl<'a> Session<'a> {
    pub(crate) fn engine(&self) -> &'a Engine {
        &self.server.engine
    }

    /// Returns where the item is that a phone names in a folder: there, or in one that is merged into it.
    pub(crate) fn place(&self, folder: FolderId, text: &str) -> Result<(FolderId, Target), engine::Error> {
        let holder = wire_id::holder(text).filter(|holder| *holder != folder);
        if let Some(holder) = holder
            && self.merged(&[folder])?.contains(&holder)
        {
            return Ok((holder, wire_id::target(holder, text)));
        }
        Ok((folder, wire_id::target(folder, text)))
    }

    /// Returns the folders that the phone shows inside these.
    pub(crate) fn merged(&self, folders: &[FolderId]) -> Result<Vec<FolderId>, engine::Error> {
        self.engine().merged_folders(self.caller, &self.device, folders, self.now)
    }

    pub(crate) const fn limits(&self) -> &'a Limits {
        &self.server.settings.limits
    }

    /// Returns the user's zone, for times that name none; UTC where nobody said which it is.
    pub(crate) fn zone(&self) -> TimeZone {
        let zone = self.engine().user_zone(self.caller).unwrap_or_else(|error| {
            tracing::warn!(error = %crate::server::chain(&error), "a user's time zone could not be read");
            None
        });
        zone.unwrap_or(TimeZone::UTC)
    }

    /// Counts a start with key 0, and returns the answer to a phone that starts over and over.
    pub(crate) fn started_too_often(
        &self,
        folder: FolderId,
        key: SyncKey,
    ) -> Result<Option<Reply>, engine::Error> {
        if key != SyncKey::START {
            return Ok(None);
        }
        let wait_s = self.engine().count_start(&self.device, folder, self.now)?;
        Ok(wait_s.map(|wait_s| Reply::empty(503).with_header("retry-after", wait_s)))
    }

    /// Returns what is kept of the phone's earlier requests.
    pub(crate) fn memo(&self) -> DeviceMemo {
        DeviceMemo::decode(&self.device.memo)
    }

    /// Changes what is kept of the phone, where that is a change.
    pub(crate) fn remember(&mut self, change: impl Fn(&mut DeviceMemo)) -> Result<(), engine::Error> {
        let changed = |text: &str| {
            let mut memo = DeviceMemo::decode(text);
            change(&mut memo);
            memo.encode()
        };
        let text = changed(&self.device.memo);
        if text != self.device.memo {
            self.engine().update_device_memo(&self.device, self.now, changed)?;
            self.device.memo = text;
        }
        Ok(())
    }
}

/// Returns the body of a command that cannot do without one.
pub(crate) fn body(root: Option<&Element>, tag: Tag) -> Result<&Element, Failure> {
    let root = root.ok_or(CommonStatus::InvalidContent)?;
    if root.tag != tag {
        return Err(CommonStatus::InvalidXml.into());
    }
    Ok(root)
}
