# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev wheel`: wheels of the engine with oneTBB inside, for every CPython from 3.10 to 3.13 at hand, each tried in a clean environment.

The interpreters are those named `python3.X` on PATH, those of pyenv, and those that ATS_PYTHONS names (programs or folders, with colons between).
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness import components, environment, machine, paths
from harness.say import Refusal, say, step

VERSIONS = ("3.10", "3.11", "3.12", "3.13")
HOME = paths.DEV / "wheel"
WHEELS = paths.DEV / "wheels"
REQUIREMENTS = paths.ROOT / "tests" / "packaging" / "requirements.txt"
BUILD_REQUIREMENTS = ("setuptools", "wheel", "pybind11")
TRY = paths.ROOT / "tests" / "packaging" / "try_wheel.py"
PROBE = """import os, sys, sysconfig
print(sys.implementation.name, "%d.%d" % sys.version_info[:2], os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))"""


@dataclass(frozen=True)
class Interpreter:
    """A CPython that wheels can be built for."""

    version: str
    program: Path


def interpreters(wanted=VERSIONS):
    """The first usable interpreter of each version, and why others could not be used: (list of Interpreter, list of texts)."""
    found, refused = {}, []
    for program in _candidates():
        version = program.name.removeprefix("python")
        if version not in wanted or version in found:
            continue
        done = subprocess.run([program, "-I", "-c", PROBE], capture_output=True, text=True)
        answer = done.stdout.split()
        if done.returncode or answer[:2] != ["cpython", version]:
            continue  # a launcher without a Python behind it
        if answer[2] != "True":
            refused.append(f"{program} has no Python.h (on Debian: python{version}-dev)")
            continue
        found[version] = Interpreter(version, program)
    return [found[version] for version in wanted if version in found], refused


def _candidates():
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True).stdout.strip()
        folders += sorted(Path(root).glob("versions/*/bin")) if root else []
    named = [Path(text) for text in os.environ.get("ATS_PYTHONS", "").split(os.pathsep) if text]
    for place in [*named, *folders]:
        if place.is_file():
            yield place
        else:
            yield from sorted(place.glob("python3.[0-9]*"), key=lambda path: path.name) if place.is_dir() else ()


def tools():
    """The interpreter of an environment with the tools of tests/packaging/requirements.txt."""
    return environment.ensure_apart(HOME / "tools", REQUIREMENTS)


def source(target):
    """A source distribution of the engine's tree, unpacked into `target`; a folder of the build leaves nothing in the tree."""
    copy = HOME / "tree"
    shutil.rmtree(copy, ignore_errors=True)
    environment.copy_engine(copy)
    code = f"from setuptools import build_meta as b; print(b.build_sdist({str(HOME)!r}))"
    done = subprocess.run([tools(), "-c", code], cwd=copy, capture_output=True, text=True)
    if done.returncode:
        raise Refusal(f"no source distribution: {done.stderr.strip().splitlines()[-1]}")
    archive = HOME / done.stdout.strip().splitlines()[-1]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    subprocess.run(["tar", "-xzf", archive, "-C", target, "--strip-components=1"], check=True)
    return archive


def build(interpreter):
    """Builds a wheel from the source distribution, puts oneTBB and the list of components inside. Returns its path in .dev/wheels."""
    home = HOME / f"cp{interpreter.version.replace('.', '')}"
    python = environment.ensure_apart(home / "build", REQUIREMENTS, program=interpreter.program, names=BUILD_REQUIREMENTS)
    source(home / "source")
    plain, repaired = _fresh(home / "plain"), _fresh(home / "repaired")
    environment.run([python, "-m", "pip", "--no-input", "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", plain, home / "source"],
                    f"wheel-{interpreter.version}.log", f"the wheel for Python {interpreter.version} does not build",
                    # the names of headers are read later: a compiler cache shall not make them relative
                    more={"CCACHE_BASEDIR": ""})
    wheel, = plain.glob("*.whl")
    tool_path = {"PATH": f"{tools().parent}{os.pathsep}{os.environ['PATH']}"}
    environment.run([tools(), "-m", "auditwheel", "repair", "--wheel-dir", repaired, wheel], f"auditwheel-{interpreter.version}.log",
                    "auditwheel", more=tool_path)
    wheel, = repaired.glob("*.whl")
    components.add(wheel, home, tools())
    WHEELS.mkdir(exist_ok=True)
    for old in WHEELS.glob(f"*-cp{interpreter.version.replace('.', '')}-*.whl"):
        old.unlink()
    return Path(shutil.copy2(wheel, WHEELS))


def _fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def attempt(wheel, interpreter):
    """Installs a wheel into a clean environment and computes with it. Returns what the program says about itself."""
    clean = HOME / f"cp{interpreter.version.replace('.', '')}" / "clean"
    shutil.rmtree(clean, ignore_errors=True)
    environment.run([interpreter.program, "-m", "venv", clean], "venv.log", "venv")
    python = clean / "bin" / "python"
    environment.run([python, "-m", "pip", "--no-input", "install", "--no-index", "--no-deps", wheel], f"wheel-install-{interpreter.version}.log",
                    f"{wheel.name} cannot be installed")
    done = subprocess.run([python, "-I", TRY, paths.ROOT / "tests" / "scenarios", "carried"], capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise Refusal(f"{wheel.name} does not work: {(done.stderr.strip().splitlines() or ['no output'])[-1]}")
    return done.stdout.strip()


def run(wanted):
    """Builds and tries all; prints one line a wheel. Returns the exit code."""
    machine.check_system()
    unknown = sorted(set(wanted) - set(VERSIONS))
    if unknown:
        raise Refusal(f"wheels are built for CPython {', '.join(VERSIONS)}, not for {', '.join(unknown)}")
    found, refused = interpreters(wanted or VERSIONS)
    for text in refused:
        say(text)
    if not found:
        raise Refusal(f"no CPython {', '.join(wanted or VERSIONS)} with headers is on PATH, in pyenv or named by ATS_PYTHONS")
    lines = []
    for interpreter in found:
        with step(f"the wheel for Python {interpreter.version} ({interpreter.program})"):
            wheel = build(interpreter)
            lines.append(f"{wheel.relative_to(paths.ROOT)}: {attempt(wheel, interpreter)}")
    print("\n".join(lines))
    missing = [version for version in wanted or VERSIONS if version not in [one.version for one in found]]
    if missing:
        say(f"not at hand: CPython {', '.join(missing)}")
    return 1 if wanted and missing else 0


