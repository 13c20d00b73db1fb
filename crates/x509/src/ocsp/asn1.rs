//! The ASN.1 of RFC 6960 §4.

use der::asn1::{
    AnyRef, BitStringRef, GeneralizedTime, IntRef, Null, ObjectIdentifier, OctetStringRef,
};
use der::{Choice, Sequence};
use spki::AlgorithmIdentifierRef;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;

#[derive(Sequence)]
pub(super) struct OcspRequest<'a> {
    pub(super) tbs_request: TbsRequest<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) signature: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
pub(super) struct TbsRequest<'a> {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(super) version: Version,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) requestor: Option<AnyRef<'a>>,
    pub(super) requests: Vec<SingleRequest<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
pub(super) struct SingleRequest<'a> {
    pub(super) cert_id: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
pub(super) struct RawCertId<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) issuer_name_hash: &'a OctetStringRef,
    pub(super) issuer_key_hash: &'a OctetStringRef,
    pub(super) serial: IntRef<'a>,
}

#[derive(Sequence)]
pub(super) struct OcspResponse<'a> {
    /// ENUMERATED, read by hand: RFC 6960 leaves values out.
    pub(super) status: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) bytes: Option<ResponseBytes<'a>>,
}

#[derive(Sequence)]
pub(super) struct ResponseBytes<'a> {
    pub(super) kind: ObjectIdentifier,
    pub(super) response: &'a OctetStringRef,
}

#[derive(Sequence)]
pub(super) struct BasicResponse<'a> {
    pub(super) data: AnyRef<'a>,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) signature: BitStringRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) certificates: Option<Vec<AnyRef<'a>>>,
}

#[derive(Sequence)]
pub(super) struct ResponseData<'a> {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(super) version: Version,
    pub(super) responder: ResponderId<'a>,
    pub(super) produced_at: GeneralizedTime,
    pub(super) responses: Vec<SingleResponse<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

#[derive(Choice)]
pub(super) enum ResponderId<'a> {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(AnyRef<'a>),
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(&'a OctetStringRef),
}

#[derive(Sequence)]
pub(super) struct SingleResponse<'a> {
    pub(super) cert_id: AnyRef<'a>,
    pub(super) status: RawStatus,
    pub(super) this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) extensions: Option<Vec<Extension>>,
}

#[derive(Choice)]
pub(super) enum RawStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Sequence)]
pub(super) struct RevokedInfo {
    pub(super) at: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) reason: Option<x509_cert::ext::pkix::CrlReason>,
}
