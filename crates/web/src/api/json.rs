//! Reading JSON from outside: bounded before it is parsed.

use serde::de::DeserializeOwned;

/// Arrays and objects in one another at most.
pub(crate) const MAX_DEPTH: usize = 32;
/// Values in one body at most.
pub(crate) const MAX_NODES: usize = 10_000;

/// Reads a body. Unknown fields, fields that come twice, wrong types and U+0000 in a text are refused.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    bound(bytes)?;
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// Checks depth and number of values. What is no JSON is left to the parser.
fn bound(bytes: &[u8]) -> Result<(), String> {
    let (mut depth, mut nodes) = (0_usize, 1_usize);
    let mut text = false;
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (text, byte) {
            (true, b'\\') => {
                // No database keeps it, and nobody types it.
                if rest.starts_with(b"u0000") {
                    return Err("a text has no U+0000".to_owned());
                }
                rest = rest.get(1..).unwrap_or_default();
            }
            (_, b'"') => text = !text,
            (false, b'[' | b'{') => {
                depth += 1;
                nodes += 1;
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (false, b',' | b':') => nodes += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} arrays and objects in one another"));
        }
        if nodes > MAX_NODES {
            return Err(format!("more than {MAX_NODES} values"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn depth_and_number_are_bounded() {
        assert!(parse::<Value>(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(parse::<Value>(nested(MAX_DEPTH + 1).as_bytes()).is_err());
        let many = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert!(parse::<Value>(many(MAX_NODES - 1).as_bytes()).is_ok());
        assert!(parse::<Value>(many(MAX_NODES).as_bytes()).is_err());
    }

    #[test]
    fn brackets_in_a_text_are_text() {
        let text = format!("\"{}\\\"{}\"", "[".repeat(50), "{".repeat(50));
        assert!(parse::<Value>(text.as_bytes()).is_ok());
        assert!(parse::<Value>(br#""a\u0000""#).is_err());
        assert!(parse::<Value>(br#""a\\u0000""#).is_ok(), "a backslash, and then letters");
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for bad in ["", "NaN", "{\"a\":1", "[1,]", "\"", "\"\\"] {
            assert!(parse::<Value>(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
