"""Signs a document with signxml, another implementation of XMLDSig.

    signxml_sign.py KEY_PEM CERT_PEM IN OUT
"""

import sys

from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner, methods


def main():
    key, certificate, source, target = sys.argv[1:]
    root = etree.parse(source).getroot()
    with open(key, "rb") as key_file, open(certificate, encoding="ascii") as certificate_file:
        signer = XMLSigner(
            method=methods.enveloped,
            signature_algorithm="rsa-sha256",
            digest_algorithm="sha256",
            c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
        )
        signed = signer.sign(root, key=key_file.read(), cert=certificate_file.read())
    etree.ElementTree(signed).write(target, encoding="utf-8", xml_declaration=False)


main()
