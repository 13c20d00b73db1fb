//! The catalogue for people and for programs: `qaqpa services` and `qaqpa services show`.

mod json;
mod text;

pub use json::{service_json, services_json};
pub use text::{flow_text, service_text};
