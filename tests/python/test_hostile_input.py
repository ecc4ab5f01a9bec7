# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Documents and columns damaged at random: each is computed or refused, nothing else.

To repeat a failure: ``ATS_SEED=<seed>`` as printed.
"""

import copy
import json
import os
import random
import time
from array import array
from pathlib import Path

import ats_engine
import pytest
from reference import columns

SEED = int(os.environ.get("ATS_SEED", random.randrange(2**40)))
ROUNDS = 3000
SCENARIOS = [json.loads(path.read_text())["world"] for path in sorted((Path(__file__).parent.parent / "scenarios").glob("*.json"))]
INTEGERS = [0, -1, 2**63 - 1, -(2**63), 2**64]
TEXTS = ["", "0", "-1", "9223372036854.775807", "1e9", "2026-11-21T10:00:00Z"]
VALUES = [None, True, 1.5, [], {}, [None], {"id": 1}, *INTEGERS, *TEXTS]
NUMBERS = [0, 1, -1, 2, 100, ats_engine.NONE, ats_engine.NONE + 1, 2**63 - 1, 10**6, 253402300799, 7_500_000]


def places(value, found):
    """Every (holder, key) in a document."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found.append((value, key))
        places(value[key], found)
    return found


@pytest.fixture
def chance():
    print(f"ATS_SEED={SEED}")
    return random.Random(SEED)


def test_documents_with_wrong_values(chance):
    for _ in range(ROUNDS):
        world = json.loads(json.dumps(chance.choice(SCENARIOS)))
        for _ in range(chance.randint(1, 3)):
            holder, key = chance.choice(places(world, []))
            holder[key] = copy.deepcopy(chance.choice(VALUES))
        check_document(json.dumps(world))


def test_documents_with_wrong_bytes(chance):
    for _ in range(ROUNDS):
        text = bytearray(json.dumps(chance.choice(SCENARIOS)).encode())
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            text[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        check_document(bytes(text))


def check_document(document):
    try:
        ats_engine.compute(document)
    except ats_engine.WorldError as error:
        assert error.code in ats_engine.ERROR_CODES


def test_columns_with_wrong_numbers(chance):
    worlds = [world for world in SCENARIOS if "kits" not in world]
    for _ in range(ROUNDS):
        tables = columns.tables_of(chance.choice(worlds))
        for _ in range(chance.randint(1, 3)):
            damage(chance, tables[chance.choice(sorted(tables))])
        try:
            levels = ats_engine.compute_columns(tables, now=chance.choice(NUMBERS), demand_horizon_days=chance.choice([None, *NUMBERS]))
            levels.to_json()
        except ats_engine.WorldError as error:
            assert error.code in ats_engine.ERROR_CODES


def damage(chance, table):
    name = chance.choice(sorted(table))
    column = table[name]
    if column.typecode == "b" or not column or chance.random() < 0.2:
        table[name] = array(column.typecode, column[: chance.randint(0, len(column))])
    else:
        column[chance.randrange(len(column))] = chance.choice(NUMBERS)


def test_ids_chosen_to_collide_cost_no_more():
    """Multiples of a size that a hash table of so many ids has: a minute's work, were they hashed."""
    ids = array("q", [i * 202409 for i in range(200_000)])
    tables = {"products": {"id": ids}, "supply": {"product": ids[:1], "location": array("q", [1]), "quantity": array("q", [1])}}
    tables |= {"nodes": {"id": array("q", [1])}, "locations": {"id": array("q", [1]), "node": array("q", [1])}}
    started = time.process_time()
    ats_engine.compute_columns(tables, now=0)
    assert time.process_time() - started < 5
