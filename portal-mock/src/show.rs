//! How things of the simulator are shown to people: moments, elements, refusals, verdicts, the stepper.

use qaqpa_model::{Lang, Moment, RefusalLabel};
use qaqpa_regulations::flow::Branch;
use qaqpa_regulations::{Act, Element, ElementKind, Flow, Meaning, Period, PeriodUnit};
use qaqpa_store::{TraceEntry, TraceOutcome};
use qaqpa_verdict::{Indication, Outcome, Verdict};
use qaqpa_x509::Certificate;

use crate::refusal::{Refusal, cause_key, condition_of, is_about_the_signature, remedy_key};
use crate::views::{CertificateView, CheckView, RefusalView, StepView, VerdictView};
use qaqpa_web::Words;

/// A moment in Kazakhstan's time, for people.
pub(crate) fn moment(moment: Moment, lang: Lang) -> String {
    let format = match lang {
        Lang::En => "%-d %b %Y, %H:%M",
        Lang::Kk | Lang::Ru => "%d.%m.%Y, %H:%M",
    };
    moment.in_almaty().strftime(format).to_string()
}

/// The element's name, its kind and number, in the reader's language. What the act does not number is called otherwise.
pub(crate) fn spoken(element: &Element, w: &Words) -> String {
    let key = format!("element-{}", element.word());
    w.with_text(&key, "number", &element.number.to_string())
}

/// A deadline for people.
pub(crate) fn period(period: Period, w: &Words) -> String {
    let key = match period.unit() {
        PeriodUnit::CalendarDays => "period-calendar-days",
        PeriodUnit::Hours => "period-hours",
        PeriodUnit::Minutes => "period-minutes",
        PeriodUnit::WorkingDays => "period-working-days",
    };
    w.with(key, &[("n", period.amount().into())])
}

/// Bytes for people.
pub(crate) fn size(bytes: u64, w: &Words) -> String {
    const KILO: u64 = 1024;
    let (key, n) = match bytes {
        0..KILO => ("size-bytes", bytes.to_string()),
        KILO..1_048_576 => ("size-kilobytes", bytes.div_ceil(KILO).to_string()),
        _ => {
            let tenths = bytes.saturating_mul(10).div_ceil(1_048_576);
            let decimal = if w.lang() == Lang::En { '.' } else { ',' };
            (
                "size-megabytes",
                format!("{}{decimal}{}", tenths / 10, tenths % 10),
            )
        }
    };
    w.with_text(key, "n", &n)
}

/// A refusal as the process of that meaning forms it.
pub(crate) fn refusal(flow: &Flow, meaning: Meaning, refused: &Refusal, w: &Words) -> RefusalView {
    let label = refused.label();
    let of_the_flow = match meaning {
        Meaning::RefuseSignature => label.is_some_and(is_about_the_signature),
        _ => true,
    };
    let element = flow.element_for(meaning).filter(|_| of_the_flow);
    let condition = condition_of(flow, meaning).filter(|_| of_the_flow);
    RefusalView {
        element: element.map_or_else(String::new, |element| element.id.to_string()),
        condition: condition.map_or_else(String::new, |element| element.id.to_string()),
        label: refused.label.clone(),
        title: element.map_or_else(
            || w.t("refusal-title"),
            |element| element.title.get(w.lang()).to_owned(),
        ),
        spoken: [condition, element]
            .into_iter()
            .flatten()
            .map(|element| spoken(element, w))
            .collect::<Vec<_>>()
            .join(" → "),
        cause: match meaning {
            Meaning::RefuseRequest => w.t("cause-entered-data-wrong"),
            _ => w.t(&cause_key(&refused.label)),
        },
        why: refused.why.clone(),
        remedy: match meaning {
            Meaning::RefuseRequest => w.t("remedy-entered-data"),
            _ => w.t(remedy_key(label.unwrap_or(RefusalLabel::EnvelopeMalformed))),
        },
        check: if refused.check.is_empty() {
            String::new()
        } else {
            w.t(&format!("check-{}", refused.check))
        },
        clause: refused.clause.clone(),
    }
}

/// A verdict with every check.
pub(crate) fn verdict(verdict: &Verdict, when: String, w: &Words) -> VerdictView {
    let (state, key) = match verdict.indication {
        Indication::TotalPassed => ("total-passed", "verdict-total-passed"),
        Indication::TotalFailed => ("total-failed", "verdict-total-failed"),
        Indication::Indeterminate => ("indeterminate", "verdict-indeterminate"),
    };
    VerdictView {
        state,
        title: w.t(key),
        when,
        at: moment(verdict.at, w.lang()),
        indication: verdict.indication.as_str().to_owned(),
        sub_indication: verdict
            .sub_indication
            .map_or_else(String::new, |sub| sub.as_str().to_owned()),
        label: verdict
            .label
            .map_or_else(String::new, |label| label.to_string()),
        checks: verdict
            .checks
            .iter()
            .map(|check| {
                let (outcome, key) = match check.outcome {
                    Outcome::Pass => ("pass", "answer-pass"),
                    Outcome::Fail => ("fail", "answer-fail"),
                    Outcome::Undecided => ("undecided", "answer-undecided"),
                    Outcome::NotAsked => ("not-asked", "answer-not-asked"),
                };
                CheckView {
                    id: check.id.as_str(),
                    title: w.t(&format!("check-{}", check.id.as_str())),
                    outcome,
                    answer: w.t(key),
                    why: check.why.clone(),
                }
            })
            .collect(),
    }
}

/// A certificate, as its holder knows it.
pub(crate) fn certificate(der: &[u8], w: &Words) -> CertificateView {
    let Ok(certificate) = Certificate::from_der(der) else {
        return CertificateView::default();
    };
    let subject = certificate.subject();
    let span = w.with(
        "certificate-valid-span",
        &[
            ("from", moment(certificate.not_before(), w.lang()).into()),
            ("to", moment(certificate.not_after(), w.lang()).into()),
        ],
    );
    CertificateView {
        holder: subject.common_name.clone().unwrap_or_default(),
        issuer: certificate.issuer_name(),
        span,
        serial: certificate.serial_hex(),
    }
}

/// The name of a unit of an act.
pub(crate) fn unit(act: Option<&Act>, unit: &str, w: &Words) -> String {
    act.and_then(|act| act.unit(unit)).map_or_else(
        || unit.to_owned(),
        |unit| unit.title.get(w.lang()).to_owned(),
    )
}

/// Every element of the flow that lies on the way, with what came of it.
///
/// Elements that form a refusal are shown only where the way went through them; elements after a
/// refusal are not shown.
pub(crate) fn stepper(flow: &Flow, trace: &[TraceEntry], ended: bool, w: &Words) -> Vec<StepView> {
    let refused = trace.iter().any(|entry| entry.outcome == TraceOutcome::No);
    let mut current_given = ended;
    let mut steps = Vec::new();
    for element in &flow.elements {
        let entry = trace.iter().rev().find(|entry| entry.element == element.id);
        if entry.is_none() && (refused || is_refusal(flow, element)) {
            continue;
        }
        let mut step = plain_step(element, w);
        match entry {
            Some(entry) => {
                step.state = match entry.outcome {
                    TraceOutcome::No => "refused",
                    TraceOutcome::Done if is_refusal(flow, element) => "refused",
                    TraceOutcome::Done | TraceOutcome::Yes => "done",
                };
                step.outcome = entry.outcome.as_str().to_owned();
                step.answer = match entry.outcome {
                    TraceOutcome::Done => String::new(),
                    TraceOutcome::Yes => w.t("service-outcome-yes"),
                    TraceOutcome::No => w.t("service-outcome-no"),
                };
                step.label = entry.label.map_or_else(String::new, |l| l.to_string());
                step.at = moment(entry.at, w.lang());
            }
            None if !current_given => {
                current_given = true;
                step.state = "here";
            }
            None => step.state = "ahead",
        }
        steps.push(step);
    }
    steps
}

/// An element without a story.
pub(crate) fn plain_step(element: &Element, w: &Words) -> StepView {
    StepView {
        element: element.id.to_string(),
        kind: match element.kind {
            ElementKind::Process => "process",
            ElementKind::Condition => "condition",
        },
        spoken: spoken(element, w),
        title: element.title.get(w.lang()).to_owned(),
        text: element.text.get(w.lang()).to_owned(),
        state: "ahead",
        ..StepView::default()
    }
}

/// The whole way, refusals beside the conditions that lead to them.
pub(crate) fn whole_way(flow: &Flow, w: &Words) -> Vec<StepView> {
    flow.elements
        .iter()
        .filter(|element| !is_refusal(flow, element))
        .map(|element| {
            let otherwise = match &element.branch {
                Branch::Question { no, .. } => flow.element(no),
                _ => None,
            };
            StepView {
                otherwise: otherwise.map(|refusing| Box::new(plain_step(refusing, w))),
                ..plain_step(element, w)
            }
        })
        .collect()
}

/// Whether an element is where a condition's "no" leads to.
pub(crate) fn is_refusal(flow: &Flow, element: &Element) -> bool {
    flow.elements
        .iter()
        .any(|other| matches!(&other.branch, Branch::Question { no, .. } if *no == element.id))
}

#[cfg(test)]
mod tests {
    use qaqpa_web::Texts;

    use super::*;

    #[test]
    fn sizes_are_rounded_up_and_written_as_the_language_writes_them() {
        let texts = Texts::new(crate::texts::ALL).unwrap();
        let shown = |bytes| [Lang::En, Lang::Ru].map(|lang| size(bytes, texts.words(lang)));
        assert_eq!(shown(1023), ["1023 bytes", "1023 Б"]);
        assert_eq!(shown(1025), ["2 KB", "2 КБ"]);
        assert_eq!(shown(1_600_000), ["1.6 MB", "1,6 МБ"]);
    }

    #[test]
    fn moments_are_shown_in_kazakhstans_time() {
        let at = Moment::parse("2026-11-22T05:04:00Z").unwrap();
        assert_eq!(moment(at, Lang::Kk), "22.11.2026, 10:04");
        assert_eq!(moment(at, Lang::En), "22 Nov 2026, 10:04");
    }
}
