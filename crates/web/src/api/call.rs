//! One call of the API: who asks, and with what.

use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::{Actor, Admin, By, Caller, Engine, FolderId, FolderPath, Timestamp, Via};

use super::problem::Problem;
use crate::ask::is_same;
use crate::site::Site;
use crate::{cookie, origin};

/// Bytes of an `Authorization` header that are looked at.
const MAX_AUTHORIZATION: usize = 2048;
/// The header in which a page's script sends its session's token.
pub(crate) const TOKEN: &str = "x-comity-token";

/// One call of somebody who showed who he is.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The engine.
    pub(crate) engine: &'a Engine,
    /// Who asks.
    pub(crate) caller: Caller,
    /// When.
    pub(crate) now: Timestamp,
    address: String,
    parameters: &'a [(String, String)],
}

impl<'a> Call<'a> {
    /// Finds out who asks: by name and password or app password, or by the session of a browser.
    pub(crate) fn of(
        site: &'a Site,
        head: &Parts,
        parameters: &'a [(String, String)],
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let connection = origin::connection(head);
        let engine: &Engine = &site.engine;
        let caller = match basic(head)? {
            Some((name, password)) => engine.login(&name, &password, connection.address.as_str(), now)?,
            None => by_session(site, head, now)?,
        };
        Ok(Self { engine, caller, now, address: connection.address, parameters })
    }

    /// Returns who asks, as an actor.
    pub(crate) const fn actor(&self) -> Actor<'_> {
        Actor::User(&self.caller)
    }

    /// Returns who asks and from where, for the audit log.
    pub(crate) fn by(&self) -> By<'_> {
        By { actor: self.actor(), via: Via { protocol: "api", device: "", address: &self.address } }
    }

    /// Returns what system admins may do, and users with what is theirs, as done by who asks.
    pub(crate) fn admin(&self) -> Admin<'_> {
        self.engine.admin(self.by())
    }

    /// Refuses whoever is no system admin.
    pub(crate) fn as_admin(&self) -> Result<&Self, Problem> {
        self.engine.require_admin(&self.caller)?;
        Ok(self)
    }

    /// Refuses whoever is neither a system admin nor the user of this name.
    pub(crate) fn as_admin_or(&self, user: &str) -> Result<&Self, Problem> {
        if self.caller.name() == user { Ok(self) } else { self.as_admin() }
    }

    /// Returns a text that stands in the address.
    pub(crate) fn text(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Returns a number that stands in the address. What is none names nothing.
    pub(crate) fn number(&self, name: &str) -> Result<i64, Problem> {
        self.text(name).parse().map_err(|_| Problem::not_found())
    }

    /// Returns the folder whose number stands in the address.
    pub(crate) fn folder(&self) -> Result<FolderId, Problem> {
        self.number("folder").map(FolderId)
    }

    /// Returns the account and path of that folder, if who asks may know of it.
    pub(crate) fn place(&self) -> Result<(String, FolderPath), Problem> {
        let list = self.engine.access_list(self.actor(), self.folder()?, self.now)?;
        Ok((list.owner.name, FolderPath::try_from(list.folder.path.as_str())?))
    }
}

/// Reads a path that was asked with.
pub(crate) fn path(text: &str) -> Result<FolderPath, Problem> {
    Ok(FolderPath::try_from(text)?)
}

fn by_session(site: &Site, head: &Parts, now: Timestamp) -> Result<Caller, Problem> {
    let nobody = || Problem::new(StatusCode::UNAUTHORIZED, "log in with name and password");
    let connection = origin::connection(head);
    let secret = cookie::read(&head.headers, connection.transport).ok_or_else(nobody)?;
    let session = site.engine.session(&secret, now)?.ok_or_else(nobody)?;
    if !head.method.is_safe() {
        let token = head.headers.get(TOKEN).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let own = origin::is_own(head, site.settings.public_url.as_deref());
        if !own || !is_same(token, &session.csrf) {
            let detail =
                format!("a browser's session changes things with its token in {TOKEN}, from a page here");
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
    }
    Ok(session.caller)
}

/// Returns name and password; `None` where the request has no such header.
fn basic(head: &Parts) -> Result<Option<(String, String)>, Problem> {
    let Some(value) = head.headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let wrong = || Problem::new(StatusCode::UNAUTHORIZED, "only Basic is understood, with UTF-8");
    let text = value.to_str().map_err(|_| wrong())?;
    let (scheme, encoded) = text.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > MAX_AUTHORIZATION {
        return Err(wrong());
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| wrong())?;
    let decoded = String::from_utf8(decoded).map_err(|_| wrong())?;
    let (name, password) = decoded.split_once(':').ok_or_else(wrong)?;
    if decoded.contains('\0') {
        return Err(wrong());
    }
    Ok(Some((name.to_owned(), password.to_owned())))
}
