//! Requests on their way: lost, doubled, delayed, and answered by the real server over a store that may fail.

use eas::{Answer, Woken};
use phone::{AnswerError, Applied, Command, DeletesAfterMove, QuietSync, Request};
use store::Fault;
use wbxml::Element;

use super::model::User;
use super::store_faults::{Planned, Point};
use super::wire;
use super::world::{Late, World};
use super::{Check, Violation};

/// What came back of a request.
pub(super) struct Delivered {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// The store failed on the way.
    pub(super) struck: Option<Planned>,
}

/// Tells a phone that the key of its folders is unknown.
const HIERARCHY_KEY_UNKNOWN: u16 = 9;

/// The HTTP status for who may not log in.
const LOGGED_OUT: u16 = 401;

/// How many steps later a request comes at most.
const DELAY_STEPS: usize = 40;

impl World {
    /// Sends a phone's next request over the bad channel; false where it has nothing to say.
    pub(super) fn round(&mut self, phone: usize) -> Result<bool, Violation> {
        let Some(request) = self.handset(phone)?.phone.next_request() else { return Ok(false) };
        self.carry(phone, request)?;
        Ok(true)
    }

    /// Carries a request to the server, and its answer back, as far as they get.
    pub(super) fn carry(&mut self, phone: usize, request: Request) -> Check {
        let name =
            self.phones.get(phone).map_or_else(String::new, |handset| handset.phone.device_id().to_owned());
        let command = request.command;
        if self.dice.percent(self.rates.request_lost) {
            self.coverage.count("channel request lost");
            self.note(format!("{name}: {command} is lost"));
            return Ok(());
        }
        // What an empty Sync means depends on when it comes; a connection does not turn the order round.
        // Outlook is trusted to know what it moved itself: a move that is made when it has given up is lost on it.
        let habit = *self.handset(phone)?.phone.habit();
        let may_come_late = habit.quiet_sync == QuietSync::Whole
            && (command != Command::MoveItems || habit.deletes_after_move == DeletesAfterMove::Heeded);
        if may_come_late && self.dice.percent(self.rates.delayed) {
            self.coverage.count("channel delayed");
            self.note(format!("{name}: {command} is delayed"));
            self.delay(phone, request);
            return Ok(());
        }
        let mut delivered = self.deliver(phone, &request)?;
        if self.dice.percent(self.rates.doubled) {
            self.coverage.count("channel doubled");
            if may_come_late && self.dice.percent(50) {
                self.delay(phone, request.clone());
            } else {
                self.note(format!("{name}: {command} comes twice"));
                let second = self.deliver(phone, &request)?;
                if self.dice.percent(50) {
                    delivered = second;
                }
            }
        }
        if self.dice.percent(self.rates.answer_lost) {
            self.coverage.count("channel answer lost");
            self.note(format!("{name}: the answer is lost"));
            return Ok(());
        }
        self.hand_over(phone, &request, &delivered)
    }

    fn delay(&mut self, phone: usize, request: Request) {
        let due = self.step + self.dice.between(1, DELAY_STEPS);
        self.late.push(Late { phone, request, due });
    }

    /// Delivers what is due; nobody waits for the answers any more.
    pub(super) fn deliver_late(&mut self) -> Check {
        let step = self.step;
        let (due, waiting) = std::mem::take(&mut self.late).into_iter().partition(|late| late.due <= step);
        self.late = waiting;
        let due: Vec<Late> = due;
        for late in due {
            self.note("a late request arrives");
            self.deliver(late.phone, &late.request)?;
        }
        Ok(())
    }

    /// Gives a phone its answer. It may be a refusal only where the store failed.
    pub(super) fn hand_over(&mut self, phone: usize, request: &Request, delivered: &Delivered) -> Check {
        let handset = self.handset(phone)?;
        match handset.phone.apply(request, delivered.status, &delivered.body) {
            Ok(Applied::Done | Applied::Late) | Err(AnswerError::Http { status: LOGGED_OUT, .. }) => {}
            Err(AnswerError::Http { .. } | AnswerError::Refused { .. }) if delivered.struck.is_some() => {}
            Err(error) => return Err(Violation(format!("phone {phone}: {error}"))),
        }
        let restarts: u32 = handset.phone.folders().map(phone::Folder::restarts).sum();
        if restarts > 0 {
            return Err(Violation(format!("phone {phone} had to start a folder over")));
        }
        let lost = wire::decode(&delivered.body)?.map(|root| wire::number(&root));
        let about_folders = !matches!(request.command, Command::Sync | Command::MoveItems | Command::Ping);
        if about_folders && lost == Some(HIERARCHY_KEY_UNKNOWN) {
            return Err(Violation(format!("phone {phone} had to start its folders over")));
        }
        self.choose_folders(phone)
    }

    /// Delivers a request and explains everything it did.
    pub(super) fn deliver(&mut self, phone: usize, request: &Request) -> Result<Delivered, Violation> {
        let (name, kind) = {
            let handset = self.handset(phone)?;
            (handset.phone.device_id().to_owned(), handset.phone.kind())
        };
        let user = self.user_of(phone);
        let received = wire::received(self.name_of(user), (&name, kind), request)?;
        if self.is_shut_out(user, request.command) {
            self.note(format!("{name}: {} is refused at the door", request.command));
            return Ok(Delivered { status: LOGGED_OUT, body: Vec::new(), struck: None });
        }
        self.plan_fault();
        let caller = self.caller(user)?;
        let reply = match self.server.handle(caller, &received, &request.body, self.now) {
            Answer::Reply(reply) => reply,
            Answer::Wait(wait) => match self.server.resume(caller, wait, Woken::TimeUp, self.now) {
                Answer::Reply(reply) => reply,
                Answer::Wait(_) => return Err(Violation("a wait whose time is up goes on".to_owned())),
            },
        };
        let struck = self.faults.clear();
        if let Some(struck) = struck {
            let what = format!("store {:?} {}", struck.fault, struck.point.name());
            self.note(&what);
            self.coverage.count(what);
        }
        let root = wire::decode(&reply.body)?;
        self.note(format!(
            "{name}: {} -> {}",
            describe(request),
            describe_answer(reply.status, root.as_ref())
        ));
        let delivered = Delivered { status: reply.status, body: reply.body, struck };
        self.count_statuses(request.command, delivered.status, root.as_ref());
        match request.command {
            Command::Sync => self.explain_sync(phone, request, root.as_ref(), struck)?,
            Command::MoveItems => self.explain_moves(phone, request, root.as_ref(), struck)?,
            Command::FolderCreate | Command::FolderUpdate | Command::FolderDelete => {
                self.explain_folder(phone)?;
                self.explain_hiding(phone, wire::deleted_folder(request.root.as_ref()))?;
            }
            Command::FolderSync
            | Command::Ping
            | Command::Provision
            | Command::Settings
            | Command::ItemOperations => {}
            Command::SendMail => self.explain_letter(request, struck)?,
        }
        Ok(delivered)
    }

    /// Returns whether a request does not come past the log-in. Some of a suspended user's do: they were under way when
    /// it happened.
    fn is_shut_out(&mut self, user: User, command: Command) -> bool {
        if !self.model.suspended.contains(&user) {
            return false;
        }
        let under_way =
            matches!(command, Command::Sync | Command::Ping | Command::MoveItems) && self.dice.percent(20);
        self.coverage.count(if under_way { "suspended under way" } else { "suspended shut out" });
        !under_way
    }

    fn plan_fault(&mut self) {
        if !self.dice.percent(self.rates.store) {
            return;
        }
        let (point, most) = match self.dice.weighted(&[5, 2, 3]) {
            0 => (Point::Statement, 60),
            1 => (Point::BeforeCommit, 2),
            _ => (Point::AfterCommit, 2),
        };
        let fault = match (point, self.dice.below(3)) {
            (Point::AfterCommit, _) | (_, 0) => Fault::Lost,
            (Point::Statement | Point::BeforeCommit, 1) => Fault::Full,
            (Point::Statement | Point::BeforeCommit, _) => Fault::Busy,
        };
        let passes = self.dice.below(most);
        self.faults.set(Planned { point, fault, passes });
    }

    fn count_statuses(&mut self, command: Command, status: u16, root: Option<&Element>) {
        if status != 200 {
            self.coverage.count(format!("http {status}"));
        }
        let Some(root) = root else { return };
        self.coverage.count(format!("status {command} {}", wire::number(root)));
        if command == Command::Sync {
            for answered in wire::answered(Some(root)).into_values() {
                self.coverage.count(format!("status Sync collection {}", answered.status));
                let adds = answered.adds.values().map(|(status, _)| ("add", *status));
                let changes = answered.changes.values().map(|status| ("change", *status));
                for (what, status) in adds.chain(changes) {
                    self.coverage.count(format!("status Sync {what} {status}"));
                }
            }
        }
        if command == Command::MoveItems {
            for (status, _) in wire::moved(Some(root)).into_values() {
                self.coverage.count(format!("status Move {status}"));
            }
        }
    }
}

/// Returns a request in one line.
fn describe(request: &Request) -> String {
    match request.command {
        Command::Sync => {
            let asked = wire::asked(request.root.as_ref()).into_iter().map(|asked| {
                let told: Vec<String> = asked
                    .commands
                    .iter()
                    .map(|told| format!("{:?} {} {:?}{:?}", told.op, told.id, told.fields, told.emptied))
                    .collect();
                format!("[{} key {} {}]", asked.folder, asked.key, told.join(", "))
            });
            format!("Sync {}", asked.collect::<Vec<_>>().join(" "))
        }
        Command::MoveItems => format!("MoveItems {:?}", wire::moves(request.root.as_ref())),
        Command::FolderSync
        | Command::FolderCreate
        | Command::FolderUpdate
        | Command::FolderDelete
        | Command::Ping
        | Command::Provision
        | Command::Settings
        | Command::ItemOperations
        | Command::SendMail => request.command.to_string(),
    }
}

/// Returns an answer in one line.
fn describe_answer(status: u16, root: Option<&Element>) -> String {
    let Some(root) = root else { return format!("{status}, empty") };
    let said: Vec<String> = wire::answered(Some(root))
        .iter()
        .map(|(folder, said)| {
            let steps: Vec<String> =
                said.steps.iter().map(|step| format!("{} {}", step.verb, step.id)).collect();
            let (adds, changes) = (&said.adds, &said.changes);
            format!(
                "[{folder} status {} key {} {adds:?} {changes:?} {}]",
                said.status,
                said.key,
                steps.join(", ")
            )
        })
        .collect();
    let moved = wire::moved(Some(root));
    let pinged = root.elements().filter(|child| child.tag == wbxml::page::ping::FOLDERS);
    let pinged: Vec<String> =
        pinged.flat_map(Element::elements).map(|folder| folder.value().into_owned()).collect();
    let pinged = pinged.join(" ");
    let moved = if moved.is_empty() { String::new() } else { format!("{moved:?}") };
    format!("{status}, {} {}{moved}{pinged}", wire::number(root), said.join(" "))
}
