"""Another client that we did not write, suds, at the synchronous and the asynchronous channel, from the served WSDLs alone.

    suds_client.py SYNC_WSDL ASYNC_WSDL TLS_CA KEY_PEM CERT_PEM GATEWAY_CERT_PEM SENDER PASSWORD SERVICE ONE TWO

Sends the document ONE, leaves TWO, asks where that is until it is delivered, fetches what waits, and asks about a message
that nobody knows. Prints one JSON object: {"code", "correlationId", "messageId", "state", "waiting", "fault"}.
"""

import io
import json
import sys
import time
import uuid
from datetime import datetime, timezone

import requests
import xmlsec
from lxml import etree
from suds import WebFault
from suds.client import Client
from suds.plugin import MessagePlugin
from suds.transport import Reply, Transport, TransportError

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
NOBODYS = "{3f2504e0-4f89-41d3-9a0c-0305e82c3399}"


class Session(Transport):
    """Trusts the simulator's TLS authority, and no proxy."""

    def __init__(self, tls_ca):
        super().__init__()
        self.session = requests.Session()
        self.session.verify = tls_ca
        self.session.trust_env = False

    def open(self, request):
        answer = self.session.get(request.url)
        answer.raise_for_status()
        return io.BytesIO(answer.content)

    def send(self, request):
        answer = self.session.post(request.url, data=request.message, headers=request.headers)
        if answer.status_code != 200:
            raise TransportError(answer.reason, answer.status_code, io.BytesIO(answer.content))
        return Reply(answer.status_code, answer.headers, answer.content)


class Signing(MessagePlugin):
    """Signs the Body with the key of the system, and verifies the answer's with the gateway's certificate."""

    def __init__(self, key, certificate, gateway_certificate):
        self.key = xmlsec.Key.from_file(key, xmlsec.KeyFormat.PEM)
        self.key.load_cert_from_file(certificate, xmlsec.KeyFormat.PEM)
        self.gateway = xmlsec.Key.from_file(gateway_certificate, xmlsec.KeyFormat.CERT_PEM)

    def sending(self, context):
        envelope = etree.fromstring(context.envelope)
        header = envelope.find(f"{{{SOAP}}}Header")
        body = envelope.find(f"{{{SOAP}}}Body")
        name = f"id-{uuid.uuid4()}"
        body.set(f"{{{WSU}}}Id", name)
        security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
        security.set(f"{{{SOAP}}}mustUnderstand", "1")
        signature = xmlsec.template.create(
            security, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns="ds"
        )
        security.append(signature)
        reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=f"#{name}")
        xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
        key_info = xmlsec.template.ensure_key_info(signature)
        data = xmlsec.template.add_x509_data(key_info)
        xmlsec.template.x509_data_add_certificate(data)
        context_of_signature = xmlsec.SignatureContext()
        context_of_signature.key = self.key
        context_of_signature.register_id(body, "Id", WSU)
        context_of_signature.sign(signature)
        # The library fills in certificates beside nothing else: they go to their place afterwards.
        etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference").append(data)
        context.envelope = etree.tostring(envelope)

    def received(self, context):
        envelope = etree.fromstring(context.reply)
        signature = xmlsec.tree.find_node(envelope, xmlsec.Node.SIGNATURE)
        verifying = xmlsec.SignatureContext()
        verifying.key = self.gateway
        verifying.register_id(envelope.find(f"{{{SOAP}}}Body"), "Id", WSU)
        verifying.verify(signature)


def main():
    (sync_wsdl, async_wsdl, tls_ca, key, certificate, gateway_certificate,
     sender_id, password, service, one, two) = sys.argv[1:]

    def client(wsdl):
        return Client(wsdl, transport=Session(tls_ca), cache=None,
                      plugins=[Signing(key, certificate, gateway_certificate)]).service

    def text(path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    sender = {"senderId": sender_id, "password": password}
    now = datetime.now(timezone.utc)
    message_id = "{%s}" % uuid.uuid4()
    sent = client(sync_wsdl).SendMessage(request={
        "requestInfo": {"messageId": message_id, "serviceId": service, "messageDate": now, "sender": sender},
        "requestData": {"data": text(one)},
    })
    assert sent.responseInfo.correlationId == message_id, sent
    gateway = client(async_wsdl)
    taken = gateway.sendMessage(request={
        "messageInfo": {"serviceId": service, "messageType": "REQUEST", "messageDate": now, "sender": sender},
        "messageData": {"data": text(two)},
    })
    for _ in range(200):
        asked = gateway.getMessageStatus(request={
            "messageId": taken.messageId, "requestDate": now, "sender": sender,
        })
        if asked.messageState == "DELIVERED":
            break
        time.sleep(0.1)
    fetched = gateway.getMessages(request={"requestDate": now, "serviceId": service, "sender": sender})
    try:
        gateway.getMessageStatus(request={"messageId": NOBODYS, "requestDate": now, "sender": sender})
        raise SystemExit("no fault")
    except WebFault as fault:
        detail = fault.fault.detail
        told = detail.getMessageStatusFault1_getMessageStatusFault.errorData.splitlines()[0]
    print(json.dumps({
        "code": str(sent.responseInfo.status.code), "correlationId": str(taken.correlationId),
        "messageId": str(taken.messageId), "state": str(asked.messageState),
        "waiting": len(getattr(fetched, "messages", None) or []), "fault": str(told),
    }))


main()
