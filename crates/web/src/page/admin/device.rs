//! One device: what it syncs, and what an admin decides about it.

use askama::Template;
use engine::{DeviceFolder, DeviceSummary, DeviceTrouble, Orders, Standing, WipeKind, WipeState};
use fluent_bundle::FluentArgs;

use super::desk::{Desk, Done, Head};
use super::list::MAX_ROWS;
use super::place;
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;
use crate::words::key;

#[derive(Template)]
#[template(path = "admin_device.html")]
struct Page {
    frame: Frame,
    head: Head,
    user: String,
    to_user: String,
    address: String,
    kind: String,
    tags: Vec<Tag>,
    /// What is known of it, each with its name.
    facts: Vec<(String, String)>,
    /// What can be decided about it: the button and its text.
    standings: Vec<(&'static str, String)>,
    folders: Vec<Folder>,
    more: Option<String>,
}

/// A word about a device's state.
pub(super) struct Tag {
    /// How much it matters: nothing, `warn` or `bad`.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// A folder that the device syncs.
struct Folder {
    account: String,
    path: String,
    items: u64,
    behind: i64,
    trouble: String,
}

/// Shows a device.
pub(super) fn show(desk: &Desk<'_>, (user, address): (&str, &str)) -> Result<Answer, Refusal> {
    let frame = desk.frame();
    let device = find(desk, (user, address))?;
    let more = device.folders.len().saturating_sub(MAX_ROWS);
    let page = Page {
        head: desk.head(),
        to_user: place::user(&device.user),
        tags: tags(&device.orders, frame),
        facts: facts(&device, frame),
        standings: standings(device.orders.standing, frame),
        folders: device.folders.iter().take(MAX_ROWS).map(|one| folder(one, frame)).collect(),
        more: (more > 0).then(|| frame.with("share-more", "count", more)),
        user: device.user,
        address: device.address,
        kind: device.kind,
        frame: frame.clone(),
    };
    Ok(Answer::page(&page))
}

/// Does what a button of the page says.
pub(super) fn submit(desk: &Desk<'_>, device: (&str, &str)) -> Result<Done, Refusal> {
    let (user, address) = device;
    let (admin, now) = (desk.admin(), desk.now());
    find(desk, device)?;
    let standing = |standing| admin.set_device_standing(device, standing, now).map(drop);
    match desk.form()?.get("do") {
        "allow" => standing(Standing::Allowed)?,
        "quarantine" => standing(Standing::Quarantined)?,
        "block" => standing(Standing::Blocked)?,
        "wipe-account" => {
            desk.check_typed(address)?;
            admin.wipe_device(device, WipeKind::Account, now)?;
        }
        "wipe-whole" => {
            desk.check_typed(address)?;
            admin.wipe_device(device, WipeKind::Whole, now)?;
        }
        "remove" => {
            admin.remove_device(user, address, now)?;
            return Ok(Desk::saved("/admin/devices"));
        }
        _ => return Err(desk.no_such_button()),
    }
    Ok(Desk::saved(&place::device(user, address)))
}

fn find(desk: &Desk<'_>, (user, address): (&str, &str)) -> Result<DeviceSummary, Refusal> {
    let own = desk.engine().devices(Some(user))?;
    own.into_iter().find(|device| device.address == address).ok_or(Refusal::NotFound)
}

/// Returns what matters of an admin's orders.
pub(super) fn tags(orders: &Orders, frame: &Frame) -> Vec<Tag> {
    let standing = match orders.standing {
        Standing::Allowed => None,
        Standing::Quarantined => Some(("warn", key("device-quarantined"))),
        Standing::Blocked => Some(("bad", key("device-blocked"))),
    };
    let wipe = orders.wipe.map(|wipe| match wipe.state {
        WipeState::Asked => ("bad", key("device-wipe-asked")),
        WipeState::Told => ("bad", key("device-wipe-told")),
        WipeState::Done => ("warn", key("device-wipe-done")),
        WipeState::Failed => ("bad", key("device-wipe-failed")),
    });
    let mut tags: Vec<Tag> = [standing, wipe]
        .into_iter()
        .flatten()
        .map(|(kind, text)| Tag { kind, text: frame.say(text) })
        .collect();
    if tags.is_empty() {
        tags.push(Tag { kind: "", text: frame.say("device-allowed") });
    }
    tags
}

/// Returns what can be decided that is not so already.
fn standings(now: Standing, frame: &Frame) -> Vec<(&'static str, String)> {
    let all = [
        (Standing::Allowed, "allow", key("device-allow")),
        (Standing::Quarantined, "quarantine", key("device-quarantine")),
        (Standing::Blocked, "block", key("device-block")),
    ];
    let others = all.into_iter().filter(|(standing, ..)| *standing != now);
    others.map(|(_, button, text)| (button, frame.say(text))).collect()
}

fn facts(device: &DeviceSummary, frame: &Frame) -> Vec<(String, String)> {
    let facts = [
        (key("device-program"), device.agent.clone()),
        (key("device-version"), device.version.clone()),
        (key("device-first-seen"), frame.time(device.first_seen)),
        (key("device-last-seen"), frame.time(device.last_seen)),
        (key("device-trouble"), device.trouble.as_ref().map(|one| trouble(one, frame)).unwrap_or_default()),
    ];
    let known = facts.into_iter().filter(|(_, text)| !text.is_empty());
    known.map(|(name, text)| (frame.say(name), text)).collect()
}

fn folder(folder: &DeviceFolder, frame: &Frame) -> Folder {
    Folder {
        account: folder.account.clone(),
        path: folder.path.clone(),
        items: folder.items_held,
        behind: folder.behind,
        trouble: folder.trouble.as_ref().map(|one| trouble(one, frame)).unwrap_or_default(),
    }
}

fn trouble(trouble: &DeviceTrouble, frame: &Frame) -> String {
    let mut args = FluentArgs::new();
    args.set("what", trouble.what.as_str());
    args.set("at", frame.time(trouble.at));
    frame.words().fill("device-trouble-at", &args)
}
