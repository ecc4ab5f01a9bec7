# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Run by the interpreter of a clean environment: `try_wheel.py SCENARIOS carried|system`. Levels of every scenario,
threads, and whether oneTBB is carried along or the system's."""

import json
import sys
from array import array
from pathlib import Path

import ats_engine

PRODUCTS = 30_000


def scenarios(folder):
    files = sorted(Path(folder).glob("*.json"))
    for path in files:
        scenario = json.loads(path.read_text())
        levels = json.loads(ats_engine.compute(json.dumps(scenario["world"])))["levels"]
        quantities = [(level["listing"], level["node"], level["quantity"]) for level in levels]
        assert quantities == [(level["listing"], level["node"], level["quantity"]) for level in scenario["expect"]], path.name
    return len(files)


def threads():
    def ids(values):
        return array("q", values)

    tables = {
        "nodes": {"id": ids([1])},
        "products": {"id": ids(range(PRODUCTS))},
        "channels": {"id": ids([1]), "node_offsets": ids([0, 1]), "nodes": ids([1])},
        "listings": {"id": ids(range(PRODUCTS)), "product": ids(range(PRODUCTS)), "channel": ids([1]) * PRODUCTS},
    }
    return ats_engine.compute_columns(tables, now=0, threads=2).threads_used


count, used = scenarios(sys.argv[1]), threads()
assert used == 2, f"{used} threads of 2"
package = Path(ats_engine.__file__).parent
libraries = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libtbb" in line}
carried = package.parent / "ats_engine.libs"
assert libraries and all((Path(name).parent == carried) is (sys.argv[2] == "carried") for name in libraries), libraries
assert (package / "py.typed").exists() and (package / "__init__.pyi").exists()
print(f"ats_engine {ats_engine.__version__}, {count} scenarios, {used} threads, {', '.join(sorted(Path(name).name for name in libraries))}")
