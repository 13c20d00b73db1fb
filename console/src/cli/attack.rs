//! `qaqpa attack …`: the corpus of attacks, against ourselves or another verifier.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `attack …`.
#[derive(Debug, Subcommand)]
pub enum AttackCommand {
    /// The cases that there are.
    List(AttackChoice),
    /// Run the corpus; exit 0 only if every case went as it must.
    #[command(after_help = "\
Against whom:
  (nothing)         our own verifier, in this process
  --against FILE    a running simulator, through its endpoints.json: SOAP over TLS, its own
                    citizen and clock
  --http URL        a server with POST /xml/verify {xml, revocationCheck} -> {valid}, as signing
                    servers have
  --command CMD     a program; exit code 0 means that it accepted. {file}, {trust} (the root, PEM),
                    {pool} (the issuing authority, PEM), {crl} (DER) and {time} (RFC 3339) are
                    replaced

With another verifier the world is of now: its certificates are valid around this minute, and its
root is made anew for each run unless --world DIR keeps its keys; DIR/trust.pem is what a server
must be told to trust beforehand.

  qaqpa attack run --command 'xmlsec1 --verify --enabled-key-data x509 \\
    --trusted-pem {trust} --untrusted-pem {pool} {file}'")]
    Run(AttackRun),
}

/// Which cases.
#[derive(Clone, Debug, Args)]
pub struct AttackChoice {
    /// Only this family: wrapping, identifiers, canonicalization, …
    #[arg(long)]
    pub family: Option<String>,
    /// Only these cases.
    #[arg(long = "case", value_name = "ID")]
    pub cases: Vec<String>,
    /// Cases of your own instead of the built-in ones: a folder shaped like tests/attacks.
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
}

/// Options of `attack run`.
#[derive(Debug, Args)]
pub struct AttackRun {
    /// Which cases.
    #[command(flatten)]
    pub choice: AttackChoice,
    /// The endpoints.json of a running simulator.
    #[arg(long, value_name = "ENDPOINTS.json", conflicts_with_all = ["http", "command"])]
    pub against: Option<PathBuf>,
    /// The address of a verifying server.
    #[arg(long, value_name = "URL", conflicts_with = "command")]
    pub http: Option<String>,
    /// A verifying program.
    #[arg(long, value_name = "CMD")]
    pub command: Option<String>,
    /// Keep the world's keys in this folder, and its trusted root in DIR/trust.pem.
    #[arg(long, value_name = "DIR", conflicts_with = "against")]
    pub world: Option<PathBuf>,
    /// Write the report there instead of showing it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write each case as a file `ID.xml` there, with a capsule `ID.capsule.json` that `qaqpa verify --capsule` judges.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["against", "http", "command"])]
    pub keep: Option<PathBuf>,
}
