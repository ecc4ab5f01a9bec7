# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Finding Odoo 19: `ODOO_HOME`, an installed `odoo`, or Debian's `odoo-19` package unpacked into `.dev/odoo`."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness import paths, private_apt
from harness.say import Refusal

SERIES = (19, 0)
PACKAGE = "odoo-19"
SUITE = "sid"
PRIVATE = paths.DEV / "odoo"
LINKS = ("javascript", "fonts", "fonts-font-awesome")
BLUR_SCRIPT = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo that can be run. `python_path` holds the package `odoo`; `addons` are its own add-on folders; `origin` is for people."""

    python_path: Path
    addons: tuple
    version: str
    origin: str

    def addons_path(self):
        return ",".join(str(path) for path in (*self.addons, paths.ADDONS))


def find(*, fetch=True):
    """The Odoo to use; with `fetch` it is fetched when none is there, else None is returned."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _in_home(Path(home).resolve())
    source = _installed()
    if source:
        return source
    python_path = PRIVATE / "usr" / "lib" / "python3" / "dist-packages"
    if not (PRIVATE / "complete").exists():
        if not fetch:
            return None
        private_apt.unpack([PACKAGE], SUITE, PRIVATE)
        _mend(python_path)
        (PRIVATE / "complete").touch()
    return _describe(python_path, f"Debian's {PACKAGE}, unpacked")


def _in_home(home):
    for python_path in (home, home / "usr/lib/python3/dist-packages", home.parent):
        if (python_path / "odoo" / "release.py").exists():
            return _describe(python_path, f"ODOO_HOME={home}")
    raise Refusal(f"ODOO_HOME={home} holds no Odoo: odoo/release.py is not there")


def _installed():
    probe = "import importlib.util as u; s = u.find_spec('odoo'); print(s.submodule_search_locations[0] if s else '')"
    answer = subprocess.run(["/usr/bin/python3", "-I", "-c", probe], capture_output=True, text=True, cwd="/")
    folder = Path(answer.stdout.strip() or "/nonexistent")
    if not (folder / "release.py").exists() or _version(folder)[0] != SERIES:
        return None
    return _describe(folder.parent, "the installed odoo")


def _version(package):
    match = re.search(r"^version_info = \((\d+), (\d+), (\d+)", (package / "release.py").read_text(), re.MULTILINE)
    numbers = tuple(int(group) for group in match.groups()) if match else (0, 0, 0)
    return numbers[:2], ".".join(str(number) for number in numbers)


def _describe(python_path, origin):
    series, version = _version(python_path / "odoo")
    if series != SERIES:
        raise Refusal(f"Odoo 19.0 is needed, {origin} is {version}")
    addons = tuple(folder for folder in (python_path / "odoo" / "addons", python_path / "addons") if (folder / "web").is_dir() or
                   (folder / "base" / "__manifest__.py").exists())
    # Debian keeps a second, partial copy of the add-ons beside the package: the full one is inside it
    if (python_path / "odoo" / "addons" / "web" / "__manifest__.py").exists():
        addons = addons[:1]
    return OdooSource(python_path, addons, version, origin)


def _mend(python_path):
    """Puts right what does not work in an unpacked package: see README, "Odoo from Debian's package"."""
    for name in LINKS:
        link = PRIVATE / "usr" / "share" / name
        if not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(f"/usr/share/{name}")
    # Debian leaves this file out; without it every page logs a console error. Empty, only the background blur in calls is lost.
    blur = python_path / "odoo" / BLUR_SCRIPT
    if not blur.exists():
        blur.parent.mkdir(parents=True, exist_ok=True)
        blur.touch()
