//! OPTIONS.

use crate::reply::Reply;

/// The methods there are.
pub(crate) const ALLOW: &str = "OPTIONS, GET, HEAD, PUT, DELETE, MKCOL, MKCALENDAR, PROPFIND, REPORT";
/// What a client may count on.
const CLASSES: &str = "1, 3, access-control, calendar-access, addressbook, extended-mkcol";

/// Says what there is.
pub(crate) fn options() -> Reply {
    Reply::empty(200).with_header("allow", ALLOW).with_header("dav", CLASSES)
}
