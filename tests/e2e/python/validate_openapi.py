"""Validates an OpenAPI document from standard input: the whole document, by a validator that we did not write."""

import json
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

OpenAPIV31SpecValidator(json.load(sys.stdin)).validate()
