# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Formatters and linters, with the settings at the root."""

import subprocess
import sys

from tidy import sources

_OWN_CURSOR = "commits a cursor of its own: claim, work and finish are short transactions, never the caller's"
_CONSTANT = "the statement is put together from constants of the module only; every value is a parameter"
# (file, check): why it is right there. The check holds everywhere else.
ACCEPTED = {
    ("ats_channel/models/publisher.py", "invalid-commit"): _OWN_CURSOR,
    ("ats_channel/models/importer.py", "invalid-commit"): _OWN_CURSOR,
    ("ats_inventory/work_queue.py", "sql-injection"): _CONSTANT,
    ("ats_inventory/level_store.py", "sql-injection"): _CONSTANT,
    ("ats_inventory/triggers.py", "sql-injection"): _CONSTANT,
    ("ats_inventory/models/ats_refresh.py", "sql-injection"): _CONSTANT,
}


def _run(*command):
    done = subprocess.run(command, cwd=sources.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def test_ruff():
    _run(sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")


def test_clang_format():
    paths = [str(path) for path in sources.with_suffix(".cpp", ".h")]
    assert paths
    _run("clang-format", "--dry-run", "--Werror", *paths)


def test_pylint_odoo():
    folders = (str(path.parent) for path in sorted(sources.ADDONS.glob("*/__manifest__.py")))
    command = [sys.executable, "-m", "pylint", "--rcfile=.pylintrc", "--msg-template={path}:{line} {symbol} {msg}", *folders]
    done = subprocess.run(command, cwd=sources.ROOT, capture_output=True, text=True)
    assert done.returncode < 32, done.stderr[-2000:]
    wrong = []
    for line in done.stdout.splitlines():
        place, _, rest = line.partition(" ")
        key = place.partition(":")[0].removeprefix("odoo_addon/"), rest.partition(" ")[0]
        if line and not line.startswith("*") and key not in ACCEPTED:
            wrong.append(line[:200])
    assert not wrong, "\n".join(wrong)
