//! A phone that waits: what wakes it, and what it is told then.

use std::sync::Arc;
use std::time::Duration;

use engine::{Caller, DeviceId};

use super::{Shell, crowded, in_turn, work};
use crate::reply::Reply;
use crate::request::Command;
use crate::server::{Answer, Server, Wait, Woken};
use crate::wait::{Arrival, Mark};

/// A phone that waits, and who it is.
pub(super) struct Waits {
    pub(super) caller: Caller,
    pub(super) arrival: Arrival,
    pub(super) mark: Mark,
    pub(super) wait: Wait,
}

/// Waits until there is something to say, or the time is up.
pub(super) async fn waited(shell: &Arc<Shell>, waits: Waits) -> Reply {
    let Waits { caller, arrival, mut mark, mut wait } = waits;
    let caller = Arc::new(caller);
    let _line = Line::of(&shell.server, wait.device.id);
    loop {
        let left = wait.until.duration_since((shell.clock)());
        let left = Duration::try_from(left).unwrap_or_default();
        let watched = [wait.folders.as_slice(), &wait.merged].concat();
        let mut waiting = arrival.wait(&watched, mark);
        let why = tokio::time::timeout(left, waiting.woken()).await.unwrap_or(Woken::TimeUp);
        drop(waiting);
        // One that is given up looks at nothing, and the request that ended it may have the turn.
        let turn = match (why, shell.turns.join(caller.user(), &wait.device.address)) {
            (Woken::GivenUp, _) => None,
            (Woken::Changed | Woken::TimeUp, None) => return crowded(),
            (Woken::Changed | Woken::TimeUp, Some(mut turn)) => match in_turn(shell, &mut turn).await {
                Ok(()) => Some(turn),
                Err(reply) => return reply,
            },
        };
        let caller = Arc::clone(&caller);
        let looked = work(shell, move |shell, now| {
            let _turn = turn;
            let mark = shell.hub.mark();
            (mark, shell.server.resume(&caller, wait, why, now))
        });
        match looked.await {
            Ok((_, Answer::Reply(reply))) | Err(reply) => return reply,
            Ok((since, Answer::Wait(goes_on))) => (mark, wait) = (since, goes_on),
        }
    }
}

/// The connection of a phone that waits. Where it is dropped before the answer, the phone hung up.
struct Line {
    server: Arc<Server>,
    device: DeviceId,
    number: u64,
}

impl Line {
    fn of(server: &Arc<Server>, device: DeviceId) -> Self {
        Self { server: Arc::clone(server), device, number: server.activities.number(device) }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.server.activities.hung_up(self.device, self.number);
    }
}

/// Returns whether a request ends the older waits of its phone: it changes what the phone holds or waits for.
pub(super) const fn ends_waits(command: Command) -> bool {
    matches!(
        command,
        Command::Sync
            | Command::Ping
            | Command::FolderSync
            | Command::FolderCreate
            | Command::FolderUpdate
            | Command::FolderDelete
            | Command::MoveItems
    )
}
