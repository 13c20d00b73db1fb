//! An answer on its way: what HTTP and time do to it.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use qaqpa_mischief::{Dice, Pieces};
use qaqpa_transport::mischief::Silence;

use super::fault::{HttpFault, LatencyFault};

/// An answer, whole, and how it is to travel.
#[derive(Debug)]
pub(super) struct Parcel {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    /// What Content-Length says, where that is not the truth or the body comes piece by piece.
    announced: Option<usize>,
    /// Bytes made while they are sent, after the body.
    more: u64,
    /// Bytes of a piece, and the pause before each.
    pieces: Option<(usize, Duration)>,
    /// The connection is closed after the body as if something had fallen over.
    broken: bool,
    /// The connection is closed before a byte has left.
    silent: bool,
    /// Before anything is sent.
    wait: Duration,
}

impl Parcel {
    /// The honest answer, as it is; but nobody may keep what will become of it.
    pub(super) fn new(status: StatusCode, mut headers: HeaderMap, body: Vec<u8>) -> Self {
        for name in [header::ETAG, header::EXPIRES, header::LAST_MODIFIED] {
            headers.remove(name);
        }
        let no_store = HeaderValue::from_static("no-store");
        headers.insert(header::CACHE_CONTROL, no_store);
        Self {
            status,
            headers,
            body,
            announced: None,
            more: 0,
            pieces: None,
            broken: false,
            silent: false,
            wait: Duration::ZERO,
        }
    }

    /// The bytes, to be spoilt.
    pub(super) const fn body(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    /// Whether there is an answer that could be changed at all.
    pub(super) fn is_answer(&self) -> bool {
        self.status == StatusCode::OK
    }

    /// Spoils the way. `path` is the address that was asked.
    pub(super) fn spoil(&mut self, fault: HttpFault, amount: u64, path: &str) {
        let bytes = usize::try_from(amount).unwrap_or(usize::MAX);
        match fault {
            HttpFault::Status => {
                self.status = status(amount);
                self.page("text/plain; charset=utf-8", "");
            }
            HttpFault::StatusWithAnswer => self.status = status(amount),
            HttpFault::RedirectLoop => self.redirect(path),
            HttpFault::RedirectElsewhere => self.redirect("/"),
            HttpFault::CaptivePage => self.page("text/html; charset=utf-8", CAPTIVE_PAGE),
            HttpFault::OtherType => self.set(header::CONTENT_TYPE, "application/octet-stream"),
            HttpFault::Empty => self.body.clear(),
            HttpFault::Cut => {
                self.announced = Some(self.body.len());
                self.body.truncate(self.body.len().saturating_sub(bytes));
                self.broken = true;
            }
            HttpFault::ShortLength => {
                self.announced = Some(self.body.len().saturating_sub(bytes));
            }
            HttpFault::Closed => self.silent = true,
            HttpFault::SlowDrip => {
                self.announced.get_or_insert(self.body.len());
                self.pieces = Some((1, Duration::from_millis(amount)));
            }
            HttpFault::Huge => self.more = amount,
            HttpFault::GzipBomb => {
                self.set(header::CONTENT_ENCODING, "gzip");
                self.body = gzip_of_zeros(bytes);
            }
            HttpFault::HeaderFlood => {
                for number in 0..amount {
                    let name = HeaderName::try_from(format!("x-flood-{number}"));
                    if let Ok(name) = name {
                        self.headers.insert(name, HeaderValue::from_static("TEST"));
                    }
                }
            }
            HttpFault::Chunked => self.pieces = Some((bytes.max(1), Duration::ZERO)),
        }
    }

    /// Makes it late.
    pub(super) fn delay(&mut self, fault: LatencyFault, amount: u64, dice: &mut Dice) {
        match fault {
            LatencyFault::Delay => self.wait += Duration::from_millis(amount),
            LatencyFault::Jitter => {
                self.wait += Duration::from_millis(dice.below(amount.saturating_add(1)));
            }
            LatencyFault::Hang => {
                self.wait += Duration::from_millis(amount);
                self.silent = true;
            }
        }
    }

    fn set(&mut self, name: HeaderName, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }

    fn page(&mut self, media_type: &'static str, text: &str) {
        self.set(header::CONTENT_TYPE, media_type);
        self.body = text.as_bytes().to_vec();
    }

    fn redirect(&mut self, to: &str) {
        self.status = StatusCode::FOUND;
        if let Ok(to) = HeaderValue::from_str(to) {
            self.headers.insert(header::LOCATION, to);
        }
        self.page("text/plain; charset=utf-8", "");
    }

    /// Waits, and sends.
    pub(super) async fn send(self) -> Response {
        tokio::time::sleep(self.wait).await;
        if self.silent {
            return Silence::response();
        }
        let mut headers = self.headers;
        headers.remove(header::CONTENT_LENGTH);
        headers.remove(header::TRANSFER_ENCODING);
        if let Some(length) = self.announced {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        let as_it_is =
            self.announced.is_none() && self.more == 0 && self.pieces.is_none() && !self.broken;
        let body = if as_it_is {
            Body::from(self.body)
        } else {
            let pieces = Pieces {
                body: self.body.into(),
                more: self.more,
                each: self.pieces,
                broken: self.broken,
            };
            pieces.into_body()
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

fn status(code: u64) -> StatusCode {
    let code = u16::try_from(code).unwrap_or_default();
    StatusCode::from_u16(code).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}

const CAPTIVE_PAGE: &str = "\
<!DOCTYPE html>
<html lang=\"en\"><title>TEST: welcome to the network</title>
<p>TEST (deliberate fault captive-page): please accept the terms of this hotel's network first.</p>
</html>
";

/// A gzip file (RFC 1952) that unpacks to so many zero bytes: about a thousandth of them.
fn gzip_of_zeros(count: usize) -> Vec<u8> {
    // Header: deflate, no flags, no time, fastest, unknown system.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
    let mut bits = Bits::default();
    // One last block with the fixed codes (RFC 1951 §3.2.6).
    bits.put(0b1, 1);
    bits.put(0b01, 2);
    let mut left = count;
    if left > 0 {
        bits.put_code(0x30, 8); // the literal 0
        left -= 1;
    }
    while left >= 258 {
        bits.put_code(0b1100_0101, 8); // length 258
        bits.put_code(0, 5); // distance 1
        left -= 258;
    }
    for _ in 0..left {
        bits.put_code(0x30, 8);
    }
    bits.put_code(0, 7); // the end of the block
    out.extend(bits.whole());
    out.extend(crc32_of_zeros(count).to_le_bytes());
    // RFC 1952 §2.3.1: the size modulo 2^32.
    let size = u32::try_from(count as u64 & 0xffff_ffff).unwrap_or_default();
    out.extend(size.to_le_bytes());
    out
}

/// Bits from the least significant on, as deflate packs them.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, bits: u32, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// A Huffman code: its most significant bit first.
    fn put_code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    fn whole(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.out.push(self.held.to_le_bytes()[0]);
        }
        self.out
    }
}

/// CRC-32 (ISO 3309) of so many zero bytes.
fn crc32_of_zeros(count: usize) -> u32 {
    let shifted = |byte: u32| {
        (0..8).fold(byte, |crc, _| match crc & 1 {
            1 => crc >> 1 ^ 0xedb8_8320,
            _ => crc >> 1,
        })
    };
    let table: Vec<u32> = (0..256).map(shifted).collect();
    let step = |crc: u32| crc >> 8 ^ table[usize::from(crc.to_le_bytes()[0])];
    !(0..count).fold(u32::MAX, |crc, _| step(crc))
}

/// A body of the honest side, whole: it makes its answers in memory.
pub(super) async fn received(body: Body) -> Vec<u8> {
    let bytes = axum::body::to_bytes(body, usize::MAX).await;
    bytes.map(|bytes| bytes.to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn the_bomb_is_small_and_unpacks_to_what_it_says() {
        for count in [0, 1, 300, 1_000_000] {
            let bomb = gzip_of_zeros(count);
            assert!(bomb.len() <= 300 + count / 100, "{count}: {}", bomb.len());
            let mut gzip = Command::new("gzip")
                .args(["-d", "-c"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = gzip.stdin.take().unwrap();
            let writing = std::thread::spawn(move || input.write_all(&bomb).unwrap());
            let output = gzip.wait_with_output().unwrap();
            writing.join().unwrap();
            assert!(output.status.success(), "{count}");
            assert!(output.stdout == vec![0; count], "{count}");
        }
    }

    #[tokio::test]
    async fn what_is_made_while_it_is_sent_is_as_long_as_it_says() {
        let mut parcel = Parcel::new(StatusCode::OK, HeaderMap::new(), vec![1, 2, 3]);
        parcel.spoil(HttpFault::Huge, 1_048_576, "/");
        let sent = received(parcel.send().await.into_body()).await;
        assert_eq!(sent.len(), 1_048_579);
        assert_eq!(&sent[..4], &[1, 2, 3, 0]);
    }

    #[tokio::test]
    async fn faults_of_the_way_compose_in_order() {
        let mut parcel = Parcel::new(StatusCode::OK, HeaderMap::new(), vec![7; 10]);
        parcel.spoil(HttpFault::CaptivePage, 0, "/ocsp/");
        parcel.spoil(HttpFault::OtherType, 0, "/ocsp/");
        parcel.spoil(HttpFault::StatusWithAnswer, 500, "/ocsp/");
        let response = parcel.send().await;
        assert_eq!(response.status(), 500);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/octet-stream"
        );
        let body = received(response.into_body()).await;
        assert_eq!(body, CAPTIVE_PAGE.as_bytes());
    }
}
