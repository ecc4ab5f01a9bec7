# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Dependencies point one way: engine ← binding ← inventory ← channels ← their adapters ← the application."""

import ast
import re

import pytest

from tidy import sources

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
# library → the only files of the engine that may include it
BEHIND = {"nlohmann/": "cpp/src/json", "boost/multi_index": "cpp/src/book", "tbb/": "cpp/src/parallel", "oneapi/": "cpp/src/parallel"}
# module → the modules of ours that it may depend on and import
MODULES = {
    "ats_inventory": set(),
    "ats_mrp": {"ats_inventory"},
    "ats_product_expiry": {"ats_inventory"},
    "ats_channel": {"ats_inventory"},
    "ats_channel_sale": {"ats_inventory", "ats_channel"},
    "ats_channel_webhook": {"ats_inventory", "ats_channel"},
    "ats_channel_demo": {"ats_inventory", "ats_channel"},
    "ats": {"ats_inventory", "ats_channel", "ats_channel_sale", "ats_channel_webhook", "ats_channel_demo"},
}


def _includes(path):
    return INCLUDE.findall(sources.text(path))


def test_libraries_stay_behind_the_files_named_for_them():
    wrong = [
        f"{path} includes {name}"
        for path in sources.with_suffix(".h", ".cpp") if sources.below(path, "cpp", "python_module")
        for name in _includes(path)
        for library, home in BEHIND.items() if name.startswith(library) and not str(path).startswith(home)
    ]
    assert not wrong, "\n".join(wrong)


def test_public_headers_include_no_private_ones():
    public = [path for path in sources.with_suffix(".h") if sources.below(path, "cpp/include")]
    assert public
    wrong = [f"{path} includes {name}" for path in public for name in _includes(path) if name.endswith(".h") and not name.startswith("ats/")]
    assert not wrong, "\n".join(wrong)


def test_the_engine_knows_neither_python_nor_odoo():
    wrong = [
        f"{path} includes {name}"
        for path in sources.with_suffix(".h", ".cpp") if sources.below(path, "cpp")
        for name in _includes(path) if name.startswith(("pybind11/", "Python.h", "libpq"))
    ]
    for path in sources.with_suffix(".py"):
        if sources.below(path, "python_module"):
            wrong += [f"{path} imports {name}" for name in _imports(path) if name.split(".")[0] == "odoo"]
    assert not wrong, "\n".join(wrong)


def test_the_binding_uses_only_the_public_headers():
    wrong = [
        f"{path} includes {name}"
        for path in sources.with_suffix(".h", ".cpp") if sources.below(path, "python_module")
        for name in _includes(path) if name.startswith("../") or (name.endswith(".h") and (sources.ROOT / "cpp/src" / name).exists())
    ]
    assert not wrong, "\n".join(wrong)


def _imports(path):
    for node in ast.walk(ast.parse(sources.text(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_is_in_the_order():
    assert {path.name for path in sources.ADDONS.iterdir() if (path / "__manifest__.py").exists()} == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_manifest_depends_only_downwards(module):
    manifest = ast.literal_eval(sources.text(f"odoo_addon/{module}/__manifest__.py"))
    ours = {name for name in manifest["depends"] if name.startswith("ats")}
    assert ours <= MODULES[module]


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_downwards(module):
    wrong = []
    for path in sources.with_suffix(".py"):
        if not sources.below(path, f"odoo_addon/{module}"):
            continue
        for name in _imports(path):
            parts = name.split(".")
            if parts[:2] == ["odoo", "addons"] and len(parts) > 2 and parts[2].startswith("ats") and parts[2] not in MODULES[module] | {module}:
                wrong.append(f"{path} imports {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", MODULES)
def test_external_identifiers_only_downwards(module):
    # in the xml the attributes that refer, in the csv the cells model_id:id and group_id:id
    attribute = re.compile(r'(?:ref|inherit_id|parent|action|groups)="(ats(?:_[a-z]+)*)\.')
    cell = re.compile(r"(?<=,)(ats(?:_[a-z]+)*)\.(?=model_|group_|ats_)")
    wrong = [
        f"{path} refers to {name}"
        for path in sources.with_suffix(".xml", ".csv") if sources.below(path, f"odoo_addon/{module}")
        for name in (attribute if path.suffix == ".xml" else cell).findall(sources.text(path))
        if name not in MODULES[module] | {module}
    ]
    assert not wrong, "\n".join(wrong)
