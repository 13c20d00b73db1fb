//! What the bare work costs, measured in the same run: a hop, a verification, a signature.

use std::time::{Duration, Instant};

use bytes::Bytes;
use qaqpa_crypto::{PrivateKey, PublicKey};
use qaqpa_transport::echo::Echo;
use qaqpa_transport::{ClientLimits, HttpClient};
use qaqpa_wire::SendMessageRequest;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, find_enveloped, find_wsse};

use super::cpu;
use super::supply::Supplier;

/// How long each term is measured.
const MEASURED: Duration = Duration::from_millis(800);

/// The processor time of the bare work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// One request and its answer of the same bytes over a kept TLS connection: the server's side, hyper and rustls alone.
    pub hop: Duration,
    /// Reading a signed part and core validation of its signature, the key ready: the mean of a request's two, envelope and document.
    pub verification: Duration,
    /// One signature of the sender's key over two kilobytes.
    pub signature: Duration,
}

impl Terms {
    /// Measures them, of these requests and keys.
    ///
    /// # Errors
    /// One sentence.
    pub async fn measure(supplier: &Supplier, requests: &[Bytes]) -> Result<Self, String> {
        let request = requests.first().ok_or("no request to measure with")?;
        Ok(Self {
            hop: hop(request).await?,
            verification: verification(supplier, requests)?,
            signature: signature(&supplier.sender_key.key)?,
        })
    }
}

async fn hop(request: &Bytes) -> Result<Duration, String> {
    let echo = Echo::start()?;
    let client = HttpClient::new(&echo.trust, ClientLimits::default());
    let post = async || {
        let answer = client.post(&echo.url, "text/xml", request.clone()).await;
        answer.map(drop).map_err(|error| error.to_string())
    };
    // The handshake is not what is measured.
    for _ in 0..50 {
        post().await?;
    }
    let (begun, before) = (Instant::now(), cpu::of_thread(echo.thread()));
    let mut count = 0_u32;
    while begun.elapsed() < MEASURED {
        post().await?;
        count += 1;
    }
    Ok((cpu::of_thread(echo.thread()) - before) / count.max(1))
}

fn verification(supplier: &Supplier, requests: &[Bytes]) -> Result<Duration, String> {
    let ready = |spki: &[u8]| PublicKey::from_spki_der(spki).map_err(|error| error.to_string());
    let sender = ready(supplier.sender_key.key.spki_der())?;
    let applicants = supplier
        .applicants
        .iter()
        .map(|(_, key)| ready(key.key.spki_der()));
    let applicants = applicants.collect::<Result<Vec<_>, String>>()?;
    let mut requests = requests.iter().cycle();
    spent_on(2, || {
        let request = requests.next().ok_or("no request")?;
        verify(request, &sender, &applicants)
    })
}

/// Both signatures of a request, by keys that are ready: the applicant's is the one of them that it is.
fn verify(request: &[u8], sender: &PublicKey, applicants: &[PublicKey]) -> Result<(), String> {
    let (limits, bounds) = (XmlLimits::default(), Bounds::default());
    let envelope = Document::parse(request, &limits).map_err(|error| error.to_string())?;
    find_wsse(&envelope, &bounds)
        .and_then(|signature| signature.cover_by_key(sender))
        .map_err(|error| error.to_string())?;
    let message = SendMessageRequest::read(&envelope).map_err(|error| error.to_string())?;
    let document =
        Document::parse(&message.data.bytes, &limits).map_err(|error| error.to_string())?;
    let signature = find_enveloped(&document, &bounds).map_err(|error| error.to_string())?;
    let is_whose = |key: &PublicKey| signature.cover_by_key(key).is_ok();
    if applicants.iter().any(is_whose) {
        Ok(())
    } else {
        Err("a request of this run does not verify".to_owned())
    }
}

fn signature(key: &PrivateKey) -> Result<Duration, String> {
    let message = [b'a'; 2048];
    spent_on(1, || {
        let made = key.sign(key.signature_algorithm(), &message);
        made.map(drop).map_err(|error| error.to_string())
    })
}

/// The processor time of one of `parts` equal parts of what is done, on a thread of its own so that nothing else is counted.
fn spent_on(
    parts: u32,
    mut work: impl FnMut() -> Result<(), String> + Send,
) -> Result<Duration, String> {
    let measured = move || {
        let thread = cpu::this_thread().ok_or("there is no /proc here")?;
        for _ in 0..20 {
            work()?;
        }
        let (begun, before) = (Instant::now(), cpu::of_thread(&thread));
        let mut count = 0_u32;
        while begun.elapsed() < MEASURED {
            work()?;
            count += 1;
        }
        Ok((cpu::of_thread(&thread) - before) / (count.max(1) * parts))
    };
    std::thread::scope(|scope| {
        let joined = scope.spawn(measured).join();
        joined.unwrap_or_else(|_| Err("a measurement broke off".to_owned()))
    })
}
