# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A copy of the engine's sources in .dev/mutate that is broken, built, tested and mended, one fault after another."""

import os
import re
import shutil
import subprocess
import sys

from harness import paths, private_apt
from harness.say import Refusal, say, step

HOME = paths.DEV / "mutate"
TREE = HOME / "tree"
BUILD = HOME / "build"
PACKAGE = HOME / "package" / "ats_engine"
BUILD_LIMIT_S = 900
TEST_LIMIT_S = 120
#: quick tests that --search runs besides all C++ tests
SEARCHED = ("tests/python", "tests/differential")
# a small share of the differential run: a fault that is found once in a thousand worlds deserves a scenario
ENVIRONMENT = {"ATS_WORLDS": "1500", "ATS_SEED": "1", "ATS_METAMORPHIC": "100"}


class Workshop:
    def __init__(self):
        HOME.mkdir(parents=True, exist_ok=True)
        for name in ("cpp", "python_module", "tests/cpp"):
            self._mirror(paths.ROOT / name, TREE / name)
        for name in ("CMakeLists.txt", "pyproject.toml"):
            self._copy(paths.ROOT / name, TREE / name)
        for path in (paths.ROOT / "tests").iterdir():
            # what the C++ tests read lies beside them
            if path.name != "cpp" and not (TREE / "tests" / path.name).is_symlink():
                (TREE / "tests" / path.name).symlink_to(path)
        prefix = private_apt.catch2()
        with step("building the engine without a fault"):
            self._run("cmake", "-S", TREE, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1",
                      "-DCMAKE_CXX_FLAGS=-D_GLIBCXX_ASSERTIONS", "-DATS_TESTS=ON", "-DATS_PYTHON=ON", f"-DPython_EXECUTABLE={paths.PYTHON}",
                      f"-Dpybind11_DIR={self._pybind11()}", *([f"-DCMAKE_PREFIX_PATH={prefix}"] if prefix else []))
            if not self.build():
                raise Refusal(f"the engine does not build; see {HOME / 'build.log'}")

    def _mirror(self, source, target):
        """Copies only what differs, so that what was built stays built; takes away what is no longer there."""
        wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file() and path.suffix not in (".pyc", ".so")}
        for relative in wanted:
            self._copy(source / relative, target / relative)
        for path in [path for path in target.rglob("*") if path.is_file() and path.relative_to(target) not in wanted]:
            path.unlink()

    def _copy(self, source, target):
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def _pybind11(self):
        command = [paths.PYTHON, "-c", "import pybind11; print(pybind11.get_cmake_dir())"]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd="/").stdout.strip()

    def _run(self, *command):
        with (HOME / "build.log").open("ab") as log:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, timeout=BUILD_LIMIT_S)
        return done.returncode == 0

    def build(self):
        if not self._run("cmake", "--build", BUILD, "--parallel", str(os.cpu_count())):
            return False
        module, = (BUILD / "python_module").rglob("_core*.so")
        shutil.rmtree(PACKAGE, ignore_errors=True)
        shutil.copytree(paths.ROOT / "python_module" / "ats_engine", PACKAGE, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        shutil.copy2(module, PACKAGE)
        return True

    def prove_sound(self, killers):
        """Refuses to begin when a test is red, or is none, without a fault."""
        for killer in sorted(killers):
            red = self._red_of(killer)
            if red is None or red:
                raise Refusal(f"without a fault, the test {killer!r} {'is red' if red else 'does not run'}")
        say(f"{len(killers)} tests are green without a fault")

    def red(self, fault, *, search):
        """The tests that notice the fault; an empty list when it survives."""
        path, honest = TREE / fault.file, (TREE / fault.file).read_text()
        if honest.count(fault.old) != 1:
            raise Refusal(f"{fault.name}: the old text is {honest.count(fault.old)} times in {fault.file}, not once")
        try:
            path.write_text(honest.replace(fault.old, fault.new))
            if not self.build():
                raise Refusal(f"{fault.name}: does not build; see {HOME / 'build.log'}")
            return self._search() if search else self._red_of(fault.killer) or []
        finally:
            path.write_text(honest)

    def _red_of(self, killer):
        """The red tests among those that the name means; None when it means none. `cpp: NAME` is a Catch2 test, else pytest's."""
        return self._cpp(killer.removeprefix("cpp: ")) if killer.startswith("cpp: ") else self._python(killer)

    def _cpp(self, name):
        output, code = self._output(BUILD / "tests" / "cpp" / "ats_tests", name.replace(",", "\\,"), "--reporter", "compact")
        if "No test cases matched" in output or "No tests ran" in output:
            return None
        return [f"cpp: {name}"] if code else []

    def _python(self, *names):
        output, code = self._output(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", *names, cwd=paths.ROOT)
        if code not in (0, 1):
            # 2 and above: nothing ran as it should; a crash of the engine (a negative code) is a red test
            return [f"{names[0]} (crash)"] if code < 0 else None
        return re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)

    def _search(self):
        output, code = self._output(BUILD / "tests" / "cpp" / "ats_tests", "--reporter", "xml")
        red = [f"cpp: {name}" for name, rest in re.findall(r'<TestCase name="([^"]*)"(.*?)</TestCase>', output, re.DOTALL)
               if 'OverallResult success="false"' in rest]
        if code and not red:
            red = ["cpp: (crash)"]
        return red + (self._python(*SEARCHED) or [])

    def _output(self, *command, cwd=None):
        environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": f"{PACKAGE.parent}:{paths.ROOT / 'tests'}"}
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                                  cwd=cwd, env=environment, timeout=TEST_LIMIT_S * (5 if cwd else 1))
        except subprocess.TimeoutExpired:
            return "over its limit", -1
        return done.stdout, done.returncode
