//! Answers made smaller for phones that ask for it.
//!
//! What others wrote stands in an answer beside what is its user's own. Whoever sees lengths could guess the one by the
//! other only if the same text came again and again in answers with guesses of his choice; an item is sent once, and
//! no answer holds a password or a token.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::HeaderMap;
use hyper::header::ACCEPT_ENCODING;

use crate::reply::{Reply, WBXML};

/// Bytes of a body from which on it is worth the time: a smaller one fits into one packet as it is.
pub(super) const MIN_COMPRESSED: usize = 1400;

/// Returns whether a phone takes gzip.
pub(super) fn is_accepted(headers: &HeaderMap) -> bool {
    let all = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let named = name.trim().eq_ignore_ascii_case("gzip") || name.trim().eq_ignore_ascii_case("x-gzip");
        let weight: String = weight.chars().filter(|c| !c.is_whitespace()).collect();
        let refused = weight.strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        named && !refused
    })
}

/// Returns whether an answer is made smaller. One in parts holds attachments, which mostly are compressed already;
/// one that is read while it is sent is not held in memory for this.
pub(super) fn is_worth_it(reply: &Reply) -> bool {
    reply.content_type == Some(WBXML) && reply.rest.is_empty() && reply.body.len() >= MIN_COMPRESSED
}

/// Returns the answer compressed, or as it is where that makes it no smaller.
pub(super) fn compressed(reply: Reply) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(&reply.body).and_then(|()| encoder.finish());
    match written {
        Ok(body) if body.len() < reply.body.len() => Reply { body, ..reply }
            .with_header("content-encoding", "gzip")
            .with_header("vary", "accept-encoding"),
        Ok(_) | Err(_) => reply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(bytes: usize) -> Reply {
        Reply { content_type: Some(WBXML), body: vec![b'x'; bytes], ..Reply::empty(200) }
    }

    #[test]
    fn only_who_asks_for_it_gets_it() {
        for (value, due) in [
            ("gzip", true),
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.8", true),
            ("x-gzip", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000", false),
            ("deflate", false),
            ("gzipped", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
            assert_eq!(is_accepted(&headers), due, "{value}");
        }
        assert!(!is_accepted(&HeaderMap::new()));
    }

    #[test]
    fn a_small_answer_and_one_in_parts_stay_as_they_are() {
        for (bytes, due) in [(MIN_COMPRESSED - 1, false), (MIN_COMPRESSED, true), (MIN_COMPRESSED + 1, true)]
        {
            assert_eq!(is_worth_it(&reply(bytes)), due, "{bytes}");
        }
        let parts = Reply { content_type: Some(crate::reply::MULTIPART), ..reply(10_000) };
        assert!(!is_worth_it(&parts));
    }

    #[test]
    fn what_would_not_get_smaller_stays_as_it_is() {
        let reply = Reply { body: b"0123456789abcdef".to_vec(), ..reply(0) };
        assert_eq!(compressed(reply.clone()), reply);
    }
}
