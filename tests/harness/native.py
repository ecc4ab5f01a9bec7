# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The parts of `./dev test` that build the engine in a form of its own: plain, with sanitizers, with libFuzzer.

Each is a preset of CMakePresets.json, built in a folder beside the preset's own, in which a person may be building meanwhile.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import textwrap
import time

from harness import packages, paths, private_apt
from harness.running import Count, ctest, pytest, stream
from harness.say import say, step

BUILDS = paths.DEV / "build"
FUZZ = paths.DEV / "fuzz"
SUPPRESSIONS = paths.ROOT / "tests" / "cpp" / "tsan.supp"
FUZZ_S = 60
FUZZ_SPARE_S = 60
"""What a target may take beyond its time: the seeds, the last input."""
INPUT_BYTES_MAX = 16384
# what limits its address space leaves no room for the sanitizer's shadow memory
UNDER_ASAN = "not address_space"
# the reference is Python alone: the sanitizer would only slow it down
NATIVE = "not by_the_reference"


def build(preset, limit_s, *settings, targets=()):
    """Builds a preset in its folder for tests. Returns the folder, or None when it does not build."""
    folder = BUILDS / f"test-{preset}"
    prefix = private_apt.catch2()
    with step(f"building the preset {preset}"):
        configure = ["cmake", "--preset", preset, "-B", folder, *([f"-DCMAKE_PREFIX_PATH={prefix}"] if prefix else []), *settings]
        make = ["cmake", "--build", folder, "--parallel", str(os.cpu_count()), *(word for name in targets for word in ("--target", name))]
        for command in (configure, make):
            code, _output = stream(command, f"build-{preset}.log", limit_s, cwd=paths.ROOT)
            if code:
                return None
    return folder


def cpp(limit_s):
    """The C++ tests, optimised."""
    folder = build("dev", limit_s)
    return ctest(folder, limit_s, "test-cpp.log") if folder else Count(0, 1)


def asan(limit_s):
    """The C++ tests and the Python module's under AddressSanitizer and UndefinedBehaviorSanitizer."""
    folder = build("asan", limit_s, "-DATS_PYTHON=ON", f"-DPython_EXECUTABLE={paths.PYTHON}", f"-Dpybind11_DIR={_pybind11()}")
    if not folder:
        return Count(0, 1)
    count = ctest(folder, limit_s, "test-asan.log")
    count += _python_under_asan(folder, limit_s)
    return count


def _pybind11():
    return _output(paths.PYTHON, "-c", "import pybind11; print(pybind11.get_cmake_dir())")


def _output(*command, environment=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd="/", env={**os.environ, **(environment or {})})
    return done.stdout.strip()


def _python_under_asan(folder, limit_s):
    """tests/python with the sanitized module. CPython does not free all at its end, so that leaks are looked for in the C++ tests only."""
    package = folder / "package" / "ats_engine"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(paths.ROOT / "python_module" / "ats_engine", package, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    module, = (folder / "python_module").rglob("_core*.so")
    shutil.copy2(module, package)
    environment = {
        # the runtime of C++ too: the sanitizer looks for the throw of an exception before the module brings it
        "LD_PRELOAD": ":".join(_output("g++", f"-print-file-name={name}") for name in ("libasan.so", "libstdc++.so")),
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": str(package.parent),
    }
    used = _output(paths.PYTHON, "-c", "import ats_engine._core as core; print(core.__file__)", environment=environment)
    if not used.startswith(str(package)):
        say(f"the tests would not use the sanitized module but {used}")
        return Count(0, 1)
    return pytest("python", limit_s, "-m", UNDER_ASAN, "-k", NATIVE, name="python-asan", environment=environment)


def tsan(limit_s):
    """The C++ tests under ThreadSanitizer. (Python is left out: the sanitizer does not follow threads over a fork.)"""
    folder = build("tsan", limit_s)
    return ctest(folder, limit_s, "test-tsan.log", {"TSAN_OPTIONS": f"suppressions={SUPPRESSIONS}"}) if folder else Count(0, 1)


def fuzz(limit_s, arguments=()):
    """Each fuzz target: first the inputs that once broke something, then new ones for a time. One test a target and a kept input."""
    parser = argparse.ArgumentParser(prog="./dev test fuzz")
    parser.add_argument("--seconds", type=int, default=FUZZ_S, help=f"how long each target runs (default {FUZZ_S})")
    seconds = parser.parse_args(arguments).seconds
    packages.ensure(packages.fuzzer())
    folder = build("fuzz", limit_s)
    targets = sorted(path.stem for path in (paths.ROOT / "tests" / "fuzz").glob("fuzz_*.cpp"))
    if not folder or not targets:
        return Count(0, 1)
    begun = [_Fuzzing(folder / "tests" / "fuzz" / name, seconds) for name in targets]
    count = Count()
    for one in begun:
        count += one.finish()
    return count


class _Fuzzing:
    """One target at work; all of them run at once."""

    def __init__(self, program, seconds):
        self.name, self.seconds = program.name, seconds
        self.home = FUZZ / program.name
        self.home.mkdir(parents=True, exist_ok=True)
        for folder in ("seeds", "crashes"):
            shutil.rmtree(self.home / folder, ignore_errors=True)
        for folder in ("corpus", "seeds", "crashes", "found"):
            (self.home / folder).mkdir(exist_ok=True)
        seeds = _seeds()
        for number, content in enumerate(seeds.SEEDS[self.name]()):
            (self.home / "seeds" / str(number)).write_bytes(content)
        words = "".join(_word(word) for word in seeds.WORDS[self.name]()) if self.name in seeds.WORDS else ""
        (self.home / "words").write_text(words)
        self.crashes = seeds.crashes(self.name)
        self.count = Count()
        for what, content in self.crashes.items():
            (self.home / "crashes" / what).write_bytes(content)
            self._replay(program, what)
        self.log = (paths.LOGS / f"test-{self.name}.log").open("w+")
        command = [program, "corpus", "seeds", f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", "-timeout=10",
                   "-rss_limit_mb=2048", "-malloc_limit_mb=1024", "-print_final_stats=1", "-artifact_prefix=found/",
                   *(["-dict=words"] if words else [])]
        say(f"fuzzing {self.name} for {seconds} s from {number + 1} seeds")
        self.child = subprocess.Popen(command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        self.until = time.monotonic() + seconds + FUZZ_SPARE_S

    def _replay(self, program, what):
        code, _output = stream([program, self.home / "crashes" / what], f"test-{self.name}-{what}.log", FUZZ_SPARE_S)
        self.count += Count(1, 0) if code == 0 else Count(0, 1)

    def finish(self):
        """Waits for its end; tells what it found."""
        before = time.time() - self.seconds - FUZZ_SPARE_S
        try:
            code = self.child.wait(max(self.until - time.monotonic(), 1))
        except subprocess.TimeoutExpired:
            self.child.kill()
            code = self.child.wait()
        self.log.seek(0)
        lines = self.log.read().splitlines()
        self.log.close()
        runs = next((line.split()[-1] for line in lines if line.startswith("stat::number_of_executed_units")), "?")
        print(f"{self.name}: {runs} inputs, {'nothing broke' if code == 0 else f'exit {code}'}", flush=True)
        if code:
            print("\n".join(lines[-60:]))
            for path in (self.home / "found").iterdir():
                if path.suffix != ".hex" and path.stat().st_mtime >= before:
                    text = path.with_suffix(".hex")
                    text.write_text("\n".join(textwrap.wrap(path.read_bytes().hex(), 120)) + "\n")
                    print(f"the input is {path}; it becomes a test by: cp {text} tests/fuzz/crashes/{self.name}/what_it_was.hex")
        self.count += Count(1, 0) if code == 0 else Count(0, 1)
        return self.count


def _word(word):
    return '"' + "".join(character if character.isalnum() or character == "_" else f"\\x{ord(character):02x}" for character in word) + '"\n'


def _seeds():
    spec = importlib.util.spec_from_file_location("fuzz_seeds", paths.ROOT / "tests" / "fuzz" / "seeds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
