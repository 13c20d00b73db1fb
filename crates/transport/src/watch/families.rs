//! Everything that is counted, in one closed list: name, labels, meaning.

/// What a family's numbers are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only grows; its name ends with `_total`.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often something took how many seconds, by these upper bounds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// The word of Prometheus' text format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// Seconds: from a kept verdict of microseconds to a neighbour that does not answer.
const SECONDS: Kind = Kind::Histogram(&[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 30.0,
]);

macro_rules! families {
    ($($variant:ident = $name:literal, $kind:expr, [$($label:literal),*], $help:literal;)+) => {
        /// One thing that is counted. Stable: people's dashboards and alarms hold on to the names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Family {
            $(#[doc = $help] $variant,)+
        }

        impl Family {
            /// Every family, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name, with the unit last.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What its numbers are.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => $kind,)+ }
            }

            /// The names of its labels. Their values are names of ours, never a peer's words.
            #[must_use]
            pub const fn labels(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($label),*],)+ }
            }

            /// What it says, in one sentence.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)+ }
            }
        }
    };
}

families! {
    HttpRequests = "qaqpa_http_requests_total", Kind::Counter, ["door", "status"],
        "Requests that were answered, by the door and the status of the answer.";
    HttpRequestSeconds = "qaqpa_http_request_seconds", SECONDS, ["door"],
        "From the whole request to the answer of its handler.";
    HttpRefusals = "qaqpa_http_refusals_total", Kind::Counter, ["door", "label"],
        "Requests that were refused before a handler saw them: too large, too slow, cut off, too many.";
    HttpConnections = "qaqpa_http_connections", Kind::Gauge, ["door"],
        "Connections that are open.";
    HttpUnderWay = "qaqpa_http_requests_under_way", Kind::Gauge, ["door"],
        "Requests that are being handled.";
    TlsHandshakes = "qaqpa_tls_handshakes_total", Kind::Counter, ["door", "outcome"],
        "TLS handshakes: done, failed, or not done in time.";
    Calls = "qaqpa_calls_total", Kind::Counter, ["outcome"],
        "Calls of other actors and systems, by the class of the status, or why there was no answer.";
    CallSeconds = "qaqpa_call_seconds", SECONDS, ["outcome"],
        "From the call to the last byte of its answer.";
    Messages = "qaqpa_messages_total", Kind::Counter, ["operation", "outcome", "label"],
        "Messages of the channels, by what was asked for, what became of it and the label of a refusal.";
    StageSeconds = "qaqpa_stage_seconds", SECONDS, ["stage"],
        "How long a message stayed in a stage of its way.";
    Verdicts = "qaqpa_verdicts_total", Kind::Counter, ["subject", "indication", "label"],
        "Verdicts, by what was judged, their indication and the label of what failed.";
    ExaminationSeconds = "qaqpa_examination_seconds", SECONDS, ["subject"],
        "From the beginning of an examination to its verdict, evidence included.";
    Verifications = "qaqpa_verifications_total", Kind::Counter, ["what"],
        "Signatures that were verified: of messages and documents in examinations, of acknowledgements and answers by a known key.";
    Signatures = "qaqpa_signatures_total", Kind::Counter, ["what"],
        "Signatures that were made: of envelopes, answers and documents.";
    Evidence = "qaqpa_evidence_total", Kind::Counter, ["kind", "from"],
        "Evidence that examinations were given: kept from before, fetched, or not to be had.";
    Deliveries = "qaqpa_deliveries_total", Kind::Counter, ["destination", "outcome"],
        "Attempts to deliver what the outbox holds: done, held, later, never.";
    DeliverySeconds = "qaqpa_delivery_attempt_seconds", SECONDS, ["destination"],
        "How long one attempt to deliver took.";
    OutboxEntries = "qaqpa_outbox_entries", Kind::Gauge, ["state"],
        "What the outbox holds and nobody has yet: pending, behind another of its exchange, held until it is fetched, stopped.";
    OutboxOldestSeconds = "qaqpa_outbox_oldest_seconds", Kind::Gauge, ["state"],
        "How long ago, by the simulator's clock, the oldest of these was put in.";
    StoreWrites = "qaqpa_store_writes_total", Kind::Counter, ["outcome"],
        "Transactions that were asked for: committed, failed, or not to be had for a moment.";
    StoreWriteSeconds = "qaqpa_store_write_seconds", SECONDS, [],
        "From asking for a transaction to its commit, the wait for the writer included.";
    StoreFreeBytes = "qaqpa_store_free_bytes", Kind::Gauge, [],
        "Free bytes on the disk of the gateway's file store; nothing where the store is on a server.";
    ClockOffsetSeconds = "qaqpa_clock_offset_seconds", Kind::Gauge, [],
        "How far the simulator's clock is ahead of real time.";
    Ready = "qaqpa_ready", Kind::Gauge, ["check"],
        "Whether a check of readiness passed when it was last asked: 1 or 0.";
    SpansRecorded = "qaqpa_spans_total", Kind::Counter, ["outcome"],
        "Spans of traces: sent to the collector, dropped because too many waited, or lost with a collector that did not answer.";
    CollectionsCut = "qaqpa_collections_cut_total", Kind::Counter, [],
        "Readings of these numbers that were cut short, because the store did not answer, or not in time.";
    BuildInfo = "qaqpa_build_info", Kind::Gauge, ["actor", "version"],
        "Always 1: which actor this is, and of which version.";
    ResidentBytes = "process_resident_memory_bytes", Kind::Gauge, [],
        "Memory of the process that is resident; `qaqpa up` has all actors in one process.";
    OpenFiles = "process_open_fds", Kind::Gauge, [],
        "File descriptors of the process that are open.";
    Tasks = "qaqpa_tasks", Kind::Gauge, [],
        "Tasks of the process that have begun and not ended: its connections, deliveries and workers.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Source: prometheus.io/docs/practices/naming; what its own linter asks for.
    #[test]
    fn names_are_as_prometheus_wants_them_and_no_two_are_the_same() {
        let names: BTreeSet<_> = Family::ALL.iter().map(|family| family.name()).collect();
        assert_eq!(names.len(), Family::ALL.len());
        for family in Family::ALL {
            let name = family.name();
            assert_eq!(
                name.ends_with("_total"),
                family.kind() == Kind::Counter,
                "{name}"
            );
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{name}"
            );
            assert!(!family.labels().contains(&"le"), "{name}");
            assert!(
                family.labels().len() <= super::super::metrics::LABELS_MAX,
                "{name}"
            );
            assert!(family.help().ends_with('.'), "{name}");
        }
    }
}
