# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""From a document of the exchange format to the tables of ``compute_columns``."""

from array import array
from fractions import Fraction

import ats_engine

from reference.world import seconds


def _column(rows, key, read):
    return array("q", [ats_engine.NONE if row.get(key) is None else read(row[key]) for row in rows])


def _millionths(value):
    scaled = Fraction(value) * 10**6
    assert scaled.denominator == 1
    return int(scaled)


def _offsets(lists):
    offsets = [0]
    for items in lists:
        offsets.append(offsets[-1] + len(items))
    return array("q", offsets)


READERS = {
    "nodes": {"id": int},
    "locations": {"id": int, "node": int, "sellable": (bool, True)},
    "products": {"id": int, "decimals": (int, 0), "storable": (bool, True)},
    "kits": {"product": int, "yields": (_millionths, "1")},
    "supply": {
        "product": int,
        "location": int,
        "quantity": _millionths,
        "reserved": (_millionths, 0),
        "expires": seconds,
        "owner": int,
        "blocked": (bool, False),
    },
    "demand": {"product": int, "node": int, "quantity": _millionths, "due": seconds},
    "incoming": {"product": int, "node": int, "quantity": _millionths, "expected": seconds},
    "holds": {"id": int, "product": int, "quantity": _millionths, "channel": int, "node": int, "expires": seconds},
    "channels": {
        "id": int,
        "per_node": (bool, False),
        "incoming_days": (int, 0),
        "incoming_percent": (_millionths, "100"),
        "min_life_days": (int, 0),
        "share_percent": (_millionths, "100"),
    },
    "rules": {
        "id": int,
        "kind": ats_engine.RULE_KINDS.index,
        "product": int,
        "category": int,
        "node": int,
        "channel": int,
        "fixed": _millionths,
        "percent": _millionths,
        "from": seconds,
        "until": seconds,
        "sequence": (int, 10),
    },
    "listings": {"id": int, "channel": int, "product": int, "unit": (_millionths, "1"), "blocked": (bool, False)},
}


def _plain_columns(rows, readers):
    columns = {}
    for key, reader in readers.items():
        read, default = reader if isinstance(reader, tuple) else (reader, None)
        filled = rows if default is None else [{key: row.get(key, default)} for row in rows]
        columns[key] = _column(filled, key, read)
        if read is bool:
            columns[key] = array("b", columns[key])
    return columns


def _add_kits(tables, kits):
    if not kits:
        del tables["kits"]  # a table that is not given is empty
        return
    lines = [line for kit in kits for line in kit["lines"]]
    tables["kits"]["line_offsets"] = _offsets([kit["lines"] for kit in kits])
    tables["kits"]["lines"] = array("q", [line["product"] for line in lines])
    tables["kits"]["line_quantities"] = array("q", [_millionths(line["quantity"]) for line in lines])


def tables_of(document):
    """The tables of a document."""
    tables = {name: _plain_columns(document.get(name, []), readers) for name, readers in READERS.items()}
    kinds = {}

    def code(kind):
        return kinds.setdefault(kind, len(kinds))

    incoming = document.get("incoming", [])
    tables["incoming"]["kind"] = array("q", [code(row["kind"]) for row in incoming])

    def lists(table, offsets, key, read=int):
        items = [[read(item) for item in row.get(key, [])] for row in document.get(table, [])]
        tables[table][offsets] = _offsets(items)
        tables[table][key] = array("q", [item for row in items for item in row])

    lists("products", "category_offsets", "categories")
    _add_kits(tables, document.get("kits", []))
    lists("channels", "node_offsets", "nodes")
    lists("channels", "owner_offsets", "owners")
    lists("channels", "incoming_kind_offsets", "incoming_kinds", code)
    overrides = [row.get("override") or {} for row in document.get("listings", [])]
    tables["listings"]["override_quantity"] = _column(overrides, "quantity", _millionths)
    tables["listings"]["override_until"] = _column(overrides, "until", seconds)
    return tables


def compute(document, **options):
    """``compute_columns`` on a document."""
    return ats_engine.compute_columns(
        tables_of(document),
        now=seconds(document["now"]),
        demand_horizon_days=document.get("demand_horizon_days"),
        **options,
    )
