//! What really travels: byte for byte, as a client without HTTP sees it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stand::Stand;

/// Everything that comes for a complete list until the connection ends: head and body, both without a byte where none came.
async fn heard(stand: &Stand) -> (String, Vec<u8>) {
    let url = stand.address("crl-rsa");
    let (host, path) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let reading = stream.read_to_end(&mut heard);
    tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .unwrap()
        .unwrap();
    let end = heard.windows(4).position(|four| four == b"\r\n\r\n");
    let body = heard.split_off(end.map_or(heard.len(), |at| at + 4));
    (String::from_utf8(heard).unwrap(), body)
}

async fn under(stand: &Stand, fault: Value) -> (String, Vec<u8>) {
    let rules = json!({ "rules": [{ "faults": [fault], "service": "crl" }] });
    let _: Value = stand.control().put("/mischief", &rules).await.unwrap();
    heard(stand).await
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_and_hang_leave_no_byte_and_cut_leaves_all_but_the_last() {
    let stand = Stand::new().await;
    let nothing = (String::new(), Vec::new());
    assert_eq!(under(&stand, json!("closed")).await, nothing);
    let (begun, hang) = (Instant::now(), json!({ "fault": "hang", "ms": 300 }));
    assert_eq!(under(&stand, hang).await, nothing);
    assert!(begun.elapsed() >= Duration::from_millis(300));

    let _: Value = stand.control().delete("/mischief").await.unwrap();
    let (_, honest) = heard(&stand).await;
    let (head, cut) = under(&stand, json!({ "fault": "cut", "bytes": 7 })).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let length = format!("\r\ncontent-length: {}\r\n", honest.len());
    assert!(head.contains(&length), "{head}");
    assert_eq!(cut, honest[..honest.len() - 7]);
}
