//! How to trust the TEST authority, program by program: data, so that the tests can run every command.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// What stands above everything else.
pub(super) const WARNING: &str = "TEST. This authority belongs to a simulator on this machine: its keys lie in the data folder, \
and whoever can read them can sign as anybody. Trust it only in tests, never on a machine or in a browser profile that \
you use for anything real, and remove it afterwards.";

/// The files that the recipes name.
#[derive(Clone, Debug)]
pub(super) struct Files {
    /// Roots and issuing authorities of signatures.
    pub(super) signature: PathBuf,
    /// A file whose first certificate is a root of signatures: for tools that read one.
    pub(super) first: PathBuf,
    /// The authority of the simulator's https doors.
    pub(super) tls: PathBuf,
}

/// How one program is brought to trust the authority, and back.
#[derive(Clone, Debug, Default)]
pub(super) struct Recipe {
    /// `openssl`, `java`, …: stable.
    pub(super) id: &'static str,
    /// For people.
    pub(super) title: &'static str,
    /// `signatures` or `https`: what is trusted afterwards.
    pub(super) trusts: &'static str,
    /// Shell commands.
    pub(super) commands: Vec<String>,
    /// Lines of code, where there is no command.
    pub(super) code: Vec<String>,
    /// Shell commands that undo it; none where nothing stays.
    pub(super) undo: Vec<String>,
    /// What else to know.
    pub(super) note: &'static str,
}

impl Recipe {
    pub(super) fn as_json(&self) -> Value {
        json!({
            "id": self.id,
            "title": self.title,
            "trusts": self.trusts,
            "commands": self.commands,
            "code": self.code,
            "undo": self.undo,
            "note": self.note,
        })
    }
}

/// Every recipe, with the paths filled in.
pub(super) fn recipes(files: &Files) -> Vec<Recipe> {
    let (signature, first, tls) = (
        quoted(&files.signature),
        quoted(&files.first),
        quoted(&files.tls),
    );
    let (plain_signature, plain_tls) = (plain(&files.signature), plain(&files.tls));
    vec![
        Recipe {
            id: "openssl",
            title: "OpenSSL",
            trusts: "signatures",
            commands: vec![format!("openssl verify -CAfile {signature} certificate.pem")],
            note: "the same option serves `openssl cms -verify`, `ocsp` and `ts -verify`; nothing is installed",
            ..Recipe::default()
        },
        Recipe {
            id: "java",
            title: "Java: a trust store of its own",
            trusts: "signatures",
            commands: vec![
                format!(
                    "keytool -importcert -noprompt -alias qaqpa-test -file {first} -keystore qaqpa-test.p12 -storetype PKCS12 -storepass changeit"
                ),
                "keytool -list -keystore qaqpa-test.p12 -storepass changeit".to_owned(),
            ],
            undo: vec![
                "keytool -delete -alias qaqpa-test -keystore qaqpa-test.p12 -storepass changeit".to_owned(),
            ],
            note: "never import it into the JDK's own cacerts; for https import the TLS file below in the same way and start java with -Djavax.net.ssl.trustStore=qaqpa-test.p12 -Djavax.net.ssl.trustStorePassword=changeit",
            ..Recipe::default()
        },
        Recipe {
            id: "dotnet",
            title: ".NET 5 and later",
            trusts: "signatures",
            code: vec![
                "var trusted = new X509Certificate2Collection();".to_owned(),
                format!("trusted.ImportFromPemFile(@\"{plain_signature}\");"),
                "using var chain = new X509Chain();".to_owned(),
                "chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;".to_owned(),
                "chain.ChainPolicy.CustomTrustStore.AddRange(trusted);".to_owned(),
                "bool good = chain.Build(certificate);".to_owned(),
            ],
            note: "for https on Linux start the program with SSL_CERT_FILE set to the TLS file below; nothing is installed",
            ..Recipe::default()
        },
        Recipe {
            id: "node",
            title: "Node.js",
            trusts: "https",
            commands: vec![format!("NODE_EXTRA_CA_CERTS={tls} node program.js")],
            code: vec![
                "const { X509Certificate } = require('crypto');".to_owned(),
                format!(
                    "const blocks = require('fs').readFileSync('{plain_signature}', 'utf8').match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g);"
                ),
                "const trusted = blocks.map((block) => new X509Certificate(block));".to_owned(),
                "const issuer = trusted.find((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));".to_owned(),
            ],
            note: "the code is for signatures: follow the issuers up to a root, and ask about revocation yourself; nothing is installed",
            ..Recipe::default()
        },
        Recipe {
            id: "python",
            title: "Python: requests, ssl, cryptography",
            trusts: "https",
            commands: vec![format!("REQUESTS_CA_BUNDLE={tls} SSL_CERT_FILE={tls} python3 program.py")],
            code: vec![
                format!("requests.get(url, verify='{plain_tls}')"),
                format!("ssl.create_default_context(cafile='{plain_tls}')"),
                "# signatures:".to_owned(),
                format!("trusted = x509.load_pem_x509_certificates(open('{plain_signature}', 'rb').read())"),
                "issuer = next(one for one in trusted if one.subject == certificate.issuer)".to_owned(),
                "certificate.verify_directly_issued_by(issuer)".to_owned(),
            ],
            note: "nothing is installed",
            ..Recipe::default()
        },
        Recipe {
            id: "curl",
            title: "curl",
            trusts: "https",
            commands: vec![format!("curl --cacert {tls} https://127.0.0.1:PORT/")],
            note: "the addresses are in endpoints.json; nothing is installed",
            ..Recipe::default()
        },
        Recipe {
            id: "chromium",
            title: "Chromium and Chrome on Linux",
            trusts: "https",
            commands: vec![
                "mkdir -p \"$HOME/.pki/nssdb\"".to_owned(),
                "certutil -d sql:\"$HOME/.pki/nssdb\" -N --empty-password 2>/dev/null || true".to_owned(),
                format!("certutil -d sql:\"$HOME/.pki/nssdb\" -A -t C,, -n qaqpa-test -i {tls}"),
            ],
            undo: vec!["certutil -d sql:\"$HOME/.pki/nssdb\" -D -n qaqpa-test".to_owned()],
            note: "certutil is in libnss3-tools; set HOME to a folder made for the tests, so that your own profile stays as it is",
            ..Recipe::default()
        },
        Recipe {
            id: "firefox",
            title: "Firefox, in a profile made for the tests (firefox -P)",
            trusts: "https",
            commands: vec![format!(
                "certutil -d sql:\"$PROFILE\" -A -t C,, -n qaqpa-test -i {tls}"
            )],
            undo: vec!["certutil -d sql:\"$PROFILE\" -D -n qaqpa-test".to_owned()],
            note: "PROFILE is the profile's folder (about:profiles); by hand: Settings, Privacy & Security, View Certificates, Authorities, Import",
            ..Recipe::default()
        },
        Recipe {
            id: "debian",
            title: "The whole machine, Debian or Ubuntu: only on a machine or container for tests",
            trusts: "https",
            commands: vec![
                format!("sudo install -m 644 {tls} /usr/local/share/ca-certificates/qaqpa-test.crt"),
                "sudo update-ca-certificates".to_owned(),
            ],
            undo: vec![
                "sudo rm /usr/local/share/ca-certificates/qaqpa-test.crt".to_owned(),
                "sudo update-ca-certificates --fresh".to_owned(),
            ],
            note: "everything on the machine then trusts this simulator's https doors",
            ..Recipe::default()
        },
    ]
}

/// The guide for people.
pub(super) fn text(recipes: &[Recipe]) -> String {
    let mut text = String::new();
    let mut say = |line: &str| {
        let _ = writeln!(text, "{line}");
    };
    wrapped(WARNING).iter().for_each(|line| say(line));
    say("");
    wrapped(
        "Two authorities are told apart. \"Signatures\" is the mock national authority: certificates of people and systems, \
         OCSP, lists, time stamps. \"https\" is the authority of the simulator's own doors, for browsers and HTTP clients.",
    )
    .iter()
    .for_each(|line| say(line));
    for recipe in recipes {
        say("");
        say(&format!("{} ({})", recipe.title, recipe.trusts));
        for line in recipe.commands.iter().chain(&recipe.code) {
            say(&format!("    {line}"));
        }
        for line in &recipe.undo {
            say(&format!("  remove it:  {line}"));
        }
        for line in wrapped(recipe.note) {
            say(&format!("  {line}"));
        }
    }
    text
}

/// A path for a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", plain(path).replace('\'', "'\\''"))
}

fn plain(path: &Path) -> String {
    path.display().to_string()
}

/// Lines of at most a hundred characters.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines
            .last()
            .is_some_and(|line| line.chars().count() + word.chars().count() >= 100);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        Files {
            signature: PathBuf::from("/d/it's/signature.pem"),
            first: PathBuf::from("/d/it's/rsa.pem"),
            tls: PathBuf::from("/d/it's/tls.pem"),
        }
    }

    #[test]
    fn every_recipe_that_installs_something_says_how_to_remove_it() {
        for recipe in recipes(&files()) {
            let installs = recipe.commands.iter().any(|command| {
                command.contains("install")
                    || command.contains(" -A ")
                    || command.contains("import")
            });
            assert_eq!(installs, !recipe.undo.is_empty(), "{}", recipe.id);
            assert!(!recipe.note.is_empty() && ["https", "signatures"].contains(&recipe.trusts));
        }
    }

    #[test]
    fn the_guide_warns_first_and_quotes_paths_for_the_shell() {
        let text = text(&recipes(&files()));
        assert!(text.starts_with("TEST. "));
        assert!(
            text.contains(r"-CAfile '/d/it'\''s/signature.pem'"),
            "{text}"
        );
        assert!(text.lines().filter(|line| line.len() > 260).count() == 0);
    }
}
