//! What a device and the server say to each other, written down while an admin looks.

use crate::device::named;
use crate::device_order::time;
use crate::{Engine, Error};
use jiff::Timestamp;
use store::id::DeviceId;
use store::row;
use store::row::device::Orders;
use store::row::device_trace::TraceRow;

/// Entries kept of one device; past it the oldest go.
pub const MAX_TRACE_ENTRIES: i64 = 500;

/// The most bytes kept of a request or an answer; the rest is cut off.
pub const MAX_TRACE_BYTES: usize = 64 * 1024;

/// Days after which a trace ends by itself, and its entries go.
pub const TRACE_DAYS: i64 = 7;

const DAY_MS: i64 = crate::cursor::DAY_MS;

/// One request of a device and its answer, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceEntry {
    /// When it was answered.
    pub at: Timestamp,
    /// What was asked and how it ended, in a line.
    pub head: String,
    /// What came.
    pub request: String,
    /// What went back.
    pub answer: String,
}

impl Engine {
    /// Begins a device's trace, afresh, and returns when it ends by itself.
    ///
    /// # Errors
    /// When there is no such device, or the database fails.
    pub fn start_trace(&self, (user, address): (&str, &str), now: Timestamp) -> Result<Timestamp, Error> {
        let until = now.as_millisecond().saturating_add(TRACE_DAYS * DAY_MS);
        self.write(now, |work| {
            let row = named(work, user, address)?;
            row::device_trace::clear(work, row.id)?;
            Ok(row::device::set_orders(work, row.id, &Orders { traced_until: until, ..row.orders })?)
        })?;
        time(until)
    }

    /// Ends a device's trace; what was written down stays until the next one begins or the device is forgotten.
    ///
    /// # Errors
    /// When there is no such device, or the database fails.
    pub fn stop_trace(&self, (user, address): (&str, &str), now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let row = named(work, user, address)?;
            Ok(row::device::set_orders(work, row.id, &Orders { traced_until: 0, ..row.orders })?)
        })
    }

    /// Writes one request and its answer down, and lets go of what is too old or too much. A trace whose time is up
    /// ends instead.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_trace(&self, device: DeviceId, entry: &TraceEntry, now: Timestamp) -> Result<(), Error> {
        self.write(now, |work| {
            let Some(orders) = row::device::orders(work, device)? else { return Ok(()) };
            if orders.traced_until <= work.now_ms() {
                return Ok(row::device::set_orders(work, device, &Orders { traced_until: 0, ..orders })?);
            }
            let row = TraceRow {
                id: row::counter::next_id(work)?,
                at: entry.at.as_millisecond(),
                head: entry.head.clone(),
                request: cut(&entry.request),
                answer: cut(&entry.answer),
            };
            row::device_trace::insert(work, device, &row)?;
            let oldest = work.now_ms() - TRACE_DAYS * DAY_MS;
            Ok(row::device_trace::trim(work, device, oldest, MAX_TRACE_ENTRIES)?)
        })
    }

    /// Returns what was written down of a device, oldest first.
    ///
    /// # Errors
    /// When there is no such device, or the database fails.
    pub fn trace(&self, (user, address): (&str, &str)) -> Result<Vec<TraceEntry>, Error> {
        self.store.read(|q| {
            let device = named(q, user, address)?;
            row::device_trace::of(q, device.id)?.into_iter().map(entry).collect()
        })
    }
}

fn entry(row: TraceRow) -> Result<TraceEntry, Error> {
    let TraceRow { at, head, request, answer, .. } = row;
    Ok(TraceEntry { at: time(at)?, head, request, answer })
}

/// Returns the text as it is kept.
fn cut(text: &str) -> String {
    if text.len() <= MAX_TRACE_BYTES {
        return text.to_owned();
    }
    let end = (0..=MAX_TRACE_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let (kept, rest) = text.split_at(end);
    format!("{kept}\n({} more bytes)\n", rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let of_length = |bytes: usize| cut(&"a".repeat(bytes));
        assert_eq!(of_length(MAX_TRACE_BYTES).len(), MAX_TRACE_BYTES);
        assert!(of_length(MAX_TRACE_BYTES + 1).ends_with("a\n(1 more bytes)\n"));
        assert!(cut(&"ä".repeat(MAX_TRACE_BYTES)).starts_with('ä'), "never inside a character");
    }
}
