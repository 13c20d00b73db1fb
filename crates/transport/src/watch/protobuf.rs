//! Spans in the encoding of OTLP.
//!
//! Source: opentelemetry-proto 1.5, `collector/trace/v1/trace_service.proto`, `trace/v1/trace.proto`,
//! `common/v1/common.proto`; Protocol Buffers, "Encoding". A handful of messages, all of them written and none read, so
//! that no library of either is needed.

use super::export::Record;
use super::span::SpanKind;
use crate::telemetry::mask;

/// The types of a field's value on the wire.
const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const BYTES: u8 = 2;
const FIXED32: u8 = 5;

/// The longest fact that is sent, in bytes.
const FACT_BYTES_MAX: usize = 512;

/// `ExportTraceServiceRequest` with the spans of one actor.
pub(super) fn request(actor: &str, spans: &[Record]) -> Vec<u8> {
    let mut resource = Message::default();
    for (key, value) in [
        ("service.name", actor),
        ("service.namespace", "qaqpa"),
        ("service.version", env!("CARGO_PKG_VERSION")),
    ] {
        resource.message(1, &attribute(key, value));
    }
    let mut scope = Message::default();
    scope.text(1, "qaqpa");
    scope.text(2, env!("CARGO_PKG_VERSION"));
    let mut scope_spans = Message::default();
    scope_spans.message(1, &scope);
    for record in spans {
        scope_spans.message(2, &span(record));
    }
    let mut resource_spans = Message::default();
    resource_spans.message(1, &resource);
    resource_spans.message(2, &scope_spans);
    let mut request = Message::default();
    request.message(1, &resource_spans);
    request.0
}

fn span(record: &Record) -> Message {
    let mut span = Message::default();
    span.bytes(1, &record.context.trace());
    span.bytes(2, &record.context.span());
    if let Some(parent) = &record.parent {
        span.bytes(4, &parent.span());
    }
    span.text(5, &record.name);
    span.number(6, kind(record.kind));
    span.fixed64(7, record.begun_ns);
    span.fixed64(8, record.ended_ns.max(record.begun_ns));
    for (key, value) in &record.facts {
        span.message(9, &attribute(key, &mask::personal(shortened(value))));
    }
    if let Some(why) = &record.failure {
        let mut status = Message::default();
        status.text(2, &mask::personal(shortened(why)));
        // STATUS_CODE_ERROR
        status.number(3, 2);
        span.message(15, &status);
    }
    // The flags of the context: sampled.
    span.fixed32(16, 1);
    span
}

/// `Span.SpanKind`.
const fn kind(kind: SpanKind) -> u64 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Consumer => 5,
    }
}

/// `KeyValue` with a text.
fn attribute(key: &str, value: &str) -> Message {
    let mut any = Message::default();
    any.text(1, value);
    let mut pair = Message::default();
    pair.text(1, key);
    pair.message(2, &any);
    pair
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(FACT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A message that is being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn key(&mut self, field: u8, wire: u8) {
        self.varint(u64::from(field) << 3 | u64::from(wire));
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u8, value: u64) {
        self.key(field, VARINT);
        self.varint(value);
    }

    fn fixed64(&mut self, field: u8, value: u64) {
        self.key(field, FIXED64);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn fixed32(&mut self, field: u8, value: u32) {
        self.key(field, FIXED32);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, field: u8, value: &[u8]) {
        self.key(field, BYTES);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    fn text(&mut self, field: u8, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    fn message(&mut self, field: u8, value: &Self) {
        self.bytes(field, &value.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: Protocol Buffers, "Encoding": 150 is 96 01, "testing" in field 2 is 12 07 74 65 73 74 69 6e 67.
    #[test]
    fn numbers_and_texts_are_encoded_as_the_encoding_says() {
        let mut message = Message::default();
        message.number(1, 150);
        message.text(2, "testing");
        message.fixed32(16, 1);
        assert_eq!(
            hex::encode(message.0),
            "089601120774657374696e67850101000000"
        );
    }
}
