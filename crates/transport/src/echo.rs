//! The bare hop, for measurements: TLS and HTTP of hyper and rustls, and the request's own bytes back.

use std::sync::Arc;
use std::sync::mpsc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::tls::ClientTls;

/// A server of one thread that sends back what it is sent; it ends with the process.
#[derive(Debug)]
pub struct Echo {
    /// `https://localhost:PORT/`.
    pub url: String,
    /// Who trusts it.
    pub trust: ClientTls,
    thread: String,
}

impl Echo {
    /// Starts it on a free port of the loopback address.
    ///
    /// # Errors
    /// One sentence.
    pub fn start() -> Result<Self, String> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()])
                .map_err(|error| error.to_string())?;
        let trust =
            ClientTls::trusting_pem(cert.pem().as_bytes()).map_err(|error| error.to_string())?;
        let key =
            PrivateKeyDer::try_from(signing_key.serialize_der()).map_err(ToOwned::to_owned)?;
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .map_err(|error| error.to_string())?;
        let (told, started) = mpsc::channel();
        std::thread::Builder::new()
            .name("echo".to_owned())
            .spawn(move || run(config, &told))
            .map_err(|error| error.to_string())?;
        let (port, thread) = started.recv().map_err(|error| error.to_string())??;
        Ok(Self {
            url: format!("https://localhost:{port}/"),
            trust,
            thread,
        })
    }

    /// The number of its thread in `/proc/self/task`, by which its processor time is found.
    #[must_use]
    pub fn thread(&self) -> &str {
        &self.thread
    }
}

/// The number of the calling thread in `/proc/self/task`.
fn this_thread() -> Option<String> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    Some(link.file_name()?.to_str()?.to_owned())
}

type Started = Result<(u16, String), String>;

fn run(config: ServerConfig, told: &mpsc::Sender<Started>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let begun = runtime
        .map_err(|error| error.to_string())
        .and_then(|runtime| {
            let listener = runtime
                .block_on(TcpListener::bind(("127.0.0.1", 0)))
                .map_err(|error| error.to_string())?;
            Ok((runtime, listener))
        });
    let (runtime, listener) = match begun {
        Ok(begun) => begun,
        Err(error) => {
            told.send(Err(error)).ok();
            return;
        }
    };
    let port = listener.local_addr().map(|address| address.port());
    let thread = this_thread().ok_or("there is no /proc here");
    let started = match (port, thread) {
        (Ok(port), Ok(thread)) => Ok((port, thread)),
        (Err(error), _) => Err(error.to_string()),
        (_, Err(error)) => Err(error.to_owned()),
    };
    if told.send(started).is_ok() {
        runtime.block_on(serve(&listener, TlsAcceptor::from(Arc::new(config))));
    }
}

async fn serve(listener: &TcpListener, acceptor: TlsAcceptor) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            stream.set_nodelay(true).ok();
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(back))
                .await
                .ok();
        });
    }
}

async fn back(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let body = request.into_body().collect().await?.to_bytes();
    Ok(Response::new(Full::new(body)))
}
