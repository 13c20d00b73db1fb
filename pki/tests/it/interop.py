"""Python's `cryptography` judges what the running authority gives: one JSON object on standard input says where, one on
standard output says what was found. Any exception fails the test."""

import base64
import datetime
import json
import os
import sys
import urllib.parse
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError


def fetch(url, body=None, kind=None):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": kind} if kind else {})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def check(key, signature, signed, algorithm):
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(algorithm))
    else:
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)


def chain(leaf, issuing, root):
    """The chain by cryptography's own path validation; the national profile is not the web's, so extensions are free."""
    free = ExtensionPolicy.permit_all()
    authority = free.require_present(x509.BasicConstraints, Criticality.CRITICAL, None)
    verifier = (
        PolicyBuilder()
        .store(Store([root]))
        .time(datetime.datetime.now(datetime.timezone.utc))
        .extension_policies(ca_policy=authority, ee_policy=free)
        .build_client_verifier()
    )
    return len(verifier.verify(leaf, [issuing]).chain)


def asked(order, leaf, issuing, algorithm, by_get):
    nonce = os.urandom(16)
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuing, algorithm)
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    der = request.public_bytes(serialization.Encoding.DER)
    if by_get:
        path = urllib.parse.quote(base64.b64encode(der).decode(), safe="")
        response = ocsp.load_der_ocsp_response(fetch(order["ocsp"] + path))
    else:
        response = ocsp.load_der_ocsp_response(fetch(order["ocsp"], der, "application/ocsp-request"))
    assert response.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL
    assert response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
    assert response.serial_number == leaf.serial_number
    (responder,) = response.certificates
    responder.verify_directly_issued_by(issuing)
    usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.OCSP_SIGNING]
    responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
    check(responder.public_key(), response.signature, response.tbs_response_bytes, response.signature_hash_algorithm)
    # Without nextUpdate (RFC 6960 §4.2.2.1: newer information is always available) where a nonce asks for a fresh answer.
    assert response.next_update_utc is None or response.this_update_utc <= response.next_update_utc
    reason = response.revocation_reason
    return [response.certificate_status.name, reason.value if reason else None]


def listed(order, issuing):
    crl = x509.load_der_x509_crl(fetch(order["crl"]))
    assert crl.is_signature_valid(issuing.public_key())
    assert crl.issuer == issuing.subject
    number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    delta = x509.load_der_x509_crl(fetch(order["delta"]))
    assert delta.is_signature_valid(issuing.public_key())
    base = delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert base.critical and base.value.crl_number <= number
    return crl


def main():
    order = json.load(sys.stdin)
    root = x509.load_der_x509_certificate(fetch(order["root"]))
    issuing = x509.load_der_x509_certificate(fetch(order["issuing"]))
    issuing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    crl = listed(order, issuing)
    found = {}
    for person in order["people"]:
        file = open(person["key"], "rb").read()
        opened = pkcs12.load_pkcs12(file, person["password"].encode())
        leaf = opened.cert.certificate
        assert opened.key.public_key() == leaf.public_key()
        above = [one.certificate for one in opened.additional_certs]
        try:
            pkcs12.load_pkcs12(file, b"not this password")
            raise AssertionError("a wrong password opens the file")
        except ValueError:
            pass
        serial = leaf.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)
        entry = crl.get_revoked_certificate_by_serial_number(leaf.serial_number)
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value if entry else None
        answers = {
            tuple(asked(order, leaf, issuing, algorithm, by_get))
            for algorithm in (hashes.SHA1(), hashes.SHA256())
            for by_get in (False, True)
        }
        (answer,) = answers
        found[person["id"]] = {
            "chain": chain(leaf, issuing, root),
            "above": [one == issuing or one == root for one in above],
            "serial_number": serial[0].value,
            "ocsp": answer,
            "crl": reason,
        }
    other = x509.load_pem_x509_certificate(open(order["stranger"], "rb").read())
    try:
        chain(other, issuing, root)
        raise AssertionError("a certificate of another authority verifies")
    except VerificationError:
        pass
    json.dump(found, sys.stdout)


main()
