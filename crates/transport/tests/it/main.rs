//! The transport over real sockets, with exact outcomes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
mod control;
mod false_servers;
mod hall;
mod limits;
mod machines;
mod mutual_tls;
mod watching;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use qaqpa_model::Limits;
use qaqpa_transport::{ListenLimits, Listener, Security, Shutdown};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A plain door on a free port.
struct Door {
    address: SocketAddr,
    shutdown: Shutdown,
    served: JoinHandle<()>,
}

async fn open(router: Router, change: impl FnOnce(&mut ListenLimits)) -> Door {
    let mut limits = ListenLimits::from(&Limits::default());
    change(&mut limits);
    let listener = Listener::bind(0).await.unwrap();
    let address = listener.address();
    let shutdown = Shutdown::new();
    let served = listener.serve(router, Security::Plain, limits, shutdown.clone());
    Door {
        address,
        shutdown,
        served: tokio::spawn(served),
    }
}

impl Door {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and reads until the other side closes.
    async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        hear(&mut stream).await
    }
}

async fn hear(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    let reading = stream.read_to_end(&mut heard);
    tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .expect("the other side closes within 20 s")
        .unwrap();
    String::from_utf8(heard).unwrap()
}

fn status_line(answer: &str) -> &str {
    answer.split("\r\n").next().unwrap_or_default()
}
