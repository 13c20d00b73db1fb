//! The authority at the command line: people, orders, and a guide to trusting it whose commands are run.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::clients::python;
use crate::stand::{self, SERVICE, Stand};

fn json(stand: &Stand, arguments: &[&str]) -> Value {
    let text = stand::qaqpa_yes(&stand.data, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap()
}

/// The exit code and what was complained about.
fn complaint(stand: &Stand, arguments: &[&str]) -> (Option<i32>, String) {
    let output = stand::qaqpa(&stand.data, arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), text)
}

/// The label with which `qaqpa verify` or the gateway refuses what this person signs; `accept` where neither does.
fn judged(stand: &Stand, id: &str, folder: &Path) -> String {
    let sample = stand::qaqpa(&stand.data, &["sample", SERVICE, "--signed-by", id]);
    if !sample.status.success() {
        let text = String::from_utf8_lossy(&sample.stderr).into_owned();
        assert!(text.contains("password is wrong"), "{id}: {text}");
        return "key-password-wrong".to_owned();
    }
    let path = folder.join(format!("{id}.xml"));
    std::fs::write(&path, &sample.stdout).unwrap();
    let output = stand::qaqpa(
        &stand.data,
        &["verify", path.to_str().unwrap(), "--format", "json"],
    );
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    match verdict["label"].as_str() {
        Some(label) => label.to_owned(),
        // The signature is good; whether it is the applicant's is the gateway's question.
        None => {
            assert_eq!(verdict["indication"], "TOTAL-PASSED", "{id}: {verdict}");
            let output = stand::qaqpa(
                &stand.data,
                &["send", path.to_str().unwrap(), "--format", "json"],
            );
            let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
            let label = answer["label"].as_str().map(str::to_owned);
            label.unwrap_or_else(|| {
                assert_eq!(answer["code"], "SCSS001", "{id}: {answer}");
                "accept".to_owned()
            })
        }
    }
}

#[test]
fn everybody_of_every_pack_is_judged_as_the_list_says() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let packs = json(
        stand,
        &["ca", "people", "--pack", "keys", "--pack", "states"],
    );
    let names: Vec<&str> = packs
        .as_array()
        .unwrap()
        .iter()
        .map(|pack| pack["pack"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["keys", "states"]);
    // endpoints.json follows.
    for _ in 0..100 {
        let now = stand::wait_for_endpoints(&stand.data);
        if now.identity("wrong-password").is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    for person in packs
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|pack| pack["people"].as_array().unwrap())
    {
        let id = person["id"].as_str().unwrap();
        let expected = person["label"].as_str().unwrap_or("accept");
        assert_eq!(judged(stand, id, folder.path()), expected, "{id}");
    }
    let wrong = complaint(stand, &["ca", "people", "--pack", "dragons"]);
    assert_eq!(wrong.0, Some(64), "{wrong:?}");
    let list = stand::qaqpa_yes(&stand.data, &["ca", "people"]);
    assert!(
        list.contains("families:") && list.contains("two-serial-numbers"),
        "{list}"
    );
}

#[test]
fn a_request_made_by_openssl_gets_a_certificate_that_openssl_trusts() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let openssl = |arguments: &[&str]| {
        let output = stand::judge("openssl", arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let (key, request, certificate) = (at("key.pem"), at("request.der"), at("certificate.pem"));
    openssl(&[
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        &key,
        "-subj",
        "/CN=anything",
        "-outform",
        "DER",
        "-out",
        &request,
    ]);
    let order = |extra: &[&str]| {
        let fixed = [
            "ca",
            "issue",
            "by-request-1",
            "--csr",
            &request,
            "--out",
            &certificate,
        ];
        [&fixed[..], extra]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let run = |extra: &[&str]| {
        let all = order(extra);
        stand::qaqpa(
            &stand.data,
            &all.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    };
    let nobody = run(&[]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&nobody.stderr).contains("name-invalid"),
        "{nobody:?}"
    );
    let issued = run(&[
        "--iin",
        "900101490019",
        "--name",
        "ТЕСТОВА СЫНАҚ",
        "--days",
        "10",
    ]);
    assert_eq!(issued.status.code(), Some(0), "{issued:?}");
    let trust = stand.endpoints.trust.signature.to_str().unwrap();
    openssl(&["verify", "-CAfile", trust, &certificate]);
    let public = openssl(&["x509", "-in", &certificate, "-noout", "-pubkey"]);
    assert_eq!(public, openssl(&["pkey", "-in", &key, "-pubout"]));
    let rubbish = at("rubbish.pem");
    std::fs::write(&rubbish, "no request\n").unwrap();
    let refused = complaint(
        stand,
        &[
            "ca",
            "issue",
            "by-request-2",
            "--csr",
            &rubbish,
            "--out",
            &certificate,
        ],
    );
    assert_eq!(refused.0, Some(1));
    assert!(refused.1.contains("csr-malformed"), "{}", refused.1);
}

#[test]
fn an_order_names_kind_period_and_place_and_is_refused_with_a_label() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "Qwerty12\n").unwrap();
    let (out, password) = (folder.path().to_str().unwrap(), password.to_str().unwrap());
    let order = |id: &'static str, iin: &'static str, extra: &[&'static str]| {
        let mut all = vec![
            "ca",
            "issue",
            id,
            "--iin",
            iin,
            "--name",
            "ТЕСТОВА СЫНАҚ",
            "--password-file",
        ];
        all.extend_from_slice(extra);
        all
    };
    let with_files = |mut order: Vec<&'static str>| -> Vec<String> {
        let at = order
            .iter()
            .position(|one| *one == "--password-file")
            .unwrap();
        let mut all: Vec<String> = order.drain(..).map(str::to_owned).collect();
        all.insert(at + 1, password.to_owned());
        all.extend(["--out".to_owned(), out.to_owned()]);
        all
    };
    let run = |order: Vec<&'static str>| {
        let all = with_files(order);
        stand::qaqpa(
            &stand.data,
            &all.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    };
    let head = [
        "--role",
        "head",
        "--bin",
        "990140900014",
        "--key",
        "gost-2015",
        "--days",
        "30",
    ];
    let issued = run(order("company-7", "900101490019", &head));
    assert_eq!(issued.status.code(), Some(0), "{issued:?}");
    assert!(
        !String::from_utf8_lossy(&issued.stderr).contains("warning"),
        "{issued:?}"
    );
    let file = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "p12"))
        .unwrap();
    assert!(
        file.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("GOST512_"),
        "{file:?}"
    );
    let outside = run(order("outside-7", "931002451325", &["--key", "ecdsa"]));
    assert_eq!(outside.status.code(), Some(0));
    assert!(
        String::from_utf8_lossy(&outside.stderr).contains("iin-outside-test-range"),
        "{outside:?}"
    );
    for (iin, extra, label) in [
        ("900101490018", &[][..], "iin-invalid"),
        (
            "123456789011",
            &["--test-identity"],
            "test-identities-forbidden",
        ),
        ("900101490019", &["--bin", "1"], "bin-invalid"),
        ("900101490019", &["--days", "9000"], "validity-invalid"),
    ] {
        let output = run(order("refused-7", iin, extra));
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(label), "{said}");
    }
}

#[test]
fn an_unknown_certificate_and_a_wrong_password_are_told_apart() {
    let stand = stand::shared();
    for command in [
        &["ca", "status"][..],
        &["ca", "revoke"],
        &["ca", "suspend"],
        &["ca", "resume"],
    ] {
        let (code, said) = complaint(stand, &[command, &["nobody-7"]].concat());
        assert_eq!(code, Some(1), "{command:?}: {said}");
        assert!(said.contains("certificate-unknown"), "{command:?}: {said}");
        assert!(!said.contains("password"), "{said}");
    }
    let status = json(stand, &["ca", "status", "head-1"]);
    let serial = status[0]["serial"].as_str().unwrap().to_uppercase();
    assert_eq!(json(stand, &["ca", "status", &serial]), status);
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (document, wrong) = (at("document.xml", "<a/>"), at("wrong", "not this\n"));
    let no_file = at("no.p12", "not a key file");
    let key = stand
        .endpoints
        .identity("citizen-1")
        .unwrap()
        .key
        .to_str()
        .unwrap();
    let sign = |key: &str| {
        complaint(
            stand,
            &["sign", &document, "--key", key, "--password-file", &wrong],
        )
    };
    let (code, said) = sign(key);
    assert_eq!(code, Some(1));
    assert!(said.contains("the password is wrong"), "{said}");
    let (code, said) = sign(&no_file);
    assert_eq!(code, Some(1));
    assert!(said.contains("not a key file"), "{said}");
    let (code, said) = sign("/nowhere/key.p12");
    assert_eq!(code, Some(64));
    assert!(said.contains("No such file"), "{said}");
}

#[test]
fn the_guides_text_is_pem_that_openssl_and_python_read() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let text = stand::qaqpa_yes(&stand.data, &["ca", "trust"]);
    assert!(text.starts_with("# TEST. "), "{text}");
    assert_eq!(text.matches("-----BEGIN CERTIFICATE-----").count(), 8);
    let comments_only = text
        .split("-----END CERTIFICATE-----\n")
        .flat_map(|part| part.split("-----BEGIN").next().unwrap().lines())
        .all(|line| line.is_empty() || line.starts_with('#'));
    assert!(comments_only, "{text}");
    let bundle = folder.path().join("bundle.pem");
    std::fs::write(&bundle, &text).unwrap();
    let leaf = leaf(stand, folder.path());
    let output = stand::judge(
        "openssl",
        &[
            "verify",
            "-CAfile",
            bundle.to_str().unwrap(),
            leaf.to_str().unwrap(),
        ],
    );
    assert!(output.status.success(), "{output:?}");
    let pem = stand::qaqpa_yes(
        &stand.data,
        &["ca", "trust", "--format", "pem", "--key", "rsa"],
    );
    assert_eq!(pem.matches("-----BEGIN CERTIFICATE-----").count(), 2);
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains('#'));
    let (code, said) = complaint(stand, &["ca", "trust", "--format", "der"]);
    assert_eq!(code, Some(64), "{said}");
    let out = folder.path().join("der");
    stand::qaqpa_yes(
        &stand.data,
        &[
            "ca",
            "trust",
            "--format",
            "der",
            "--key",
            "ecdsa",
            "--out",
            out.to_str().unwrap(),
        ],
    );
    let root = out.join("qaqpa-test-ecdsa-root.cer");
    let output = stand::judge(
        "openssl",
        &[
            "x509",
            "-inform",
            "DER",
            "-in",
            root.to_str().unwrap(),
            "-noout",
            "-subject",
        ],
    );
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("TEST"),
        "{output:?}"
    );
    assert_eq!(
        complaint(stand, &["clock", "show", "--format", "pem"]).0,
        Some(64)
    );
}

/// citizen-1's certificate as a PEM file.
fn leaf(stand: &Stand, folder: &Path) -> std::path::PathBuf {
    let citizen = stand.endpoints.identity("citizen-1").unwrap();
    stand::pem_of(&citizen.key, &citizen.password, folder).1
}

#[test]
fn every_command_of_the_guide_works_and_its_removal_too() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path();
    leaf(stand, desk);
    let out = desk.join("it's trust");
    let guide = json(
        stand,
        &[
            "ca",
            "trust",
            "--key",
            "rsa",
            "--out",
            out.to_str().unwrap(),
        ],
    );
    assert!(out.join("README.txt").is_file());
    let url = &stand.endpoints.console;
    let mut run = Vec::new();
    for recipe in guide["recipes"].as_array().unwrap() {
        let id = recipe["id"].as_str().unwrap();
        let lines = |what: &str| -> Vec<String> {
            let lines = recipe[what].as_array().unwrap().iter();
            lines
                .map(|line| line.as_str().unwrap().to_owned())
                .collect()
        };
        prepare(id, desk, url, &lines("code"));
        let mut commands = lines("commands");
        match id {
            "chromium" => commands.push(format!(
                "chromium --headless --no-sandbox --disable-gpu --dump-dom {url} 2>/dev/null | grep -q TEST"
            )),
            "java" => commands.push(
                "keytool -list -keystore qaqpa-test.p12 -storepass changeit | grep -q trustedCertEntry".to_owned(),
            ),
            "python" => commands.push("python3 code.py".to_owned()),
            "node" => commands.push("node code.js".to_owned()),
            _ => {}
        }
        commands.extend(lines("undo"));
        for command in commands {
            let output = shell(desk, &adapted(&command, desk, url));
            assert!(output.status.success(), "{id}: {command}\n{output:?}");
            run.push(id.to_owned());
        }
    }
    run.dedup();
    // .NET has no package on this machine: its recipe is code that is read, not run.
    assert_eq!(
        run,
        [
            "openssl", "java", "node", "python", "curl", "chromium", "firefox", "debian"
        ]
    );
}

/// What a recipe expects to be there: the user's own program, a profile.
fn prepare(id: &str, desk: &Path, url: &str, code: &[String]) {
    let put = |name: &str, text: &str| std::fs::write(desk.join(name), text).unwrap();
    match id {
        "node" => {
            put(
                "program.js",
                &format!(
                    "require('https').get('{url}', (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', (why) => {{ console.error(why); process.exit(2); }});"
                ),
            );
            let code = code.join("\n").replace(
                "const trusted =",
                "const certificate = new X509Certificate(require('fs').readFileSync('certificate.pem'));\nconst trusted =",
            );
            put(
                "code.js",
                &format!("{code}\nprocess.exit(issuer ? 0 : 1);\n")
                    .replace("it's trust", "it\\'s trust"),
            );
        }
        "python" => {
            put(
                "program.py",
                &format!(
                    "import requests, urllib.request\nassert requests.get('{url}').status_code == 200\nassert urllib.request.urlopen('{url}').status == 200\n"
                ),
            );
            let code = code.join("\n").replace("it's trust", "it\\'s trust");
            put(
                "code.py",
                &format!(
                    "import requests, ssl\nfrom cryptography import x509\nurl = '{url}'\ncertificate = x509.load_pem_x509_certificate(open('certificate.pem', 'rb').read())\n{code}\n"
                ),
            );
        }
        "firefox" => {
            std::fs::create_dir(desk.join("profile")).unwrap();
            let made = shell(desk, "certutil -d sql:profile -N --empty-password");
            assert!(made.status.success(), "{made:?}");
        }
        "debian" => {
            std::fs::create_dir(desk.join("local")).unwrap();
            std::fs::create_dir(desk.join("etc")).unwrap();
        }
        _ => {}
    }
}

/// The command as it is, but for what a person fills in, and for the machine's own store, which stays as it is.
fn adapted(command: &str, desk: &Path, url: &str) -> String {
    let (local, etc) = (desk.join("local"), desk.join("etc"));
    command
        .replace("https://127.0.0.1:PORT/", url)
        .replace("sudo ", "")
        .replace("/usr/local/share/ca-certificates", local.to_str().unwrap())
        .replace(
            "update-ca-certificates",
            &format!(
                "PATH=\"$PATH:/usr/sbin:/sbin\" update-ca-certificates --localcertsdir {} --etccertsdir {} --hooksdir {0}",
                local.display(),
                etc.display()
            ),
        )
}

fn shell(desk: &Path, command: &str) -> Output {
    let tools = python().parent().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-c", command])
        .current_dir(desk)
        .env("PATH", format!("{}:{path}", tools.display()))
        .env("HOME", desk)
        .env("PROFILE", desk.join("profile"))
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap()
}
