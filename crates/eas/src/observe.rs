//! What is noted of a request beside its answer: for who watches all devices, and for who traces one.

use engine::{Caller, Device, DeviceId, FolderId, Timestamp, TraceEntry};
use wbxml::Element;

use crate::activity::Place;
use crate::request::{Command, Request, Version};
use crate::server::{Answer, Failure, Server, chain};
use crate::status::CommonStatus;
use crate::trace;

/// A request, as it is noted.
#[derive(Debug)]
pub(crate) struct Seen {
    device: DeviceId,
    command: Command,
    version: Version,
    /// What came, as its trace shows it; `None` where nobody traces.
    request: Option<String>,
}

impl Server {
    /// Takes note that a request begins.
    pub(crate) fn begins(
        &self,
        (caller, device): (&Caller, &Device),
        (request, root): (&Request, Option<&Element>),
        now: Timestamp,
    ) -> Seen {
        self.activities.begin((caller, device), (request, root), now);
        let traced = device.orders.traced_until != 0;
        Seen {
            device: device.id,
            command: request.command,
            version: request.version,
            request: traced.then(|| trace::text(root)),
        }
    }

    /// Returns the note of a request that has waited.
    pub(crate) fn goes_on(device: &Device, command: Command, version: Version) -> Seen {
        let traced = device.orders.traced_until != 0;
        let request = traced.then(|| "(it waited)\n".to_owned());
        Seen { device: device.id, command, version, request }
    }

    /// Takes note of what became of a request, and returns it.
    pub(crate) fn ends(&self, seen: Seen, answer: Answer, now: Timestamp) -> Answer {
        self.activities.end(Place::of(seen.device, seen.command), &answer, now);
        let Seen { device, command, version, request: Some(request) } = seen else { return answer };
        let (outcome, text) = match &answer {
            Answer::Reply(reply) => (reply.status.to_string(), trace::reply(reply)),
            Answer::Wait(_) => ("waits".to_owned(), String::new()),
        };
        let entry =
            TraceEntry { at: now, head: format!("{command} {version} {outcome}"), request, answer: text };
        if let Err(error) = self.engine.add_trace(device, &entry, now) {
            tracing::warn!(error = %chain(&error), "a trace could not be written");
        }
        answer
    }

    /// Notes that a request failed as a whole, for `comity device show`. What an admin ordered himself is no trouble.
    pub(crate) fn failed(&self, seen: &Seen, failure: &Failure, now: Timestamp) {
        let status = match failure {
            Failure::Common(
                CommonStatus::DeviceBlocked | CommonStatus::RemoteWipe | CommonStatus::NotProvisioned,
            ) => return,
            Failure::Common(status) => status.value().to_string(),
            Failure::Engine(error) => error.to_string(),
        };
        self.note_trouble(seen.device, FolderId::TOP, &format!("{}: {status}", seen.command), now);
    }

    /// Notes that a device was not answered as it wished.
    pub(crate) fn note_trouble(&self, device: DeviceId, folder: FolderId, what: &str, now: Timestamp) {
        if let Err(error) = self.engine.note_trouble(device, folder, what, now) {
            tracing::debug!(error = %chain(&error), "a trouble could not be noted");
        }
    }
}
