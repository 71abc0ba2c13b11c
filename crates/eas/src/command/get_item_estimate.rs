//! GetItemEstimate: how much would the next Sync bring.

use engine::{Estimate, Peek, SyncKey};
use wbxml::Element;
use wbxml::page::air_sync;
use wbxml::page::get_item_estimate::{
    CLASS, COLLECTION, COLLECTION_ID, COLLECTIONS, ESTIMATE, GET_ITEM_ESTIMATE, RESPONSE, STATUS,
};

use super::sync::{View, class, filter};
use super::{Session, body};
use crate::reply::{Reply, number};
use crate::request::Version;
use crate::server::Failure;
use crate::status::CommonStatus;
use crate::wire_id;

const DONE: u8 = 1;
const FOLDER_UNKNOWN: u8 = 2;
const NOT_PRIMED: u8 = 3;
const KEY_INVALID: u8 = 4;

/// Answers a GetItemEstimate.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, GET_ITEM_ESTIMATE)?;
    let list = root.child(COLLECTIONS).ok_or(CommonStatus::InvalidXml)?;
    let folders = list.children(COLLECTION).count();
    if folders == 0 || folders > session.limits().folders {
        return Err(CommonStatus::InvalidXml.into());
    }
    let mut answer = Element::new(GET_ITEM_ESTIMATE);
    for asked in list.children(COLLECTION) {
        answer.push(one(session, asked)?);
    }
    Ok(Reply::wbxml(&answer))
}

fn one(session: &Session<'_>, asked: &Element) -> Result<Element, Failure> {
    let id = asked.child_text(COLLECTION_ID).unwrap_or_default();
    let key = asked.child_text(air_sync::SYNC_KEY).map_or(SyncKey::START, |key| wire_id::key(&key));
    let folder = wire_id::folder(&id);
    let peek = session.engine().peek(session.caller, &session.device, folder, key, session.now)?;
    let failed = |status: u8| Element::new(RESPONSE).with(number(STATUS, status));
    let (kind, memo) = match peek {
        Peek::Known { kind, memo, .. } => (kind, memo),
        Peek::KeyUnknown { kind } => (kind, String::new()),
        Peek::FolderGone => return Ok(failed(FOLDER_UNKNOWN)),
    };
    let mut view = View::decode(&memo);
    // Before 14.0 it stands in the collection itself.
    let holder = asked.child(air_sync::OPTIONS).unwrap_or(asked);
    if let Some(filter) = filter(holder).map_err(|_| CommonStatus::InvalidXml)? {
        view.filter = filter;
    }
    let window = view.window(kind).ok_or(CommonStatus::InvalidXml)?;
    match session.engine().estimate(session.caller, &session.device, folder, key, window, session.now)? {
        Estimate::FolderGone => Ok(failed(FOLDER_UNKNOWN)),
        Estimate::KeyUnknown if key == SyncKey::START => Ok(failed(NOT_PRIMED)),
        Estimate::KeyUnknown => Ok(failed(KEY_INVALID)),
        Estimate::Count(count) => {
            let mut collection = Element::new(COLLECTION);
            if session.version < Version::V14_0 {
                collection.push(Element::text(CLASS, class(kind)));
            }
            collection.push(Element::text(COLLECTION_ID, id.as_ref()));
            collection.push(number(ESTIMATE, count));
            Ok(Element::new(RESPONSE).with(number(STATUS, DONE)).with(collection))
        }
    }
}
