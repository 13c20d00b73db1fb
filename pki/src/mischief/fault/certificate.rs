//! Faults in what an authority's certificate says, where it is fetched from the address in a person's certificate
//! (caIssuers).

use super::faults;
use crate::mischief::verdict::Conduct::Drops;
use crate::mischief::verdict::{Reached, believed};

faults! {
    /// In what an authority's certificate says.
    CertFault at Meaning for [Cert];

    Foreign = "certificate-foreign":
        "An unrelated authority's certificate is served.",
        "What was fetched from an address in a certificate is a suggestion, not trust.", Drops;
    Unsigned = "certificate-signature-flipped":
        "One bit of the certificate's signature is the other way.",
        "A fetched issuer is verified like any other.", believed(Reached::BAD_CHAIN);
    Expired = "certificate-expired" [seconds = 60, 1..=31_536_000]:
        "The authority's certificate, signed anew, has ended.",
        "Every certificate of a chain has a period.", believed(Reached::BAD_CHAIN);
    WithoutCa = "certificate-without-ca":
        "The authority's certificate, signed anew, says CA:FALSE.",
        "A subscriber must not issue (CVE-2002-0862, and ever since).", believed(Reached::NO_AUTHORITY);
    SelfIssued = "certificate-self-signed":
        "A certificate with the authority's name and key, signed by itself.",
        "A chain that ends in itself ends nowhere.", Drops;
}
