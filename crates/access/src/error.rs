//! What is wrong with a name that this crate was asked to read.

use thiserror::Error;

/// A name that stands for none of the values expected. What was given is not repeated: it came from outside and
/// may be of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{what} must be one of: {expected}")]
pub struct UnknownName {
    /// What was being read, such as `folder level`.
    pub what: &'static str,
    /// The names there are, separated by commas.
    pub expected: &'static str,
}
