# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What people install: `pip install .` from the sources, a wheel from the source distribution, and what they are told when something is missing."""

import json
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from harness import environment, machine, paths, wheel

LIMIT_S = 400
REFUSAL_LIMIT_S = 60
SYSTEM_PYTHON = Path("/usr/bin/python3")
SCENARIOS = paths.ROOT / "tests" / "scenarios"
GLIBC_MAX = (2, 36)
"""Debian 12's, the oldest system that wheels are built on."""


@pytest.fixture(scope="module")
def system():
    """The system's CPython, for which Debian has the headers."""
    version = subprocess.run([SYSTEM_PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True).stdout
    return wheel.Interpreter(version.strip(), SYSTEM_PYTHON)


@pytest.fixture(scope="module")
def archive():
    """The source distribution."""
    return wheel.source(wheel.HOME / "test" / "source")


@pytest.fixture(scope="module")
def built(system):
    """The wheel that `./dev wheel` makes for the system's Python."""
    return wheel.build(system)


def pip(folder, *arguments, limit_s=LIMIT_S, more=None):
    machine.check_disk()
    environment_ = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [folder / "bin" / "python", "-m", "pip", "--no-input", *arguments]
    return subprocess.run(command, cwd="/", env={**environment_, **(more or {})}, capture_output=True, text=True, timeout=limit_s)


def test_pip_install_works_in_a_clean_environment(archive, system):
    clean = wheel.HOME / "test" / "clean"
    subprocess.run([SYSTEM_PYTHON, "-m", "venv", "--clear", clean], check=True)
    done = pip(clean, "install", archive.parent / "test" / "source", more={"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count())})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    tried = subprocess.run([clean / "bin" / "python", "-I", wheel.TRY, SCENARIOS, "system"], capture_output=True, text=True, cwd="/")
    assert tried.returncode == 0, tried.stderr
    assert "2 threads" in tried.stdout


def test_the_source_distribution_holds_all_that_a_build_reads(archive):
    with tarfile.open(archive) as content:
        names = {name.partition("/")[2] for name in content.getnames()}
    tree = [path.relative_to(paths.ROOT) for top in ("cpp", "python_module") for path in (paths.ROOT / top).rglob("*")]
    needed = {str(path) for path in tree if path.suffix in (".cpp", ".h", ".py", ".pyi", ".txt") and ".egg-info" not in str(path)}
    needed |= {"CMakeLists.txt", "setup.py", "pyproject.toml", "LICENSE", "python_module/ats_engine/py.typed"}
    assert not needed - names


def test_a_wheel_carries_tbb_and_works_in_a_clean_environment(built, system):
    assert re.search(r"oneTBB|libtbb", wheel.attempt(built, system))
    tag = re.search(r"-cp3\d+-cp3\d+-manylinux_(\d+)_(\d+)_\w+\.whl$", built.name)
    assert tag and (int(tag.group(1)), int(tag.group(2))) <= GLIBC_MAX, built.name


def test_a_wheel_names_its_components_and_brings_their_licences(built):
    with zipfile.ZipFile(built) as content:
        names = content.namelist()
        info = next(name.partition("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
        text = content.read(f"{info}/licenses/THIRD_PARTY.md").decode()
        listed = json.loads(content.read(f"{info}/sboms/ats_engine.cdx.json"))["components"]
        record = content.read(f"{info}/RECORD").decode()
    licences = {component["name"]: component["licenses"][0]["license"]["id"] for component in listed}
    assert licences == {"oneTBB": "Apache-2.0", "Boost": "BSL-1.0", "nlohmann-json": "MIT", "pybind11": "BSD-3-Clause"}
    assert all(re.fullmatch(r"\d+(\.\d+)+", component["version"]) for component in listed), listed
    for name in licences:
        assert f"| {name} |" in text
        assert f"{info}/licenses/third_party/{name}.txt" in names
    carried = [Path(name).name for name in names if name.startswith("ats_engine.libs/")]
    assert carried and all(name in text for name in carried)
    assert all(name in record for name in names if not name.endswith("/"))


def ignoring(folder):
    """Settings for CMake with which it does not look into a folder of the system."""
    found = [str(path) for path in Path("/usr").glob(f"*/**/cmake/{folder}*")]
    assert found, folder
    return "-DCMAKE_IGNORE_PATH=" + ";".join(found + [path.removeprefix("/usr") for path in found])


@pytest.mark.parametrize(("setting", "named"), [
    ("-DCMAKE_CXX_COMPILER=/nonexistent/c++", "a C++20 compiler (g++)"),
    ("TBB", "oneTBB (libtbb-dev)"),
    ("nlohmann_json", "nlohmann-json (nlohmann-json3-dev)"),
    ("-DPython_INCLUDE_DIR=/nonexistent", "Python's headers (python3-dev)"),
])
def test_what_is_missing_is_named(archive, setting, named):
    done = refused(archive, {"CMAKE_ARGS": setting if setting.startswith("-") else ignoring(setting)})
    assert f"missing: {named}" in done


def test_a_missing_cmake_is_named(archive):
    assert "cmake is not installed" in refused(archive, {"PATH": str(wheel.tools().parent)})


def refused(archive, more):
    """What a build says that cannot go on."""
    tools = wheel.tools().parents[1]
    target = wheel.HOME / "test" / "refused"
    done = pip(tools, "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", target, archive, limit_s=REFUSAL_LIMIT_S, more=more)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "apt-get install g++" in said
    return said


def test_an_interpreter_without_headers_or_of_another_version_is_no_candidate(tmp_path, monkeypatch):
    launcher = tmp_path / "python3.12"
    launcher.write_text("#!/bin/sh\nexit 127\n")
    launcher.chmod(0o755)
    old = tmp_path / "python3.9"
    old.symlink_to(SYSTEM_PYTHON)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("ATS_PYTHONS", str(tmp_path))
    assert wheel.interpreters() == ([], [])


def test_the_environment_of_tools_is_pinned():
    lines = [line for line in wheel.REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), lines
    assert set(wheel.BUILD_REQUIREMENTS) <= {line.partition("==")[0] for line in lines}
    assert environment.REQUIREMENTS != wheel.REQUIREMENTS
