# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One row of the table of benchmarks, as a workload prints it.

A row is {workload, figure, unit, beside, ratio, reach, holds}: what was measured (the name says the sizes), the figure and its unit, what stood
beside it in the same run with its own figure (null: nothing), the ratio of the two, the ratio to reach (null: none) and whether it does.
"""

import json
import math
import sys

KEYS = ("workload", "figure", "unit", "beside", "ratio", "reach", "holds")


def show(workload, figure, unit, *, beside=None, beside_figure=None, at_most=None, at_least=None):
    """Prints a row.

    `figure` and `beside_figure` are in `unit`. The ratio is figure / beside_figure: "so many times the other's"; with `at_least` it is
    beside_figure / figure: "so many times faster than the other". `at_most` and `at_least` are what the ratio shall reach; without something
    beside it `at_most` bounds the figure itself.
    """
    ratio = None
    if beside_figure is not None:
        ratio = beside_figure / figure if at_least is not None else figure / beside_figure
    measured = figure if ratio is None else ratio
    row = {
        "workload": workload,
        "figure": _short(figure),
        "unit": unit,
        "beside": beside if beside is None or beside_figure is None else f"{beside}: {_short(beside_figure)} {unit}",
        "ratio": None if ratio is None else _short(ratio),
        "reach": f">= {at_least}" if at_least is not None else f"<= {at_most}" if at_most is not None else None,
        "holds": measured >= at_least if at_least is not None else measured <= at_most if at_most is not None else True,
    }
    print(json.dumps(row), flush=True)


def progress(text):
    """Tells the person in front of it what goes on; rows go to standard output, this goes beside."""
    print(f"  {text}", file=sys.stderr, flush=True)


def faults(row):
    """What is wrong with the form of a row, as a text; empty when nothing is."""
    if not isinstance(row, dict) or tuple(row) != KEYS:
        return f"a row has the keys {', '.join(KEYS)}"
    if not (isinstance(row["workload"], str) and row["workload"] and isinstance(row["unit"], str) and isinstance(row["holds"], bool)):
        return "workload and unit are texts, holds is true or false"
    for name in ("figure", "ratio"):
        number = row[name]
        if (number is None and name == "figure") or (number is not None and not (isinstance(number, (int, float)) and math.isfinite(number))):
            return f"{name} is not a number"
    if any(not isinstance(row[name], (str, type(None))) for name in ("beside", "reach")):
        return "beside and reach are texts or null"
    return ""


def text(row):
    """The row on one line, for people."""
    beside = f", {row['ratio']} x {row['beside']}" if row["ratio"] is not None else f", beside {row['beside']}" if row["beside"] else ""
    mark = "" if row["reach"] is None else f"  reach {row['reach']}: {'holds' if row['holds'] else 'MISSED'}"
    return f"{row['workload']}: {row['figure']} {row['unit']}{beside}{mark}"


def _short(number):
    """Four digits that count."""
    return float(f"{number:.4g}") if number < 1000 else round(number)
