//! What phones send, as bytes, and the little that is read of the answers.
//!
//! Answers are searched, not decoded: what a phone spends on an answer is no part of the figures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::FolderId;
use wbxml::Element;
use wbxml::page::{air_sync, air_sync_base, contacts, folder_hierarchy, item_operations, ping};

use crate::site::PASSWORD;

/// The protocol version that the phones speak.
pub(crate) const VERSION: &str = "14.1";

/// The program that the phones say they are.
pub(crate) const AGENT: &str = "Bench/1.0";

/// Items that a phone takes at once.
const WINDOW: &str = "512";

/// A phone and the user whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) user: String,
    pub(crate) device: String,
}

impl Name {
    /// Returns the query of a request.
    pub(crate) fn query(&self, command: &str) -> String {
        format!("Cmd={command}&User={}&DeviceId={}&DeviceType=iPhone", self.user, self.device)
    }

    /// Returns a request over HTTP, whole.
    pub(crate) fn request(&self, command: &str, body: &[u8]) -> Vec<u8> {
        self.request_to(&format!("{}?{}", eas::http::PATH, self.query(command)), body)
    }

    /// Returns the same to another address.
    pub(crate) fn request_to(&self, address: &str, body: &[u8]) -> Vec<u8> {
        self.request_with(address, PASSWORD, body)
    }

    /// Returns the same with another password.
    pub(crate) fn request_with(&self, address: &str, password: &str, body: &[u8]) -> Vec<u8> {
        let credentials = STANDARD.encode(format!("{}:{password}", self.user));
        let head = format!(
            "POST {address} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n\
             MS-ASProtocolVersion: {VERSION}\r\nUser-Agent: {AGENT}\r\nX-MS-PolicyKey: 0\r\n\
             Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
            eas::WBXML,
            body.len()
        );
        [head.as_bytes(), body].concat()
    }
}

/// Returns a Sync of one folder.
pub(crate) fn sync(folder: FolderId, key: &str, changes: Option<Element>) -> Vec<u8> {
    let mut collection = Element::new(air_sync::COLLECTION)
        .with(Element::text(air_sync::SYNC_KEY, key))
        .with(Element::text(air_sync::COLLECTION_ID, folder.to_string()));
    if key != "0" {
        collection.push(Element::text(air_sync::GET_CHANGES, "1"));
        collection.push(Element::text(air_sync::WINDOW_SIZE, WINDOW));
    }
    if let Some(changes) = changes {
        collection.push(changes);
    }
    let list = Element::new(air_sync::COLLECTIONS).with(collection);
    wbxml::encode(&Element::new(air_sync::SYNC).with(list))
}

/// Returns the part of a Sync that adds a contact.
pub(crate) fn add(client_id: &str) -> Element {
    let data = Element::new(air_sync::APPLICATION_DATA)
        .with(Element::text(contacts::FILE_AS, format!("Neuer, {client_id}")))
        .with(Element::text(contacts::FIRST_NAME, client_id))
        .with(Element::text(contacts::LAST_NAME, "Neuer"))
        .with(Element::text(contacts::COMPANY_NAME, "Example Works"))
        .with(Element::text(contacts::EMAIL1_ADDRESS, format!("{client_id}@works.example.org")))
        .with(Element::text(contacts::MOBILE_PHONE_NUMBER, "+41 79 555 12 34"));
    let add = Element::new(air_sync::ADD).with(Element::text(air_sync::CLIENT_ID, client_id)).with(data);
    Element::new(air_sync::COMMANDS).with(add)
}

/// Returns a FolderSync.
pub(crate) fn folder_sync(key: &str) -> Vec<u8> {
    let root = Element::new(folder_hierarchy::FOLDER_SYNC);
    wbxml::encode(&root.with(Element::text(folder_hierarchy::SYNC_KEY, key)))
}

/// Returns a Ping for these folders.
pub(crate) fn ping(heartbeat_s: u32, folders: &[FolderId]) -> Vec<u8> {
    let mut list = Element::new(ping::FOLDERS);
    for folder in folders {
        list.push(Element::new(ping::FOLDER).with(Element::text(ping::ID, folder.to_string())));
    }
    let interval = Element::text(ping::HEARTBEAT_INTERVAL, heartbeat_s.to_string());
    wbxml::encode(&Element::new(ping::PING).with(interval).with(list))
}

/// Returns a Sync of these folders, each by its key, that waits.
pub(crate) fn waiting_sync(heartbeat_s: u32, folders: &[(FolderId, String)]) -> Vec<u8> {
    let mut list = Element::new(air_sync::COLLECTIONS);
    for (folder, key) in folders {
        list.push(
            Element::new(air_sync::COLLECTION)
                .with(Element::text(air_sync::SYNC_KEY, key))
                .with(Element::text(air_sync::COLLECTION_ID, folder.to_string())),
        );
    }
    let interval = Element::text(air_sync::HEARTBEAT_INTERVAL, heartbeat_s.to_string());
    wbxml::encode(&Element::new(air_sync::SYNC).with(list).with(interval))
}

/// Returns the part of a Sync that asks for the mail of two weeks.
pub(crate) fn two_weeks() -> Element {
    Element::new(air_sync::OPTIONS).with(Element::text(air_sync::FILTER_TYPE, "4"))
}

/// Returns an ItemOperations that fetches an attachment.
pub(crate) fn fetch(reference: &str) -> Vec<u8> {
    let fetch = Element::new(item_operations::FETCH)
        .with(Element::text(item_operations::STORE, "Mailbox"))
        .with(Element::text(air_sync_base::FILE_REFERENCE, reference));
    wbxml::encode(&Element::new(item_operations::ITEM_OPERATIONS).with(fetch))
}

// WBXML's tokens, as they stand in an answer: a tag that has content is its number and 0x40.
const TEXT: u8 = 0x03;
const SYNC_KEY: u8 = 0x4B;
const ADD: u8 = 0x47;
const CHANGE: u8 = 0x48;
const SERVER_ID: u8 = 0x4D;
const HIERARCHY_SYNC_KEY: u8 = 0x52;

/// Returns the key that the answer to a Sync of one folder gives out.
pub(crate) fn sync_key(answer: &[u8]) -> Option<String> {
    text_after(answer, SYNC_KEY)
}

/// Returns the key that the answer to a FolderSync gives out.
pub(crate) fn hierarchy_key(answer: &[u8]) -> Option<String> {
    text_after(answer, HIERARCHY_SYNC_KEY)
}

/// Returns the first text of a tag. No text has the byte 3 in it.
fn text_after(answer: &[u8], tag: u8) -> Option<String> {
    let at = answer.windows(2).position(|pair| pair == [tag, TEXT])?;
    let text = answer.get(at + 2..)?.split(|byte| *byte == 0).next()?;
    Some(String::from_utf8_lossy(text).into_owned())
}

/// Returns how many items an answer adds.
pub(crate) fn adds(answer: &[u8]) -> usize {
    answer.windows(3).filter(|bytes| *bytes == [ADD, SERVER_ID, TEXT]).count()
}

/// Returns how many items an answer changes.
pub(crate) fn changes(answer: &[u8]) -> usize {
    answer.windows(3).filter(|bytes| *bytes == [CHANGE, SERVER_ID, TEXT]).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wbxml::page::air_sync::{CHANGE, COLLECTION, COMMANDS, SERVER_ID, SYNC, SYNC_KEY};

    #[test]
    fn an_answer_is_read_without_decoding_it() {
        let of = |tag: wbxml::Tag, id: &str| Element::new(tag).with(Element::text(SERVER_ID, id));
        let commands = Element::new(COMMANDS)
            .with(of(air_sync::ADD, "1:1"))
            .with(of(air_sync::ADD, "1:2"))
            .with(of(CHANGE, "1:3"));
        let collection = Element::new(COLLECTION).with(Element::text(SYNC_KEY, "4711")).with(commands);
        let answer = wbxml::encode(&Element::new(SYNC).with(collection));
        assert_eq!(sync_key(&answer).as_deref(), Some("4711"));
        assert_eq!((adds(&answer), changes(&answer)), (2, 1));
        assert_eq!(sync_key(&[]), None);
        assert_eq!(hierarchy_key(&folder_sync("12")).as_deref(), Some("12"));
    }
}
