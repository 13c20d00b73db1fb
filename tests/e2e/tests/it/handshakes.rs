//! What a door does at the handshake and after it, as OpenSSL's client meets it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::stand;

/// What each door has for whoever asks, and how its answer begins.
const ASKED: &str = "GET /health/live HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n";
const ANSWERED: &str = "HTTP/1.1 200 OK";

/// Host and port of every door that speaks TLS to strangers.
fn doors() -> Vec<String> {
    let endpoints = stand::wait_for_endpoints(&stand::shared().data);
    let urls = [
        endpoints.gateway.sync,
        endpoints.portal,
        endpoints.workplace,
    ];
    let host = |url: String| {
        let rest = url.strip_prefix("https://").unwrap();
        rest.split('/').next().unwrap().to_owned()
    };
    urls.map(host).to_vec()
}

/// What OpenSSL's client says when it connects so and then this is typed.
fn talk(door: &str, arguments: &[&str], typed: &str) -> String {
    let anchors = stand::shared().data.join("trust/tls.pem");
    let mut child = Command::new("timeout")
        .args(["30", "openssl", "s_client", "-connect", door, "-CAfile"])
        .arg(anchors)
        .arg("-verify_return_error")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Open until it has ended: its end would end the talk.
    let mut typing = child.stdin.take().unwrap();
    // Whoever was refused may be gone before: what it says tells.
    typing.write_all(typed.as_bytes()).ok();
    let output = child.wait_with_output().unwrap();
    drop(typing);
    [output.stdout, output.stderr]
        .map(|said| String::from_utf8_lossy(&said).into_owned())
        .concat()
}

#[test]
fn every_door_speaks_tls_of_today_and_of_nothing_before() {
    for door in doors() {
        for version in ["-tls1_2", "-tls1_3"] {
            let said = talk(&door, &["-quiet", version], ASKED);
            assert!(said.contains(ANSWERED), "{door} {version}: {said}");
        }
        for version in ["-tls1", "-tls1_1"] {
            let old = ["-quiet", version, "-cipher", "DEFAULT@SECLEVEL=0"];
            let said = talk(&door, &old, ASKED);
            assert!(
                said.contains("SSL alert number 40"),
                "{door} {version}: {said}"
            );
            assert!(!said.contains(ANSWERED), "{door} {version}: {said}");
        }
    }
}

/// Neither a change of keys that a client asks for in the middle, nor a name that is not the door's, opens or closes anything.
#[test]
fn no_door_renegotiates_and_a_foreign_server_name_changes_nothing() {
    for door in doors() {
        let said = talk(&door, &["-tls1_2"], "R\n");
        assert!(said.contains("RENEGOTIATING"), "{door}: {said}");
        assert!(said.contains("no renegotiation"), "{door}: {said}");
        let said = talk(&door, &["-quiet", "-servername", "other.example"], ASKED);
        assert!(said.contains(ANSWERED), "{door}: {said}");
    }
}
