//! Users whose phones are sent to another server, for good.

use engine::Caller;

use crate::http::PATH;
use crate::reply::Reply;
use crate::server::Server;

/// Where some users' phones are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The address of the other server, without a path.
    pub to: String,
    /// Whose phones; everybody's where nobody is named.
    pub users: Vec<String>,
}

impl Redirect {
    fn is_for(&self, user: &str) -> bool {
        self.users.is_empty() || self.users.iter().any(|name| name == user)
    }
}

impl Server {
    /// Returns the address of the server that a user's phones are sent to, if they are.
    #[must_use]
    pub fn redirect(&self, caller: &Caller) -> Option<&str> {
        let found = self.settings.redirects.iter().find(|redirect| redirect.is_for(caller.name()));
        found.map(|redirect| redirect.to.trim_end_matches('/'))
    }

    /// Returns the answer that sends a user's phone to another server, if it is sent.
    pub(crate) fn redirected(&self, caller: &Caller) -> Option<Reply> {
        let mut reply = Reply::empty(451);
        reply.headers.push(("x-ms-location", format!("{}{PATH}", self.redirect(caller)?)));
        Some(reply)
    }
}
