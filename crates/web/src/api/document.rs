//! The document that says what the API is, in `OpenAPI`, made from the same entries as the router.

use serde_json::{Map, Value, json};

use super::call::TOKEN;
use super::route::{BASE, Route};
use super::shape::Schemas;

/// Returns the document.
pub(crate) fn document(routes: &[Route]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let operation = operation(route, &mut schemas);
        let entry = paths.entry(format!("{BASE}{}", route.path)).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(route.verb.as_str().to_owned(), operation);
        }
    }
    schemas.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Comity",
            "version": "1",
            "description": "Users, folders, who may do what in them, devices, and changes that were not allowed.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "password": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "password": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "A user's name or address with his password or an app password.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-comity",
                    "description": format!("The session of a browser; what changes something needs its token in {TOKEN}."),
                },
            },
        },
    })
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let [query, body, answer] = (route.schemas)(schemas);
    let mut parameters: Vec<Value> = in_path(route.path).map(path_parameter).collect();
    if let Some(query) = query {
        parameters.extend(query_parameters(&query, schemas));
    }
    let problem = json!({
        "description": "It could not be done.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    let mut responses = json!({ "default": problem });
    let (status, good) = match answer {
        Some(schema) => (
            "200",
            json!({ "description": "Done.", "content": { "application/json": { "schema": schema } } }),
        ),
        None => ("204", json!({ "description": "Done." })),
    };
    if let Some(responses) = responses.as_object_mut() {
        responses.insert(status.to_owned(), good);
    }
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "parameters": parameters,
        "responses": responses,
    });
    if let (Some(schema), Some(operation)) = (body, operation.as_object_mut()) {
        let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        operation.insert("requestBody".to_owned(), body);
    }
    operation
}

fn operation_id(route: &Route) -> String {
    let path = route.path.replace(['{', '}'], "").replace(['/', '-'], "_");
    format!("{}{path}", route.verb.as_str())
}

/// Returns the names that stand in an address.
fn in_path(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn path_parameter(name: &str) -> Value {
    let schema = match name {
        "folder" | "item" | "change" => json!({ "type": "integer", "format": "int64", "minimum": 1 }),
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

fn query_parameters(schema: &Value, schemas: &Schemas) -> Vec<Value> {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next());
    let Some(schema) = name.and_then(|name| schemas.get(name)) else { return Vec::new() };
    let required: Vec<&str> = match schema.get("required").and_then(Value::as_array) {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    fields
        .map(|(name, field)| {
            let description = field.get("description").cloned().unwrap_or_default();
            // A query has no null: what is not there is left out.
            let field = field.get("anyOf").and_then(|one| one.get(0)).unwrap_or(field);
            json!({
                "name": name,
                "in": "query",
                "description": description,
                "required": required.contains(&name.as_str()),
                "schema": field,
            })
        })
        .collect()
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Why something could not be done (RFC 9457).",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "conflict": { "type": "object", "description": "What is there now, where it is not any more what was seen." },
        },
        "required": ["type", "title", "status", "detail"],
    })
}
