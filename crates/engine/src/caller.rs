//! Who asks.

use store::id::PrincipalId;

/// A user who has shown who he is. Only a log-in and [`crate::Engine::act_as`] make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub(crate) user: PrincipalId,
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) email: Option<String>,
    pub(crate) admin: bool,
}

impl Caller {
    /// Returns the user's number.
    #[must_use]
    pub const fn user(&self) -> PrincipalId {
        self.user
    }

    /// Returns the user's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what people call the user.
    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// Returns the user's address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Returns whether the user is a system admin.
    #[must_use]
    pub const fn is_admin(&self) -> bool {
        self.admin
    }
}

/// On whose behalf a use case runs.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// The server's operator, at its own command line: no rights are asked for.
    Operator,
    /// A user, with his rights.
    User(&'a Caller),
}
