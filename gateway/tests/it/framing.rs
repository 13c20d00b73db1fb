//! How bytes become requests (P04, P08, P09): two lengths, chunks with trailers, requests one after the other in one piece,
//! clients that ask before they send, and clients that go away at each stage.

use std::time::Duration;

use qaqpa_channel::envelope::xml_limits;
use qaqpa_model::MessageId;
use qaqpa_wire::SendMessageResponse;
use qaqpa_xml::Document;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::doors::{connect, head};
use crate::messages::valid;
use crate::stand::Stand;

/// A request's head with these lines beside the usual ones.
fn head_with(lines: &str) -> String {
    format!(
        "POST /bip-sync-wss-gost/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/xml\r\n{lines}\r\n"
    )
}

/// The envelope as one chunk, and what follows the last.
fn chunked(envelope: &[u8], trailers: &str) -> Vec<u8> {
    let length = format!("{:x}\r\n", envelope.len());
    let end = format!("\r\n0\r\n{trailers}\r\n");
    [length.as_bytes(), envelope, end.as_bytes()].concat()
}

/// The next answer of a connection: its head, and the body that the head measures.
async fn next(connection: &mut (impl AsyncRead + Unpin)) -> (String, Vec<u8>) {
    let reading = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        connection.read_exact(&mut body).await.unwrap();
        (head, body)
    };
    tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .unwrap()
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

/// The message that an acknowledgement answers.
fn answered(stand: &Stand, answer: &(String, Vec<u8>)) -> MessageId {
    assert_eq!(status(&answer.0), "200", "{}", answer.0);
    let document = Document::parse(&answer.1, &xml_limits(&stand.limits)).unwrap();
    let read = SendMessageResponse::read(&document).unwrap();
    read.correlation_id.unwrap()
}

async fn accepted(stand: &Stand) -> usize {
    let journal = stand.control("/journal?kind=accepted").await;
    journal.as_array().unwrap().len()
}

#[tokio::test]
async fn a_body_with_two_lengths_is_as_long_as_its_chunks_and_nothing_after_it_is_read() {
    let stand = Stand::start().await;
    for (n, lines) in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        let (message, envelope) = valid(&stand.authority);
        let (_, hidden) = valid(&stand.authority);
        let mut connection = connect(&stand).await;
        let bytes = [
            head_with(lines).as_bytes(),
            &chunked(&envelope, ""),
            head(hidden.len()).as_bytes(),
            &hidden,
        ]
        .concat();
        connection.write_all(&bytes).await.ok();
        let answer = next(&mut connection).await;
        assert_eq!(answered(&stand, &answer), message.message_id);
        let mut more = Vec::new();
        let reading = connection.read_to_end(&mut more);
        let ended = tokio::time::timeout(Duration::from_secs(20), reading).await;
        ended.unwrap().ok();
        assert_eq!(String::from_utf8_lossy(&more), "");
        assert_eq!(accepted(&stand).await, n + 1);
    }
}

#[tokio::test]
async fn a_body_whose_length_is_told_in_a_way_of_its_own_is_refused_and_nothing_after_it_is_read() {
    let stand = Stand::start().await;
    let (_, envelope) = valid(&stand.authority);
    for lines in [
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-length: +5\r\n",
        "content-length: 5, 6\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
        "transfer-encoding : chunked\r\n",
    ] {
        let mut connection = connect(&stand).await;
        let head = head_with(lines);
        let whole = [head.as_bytes(), &chunked(&envelope, "")].concat();
        // It may be closed before all is said.
        connection.write_all(&whole).await.ok();
        let mut heard = Vec::new();
        let reading = connection.read_to_end(&mut heard);
        tokio::time::timeout(Duration::from_secs(20), reading)
            .await
            .unwrap()
            .ok();
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.starts_with("HTTP/1.1 400"), "{lines}: {heard}");
        assert_eq!(heard.matches("HTTP/1.1 ").count(), 1, "{lines}: {heard}");
    }
    assert_eq!(accepted(&stand).await, 0);
}

#[tokio::test]
async fn what_stands_after_the_last_chunk_changes_nothing() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let mut connection = connect(&stand).await;
    let head = head_with("transfer-encoding: chunked\r\ntrailer: soapaction\r\n");
    let trailers = "soapaction: \"getMessages\"\r\ncontent-type: application/json\r\n";
    let bytes = [head.as_bytes(), &chunked(&envelope, trailers)].concat();
    connection.write_all(&bytes).await.unwrap();
    let answer = next(&mut connection).await;
    assert_eq!(answered(&stand, &answer), message.message_id);
}

#[tokio::test]
async fn messages_in_one_piece_are_answered_in_their_order() {
    let stand = Stand::start().await;
    let messages: Vec<_> = (0..3).map(|_| valid(&stand.authority)).collect();
    let mut bytes = Vec::new();
    for (_, envelope) in &messages {
        bytes.extend_from_slice(head(envelope.len()).as_bytes());
        bytes.extend_from_slice(envelope);
    }
    let mut connection = connect(&stand).await;
    connection.write_all(&bytes).await.unwrap();
    for (message, _) in messages {
        let answer = next(&mut connection).await;
        assert_eq!(answered(&stand, &answer), message.message_id);
    }
}

#[tokio::test]
async fn who_asks_before_sending_is_told_to_go_on_or_that_it_is_too_long() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let mut connection = connect(&stand).await;
    let asks = |length: usize| {
        head_with(&format!(
            "expect: 100-continue\r\ncontent-length: {length}\r\n"
        ))
    };
    let asking = asks(envelope.len());
    connection.write_all(asking.as_bytes()).await.unwrap();
    let (told, _) = next(&mut connection).await;
    assert_eq!(status(&told), "100", "{told}");
    connection.write_all(&envelope).await.unwrap();
    let answer = next(&mut connection).await;
    assert_eq!(answered(&stand, &answer), message.message_id);

    let mut connection = connect(&stand).await;
    let asking = asks(stand.limits.body_bytes_max + 1);
    connection.write_all(asking.as_bytes()).await.unwrap();
    let (told, _) = next(&mut connection).await;
    assert_eq!(status(&told), "413", "{told}");
}

/// A client that goes away after this many bytes of its request, which is head and envelope.
async fn goes_away_after(stand: &Stand, request: &[u8], bytes: usize) {
    let mut connection = connect(stand).await;
    connection.write_all(&request[..bytes]).await.unwrap();
    connection.flush().await.unwrap();
}

#[tokio::test]
async fn clients_that_go_away_at_each_stage_leave_nothing_behind_and_who_comes_again_counts_once() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let head = head(envelope.len());
    let request = [head.as_bytes(), &envelope].concat();
    // Before the handshake, and in the middle of it.
    let address = stand.gateway.address("base").unwrap();
    let address = address.strip_prefix("https://").unwrap();
    for begun in [b"".as_slice(), b"\x16\x03\x01\x00\xff\x01"] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(begun).await.unwrap();
    }
    // After the handshake, in the head, before the body, in the body.
    for bytes in [0, 20, head.len(), request.len() - 1] {
        goes_away_after(&stand, &request, bytes).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(accepted(&stand).await, 0);
    assert_eq!(stand.control("/outbox").await, serde_json::json!([]));
    // Whoever has said all and does not wait may come again with the same bytes: the message counts once.
    goes_away_after(&stand, &request, request.len()).await;
    let again = stand.post(envelope).await.acknowledgement();
    assert_eq!(again.correlation_id, Some(message.message_id));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(accepted(&stand).await, 1);
}
