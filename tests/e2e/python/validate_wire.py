"""Validates what stands in SOAP bodies, or in the details of faults, with libxml2.

    validate_wire.py FOLDER ENVELOPE...    the schemas are all files of FOLDER; prints how many envelopes are valid
"""

import os
import sys

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}schema"


def main():
    folder, *envelopes = sys.argv[1:]
    schemas = {}
    for name in os.listdir(folder):
        schema = etree.parse(os.path.join(folder, name))
        assert schema.getroot().tag == XSD, name
        schemas[schema.getroot().get("targetNamespace")] = etree.XMLSchema(schema)
    for path in envelopes:
        (payload,) = etree.parse(path).getroot()[-1]
        detail = payload.find("detail")
        payload = payload if detail is None else detail[0]
        alone = etree.fromstring(etree.tostring(payload))
        schemas[etree.QName(alone).namespace].assertValid(alone)
    print(len(envelopes))


main()
