# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The faults of `./dev mutate engine` still fit the engine: each edit applies exactly once."""

from collections import Counter

from mutate.engine import FAULTS

from tidy import sources

FAULTS_MIN = 40


def test_each_fault_applies_exactly_once():
    wrong = [f"{fault.name}: {sources.text(fault.file).count(fault.old)} times in {fault.file}"
             for fault in FAULTS if sources.text(fault.file).count(fault.old) != 1]
    assert not wrong, "\n".join(wrong)


def test_each_fault_changes_something_and_has_a_name_of_its_own():
    assert len(FAULTS) >= FAULTS_MIN
    assert not [fault.name for fault in FAULTS if fault.old == fault.new]
    assert not [name for name, count in Counter(fault.name for fault in FAULTS).items() if count > 1]


def test_each_fault_names_a_test_that_is_there():
    wrong = []
    for fault in FAULTS:
        if fault.killer.startswith("cpp: "):
            name = fault.killer.removeprefix("cpp: ")
            found = any(f'TEST_CASE("{name}"' in sources.text(path) for path in sources.with_suffix(".cpp") if sources.below(path, "tests/cpp"))
        else:
            path, _, name = fault.killer.partition("::")
            function, _, case = name.partition("[")
            found = f"def {function}(" in sources.text(path)
            if case:
                found = found and (sources.ROOT / "tests/scenarios" / f"{case.rstrip(']')}.json").is_file()
        wrong += [] if found else [f"{fault.name}: {fault.killer}"]
    assert not wrong, "\n".join(wrong)
