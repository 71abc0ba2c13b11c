//! free-busy-query.

use std::fmt::Write as _;

use engine::{BusyTime, Timestamp};
use items::Kind;
use items::event::Busy;
use jiff::SignedDuration;

use super::span;
use crate::context::{Context, OrReply as _};
use crate::reply::Reply;
use crate::target::Target;
use crate::xml::{CALDAV, DAV, Element};

/// Days that one question covers at most.
pub(crate) const MAX_DAYS: i64 = 731;

/// Tells when the time of a calendar is taken.
pub(super) fn free_busy(context: &Context<'_>, (target, root): (&Target, &Element)) -> Result<Reply, Reply> {
    let Target::Folder(place) = target else { return Err(Reply::failed(403, DAV, "supported-report")) };
    if place.folder.kind != Kind::Calendar {
        return Err(Reply::failed(403, DAV, "supported-report"));
    }
    let asked = root.child(CALDAV, "time-range").and_then(span::of);
    let asked = asked.ok_or_else(|| Reply::empty(400))?;
    let most = SignedDuration::from_hours(24 * MAX_DAYS);
    if asked.to.duration_since(asked.from) > most {
        return Err(Reply::failed(403, DAV, "number-of-matches-within-limits"));
    }
    let times =
        context.engine.busy_times(context.caller, place.folder.id, (asked.from, asked.to), context.now);
    let times = times.or_reply()?.ok_or_else(Reply::absent)?;
    let mut text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Comity//Comity//EN\r\nBEGIN:VFREEBUSY\r\nDTSTAMP:{}\r\n\
         DTSTART:{}\r\nDTEND:{}\r\n",
        utc(context.now),
        utc(asked.from),
        utc(asked.to)
    );
    for BusyTime { from, to, busy } in &times {
        let kind = match busy {
            Busy::Tentative => "BUSY-TENTATIVE",
            Busy::Away => "BUSY-UNAVAILABLE",
            Busy::Busy | Busy::Free | Busy::Elsewhere => "BUSY",
        };
        let _ = write!(text, "FREEBUSY;FBTYPE={kind}:{}/{}\r\n", utc(*from), utc(*to));
    }
    text.push_str("END:VFREEBUSY\r\nEND:VCALENDAR\r\n");
    let content_type = Some("text/calendar; charset=utf-8".to_owned());
    Ok(Reply { content_type, body: text.into_bytes(), ..Reply::empty(200) })
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
