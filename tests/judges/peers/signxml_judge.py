"""A judge on PyPI's signxml: core validation of one signature with a key that is given (in a pinned certificate).

    signxml_judge.py KEYS_FOLDER

Asked on stdin: "LENGTH PROFILE KEY ALGORITHM\\n" and LENGTH bytes. Answers on stdout: "accept\\n" or "refuse REASON\\n".
Only references into the same document, only the transforms of the profile: signxml itself passes over the others.
"""

import sys
from pathlib import Path

from cryptography import x509
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier
from signxml.algorithms import CanonicalizationMethod

DS = "http://www.w3.org/2000/09/xmldsig#"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
IDS = ("Id", "ID", "id", f"{{{WSU}}}Id", "{http://www.w3.org/XML/1998/namespace}id")
TRANSFORMS = {method.value for method in CanonicalizationMethod} | {f"{DS}enveloped-signature"}
CONFIGURATION = SignatureConfiguration(
    location=".//",
    expect_references=True,
    # XMLDSig 1.1, 4.4.3.2: what no transform makes canonical is made so by C14N 1.0.
    default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
)


class Refused(Exception):
    """A rule that all judges share."""


def check_policy(document, profile):
    """What the profile of all judges asks, and signxml leaves to its user."""
    signatures = list(document.iter(f"{{{DS}}}Signature"))
    if not signatures or (len(signatures) > 1 and profile != "wsse"):
        raise Refused(f"policy: {len(signatures)} signatures")
    seen = set()
    for element in document.iter(etree.Element):
        for name in IDS:
            value = element.get(name)
            if value is not None:
                if value in seen:
                    raise Refused("policy: an Id twice")
                seen.add(value)
    for transform in signatures[0].iter(f"{{{DS}}}Transform"):
        if transform.get("Algorithm") not in TRANSFORMS:
            raise Refused(f"policy: transform {transform.get('Algorithm')}")


def judge(data, profile, certificate, huge):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=huge)
    check_policy(etree.fromstring(data, parser=parser), profile)
    # signxml's schema has no InclusiveNamespaces (Exclusive C14N, 4), and refuses every signature that has one.
    validate = b"InclusiveNamespaces" not in data
    verified = XMLVerifier().verify(
        data, x509_cert=certificate, parser=parser, validate_schema=validate, expect_config=CONFIGURATION
    )
    if not verified:
        raise Refused("policy: no reference")


def main():
    folder = Path(sys.argv[1])
    huge = "--huge" in sys.argv[2:]
    certificates = {}
    source, target = sys.stdin.buffer, sys.stdout
    while header := source.readline():
        length, profile, name, _algorithm = header.decode("ascii").split()
        data = source.read(int(length))
        if name not in certificates:
            certificates[name] = x509.load_pem_x509_certificate((folder / f"{name}.certificate.pem").read_bytes())
        try:
            judge(data, profile, certificates[name], huge)
            answer = "accept"
        except Exception as error:  # whatever a library raises about a document is its refusal
            answer = "refuse " + " ".join(f"{type(error).__name__}: {error}".split())
        target.write(answer + "\n")
        target.flush()


main()
