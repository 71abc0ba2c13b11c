//! Paths of addresses: taken apart once, and put together.

use thiserror::Error;

/// Where everything of this protocol stands.
pub const ROOT: &str = "/dav/";
/// Bytes of one segment at most.
pub const MAX_SEGMENT: usize = 255;
/// Segments below the root at most: an account, its folders, an item.
pub const MAX_SEGMENTS: usize = 18;

/// Why a path is none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PathError {
    /// It is not under the root.
    #[error("the address is not below {ROOT}")]
    Elsewhere,
    /// It is not written as an address is.
    #[error("the address is malformed")]
    Malformed,
}

/// A path below the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path {
    /// The segments, decoded.
    pub segments: Vec<String>,
    /// Whether it ends in a slash.
    pub slash: bool,
}

impl Path {
    /// Takes the path of an address apart, and decodes each segment once.
    ///
    /// # Errors
    ///
    /// Where it is not below the root, or a segment is no name: empty, `.`, `..`, too long, not UTF-8, or with a slash,
    /// a backslash or a control character in it.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let rest = path.strip_prefix("/dav").ok_or(PathError::Elsewhere)?;
        if rest.is_empty() {
            return Ok(Self { segments: Vec::new(), slash: false });
        }
        let rest = rest.strip_prefix('/').ok_or(PathError::Elsewhere)?;
        if rest.is_empty() {
            return Ok(Self { segments: Vec::new(), slash: true });
        }
        let (rest, slash) = rest.strip_suffix('/').map_or((rest, false), |rest| (rest, true));
        let segments: Vec<String> = rest.split('/').map(segment).collect::<Result<_, _>>()?;
        if segments.len() > MAX_SEGMENTS {
            return Err(PathError::Malformed);
        }
        Ok(Self { segments, slash })
    }
}

fn segment(raw: &str) -> Result<String, PathError> {
    let text = decode(raw).ok_or(PathError::Malformed)?;
    let forbidden = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if text.is_empty()
        || text.len() > MAX_SEGMENT
        || matches!(text.as_str(), "." | "..")
        || text.contains(forbidden)
    {
        return Err(PathError::Malformed);
    }
    Ok(text)
}

fn decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// Writes one segment as it stands in an address.
#[must_use]
pub(crate) fn encode(segment: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@' | b'+' | b',' | b'=')
        {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Returns the address of a principal.
#[must_use]
pub(crate) fn principal(name: &str) -> String {
    format!("{ROOT}principals/{}/", encode(name))
}

/// Returns the address of an account's top.
#[must_use]
pub(crate) fn home(account: &str) -> String {
    format!("{ROOT}{}/", encode(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(path: &str) -> Result<Vec<String>, PathError> {
        Path::parse(path).map(|path| path.segments)
    }

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(parsed("/dav/anna/Team%20A/x%2541.ics").unwrap(), ["anna", "Team A", "x%41.ics"]);
        assert_eq!(Path::parse("/dav/anna/"), Ok(Path { segments: vec!["anna".into()], slash: true }));
        assert_eq!(parsed("/dav").unwrap(), Vec::<String>::new());
        assert_eq!(parsed("/davx/anna"), Err(PathError::Elsewhere));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = format!("/dav/{}", "x".repeat(MAX_SEGMENT + 1));
        let deep = format!("/dav/{}", vec!["a"; MAX_SEGMENTS + 1].join("/"));
        let bad = [
            "/dav/a//b",
            "/dav/../a",
            "/dav/%2e%2e/a",
            "/dav/a%2fb",
            "/dav/a%5cb",
            "/dav/a%00",
            "/dav/%c0%af",
            "/dav/%zz",
            "/dav/%+1",
            "/dav/%4",
            &long,
            &deep,
        ];
        for path in bad {
            assert_eq!(parsed(path), Err(PathError::Malformed), "{path}");
        }
        assert!(parsed(&format!("/dav/{}", "x".repeat(MAX_SEGMENT))).is_ok());
        assert!(parsed(&format!("/dav/{}", vec!["a"; MAX_SEGMENTS].join("/"))).is_ok());
    }

    #[test]
    fn every_segment_is_read_back() {
        for name in ["Team A", "100%", "ä/ö".replace('/', "_").as_str(), "a?b#c", "x'\"<>&;"] {
            assert_eq!(parsed(&format!("/dav/{}", encode(name))).unwrap(), [name]);
        }
    }
}
