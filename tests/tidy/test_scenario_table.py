# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Every line of the model is shown by a scenario, a refusal or a test: the table in tests/scenarios/README.md."""

import ast
import json
import re

from tidy import sources

FOLDER = sources.ROOT / "tests" / "scenarios"
ROW = re.compile(r"^\| (M\d+\.\d+) \| (.*) \| (.*) \|$")
ENTRY = re.compile(r'"([^"]*)"|([^,"]+)')
#: how many lines the model has by section; a line is not dropped by dropping its row
LINES = {"M2": 10, "M3": 14, "M4": 10, "M5": 20, "M6": 10, "M7": 9, "M8": 10, "M9": 3, "M10": 16}


def _table():
    """{line: [(refusal or None, other entry or None)]}"""
    lines = {}
    for row in (FOLDER / "README.md").read_text().splitlines():
        match = ROW.match(row)
        if match:
            assert match[1] not in lines, f"{match[1]} is there twice"
            lines[match[1]] = [(quoted, plain.strip()) for quoted, plain in ENTRY.findall(match[3]) if quoted or plain.strip()]
    return lines


def _is_test(entry):
    path, _, name = entry.partition("::")
    return (sources.ROOT / path).is_file() and name in {
        node.name for node in ast.walk(ast.parse(sources.text(path))) if isinstance(node, ast.FunctionDef)
    }


def test_the_table_has_every_line_of_the_model():
    expected = [f"{section}.{line}" for section, lines in LINES.items() for line in range(1, lines + 1)]
    assert list(_table()) == expected


def test_every_line_is_shown_by_something_that_is_there():
    scenarios = {path.stem for path in FOLDER.glob("*.json")}
    refusals = {case["why"] for case in json.loads(sources.text("tests/refusals.json"))["cases"]}
    wrong = []
    for line, entries in _table().items():
        wrong += [f"{line} shows nothing"] if not entries else []
        for quoted, plain in entries:
            known = quoted in refusals if quoted else _is_test(plain) if "::" in plain else plain in scenarios
            wrong += [] if known else [f"{line} names {quoted or plain}, which is not there"]
    assert not wrong, "\n".join(wrong)


def test_every_scenario_is_in_a_line():
    named = {plain for entries in _table().values() for _quoted, plain in entries}
    wrong = sorted({path.stem for path in FOLDER.glob("*.json")} - named)
    assert not wrong, "\n".join(wrong)
