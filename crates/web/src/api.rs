//! The API for programs: the same use cases as the pages, as JSON.
//!
//! Every entry is one line in the `routes` of a file in `src/api`: its address, a sentence, and a plain function whose
//! query, body and answer are types made by [`shape`]. The router and the document at `/api/openapi.json` are made from
//! these lines and types, so they cannot disagree.

mod audit;
mod call;
mod denied;
mod device;
mod document;
mod folder;
mod grant;
mod item;
mod json;
mod people;
mod problem;
mod route;
mod shape;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

use crate::site::Site;
use problem::Problem;
use route::Route;

fn all() -> Vec<Route> {
    let files = [
        people::routes(),
        folder::routes(),
        grant::routes(),
        item::routes(),
        device::routes(),
        denied::routes(),
    ];
    files.into_iter().flatten().chain(audit::routes()).collect()
}

/// Returns the API's part of the router.
pub(crate) fn routes() -> Router<Arc<Site>> {
    let document = document::document(&all()).to_string();
    let router = Router::new()
        .route("/api/openapi.json", get(move || async move { shown(document.clone()) }))
        .route("/api/{*rest}", any(|| async { Problem::not_found().response() }));
    route::mount(router, all())
}

fn shown(document: String) -> Response {
    let json = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([json], document).into_response()
}
