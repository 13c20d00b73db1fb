//! Limits on everything that a peer can send, each with its unit and where the number comes from.

/// The limits of one simulator. Defaults are generous for people and finite for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one HTTP body: eight attachments of 2 MB in base64, rounded up.
    pub body_bytes_max: usize,
    /// Bytes of one attachment, before base64.
    pub attachment_bytes_max: usize,
    /// Attachments of one application.
    pub attachments_max: usize,
    /// Seconds for a peer to send all of its request (a public integration guide promises answers in 30 s).
    pub request_seconds_max: u64,
    /// Requests handled at once by one actor; the rest wait.
    pub requests_at_once_max: usize,
    /// Depth of nested elements: real envelopes have fewer than 30.
    pub xml_depth_max: usize,
    /// Elements of one document.
    pub xml_elements_max: usize,
    /// Attributes (with namespace declarations) of one element.
    pub xml_attributes_max: usize,
    /// References of one signature: the profiles have one.
    pub references_max: usize,
    /// Transforms of one reference: the profiles have at most two.
    pub transforms_max: usize,
    /// Certificates looked at while a path is built.
    pub path_certificates_max: usize,
    /// Bytes of an OCSP answer or a time stamp.
    pub evidence_bytes_max: usize,
    /// Bytes of a revocation list: a million entries with serial numbers of 20 bytes and reasons are some 48 MiB.
    pub list_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 24 * 1024 * 1024,
            attachment_bytes_max: 2 * 1024 * 1024,
            attachments_max: 16,
            request_seconds_max: 30,
            requests_at_once_max: 256,
            xml_depth_max: 64,
            xml_elements_max: 100_000,
            xml_attributes_max: 64,
            references_max: 8,
            transforms_max: 4,
            path_certificates_max: 8,
            evidence_bytes_max: 256 * 1024,
            list_bytes_max: 64 * 1024 * 1024,
        }
    }
}
