//! What an admin's orders about a device mean to its requests.

use engine::{Orders, Standing, WipeKind, WipeState};

use crate::request::{Command, Request, Version};
use crate::status::CommonStatus;

/// Returns the status that a request is refused with, if the orders about its device refuse it.
///
/// A wipe goes before everything: a device that fetches the order gets it also where it is blocked.
pub(crate) fn refusal(request: &Request, orders: &Orders) -> Option<CommonStatus> {
    let wipe = orders.wipe.filter(|wipe| wipe.state != WipeState::Done);
    match wipe.map(|wipe| wipe.kind) {
        // It speaks an older version than when it was ordered, and would take the order for a whole wipe.
        Some(WipeKind::Account) if !wipes_account(request.version.name()) => {
            Some(CommonStatus::DeviceBlocked)
        }
        Some(WipeKind::Account | WipeKind::Whole) if request.command == Command::Provision => None,
        Some(WipeKind::Account | WipeKind::Whole) => Some(CommonStatus::RemoteWipe),
        None => match orders.standing {
            Standing::Allowed => None,
            Standing::Quarantined | Standing::Blocked => Some(CommonStatus::DeviceBlocked),
        },
    }
}

/// Returns whether a device of this version can wipe its account and leave the rest of it alone.
#[must_use]
pub fn wipes_account(version: &str) -> bool {
    Version::from_name(version).is_some_and(|version| version >= Version::V16_1)
}
