# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What Python sees: columns, threads, forks, deadlines, memory, the command line."""

import copy
import gc
import json
import os
import subprocess
import sys
import threading
from array import array
from pathlib import Path

import ats_engine
import pytest
from ats_engine import NONE

ROOT = Path(__file__).parent.parent.parent
SCENARIO = json.loads((ROOT / "tests/scenarios/one_buffer_rule_wins.json").read_text())


def q(values):
    return array("q", values)


def wide_tables(products, channels=2, nodes=4):
    """Products in every node, with some rules, on channels that share the nodes."""
    rows = products * nodes
    listings = products * channels
    return {
        "nodes": {"id": q(range(nodes))},
        "locations": {"id": q(range(nodes)), "node": q(range(nodes))},
        "products": {"id": q(range(products))},
        "supply": {
            "product": q(row // nodes for row in range(rows)),
            "location": q(row % nodes for row in range(rows)),
            "quantity": q((row * 7919 % 50 - 5) * 10**6 for row in range(rows)),
        },
        "channels": {
            "id": q(range(channels)),
            "node_offsets": q(range(0, nodes * channels + 1, nodes)),
            "nodes": q(list(range(nodes)) * channels),
        },
        "rules": {"id": q([1]), "kind": q([0]), "percent": q([7_500_000])},
        "listings": {
            "id": q(range(listings)),
            "product": q(row // channels for row in range(listings)),
            "channel": q(row % channels for row in range(listings)),
        },
    }


def test_version_is_the_projects():
    project = (ROOT / "pyproject.toml").read_text()
    assert f'\nversion = "{ats_engine.__version__}"\n' in project


def test_levels_are_read_only_views_that_outlive_the_result():
    levels = ats_engine.compute_columns(wide_tables(10), now=0)
    quantity = levels.quantity
    assert (quantity.format, quantity.itemsize, quantity.readonly, len(quantity)) == ("q", 8, True, 20)
    with pytest.raises(TypeError):
        quantity[0] = 1
    before = list(quantity)
    del levels
    gc.collect()
    [bytearray(1000) for _ in range(1000)]
    assert list(quantity) == before


def test_reasons_can_be_left_out():
    tables = wide_tables(10)
    bare = ats_engine.compute_columns(tables, now=0, reasons=False)
    full = ats_engine.compute_columns(tables, now=0)
    assert list(bare.quantity) == list(full.quantity)
    assert len(bare.reason_offsets) == 0
    for i, quantity in enumerate(full.quantity):
        assert sum(full.reason_quantity[full.reason_offsets[i] : full.reason_offsets[i + 1]]) == quantity
    assert {ats_engine.REASON_CODES[code] for code in full.reason_code} == {"on_hand", "node_buffer", "node_floor"}


def test_next_change_is_told_per_product():
    tables = wide_tables(3)
    tables["holds"] = {"id": q([1]), "product": q([1]), "quantity": q([1]), "node": q([0]), "expires": q([500])}
    levels = ats_engine.compute_columns(tables, now=100)
    assert list(levels.product) == [0, 1, 2]
    assert list(levels.product_next_change) == [NONE, 500, NONE]
    assert levels.next_change == 500
    assert ats_engine.compute_columns(tables, now=500).next_change is None


@pytest.mark.parametrize("threads", [1, 2, 4, None])
def test_threads_change_nothing(threads):
    tables = wide_tables(20_000)
    expected = ats_engine.compute_columns(tables, now=0, threads=1)
    levels = ats_engine.compute_columns(tables, now=0, threads=threads)
    assert levels.quantity.tobytes() == expected.quantity.tobytes()
    assert levels.reason_quantity.tobytes() == expected.reason_quantity.tobytes()


def test_small_worlds_are_computed_serially():
    assert ats_engine.compute_columns(wide_tables(100), now=0).threads_used == 1


@pytest.mark.parametrize("threads", [0, -1])
def test_no_threads_are_refused(threads):
    with pytest.raises(ValueError, match="threads"):
        ats_engine.compute_columns({}, now=0, threads=threads)


def test_more_threads_than_a_machine_has():
    tables = wide_tables(20_000)
    levels = ats_engine.compute_columns(tables, now=0, threads=2**31 - 1)
    assert levels.threads_used <= 64
    assert levels.quantity.tobytes() == ats_engine.compute_columns(tables, now=0, threads=1).quantity.tobytes()


def test_many_python_threads_at_once():
    tables = wide_tables(5_000)
    expected = ats_engine.compute_columns(tables, now=0, threads=1).quantity.tobytes()
    results = []

    def work():
        results.append(ats_engine.compute_columns(tables, now=0, threads=2).quantity.tobytes())

    callers = [threading.Thread(target=work) for _ in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    assert results == [expected] * 6


FORK = """
import os, sys
sys.path[:0] = {path!r}
from test_engine import wide_tables
import ats_engine
tables = wide_tables(20_000)
def bytes_of():
    levels = ats_engine.compute_columns(tables, now=0, threads=2)
    return levels.threads_used, levels.quantity.tobytes()
expected = bytes_of()
for _ in range(10):
    child = os.fork()
    if child == 0:
        os._exit(0 if bytes_of() == expected else 1)
    assert bytes_of() == expected
    _pid, status = os.waitpid(child, 0)
    assert status == 0, status
"""


def test_a_fork_after_threads_computes_the_same_on_as_many_threads():
    code = FORK.format(path=[str(Path(__file__).parent)])
    subprocess.run([sys.executable, "-W", "error::DeprecationWarning", "-c", code], check=True, timeout=120)


AT_EXIT = """
import sys, threading
sys.path[:0] = {path!r}
from test_engine import wide_tables
import ats_engine
tables = wide_tables(20_000)
computed = threading.Event()
def work():
    while True:
        ats_engine.compute_columns(tables, now=0, threads={threads})
        computed.set()
for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
computed.wait(60)
print("end of the program", flush=True)
"""


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("attempt", range(5))
def test_a_program_ends_while_daemon_threads_compute(threads, attempt):
    code = AT_EXIT.format(path=[str(Path(__file__).parent)], threads=threads)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "end of the program\n"), done.stderr


def test_a_deadline_that_has_passed_ends_the_computation():
    with pytest.raises(ats_engine.DeadlineExceeded):
        ats_engine.compute_columns(wide_tables(100), now=0, deadline_ms=0)
    assert issubclass(ats_engine.DeadlineExceeded, TimeoutError)
    assert len(ats_engine.compute_columns(wide_tables(100), now=0, deadline_ms=2**62)) == 200


def test_the_gil_is_free_while_the_engine_works():
    tables = wide_tables(100_000)
    done = threading.Event()
    ticks = 0

    def work():
        for _ in range(3):
            ats_engine.compute_columns(tables, now=0, threads=1)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not done.wait(0.001):
        ticks += 1
    worker.join()
    assert ticks >= 3


LIMITED = """
import resource, sys
sys.path[:0] = {path!r}
from test_engine import wide_tables
import ats_engine
tables = wide_tables({products})
with open("/proc/self/statm") as statm:
    pages = int(statm.read().split()[0])
limit = pages * 4096 + {room} * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    ats_engine.compute_columns(tables, now=0, threads={threads})
    print("levels")
except MemoryError:
    print("MemoryError")
"""


def run_with_room(mebibytes, products, threads, **environment):
    """What a computation comes to in a process with that much address space left."""
    code = LIMITED.format(path=[str(Path(__file__).parent)], products=products, room=mebibytes, threads=threads)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.address_space
def test_no_memory_is_a_memory_error():
    assert run_with_room(4, 200_000, threads=1, MALLOC_ARENA_MAX="1") == "MemoryError"


@pytest.mark.address_space
@pytest.mark.parametrize("mebibytes", range(4, 60, 4))
def test_no_memory_for_threads_ends_in_levels_or_a_memory_error(mebibytes):
    outcome = run_with_room(mebibytes, 20_000, threads=4)
    assert outcome in ("levels", "MemoryError")
    assert outcome == "levels" or mebibytes < 40


def test_document_and_explanation_agree():
    world = json.dumps(SCENARIO["world"])
    text = ats_engine.explain(world, 1)
    lines = [line.split()[:2] for line in text.splitlines() if line.startswith("  ")]
    assert lines == [["on_hand", "100"], ["node_buffer", "-10"], ["channel_buffer", "-7"], ["=", "level"]]
    assert "rule 4" in text
    assert "rule 3" in text
    with pytest.raises(ats_engine.WorldError) as refusal:
        ats_engine.explain(world, 9)
    assert (refusal.value.code, refusal.value.pointer) == ("unknown_reference", "/listings")


def test_an_explanation_points_into_the_whole_document():
    world = copy.deepcopy(SCENARIO["world"])
    world["products"].insert(0, {"id": 1})
    world["supply"] = [{**world["supply"][0], "quantity": "9223372036854"}] * 2
    for ask in (ats_engine.compute, lambda document: ats_engine.explain(document, 1)):
        with pytest.raises(ats_engine.WorldError) as refusal:
            ask(json.dumps(world))
        assert (refusal.value.code, refusal.value.pointer) == ("overflow", "/products/1")


def test_a_listing_without_a_level_is_explained():
    world = copy.deepcopy(SCENARIO["world"])
    channel = next(row for row in world["channels"] if row["id"] == world["listings"][0]["channel"])
    channel.update(nodes=[], per_node=True)
    assert "no level" in ats_engine.explain(json.dumps(world), world["listings"][0]["id"])


def run(*arguments, stdin=None):
    return subprocess.run([sys.executable, "-m", "ats_engine", *map(str, arguments)], capture_output=True, text=True, input=stdin, timeout=60)


def test_command_line(tmp_path):
    file = tmp_path / "world.json"
    file.write_text(json.dumps(SCENARIO["world"]))
    done = run("compute", file)
    assert done.returncode == 0
    assert json.loads(done.stdout)["levels"][0]["quantity"] == "83"
    assert run("compute", "-", stdin=file.read_text()).stdout == done.stdout
    assert "= level" in run("explain", file, "--listing", 1).stdout
    assert run("--version").stdout.strip() == ats_engine.__version__


def test_command_line_refuses_with_code_and_pointer(tmp_path):
    file = tmp_path / "world.json"
    file.write_text(json.dumps({**SCENARIO["world"], "demand": [{"product": 100, "node": 1, "quantity": "-1"}]}))
    done = run("compute", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "negative /demand/0/quantity: a value below zero where none may be\n"
    assert run("explain", file, "--listing", 1).returncode == 2
    beyond = run("explain", file, "--listing", 2**63)
    assert beyond.returncode == 2
    assert "Traceback" not in beyond.stderr
    assert "is not an id" in beyond.stderr
    missing = run("compute", tmp_path / "missing.json")
    assert missing.returncode == 2
    assert "Traceback" not in missing.stderr
    assert run("compute", tmp_path).returncode == 2  # a folder
    file.write_text('{"\\u001b[31m": 1}')
    assert run("compute", file).stderr.startswith("unknown_key /\\x1b[31m: ")
    closed = subprocess.run(f"{sys.executable} -m ats_engine compute - <&-", shell=True, capture_output=True, text=True, timeout=60)
    assert (closed.returncode, closed.stderr) == (2, "-: standard input is closed\n")


def test_command_line_whose_output_is_not_taken(tmp_path):
    file = tmp_path / "world.json"
    file.write_text(json.dumps(SCENARIO["world"]))
    command = [sys.executable, "-m", "ats_engine", "compute", str(file)]
    reading, writing = os.pipe()
    os.close(reading)
    gone = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writing)
    assert (gone.returncode, gone.stderr) == (0, "")
    with open("/dev/full", "w") as device:
        full = subprocess.run(command, stdout=device, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (full.returncode, full.stderr) == (2, "standard output: No space left on device\n")
