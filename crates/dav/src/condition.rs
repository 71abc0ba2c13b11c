//! If-Match and If-None-Match.

use engine::{Conditions, Version, Versions};

use crate::property::version_of;
use crate::request::Request;

/// Entity tags of one header field at most; those after them match nothing.
const MAX_TAGS: usize = 100;

/// Returns the conditions of a request.
pub(crate) fn conditions(request: &Request) -> Conditions {
    Conditions {
        only: request.header("if-match").map(versions),
        unless: request.header("if-none-match").map(versions),
    }
}

fn versions(value: &str) -> Versions {
    if value.trim() == "*" {
        return Versions::Any;
    }
    let tags = value.split(',').take(MAX_TAGS);
    Versions::These(tags.filter_map(version_of).collect::<Vec<Version>>())
}
