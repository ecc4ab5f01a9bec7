# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Formatters and linters, with the settings at the root."""

import subprocess
import sys

from tidy import sources


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
    _run(sys.executable, "-m", "pylint", "--rcfile=.pylintrc", *(str(path.parent) for path in sorted(sources.ADDONS.glob("*/__manifest__.py"))))
