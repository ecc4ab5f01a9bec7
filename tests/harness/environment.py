# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The Python environment in `.dev/venv`: the system's Python with the engine, the libraries of the add-ons and the test tools."""

import os
import shutil
import subprocess

from harness import paths
from harness.say import Refusal, step

REQUIREMENTS = paths.ROOT / "tests" / "requirements.txt"
BENCH_REQUIREMENTS = paths.ROOT / "benchmarks" / "requirements.txt"
BUILD = paths.DEV / "build" / "engine"
ENGINE_SOURCES = [paths.ROOT / name for name in ("setup.py", "pyproject.toml", "CMakeLists.txt", "cpp", "python_module")]


def run(command, log_name, failure, more=None):
    """Runs a command, its output in `.dev/log/<log_name>`; refuses with `failure` and the first error when it fails. `more`: environment."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / log_name
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")}
    environment.update(PIP_ROOT_USER_ACTION="ignore", PIP_DISABLE_PIP_VERSION_CHECK="1")
    environment.update(more or {})
    environment.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    with log.open("wb") as out:
        done = subprocess.run(command, cwd=paths.ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    if done.returncode:
        lines = log.read_text(errors="replace").strip().splitlines()
        errors = [line.strip() for line in lines if "error" in line.lower()]
        raise Refusal(f"{failure}: {(errors or lines or ['no output'])[-1][:300]}; all of it in {log}")


def _pip(*arguments):
    return [paths.PYTHON, "-m", "pip", "--no-input", *arguments]


def _stamped(name, digest, make, what):
    stamp = paths.STAMPS / name
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step(what):
        make()
    paths.STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)


def ensure(*, engine=True):
    """Makes the environment and brings it up to date with tests/requirements.txt and the engine's sources."""
    if not paths.PYTHON.exists():
        with step("making the Python environment in .dev/venv"):
            run(["/usr/bin/python3", "-m", "venv", "--system-site-packages", paths.VENV], "venv.log", "venv")
    _stamped("requirements", paths.digest([REQUIREMENTS]), _install_requirements, "installing the Python packages of tests/requirements.txt")
    if engine and (paths.ROOT / "setup.py").exists():
        _stamped("engine", engine_digest(), _install_engine, "building and installing the engine (ats_engine)")


def ensure_bench():
    """Makes `.dev/bench-venv`: all of the environment, and what the benchmarks measure the engine beside. Kept apart, so that the product never
    leans on those libraries. Returns its interpreter."""
    python = paths.BENCH_VENV / "bin" / "python"
    if not python.exists():
        with step("making the benchmarks' Python environment in .dev/bench-venv"):
            run(["/usr/bin/python3", "-m", "venv", "--system-site-packages", paths.BENCH_VENV], "venv.log", "venv")
    folder, = paths.BENCH_VENV.glob("lib/python3.*/site-packages")
    seen, = paths.VENV.glob("lib/python3.*/site-packages")
    (folder / "environment.pth").write_text(f"{seen}\n")
    _stamped("bench", paths.digest([BENCH_REQUIREMENTS]), lambda: run([python, "-m", "pip", "--no-input", "install", "-r", BENCH_REQUIREMENTS],
             "pip.log", "pip (is the network up?)"), "installing the Python packages of benchmarks/requirements.txt")
    return python


def ensure_apart(folder, requirements, *, program="/usr/bin/python3", names=()):
    """An environment of its own with nothing but what the file names (or of it, `names`); `program` makes it. Returns its interpreter."""
    python = folder / "bin" / "python"
    lines = [line for line in requirements.read_text().splitlines() if line and not line.startswith("#")]
    wanted = [line for line in lines if not names or line.partition("==")[0] in names]
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == " ".join(wanted):
        return python
    folder.parent.mkdir(parents=True, exist_ok=True)
    run([program, "-m", "venv", "--clear", folder], "venv.log", "venv")
    run([python, "-m", "pip", "--no-input", "install", *wanted], "pip.log", "pip (is the network up?)")
    stamp.write_text(" ".join(wanted))
    return python


def engine_digest():
    return paths.digest([path for path in ENGINE_SOURCES if path.exists()], skip=lambda path: path.suffix in (".md", ".so"))


def _install_requirements():
    run(_pip("install", "-r", REQUIREMENTS), "pip.log", "pip (is the network up?)")


def _install_engine():
    # built from a copy, because setuptools leaves its build folders beside the sources; the copy keeps them for the next build
    copy_engine(BUILD)
    # the build tools are in the environment already, so that it needs no network
    install = _pip("install", "--no-build-isolation", "--no-deps", "--force-reinstall", BUILD)
    run(install, "engine.log", "the engine does not build")
    if subprocess.run([paths.PYTHON, "-c", "import ats_engine"], cwd="/", stderr=subprocess.DEVNULL).returncode:
        # a build that was killed while it wrote the module left a part of it, which looks finished to the next one
        shutil.rmtree(BUILD)
        copy_engine(BUILD)
        run(install, "engine.log", "the engine does not build")


def copy_engine(target):
    """Copies what the engine is built from into `target`, over what is there."""
    target.mkdir(parents=True, exist_ok=True)
    for source in [*ENGINE_SOURCES, *(paths.ROOT / name for name in ("README.md", "LICENSE", "MANIFEST.in", "CMakePresets.json"))]:
        if source.is_dir():
            shutil.copytree(source, target / source.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "*.so"))
        elif source.exists():
            shutil.copy2(source, target / source.name)
