//! What the API answers when something cannot be done.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use engine::{Error, LoginError, ShareError};
use serde_json::{Value, json};

/// Something that could not be done, as `application/problem+json`.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    more: Option<(&'static str, Value)>,
    retry_after_s: Option<u32>,
}

impl Problem {
    /// Returns a problem of this status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), more: None, retry_after_s: None }
    }

    /// Returns the problem of a request that says something it cannot say.
    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Returns the problem of what is not there.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is nothing here")
    }

    /// Returns the same with more to know about it.
    pub(crate) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.more = Some((name, value));
        self
    }

    /// Returns the response.
    pub(crate) fn response(self) -> Response<Body> {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let (Some((name, value)), Some(body)) = (self.more, body.as_object_mut()) {
            body.insert(name.to_owned(), value);
        }
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            let basic = HeaderValue::from_static("Basic realm=\"Comity\", charset=\"UTF-8\"");
            headers.insert(header::WWW_AUTHENTICATE, basic);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::NotFound { .. } => StatusCode::NOT_FOUND,
            Error::Refused { .. } => StatusCode::FORBIDDEN,
            Error::Exists { .. } => StatusCode::CONFLICT,
            Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
            Error::Store(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request to the API failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<LoginError> for Problem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Wrong { retry_after_s: 0 } => Self::new(StatusCode::UNAUTHORIZED, error.to_string()),
            LoginError::Wrong { retry_after_s } => Self {
                retry_after_s: Some(retry_after_s),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string())
            },
            LoginError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            LoginError::Engine(error) => Self::from(error),
        }
    }
}

impl From<ShareError> for Problem {
    fn from(error: ShareError) -> Self {
        let detail = error.to_string();
        match error {
            ShareError::Failed(error) => Self::from(error),
            ShareError::NotAdmin | ShareError::Beyond { .. } | ShareError::RaisesUser { .. } => {
                Self::new(StatusCode::FORBIDDEN, detail)
            }
            ShareError::Conflict(conflict) => {
                let conflict = super::grant::conflict(&conflict);
                Self::new(StatusCode::CONFLICT, detail).with("conflict", conflict)
            }
            ShareError::LockOut | ShareError::OwnAdmin => Self::new(StatusCode::CONFLICT, detail),
            ShareError::Unknown { .. }
            | ShareError::Twice { .. }
            | ShareError::Ended { .. }
            | ShareError::TooMany => Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
        }
    }
}
