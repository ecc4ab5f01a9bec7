# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What is refused: every row of tests/refusals.json, and what only columns can get wrong."""

import json
from array import array
from pathlib import Path

import ats_engine
import pytest
from ats_engine import NONE

TABLE = json.loads((Path(__file__).parent.parent / "refusals.json").read_text())


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["why"])
def test_refusal(case):
    document = case.get("text") or ("" if "text" in case else json.dumps({**TABLE["base"], **case["with"]}))
    if case["code"] == "accepted":
        ats_engine.compute(document)
        return
    with pytest.raises(ats_engine.WorldError) as refusal:
        ats_engine.compute(document)
    assert (refusal.value.code, refusal.value.pointer) == (case["code"], case["pointer"])
    assert str(refusal.value)
    assert isinstance(refusal.value, ValueError)


def test_every_code_is_reached_or_belongs_to_columns():
    reached = {case["code"] for case in TABLE["cases"]}
    columns_only = {"wrong_length", "wrong_offsets"}
    text_only = {"invalid_utf8"}  # no JSON file can hold it; see below
    limits = {"too_large"}  # a gigabyte of text
    assert set(ats_engine.ERROR_CODES) == (reached - {"accepted"}) | columns_only | text_only | limits


@pytest.mark.parametrize("text", [b'{"format": "\xff"}', b'{"\xc3\x28": 1}', '{"format": "\ud800"}'])
def test_text_that_is_not_utf8(text):
    with pytest.raises(ats_engine.WorldError) as refusal:
        ats_engine.compute(text)
    assert refusal.value.code == "invalid_utf8"


@pytest.mark.parametrize("document", [None, 1, [], bytearray(b"{}")])
def test_a_document_of_another_type(document):
    with pytest.raises(TypeError):
        ats_engine.compute(document)


def q(*values):
    return array("q", values)


def base_tables():
    return {
        "nodes": {"id": q(1)},
        "locations": {"id": q(11), "node": q(1)},
        "products": {"id": q(100)},
        "channels": {"id": q(3), "node_offsets": q(0, 1), "nodes": q(1)},
        "listings": {"id": q(7), "channel": q(3), "product": q(100)},
    }


def supply(**columns):
    return {"product": q(100), "location": q(11), "quantity": q(5), **columns}


COLUMN_REFUSALS = [
    ("a table that does not exist", "unknown_key", "/lots", {"lots": {}}),
    ("a column that does not exist", "unknown_key", "/supply/colour", {"supply": supply(colour=q(1))}),
    ("a column that is missing", "missing_key", "/supply/quantity", {"supply": {"product": q(100), "location": q(11)}}),
    ("columns of different lengths", "wrong_length", "/supply/location", {"supply": supply(location=q(11, 11))}),
    ("offsets that are too short", "wrong_length", "/channels/nodes", {"channels": {"id": q(3), "node_offsets": q(0), "nodes": q(1)}}),
    ("offsets that fall", "wrong_offsets", "/channels/nodes", {"channels": {"id": q(3, 4), "node_offsets": q(0, 1, 0), "nodes": q(1)}}),
    ("offsets below zero", "wrong_offsets", "/channels/nodes", {"channels": {"id": q(3), "node_offsets": q(-1, 1), "nodes": q(1)}}),
    ("offsets that do not start at zero", "wrong_offsets", "/channels/nodes", {"channels": {"id": q(3), "node_offsets": q(1, 1), "nodes": q(1)}}),
    ("offsets beyond the list", "wrong_offsets", "/channels/nodes", {"channels": {"id": q(3), "node_offsets": q(0, 2), "nodes": q(1)}}),
    ("a list without offsets", "wrong_offsets", "/channels/nodes", {"channels": {"id": q(3), "nodes": q(1)}}),
    ("an absent quantity", "wrong_type", "/supply/0/quantity", {"supply": supply(quantity=q(NONE))}),
    ("a flag of two", "wrong_type", "/supply/0/blocked", {"supply": supply(blocked=array("b", [2]))}),
    ("an unknown product", "unknown_reference", "/supply/0/product", {"supply": supply(product=q(9))}),
    ("a negative reservation", "negative", "/supply/0/reserved", {"supply": supply(reserved=q(-1))}),
    ("a time beyond the year 9999", "malformed_time", "/supply/0/expires", {"supply": supply(expires=q(2**62))}),
    ("a rule kind that does not exist", "unknown_rule_kind", "/rules/0/kind", {"rules": {"id": q(1), "kind": q(5), "fixed": q(0)}}),
    ("a negative override", "negative", "/listings/0/override_quantity",
     {"listings": {"id": q(7), "channel": q(3), "product": q(100), "override_quantity": q(-1)}}),
    ("a kit without lines", "empty_kit", "/kits/0/lines", {"kits": {"product": q(100)}}),
    ("lines of kits without quantities", "missing_key", "/kits/line_quantities",
     {"kits": {"product": q(100), "line_offsets": q(0, 1), "lines": q(100)}}),
    ("fewer quantities than lines of kits", "wrong_length", "/kits/line_quantities",
     {"kits": {"product": q(100), "line_offsets": q(0, 2), "lines": q(100, 100), "line_quantities": q(1)}}),
    ("a line of a kit without a quantity", "not_positive", "/kits/0/lines/0/quantity",
     {"kits": {"product": q(100), "line_offsets": q(0, 1), "lines": q(100), "line_quantities": q(NONE)}}),
    ("a column that kits do not have", "unknown_key", "/kits/line_quantity", {"kits": {"product": q(100), "line_quantity": q(1)}}),
    ("lines of kits in a table of their own", "unknown_key", "/kit_lines", {"kit_lines": {}}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "code", "pointer", "tables"), COLUMN_REFUSALS, ids=[row[0] for row in COLUMN_REFUSALS])
def test_columns_that_are_refused(why, code, pointer, tables):
    with pytest.raises(ats_engine.WorldError) as refusal:
        ats_engine.compute_columns({**base_tables(), **tables}, now=0)
    assert (refusal.value.code, refusal.value.pointer) == (code, pointer)


@pytest.mark.parametrize(
    "column",
    [
        [100],
        array("d", [100.0]),
        array("i", [100]),
        array("Q", [100]),
        array("b", [100]),
        memoryview(q(100, 0))[::2],
        memoryview(bytes(1) + q(100).tobytes())[1:].cast("q"),
        memoryview(q(100, 0)).cast("b").cast("q", (1, 2)),
        b"12345678",
        None,
    ],
    ids=repr,
)
def test_columns_that_are_no_buffers_of_int64(column):
    with pytest.raises(TypeError):
        ats_engine.compute_columns({**base_tables(), "supply": supply(product=column)}, now=0)


def test_tables_of_another_type():
    with pytest.raises(TypeError):
        ats_engine.compute_columns([], now=0)
    with pytest.raises(TypeError):
        ats_engine.compute_columns({"nodes": []}, now=0)
    with pytest.raises(TypeError):
        ats_engine.compute_columns(base_tables(), now=1.5)
    with pytest.raises(TypeError):
        ats_engine.compute_columns(base_tables(), now=2**63)


def test_names_that_are_no_text():
    with pytest.raises(TypeError):
        ats_engine.compute_columns({**base_tables(), 1: {}}, now=0)
    for tables in ({"\ud800": {}}, {"nodes": {"id": q(1), "\ud800": q(1)}}):
        with pytest.raises(ats_engine.WorldError) as refusal:
            ats_engine.compute_columns({**base_tables(), **tables}, now=0)
        assert refusal.value.code == "invalid_utf8"


def test_empty_columns_and_bytes_cast_to_int64():
    tables = {**base_tables(), "supply": supply(product=memoryview(q(100).tobytes()).cast("q")), "demand": {"product": q()}}
    assert list(ats_engine.compute_columns(tables, now=0).quantity) == [0]
    assert len(ats_engine.compute_columns({}, now=0)) == 0
