//! Everybody's devices.

use askama::Template;
use engine::{DevicePage, ListedDevice};

use super::desk::{Desk, Head};
use super::device::{Tag, tags};
use super::list::{MAX_ROWS, Pager};
use super::place;
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;

const HERE: &str = "/admin/devices";

#[derive(Template)]
#[template(path = "admin_devices.html")]
struct Page {
    frame: Frame,
    head: Head,
    find: String,
    /// Whether there is no such user.
    unknown: bool,
    pager: Pager,
    devices: Vec<Row>,
}

struct Row {
    to: String,
    kind: String,
    address: String,
    user: String,
    user_page: String,
    agent: String,
    version: String,
    last_seen: String,
    tags: Vec<Tag>,
}

/// Shows devices, everybody's or one user's.
pub(super) fn show(desk: &Desk<'_>) -> Result<Answer, Refusal> {
    let find = desk.query().get("find").trim();
    let user = Some(find).filter(|find| !find.is_empty());
    let read = |start| match desk.engine().device_page(user, start, MAX_ROWS) {
        Ok(page) => Ok(Some(page)),
        Err(engine::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(Refusal::from(error)),
    };
    // The number of rows decides where the last page begins.
    let total = read(0)?.map(|page| page.total);
    let pager = Pager::of(desk, HERE, total.unwrap_or(0));
    let DevicePage { devices, .. } = read(pager.rows.start)?.unwrap_or_default();
    let frame = desk.frame();
    let page = Page {
        head: desk.head(),
        find: find.to_owned(),
        unknown: total.is_none(),
        pager,
        devices: devices.into_iter().map(|device| row(device, frame)).collect(),
        frame: frame.clone(),
    };
    Ok(Answer::page(&page))
}

fn row(device: ListedDevice, frame: &Frame) -> Row {
    Row {
        to: place::device(&device.user, &device.address),
        user_page: place::user(&device.user),
        last_seen: frame.time(device.last_seen),
        tags: tags(&device.orders, frame),
        kind: device.kind,
        address: device.address,
        user: device.user,
        agent: device.agent,
        version: device.version,
    }
}
