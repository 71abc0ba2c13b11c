//! The reader's own devices: what each gets, and what can be done where one is lost.

use askama::Template;
use axum::http::StatusCode;
use engine::{
    Actor, Admin, By, DeviceChoice, DeviceFolder, DeviceSummary, FolderPath, Origin, OwnDeviceFolder,
    Showing, Standing, Switch, Via, WipeKind, WipeState,
};
use fluent_bundle::FluentArgs;

use super::home::kind_key;
use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::frame::Frame;
use crate::link;
use crate::words::key;

#[derive(Template)]
#[template(path = "phones.html")]
struct Page {
    frame: Frame,
    phones: Vec<Phone>,
}

/// A device.
struct Phone {
    number: i64,
    address: String,
    name: String,
    facts: Vec<String>,
    /// What an admin or its user ordered, or what is wrong; and the same for the style.
    state: Option<(String, &'static str)>,
    folders: Vec<Synced>,
    choices: Vec<Choice>,
    /// Where wiping is asked for; `None` where it was ordered already.
    wipe: Option<String>,
    may_remove: bool,
}

/// A folder that the device syncs.
struct Synced {
    name: String,
    items: String,
    state: String,
}

/// A shared folder that the device gets or could get.
struct Choice {
    account: String,
    path: String,
    name: String,
    kind: String,
    /// Why the device gets it.
    because: String,
    is_shown: bool,
    notices: bool,
    /// Whether the reader may neither read nor add anything there any more.
    is_closed: bool,
}

#[derive(Template)]
#[template(path = "wipe.html")]
struct WipePage {
    frame: Frame,
    address: String,
    name: String,
    /// Whether the device can erase the account alone.
    knows_account: bool,
    wrong: Option<String>,
}

/// Lists the reader's devices.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let frame = visit.ask.frame();
    let mut phones = Vec::new();
    for device in visit.engine().devices(Some(visit.caller().name()))? {
        let choices = visit.engine().device_choices(visit.caller(), &device.address, visit.ask.now)?;
        phones.push(phone(&device, &choices, &frame));
    }
    Ok(Answer::page(&Page { frame, phones }))
}

/// Does what a form says about a device.
pub(crate) fn submit(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let form = visit.form()?;
    let address = form.get("device");
    match form.get("do") {
        "save" => choose(visit, address)?,
        "remove" => admin(visit).remove_device(visit.caller().name(), address, visit.ask.now)?,
        _ => return Err(Refusal::Form("no such button".to_owned())),
    }
    Ok(Answer::go("/phones?done=saved"))
}

/// Shows what wiping a device means.
pub(crate) fn ask_wipe(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::page(&wipe_page(visit, visit.ask.query.get("device"), None)?))
}

/// Has a device wiped, if who asks has said that he means it.
pub(crate) fn wipe(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let form = visit.form()?;
    let address = form.get("device");
    let kind = match form.get("what") {
        "account" => WipeKind::Account,
        "whole" => WipeKind::Whole,
        _ => return Err(Refusal::Form("nothing is chosen to be wiped".to_owned())),
    };
    if form.find("sure").is_none() {
        let page = wipe_page(visit, address, Some(visit.ask.words.say("wipe-unsure")))?;
        return Ok(Answer::page(&page).with_status(StatusCode::BAD_REQUEST));
    }
    admin(visit).wipe_device((visit.caller().name(), address), kind, visit.ask.now)?;
    Ok(Answer::go("/phones?done=wiped"))
}

/// Puts shared folders on a device and takes them off, where the form says otherwise than the page did.
fn choose(visit: &Visit<'_>, address: &str) -> Result<(), Refusal> {
    let form = visit.form()?;
    for number in form.all("row") {
        let has = |name: &str| form.find(&format!("{name}.{number}")).is_some();
        let changed = |name: &str| {
            let now = has(name);
            (now != has(&format!("was-{name}"))).then(|| Switch::from(now))
        };
        let wish = OwnDeviceFolder {
            shown: changed("shown"),
            notice: changed("notice"),
            ..OwnDeviceFolder::default()
        };
        if wish == OwnDeviceFolder::default() {
            continue;
        }
        let account = form.get(&format!("account.{number}"));
        let path = FolderPath::try_from(form.get(&format!("path.{number}")))?;
        let device = (visit.caller(), address);
        visit.engine().choose_device_folder(device, (account, &path), &wish, visit.ask.now)?;
    }
    Ok(())
}

fn admin<'a>(visit: &'a Visit<'_>) -> Admin<'a> {
    let via = Via { protocol: "web", device: "", address: &visit.ask.connection.address };
    visit.engine().admin(By { actor: Actor::User(visit.caller()), via })
}

fn wipe_page(visit: &Visit<'_>, address: &str, wrong: Option<String>) -> Result<WipePage, Refusal> {
    let devices = visit.engine().devices(Some(visit.caller().name()))?;
    let device = devices.into_iter().find(|device| device.address == address).ok_or(Refusal::NotFound)?;
    let knows_account = device.version == "16.1";
    let name = name(&device);
    Ok(WipePage { frame: visit.ask.frame(), address: device.address, name, knows_account, wrong })
}

fn phone(device: &DeviceSummary, choices: &[DeviceChoice], frame: &Frame) -> Phone {
    let facts = [
        (!device.version.is_empty())
            .then(|| frame.with("phones-version", "version", device.version.as_str())),
        Some(frame.with("phones-last", "at", frame.time(device.last_seen))),
        Some(frame.with("phones-first", "at", frame.time(device.first_seen))),
        Some(device.address.clone()),
    ];
    Phone {
        number: device.id.0,
        address: device.address.clone(),
        name: name(device),
        facts: facts.into_iter().flatten().collect(),
        state: state(device, frame),
        folders: device.folders.iter().map(|folder| synced(folder, &device.user, frame)).collect(),
        choices: choices.iter().map(|one| choice(one, frame)).collect(),
        wipe: device.orders.wipe.is_none().then(|| wipe_address(&device.address)),
        may_remove: device.orders.standing == Standing::Allowed && device.orders.wipe.is_none(),
    }
}

fn wipe_address(device: &str) -> String {
    format!("/phones/wipe?device={}", link::piece(device))
}

/// Returns what the device calls itself: the name its user gave it, its model, or its type.
fn name(device: &DeviceSummary) -> String {
    let told = |tag: &str| {
        let mut lines = device.info.lines().filter_map(|line| line.strip_prefix(tag)?.strip_prefix(": "));
        lines.find(|value| !value.trim().is_empty())
    };
    let name = told("FriendlyName").or_else(|| told("Model")).unwrap_or(&device.kind);
    if name.is_empty() { device.address.clone() } else { name.to_owned() }
}

fn state(device: &DeviceSummary, frame: &Frame) -> Option<(String, &'static str)> {
    if let Some(wipe) = &device.orders.wipe {
        let text = match wipe.state {
            WipeState::Asked => key("phones-wipe-asked"),
            WipeState::Told => key("phones-wipe-told"),
            WipeState::Done => key("phones-wipe-done"),
            WipeState::Failed => key("phones-wipe-failed"),
        };
        return Some((frame.say(text), "declined"));
    }
    match device.orders.standing {
        Standing::Allowed => None,
        Standing::Quarantined => Some((frame.say("phones-quarantined"), "open")),
        Standing::Blocked => Some((frame.say("phones-blocked"), "declined")),
    }
}

fn synced(folder: &DeviceFolder, reader: &str, frame: &Frame) -> Synced {
    let name = if folder.account == reader {
        folder.path.clone()
    } else {
        let mut args = FluentArgs::new();
        args.set("folder", folder.path.as_str());
        args.set("account", folder.account.as_str());
        frame.words().fill("changes-place", &args)
    };
    let state = if let Some(trouble) = &folder.trouble {
        frame.with("phones-trouble", "at", frame.time(trouble.at))
    } else if folder.behind > 0 || folder.corrections > 0 {
        frame.say("phones-behind")
    } else {
        frame.say("phones-current")
    };
    Synced { name, items: frame.with("home-items", "count", folder.items_held), state }
}

fn choice(choice: &DeviceChoice, frame: &Frame) -> Choice {
    let because = match choice.origin {
        None | Some(Origin::Own) => String::new(),
        Some(Origin::Configured) => frame.say("phones-configured"),
        Some(Origin::Set) => frame.say("phones-set"),
        Some(Origin::Account) => frame.with("phones-account", "owner", choice.owner.as_str()),
    };
    let mut args = FluentArgs::new();
    args.set("folder", choice.path.as_str());
    args.set("account", choice.owner.as_str());
    Choice {
        account: choice.account.clone(),
        path: choice.path.clone(),
        name: frame.words().fill("changes-place", &args),
        kind: frame.say(kind_key(choice.kind)),
        because,
        is_shown: choice.showing == Some(Showing::Shown),
        notices: choice.flags.notice == Switch::On,
        is_closed: choice.showing == Some(Showing::NoAccess),
    }
}
