# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Builds the Python package: setuptools asks, CMake builds.

Respects CMAKE_ARGS, CMAKE_GENERATOR, CMAKE_PREFIX_PATH and
CMAKE_BUILD_PARALLEL_LEVEL. Name, version and the rest are in pyproject.toml.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).parent.resolve()
NEEDED = (
    "Building ats_engine needs a C++20 compiler, CMake, oneTBB, Boost, nlohmann-json and Python's headers; on Debian:"
    " apt-get install g++ cmake make libtbb-dev libboost-dev nlohmann-json3-dev python3-dev"
)
# what CMake says about what it does not find → what that is, and Debian's package
MISSING = {
    "TBB": "oneTBB (libtbb-dev)",
    "Boost": "Boost (libboost-dev)",
    "boost_headers": "Boost (libboost-dev)",
    "nlohmann_json": "nlohmann-json (nlohmann-json3-dev)",
    "pybind11": "pybind11 (python3-pybind11)",
    "Python": "Python's headers (python3-dev)",
    "CMAKE_CXX_COMPILER": "a C++20 compiler (g++)",
    "CMAKE_MAKE_PROGRAM": "a build program (make or ninja-build)",
}
NOT_FOUND = re.compile(
    r'provided by "(\w+)"|Could NOT find (\w+)|No (CMAKE_CXX_COMPILER) could be found|The (CMAKE_CXX_COMPILER):'
    r"|(CMAKE_MAKE_PROGRAM) is not set"
)


def missing(output):
    """What CMake did not find, by its output, as a list of texts."""
    found = [next(filter(None, match)) for match in NOT_FOUND.findall(" ".join(output.split()))]
    return list(dict.fromkeys(MISSING[name] for name in found if name in MISSING))


class CMakeExtension(Extension):
    """An extension that is built by the CMake project beside this file."""

    def __init__(self, name):
        super().__init__(name, sources=[])


class CMakeBuild(build_ext):
    """Configures and builds with CMake, straight into the package folder."""

    def build_extension(self, ext):
        output = Path(self.get_ext_fullpath(ext.name)).parent.resolve()
        build = Path(self.build_temp).resolve() / ext.name
        build.mkdir(parents=True, exist_ok=True)
        configure = [
            "cmake",
            "-S",
            str(ROOT),
            "-B",
            str(build),
            f"-DCMAKE_BUILD_TYPE={'Debug' if self.debug else 'Release'}",
            f"-DCMAKE_LIBRARY_OUTPUT_DIRECTORY={output}",
            f"-DPython_EXECUTABLE={sys.executable}",
            "-DATS_PYTHON=ON",
            "-DATS_HARDENING=ON",
        ]
        pybind11 = self._pybind11_folder()
        if pybind11:
            configure.append(f"-Dpybind11_DIR={pybind11}")
        configure += shlex.split(os.environ.get("CMAKE_ARGS", ""))
        self._run(configure)
        self._run(["cmake", "--build", str(build), "--target", "_core", *self._parallel()])

    @staticmethod
    def _run(command):
        try:
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        except FileNotFoundError:
            raise SystemExit(f"{command[0]} is not installed. {NEEDED}") from None
        lines = []
        for line in child.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        if child.wait():
            named = missing("".join(lines))
            what = f"missing: {', '.join(named)}" if named else f"{command[0]} failed (exit {child.returncode}); its own message is above"
            raise SystemExit(f"{what}. {NEEDED}")

    @staticmethod
    def _pybind11_folder():
        try:
            import pybind11  # noqa: PLC0415 - a build requirement, not there when only metadata is asked for
        except ImportError:
            return None  # CMake looks for the system's
        return pybind11.get_cmake_dir()

    def _parallel(self):
        if "CMAKE_BUILD_PARALLEL_LEVEL" in os.environ:
            return []
        return ["--parallel", str(self.parallel or os.cpu_count() or 1)]


setup(
    packages=["ats_engine"],
    package_dir={"": "python_module"},
    package_data={"ats_engine": ["py.typed", "*.pyi"]},
    ext_modules=[CMakeExtension("ats_engine._core")],
    cmdclass={"build_ext": CMakeBuild},
    zip_safe=False,
)
