//! The pages, one file each.

mod admin;
mod changes;
pub(crate) mod error;
mod home;
mod login;
mod phones;
mod principal;
mod reader;
mod share;
mod shared;
mod view;

use std::sync::Arc;

use axum::Router;

use crate::site::Show::{Anybody, LoggedIn};
use crate::site::{Site, looked_at, submitted, with_form};

/// Returns the address of every page.
pub(crate) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/", looked_at(LoggedIn(home::show)))
        .route("/admin", with_form(LoggedIn(admin::show), LoggedIn(admin::submit)))
        .route("/admin/{*page}", with_form(LoggedIn(admin::show), LoggedIn(admin::submit)))
        .route("/login", with_form(Anybody(login::show), Anybody(login::log_in)))
        .route("/logout", submitted(LoggedIn(login::log_out)))
        .route("/share/{*folder}", with_form(LoggedIn(share::show), LoggedIn(share::submit)))
        .route("/view/{*folder}", looked_at(LoggedIn(view::show)))
        .route("/shared", looked_at(LoggedIn(shared::show)))
        .route("/find", looked_at(LoggedIn(share::find)))
        .route("/changes", looked_at(LoggedIn(changes::list)))
        .route("/changes/{number}", with_form(LoggedIn(changes::show), LoggedIn(changes::submit)))
        .route("/changes/{number}/file", looked_at(LoggedIn(changes::file)))
        .route("/phones", with_form(LoggedIn(phones::show), LoggedIn(phones::submit)))
        .route("/phones/wipe", with_form(LoggedIn(phones::ask_wipe), LoggedIn(phones::wipe)))
        .route("/language", submitted(LoggedIn(reader::set_language)))
}
