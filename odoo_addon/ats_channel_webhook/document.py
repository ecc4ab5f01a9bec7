# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Reading JSON from outside: strictly, within limits, against the published schema."""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from odoo.addons.ats_channel.const import JSON_DEPTH_MAX
from odoo.addons.ats_channel.errors import InboxRejected

SCHEMA_FOLDER = Path(__file__).parent / "schema"


@cache
def _validator(name):
    schema = json.loads((SCHEMA_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def parse(raw):
    """Return the JSON object in `raw` (bytes). Numbers with a fraction or exponent stay recognisable as floats.

    :raises InboxRejected: `not_json`, `duplicate_key`, `too_deep`, `not_an_object`, `bad_text`
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InboxRejected("not_json", "The document is not UTF-8.") from error
    if _depth(text) > JSON_DEPTH_MAX:
        raise InboxRejected("too_deep", f"The document is nested deeper than {JSON_DEPTH_MAX} levels.")
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except InboxRejected:
        raise
    except (ValueError, RecursionError) as error:
        raise InboxRejected("not_json", "The document is not JSON.") from error
    if not isinstance(document, dict):
        raise InboxRejected("not_an_object", "The document is not a JSON object.")
    if "\\u" in text and not _storable(document):
        raise InboxRejected("bad_text", "A text of the document holds a NUL or half of a character.")
    return document


def check(document, name):
    """Raise InboxRejected `bad_shape` naming the first place where `document` differs from schema `name`.

    The value itself is not repeated: it may be a buyer's.
    """
    # Only the first is asked for: a document can have as many errors as it has brackets.
    error = next(_validator(name).iter_errors(document), None)
    if error:
        pointer = "/" + "/".join(map(str, error.absolute_path))
        rule = error.validator
        if rule == "required":
            wanted = [key for key in error.validator_value if key not in error.instance]
            raise InboxRejected("bad_shape", f"{pointer}: {', '.join(wanted)} is missing.")
        raise InboxRejected("bad_shape", f"{pointer} does not fit the schema ({rule}).")


def decimal(value):
    """A decimal of the contract (integer or decimal string, already checked against the schema)."""
    return Decimal(value)


def _storable(value):
    """Whether every text in `value` can be stored: escapes of JSON can write what PostgreSQL and UTF-8 cannot."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return all(_storable(key) and _storable(item) for key, item in value.items())
    return not isinstance(value, list) or all(map(_storable, value))


def _object(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InboxRejected("duplicate_key", "An object of the document names a key twice.")
    return found


def _no_constant(name):
    raise InboxRejected("not_json", f"{name} is not JSON.")


def _depth(text):
    """Deepest nesting of brackets outside strings; measured before parsing, since the parser recurses."""
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest
