"""Says what asn1crypto reads in a time-stamp token."""

import hashlib
import json
import sys

from asn1crypto import cms, tsp  # noqa: F401  (tsp registers the content type and the attributes)

der = open(sys.argv[1], "rb").read()
info = cms.ContentInfo.load(der, strict=True)
signed = info["content"]
[signer] = signed["signer_infos"]
content = signed["encap_content_info"]["content"]
tst = content.parsed
values = {a["type"].dotted: a["values"][0] for a in signer["signed_attrs"]}
certificates = [c.chosen for c in signed["certificates"]]
[tsa] = [c for c in certificates if c.serial_number == signer["sid"].chosen["serial_number"].native]


def names(oid, digest):
    first = values[oid]["certs"][0]
    same_serial = first["issuer_serial"]["serial_number"].native == tsa.serial_number
    return first["cert_hash"].native == digest(tsa.dump()).digest() and same_serial


print(json.dumps({
    "version": signed["version"].native,
    "content_type": signed["encap_content_info"]["content_type"].dotted,
    "digests": [a["algorithm"].dotted for a in signed["digest_algorithms"]],
    "digest": signer["digest_algorithm"]["algorithm"].dotted,
    "signature": signer["signature_algorithm"]["algorithm"].dotted,
    "attributes": [a["type"].dotted for a in signer["signed_attrs"]],
    "names_by_sha1": names("1.2.840.113549.1.9.16.2.12", hashlib.sha1),
    "names_by_sha256": names("1.2.840.113549.1.9.16.2.47", hashlib.sha256),
    "message_digest": values["1.2.840.113549.1.9.4"].native.hex(),
    "info": content.contents.hex() if isinstance(content.contents, bytes) else bytes(content).hex(),
    "policy": tst["policy"].dotted,
    "imprint": tst["message_imprint"]["hashed_message"].native.hex(),
    "nonce": format(tst["nonce"].native, "x"),
    "serial": format(tst["serial_number"].native, "02x"),
    "gen_time": int(tst["gen_time"].native.timestamp()),
    "certificates": len(certificates),
    # Not the certificates: asn1crypto does not write keys of kinds that it does not know.
    "reencodes": all(part.copy().dump(force=True) in der for part in (tst, signer)),
}))
