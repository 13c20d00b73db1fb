"""PyPI's signxml as an outsider: verifies what others signed, and signs.

    outsider.py FOLDER

Reads FOLDER/tasks, a line each, and answers with a line each, "accept" or "refuse REASON":
    verify FILE KEY NUMBER                      the first signature of the document, with KEY.pem (a certificate)
    sign FILE KEY METHOD DIGEST C14N FORM       FILE.signed: FORM is enveloped or the Id of an element
"""

import sys
from pathlib import Path

from cryptography import x509
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureConfiguration, SignatureMethod
from signxml import XMLSigner, XMLVerifier, methods

# XMLDSig 1.1, 4.4.3.2: what no transform makes canonical is made so by C14N 1.0.
CONFIGURATION = SignatureConfiguration(
    location=".//",
    expect_references=True,
    default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
)


def verify(folder, file, key, _number):
    certificate = x509.load_pem_x509_certificate((folder / f"{key}.pem").read_bytes())
    XMLVerifier().verify((folder / file).read_bytes(), x509_cert=certificate, expect_config=CONFIGURATION)


def sign(folder, file, key, method, digest, c14n, form):
    root = etree.fromstring((folder / file).read_bytes())
    enveloped = form == "enveloped"
    signer = XMLSigner(
        method=methods.enveloped if enveloped else methods.detached,
        signature_algorithm=SignatureMethod(method),
        digest_algorithm=DigestAlgorithm(digest),
        c14n_algorithm=CanonicalizationMethod(c14n),
    )
    arguments = {
        "key": (folder / f"{key}.key").read_bytes(),
        "cert": [(folder / f"{key}.pem").read_text("ascii")],
    }
    if enveloped:
        root = signer.sign(root, **arguments)
    else:
        root.append(signer.sign(root, reference_uri=f"#{form}", **arguments))
    (folder / f"{file}.signed").write_bytes(etree.tostring(root, encoding="utf-8"))


def main():
    folder = Path(sys.argv[1])
    for task in (folder / "tasks").read_text("ascii").splitlines():
        word, *words = task.split(" ")
        try:
            (verify if word == "verify" else sign)(folder, *words)
            print("accept")
        except Exception as error:  # whatever a library raises about a document is its refusal
            print("refuse", " ".join(f"{type(error).__name__}: {error}".split()))


main()
