//! The report as a page: what was played, and each flow as a picture of what was covered and what was not.

use std::fmt::Write as _;

use qaqpa_model::{ElementId, Lang};
use qaqpa_regulations::diagram::{Diagram, Overlay, Trail, svg};
use qaqpa_regulations::{Catalogue, Flow, Service};

use super::Report;
use crate::coverage::{Count, FlowCoverage, Missing};
use crate::path::spoken;
use crate::play::Played;

const STYLE: &str = "
body{font:16px/1.5 'Noto Sans','DejaVu Sans',Arial,sans-serif;color:#1d2733;margin:0 auto;max-width:80rem;padding:1rem}
h1{font-size:1.7rem}h2{font-size:1.3rem;margin-top:2rem}h3{font-size:1.05rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d5dce3;vertical-align:top}
.ok{color:#14663a}.failed{color:#a3211a;font-weight:600}
.picture{overflow-x:auto;border:1px solid #d5dce3;margin:.5rem 0}
code{font-size:.9em;overflow-wrap:anywhere}summary{cursor:pointer;padding:.3rem 0}
meter{width:8rem;height:1rem;vertical-align:middle}
@media print{details>*{display:block}.picture{overflow:visible}.picture svg{width:100%;height:auto}}
";

/// The headings, in a language.
struct Words {
    title: &'static str,
    played: &'static str,
    failed: &'static str,
    ok: &'static str,
    coverage: &'static str,
    elements: &'static str,
    branches: &'static str,
    mcdc: &'static str,
    scenarios: &'static str,
    scenario: &'static str,
    path: &'static str,
    seconds: &'static str,
    flows: &'static str,
    missing: &'static str,
    to_cover: &'static str,
    all: &'static str,
    key: &'static str,
}

const fn words(lang: Lang) -> Words {
    match lang {
        Lang::Kk => Words {
            title: "Сценарийлер және қамту",
            played: "ойнатылды",
            failed: "сәтсіз",
            ok: "дұрыс",
            coverage: "Қамту",
            elements: "үдерістер мен шарттар",
            branches: "тармақтар",
            mcdc: "себептер (MC/DC)",
            scenarios: "Сценарийлер",
            scenario: "Сценарий",
            path: "Өткен жолы",
            seconds: "секунд",
            flows: "Ағындар",
            missing: "Қамтылмағаны",
            to_cover: "Қамту үшін сценарийде:",
            all: "Бәрі қамтылған.",
            key: "Сан — қанша сценарий өтті; күлгін — қамтылған; қызыл үзік сызық — ешкім өтпеген.",
        },
        Lang::Ru => Words {
            title: "Сценарии и покрытие",
            played: "сыграно",
            failed: "не прошло",
            ok: "верно",
            coverage: "Покрытие",
            elements: "процессы и условия",
            branches: "ветви",
            mcdc: "причины (MC/DC)",
            scenarios: "Сценарии",
            scenario: "Сценарий",
            path: "Пройденный путь",
            seconds: "секунд",
            flows: "Потоки",
            missing: "Не покрыто",
            to_cover: "Чтобы покрыть, в сценарии:",
            all: "Покрыто всё.",
            key: "Число — сколько сценариев прошло; фиолетовое — покрыто; красный пунктир — не прошёл никто.",
        },
        Lang::En => Words {
            title: "Scenarios and coverage",
            played: "played",
            failed: "failed",
            ok: "ok",
            coverage: "Coverage",
            elements: "processes and conditions",
            branches: "branches",
            mcdc: "causes (MC/DC)",
            scenarios: "Scenarios",
            scenario: "Scenario",
            path: "Path taken",
            seconds: "seconds",
            flows: "Flows",
            missing: "Not covered",
            to_cover: "To cover it, in a scenario:",
            all: "Everything is covered.",
            key: "A number says how many scenarios passed; violet is covered; red and dashed was passed by none.",
        },
    }
}

/// The whole page.
pub(super) fn page(report: &Report, catalogue: &Catalogue, lang: Lang) -> String {
    let words = words(lang);
    let (title, coverage) = (words.title, &report.coverage);
    let failed = report.played.iter().filter(|played| !played.ok()).count();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n<main>\n<h1>{title}</h1>\n\
         <p>{}: {}; <span class=\"{}\">{}: {failed}</span></p>\n<h2>{}</h2>\n<table>\n",
        lang.code(),
        words.played,
        report.played.len(),
        if failed == 0 { "ok" } else { "failed" },
        words.failed,
        words.coverage,
    );
    for (name, count) in [
        (words.elements, coverage.elements),
        (words.branches, coverage.branches),
        (words.mcdc, coverage.mcdc),
    ] {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{name}<td>{}",
            figure(name, count)
        );
    }
    out.push_str("</table>\n");
    let (good, bad): (Vec<_>, Vec<_>) = report.played.iter().partition(|played| played.ok());
    // What went wrong is looked for first.
    for (word, played) in [(words.failed, bad), (words.scenarios, good)] {
        if !played.is_empty() {
            table(&mut out, word, &played, catalogue, lang);
        }
    }
    let _ = writeln!(out, "<h2>{}</h2>\n<p>{}</p>", words.flows, words.key);
    for of_flow in &coverage.flows {
        if let Some((service, flow)) = find(catalogue, of_flow) {
            let diagram = Diagram::of(service, flow, lang);
            flow_of(&mut out, of_flow, &diagram, &words);
        }
    }
    out.push_str("</main>\n</html>\n");
    out
}

fn table(out: &mut String, title: &str, all: &[&Played], catalogue: &Catalogue, lang: Lang) {
    let words = words(lang);
    let _ = writeln!(
        out,
        "<h2>{title}</h2>\n<table>\n<tr><th scope=\"col\">{}<th scope=\"col\">{}<th scope=\"col\">{}",
        words.scenario, words.path, words.seconds
    );
    for (number, played) in (1..).zip(all) {
        scenario(out, played, number, catalogue, lang, &words);
    }
    out.push_str("</table>\n");
}

fn find<'c>(catalogue: &'c Catalogue, wanted: &FlowCoverage) -> Option<(&'c Service, &'c Flow)> {
    let mut services = catalogue.services().iter();
    let service = services.find(|service| service.id.to_string() == wanted.service)?;
    let mut flows = service.flows.iter();
    let flow = flows.find(|flow| flow.channel.as_str() == wanted.channel)?;
    Some((service, flow))
}

fn figure(name: &str, count: Count) -> String {
    let Count { covered, of } = count;
    format!(
        "<meter min=\"0\" max=\"{}\" value=\"{covered}\" aria-label=\"{name}\"></meter> {covered}/{of} ({} %)",
        of.max(1),
        count.per_cent()
    )
}

/// A flow with its picture; open where a part of it is missing.
fn flow_of(out: &mut String, coverage: &FlowCoverage, diagram: &Diagram, words: &Words) {
    let picture = svg::picture(diagram, Some(Overlay::Traffic(&coverage.traffic)));
    // One that nobody walked is not what was to be shown.
    let is_partly = coverage.elements.covered > 0 && !coverage.missing.is_empty();
    let open = if is_partly { " open" } else { "" };
    let _ = writeln!(
        out,
        "<details{open}>\n<summary><strong>{}</strong> · {} — {} {} %, {} {} %, {} {} %</summary>\n\
         <div class=\"picture\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">{picture}</div>",
        escaped(&coverage.service),
        coverage.channel,
        words.elements,
        coverage.elements.per_cent(),
        words.branches,
        coverage.branches.per_cent(),
        words.mcdc,
        coverage.mcdc.per_cent(),
        escaped(&diagram.title),
    );
    if coverage.missing.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", words.all);
    } else {
        let _ = writeln!(out, "<h3>{}</h3>\n<ul>", words.missing);
        for missing in &coverage.missing {
            missed(out, missing, words);
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</details>\n");
}

fn missed(out: &mut String, missing: &Missing, words: &Words) {
    let _ = writeln!(
        out,
        "<li>{}<br>{} <code>{}</code>",
        escaped(&missing.what),
        words.to_cover,
        escaped(&missing.input())
    );
}

/// A line of the table; one that failed with its differences and its way on the picture of its flow.
fn scenario(
    out: &mut String,
    played: &Played,
    number: usize,
    catalogue: &Catalogue,
    lang: Lang,
    words: &Words,
) {
    let (class, word) = match played.ok() {
        true => ("ok", words.ok),
        false => ("failed", words.failed),
    };
    let label = played.seen.label.map(|label| format!(" [{label}]"));
    let _ = writeln!(
        out,
        "<tr><td><span class=\"{class}\">{word}</span> <strong>{}</strong><br>{}<td>{}{}<td>{:.1}",
        escaped(&played.scenario.id),
        escaped(played.scenario.title.get(lang)),
        escaped(&spoken(&played.seen.elements)),
        label.unwrap_or_default(),
        played.took.as_secs_f64(),
    );
    if played.ok() {
        return;
    }
    out.push_str("<tr><td colspan=\"3\"><ul>\n");
    for difference in &played.differences {
        let _ = writeln!(out, "<li class=\"failed\">{}", escaped(difference));
    }
    out.push_str("</ul>\n");
    let service = catalogue.service(&played.scenario.service);
    let flow = service.and_then(|service| {
        let mut flows = service.flows.iter();
        let flow = flows.find(|flow| flow.channel == played.scenario.channel)?;
        Some((service, flow))
    });
    if let Some((service, flow)) = flow {
        let mut diagram = Diagram::of(service, flow, lang);
        diagram.id = format!("{}-{number}", diagram.id);
        let picture = svg::picture(&diagram, Some(Overlay::Trail(&trail(played))));
        let _ = writeln!(
            out,
            "<div class=\"picture\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">{picture}</div>",
            escaped(&diagram.title)
        );
    }
}

/// The way of a scenario, and where it left the one that was expected.
fn trail(played: &Played) -> Trail {
    let parse = |id: &String| ElementId::parse(id).ok();
    let (seen, expected) = (&played.seen.elements, &played.scenario.expect.path);
    let same = seen
        .iter()
        .zip(expected)
        .take_while(|(one, other)| one == other);
    let left = same.count();
    Trail {
        steps: seen.iter().filter_map(parse).collect(),
        left_at: seen.get(left).or(expected.get(left)).and_then(parse),
    }
}

/// As text and attributes of HTML.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
