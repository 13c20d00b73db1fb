//! What goes over the control ports: the schemas of docs/schema, and those of what is asked.

use serde_json::{Map, Value, json};

macro_rules! shapes {
    ($($variant:ident = $name:literal: $schema:expr,)+) => {
        /// The shape of a request's or an answer's body.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Shape {
            /// No body.
            Nothing,
            /// Text for people or for a program that is not ours.
            Text,
            $($variant,)+
        }

        impl Shape {
            /// The name among the components; none where there is no schema.
            const fn name(self) -> Option<&'static str> {
                match self {
                    Self::Nothing | Self::Text => None,
                    $(Self::$variant => Some($name),)+
                }
            }

            fn schema(self) -> Value {
                match self {
                    Self::Nothing | Self::Text => Value::Null,
                    $(Self::$variant => $schema,)+
                }
            }
        }
    };
}

/// A schema of docs/schema, as a component.
macro_rules! kept {
    ($file:literal) => {
        component(include_str!(concat!(
            "../../../docs/schema/",
            $file,
            ".schema.json"
        )))
    };
}

/// An object of these members; those with a question mark may be missing.
macro_rules! object {
    ($($name:literal: $schema:tt),* $(,)?) => {
        object(vec![$(($name, json!($schema))),*])
    };
}

shapes! {
    Applications = "Applications": json!({"type": "array", "items": {"type": "object"}, "description": "the applications of the ready-made people, newest first, masked"}),
    Branch = "Branch": json!({"type": "object", "description": "the system of one of several regional gateways"}),
    Cards = "Cards": json!({"type": "array", "items": {"type": "object"}, "description": "cards with their tasks, newest first, masked"}),
    Certificate = "Certificate": kept!("ca-certificate"),
    Certificates = "Certificates": json!({"type": "array", "items": Shape::Certificate.reference()}),
    Chains = "Chains": object! {"chains": {"type": "array", "items": {"type": "string"}}, "missing": {"type": "array", "items": {"type": "string"}}},
    Clock = "Clock": kept!("clock"),
    ClockSet = "ClockSet": object! {"offset_ms": {"type": "integer", "description": "milliseconds ahead of real time"}},
    Endpoints = "Endpoints": kept!("endpoints"),
    Expectation = "Expectation": expectation(),
    Expectations = "Expectations": json!({"type": "array", "items": Shape::Verified.reference()}),
    Health = "Health": object! {"actor": {"type": "string"}, "instance": {"type": "string"}, "status": {"const": "up"}},
    History = "History": kept!("history"),
    IssueOrder = "IssueOrder": json!({"type": "object", "description": "what is to be issued, for whom, with a key or for a PKCS#10 request"}),
    Issued = "Issued": kept!("ca-issue"),
    JournalEntries = "JournalEntries": json!({"type": "array", "items": Shape::JournalEntry.reference()}),
    JournalEntry = "JournalEntry": kept!("journal-entry"),
    JournalProof = "JournalProof": json!({"type": "object", "description": "one journal of docs/schema/journal-verify.schema.json"}),
    Live = "Live": object! {"status": {"const": "live"}},
    Mischief = "Mischief": object! {"calm": {"type": "boolean", "description": "nothing can be switched on"}, "rules": {"type": "array", "items": {"type": "object"}}},
    MischiefCatalogue = "MischiefCatalogue": json!({"type": "array", "items": {"type": "object"}, "description": "every fault, as docs/MISCHIEF.md lists them"}),
    MischiefCounts = "MischiefCounts": json!({"type": "object", "additionalProperties": {"type": "object", "properties": {"asked": {"type": "integer", "minimum": 0}, "hits": {"type": "integer", "minimum": 0}}, "required": ["asked", "hits"], "additionalProperties": false}}),
    MischiefRule = "MischiefRule": json!({"type": "object", "description": "a rule, as docs/MISCHIEF.md says"}),
    MischiefRules = "MischiefRules": object! {"seed?": {"type": "integer", "minimum": 0}, "rules?": {"type": "array", "items": {"type": "object"}}},
    NewSnapshot = "NewSnapshot": object! {"name": {"type": "string", "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$"}},
    NoOrder = "NoOrder": json!({"type": "object"}),
    Outbox = "Outbox": kept!("outbox-list"),
    Packs = "Packs": kept!("ca-people"),
    PeopleOrder = "PeopleOrder": object! {"gently?": {"type": "boolean", "description": "let others have their turn"}},
    Person = "Person": object! {"iin": {"type": "string"}, "living": {"type": "boolean"}},
    PruneOrder = "PruneOrder": object! {"before": {"type": "string", "description": "a moment"}, "despite_doubts?": {"type": "boolean"}},
    Pruned = "Pruned": json!({"type": "object", "description": "one journal of docs/schema/journal-prune.schema.json"}),
    Ready = "Ready": object! {"status": {"enum": ["ready", "not-ready"]}, "checks": {"type": "array", "items": {"type": "object"}}},
    Refusal = "Refusal": object! {"label": {"type": "string", "description": "a stable name"}, "meaning": {"type": "string", "description": "one sentence for the person, with what can be done"}},
    Registers = "Registers": json!({"type": "array", "items": {"type": "object"}, "description": "the registers that answer here, with what they are asked by"}),
    Removed = "Removed": object! {"removed": {"type": "integer", "minimum": 0}},
    ResendOrder = "ResendOrder": object! {"destination?": {"type": ["string", "null"], "description": "only what is for this destination"}},
    Resent = "Resent": object! {"resent": {"$ref": "#/components/schemas/Outbox"}, "ended": {"$ref": "#/components/schemas/Outbox"}},
    Reset = "Reset": object! {"reset": {"type": "string", "description": "the moment since which messages count"}},
    RevokeOrder = "RevokeOrder": object! {"reason?": {"type": ["string", "null"], "description": "a reason of RFC 5280 by its name"}},
    Routes = "Routes": json!({"type": "object", "description": "the routes in force, with the line of each"}),
    SealOrder = "SealOrder": object! {"at": {"type": "string", "description": "a moment"}},
    Sealed = "Sealed": object! {"sealed": {"type": ["integer", "null"]}, "waiting": {"type": "boolean"}},
    SnapshotOrder = "SnapshotOrder": object! {"order": {"type": "string"}},
    SnapshotState = "SnapshotState": object! {"id": {"type": "string"}, "state": {"enum": ["waiting", "done", "failed"]}, "snapshot": {"type": ["object", "null"]}, "why": {"type": ["string", "null"]}, "missing": {"type": "array", "items": {"type": "string"}, "description": "what could not be set again as it was"}},
    Snapshots = "Snapshots": kept!("snapshot-list"),
    Stub = "Stub": kept!("stub"),
    StubCounts = "StubCounts": json!({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}),
    StubMisses = "StubMisses": kept!("stub-misses"),
    StubPlaces = "StubPlaces": kept!("stub-places"),
    StubToAdd = "StubToAdd": stub_to_add(),
    Stubs = "Stubs": kept!("stub-list"),
    StubsToSet = "StubsToSet": object! {"seed?": {"type": "integer", "minimum": 0}, "stubs?": {"type": "array", "items": {"$ref": "#/components/schemas/StubToAdd"}}},
    Systems = "Systems": kept!("systems"),
    TomlText = "TomlText": object! {"toml": {"type": "string", "description": "the whole file"}},
    Trace = "Trace": json!({"type": "array", "items": {"type": "object"}, "description": "the steps of the flow that were taken"}),
    Trust = "Trust": json!({"type": "object", "description": "the authority's own certificates in PEM"}),
    Verified = "Verified": kept!("expect"),
}

impl Shape {
    /// Where its schema stands; what has none takes anything.
    pub(super) fn reference(self) -> Value {
        match self.name() {
            Some(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
            None => json!({}),
        }
    }
}

/// The schemas of these shapes, and of those that they name.
pub(super) fn schemas(mut shapes: Vec<Shape>) -> Map<String, Value> {
    let mut schemas = Map::new();
    while let Some(shape) = shapes.pop() {
        let Some(name) = shape.name() else { continue };
        if schemas.contains_key(name) {
            continue;
        }
        schemas.insert(name.to_owned(), placed(shape.schema(), name));
        shapes.extend(match shape {
            Shape::Certificates => vec![Shape::Certificate],
            Shape::Expectations => vec![Shape::Verified],
            Shape::JournalEntries => vec![Shape::JournalEntry],
            Shape::Resent => vec![Shape::Outbox],
            Shape::StubsToSet => vec![Shape::StubToAdd],
            _ => Vec::new(),
        });
    }
    schemas
}

/// A kept schema without what names it as a document of its own.
fn component(text: &str) -> Value {
    let mut schema: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("$schema");
        schema.remove("title");
    }
    schema
}

/// References within a schema lead to the schema's own place in the document.
fn placed(schema: Value, name: &str) -> Value {
    match schema {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, value)| match value {
                    Value::String(text) if key == "$ref" && text.starts_with("#/$defs/") => {
                        let text = text.replacen('#', &format!("#/components/schemas/{name}"), 1);
                        (key, Value::String(text))
                    }
                    value => (key, placed(value, name)),
                })
                .collect(),
        ),
        Value::Array(items) => items.into_iter().map(|item| placed(item, name)).collect(),
        other => other,
    }
}

fn object(members: Vec<(&str, Value)>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, schema) in members {
        let name = match name.strip_suffix('?') {
            Some(optional) => optional,
            None => {
                required.push(name);
                name
            }
        };
        properties.insert(name.to_owned(), schema);
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A stub as it is shown, without its count: an id is given where none is said.
fn stub_to_add() -> Value {
    let mut schema = Shape::Stub.schema();
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove("answered");
    }
    schema["required"] = json!(["answer"]);
    schema
}

fn expectation() -> Value {
    let when = Shape::Verified.schema()["properties"]["when"].take();
    let number = json!({"type": ["integer", "null"], "minimum": 0});
    let moment = json!({"type": ["string", "null"], "description": "RFC 3339, or a date"});
    let mut schema = object! {
        "id?": {"type": ["string", "null"], "description": "its name, where it is kept"},
        "within_ms?": {"type": ["integer", "null"], "minimum": 0, "description": "until so many milliseconds after since"},
    };
    schema["properties"]["when"] = when;
    for name in ["exactly", "at_least", "at_most"] {
        schema["properties"][name] = number.clone();
    }
    for name in ["since", "until"] {
        schema["properties"][name] = moment.clone();
    }
    schema
}
