//! Where a server's database is, and how its connections are made: encrypted, unless they stay on this machine.

use std::net::IpAddr;
use std::str::FromStr as _;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::StoreError;

/// Where the database is: a server's address, and the actor's schema in it.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresAddress {
    url: String,
    schema: String,
}

/// Without what the address says of user and password.
impl std::fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresAddress")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

/// What may stand behind the `?` of an address. The driver would write any other into the log, with its value.
const PARAMETERS: [&str; 13] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

impl PostgresAddress {
    /// The schema of this name (or of an actor's name) behind this address:
    /// `postgres://user:password@host:5432/database`, with a socket's folder `postgres:///database?host=/run/postgresql`.
    ///
    /// A connection that leaves this machine is encrypted and the server's certificate is asked for by its name
    /// (`sslmode=verify-full`), unless the address says otherwise: `sslmode=require`, `verify-ca`, or `disable`, which is
    /// plain. `sslrootcert=FILE` names the server's own authority.
    ///
    /// # Errors
    /// [`StoreError::Address`] where it is no such address, the name is none for a schema, or the connection would be
    /// plain though nobody asked for that.
    pub fn new(url: &str, name: &str) -> Result<Self, StoreError> {
        let refused = |why: &str| StoreError::Address {
            why: why.to_owned(),
        };
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(refused("an address begins with postgres://"));
        }
        let schema = name.replace('-', "_").replace('.', "__");
        let begins = schema.starts_with(|c: char| c.is_ascii_lowercase());
        let goes_on = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        // PostgreSQL's longest name is 63 bytes.
        if !begins || !schema.chars().all(goes_on) || schema.len() > 63 {
            return Err(refused(
                "a schema's name is of a-z, 0-9 and _, at most 63 of them",
            ));
        }
        check_parameters(url)?;
        let address = Self {
            url: url.to_owned(),
            schema,
        };
        address.encrypted()?;
        Ok(address)
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// How every connection of this actor is made.
    pub(super) fn options(&self) -> Result<PgConnectOptions, StoreError> {
        let options = self.encrypted()?;
        Ok(options.application_name(&self.schema).options([
            ("search_path", self.schema.as_str()),
            // What is answered is on disk, whatever the server's default is.
            ("synchronous_commit", "on"),
            // Who is gone without a word must not hold locks for ever; in seconds.
            ("tcp_keepalives_idle", "30"),
            ("tcp_keepalives_interval", "10"),
            ("tcp_keepalives_count", "3"),
            ("idle_in_transaction_session_timeout", "30s"),
            // Waiting for a row of another process; its transactions take milliseconds.
            ("lock_timeout", "10s"),
        ]))
    }

    /// The address as the driver reads it, with the encryption that it asks for or needs.
    fn encrypted(&self) -> Result<PgConnectOptions, StoreError> {
        let options =
            PgConnectOptions::from_str(&self.url).map_err(|error| StoreError::Address {
                why: error.to_string(),
            })?;
        if stays_here(&options) {
            return Ok(options);
        }
        let asked = parameters(&self.url).any(|(key, _)| key == "sslmode")
            || std::env::var_os("PGSSLMODE").is_some();
        match options.get_ssl_mode() {
            _ if !asked => Ok(options.ssl_mode(PgSslMode::VerifyFull)),
            PgSslMode::Allow | PgSslMode::Prefer => Err(StoreError::Address {
                why: "sslmode=prefer and allow become plain without a word: write sslmode=verify-full or require, or sslmode=disable for a network that you trust".to_owned(),
            }),
            _ => Ok(options),
        }
    }
}

/// Whether the connection does not leave this machine.
fn stays_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn check_parameters(url: &str) -> Result<(), StoreError> {
    for (key, _) in parameters(url) {
        let known =
            PARAMETERS.contains(&key) || (key.starts_with("options[") && key.ends_with(']'));
        if !known {
            // Not the key either: what was meant as a value may stand in its place.
            return Err(StoreError::Address {
                why: format!(
                    "there is a parameter that is not known: known are {} and options[name]",
                    PARAMETERS.join(", ")
                ),
            });
        }
    }
    Ok(())
}

/// Keys and values as they are written. A key that is written with percent signs is none that is known.
fn parameters(url: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    query
        .split('&')
        .filter(|one| !one.is_empty())
        .map(|one| one.split_once('=').unwrap_or((one, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Result<PgSslMode, String> {
        let address = PostgresAddress::new(url, "gateway").map_err(|error| error.to_string())?;
        Ok(address.options().unwrap().get_ssl_mode())
    }

    #[test]
    fn what_leaves_this_machine_is_encrypted_unless_the_address_says_otherwise() {
        let is = |url: &str, wanted: PgSslMode| {
            let found = mode(url).unwrap();
            assert!(
                std::mem::discriminant(&found) == std::mem::discriminant(&wanted),
                "{url}: {found:?}"
            );
        };
        is("postgres://me@db.example/x", PgSslMode::VerifyFull);
        is("postgres://me@10.1.2.3:5432/x", PgSslMode::VerifyFull);
        is(
            "postgres:///x?user=me&host=db.example",
            PgSslMode::VerifyFull,
        );
        is(
            "postgres://me@db.example/x?sslmode=require",
            PgSslMode::Require,
        );
        is(
            "postgres://me@db.example/x?sslmode=disable",
            PgSslMode::Disable,
        );
        is("postgres://me@127.0.0.1/x", PgSslMode::Prefer);
        is("postgres://me@localhost/x", PgSslMode::Prefer);
        is("postgres://me@[::1]/x", PgSslMode::Prefer);
        is("postgres:///x?host=/run/postgresql", PgSslMode::Prefer);
        let why = mode("postgres://me@db.example/x?sslmode=prefer").unwrap_err();
        assert!(why.contains("write sslmode=verify-full"), "{why}");
    }

    #[test]
    fn an_unknown_parameter_is_refused_and_its_value_is_not_told() {
        for url in [
            "postgres:///x?passwd=S3cret",
            "postgres:///x?user=me&S3cret",
            "postgres:///x?user=me&pass%77ord=S3cret",
        ] {
            let why = mode(url).unwrap_err();
            assert!(
                !why.contains("S3cret") && why.contains("known are"),
                "{why}"
            );
        }
    }

    #[test]
    fn the_secret_of_an_address_is_not_shown() {
        let address = PostgresAddress::new("postgres://me:S3cret@localhost/x", "gateway").unwrap();
        assert!(!format!("{address:?}").contains("S3cret"));
    }
}
