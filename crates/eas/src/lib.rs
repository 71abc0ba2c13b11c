//! Exchange ActiveSync 12.1, 14.0 and 14.1

pub mod auth;
pub mod options;
pub mod request;
pub mod status;
