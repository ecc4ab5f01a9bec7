# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One fault: a small edit of the engine's sources and the test that has to notice it."""

from dataclasses import dataclass

SCENARIOS = "tests/python/test_scenarios.py::test_scenario"
COPY = "tests/python/test_copy.py::test_any_split_gives_the_same"


@dataclass(frozen=True)
class Fault:
    """`old` is in `file` exactly once. `killer` is `cpp: NAME` of a Catch2 test, or what pytest takes."""

    name: str
    file: str
    old: str
    new: str
    killer: str


def scenario(name):
    return f"{SCENARIOS}[{name}]"
