"""A client that we did not write, zeep, at all three channels, from the WSDL and the schemas alone.

    zeep_channels.py BASE    the channels are at BASE/sync/, BASE/asynchronous/ and BASE/push/

Calls each operation once with everything that it may carry and once so that it faults; prints what zeep understood
of the answers as one JSON object.
"""

import json
import sys
from datetime import datetime, timedelta, timezone

import requests
import zeep
from zeep.helpers import serialize_object
from zeep.transports import Transport

MOMENT = datetime(2026, 11, 22, 10, tzinfo=timezone(timedelta(hours=5)))
SERVICE = "guardianship-certificate@zhambyl-2019-23"
SENDER = {"senderId": "integrator-1", "password": "p&ss<word"}
PROPERTIES = [{"key": "k", "value": "v & w"}, {"key": "empty", "value": ""}]


def guid(last):
    return "{3f2504e0-4f89-41d3-9a0c-0305e82c33%02d}" % last


def document():
    return zeep.xsd.AnyObject(zeep.xsd.String(), "<a b=\"1\">Ә &amp; ё</a>")


def message(**ids):
    return {
        "messageInfo": {
            **ids, "serviceId": SERVICE, "messageType": "RESPONSE", "routeId": "route", "messageDate": MOMENT,
            "sender": SENDER, "properties": PROPERTIES, "sessionId": guid(3),
        },
        "messageData": {"data": document()},
    }


def error():
    inner = {"errorCode": "SCSE002", "errorMessage": "inner", "errorDate": MOMENT}
    return {
        "errorCode": "SCSE001", "errorMessage": "outer", "errorData": "label=x", "errorDate": MOMENT,
        "subError": inner, "sessionId": guid(3),
    }


REQUESTS = {
    "sync": {
        "SendMessage": {
            "requestInfo": {
                "messageId": guid(1), "correlationId": guid(2), "serviceId": SERVICE, "messageDate": MOMENT,
                "routeId": "route", "sender": SENDER, "properties": PROPERTIES, "sessionId": guid(3),
            },
            "requestData": {"data": document()},
        },
    },
    "asynchronous": {
        "sendMessage": message(correlationId=guid(2)),
        "getMessages": {
            "messageId": guid(1), "correlationId": guid(2), "requestDate": MOMENT, "serviceId": SERVICE,
            "sender": SENDER, "amount": 10, "properties": PROPERTIES,
        },
        "getMessageStatus": {
            "messageId": guid(1), "requestDate": MOMENT, "sender": SENDER, "properties": PROPERTIES,
        },
        "sendDeliveryNotification": {
            "notification": {
                "messageId": guid(1), "serviceId": SERVICE, "notificationDate": MOMENT,
                "deliveryStatus": {
                    "receiveStatus": "MESSAGE_NOT_ACCTEPTED", "statusDate": MOMENT, "resendMessage": "RESEND",
                    "error": error(),
                },
            },
            "requestDate": MOMENT, "sender": SENDER,
        },
    },
    "push": {
        "sendMessage": message(messageId=guid(1), correlationId=guid(2)),
        "changeMassageStatusNotification": {
            "notification": {
                "notificationId": guid(5), "messageId": guid(1), "notificationDate": MOMENT,
                "messageState": "DELIVERY_STOPPED",
                "status": {"statusCode": "SCSE001", "statusMessage": "stopped", "statusDate": MOMENT},
                "error": error(),
            },
            "requestDate": MOMENT, "sessionId": guid(3),
        },
    },
}


def plain(value):
    return value.isoformat() if isinstance(value, datetime) else str(value)


def main():
    session = requests.Session()
    session.trust_env = False
    understood = {}
    for channel, operations in REQUESTS.items():
        client = zeep.Client(f"{sys.argv[1]}/{channel}/?wsdl", transport=Transport(session=session))
        (service,) = client.wsdl.services.values()
        (port,) = service.ports.values()
        assert sorted(port.binding.all()) == sorted(operations), channel
        understood[channel] = {"service": service.name, "port": port.name}
        for operation, request in operations.items():
            call = getattr(client.service, operation)
            answer = serialize_object(call(request=request), dict)
            session.headers["x-fault"] = "please"
            try:
                call(request=request)
                raise SystemExit(f"{operation} did not fault")
            except zeep.exceptions.Fault as fault:
                detail = client.wsdl.types.deserialize(fault.detail[0])
            del session.headers["x-fault"]
            detail = serialize_object(detail, dict)
            understood[channel][operation] = {"answer": answer, "fault": detail}
    print(json.dumps(understood, default=plain))


main()
