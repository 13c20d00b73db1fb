"""What asn1crypto reads in certificates, requests, keys and CMS messages of kinds that it does not know itself.

    structure.py certificate|cms|request|key FILE    DER; prints one fact a line
"""

import sys

from asn1crypto import cms, core, csr, x509


class Algorithm(core.Sequence):
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class PublicKey(core.Sequence):
    _fields = [("algorithm", Algorithm), ("key", core.OctetBitString)]


class PrivateKey(core.Sequence):
    _fields = [("version", core.Integer), ("algorithm", Algorithm), ("key", core.OctetString)]


class Oids(core.SequenceOf):
    _child_spec = core.ObjectIdentifier


def whole(kind, der):
    """Reads a value to its last byte, and holds that writing it gives the same bytes."""
    value = kind.load(der, strict=True)
    assert value.copy().dump(force=True) == der, "not DER"
    return value


def algorithm(der):
    value = whole(Algorithm, der)
    name = value["algorithm"].dotted
    parameters = value["parameters"].dump()
    if parameters in (b"", b"\x05\x00"):
        has = "NULL" if parameters else "none"
    else:
        has = " ".join(oid.dotted for oid in whole(Oids, parameters))
    return f"{name} ({has})"


def public_key(der):
    value = whole(PublicKey, der)
    inner = whole(core.OctetString, value["key"].native)
    yield f"key: {algorithm(value['algorithm'].dump())}"
    yield f"key bytes: {len(inner.native)}"


def name(value):
    for rdn in value.chosen:
        for attribute in rdn:
            text = attribute["value"]
            text = text.chosen if hasattr(text, "chosen") else text
            yield f"subject {attribute['type'].dotted}: {type(text).__name__} {text.native}"


def signature(value, field):
    """The signature of a SIGNED structure, which asn1crypto reads by algorithms that it knows."""
    yield f"signature: {algorithm(value['signature_algorithm'].dump())}"
    yield f"signature bytes: {len(value[field].native)}"


def critical(extensions):
    found = (e["extn_id"].dotted for e in extensions if e["critical"].native)
    return f"critical: {' '.join(sorted(found))}"


def certificate(der):
    value = x509.Certificate.load(der, strict=True)
    inside = value["tbs_certificate"]
    yield f"version: {inside['version'].native}"
    yield f"serial bytes: {len(inside['serial_number'].contents)}"
    yield from signature(value, "signature_value")
    assert inside["signature"].dump() == value["signature_algorithm"].dump()
    yield from name(inside["subject"])
    yield from public_key(inside["subject_public_key_info"].dump())
    yield f"key usage: {' '.join(sorted(value.key_usage_value.native))}"
    if value.extended_key_usage_value:
        usages = (usage.dotted for usage in value.extended_key_usage_value)
        yield f"extended key usage: {' '.join(usages)}"
    if value.certificate_policies_value:
        policies = (p["policy_identifier"].dotted for p in value.certificate_policies_value)
        yield f"policies: {' '.join(policies)}"
    yield f"key identifiers: {len(value.key_identifier)} {len(value.authority_key_identifier)}"
    yield critical(inside["extensions"])


def request(der):
    value = csr.CertificationRequest.load(der, strict=True)
    inside = value["certification_request_info"]
    yield f"version: {inside['version'].native}"
    yield from signature(value, "signature")
    yield from name(inside["subject"])
    yield from public_key(inside["subject_pk_info"].dump())
    for attribute in inside["attributes"]:
        for extensions in attribute["values"]:
            yield f"asks: {' '.join(e['extn_id'].dotted for e in extensions)}"
            yield critical(extensions)


def message(der):
    whole = cms.ContentInfo.load(der, strict=True)
    assert whole["content_type"].native == "signed_data"
    data = whole["content"]
    yield f"version: {data['version'].native}"
    for digest in data["digest_algorithms"]:
        yield f"digest: {algorithm(digest.dump())}"
    inside = data["encap_content_info"]
    yield f"content: {inside['content_type'].dotted} {len(inside['content'].native)}"
    yield f"certificates: {len(data['certificates'])}"
    for signer in data["signer_infos"]:
        yield f"signer: {signer['version'].native} {signer['sid'].name}"
        yield f"signer's digest: {algorithm(signer['digest_algorithm'].dump())}"
        yield from sorted(f"signed: {a['type'].dotted}" for a in signer["signed_attrs"])
        yield f"signature: {algorithm(signer['signature_algorithm'].dump())}"
        yield f"signature bytes: {len(signer['signature'].native)}"
        yield from sorted(f"unsigned: {a['type'].dotted}" for a in signer["unsigned_attrs"])


def key(der):
    value = whole(PrivateKey, der)
    inner = whole(core.OctetString, value["key"].native)
    yield f"version: {value['version'].native}"
    yield f"key: {algorithm(value['algorithm'].dump())}"
    yield f"key bytes: {len(inner.native)}"


what, path = sys.argv[1:]
with open(path, "rb") as file:
    readers = {"certificate": certificate, "cms": message, "request": request, "key": key}
    for fact in readers[what](file.read()):
        print(fact)
