//! TLS to the server: by the provider of the whole program, with the server's own authority, and never plain unasked.

use std::path::Path;
use std::process::{Command, Stdio};

use qaqpa_model::Actor;
use qaqpa_store::{Acceptance, Backend, PostgresAddress, Store, StoreConfig};
use sqlx::{Connection as _, PgConnection};

use crate::server::Server;
use crate::stand::incoming;

/// The key and the certificate of a server at 127.0.0.1, and its authority: made by OpenSSL.
fn certificates(folder: &Path) {
    let openssl = |arguments: &[&str]| {
        let status = Command::new("openssl")
            .args(arguments)
            .current_dir(folder)
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{arguments:?}");
    };
    let ca = "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca";
    let own = "req -new -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=db";
    let signed = "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt -extfile names";
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    for command in [ca, own, signed] {
        openssl(&command.split(' ').collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn every_connection_to_a_server_is_encrypted_and_only_to_the_one_that_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let read = |name| std::fs::read(folder.path().join(name)).unwrap();
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let server = Server::encrypted(port, &read("server.key"), &read("server.crt"));
    let ca = folder.path().join("ca.crt");
    let config = |host: &str, parameters: &str| {
        let url = format!("postgres://qaqpa@{host}:{port}/postgres?{parameters}");
        StoreConfig {
            backend: Backend::Postgres(PostgresAddress::new(&url, "gateway").unwrap()),
            ..StoreConfig::in_folder(folder.path().join("gateway"))
        }
    };
    let trusting = format!("sslmode=verify-full&sslrootcert={}", ca.display());
    let store = Store::open(&config("127.0.0.1", &trusting), Actor::Gateway)
        .await
        .unwrap();
    let accepted = store.exchange().accept(incoming("m1")).await;
    assert_eq!(accepted, Ok(Acceptance::Accepted));
    // Who reads has a connection of its own.
    let read = store.exchange().message(&incoming("m1").message_id).await;
    assert!(read.unwrap().is_some());

    let url = format!("postgres://qaqpa@127.0.0.1:{port}/postgres?sslmode=require");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let counted: (i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE ssl AND version LIKE 'TLSv1.%')
         FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'gateway'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(counted.0 >= 2 && counted.0 == counted.1, "{counted:?}");

    // Another authority, and another name than the certificate's.
    for (host, parameters) in [
        ("127.0.0.1", "sslmode=verify-full".to_owned()),
        ("localhost", trusting),
    ] {
        let outcome = Store::open(&config(host, &parameters), Actor::Gateway).await;
        let why = outcome.unwrap_err().to_string();
        assert!(why.contains("certificate"), "{host}: {why}");
    }
    store.close().await;
    drop(server);
}
