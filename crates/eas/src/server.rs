//! The server without its sockets: a request in, an answer or a wait out.

use std::ops::RangeInclusive;
use std::sync::Arc;

use engine::{Caller, Device, DeviceError, Engine, FolderId, PrincipalId, Timestamp};
use wbxml::Element;

use crate::activity::Activities;
use crate::auth::Credentials;
use crate::command::item_operations::Wanted;
use crate::command::{self, Session};
use crate::orders;
use crate::payload;
use crate::policy::Policy;
use crate::provisioning::Rounds;
use crate::quirk::Quirks;
use crate::quota::{Quota, Rates};
use crate::redirect::Redirect;
use crate::reply::Reply;
use crate::request::{Command, Request, Version};
use crate::status::CommonStatus;

/// Bytes of a body that is looked at where it came in.
const MAX_GLANCED_AT: usize = 4096;

/// What the admin decides for ActiveSync.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The address of this server as phones reach it, without a path; without it, that of the request.
    pub public_url: Option<String>,
    /// Whether a phone must provision before it gets anything.
    pub provision: Provisioning,
    /// Who is sent to another server; the first that is for a user counts.
    pub redirects: Vec<Redirect>,
    /// What phones are asked, the first that is for a user; who has none is asked nothing.
    pub policies: Vec<Policy>,
    /// Whether a required policy may be applied in part.
    pub partial: Partial,
    /// What one request may cost.
    pub limits: Limits,
    /// How often phones may ask.
    pub rates: Rates,
}

/// Whether phones must provision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Provisioning {
    /// Those that ask get a permissive policy; nobody must.
    #[default]
    Offered,
    /// A phone without the current policy key gets nothing else.
    Required,
}

/// Whether a required policy may be applied in part, by phones that cannot do all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Partial {
    /// It may.
    #[default]
    Accepted,
    /// Such a phone is refused.
    Refused,
}

/// What one request may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Seconds a Ping or a Sync may wait.
    pub heartbeat_s: RangeInclusive<u32>,
    /// Items of one folder in one answer.
    pub window: usize,
    /// Changes a phone may send in one request; what is beyond it has to be sent again.
    pub commands: usize,
    /// Folders in one request.
    pub folders: usize,
    /// Moves in one request.
    pub moves: usize,
    /// Operations in one ItemOperations request.
    pub operations: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of content after which an answer takes no further item.
    pub answer_bytes: usize,
    /// Seconds that a request waits for another one of its device to be done.
    pub turn_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            heartbeat_s: 60..=3540,
            window: 512,
            commands: 1000,
            folders: 300,
            moves: 500,
            operations: 100,
            body_bytes: 50 * 1024 * 1024,
            answer_bytes: 4 * 1024 * 1024,
            turn_s: 30,
        }
    }
}

/// ActiveSync over one engine. Plain functions: who drives it decides about threads and time.
#[derive(Debug)]
pub struct Server {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    pub(crate) quota: Quota,
    pub(crate) activities: Activities,
    pub(crate) rounds: Rounds,
}

/// What comes of a request.
#[derive(Debug)]
pub enum Answer {
    /// It is answered.
    Reply(Reply),
    /// There is nothing to say yet.
    Wait(Wait),
}

/// An answer that took no more than a look.
#[derive(Debug)]
pub struct Glanced {
    /// Who asked.
    pub user: PrincipalId,
    /// The answer.
    pub reply: Reply,
}

/// A phone that waits for something to happen.
#[derive(Debug)]
pub struct Wait {
    /// The phone.
    pub device: Device,
    /// The folders it watches. It hears of its hierarchy in any case.
    pub folders: Vec<FolderId>,
    /// The folders it shows inside those: what happens there it hears of too.
    pub merged: Vec<FolderId>,
    /// When it is answered at the latest.
    pub until: Timestamp,
    pub(crate) version: Version,
    pub(crate) dates: payload::Dates,
    pub(crate) resume: Resume,
}

/// What goes on when the wait is over.
#[derive(Debug)]
pub(crate) enum Resume {
    Ping,
    Sync(Box<command::sync::Asked>),
}

/// Why a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Something changed that may concern the phone.
    Changed,
    /// The time is up.
    TimeUp,
    /// A newer request of the same phone came.
    GivenUp,
}

/// Why a request as a whole has no ordinary answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is answered with a status that any command can have.
    Common(CommonStatus),
    /// The engine could not do it; nothing was done.
    Engine(engine::Error),
}

impl From<CommonStatus> for Failure {
    fn from(status: CommonStatus) -> Self {
        Self::Common(status)
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::TooMany { .. } => Self::Common(CommonStatus::MaximumDevicesReached),
            DeviceError::Engine(error) => Self::Engine(error),
        }
    }
}

impl Failure {
    fn status(&self) -> CommonStatus {
        match self {
            Self::Common(status) => *status,
            Self::Engine(error) => {
                tracing::warn!(error = %chain(error), "a request could not be carried out");
                common(error)
            }
        }
    }
}

/// Returns the status that tells a phone of an error; the phone keeps what it has and sends it again.
const fn common(error: &engine::Error) -> CommonStatus {
    match error {
        engine::Error::Busy(_) | engine::Error::Full(_) | engine::Error::Store(_) => {
            CommonStatus::ServerErrorRetryLater
        }
        engine::Error::NotFound { .. } => CommonStatus::InvalidIds,
        engine::Error::Refused { .. } => CommonStatus::AccessDenied,
        engine::Error::Exists { .. } | engine::Error::Invalid { .. } => CommonStatus::InvalidXml,
    }
}

/// Returns an error with its causes, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl Server {
    /// Returns a server over `engine`.
    #[must_use]
    pub fn new(engine: Arc<Engine>, settings: Settings) -> Self {
        let quota = Quota::new(settings.rates);
        Self { engine, settings, quota, activities: Activities::default(), rounds: Rounds::default() }
    }

    /// Returns the engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns what devices are doing.
    #[must_use]
    pub const fn activities(&self) -> &Activities {
        &self.activities
    }

    /// Returns the settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Answers a request of a user who has logged in, or tells what its phone waits for.
    #[must_use]
    pub fn handle(&self, caller: &Caller, request: &Request, body: &[u8], now: Timestamp) -> Answer {
        if let Some(reply) = self.redirected(caller) {
            return Answer::Reply(reply);
        }
        self.answered(caller, request, body, now).unwrap_or_else(|failure| refused(request, &failure))
    }

    /// Answers a Sync in which nothing changed on either side, if one look is enough to see that. It waits for
    /// nobody, so it can be asked where waiting is not allowed. Returns `None` where the request has to take the
    /// ordinary way: log in, then [`Server::handle`].
    #[must_use]
    pub fn glance(
        &self,
        credentials: &Credentials,
        request: &Request,
        body: &[u8],
        now: Timestamp,
    ) -> Option<Glanced> {
        let sent_away = !self.settings.redirects.is_empty();
        if request.command != Command::Sync || body.len() > MAX_GLANCED_AT || sent_away {
            return None;
        }
        let root = decode(body).ok()?;
        let login = (credentials.user(), credentials.password());
        let looked = self.engine.look(login, &address(request), now, |look| {
            let quiet = self.is_provisioned_at_a_glance(request, look.policy_key())
                && command::sync::is_quiet(look, root.as_ref(), &self.settings.limits)?
                && self.quota.request(look.device(), now).is_ok();
            if quiet {
                self.activities.glanced(look.device(), now);
            }
            Ok(quiet.then(|| Glanced { user: look.user(), reply: Reply::empty(200) }))
        });
        // A look that failed has told nobody anything: the ordinary way tells.
        looked.ok().flatten().flatten()
    }

    /// Answers a phone that waited, or tells what it goes on waiting for.
    #[must_use]
    pub fn resume(&self, caller: &Caller, wait: Wait, why: Woken, now: Timestamp) -> Answer {
        let Wait { device, folders, merged: _, until, version, dates, resume } = wait;
        let why = if now >= until { Woken::TimeUp } else { self.woken(&device, why) };
        let command = match resume {
            Resume::Ping => Command::Ping,
            Resume::Sync(_) => Command::Sync,
        };
        let seen = Self::goes_on(&device, command, version);
        let session = Session { server: self, caller, device, version, dates, now };
        let answer = match resume {
            Resume::Ping => command::ping::resume(session, folders, until, why),
            Resume::Sync(asked) => command::sync::resume(session, *asked, (folders, until), why),
        };
        self.ends(seen, answer, now)
    }

    fn answered(
        &self,
        caller: &Caller,
        request: &Request,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Answer, Failure> {
        if !request.command.is_answered() || !request.command.is_of(request.version) {
            return Err(CommonStatus::CommandNotSupported.into());
        }
        // Up to 12.1 a message comes as it is.
        let root = if command::send_mail::is_plain(request) { None } else { decode(body)? };
        if let Some(reply) = command::folder_sync::account_check(request) {
            return Ok(Answer::Reply(reply));
        }
        let device = self.engine.device(caller, &address(request), now)?;
        if let Err(wait_s) = self.quota.request(device.id, now) {
            return Ok(Answer::Reply(Reply::empty(503).with_header("retry-after", wait_s)));
        }
        let seen = self.begins((caller, &device), (request, root.as_ref()), now);
        let answer =
            self.in_order((caller, device), request, (root.as_ref(), body), now).unwrap_or_else(|failure| {
                self.failed(&seen, &failure, now);
                refused(request, &failure)
            });
        Ok(self.ends(seen, answer, now))
    }

    /// Answers a request of a device that is known and not too busy.
    fn in_order(
        &self,
        (caller, mut device): (&Caller, Device),
        request: &Request,
        (root, body): (Option<&Element>, &[u8]),
        now: Timestamp,
    ) -> Result<Answer, Failure> {
        if let Some(status) = orders::refusal(request, &device.orders) {
            return Err(status.into());
        }
        self.check_policy(caller, request, &device, now)?;
        let Quirks { dates, habits } = Quirks::of(request.device.kind(), &request.agent);
        device.habits = habits;
        let session = Session { server: self, caller, device, version: request.version, dates, now };
        dispatch(session, request, root, body)
    }

    /// Returns why a wait is over. One whose device was forgotten or got orders meanwhile is given up: its next request
    /// is told what there is to tell.
    fn woken(&self, device: &Device, why: Woken) -> Woken {
        let ordered = || self.engine.device_orders(device.id).is_ok_and(|now| now != Some(device.orders));
        if why == Woken::Changed && ordered() { Woken::GivenUp } else { why }
    }
}

/// Returns the answer to a request that failed as a whole.
fn refused(request: &Request, failure: &Failure) -> Answer {
    let reply = Reply::common(request, failure.status());
    tracing::debug!(command = %request.command, ?failure, status = reply.status, "a request failed as a whole");
    Answer::Reply(reply)
}

fn address(request: &Request) -> engine::DeviceAddress<'_> {
    engine::DeviceAddress {
        id: request.device.id(),
        kind: request.device.kind(),
        agent: &request.agent,
        version: request.version.name(),
    }
}

fn decode(body: &[u8]) -> Result<Option<Element>, Failure> {
    if body.is_empty() {
        return Ok(None);
    }
    wbxml::decode(body, &wbxml::Limits::default()).map(Some).map_err(|error| {
        tracing::debug!(%error, "a body could not be decoded");
        CommonStatus::InvalidWbxml.into()
    })
}

fn dispatch(
    session: Session<'_>,
    request: &Request,
    root: Option<&Element>,
    body: &[u8],
) -> Result<Answer, Failure> {
    match request.command {
        Command::Sync => command::sync::handle(session, root),
        Command::Ping => command::ping::handle(session, root),
        Command::FolderSync => command::folder_sync::handle(&session, root).map(Answer::Reply),
        Command::FolderCreate => command::folder_change::create(&session, root).map(Answer::Reply),
        Command::FolderUpdate => command::folder_change::update(&session, root).map(Answer::Reply),
        Command::FolderDelete => command::folder_change::delete(&session, root).map(Answer::Reply),
        Command::MoveItems => command::move_items::handle(&session, root).map(Answer::Reply),
        Command::GetItemEstimate => command::get_item_estimate::handle(&session, root).map(Answer::Reply),
        Command::ItemOperations => {
            let wanted = if request.multipart { Wanted::Parts } else { Wanted::Inline };
            command::item_operations::handle(&session, root, wanted).map(Answer::Reply)
        }
        Command::Settings => command::settings::handle(&session, root).map(Answer::Reply),
        Command::Provision => command::provision::handle(&session, root).map(Answer::Reply),
        Command::Search => command::search::handle(&session, root).map(Answer::Reply),
        Command::ResolveRecipients => command::resolve_recipients::handle(&session, root).map(Answer::Reply),
        Command::ValidateCert => command::validate_cert::handle(root).map(Answer::Reply),
        Command::Find => command::find::handle(&session, root).map(Answer::Reply),
        Command::GetAttachment => command::get_attachment::handle(&session, request).map(Answer::Reply),
        Command::GetHierarchy => command::get_hierarchy::handle(&session).map(Answer::Reply),
        Command::MeetingResponse => {
            command::meeting_response::handle(&session, request, root).map(Answer::Reply)
        }
        Command::SendMail | Command::SmartForward | Command::SmartReply => {
            command::send_mail::handle(&session, request, root, body).map(Answer::Reply)
        }
        Command::CreateCollection | Command::DeleteCollection | Command::MoveCollection => {
            Err(CommonStatus::CommandNotSupported.into())
        }
    }
}
