"""Writes signxml-*.xml: what Python's signxml makes of one document, with a key that is thrown away.

Run by hand when the set changes: pip install signxml cryptography; python write_signxml.py
"""

import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner, methods

HERE = pathlib.Path(__file__).parent
DOCUMENT = """<application xmlns="urn:qaqpa:document:1" version="1">
  <submitter><iin>931002451325</iin></submitter>
  <form xmlns:p="urn:p"><!-- not signed --><field p:name="ward" name="a&#10;b">A &amp; B</field></form>
</application>"""

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST signxml")])
certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(key.public_key())
    .serial_number(1)
    .not_valid_before(datetime.datetime(2010, 1, 1))
    .not_valid_after(datetime.datetime(2045, 1, 1))
    .sign(key, hashes.SHA256())
)
key_pem = key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
certificate_pem = certificate.public_bytes(serialization.Encoding.PEM)

for file, method in {
    "signxml-c14n11.xml": CanonicalizationMethod.CANONICAL_XML_1_1,
    "signxml-inclusive.xml": CanonicalizationMethod.CANONICAL_XML_1_0,
    "signxml-exclusive.xml": CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
}.items():
    signer = XMLSigner(method=methods.enveloped, c14n_algorithm=method)
    root = etree.fromstring(DOCUMENT.encode())
    signed = signer.sign(root, key=key_pem, cert=[certificate_pem.decode()])
    (HERE / file).write_bytes(etree.tostring(signed))
