# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The reader of PostgreSQL's binary COPY: recorded streams, however they are split, damaged, too long or misused."""

import gc
import json
import random
import re
import struct
import threading
from array import array
from pathlib import Path

import ats_engine
import pytest
from ats_engine import COPY_ERROR_CODES, NONE, CopyError, CopyTable

STREAMS = json.loads((Path(__file__).parent / "copy_streams.json").read_text())
SIGNATURE = b"PGCOPY\n\xff\r\n\0"
HEADER = SIGNATURE + bytes(8)
TRAILER = b"\xff\xff"


def names(case):
    return f"{case['sql']} as {','.join(kind for _, kind in case['columns'])}"


def field(data):
    return struct.pack(">i", -1) if data is None else struct.pack(">i", len(data)) + data


def row(*fields):
    return struct.pack(">h", len(fields)) + b"".join(field(data) for data in fields)


def stream(*rows):
    return HEADER + b"".join(rows) + TRAILER


def table_of(case, **limits):
    return CopyTable([tuple(column) for column in case["columns"]], **limits)


def outcome(table, pieces):
    """What a case of copy_streams.json states: the columns, or the error."""
    try:
        for piece in pieces:
            table.write(piece)
        columns = table.finish().columns()
    except CopyError as error:
        assert error.code in COPY_ERROR_CODES and str(error)
        found = {"error": error.code, "row": error.row, "column": error.column}
        return {key: value for key, value in found.items() if value is not None}
    return {"expect": {name: [None if value == NONE else value for value in column] for name, column in columns.items()}}


def expected(case):
    return {key: value for key, value in case.items() if key not in ("sql", "columns", "hex")}


def code_of(columns, data, **limits):
    with pytest.raises(CopyError) as caught:
        CopyTable(columns, **limits).write(data)
    return caught.value.code


@pytest.mark.parametrize("case", STREAMS, ids=names)
def test_recorded_streams(case):
    assert outcome(table_of(case), [bytes.fromhex(case["hex"])]) == expected(case)


def test_any_split_gives_the_same():
    chance = random.Random(20261121)
    for case in STREAMS:
        data = bytes.fromhex(case["hex"])
        assert outcome(table_of(case), [data[i : i + 1] for i in range(len(data))]) == expected(case), case["sql"]
        cuts = sorted(chance.sample(range(len(data)), 3))
        pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        assert outcome(table_of(case), pieces) == expected(case), (case["sql"], cuts)


def test_every_code_can_be_reached():
    """Those that PostgreSQL itself causes are recorded; the others have a test of their own here."""
    recorded = {case["error"] for case in STREAMS if "error" in case}
    here = Path(__file__).read_text()
    assert all(f'"{code}"' in here for code in COPY_ERROR_CODES.keys() - recorded)


def test_columns_are_read_only_views_that_outlive_the_table():
    table = CopyTable([("id", "int"), ("sellable", "bool")])
    table.write(stream(row(struct.pack(">i", 7), b"\1"), row(struct.pack(">i", 8), b"\0")))
    columns = table.finish().columns()
    assert table.rows == 2
    assert [(view.format, view.itemsize, view.readonly) for view in columns.values()] == [("q", 8, True), ("b", 1, True)]
    with pytest.raises(TypeError):
        columns["id"][0] = 1
    del table
    gc.collect()
    assert {name: list(view) for name, view in columns.items()} == {"id": [7, 8], "sellable": [1, 0]}


def test_columns_go_straight_into_a_computation():
    table = CopyTable([("product", "int"), ("location", "int"), ("quantity", "floor")])
    three = struct.pack(">HhHHH", 1, 0, 0, 0, 3)
    table.write(stream(row(struct.pack(">i", 1), struct.pack(">i", 1), three)))
    one = array("q", [1])
    tables = {
        "nodes": {"id": one}, "locations": {"id": one, "node": one}, "products": {"id": one},
        "channels": {"id": one, "node_offsets": array("q", [0, 1]), "nodes": one},
        "listings": {"id": one, "channel": one, "product": one},
        "supply": table.finish().columns(),
    }  # fmt: skip
    assert list(ats_engine.compute_columns(tables, now=0).quantity) == [3_000_000]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "truncated"),
        (HEADER, "truncated"),
        (HEADER + row(b"\0\1"), "truncated"),
        (stream(row(b"\0\1"))[:-1], "truncated"),
        (b"id\n1\n2\n" + bytes(40), "bad_signature"),
        (SIGNATURE + b"\0\1\0\0" + bytes(4) + TRAILER, "unsupported_flags"),
        (SIGNATURE + b"\0\0\0\1" + bytes(4) + TRAILER, None),
        (SIGNATURE + bytes(4) + b"\0\0\0\3abc" + TRAILER, None),
        (SIGNATURE + bytes(4) + b"\xff\xff\xff\xff" + TRAILER, "malformed"),
        (stream() + b"\0", "trailing_bytes"),
        (HEADER + b"\0\1\xff\xff\xff\xfe", "malformed"),
        (HEADER + b"\xff\xfe", "wrong_fields"),
        (HEADER + b"\0\1\x7f\xff\xff\xff", "too_large"),
    ],
)
def test_frames(data, code):
    found = outcome(CopyTable([("a", "int")]), [data])
    assert found.get("error") == code, found


def numeric(digits, weight=0, sign=0, count=None):
    return struct.pack(f">HhHH{len(digits)}h", len(digits) if count is None else count, weight, sign, 0, *digits)


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("floor", numeric([10_000]), "malformed"),
        ("floor", numeric([-1]), "malformed"),
        ("floor", numeric([1], count=2), "wrong_type"),
        ("floor", numeric([1], sign=0x1234), "wrong_type"),
        ("floor", b"\0" * 7, "wrong_type"),
        ("floor", numeric([1], weight=32767), "out_of_range"),
        ("bool", b"\2", "malformed"),
        ("int[]", struct.pack(">iiI", 1, 0, 23), "malformed"),
        ("int[]", struct.pack(">iiIii", 1, 0, 23, 2**31 - 1, 1), "malformed"),
        ("int[]", struct.pack(">iiIii", 1, 0, 23, -1, 1), "malformed"),
        ("int[]", struct.pack(">iiIiii", 1, 0, 23, 1, 1, 400), "malformed"),
        ("int[]", struct.pack(">iiIiii", 1, 0, 23, 1, 1, -2), "malformed"),
        ("int[]", struct.pack(">iiIiiii", 1, 0, 23, 1, 1, -1, 7), "malformed"),
        ("int[]", struct.pack(">iiIi", 0, 0, 23, 7), "malformed"),
        ("int[]", struct.pack(">iiI", 7, 0, 23), "wrong_type"),
        ("int[]", struct.pack(">iiI", 0, 2, 23), "wrong_type"),
        ("int[]", b"", "wrong_type"),
        ("int", b"", "wrong_type"),
    ],
)
def test_fields_that_postgresql_does_not_send(kind, data, code):
    assert code_of([("a", kind)], stream(row(data))) == code


def test_digits_that_say_nothing_are_no_error():
    """More leading or trailing zeros than PostgreSQL sends, and a weight far below the point."""
    for data, value in [(numeric([0, 0, 3], weight=2), 3_000_000), (numeric([3, 0, 0]), 3_000_000), (numeric([9], weight=-32768), 0)]:
        table = CopyTable([("a", "floor")])
        table.write(stream(row(data)))
        assert list(table.finish().columns()["a"]) == [value]


def test_a_refused_table_stays_refused():
    table = CopyTable([("a", "int")])
    for attempt in (lambda: table.write(HEADER + row(b"x")), lambda: table.write(b""), lambda: table.finish(), lambda: table.columns()):
        with pytest.raises(CopyError) as caught:
            attempt()
        assert (caught.value.code, caught.value.row, caught.value.column) == ("wrong_type", 0, "a")


def test_columns_wait_for_the_end():
    table = CopyTable([("a", "int")])
    table.write(stream())
    with pytest.raises(CopyError) as caught:
        table.columns()
    assert caught.value.code == "unfinished"
    assert list(table.finish().columns()["a"]) == []
    with pytest.raises(CopyError) as caught:
        table.write(b"\0")
    assert caught.value.code == "trailing_bytes"


@pytest.mark.parametrize(
    ("columns", "message"),
    [([("a", "text")], "'text'"), ([("a", "int[][]")], r"'int\[\]'"), ([("a", "int"), ("a", "int")], "named a")],
)
def test_columns_that_do_not_exist(columns, message):
    with pytest.raises(ValueError, match=message):
        CopyTable(columns)


def test_only_bytes_are_written():
    table = CopyTable([("a", "int")])
    for wrong in ("text", None, 3, [1]):
        with pytest.raises(TypeError):
            table.write(wrong)
    assert table.write(memoryview(bytearray(HEADER))) == len(HEADER)
    assert table.write(TRAILER) == 2
    assert table.finish() is table


def test_a_row_may_be_as_long_as_the_limit():
    data = row(b"\0\1", b"\0\2")
    columns = [("a", "int"), ("b", "int")]
    CopyTable(columns, row_bytes_max=len(data)).write(stream(data, data))
    assert code_of(columns, stream(data, data), row_bytes_max=len(data) - 1) == "too_large"


def test_damaged_streams_are_refused_or_read_never_worse():
    seed = 20261121
    chance = random.Random(seed)
    codes = set()
    for round_number in range(20_000):
        case = chance.choice(STREAMS)
        data = bytearray.fromhex(case["hex"])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            damage = chance.randrange(4)
            if damage == 0:
                data[at] = chance.randrange(256)
            elif damage == 1:
                data[at] ^= 1 << chance.randrange(8)
            elif damage == 2:
                del data[at : at + chance.randint(1, 8)]
            else:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
            data = data or bytearray(b"P")
        cut = chance.randrange(len(data))
        found = outcome(table_of(case), [bytes(data[:cut]), bytes(data[cut:])])
        assert found == outcome(table_of(case), [bytes(data)]), (seed, round_number)
        codes.add(found.get("error"))
    assert {None, "truncated", "malformed", "wrong_type", "wrong_fields", "bad_signature", "too_large", "trailing_bytes"} <= codes


@pytest.mark.address_space
def test_memory_is_bounded_by_what_is_stored():
    status = Path("/proc/self/status")

    def resident():
        return int(re.search(r"VmRSS:\s+(\d+)", status.read_text()).group(1)) * 1024

    piece = row(struct.pack(">q", 1)) * 10_000
    CopyTable([("a", "int")]).write(HEADER + piece)
    before = resident()
    table = CopyTable([("a", "int")])
    table.write(HEADER)
    for _ in range(200):
        table.write(piece)
    assert table.rows == 2_000_000
    assert resident() - before < 3 * 8 * table.rows


def test_one_thread_at_a_time_writes_and_the_lock_is_free():
    table = CopyTable([("a", "int")])
    table.write(HEADER)
    piece = row(struct.pack(">q", 1)) * 100_000
    refusals, done = [], threading.Event()

    def intrude():
        while not done.is_set():
            try:
                table.write(b"")
            except RuntimeError as error:
                refusals.append(str(error))

    intruder = threading.Thread(target=intrude)
    intruder.start()
    written = 0
    for _ in range(200):
        try:
            written += table.write(piece) > 0
        except RuntimeError:  # the other thread was there first
            continue
        if refusals:
            break
    done.set()
    intruder.join()
    table.write(TRAILER)
    assert refusals, "the lock was not free while a long piece was read"
    assert table.finish().rows == written * 100_000
