# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The files of the project, as the tidy tests see them."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "odoo_addon"
OWN_TOP = ("cpp", "python_module", "odoo_addon", "tests", "benchmarks")
NOT_OURS = {".git", ".dev", "build", "dist", "__pycache__", ".pytest_cache", ".ruff_cache", "node_modules"}
CODE = {".py", ".cpp", ".h", ".js", ".xml", ".scss", ".css", ".sql", ".html", ".cmake"}


@cache
def files():
    """Every file that belongs to the project, relative to its root."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for top in [*OWN_TOP, ".ci"]:
        found += [path for path in (ROOT / top).rglob("*") if path.is_file()]
    return tuple(sorted(path.relative_to(ROOT) for path in found if not _skipped(path.relative_to(ROOT))))


def _skipped(path):
    return bool(NOT_OURS & set(path.parts)) or any(part.endswith(".egg-info") for part in path.parts) or path.suffix in (".pyc", ".so")


def with_suffix(*suffixes):
    return tuple(path for path in files() if path.suffix in suffixes)


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def below(path, *folders):
    """Whether the path lies in one of the folders, each written with slashes."""
    return any(Path(folder) == path or Path(folder) in path.parents for folder in folders)
