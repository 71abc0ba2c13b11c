//! The credentials a request carries.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use thiserror::Error;

/// The most bytes in a user's name, in UTF-8 and without the domain.
pub const MAX_USER: usize = 254;

/// The most bytes in a password, in UTF-8.
pub const MAX_PASSWORD: usize = 256;

/// The most bytes in an Authorization header; as much as the longest name and password take with a domain.
pub const MAX_AUTHORIZATION: usize = 1024;

/// Padded or not: phones do both.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A name and a password that nobody checked yet. Never shown: its Debug leaves the password out.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why an Authorization header holds no credentials. To the client all are the same 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthError {
    /// There is no Authorization header.
    #[error("no credentials")]
    Missing,
    /// The scheme is not Basic.
    #[error("the authorization scheme is not Basic")]
    Scheme,
    /// The header is not base64 of a name, a colon and a password, or the name has control characters.
    #[error("malformed credentials")]
    Malformed,
    /// The header, the name or the password is longer than it may be.
    #[error("credentials too long")]
    TooLong,
}

impl Credentials {
    /// Returns the credentials of a Basic Authorization header.
    ///
    /// They are UTF-8, or else Latin-1, which older phones send. Of `domain\user` the domain is dropped.
    ///
    /// # Errors
    ///
    /// Where there is no such header, it is malformed, or anything is longer than its limit.
    pub fn parse(authorization: Option<&[u8]>) -> Result<Self, AuthError> {
        let header = authorization.ok_or(AuthError::Missing)?;
        if header.len() > MAX_AUTHORIZATION {
            return Err(AuthError::TooLong);
        }
        let text = decoded(basic(header)?)?;
        let (user, password) = text.split_once(':').ok_or(AuthError::Malformed)?;
        let user = user.rsplit_once('\\').map_or(user, |(_, user)| user);
        if user.is_empty() || user.contains(char::is_control) || password.contains('\0') {
            return Err(AuthError::Malformed);
        }
        if user.len() > MAX_USER || password.len() > MAX_PASSWORD {
            return Err(AuthError::TooLong);
        }
        Ok(Self { user: user.to_owned(), password: password.to_owned() })
    }

    /// Returns the user's name, at least one character.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the password, which may be empty.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }
}

/// Returns what follows the scheme, which must be Basic, in any case.
fn basic(header: &[u8]) -> Result<&[u8], AuthError> {
    let header = header.trim_ascii();
    let end = header.iter().position(u8::is_ascii_whitespace).unwrap_or(header.len());
    let (scheme, token) = header.split_at_checked(end).ok_or(AuthError::Malformed)?;
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return Err(AuthError::Scheme);
    }
    Ok(token.trim_ascii_start())
}

fn decoded(token: &[u8]) -> Result<String, AuthError> {
    let bytes = BASE64.decode(token).map_err(|_| AuthError::Malformed)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| latin1(error.as_bytes())))
}

/// Decodes Latin-1, where every byte is the character of that number.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn parse(header: impl AsRef<[u8]>) -> Result<Credentials, AuthError> {
        Credentials::parse(Some(header.as_ref()))
    }

    fn basic_of(text: impl AsRef<[u8]>) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn pair(text: impl AsRef<[u8]>) -> Result<(String, String), AuthError> {
        parse(basic_of(text)).map(|read| (read.user, read.password))
    }

    fn of(user: &str, password: &str) -> (String, String) {
        (user.to_owned(), password.to_owned())
    }

    #[test]
    fn a_name_a_colon_and_a_password() {
        assert_eq!(pair("anna:secret"), Ok(of("anna", "secret")));
        assert_eq!(pair("anna:a:b\\c d "), Ok(of("anna", "a:b\\c d ")));
        assert_eq!(pair("anna@example.org:"), Ok(of("anna@example.org", "")));
    }

    #[test]
    fn the_domain_is_dropped() {
        assert_eq!(pair("work\\anna:secret"), Ok(of("anna", "secret")));
        assert_eq!(pair("\\anna:secret"), Ok(of("anna", "secret")));
        assert_eq!(pair("work\\:secret"), Err(AuthError::Malformed));
    }

    #[test]
    fn text_is_utf8_or_else_latin1() {
        assert_eq!(pair("jürgen:paßwort"), Ok(of("jürgen", "paßwort")));
        assert_eq!(pair(b"j\xFCrgen:pa\xDFwort"), Ok(of("jürgen", "paßwort")));
    }

    #[test]
    fn the_scheme_is_basic_in_any_case() {
        let token = STANDARD_NO_PAD.encode("anna:xy"); // two signs of padding are missing
        for header in [format!("basic {token}"), format!(" BASIC   {token} "), format!("Basic\t{token}==")] {
            assert_eq!(parse(&header).map(|read| read.user), Ok("anna".into()), "{header}");
        }
        for header in ["Bearer abc", "Negotiate", "Basicx abc", ""] {
            assert_eq!(parse(header), Err(AuthError::Scheme), "{header}");
        }
        assert_eq!(Credentials::parse(None), Err(AuthError::Missing));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for header in ["Basic", "Basic !!!", "Basic YW5uYTp4 YW5uYTp4", "Basic YW5uYTp4=YQ"] {
            assert_eq!(parse(header), Err(AuthError::Malformed), "{header}");
        }
        for text in ["", "anna", ":secret", "an\nna:x", "an\0na:x", "anna:x\0y", "an\u{85}na:x"] {
            assert_eq!(pair(text), Err(AuthError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn lengths_have_limits() {
        let of_lengths =
            |user, password| pair(format!("{}:{}", "u".repeat(user), "p".repeat(password))).map(|_| ());
        assert_eq!(of_lengths(MAX_USER - 1, MAX_PASSWORD - 1), Ok(()));
        assert_eq!(of_lengths(MAX_USER, MAX_PASSWORD), Ok(()));
        assert_eq!(of_lengths(MAX_USER + 1, 1), Err(AuthError::TooLong));
        assert_eq!(of_lengths(1, MAX_PASSWORD + 1), Err(AuthError::TooLong));
        let latin1 = [b"u:".to_vec(), vec![0xFC; MAX_PASSWORD / 2 + 1]].concat();
        assert_eq!(pair(latin1), Err(AuthError::TooLong), "counted in UTF-8");
        let of_header =
            |length: usize| parse(format!("{:<length$}", basic_of("anna:x"))).map(|read| read.user);
        assert_eq!(of_header(MAX_AUTHORIZATION - 1), Ok("anna".into()));
        assert_eq!(of_header(MAX_AUTHORIZATION), Ok("anna".into()));
        assert_eq!(of_header(MAX_AUTHORIZATION + 1), Err(AuthError::TooLong));
    }

    #[test]
    fn a_password_is_never_shown() {
        let shown = format!("{:?}", parse(basic_of("anna:secret")).unwrap());
        assert!(shown.contains("anna") && !shown.contains("secret"), "{shown}");
    }

    proptest! {
        #[test]
        fn any_header_is_credentials_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse(&bytes);
            let _ = parse(basic_of(&bytes));
        }
    }
}
