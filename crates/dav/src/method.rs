//! One file per method.

mod delete;
mod get;
mod mkcol;
mod options;
mod propfind;
mod put;

use engine::{Actor, By, Via};

use crate::context::Context;
use crate::reply::Reply;
use crate::report;
use crate::request::Request;
use crate::target;

/// Answers a request.
pub(crate) fn answer(context: &Context<'_>, request: &Request) -> Reply {
    carry_out(context, request).unwrap_or_else(|reply| reply)
}

fn carry_out(context: &Context<'_>, request: &Request) -> Result<Reply, Reply> {
    if request.method == "OPTIONS" {
        return Ok(options::options());
    }
    let target = target::resolve(context, &request.path)?;
    match request.method.as_str() {
        "PROPFIND" => propfind::propfind(context, request, &target),
        "REPORT" => report::report(context, request, &target),
        "GET" | "HEAD" => get::get(context, request, &target),
        "PUT" => put::put(context, request, &target),
        "MKCOL" | "MKCALENDAR" => mkcol::mkcol(context, request, &target),
        "DELETE" => delete::delete(context, request, &target),
        _ => Err(Reply::empty(405).with_header("allow", options::ALLOW)),
    }
}

/// Returns who asks, for the log of what is done with folders.
fn by<'a>(context: &Context<'a>, agent: &'a str) -> By<'a> {
    By { actor: Actor::User(context.caller), via: Via { protocol: "WebDAV", device: agent, address: "" } }
}
