//! The answer to a write that access does not allow.

use access::map::webdav::{On, needed};
use access::why::Need;
use engine::DeniedId;

use crate::reply::Reply;
use crate::xml::{COMITY, DAV, Xml};

/// Returns the answer: what is missing, where, and under which number the write is kept.
pub(crate) fn denied(id: Option<DeniedId>, need: Need, (itself, parent): (&str, &str)) -> Reply {
    let (privilege, on) = needed(need);
    let href = match on {
        On::Itself => itself,
        On::Parent => parent,
    };
    let mut xml = Xml::document(DAV, "error");
    xml.open(DAV, "need-privileges").open(DAV, "resource").href(href).open(DAV, "privilege");
    xml.empty(if privilege.is_ours() { COMITY } else { DAV }, privilege.as_str());
    let reply = Reply::xml(403, xml);
    match id {
        Some(id) => reply.with_header("comity-denied", id.to_string()),
        None => reply,
    }
}
