//! One event as one JSON object in one line.

use std::fmt;

use serde_json::{Map, Number, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::registry::LookupSpan;

use super::mask;
use crate::watch;

/// `{"at": …, "level": …, "actor": …, "message": …, "fields": {…}, "target": …, "trace": …, "span": …}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut at = String::new();
        SystemTime.format_time(&mut Writer::new(&mut at))?;
        writeln!(writer, "{}", line(at, event))
    }
}

fn line(at: String, event: &Event<'_>) -> Value {
    let mut said = Said::default();
    event.record(&mut said);
    let mut line = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            line.insert(name.to_owned(), Value::String(value));
        }
    };
    // When it was said, in real time: what the simulator's clock shows is a field where it matters.
    put("at", Some(at));
    put(
        "level",
        Some(event.metadata().level().to_string().to_lowercase()),
    );
    put("target", Some(event.metadata().target().to_owned()));
    put(
        "actor",
        watch::current().map(|watch| watch.actor().to_owned()),
    );
    put("message", said.message);
    if let Some(context) = watch::context() {
        put("trace", Some(hex::encode(context.trace())));
        put("span", Some(hex::encode(context.span())));
    }
    if !said.fields.is_empty() {
        line.insert("fields".to_owned(), Value::Object(said.fields));
    }
    Value::Object(line)
}

/// The fields of an event, masked.
#[derive(Default)]
struct Said {
    message: Option<String>,
    fields: Map<String, Value>,
}

impl Said {
    fn put(&mut self, field: &Field, value: Value) {
        let value = if mask::is_secret(field.name()) {
            Value::String(mask::SECRET.to_owned())
        } else {
            value
        };
        self.fields.insert(field.name().to_owned(), value);
    }

    fn number(&mut self, field: &Field, number: impl Into<Number> + ToString) {
        let text = number.to_string();
        let masked = mask::personal(&text);
        // A number that is masked is a number no more, and the line must stay JSON.
        let value = if masked == text {
            Value::Number(number.into())
        } else {
            Value::String(masked)
        };
        self.put(field, value);
    }

    fn text(&mut self, field: &Field, text: &str) {
        let text = mask::personal(text);
        if field.name() == "message" {
            self.message = Some(text);
        } else {
            self.put(field, Value::String(text));
        }
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::writer::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Kept {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn an_event_is_one_line_of_json_without_personal_data_and_secrets() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::fmt()
            .event_format(Lines)
            .with_writer(kept.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(
                iin = 931_002_451_325_u64,
                attempt = 3,
                done = true,
                key_password = "Qwerty12",
                why = %"of 931002451325\n and more",
                "the application of {} was refused",
                "931002451325"
            );
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let mut line: Value = serde_json::from_str(&text).unwrap();
        let at = line.as_object_mut().unwrap().remove("at").unwrap();
        assert!(at.as_str().is_some_and(|at| at.ends_with('Z')), "{at}");
        assert_eq!(
            line,
            serde_json::json!({
                "level": "info",
                "target": "qaqpa_transport::telemetry::json::tests",
                "message": "the application of 93********25 was refused",
                "fields": {
                    "iin": "93********25",
                    "attempt": 3,
                    "done": true,
                    "key_password": "***",
                    "why": "of 93********25\n and more",
                },
            })
        );
    }
}
