//! The published schema (docs/schema/verdict.schema.json) holds for what is really written.

use qaqpa_model::{Bin, Lang, RefusalLabel};
use qaqpa_verdict::report::{self, Kind};
use qaqpa_verdict::{
    Capsule, Cause, DigestCause, Matter, Nonce, Policy, Received, SubIndication, Subject,
};
use qaqpa_xmldsig::Profile;
use serde_json::Value;

use crate::reports::verdicts;
use crate::stand::{IIN, SEED, Stand, application, examine, iin, in_force_by, noon, run};

fn schema() -> Value {
    schema_named("verdict")
}

fn schema_named(name: &str) -> Value {
    let path = format!(
        "{}/../../docs/schema/{name}.schema.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// As much of JSON Schema as the verdict's schema uses; a keyword that is not known here fails the test.
fn holds(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema"
            | "$id"
            | "$defs"
            | "title"
            | "description"
            | "format"
            | "required"
            | "additionalProperties" => {}
            "pattern" => {
                let Some(text) = value.as_str() else { continue };
                let pattern = rule.as_str().unwrap();
                let hex = text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                let digits = text.bytes().all(|b| b.is_ascii_digit());
                let base64 = text
                    .trim_end_matches('=')
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
                let (hex, long) = match pattern {
                    "^[0-9]{12}$" => (digits, text.len() == 12),
                    "^[A-Za-z0-9+/]*={0,2}$" => (base64, !text.ends_with("===")),
                    _ => (hex, true),
                };
                let long = long
                    && match pattern {
                        "^[0-9]{12}$" | "^[A-Za-z0-9+/]*={0,2}$" => true,
                        "^[0-9a-f]{64}$" => text.len() == 64,
                        "^([0-9a-f]{64})?$" => matches!(text.len(), 0 | 64),
                        "^[0-9a-f]+$" => !text.is_empty(),
                        other => panic!("a pattern that is not known here: {other}"),
                    };
                if !hex || !long {
                    faults.push(format!("{at}: {text:?} is not {pattern}"));
                }
            }
            "const" if rule != value => faults.push(format!("{at}: {value} is not {rule}")),
            "minimum" if value.as_i64() < rule.as_i64() => {
                faults.push(format!("{at}: {value} < {rule}"))
            }
            "const" | "minimum" => {}
            "enum" if !rule.as_array().unwrap().contains(value) => {
                faults.push(format!("{at}: {value} is not one of {rule}"));
            }
            "enum" => {}
            "type" => {
                let names: Vec<_> = match rule {
                    Value::Array(names) => names.iter().map(|n| n.as_str().unwrap()).collect(),
                    name => vec![name.as_str().unwrap()],
                };
                let is = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(_) => "integer",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                if !names.contains(&is) {
                    faults.push(format!("{at}: {is} is not {names:?}"));
                }
            }
            "oneOf" => {
                let fitting = rule.as_array().unwrap().iter().filter(|option| {
                    let mut inner = Vec::new();
                    holds(root, option, value, at, &mut inner);
                    inner.is_empty()
                });
                let n = fitting.count();
                if n != 1 {
                    faults.push(format!("{at}: {n} of oneOf fit"));
                }
            }
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                holds(root, &root["$defs"][name], value, at, faults);
                return;
            }
            "items" => {
                for (index, item) in value.as_array().unwrap().iter().enumerate() {
                    holds(root, rule, item, &format!("{at}[{index}]"), faults);
                }
            }
            "properties" => {
                let Some(object) = value.as_object() else {
                    continue;
                };
                let rules = rule.as_object().unwrap();
                for (name, rule) in rules {
                    match object.get(name) {
                        Some(value) => holds(root, rule, value, &format!("{at}.{name}"), faults),
                        None if required(schema).contains(&name.as_str()) => {
                            faults.push(format!("{at}: {name} is missing"));
                        }
                        None => {}
                    }
                }
                for name in object.keys().filter(|name| !rules.contains_key(*name)) {
                    faults.push(format!("{at}: {name} is not in the schema"));
                }
            }
            other => panic!("a keyword that is not known here: {other}"),
        }
    }
}

fn required(schema: &Value) -> Vec<&str> {
    let names = schema["required"].as_array();
    names.map_or_else(Vec::new, |names| {
        names.iter().filter_map(Value::as_str).collect()
    })
}

fn faults(json: &str) -> Vec<String> {
    faults_by(&schema(), json)
}

fn faults_by(schema: &Value, json: &str) -> Vec<String> {
    let mut faults = Vec::new();
    holds(
        schema,
        schema,
        &serde_json::from_str(json).unwrap(),
        "$",
        &mut faults,
    );
    faults
}

#[test]
fn verdicts_of_every_kind_are_as_the_schema_says() {
    let stand = Stand::new();
    let signed = stand.signed(&application());
    let nothing = Vec::<String>::new();
    let (passed, _) = examine(&stand, &signed);
    assert_eq!(faults(&passed.to_json()), nothing);
    assert_eq!(faults(&passed.shown().to_json()), nothing);
    let (missing, _) = examine(&stand, &application());
    assert_eq!(faults(&missing.to_json()), nothing);
    let (changed, _) = examine(&stand, &signed.replace("Тараз", "Шу"));
    assert_eq!(faults(&changed.to_json()), nothing);
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let (undecided, ..) = run(subject, &stand.known(), &Policy::default(), noon(), |_| {
        Received::unavailable("status 503", noon())
    });
    assert_eq!(faults(&undecided.to_json()), nothing);
}

#[test]
fn capsules_of_every_kind_are_as_the_schema_says() {
    let stand = Stand::new();
    let schema = schema_named("capsule");
    let certificate = Matter::Certificate {
        certificate_der: stand.citizen.der().to_vec(),
        pool_der: vec![stand.issuing.der().to_vec()],
    };
    for matter in [
        Matter::Document(stand.signed(&application()).into_bytes()),
        Matter::Transport(b"<a/>".to_vec()),
        Matter::Cms {
            message: vec![0x30, 0],
            content: Some(b"beside".to_vec()),
        },
        Matter::Signatures {
            document: stand.signed(&application()).into_bytes(),
            profile: Profile::Enveloped,
        },
        certificate,
    ] {
        let capsule = Capsule::new(matter, stand.known(), noon(), SEED)
            .with_submitter(iin(IIN))
            .with_organisation(Bin::parse("990140000017").unwrap())
            .with_policy(Policy::default().with_nonce(Nonce::Omitted))
            .fed_by(|need| in_force_by(&stand, need));
        assert_eq!(faults_by(&schema, &capsule.to_json()), Vec::<String>::new());
    }
}

#[test]
fn reports_of_every_kind_and_language_are_as_the_schema_says() {
    let schema = schema_named("report");
    for (name, verdict) in verdicts() {
        assert_eq!(faults(&verdict.to_json()), Vec::<String>::new(), "{name}");
        for lang in Lang::ALL {
            for kind in [Kind::Facts, Kind::Detailed, Kind::Simple] {
                let several = [verdict.clone(), verdict.shown()];
                let json = report::json(kind, &several, lang);
                assert_eq!(faults_by(&schema, &json), Vec::<String>::new(), "{name}");
            }
        }
    }
    let json = report::json(Kind::Simple, &[], Lang::Kk);
    let bent = json.replacen("\"lang\": \"kk\"", "\"lang\": \"de\"", 1);
    assert_eq!(faults_by(&schema, &bent), ["$: 0 of oneOf fit"]);
}

#[test]
fn the_schema_knows_every_cause_of_a_digest_that_differs() {
    let schema = schema();
    let listed = &schema["$defs"]["diagnosis"]["properties"]["causes"]["items"]["enum"];
    let causes: Vec<_> = DigestCause::ALL
        .iter()
        .map(|cause| cause.as_str())
        .collect();
    assert_eq!(*listed, serde_json::json!(causes));
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let stand = Stand::new();
    let (verdict, _) = examine(&stand, &stand.signed(&application()));
    let json = verdict.to_json();
    let bent = json.replacen("\"version\": 1", "\"version\": 2", 1);
    assert_eq!(faults(&bent), ["$.version: 2 is not 1"]);
    let bent = json.replacen(
        "\"subject\": \"document\"",
        "\"subject\": \"letter\", \"x\": 1",
        1,
    );
    assert_eq!(faults(&bent).len(), 2);
}

#[test]
fn the_schema_knows_every_label_and_reason() {
    let schema = schema();
    let listed = |name: &str| -> Vec<String> {
        schema["$defs"][name]["enum"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|value| value.as_str().map(ToOwned::to_owned))
            .collect()
    };
    let labels: Vec<_> = RefusalLabel::ALL
        .iter()
        .map(|label| label.as_str().to_owned())
        .collect();
    assert_eq!(listed("label"), labels);
    let reasons: Vec<_> = SubIndication::ALL
        .iter()
        .map(|sub| sub.as_str().to_owned())
        .collect();
    assert_eq!(listed("sub_indication"), reasons);
    let causes: Vec<_> = Cause::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(listed("cause"), causes);
}
