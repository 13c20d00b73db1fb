//! Event logs of real systems: any bytes are a log within its limits or are refused with a place in the file.

use std::sync::OnceLock;

use qaqpa_model::ServiceAtAct;
use qaqpa_regulations::Catalogue;
use qaqpa_regulations::conform::{
    ActivityMap, Choice, Column, EventLog, LogLimits, Reading, Verdict, conform,
};

const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";

/// A log that is read keeps its limits; each of its cases gets one verdict, about an event that it has; what is refused
/// names a line that the file has.
pub fn event_log(bytes: &[u8]) {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    let catalogue = CATALOGUE.get_or_init(|| Catalogue::embedded().expect("our own catalogue"));
    let limits = LogLimits {
        bytes_max: 1024 * 1024,
        cases_max: 50,
        events_max: 500,
        text_bytes_max: 200,
    };
    let renamed = Reading {
        columns: [(Column::Case, "Case ID".to_owned())].into(),
        local_time: true,
        limits,
    };
    let plain = Reading {
        limits,
        ..Reading::default()
    };
    for reading in [plain, renamed] {
        let log = match EventLog::read(bytes, &reading) {
            Ok(log) => log,
            Err(error) => {
                let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
                // A carriage return alone ends a line of CSV and of XML, too.
                let lines = lines + bytes.iter().filter(|byte| **byte == b'\r').count();
                assert!(
                    error.line.is_none_or(|line| (1..=lines).contains(&line)),
                    "{error}"
                );
                continue;
            }
        };
        let events: usize = log.cases.iter().map(|case| case.events.len()).sum();
        assert!(log.cases.len() <= limits.cases_max);
        assert!(events + log.passed_over <= limits.events_max);
        let choice = Choice {
            service: ServiceAtAct::parse(SERVICE).ok(),
            ..Choice::default()
        };
        let Ok(report) = conform(catalogue, &log, &choice, &ActivityMap::default()) else {
            continue;
        };
        assert_eq!(report.cases.len(), log.cases.len());
        for (case, logged) in report.cases.iter().zip(&log.cases) {
            if let Verdict::Leaves(departure) = &case.verdict {
                let event = logged.events.get(departure.number - 1);
                assert_eq!(event, Some(&departure.event));
            }
        }
    }
}
