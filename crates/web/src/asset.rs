//! The files that pages load: one style, one script, one picture. They are in the program, and their address changes
//! with their content, so that a browser keeps them for good.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::answer::guards;
use crate::site::Site;

/// A file that pages load.
#[derive(Debug, Clone, Copy)]
struct Asset {
    path: &'static str,
    content_type: &'static str,
    content: &'static [u8],
}

const STYLE: Asset = Asset {
    path: "/assets/style.css",
    content_type: "text/css; charset=utf-8",
    content: include_bytes!("../assets/style.css"),
};
const SCRIPT: Asset = Asset {
    path: "/assets/page.js",
    content_type: "text/javascript; charset=utf-8",
    content: include_bytes!("../assets/page.js"),
};
const ICON: Asset = Asset {
    path: "/assets/icon.svg",
    content_type: "image/svg+xml",
    content: include_bytes!("../assets/icon.svg"),
};

/// Returns the address of the style.
pub(crate) fn style() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| STYLE.address());
    &ADDRESS
}

/// Returns the address of the script.
pub(crate) fn script() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| SCRIPT.address());
    &ADDRESS
}

/// Returns the routes of all files.
pub(crate) fn routes() -> Router<Arc<Site>> {
    let file = |asset: Asset| {
        let path = asset.path;
        (path, get(move || std::future::ready(asset.response())))
    };
    [STYLE, SCRIPT, ICON]
        .into_iter()
        .map(file)
        .fold(Router::new(), |router, (path, get)| router.route(path, get))
}

impl Asset {
    fn address(&self) -> String {
        let digest = Sha256::digest(self.content);
        let mark = digest.first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
        format!("{}?{mark:016x}", self.path)
    }

    fn response(&self) -> Response {
        let mut response = Response::new(Body::from(self.content));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        headers.extend(guards());
        response
    }
}
