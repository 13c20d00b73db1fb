//! `verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Options of `verify`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 64 usage. Of several signatures the\n\
    worst decides. XAdES and time stamps are found by themselves.\n\n\
    Without --report, text is the simple report, the signed scope and each check; json is the stored\n\
    verdict, and of several signatures a list of them. Reports of one run:\n  \
    qaqpa verify a.xml --report simple --lang kk     who signed, when, the verdict, why, what to do\n  \
    qaqpa verify a.xml --report detailed             each check: rules, evidence, clause, outcome\n  \
    qaqpa verify a.xml --report facts --format json  what was found, without judgement\n  \
    qaqpa verify a.xml --report scope                the document: what is signed, and what is read\n  \
    qaqpa verify a.xml --format html > report.html   all of it as one page, for people\n  \
    qaqpa verify a.xml --format etsi > report.xml    ETSI TS 119 102-2 (docs/schema/etsi)\n\n\
    The digest differs? The detailed report says why, where a usual accident explains it (indented,\n\
    CRLF, encoding, name spaces, base64 lines). --canonical DIR writes the octets that are digested:\n  \
    qaqpa verify a.xml --canonical octets\n  \
    diff octets/signature-1-reference-1.c14n mine.c14n\n\n\
    The same verdict on another machine, offline:\n  \
    qaqpa verify a.xml --write-capsule case.json && qaqpa verify case.json --capsule\n\n\
    A capsule brings trust anchors along: whoever made it chose whom to believe. Judge somebody else's\n\
    capsule by anchors of your own, or its exit code 0 says no more than that its maker believes it:\n  \
    qaqpa verify case.json --capsule --trust DIR/trust/signature.pem"
)]
pub struct Verify {
    /// The signed document (XML), message (CMS in DER, PEM or base64) or certificate. `-` reads standard input.
    pub file: PathBuf,
    /// Judge at this moment instead of the simulator's now (RFC 3339 or a date).
    #[arg(long, value_name = "MOMENT")]
    pub at: Option<String>,
    /// PEM file of the trusted root and issuing authorities (default: the data folder's; of a capsule its own, which its maker
    /// chose: for somebody else's capsule name yours).
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// What the file is to be judged as. Without it, its bytes say what it seems to be; each of several signatures gets its
    /// verdict, and the worst decides. A signature about a part is refused then where the rest of the file says something too.
    #[arg(long, value_enum, conflicts_with = "capsule")]
    pub profile: Option<VerifyProfile>,
    /// The content that a CMS message without its content is about.
    #[arg(long, value_name = "FILE", conflicts_with = "capsule")]
    pub content: Option<PathBuf>,
    /// PEM file of certificates to look signers up in, who are named by issuer and number or by a thumbprint; trusted for nothing.
    #[arg(long, value_name = "FILE", conflicts_with = "capsule")]
    pub certificates: Option<PathBuf>,
    /// Ask whether the signer is the person of this IIN. An application or a result names its submitter itself: every signature over
    /// all of it is asked that without this option, whatever --profile says and from a capsule, too, so that who co-signs somebody
    /// else's is told as another person. One whose fields cannot be read is undecided at best. Of another file the question is not
    /// asked otherwise, which the report says.
    #[arg(long, value_name = "IIN", conflicts_with = "capsule")]
    pub submitter: Option<String>,
    /// Ask whether the signer signs for the organisation of this BIN.
    #[arg(long, value_name = "BIN", conflicts_with = "capsule")]
    pub organisation: Option<String>,
    /// FILE is a capsule: request, certificates, evidence, moment and policy in one. Nobody is asked.
    #[arg(long, conflicts_with_all = ["at", "write_capsule"])]
    pub capsule: bool,
    /// The policy (TOML): every check with its level, none weaker than the default. docs/CHECKS.md lists the checks.
    #[arg(long, value_name = "FILE", conflicts_with = "capsule")]
    pub policy: Option<PathBuf>,
    /// Write a capsule with everything that this verdict hangs on. It holds personal numbers unmasked.
    #[arg(long, value_name = "OUT")]
    pub write_capsule: Option<PathBuf>,
    /// Which report; all are of one run. `--lang kk|ru|en` chooses its language.
    #[arg(long, value_enum)]
    pub report: Option<Report>,
    /// Write the canonical octets of each reference into this folder. They hold people's data.
    #[arg(long, value_name = "DIR")]
    pub canonical: Option<PathBuf>,
}

/// One of the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// Who signed, when, the verdict, the reasons and the remedy.
    Simple,
    /// Each check with its rules, its evidence, its clause and its outcome.
    Detailed,
    /// Document, signatures, certificates and evidence, without judgement.
    Facts,
    /// The document's tree: what each reference covers, and what is read of it.
    Scope,
}

/// Where the signatures of a file stand, and what they must be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerifyProfile {
    /// Beside the one element that they name by its Id.
    ById,
    /// A CMS message.
    Cms,
    /// Beside several elements, all of which they name by their Ids.
    Detached,
    /// Inside the root, about the root.
    Enveloped,
    /// In the Header of an envelope, about its Body.
    Wsse,
}
