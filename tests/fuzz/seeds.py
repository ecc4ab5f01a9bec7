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


def crashes(target):
    """The inputs of `target` that once broke something, by name."""
    return {path.stem: bytes.fromhex(path.read_text()) for path in sorted((HERE / "crashes" / target).glob("*.hex"))}


SEEDS = {"fuzz_world": _worlds}
WORDS = {"fuzz_world": _world_words}
