//! The control ports, described: an OpenAPI 3.1 document for each actor, written from the table in `operations`.
//!
//! `GET /openapi/{actor}.json` at the console's control port serves it, and `docs/openapi` holds it; a test holds the
//! table against what the actors answer.

mod operations;
#[cfg(test)]
mod rooms;
mod shapes;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_model::Actor;
use qaqpa_transport::control::refusal;
use serde_json::{Map, Value, json};

use operations::{Operation, Parameter, Place};
use shapes::Shape;

/// The route of the console's control port.
pub(crate) fn routes() -> Router {
    Router::new().route("/openapi/{file}", get(show))
}

async fn show(Path(file): Path<String>) -> Response {
    match file.strip_suffix(".json").and_then(Actor::parse) {
        Some(actor) => Json(document(actor)).into_response(),
        None => refusal(
            StatusCode::NOT_FOUND,
            "not-found",
            "the documents are nca.json, gateway.json, regional-gateway.json, portal.json and console.json",
        ),
    }
}

/// The description of an actor's control port.
#[must_use]
pub fn document(actor: Actor) -> Value {
    let mut paths = Map::new();
    for operation in operations::of(actor) {
        let path = paths
            .entry(operation.path.to_owned())
            .or_insert_with(|| json!({}));
        path[operation.method.as_str()] = described(actor, operation);
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": format!("Qaqpa (TEST): the control port of {actor}"),
            "summary": "For the person who runs the simulator, and for tests: not a door of the real system.",
            "description": "Loopback only. The address stands in DIR/endpoints.json under control.actors; the token in DIR/control-token goes into every request but those for health.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "see LICENSE", "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{
            "url": "http://127.0.0.1:{port}",
            "variables": { "port": { "default": "14500", "description": "as DIR/endpoints.json says" } },
        }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": shapes::schemas(used(actor)),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "the text of DIR/control-token",
                },
            },
        },
    })
}

fn described(actor: Actor, operation: &Operation) -> Value {
    let mut view = json!({
        "operationId": id(actor, operation),
        "summary": operation.does,
        "tags": [operation.tag()],
        "responses": responses(operation),
    });
    let parameters: Vec<Value> = operation.parameters().map(parameter).collect();
    if !parameters.is_empty() {
        view["parameters"] = json!(parameters);
    }
    if let Some(shape) = operation.takes {
        view["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": shape.reference() } },
        });
    }
    if operation.is_open() {
        view["security"] = json!([]);
    }
    view
}

/// `get-stubs-misses`: unique in a document.
fn id(actor: Actor, operation: &Operation) -> String {
    let path: String = operation
        .path
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let path = path.split('-').filter(|part| !part.is_empty());
    let path: Vec<_> = path.collect();
    format!("{actor}-{}-{}", operation.method.as_str(), path.join("-"))
}

fn parameter(parameter: Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": match parameter.place {
            Place::Path => "path",
            Place::Query => "query",
        },
        "required": parameter.place == Place::Path,
        "description": parameter.means,
        "schema": { "type": parameter.is },
    })
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    let (status, shape) = operation.gives;
    let given = match shape {
        Shape::Nothing => json!({ "description": "done" }),
        Shape::Text => json!({
            "description": "as it says",
            "content": { "text/plain": { "schema": { "type": "string" } } },
        }),
        shape => json!({
            "description": "as it says",
            "content": { "application/json": { "schema": shape.reference() } },
        }),
    };
    responses.insert(status.to_string(), given);
    let refusals = operation
        .refuses
        .iter()
        .map(|(status, labels)| (*status, *labels));
    let common = [
        (401, "token-missing, token-wrong"),
        (421, "host-refused"),
        (500, "own-fault"),
    ];
    let common = common
        .into_iter()
        .filter(|(status, _)| *status != 401 || !operation.is_open());
    for (status, labels) in common.chain(refusals) {
        responses.insert(
            status.to_string(),
            json!({
                "description": labels,
                "content": { "application/json": { "schema": Shape::Refusal.reference() } },
            }),
        );
    }
    Value::Object(responses)
}

/// The shapes that an actor's operations name.
fn used(actor: Actor) -> Vec<Shape> {
    let mut shapes = vec![Shape::Refusal];
    for operation in operations::of(actor) {
        shapes.extend(operation.takes);
        shapes.push(operation.gives.1);
    }
    shapes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn top() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    /// `QAQPA_WRITE=1 cargo test -p qaqpa openapi` writes them.
    #[test]
    fn docs_hold_the_documents_as_the_code_has_them() {
        for actor in Actor::ALL {
            let path = top().join(format!("docs/openapi/{actor}.json"));
            let mut text = serde_json::to_string_pretty(&document(actor)).unwrap();
            text.push('\n');
            if std::env::var_os("QAQPA_WRITE").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                kept == text,
                "{} is out of date: write it with QAQPA_WRITE=1",
                path.display()
            );
        }
    }

    #[test]
    fn each_operation_is_named_once_and_each_reference_leads_somewhere() {
        for actor in Actor::ALL {
            let document = document(actor);
            let mut ids = BTreeSet::new();
            for path in document["paths"].as_object().unwrap().values() {
                for operation in path.as_object().unwrap().values() {
                    let id = operation["operationId"].as_str().unwrap();
                    assert!(ids.insert(id.to_owned()), "{id} twice");
                }
            }
            let text = document.to_string();
            for reference in text.split("\"$ref\":\"#").skip(1) {
                let pointer = reference.split('"').next().unwrap();
                assert!(document.pointer(pointer).is_some(), "{actor}: {pointer}");
            }
        }
    }
}
