# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What has to be written so that stored levels say what computed ones do."""

import json
import random
from array import array

import ats_engine
import pytest
from ats_engine import NONE
from differential import worlds
from reference import columns


def q(values):
    return array("q", values)


def stored_rows(levels):
    """Rows (id, listing, node, quantity, digest) that say what the levels do."""
    rows = zip(levels.listing, levels.node, levels.quantity, levels.reason_digest, strict=True)
    return [(900 + i, *row) for i, row in enumerate(rows)]


def stored_columns(rows):
    names = ("id", "listing", "node", "quantity", "digest")
    return {name: q(row[i] for row in rows) for i, name in enumerate(names)}


def told(levels, rows):
    found = ats_engine.changes(levels, stored_columns(rows))
    return list(zip(found.written, found.quantity_changed, strict=True)), list(found.gone)


def by_hand(levels, rows):
    known, gone, written = {}, [], []
    for identifier, listing, node, quantity, digest in rows:
        if (listing, node) in known or (listing, node) not in set(zip(levels.listing, levels.node, strict=True)):
            gone.append(identifier)
        else:
            known[listing, node] = quantity, digest
    for i, key in enumerate(zip(levels.listing, levels.node, strict=True)):
        quantity, digest = known.get(key, (None, None))
        if (quantity, digest) != (levels.quantity[i], levels.reason_digest[i]):
            written.append((i, int(quantity != levels.quantity[i])))
    return written, gone


def small_levels():
    tables = {
        "nodes": {"id": q([1, 2])},
        "locations": {"id": q([8, 9]), "node": q([1, 2])},
        "products": {"id": q([100])},
        "supply": {"product": q([100]), "location": q([8]), "quantity": q([5_000_000])},
        "channels": {"id": q([3, 4]), "node_offsets": q([0, 2, 4]), "nodes": q([1, 2, 2, 1]), "per_node": array("b", [0, 1])},
        "listings": {"id": q([7, 8]), "channel": q([3, 4]), "product": q([100, 100])},
    }
    return ats_engine.compute_columns(tables, now=0)


def test_each_way_in_which_a_stored_level_can_differ():
    levels = small_levels()
    pool, second, first = stored_rows(levels)
    assert told(levels, [pool, second, first]) == ([], [])
    assert told(levels, [first, pool, second]) == ([], [])
    assert told(levels, []) == ([(0, 1), (1, 1), (2, 1)], [])
    assert told(levels, [pool, first]) == ([(1, 1)], [])
    assert told(levels, [(*pool[:3], 6, pool[4]), second, first]) == ([(0, 1)], [])
    assert told(levels, [(*pool[:4], pool[4] ^ 1), second, first]) == ([(0, 0)], [])
    assert told(levels, [(*pool[:4], NONE), (*second[:3], NONE, NONE), first]) == ([(0, 0), (1, 1)], [])
    assert told(levels, [pool, second, first, (1, 7, 1, 0, 0), (2, 6, NONE, 0, 0), (3, *first[1:])]) == ([], [1, 2, 3])


def test_the_views_are_read_only_and_of_fixed_width():
    levels = small_levels()
    found = ats_engine.changes(levels, stored_columns([]))
    del levels
    assert [(view.format, view.readonly, len(view)) for view in (found.written, found.quantity_changed, found.gone)] == [
        ("q", True, 3), ("b", True, 3), ("q", True, 0),
    ]  # fmt: skip


def test_random_worlds_and_random_stores():
    chance, checked = random.Random(20261121), 0
    for seed in range(600):
        try:
            levels = columns.compute(json.loads(json.dumps(worlds.make(seed))))
        except ats_engine.WorldError:
            continue
        rows = []
        for identifier, listing, node, quantity, digest in stored_rows(levels):
            if chance.random() < 0.8:
                rows.append((identifier, listing, node, quantity + (chance.random() < 0.2), digest + (chance.random() < 0.2)))
            if chance.random() < 0.1:
                rows.append((identifier + 5000, listing, chance.choice([NONE, 1, 2, 3]), 0, 0))
        chance.shuffle(rows)
        assert told(levels, rows) == by_hand(levels, rows), seed
        checked += 1
    assert checked > 100


def test_what_is_refused():
    levels = small_levels()
    stored = stored_columns(stored_rows(levels))
    with pytest.raises(ValueError, match="lack the column node"):
        ats_engine.changes(levels, {name: column for name, column in stored.items() if name != "node"})
    with pytest.raises(ValueError, match="the columns of stored levels are"):
        ats_engine.changes(levels, {**stored, "more": q([1])})
    with pytest.raises(ValueError, match="differ in length"):
        ats_engine.changes(levels, {**stored, "digest": q([1])})
    for wrong in ([1, 2, 3], array("d", [1, 2, 3]), array("b", [1, 2, 3]), memoryview(q(range(6)))[::2]):
        with pytest.raises(TypeError, match="quantity"):
            ats_engine.changes(levels, {**stored, "quantity": wrong})
    tables = {"products": {"id": q([1])}, "channels": {"id": q([1])}, "listings": {"id": q([1]), "product": q([1]), "channel": q([1])}}
    bare = ats_engine.compute_columns(tables, now=0, reasons=False)
    with pytest.raises(ValueError, match="without reasons"):
        ats_engine.changes(bare, stored_columns([]))
