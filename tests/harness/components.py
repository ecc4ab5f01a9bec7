# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What a wheel of the engine is made of, read from the build and the wheel themselves: THIRD_PARTY.md, the licences, a CycloneDX list.

The compiler's dependency files say which libraries' headers were compiled in, the dynamic section says what is linked, the folder
`ats_engine.libs` what is carried along.
"""

import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from harness import environment
from harness.say import Refusal

COMMON_LICENCES = Path("/usr/share/common-licenses")


@dataclass(frozen=True)
class Library:
    """A library that may be in a wheel: its licence, the mark of its headers, the header with its version and the macros there, words of
    the licence's text, the folders of Debian's documents that hold it (None: it comes with the Python package), common licences that belong to
    it, and the name of the shared library that is carried along (None: headers only)."""

    name: str
    licence: str
    header: str
    version_file: str
    version_macros: tuple
    words: str
    documents: str | None = None
    more: tuple = ()
    linked: str | None = None


LIBRARIES = (
    Library("oneTBB", "Apache-2.0", "/oneapi/tbb/", "oneapi/tbb/version.h", ("TBB_VERSION_MAJOR", "TBB_VERSION_MINOR", "TBB_VERSION_PATCH"),
            "Apache License", "libtbb[0-9]*", ("Apache-2.0",), "libtbb"),
    Library("Boost", "BSL-1.0", "/boost/", "boost/version.hpp", ("BOOST_LIB_VERSION",), "Boost Software License", "libboost[0-9]*-dev"),
    Library("nlohmann-json", "MIT", "/nlohmann/", "nlohmann/detail/abi_macros.hpp",
            ("NLOHMANN_JSON_VERSION_MAJOR", "NLOHMANN_JSON_VERSION_MINOR", "NLOHMANN_JSON_VERSION_PATCH"),
            "Permission is hereby granted", "nlohmann-json3-dev"),
    Library("pybind11", "BSD-3-Clause", "/pybind11/", "pybind11/detail/common.h",
            ("PYBIND11_VERSION_MAJOR", "PYBIND11_VERSION_MINOR", "PYBIND11_VERSION_MICRO"), "Redistribution and use in source and binary forms"),
)
# what every wheel of this kind takes from the system it runs on
SYSTEM = ("libc.so", "libm.so", "libstdc++.so", "libgcc_s.so", "libpthread.so", "libdl.so", "librt.so", "ld-linux")


def add(wheel, home, python):
    """Writes the list and the licences into the dist-info of a repaired wheel built in `home` (in place).

    Refuses when something is linked that is neither a library known here nor the system's: its licence would not be told.
    """
    content = home / "content"
    shutil.rmtree(content, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(content)
    headers, modules = _headers(home / "source"), sorted(content.rglob("*.so*"))
    needed = {name for module in modules for name in _needed(module)}
    carried = {module.name for module in (content / "ats_engine.libs").glob("*")}
    rows = []
    for library in LIBRARIES:
        used = [header for header in headers if library.header in header]
        if used:
            files = sorted(name for name in carried if library.linked and name.startswith(library.linked))
            rows.append((library, _version(library, used), files))
    unknown = {name for name in needed | carried if not name.startswith(SYSTEM)} - {name for _library, _version, files in rows for name in files}
    if unknown:
        raise Refusal(f"{wheel.name} links {', '.join(sorted(unknown))}: name its licence in tests/harness/components.py")
    info, = content.glob("*.dist-info")
    _write(info, rows, sorted(needed - carried), home)
    wheel.unlink()
    environment.run([python, "-m", "wheel", "pack", "--dest-dir", wheel.parent, content], "wheel-pack.log", "the wheel could not be packed")


def _headers(source):
    """Every header outside the project that the compiler read for the objects of the module."""
    found = set()
    for path in source.glob("build/temp*/**/*.o.d"):
        found.update(name for name in re.split(r"[\s\\]+", path.read_text()) if name.startswith("/"))
    if not found:
        raise Refusal(f"the build in {source} left no dependency files: what is compiled in is not known")
    return sorted(found)


def _needed(module):
    done = subprocess.run(["readelf", "-d", module], capture_output=True, text=True, check=True)
    return re.findall(r"\(NEEDED\).*\[(.+)\]", done.stdout)


def _version(library, headers):
    path = next((header for header in headers if header.endswith(f"/{library.version_file}")), None)
    if path is None:
        # not read itself, but beside those that were
        top = headers[0].partition(library.header)[0]
        path = f"{top}/{library.version_file}"
    text = Path(path).read_text()
    numbers = [re.search(rf'#\s*define\s+{macro}\s+"?([\w.]+)', text) for macro in library.version_macros]
    if None in numbers:
        raise Refusal(f"no version of {library.name} in {path}")
    return ".".join(number.group(1) for number in numbers).replace("_", ".")


def _licence_text(library, home):
    if library.documents is None:
        files = (home / "build").glob(f"lib/python3*/site-packages/{library.name}-*.dist-info/**/LICENSE*")
    else:
        files = Path("/usr/share/doc").glob(f"{library.documents}/copyright")
    texts = [text for path in files if library.words in (text := path.read_text(errors="replace"))]
    if not texts:
        raise Refusal(f"the licence of {library.name} is not on this machine: it has to go into the wheel")
    return "\n\n".join([texts[0], *((COMMON_LICENCES / name).read_text() for name in library.more)])


def _write(info, rows, system, home):
    folder = info / "licenses" / "third_party"
    folder.mkdir(parents=True, exist_ok=True)
    for library, *_rest in rows:
        (folder / f"{library.name}.txt").write_text(_licence_text(library, home))
    own = info.name.removesuffix(".dist-info").split("-")[1]
    lines = ["# What this wheel is made of", "", "| Component | Version | Licence | How |", "|---|---|---|---|",
             f"| ats-engine | {own} | LGPL-3.0-only | this project |"]
    for library, version, files in rows:
        how = f"carried along: {', '.join(files)}" if files else "headers, compiled in"
        lines.append(f"| {library.name} | {version} | {library.licence} | {how} |")
    lines += ["", f"From the system it runs on: {', '.join(system)}.", "The licences are beside this file, in third_party/."]
    (info / "licenses" / "THIRD_PARTY.md").write_text("\n".join(lines) + "\n")
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {"type": "library", "name": "ats-engine", "version": own,
                                   "licenses": [{"license": {"id": "LGPL-3.0-only"}}]}},
        "components": [{"type": "library", "name": library.name, "version": version, "licenses": [{"license": {"id": library.licence}}],
                        "properties": [{"name": "how", "value": "carried along" if files else "headers"}]} for library, version, files in rows],
    }
    (info / "sboms").mkdir(exist_ok=True)
    (info / "sboms" / "ats_engine.cdx.json").write_text(json.dumps(document, indent=1) + "\n")
