//! One entry of the API: its address, what it takes and gives, and what it does. The router and the document are made
//! from the same entries.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::{MethodFilter, any, on};
use engine::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::call::Call;
use super::json;
use super::problem::Problem;
use super::shape::{Schemas, Shape};
use crate::site::{Site, work};

/// Where the API begins.
pub(crate) const BASE: &str = "/api/v1";
/// Bytes of a body at most: an access list of 500 grants fits in.
pub(crate) const MAX_BODY_BYTES: usize = 512 * 1024;
/// Bytes of a query at most.
const MAX_QUERY_BYTES: usize = 8 * 1024;

type Run = dyn Fn(&Call<'_>, &Parts, &[u8]) -> Result<Option<Value>, Problem> + Send + Sync;

/// How something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// Returns its name in a document.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }

    const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

/// One entry.
pub(crate) struct Route {
    /// How it is asked for.
    pub(crate) verb: Verb,
    /// Its address below [`BASE`].
    pub(crate) path: &'static str,
    /// One line about it.
    pub(crate) summary: &'static str,
    /// The schemas of its query, its body and its answer, where it has them.
    pub(crate) schemas: fn(&mut Schemas) -> [Option<Value>; 3],
    run: Arc<Run>,
}

impl Route {
    /// Returns an entry. Query, body and answer are what the function says.
    pub(crate) fn new<Q, B, A>(
        (verb, path): (Verb, &'static str),
        summary: &'static str,
        run: fn(&Call<'_>, &Q, &B) -> Result<A, Problem>,
    ) -> Self
    where
        Q: Shape + DeserializeOwned + 'static,
        B: Shape + DeserializeOwned + 'static,
        A: Shape + Serialize + 'static,
    {
        let run = move |call: &Call<'_>, head: &Parts, body: &[u8]| {
            let query = query::<Q>(head.uri.query().unwrap_or_default())?;
            let body = if B::NOTHING { b"{}" } else { body };
            let body = json::parse::<B>(body).map_err(Problem::bad)?;
            let answer = run(call, &query, &body)?;
            if A::NOTHING {
                return Ok(None);
            }
            let answer = serde_json::to_value(answer);
            answer
                .map(Some)
                .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
        };
        Self { verb, path, summary, schemas: schemas::<Q, B, A>, run: Arc::new(run) }
    }
}

fn schemas<Q: Shape, B: Shape, A: Shape>(all: &mut Schemas) -> [Option<Value>; 3] {
    let query = (!Q::NOTHING).then(|| Q::schema(all));
    let body = (!B::NOTHING).then(|| B::schema(all));
    [query, body, (!A::NOTHING).then(|| A::schema(all))]
}

/// Puts entries into a router.
pub(crate) fn mount(router: Router<Arc<Site>>, entries: Vec<Route>) -> Router<Arc<Site>> {
    let mut allowed: Map<String, Value> = Map::new();
    for route in &entries {
        let verbs = allowed.entry(route.path).or_insert_with(|| "".into());
        let sep = if verbs == "" { "" } else { ", " };
        *verbs = format!("{}{sep}{}", verbs.as_str().unwrap_or_default(), route.verb.as_str().to_uppercase())
            .into();
    }
    let mut router = router;
    for route in entries {
        let path = format!("{BASE}{}", route.path);
        let Route { verb, run, .. } = route;
        let handler = move |State(site): State<Arc<Site>>,
                            parameters: Result<RawPathParams, RawPathParamsRejection>,
                            request: Request| {
            let run = Arc::clone(&run);
            async move { answered(site, parameters, request, run).await }
        };
        router = router.route(&path, on(verb.filter(), handler));
    }
    for (path, verbs) in allowed {
        let verbs = HeaderValue::from_str(verbs.as_str().unwrap_or_default());
        let Ok(verbs) = verbs else { continue };
        let not_so = any(move || async move {
            let mut response =
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this is asked for otherwise").response();
            response.headers_mut().insert(ALLOW, verbs);
            response
        });
        router = router.route(&format!("{BASE}{path}"), not_so);
    }
    router
}

async fn answered(
    site: Arc<Site>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    run: Arc<Run>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let made = match taken(&head, body, parameters).await {
        Ok((parameters, body)) => {
            let job = move |site: &Arc<Site>, now: Timestamp| {
                let call = Call::of(site, &head, &parameters, now)?;
                run(&call, &head, &body)
            };
            match work(&site, job).await {
                Ok(made) => made,
                Err(status) => Err(Problem::new(status, "it could not be worked on")),
            }
        }
        Err(problem) => Err(problem),
    };
    let mut response = match made {
        Ok(Some(answer)) => {
            let mut response = Response::new(Body::from(answer.to_string()));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        Ok(None) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(problem) => problem.response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

/// Takes what stands in the address, and the body.
async fn taken(
    head: &Parts,
    body: Body,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
) -> Result<(Vec<(String, String)>, Vec<u8>), Problem> {
    let parameters = parameters.map_err(|_| Problem::not_found())?;
    let parameters: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if parameters.iter().any(|(_, value)| value.contains('\0')) {
        return Err(Problem::not_found());
    }
    if head.method.is_safe() {
        return Ok((parameters, Vec::new()));
    }
    let body = to_bytes(body, MAX_BODY_BYTES).await;
    let too_large =
        |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("more than {MAX_BODY_BYTES} bytes"));
    let body = body.map_err(too_large)?.to_vec();
    let kind = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_json = kind.is_some_and(|kind| {
        kind.split(|byte| *byte == b';').next().is_some_and(|kind| kind.trim_ascii() == b"application/json")
    });
    if !body.is_empty() && !is_json {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "a body is application/json"));
    }
    Ok((parameters, body))
}

/// Reads a query: each field once, and none that is not known.
fn query<Q: Shape + DeserializeOwned>(text: &str) -> Result<Q, Problem> {
    if text.len() > MAX_QUERY_BYTES {
        return Err(Problem::bad("the query is too long"));
    }
    let mut all = Schemas::new();
    let schema = Q::schema(&mut all);
    let named = schema.get("$ref").and_then(Value::as_str).and_then(|name| all.get(name.rsplit('/').next()?));
    let properties = named.and_then(|schema| schema.get("properties"));
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        if value.contains('\0') {
            return Err(Problem::bad("a text has no U+0000"));
        }
        let kind = properties.and_then(|all| all.get(name.as_ref())).map(kind_of).unwrap_or_default();
        let read = match kind {
            "integer" => value.parse::<i64>().ok().map(Value::from),
            "boolean" => value.parse::<bool>().ok().map(Value::from),
            _ => Some(Value::from(value.as_ref())),
        };
        let read = read.ok_or_else(|| Problem::bad(format!("{name} is no {kind}")))?;
        if fields.insert(name.to_string(), read).is_some() {
            return Err(Problem::bad(format!("{name} comes twice")));
        }
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| Problem::bad(error.to_string()))
}

/// Returns the type that a schema names, of an optional one that of what may be there.
fn kind_of(schema: &Value) -> &str {
    let own = schema.get("type").or_else(|| schema.get("anyOf")?.get(0)?.get("type"));
    own.and_then(Value::as_str).unwrap_or_default()
}
