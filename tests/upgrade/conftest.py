# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One database of the version before, filled by it and upgraded by this one."""

from dataclasses import dataclass, field

import pytest

from harness import machine, odoo_server, postgres, stack, template, upgrade
from harness.fixtures import odoo_here, shop  # noqa: F401

MODULE = "ats_inventory"


@dataclass
class Upgraded:
    """The database's name, what the version before made in it (`made`) and what stood in its tables before and after (`before`, `after`)."""

    name: str
    made: dict
    before: dict
    after: dict = field(default_factory=dict)


def rows(database):
    """{table of ours: {id: {column: text of its value}}}."""
    tables = postgres.sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'ats\\_%' ORDER BY 1", database)
    found = {}
    for (table,) in tables:
        content = postgres.rows(f'SELECT to_jsonb(t) FROM "{table}" t', database)
        found[table] = {row.get("id", number): row for number, row in enumerate(content)}
    return found


@pytest.fixture(scope="session")
def template_db():
    """A fresh database of this version, to compare with. Also: everything that needs root is made here, before root is given up."""
    stack.prepare()
    upgrade.base_template()
    name = template.ensure()
    machine.become_service_user()
    return name


@pytest.fixture(scope="session")
def upgraded(template_db):
    name = template.copy(upgrade.base_template(), "test_upgrade")
    made = upgrade.fill(name)
    one = Upgraded(name, made, rows(name))
    odoo_server.run(["-d", name, "-u", MODULE, "--stop-after-init", "--max-cron-threads=0", "--workers=0", "--log-level=warn"],
                    log_name="test-upgrade-odoo.log", what="the upgrade")
    one.after = rows(name)
    yield one
    template.drop(name)


@pytest.fixture(scope="session")
def upgraded_registry(upgraded, odoo_here):  # noqa: F811
    """Odoo's registry of the upgraded database with the code at hand."""
    from odoo.modules.registry import Registry  # noqa: PLC0415
    from odoo.sql_db import close_db  # noqa: PLC0415

    yield Registry(upgraded.name)
    Registry.delete(upgraded.name)
    close_db(upgraded.name)
