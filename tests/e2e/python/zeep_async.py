"""A client that we did not write, zeep, at the asynchronous channel, from the served WSDL alone.

    zeep_async.py WSDL TLS_CA KEY_PEM CERT_PEM GATEWAY_CERT_PEM SENDER PASSWORD SERVICE DOCUMENT

Leaves the document, asks until it is delivered, fetches what waits, and asks about a message that nobody knows.
Prints one JSON object: {"messageId", "correlationId", "again", "state", "code", "waiting", "unknown", "departures"}.
"""

import json
import sys
import time
from datetime import datetime, timezone

import requests
import xmlsec
import zeep
from lxml import etree
from zeep.transports import Transport
from zeep.wsse.signature import Signature, _verify_envelope_with_key

NOBODYS = "{3f2504e0-4f89-41d3-9a0c-0305e82c3399}"


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


def detail_of(call):
    """The lines of errorData of the fault that a call must end in."""
    try:
        call()
    except zeep.exceptions.Fault as fault:
        return [line for data in fault.detail.iter("errorData") for line in data.text.splitlines()]
    raise SystemExit("no fault")


def main():
    (wsdl, tls_ca, key, certificate, gateway_certificate,
     sender_id, password, service, document) = sys.argv[1:]
    session = requests.Session()
    session.verify = tls_ca
    session.trust_env = False  # else REQUESTS_CA_BUNDLE wins over verify
    wsse = GatewaySignature(key, certificate, gateway_certificate)
    gateway = zeep.Client(wsdl, transport=Transport(session=session), wsse=wsse).service
    sender = {"senderId": sender_id, "password": password}
    now = datetime.now(timezone.utc)
    with open(document, encoding="utf-8") as file:
        data = zeep.xsd.AnyObject(zeep.xsd.String(), file.read())
    message = {
        "messageInfo": {"serviceId": service, "messageType": "REQUEST", "messageDate": now, "sender": sender},
        "messageData": {"data": data},
    }
    taken = gateway.sendMessage(request=message)
    again = gateway.sendMessage(request=message)
    for _ in range(200):
        asked = gateway.getMessageStatus(request={
            "messageId": taken["messageId"], "requestDate": now, "sender": sender,
        })
        if asked["messageState"] == "DELIVERED":
            break
        time.sleep(0.1)
    fetched = gateway.getMessages(request={"serviceId": service, "sender": sender, "amount": 0})
    unknown = detail_of(lambda: gateway.sendDeliveryNotification(request={
        "notification": {
            "messageId": NOBODYS, "serviceId": service, "notificationDate": now,
            "deliveryStatus": {
                "receiveStatus": "MESSAGE_ACCEPTED", "statusDate": now, "resendMessage": "NOT_RESEND",
            },
        },
        "requestDate": now, "sender": sender,
    }))
    departures = detail_of(lambda: gateway.getMessageStatus(request={
        "messageId": "not-a-guid", "requestDate": now, "sender": sender,
        "properties": [{"key": "strict", "value": "true"}],
    }))
    print(json.dumps({
        "messageId": taken["messageId"], "correlationId": taken["correlationId"],
        "again": again["messageId"], "state": asked["messageState"], "code": asked["status"]["statusCode"],
        "waiting": len(fetched["messages"] or []), "unknown": unknown[0],
        "departures": [line for line in departures if line.startswith("departure=")],
    }))


main()
