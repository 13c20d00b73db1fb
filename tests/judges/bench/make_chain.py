"""Makes what the rows with chains need: a root, an issuing authority, signers, and the lists of both authorities.

    make_chain.py FOLDER SIGNERS

Writes root.der, issuing.der, root.crl, issuing.crl, signer.private.pem and signers.der (each certificate after its length, four
bytes, big endian). The signers share a key: what is read, looked up and verified for each of them is the certificate, and no judge
knows that the keys are equal.
"""

import datetime
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
DAY = datetime.timedelta(days=1)
SIGNING = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
ISSUING = x509.KeyUsage(False, False, False, False, False, True, True, False, False)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"), x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, key, issuer, issuer_key, number, authority):
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + 365 * DAY)
        .add_extension(x509.BasicConstraints(authority, None), True)
        .add_extension(ISSUING if authority else SIGNING, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def revoked(issuer, key, numbers):
    builder = x509.CertificateRevocationListBuilder().issuer_name(name(issuer)).last_update(NOW - DAY / 24)
    builder = builder.next_update(NOW + DAY).add_extension(x509.CRLNumber(1), False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    for number in numbers:
        entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(NOW - DAY / 2).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(key, hashes.SHA256())


def main():
    folder, signers = Path(sys.argv[1]), int(sys.argv[2])
    root, issuing, signer = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    der = serialization.Encoding.DER
    top = certificate("TEST root", root, "TEST root", root, 1, True)
    middle = certificate("TEST issuing", issuing, "TEST root", root, 2, True)
    (folder / "root.der").write_bytes(top.public_bytes(der))
    (folder / "issuing.der").write_bytes(middle.public_bytes(der))
    (folder / "root.crl").write_bytes(revoked("TEST root", root, []).public_bytes(der))
    (folder / "issuing.crl").write_bytes(revoked("TEST issuing", issuing, range(10**6, 10**6 + 1000)).public_bytes(der))
    with (folder / "signers.der").open("wb") as out:
        for number in range(signers):
            made = certificate(f"TEST signer {number}", signer, "TEST issuing", issuing, 1000 + number, False)
            encoded = made.public_bytes(der)
            out.write(len(encoded).to_bytes(4, "big") + encoded)
    for file, key in (("signer", signer),):
        (folder / f"{file}.private.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (folder / f"{file}.public.pem").write_bytes(
            key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        (folder / f"{file}.certificate.pem").write_bytes(
            certificate("TEST signer", signer, "TEST issuing", issuing, 999, False).public_bytes(serialization.Encoding.PEM)
        )


main()
