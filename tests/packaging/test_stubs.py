# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The types and texts that a caller's editor shows: they fit the module, and every public name says what it means."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import ats_engine
import pytest

from harness import paths, wheel

PACKAGE = Path(ats_engine.__file__).parent
STUB = ast.parse((paths.ROOT / "python_module" / "ats_engine" / "_core.pyi").read_text())
# an answer's column may have no text of its own when its class explains the columns
DESCRIBED = (ast.FunctionDef, ast.ClassDef)
TEXT_MIN = 20
"""Letters of the shortest text that says something."""


def _public():
    """name → its node in the stub."""
    found = {}
    for node in STUB.body:
        if isinstance(node, DESCRIBED):
            found[node.name] = node
        elif isinstance(node, ast.AnnAssign):
            found[node.target.id] = node
    return found


def test_the_marker_for_type_checkers_is_installed():
    assert (PACKAGE / "py.typed").exists()
    assert (PACKAGE / "__init__.pyi").exists() and (PACKAGE / "_core.pyi").exists()


def test_the_stubs_fit_the_module():
    alone = wheel.HOME / "test" / "stubs"
    shutil.rmtree(alone, ignore_errors=True)
    shutil.copytree(PACKAGE, alone / "ats_engine")  # apart from what else is installed beside it
    command = [wheel.tools(), "-m", "mypy.stubtest", "ats_engine", "--concise", "--ignore-disjoint-bases", "--ignore-unused-allowlist",
               "--allowlist", paths.ROOT / "tests" / "packaging" / "stubtest_allowed.txt"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=alone,
                          env={**os.environ, "PYTHONPATH": str(alone), "MYPYPATH": str(alone)})
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_public_name_is_in_the_stub():
    assert set(ats_engine.__all__) - {"__version__"} <= set(_public())


@pytest.mark.parametrize("name", sorted(set(ats_engine.__all__) - {"__version__", "NONE"}))
def test_every_public_name_says_what_it_means(name):
    node = _public()[name]
    if isinstance(node, DESCRIBED):
        text = ast.get_docstring(node) or ""
    else:
        after = STUB.body[STUB.body.index(node) + 1]
        text = after.value.value if isinstance(after, ast.Expr) else ""
    assert len(text) >= TEXT_MIN, f"{name}: {text!r}"
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(method, ast.FunctionDef) and not method.decorator_list and not method.name.startswith("__"):
            assert len(ast.get_docstring(method) or "") >= TEXT_MIN, f"{name}.{method.name}"


@pytest.mark.parametrize("name", ["compute", "compute_columns", "compare", "compare_columns", "explain"])
def test_functions_that_compute_name_their_errors(name):
    text = ast.get_docstring(_public()[name])
    assert "WorldError" in text, text
