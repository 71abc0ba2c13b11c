//! The desk of one admin: what all his pages need.

use engine::{Actor, Admin, By, Caller, Engine, Timestamp, Via};

use crate::answer::Refusal;
use crate::ask::Visit;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::words::key;

/// The admin's pages that stand above each of them: the address and the text.
const TABS: &[(&str, &str)] = &[
    ("/admin/users", key("admin-users")),
    ("/admin/groups", key("admin-groups")),
    ("/admin/spaces", key("space-title")),
    ("/admin/devices", key("device-title")),
    ("/admin/audit", key("audit-title")),
    ("/admin/notice", key("notice-title")),
];

/// What a form came to.
#[derive(Debug)]
pub(super) enum Done {
    /// It is done, and this page is shown next.
    Go(String),
    /// It is done, and the page says this, once.
    Tell(String),
}

/// The desk of one admin.
pub(super) struct Desk<'a> {
    visit: &'a Visit<'a>,
    frame: Frame,
    wrong: Option<Wrong>,
    told: Option<String>,
}

/// Why a form was not carried out.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    pub(super) text: String,
    pub(super) detail: Option<String>,
}

/// A link above the page.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) to: &'static str,
    pub(super) text: String,
    pub(super) is_here: bool,
}

/// What stands above a page of the admin's.
pub(super) struct Head {
    pub(super) tabs: Vec<Tab>,
    pub(super) wrong: Option<Wrong>,
    pub(super) told: Option<String>,
    typed: Fields,
}

impl Head {
    /// Returns what was typed into a field of a form that was not carried out.
    pub(super) fn typed(&self, name: &str) -> &str {
        self.typed.get(name)
    }
}

impl<'a> Desk<'a> {
    /// Opens the desk; for those who are no admins it is not there.
    pub(super) fn open(visit: &'a Visit<'a>) -> Result<Self, Refusal> {
        if !visit.caller().is_admin() {
            return Err(Refusal::NotFound);
        }
        Ok(Self { visit, frame: visit.ask.frame(), wrong: None, told: None })
    }

    /// Returns the engine.
    pub(super) fn engine(&self) -> &'a Engine {
        self.visit.ask.engine()
    }

    /// Returns who asks.
    pub(super) fn actor(&self) -> Actor<'_> {
        Actor::User(self.visit.caller())
    }

    /// Returns the admin himself.
    pub(super) fn caller(&self) -> &Caller {
        self.visit.caller()
    }

    /// Returns who asks, and from where.
    pub(super) fn by(&self) -> By<'_> {
        let via = Via { protocol: "web", device: "", address: &self.visit.ask.connection.address };
        By { actor: self.actor(), via }
    }

    /// Returns what the admin may do, in his own name.
    pub(super) fn admin(&self) -> Admin<'_> {
        self.engine().admin(self.by())
    }

    /// Returns when the request came.
    pub(super) const fn now(&self) -> Timestamp {
        self.visit.ask.now
    }

    /// Returns the fields after the `?`.
    pub(super) const fn query(&self) -> &Fields {
        &self.visit.ask.query
    }

    /// Returns the form that was sent.
    pub(super) fn form(&self) -> Result<&Fields, Refusal> {
        self.visit.form()
    }

    /// Returns the texts and what stands around the page.
    pub(super) const fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Returns what stands above the page.
    pub(super) fn head(&self) -> Head {
        let here = self.visit.ask.path.as_str();
        let is_here =
            |to: &str| here.strip_prefix(to).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let tabs = TABS.iter().map(|(to, key)| Tab { to, text: self.frame.say(key), is_here: is_here(to) });
        let form = self.form().ok().filter(|_| self.wrong.is_some());
        Head {
            tabs: tabs.collect(),
            wrong: self.wrong.clone(),
            told: self.told.clone(),
            typed: form.cloned().unwrap_or_default(),
        }
    }

    /// Says above the page what was done.
    pub(super) fn tell(&mut self, text: String) {
        self.told = Some(text);
    }

    /// Says above the page why a form was not carried out, where who sent it can do something about it.
    pub(super) fn refuse(&mut self, refusal: Refusal) -> Result<(), Refusal> {
        let text = match &refusal {
            Refusal::Said(text) => {
                self.wrong = Some(Wrong { text: text.clone(), detail: None });
                return Ok(());
            }
            Refusal::Engine(engine::Error::Exists { .. }) => key("admin-exists"),
            Refusal::Engine(engine::Error::NotFound { .. }) => key("admin-gone"),
            Refusal::Engine(engine::Error::Invalid { .. }) => key("admin-invalid"),
            Refusal::NotLoggedIn
            | Refusal::Token
            | Refusal::NotFound
            | Refusal::Form(_)
            | Refusal::Engine(
                engine::Error::Refused { .. }
                | engine::Error::Busy(_)
                | engine::Error::Full(_)
                | engine::Error::Store(_),
            ) => return Err(refusal),
        };
        self.wrong = Some(Wrong { text: self.frame.say(text), detail: Some(refusal.to_string()) });
        Ok(())
    }

    /// Returns why a form with this button is not carried out.
    pub(super) fn no_such_button(&self) -> Refusal {
        Refusal::Said(self.frame.say("admin-no-button"))
    }

    /// Returns the admin's own name.
    pub(super) fn name(&self) -> &str {
        self.visit.caller().name()
    }

    /// Checks that the name was typed of what is to be removed with all it has.
    pub(super) fn check_typed(&self, name: &str) -> Result<(), Refusal> {
        if self.form()?.get("typed").trim() == name {
            return Ok(());
        }
        Err(Refusal::Said(self.frame.with("admin-type-name", "name", name)))
    }

    /// Returns that it is done, and that `to` is shown next.
    pub(super) fn saved(to: &str) -> Done {
        Done::Go(format!("{to}?done=saved"))
    }
}
