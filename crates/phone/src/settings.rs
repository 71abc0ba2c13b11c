//! `Settings`: telling what device it is.

use wbxml::Element;
use wbxml::page::settings as tag;

use crate::habit::Kind;
use crate::phone::Phone;
use crate::request::{Command, Request, Sent};

impl Phone {
    pub(crate) fn settings_request(&mut self) -> Request {
        let about = device_information(self.kind(), self.device_id());
        self.request(Command::Settings, Some(Element::new(tag::SETTINGS).with(about)), Sent::Nothing)
    }
}

/// Returns what a device says of itself.
pub(crate) fn device_information(kind: Kind, device_id: &str) -> Element {
    let set = Element::new(tag::SET)
        .with(Element::text(tag::MODEL, kind.device_type()))
        .with(Element::text(tag::FRIENDLY_NAME, device_id))
        .with(Element::text(tag::OS, "Comity phone"));
    Element::new(tag::DEVICE_INFORMATION).with(set)
}
