//! JUnit's XML, as CI servers read it.

use qaqpa_xml::write::Writer;

use super::Report;

/// One suite with one case a scenario.
pub(super) fn write(report: &Report) -> String {
    let failed = report.played.iter().filter(|played| !played.ok()).count();
    let seconds: f64 = report
        .played
        .iter()
        .map(|played| played.took.as_secs_f64())
        .sum();
    let mut out = Writer::new();
    out.start("testsuite");
    out.attribute("name", "qaqpa scenarios");
    out.attribute("tests", &report.played.len().to_string());
    out.attribute("failures", &failed.to_string());
    out.attribute("errors", "0");
    out.attribute("time", &format!("{seconds:.3}"));
    for played in &report.played {
        out.start("testcase");
        out.attribute("classname", &played.scenario.service.to_string());
        out.attribute("name", &played.scenario.id);
        out.attribute("time", &format!("{:.3}", played.took.as_secs_f64()));
        if let Some(first) = played.differences.first() {
            out.start("failure");
            out.attribute("message", first);
            out.text(&played.differences.join("\n"));
            out.end();
        }
        out.start("system-out");
        out.text(&played.path());
        out.end();
        out.end();
    }
    out.end();
    out.finish()
}
