//! What a type looks like as JSON: one declaration makes the type, its reading and writing, and its schema, so that the
//! document cannot say anything else than the program does.

use serde_json::{Map, Value, json};

/// Schemas by name, as they are collected for the document.
pub(crate) type Schemas = Map<String, Value>;

/// A type with a schema.
pub(crate) trait Shape {
    /// Whether a field of this type may be missing.
    const OPTIONAL: bool = false;
    /// Whether there is nothing to read or write at all.
    const NOTHING: bool = false;
    /// Returns the schema; named ones are put into `all` and referred to.
    fn schema(all: &mut Schemas) -> Value;
}

/// No query, no body, no answer.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl Shape for Nothing {
    const NOTHING: bool = true;
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "object", "additionalProperties": false })
    }
}

impl Shape for String {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string" })
    }
}

impl Shape for bool {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "boolean" })
    }
}

impl Shape for i64 {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "integer", "format": "int64", "minimum": i64::MIN, "maximum": i64::MAX })
    }
}

impl Shape for u32 {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
    }
}

impl<T: Shape> Shape for Option<T> {
    const OPTIONAL: bool = true;
    fn schema(all: &mut Schemas) -> Value {
        json!({ "anyOf": [T::schema(all), { "type": "null" }] })
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn schema(all: &mut Schemas) -> Value {
        json!({ "type": "array", "items": T::schema(all) })
    }
}

/// A time as text, in RFC 3339.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time(pub(crate) engine::Timestamp);

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl Shape for Time {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "date-time" })
    }
}

/// A value that is one of a few words.
pub(crate) trait OneOf: Copy + 'static {
    /// Every value with its word.
    fn words() -> Vec<(&'static str, Self)>;
}

/// One of a few words, as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: OneOf> Shape for Word<T> {
    fn schema(_: &mut Schemas) -> Value {
        let words: Vec<&str> = T::words().into_iter().map(|(word, _)| word).collect();
        json!({ "type": "string", "enum": words })
    }
}

impl<T: OneOf + PartialEq> serde::Serialize for Word<T> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let word = T::words().into_iter().find(|(_, value)| *value == self.0).map(|(word, _)| word);
        to.serialize_str(word.unwrap_or_default())
    }
}

impl<'de, T: OneOf> serde::Deserialize<'de> for Word<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let found = T::words().into_iter().find(|(word, _)| *word == text).map(|(_, value)| Self(value));
        found.ok_or_else(|| {
            let words: Vec<&str> = T::words().into_iter().map(|(word, _)| word).collect();
            serde::de::Error::custom(format!("not one of {}", words.join(", ")))
        })
    }
}

/// Makes types that are answered with.
macro_rules! shown {
    ($($(#[doc = $says:literal])+ $name:ident { $($(#[doc = $field_says:literal])+ $field:ident: $of:ty,)+ })+) => { $(
        $(#[doc = $says])+
        #[derive(Debug, serde::Serialize)]
        pub(crate) struct $name { $($(#[doc = $field_says])+ pub(crate) $field: $of,)+ }
        crate::api::shape::schema_of!($name [$($says)+] { $([$($field_says)+] $field: $of,)+ });
    )+ };
}

/// Makes types that are asked with. What they do not name is refused.
macro_rules! asked {
    ($($(#[doc = $says:literal])+ $name:ident { $($(#[doc = $field_says:literal])+ $field:ident: $of:ty,)+ })+) => { $(
        $(#[doc = $says])+
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $($(#[doc = $field_says])+ pub(crate) $field: $of,)+ }
        crate::api::shape::schema_of!($name [$($says)+] { $([$($field_says)+] $field: $of,)+ });
    )+ };
}

macro_rules! schema_of {
    ($name:ident [$($says:literal)+] { $([$($field_says:literal)+] $field:ident: $of:ty,)+ }) => {
        impl crate::api::shape::Shape for $name {
            fn schema(all: &mut crate::api::shape::Schemas) -> serde_json::Value {
                let name = crate::api::shape::full_name(module_path!(), stringify!($name));
                if !all.contains_key(&name) {
                    // Its place is taken first, so that a type that holds itself comes to an end.
                    all.insert(name.clone(), serde_json::Value::Null);
                    let fields = vec![$((
                        crate::api::shape::plain(stringify!($field)),
                        concat!($($field_says),+),
                        <$of as crate::api::shape::Shape>::OPTIONAL,
                        <$of as crate::api::shape::Shape>::schema(all),
                    ),)+];
                    let schema = crate::api::shape::object(concat!($($says),+), fields);
                    all.insert(name.clone(), schema);
                }
                serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
            }
        }
    };
}

pub(crate) use {asked, schema_of, shown};

/// Returns the name of a type in the document: two files can have types of one name.
pub(crate) fn full_name(module: &str, name: &str) -> String {
    format!("{}.{name}", module.rsplit("::").next().unwrap_or_default())
}

/// Returns a field's name as JSON has it.
pub(crate) fn plain(field: &'static str) -> &'static str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// Returns the schema of an object with these fields: name, description, whether it may be missing, schema.
pub(crate) fn object(says: &str, fields: Vec<(&'static str, &'static str, bool, Value)>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, says, optional, schema) in fields {
        // Beside a reference nothing else counts in older readers, so it stands in a list of one.
        let mut schema = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), says.trim().into());
        }
        properties.insert(name.to_owned(), schema);
        if !optional {
            required.push(name);
        }
    }
    json!({
        "type": "object",
        "description": says.trim(),
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
