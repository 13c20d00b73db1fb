"""A client that we did not write: zeep, from the served WSDL alone.

    zeep_send.py WSDL TLS_CA KEY_PEM CERT_PEM GATEWAY_CERT_PEM SENDER PASSWORD SERVICE DOCUMENT signed|unsigned

Prints one JSON object: {"code": …, "messageId": …} or {"fault": …, "detail": …}.
"""

import json
import sys
import uuid
from datetime import datetime, timezone

import requests
import xmlsec
import zeep
from lxml import etree
from zeep.transports import Transport
from zeep.wsse.signature import Signature, _verify_envelope_with_key


class GatewaySignature(Signature):
    """Signs with our key; the answer is verified with the gateway's certificate."""

    def __init__(self, key, certificate, gateway_certificate):
        super().__init__(
            key, certificate,
            signature_method=xmlsec.Transform.RSA_SHA256, digest_method=xmlsec.Transform.SHA256,
        )
        with open(gateway_certificate, "rb") as file:
            self.gateway_certificate = file.read()

    def verify(self, envelope):
        key = xmlsec.Key.from_memory(self.gateway_certificate, xmlsec.KeyFormat.CERT_PEM, None)
        _verify_envelope_with_key(envelope, key)
        return envelope


def main():
    (wsdl, tls_ca, key, certificate, gateway_certificate,
     sender, password, service, document, how) = sys.argv[1:]
    session = requests.Session()
    session.verify = tls_ca
    session.trust_env = False  # else REQUESTS_CA_BUNDLE wins over verify
    wsse = GatewaySignature(key, certificate, gateway_certificate) if how == "signed" else None
    client = zeep.Client(wsdl, transport=Transport(session=session), wsse=wsse)
    with open(document, encoding="utf-8") as file:
        data = zeep.xsd.AnyObject(zeep.xsd.String(), file.read())
    request = {
        "requestInfo": {
            "messageId": "{%s}" % uuid.uuid4(),
            "serviceId": service,
            "messageDate": datetime.now(timezone.utc),
            "sender": {"senderId": sender, "password": password},
        },
        "requestData": {"data": data},
    }
    try:
        answer = client.service.SendMessage(request=request)
    except zeep.exceptions.Fault as fault:
        detail = etree.tostring(fault.detail, encoding="unicode") if fault.detail is not None else ""
        print(json.dumps({"fault": fault.message, "detail": detail}))
        return
    info = answer["responseInfo"]
    print(json.dumps({"code": info["status"]["code"], "messageId": info["messageId"]}))


main()
