//! Addresses of pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

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

/// Returns the account and path of an address made by [`folder`].
pub(crate) fn parse_folder(start: &str, address: &str) -> Option<(String, String)> {
    let rest = address.strip_prefix('/')?.strip_prefix(start)?.strip_prefix('/')?;
    let names = rest.split('/').map(|name| Some(percent_decode_str(name).decode_utf8().ok()?.into_owned()));
    let names: Option<Vec<String>> = names.collect();
    let names = names.filter(|names| names.iter().all(|name| !name.is_empty() && !name.contains('/')))?;
    let (account, path) = names.split_first().filter(|(_, path)| !path.is_empty())?;
    Some((account.clone(), path.join("/")))
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
    fn the_address_of_a_folder_comes_back() {
        for (account, path) in
            [("anna", "Sponsors"), ("public", "Teams/J\u{f6}rg & Co?"), ("a", "100%/#1/..")]
        {
            let address = folder("share", account, path);
            assert!(address.is_ascii(), "{address}");
            assert_eq!(parse_folder("share", &address), Some((account.to_owned(), path.to_owned())));
        }
        for odd in
            ["/share/anna", "/share/anna/", "/share//x", "/share/a/x%2Fy", "/share/a/%FF", "/other/a/b"]
        {
            assert_eq!(parse_folder("share", odd), None, "{odd}");
        }
    }

    #[test]
    fn a_log_in_leads_nowhere_else() {
        assert_eq!(next("/share/anna/Sponsors?x=1"), "/share/anna/Sponsors?x=1");
        for odd in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/\tx", "/login"] {
            assert_eq!(next(odd), "/", "{odd:?}");
        }
    }
}
