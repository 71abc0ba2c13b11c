//! The query as `Name=value` pairs, and percent escapes.

use hyper::HeaderMap;

use super::{Asked, Command, DeviceAddress, MAX_USER, Parameters, RequestError, Version, header};

/// Returns what a plain query asks; names are matched in any case, and of a repeated one the first counts.
pub(super) fn parse(query: &str, headers: &HeaderMap) -> Result<Asked, RequestError> {
    let pairs = Pairs::of(query);
    let name = pairs.value("Cmd").ok_or(RequestError::NoCommand)?;
    let command = Command::from_name(&name).ok_or(RequestError::Command { asked: name })?;
    let version = header(headers, "ms-asprotocolversion").ok_or(RequestError::NoVersion)?;
    let version =
        Version::from_name(version).ok_or_else(|| RequestError::Version { asked: version.to_owned() })?;
    let of_device = |name| pairs.value(name).unwrap_or_default();
    let device = DeviceAddress::new(&of_device("DeviceId"), &of_device("DeviceType"))?;
    let user = pairs.value("User");
    if user.as_ref().is_some_and(|user| user.len() > MAX_USER) {
        return Err(RequestError::User);
    }
    Ok(Asked {
        version,
        command,
        user,
        device,
        policy_key: header(headers, "x-ms-policykey").and_then(|key| key.parse().ok()),
        multipart: header(headers, "ms-asacceptmultipart").is_some_and(is_true),
        parameters: Parameters {
            attachment_name: pairs.value("AttachmentName"),
            collection_id: pairs.value("CollectionId"),
            item_id: pairs.value("ItemId"),
            long_id: pairs.value("LongId"),
            occurrence: pairs.value("Occurrence"),
            save_in_sent: pairs.value("SaveInSent").is_some_and(|value| is_true(&value)),
        },
    })
}

/// Returns whether a query is a plain one.
pub(super) fn names_a_command(query: &str) -> bool {
    pairs(query).any(|(key, _)| key.eq_ignore_ascii_case("Cmd"))
}

/// Returns `text` with its percent escapes undone; what only looks like one stays as it is.
pub(super) fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match after {
            &[high, low, ..] if first == b'%' => hex(high).zip(hex(low)),
            _ => None,
        };
        if let Some((high, low)) = escaped {
            bytes.push(high << 4 | low);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter_map(|pair| pair.split_once('='))
}

/// A query's pairs, in their order and as they came.
struct Pairs<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Pairs<'a> {
    fn of(query: &'a str) -> Self {
        Self(pairs(query).collect())
    }

    /// Returns the first pair's value called `name`, as it came.
    fn find(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Returns the same without escapes; bytes that are not UTF-8 become replacement characters.
    fn value(&self, name: &str) -> Option<String> {
        self.find(name).map(|value| String::from_utf8_lossy(&unescaped(value)).into_owned())
    }
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("T")
}
