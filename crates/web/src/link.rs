//! Addresses of pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand in one name of a path as it is.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns a name as one piece of an address.
pub(crate) fn piece(name: &str) -> String {
    utf8_percent_encode(name, NAME).to_string()
}

/// Returns the address of a folder's page: `/START/ACCOUNT/PATH`.
pub(crate) fn folder(start: &str, account: &str, path: &str) -> String {
    let path: Vec<String> = path.split('/').map(piece).collect();
    format!("/{start}/{}/{}", piece(account), path.join("/"))
}

/// Returns the address of the log-in, which leads to `next` afterwards.
pub(crate) fn log_in(next: &str) -> String {
    if next == "/" { "/login".to_owned() } else { format!("/login?next={}", piece(next)) }
}

/// Returns where a log-in leads: only to a page of this server.
pub(crate) fn next(wanted: &str) -> &str {
    let is_own = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && wanted.chars().all(|one| one.is_ascii_graphic() && one != '\\');
    if is_own && !wanted.starts_with("/log") { wanted } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_leads_nowhere_else() {
        assert_eq!(next("/share/anna/Sponsors?x=1"), "/share/anna/Sponsors?x=1");
        for odd in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/\tx", "/login"] {
            assert_eq!(next(odd), "/", "{odd:?}");
        }
    }
}
