//! Until when the certificates live that everything hangs on, and whether the authority answers for them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_channel::SystemKeys;
use qaqpa_model::{Limits, Moment};
use qaqpa_transport::{Clock, paths};
use qaqpa_verdict::Subject;
use qaqpa_x509::Certificate;

use super::finding::{Finding, State};
use crate::command::verify::examiner;

/// Who ends within this time should be seen to.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

const REMEDY: &str = "start the simulator again: the authority makes anew what has ended; or set the clock back with `qaqpa clock set`";

/// The simulated clock has nothing to do with it.
const REMEDY_OF_TLS: &str = "TLS goes by real time: is this machine's clock right? if it is, stop the simulator, remove DIR/tls and start again";

/// The certificates of trust and of the systems.
pub(super) async fn look(data: &Path, clock: &Clock) -> Vec<Finding> {
    let (now, real) = (clock.now(), Clock::real().now());
    let mut found = vec![
        // TLS uses real time.
        of_file(&paths::trust_tls(data), real, REMEDY_OF_TLS),
        of_file(&paths::trust_signature(data), now, REMEDY),
        of_file(&paths::trust_gateway(data), now, REMEDY),
    ];
    let keys = SystemKeys::new(data, "system-gateway");
    match keys.current().await {
        Ok(systems) => {
            let ends = systems
                .known
                .iter()
                .map(|system| (system.id.as_str(), &system.certificate));
            found.push(of_all("the systems", ends, now, REMEDY));
        }
        Err(error) => found.push(Finding::failed(
            "certificates",
            "the systems",
            error,
            "the authority makes them at its start: `qaqpa up`",
        )),
    }
    found
}

fn of_file(path: &Path, now: Moment, remedy: &str) -> Finding {
    let name = path.display().to_string();
    let read = std::fs::read(path)
        .map_err(|error| error.to_string())
        .and_then(|pem| Certificate::chain_from_pem(&pem).map_err(|error| error.to_string()));
    match read {
        Ok(chain) => {
            let ends = chain.iter().map(|certificate| ("", certificate));
            of_all(&name, ends, now, remedy)
        }
        Err(why) => Finding::failed(
            "certificates",
            name,
            why,
            "the authority writes the file at its start: `qaqpa up`",
        ),
    }
}

/// Says of these certificates which one ends first.
fn of_all<'c>(
    about: &str,
    certificates: impl Iterator<Item = (&'c str, &'c Certificate)>,
    now: Moment,
    remedy: &str,
) -> Finding {
    let first = certificates.min_by_key(|(_, certificate)| certificate.not_after());
    let Some((id, certificate)) = first else {
        let remedy = "the authority makes them at its start: `qaqpa up`";
        return Finding::failed("certificates", about, "there is none", remedy);
    };
    judged(about, id, (certificate.not_after(), now), remedy)
}

fn judged(about: &str, id: &str, (end, now): (Moment, Moment), remedy: &str) -> Finding {
    let which = if id.is_empty() {
        String::new()
    } else {
        format!(" ({id})")
    };
    if end < now {
        let what = format!("ended at {end}{which}");
        return Finding::failed("certificates", about, what, remedy);
    }
    let what = format!("the first one ends at {end}{which}");
    if end.since(now) < SOON {
        return Finding::amiss(State::Warning, "certificates", about, what, remedy);
    }
    Finding::ok("certificates", about, what)
}

/// Whether the authority answers for the gateway's certificate, and what.
pub(super) async fn evidence(data: &Path, limits: Limits, clock: &Clock) -> Finding {
    let about = "the gateway's certificate";
    let remedy = "is the authority up? `qaqpa ca status` tells what it says of its certificates";
    let trust: PathBuf = paths::trust_signature(data);
    let read = std::fs::read(paths::trust_gateway(data))
        .map_err(|error| error.to_string())
        .and_then(|pem| Certificate::chain_from_pem(&pem).map_err(|error| error.to_string()));
    let Some(certificate) = read.ok().and_then(|chain| chain.into_iter().next()) else {
        let what = "there is none to ask about";
        return Finding::amiss(State::Unknown, "evidence", about, what, remedy);
    };
    let examiner = match examiner(data, &trust, limits, clock.clone()) {
        Ok(examiner) => examiner,
        Err(failure) => {
            return Finding::amiss(State::Unknown, "evidence", about, failure.message, remedy);
        }
    };
    let subject = Subject::Certificate {
        certificate_der: certificate.der(),
        pool_der: &[],
    };
    let (verdict, _) = examiner.examine(subject, clock.now()).await;
    if verdict.is_passed() {
        let what = "the authority answers, and says that it is in force";
        return Finding::ok("evidence", about, what);
    }
    let label = verdict
        .label
        .map_or_else(String::new, |label| format!("{label}: "));
    let what = format!("{label}{}", verdict.why());
    Finding::failed("evidence", about, what, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_ends_soon_is_a_warning_and_who_has_ended_has_failed() {
        let at = |text| Moment::parse(text).unwrap();
        let now = at("2026-11-22T12:00:00+05:00");
        let state = |end| judged("the systems", "system-portal", (at(end), now), REMEDY).state;
        assert_eq!(state("2026-11-22T11:59:59+05:00"), State::Failed);
        assert_eq!(state("2026-11-22T12:00:00+05:00"), State::Warning);
        assert_eq!(state("2026-12-06T11:59:59+05:00"), State::Warning);
        assert_eq!(state("2026-12-06T12:00:00+05:00"), State::Ok);
    }

    #[test]
    fn what_ends_by_real_time_is_not_mended_by_the_simulated_clock() {
        let at = |text| Moment::parse(text).unwrap();
        let times = (
            at("2026-11-22T12:00:00+05:00"),
            at("2026-11-22T12:00:01+05:00"),
        );
        let remedy = judged("tls.pem", "", times, REMEDY_OF_TLS).remedy.unwrap();
        assert!(!remedy.contains("clock set"), "{remedy}");
    }
}
