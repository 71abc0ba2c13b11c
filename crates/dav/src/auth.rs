//! The credentials a request carries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of an Authorization header at most.
const MAX_AUTHORIZATION: usize = 1024;

/// A name and a password that nobody checked yet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Returns the credentials of a Basic Authorization header, in UTF-8; `None` where there are none.
    pub(crate) fn parse(authorization: Option<&[u8]>) -> Option<Self> {
        let header = authorization.filter(|header| header.len() <= MAX_AUTHORIZATION)?.trim_ascii();
        let (scheme, token) = header.split_at_checked(6)?;
        if !scheme.eq_ignore_ascii_case(b"basic ") {
            return None;
        }
        let text = String::from_utf8(STANDARD.decode(token.trim_ascii()).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        if user.is_empty() || user.contains(char::is_control) || password.contains('\0') {
            return None;
        }
        Some(Self { user: user.to_owned(), password: password.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scheme: &str, text: &str) -> Option<Credentials> {
        Credentials::parse(Some(format!("{scheme} {}", STANDARD.encode(text)).as_bytes()))
    }

    #[test]
    fn a_name_and_a_password_are_read() {
        let read = of("basic", "änna:a:b").unwrap();
        assert_eq!((read.user.as_str(), read.password.as_str()), ("änna", "a:b"));
        assert!(!format!("{read:?}").contains("a:b"));
    }

    #[test]
    fn all_else_holds_none() {
        for bad in [
            of("Bearer", "a:b"),
            of("Basic", "ab"),
            of("Basic", ":b"),
            of("Basic", "a\n:b"),
            of("Basic", "a:\0"),
        ] {
            assert_eq!(bad, None);
        }
        assert_eq!(Credentials::parse(None), None);
        assert_eq!(Credentials::parse(Some(b"Basic %%%")), None);
        let at = |bytes: usize| of("Basic", &format!("a:{}", "x".repeat(bytes)));
        assert!(at(760).is_some());
        assert!(at(764).is_none(), "past the limit of the header");
    }
}
