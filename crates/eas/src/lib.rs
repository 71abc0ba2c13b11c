//! Exchange ActiveSync 12.1, 14.0, 14.1, 16.0 and 16.1: requests of phones to calls of the engine, and what comes of them back.
//!
//! [`Server`] is plain functions: a request goes in, an answer comes out, or a [`Wait`] where there is nothing to say
//! yet. [`http`] puts it on a socket and lets phones wait in a [`Hub`], where a commit wakes them. Nothing here reads
//! the clock, names a table or compares levels of access; time comes in with each request.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eas::request::{Command, Received};
//! use eas::{Answer, Server, Settings};
//! use hyper::{HeaderMap, Method};
//!
//! let engine = testkit::engine(engine::Settings::default());
//! let now = "2026-03-02T09:00:00Z".parse()?;
//! let anna = engine::NewUser {
//!     name: "anna",
//!     email: "anna@club.example",
//!     display_name: "Anna",
//!     admin: false,
//!     password: Some("secret"),
//! };
//! engine.add_user(&anna, now)?;
//! let caller = engine.act_as("anna")?;
//! let server = Server::new(Arc::new(engine), Settings::default());
//!
//! let mut headers = HeaderMap::new();
//! headers.insert("ms-asprotocolversion", "14.1".parse()?);
//! let query = "Cmd=Ping&User=anna&DeviceId=phone1&DeviceType=iPhone";
//! let Received::Command(request) = Received::parse(&Method::POST, query, &headers)? else { unreachable!() };
//! assert_eq!(request.command, Command::Ping);
//! // It never said what to watch: status 3.
//! let Answer::Reply(reply) = server.handle(&caller, &request, b"", now) else { unreachable!() };
//! assert_eq!(reply.body, b"\x03\x01\x6a\x00\x00\x0d\x45\x47\x033\x00\x01\x01");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod command;
mod item;
mod memo;
mod observe;
mod orders;
mod piece;
mod provisioning;
mod quirk;
mod quota;
mod redirect;
mod reply;
mod server;
mod stream;
mod trace;
mod wait;
mod wire_id;

pub mod activity;
pub mod auth;
pub mod autodiscover;
pub mod file_reference;
pub mod http;
pub mod multipart;
pub mod options;
pub mod payload;
pub mod policy;
pub mod request;
pub mod status;

pub use orders::wipes_account;
pub use piece::Piece;
pub use quota::Rates;
pub use redirect::Redirect;
pub use reply::{MULTIPART, RETRY_AFTER_S, Reply, WBXML};
pub use server::{Answer, Glanced, Limits, Partial, Provisioning, Server, Settings, Wait, Woken};
pub use wait::{Arrival, Hub, Mark, Waiting};
