# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Template databases. Installing takes minutes, copying a second: so Odoo's own modules with their demo data are installed once per version of
Odoo, our add-ons on a copy of that once per state of their files, and every test and demo gets a copy of the latter."""

import subprocess
import time

from harness import environment, machine, odoo_server, odoo_source, paths, postgres
from harness.say import step

BASE_MODULES = "sale_stock,purchase_stock,mrp,product_expiry"
APPLICATION = "ats"
TEMPLATES_KEPT = 3
BASE_PREFIX, PREFIX = "template_odoo_", "template_ats_"


def ensure(modules=APPLICATION):
    """The name of a template database with Odoo's demo data and `modules`, made when it is not there or no longer fits the files."""
    base = _base_name()
    state = paths.digest([paths.ADDONS], skip=_without_effect, extra=f"{base} {environment.engine_digest()} {modules}")
    name = PREFIX + state
    with postgres.locked("template.lock"):
        if name in postgres.databases():
            return name
        _ensure_base(base)
        build(name, base, ["--with-demo", "-i", modules], f"installing {modules} into a copy of it")
        _drop_old()
    return name


def base():
    """The name of the template database with Odoo's own modules and their demo data. The caller holds `template.lock`."""
    _ensure_base(_base_name())
    return _base_name()


def _base_name():
    return BASE_PREFIX + paths.digest([], extra=f"{odoo_source.find().version} {BASE_MODULES}")


def _ensure_base(name):
    if name not in postgres.databases():
        build(name, None, ["--with-demo", "-i", BASE_MODULES], f"making a database with Odoo's {BASE_MODULES} and demo data")


def _run(arguments, log_name, what):
    odoo_server.run(arguments, log_name=log_name, what=what)


def _without_effect(path):
    return path.suffix in (".md", ".po", ".pot", ".png") or "tests" in path.relative_to(paths.ADDONS).parts


def build(name, source, arguments, what, runner=_run):
    """Builds a template (on a copy of `source`) by running Odoo with these arguments. The caller holds `template.lock`.

    Builds under another name first, so that a template of the right name is always a whole one.
    """
    building = f"building_{name}"
    drop(building)
    with step(what):
        if source:
            copy(source, building)
        arguments = ["-d", building, *arguments, "--stop-after-init", "--max-cron-threads=0", "--workers=0", "--log-level=warn"]
        runner(arguments, f"{name}.log", what)
        postgres.sql(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        postgres.sql(f"COMMENT ON DATABASE \"{name}\" IS '{time.time():.0f}'")
        _as_service("mv", _filestore(building), _filestore(name))


def _drop_old():
    rows = postgres.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%' ORDER BY shobj_description(oid, 'pg_database')::bigint DESC")
    for (name,) in rows[TEMPLATES_KEPT:]:
        drop(name)


def _filestore(name):
    return paths.DATA / "filestore" / name


def _as_service(*command):
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL, **machine.service_run_options())


def copy(source, name):
    """A fresh copy of a database and its files (files never change once written, so links do)."""
    drop(name)
    postgres.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    _as_service("mkdir", "-p", _filestore(name).parent)
    _as_service("cp", "-al", _filestore(source), _filestore(name))
    return name


def drop(name):
    postgres.drop(name)
    _as_service("rm", "-rf", _filestore(name))
