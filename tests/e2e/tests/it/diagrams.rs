//! The flows as BPMN 2.0 in the hands of tools that we did not write: OMG's schema, bpmn-moddle, bpmn-js in a browser.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use qaqpa_model::Lang;
use qaqpa_regulations::Catalogue;
use qaqpa_regulations::diagram::{Diagram, bpmn};
use serde_json::{Value, json};

use crate::clients::{packages, top};
use crate::stand::{self, fresh_folder, judge};

/// Every flow of the catalogue in each language: the files in a folder of their own.
fn written(folder: &Path, langs: &[Lang]) -> Vec<(PathBuf, Diagram)> {
    let catalogue = Catalogue::embedded().unwrap();
    let mut files = Vec::new();
    for service in catalogue.regulated() {
        for (flow, lang) in service
            .flows
            .iter()
            .flat_map(|flow| langs.iter().map(move |lang| (flow, *lang)))
        {
            let diagram = Diagram::of(service, flow, lang);
            let file = folder.join(format!("{}-{}.bpmn", diagram.id, lang.code()));
            std::fs::write(&file, bpmn::xml(&diagram)).unwrap();
            files.push((file, diagram));
        }
    }
    files
}

#[test]
fn every_flow_is_valid_by_omgs_schema_and_comes_back_unchanged_from_bpmn_moddle() {
    let folder = fresh_folder("bpmn");
    let files = written(&folder, &[Lang::Kk, Lang::Ru, Lang::En]);
    assert!(files.len() > 100, "{}", files.len());
    let schema = packages().join("bpmn-moddle/resources/bpmn/xsd/BPMN20.xsd");
    let names = files.iter().map(|(file, _)| file.to_str().unwrap());
    let mut arguments = vec!["--nonet", "--noout", "--schema", schema.to_str().unwrap()];
    arguments.extend(names.clone());
    let judged = judge("xmllint", &arguments);
    let told = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success(), "{told}");
    let valid = told
        .lines()
        .filter(|line| line.ends_with(" validates"))
        .count();
    assert_eq!(valid, files.len(), "{told}");

    let output = Command::new("node")
        .env("NODE_PATH", packages())
        .arg(top().join("tests/e2e/node/bpmn_round.js"))
        .args(names)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

#[test]
fn bpmn_js_opens_every_flow_and_shows_everything_in_it() {
    let folder = fresh_folder("bpmn-js");
    let files = written(&folder, &[Lang::Kk]);
    let name = |file: &Path| file.file_name().unwrap().to_str().unwrap().to_owned();
    let diagrams: BTreeMap<String, String> = files
        .iter()
        .map(|(file, _)| (name(file), std::fs::read_to_string(file).unwrap()))
        .collect();
    let viewer = packages().join("bpmn-js/dist/bpmn-viewer.production.min.js");
    let script = top()
        .join("tests/e2e/node/bpmn_js.js")
        .canonicalize()
        .unwrap();
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><body><script src=\"file://{}\"></script>\
         <script>const diagrams = {};</script><script src=\"file://{}\"></script>",
        viewer.canonicalize().unwrap().display(),
        json!(diagrams).to_string().replace("</", "<\\/"),
        script.display()
    );
    let file = folder.join("page.html");
    std::fs::write(&file, page).unwrap();
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let output = judge(
        "chromium",
        &[
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--virtual-time-budget=600000",
            &profile,
            "--dump-dom",
            &format!("file://{}", file.display()),
        ],
    );
    let shown = String::from_utf8_lossy(&output.stdout);
    let told = shown
        .split_once("<pre id=\"told\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"))
        .unwrap_or_else(|| panic!("{shown} {}", String::from_utf8_lossy(&output.stderr)));
    let told: BTreeMap<String, Value> =
        serde_json::from_str(&told.0.replace("&amp;", "&")).unwrap();
    assert_eq!(told.len(), files.len());
    for (file, diagram) in &files {
        let lanes: usize = diagram.pools.iter().map(|pool| 1 + pool.lanes.len()).sum();
        let drawn = lanes + diagram.nodes.len() + diagram.edges.len();
        let expected = json!({"warnings": [], "drawn": drawn, "same": true});
        assert_eq!(told[&name(file)], expected, "{}", name(file));
    }
}

#[test]
fn a_flow_is_drawn_by_its_name_and_what_cannot_be_drawn_is_told() {
    let folder = fresh_folder("drawn");
    let show =
        |arguments: &[&str]| stand::qaqpa(&folder, &[&["services", "show"], arguments].concat());
    let service = "guardianship-certificate@zhambyl-2019-23";
    let catalogue = Catalogue::embedded().unwrap();
    let drawn = catalogue
        .regulated()
        .iter()
        .find(|one| one.id.to_string() == service);
    let drawn = Diagram::of(drawn.unwrap(), &drawn.unwrap().flows[0], Lang::Ru);
    let output = show(&[service, "--format", "bpmn", "--lang", "ru"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), bpmn::xml(&drawn));

    let trail = "process-1,condition-1,process-2";
    let output = show(&[service, "--format", "svg", "--trail", trail]);
    let picture = String::from_utf8(output.stdout).unwrap();
    let badges = picture.matches("class=\"order\"").count();
    assert_eq!(badges, 3);
    assert_eq!(picture.matches("class=\"line went\"").count(), 5);

    let said = |arguments: &[&str]| {
        let output = show(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), told)
    };
    let (code, told) = said(&[service, "--format", "svg", "--trail", "process-9"]);
    assert_eq!(code, 64, "{told}");
    assert!(
        told.contains("the flow has no \"process-9\"") && told.contains("process-8"),
        "{told}"
    );
    let several = "kindergarten-queue@qyzylorda-2018-1056";
    let (code, told) = said(&[several, "--format", "svg"]);
    assert_eq!(code, 64, "{told}");
    assert!(told.contains("--channel state-corporation"), "{told}");
    let examination = "special-needs-examination@qyzylorda-2014-700";
    let (_, told) = said(&[examination, "--format", "bpmn"]);
    assert!(
        told.contains("--channel provider-office --variant consultation"),
        "{told}"
    );
    let one = show(&[
        examination,
        "--channel",
        "provider-office",
        "--variant",
        "consultation",
        "--format",
        "bpmn",
    ]);
    assert!(one.status.success());
    let (code, told) = said(&[
        service,
        "--channel",
        "portal",
        "--variant",
        "x",
        "--format",
        "svg",
    ]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("leave --variant out"), "{told}");
    let (code, told) = said(&[service, "--trail", "process-1"]);
    assert_eq!(code, 64, "{told}");
    let elsewhere = stand::qaqpa(&folder, &["services", "--format", "svg"]);
    assert_eq!(elsewhere.status.code(), Some(64));
    // A service without a flow has no picture, and it is said why.
    let (code, told) = said(&["social-assistance@shal-aqyn-2012-238", "--format", "svg"]);
    assert_eq!(code, 1, "{told}");
}
