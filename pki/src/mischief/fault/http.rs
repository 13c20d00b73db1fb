//! Faults on the way: what HTTP and the boxes in between do to an answer.

use super::faults;
use crate::mischief::verdict::Conduct::{Drops, Takes};

faults! {
    /// On the way.
    HttpFault at Http for [Ocsp, Crl, Delta, Tsp, Cert];

    Status = "http-status" [status = 503, 201..=599]:
        "This status and no body.",
        "Only 200 carries evidence; 5xx may pass, 4xx will not.", Drops;
    StatusWithAnswer = "http-status-with-answer" [status = 500, 201..=599]:
        "This status, with the right answer as its body.",
        "A status that is not 200 says that the body is not what was asked for.", Drops;
    RedirectLoop = "redirect-loop":
        "302 to the same address, for ever.",
        "A client that follows must count.", Drops;
    RedirectElsewhere = "redirect-elsewhere":
        "302 to another page of the authority.",
        "An address out of a certificate must not lead a server to places that it would not visit (SSRF).", Drops;
    CaptivePage = "captive-page":
        "200 with a page in HTML: please log in to the network.",
        "A hotel's network answers everything with its page.", Drops;
    OtherType = "other-content-type":
        "The right bytes, called application/octet-stream.",
        "Evidence is signed: the label on the parcel does not matter, and servers get it wrong.", Takes;
    Empty = "empty":
        "200 without a byte.",
        "Nothing is not an empty list.", Drops;
    Cut = "cut" [bytes = 1, 1..=1_000_000]:
        "The connection ends before the announced last bytes.",
        "A broken transfer must not look like a short answer.", Drops;
    ShortLength = "short-length" [bytes = 1, 1..=1_000_000]:
        "Content-Length is too small by so many bytes.",
        "The transfer looks whole, the answer is not.", Drops;
    Closed = "closed":
        "The connection is closed without an answer.",
        "A responder that falls over in the middle of a request.", Drops;
    SlowDrip = "slow-drip" [ms = 200, 1..=60_000]:
        "One byte of the answer at a time, with that pause before each.",
        "A time-out for each read never ends; only one for the whole answer does.", Drops;
    Huge = "huge" [bytes = 104_857_600, 1_048_576..=10_737_418_240]:
        "So many zero bytes follow the right answer, made while they are sent.",
        "A limit on bytes, or a citizen's signature takes the gateway's memory.", Drops;
    GzipBomb = "gzip-bomb" [bytes = 10_485_760, 1_048_576..=1_073_741_824]:
        "Content-Encoding gzip, though nobody asked for it: a small body that unpacks to so many zero bytes.",
        "Limits are to be held after unpacking, or nothing is to be unpacked.", Drops;
    HeaderFlood = "header-flood" [headers = 500, 1..=2_000]:
        "The right answer behind hundreds of headers.",
        "A client's limit on headers must end in an error, not in memory.", Drops;
    Chunked = "chunked" [bytes = 16, 1..=1_000_000]:
        "The right answer in chunks of so many bytes, without Content-Length.",
        "Proxies do this: refusing it would be too much.", Takes;
}
