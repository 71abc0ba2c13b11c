//! What other systems call our levels, there and back.
//!
//! What comes in may be lowered and is never raised, with two exceptions that the mapping names: Exchange cannot
//! hide a user's own items, and an administrator elsewhere is one here, with the rights that implies.

pub mod exchange;
pub mod ox;
pub mod webdav;
