# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Where everything lies. Nothing outside these paths is written, but Debian packages and the service user (see machine.py)."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The tree that is worked in (the mirror, when the clone cannot be reached by the service user)."""
DEV = ROOT / ".dev"
ADDONS = ROOT / "odoo_addon"
LOGS = DEV / "log"
VENV = DEV / "venv"
PYTHON = VENV / "bin" / "python"
BENCH_VENV = DEV / "bench-venv"
RUN = DEV / "run"
DATA = DEV / "data"
HOME = DEV / "home"
SHOPS = DEV / "shop"
CATCH2 = DEV / "catch2"
STAMPS = DEV / "stamp"
PG = DEV / "pg"


def digest(paths, *, skip=lambda path: False, extra=""):
    """A short digest over the names and contents of all files below `paths`; missing paths count as empty."""
    total = hashlib.sha256(extra.encode())
    for top in paths:
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
        for path in files:
            if "__pycache__" in path.parts or skip(path):
                continue
            total.update(str(path.relative_to(ROOT)).encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]
