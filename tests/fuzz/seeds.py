# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the fuzz targets begin with: `SEEDS[target]()` yields inputs (bytes), `WORDS[target]()` words that a change may put in.

Inputs that once broke something are `crashes/<target>/<what it was>.hex` and come first.
"""

import json
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent


def _scenarios():
    return [json.loads(path.read_text()) for path in sorted((TESTS / "scenarios").glob("*.json"))]


def _worlds():
    yield from (json.dumps(scenario["world"]).encode() for scenario in _scenarios())
    refusals = json.loads((TESTS / "refusals.json").read_text())
    for case in refusals["cases"]:
        yield (case["text"] if "text" in case else json.dumps({**refusals["base"], **case.get("with", {})})).encode()


def _world_words():
    found = set()

    def walk(value):
        if isinstance(value, dict):
            found.update(value)
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(item)

    for scenario in _scenarios():
        walk(scenario["world"])
    return sorted(found)


#: as fuzz_copy.cpp reads a byte: the type is its remainder by seven, arrays have the highest bit
COPY_TYPES = {kind: 7 + i for i, kind in enumerate(("int", "bool", "floor", "ceil", "exact", "time", "length"))}
ARRAY = 126  # sets the highest bit, and is nothing when divided by seven


def _streams():
    """The streams recorded from PostgreSQL, split somewhere, behind the columns that they are read with."""
    for number, case in enumerate(json.loads((TESTS / "python" / "copy_streams.json").read_text())):
        columns = bytes(COPY_TYPES[kind.removesuffix("[]")] + (ARRAY if kind.endswith("[]") else 0) for _, kind in case["columns"])
        yield bytes([number]) + columns + b"\0" + bytes.fromhex(case["hex"])


def crashes(target):
    """The inputs of `target` that once broke something, by name."""
    return {path.stem: bytes.fromhex(path.read_text()) for path in sorted((HERE / "crashes" / target).glob("*.hex"))}


SEEDS = {"fuzz_copy": _streams, "fuzz_world": _worlds}
WORDS = {"fuzz_world": _world_words}
