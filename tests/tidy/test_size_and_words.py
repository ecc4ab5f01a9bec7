# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Sizes, words that must not be in the tree, licence lines, one version number, nothing left out."""

import ast
import re

import pytest

from tidy import sources

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
LICENCE = "# Part of Available to Sell. See LICENSE file for full copyright and licensing details."
SPDX = "SPDX-License-Identifier: LGPL-3.0-only"
# what is banned, and what to do instead; written so that this file does not contain them
BANNED = {
    r"(?<![\w./-])/(?:wor" + r"k|roo" + r"t|far" + r"m)/": "a path of one machine: make it relative to the repository",
    "deb" + r"\.debian\.org|pyp" + r"i\.org|npm" + r"js\.org|crates" + r"\.io|snapshot" + r"\.debian":
        "a registry's host: take it from the machine's own settings",
    r"\.pye" + "nv/": "a path of one machine",
    r"\bTO" + r"DO\b|\bFIX" + r"ME\b|\bXX" + r"X\b": "unfinished work: finish it, or refuse by a named error",
    r"pytest\.(?:sk" + r"ip|xf" + r"ail)|unittest\.sk" + "ip": "a test that does not run",
}
SLEEP = "time.sl" + "eep("
WAITING = "tests/harness/waiting.py"


def test_no_file_grows_past_the_limit():
    long = {str(path): len(sources.text(path).splitlines()) for path in sources.files() if path.suffix in sources.CODE}
    assert not {path: lines for path, lines in long.items() if lines > FILE_LINES_MAX}


def test_python_functions_fit_a_screen():
    wrong = []
    for path in sources.with_suffix(".py"):
        for node in ast.walk(ast.parse(sources.text(path))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    wrong.append(f"{path}:{node.lineno} {node.name}: {lines} lines")
    assert not wrong, "\n".join(wrong)


def test_cpp_functions_fit_a_screen():
    """Roughly: what stands between a line that ends in `) … {` at its margin and the closing brace at the same margin."""
    opens = re.compile(r"^(\s*)(?!namespace|class|struct|enum|union|extern|TEST_CASE|PYBIND11)[^\s#/].*[)\w]\s*\{$")
    wrong = []
    for path in sources.with_suffix(".cpp", ".h"):
        lines = sources.text(path).splitlines()
        for number, line in enumerate(lines):
            match = opens.match(line)
            if not match or ")" not in line:
                continue
            close = next((at for at in range(number + 1, len(lines)) if lines[at].startswith(match.group(1) + "}")), number)
            if close - number + 1 > FUNCTION_LINES_MAX:
                wrong.append(f"{path}:{number + 1}: {close - number + 1} lines")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("pattern", BANNED)
def test_banned_words(pattern):
    wrong = []
    for path in sources.files():
        if path.suffix in (".png", ".ico", ".svg", ".xz") or path.name == "LICENSE":
            continue
        for number, line in enumerate(sources.text(path).splitlines(), 1):
            if re.search(pattern, line):
                wrong.append(f"{path}:{number}: {line.strip()[:100]}")
    assert not wrong, BANNED[pattern] + "\n" + "\n".join(wrong)


def _is_test(path):
    return path.parts[0] == "tests" or "tests" in path.parts


def test_only_the_wait_helper_sleeps():
    wrong = [str(path) for path in sources.with_suffix(".py") if _is_test(path) and SLEEP in sources.text(path) and str(path) != WAITING]
    assert not wrong, f"wait for a condition with harness.waiting.wait_for: {wrong}"


def test_licence_lines():
    wrong = [
        str(path) for path in sources.files()
        if path.suffix in (".py", ".cpp", ".h") and sources.text(path).strip()
        and LICENCE not in sources.text(path)[:400] and SPDX not in sources.text(path)[:400]
    ]
    assert not wrong, "\n".join(wrong)


def test_one_version_number():
    version = re.search(r'^version = "([^"]+)"', sources.text("pyproject.toml"), re.MULTILINE).group(1)
    for path in sources.ADDONS.glob("*/__manifest__.py"):
        # Odoo reads manifests as literals, so the number has to be repeated there: this test keeps them one
        assert ast.literal_eval(path.read_text())["version"] in (version, f"19.0.{version}"), path
    # the modules speak the language of the engine that they are released with
    needs = ast.literal_eval(sources.text("odoo_addon/ats_inventory/__manifest__.py"))["external_dependencies"]["python"]
    assert f"ats_engine>={version}" in needs, needs
    wrong = [str(path) for path in sources.with_suffix(".txt", ".cmake", ".py", ".h", ".cpp")
             if re.search(rf'(?i)version\s*[=(,:]*\s*"?{re.escape(version)}\b', sources.text(path)) and path.name not in ("requirements.txt",)]
    assert not wrong, f"the version is in pyproject.toml only: {wrong}"


def test_odoo_test_files_are_imported():
    for folder in sources.ADDONS.glob("*/tests"):
        tests = {path.stem for path in folder.glob("test_*.py")}
        assert (folder / "__init__.py").exists() or not tests, f"{folder} has no __init__.py"
        if tests:
            imported = {alias.name for node in ast.walk(ast.parse((folder / "__init__.py").read_text())) if isinstance(node, ast.ImportFrom)
                        for alias in node.names}
            assert tests <= imported, f"{folder}: not imported: {sorted(tests - imported)}"


def test_every_scenario_is_run():
    """The runners take the whole folder; nobody keeps a list that could miss one."""
    scenarios = list((sources.ROOT / "tests/scenarios").rglob("*.json"))
    assert scenarios
    for runner in ("tests/python", "tests/cpp"):
        text = "".join(sources.text(path) for path in sources.with_suffix(".py", ".cpp", ".h", ".txt") if sources.below(path, runner))
        assert "scenarios" in text and re.search(r"glob|directory_iterator", text), f"{runner} does not read tests/scenarios as a folder"


def test_ci_runs_the_readmes_command_and_nothing_more():
    lines = [line for line in sources.text(".ci/run").splitlines() if line and not line.startswith("#")]
    assert len(lines) == 1 and lines[0].startswith("exec ") and lines[0].endswith('dev" test')
    assert "./dev test" in sources.text("README.md")
