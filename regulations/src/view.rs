//! The catalogue for people and for programs: `qaqpa services` and `qaqpa services show`.

mod json;
mod text;

pub(crate) use json::{mark as mark_json, text as text_json};

pub use json::{listing_json, service_json, services_json};
pub use text::{act_text, flow_name, flow_text, listing_text, service_text};
