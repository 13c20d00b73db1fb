"""Reads what a collector was sent with OpenTelemetry's own types and writes the spans as JSON.

Each argument is a file with the body of one request to /v1/traces. What these types do not know is an error: it would be
a field of ours with a wrong number.
"""

import json
import sys

from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def known(message):
    if len(UnknownFieldSet(message)) > 0:
        raise SystemExit(f"unknown fields in {message.DESCRIPTOR.full_name}")
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for one in value if field.is_repeated else [value]:
            known(one)


def attributes(pairs):
    return {pair.key: pair.value.string_value for pair in pairs}


spans = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        request = ExportTraceServiceRequest.FromString(file.read())
    known(request)
    for resource_spans in request.resource_spans:
        resource = attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                spans.append(
                    {
                        "service": resource["service.name"],
                        "trace": span.trace_id.hex(),
                        "span": span.span_id.hex(),
                        "parent": span.parent_span_id.hex(),
                        "name": span.name,
                        "kind": span.kind,
                        "begun": span.start_time_unix_nano,
                        "ended": span.end_time_unix_nano,
                        "attributes": attributes(span.attributes),
                        "failed": span.status.code == 2,
                    }
                )
json.dump(spans, sys.stdout)
